"""Steps of misconceptions: every version can be written down, and says what it computes, beside the right step."""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.graph import Values
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.network import NetworkShape, network_graph
from examgen.core.probes.trials import trial_givens
from examgen.core.products import ProductsShape
from examgen.documents.feedback.mistaken_steps import Calculated, step_of, step_samples
from examgen.documents.feedback.student_feedback import EntryFeedback
from examgen.documents.typesetting import NAMES, Typesetter, math_font
from examgen.documents.worked.solved_numbers import solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.banks.bank_files import find_bank
from examgen.exams.draws.separation import paper_patches
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import papers
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.references.reference_formulas import step_formula
from tests.feedback_rows import class_of
from tests.laws import some_of

FAMILIES = ("question2", "sigmoid-chain", "minibatch", "relu-integers", "matrix-warmups", "tanh-two-outputs")
GRAPHS = ("circuit", "convolution", "regularised-regression", "recurrence", "momentum", "adam")
"""Exams with operations of graphs, and with optimizers."""

WORKED = ("scalar-chain", "nielsen-bp1-bp4", "relu-1-1-3-1", "matrix-warmups-worked")
OTHERS = (
    NetworkShape((2, 2, 3), ("elu", "softmax"), "cross_entropy"),
    NetworkShape((2, 3, 2), ("softplus", "softmax"), "binary_cross_entropy"),
    NetworkShape((2, 2, 2), ("leaky_relu", "tanh"), "mean_absolute_error", samples_per_step=2),
    NetworkShape((2, 2, 2), ("sigmoid", "identity"), "huber", steps=2),
    NetworkShape((2, 2, 2), ("relu", "sigmoid"), "half_mean_squared_error", samples_per_step=3),
    NetworkShape((1, 2, 2), ("tanh", "sigmoid"), "squared_error"),
)

NUMBER = re.compile(r"\d+(?:\.\d+)?")
ROOT = re.compile(r"\\sqrt\{([^{}]*)\}")
SIGNS = ((r"\cdot", "*"), (r"\left", ""), (r"\right", ""), ("^{2}", "**2"), ("^{1}", "**1"), (r"\,", ""), (r"\ ", ""))
KNOWN: Mapping[str, Any] = MappingProxyType(
    {
        r"\sigma'": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
        r"\sigma": lambda z: 1 / (1 + math.exp(-z)),
        r"\sqrt": math.sqrt,
        r"\tanh'": lambda z: 1 - math.tanh(z) ** 2,
        r"\tanh": math.tanh,
        r"\operatorname{ReLU}'": lambda z: float(z > 0),
        r"\operatorname{ReLU}": lambda z: max(0.0, z),
        r"\operatorname{abs}": abs,
        r"\exp": math.exp,
        r"\ln": math.log,
        r"\log_{10}": math.log10,
        r"\max": max,
        r"\min": min,
    }
)


def naming_of(shape: NetworkShape | ProductsShape, notation: str = "nielsen") -> Naming:
    assert isinstance(shape, NetworkShape)
    return Naming(NOTATIONS[notation], shape, network_graph(shape))


def said_by(naming: Naming, patch: Patch, name: str, index: tuple[int, ...], values: Values) -> np.ndarray:
    """What the written step of a version comes to, in all trials."""
    known = {
        naming.entry(quantity.name, place).ascii: values[quantity.name][(..., *place)]
        for quantity in naming.graph
        for place in np.ndindex(*quantity.shape)
    }
    text = step_formula(replace(naming, graph=patch.graph), name, index, lambda *_: True)
    formula = parse_formula(text, known)
    assert isinstance(formula, Formula), text
    return np.asarray(evaluate_formula(formula, known))


def check_written(naming: Naming, found: tuple[Patch, ...]) -> None:
    """Of every changed quantity of every version the first, middle and last entries are written, and the text comes to
    what the version computes."""
    givens = trial_givens(naming.graph)
    for patch in found:
        work = evaluate(patch.graph, givens)
        for name in patch.changed:
            places = list(np.ndindex(*patch.graph[name].shape))
            for index in {places[0], places[len(places) // 2], places[-1]}:
                said, computed = said_by(naming, patch, name, index, work.values), work[name][(..., *index)]
                seen = np.isfinite(computed) & np.isfinite(said)
                # Where a logarithm has no value, a formula has none either.
                np.testing.assert_allclose(said[seen], computed[seen], rtol=1e-9, atol=1e-12)
                assert seen.any(), (patch.misconception, name, index)


@pytest.mark.parametrize("exam", some_of([*FAMILIES, *WORKED], 5, 1))
def test_every_version_of_shipped_exams_is_written_as_it_computes(exam: str) -> None:
    """Read by the parser of students' formulas."""
    key = class_of(exam, "s1")
    for paper, _ in papers(key.exam, key.variants[0]):
        check_written(paper.naming, paper_patches(paper))


@pytest.mark.parametrize("shape", some_of(OTHERS, 3), ids=lambda shape: f"{shape.activations}-{shape.loss}")
def test_every_version_of_other_networks_is_written_as_it_computes(shape: NetworkShape) -> None:
    """Also with the activations and losses that no shipped exam has."""
    asked = frozenset(quantity.name for quantity in network_graph(shape).derived)
    check_written(naming_of(shape), patches(shape, asked))


OF_OTHERS = {"quotient-sign", "stride-ignored", "penalty-forgotten"}
"""Misconceptions about quotients, strides and penalties, which these exams do not have; worked out by hand below."""


def graph_of(*define: tuple[str, str], wanted: str, arrays: Mapping[str, int] = MappingProxyType({})) -> CircuitShape:
    """A graph of x and u, or of arrays of these lengths, whose last definition is differentiated."""
    given = tuple((name, (size,)) for name, size in arrays.items()) or (("x", ()), ("u", ()))
    return CircuitShape(given, define, define[-1][0], wanted=(wanted,))


NUMBERS: Mapping[str, Any] = MappingProxyType({"x": 2.0, "u": 5.0})
SIGNAL: Mapping[str, Any] = MappingProxyType({"s": np.array([1.0, 2, 3, 4]), "k": np.array([10.0, 1])})
UNIT: Mapping[str, Any] = MappingProxyType(
    {"x": np.array([[2.0], [1]]), "y": np.ones((2, 1)), "W1": np.array([[3.0]]), "b1": np.zeros(1), "momentum": 0.9}
    | {"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
)
"""A unit without an activation: its first gradient is (3·2 - 1)·2 = 10, that of its bias 5."""

OPTIMIZED = {
    name: NetworkShape((1, 1), ("identity",), "half_squared_error", 2, optimizer=name) for name in ("momentum", "adam")
}
ARRAYS = MappingProxyType({"s": 4, "k": 2})


@pytest.mark.parametrize(
    ("misconception", "shape", "givens", "name", "right", "wrong"),
    [
        # The derivative of x·u by x is u = 5.
        ("other-factor", graph_of(("f", "x * u"), wanted="df_dx"), NUMBERS, "df_dx", 5, 2),
        # Of the larger of 2 and 5 only the second has a derivative.
        ("max-to-both", graph_of(("f", "max(x, u)"), wanted="df_dx"), NUMBERS, "df_dx", 0, 1),
        ("max-to-loser", graph_of(("f", "max(x, u)"), wanted="df_du"), NUMBERS, "df_du", 1, 0),
        # That of 2/u is -2/u² = -2/25.
        ("quotient-sign", graph_of(("f", "x / u"), wanted="df_du"), NUMBERS, "df_du", -0.08, 0.08),
        # That of x³ is 3·2² = 12; with its power it is 3·2³.
        ("power-kept", graph_of(("f", "x^3"), wanted="df_dx"), NUMBERS, "df_dx", 12, 24),
        # x is in x·u and in 3·x, so that it is u + 3; one of them alone gives 5.
        ("shared-once", graph_of(("q", "x * u"), ("f", "q + 3 * x"), wanted="df_dx"), NUMBERS, "df_dx", 8, 5),
        # 10·1 + 1·2 and so on; flipped it is 1·1 + 10·2.
        (
            "filter-flipped",
            graph_of(("c", "conv1d(s, k)"), ("f", "sum(c)"), wanted="df_dc", arrays=ARRAYS),
            SIGNAL,
            "c",
            [12, 23, 34],
            [21, 32, 43],
        ),
        # The windows begin at 1 and 3; at each place they begin at 1 and 2.
        (
            "stride-ignored",
            graph_of(("c", "conv1d(s, k, stride=2)"), ("f", "sum(c)"), wanted="df_dc", arrays=ARRAYS),
            SIGNAL,
            "c",
            [12, 34],
            [12, 23],
        ),
        # The penalty ½·l2·W² adds l2·W = 0.5·3 to the gradient of 10.
        (
            "penalty-forgotten",
            NetworkShape((1, 1), ("identity",), "half_squared_error", penalty="l2"),
            {**UNIT, "x": np.array([[2.0]]), "y": np.ones((1, 1)), "l2": 0.5},
            "dL_dW1",
            [[11.5]],
            [[10]],
        ),
        # After W = 3 - 0.1·10 = 2 and b = -0.5 the second gradient is (2·1 - 0.5 - 1)·1 = 0.5; the velocity was -1.
        ("momentum-forgotten", OPTIMIZED["momentum"], UNIT, "velocity_W1@2", [[-0.9 * 1 - 0.05]], [[-0.05]]),
        # The moments of 10 are 0.1·10 and 0.001·100, corrected 10 and 100.
        (
            "bias-correction-forgotten",
            OPTIMIZED["adam"],
            UNIT,
            "W1_new",
            [[3 - 0.1 * 10 / 10]],
            [[3 - 0.1 * 1 / math.sqrt(0.1)]],
        ),
    ],
)
def test_versions_give_what_is_worked_out_by_hand(
    misconception: str, shape: Exercise, givens: Mapping[str, Any], name: str, right: object, wrong: object
) -> None:
    """One of them computes the wrong number of a small exercise, and without it comes the right one."""
    graph = shape.graph
    numbers = {one.name: np.asarray(givens[one.name], dtype=float) for one in graph.givens}
    np.testing.assert_allclose(evaluate(graph, numbers)[name], np.asarray(right, dtype=float), atol=1e-6)
    found = patches(shape, frozenset(one.name for one in graph.derived))
    values = [evaluate(one.graph, numbers)[name] for one in found if one.misconception == misconception]
    expected = np.asarray(wrong, dtype=float)
    assert any(value.shape == expected.shape and np.allclose(value, expected, atol=1e-6) for value in values), values


def test_shipped_exams_have_all_misconceptions() -> None:
    """So that each is printed above, but for those about what these exams do not have."""
    found = set()
    for exam in (*FAMILIES, *GRAPHS):
        key = class_of(exam, "s1")
        for paper, _ in papers(key.exam, key.variants[0]):
            found |= {patch.misconception for patch in paper_patches(paper)}
    assert found == set(MISCONCEPTIONS) - OF_OTHERS


def _leaves_out(mode: str, kind: str, place: int) -> bool:
    is_last = kind in {"dL_dW", "dL_db", "W_new", "b_new", "product"}
    return not is_last if mode == "bare" else place % 2 == 1 if mode == "gaps" else False


def wrong_entries(solved: SolvedPaper, patch: Patch, mode: str) -> tuple[list[EntryFeedback], list[Field]]:
    """The sheet of a student who has this misconception, and the fields that are neither right nor follow."""
    paper = solved.paper
    givens = {given.name: np.asarray(solved.values[given.name], dtype=float) for given in paper.graph.givens}
    right, work = evaluate(paper.graph, givens), evaluate(patch.graph, givens)
    written = {quantity.name: np.full(quantity.shape, np.nan) for quantity in paper.graph.derived}
    for place, field in enumerate(paper.number_fields):
        value = float(work[field.quantity][field.index])
        decimals = int(field.digits.decimals_for(np.asarray(value or 1.0)))
        if not _leaves_out(mode, paper.graph[field.quantity].kind, place):
            written[field.quantity][field.index] = round(value, decimals)
    own = evaluate(paper.graph, givens, substitute=written)
    entries, wrong = [], []
    for field in paper.number_fields:
        value, follows = (float(one[field.quantity][field.index]) for one in (written, own.computed))
        reference = float(right[field.quantity][field.index])
        given = None if math.isnan(value) else value
        entry = EntryFeedback(
            paper.question.id, field.name, str(given or ""), given, follows, reference, Decimal(0), Decimal(1), "wrong"
        )
        entries.append(entry)
        decimals = int(field.digits.decimals_for(np.asarray(value or 1.0)))
        near = max(20 * 10.0**-decimals if decimals else 0.5, 0.05 * abs(value)) if given is not None else 0.0
        if given is not None and min(abs(value - follows), abs(value - reference)) > near:
            wrong.append(field)
    return entries, wrong


def worth(latex: str, moved: int = -1) -> float:
    """What numbers put in come to, one of them half a unit more."""
    place = -1

    def number(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        text = found[0]
        half = 0.5 * 10.0 ** -len(text.partition(".")[2]) if "." in text else 0.0
        return f"({float(text) + (half if place == moved else 0.0)!r})"

    for sign, other in SIGNS:
        latex = latex.replace(sign, other)
    while (flat := ROOT.sub(r"\\sqrt(\1)", latex)) != latex:
        latex = flat
    functions = {f"F{chr(65 + code)}F": name for code, name in enumerate(KNOWN)}
    for letter, name in functions.items():
        latex = latex.replace(name, letter)
    text = NUMBER.sub(number, latex)
    assert re.fullmatch(r"(?:F[A-M]F|[-+*/(),. \de])*", text), latex
    return float(eval(text, {letter: KNOWN[name] for letter, name in functions.items()}))


def check_numbers(way: Calculated, result: float) -> None:
    """The numbers that stand there come to the result that stands there, but for what is rounded."""
    symbol, *relations = way.relations
    assert not symbol.startswith("=")
    *_, last = relations
    printed = float(last.removeprefix("= "))
    unit = 10.0 ** -len(last.partition(".")[2])
    assert abs(printed - result) <= unit + 0.02 * abs(result)
    if len(relations) == 3:
        numbers = relations[1].removeprefix("= ")
        value = worth(numbers)
        moved = [abs(worth(numbers, place) - value) for place in range(len(NUMBER.findall(numbers)))]
        assert abs(value - printed) <= unit + 1.5 * sum(moved), way.relations


@cache
def solved_papers(exam: str) -> tuple[SolvedPaper, ...]:
    key = class_of(exam, "s1")
    return tuple(solve_for_print(*part) for part in papers(key.exam, key.variants[0]))


def each_step(exam: str, mode: str) -> Iterator[tuple[Patch, EntryFeedback, Any]]:
    """The first step that each version of a misconception explains."""
    for solved in solved_papers(exam):
        for patch in paper_patches(solved.paper):
            entries, wrong = wrong_entries(solved, patch, mode)
            for field in wrong[:1]:
                entry = next(one for one in entries if one.field == field.name)
                yield patch, entry, step_of(solved, field, entries, patch.misconception)


@pytest.mark.parametrize(
    ("exam", "mode"),
    some_of(
        [*itertools.product(FAMILIES, ("full", "bare")), *itertools.product((FAMILIES[1], *GRAPHS), ("gaps",))], 10
    ),
)
def test_the_numbers_of_both_ways_come_to_their_results(exam: str, mode: str) -> None:
    """The right way leads to what follows from the own answers, the other one to the answer, whatever was left out."""
    count = 0
    for patch, entry, step in each_step(exam, mode):
        assert step is not None, (patch.misconception, entry.field)
        assert entry.value is not None
        count += 1
        is_own = step.right.relations[0] == step.done.relations[0]
        assert is_own
        for way in (step.right, step.done):
            check_numbers(way, float(way.relations[-1].removeprefix("= ")))
        if mode == "full":
            check_numbers(step.done, entry.value)
            assert entry.own is not None
            check_numbers(step.right, entry.own)
    assert count > {"matrix-warmups": 0, "circuit": 4, "convolution": 3}.get(exam, 5)


def no_slope() -> tuple[SolvedPaper, Field, list[EntryFeedback]]:
    """A student of the chain with a slip in A2 who leaves out the slope in δ."""
    (solved,) = solved_papers("scalar-chain")
    values = {"A2": 0.6, "dC_dA2": 1.2, "dC_dz2": 1.2}
    entries = [
        EntryFeedback(
            solved.paper.question.id, field.name, str(value), value, None, None, Decimal(0), Decimal(1), "wrong"
        )
        for field in solved.paper.number_fields
        for value in [values.get(field.name)]
    ]
    return solved, next(one for one in solved.paper.number_fields if one.name == "dC_dz2"), entries


def test_a_step_has_the_numbers_that_the_student_wrote() -> None:
    """1.2 as it was written, and the slope at the student's own A2."""
    solved, field, entries = no_slope()
    step = step_of(solved, field, entries, "no-slope")
    assert step is not None
    assert step.right.relations[2:] == (r"= 1.2 \cdot 0.2400", "= 0.2880")
    assert step.done.relations[2:] == ("= 1.2000",)
    assert step.localized(",").right.relations[2:] == (r"= 1{,}2 \cdot 0{,}2400", "= 0{,}2880")


@pytest.mark.parametrize("epsilon", ["0", "0.00000001"])
def test_a_root_has_its_sign_over_what_it_holds(epsilon: str, tmp_path: Path) -> None:
    """As on the key, in symbols and with numbers; a constant beside it has all of its digits."""
    text = find_bank("adam").read_text("utf-8")
    bank = tmp_path / "adam.toml"
    bank.write_text(text.replace("epsilon = 0 ", f'epsilon = "{epsilon}" '), "utf-8")
    steps = (step for patch, _, step in each_step(str(bank), "full") if patch.misconception == "ascent")
    step = next(step for step in steps if step is not None)
    assert step.done.relations[1].endswith(r"/(\sqrt{\hat{v}_{w^{(1)}_{11}}} + \varepsilon)")
    assert re.fullmatch(rf"= .*/\(\\sqrt{{\d\.\d{{4}}}} \+ {re.escape(epsilon)}\)", step.done.relations[2])


def test_no_step_is_shown_that_does_not_lead_to_the_answer() -> None:
    """Another misconception's step would tell the student what they did not do."""
    solved, field, entries = no_slope()
    for name in ("ascent", "log10", "of another version", "ascent+log10", "+", ""):
        assert step_of(solved, field, entries, name) is None


def test_misconceptions_made_at_once_are_one_step() -> None:
    """A slope left out of an error with the wrong sign."""
    solved, field, entries = no_slope()
    both = -1.2
    entries = [replace(one, value={"A2": 0.6, "dC_dz2": both}.get(one.field), answer_text="") for one in entries]
    step = step_of(solved, field, entries, "error-sign+no-slope")
    assert step is not None
    check_numbers(step.done, both)
    assert step.done.relations[2] == r"= -2 \cdot (0.6 - 0)"


def glyphs_of(formulas: Iterable[str]) -> set[int]:
    """What a font must have to draw these."""
    typesetter = Typesetter({}, "en")
    for latex in formulas:
        typesetter.inline(latex, display=True)
    steps = [step for image in typesetter.images for step in image.formula.program if not isinstance(step, int)]
    return {glyph for step in steps for _, word in step.words for glyph in word}


@pytest.mark.parametrize("exam", ["sigmoid-chain", "matrix-warmups", *GRAPHS[:3], "adam"])
def test_fonts_that_are_cut_to_size_have_every_sign_of_the_steps(exam: str) -> None:
    """A layout is shared by students whose steps it has never seen."""
    font = math_font()
    letters = {font.glyph(one, level) for one in NAMES if ord(one) in font.characters for level in (0, 1, 2)}
    samples = (latex for solved in solved_papers(exam) for latex in step_samples(solved.paper))
    known = letters | glyphs_of(samples)
    for mode in ("full", "bare"):
        for patch, _, step in each_step(exam, mode):
            shown = step.localized(",")
            assert glyphs_of([*shown.right.lines, *shown.done.lines]) <= known, patch.misconception
