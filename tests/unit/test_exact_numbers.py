"""Keys of exact networks: fractions are the exact values, whole numbers stay whole, and no rounded number is equal.

The expected values come from a forward and backward pass over fractions that is written down here once more.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from io import BytesIO
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.documents.pages import Line, QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.documents.paper.printing import key_pdf
from examgen.documents.pdf.stored import store
from examgen.documents.worked.exact_numbers import spacings
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from tests.small_banks import class_of, written
from tests.stamped_pages import alternative_texts, copied_texts

BANK = """\
title = "Exact"
[network]
sizes = {sizes}
activations = {activations}
loss = "{loss}"
samples_per_step = {samples}
[values]
weights = {{ min = "-2", max = "2", step = "{step}", exclude = ["0"] }}
biases = {{ min = "-1", max = "1", step = "0.5" }}
x = {{ min = "-3", max = "3", step = "{step}", exclude = ["0"] }}
y = {{ min = "-2", max = "2", step = "0.5" }}
learning_rate = {{ choices = ["0.1"] }}
[digits]
decimals = {decimals}
[screens]
significant_digits = 0
misconception_margin = 0
[[tasks]]
text = "Go."
ask = ["z", "a", "loss", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new"]
"""
THREE_OUTPUTS = BANK.format(
    sizes=[2, 2, 3], activations=["relu", "identity"], loss="half_mean_squared_error", samples=1, step="0.1", decimals=3
)
ONE_OUTPUT = BANK.format(
    sizes=[2, 2, 1], activations=["relu", "identity"], loss="half_mean_squared_error", samples=1, step="0.1", decimals=2
)
SHAPES = [
    ([2, 2, 3], ["relu", "identity"], "half_mean_squared_error", 1, "0.1"),
    ([1, 3, 2], ["leaky_relu", "relu"], "squared_error", 3, "0.01"),
    ([2, 1, 2], ["relu", "leaky_relu"], "mean_absolute_error", 2, "1"),
    ([3, 3], ["leaky_relu"], "mean_squared_error", 7, "0.1"),
]
NUMBER = re.compile(r"-?\d+(?:\.\d+|/\d+)?")
FRACTION = re.compile(r"-?\d+/\d+")

Vector = list[Fraction]
Matrix = list[Vector]


@pytest.fixture(params=[THREE_OUTPUTS, ONE_OUTPUT], ids=["three outputs", "one output"])
def drawn(request: pytest.FixtureRequest, tmp_path: Path) -> list[tuple[QuestionPart, Variant]]:
    """Worked questions of a ReLU layer before an identity layer, with their numbers."""
    loaded = load_exam(written(tmp_path, request.param), 5, "from-to")
    variants = draw_variants(loaded, class_of(6))
    return [(key_page(loaded.exam, variant).questions[0], variant) for variant in variants]


def test_every_fraction_is_the_exact_value(drawn: list[tuple[QuestionPart, Variant]]) -> None:
    """The exact relation of each line holds the values of an independent calculation, entry by entry."""
    found = 0
    for part, variant in drawn:
        expected = by_hand(variant.questions["Q1"].givens)
        for line in matrix_lines(part):
            if (printed := exact_cells(line)) is not None:
                assert printed == expected[line.relations[0]], line.relations[0]
                found += 1
    assert found >= 10 * len(drawn)


def test_only_exact_decimals_are_equal(drawn: list[tuple[QuestionPart, Variant]]) -> None:
    """Where decimals follow an equals sign they are the exact value; rounded ones are approximately equal to it."""
    signs = set()
    for part, variant in drawn:
        expected = by_hand(variant.questions["Q1"].givens)
        for line in matrix_lines(part):
            sign, _, latex = line.relations[-1].partition(" ")
            printed, exact = cells(latex), expected[line.relations[0]]
            signs.add(sign)
            assert sign == r"\approx" or printed == exact
            pairs = zip(chain(*printed), chain(*exact), strict=True)
            assert all(abs(one - value) <= Fraction(1, 200) for one, value in pairs)
    assert signs == {"=", r"\approx"}


def test_numbers_put_in_are_exact(drawn: list[tuple[QuestionPart, Variant]]) -> None:
    """A gradient of weights is the product of exactly the numbers that stand in its line."""
    for part, variant in drawn:
        expected = by_hand(variant.questions["Q1"].givens)
        line = next(one for one in matrix_lines(part) if one.relations[0] == r"\frac{\partial L}{\partial b^{(1)}}")
        assert exact_cells(line) == expected[line.relations[0]]
        update = next(one for one in matrix_lines(part) if one.relations[0] == r"b^{(1)}_{\text{new}}")
        put_in = [cells(found) for found in re.findall(r"\\begin\{bmatrix\}.*?\\end\{bmatrix\}", update.relations[2])]
        assert put_in == [as_columns(variant.questions["Q1"].givens["b1"]), expected[line.relations[0]]]


def test_chain_rule_ends_in_the_exact_entry(drawn: list[tuple[QuestionPart, Variant]]) -> None:
    """So do the single entries."""
    for part, variant in drawn:
        expected = by_hand(variant.questions["Q1"].givens)[r"\frac{\partial L}{\partial W^{(2)}}"]
        for line in (line for section in part.sections if "chain" in section.title for line in section.lines):
            entry = re.fullmatch(r"\\frac\{\\partial L\}\{\\partial w\^\{\(2\)\}_\{(\d)(\d)?\}\}", line.relations[0])
            if entry and len(line.relations) > 2:
                row, column = int(entry[1]) - 1, int(entry[2] or 1) - 1
                assert Fraction(line.relations[-2].removeprefix("= ")) == expected[row][column]


@pytest.mark.parametrize("name", ["relu-integers", "relu-1-1-3-1"])
def test_whole_numbers_stay_whole(name: str) -> None:
    """A key of integers has neither fractions nor rounded numbers."""
    loaded = load_exam(name, 11)
    for variant in draw_variants(loaded, class_of(3)):
        [part] = key_page(loaded.exam, variant).questions
        for section in part.sections:
            for line in section.lines:
                text = " ".join(line.relations)
                assert r"\approx" not in text
                assert all(number.isdigit() for number in re.findall(r"[\d./]+", text))


def test_the_paper_is_stamped_with_the_same_fractions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every student's PDF shows the fractions of the own key, in one layout, and reads them aloud."""
    monkeypatch.setattr(store, "_folder", lambda: tmp_path / "store")
    loaded = load_exam(written(tmp_path, THREE_OUTPUTS), 5, "from-to")
    for variant in draw_variants(loaded, class_of(4)):
        [part] = key_page(loaded.exam, variant).questions
        typed = [one for line in all_lines(part) for one in FRACTION.findall(" ".join(line.relations))]
        pdf = key_pdf(loaded.exam, variant)
        copied = " ".join(copied_texts(BytesIO(pdf))).replace("−", "-")
        spoken = " ".join(alternative_texts(pdf))
        assert sorted(FRACTION.findall(copied)) == sorted(typed)
        assert all(one.replace("-", "minus ").replace("/", " over ") in spoken for one in typed)
        assert "/" not in spoken


@pytest.mark.parametrize(("sizes", "activations", "loss", "samples", "step"), SHAPES)
def test_values_are_multiples_of_their_spacing(
    tmp_path: Path, sizes: list[int], activations: list[str], loss: str, samples: int, step: str
) -> None:
    """Whatever is drawn, every value is a whole number of spacings."""
    bank = BANK.format(sizes=sizes, activations=activations, loss=loss, samples=samples, step=step, decimals=2)
    loaded = load_exam(written(tmp_path, bank), 3, "from-to")
    for variant in draw_variants(loaded, class_of(5)):
        [(paper, numbers)] = papers(loaded.exam, variant)
        values, known = evaluate(paper.graph, as_fractions(numbers.givens)).values, spacings(paper)
        for quantity in paper.graph:
            for value in np.ravel(values[quantity.name]):
                assert value == 0 or (value / known[quantity.name]).denominator == 1, quantity.name


def test_spacings_are_no_finer_than_the_rules_make_them(tmp_path: Path) -> None:
    """Tenths times tenths are hundredths, a mean over three outputs makes thirds, and a slope is a whole number."""
    known = spacings(paper_of(tmp_path, THREE_OUTPUTS))
    parts = {"W1": 10, "z1": 100, "a1": 100, "z2": 1000, "slope1": 1, "dL_da2": 3000, "dL_db2": 3000, "loss": 6_000_000}
    assert {name: known[name] for name in parts} == {name: Fraction(1, part) for name, part in parts.items()}


def test_rounding_networks_have_no_spacings() -> None:
    """Where a sigmoid is on the way nothing is exact."""
    loaded = load_exam("question2", 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    assert [spacings(paper) for paper, _ in papers(loaded.exam, variant)] == [{}]


def paper_of(folder: Path, bank: str) -> PaperShape:
    """The shape of a bank's only question."""
    loaded = load_exam(written(folder, bank), 1, "from-to")
    [variant] = draw_variants(loaded, [Student("s1")])
    [(paper, _)] = papers(loaded.exam, variant)
    return paper


def all_lines(part: QuestionPart) -> Iterator[Line]:
    """All worked lines."""
    return (line for section in part.sections for line in section.lines if line.relations)


def matrix_lines(part: QuestionPart) -> list[Line]:
    """The worked lines but the slopes, and those of single entries."""
    sections = [section for section in part.sections if "chain" not in section.title]
    lines = [line for section in sections for line in section.lines]
    return [line for line in lines if line.relations and "'" not in line.relations[0]]


def cells(latex: str) -> Matrix:
    """A number or matrix as printed."""
    inner = latex.removeprefix(r"\begin{bmatrix} ").removesuffix(r" \end{bmatrix}")
    return [[Fraction(cell) for cell in row.split(" & ")] for row in inner.split(r" \\ ")]


def exact_cells(line: Line) -> Matrix | None:
    """The exact values before the decimals of a line, None where there are none."""
    latex = line.relations[-2].removeprefix("= ")
    is_there = NUMBER.fullmatch(latex) or (latex.startswith(r"\begin") and latex.count(r"\begin") == 1)
    is_there = is_there and latex.endswith((r"\end{bmatrix}", *"0123456789"))
    return cells(latex) if is_there and "." not in latex else None


def as_columns(vector: object) -> Matrix:
    """A vector of drawn decimals as a column."""
    return [[Fraction(str(number))] for number in np.ravel(np.asarray(vector)).tolist()]


def by_hand(givens: Mapping[str, object]) -> dict[str, Matrix]:
    """The shown matrices of ReLU, identity and half the mean squared error by LaTeX symbol, weights as (from, to)."""
    x, y, b1, b2 = (_vector(givens[name]) for name in ("x", "y", "b1", "b2"))
    W1, W2 = (_matrix(givens[name]) for name in ("W1", "W2"))
    rate, n = _vector(givens["learning_rate"])[0], len(y)
    z1 = [sum((w * v for w, v in zip(row, x, strict=True)), b) for row, b in zip(W1, b1, strict=True)]
    a1 = [max(z, Fraction(0)) for z in z1]
    z2 = [sum((w * v for w, v in zip(row, a1, strict=True)), b) for row, b in zip(W2, b2, strict=True)]
    loss = sum(((a - t) ** 2 for a, t in zip(z2, y, strict=True)), Fraction(0)) / (2 * n)
    d2 = [(a - t) / n for a, t in zip(z2, y, strict=True)]
    da1 = [sum((W2[k][j] * d2[k] for k in range(n)), Fraction(0)) for j in range(len(a1))]
    d1 = [d if z > 0 else Fraction(0) for d, z in zip(da1, z1, strict=True)]
    found: dict[str, Matrix] = {"L": [[loss]], r"\frac{\partial L}{\partial a^{(2)}}": _column(d2)}
    found |= {r"\frac{\partial L}{\partial a^{(1)}}": _column(da1)}
    layers = ((1, z1, a1, W1, b1, d1, x), (2, z2, z2, W2, b2, d2, a1))
    for layer, z, a, W, b, d, before in layers:
        gradient = [[value * error for error in d] for value in before]
        shown = [[row[source] for row in W] for source in range(len(before))]
        found |= {f"z^{{({layer})}}": _column(z), f"a^{{({layer})}}": _column(a), rf"\delta^{{({layer})}}": _column(d)}
        found[rf"\frac{{\partial L}}{{\partial W^{{({layer})}}}}"] = gradient
        found[rf"\frac{{\partial L}}{{\partial b^{{({layer})}}}}"] = _column(d)
        found[rf"W^{{({layer})}}_{{\text{{new}}}}"] = [
            [w - rate * g for w, g in zip(*rows, strict=True)] for rows in zip(shown, gradient, strict=True)
        ]
        found[rf"b^{{({layer})}}_{{\text{{new}}}}"] = [[one - rate * error] for one, error in zip(b, d, strict=True)]
    return found


def _vector(value: object) -> Vector:
    return [Fraction(str(number)) for number in np.ravel(np.asarray(value)).tolist()]


def _matrix(value: object) -> Matrix:
    return [[Fraction(str(number)) for number in row] for row in np.asarray(value).tolist()]


def _column(vector: Vector) -> Matrix:
    return [[value] for value in vector]
