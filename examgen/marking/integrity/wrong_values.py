"""The wrong answers of a class that nothing explains, in one table: which are the same, and who has many of them.

Called by `same_answers`. Everything is sorting and counting, so that time and memory grow with the answers: of a value
that thousands have, each student is compared with a few of them only, those whose other wrong answers are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.sheet_answers import WRONG, SheetAnswers

NEXT_TO = 6
"""Of those with the same wrong value, everybody is compared with so many; all where there are no more."""

TOO_OFTEN = 0.05
"""A value that this share of all answers has, and more than `NEXT_TO`, is no reason to look at a pair."""

LEAST = 2
"""Pairs with so many values in common are looked at."""

_MIXED = np.uint64(0x9E3779B97F4A7C15)

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class WrongValues:
    """Wrong answers, in the order of the parts.

    Attributes:
        student: (wrong,) whose it is, a place in the class.
        slot: (wrong,) which field of which part.
        group: (wrong,) answers of one group are of one field and the same.
        size: (groups,) how many there are.
        rarity: (groups,) how rare they are among all answers to the field, without one of them, in powers of ten.
        begins, starts: (parts + 1,) where the answers and the fields of each part begin.
        written, wrong: (slots,) answers to a field, and those of them that are here.
        free_size, free_wrong: as `size` and `wrong`, of those without a habit.
        above: (students,) how many times as many of a student's answers are wrong as of all answers; 1 at least.
    """

    student: Codes
    slot: Codes
    habit: NDArray[np.int8]
    group: Codes
    size: Codes
    rarity: Array
    begins: Codes
    starts: Codes
    written: Codes
    wrong: Codes
    free_size: Codes
    free_wrong: Codes
    above: Array

    @staticmethod
    def of(sheets: Sequence[SheetAnswers], students: int) -> "WrongValues":
        """Those of a class of so many students."""
        widths = [sheet.state.shape[1] for sheet in sheets]
        starts = np.cumsum([0, *widths])
        student = np.concatenate([sheet.part.members[sheet.student] for sheet in sheets])
        slot = np.concatenate([sheet.field + start for sheet, start in zip(sheets, starts, strict=False)])
        token = np.concatenate([sheet.token for sheet in sheets])
        group, size = _groups(slot, token)
        written = np.concatenate([(sheet.state > 0).sum(axis=0) for sheet in sheets])
        wrong = np.bincount(slot, minlength=int(starts[-1]))
        begins = np.cumsum([0, *(len(sheet.student) for sheet in sheets)])
        habit = np.concatenate([sheet.habit for sheet in sheets])
        free_size = np.bincount(group[habit == 0], minlength=len(size))
        free_wrong = np.bincount(slot[habit == 0], minlength=len(wrong))
        sizes = (written, wrong, free_size, free_wrong)
        all_answers = np.ones(len(size))
        all_answers[group] = np.maximum(written[slot] - 1, 1)
        rarity = np.log10(all_answers / np.maximum(size - 1, 1))
        return WrongValues(student, slot, habit, group, size, rarity, begins, starts, *sizes, _above(sheets, students))

    def pairs(self, students: int) -> tuple[Codes, Codes]:
        """Pairs of students, the first before the second in the class, with several values in common that no habit
        explains."""
        size = self.size[self.group]
        usable = (self.habit == 0) & (size > 1) & (size <= np.maximum(NEXT_TO, TOO_OFTEN * self.written[self.slot]))
        student, group = self.student[usable], self.group[usable]
        order = np.lexsort((student, _signatures(student, group, students)[student], group))
        student, group = student[order], group[order]
        found = [np.zeros(0, dtype=np.int64)]
        for step in range(1, min(NEXT_TO, len(student) - 1) + 1):
            same = group[step:] == group[:-step]
            ends = np.stack([student[:-step][same], student[step:][same]])
            found.append(ends.min(axis=0) * students + ends.max(axis=0))
        pair = np.sort(np.concatenate(found))
        again = pair[LEAST - 1 :][pair[LEAST - 1 :] == pair[: len(pair) - LEAST + 1]]
        return np.divmod(np.unique(again), students)


def mixed(group: Codes) -> NDArray[np.uint64]:
    """A number of 64 bits for each group, in no order."""
    found = (group.astype(np.uint64) + np.uint64(1)) * _MIXED
    found ^= found >> np.uint64(29)
    return found * _MIXED


def _groups(slot: Codes, token: Codes) -> tuple[Codes, Codes]:
    """(wrong,) the group of each answer, and how many each group has."""
    order = np.lexsort((token, slot))
    slots, tokens = slot[order], token[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (slots[1:] != slots[:-1]) | (tokens[1:] != tokens[:-1])
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(is_first) - 1
    return group, np.bincount(group, minlength=1)


def _above(sheets: Sequence[SheetAnswers], students: int) -> Array:
    written, wrong = np.zeros(students), np.zeros(students)
    for sheet in sheets:
        np.add.at(written, sheet.part.members, (sheet.state > 0).sum(axis=1))
        np.add.at(wrong, sheet.part.members, (sheet.state == WRONG).sum(axis=1))
    usual = wrong.sum() / max(1.0, written.sum())
    return np.asarray(np.maximum(1.0, wrong / np.maximum(1.0, written) / (usual or 1.0)))


def _signatures(student: Codes, group: Codes, students: int) -> NDArray[np.uint64]:
    """(students,) alike where the wrong answers are: the least of their mixed groups."""
    found = np.full(students, np.iinfo(np.uint64).max)
    np.minimum.at(found, student, mixed(group))
    return found
