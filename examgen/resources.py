"""Finds the folders that are shipped with the package; banks and documents call it."""

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
