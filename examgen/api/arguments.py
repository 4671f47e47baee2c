"""Arguments as the public functions take them."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

Banks = str | PathLike[str] | Sequence[str | PathLike[str]]
"""A folder of banks, or several."""

_BEGINNING = 1 << 20


def path_of(path: str | PathLike[str] | None) -> Path | None:
    """A path that was given, or None."""
    return None if path is None else Path(path)


def paths_of(folders: Banks) -> tuple[Path, ...]:
    """The folders that were given, in their order."""
    if isinstance(folders, str | PathLike):
        return (Path(folders),)
    return tuple(Path(folder) for folder in folders)


def rows_at_most(roster: Path) -> int:
    """How many rows below its header a CSV file may have, by its beginning, which has more than any number of processes
    needs; 0 for files of other kinds, and none."""
    if roster.suffix.lower() != ".csv" or not roster.is_file():
        return 0
    try:
        with roster.open("rb") as file:
            return max(0, file.read(_BEGINNING).count(b"\n") - 1)
    except OSError:
        return 0
