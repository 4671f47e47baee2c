"""Names the misconceptions behind wrong answers: each is tried on the student's own answers, entry by entry.

A misconception explains a wrong entry if it gives the submitted value within its band. It speaks against it if the
student did right elsewhere what the misconception would have got wrong. Called by `grading` after `entries`.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import ComputationGraph, Evaluation, Values, evaluate, reevaluate, students_last
from examgen.core.misconceptions import MISCONCEPTIONS, Patch
from examgen.core.rounding import half_unit, rounding_bands
from examgen.core.rules import Array
from examgen.exams.exam import Field, PaperShape
from examgen.exams.separation import paper_patches
from examgen.exams.tolerance import as_quantities, half_units, place_of
from examgen.marking.entries import Marked, block_size
from examgen.marking.following import Submitted
from examgen.marking.outcomes import OUTCOMES

NEAR = 6.0
"""The band of a misconception is worked out where an answer is within so many tolerances of it,"""

NEARBY = 5e-4
"""or within this share of it."""

_BITS: Mapping[str, int] = {name: 1 << place for place, name in enumerate(MISCONCEPTIONS)}

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is behind the wrong entries of some students.

    Attributes:
        labels: names of misconceptions; where several fit equally, with `|` between them. The first is empty.
        codes: (students, fields) places in `labels`.
        first: (students,) the first field in the order of the solution that is wrong, -1 where none is.
    """

    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    first: NDArray[np.int64]


def diagnose(paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked) -> Diagnosis:
    """Name what explains the wrong entries.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        marked: how it was marked.
    """
    is_wrong = (marked.outcome == OUTCOMES["wrong"].code) & np.isfinite(submitted.values) & ~marked.follows_ignored
    found = np.zeros(is_wrong.shape, dtype=np.int64)
    rows = np.flatnonzero(is_wrong.any(axis=1))
    with np.errstate(all="ignore"):
        for start in range(0, rows.size, block_size(paper)):
            chosen = rows[start : start + block_size(paper)]
            case = _Case(
                paper,
                {name: students_last(values[chosen]) for name, values in givens.items()},
                students_last(submitted.values[chosen]),
                Marked(*(students_last(getattr(marked, name)[chosen]) for name in Marked.__slots__)),
                students_last(is_wrong[chosen]),
            )
            found[chosen] = case.names()
    is_named = found > 0
    bits, codes = np.unique(found[is_named], return_inverse=True)
    labels = ("", *("|".join(name for name, bit in _BITS.items() if bit & int(value)) for value in bits))
    found[is_named] = codes + 1
    return Diagnosis(labels, found, _first_wrong(paper, is_wrong))


def _first_wrong(paper: PaperShape, is_wrong: Flags) -> NDArray[np.int64]:
    """The first wrong field in the order in which a solution works the quantities out."""
    places = {quantity.name: place for place, quantity in enumerate(paper.graph)}
    order = np.array(sorted(range(len(paper.fields)), key=lambda place: places[paper.fields[place].quantity]))
    first = order[is_wrong[:, order].argmax(axis=1)]
    return np.where(is_wrong.any(axis=1), first, -1)


@dataclass(frozen=True, slots=True)
class Trial:
    """One version of a misconception, tried on one entry of one student.

    Attributes:
        misconception: its name.
        value: what it gives, worked out from the student's own answers.
        tolerance: around that value.
        fits: whether it explains the entry.
        evidence: how many wrong entries of the question it explains.
        against: how many right entries speak against it: it would have got them wrong.
    """

    misconception: str
    value: float
    tolerance: float
    fits: bool
    evidence: int
    against: int


def trials(paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked, place: int) -> tuple[Trial, ...]:
    """Every version of a misconception that changes one entry of one student, in the order of the table.

    Arguments as in `diagnose`, with one student, and the place of the entry among the fields.
    """
    is_wrong = (marked.outcome == OUTCOMES["wrong"].code) & np.isfinite(submitted.values) & ~marked.follows_ignored
    with np.errstate(all="ignore"):
        return tuple(_Case(paper, givens, submitted.values, marked, is_wrong).trials(place))


@dataclass(frozen=True, slots=True)
class _Case:
    """Students of one paper shape who all have something wrong; arrays are (students, fields)."""

    paper: PaperShape
    givens: Values
    values: Array
    marked: Marked
    is_wrong: Flags

    def names(self) -> NDArray[np.int64]:
        """Bits of `_BITS` for each entry: in turn the misconception that explains most of what is not yet explained."""
        versions = paper_patches(self.paper)
        if not versions:
            return np.zeros(self.is_wrong.shape, dtype=np.int64)
        fits, against, supporting = self._tried(versions)
        is_credible = _count(fits, 2) > against
        found, left = np.zeros(self.is_wrong.shape, dtype=np.int64), self.is_wrong.copy()
        while True:
            explained = _count(fits & left, 2)
            # Of two that explain as much, the one that less speaks against, and then that more of what is right needs.
            score = (explained * (1 + against.max()) - against) * (1 + supporting.max()) + supporting
            score = np.where(is_credible & (explained > 0), score, -np.inf)
            best = score.max(axis=0)
            is_chosen = (score == best) & (best > -np.inf)
            if not is_chosen.any():
                return found
            done = np.zeros_like(left)
            for place in np.flatnonzero(is_chosen.any(axis=1)):
                by_this = fits[place] & left & is_chosen[place][:, None]
                found[by_this] |= _BITS[versions[place].misconception]
                done |= by_this
            left &= ~done

    def trials(self, place: int) -> Iterator[Trial]:
        """As the function of this name."""
        versions, name = paper_patches(self.paper), self.paper.fields[place].quantity
        written = as_quantities(self.paper, self.marked.carried)
        base = evaluate(self.paper.graph, self.givens, substitute=written)
        fits, against, _ = self._tried(versions, all_bands=True)
        for number, version in enumerate(versions):
            moved = reevaluate(version.graph, base, version.changed, written)
            if name in moved:
                index = place_of(self.paper.fields[place])
                value = float(moved[name][index][0])
                tolerance = float(self._bands(version, np.array([0]), base, moved, {name})[name][index][0])
                evidence = int(fits[number, 0].sum())
                fit = bool(fits[number, 0, place])
                yield Trial(version.misconception, value, tolerance, fit, evidence, int(against[number, 0]))

    def _tried(
        self, versions: tuple[Patch, ...], *, all_bands: bool = False
    ) -> tuple[Flags, NDArray[np.int64], NDArray[np.int64]]:
        """What each version explains, (versions, students, fields); what speaks against it and for it, (versions,
        students): right answers that it would have got wrong, and those that follow from the own work by it alone.

        Bands are worked out only for students whom the version may be credible for, unless `all_bands`.
        """
        written = as_quantities(self.paper, self.marked.carried)
        base = evaluate(self.paper.graph, self.givens, substitute=written)
        # Fields first: a version is looked at in few of them.
        fits = np.zeros((len(versions), *self.is_wrong.T.shape), dtype=bool)
        against, supporting = (np.zeros((len(versions), len(self.values)), dtype=np.int64) for _ in range(2))
        values, own, tolerance, is_wrong = self.values.T, self.marked.own.T, self.marked.tolerance.T, self.is_wrong.T
        is_sound = np.isfinite(values) & ~is_wrong
        least = np.array([_least_half(field) for field in self.paper.fields])[:, None]
        for number, version in enumerate(versions):
            moved = reevaluate(version.graph, base, version.changed, written)
            # Never empty: a version that changes no asked entry is none of the paper's.
            fields = [place for name in moved for place in self.paper.entry_places.get(name, ())]
            theirs = _by_fields(self.paper, moved, fields, values[:1])
            shown = np.abs(theirs - own[fields]) > 2 * tolerance[fields]
            off = np.abs(values[fields] - theirs)
            is_theirs = (off < np.abs(values[fields] - own[fields])) & (off <= NEAR * tolerance[fields])
            against[number] = _count(shown & is_sound[fields] & ~is_theirs, 0)
            supporting[number] = _count(shown & is_sound[fields] & is_theirs, 0)
            near = is_wrong[fields] & (off <= NEAR * tolerance[fields] + NEARBY * np.abs(theirs))
            # Half a unit is always allowed; beyond it, the band says how much more.
            is_within = near & (off <= least[fields])
            is_open = near & ~is_within & (all_bands | (_count(near, 0) > against[number]))
            rows = np.flatnonzero(is_open.any(axis=0))
            if rows.size:
                targets = {self.paper.fields[fields[place]].quantity for place in np.flatnonzero(is_open.any(axis=1))}
                bands = self._bands(version, rows, base, moved, targets)
                within = _by_fields(self.paper, bands, fields, np.zeros((1, rows.size)))
                is_within[:, rows] |= is_open[:, rows] & (off[:, rows] <= within)
            fits[number, fields] = is_within
        return fits.swapaxes(1, 2), against, supporting

    def _bands(
        self, version: Patch, rows: NDArray[np.intp], base: Evaluation, moved: Values, targets: Set[str]
    ) -> dict[str, Array]:
        """The tolerance around what a version of a misconception gives, (rows, *shape) by target quantity.

        Args:
            version: of the misconception.
            rows: places of the students.
            base: evaluation of the students' own answers by the right rules.
            moved: what the version computes otherwise from them.
            targets: names of asked quantities.
        """
        written = {field.quantity for field in self.paper.fields}
        wanted = _sources(version.graph, targets, written) | targets
        # Half units of exact rules hang on one another, so all quantities are needed for them.
        graph = version.graph if self.paper.shape.is_rational else version.graph.only(wanted)
        computed = {one.name: moved.get(one.name, base.computed[one.name])[rows] for one in graph}
        values = {name: base.values[name][rows] if name in written else value for name, value in computed.items()}
        seen = Evaluation(values, computed)
        halves, rounded = half_units(self.paper, computed, seen, only=wanted)
        chosen = {name: half for name, half in rounded.items() if name in wanted}
        answers = {name: values[name] for name in written & values.keys()}
        bands = rounding_bands(graph, seen, chosen, answers)
        return {name: halves[name] + bands[name] for name in targets}


def _count(flags: Flags, axis: int) -> NDArray[np.int64]:
    """How many are true; short numbers are added up faster."""
    return np.asarray(flags.sum(axis=axis, dtype=np.int32), dtype=np.int64)


def _least_half(field: Field) -> float:
    """Half a unit of the asked digit, whatever the value; of significant figures it depends on the value."""
    return float(half_unit(np.array(field.digits.count))) if field.digits.unit == "decimals" else 0.0


def _sources(graph: ComputationGraph, targets: Set[str], written: Set[str]) -> set[str]:
    """What the targets are computed from, as far back as to what is written down."""
    found: set[str] = set()
    for quantity in reversed(graph.derived):
        if quantity.name in targets or (quantity.name in found and quantity.name not in written):
            found.update(quantity.inputs)
    return found


def _by_fields(paper: PaperShape, values: Values, fields: list[int], other: Array) -> Array:
    """(chosen fields, students) from (students, *shape) by quantity, and something else where there is no value."""
    chosen = (paper.fields[place] for place in fields)
    return np.stack([values[one.quantity][place_of(one)] if one.quantity in values else other[0] for one in chosen])
