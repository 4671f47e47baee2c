"""The table of outcomes: what an entry can come out as, in words. A new outcome is one row here and its share of the
marks in the exam's policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome.

    Attributes:
        name: as in results.csv and in the policy of an exam.
        code: its number in the arrays of marking.
        comment: one sentence for the student; `{detail}` is filled in where there is more to say.
    """

    name: str
    code: int
    comment: str


_ROWS = (
    Outcome("blank", 0, "Nothing was written."),
    Outcome("unreadable", 1, "{detail}"),
    Outcome("wrong", 2, "{detail}"),
    Outcome("imprecise", 3, "Right to the digits that are written, but one digit more was asked for."),
    Outcome("follow_through", 5, "It follows from earlier answers of yours, one of which is not correct."),
    Outcome("correct", 4, ""),
)

OUTCOMES: Mapping[str, Outcome] = MappingProxyType({row.name: row for row in _ROWS})
"""All outcomes by name."""

BY_CODE: tuple[Outcome, ...] = tuple(sorted(_ROWS, key=lambda row: row.code))
"""All outcomes by code."""
