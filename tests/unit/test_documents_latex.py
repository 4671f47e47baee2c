"""Every piece of LaTeX on every shipped page, in two notations of each, can be set and reads as mathematics."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape
from examgen.documents.math import to_mathml
from examgen.documents.pages import NetworkPicture, QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.documents.typesetting import Typesetter
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.laws import some_of
from tests.small_banks import in_two_notations, shipped_names

TRIED = some_of(in_two_notations(shipped_names("families", "worked")), 29)
BY_EXAM = [list(cases) for _, cases in groupby(TRIED, key=lambda case: case[0])]
FORMULA = re.compile(r"\$(.*?)\$")
UNIDIOMATIC = {
    "two signs side by side": re.compile(r"[-+] *[-+]"),
    "a sign after a product": re.compile(r"(?:\\cdot|\\odot|\\,) *-"),
    "doubled brackets": re.compile(r"\\left\(\\left\([^()]*\\right\)\\right\)"),
    "a factor of 1": re.compile(r"\\frac\{1\}\{1\}|\\frac\{\d+\}\{1\}|(?<![\d.}])1 (?:\\left\(|\\sum)"),
    "a negative zero": re.compile(r"-0(?:\.0+)?(?![\d.])"),
    "a word for a number": re.compile(r"\b(?:nan|inf|None|e[-+]\d+)\b"),
    "an unfilled place": re.compile(r"<\w+(?::\w+)?>"),
    "an empty index": re.compile(r"[_^]\{\}"),
}


def latex_of(question: QuestionPart) -> Iterator[str]:
    """All LaTeX of a question with its solution."""
    sentences = [*question.text, *(task.text for task in question.tasks)]
    sentences += [line.text for section in question.sections for line in section.lines]
    yield from (formula for sentence in sentences for formula in FORMULA.findall(sentence))
    yield from (given.latex for given in question.givens)
    yield from (box.symbol for task in question.tasks if task.kind != "choice" for box in task.boxes)
    yield from (line.latex for task in question.tasks for line in task.spellings)
    answers = [answer for task in question.tasks for answer in task.answers]
    yield from (latex for answer in answers for latex in (answer.symbol, answer.latex) if latex)
    yield from (relation for section in question.sections for line in section.lines for relation in line.relations)
    if isinstance(question.picture, NetworkPicture):
        yield from (unit for layer in question.picture.layers for unit in layer.units)
    elif question.picture is not None:
        nodes = (node for form in question.picture.forms for node in form)
        yield from (latex for node in nodes for latex in (node.sign, *node.above, *node.below) if latex)


@pytest.fixture(scope="module", params=BY_EXAM, ids=lambda cases: str(cases[0][0]))
def formulas(request: pytest.FixtureRequest) -> list[str]:
    """The different formulas of a shipped exam in two notations, in the order of the page."""
    found: dict[str, None] = {}
    for name, notation in request.param:
        loaded = load_exam(name, 7, notation)
        [variant] = draw_variants(loaded, [Student("s1")])
        for question in key_page(loaded.exam, variant).questions:
            found |= dict.fromkeys(latex_of(question))
    return list(found)


def test_every_formula_can_be_set(formulas: list[str]) -> None:
    """As MathML for browsers, and laid out for PDFs."""
    for latex in formulas:
        assert to_mathml(latex, where="page").startswith("<math")
        assert Typesetter({}).equation([latex], where="page")


@pytest.mark.parametrize("fault", UNIDIOMATIC)
def test_formulas_are_idiomatic(formulas: list[str], fault: str) -> None:
    """No formula is written as only a program would write it."""
    assert [latex for latex in formulas if UNIDIOMATIC[fault].search(latex)] == []


@pytest.mark.parametrize(("name", "notation"), in_two_notations(shipped_names("families", "worked")))
def test_no_sum_is_over_a_single_term(name: str, notation: str) -> None:
    """A network with one output and one sample at a time has a loss without a sum sign."""
    loaded = load_exam(name, 7, notation)
    [question] = loaded.exam.questions
    [variant] = draw_variants(loaded, [Student("s1")])
    [part] = key_page(loaded.exam, variant).questions
    shape = question.shapes["A"]
    if isinstance(shape, CircuitShape):
        # Its definitions say which sums there are.
        return
    terms = shape.sizes[-1] * shape.samples_per_step if isinstance(shape, NetworkShape) else 1
    # The text of a bank is its author's.
    own = [latex for latex in latex_of(replace(part, text=part.text[len(question.text) :])) if r"\sum" in latex]
    assert bool(own) == (terms > 1)


def test_sentences_are_whole(formulas: list[str]) -> None:
    """There are formulas to look at, and none of them is empty."""
    assert len(formulas) > 10
    assert all(latex.strip() == latex != "" for latex in formulas)
