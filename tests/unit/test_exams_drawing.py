"""Drawn papers: what each screen turns away, what happens when nothing passes, and that drawn papers keep to it all.

The values of drawn papers are computed by another library (tests/oracles.py), and the limits are checked by code of
these tests.
"""

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.errors import BankError
from examgen.exams.banks.bank_files import Family, find_bank, load_bank
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.drawing import Drawer
from examgen.exams.draws.screens import SCREENS
from examgen.exams.exam import Variant
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.hand_circuits import all_quantities
from tests.laws import some_of
from tests.oracles import KINKED, Array, Numbers, by_autograd
from tests.small_banks import DRAWN, FIXED, PRODUCT, all_papers, changed, class_of, shipped_names, written

FAMILIES = shipped_names("families")
WIDTH = {"sigmoid": 1.0, "softmax": 1.0, "tanh": 2.0}
"""Height of the bounded activations."""

SINGLE = """\
title = "One draw"
[network]
sizes = [1, 1]
activations = ["identity"]
loss = "squared_error"
[values]
weights = { choices = [2] }
biases = { choices = [0.5] }
x = { choices = [3] }
y = { choices = [5] }
[digits]
decimals = 3
[[tasks]]
text = "Go."
ask = ["z", "a", "loss", "dL_dW"]
[screens]
max_draws = 40
"""
"""z = a = 6.5, loss 2.25, dL_dW = 2 * 1.5 * 3 = 9: always the same numbers, which pass every screen."""

CHOICE = '[[tasks]]\ntext = "Which?"\nas = "choice"\noptions = ["one", "two"]\nanswer = "a1[1]"\n'
"""No option has the number 6.5."""

ALIKE = '[[tasks]]\ntext = "Which?"\nas = "choice"\noptions = ["{a1[1]}", "6.5"]\nanswer = "a"\n'

# By screen: changes to SINGLE that make every draw bad, and a change of the limit that lets it through again.
BAD_DRAWS = {
    "kink": ([('"identity"', '"relu"'), ("[0.5]", "[-5.96]")], "kink_margin = 0.03"),
    "dead": ([('"identity"', '"relu"'), ("[2]", "[-2]")], None),
    "saturated": ([('"identity"', '"sigmoid"'), ("[5]", "[0.5]"), (', "dL_dW"', "")], "min_slope = 0.001"),
    "digits": ([("[3]", "[0.001]"), ("[0.5]", "[0.003]"), ("[5]", "[1]")], "significant_digits = 1"),
    "tie": ([("[0.5]", "[0.5005]")], "tie_margin = 0"),
    "overflow": ([("[3]", "[99]"), ("[5]", "[-999]")], "max_abs = 1e9"),
    "option": ([("[screens]", f"{CHOICE}[screens]")], None),
    "alike": ([("[screens]", f"{ALIKE}[screens]")], None),
    "misconception": ([("[0.5]", "[0]")], "misconception_margin = 0"),
}

ANY_WORK = "misconception_margin = 0\n"
"""For draws at the limit of another screen, on which wrong work need not look wrong."""


def rejections(error: BankError) -> dict[str, int]:
    """The counts that the message gives by screen."""
    [listed] = re.findall(r"\(rejections: (.*?)\)", str(error))
    return {name: int(count) for name, count in (part.split() for part in listed.split(", "))}


def test_the_single_draw_passes(tmp_path: Path) -> None:
    """The family from which the bad draws are made is a good one."""
    [variant] = draw_variants(load_exam(written(tmp_path, SINGLE), 7), class_of(1))
    assert {name: values.item() for name, values in variant.questions["Q1"].givens.items()} == {
        "x": 3,
        "y": 5,
        "W1": 2,
        "b1": 0.5,
    }


@pytest.mark.parametrize("name", [name for name in SCREENS if name not in {"work", "undefined"}])
def test_each_screen_turns_bad_draws_away(tmp_path: Path, name: str) -> None:
    """Every one of the allowed draws is counted under this screen alone, and the message gives its reason."""
    changes, _ = BAD_DRAWS[name]
    path = written(tmp_path, changed(SINGLE, *changes))
    with pytest.raises(BankError, match="no draw of shape A passes the screens in 40 draws") as caught:
        draw_variants(load_exam(path, 7), class_of(3))
    assert rejections(caught.value) == {name: 40}
    assert f"most often {SCREENS[name].reason}; widen [values] or relax [screens]" in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_the_message_names_activations_and_misconceptions_in_words(tmp_path: Path) -> None:
    """An author reads which network it is, and what was done in the work that would look right."""
    path = written(tmp_path, changed(SINGLE, ("[0.5]", "[0]")))
    with pytest.raises(BankError) as caught:
        draw_variants(load_exam(path, 7), class_of(1))
    assert str(caught.value).endswith(
        ". Shape A: 1-1 network, identity, squared error. What would look right: the bias was left out (no-bias 40)"
    )


def test_the_message_of_matrices_names_the_products(tmp_path: Path) -> None:
    """Products have no activations; they are told by their operation."""
    path = written(tmp_path, changed(PRODUCT, ("[1, 2] }", "[30, 40] }")) + "[screens]\nmax_abs = 9\nmax_draws = 5\n")
    with pytest.raises(BankError, match=r"Shape A: matrix product$"):
        draw_variants(load_exam(path, 7), class_of(1))


@pytest.mark.parametrize("name", [name for name, (_, limit) in BAD_DRAWS.items() if limit])
def test_each_limit_can_be_relaxed(tmp_path: Path, name: str) -> None:
    """The same draws pass when the limit of their screen lets them."""
    changes, limit = BAD_DRAWS[name]
    text = changed(SINGLE, *changes) + f"{limit}\n" + (ANY_WORK if name != "misconception" else "")
    assert len(draw_variants(load_exam(written(tmp_path, text), 7), class_of(3))) == 3


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ([('"identity"', '"relu"'), ("[0.5]", "[-5.951]")], False),
        ([('"identity"', '"relu"'), ("[0.5]", "[-5.949]")], True),
        ([('"squared_error"', '"mean_absolute_error"'), ("[5]", "[6.451]")], False),
        ([('"squared_error"', '"mean_absolute_error"'), ("[5]", "[6.449]")], True),
        ([('"squared_error"', '"huber"'), ("[5]", "[7.54]")], False),
        ([('"squared_error"', '"huber"'), ("[5]", "[7.56]")], True),
        ([("[3]", "[0.001]"), ("[0.5]", "[0.007]"), ("[5]", "[9]")], False),
        ([("[3]", "[0.001]"), ("[0.5]", "[0.008]"), ("[5]", "[9]")], True),
        ([("[0.5]", "[0.500499]")], False),
        ([("[0.5]", "[0.500498]")], True),
        ([("[3]", "[0]"), ("[0.5]", "[0]")], True),
        # Whole numbers to no decimals are exact, others are not: 7, 4 and 12, or 6.6, 2.56 and 9.6.
        ([("decimals = 3", "decimals = 0"), ("[0.5]", "[1]")], True),
        ([("decimals = 3", "decimals = 0"), ("[0.5]", "[0.6]")], False),
        # In doubles 0.3 - 0.25 is a hair below the margin of 0.05, and 0.1 * 3 - 0.3 is a hair above 0.
        ([('"identity"', '"relu"'), ("[2]", "[0.3]"), ("[3]", "[1]"), ("[0.5]", "[-0.25]"), ("[5]", "[1.05]")], True),
        ([("[2]", "[0.1]"), ("[0.5]", "[-0.3]"), ("[5]", "[1]")], True),
    ],
)
def test_screens_judge_to_the_limit(tmp_path: Path, changes: list[tuple[str, str]], passes: bool) -> None:
    """A hair inside the limit passes, a hair outside does not; what is 0 has no digits to lose."""
    text = changed(SINGLE, *changes) + "tie_margin = 0.0015\n" + ANY_WORK
    loaded = load_exam(written(tmp_path, text), 7)
    if passes:
        assert draw_variants(loaded, class_of(1))
    else:
        with pytest.raises(BankError, match="passes the screens"):
            draw_variants(loaded, class_of(1))


def test_a_layer_that_is_dead_for_one_sample_is_rejected(tmp_path: Path) -> None:
    """In a mini-batch every sample needs a live unit: of inputs -1 and 1, only 1 passes a ReLU of 2x + 0.5."""
    changes = [('"identity"', '"relu"'), ("loss =", "samples_per_step = 2\nloss ="), ("[3]", "[-1, 1]")]
    variants = draw_variants(load_exam(written(tmp_path, changed(SINGLE, *changes)), 7), class_of(20))
    assert {str(variant.questions["Q1"].givens["x"].tolist()) for variant in variants} == {"[[1.0], [1.0]]"}


def test_overflow_is_rejected_without_a_warning(tmp_path: Path) -> None:
    """Infinite losses are one reason to reject, whatever else is made of them."""
    changes = [('"identity"', '"sigmoid"'), ("squared_error", "binary_cross_entropy"), ("[2]", "[999]"), ("[5]", "[0]")]
    with pytest.raises(BankError, match="no draw") as caught:
        draw_variants(load_exam(written(tmp_path, changed(SINGLE, *changes)), 7), class_of(2))
    assert rejections(caught.value)["overflow"] == 40


def test_an_impossible_family_ends_for_a_whole_class(tmp_path: Path) -> None:
    """The counts are those of one student's draws, however many students wait and however many draws are allowed."""
    text = changed(SINGLE, *BAD_DRAWS["tie"][0], ("max_draws = 40", "max_draws = 20000"))
    with pytest.raises(BankError, match="in 20000 draws") as caught:
        draw_variants(load_exam(written(tmp_path, text), 7), class_of(3000))
    assert rejections(caught.value) == {"tie": 20000}


def test_rare_draws_are_found_in_the_end(tmp_path: Path) -> None:
    """One value in a thousand passes: each student gets it, after as many draws as it takes."""
    text = changed(
        SINGLE,
        ("{ choices = [3] }", "{ min = 1, max = 1000, step = 1 }"),
        ("[2]", "[1]"),
        ("[0.5]", "[0]"),
        ("[5]", "[1]"),
        ("max_draws = 40", "max_draws = 100000\nmax_abs = 1"),
    )
    text += ANY_WORK
    variants = draw_variants(load_exam(written(tmp_path, text), 7), class_of(5))
    assert [variant.questions["Q1"].givens["x"].item() for variant in variants] == [1] * 5


def test_one_hot_rows_have_a_single_one(tmp_path: Path) -> None:
    """Targets for softmax name each class about equally often, row for row."""
    text = changed(
        DRAWN,
        ("[1, 1]", "[2, 3]"),
        ('["sigmoid"]', '["softmax"]'),
        ("squared_error", "cross_entropy"),
        ("loss =", "samples_per_step = 2\nloss ="),
        ('{ choices = ["0", "1"] }', "{ one_hot = true }"),
    )
    variants = draw_variants(load_exam(written(tmp_path, text), 7), class_of(300))
    targets = np.array([variant.questions["Q1"].givens["y"] for variant in variants])
    assert targets.shape == (300, 2, 3)
    assert set(targets.ravel().tolist()) == {0.0, 1.0}
    assert (targets.sum(axis=-1) == 1).all()
    assert all(60 < count < 140 for count in targets.sum(axis=0).ravel())


def test_drawn_values_are_the_decimals_of_the_grid() -> None:
    """The lowest and highest words give the first and last choice, as the doubles that the decimals print as."""
    drawer = Drawer(np.array([-9, 3, 7]), 1)
    drawn = np.array([[0, 2**64 - 1, 2**63, 0]], dtype=np.uint64)
    assert drawer.words_for((2, 2)) == 4
    assert drawer.draw(drawn, (2, 2)).tolist() == [[[-0.9, 0.7], [0.3, -0.9]]]


def test_fixed_numbers_are_the_same_for_everybody(tmp_path: Path) -> None:
    """A textbook's numbers are not drawn; only the code differs."""
    variants = draw_variants(load_exam(written(tmp_path, FIXED), 7), class_of(3))
    assert {str(variant.questions["Q1"].givens) for variant in variants} == {str(variants[0].questions["Q1"].givens)}
    assert len({variant.code for variant in variants}) == 3


def test_variant_codes_are_eight_letters_and_digits() -> None:
    """Each student has one of their own, another seed gives another, and no two of a thousand meet."""
    loaded, other = load_exam("scalar-chain", 7), load_exam("scalar-chain", 8)
    codes = [variant.code for variant in draw_variants(loaded, class_of(1000))]
    assert all(re.fullmatch("[A-Z2-7]{8}", code) for code in codes)
    assert len(set(codes)) == 1000
    assert draw_variants(other, class_of(1))[0].code != codes[0]


def test_shapes_are_about_equally_frequent() -> None:
    """Chi-square of the twelve shapes of 1200 papers is one that chance gives, and so for each of two questions."""
    variants = draw_variants(load_exam("question2", 7), class_of(1200))
    counts = Counter(variant.questions["Q1"].label for variant in variants)
    assert sorted(counts) == list("ABCDEFGHIJKL")
    assert sum((count - 100) ** 2 / 100 for count in counts.values()) < 31.3


def test_names_do_not_change_a_paper() -> None:
    """Two spellings of a name under one id have the same paper."""
    loaded = load_exam("scalar-chain", 7)
    one, other = draw_variants(loaded, [Student("s1", "Maria"), Student("s1", "MARIA")])
    assert one.code == other.code
    assert str(one.questions["Q1"].givens) == str(other.questions["Q1"].givens)
    assert (one.name, other.name) == ("Maria", "MARIA")


@pytest.mark.parametrize("name", some_of(FAMILIES, 8, 1))
def test_drawn_papers_keep_to_every_screen(name: str) -> None:
    """300 papers, their answers computed by another library, and no limit of the family's file is broken."""
    family = load_bank(find_bank(name))
    assert isinstance(family, Family)
    loaded = load_exam(name, 7)
    variants = draw_variants(loaded, class_of(300))
    checked = 0
    for paper in all_papers(loaded):
        givens = _stacked(variants, paper)
        if not givens:
            continue
        values = _values(paper, givens)
        checked += len(next(iter(givens.values())))
        if isinstance(paper.shape, NetworkShape):
            _check_units(paper.shape, values, givens, family)
        for field in paper.number_fields:
            place: tuple[Any, ...] = (slice(None), *field.index)
            _check_answers(values[field.quantity][place], field.digits.count, family)
        largest = max(np.abs(value).max() for value in values.values())
        assert largest <= float(family.screens.max_abs)
    assert checked == 300


def _stacked(variants: list[Variant], paper: PaperShape) -> Numbers:
    """Given numbers of all papers of this shape, by name."""
    drawn = [variant.questions["Q1"] for variant in variants]
    rows = [numbers.givens for numbers in drawn if numbers.label == paper.label]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}


def _values(paper: PaperShape, givens: Numbers) -> Numbers:
    if isinstance(paper.shape, ProductsShape):
        return _products(paper.shape, givens)
    if isinstance(paper.shape, CircuitShape):
        return all_quantities(paper.shape, givens)
    if not isinstance(paper.shape, NetworkShape) or paper.shape.bias or paper.shape.optimizer:
        # The other library knows none of these; they are solved by hand in `test_families_by_hand`.
        return dict(evaluate(paper.graph, dict(givens)).values)
    rate = {} if "learning_rate" in givens else {"learning_rate": np.ones(len(givens["x"]))}
    values = by_autograd(paper.shape, {**givens, **rate})
    return {name: value for name, value in values.items() if name in paper.graph}


def _products(shape: ProductsShape, givens: Numbers) -> Numbers:
    found = {}
    for number, spec in enumerate(shape.products, start=1):
        a, b = givens[f"A{number}"], givens[f"B{number}"]
        by_operation: dict[str, Callable[[Array, Array], Array]] = {
            "matrix_product": lambda a, b: a @ b,
            "hadamard_product": lambda a, b: a * b,
            "affine_map": lambda a, b: a @ b,
            "shape_of_product": lambda a, b: np.stack([a[:, :, 0], b[:, :, 0]], axis=-1),
        }
        found[f"product{number}"] = by_operation[spec.operation](a, b) + givens.get(f"C{number}", 0)
    return found


def _check_units(shape: NetworkShape, values: Numbers, givens: Numbers, family: Family) -> None:
    for step in range(1, shape.steps + 1):
        suffix = "" if step == 1 else f"@{step}"
        for layer, activation in enumerate(shape.activations, start=1):
            z, a = values[f"z{layer}{suffix}"], values[f"a{layer}{suffix}"]
            if activation in KINKED:
                assert np.abs(z).min() >= float(family.screens.kink_margin) - 1e-9
            if activation == "relu":
                assert (z > 0).any(axis=-1).all()
            if activation in WIDTH:
                from_bottom = a - (1 - WIDTH[activation])
                assert (from_bottom * (1 - a)).min() >= float(family.screens.min_slope) - 1e-9
    assert all(np.isfinite(value).all() for value in givens.values())


def _check_answers(values: Array, decimals: int, family: Family) -> None:
    digits, margin = family.screens.significant_digits, float(family.screens.tie_margin)
    for value in values.tolist():
        scaled = abs(Decimal(value)) * 10**decimals
        assert abs(scaled % 1 - Decimal("0.5")) >= Decimal(margin) - Decimal("1e-7")
        is_whole = decimals == 0 and abs(value - round(value)) < 1e-12
        # The other library adds up in another order: what is 0 may come out as 1e-16.
        assert abs(value) < 1e-12 or is_whole or scaled >= Decimal(10) ** (digits - 1) - Decimal("1e-7")
