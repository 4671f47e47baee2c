"""Students who are wrong where no number is asked: misconceptions in formulas, swapped shapes, and wrong choices.

Called by `checking`, for `examgen check`. Such answers are judged alike whatever the numbers of a paper are, so one
paper of each shape is sat.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from examgen.batch.bench.mistaken_formulas import (
    MistakenFormula,
    formula_fields,
    formula_patches,
    judged_by_values,
    mistaken_formulas,
)
from examgen.batch.bench.sitting import Sheet, entries_of, sit
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.banks.building import LoadedExam
from examgen.exams.exam import Variant
from examgen.exams.fields import ROUNDED_MARKS, Field, shown_shape, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import typed_reference
from examgen.exams.task import CHOICE

Place = tuple[str, str, str]
"""Student, question and field."""


@dataclass(frozen=True, slots=True)
class InFormulas:
    """What becomes of one misconception in the formulas of a question.

    Attributes:
        name: of the misconception.
        changes: formulas that it changes, of all shapes together.
        formulas: how many there are.
        tried: mistaken formulas that were judged: a misconception may change one formula in several ways.
        lost: how many of them lost marks.
        named: to how many the misconception was named.
        alone: to how many it was named and no other.
    """

    name: str
    changes: int
    formulas: int
    tried: int
    lost: int
    named: int
    alone: int


@dataclass(frozen=True, slots=True)
class OtherSat:
    """What came of these students.

    Attributes:
        sitters: how many they are.
        formulas: by question that asks for formulas, its misconceptions.
        wrong_answers: swapped shapes and wrong choices that were handed in.
        scored: how many of them got marks.
        notes: of misconceptions that are seen but not named, where only one place of the work was wrong.
        problems: what is wrong, in sentences.
    """

    sitters: int
    formulas: Mapping[str, tuple[InFormulas, ...]]
    wrong_answers: int
    scored: int
    notes: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One mistaken formula and what became of it."""

    paper: PaperShape
    mistaken: MistakenFormula
    is_whole: bool
    names: tuple[str, ...]

    @property
    def is_named(self) -> bool:
        return self.mistaken.patch.misconception in self.names

    @property
    def place(self) -> str:
        return f"{self.paper.question.id} {self.mistaken.field.name} (shape {self.paper.label})"


@dataclass(frozen=True, slots=True)
class _Marked:
    """One answer of results.csv."""

    marks: float
    max_marks: float
    label: str


def other_students(loaded: LoadedExam, each: Sequence[tuple[PaperShape, Variant]]) -> OtherSat:
    """One student for each misconception in formulas, and some with wrong shapes and choices.

    Args:
        loaded: the exam.
        each: a paper of each shape, by the shape of the question that it is there for.
    """
    handed = _HandedIn([], {}, [], [])
    for paper, variant in each:
        _hand_in(handed, paper, variant)
    marked = _marked(loaded, handed) if handed.people else {}
    found = [_found(paper, one, marked.get((student, *_of(paper, one)))) for student, paper, one in handed.formulas]
    unnamed = [one for one in found if not one.is_whole and not one.is_named]
    scored = {place: handed.sheets[place[0]][place[1:]] for place in handed.wrong if marked[place].marks > 0}
    shapes = [paper for paper, _ in each]
    return OtherSat(
        len(handed.people),
        {name: tuple(_in_formulas(of_question, found)) for name, of_question in _by_question(shapes).items()},
        len(handed.wrong),
        len(scored),
        tuple(_missed((one for one in unnamed if not one.mistaken.patch.must_show), "is marked wrong but not named")),
        (
            *_missed((one for one in found if one.is_whole), "gets full marks"),
            *_missed((one for one in unnamed if one.mistaken.patch.must_show), "is marked wrong but not named"),
            *_scored(scored, len(handed.wrong)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """Who sits the exam, their sheets, who wrote which mistaken formula, and where wrong shapes and choices are.

    Formulas that cannot be typed are nobody's: their student is empty.
    """

    people: list[Variant]
    sheets: dict[str, Sheet]
    formulas: list[tuple[str, PaperShape, MistakenFormula]]
    wrong: list[Place]

    def add(self, variant: Variant, why: str, sheet: Sheet) -> str:
        """One more student, by the id."""
        student = f"{variant.student} {why}"
        self.people.append(replace(variant, student=student, code=f"{variant.code}{len(self.people)}"))
        self.sheets[student] = sheet
        return student


def _hand_in(handed: _HandedIn, paper: PaperShape, variant: Variant) -> None:
    """All wrong answers to one paper."""
    for number, patch in enumerate(formula_patches(paper)):
        written = list(mistaken_formulas(paper, patch))
        sheet = {_of(paper, one): one.text for one in written if one.text}
        student = handed.add(variant, f"formula {number}", sheet) if sheet else ""
        handed.formulas.extend((student, paper, one) for one in written)
    for number, answers in enumerate(_wrong_sheets(paper)):
        student = handed.add(variant, f"wrong {number}", answers)
        handed.wrong.extend((student, *place) for place in answers)


def _of(paper: PaperShape, mistaken: MistakenFormula) -> tuple[str, str]:
    return paper.question.id, mistaken.field.name


def _wrong_sheets(paper: PaperShape) -> Iterator[Sheet]:
    """Sheets with all shapes swapped that are not square and the first wrong choices, then with the other ones."""
    name = paper.question.id
    swapped: dict[tuple[str, str], str] = {}
    letters: dict[str, list[str]] = {}
    for field in paper.other_fields:
        if field.as_ == CHOICE:
            letters[field.name] = list(_wrong_letters(paper, field))
        elif field.as_ == "shape":
            rows, columns = shown_shape(paper.naming, paper.graph[field.quantity])
            if rows != columns:
                swapped[name, field.name] = f"({columns}, {rows})"
    most = max(bool(swapped), *(len(wrong) for wrong in letters.values()), 0)
    for number in range(most):
        chosen = {(name, field): wrong[number] for field, wrong in letters.items() if number < len(wrong)}
        yield {**swapped, **chosen} if number == 0 else chosen


def _wrong_letters(paper: PaperShape, field: Field) -> Iterator[str]:
    """All wrong choices; of those where several options may be right, each letter alone and all together."""
    task, right = paper.question.tasks[field.task], typed_reference(paper, field)
    letters = [task_letter(place) for place in range(len(task.options))]
    yield from (letter for letter in letters if letter != right)
    if task.takes_several and (everything := ", ".join(letters)) != right:
        yield everything


def _marked(loaded: LoadedExam, handed: _HandedIn) -> dict[Place, _Marked]:
    return {
        (one.student, one.question, one.field): _Marked(one.marks, one.max_marks, one.misconception)
        for one in entries_of(sit(loaded.exam, handed.people, handed.sheets))
    }


def _found(paper: PaperShape, mistaken: MistakenFormula, marked: _Marked | None) -> _Found:
    if not mistaken.text or marked is None:
        judged = judged_by_values(paper, mistaken)
        return _Found(paper, mistaken, judged.verdict == "right", judged.misconceptions)
    has_all = marked.marks >= marked.max_marks - ROUNDED_MARKS > 0
    return _Found(paper, mistaken, has_all, tuple(filter(None, marked.label.split("|"))))


def _by_question(shapes: Sequence[PaperShape]) -> dict[str, list[PaperShape]]:
    found: dict[str, list[PaperShape]] = {}
    for paper in shapes:
        if formula_fields(paper):
            found.setdefault(paper.question.id, []).append(paper)
    return found


def _in_formulas(shapes: Sequence[PaperShape], found: Sequence[_Found]) -> Iterator[InFormulas]:
    count = sum(len(formula_fields(paper)) for paper in shapes)
    names = {patch.misconception for paper in shapes for patch in formula_patches(paper)}
    for name in (name for name in MISCONCEPTIONS if name in names):
        tried = [one for one in found if one.mistaken.patch.misconception == name and one.paper in shapes]
        yield InFormulas(
            name,
            len({one.place for one in tried}),
            count,
            len(tried),
            sum(not one.is_whole for one in tried),
            sum(one.is_named for one in tried),
            sum(one.names == (name,) for one in tried),
        )


def _missed(found: Iterable[_Found], what: str) -> Iterator[str]:
    """One sentence for each misconception."""
    missed: dict[str, list[_Found]] = {}
    for one in found:
        missed.setdefault(one.mistaken.patch.misconception, []).append(one)
    for name, ones in missed.items():
        text = ones[0].mistaken.text or "what it comes to, for it cannot be typed"
        formulas = "formula" if len(ones) == 1 else "formulas"
        yield f"{name} {what} in {len(ones)} {formulas}, such as {ones[0].place}: {text}"


def _scored(scored: Mapping[Place, str], handed_in: int) -> Iterator[str]:
    for (_, question, field), text in list(scored.items())[:1]:
        yield (f"{len(scored)} of {handed_in} wrong shapes and choices get marks, such as {question} {field}: {text}")
