"""Pairs of students whose wrong answers agree beyond chance, by the class's own distribution of wrong answers.

How likely it is that another student gives the same wrong answer is how likely that student is wrong there, more likely
with many wrong answers than with few, times how often those who are wrong there give this one. That is counted in the
class without the pair, and one is added, so that on average over classes the true chance is no larger; it is never
taken to be less than (c + 1) of (n - 1) students. Where the two have the same right answer, those who have it are
counted, as the same numbers go wrong alike.

Of answers that one mistake can explain together one counts (`common_causes`), and of those that one habit can explain
(`sheet_answers`). So many others of a student's wrong answers might have been the same: the product of the chances is
multiplied by the ways to choose as many of them, and by their number, as any number of them might have been chosen. Of
both students the larger bound counts. Called by `evidence`.

Source: Bellezza and Bellezza, Detection of cheating on multiple-choice tests by using error-similarity analysis,
Teaching of Psychology 16 (1989), for the chance of equal errors; numbers have more of them than choices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.both_wrong import BothWrong, EntryCounts
from examgen.marking.integrity.sheet_answers import HABITS, SheetAnswers
from examgen.marking.integrity.wrong_values import WrongValues
from examgen.marking.judging.fairness.neighbours import ways

EXPECTED = 0.01
"""A pair is told where chance gives so many such pairs in a class of this size at most."""

LEAST = 3
"""So many answers count at least: fewer may have a cause in common that nobody has thought of."""

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
    """

    first: int
    second: int
    entries: tuple[tuple[int, int], ...]
    separate: int
    chance: float


def same_answers(sheets: Sequence[SheetAnswers], reference: Array, students: int) -> list[SamePair]:
    """The pairs whose wrong answers agree beyond chance.

    Args:
        sheets: of all questions and paper shapes, as `joined`.
        reference: (entries,) the right answers of the class; NaN where no number is asked.
        students: how many are marked.
    """
    if students < 3 or not sum(len(sheet.student) for sheet in sheets):
        return []
    wrong = WrongValues.of(sheets, students)
    first, second = wrong.pairs(students)
    found: list[SamePair] = []
    width = max(sheet.state.shape[1] for sheet in sheets)
    size = max(1, CELLS // width)
    for start in range(0, len(first), size):
        part = slice(start, start + size)
        found += _told(sheets, reference, wrong, first[part], second[part], students)
    return found


def _told(
    sheets: Sequence[SheetAnswers], reference: Array, wrong: WrongValues, first: Codes, second: Codes, students: int
) -> Iterator[SamePair]:
    """Those of some pairs that agree beyond chance."""
    limit = np.log10(EXPECTED) - np.log10(students * (students - 1) / 2)
    together = [BothWrong.of(number, sheet, wrong, first, second) for number, sheet in enumerate(sheets)]
    # No answer is rarer than one of all.
    enough = sum(one.most() for one in together) >= -limit / np.log10(students)
    chosen = np.flatnonzero(enough)
    if not chosen.size:
        return
    together = [one.of_pairs(chosen) for one in together]
    first, second = first[chosen], second[chosen]
    sides = (_Side(len(chosen), wrong.above[second]), _Side(len(chosen), wrong.above[first]))
    separate = np.zeros(len(chosen), dtype=np.int64)
    beliefs: dict[str, Flags] = {}
    for one in together:
        alone = one.separate(beliefs)
        separate += alone.sum(axis=1)
        counts = EntryCounts.of(one, reference, wrong)
        mine, theirs = one.rows
        sides[0].add(one, mine, theirs, alone, counts, wrong)
        sides[1].add(one, theirs, mine, alone, counts, wrong)
    chance = np.maximum(*(side.bound() for side in sides))
    separate += (sides[0].by_habit > 0).sum(axis=1)
    for place in np.flatnonzero((chance <= limit) & (separate >= LEAST)).tolist():
        entries = [(one.part, field) for one in together for field in np.flatnonzero(one.same[place]).tolist()]
        likely = float(10.0 ** chance[place])
        yield SamePair(int(first[place]), int(second[place]), tuple(entries), int(separate[place]), likely)


class _Side:
    """How likely it is that the others have the wrong answers of one student of each of some pairs."""

    def __init__(self, pairs: int, above: Array) -> None:
        self.above = above[:, None]
        self.rarity = np.zeros(pairs)
        self.by_habit = np.zeros((pairs, HABITS))
        self.same, self.wrong = np.zeros(pairs, dtype=np.int64), np.zeros(pairs, dtype=np.int64)

    def add(
        self, both: BothWrong, rows: Codes, theirs: Codes, alone: Flags, counts: EntryCounts, wrong: WrongValues
    ) -> None:
        """Add one part.

        Args:
            both: the answers to it.
            rows: (pairs,) whose wrong answers these are.
            theirs: (pairs,) who the others are.
            alone: (pairs, fields) which count.
            counts: among those with the same right answer.
            wrong: all wrong answers, for what is counted among all.
        """
        chance = self._chances(both, rows, theirs, counts, wrong)
        rare = -np.log10(chance)
        self.same += both.same.sum(axis=1)
        self.wrong += np.where(theirs < len(both.members), (both.group[rows] >= 0).sum(axis=1), 0)
        self.rarity += np.where(alone, rare, 0.0).sum(axis=1)
        for one in range(1, HABITS):
            best = np.where(both.habit == one, rare, 0.0).max(axis=1, initial=0.0)
            self.by_habit[:, one] = np.maximum(self.by_habit[:, one], best)

    def _chances(self, both: BothWrong, rows: Codes, theirs: Codes, counts: EntryCounts, wrong: WrongValues) -> Array:
        """(pairs, fields) how likely the other has this wrong answer; 1 where there is none."""
        mine, others = counts.reference[rows], counts.reference[theirs]
        is_alike = (mine == others) | np.isnan(mine)
        slots = slice(wrong.starts[both.part], wrong.starts[both.part + 1])
        group = both.group[rows]
        size, written, mistaken = (
            np.where(is_alike, of_entry[rows], of_all)
            for of_entry, of_all in (
                (counts.size, wrong.size[group]),
                (counts.written, wrong.written[slots]),
                (counts.wrong, wrong.wrong[slots]),
            )
        )
        # Without the pair, and one more.
        often = np.maximum(size - both.same, 1)
        spread = np.where(is_alike, counts.spread, wrong.spread)
        is_wrong = np.minimum(1.0, self.above * mistaken / np.maximum(written, 1))
        likely = np.maximum(is_wrong * often / np.maximum(mistaken - 1 + spread, 1), often / np.maximum(written - 1, 1))
        return np.where(group >= 0, np.minimum(likely, 1.0), 1.0)

    def bound(self) -> Array:
        """(pairs,) a bound on the probability, in powers of ten."""
        several = ways(self.wrong, self.same) + np.log10(np.maximum(self.wrong, 1))
        return np.asarray(np.minimum(several - self.rarity - self.by_habit.sum(axis=1), 0.0))
