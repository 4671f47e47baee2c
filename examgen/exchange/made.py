"""What a format makes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Made:
    """What is written, and what the instructor should know, a line each.

    Attributes:
        files: below the folder that is written to, by name; of a format with a file of its own, by what the name ends
            with before its suffix: "" alone, or "-1", "-2" and so on for its parts.
        notices: what to know of them.
    """

    files: Mapping[str, bytes]
    notices: tuple[str, ...] = ()
