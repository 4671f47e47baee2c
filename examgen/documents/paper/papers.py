"""From an exam and one student's variant, or marks for all that is a student's, to the pages that the templates print.

`printing` and `web_sheet` call it with marks, once for a shape, and tests with numbers. What depends on the shape of a
question only (text, diagram, boxes) is built once per shape.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.graph import Quantity, Role
from examgen.core.network import NetworkShape
from examgen.core.turned import plain_of
from examgen.documents.pages import (
    AnswerBox,
    Cell,
    CircuitPicture,
    Given,
    NetworkPicture,
    PaperPage,
    QuestionPart,
)
from examgen.documents.pages import Task as TaskPart
from examgen.documents.paper.facts import derivatives_of, facts_of
from examgen.documents.paper.pictures.circuit_pictures import circuit_picture
from examgen.documents.paper.pictures.network_pictures import network_picture
from examgen.documents.paper.symbols import symbol_sentences
from examgen.documents.paper.typed_tasks import other_boxes, spelling_lines, typed_answers, typed_hint
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.worked.rule_formulas import symbol_of, symbolic
from examgen.documents.worked.solved_numbers import givens_for_print, solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper, folds
from examgen.documents.worked.step_samples import turns
from examgen.documents.worked.worked_lines import worked_sections
from examgen.exams.cover import Cover
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import MARKS_DECIMALS, Field, shown_places, task_letter, total_marks
from examgen.exams.keys.solved_papers import papers
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol_names import bias_name
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.task import Task
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
        marks=_plain(marks),
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
        tasks=_tasks(paper, style, with_solution=with_solution),
        sections=worked_sections(solved, text, has_chains=style.key_detail == "full") if with_solution else (),
        appendix=tuple(derivatives_of(paper)) if with_solution else (),
        marks=_plain(total_marks(paper.fields, with_bonus=False)),
    )


def _givens(solved: SolvedPaper, text: Mapping[str, str]) -> Iterator[Given]:
    """What is to be computed, where that is not a network; and the given numbers: samples, then weights and biases."""
    paper = solved.paper
    yield from (Given("", f"{symbol_of(paper, one.name)} = {symbolic(paper, one)}") for one in _told(paper))
    several, numbers = paper.shape.steps > 1, turns(paper.graph)
    for quantity in paper.graph:
        # A sample that is used again stands there once.
        is_first = not several or (quantity.step is not None and numbers.get(quantity.step) == quantity.step)
        if quantity.role is Role.INPUT and quantity.is_copied == several and is_first:
            pair = r",\quad ".join(_equation(solved, one) for one in (quantity, *_targets_of(paper, quantity)))
            named = text["sample" if quantity.shape[0] == 1 else "mini_batch"].format(step=quantity.step)
            yield Given(named if several and max(numbers.values()) > 1 else "", pair)
    by_layer: dict[int | None, list[str]] = {}
    for quantity in paper.graph.givens:
        is_folded = bool(paper.naming.weights_around(quantity))
        if not (quantity.is_data or quantity.role is Role.RATE or is_folded):
            by_layer.setdefault(quantity.layer, []).append(_equation(solved, quantity))
        elif quantity.role is Role.RATE:
            by_layer[None] = [f"{paper.naming.notation.learning_rate} = {solved.number(quantity.name)}"]
    yield from (Given("", r",\quad ".join(equations)) for equations in by_layer.values())
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
        yield Given(named, r",\quad ".join(equations))


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


@lru_cache(maxsize=512)
def _tasks(paper: PaperShape, style: PaperStyle, *, with_solution: bool) -> tuple[TaskPart, ...]:
    text = style.words
    found: list[TaskPart] = []
    for number, task in enumerate(paper.question.tasks):
        fields = [field for field in paper.fields if field.task == number]
        is_number, asked = task.as_ == "number", paper.question.digits_of(task)
        digits = digits_text(asked, text["worked"]) if is_number else typed_hint(task, style)
        boxes = _boxes(paper, number, fields, digits) if is_number else other_boxes(paper, number, style)
        # The same table is printed once.
        spellings = tuple(spelling_lines(paper, number))
        found.append(
            TaskPart(
                letter=task_letter(number),
                text=style.phrase(task.text),
                digits=digits if task.as_ != "formula" else "",
                marks=_plain(total_marks(fields)),
                boxes=tuple(boxes),
                each="" if task.marks_per_task is not None else _plain(task.marks),
                kind=task.as_,
                options=tuple((task_letter(place), style.phrase(option)) for place, option in enumerate(task.options)),
                takes_several=task.takes_several,
                spellings=spellings if all(spellings != part.spellings for part in found) else (),
                answers=tuple(typed_answers(paper, number, style)) if with_solution and not is_number else (),
                characters=_characters(asked) if is_number else _letters(task),
            )
        )
    return tuple(found)


def digits_text(digits: Digits, text: Mapping[str, str]) -> str:
    """To how many digits, in words."""
    if digits.unit == "decimals":
        key = {0: "whole_number", 1: "one_decimal"}.get(digits.count, "decimals")
    else:
        key = "one_significant_figure" if digits.count == 1 else "significant_figures"
    return text[key].format(count=digits.count)


def _characters(digits: Digits) -> int:
    """Of a number to so many digits: a sign, a digit before the point, the point and the decimals; "−123" at least."""
    return max(digits.count + (3 if digits.unit == "decimals" else 4), 4)


def _letters(task: Task) -> int:
    """Of what is written where no number is asked; "a, c" for every option where several may be right."""
    return max(4, 3 * len(task.options) - 2) if task.takes_several else 4


def _boxes(paper: PaperShape, number: int, fields: list[Field], digits: str) -> Iterator[AnswerBox]:
    """One box per asked quantity, or per entry where only some are asked; in row notation the biases are the last row
    of their weights' box."""
    cells = {
        (field.quantity, field.index): Cell(field.name, paper.naming.entry(field.quantity, field.index).unicode, digits)
        for field in fields
    }
    asked = paper.asked(number)
    names = {quantity.name for quantity in asked}
    done: set[str] = set()
    for quantity in asked:
        if quantity.name in done:
            continue
        places_here = shown_places(paper.naming, quantity)
        alone = [place for row in places_here for place in row if (quantity.name, place) in cells]
        if len(alone) < quantity.size:
            for place in alone:
                yield AnswerBox(paper.naming.entry(quantity.name, place).latex, ((cells[quantity.name, place],),))
            continue
        rows = [tuple(cells[quantity.name, place] for place in row) for row in places_here]
        symbol = paper.naming.whole(quantity.name)
        if folds(paper, quantity) and (bias := bias_name(quantity)) in names and _is_whole(paper.graph[bias], cells):
            places = shown_places(paper.naming, paper.graph[bias])
            rows += [tuple(cells[bias, place] for place in row) for row in places]
            symbol = symbol_of(paper, quantity.name)
            done.add(bias)
        yield AnswerBox(symbol, tuple(rows))


def _is_whole(quantity: Quantity, cells: Mapping[tuple[str, Index], Cell]) -> bool:
    """Whether there is a box for every entry of a quantity."""
    return all((quantity.name, index) in cells for index in np.ndindex(*quantity.shape))


def _picture(solved: SolvedPaper, style: PaperStyle, *, with_solution: bool) -> Picture:
    """What is drawn beside an exercise, where something is."""
    draw = _PICTURES.get(type(plain_of(solved.paper.shape)))
    return None if draw is None else draw(solved, style, with_solution)


_PICTURES: Mapping[type, Callable[[SolvedPaper, PaperStyle, bool], Picture]] = MappingProxyType(
    {NetworkShape: network_picture, CircuitShape: circuit_picture}
)
"""By kind of exercise, its picture."""


def _plain(marks: Decimal) -> str:
    return format(round(marks, MARKS_DECIMALS).normalize(), "f")
