"""Bank files: every shipped one works, and every mistake is one line that says where, what, and what is allowed."""

import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from examgen.core.network import NetworkShape
from examgen.core.rules import activations, losses
from examgen.errors import BankError
from examgen.exams.banks.bank_files import MAX_FILE_BYTES, find_bank, shipped_banks
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.digits import Digits
from examgen.exams.fields import exact_total, total_marks
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import paper_shape
from examgen.exams.policy import Grade, Policy, Rounding
from tests.laws import some_of
from tests.small_banks import DRAWN, EXAM, FIXED, PRODUCT, changed, class_of, fitting_notations, shipped_names, written

FAMILY_KEYS = (
    "course, date, duration, duplex, draws, format, title, about, text, notation, network, products, graph, values, "
    "fixed, digits, screens, policy, tasks"
)
NETWORK_KEYS = (
    "sizes, activations, loss, steps, samples_per_step, batch_delta, bias, frozen, shown, samples, sample_count, "
    "batch, penalty, optimizer, weights_as"
)
RANGE_KEYS = "min, max, step, choices, exclude, one_hot"
SCREEN_KEYS = "kink_margin, min_slope, significant_digits, tie_margin, max_abs, misconception_margin, max_draws"
TASK_KEYS = "text, ask, steps, layers, digits, marks, marks_per_task, bonus, as, symbols, options, answer, shuffle"
POLICY_KEYS = (
    "correct, follow_through, imprecise, wrong, misconception, follow_through_cause, precision, least_digits, "
    "truncation, ignore_above, zeros_carry, rounding, grades"
)
EXAM_KEYS = "course, date, duration, duplex, draws, format, title, about, notation, instructions, policy, questions"
ACTIVATIONS, LOSSES = ", ".join(activations.ACTIVATIONS), ", ".join(losses.LOSSES)
NOT_THERE = "which this question does not have (shape A) in these steps and layers"
QUANTITIES = "z, a, loss, dL_da, slope, dL_dz, dL_dW, dL_db; or by name, such as z1"
NOTATION_NAMES = "from-to, to-from-da, nielsen, scalar, row, descent"
SHIPPED = ", ".join(shipped_names())
FOLLOWS = 'use "full", "off" or a share from 0 to 1'
GRADES = '[[policy.grades]]\ngrade = "{}"\nfrom = {}\n[[policy.grades]]\ngrade = "{}"\nfrom = {}\n'
DESCENDING = "list the grades from the highest boundary to the lowest, each with a boundary of its own"
ONE_WAY = "give min, max and step, or choices, or one_hot = true"
WIDE_NETWORK = (("[1, 1]", "[1, 2]"), ('["sigmoid"]', '["softmax"]'))
SOFTMAX = (*WIDE_NETWORK, ("squared_error", "cross_entropy"))
Y = 'y = { choices = ["0", "1"] }'

CHOICE = '[[tasks]]\ntext = ""\nas = "choice"\noptions = [{}]\nanswer = "{}"\n'

UNKNOWN_KEYS = {
    changed(DRAWN, ("title", "titel")): f'titel: unknown key; allowed here: {FAMILY_KEYS}. Did you mean "title"? '
    "(and 1 more)",
    changed(DRAWN, ("loss =", "step = 2\nloss =")): f"network.step: unknown key; allowed here: {NETWORK_KEYS}. "
    'Did you mean "steps"?',
    changed(DRAWN, ("exclude", "exlude")): f"values.weights.exlude: unknown key; allowed here: {RANGE_KEYS}. "
    'Did you mean "exclude"?',
    changed(DRAWN, ("decimals", "places")): "digits.places: unknown key; allowed here: decimals, significant_figures.",
    DRAWN + "mark = 2\n": f'tasks[1].mark: unknown key; allowed here: {TASK_KEYS}. Did you mean "marks"?',
    DRAWN + "digits = { decimal = 2 }\n": "tasks[1].digits.decimal: unknown key; allowed here: decimals, "
    'significant_figures. Did you mean "decimals"?',
    DRAWN + "[screens]\nmin_slop = 0\n": f"screens.min_slop: unknown key; allowed here: {SCREEN_KEYS}. "
    'Did you mean "min_slope"?',
    changed(PRODUCT, ("right", "rigth")): "products[1].rigth: unknown key; allowed here: operation, left, right. "
    'Did you mean "right"?',
    changed(EXAM, ("questions", "question")): f"question: unknown key; allowed here: {EXAM_KEYS}. "
    'Did you mean "questions"? (and 1 more)',
    EXAM + "titel = 'x'\n": 'questions[1].titel: unknown key; allowed here: family, title. Did you mean "title"?',
    EXAM
    + "[policy]\ncorect = 1\n": f'policy.corect: unknown key; allowed here: {POLICY_KEYS}. Did you mean "correct"?',
    EXAM + "[policy]\nrounding = { stp = 1 }\n": "policy.rounding.stp: unknown key; allowed here: step, direction. "
    'Did you mean "step"? (and 1 more)',
    EXAM
    + '[[policy.grades]]\ngrade = "A"\nfrm = 90\n': "policy.grades[1].frm: unknown key; allowed here: grade, from. "
    'Did you mean "from"? (and 1 more)',
    changed(DRAWN, ("weights", "weigths")): "values.weigths: unknown quantity; allowed here: x, y, weights, biases, "
    'W1, b1. Did you mean "weights"?',
    changed(DRAWN, ("weights", "W2")): "values.W2: unknown quantity; allowed here: x, y, weights, biases, W1, b1.",
    changed(FIXED, ("W1", "W11")): 'fixed.W11: unknown quantity; allowed here: x, y, W1, b1. Did you mean "W1"?',
}

WRONG_TYPES = {
    changed(DRAWN, ('"T"', "3")): "title: found 3; use a text in quotes",
    changed(DRAWN, ("loss =", "steps = true\nloss =")): "network.steps: found true; use a whole number",
    changed(DRAWN, ("loss =", 'steps = "2"\nloss =')): "network.steps: found '2'; use a whole number",
    changed(DRAWN, ("loss =", "steps = 1.0\nloss =")): "network.steps: found 1.0; use a whole number",
    changed(DRAWN, ("min = 1", "min = true")): "values.x.min: found true; use a number such as 0.1",
    changed(DRAWN, ("min = 1", "min = [1]")): "values.x.min: found [1]; use a number such as 0.1",
    changed(DRAWN, ("min = 1", 'min = "one"')): "values.x.min: found 'one'; use a number such as 0.1",
    changed(DRAWN, ("min = 1", "min = nan")): "values.x.min: found NaN; use a finite number",
    changed(DRAWN, ("min = 1", "min = -inf")): "values.x.min: found -Infinity; use a finite number",
    changed(DRAWN, ("min = 1", 'min = "1e400"')): "values.x.min: found '1e400'; use at most 15 digits",
    changed(DRAWN, ("min = 1", "min = 1.0000000000000001")): "values.x.min: found 1.0000000000000001; "
    "use at most 15 digits",
    changed(DRAWN, (Y, 'y = { one_hot = "yes" }')): "values.y.one_hot: found 'yes'; use true or false",
    changed(DRAWN, (Y, "y = [0, 1]")): "values.y: found [0, 1]; use a table in { }",
    changed(DRAWN, ("[[tasks]]", "[tasks]")): "tasks: found {'text': 'Go.', 'ask': ['z', 'a', 'loss']}; "
    "use a list in [ ]",
    changed(DRAWN, ('["sigmoid"]', '"sigmoid"')): "network.activations: found 'sigmoid'; use a list in [ ]",
    DRAWN + "marks = true\n": "tasks[1].marks: found true; use a number such as 0.1",
    DRAWN + "bonus = 1\n": "tasks[1].bonus: found 1; use true or false",
    DRAWN + "marks_per_task = true\n": "tasks[1].marks_per_task: found true; use a number such as 0.1",
    EXAM + "policy = 1\n": "questions[1].policy: unknown key; allowed here: family, title.",
    "policy = 1\n" + EXAM: "policy: found 1; use a table in { }",
    EXAM + "[policy]\nimprecise = nan\n": "policy.imprecise: found NaN; use a finite number",
    EXAM + '[policy]\nzeros_carry = "yes"\n': "policy.zeros_carry: found 'yes'; use true or false",
    EXAM + "[policy]\nrounding = 0.5\n": 'policy.rounding: found 0.5; use "none" or a table such as { step = 0.5 }',
    EXAM + "[policy]\nrounding = { }\n": "policy.rounding.step: is missing",
    EXAM + '[policy]\ngrades = ["A"]\n': "policy.grades[1]: found 'A'; use a table in { }",
    EXAM + "[[policy.grades]]\ngrade = 1\nfrom = 90\n": "policy.grades[1].grade: found 1; use a text in quotes",
    EXAM + '[[policy.grades]]\ngrade = "A"\nfrom = "best"\n': "policy.grades[1].from: found 'best'; use a number such "
    "as 0.1",
    DRAWN + "layers = 1\n": "tasks[1].layers: found 1; use a list in [ ]",
    "format = 2\n" + DRAWN: "format: found 2; use 1",
    changed(FIXED, ("[[0.5]]", '"abc"')): "fixed.W1: found 'abc'; use a number such as 0.1",
    changed(FIXED, ("[[0.5]]", "[[true]]")): "fixed.W1: found true; use a number such as 0.1",
    changed(FIXED, ("[[0.5]]", "[[nan]]")): "fixed.W1: found NaN; use a finite number",
    changed(FIXED, ("[[0.5]]", "{ a = 1 }")): "fixed.W1: found {'a': 1}; use a number such as 0.1",
    changed(FIXED, ("[[0.5]]", "[[[0.5]]]")): "fixed.W1: found [[[0.5]]]; use a number, or a list, or a list of rows, "
    "of numbers",
    changed(FIXED, ("[[0.5]]", "[[0.5], 1]")): "fixed.W1: found [[0.5], 1]; use a number, or a list, or a list of "
    "rows, of numbers",
}

OUT_OF_RANGE = {
    changed(DRAWN, ('max = "1"', 'max = "-2"')): "values.weights: max -2 is below min -1",
    changed(DRAWN, ('"0.1", ex', "0, ex")): "values.weights: step is 0; use a positive decimal such as 0.1",
    changed(DRAWN, ('"0.1", ex', '"-0.1", ex')): "values.weights: step is -0.1; use a positive decimal such as 0.1",
    changed(DRAWN, (', step = "0.1"', "")): "values.weights: min, max and step belong together",
    changed(DRAWN, ("exclude", "choices = [1], exclude")): f"values.weights: {ONE_WAY}",
    changed(DRAWN, (Y, "y = { }")): f"values.y: {ONE_WAY}",
    changed(DRAWN, (Y, "y = { choices = [] }")): f"values.y: {ONE_WAY}",
    changed(DRAWN, (Y, "y = { choices = [1], one_hot = true }")): f"values.y: {ONE_WAY}",
    changed(DRAWN, (Y, "y = { choices = [0, 1], exclude = [0] }")): "values.y: exclude belongs to min, max and step; "
    "leave the values out of choices instead",
    changed(DRAWN, (Y, "y = { min = 1, max = 1, step = 1, exclude = [1] }")): "values.y: exclude leaves no value",
    changed(DRAWN, (Y, "y = { min = 0, max = 2, step = 0.000001 }")): "values.y: more than 1000000 values from min to "
    "max; use a larger step",
    changed(DRAWN, (Y, "y = { choices = [123456789012345, 0.001] }")): "values.y: numbers of more than 15 digits at 3 "
    "decimals; use rounder numbers",
    changed(DRAWN, ("decimals = 4", "decimals = 100")): "digits.decimals: found 100; use 9 or less",
    changed(DRAWN, ("decimals = 4", "significant_figures = 0")): "digits.significant_figures: found 0; use 1 or more",
    changed(DRAWN, ("decimals = 4", "decimals = 4\nsignificant_figures = 3")): "digits: give either decimals or "
    "significant_figures",
    changed(DRAWN, ("[1, 1]", "[1, 0]")): "network.sizes[2]: found 0; use 1 or more",
    changed(DRAWN, ('"squared_error"', "[]")): "network.loss: found []; give 1 or more",
    changed(DRAWN, ('"sigmoid"', "[]")): "network.activations[1]: found []; give 1 or more",
    changed(DRAWN, ("[1, 1]", "[1]")): "network.sizes: found [1]; give 2 or more",
    changed(DRAWN, ("[1, 1]", "[1, 65]")): "network.sizes[2]: found 65; use 64 or less",
    DRAWN + "marks = -1\n": "tasks[1].marks: found -1; use 0 or more",
    DRAWN + "[screens]\ntie_margin = 0.5\n": "screens.tie_margin: found 0.5; use less than 0.5",
    EXAM + "[policy]\nimprecise = 2\n": "policy.imprecise: found 2; use 1 or less",
    EXAM + "[policy]\nfollow_through = 1.5\n": f"policy.follow_through: found 1.5; {FOLLOWS}",
    EXAM + '[policy]\nfollow_through = "half"\n': f"policy.follow_through: found 'half'; {FOLLOWS}",
    EXAM + "[policy]\nfollow_through = true\n": f"policy.follow_through: found true; {FOLLOWS}",
    EXAM + '[policy]\nprecision = "loose"\n': (
        "policy.precision: found 'loose'; use 'strict', 'lenient' or 'as_written'"
    ),
    EXAM + "[policy]\nignore_above = 0\n": "policy.ignore_above: found 0; use 1 or more",
    EXAM + "[policy]\nrounding = { step = 0 }\n": "policy.rounding.step: found 0; use 0.000001 or more",
    EXAM + '[policy]\nrounding = { step = 1, direction = "even" }\n': "policy.rounding.direction: found 'even'; "
    "use 'nearest', 'up' or 'down'",
    EXAM + '[[policy.grades]]\ngrade = ""\nfrom = 90\n': "policy.grades[1].grade: found ''; give 1 or more characters",
    EXAM + '[[policy.grades]]\ngrade = "A "\nfrom = 90\n': "policy.grades[1]: grade is 'A '; use a word such as \"B+\"",
    EXAM + '[[policy.grades]]\ngrade = "A"\nfrom = -1\n': "policy.grades[1].from: found -1; use 0 or more",
    EXAM + GRADES.format("A", 80, "B", 80): f"policy: grade 'B' from 80 stands below 'A' from 80; {DESCENDING}",
    EXAM + GRADES.format("B", 60, "A", 80): f"policy: grade 'A' from 80 stands below 'B' from 60; {DESCENDING}",
    DRAWN
    + "marks = 1\nmarks_per_task = 5\n": "tasks[1]: give either marks, for each entry, or marks_per_task, for all "
    "entries together",
    DRAWN + 'as = "text"\n': "tasks[1].as: found 'text'; use 'number', 'formula', 'shape' or 'choice'",
    DRAWN + 'as_ = "shape"\n': f'tasks[1].as_: unknown key; allowed here: {TASK_KEYS}. Did you mean "as"?',
    DRAWN + 'as = "shape"\n': "tasks[1]: the loss is a single number; ask for shapes of matrices and vectors",
    DRAWN + 'as = "formula"\ndigits = { decimals = 2 }\n': "tasks[1]: digits are of numbers; leave them out of a task "
    'with as = "formula"',
    DRAWN + 'as = "formula"\nsymbols = ["delta"]\n': f"tasks[1]: has the symbols delta, {NOT_THERE}; "
    f"allowed: {QUANTITIES}.",
    DRAWN + 'symbols = ["a"]\n': 'tasks[1]: symbols belong to as = "formula"; this task is as = "number"',
    DRAWN + 'options = ["x", "y"]\n': 'tasks[1]: options and answer belong to as = "choice"; this task is as = '
    '"number"',
    DRAWN + 'as = "choice"\n': "tasks[1]: a choice asks for no quantities; leave ask out",
    DRAWN + '[[tasks]]\ntext = ""\n': "tasks[2]: ask is missing; name one or more quantities",
    DRAWN + CHOICE.format('"up"', "a"): "tasks[2]: a choice has 1 options; give 2 to 26",
    DRAWN + CHOICE.format('"up", "$UP$"', "a"): "tasks[2]: each option needs a text of its own; capitals, spaces and $ "
    "do not tell two apart",
    DRAWN + CHOICE.format('"B", "c"', "a"): 'tasks[2]: the option "b" is the letter of another one; write more of it',
    DRAWN + CHOICE.format('"up", "down"', "c"): 'tasks[2]: answer is "c"; give the right option\'s letter, a to b, or '
    'its text, or an expression of this question\'s quantities: "c" is not known here. (at character 1)',
    DRAWN + "marks_per_task = -5\n": "tasks[1].marks_per_task: found -5; use 0 or more",
    DRAWN + "[policy]\nwrong = 2\n": "policy.wrong: found 2; use 1 or less",
    changed(PRODUCT, ("[1, 2]", "[1, 2, 3]")): "products[1].left: found [1, 2, 3]; give 2 or fewer",
    'title = "E"\nquestions = []\n': "questions: found []; give 1 or more",
}

UNKNOWN_NAMES = {
    changed(DRAWN, ('"sigmoid"', '"sigmod"')): f"network: activation 'sigmod' is unknown; allowed: {ACTIVATIONS}. "
    'Did you mean "sigmoid"?',
    changed(DRAWN, ("squared_error", "bce")): f"network: loss 'bce' is unknown; allowed: {LOSSES}.",
    changed(DRAWN, ('"squared_error"', '["huber", "hubber"]')): f"network: loss 'hubber' is unknown; allowed: {LOSSES}."
    ' Did you mean "huber"?',
    changed(DRAWN, ('"loss"]', '"dL_dWW"]')): f"tasks[1]: asks for dL_dWW, {NOT_THERE}; allowed: {QUANTITIES}. "
    'Did you mean "dL_dW"?',
    'notation = "from_to"\n' + DRAWN: f"notation 'from_to' is unknown; allowed: {NOTATION_NAMES}. "
    'Did you mean "from-to"?',
    'notation = "nielson"\n' + EXAM: f"notation 'nielson' is unknown; allowed: {NOTATION_NAMES}. "
    'Did you mean "nielsen"?',
    changed(PRODUCT, ("matrix_product", "matrix_prod")): "products[1]: operation 'matrix_prod' is unknown; allowed: "
    'matrix_product, hadamard_product, affine_map, shape_of_product. Did you mean "matrix_product"?',
    changed(EXAM, ("scalar-chain", "scalar_chain")): "questions[1].family: exam 'scalar_chain' is not shipped; use a "
    f'path that ends in .toml, or one of {SHIPPED}. Did you mean "scalar-chain"?',
    changed(EXAM, ("scalar-chain", "./chain.toml")): "questions[1].family: ./chain.toml: there is no such file",
    changed(EXAM, ("scalar-chain", "midterm")): "questions[1].family: 'midterm' is an exam; name a family",
}

MISFITS = {
    "": "title: is missing (and 1 more)",
    DRAWN.partition("[[tasks]]")[0]: "tasks: is missing",
    changed(DRAWN, ("decimals = 4\n", "")): "digits: give either decimals or significant_figures",
    DRAWN.partition("[values]")[0] + DRAWN[DRAWN.index("[digits]") :]: "give [values], what to draw, or [fixed], "
    "the numbers themselves, or both",
    changed(DRAWN, ("[digits]", "W1 = { choices = [1] }\n[fixed]\nW1 = 1\n[digits]")): "W1 is in [values] and in "
    "[fixed]; keep one of them",
    FIXED + "[values]\nx = { choices = [1] }\n": "x is in [values] and in [fixed]; keep one of them",
    FIXED + "[values]\nweights = { choices = [1] }\n": "values: all numbers are in [fixed]; leave [values] out",
    DRAWN + "[fixed]\nW2 = 1\n": "fixed.W2: unknown quantity; allowed here: x, y, W1, b1.",
    changed(
        DRAWN, ("[1, 1]", "[1, 2, 1]"), ('"sig', '"tanh", "sig'), ("loss =", "bias = [true]\nloss =")
    ): "network: bias has 1 values for 2 layers; use one for each",
    changed(DRAWN, ("loss =", 'frozen = ["b2"]\nloss =')): "network: frozen names 'b2'; allowed: W1, b1.",
    changed(DRAWN, ("loss =", 'bias = false\nfrozen = ["b1"]\nloss =')): "network: frozen names 'b1'; allowed: W1.",
    DRAWN
    + PRODUCT[
        PRODUCT.index("[[products]]") : PRODUCT.index("[values]")
    ]: "give one of [network], [[products]] and [graph]",
    changed(DRAWN, ("x = { min = 1, max = 2, step = 0.5 }\n", "")): "values.x is missing; say what x may be",
    changed(DRAWN, (Y, f"{Y}\nlearning_rate = {{ one_hot = true }}")): "values.learning_rate: one_hot is for rows; "
    "give choices, or min, max and step",
    changed(FIXED, ("[[0.5]]", "[[0.5, 1]]")): "fixed.W1: found shape [1, 2]; this network needs [1, 1]",
    changed(FIXED, ("[[0.5]]", "[[0.5], [1]]")): "fixed.W1: found shape [2, 1]; this network needs [1, 1]",
    changed(FIXED, ("[[0.5]]", "[[0.5, 1], [2]]")): "fixed.W1: found rows of different lengths",
    changed(FIXED, ("b1 = [0.1]\n", "")): "fixed.b1 is missing; give numbers of shape [1]",
    changed(FIXED, ("y = [[1]]\n", "")): "fixed.y is missing; give numbers of shape [1, 1], a row for each sample",
    changed(FIXED, ("x = [[1]]", "x = [1, 2]")): "fixed.x: found shape [2]; this network needs [1, 1], a row for each "
    "sample",
    changed(FIXED, ("y = [[1]]", "y = [[1, 2]]")): "fixed.y: found shape [1, 2]; this network needs [1, 1], a row for "
    "each sample",
    changed(FIXED, ("x = [[1]]", "x = [[1], [1, 2]]")): "fixed.x: found rows of different lengths; this network needs "
    "[1, 1], a row for each sample",
    changed(FIXED, ("x = [[1]]", "x = [1]"), ("loss =", "samples_per_step = 2\nloss =")): "fixed.x: found shape [1]; "
    "this network needs [2, 1], a row for each sample",
    changed(FIXED, ('"sigmoid"', '["sigmoid", "tanh"]')): "[fixed] numbers need one activation for each layer and one "
    "loss, not lists",
    changed(FIXED, ('"sigmoid"', '"identity"'), ("[[0.5]]", "[[1e14]]"), ("[1, 1]", "[1" + ", 1" * 8 + "]"))
    .replace('["identity"]', '["identity"' + ', "identity"' * 7 + "]")
    .replace(
        "x =", "".join(f"W{layer} = [[1e14]]\nb{layer} = [0]\n" for layer in range(2, 9)) + "learning_rate = 1\nx ="
    )
    .replace("x = [[1]]\ny = [[1]]", "x = [[1], [1], [1]]\ny = [[1], [1], [1]]")
    .replace("loss =", "steps = 3\nloss ="): "fixed: z2@2 is not finite with these numbers; use smaller ones",
    changed(DRAWN, ('"loss"]', '"product"]')): f"tasks[1]: asks for product, {NOT_THERE}; allowed: {QUANTITIES}.",
    changed(DRAWN, ('"loss"]', '"W_new"]')): f"tasks[1]: asks for W_new, {NOT_THERE}; allowed: {QUANTITIES}.",
    changed(DRAWN, *WIDE_NETWORK, ('"loss"]', '"slope"]')): f"tasks[1]: asks for slope, {NOT_THERE}; allowed: z, a, "
    "loss, dL_da, dL_dz, dL_dW, dL_db; or by name, such as z1, dL_db1[2].",
    DRAWN + "layers = [1, 2]\n": "tasks[1]: asks for layer 2, which this question does not have (shape A) in these "
    "steps and layers",
    DRAWN + "steps = [2]\n": "tasks[1]: asks for z, a, loss, step 2, which this question does not have (shape A) in "
    "these steps and layers",
    changed(DRAWN, ('"loss"]', '"dL_dW1[1,2]"]')): f"tasks[1]: asks for dL_dW1[1,2], {NOT_THERE}; dL_dW1 has the "
    "shape [1, 1], and entries are counted from 1",
    changed(DRAWN, ('"loss"]', '"dL_dW[1,1]"]')): f"tasks[1]: asks for dL_dW[1,1], {NOT_THERE}; allowed: {QUANTITIES}. "
    'Did you mean "dL_dW"?',
    changed(DRAWN, ('"loss"]', '"a1[0]"]')): "tasks[1]: quantity 'a1[0]' cannot be read; name a kind such as dL_dW, "
    "one quantity such as dL_dW2, or one entry such as dL_dW2[1,3]",
    DRAWN + '[[tasks]]\ntext = ""\nask = "z"\n': "tasks: z1 is asked twice; ask for each quantity once",
    changed(DRAWN, ("[1, 1]", "[1, 2, 1]"), ('["sig', '["softmax", "sig')): "network: activation 'softmax' may stand "
    "on the last layer only",
    changed(DRAWN, ('["sigmoid"]', '["tanh"]'), ("squared_error", "binary_cross_entropy")): "network: loss "
    "'binary_cross_entropy' needs an output activation of sigmoid or softmax, not 'tanh'",
    changed(DRAWN, ('["sig', '["tanh", "sig')): "network: 2 activations for 1 layers; use one for each",
    changed(DRAWN, ("loss =", "steps = 2\nloss =")): "network: several steps need updates of the weights, so give a "
    "learning_rate",
    changed(DRAWN, ("[1, 1]", "[1, 1, 1, 1]"), ('["sigmoid"]', f"[{', '.join([str(['tanh'] * 8)] * 3)}]")): "network: "
    "the lists make 512 combinations; use at most 500",
    changed(
        DRAWN, ("loss", 'batch_delta = "sample"\nloss')
    ): "network: batch_delta says what δ is in a mini-batch; give samples_per_step of at least 2, or leave it out",
    changed(
        DRAWN, ("loss", 'samples_per_step = 2\nbatch_delta = "sum"\nloss')
    ): "network.batch_delta: found 'sum'; use 'mean' or 'sample'",
    changed(DRAWN, *SOFTMAX): "values.y: targets of cross_entropy are from 0 to 1, each row with the sum 1: one_hot",
    changed(DRAWN, ("squared_error", "binary_cross_entropy"), (Y, "y = { choices = [0, 2] }")): "values.y: targets of "
    "binary_cross_entropy are from 0 to 1",
    changed(FIXED, *SOFTMAX, ("[[0.5]]", "[[1], [2]]"), ("[0.1]", "[0, 0]"), ("y = [[1]]", "y = [[1, 1]]")): "fixed.y: "
    "targets of cross_entropy are from 0 to 1, each row with the sum 1: one_hot",
    changed(PRODUCT, ("[2, 1]", "[1, 2]")): "products: columns of left [1, 2] must be as many as rows of right [1, 2]",
    changed(PRODUCT, ("matrix", "hadamard")): "products: left [1, 2] and right [2, 1] must have the same shape",
    changed(DRAWN, ("loss", "samples_per_step = 2\nloss")).replace("title", 'notation = "scalar"\ntitle', 1): (
        "notation 'scalar' is for layers of one unit and single samples; this is a 1-1 network, sigmoid, "
        "squared error, 2 samples per step"
    ),
}

UNREADABLE = {
    "= = =": "not valid TOML: Invalid statement (at line 1, column 1)",
    f"format = 1e{'9' * 30}\n": "not valid TOML: a number has too many digits",
    f"format = {'9' * 5000}\n": "not valid TOML: a number has too many digits",
    f"a = {'[' * 100_000}": "not valid TOML: lists or tables inside one another too deeply",
    "#" * (MAX_FILE_BYTES + 1): f"larger than {MAX_FILE_BYTES} bytes; a bank is a short text file",
}

BROKEN = UNKNOWN_KEYS | WRONG_TYPES | OUT_OF_RANGE | UNKNOWN_NAMES | MISFITS | UNREADABLE


@pytest.mark.parametrize(("text", "message"), BROKEN.items(), ids=lambda part: part[:40])
def test_a_broken_file_is_explained_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    """The message is exactly this, behind the path of the file."""
    path = written(tmp_path, text)
    with pytest.raises(BankError) as caught:
        load_exam(path, 7)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("text", [DRAWN, FIXED, PRODUCT, EXAM])
def test_the_small_banks_are_right_before_they_are_broken(tmp_path: Path, text: str) -> None:
    """What the broken files are made from loads and draws."""
    assert len(draw_variants(load_exam(written(tmp_path, text), 7), class_of(3))) == 3


def test_one_sample_may_be_a_plain_list(tmp_path: Path) -> None:
    """x and y of a single sample, and weights to a single unit, need no second pair of brackets."""
    wide = changed(FIXED, ("[1, 1]", "[2, 1]"), ("[[0.5]]", "[[0.5, -1]]"), ("x = [[1]]", "x = [[3, 4]]"))
    plain = changed(wide, ("[[0.5, -1]]", "[0.5, -1]"), ("[[3, 4]]", "[3, 4]"), ("y = [[1]]", "y = [1]"))
    loaded = [load_exam(written(tmp_path, text), 7) for text in (wide, plain)]
    rows, listed = (draw_variants(one, class_of(1))[0].questions["Q1"] for one in loaded)
    assert {name: values.tolist() for name, values in listed.givens.items()} == {
        "x": [[3, 4]],
        "y": [[1]],
        "W1": [[0.5, -1]],
        "b1": [0.1],
    }
    assert all((values == listed.givens[name]).all() for name, values in rows.givens.items())


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Latin-1 umlauts are no UTF-8; the message says at which byte."""
    path = tmp_path / "bank.toml"
    path.write_bytes('title = "Prüfung"'.encode("latin-1"))
    with pytest.raises(BankError) as caught:
        load_exam(str(path), 7)
    assert str(caught.value) == f"{path}: not UTF-8 text (byte 11)"


@pytest.mark.parametrize("name", ["folder.toml", "missing.toml", "./missing", "x" * 300 + ".toml", "a\0b.toml"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A folder, a missing file and an impossible name are no files."""
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BankError) as caught:
        load_exam(f"{tmp_path}/{name}", 7)
    assert str(caught.value) == f"{tmp_path}/{name}: there is no such file"


def test_a_near_miss_of_a_shipped_name_is_told() -> None:
    """The message lists what is shipped."""
    with pytest.raises(BankError) as caught:
        load_exam("midterms", 7)
    assert str(caught.value) == (
        f"exam 'midterms' is not shipped; use a path that ends in .toml, or one of {SHIPPED}. Did you mean \"midterm\"?"
    )


def test_a_near_miss_of_a_notation_is_told() -> None:
    """The notation of the command line is checked like that of a file."""
    with pytest.raises(BankError) as caught:
        load_exam("midterm", 7, "rows")
    assert str(caught.value) == f"notation 'rows' is unknown; allowed: {NOTATION_NAMES}. Did you mean \"row\"?"


@pytest.mark.parametrize("name", some_of(shipped_names(), 13, 1))
def test_shipped_files_load_in_every_notation_that_fits_and_draw(name: str) -> None:
    """All load, draw finite numbers for each student, and only networks wider than a chain lack a notation.

    What is drawn knows nothing of notations, as a law of draws says.
    """
    notations = fitting_notations(name)
    # The papers of circuits are the same in all of them.
    assert notations == ["from-to"] or set(NOTATIONS) - set(notations) <= {"scalar"}
    for notation in notations:
        loaded = load_exam(name, 7, notation)
        assert loaded.exam.notation.name == notation
    variants = draw_variants(loaded, class_of(3))
    assert [variant.student for variant in variants] == ["s0", "s1", "s2"]
    assert all(
        np.isfinite(values).all()
        for variant in variants
        for question in variant.questions.values()
        for values in question.givens.values()
    )


@pytest.mark.parametrize("name", ["question2", "minibatch", "midterm", "sigmoid-chain"])
def test_the_scalar_notation_refuses_wide_networks(name: str) -> None:
    """The message names the file, the notation and the network."""
    with pytest.raises(
        BankError, match=r"\.toml: notation 'scalar' is for layers of one unit and single samples; this"
    ):
        load_exam(name, 7, "scalar")


def test_a_family_is_found_beside_its_exam(tmp_path: Path) -> None:
    """A relative path in an exam file starts at the exam file, whatever the current folder."""
    (tmp_path / "sub").mkdir()
    shutil.copy(find_bank("scalar-chain"), tmp_path / "sub/chain.toml")
    loaded = load_exam(written(tmp_path, changed(EXAM, ("scalar-chain", "sub/chain.toml"))), 7)
    assert loaded.exam.questions[0].title == "The chain rule on a chain"


def test_settings_of_a_file_reach_the_exam(tmp_path: Path) -> None:
    """Digits, marks, steps, layers, the title of a question and the policy are those of the files."""
    text = changed(DRAWN, ("decimals = 4", "significant_figures = 3")) + "marks = 2.50\nlayers = [1]\nsteps = [1]\n"
    (tmp_path / "family.toml").write_text(text.replace(', "loss"', ""))
    exam_text = changed(EXAM, ("scalar-chain", "family.toml")) + 'title = "Own"\n[policy]\nimprecise = 0.25\n'
    exam = load_exam(written(tmp_path, exam_text), 7).exam
    [question] = exam.questions
    [task] = question.tasks
    assert (question.title, question.digits) == ("Own", Digits(significant_figures=3))
    assert (task.digits, str(task.marks), task.layers, task.steps) == (question.digits, "2.50", (1,), (1,))
    assert exam.policy == Policy(imprecise=Decimal("0.25"))


POLICY = """
[policy]
follow_through = "off"
misconception = 0.1
precision = "lenient"
ignore_above = 1000
zeros_carry = true
rounding = { step = 0.5, direction = "up" }
[[policy.grades]]
grade = "A"
from = 90
[[policy.grades]]
grade = "E"
from = "49.5"
"""


@pytest.mark.parametrize("text", [EXAM + POLICY, DRAWN + POLICY], ids=["exam", "family"])
def test_a_policy_of_an_exam_or_of_a_family_alone_reaches_the_exam(tmp_path: Path, text: str) -> None:
    """Shares, switches, rounding and grades are those of the file."""
    policy = load_exam(written(tmp_path, text), 7).exam.policy
    assert (policy.follow_through, policy.precision, str(policy.ignore_above)) == ("off", "lenient", "1000")
    assert policy.zeros_carry
    assert policy.rounding == Rounding(step=Decimal("0.5"), direction="up")
    assert policy.grades == (Grade(name="A", percent=Decimal(90)), Grade(name="E", percent=Decimal("49.5")))
    assert (policy.imprecise, policy.misconception) == (Decimal("0.5"), Decimal("0.1"))


def test_the_policy_of_a_family_does_not_hold_within_an_exam(tmp_path: Path) -> None:
    """An exam of several questions is marked by one policy, its own."""
    (tmp_path / "family.toml").write_text(DRAWN + POLICY)
    exam = load_exam(written(tmp_path, changed(EXAM, ("scalar-chain", "family.toml"))), 7).exam
    assert exam.policy == Policy()


@pytest.mark.parametrize(("line", "share"), [('"full"', 1), ("0.5", Decimal("0.5")), ("0", 0), ('"off"', "off")])
def test_follow_through_is_a_word_or_a_share(tmp_path: Path, line: str, share: object) -> None:
    """A share of 0 still says of an entry that it follows from wrong ones; "off" calls it wrong."""
    policy = load_exam(written(tmp_path, f"{EXAM}[policy]\nfollow_through = {line}\n"), 7).exam.policy
    assert policy.follow_through == share


def test_another_policy_keeps_the_exam_id(tmp_path: Path) -> None:
    """Papers made again with another policy are the same papers, so that sheets of before are marked by it."""
    for text in (EXAM, DRAWN):
        ids = {load_exam(written(tmp_path, text + policy), 7).exam.id for policy in ("", POLICY)}
        assert len(ids) == 1
    marks = ("", "marks_per_task = 3\n", "bonus = true\n")
    assert len({load_exam(written(tmp_path, DRAWN + line), 7).exam.id for line in marks}) == 3


def test_marks_per_task_are_spread_over_its_entries(tmp_path: Path) -> None:
    """Ten marks on three entries are a third of ten each, and ten together, whatever is printed of them."""
    exam = load_exam(written(tmp_path, DRAWN + "marks_per_task = 10\nbonus = true\n"), 7).exam
    fields = paper_shape(exam.questions[0], "A", exam.notation).fields
    assert [field.exact_marks for field in fields] == [Fraction(10, 3)] * 3
    assert [str(field.marks) for field in fields] == ["3.333333"] * 3
    assert all(field.is_bonus for field in fields)
    assert exact_total(fields) == total_marks(fields) == 10
    assert exact_total(fields, with_bonus=False) == total_marks(fields, with_bonus=False) == 0


def test_a_maximum_off_the_grid_is_never_exceeded(tmp_path: Path) -> None:
    """From -0.9 in steps of 0.1 to -0.55 the last value is -0.6."""
    values = '{ min = "-0.9", max = "-0.55", step = "0.1" }'
    text = changed(DRAWN, ("{ min = 1, max = 2, step = 0.5 }", values))
    variants = draw_variants(load_exam(written(tmp_path, text), 7), class_of(200))
    assert {variant.questions["Q1"].givens["x"].item() for variant in variants} == {-0.9, -0.8, -0.7, -0.6}


def test_lists_make_one_shape_for_each_choice(tmp_path: Path) -> None:
    """Two hidden activations and three losses are six shapes, in the order of the lists."""
    text = changed(
        DRAWN,
        ("[1, 1]", "[1, 1, 1]"),
        ('["sigmoid"]', '[["tanh", "relu"], "sigmoid"]'),
        ('"squared_error"', '["squared_error", "huber", "binary_cross_entropy"]'),
    )
    shapes = load_exam(written(tmp_path, text), 7).exam.questions[0].shapes
    found = {label: (s.activations[0], s.loss) for label, s in shapes.items() if isinstance(s, NetworkShape)}
    assert found == {
        "A": ("tanh", "squared_error"),
        "B": ("tanh", "huber"),
        "C": ("tanh", "binary_cross_entropy"),
        "D": ("relu", "squared_error"),
        "E": ("relu", "huber"),
        "F": ("relu", "binary_cross_entropy"),
    }


def test_the_exam_id_changes_with_everything_that_makes_the_exam(tmp_path: Path) -> None:
    """Another seed, notation or text gives another id; the same gives the same."""
    path = written(tmp_path, DRAWN)
    ids = [load_exam(path, seed, notation).exam.id for seed in (7, 8) for notation in (None, "row")]
    again = load_exam(path, 7).exam.id
    other = load_exam(written(tmp_path, changed(DRAWN, ("Go.", "Go!"))), 7).exam.id
    assert len({*ids, other}) == 5
    assert again == ids[0]
    assert all(exam_id.startswith("bank-") and len(exam_id) == 11 for exam_id in ids)


def test_exams_come_before_families_and_worked_examples() -> None:
    """The order in which shipped files are listed."""
    assert [path.parent.name for path in shipped_banks()] == sorted(
        (path.parent.name for path in shipped_banks()), key=["exams", "families", "worked"].index
    )
    assert Student() == Student("", "")
