"""The marking policy of an exam: what each outcome is worth, what carries credit forward, totals and grades.

Read from `[policy]` of a bank or exam file (`bank_files`) and from key/exam.json (`key_folder`); marking works by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType
from typing import Literal

from examgen.core.exact import exactly

DEFAULT_SHARES: Mapping[str, Decimal] = MappingProxyType(
    {
        "correct": Decimal(1),
        "follow_through": Decimal(1),
        "imprecise": Decimal("0.5"),
        "wrong": Decimal(0),
        "misconception": Decimal(0),
    }
)
"""Shares of an entry's marks by outcome; `misconception` is for a wrong entry that a misconception explains."""

Precision = Literal["strict", "lenient", "as_written"]
Direction = Literal["nearest", "up", "down"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Totals are rounded to multiples of a step; `nearest` rounds a tie up."""

    step: Decimal
    direction: Direction = "nearest"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the percentage from which it is given."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """How an exam is marked.

    Attributes:
        shares: of an entry's marks by outcome, see `DEFAULT_SHARES`; blank and unreadable entries get nothing.
        follow_through: "full" gives what follows from wrong answers its share; with "off" it is wrong.
        follow_through_cause: whether what agrees with a misconception in a step that is not written down follows from
            the first entry that shows it.
        precision: "strict" gives imprecise entries their share, "lenient" the share of correct ones; "as_written" takes
            every answer as right that is right to the digits it has, from `least_digits` on.
        least_digits: significant digits that an answer must have to be taken as written.
        truncation: whether a value that is cut off instead of rounded is right.
        ignore_above: a value larger than this times the largest reference of the paper, or times 1 where that is
            less, carries no credit forward unless the student's own work leads to it.
        zeros_carry: whether any 0 carries credit forward where the reference is not 0.
        rounding: of the exam's total; None for none.
        grades: from the best to the worst; empty for none.
    """

    shares: Mapping[str, Decimal] = field(default_factory=lambda: DEFAULT_SHARES)
    follow_through: Literal["full", "off"] = "full"
    follow_through_cause: bool = True
    precision: Precision = "strict"
    least_digits: int = 2
    truncation: bool = False
    ignore_above: Decimal = Decimal(1000)
    zeros_carry: bool = False
    rounding: Rounding | None = None
    grades: tuple[Grade, ...] = ()

    def share(self, outcome: str, *, is_explained: bool = False) -> Decimal:
        """The share of an entry's marks for an outcome; outcomes without a share get nothing.

        Args:
            outcome: its name.
            is_explained: whether a misconception explains the entry, which counts where it is wrong.
        """
        if outcome == "follow_through" and self.follow_through == "off":
            outcome = "wrong"
        if outcome == "imprecise" and self.precision == "lenient":
            outcome = "correct"
        if outcome == "wrong" and is_explained:
            outcome = "misconception"
        return self.shares.get(outcome, Decimal(0))

    def rounded(self, total: Fraction, most: Fraction) -> Fraction:
        """A total as rounded by the policy.

        Rounding never leads across the marks of the whole exam: who has them all keeps them, whatever the step.

        Args:
            total: marks of the exam.
            most: marks of the exam without bonus.
        """
        if self.rounding is None or total == most:
            return total
        step = exactly(self.rounding.step)
        steps = total / step
        whole = {"up": ceil(steps), "down": floor(steps), "nearest": floor(steps + Fraction(1, 2))}
        rounded = whole[self.rounding.direction] * step
        return max(rounded, most) if total > most else min(rounded, most)

    def grade(self, percent: Fraction) -> str:
        """The grade for an exact percentage; empty below the last boundary."""
        return next((grade.name for grade in self.grades if percent >= exactly(grade.percent)), "")
