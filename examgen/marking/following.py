"""Recomputes every entry from a student's own answers, so that what follows from a slip is not marked wrong.

Called by `entries`. What carries on is decided here, too: not a zero or a wild value to which the own work does not
lead.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values, evaluate
from examgen.core.resting import rests_on
from examgen.core.rounding import effects_of
from examgen.core.rules import Array
from examgen.exams.exam import PaperShape, Route
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, by_field, half_units
from examgen.marking.writing import Writing

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

    def of(self, students: Places) -> "Followed":
        """Some of the students."""
        return Followed(*(getattr(self, name)[students] for name in Followed.__slots__))

    def replaced(self, students: Places, other: "Followed") -> "Followed":
        """The same with other values for some of the students."""
        parts = [getattr(self, name).copy() for name in Followed.__slots__]
        for part, name in zip(parts, Followed.__slots__, strict=True):
            part[students] = getattr(other, name)
        return Followed(*parts)


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
        return Work(self.paper, givens, reference, self.writing.of(chosen), self.policy)

    def followed_past_blanks(self, is_ignored: Flags, carried: Array) -> Followed:
        """As `followed`, for students who did a step that they did not write down."""
        is_blank = np.isnan(self.writing.values)
        return self.followed(np.where(is_blank, np.nan, carried), is_ignored)

    def settled(self, wanted: Array, is_doubtful: Flags) -> tuple[Followed, Flags, Flags]:
        """Recompute every entry, where zeros and wild values to which the own work does not lead carry nothing forward.

        A correct 0 carries on, and one that follows from a slip does, such as the output of a unit that the slip has
        switched off. So does any 0 of a student from whose zeros more follows than from what is right.

        Args:
            wanted: (students, fields) the reference.
            is_doubtful: (students, fields) zeros and wild values that are not right.

        Returns: what follows, which entries are ignored, and what would follow if none were.
        """
        values = self.writing.values
        is_blank = np.isnan(values)
        first = found = self.followed(np.where(is_blank, wanted, values), is_blank)
        is_ignored = np.zeros_like(is_blank)
        doubtful = at_least_two(np.flatnonzero(is_doubtful.any(axis=1)))
        while doubtful.size:
            more = is_doubtful[doubtful] & ~found.follows[doubtful] & ~is_ignored[doubtful]
            is_ignored[doubtful] |= more
            # Without an ignored value, others to which it led may not be led to any more.
            doubtful = doubtful[at_least_two(np.flatnonzero(more.any(axis=1)))]
            if doubtful.size:
                is_given = (is_ignored | is_blank)[doubtful]
                again = self.of(doubtful).followed(np.where(is_given, wanted[doubtful], values[doubtful]), is_given)
                found = found.replaced(doubtful, again)
        is_wild = (is_ignored & (values != 0)).any(axis=1)
        went_on = np.flatnonzero((first.follows.sum(axis=1) > found.follows.sum(axis=1)) & ~is_wild)
        is_ignored[went_on] = False
        return found.replaced(went_on, first.of(went_on)), is_ignored, first.follows

    def by_other_routes(self, found: Followed, carried: Array, is_given: Flags) -> tuple[Followed, Array]:
        """Where quantities are always equal: what follows from the one from which a student has gone on.

        Args:
            found: what follows from the first of them.
            carried, is_given: as in `followed`.

        Returns: what follows, and what later work starts from.
        """
        for route in self.paper.routes:
            instead = self._instead(route, found, carried, is_given)
            is_other = (instead != carried) & ~(np.isnan(instead) & np.isnan(carried))
            if not (students := at_least_two(np.flatnonzero(is_other.any(axis=1)))).size:
                continue
            again = self.of(students).followed(instead[students], is_given[students])
            # The equal ones themselves are judged by what leads to them.
            equal = list(route.equal)
            again.follows[:, equal] = found.follows[students][:, equal]
            kept = again.follows.sum(axis=1) > found.follows[students].sum(axis=1)
            if kept.any():
                carried = carried.copy()
                carried[students[kept]] = instead[students[kept]]
                found = found.replaced(students[kept], again.of(np.flatnonzero(kept)))
        return found, carried

    def _instead(self, route: Route, found: Followed, carried: Array, is_given: Flags) -> Array:
        """What later work may have started from by another route; the same where that says nothing else."""
        first, values, half = list(route.first), self.writing.values, self.writing.half
        instead = carried.copy()
        if route.later is None:
            is_slip = ~found.follows[:, first] & ~self.writing.is_right[:, first] & ~is_given[:, first]
            instead[:, first] = np.where(is_slip, np.nan, carried[:, first])
            return instead
        other = values[:, list(route.later)]
        is_other = np.isfinite(other) & ~(np.abs(values[:, first] - other) <= half[:, first])
        instead[:, first] = np.where(is_other, other, carried[:, first])
        return instead

    def followed(self, carried: Array, is_given: Flags) -> Followed:
        """Recompute every entry from the student's own answers, and see what it rests on.

        Args:
            carried: (students, fields) what later work starts from; NaN where that is recomputed, too.
            is_given: (students, fields) where `carried` is the reference.
        """
        paper, graph, students = self.paper, self.paper.graph, len(carried)
        written = as_quantities(paper, carried)
        base = evaluate(graph, self.givens, substitute=written)
        _, moved = half_units(paper, self.reference, base)
        if self.policy.truncation:
            # Whoever cuts off goes on with a number that is off by up to a whole unit.
            moved = {name: 2 * half for name, half in moved.items()}
        writing, given = self.writing.by_quantity(paper), as_quantities(paper, is_given)
        digits = {field.quantity: field.digits for field in paper.fields}
        tolerance: dict[str, Array] = {}
        rests: dict[str, Flags] = {}
        follows: dict[str, Flags] = {}
        coarse: dict[str, Array] = {}
        bands = {name: np.zeros(()) for name in written}
        unsound: dict[str, Flags] = {}
        for quantity in graph.derived:
            name = quantity.name
            unsound[name] = rests_on(graph, quantity, unsound, students)
            # What moves an entry, and what it rests on, comes before it in the graph and has been judged.
            if name in written:
                computed, band = base.computed[name], bands[name]
                if name in paper.stood_for:
                    # It may have been rounded on its own before it was written down for the other.
                    band = band + paper.question.digits.half_units(computed)
                rests[name] = unsound[name].reshape(computed.shape)
                judged = writing[name].judged(digits[name], self.policy, computed, band, given[name])
                follows[name], tolerance[name], coarse[name] = judged.follows, judged.tolerance, judged.coarse
                moved[name] = np.maximum(moved[name], coarse[name])
                is_correct = writing[name].is_right | (follows[name] & ~rests[name])
                is_wrong: Flags = np.where(np.isnan(written[name]), rests[name], ~is_correct)
                unsound[name] = np.reshape(is_wrong & ~given[name], (students, -1))
            if moved[name].any():
                for target, effect in effects_of(graph, base, quantity, moved[name], written).items():
                    if target in bands:
                        bands[target] = bands[target] + effect.sum(axis=1)
        has_open = (np.isnan(carried) & np.isnan(self.writing.values)).any(axis=1, keepdims=True)
        past_blanks = np.repeat(has_open, carried.shape[1], axis=1)
        return Followed(
            by_field(paper, base.computed),
            by_field(paper, tolerance),
            by_field(paper, rests),
            by_field(paper, follows),
            past_blanks,
            by_field(paper, coarse),
        )


def kinder(found: Followed, past_blanks: Followed, students: Places) -> Followed:
    """Of the two ways to see what a student did who left something blank, the better one for each entry."""
    old = found.of(students)
    is_better = past_blanks.follows & (~old.follows | (old.rests & ~past_blanks.rests))
    pairs = ((getattr(past_blanks, name), getattr(old, name)) for name in Followed.__slots__)
    return found.replaced(students, Followed(*(np.where(is_better, *pair) for pair in pairs)))


def at_least_two(students: Places) -> Places:
    """The places of students, that of a single one twice.

    NumPy adds up the numbers of one student in another order than those of several, and not even the last digit of a
    mark's explanation may depend on who else is marked.
    """
    return np.repeat(students, 2) if students.size == 1 else students
