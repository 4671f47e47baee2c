"""Where two students have the same wrong answers on one paper shape, and how many others have them too.

Called by `same_answers` for the pairs that may be told; they are few.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
        row_of = np.full(len(wrong.above), -1)
        row_of[sheet.part.members] = np.arange(len(sheet.part.members))
        ends = row_of[np.stack([first, second])]
        ends[:, (ends < 0).any(axis=0)] = -1
        known, found = np.unique(np.append(ends.ravel(), -1), return_inverse=True)
        # The first is -1, who wrote nothing, and goes behind the others.
        one, other = (found.ravel()[:-1].reshape(2, len(first)) - 1) % len(known)
        members = known[1:]
        group = np.full((len(members) + 1, sheet.state.shape[1]), -1)
        habits = np.zeros(group.shape, dtype=np.int8)
        at = np.full(len(sheet.state), -1)
        at[members] = np.arange(len(members))
        mine = np.flatnonzero(at[sheet.student] >= 0)
        place = (at[sheet.student[mine]], sheet.field[mine])
        group[place] = wrong.group[wrong.begins[part] + mine]
        habits[place] = sheet.habit[mine]
        free = (group >= 0) & (habits == 0)
        _mark_repeated(habits, sheet, mine, place)
        same = (group[one] == group[other]) & (group[one] >= 0)
        habit = np.where(same, np.maximum(habits[one], habits[other]), np.int8(0))
        return BothWrong(part, sheet, members, group, free, (one, other), same, habit)

    def of_pairs(self, pairs: Codes) -> "BothWrong":
        """Some of the pairs."""
        one, other = self.rows
        return replace(self, rows=(one[pairs], other[pairs]), same=self.same[pairs], habit=self.habit[pairs])

    def most(self) -> Codes:
        """(pairs,) how many answers may count at most."""
        by_habit = [(self.habit == habit).any(axis=1) for habit in range(1, HABITS)]
        return np.asarray((self.same & (self.habit == 0)).sum(axis=1) + np.sum(by_habit, axis=0))

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


def _mark_repeated(habits: NDArray[np.int8], sheet: SheetAnswers, mine: Codes, place: tuple[Codes, Codes]) -> None:
    """Of a number that stands in several boxes of a sheet, all but the first are repeated."""
    order = np.lexsort((place[1], sheet.token[mine], place[0]))
    member, token = place[0][order], sheet.token[mine][order]
    again = order[1:][(member[1:] == member[:-1]) & (token[1:] == token[:-1])]
    at = place[0][again], place[1][again]
    habits[at] = np.where(habits[at] > 0, habits[at], np.int8(REPEATED))
