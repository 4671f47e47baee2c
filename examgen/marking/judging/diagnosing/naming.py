"""Chooses the names of what explains wrong answers, entry by entry; `diagnosis` calls it for students of one shape.

First what is held throughout, then what is held in a part of the work only, then two misconceptions in one number; each
for what has no name yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import students_last
from examgen.core.graph import Values
from examgen.core.misconceptions.partly_held import Part, parts_of_patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.rules.rule import Array
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.judging.diagnosing.causes import Flags, Places, Tried, Work, count, tried
from examgen.marking.judging.diagnosing.two_causes import AND, both
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.records import in_columns

PARTLY = 2
"""A misconception that is held in a part of the work only must explain so many entries: fewer are a slip."""

BITS: Mapping[str, int] = {name: 1 << place for place, name in enumerate(MISCONCEPTIONS)}
TOGETHER = 1 << len(MISCONCEPTIONS)
"""A bit that says that two give the number together."""

Bits = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Names:
    """What explains the entries of some students.

    Attributes:
        bits: (students, fields) of `BITS`.
        versions: all that were tried.
        version: (students, fields) the place in `versions` of the first that explains the entry; -1 for none.
    """

    bits: Bits
    versions: tuple[Patch, ...]
    version: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Case:
    """Students of one paper shape who all have something wrong.

    Attributes:
        paper: their shape.
        givens: (students, *shape) by given quantity.
        work: theirs, with right values for what they left out.
        gapped: the work of those who left something out, seen as gaps; None where nobody did.
        rows: places of these among the students.
    """

    paper: PaperShape
    givens: Values
    work: Work
    gapped: Work | None
    rows: Places

    @staticmethod
    def of(paper: PaperShape, givens: Values, values: Array, marked: Marked, is_wrong: Flags, chosen: Places) -> "Case":
        """The case of the chosen ones of some students; arrays have the students first."""

        def work(places: Places, *, is_gapped: bool) -> Work:
            written = students_last(values[places])
            of_these = in_columns(marked, places)
            numbers = {name: students_last(of_all[places]) for name, of_all in givens.items()}
            gaps = np.isnan(written) & is_gapped
            return Work.of(paper, numbers, written, of_these, students_last(is_wrong[places]), gaps)

        rows = np.flatnonzero(np.isnan(values[chosen]).any(axis=1))
        gapped = work(chosen[rows], is_gapped=True) if rows.size else None
        numbers = {name: of_all[chosen] for name, of_all in givens.items()}
        return Case(paper, numbers, work(chosen, is_gapped=False), gapped, rows)

    def of_rows(self, rows: Places) -> "Case":
        """The case of some of them."""
        work = self.work
        return Case.of(self.paper, self.givens, work.values, work.marked, work.is_wrong, rows)

    def names(self) -> Names:
        """In turn the misconception that explains most of what is not yet explained; then parts, and two together."""
        versions = paper_patches(self.paper)
        bits = np.zeros(self.work.is_wrong.shape, dtype=np.int64)
        names = Names(bits, versions, np.full(bits.shape, -1))
        if not versions:
            return names
        self._explain(names, 0, self.tried(versions), np.arange(len(bits)), np.ones(1))
        return self._with_both(self._with_parts(names))

    def tried(self, versions: Sequence[Patch], *, all_bands: bool = False) -> Tried:
        """What versions explain, and what speaks against them."""
        return tried(self.work, self.gapped, self.rows, versions, all_bands=all_bands)

    def versions_of(self, place: int) -> tuple[Patch, ...]:
        """All versions that are named for an entry, or may be: parts and pairs only where they are."""
        names = self.names()
        version = int(names.version[0, place])
        whole = paper_patches(self.paper)
        return whole if version < len(whole) else (*whole, names.versions[version])

    def _explain(self, names: Names, first: int, found: Tried, rows: Places, least: Array) -> None:
        """Put names on entries of some students that have none.

        Args:
            names: to be completed.
            first: place in its versions of the first that was tried.
            found: what came of it for these students.
            rows: their places.
            least: (versions,) entries that each must explain.
        """
        fits, against, supporting = found.fits, found.against, found.supporting
        versions = names.versions[first : first + len(fits)]
        bits, version = names.bits[rows], names.version[rows]
        left = self.work.is_wrong[rows] & (bits == 0)
        speaks_for = count(fits if first == 0 else fits & left, 2)
        is_credible = (speaks_for > against) & (speaks_for >= least[:, None])
        if first:
            # By chance a part may fit a few entries of many that it would change; who holds it has most of them so.
            is_credible &= 2 * speaks_for > found.places
        while True:
            explained = count(fits & left, 2)
            # Of two that explain as much, the one that less speaks against, and then that more of what is right needs.
            score = (explained * (1 + against.max()) - against) * (1 + supporting.max()) + supporting
            score = np.where(is_credible & (explained > 0), score, -np.inf)
            best = score.max(axis=0)
            is_chosen = (score == best) & (best > -np.inf)
            if not is_chosen.any():
                break
            done = np.zeros_like(left)
            for place in np.flatnonzero(is_chosen.any(axis=1)):
                by_this = fits[place] & left & is_chosen[place][:, None]
                if MISCONCEPTIONS[versions[place].misconception].is_lost_sign:
                    is_alone = (count(by_this, 1) == 1) & (found.places[place] > 1)
                    done |= by_this
                    by_this = by_this & ~is_alone[:, None]
                bits[by_this] |= BITS[versions[place].misconception]
                version[by_this & (version < 0)] = first + place
                done |= by_this
            left &= ~done
        names.bits[rows], names.version[rows] = bits, version

    def _unnamed(self, names: Names) -> Flags:
        return np.asarray(self.work.is_wrong & (names.bits == 0))

    def _with_parts(self, names: Names) -> Names:
        """Misconceptions that are held in a part of the work, where several entries have no name yet."""
        is_short = self.paper.shape.steps == 1
        unnamed = self._unnamed(names)
        rows = np.flatnonzero(count(unnamed, 1) >= (1 if is_short else PARTLY))
        if not rows.size:
            return names
        parts, in_full, in_gaps = parts_reached(self.paper)
        distinct = [MISCONCEPTIONS[part.whole.misconception].is_distinct for part in parts]
        least = np.array([1 if is_short and is_distinct else PARTLY for is_distinct in distinct])
        has_gaps = self.work.has_gaps | (np.isnan(self.work.values[rows]).any(axis=1, keepdims=True))
        reached = np.where(has_gaps, unnamed[rows] @ in_gaps, unnamed[rows] @ in_full)
        chosen = np.flatnonzero((reached >= least).any(axis=0))
        if not chosen.size:
            return names
        patches = tuple(parts[place].patch() for place in chosen.tolist())
        more = replace(names, versions=(*names.versions, *patches))
        self._explain(more, len(names.versions), self.of_rows(rows).tried(patches), rows, least[chosen])
        return more

    def _with_both(self, names: Names) -> Names:
        """Two misconceptions in one number, where each is seen alone elsewhere."""
        pairs: dict[tuple[int, int], list[int]] = {}
        is_alone = (names.bits > 0) & (names.bits & (names.bits - 1) == 0)
        alone, none = np.where(is_alone, names.version, -1), len(names.versions)
        has_two = alone.max(axis=1) > np.where(is_alone, names.version, none).min(axis=1)
        for row in np.flatnonzero(has_two & self._unnamed(names).any(axis=1)).tolist():
            for pair in self._pairs(names, alone[row]):
                pairs.setdefault(pair, []).append(row)
        # In their order, and not in that in which the students of a class came upon them.
        for (one, other), students in sorted(pairs.items()):
            rows = np.array(students)
            together = both(self.paper.shape, names.versions[one], names.versions[other])
            if not together:
                continue
            first = len(names.versions)
            names = replace(names, versions=(*names.versions, *together))
            fits = self.of_rows(rows).tried(together, all_bands=True).fits & self._unnamed(names)[rows]
            bits = TOGETHER | sum(BITS[name] for name in together[0].misconception.split(AND))
            for place, explained in enumerate(fits):
                found, version = names.bits[rows], names.version[rows]
                version[explained & (found == 0)] = first + place
                found[explained] = bits
                names.bits[rows], names.version[rows] = found, version
        return names

    def _pairs(self, names: Names, alone: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
        """Versions of two misconceptions that each explain entries of a student alone; -1 is none."""
        for one, other in combinations(sorted(set(alone.tolist()) - {-1}), 2):
            if names.versions[one].misconception != names.versions[other].misconception:
                yield one, other


@lru_cache(maxsize=512)
def parts_reached(paper: PaperShape) -> tuple[tuple[Part, ...], NDArray[np.int64], NDArray[np.int64]]:
    """All parts of misconceptions, and (fields, parts) whether each may change an entry: where all is written down, and
    where something is left out."""
    asked = frozenset(field.quantity for field in paper.number_fields)
    parts = parts_of_patches(paper.shape, asked)

    def reached(stops: frozenset[str]) -> NDArray[np.int64]:
        found = np.zeros((len(paper.fields), len(parts)), dtype=np.int64)
        for place, part in enumerate(parts):
            found[[one for name in part.reached(stops) for one in paper.entry_places.get(name, ())], place] = 1
        return found

    return parts, reached(paper.asked_whole | paper.shown), reached(paper.shown)
