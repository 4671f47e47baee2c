"""Arguments as the public functions take them."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

Banks = str | PathLike[str] | Sequence[str | PathLike[str]]
"""A folder of banks, or several."""


def path_of(path: str | PathLike[str] | None) -> Path | None:
    """A path that was given, or None."""
    return None if path is None else Path(path)


def paths_of(folders: Banks) -> tuple[Path, ...]:
    """The folders that were given, in their order."""
    if isinstance(folders, str | PathLike):
        return (Path(folders),)
    return tuple(Path(folder) for folder in folders)


def rows_at_most(roster: Path) -> int:
    """How many rows a CSV file may have, without reading it as a table; 0 for files of other kinds, and none."""
    try:
        return roster.read_bytes().count(b"\n") if roster.suffix.lower() == ".csv" and roster.is_file() else 0
    except OSError:
        return 0
