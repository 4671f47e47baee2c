"""Marks the entries of one paper shape, all students at once.

An entry is compared with the reference, and with the value recomputed from the student's own answers within the band
that honest rounding on the way can need. See the rules of marking in the README.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values, evaluate, students_last
from examgen.core.resting import rests_on
from examgen.core.rounding import effects_of, half_unit
from examgen.core.rules import Array
from examgen.exams.digits import Digits
from examgen.exams.exam import PaperShape
from examgen.exams.keys import solve
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, by_field, half_units
from examgen.marking.carrying import carries_forward
from examgen.marking.outcomes import OUTCOMES

BLOCK = 1024
"""Students who are marked at once."""

CELLS = 2**23
"""Effects of one quantity's entries on all others that are held at once; wide networks take smaller blocks."""

FEW_ZEROS = 0.1
"""Up to this share of a paper's entries, wrong zeros that follow from slips are no way to make the paper easy."""

ZEROS_OF_A_SLIP = 0.3
"""The same where a single answer is wrong of itself: one slip may switch much off, two that do are no accident."""

DEFAULT_POLICY = Policy()

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


@dataclass(frozen=True, slots=True)
class Marked:
    """What each entry came out as; all (students, fields).

    Attributes:
        outcome: codes of `OUTCOMES`.
        reference: the right value.
        own: the value recomputed from the student's own answers.
        tolerance: half a unit of the last asked digit and the band of honest rounding on the way.
        missing_digits: how many digits too few were written in a value that is right to the digits it has; else 0.
        rests_on_wrong: whether an answer that it rests on is not correct, while it follows from it.
        carried: the value that later work is recomputed from: the student's, or the reference.
        past_blanks: whether `own` sees blank entries as steps that were done and not written down, and recomputes them
            too, rather than starting from their reference.
    """

    outcome: NDArray[np.int8]
    reference: Array
    own: Array
    tolerance: Array
    missing_digits: NDArray[np.int64]
    rests_on_wrong: Flags
    follows_ignored: Flags
    carried: Array
    past_blanks: Flags


@dataclass(frozen=True, slots=True)
class _Followed:
    """Entries recomputed from a student's own answers; all (students, fields).

    Attributes:
        own: the recomputed value.
        tolerance: around it.
        rests: whether it rests on an answer that is not correct.
        follows: whether the submitted value is within the tolerance.
        past_blanks: as in `Marked`.
    """

    own: Array
    tolerance: Array
    rests: Flags
    follows: Flags
    past_blanks: Flags

    def of(self, students: Places) -> "_Followed":
        """Some of the students."""
        return _Followed(*(getattr(self, name)[students] for name in _Followed.__slots__))

    def replaced(self, students: Places, other: "_Followed") -> "_Followed":
        """The same with other values for some of the students."""
        parts = [getattr(self, name).copy() for name in _Followed.__slots__]
        for part, name in zip(parts, _Followed.__slots__, strict=True):
            part[students] = getattr(other, name)
        return _Followed(*parts)


def mark(paper: PaperShape, givens: Values, submitted: Submitted, policy: Policy = DEFAULT_POLICY) -> Marked:
    """Mark every entry.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        policy: of the exam.
    """
    students = submitted.values.shape[0]
    blocks = []
    # A student's wild number may overflow on the way: it becomes inf or nan, and is no reason for a warning.
    with np.errstate(all="ignore"):
        for start in range(0, students, block_size(paper)):
            part = _at_least_two(np.arange(start, min(start + block_size(paper), students)))
            block_givens = {name: students_last(values[part]) for name, values in givens.items()}
            written = Submitted(*(students_last(getattr(submitted, name)[part]) for name in Submitted.__slots__))
            blocks.append(_mark_block(paper, block_givens, written, policy))
    together = (np.concatenate([getattr(block, name) for block in blocks]) for name in Marked.__slots__)
    return Marked(*(values[:students] for values in together))


def block_size(paper: PaperShape) -> int:
    """How many students are worked on at once."""
    entries = [quantity.size for quantity in paper.graph.derived]
    return min(BLOCK, max(1, CELLS // (max(entries) * sum(entries))))


def _at_least_two(students: Places) -> Places:
    """The places of students, that of a single one twice.

    NumPy adds up the numbers of one student in another order than those of several, and not even the last digit of a
    mark's explanation may depend on who else is marked.
    """
    return np.repeat(students, 2) if students.size == 1 else students


def rows_of(submitted: Submitted, part: slice | Places) -> Submitted:
    """Some of the students."""
    return Submitted(*(getattr(submitted, name)[part] for name in Submitted.__slots__))


def _mark_block(paper: PaperShape, givens: Values, submitted: Submitted, policy: Policy) -> Marked:
    # Each student's numbers together, as in the key: not even the last digit is another than there.
    together = {name: np.ascontiguousarray(values) for name, values in givens.items()}
    reference = {name: students_last(values) for name, values in solve(paper, together).values.items()}
    wanted = by_field(paper, reference)
    decimals, half = (
        np.stack([function(field.digits, of_field) for field, of_field in zip(paper.fields, wanted.T, strict=True)]).T
        for function in (Digits.decimals_for, Digits.half_units)
    )
    values = submitted.values
    is_right = np.abs(values - wanted) <= half
    is_blank = np.isnan(values)
    work = _Work(paper, givens, reference, submitted, is_right, half)
    is_doubtful = ~carries_forward(policy, values, wanted, is_right) & ~is_blank
    found, is_ignored, follows_all = work.settled(wanted, is_doubtful)
    carried = _or(values, wanted, is_ignored | is_blank)
    if (blank := _at_least_two(np.flatnonzero(is_blank.any(axis=1)))).size:
        found = _kinder(found, work.of(blank).followed_past_blanks(is_ignored[blank], carried[blank]), blank)
    is_followed = policy.follow_through == "full"
    follows = found.follows if is_followed else found.follows & ~found.rests
    is_correct = is_right | (found.follows & ~found.rests)
    sound = found.own if is_followed else np.where(found.rests, np.nan, found.own)
    missing = _missing_digits(paper, submitted, decimals, wanted, sound, found.tolerance - half)
    missing = np.where(is_correct | follows, 0, missing)
    outcome = np.select(
        [submitted.is_unreadable, is_blank, is_correct, follows, missing == 1],
        [OUTCOMES[name].code for name in ("unreadable", "blank", "correct", "follow_through", "imprecise")],
        OUTCOMES["wrong"].code,
    ).astype(np.int8)
    rests_on_wrong = found.follows & found.rests & ~is_right
    parts = (found.own, found.tolerance, missing, rests_on_wrong, follows_all & ~found.follows & ~is_right)
    return Marked(outcome, wanted, *parts, carried, found.past_blanks)


def _is_beside_others(paper: PaperShape, is_live: Flags) -> Flags:
    """Whether any entry of the same quantity, and of the same sample, is live; (students, fields)."""
    groups: dict[tuple[str, int | None], list[int]] = {}
    for place, field in enumerate(paper.fields):
        groups.setdefault((field.quantity, field.sample), []).append(place)
    found = np.zeros_like(is_live)
    for places in groups.values():
        found[:, places] = is_live[:, places].any(axis=1, keepdims=True)
    return found


def _or(values: Array, others: Array, is_other: Flags) -> Array:
    return np.where(is_other, others, values)


def _kinder(found: _Followed, past_blanks: _Followed, students: Places) -> _Followed:
    """Of the two ways to see what a student did who left something blank, the better one for each entry."""
    old = found.of(students)
    is_better = past_blanks.follows & (~old.follows | (old.rests & ~past_blanks.rests))
    pairs = ((getattr(past_blanks, name), getattr(old, name)) for name in _Followed.__slots__)
    return found.replaced(students, _Followed(*(np.where(is_better, *pair) for pair in pairs)))


@dataclass(frozen=True, slots=True)
class _Work:
    """The work of some students on one paper shape.

    Attributes:
        paper, givens, submitted: as in `mark`.
        reference: (students, *shape) by quantity.
        is_right: (students, fields) whether an answer is the reference to the asked digits.
        half: (students, fields) half a unit of the last asked digit.
    """

    paper: PaperShape
    givens: Values
    reference: Values
    submitted: Submitted
    is_right: Flags
    half: Array

    def of(self, chosen: Places) -> "_Work":
        """The work of some of them."""
        return _Work(
            self.paper,
            {name: values[chosen] for name, values in self.givens.items()},
            {name: values[chosen] for name, values in self.reference.items()},
            rows_of(self.submitted, chosen),
            self.is_right[chosen],
            self.half[chosen],
        )

    def followed_past_blanks(self, is_ignored: Flags, carried: Array) -> _Followed:
        """As `followed`, for students who did a step that they did not write down."""
        is_blank = np.isnan(self.submitted.values)
        return self.followed(np.where(is_blank, np.nan, carried), is_ignored)

    def settled(self, wanted: Array, is_doubtful: Flags) -> tuple[_Followed, Flags, Flags]:
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
        found = self.followed(_or(values, wanted, is_blank), is_blank)
        follows_all, is_ignored = found.follows, np.zeros_like(is_blank)
        doubtful = _at_least_two(np.flatnonzero(is_doubtful.any(axis=1)))
        is_slip = (~is_blank & ~self.is_right & ~found.follows)[doubtful]
        may_follow = _may_follow(self.paper, values[doubtful], is_doubtful[doubtful], is_slip)
        while doubtful.size:
            is_led_to = found.follows[doubtful] & (~found.rests[doubtful] | may_follow)
            more = is_doubtful[doubtful] & ~is_led_to & ~is_ignored[doubtful]
            is_ignored[doubtful] |= more
            # Without an ignored value, others to which it led may not be led to any more.
            kept = _at_least_two(np.flatnonzero(more.any(axis=1)))
            doubtful, may_follow = doubtful[kept], may_follow[kept]
            if doubtful.size:
                is_given = (is_ignored | is_blank)[doubtful]
                again = self.of(doubtful).followed(_or(values[doubtful], wanted[doubtful], is_given), is_given)
                found = found.replaced(doubtful, again)
        return found, is_ignored, follows_all

    def followed(self, carried: Array, is_given: Flags) -> _Followed:
        """Recompute every entry from the student's own answers, and see what it rests on.

        Args:
            carried: (students, fields) what later work starts from; NaN where that is recomputed, too.
            is_given: (students, fields) where `carried` is the reference.
        """
        paper, graph, students = self.paper, self.paper.graph, len(carried)
        written = as_quantities(paper, carried)
        base = evaluate(graph, self.givens, substitute=written)
        _, moved = half_units(paper, self.reference, base)
        values, half, is_right, given = (
            as_quantities(paper, one) for one in (self.submitted.values, self.half, self.is_right, is_given)
        )
        digits = {field.quantity: field.digits for field in paper.fields}
        tolerance: dict[str, Array] = {}
        rests: dict[str, Flags] = {}
        follows: dict[str, Flags] = {}
        bands = {name: np.zeros(()) for name in written}
        unsound: dict[str, Flags] = {}
        for quantity in graph.derived:
            name = quantity.name
            unsound[name] = rests_on(graph, quantity, unsound, students)
            # What moves an entry, and what it rests on, comes before it in the graph and has been judged.
            if name in written:
                computed, band = base.computed[name], bands[name]
                rests[name] = unsound[name].reshape(computed.shape)
                # Rounding on the way may lift a value to the next power of ten, where significant figures are coarser.
                tolerance[name] = np.maximum(half[name], digits[name].half_units(np.abs(computed) + band)) + band
                follows[name] = np.abs(values[name] - computed) <= tolerance[name]
                is_correct = is_right[name] | (follows[name] & ~rests[name])
                is_wrong: Flags = np.where(np.isnan(written[name]), rests[name], ~is_correct)
                unsound[name] = np.reshape(is_wrong & ~given[name], (students, -1))
            if moved[name].any():
                for target, effect in effects_of(graph, base, quantity, moved[name], written).items():
                    if target in bands:
                        bands[target] = bands[target] + effect.sum(axis=1)
        has_open = np.isnan(carried).any(axis=1, keepdims=True)
        past_blanks = np.repeat(has_open, carried.shape[1], axis=1)
        own, tolerances = by_field(paper, base.computed), by_field(paper, tolerance)
        return _Followed(own, tolerances, by_field(paper, rests), by_field(paper, follows), past_blanks)


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


def _missing_digits(
    paper: PaperShape, submitted: Submitted, decimals: Array, reference: Array, own: Array, band: Array
) -> NDArray[np.int64]:
    """How many digits fewer than asked were written in a value that is right to the digits it has; 0 for others."""
    by_decimals = np.array([field.digits.unit == "decimals" for field in paper.fields])
    asked = np.array([field.digits.count for field in paper.fields])
    fewer = np.where(by_decimals, asked - submitted.decimals, asked - submitted.digits)
    found = np.zeros(fewer.shape, dtype=np.int64)
    short = np.nonzero((fewer > 0) & (submitted.values != 0))
    half, values = half_unit(decimals[short] - fewer[short]), submitted.values[short]
    is_near = (np.abs(values - reference[short]) <= half) | (np.abs(values - own[short]) <= half + band[short])
    found[short] = np.where(is_near, fewer[short], 0)
    return found
