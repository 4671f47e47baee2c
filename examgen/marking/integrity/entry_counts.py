"""How often the wrong answers of pairs of students are given by those with the same right answer, and by all.

Called by `same_answers`. Who has the same right answer mostly has the same numbers, and these go wrong alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.integrity.both_wrong import BothWrong
from examgen.marking.integrity.wrong_values import WrongValues

MOST_SPREAD = 100.0
"""No distribution of wrong answers is taken to be wider."""

BEFORE = 10
"""So many pairs of wrong answers to one field that nothing explains are taken to be different, but for one, before the
class is looked at: a small class tells little."""

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class EntryCounts:
    """What is counted among those with the same right answer, (members + 1, fields), for the members of a `BothWrong`.

    Attributes:
        reference: that right answer, NaN where no number is asked.
        size, written, wrong, free_size, free_wrong: as in `WrongValues`.
        agreeing, compared: how many pairs of answers without a habit are the same, and how many there are, in all.
    """

    reference: Array
    size: Codes
    written: Codes
    wrong: Codes
    free_size: Codes
    free_wrong: Codes
    agreeing: int
    compared: int

    @staticmethod
    def of(both: BothWrong, reference: Array, wrong: WrongValues) -> "EntryCounts":
        """Those of one part; `reference` is of the class, (entries,)."""
        sheet, group = both.sheet, both.group
        groups = wrong.group[wrong.begins[both.part] :][: len(sheet.student)]
        targets = np.full(group.shape, np.nan)
        targets[:-1] = reference[sheet.part.places[both.members]]
        size, written, mistaken, free_size, free_wrong = (np.zeros(group.shape, dtype=np.int64) for _ in range(5))
        order = np.argsort(sheet.field, kind="stable")
        bounds = np.searchsorted(sheet.field[order], np.arange(group.shape[1] + 1))
        agreeing = compared = 0
        for field in range(group.shape[1]):
            mine = order[bounds[field] : bounds[field + 1]]
            if not mine.size:
                continue
            column, own = reference[sheet.part.places[:, field]], targets[:, field]
            known, place = np.unique(column[sheet.student[mine]], return_inverse=True)
            at = group[:, field] * len(known) + np.minimum(np.searchsorted(known, own), len(known) - 1)
            of_group, is_free = groups[mine] * len(known) + place.ravel(), sheet.habit[mine] == 0
            written[:, field] = _count(column[sheet.state[:, field] > 0], own)
            for wrongs, sizes, chosen in ((mistaken, size, slice(None)), (free_wrong, free_size, is_free)):
                wrongs[:, field] = _count(known[place.ravel()[chosen]], own)
                sizes[:, field] = np.where(group[:, field] >= 0, _count(of_group[chosen], at), 0)
            agreeing += _pairs(np.unique(of_group[is_free], return_counts=True)[1])
            compared += _pairs(np.bincount(place.ravel()[is_free]))
        return EntryCounts(targets, size, written, mistaken, free_size, free_wrong, agreeing, compared)


@dataclass(frozen=True, slots=True)
class Spread:
    """How much wrong answers to one field differ, (pairs,), as α of the Ewens formula, counted without the pair.

    Of w + 1 of them the last is one of which there are c with probability c / (w + α).

    Attributes:
        alike: of those with the same right answer.
        all: of all.

    Source: Ewens, The sampling theory of selectively neutral alleles, Theoretical Population Biology 3 (1972).
    """

    alike: Array
    all: Array

    @staticmethod
    def of(together: Sequence[BothWrong], counts: Sequence[EntryCounts], wrong: WrongValues) -> "Spread":
        """That of all fields of a class, seen from each pair."""
        alike, overall = _Pairs(), _Pairs()
        alike.add(sum(one.agreeing for one in counts), sum(one.compared for one in counts))
        overall.add(_pairs(wrong.free_size), _pairs(wrong.free_wrong))
        for both, one in zip(together, counts, strict=True):
            first, second = (both.free[rows] for rows in both.rows)
            slots = slice(wrong.starts[both.part], wrong.starts[both.part + 1])
            for free, rows in ((first, both.rows[0]), (second, both.rows[1])):
                sizes, wrongs = wrong.free_size[both.group[rows]], wrong.free_wrong[slots]
                alike.without(free, one.free_size[rows], one.free_wrong[rows])
                overall.without(free, sizes, np.broadcast_to(wrongs, sizes.shape))
            # The answers of the pair to each other have been taken out twice.
            mutual = first & second
            is_alike = mutual & (one.reference[both.rows[0]] == one.reference[both.rows[1]])
            alike.add((both.same & is_alike).sum(axis=1), is_alike.sum(axis=1))
            overall.add((both.same & mutual).sum(axis=1), mutual.sum(axis=1))
        return Spread(alike.spread(), overall.spread())


class _Pairs:
    """Pairs of answers, and those of them that are the same."""

    def __init__(self) -> None:
        self.agreeing: NDArray[np.int64] | int = 0
        self.compared: NDArray[np.int64] | int = 0

    def add(self, agreeing: Codes | int, compared: Codes | int) -> None:
        self.agreeing, self.compared = self.agreeing + agreeing, self.compared + compared

    def without(self, free: Flags, sizes: Codes, wrongs: Codes) -> None:
        """Take out those of one student's answers, by how many are the same and how many there are."""
        self.agreeing = self.agreeing - np.where(free, sizes - 1, 0).sum(axis=1)
        self.compared = self.compared - np.where(free, wrongs - 1, 0).sum(axis=1)

    def spread(self) -> Array:
        """As if `BEFORE` more pairs had been seen of which one agrees; by the formula two answers are the same with
        probability 1 / (1 + α)."""
        return np.asarray(np.clip((self.compared + BEFORE) / (self.agreeing + 1.0) - 1, 0.0, MOST_SPREAD))


def _pairs(counts: Codes) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _count(values: NDArray[np.generic], targets: NDArray[np.generic]) -> Codes:
    """(targets,) how many of the values equal each; NaN equals NaN."""
    ordered = np.sort(values)
    return np.asarray(np.searchsorted(ordered, targets, "right") - np.searchsorted(ordered, targets, "left"))
