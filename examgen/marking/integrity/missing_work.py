"""Right answers that do not come from a student's earlier ones: these are left out, or wrong so that something else
follows.

A slip of the pen in one answer has a few of these, and who works in the head leaves steps out. So quantities are
counted that are left out or wrong while something right comes from them, and a student is told only with more of these
than chance gives by the class's own counts: how many students have any, and how fast the counts fall off, as in a
geometric distribution. `evidence` calls it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.common_causes import reads_answer
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.written_digits import Submitted
from examgen.marking.reading.entry_places import PaperAnswers

EXPECTED = 0.01
"""A student is told where chance gives so many such students in a class of this size at most."""

LEAST_CLASS = 3
"""In a smaller class nothing is usual."""

USUAL = 1.5
"""How many such quantities a student who has any is taken to have before the class is looked at."""

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class WithoutWork:
    """Right answers without work of one paper shape.

    Attributes:
        student, field: (answers,) the row of the student and the field of each.
        missing: (students,) how many quantities are left out or wrong before them.
    """

    part: PaperAnswers
    student: Codes
    field: Codes
    missing: Codes


@dataclass(frozen=True, slots=True)
class Bare:
    """A student with more such answers than is usual.

    Attributes:
        student: the place in the class.
        entries: which part and field each answer is of.
        chance: how likely it is that a given student of this class has so many.
    """

    student: int
    entries: tuple[tuple[int, int], ...]
    chance: float


def without_work(part: PaperAnswers, submitted: Submitted, marked: Marked) -> WithoutWork:
    """The right answers that need others which are left out or wrong; not 0 and 1, which many steps lead to."""
    values, reference = submitted.values, marked.reference
    missing = np.zeros(len(values), dtype=np.int64)
    is_blank, is_wrong = (marked.outcome == OUTCOMES[name].code for name in ("blank", "wrong"))
    rows = np.flatnonzero((is_blank | is_wrong).any(axis=1) & ~is_blank.all(axis=1))
    if not rows.size:
        return WithoutWork(part, rows, rows, missing)
    reads = reads_answer(part.paper).astype(np.float32)
    is_right = (marked.outcome == OUTCOMES["correct"].code)[rows]
    off = np.abs(marked.own[rows] - reference[rows])
    is_other = off > marked.tolerance[rows] + marked.half[rows]
    has_gap = is_blank[rows].astype(np.float32) @ reads.T > 0
    is_telling = (np.abs(values[rows]) != 1) & (values[rows] != 0) & reads.any(axis=1)
    found = is_right & is_telling & (is_other | has_gap)
    sources = (is_blank | is_wrong)[rows] & (found.astype(np.float32) @ reads > 0)
    names = [field.quantity for field in part.paper.fields]
    of_quantity = np.array([[name == other for other in dict.fromkeys(names)] for name in names], dtype=np.float32)
    count = (sources.astype(np.float32) @ of_quantity > 0).sum(axis=1)
    missing[rows] = np.maximum(count, found.any(axis=1))
    row, field = np.nonzero(found)
    return WithoutWork(part, rows[row], field, missing)


def bare_sheets(parts: Sequence[WithoutWork], students: int) -> Iterator[Bare]:
    """The students with more right answers without work than the class makes likely, in its order."""
    if students < LEAST_CLASS:
        return
    counts = np.zeros(students, dtype=np.int64)
    for part in parts:
        np.add.at(counts, part.part.members, part.missing)
    chance = _chances(counts)
    for student in np.flatnonzero(chance * students <= EXPECTED).tolist():
        entries = [
            (number, int(field))
            for number, part in enumerate(parts)
            for field in part.field[part.part.members[part.student] == student]
        ]
        yield Bare(student, tuple(entries), float(chance[student]))


def _chances(counts: Codes) -> Array:
    """(students,) how likely so many are, by the other students; 1 where there are none."""
    has_any = counts > 0
    others = has_any.sum() - has_any
    usual = (counts.sum() - counts + USUAL) / (others + 1)
    # One more than the others, and of as many as the class has.
    likely = (others + 1) / len(counts)
    return np.where(has_any, likely * (1 - 1 / np.maximum(usual, 1 + 1e-9)) ** (counts - 1), 1.0)
