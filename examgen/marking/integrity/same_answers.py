"""Pairs of students whose wrong answers agree beyond chance, by the class's own distribution of wrong answers.

How likely it is that another student gives the same wrong answer is how likely that student is wrong there, more likely
with many wrong answers than with few, times how often those who are wrong there give this one. That is counted in the
class without the pair, and one is added, so that on average over classes the true chance is no larger; it is never
taken to be less than (c + 1) of (n - 1) students. Where the two have the same right answer, those who have it are
counted, as the same numbers go wrong alike.

Of answers that one mistake can explain together one counts (`common_causes`), and of those that one habit can explain
(`sheet_answers`). So many others of a student's wrong answers might have been the same: the product of the chances is
multiplied by the ways to choose as many of them, and by their number, as any number of them might have been chosen. Of
both students the larger bound counts.

Where a class hands in one and the same sheet, it is that sheet which is usual there. So students who have all their
wrong answers in common (`identical_sheets`) are looked at once more, as two students in a class of different sheets;
where these are few, a wrong answer is taken to be as common as if there were `BEFORE` of them. Called by `evidence`.

Source: Bellezza and Bellezza, Detection of cheating on multiple-choice tests by using error-similarity analysis,
Teaching of Psychology 16 (1989), for the chance of equal errors; numbers have more of them than choices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.both_wrong import BothWrong, WrongTable, rarity_at_most
from examgen.marking.integrity.entry_counts import BEFORE, EntryCounts, Spread
from examgen.marking.integrity.identical_sheets import identical_sheets, with_two_of_each
from examgen.marking.integrity.sheet_answers import HABITS, SheetAnswers
from examgen.marking.integrity.wrong_values import WrongValues
from examgen.marking.judging.fairness.neighbours import ways

EXPECTED = 0.01
"""A pair is told where chance gives so many such pairs in a class of this size at most."""

LEAST = 3
"""So many answers count at least: fewer may have a cause in common that nobody has thought of."""

LEAST_OF_MANY = 6
"""So many count at least where it is their common sheet that hides students: it may be what a class was taught."""

CELLS = 2**22
"""Pairs times fields that are looked at once."""

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SamePair:
    """Two students, by their places in the class, the first before the second.

    Attributes:
        entries: which part and field each wrong answer is of that both have.
        separate: how many of them nothing makes wrong together.
        chance: a bound on the probability that two given students agree so.
        alike: how many have all their wrong answers in common with the first; 0 where that was not looked at.
    """

    first: int
    second: int
    entries: tuple[tuple[int, int], ...]
    separate: int
    chance: float
    alike: int = 0


def same_answers(sheets: Sequence[SheetAnswers], reference: Array, students: int) -> list[SamePair]:
    """The pairs whose wrong answers agree beyond chance; of a group with one sheet the first with each of the others.

    Args:
        sheets: of all questions and paper shapes, as `joined`.
        reference: (entries,) the right answers of the class; NaN where no number is asked.
        students: how many are marked.
    """
    if students < 3 or not sum(len(sheet.student) for sheet in sheets):
        return []
    wrong = WrongValues.of(sheets, students)
    found = _by_class(sheets, reference, wrong, students)
    groups = identical_sheets(wrong, students, LEAST_OF_MANY)
    return found + _by_other_sheets(sheets, reference, groups, found, students) if groups else found


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What tells a pair.

    Attributes:
        limit: how likely the agreement is at most, in powers of ten.
        least: how many answers count at least.
        others: so many are taken to answer each field at least.
    """

    limit: float
    least: int = LEAST
    others: int = 1

    @staticmethod
    def limit_of(students: int) -> float:
        """The limit in a class of so many."""
        return float(np.log10(EXPECTED) - np.log10(students * (students - 1) / 2))


def _by_class(sheets: Sequence[SheetAnswers], reference: Array, wrong: WrongValues, students: int) -> list[SamePair]:
    """Pairs that stand out in the class."""
    first, second = wrong.pairs(students)
    if not first.size:
        return []
    size, bounds = _pairs_at_once(sheets), _Bounds(_Bounds.limit_of(students))
    tables = [WrongTable.of(part, sheet, wrong) for part, sheet in enumerate(sheets)]
    may_be = [
        rarity_at_most(tables, wrong, first[start : start + size], second[start : start + size]) >= -bounds.limit
        for start in range(0, len(first), size)
    ]
    chosen = np.flatnonzero(np.concatenate(may_be))
    blocks = (chosen[start : start + size] for start in range(0, len(chosen), size))
    return [pair for block in blocks for pair in _told(sheets, reference, wrong, first[block], second[block], bounds)]


def _by_other_sheets(
    sheets: Sequence[SheetAnswers],
    reference: Array,
    groups: Sequence[Codes],
    found: Sequence[SamePair],
    students: int,
) -> list[SamePair]:
    """Pairs of groups with one sheet, none of whom was found, that stand out among other sheets."""
    group_of = np.full(students, -1)
    for number, group in enumerate(groups):
        group_of[group] = number
    known = {int(group_of[pair.first]) for pair in found if group_of[pair.first] == group_of[pair.second]}
    open_groups = {int(group[0]): group for number, group in enumerate(groups) if number not in known}
    few = with_two_of_each(sheets, groups, students)
    different = students - sum(group.size - 2 for group in groups)
    bounds = _Bounds(_Bounds.limit_of(different), LEAST_OF_MANY, BEFORE)
    wrong, size = WrongValues.of(few, students), _pairs_at_once(sheets)
    firsts = np.array([group[:2] for group in open_groups.values()], dtype=np.int64).reshape(-1, 2)
    blocks = (firsts[start : start + size].T for start in range(0, len(firsts), size))
    return [
        replace(pair, second=other, alike=len(group))
        for first, second in blocks
        for pair in _told(few, reference, wrong, first, second, bounds)
        for group in (open_groups[pair.first],)
        for other in group[1:].tolist()
    ]


def _pairs_at_once(sheets: Sequence[SheetAnswers]) -> int:
    return max(1, CELLS // max(int(sheet.state.shape[1]) for sheet in sheets))


def _told(
    sheets: Sequence[SheetAnswers],
    reference: Array,
    wrong: WrongValues,
    first: Codes,
    second: Codes,
    bounds: _Bounds,
) -> Iterator[SamePair]:
    """Those of some pairs that agree beyond chance."""
    together = [BothWrong.of(number, sheet, wrong, first, second) for number, sheet in enumerate(sheets)]
    sides = (_Side(wrong.above[second]), _Side(wrong.above[first]))
    separate = np.zeros(len(first), dtype=np.int64)
    beliefs: dict[str, Flags] = {}
    counts = [EntryCounts.of(one, reference, wrong) for one in together]
    spread = Spread.of(together, counts, wrong)
    for one, counted in zip(together, counts, strict=True):
        alone = one.separate(beliefs)
        separate += alone.sum(axis=1)
        likely = _Likely(one, counted, spread, wrong, bounds.others)
        mine, theirs = one.rows
        sides[0].add(likely, mine, theirs, alone)
        sides[1].add(likely, theirs, mine, alone)
    chance = np.maximum(*(side.bound() for side in sides))
    separate += (sides[0].by_habit > 0).sum(axis=1)
    for place in np.flatnonzero((chance <= bounds.limit) & (separate >= bounds.least)).tolist():
        entries = [(one.part, field) for one in together for field in np.flatnonzero(one.same[place]).tolist()]
        bound = float(10.0 ** chance[place])
        yield SamePair(int(first[place]), int(second[place]), tuple(entries), int(separate[place]), bound)


@dataclass(frozen=True, eq=False, slots=True)
class _Likely:
    """How likely wrong answers to one part are, with so many others who answer each field at least."""

    both: BothWrong
    counts: EntryCounts
    spread: Spread
    wrong: WrongValues
    others: int

    def chances(self, rows: Codes, theirs: Codes, above: Array) -> Array:
        """(pairs, fields) how likely it is that the other has the wrong answer of one student; 1 where there is none.

        Args:
            rows, theirs: (pairs,) the one and the other.
            above: (pairs,) how much more often than usual the other is wrong.
        """
        both, counts, wrong = self.both, self.counts, self.wrong
        mine, others = counts.reference[rows], counts.reference[theirs]
        is_alike = (mine == others) | np.isnan(mine)
        slots = slice(wrong.starts[both.part], wrong.starts[both.part + 1])
        group = both.group[rows]
        size = np.where(is_alike, counts.size[rows], wrong.size[group])
        written = np.where(is_alike, counts.written[rows], wrong.written[slots])
        mistaken = np.where(is_alike, counts.wrong[rows], wrong.wrong[slots])
        spread = np.where(is_alike, self.spread.alike[:, None], self.spread.all[:, None])
        # Without the pair, and one more.
        often = np.maximum(size - both.same, 1)
        is_wrong = np.minimum(1.0, above[:, None] * mistaken / np.maximum(written, 1))
        among_all = often / np.maximum(written - 1, self.others)
        likely = np.maximum(is_wrong * often / np.maximum(mistaken - 1 + spread, 1), among_all)
        return np.where(group >= 0, np.minimum(likely, 1.0), 1.0)


class _Side:
    """A bound on how likely it is that the others have so many wrong answers of one student of each of some pairs.

    Args:
        above: (pairs,) how much more often than usual the others are wrong.
    """

    def __init__(self, above: Array) -> None:
        self.above = above
        self.rarity = np.zeros(len(above))
        self.by_habit = np.zeros((len(above), HABITS))
        self.same, self.wrong = np.zeros(len(above), dtype=np.int64), np.zeros(len(above), dtype=np.int64)

    def add(self, likely: _Likely, rows: Codes, theirs: Codes, alone: Flags) -> None:
        """Add one part, with (pairs, fields) which answers count; `rows` and `theirs` as in `_Likely`."""
        both = likely.both
        rarity = -np.log10(likely.chances(rows, theirs, self.above))
        self.same += both.same.sum(axis=1)
        self.wrong += np.where(theirs < len(both.members), (both.group[rows] >= 0).sum(axis=1), 0)
        self.rarity += np.where(alone, rarity, 0.0).sum(axis=1)
        for one in range(1, HABITS):
            best = np.where(both.habit == one, rarity, 0.0).max(axis=1, initial=0.0)
            self.by_habit[:, one] = np.maximum(self.by_habit[:, one], best)

    def bound(self) -> Array:
        """(pairs,) in powers of ten."""
        several = ways(self.wrong, self.same) + np.log10(np.maximum(self.wrong, 1))
        return np.asarray(np.minimum(several - self.rarity - self.by_habit.sum(axis=1), 0.0))
