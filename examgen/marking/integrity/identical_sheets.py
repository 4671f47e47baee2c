"""Students who have all their wrong answers in common, however many they are: each group is found by one number.

Where everybody hands in the same sheet, its wrong answers are what is usual in the class, and no pair stands out by the
class's own distribution. A group counts as two of its students then, and the others as few as they really are. Called
by `same_answers`.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from examgen.marking.integrity.sheet_answers import SheetAnswers
from examgen.marking.integrity.wrong_values import WrongValues, mixed
from examgen.marking.reading.entry_places import PaperAnswers

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


def identical_sheets(wrong: WrongValues, students: int, least: int) -> list[Codes]:
    """Groups of students with the same wrong answers, in the order of the class.

    Args:
        wrong: of the class.
        students: how many are marked.
        least: so many wrong answers at least must be without a habit.
    """
    # Of so many bits that two sheets of any class are the same where their sums are.
    sums = np.zeros((2, students), dtype=np.uint64)
    for place, answers in enumerate((mixed(wrong.group), mixed(~wrong.group))):
        np.add.at(sums[place], wrong.student, answers)
    has_enough = np.bincount(wrong.student[wrong.habit == 0], minlength=students) >= least
    members = np.flatnonzero(has_enough)
    members = members[np.lexsort((members, *sums[:, members]))]
    begins = np.flatnonzero((np.diff(sums[:, members], axis=1) != 0).any(axis=0)) + 1
    return sorted((group for group in np.split(members, begins) if group.size > 1), key=lambda group: int(group[0]))


def with_two_of_each(sheets: Sequence[SheetAnswers], groups: Sequence[Codes], students: int) -> list[SheetAnswers]:
    """The sheets of a class of so many students without those of a group but for the first two."""
    is_kept = np.ones(students, dtype=bool)
    for group in groups:
        is_kept[group[2:]] = False
    return [_of_members(sheet, is_kept[sheet.part.members]) for sheet in sheets]


def _of_members(sheet: SheetAnswers, is_kept: Flags) -> SheetAnswers:
    part, at = sheet.part, np.cumsum(is_kept) - 1
    kept = PaperAnswers(part.paper, part.members[is_kept], part.places[is_kept], part.rows[is_kept])
    mine = is_kept[sheet.student]
    return replace(
        sheet,
        part=kept,
        state=sheet.state[is_kept],
        student=at[sheet.student[mine]],
        field=sheet.field[mine],
        token=sheet.token[mine],
        habit=sheet.habit[mine],
    )
