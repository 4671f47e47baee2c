"""What a format makes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Made:
    """Files by name, below the folder that is written to, and what the instructor should know, a line each."""

    files: Mapping[str, bytes]
    notices: tuple[str, ...] = ()
