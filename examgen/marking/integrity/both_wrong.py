"""Where two students have the same wrong answers on one paper shape, and how many others have them too.

Called by `same_answers` for the pairs that may be told; they are few.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.common_causes import common_causes
from examgen.marking.integrity.sheet_answers import HABITS, REPEATED, RIGHT, SheetAnswers
from examgen.marking.integrity.wrong_values import WrongValues

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class BothWrong:
    """The answers of pairs of students to one part.

    Attributes:
        part: its number.
        sheet: its answers.
        members: (members,) which students of the sheet are in a pair; behind them comes one who wrote nothing.
        group: (members + 1, fields) as in `WrongValues`; -1 where an answer is not wrong.
        free: (members + 1, fields) whether an answer is wrong by no habit.
        rows: for the first and the second of each pair, (pairs,) the place among the members.
        same: (pairs, fields) whether both have the same wrong answer.
        habit: (pairs, fields) by which habit these may be wrong; 0 for none, and where they are not the same.
    """

    part: int
    sheet: SheetAnswers
    members: Codes
    group: Codes
    free: Flags
    rows: tuple[Codes, Codes]
    same: Flags
    habit: NDArray[np.int8]

    @staticmethod
    def of(part: int, sheet: SheetAnswers, wrong: WrongValues, first: Codes, second: Codes) -> "BothWrong":
        """The answers of pairs, by the places of their students in the class."""
        members, rows, group, habits = _tables(part, sheet, wrong, first, second)
        free = (group >= 0) & (habits == 0)
        _mark_repeated(habits, sheet, members)
        same, habit = _same(group, habits, rows)
        return BothWrong(part, sheet, members, group, free, rows, same, habit)

    def separate(self, beliefs: dict[str, Flags]) -> Flags:
        """(pairs, fields) of the same wrong answers those that count: no habit explains them, and no two have a cause
        in common that is possible on both sheets.

        Args:
            beliefs: (pairs,) by name, which causes have been counted on parts before; those of this part are added.
        """
        causes = common_causes(self.sheet.part.paper)
        states = np.append(self.sheet.state[self.members], np.zeros((1, self.same.shape[1]), dtype=np.int8), axis=0)
        one, other = (states[rows] for rows in self.rows)
        possible: Flags = causes.possible((one == RIGHT) & (other == RIGHT), (one > 0) & (other > 0))
        used = np.zeros(possible.shape, dtype=bool)
        named = range(causes.readers.shape[1] - len(causes.beliefs), causes.readers.shape[1])
        for column, name in zip(named, causes.beliefs, strict=True):
            used[:, column] = beliefs.get(name, False)
        found = np.zeros_like(self.same)
        # What few causes can make wrong goes first.
        for field in np.argsort(causes.readers.sum(axis=1), kind="stable").tolist():
            columns = np.flatnonzero(causes.readers[field])
            open_to = possible[:, columns]
            is_free = ~(used[:, columns] & open_to).any(axis=1)
            found[:, field] = self.same[:, field] & (self.habit[:, field] == 0) & is_free
            used[:, columns] |= open_to & found[:, field, None]
        for column, name in zip(named, causes.beliefs, strict=True):
            beliefs[name] = used[:, column]
        return found


@dataclass(frozen=True, eq=False, slots=True)
class WrongTable:
    """The wrong answers to one part.

    Attributes:
        group, habits: (students + 1, fields) as in `WrongValues`, -1 and 0 where an answer is not wrong; the last
            student wrote nothing.
        row_of: (students of the class,) the row of each.
    """

    group: NDArray[np.int32]
    habits: NDArray[np.int8]
    row_of: Codes

    @staticmethod
    def of(part: int, sheet: SheetAnswers, wrong: WrongValues) -> "WrongTable":
        """All wrong answers of one part."""
        count, width = sheet.state.shape
        group = np.full((count + 1, width), -1, dtype=np.int32)
        habits = np.zeros(group.shape, dtype=np.int8)
        group[sheet.student, sheet.field] = wrong.group[wrong.begins[part] :][: len(sheet.student)]
        habits[sheet.student, sheet.field] = sheet.habit
        row_of = np.full(len(wrong.above), count)
        row_of[sheet.part.members] = np.arange(count)
        return WrongTable(group, habits, row_of)


def rarity_at_most(tables: Sequence[WrongTable], wrong: WrongValues, first: Codes, second: Codes) -> Array:
    """(pairs,) how rare at most it is in the class that two students have so much in common, in powers of ten."""
    found = np.zeros((len(first), HABITS))
    for table in tables:
        rows = table.row_of[first], table.row_of[second]
        same, habit = _same(table.group, table.habits, rows)
        pair, field = np.nonzero(same)
        rarity, by_habit = wrong.rarity[table.group[rows[0][pair], field]], habit[pair, field]
        is_free = by_habit == 0
        found[:, 0] += np.bincount(pair[is_free], rarity[is_free], minlength=len(first))
        np.maximum.at(found, (pair[~is_free], by_habit[~is_free]), rarity[~is_free])
    return np.asarray(found.sum(axis=1))


def _tables(
    part: int, sheet: SheetAnswers, wrong: WrongValues, first: Codes, second: Codes
) -> tuple[Codes, tuple[Codes, Codes], Codes, NDArray[np.int8]]:
    """Members, rows, groups and habits, as in `BothWrong`."""
    row_of = np.full(len(wrong.above), -1)
    row_of[sheet.part.members] = np.arange(len(sheet.part.members))
    ends = row_of[np.stack([first, second])]
    ends[:, (ends < 0).any(axis=0)] = -1
    is_member = np.zeros(len(sheet.state), dtype=bool)
    is_member[ends[ends >= 0]] = True
    members = np.flatnonzero(is_member)
    at = np.full(len(sheet.state) + 1, len(members))
    at[members] = np.arange(len(members))
    # -1, who has no such part, is the last.
    one, other = at[ends]
    mine = np.flatnonzero(is_member[sheet.student])
    place = (at[sheet.student[mine]], sheet.field[mine])
    group = np.full((len(members) + 1, sheet.state.shape[1]), -1)
    habits = np.zeros(group.shape, dtype=np.int8)
    group[place] = wrong.group[wrong.begins[part] + mine]
    habits[place] = sheet.habit[mine]
    return members, (one, other), group, habits


def _same(
    group: NDArray[np.signedinteger], habits: NDArray[np.int8], rows: tuple[Codes, Codes]
) -> tuple[Flags, NDArray[np.int8]]:
    """Which answers are the same, and by which habit, as in `BothWrong`."""
    one, other = rows
    same = (group[one] == group[other]) & (group[one] >= 0)
    return same, np.where(same, np.maximum(habits[one], habits[other]), np.int8(0))


def _mark_repeated(habits: NDArray[np.int8], sheet: SheetAnswers, members: Codes) -> None:
    """Of a number that stands in several boxes of a sheet, all but the first are repeated."""
    at = np.full(len(sheet.state), -1)
    at[members] = np.arange(len(members))
    mine = np.flatnonzero(at[sheet.student] >= 0)
    order = mine[np.lexsort((sheet.field[mine], sheet.token[mine], sheet.student[mine]))]
    member, token = sheet.student[order], sheet.token[order]
    again = order[1:][(member[1:] == member[:-1]) & (token[1:] == token[:-1])]
    place = (at[sheet.student[again]], sheet.field[again])
    habits[place] = np.where(habits[place] > 0, habits[place], np.int8(REPEATED))
