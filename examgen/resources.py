"""Where the shipped templates and banks are: inside the installed package, or beside it in a checkout."""

from pathlib import Path
from typing import Literal

from examgen.errors import SetupError

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: Literal["templates", "banks"]) -> Path:
    """The folder of this name.

    Raises:
        SetupError: the installation lacks it.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise SetupError(f"the folder {name} is missing from this installation; install examgen again")
