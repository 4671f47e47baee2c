"""Arguments as the public functions take them."""

from os import PathLike
from pathlib import Path


def path_of(path: str | PathLike[str] | None) -> Path | None:
    """A path that was given, or None."""
    return None if path is None else Path(path)
