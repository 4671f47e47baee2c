"""A small class that sits an exam: students who know everything, and students with misconceptions.

Called by `checking`, for `examgen check`. All hand in files and are marked as any class is.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from examgen.core.draw_versions import screens_in
from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.rules.rule import Array
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.digits import print_decimals
from examgen.exams.draws.separation import paper_patches
from examgen.exams.exam import Exam, QuestionVariant, Variant
from examgen.exams.fields import ROUNDED_MARKS
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import by_field
from examgen.marking.aside import mark_aside
from examgen.marking.results.graded_class import GradedClass
from examgen.tables.text_columns import Texts

PERFECT = 6
"""Drawn papers in each notation that students sit who know everything, beside one of each shape."""

MISTAKEN = 4
"""Papers that students with each misconception sit."""

Sheet = Mapping[tuple[str, str], str]
"""What a student writes, by question and field."""

Papers = Sequence[tuple[PaperShape, Mapping[str, Array]]]
"""The shapes of a question of which there are papers, with the givens of some, (papers, *shape)."""


@dataclass(frozen=True, slots=True)
class Sat:
    """What came of some students.

    Attributes:
        sitters: how many they are.
        named: of students with a misconception, to how many it was named.
        problems: what is wrong, in sentences.
    """

    sitters: int
    named: int
    problems: tuple[str, ...]


class MarkedEntry(NamedTuple):
    """What results.csv says of an entry, by the names of its columns."""

    student: str
    question: str
    field: str
    answer: str
    misconception: str
    marks: float
    max_marks: float

    @property
    def has_lost(self) -> bool:
        """Whether it has less than its marks."""
        return self.marks < self.max_marks - ROUNDED_MARKS


_SHOWN = MarkedEntry._fields


def one_of_each_shape(loaded: LoadedExam, there: Iterable[Papers]) -> list[tuple[PaperShape, Variant]]:
    """A paper of every shape of every question; its other questions are whatever is drawn."""
    (any_paper,) = draw_variants(loaded, [Student("each shape")])
    found = []
    for shape, givens in (pair for of_question in there for pair in of_question):
        name, numbers = shape.question.id, {given: values[0] for given, values in givens.items()}
        questions = {**any_paper.questions, name: QuestionVariant(shape.label, numbers)}
        code = f"{any_paper.code}{name}{shape.label}"
        found.append((shape, replace(any_paper, student=f"{name} {shape.label}", code=code, questions=questions)))
    return found


def perfect_students(
    exam: str, loaded: LoadedExam, shapes: Sequence[Variant], banks: Sequence[Path] = ()
) -> tuple[tuple[str, ...], Sat]:
    """Students who know everything, in every notation that fits: the notations, and who lost marks.

    Args:
        exam: as for `load_exam`.
        loaded: that exam in its own notation.
        shapes: papers that are sat beside those that are drawn.
        banks: as `own` for `load_exam`.
    """
    notations, problems, sitters = [], [], 0
    students = [Student(f"perfect {number}") for number in range(PERFECT)]
    for name in NOTATIONS:
        try:
            in_notation = load_exam(exam, loaded.seed, name, own=banks)
        except BankError:
            continue  # such as the scalar notation for layers of several units
        notations.append(name)
        people = [*draw_variants(in_notation, students), *shapes]
        sitters += len(people)
        lost = [entry for entry in entries_of(sit(in_notation.exam, people, {})) if entry.has_lost]
        if lost:
            problems.append(
                f"{len(lost)} right answers lose marks in notation {name}, such as {lost[0].question} "
                f"{lost[0].field}: {lost[0].answer}"
            )
    return tuple(notations), Sat(sitters, 0, tuple(problems))


def mistaken_students(loaded: LoadedExam) -> Sat:
    """A student with each version of each misconception on some papers: who is named, and who lost nothing.

    They write numbers; what is no number they answer as in the key.
    """
    variants = draw_variants(loaded, [Student(f"paper {number}") for number in range(MISTAKEN)])
    people: list[Variant] = []
    sheets: dict[str, Sheet] = {}
    believes: dict[str, str] = {}
    screened: set[str] = set()
    for variant in variants:
        for paper, numbers in papers(loaded.exam, variant):
            for place, patch in enumerate(paper_patches(paper) if paper.number_fields else ()):
                if not patch.must_show:
                    continue
                student = f"{variant.student} {paper.question.id} {place}"
                people.append(replace(variant, student=student, code=f"{variant.code}{paper.question.id}{place}"))
                printed = paper.printed(solve(paper, numbers.givens).values)
                work = evaluate(patch.graph, numbers.givens, substitute=printed)
                sheets[student] = written_numbers(paper, work.values)
                believes[student] = patch.misconception
                if screens_in(patch.since, loaded.draws):
                    screened.add(student)
    if not people:
        return Sat(0, 0, ())
    if any(source.fixed for source in loaded.sources.values()):
        screened.clear()
    return _judged(sit(loaded.exam, people, sheets), believes, screened)


def sit(exam: Exam, people: Sequence[Variant], sheets: Mapping[str, Sheet]) -> GradedClass:
    """Hand in sheets and mark them, files and all.

    Args:
        exam: the exam.
        people: who sits it.
        sheets: by student; what a sheet does not say is answered as in the key.
    """
    return mark_aside(exam, people, lambda row: _answer(sheets.get(row["student"], {}), row))


def entries_of(graded: GradedClass) -> list[MarkedEntry]:
    """The rows of results.csv."""
    columns = (graded.result_columns[name] for name in _SHOWN)
    lists = (column.list() if isinstance(column, Texts) else column.tolist() for column in columns)
    return [MarkedEntry(*cells) for cells in zip(*lists, strict=True)]


def written_numbers(paper: PaperShape, values: Mapping[str, Array]) -> Sheet:
    """What a student writes who has come to these values of all quantities, to the asked digits."""
    numbers = by_field(paper, {name: value[None] for name, value in values.items()})[0]
    found = {}
    for field, number in zip(paper.number_fields, numbers.tolist(), strict=True):
        decimals = int(field.digits.decimals_for(np.array(number)))
        found[paper.question.id, field.name] = print_decimals(number, decimals) if np.isfinite(number) else ""
    return found


def _answer(sheet: Sheet, row: Mapping[str, str]) -> str:
    return sheet.get((row["question"], row["field"]), row["answer"])


def _judged(graded: GradedClass, believes: Mapping[str, str], screened: Set[str]) -> Sat:
    entries = entries_of(graded)
    named = {one.student for one in entries if believes[one.student] in one.misconception.split("|")}
    lost = {one.student for one in entries if one.has_lost}
    whole = sorted({believes[one.student] for one in entries if one.student in screened - lost})
    problems = tuple(
        f"work with the misconception {name} gets full marks ({MISCONCEPTIONS[name].mistake})" for name in whole
    )
    return Sat(len(believes), len(named), problems)
