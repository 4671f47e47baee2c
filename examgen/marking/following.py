"""Recomputes every entry from a student's own answers, so that what follows from a slip is not marked wrong.

Called by `entries`. What carries on is decided here, too: not a zero or a wild value to which the own work does not
lead, and not a layer of zeros that makes all behind it easy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values, evaluate
from examgen.core.resting import rests_on
from examgen.core.rounding import effects_of
from examgen.core.rules import Array
from examgen.exams.digits import Digits
from examgen.exams.exam import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, by_field, half_units, reaches

FEW_ZEROS = 0.1
"""Up to this share of a paper's entries, wrong zeros that follow from slips are no way to make the paper easy."""

ZEROS_OF_A_SLIP = 0.3
"""The same where a single answer is wrong of itself: one slip may switch much off, two that do are no accident."""

NO_DIGITS = 99
"""Written decimals of a fraction, which is exact."""

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What students wrote into the fields of one paper shape, in the order of its fields.

    Attributes:
        values: (students, fields), NaN where blank or unreadable.
        decimals: (students, fields), place of the last written digit; `NO_DIGITS` for a fraction.
        digits: (students, fields), written significant digits; `NO_DIGITS` for a fraction.
        is_unreadable: (students, fields).
    """

    values: Array
    decimals: NDArray[np.int64]
    digits: NDArray[np.int64]
    is_unreadable: Flags

    def of(self, students: Places) -> "Submitted":
        """Some of the students."""
        return Submitted(*(getattr(self, name)[students] for name in Submitted.__slots__))


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

    def without(self, fields: Sequence[int]) -> "Followed":
        """The same where some fields are taken not to follow."""
        follows = self.follows.copy()
        follows[:, fields] = False
        return replace(self, follows=follows)

    def replaced(self, students: Places, other: "Followed") -> "Followed":
        """The same with other values for some of the students."""
        parts = [getattr(self, name).copy() for name in Followed.__slots__]
        for part, name in zip(parts, Followed.__slots__, strict=True):
            part[students] = getattr(other, name)
        return Followed(*parts)


_PER_STUDENT = ("is_right", "is_exact", "half", "written_half", "is_enough", "writes_short")


@dataclass(frozen=True, slots=True)
class Work:
    """The work of some students on one paper shape.

    Attributes:
        paper, givens, submitted: as in `mark`.
        reference: (students, *shape) by quantity.
        policy: of the exam.
        is_right: (students, fields) whether an answer is the reference, to as many digits as are needed.
        is_exact: (students, fields) whether it is the reference to the asked digits.
        half: (students, fields) half a unit of the last asked digit.
        written_half: (students, fields) half a unit of the last written digit where fewer are written than asked, 0
            elsewhere.
        is_enough: (students, fields) whether such an answer has enough digits to be taken as written.
        writes_short: (students, 1) whether a student often writes fewer digits than asked; who does so seldom has left
            out zeros at the end.
    """

    paper: PaperShape
    givens: Values
    reference: Values
    submitted: Submitted
    policy: Policy
    is_right: Flags
    is_exact: Flags
    half: Array
    written_half: Array
    is_enough: Flags
    writes_short: Flags

    def of(self, chosen: Places) -> "Work":
        """The work of some of them."""
        return Work(
            self.paper,
            {name: values[chosen] for name, values in self.givens.items()},
            {name: values[chosen] for name, values in self.reference.items()},
            self.submitted.of(chosen),
            self.policy,
            *(getattr(self, name)[chosen] for name in _PER_STUDENT),
        )

    def followed_past_blanks(self, is_ignored: Flags, carried: Array) -> Followed:
        """As `followed`, for students who did a step that they did not write down."""
        is_blank = np.isnan(self.submitted.values)
        return self.followed(np.where(is_blank, np.nan, carried), is_ignored)

    def settled(self, wanted: Array, is_doubtful: Flags) -> tuple[Followed, Flags, Flags]:
        """Recompute every entry, where zeros and wild values to which the own work does not lead carry nothing forward.

        A correct 0 carries on, and one that follows from a slip does, such as the output of a unit that the slip has
        switched off. But a whole layer of zeros makes everything behind it easy: where zeros are many, it carries
        nothing.

        Args:
            wanted: (students, fields) the reference.
            is_doubtful: (students, fields) zeros and wild values that are not right.

        Returns: what follows, which entries are ignored, and what would follow if none were.
        """
        values = self.submitted.values
        is_blank = np.isnan(values)
        found = self.followed(np.where(is_blank, wanted, values), is_blank)
        follows_all, is_ignored = found.follows, np.zeros_like(is_blank)
        doubtful = at_least_two(np.flatnonzero(is_doubtful.any(axis=1)))
        is_slip = (~is_blank & ~self.is_right & ~found.follows)[doubtful]
        may_follow = _may_follow(self.paper, values[doubtful], is_doubtful[doubtful], is_slip)
        while doubtful.size:
            is_led_to = found.follows[doubtful] & (~found.rests[doubtful] | may_follow)
            more = is_doubtful[doubtful] & ~is_led_to & ~is_ignored[doubtful]
            is_ignored[doubtful] |= more
            # Without an ignored value, others to which it led may not be led to any more.
            kept = at_least_two(np.flatnonzero(more.any(axis=1)))
            doubtful, may_follow = doubtful[kept], may_follow[kept]
            if doubtful.size:
                is_given = (is_ignored | is_blank)[doubtful]
                again = self.of(doubtful).followed(np.where(is_given, wanted[doubtful], values[doubtful]), is_given)
                found = found.replaced(doubtful, again)
        return found, is_ignored, follows_all

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
        judge = _Judge.of(self)
        given = as_quantities(paper, is_given)
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
                follows[name], tolerance[name], coarse[name] = judge.judged(name, computed, band, given[name])
                moved[name] = np.maximum(moved[name], coarse[name])
                is_correct = judge.is_right[name] | (follows[name] & ~rests[name])
                is_wrong: Flags = np.where(np.isnan(written[name]), rests[name], ~is_correct)
                unsound[name] = np.reshape(is_wrong & ~given[name], (students, -1))
            if moved[name].any():
                for target, effect in effects_of(graph, base, quantity, moved[name], written).items():
                    if target in bands:
                        bands[target] = bands[target] + effect.sum(axis=1)
        has_open = np.isnan(carried).any(axis=1, keepdims=True)
        past_blanks = np.repeat(has_open, carried.shape[1], axis=1)
        return Followed(
            by_field(paper, base.computed),
            by_field(paper, tolerance),
            by_field(paper, rests),
            by_field(paper, follows),
            past_blanks,
            by_field(paper, coarse),
        )


@dataclass(frozen=True, slots=True)
class _Judge:
    """The answers of some students by quantity, to be judged one quantity after another; all (students, *shape).

    Attributes:
        values, half, written_half: as in `Work`.
        is_right, is_exact, is_enough, writes_short: as in `Work`.
        digits: as asked.
        truncation, as_written: of the policy.
    """

    values: Values
    half: Values
    written_half: Values
    is_right: Mapping[str, Flags]
    is_exact: Mapping[str, Flags]
    is_enough: Mapping[str, Flags]
    writes_short: Mapping[str, Flags]
    digits: Mapping[str, Digits]
    truncation: bool
    as_written: bool

    @staticmethod
    def of(work: Work) -> "_Judge":
        paper = work.paper
        return _Judge(
            values=as_quantities(paper, work.submitted.values),
            half=as_quantities(paper, work.half),
            written_half=as_quantities(paper, work.written_half),
            is_right=as_quantities(paper, work.is_right),
            is_exact=as_quantities(paper, work.is_exact),
            is_enough=as_quantities(paper, work.is_enough),
            writes_short=as_quantities(paper, np.repeat(work.writes_short, len(paper.fields), axis=1)),
            digits={field.quantity: field.digits for field in paper.fields},
            truncation=work.policy.truncation,
            as_written=work.policy.precision == "as_written",
        )

    def judged(self, name: str, computed: Array, band: Array, is_given: Flags) -> tuple[Flags, Array, Array]:
        """Whether the answers follow, the tolerance, and with which half unit answers of fewer digits carry on.

        Args:
            name: of the quantity.
            computed: (students, *shape) from the students' own answers.
            band: around it.
            is_given: (students, *shape) where later work does not start from the answer.
        """
        values = self.values[name]
        # Rounding on the way may lift a value to the next power of ten, where significant figures are coarser.
        half = np.maximum(self.half[name], self.digits[name].half_units(np.abs(computed) + band))
        follows = reaches(values, computed, half, band, truncation=self.truncation)
        written, tolerance = self.written_half[name], half + band
        if not written.any():
            return follows, tolerance, written
        # A right number with fewer digits lost nothing but zeros at its end, unless the student often writes so.
        is_short = (written > 0) & (self.writes_short[name] | ~(follows | self.is_exact[name]))
        is_near = is_short & reaches(values, computed, written, band, truncation=self.truncation)
        if self.as_written:
            is_taken = is_near & ~follows & self.is_enough[name]
            follows, tolerance = follows | is_taken, np.where(is_taken, written + band, tolerance)
        is_seen = is_near | follows | self.is_right[name] | self.writes_short[name]
        carries = is_short & self.is_enough[name] & ~is_given & is_seen
        return follows, tolerance, np.where(carries, written * (2 if self.truncation else 1), 0.0)


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


def _may_follow(paper: PaperShape, values: Array, is_doubtful: Flags, is_slip: Flags) -> Flags:
    """Whether a zero to which wrong work leads carries on: not where zeros make too much behind them easy.

    Args:
        paper: the question in its shape.
        values: (students, fields) what was written.
        is_doubtful: (students, fields) zeros and wild values that are not right.
        is_slip: (students, fields) answers that are wrong of themselves.
    """
    share = np.where(is_slip.sum(axis=1, keepdims=True) > 1, FEW_ZEROS, ZEROS_OF_A_SLIP)
    are_few: Flags = (is_doubtful & (values == 0)).sum(axis=1, keepdims=True) <= share * values.shape[1]
    is_live: Flags = values != 0
    return is_live | are_few | _is_beside_others(paper, is_live & ~np.isnan(values))


def _is_beside_others(paper: PaperShape, is_live: Flags) -> Flags:
    """Whether any entry of the same quantity, and of the same sample, is live; (students, fields)."""
    groups: dict[tuple[str, int | None], list[int]] = {}
    for place, field in enumerate(paper.fields):
        groups.setdefault((field.quantity, field.sample), []).append(place)
    found = np.zeros_like(is_live)
    for places in groups.values():
        found[:, places] = is_live[:, places].any(axis=1, keepdims=True)
    return found
