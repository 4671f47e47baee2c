"""`[policy]` of bank and exam files, also as it stands in key/exam.json; `policy_of` makes a `Policy` of it."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from examgen.exams.banks.bank_mistakes import explain, shorten
from examgen.exams.banks.bank_values import BankModel, Number, Strict, decimal_of
from examgen.exams.policy import DEFAULT_SHARES, Direction, Grade, Policy, Precision, Rounding

SMALLEST_STEP = Decimal("0.000001")


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
    if value is not None and not isinstance(value, dict):
        raise ValueError(f'found {shorten(value)}; use "none" or a table such as {{ step = 0.5 }}')
    return value


Share = Annotated[Number, Field(ge=0, le=1)]
FollowThrough = Annotated[Decimal | Literal["off"], BeforeValidator(_follow_through)]


class RoundingModel(BankModel):
    """`rounding = { step = 0.5, direction = "nearest" }`."""

    step: Annotated[Number, Field(ge=SMALLEST_STEP, le=1000)]
    direction: Direction = "nearest"


class GradeModel(BankModel):
    """One of `[[policy.grades]]`: a grade and the percentage from which it is given."""

    grade: Annotated[str, Field(min_length=1, max_length=40)]
    percent: Annotated[Number, Field(ge=0, le=1000, alias="from")]

    @model_validator(mode="after")
    def _plain(self) -> "GradeModel":
        if not self.grade.isprintable() or self.grade != self.grade.strip():
            raise ValueError(f'grade is {shorten(self.grade)}; use a word such as "B+"')
        return self


class PolicyModel(BankModel):
    """`[policy]`: shares of an entry's marks for each outcome, what carries credit, totals and grades."""

    correct: Share = DEFAULT_SHARES["correct"]
    follow_through: FollowThrough = DEFAULT_SHARES["follow_through"]
    imprecise: Share = DEFAULT_SHARES["imprecise"]
    wrong: Share = DEFAULT_SHARES["wrong"]
    misconception: Share = DEFAULT_SHARES["misconception"]
    follow_through_cause: Strict = True
    precision: Precision = "strict"
    least_digits: Annotated[int, Field(strict=True, ge=1, le=9)] = Policy().least_digits
    truncation: Strict = False
    ignore_above: Annotated[Number, Field(ge=1)] = Policy().ignore_above
    zeros_carry: Strict = False
    rounding: Annotated[RoundingModel | None, BeforeValidator(_rounding)] = None
    grades: Annotated[tuple[GradeModel, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _descending(self) -> "PolicyModel":
        for better, worse in zip(self.grades, self.grades[1:], strict=False):
            if worse.percent >= better.percent:
                raise ValueError(
                    f"grade {worse.grade!r} from {worse.percent} stands below {better.grade!r} from {better.percent}; "
                    "list the grades from the highest boundary to the lowest, each with a boundary of its own"
                )
        return self


def checked_policy(document: object, where: str) -> Policy:
    """The policy of a table as it stands in a document.

    Args:
        document: the table; numbers are integers, decimals or texts, never floats.
        where: its key, for messages.

    Raises:
        ValueError: it breaks the format; the message is one line with the key, what was found and what is allowed.
    """
    try:
        return policy_of(PolicyModel.model_validate(document))
    except ValidationError as error:
        raise ValueError(explain(PolicyModel, error, where)) from None


def policy_of(model: PolicyModel) -> Policy:
    """The policy that a table asks for."""
    is_off = model.follow_through == "off"
    shares = {name: getattr(model, name) for name in DEFAULT_SHARES}
    rounding = model.rounding
    return Policy(
        shares=shares | ({"follow_through": Decimal(0)} if is_off else {}),
        follow_through="off" if is_off else "full",
        follow_through_cause=model.follow_through_cause,
        precision=model.precision,
        least_digits=model.least_digits,
        truncation=model.truncation,
        ignore_above=model.ignore_above,
        zeros_carry=model.zeros_carry,
        rounding=None if rounding is None else Rounding(rounding.step, rounding.direction),
        grades=tuple(Grade(row.grade, row.percent) for row in model.grades),
    )
