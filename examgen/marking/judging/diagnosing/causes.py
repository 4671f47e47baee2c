"""Tries versions of misconceptions on the answers of students: what each explains, and what speaks against it.

What is blank, unreadable or not asked is seen in two ways: as right, so that only the written step was done wrongly; or
as a gap, done in the head by the wrong rule, too, from the last thing that was written. The better one for each entry
counts. Called by `diagnosis` and `gaps`.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import Evaluation, Written, evaluate, reevaluate
from examgen.core.graph import Values
from examgen.core.misconceptions.versions import Patch
from examgen.core.rounding import half_unit, rounding_bands
from examgen.core.rules.rule import Array
from examgen.exams.keys.solved_papers import solve
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import as_quantities, asked_entries, by_field, half_units, place_of
from examgen.marking.judging.entries import Marked

NEAR = 6.0
"""The band of a misconception is worked out where an answer is within so many tolerances of it,"""

NEARBY = 5e-4
"""or within this share of it."""

MOVED = 1e-9
"""Share of a value that a wrong rule must move it by, to explain anything."""

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Look:
    """What a version makes of some students' answers, before its band is known; arrays are (fields, students).

    Attributes:
        moved: computed values by quantity, of what comes out otherwise, (students, *shape).
        fields: places of the fields that come out otherwise.
        theirs: what the version gives for these.
        is_moved: which of them come out otherwise for a student, and not only for others who left something out.
        shown: written answers that it would get wrong.
        against: those of them that are not wrong, and not so by it alone.
        supporting: those of them that are not wrong by it alone: right of themselves, and not what follows otherwise.
        off: how far the answers are from it.
        near: wrong answers for which the band may be worked out.
        all_fields: how many fields the paper has.
    """

    moved: Values
    fields: list[int]
    theirs: Array
    is_moved: Flags
    shown: Flags
    against: Flags
    supporting: Flags
    off: Array
    near: Flags
    all_fields: int

    def spread(self, flags: Flags, rows: Places | slice = slice(None)) -> Flags:
        """(all fields, some students) from (fields, students)."""
        chosen = flags[:, rows]
        found = np.zeros((self.all_fields, chosen.shape[1]), dtype=bool)
        found[self.fields] = chosen
        return found


@dataclass(frozen=True, slots=True)
class Work:
    """Answers of students of one paper shape, and what later work starts from.

    Attributes:
        paper: their shape.
        marked: how they were marked, (students, fields).
        values: (students, fields) as submitted.
        is_wrong: (students, fields) what is to be explained.
        answers: (students, *shape) by asked quantity, what later work starts from; NaN in a gap.
        base: evaluation by the right rules.
        right: (fields, students) what these give for the fields.
        has_gaps: whether there are any NaN.
    """

    paper: PaperShape
    marked: Marked
    values: Array
    is_wrong: Flags
    answers: Written
    base: Evaluation
    right: Array
    has_gaps: bool

    @property
    def written(self) -> Values:
        """The answers by quantity."""
        return self.answers.values

    @staticmethod
    def of(paper: PaperShape, givens: Values, values: Array, marked: Marked, is_wrong: Flags, gaps: Flags) -> "Work":
        """The work of some students; `gaps`: (students, fields) what they are taken to have done in the head."""
        carried = np.where(gaps, np.nan, marked.carried) if gaps.any() else marked.carried
        has_gaps = bool(paper.entries_asked or np.isnan(carried).any())
        written = as_quantities(paper, carried, np.nan)
        if paper.shown:
            written |= paper.printed(solve(paper, givens).values)
        base = evaluate(paper.graph, givens, substitute=written)
        right = by_field(paper, {name: base.computed[name] for name in paper.entry_places}).T
        return Work(paper, marked, values, is_wrong, Written.of(written), base, right, has_gaps)

    def look(self, version: Patch) -> Look:
        """What a version of a misconception makes of the answers."""
        moved = reevaluate(version.graph, self.base, version.changed, self.answers)
        # Never empty: a version that changes no asked entry is none of the paper's.
        names = [name for name in moved if name in self.paper.entry_places]
        fields = [place for name in names for place in self.paper.entry_places[name]]
        columns = (self.values, self.marked.tolerance, self.marked.own, self.is_wrong)
        values, tolerance, own, is_wrong = (column.T[fields] for column in columns)
        theirs = np.concatenate([asked_entries(self.paper, name, moved[name]) for name in names])
        twice = 2 * tolerance
        shown = np.abs(theirs - own) > twice
        off = np.abs(values - theirs)
        near = is_wrong & (off <= NEAR * tolerance + NEARBY * np.abs(theirs))
        # Where the wrong rule gives what the right ones give, as behind a gap, it explains and shows nothing.
        right = self.right[fields]
        is_moved = ~(np.abs(theirs - right) <= MOVED * np.abs(right))
        near &= is_moved
        shown &= is_moved & np.isfinite(values)
        is_theirs = (off < np.abs(values - own)) & (off <= twice)
        taken = shown & ~is_wrong
        against, supporting = taken & ~is_theirs, taken & is_theirs
        return Look(moved, fields, theirs, is_moved, shown, against, supporting, off, near, self.values.shape[1])

    def within(self, version: Patch, look: Look, rows: Flags) -> Flags:
        """Which wrong answers are within the version's band, (fields of the look, students), of some students."""
        # Half a unit is always allowed; beyond it, the band says how much more.
        is_within = look.near & (look.off <= _least_halves(self.paper)[look.fields])
        is_open = look.near & ~is_within & rows
        chosen = np.flatnonzero(is_open.any(axis=0))
        if chosen.size:
            targets = {self.paper.fields[look.fields[place]].quantity for place in np.flatnonzero(is_open.any(axis=1))}
            bands = self.bands(version, chosen, look.moved, targets)
            within = by_fields(self.paper, bands, look.fields, np.zeros((1, chosen.size)))
            is_within[:, chosen] |= is_open[:, chosen] & (look.off[:, chosen] <= within)
        return is_within

    def bands(self, version: Patch, rows: Places, moved: Values, targets: Set[str]) -> dict[str, Array]:
        """The tolerance around what a version of a misconception gives, (rows, *shape) by target quantity.

        Args:
            version: of the misconception.
            rows: places of the students.
            moved: what the version computes otherwise from their answers.
            targets: names of asked quantities.
        """
        closed: Set[str] = self.written.keys()
        if self.has_gaps:
            closed = {name for name, values in self.written.items() if not np.isnan(values[rows]).any()}
        wanted = version.graph.sources(targets, closed) | targets
        # Half units of exact rules hang on one another, so all quantities are needed for them.
        graph = version.graph if self.paper.shape.is_rational else version.graph.only(wanted)
        base = self.base
        computed = {one.name: moved.get(one.name, base.computed[one.name])[rows] for one in graph}
        answers = {name: self.written[name][rows] for name in computed if name in self.written}
        after = {name: _seen(computed[name], values) for name, values in answers.items()} if self.has_gaps else answers
        seen = Evaluation({**computed, **after}, computed)
        coarse = as_quantities(self.paper, self.marked.coarse[rows]) if self.marked.coarse.any() else None
        halves, rounded = half_units(self.paper, computed, seen, wanted, coarse)
        chosen = {name: half for name, half in rounded.items() if name in wanted}
        bands = rounding_bands(graph, seen, chosen, answers)
        return {name: halves[name] + bands[name] for name in targets}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying versions.

    Attributes:
        fits: (versions, students, fields) what each explains.
        against: (versions, students) how many right answers speak against it.
        supporting: (versions, students) how many are right by it alone.
        places: (versions, students) how many answers it would get wrong.
    """

    fits: Flags
    against: Counts
    supporting: Counts
    places: Counts


def tried(
    work: Work, gapped: Work | None, rows: Places, versions: Sequence[Patch], *, all_bands: bool = False
) -> Tried:
    """Try versions of misconceptions.

    Args:
        work: of the students, with right values for what they left out.
        gapped: of those who left something out, as gaps; None where nobody did.
        rows: places of these among the students.
        versions: to be tried.
        all_bands: whether bands are worked out for students, too, for whom a version cannot be credible.
    """
    # Fields first: a version is looked at in few of them.
    fits = np.zeros((len(versions), *work.is_wrong.T.shape), dtype=bool)
    against, supporting, places = np.zeros((3, len(versions), len(work.values)), dtype=np.int64)
    for number, version in enumerate(versions):
        look = work.look(version)
        near, against[number], places[number] = (count(each, 0) for each in (look.near, look.against, look.shown))
        supporting[number] = count(look.supporting, 0)
        other = None if gapped is None else gapped.look(version)
        if other is not None:
            near[rows] = count(look.spread(look.near, rows) | other.spread(other.near), 0)
            # An answer speaks against a version if it does whichever way the gaps are seen.
            is_same = look.spread(look.is_moved & ~look.against, rows)
            against[number, rows] = count(other.spread(other.against) & ~is_same, 0)
            places[number, rows] = count(look.spread(look.shown, rows) | other.spread(other.shown), 0)
        may_be = all_bands | (near > against[number])
        fits[number, look.fields] = work.within(version, look, may_be)
        if other is not None and gapped is not None:
            fits[number][:, rows] |= other.spread(gapped.within(version, other, may_be[rows]))
    return Tried(fits.swapaxes(1, 2), against, supporting, places)


def count(flags: Flags, axis: int) -> Counts:
    """How many are true; short numbers are added up faster."""
    return np.asarray(flags.sum(axis=axis, dtype=np.int32), dtype=np.int64)


def by_fields(paper: PaperShape, values: Values, fields: Sequence[int], other: Array) -> Array:
    """(chosen fields, students) from (students, *shape) by quantity, and something else where there is no value."""
    chosen = (paper.fields[place] for place in fields)
    return np.stack([values[one.quantity][place_of(one)] if one.quantity in values else other[0] for one in chosen])


def _seen(computed: Array, written: Array) -> Array:
    """What later work sees of a quantity: what was written, and what was computed in the gaps."""
    return np.where(np.isnan(written), computed, written)


@lru_cache(maxsize=512)
def _least_halves(paper: PaperShape) -> Array:
    """(fields, 1) half a unit of the asked digit, whatever the value; 0 for significant figures, which depend on it."""
    digits = [field.digits for field in paper.fields]
    return np.array(
        [[half_unit(np.array(one.count)) if one.unit == "decimals" else 0.0] for one in digits], dtype=float
    )
