"""Finds the folders that are shipped with the package, and an author's own banks; banks and documents call it."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from examgen.errors import SetupError


@cache
def shipped(name: Literal["templates", "banks"]) -> Path:
    """The folder inside the installed package, or beside the package in a checkout.

    Raises: SetupError if neither is there.
    """
    package = Path(__file__).resolve().parent
    places = (package / name, package.parent / name)
    for folder in places:
        if folder.is_dir():
            return folder
    raise SetupError(f"{name}: not found at {places[0]} nor at {places[1]}; install examgen again")


OWN_BANKS = "EXAMGEN_BANKS"
"""The variable of the environment with own folders of banks, as PATH has those of commands."""


def own_folders(given: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The folders in which banks are found by name before the shipped ones: those that are given, then those of
    EXAMGEN_BANKS; folders that are not there are passed over, as in PATH."""
    listed = (Path(part).expanduser() for part in os.environ.get(OWN_BANKS, "").split(os.pathsep) if part)
    return tuple(folder for folder in dict.fromkeys((*given, *listed)) if _is_folder(folder))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        # Such as a name that is too long.
        return False
