"""Recomputes every entry from a student's own answers, so that what follows from a slip is not marked wrong.

Called by `entries`. What carries on is decided here, too: not a zero or a wild value to which the own work does not
lead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import evaluate
from examgen.core.graph import Values
from examgen.core.probes.dependence import rests_on
from examgen.core.rounding import Bands
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape, Route
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, by_field, half_units
from examgen.marking.judging.blocks import at_least_two, blocks_of
from examgen.marking.judging.records import of_students, replaced, together
from examgen.marking.judging.written_digits import Writing

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Followed:
    """Entries recomputed from a student's own answers; all (students, fields).

    Attributes:
        own: the recomputed value.
        tolerance: around it.
        rests: whether it rests on an answer that is not correct.
        follows: whether the submitted value is within the tolerance.
        past_blanks, coarse: as in `Marked`.
    """

    own: Array
    tolerance: Array
    rests: Flags
    follows: Flags
    past_blanks: Flags
    coarse: Array

    def where(self, chosen: Flags, other: "Followed") -> "Followed":
        """The others' values where `chosen`."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in Followed.__slots__)
        return Followed(*(np.where(chosen, theirs, mine) for mine, theirs in pairs))


@dataclass(frozen=True, slots=True)
class Start:
    """What later work of some students starts from; all (students, fields).

    Attributes:
        carried: the student's answer or the reference; NaN where that is recomputed, too.
        is_given: where `carried` is the reference, or as good as it.
        is_settled: where it is not the student's own answer for the quantity, which has been judged before.
        is_open: where nothing was written that later work goes on from.
        is_unsound: where it is another answer that is not right, whatever was written here.
    """

    carried: Array
    is_given: Flags
    is_settled: Flags
    is_open: Flags
    is_unsound: Flags

    @staticmethod
    def at(values: Array, wanted: Array, is_open: Flags) -> "Start":
        """Everywhere at the own answers or, where those are open, at the reference."""
        nowhere = np.zeros_like(is_open)
        return Start(np.where(is_open, wanted, values), is_open, nowhere, is_open, nowhere)


Watch = Callable[[Places, Start], None]  # of whom entries were recomputed, and from where


@dataclass(frozen=True, slots=True)
class Work:
    """The work of some students on one paper shape.

    Attributes:
        paper, givens: as in `mark`.
        reference: (students, *shape) by quantity.
        writing: their answers.
        policy: of the exam.
    """

    paper: PaperShape
    givens: Values
    reference: Values
    writing: Writing
    policy: Policy

    def of(self, chosen: Places) -> "Work":
        """The work of some of them."""
        givens, reference = (
            {name: values[chosen] for name, values in of_all.items()} for of_all in (self.givens, self.reference)
        )
        return Work(self.paper, givens, reference, of_students(self.writing, chosen), self.policy)

    def kinder_past_blanks(self, start: Start, found: Followed) -> Followed:
        """Of a student who left something open, the better of two ways to see it for each entry: the steps that were
        not written down start from their reference, or they were done."""
        students = at_least_two(np.flatnonzero(start.is_open.any(axis=1)))
        if not students.size:
            return found
        carried, given = np.where(start.is_open, np.nan, start.carried), start.is_given & ~start.is_open
        done = replace(start, carried=carried, is_given=given)
        past, old = self.of(students).followed(of_students(done, students)), of_students(found, students)
        is_better = past.follows & (~old.follows | (old.rests & ~past.rests))
        return replaced(found, students, past.where(~is_better, old))

    def settled(self, wanted: Array, is_doubtful: Flags) -> tuple[Followed, Flags, Flags]:
        """Recompute every entry, where zeros and wild values to which the own work does not lead carry nothing forward.

        A correct 0 carries on, and one that follows from a slip does, such as the output of a unit that the slip has
        switched off. So does any 0 of a student from whose zeros more follows than from what is right.

        Args:
            wanted: (students, fields) the reference.
            is_doubtful: (students, fields) zeros and wild values that are not right.

        Returns: what follows, past blanks too; which entries are ignored; and what would follow if none were.
        """
        values = self.writing.values
        is_blank = np.isnan(values)
        begin = Start.at(values, wanted, is_blank)
        first = found = self.followed(begin)
        is_ignored = np.zeros_like(is_blank)
        doubtful = at_least_two(np.flatnonzero(is_doubtful.any(axis=1)))
        while doubtful.size:
            more = is_doubtful[doubtful] & ~found.follows[doubtful] & ~is_ignored[doubtful]
            is_ignored[doubtful] |= more
            # Without an ignored value, others to which it led may not be led to any more.
            doubtful = doubtful[at_least_two(np.flatnonzero(more.any(axis=1)))]
            if doubtful.size:
                is_open = (is_ignored | is_blank)[doubtful]
                again = self.of(doubtful).followed(Start.at(values[doubtful], wanted[doubtful], is_open))
                found = replaced(found, doubtful, again)
        found = self.kinder_past_blanks(Start.at(values, wanted, is_ignored | is_blank), found)
        is_wild = (is_ignored & (values != 0)).any(axis=1)
        ignoring = at_least_two(np.flatnonzero(is_ignored.any(axis=1) & ~is_wild))
        if ignoring.size:
            starts, before = of_students(begin, ignoring), of_students(first, ignoring)
            carrying = self.of(ignoring).kinder_past_blanks(starts, before)
            better = np.flatnonzero(carrying.follows.sum(axis=1) > found.follows[ignoring].sum(axis=1))
            is_ignored[ignoring[better]] = False
            found = replaced(found, ignoring[better], of_students(carrying, better))
        return found, is_ignored, first.follows

    def by_other_routes(self, start: Start, found: Followed, watch: Watch | None = None) -> tuple[Start, Followed]:
        """Where quantities are always equal: what follows from the one from which a student has gone on.

        Each student takes the first route by which more follows, and from there the first of those behind it.

        Args:
            start: what later work starts from.
            found: what follows from there, which is from the first of equal quantities.
        """
        first_open = np.zeros(len(start.carried), dtype=np.int64)
        while tries := list(self._tries(start, found, first_open)):
            number = np.concatenate([np.full(students.size, place) for place, students, _ in tries])
            rows = np.concatenate([students for _, students, _ in tries])
            begin = together([begins for _, _, begins in tries])
            again = self._from(rows, begin).where(begin.is_settled, of_students(found, rows))
            gains = np.flatnonzero(again.follows.sum(axis=1) > found.follows[rows].sum(axis=1))
            # In the order of the routes: each student's first one that gains.
            better, at = np.unique(rows[gains], return_index=True)
            taken = gains[at]
            first_open[:] = len(self.paper.routes)
            first_open[better] = number[taken] + 1
            start = replaced(start, better, of_students(begin, taken))
            if watch is not None:
                watch(better, of_students(begin, taken))
            found = replaced(found, better, of_students(again, taken))
        return start, found

    def _from(self, rows: Places, begin: Start) -> Followed:
        """What follows for some students, some of them several times, from where each begins."""
        parts = []
        for chosen in map(at_least_two, blocks_of(self.paper, np.arange(rows.size))):
            work, here = self.of(rows[chosen]), of_students(begin, chosen)
            parts.append(work.kinder_past_blanks(here, work.followed(here)))
        return of_students(together(parts), slice(rows.size))

    def _tries(self, start: Start, found: Followed, first_open: Places) -> Iterator[tuple[int, Places, Start]]:
        """Places of routes by which more may follow, of which students, and what their later work starts from then."""
        is_lost = np.isfinite(self.writing.values) & ~found.follows & ~start.is_settled
        # What was written stops what comes from before it.
        has_gaps = np.isnan(self.writing.values).any(axis=1) | np.isnan(start.carried).any(axis=1)
        for place, route in enumerate(self.paper.routes):
            may_gain = is_lost[:, list(route.next)].any(axis=1) | (
                has_gaps & is_lost[:, list(route.behind)].any(axis=1)
            )
            students = np.flatnonzero(may_gain & (first_open <= place))
            if students.size:
                here = of_students(start, students)
                begins, is_swapped = self._instead(route, students, here, found.follows[students])
                for group in route.settled:
                    begins.is_settled[:, list(group)] = True
                kept = np.flatnonzero(is_swapped)
                if kept.size:
                    yield place, students[kept], of_students(begins, kept)

    def _instead(self, route: Route, students: Places, start: Start, follows: Flags) -> tuple[Start, Flags]:
        """What later work of some students may have started from by another route, and of whom that is something else.

        `start` and `follows` are theirs.
        """
        writing, first = self.writing, list(route.equal[0])
        carried, is_given, is_unsound = start.carried.copy(), start.is_given.copy(), start.is_unsound.copy()
        is_swapped = np.zeros(students.size, dtype=bool)
        if route.source is None:
            is_slip = ~follows[:, first] & ~writing.is_right[students][:, first] & ~is_given[:, first]
            is_slip &= np.isfinite(carried[:, first])
            carried[:, first] = np.where(is_slip, np.nan, carried[:, first])
            return replace(start, carried=carried, is_settled=start.is_settled.copy()), np.asarray(is_slip.any(axis=1))
        source = list(route.source)
        # A wild value that carries nothing forward does not do so by another route.
        other = np.where(start.is_given[:, source], np.nan, writing.values[students][:, source])
        for places in map(list, route.equal):
            is_same = np.abs(carried[:, places] - other) <= writing.half[students][:, places]
            is_other = np.isfinite(other) & ~is_same
            is_swapped |= is_other.any(axis=1)
            carried[:, places] = np.where(is_other, other, carried[:, places])
            is_right = writing.is_right[students][:, source]
            is_given[:, places] = np.where(is_other, is_right, is_given[:, places])
            is_unsound[:, places] = np.where(is_other, ~is_right, is_unsound[:, places])
        return Start(carried, is_given, start.is_settled.copy(), start.is_open, is_unsound), is_swapped

    def _in_the_head(self, name: str, writing: Writing, value: Array) -> Array:
        """Half units, (students, *shape), of what was not written down, where these are more than those of the asked
        digits; else 0: of who writes few digits, and of what only stands for an answer that was left out."""
        is_blank = np.isnan(writing.values)
        found = np.zeros_like(value)
        if not is_blank.any():
            return found
        if self.policy.precision == "as_written":
            found = writing.in_the_head(self.policy, value, is_blank)
        if name in self.paper.stood_for:
            found = np.maximum(found, np.where(is_blank, self.paper.question.digits.half_units(value), 0.0))
        return found

    def followed(self, start: Start) -> Followed:
        """Recompute every entry from the student's own answers, and see what it rests on."""
        carried, is_given = start.carried, start.is_given
        paper, graph, students = self.paper, self.paper.graph, len(carried)
        written = as_quantities(paper, carried, np.nan)
        stops = written | paper.printed(self.reference)
        base = evaluate(graph, self.givens, substitute=stops)
        bands = Bands(graph, base, stops, written)
        _, moved = half_units(paper, self.reference, base)
        if self.policy.truncation:
            # Whoever cuts off goes on with a number that is off by up to a whole unit.
            moved = {name: 2 * half for name, half in moved.items()}
        writing, given = self.writing.by_quantity(paper), as_quantities(paper, is_given)
        other_wrong = as_quantities(paper, start.is_unsound)
        digits = {field.quantity: field.digits for field in paper.fields}
        tolerance: dict[str, Array] = {}
        rests: dict[str, Flags] = {}
        follows: dict[str, Flags] = {}
        coarse: dict[str, Array] = {}
        has_open = bands.has_gaps or bool(np.isnan(self.writing.values).any())
        unsound: dict[str, Flags] = {}
        for quantity in graph.derived:
            name = quantity.name
            if name in paper.shown:
                bands.add(quantity, moved[name])
                continue
            not_sound = rests_on(graph, quantity, unsound, students)
            # What moves an entry, and what it rests on, comes before it in the graph and has been judged.
            if name in written:
                computed, band = base.computed[name], bands.added[name]
                if name in paper.stood_for:
                    # It may have been rounded on its own before it was written down for the other.
                    band = band + paper.question.digits.half_units(computed)
                rests[name] = not_sound.reshape(computed.shape)
                judged = writing[name].judged(digits[name], self.policy, computed, band, given[name])
                follows[name], tolerance[name], coarse[name] = judged.follows, judged.tolerance, judged.coarse
                is_open = np.isnan(written[name])
                if has_open:
                    # What is recomputed is not known to the written digits of an answer that nobody has gone on from.
                    coarse[name] = np.where(is_open, 0.0, coarse[name])
                    coarse[name] = np.maximum(coarse[name], self._in_the_head(name, writing[name], base.values[name]))
                moved[name] = np.maximum(moved[name], coarse[name])
                is_correct = writing[name].is_right | (follows[name] & ~rests[name])
                is_wrong: Flags = np.where(is_open, rests[name], ~is_correct)
                not_sound = np.reshape((is_wrong & ~given[name]) | other_wrong[name], (students, -1))
            if not_sound.any():
                unsound[name] = not_sound
            bands.add(quantity, moved[name])
        is_past = (np.isnan(carried) & np.isnan(self.writing.values)).any(axis=1, keepdims=True)
        past_blanks = np.repeat(is_past, carried.shape[1], axis=1)
        own, around, short = (by_field(paper, each) for each in (base.computed, tolerance, coarse))
        return Followed(own, around, by_field(paper, rests), by_field(paper, follows), past_blanks, short)
