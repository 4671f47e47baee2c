"""Tasks of papers as a platform asks them: texts, boxes with values and tolerances, and the worked solution.

Made of an exam and variants by `exporting`; each format writes them in its own way and works out nothing itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from examgen.documents.pages import PaperPage, QuestionPart, Section, Task
from examgen.documents.paper.papers import question_page
from examgen.documents.paper.symbols import symbol_sentences
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_numbers import solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.documents.worked.worked_lines import worked_sections
from examgen.exams.exam import Exam, Question, QuestionVariant, Variant
from examgen.exams.fields import Field, exact_total
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.typed_references import right_options
from examgen.exams.tolerance import by_field, tolerances_from_key
from examgen.exchange.questions.mistaken_values import MistakenValue, mistaken_values


@dataclass(frozen=True, slots=True)
class Entry:
    """One box with its right number.

    Attributes:
        field: what is asked.
        value: at full precision.
        tolerance: by as much an honest answer may differ from it, rounded on the whole way.
        latex: its symbol.
        mistaken: wrong numbers that tell a misconception.
    """

    field: Field
    value: float
    tolerance: float
    latex: str
    mistaken: tuple[MistakenValue, ...] = ()


@dataclass(frozen=True, eq=False)
class Item:
    """One task of one paper.

    Attributes:
        exam: whose task.
        variant: code of the paper.
        question: the whole question as it is printed.
        question_id: `Q1`, `Q2`, …
        task: as it is printed.
        fields: of the task.
        entries: its boxes by field name, where numbers are asked.
        right: places of the right options, where one or more are to be chosen.
        symbols: sentences that say what the symbols mean.
        solved: the question with its numbers.
        number: 0-based place of the task.
        is_turned: whether misconceptions are told with the other sign.
        style: language and looks.
    """

    exam: Exam
    variant: str
    question: QuestionPart
    question_id: str
    task: Task
    fields: tuple[Field, ...]
    entries: Mapping[str, Entry]
    right: tuple[int, ...]
    symbols: tuple[str, ...]
    solved: SolvedPaper
    number: int
    is_turned: bool
    style: PaperStyle

    @property
    def part(self) -> str:
        """`Q1 (a)`, the same for all variants."""
        return f"{self.question_id} ({self.task.letter})"

    @property
    def name(self) -> str:
        """By which it is told from all others."""
        return f"{self.exam.id} {self.part} {self.variant}"

    @property
    def whole_name(self) -> str:
        """By which its whole question is told from all others."""
        return f"{self.exam.id} {self.question_id} {self.variant}"

    @property
    def paper_title(self) -> str:
        """How the whole paper is called."""
        return f"{self.style.phrase(self.exam.title)} {self.variant}"

    @property
    def marks(self) -> Fraction:
        """What the whole task is worth."""
        return exact_total(self.fields)


def items_of(exam: Exam, variants: Sequence[Variant], styles: Sequence[PaperStyle]) -> list[Item]:
    """The tasks of these papers, paper by paper, in the order of the exam.

    Args:
        exam: whose papers.
        variants: the papers.
        styles: of each.
    """
    boxes = {
        question.id: _boxes(exam, question, [variant.questions[question.id] for variant in variants])
        for question in exam.questions
    }
    found: list[Item] = []
    for place, (variant, style) in enumerate(zip(variants, styles, strict=True)):
        page = question_page(exam, variant, style)
        for part, (paper, numbers) in zip(page.questions, papers(exam, variant), strict=True):
            solved, entries = solve_for_print(paper, numbers), boxes[paper.question.id][place]
            for number in range(len(part.tasks)):
                found.append(_item(exam, variant, page, part, solved, number, entries))
    return found


def solution_of(items: Sequence[Item]) -> tuple[Section, ...]:
    """The worked solution of what tasks of one question ask, from the given numbers on."""
    first = items[0]
    of_tasks = replace(first.solved, paper=_only(first.solved.paper, tuple(item.number for item in items)))
    return worked_sections(of_tasks, first.style.words["worked"], has_chains=False) if of_tasks.paper.fields else ()


def _item(
    exam: Exam,
    variant: Variant,
    page: PaperPage,
    part: QuestionPart,
    solved: SolvedPaper,
    number: int,
    entries: Mapping[str, Entry],
) -> Item:
    """One task of a question, 0-based."""
    paper, task = solved.paper, part.tasks[number]
    fields = tuple(field for field in paper.fields if field.task == number)
    return Item(
        exam=exam,
        variant=variant.code,
        question=part,
        question_id=paper.question.id,
        task=task,
        fields=fields,
        entries={field.name: entries[field.name] for field in fields if field.name in entries},
        right=right_options(paper, number) if task.kind == "choice" else (),
        symbols=symbol_sentences([paper], page.style),
        solved=solved,
        number=number,
        is_turned=paper.is_turned,
        style=page.style,
    )


def _boxes(exam: Exam, question: Question, numbers: Sequence[QuestionVariant]) -> dict[int, dict[str, Entry]]:
    """By place of the paper, the boxes of one question; all papers of a shape are worked out at once."""
    shapes: dict[str, list[int]] = {}
    for place, one in enumerate(numbers):
        shapes.setdefault(one.label, []).append(place)
    found: dict[int, dict[str, Entry]] = {place: {} for place in range(len(numbers))}
    for label, places in shapes.items():
        paper = paper_shape(question, label, exam.notation)
        if paper.number_fields:
            found |= zip(places, _entries(paper, [numbers[place] for place in places]), strict=True)
    return found


def _entries(paper: PaperShape, numbers: Sequence[QuestionVariant]) -> Iterator[dict[str, Entry]]:
    givens = {
        given.name: np.stack([np.asarray(one.givens[given.name], dtype=float) for one in numbers])
        for given in paper.graph.givens
    }
    solution = solve(paper, givens)
    # Zeros of either sign are one.
    values, tolerance = by_field(paper, solution.values) + 0.0, tolerances_from_key(paper, solution)
    mistaken = mistaken_values(paper, givens, solution, tolerance)
    symbols = [paper.naming.entry(field.quantity, field.index).latex for field in paper.number_fields]
    for row, bands, wrong in zip(values.tolist(), tolerance.tolist(), mistaken, strict=True):
        rows = zip(paper.number_fields, row, bands, symbols, wrong, strict=True)
        yield {field.name: Entry(field, *rest) for field, *rest in rows}


@lru_cache(maxsize=512)
def _only(paper: PaperShape, numbers: tuple[int, ...]) -> PaperShape:
    """The same paper as if it asked these tasks only."""
    return replace(paper, fields=tuple(field for field in paper.fields if field.task in numbers))
