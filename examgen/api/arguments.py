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
