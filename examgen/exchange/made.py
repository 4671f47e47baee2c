"""What a format is given and what it makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from examgen.exams.exam import Exam
from examgen.exchange.items import Item


@dataclass(frozen=True, eq=False)
class Pool:
    """Items of one exam that a format can hold.

    Attributes:
        exam: whose items.
        items: paper by paper.
        is_scaled: whether small numbers are asked times a power of ten, where a format needs it.
    """

    exam: Exam
    items: Sequence[Item]
    is_scaled: bool = False


@dataclass(frozen=True, eq=False)
class Made:
    """Files by name, below the folder that is written to, and what the instructor should know, a line each."""

    files: Mapping[str, bytes]
    notices: tuple[str, ...] = field(default=())
