"""The table of outcomes: what an entry can come out as, in words. A new outcome is one row here and its share of the
marks in the exam's policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.exams.wording.sentences import SENTENCES


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome.

    Attributes:
        name: as in results.csv and in the policy of an exam.
        code: its number in the arrays of marking.
        comment: one English sentence for the student; empty where it is said elsewhere, or nothing is.
    """

    name: str
    code: int
    comment: str


_ROWS = (
    Outcome("blank", 0, SENTENCES["blank"]),
    Outcome("unreadable", 1, ""),
    Outcome("wrong", 2, ""),
    Outcome("imprecise", 3, SENTENCES["imprecise"]),
    Outcome("follow_through", 5, SENTENCES["follow_through"]),
    Outcome("correct", 4, ""),
)

OUTCOMES: Mapping[str, Outcome] = MappingProxyType({row.name: row for row in _ROWS})
"""All outcomes by name."""

BY_CODE: tuple[Outcome, ...] = tuple(sorted(_ROWS, key=lambda row: row.code))
"""All outcomes by code."""

HUNDREDTHS = 100
"""What follow-through is held back in is hundredths of an entry's marks."""
