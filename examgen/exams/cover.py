"""What the head of a paper says beside the title, and whether it is printed on both sides.

An exam file says it (`bank_models`), a class list the accommodation, and papers show it; nothing of it changes a
number, an id or a mark.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cover:
    """The head of a paper.

    Attributes:
        course: name of the course; empty for none.
        date: a day, or a text such as "spring term"; empty for none.
        duration: minutes, or a text; empty or 0 for none.
        accommodation: of one student, such as "30 minutes more"; empty for none.
        is_duplex: whether the inner margin is the wider one, for sheets that are printed on both sides and bound.
    """

    course: str = ""
    date: datetime.date | str = ""
    duration: int | str = ""
    is_duplex: bool = False
    accommodation: str = ""


PLAIN = Cover()
"""A title only, as for a bank that says no more."""
