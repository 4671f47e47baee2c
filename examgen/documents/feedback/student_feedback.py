"""What a marked student gets back, as plain frozen values; `web_and_print` makes a web page and a PDF of it.

The batch turns the tables of marking into a `StudentFeedback`; this package does not know how answers are marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from examgen.documents.paper.papers import Person

MOST_EXPLAINED = 3
"""So many misconceptions are explained to one student; more would not be read."""

Place = tuple[str, str]
"""Question id and field id of an asked entry."""


@dataclass(frozen=True, slots=True)
class EntryFeedback:
    """One asked entry.

    Attributes:
        question, field: which.
        answer_text: as the student typed it; empty for a blank.
        value: the number that it was read as, None where it is none.
        own: what the student's own previous answers lead to, None where that is not known.
        reference: the right value, None where it is no number.
        marks, max_marks: given and possible.
        outcome: correct, follow_through, imprecise, wrong, blank or unreadable.
        is_coarse: whether a wrong answer is right to the digits that it has.
        misconceptions: names of those that explain it; several where they fit equally well.
        comment: one sentence, shown for an outcome that has no words in the language.
        reference_text: the right answer where it is no number, such as a formula.
    """

    question: str
    field: str
    answer_text: str
    value: float | None
    own: float | None
    reference: float | None
    marks: Decimal
    max_marks: Decimal
    outcome: str
    is_coarse: bool = False
    misconceptions: tuple[str, ...] = ()
    comment: str = ""
    reference_text: str = ""

    @property
    def place(self) -> Place:
        """Which entry this is."""
        return self.question, self.field

    @property
    def is_slip(self) -> bool:
        """Whether it is wrong by no misconception that has a name, and not for its digits."""
        return self.outcome == "wrong" and not (self.misconceptions or self.is_coarse)


@dataclass(frozen=True, slots=True)
class MisconceptionFeedback:
    """A misconception, or several that explain the same entries equally well, and these entries in their order."""

    names: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class StudentFeedback:
    """All that one student is told.

    Attributes:
        person: whom the paper was for, and its code.
        entries: in the order of the paper; what is missing counts as blank.
        misconceptions: to be explained, at most `MOST_EXPLAINED`, in the order of their first entries.
        marks, max_marks: totals.
        grade: empty where there are none.
        first_divergent: the first wrong entry in the order of the paper.
    """

    person: Person
    entries: tuple[EntryFeedback, ...]
    misconceptions: tuple[MisconceptionFeedback, ...]
    marks: Decimal
    max_marks: Decimal
    grade: str = ""
    first_divergent: Place | None = None

    @property
    def first_slip(self) -> Place | None:
        """The first wrong entry without a named misconception, in the order of the paper; None where there is none."""
        return next((entry.place for entry in self.entries if entry.is_slip), None)


def misconceptions_of(entries: Sequence[EntryFeedback]) -> tuple[MisconceptionFeedback, ...]:
    """The misconceptions that explain the most entries, in the order of their first ones."""
    found: dict[tuple[str, ...], list[Place]] = {}
    for entry in entries:
        if entry.misconceptions:
            found.setdefault(entry.misconceptions, []).append(entry.place)
    most = sorted(found, key=lambda names: -len(found[names]))[:MOST_EXPLAINED]
    return tuple(MisconceptionFeedback(names, tuple(places)) for names, places in found.items() if names in most)
