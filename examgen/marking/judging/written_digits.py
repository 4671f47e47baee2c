"""How answers are written: to how many digits, and what a number that was written so can stand for.

Called by `entries` for the answers of a paper shape, and by `own_work` quantity by quantity. A number with fewer
digits than asked is known to half a unit of its last written digit only, and so is all that is worked out from it.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from examgen.core.rounding import half_unit
from examgen.core.rules.rule import Array
from examgen.exams.digits import Digits
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.tolerance import as_quantities, reaches
from examgen.marking.reading.answers import FRACTION, READABLE, REASON_CODES, Numbers

NO_DIGITS = 99
"""Written decimals of a fraction, which is exact."""

OFTEN = 0.25
"""Share of a student's answers with fewer digits than asked beyond which these are no zeros left out by chance,"""

LEAST_SHORT = 3
"""and so many of them at least."""

WHOLE = 1e-9
"""A number this near to a whole one is one."""

Flags = NDArray[np.bool_]


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
class Judged:
    """Answers for one quantity beside what follows for it; all (students, *shape).

    Attributes:
        follows: whether an answer is within the tolerance.
        tolerance: around what follows.
        coarse: half a unit of the last written digit where later work starts from an answer of fewer digits than asked,
            else 0.
    """

    follows: Flags
    tolerance: Array
    coarse: Array


@dataclass(frozen=True, slots=True)
class Writing:
    """Answers as they are written, beside the reference; (students, fields), or (students, *shape) of one quantity.

    Attributes:
        values: NaN where nothing can be read.
        half: half a unit of the last asked digit.
        written_half: half a unit of the last written digit where fewer are written than asked, else 0.
        fraction_half: the same where a fraction is written and a whole number is asked, else 0: nobody rounds there, so
            it is no rounding of anything.
        is_exact: whether an answer is the reference to the asked digits.
        is_right: whether it is, to as many digits as are needed.
        is_enough: whether an answer of fewer digits has enough of them to be taken as written.
        writes_short: whether a student has the habit of writing fewer digits than asked; who has not has left out
            zeros at the end.
        fewer: how many digits fewer than asked are written; 0 where there are enough, and of a bare 0.
        figures: how many significant figures a student who often writes fewer digits than asked writes at least; 0 for
            others.
    """

    values: Array
    half: Array
    written_half: Array
    fraction_half: Array
    is_exact: Flags
    is_right: Flags
    is_enough: Flags
    writes_short: Flags
    fewer: NDArray[np.int64]
    figures: NDArray[np.int64]

    @staticmethod
    def of_answers(paper: PaperShape, submitted: Submitted, wanted: Array, policy: Policy) -> "Writing":
        """Look at answers beside the reference, (students, fields)."""
        values, pairs = submitted.values, list(zip(paper.fields, wanted.T, strict=True))
        decimals = np.stack([field.digits.decimals_for(of_field) for field, of_field in pairs]).T
        half = np.stack([field.digits.half_units(of_field) for field, of_field in pairs]).T
        fewer = _fewer_digits(paper, submitted, wanted)
        written_half = np.where(fewer > 0, half_unit(decimals - fewer), 0.0)
        fraction_half = _fraction_half(paper, submitted, wanted)
        is_enough = (fewer > 0) & (submitted.digits >= policy.least_digits)
        exact_half = np.where(fraction_half > 0, fraction_half, half)
        is_exact = is_right = reaches(values, wanted, exact_half, truncation=policy.truncation)
        if policy.precision == "as_written" and is_enough.any():
            is_right = is_exact | (is_enough & reaches(values, wanted, written_half, truncation=policy.truncation))
        writes_short = np.repeat(_writes_short(submitted, fewer > 0), values.shape[1], axis=1)
        figures = np.where(is_enough, submitted.digits, NO_DIGITS).min(axis=1, keepdims=True)
        figures = np.where(writes_short & (figures < NO_DIGITS), figures, 0)
        parts = (half, written_half, fraction_half, is_exact, is_right, is_enough, writes_short, fewer, figures)
        return Writing(values, *parts)

    def by_quantity(self, paper: PaperShape) -> dict[str, "Writing"]:
        """The same for each asked quantity; what is 0 throughout without axes, as nearly nobody writes fewer digits."""
        parts = []
        for name, column in ((part.name, getattr(self, part.name)) for part in fields(Writing)):
            nothing, unasked = np.zeros((), column.dtype), np.nan if name == "values" else 0
            of_each = as_quantities(paper, column, unasked) if column.any() else None
            parts.append(of_each or dict.fromkeys(paper.entry_places, nothing))
        return {name: Writing(*(part[name] for part in parts)) for name in paper.entry_places}

    def in_the_head(self, policy: Policy, computed: Array, is_open: Flags) -> Array:
        """Half units, (students, *shape), of what was not written down by students who write few digits; else 0."""
        is_short = is_open & (self.figures > 0) & np.isfinite(computed) & (computed != 0)
        leading = np.floor(np.log10(np.where(is_short, np.abs(computed), 1.0)))
        half = half_unit(self.figures - 1 - leading) * (2 if policy.truncation else 1)
        return np.where(is_short, half, 0.0)

    def judged(self, digits: Digits, policy: Policy, computed: Array, band: Array, is_given: Flags) -> Judged:
        """See which answers for one quantity follow.

        Args:
            digits: as asked.
            policy: of the exam.
            computed: (students, *shape) from the students' own answers.
            band: (students, *shape) around it.
            is_given: (students, *shape) where later work does not start from the answer.
        """
        cut = policy.truncation
        # Rounding on the way may lift a value to the next power of ten, where significant figures are coarser.
        half = digits.coarser_half_units(self.half, np.abs(computed) + band)
        follows = reaches(self.values, computed, half, band, truncation=cut)
        if (is_fraction := self.fraction_half > 0).any():
            follows &= ~is_fraction | reaches(self.values, computed, self.fraction_half, truncation=cut)
        written, tolerance = self.written_half, half + band
        if not written.any():
            return Judged(follows, tolerance, np.zeros_like(computed))
        # A right number with fewer digits lost nothing but zeros at its end, unless the student often writes so.
        has_lost_zeros = self.is_exact | reaches(self.values, computed, self.half, truncation=cut)
        is_short = (written > 0) & (self.writes_short | ~has_lost_zeros)
        is_near = is_short & reaches(self.values, computed, written, band, truncation=cut)
        if policy.precision == "as_written":
            is_taken = is_near & ~follows & self.is_enough
            follows, tolerance = follows | is_taken, np.where(is_taken, written + band, tolerance)
        is_seen = is_near | follows | self.is_right | self.writes_short
        carries = is_short & self.is_enough & ~is_given & is_seen
        return Judged(follows, tolerance, np.where(carries, written * (2 if cut else 1), 0.0))


def _writes_short(submitted: Submitted, is_short: Flags) -> Flags:
    """(students, 1) whether fewer digits than asked are a student's habit: there are many, or nowhere more figures."""
    short, there = (flags.sum(axis=1, keepdims=True) for flags in (is_short, np.isfinite(submitted.values)))
    is_rounded = np.isfinite(submitted.values) & (submitted.values != 0) & (submitted.digits < NO_DIGITS)
    figures = np.where(is_rounded, submitted.digits, 0)
    most, most_short = (np.where(of, figures, 0).max(axis=1, keepdims=True) for of in (is_rounded, is_short))
    is_often = (short >= LEAST_SHORT) & (short > OFTEN * there)
    return np.asarray(is_often | ((short > 0) & (most <= most_short)))


def _fewer_digits(paper: PaperShape, submitted: Submitted, wanted: Array) -> NDArray[np.int64]:
    """(students, fields) how many digits fewer than asked are written.

    Who leaves zeros out behind a number that is exactly so has not rounded it, unless all are written so: then it may
    have come out so when it was rounded.
    """
    values = submitted.values
    by_decimals = np.array([field.digits.unit == "decimals" for field in paper.fields])
    asked = np.array([field.digits.count for field in paper.fields])
    missing = np.where(by_decimals, asked - submitted.decimals, asked - submitted.digits)
    fewer = np.where(np.isfinite(values) & (values != 0), np.maximum(missing, 0), 0)
    is_same = (fewer > 0) & (np.abs(values - wanted) <= WHOLE * np.maximum(1, np.abs(wanted)))
    if not is_same.any():
        return fewer
    has_habit = _writes_short(submitted, (fewer > 0) & (~is_same | _ends_in_zero(submitted, is_same)))
    return np.where(is_same & ~has_habit, 0, fewer)


def _ends_in_zero(submitted: Submitted, chosen: Flags) -> Flags:
    """(students, fields) which of the chosen numbers are written with a 0 behind the point that they do not need."""
    found = np.zeros_like(chosen)
    decimals = submitted.decimals[chosen]
    units = submitted.values[chosen] * 10.0 ** (decimals - 1)
    found[chosen] = (decimals > 0) & (np.abs(units - np.round(units)) <= WHOLE * np.maximum(1, np.abs(units)))
    return found


def _fraction_half(paper: PaperShape, submitted: Submitted, wanted: Array) -> Array:
    """(students, fields) half a unit of the last digit of fractions where a whole number is asked; else 0."""
    found = np.zeros_like(wanted)
    is_whole = np.array([field.digits == Digits(decimals=0) for field in paper.fields])
    if not (paper.shape.is_rational and is_whole.any()):
        return found
    values = submitted.values
    is_asked = is_whole & (np.abs(wanted - np.round(wanted)) <= WHOLE)
    is_fraction = is_asked & np.isfinite(values) & (np.abs(values - np.round(values)) > WHOLE)
    found[is_fraction] = np.maximum(half_unit(submitted.decimals[is_fraction]), WHOLE)
    return found


def submitted_of(parsed: Numbers, rows: NDArray[np.int64]) -> Submitted:
    """What students wrote into the fields of a paper shape.

    Args:
        parsed: the numbers of all answers.
        rows: (students, fields) their rows; -1 where nothing was handed in, which is blank.
    """
    has_row = rows >= 0
    decimals, digits = (
        np.where(has_row & (counts[rows] != FRACTION), counts[rows], NO_DIGITS).astype(np.int64)
        for counts in (parsed.decimals, parsed.digits)
    )
    reason = parsed.reason[rows]
    is_unreadable = has_row & (reason != READABLE) & (reason != REASON_CODES["blank"])
    return Submitted(np.where(has_row, parsed.values[rows], np.nan), decimals, digits, is_unreadable)
