"""All figures of a class that its report shows, from its marks table.

Called for the report and for the summary that `grade` prints.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.judging.diagnosing.two_causes import AND, OR
from examgen.marking.judging.outcomes import BY_CODE
from examgen.marking.statistics.class_entries import ClassEntry
from examgen.marking.statistics.classical import Reliability, discriminations, reliability
from examgen.marking.statistics.marks_table import MarksTable, Place


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """One entry of a class.

    Attributes:
        place: question and field.
        asked: on how many papers it is.
        difficulty: the mean share of its marks, 1 where everybody has all; NaN where it is worth nothing.
        discrimination: as in `discriminations`.
        outcomes: how many came out as each, in the order of `BY_CODE`.
        first_wrong: how many went wrong there first in its question.
        cause: the commonest misconception, empty where none is named.
    """

    place: Place
    asked: int
    difficulty: float
    discrimination: float
    outcomes: tuple[int, ...]
    first_wrong: int
    cause: str

    def came_out(self, *names: str) -> int:
        """How many came out as one of these."""
        return sum(count for row, count in zip(BY_CODE, self.outcomes, strict=True) if row.name in names)


@dataclass(frozen=True, slots=True)
class Cause:
    """A misconception, and of how many students and entries it is behind."""

    name: str
    students: int
    entries: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why answers could not be read, of how many students and entries."""

    text: str
    students: int
    entries: int


def entry_figures(table: MarksTable) -> list[EntryFigures]:
    """Each entry, in the order of the table."""
    telling = discriminations(table.marks, table.most)
    first = first_wrong(table)
    share, asked = table.share, table.is_asked
    counts = np.stack([(table.outcome == row.code).sum(axis=0) for row in BY_CODE], axis=1)
    return [
        EntryFigures(
            place,
            int(asked[:, column].sum()),
            _mean(share[:, column]),
            float(telling[column]),
            tuple(counts[column].tolist()),
            int((first == column).sum()),
            _commonest(table, column),
        )
        for column, place in enumerate(table.entries)
    ]


def first_wrong(table: MarksTable) -> NDArray[np.int64]:
    """(papers, questions) the column of the first wrong entry of each question in its order; -1 for none."""
    is_wrong = table.came_out("wrong")
    questions = np.array([question for question, _ in table.entries])
    found = []
    for question in dict.fromkeys(questions.tolist()):
        columns = np.flatnonzero(questions == question)
        of_question = is_wrong[:, columns]
        found.append(np.where(of_question.any(axis=1), columns[of_question.argmax(axis=1)], -1))
    return np.stack(found, axis=1) if found else np.zeros((len(table.students), 0), dtype=np.int64)


def causes(table: MarksTable) -> list[Cause]:
    """The misconceptions that are named, the one of most students first; of several in one entry each counts."""
    students: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    for code, label in enumerate(table.labels[1:], start=1):
        where = table.label == code
        if not where.any():
            continue
        for name in names_in(label):
            entries[name] += int(where.sum())
    for name in entries:
        codes = [code for code, label in enumerate(table.labels) if name in names_in(label)]
        students[name] = int(np.isin(table.label, codes).any(axis=1).sum())
    found = [Cause(name, students[name], count) for name, count in entries.items()]
    return sorted(found, key=lambda one: (-one.students, -one.entries, one.name))


def names_in(label: str) -> tuple[str, ...]:
    """The misconceptions that a cell of results.csv names."""
    return tuple(filter(None, label.replace(OR, AND).split(AND)))


def unreadable_reasons(table: MarksTable) -> list[Reason]:
    """Why answers could not be read, the commonest first."""
    where = table.came_out("unreadable")
    found = []
    for code in np.unique(table.comment[where]).tolist():
        of_reason = where & (table.comment == code)
        found.append(Reason(table.comments[code], int(of_reason.any(axis=1).sum()), int(of_reason.sum())))
    return sorted(found, key=lambda one: (-one.entries, one.text))


def alpha_of_entries(table: MarksTable) -> Reliability | None:
    """Over the entries that all papers ask for."""
    return reliability(table.marks[:, table.is_asked.all(axis=0)])


def alpha_of_tasks(table: MarksTable, entries: Sequence[ClassEntry]) -> Reliability | None:
    """Over the tasks, whose entries hang on one another, so that as parts they are too much alike."""
    return reliability(task_marks(table, entries)[0])


def task_marks(table: MarksTable, entries: Sequence[ClassEntry]) -> tuple[Array, Array, tuple[tuple[str, int], ...]]:
    """(papers, tasks) the marks of each task, what can be had there, and which they are: question and number."""
    known = {one.place: (one.question, one.field.task) for one in entries}
    of_column = [known.get(place, (place[0], -1)) for place in table.entries]
    tasks = tuple(dict.fromkeys(of_column))
    belongs = np.array([[task == one for one in tasks] for task in of_column], dtype=float)
    belongs = belongs.reshape(len(of_column), len(tasks))
    return np.nan_to_num(table.marks) @ belongs, np.nan_to_num(table.most) @ belongs, tasks


def _commonest(table: MarksTable, column: int) -> str:
    counts = np.bincount(table.label[:, column], minlength=1)
    counts[0] = 0
    return table.labels[int(counts.argmax())] if counts.any() else ""


def _mean(share: Array) -> float:
    known = share[np.isfinite(share)]
    return float(known.mean()) if known.size else float("nan")
