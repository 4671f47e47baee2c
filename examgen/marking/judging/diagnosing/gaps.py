"""What follows from a cause that lies in a gap: work that agrees with a mistake in a step that is not written down.

In full work the mistake costs its own box, and all behind it follows. Where that box is blank, unreadable or not asked,
the first written entry that shows the cause loses its mark, and the others follow from the same gap. A gap is what
hangs together of all that is not written. Called by `judged_numbers` after `diagnosis`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import students_last
from examgen.core.graph import Quantity, Values
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.dependence import links
from examgen.core.rules.rule import Array
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import as_quantities, by_field, entry_of
from examgen.marking.judging.blocks import blocks_of
from examgen.marking.judging.diagnosing.causes import Flags, Look, Places, Work
from examgen.marking.judging.diagnosing.conventions import conventions
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis, first_wrong
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.records import in_columns
from examgen.marking.judging.written_digits import Submitted


def following_causes(
    paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked, diagnosis: Diagnosis
) -> tuple[Marked, Diagnosis]:
    """The marks where entries follow from causes in gaps, and what is then the first wrong entry.

    Arguments as in `diagnose`, and what came of it.
    """
    paper = paper.standing
    has_blanks = np.isnan(submitted.values).any(axis=1)
    outcome, own, tolerance = (getattr(marked, name).copy() for name in ("outcome", "own", "tolerance"))
    with np.errstate(all="ignore"):
        for number in np.unique(diagnosis.cause[diagnosis.cause >= 0]).tolist():
            version = diagnosis.causes[number]
            is_here = diagnosis.cause == number
            direct = [field.quantity in version.changed for field in paper.fields]
            is_behind = (is_here & ~np.array(direct)).any(axis=1)
            if is_behind.any() and not can_follow(paper):
                is_behind &= has_blanks
            rows = np.flatnonzero(is_behind)
            for chosen in blocks_of(paper, rows):
                found = _Gaps.of(paper, version, givens, submitted, marked, is_here, chosen)
                follows = found.follows()
                outcome[chosen] = np.where(follows, OUTCOMES["follow_through"].code, outcome[chosen])
                own[chosen] = np.where(follows, found.theirs, own[chosen])
                tolerance[chosen] = np.where(follows, found.band, tolerance[chosen])
        for convention in conventions(paper):
            restored = convention.restored(paper, diagnosis, outcome)
            factor = np.array([convention.factors.get(field.quantity, 1.0) for field in paper.fields])
            outcome[restored] = OUTCOMES["follow_through"].code
            own, tolerance = (np.where(restored, values * factor, values) for values in (own, tolerance))
    if (outcome == marked.outcome).all():
        return marked, diagnosis
    is_wrong = (outcome == OUTCOMES["wrong"].code) & np.isfinite(submitted.values) & ~marked.follows_ignored
    now = replace(marked, outcome=outcome, own=own, tolerance=tolerance)
    return now, replace(diagnosis, first=first_wrong(is_wrong))


@lru_cache(maxsize=512)
def can_follow(paper: PaperShape) -> bool:
    """Whether two entries of a sheet without blanks may hang on the same gap, of what is not asked."""
    version = Patch("", paper.graph, frozenset(), must_show=False)
    nothing = np.zeros((1, len(paper.fields)), dtype=bool)
    asked = as_quantities(paper, ~nothing)
    missing = {
        one.name: ~asked[one.name].reshape(1, -1) if one.name in asked else np.ones((1, one.size), dtype=bool)
        for one in paper.graph.derived
        if not one.is_copied and one.name not in paper.shown
    }
    gaps = _Gaps(paper, version, nothing, nothing, nothing, missing, {})
    label, offsets = gaps._hanging_together()
    read_by: dict[int, int] = {}
    for _, field in gaps._in_order():
        quantity = version.graph[field.quantity]
        entry = entry_of(quantity, field)
        reads = {
            int(label[0, offsets[name] + place])
            for name, linked in gaps._reads(quantity)
            for place in np.flatnonzero(missing[name][0] & linked[:, entry]).tolist()
        }
        for gap in reads:
            read_by[gap] = read_by.get(gap, 0) + 1
    return max(read_by.values(), default=0) > 1


@dataclass(frozen=True, slots=True)
class _Gaps:
    """One cause and the students who have it; arrays are (students, fields).

    Attributes:
        paper, version: the cause.
        fits: entries that it explains.
        theirs, band: what it gives, and the tolerance around it.
        seen: (students, *shape) what later work sees of each quantity, by the cause.
        missing: (students, entries) by derived quantity, what is not written.
        strikes: (students, entries) by derived quantity, where its own rule is the wrong one and that shows.
    """

    paper: PaperShape
    version: Patch
    fits: Flags
    theirs: Array
    band: Array
    missing: dict[str, Flags]
    strikes: dict[str, Flags]

    @staticmethod
    def of(
        paper: PaperShape,
        version: Patch,
        givens: Values,
        submitted: Submitted,
        marked: Marked,
        is_here: Flags,
        rows: Places,
    ) -> "_Gaps":
        """The gaps of some students, seen in the way in which the cause explains more."""
        values, wanted = students_last(submitted.values[rows]), students_last(is_here[rows])
        of_these = in_columns(marked, rows)
        numbers = {name: students_last(of_all[rows]) for name, of_all in givens.items()}
        blank = np.isnan(values)

        def work(gaps: Flags) -> tuple[Work, Look, Flags]:
            found = Work.of(paper, numbers, values, of_these, wanted, gaps)
            look = found.look(version)
            fits = look.spread(found.within(version, look, np.ones(len(rows), dtype=bool))).T
            return found, look, fits

        chosen, look, fits = work(blank)
        if blank.any():
            plain = work(np.zeros_like(blank))[2]
            is_better = plain.sum(axis=1) > fits.sum(axis=1)
            if is_better.any():
                chosen, look, fits = work(blank & ~is_better[:, None])
        return _Gaps._seen(chosen, version, look, fits)

    @staticmethod
    def _seen(work: Work, version: Patch, look: Look, fits: Flags) -> "_Gaps":
        paper, graph = work.paper, work.paper.graph
        computed = {one.name: look.moved.get(one.name, work.base.computed[one.name]) for one in graph}
        values = {
            name: np.where(np.isnan(work.written[name]), value, work.written[name]) if name in work.written else value
            for name, value in computed.items()
        }
        # Samples are as given: who reads wrong ones goes wrong there.
        right = values | {one.name: work.base.values[one.name] for one in graph.derived if one.is_copied}
        tolerance = as_quantities(paper, work.marked.tolerance, np.nan)
        missing, strikes = {}, {}
        for one in graph.derived:
            if one.is_copied or one.name in paper.shown:
                continue
            shape = (len(work.values), one.size)
            written = work.written.get(one.name)
            missing[one.name] = np.ones(shape, dtype=bool) if written is None else np.isnan(written).reshape(shape)
            assert one.rule is not None
            reads_samples = any(graph[name].is_copied for name in one.inputs)
            if one.name in version.changed or (reads_samples and not version.changed.isdisjoint(one.inputs)):
                own = np.asarray(one.rule.compute(*(right[name] for name in one.inputs)))
                half = paper.question.digits.half_units(own)
                around = tolerance.get(one.name, half)
                around = np.where(np.isnan(around), half, around)
                strikes[one.name] = (~(np.abs(computed[one.name] - own) <= around)).reshape(shape)
        targets = {paper.fields[place].quantity for place in np.flatnonzero(fits.any(axis=0))}
        everyone = np.arange(len(work.values))
        bands = work.bands(version, everyone, look.moved, targets) if targets else {}
        nothing = as_quantities(paper, np.zeros(work.values.shape))
        asked = nothing | {name: value for name, value in computed.items() if name in nothing}
        return _Gaps(
            paper, version, fits, by_field(paper, asked), by_field(paper, nothing | bands), missing, strikes
        )  # fmt: skip

    def follows(self) -> Flags:
        """Entries that follow from a gap of which an earlier entry has shown the cause."""
        label, offsets = self._hanging_together()
        shown = np.zeros(label.shape, dtype=bool)
        has_cause = np.zeros(label.shape, dtype=bool)
        for name, strikes in self.strikes.items():
            part = slice(offsets[name], offsets[name] + strikes.shape[1])
            students, entries = np.nonzero(strikes & self.missing[name])
            has_cause[students, label[:, part][students, entries]] = True
        found = np.zeros_like(self.fits)
        for place, field in self._in_order():
            fits = self.fits[:, place]
            if not fits.any():
                continue
            quantity = self.version.graph[field.quantity]
            entry = entry_of(quantity, field)
            is_new = np.zeros(len(fits), dtype=bool)
            read: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
            for name, reads in self._reads(quantity):
                start = offsets[name]
                students, entries = np.nonzero(self.missing[name] & reads[:, entry] & fits[:, None])
                gaps = label[students, start + entries]
                is_new[students[has_cause[students, gaps] & ~shown[students, gaps]]] = True
                read.append((students, gaps))
            own = self.strikes.get(field.quantity)
            is_direct = own[:, entry] if own is not None else np.zeros(len(fits), dtype=bool)
            found[:, place] = fits & ~is_new & ~is_direct
            for students, gaps in read:
                shown[students, gaps] = True
        return found

    def _in_order(self) -> Iterator[tuple[int, Field]]:
        """Fields in the order of the solution."""
        places = {quantity.name: place for place, quantity in enumerate(self.version.graph)}
        yield from sorted(enumerate(self.paper.fields), key=lambda one: places[one[1].quantity])

    def _reads(self, quantity: Quantity) -> Iterator[tuple[str, Flags]]:
        """What a quantity reads that may be missing: (entries of the input, entries of the quantity)."""
        graph = self.version.graph
        assert quantity.rule is not None
        shapes = tuple(graph[name].shape for name in quantity.inputs)
        for place, name in enumerate(quantity.inputs):
            if name in self.missing:
                yield name, links(quantity.rule, shapes, place)

    def _hanging_together(self) -> tuple[NDArray[np.int64], dict[str, int]]:
        """(students, entries of all quantities) the least number of what a missing entry hangs together with, and the
        first number of each quantity."""
        offsets, total = {}, 0
        for name, missing in self.missing.items():
            offsets[name] = total
            total += missing.shape[1]
        label = np.tile(np.arange(total), (len(self.fits), 1))
        order = [one for one in self.version.graph.derived if one.name in self.missing]
        while True:
            before = label.copy()
            for quantity in (*order, *reversed(order)):
                mine = slice(offsets[quantity.name], offsets[quantity.name] + quantity.size)
                for name, reads in self._reads(quantity):
                    other = slice(offsets[name], offsets[name] + len(reads))
                    both = self.missing[name][:, :, None] & self.missing[quantity.name][:, None, :] & reads
                    if both.any():
                        here = np.where(both, label[:, other, None], total).min(axis=1)
                        there = np.where(both, label[:, None, mine], total).min(axis=2)
                        label[:, mine] = np.minimum(label[:, mine], here)
                        label[:, other] = np.minimum(label[:, other], there)
            if (label == before).all():
                return label, offsets
