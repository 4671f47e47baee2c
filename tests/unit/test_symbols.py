"""What the first page says of its symbols is true of the numbers on the page, and of nothing that is not there.

A student reads w with two indices as a place in the printed matrix; so does this test, which knows no notation.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.network import NetworkShape
from examgen.core.rules.rule import Array
from examgen.documents.pages import PaperPage, QuestionPart
from examgen.documents.paper.papers import question_page
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.wording.words import shipped_languages
from tests.latex_values import value_of
from tests.laws import some_of
from tests.printed_facts import relations_on
from tests.printed_pages import plain_shape
from tests.small_banks import FIXED, changed, fitting_notations, in_two_notations, shipped_names, written

NETWORKS = some_of(in_two_notations([name for name in shipped_names() if "warmups" not in name]), 31)
FORMULA = re.compile(r"\$(.*?)\$")
GIVEN = re.compile(r"(.*?) = (-?[\d.]+|\\begin\{bmatrix\}.*?\\end\{bmatrix\})(?:,\\quad |$)")
SUM = re.compile(r"\\sum_\{(\w)=1\}\^\{(\d+)\} (.*)")
SYMBOL = re.compile(r"\\?([A-Za-z]+)(?:\^\{(\(?\d+\)?)\})?(?:_\{(\w+)\})?")
DERIVATIVE = re.compile(r"(\\delta\S*) = (-?)\\frac\{\\partial (.*?)\}\{\\partial (.*?)\}")
STEP = 1e-5


def page_of(name: str, notation: str | None, style: PaperStyle | None = None) -> tuple[PaperPage, list[SolvedPaper]]:
    """The question page of an exam, and all values of its questions."""
    loaded = load_exam(name, 7, notation)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    page = question_page(loaded.exam, variant, style or PaperStyle())
    solved = [
        SolvedPaper(paper, evaluate(paper.graph, numbers.givens).values, {})
        for paper, numbers in papers(loaded.exam, variant)
    ]
    return page, solved


def networks_in(page: PaperPage, parts: list[SolvedPaper]) -> Iterator[tuple[QuestionPart, SolvedPaper, NetworkShape]]:
    """Its questions about networks, whatever the signs of their derivatives."""
    for part, solved in zip(page.questions, parts, strict=True):
        shape = plain_shape(solved.paper)
        if isinstance(shape, NetworkShape):
            yield part, solved, shape


def printed_matrices(part: QuestionPart) -> dict[str, Array]:
    """The given matrices of the first sample or step, by the letter and layer that stand before them."""
    found: dict[str, Array] = {}
    for given in part.givens:
        for names, value in GIVEN.findall(given.latex):
            for name in names.split(" = "):
                found.setdefault(name.replace(r"\tilde{W}", "W"), value_of(value).value)
    return found


def statements(page: PaperPage, number: int) -> list[str]:
    """The formulas that are said of one question."""
    lines = [
        line for line in page.symbols if not line.startswith("Question ") or line.startswith(f"Question {number}:")
    ]
    return [formula for line in lines for formula in FORMULA.findall(line)]


def value_at(matrix: Array, indices: str, places: Mapping[str, int]) -> float:
    """An entry of a printed matrix; a vector has one index, a number none."""
    where = [places[index] if index.isalpha() else int(index) - 1 for index in indices]
    if len(where) == 2:
        return float(matrix[where[0], where[1]])
    return float(matrix.ravel()[where[0] if where else 0])


class Reader:
    """Evaluates the right-hand side of a sum with the matrices of the page."""

    def __init__(self, part: QuestionPart, solved: SolvedPaper) -> None:
        self.matrices = printed_matrices(part)
        self.biases_are_last_row = any(r"\tilde{W}" in given.latex for given in part.givens)
        self.solved = solved

    def matrix(self, letter: str, layer: str) -> Array:
        mark = f"^{{{layer}}}" if layer else ""
        for name in (
            f"{letter}{mark}",
            f"{letter.upper()}{mark}",
            f"{letter}_{{{layer}}}",
            f"{letter}_{{{layer.strip('()')}}}",
        ):
            if name in self.matrices:
                found = self.matrices[name]
                return np.asarray(found[:-1] if letter == "w" and self.biases_are_last_row else found)
        if letter == "b" and self.biases_are_last_row:
            return np.asarray(self.matrices[f"W{mark}"][-1])
        raise KeyError(letter + mark)

    def entry(self, symbol: str, places: Mapping[str, int]) -> float:
        if re.fullmatch(r"\w_\{\d\}", symbol) and self.solved.paper.naming.notation.hides_units:
            return float(self.matrices[symbol].item())
        match = SYMBOL.fullmatch(symbol)
        assert match is not None, symbol
        return value_at(self.matrix(match[1], match[2] or ""), match[3] or "", places)

    def value(self, latex: str, places: Mapping[str, int]) -> float:
        whole, _, bias = latex.partition(" + ")
        total, counted = 0.0, SUM.fullmatch(whole)
        letter, count, term = (counted[1], int(counted[2]), counted[3]) if counted else ("?", 1, whole)
        for place in range(count):
            weight, activation = term.split(" ")
            here = {**places, letter: place}
            total += self.entry(weight, here) * self.entry(activation, here)
        return total + self.entry(bias, places) if bias else total


@pytest.fixture(scope="module", params=NETWORKS, ids="-".join)
def told(request: pytest.FixtureRequest) -> tuple[PaperPage, list[SolvedPaper]]:
    """The question page of a shipped exam in one notation, and all values of its questions."""
    return shipped_page(*request.param)


@cache
def shipped_page(name: str, notation: str) -> tuple[PaperPage, list[SolvedPaper]]:
    """That of one of them, made once for all tests."""
    return page_of(name, notation)


def test_every_statement_is_read(told: tuple[PaperPage, list[SolvedPaper]]) -> None:
    """What is said of symbols is a sum or a derivative for each layer of a network, which the next tests look at."""
    page, _ = told
    assert [
        one for one in relations_on(page.symbols) if not one.startswith("z") and not DERIVATIVE.fullmatch(one)
    ] == []


def test_weighted_inputs_are_the_printed_sums(told: tuple[PaperPage, list[SolvedPaper]]) -> None:
    """Each sum, with entries looked up in the printed matrices, gives z of every unit and sample of its layer."""
    for part, solved, shape in networks_in(*told):
        reader, depth = Reader(part, solved), shape.depth
        sums = [formula for formula in statements(told[0], int(part.number)) if formula.startswith("z")]
        assert len(sums) == depth
        for layer, formula in enumerate(sums, start=1):
            left, right = formula.split(" = ", 1)
            expected = solved.shown(_first(solved, "z", layer))
            for places, value in _entries(left, expected):
                assert reader.value(right, places) == pytest.approx(value, abs=1e-9), (formula, places)
            # The layers above read the activations, which hardly a page prints, and then rounded.
            shown = solved.paper.naming.whole(_first(solved, "a", layer))
            reader.matrices[shown] = solved.shown(_first(solved, "a", layer))


def _first(solved: SolvedPaper, kind: str, layer: int) -> str:
    """The name of a quantity of the first step."""
    [name] = [
        one.name for one in solved.paper.graph if (one.kind, one.layer) == (kind, layer) and one.step in (None, 1)
    ]
    return name


def _entries(symbol: str, matrix: Array) -> Iterator[tuple[dict[str, int], float]]:
    """For each entry that a symbol stands for, the places of its letters and the entry."""
    match = SYMBOL.fullmatch(symbol)
    assert match is not None
    indices = match[3] or ""
    if len(indices) == 2:
        for row, column in product(*map(range, matrix.shape)):
            assert not indices[0].isdigit() or row == int(indices[0]) - 1
            yield {indices[0]: row, indices[1]: column}, float(matrix[row, column])
    else:
        assert matrix.size == 1 or indices.isalpha(), symbol
        for place, value in enumerate(matrix.ravel()):
            yield {indices: place}, float(value)


def test_delta_is_the_derivative_that_the_page_says(told: tuple[PaperPage, list[SolvedPaper]]) -> None:
    """Where δ stands on a paper, it is what the loss changes by for a small change of what stands below the line.

    Or it is the negative of that, where it has a minus.
    """
    for part, solved, shape in networks_in(*told):
        paper, notation = solved.paper, solved.paper.naming.notation
        asked = [field for field in paper.fields if field.kind == notation.delta]
        said = [match for formula in statements(told[0], int(part.number)) if (match := DERIVATIVE.fullmatch(formula))]
        assert len(said) in ((shape.depth,) if asked else (0, shape.depth))
        for layer, (_, minus, cost, below) in enumerate((match.groups() for match in said), start=1):
            kind = below[0].lower()
            share = (shape.samples_per_step if cost.endswith("_{s}") else 1) * (-1 if minus else 1)
            slopes = _slopes(solved, _first(solved, kind, layer), _loss(solved)) * share
            value = solved.values[_first(solved, f"dL_d{kind}", layer)]
            assert np.allclose(slopes, value, rtol=1e-4, atol=1e-6), (below, layer)
            assert _first(solved, notation.delta, layer) == _first(solved, f"dL_d{kind}", layer)


def _slopes(solved: SolvedPaper, name: str, loss: str) -> Array:
    """Central differences of the loss by each entry of a quantity."""
    graph = solved.paper.graph
    givens = {one.name: solved.values[one.name] for one in graph.givens}
    found = np.zeros(graph[name].shape)
    for index in np.ndindex(*found.shape):
        change = np.zeros(found.shape)
        change[index] = STEP
        up, down = (evaluate(graph, givens, perturb={name: sign * change}).values[loss] for sign in (1, -1))
        found[index] = (up - down) / (2 * STEP)
    return found


def _loss(solved: SolvedPaper) -> str:
    return next(one.name for one in solved.paper.graph if one.kind == "loss" and one.step in (None, 1))


SAMPLES = changed(
    FIXED,
    ("[1, 1]", "[2, 3]"),
    ("[network]", '[network]\nsamples_per_step = 2\nbatch_delta = "sample"'),
    ("[[0.5]]", "[[1, 2], [3, 4], [5, 6]]"),
    ("[0.1]", "[7, 8, 9]"),
    ("[[1]]", "[[1, 0.5], [0.25, 2]]"),
    ("[[1]]", "[[1, 1, 0], [0, 1, 0]]"),
)


@pytest.mark.parametrize("notation", ["from-to", "to-from-da", "nielsen", "row"])
def test_delta_of_a_sample_is_that_of_its_own_loss(tmp_path: Path, notation: str) -> None:
    """With each sample's own δ, the loss above the line is that of the sample, and the page says what its letter is."""
    asked = {"to-from-da": "dL_da"}.get(notation, "dL_dz")
    bank = written(tmp_path, changed(SAMPLES, ('["z", "a", "loss"]', f'"{asked}"')))
    page, [solved] = page_of(str(bank), notation)
    cost = NOTATIONS[notation].cost
    [(_, _, above, below)] = [match.groups() for one in statements(page, 1) if (match := DERIVATIVE.fullmatch(one))]
    assert above == f"{cost}_{{s}}"
    assert below.endswith("_{sj}" if notation == "row" else "s}")
    assert f"${cost}_{{s}}$ is the loss of sample $s$ alone" in " ".join(page.symbols)
    kind = below[0]
    slopes = 2 * _slopes(solved, f"{kind}1", "loss")
    assert np.allclose(slopes, solved.values[f"dL_d{kind}1"], rtol=1e-4, atol=1e-6)


def test_only_symbols_of_the_paper_are_told(tmp_path: Path) -> None:
    """No δ where none is asked, no learning rate where nothing is updated, and nothing at all of matrix products."""
    page, _ = page_of(str(written(tmp_path, FIXED)), "from-to")
    told = " ".join(page.symbols)
    assert r"\delta" not in told
    assert r"\eta" not in told
    assert "$L$ is the loss" in told
    trained = changed(FIXED, ("[digits]", "learning_rate = 0.5\n[digits]"), ('["z", "a", "loss"]', '"dL_dz"'))
    told = " ".join(page_of(str(written(tmp_path, trained)), "from-to")[0].symbols)
    assert r"$\delta^{(1)} = \frac{\partial L}{\partial z^{(1)}}$" in told
    assert r"$\eta$ is the learning rate" in told
    assert page_of("matrix-warmups", None)[0].symbols == ()


def test_what_questions_share_is_said_once() -> None:
    """Several networks have their sums under their numbers; what they have in common stands before them."""
    page, _ = page_of("midterm", None)
    shared, *own = page.symbols
    assert shared == r"$\eta$ is the learning rate; $L$ is the loss (also called the cost)."
    assert [line.partition(":")[0] for line in own] == ["Question 2", "Question 3"]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_symbols_of_shipped_exams(notation: str, golden: Callable[[str, str], None]) -> None:
    """The sentences of every shipped exam, as they were when a person read them."""
    lines = []
    for name in shipped_names():
        if notation in fitting_notations(name):
            page, _ = shipped_page(name, notation)
            lines += [f"# {name}", *page.symbols, ""]
    golden(f"meanings/{notation}.txt", "\n".join(lines))


@pytest.mark.parametrize("language", shipped_languages())
def test_symbols_in_every_language(language: str, golden: Callable[[str, str], None]) -> None:
    """The same sentences in the languages of papers."""
    lines = []
    for name in ("midterm", "nielsen-bp1-bp4"):
        page, _ = page_of(name, None, PaperStyle(language))
        lines += [f"# {name}", *page.symbols, ""]
    golden(f"meanings/in-{language}.txt", "\n".join(lines))
