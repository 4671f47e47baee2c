"""The marking policy of an exam: what each outcome is worth, what carries credit forward, totals and grades.

`[policy]` of a bank or exam file, also as it stands in key/exam.json; marking works by it.
"""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from examgen.core.exact import exactly
from examgen.exams.form_mistakes import shorten
from examgen.exams.forms import Form, Number, Strict, Whole, decimal_of

SMALLEST_STEP = Decimal("0.000001")

Precision = Literal["strict", "lenient", "as_written"]
Direction = Literal["nearest", "up", "down"]


def _follow_through(value: object) -> object:
    if value in ("full", "off"):
        return Decimal(1) if value == "full" else value
    try:
        share = decimal_of(value)
    except ValueError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise ValueError(f'found {shorten(value)}; use "full", "off" or a share from 0 to 1')
    return share


def _rounding(value: object) -> object:
    if value == "none":
        return None
    if value is not None and not isinstance(value, dict | Rounding):
        raise ValueError(f'found {shorten(value)}; use "none" or a table such as {{ step = 0.5 }}')
    return value


Share = Annotated[Number, Field(ge=0, le=1)]


class Rounding(Form):
    """`{ step = 0.5, direction = "nearest" }`: totals are multiples of the step; `nearest` rounds a tie up.

    Attributes:
        step: of totals.
        direction: to which multiple.
    """

    step: Annotated[Number, Field(ge=SMALLEST_STEP, le=1000)]
    direction: Direction = "nearest"


class Grade(Form):
    """`{ grade = "B+", from = 80 }`: a grade and the percentage from which it is given.

    Attributes:
        name: of the grade.
        percent: from which on it is given.
    """

    name: Annotated[str, Field(min_length=1, max_length=40, alias="grade")]
    percent: Annotated[Number, Field(ge=0, le=1000, alias="from")]

    @model_validator(mode="after")
    def _plain(self) -> "Grade":
        if not self.name.isprintable() or self.name != self.name.strip():
            raise ValueError(f'grade is {shorten(self.name)}; use a word such as "B+"')
        return self


class Shares(Form):
    """Shares of an entry's marks by outcome; blank and unreadable entries get nothing.

    Attributes:
        correct: of right entries.
        imprecise: of entries that are right to the fewer digits that they have.
        wrong: of all others.
        follow_through: of what follows from wrong answers; with "off" it is wrong.
        misconception: of a wrong entry that a misconception explains.
    """

    correct: Share = Decimal(1)
    follow_through: Annotated[
        Decimal | Literal["off"],
        BeforeValidator(_follow_through, json_schema_input_type=Literal["full", "off"] | Number),
    ] = Decimal(1)
    imprecise: Share = Decimal("0.5")
    wrong: Share = Decimal(0)
    misconception: Share = Decimal(0)


class Policy(Shares):
    """How an exam is marked.

    Attributes:
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

    follow_through_cause: Strict = True
    precision: Precision = "strict"
    least_digits: Annotated[Whole, Field(ge=1, le=9)] = 2
    truncation: Strict = False
    ignore_above: Annotated[Number, Field(ge=1)] = Decimal(1000)
    zeros_carry: Strict = False
    rounding: Annotated[
        Rounding | None, BeforeValidator(_rounding, json_schema_input_type=Literal["none"] | Rounding)
    ] = None
    grades: Annotated[tuple[Grade, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _descending(self) -> "Policy":
        for better, worse in zip(self.grades, self.grades[1:], strict=False):
            if worse.percent >= better.percent:
                raise ValueError(
                    f"grade {worse.name!r} from {worse.percent} stands below {better.name!r} from {better.percent}; "
                    "list the grades from the highest boundary to the lowest, each with a boundary of its own"
                )
        return self

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
        share: Decimal = getattr(self, outcome) if outcome in Shares.model_fields else Decimal(0)
        return share

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
