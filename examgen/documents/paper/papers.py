"""From an exam and one student's variant, or marks for all that is a student's, to the pages that the templates print.

`printing` and `web_sheet` call it with marks, once for a shape, and tests with numbers. What depends on the shape of a
question only (text, diagram, boxes) is built once per shape.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from types import MappingProxyType

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.graph import Quantity, Role
from examgen.core.network import NetworkShape
from examgen.core.turned import plain_of
from examgen.documents.pages import (
    CircuitPicture,
    Given,
    NetworkPicture,
    PaperPage,
    QuestionPart,
)
from examgen.documents.paper.facts import derivatives_of, facts_of
from examgen.documents.paper.pictures.circuit_pictures import circuit_picture
from examgen.documents.paper.pictures.network_pictures import network_picture
from examgen.documents.paper.symbols import symbol_sentences
from examgen.documents.paper.task_parts import plain_marks, task_parts
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.worked.rule_formulas import symbol_of, symbolic
from examgen.documents.worked.solved_numbers import givens_for_print, solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper, folds
from examgen.documents.worked.step_samples import turns
from examgen.documents.worked.worked_lines import worked_sections
from examgen.exams.cover import Cover
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import total_marks
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.spellings import spellings
from examgen.exams.wording.texts import UNSHOWN

Picture = NetworkPicture | CircuitPicture | None


def question_page(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> PaperPage:
    """What is handed out: nothing on it depends on the solution."""
    parts = [givens_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]
    return page_of(exam, Person(variant.student, variant.name, variant.code), parts, style, with_solution=False)


def key_page(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> PaperPage:
    """The same paper with its worked solution."""
    parts = [solve_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]
    return page_of(exam, Person(variant.student, variant.name, variant.code), parts, style, with_solution=True)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a paper is for, and its code; or slots for them."""

    student: str
    name: str
    variant: str

    @property
    def as_text(self) -> "Person":
        """Without characters that no page can show, among them those of slots."""
        return Person(*(UNSHOWN.sub("\ufffd", text) for text in astuple(self)))


def page_of(
    exam: Exam,
    person: Person,
    parts: Sequence[SolvedPaper],
    style: PaperStyle,
    *,
    with_solution: bool,
) -> PaperPage:
    """The page of an exam from its questions' values, or from marks for them."""
    marks = total_marks((field for part in parts for field in part.paper.fields), with_bonus=False)
    return PaperPage(
        title=style.phrase(exam.title),
        exam=exam.id,
        student=person.student,
        name=person.name,
        variant=person.variant,
        instructions=tuple(map(style.phrase, exam.instructions)) or (style.words["instructions"],),
        questions=tuple(
            _part(number, solved, style, with_solution=with_solution) for number, solved in enumerate(parts, start=1)
        ),
        marks=plain_marks(marks),
        symbols=symbol_sentences([solved.paper for solved in parts], style),
        facts=tuple(_cover_facts(exam.cover, style)),
        is_duplex=exam.cover.is_duplex,
        style=style,
    )


def _cover_facts(cover: Cover, style: PaperStyle) -> Iterator[tuple[str, str]]:
    """Label and text of what is said of the exam in the head of its papers."""
    words = style.words
    if cover.course:
        yield words["course"], style.phrase(cover.course)
    if cover.date:
        yield words["date"], style.phrase(cover.date) if isinstance(cover.date, str) else style.day(cover.date)
    if cover.duration:
        is_text = isinstance(cover.duration, str)
        yield (
            words["duration"],
            style.phrase(str(cover.duration)) if is_text else words["minutes"].format(minutes=cover.duration),
        )
    if cover.accommodation:
        yield words["accommodation"], style.phrase(cover.accommodation)


def _part(number: int, solved: SolvedPaper, style: PaperStyle, *, with_solution: bool) -> QuestionPart:
    text, paper = style.words["worked"], solved.paper
    return QuestionPart(
        number=str(number),
        title=style.phrase(paper.question.title),
        text=(*map(style.phrase, paper.question.text), *facts_of(solved, style)),
        picture=_picture(solved, style, with_solution=with_solution),
        givens=tuple(_givens(solved, text)),
        tasks=task_parts(solved, style, with_solution=with_solution),
        sections=worked_sections(solved, text, has_chains=style.key_detail == "full") if with_solution else (),
        appendix=tuple(derivatives_of(paper)) if with_solution else (),
        marks=plain_marks(total_marks(paper.fields, with_bonus=False)),
        known=_known(paper),
    )


def _known(paper: PaperShape) -> tuple[str, ...]:
    """The spellings of symbols, where a task asks for a formula."""
    return tuple(spellings(paper.naming)) if any(task.as_ == "formula" for task in paper.question.tasks) else ()


def _givens(solved: SolvedPaper, text: Mapping[str, str]) -> Iterator[Given]:
    """What is to be computed, where that is not a network; and the given numbers: samples, then weights and biases."""
    paper = solved.paper
    yield from (Given("", (f"{symbol_of(paper, one.name)} = {symbolic(paper, one)}",)) for one in _told(paper))
    several, numbers = paper.shape.steps > 1, turns(paper.graph)
    for quantity in paper.graph:
        # A sample that is used again stands there once.
        is_first = not several or (quantity.step is not None and numbers.get(quantity.step) == quantity.step)
        if quantity.role is Role.INPUT and quantity.is_copied == several and is_first:
            pair = tuple(_equation(solved, one) for one in (quantity, *_targets_of(paper, quantity)))
            named = text["sample" if quantity.shape[0] == 1 else "mini_batch"].format(step=quantity.step)
            yield Given(named if several and max(numbers.values()) > 1 else "", pair)
    by_layer: dict[int | None, list[str]] = {}
    for quantity in paper.graph.givens:
        is_folded = bool(paper.naming.weights_around(quantity))
        if not (quantity.is_data or quantity.role is Role.RATE or is_folded):
            by_layer.setdefault(quantity.layer, []).append(_equation(solved, quantity))
        elif quantity.role is Role.RATE:
            by_layer[None] = [f"{paper.naming.notation.learning_rate} = {solved.number(quantity.name)}"]
    yield from (Given("", tuple(equations)) for equations in by_layer.values())
    yield from _shown(solved, text)


def _shown(solved: SolvedPaper, text: Mapping[str, str]) -> Iterator[Given]:
    """What follows from the given numbers and is printed all the same, step by step."""
    paper = solved.paper
    by_step: dict[int | None, list[str]] = {}
    for quantity in paper.graph.derived:
        if quantity.name in paper.shown and not paper.naming.weights_around(quantity):
            by_step.setdefault(quantity.step, []).append(_equation(solved, quantity))
    for step, equations in by_step.items():
        named = text["step_alone"].format(step=step) if paper.shape.steps > 1 else ""
        yield Given(named, tuple(equations))


def _told(paper: PaperShape) -> Iterator[Quantity]:
    """The quantities that an exercise defines itself and that are not to be found out."""
    for quantity in paper.graph.derived:
        if quantity.latex and quantity.derivative is None and not _DERIVATIVE.fullmatch(quantity.name):
            yield quantity


_DERIVATIVE = re.compile(r"d\w+_d\w+")
"""The name of what a student finds out, whether it is made by the chain rule or defined."""


def _targets_of(paper: PaperShape, inputs: Quantity) -> list[Quantity]:
    """The targets of the same samples, where there are any."""
    return [one for one in paper.graph if one.role is Role.TARGET and one.step == inputs.step]


def _equation(solved: SolvedPaper, quantity: Quantity) -> str:
    paper = solved.paper
    symbol = symbol_of(paper, quantity.name)
    if quantity.role is Role.INPUT and not paper.naming.notation.inputs:
        symbol = f"{'X' if quantity.shape[0] > 1 else 'x'} = {symbol}"
    value = solved.with_bias(quantity.name) if folds(paper, quantity) else solved.number(quantity.name)
    return f"{symbol} = {value}"


def _picture(solved: SolvedPaper, style: PaperStyle, *, with_solution: bool) -> Picture:
    """What is drawn beside an exercise, where something is."""
    draw = _PICTURES.get(type(plain_of(solved.paper.shape)))
    return None if draw is None else draw(solved, style, with_solution)


_PICTURES: Mapping[type, Callable[[SolvedPaper, PaperStyle, bool], Picture]] = MappingProxyType(
    {NetworkShape: network_picture, CircuitShape: circuit_picture}
)
"""By kind of exercise, its picture."""
