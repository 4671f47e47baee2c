"""The files of a class: one, or those below a folder, each to be read when its turn comes.

Called by `reading`. Nothing is opened here but folders.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from examgen.exams.table_text import read_bytes
from examgen.marking.problems import Problem, file_problem

SUFFIXES = (".csv", ".pdf")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in.

    Attributes:
        path: where it is.
        size: in bytes.
        modified: when it was last changed, in seconds since 1970.
        read: its bytes, of which there may be so many; raises AnswersError.
    """

    path: Path
    size: int
    modified: float
    read: Callable[[int], bytes]

    @property
    def suffix(self) -> str:
        """The kind of file, in lower case."""
        return self.path.suffix.lower()


def upload_of(path: Path) -> Upload:
    """A file of the disk, whether it is there or not."""
    kind = "PDF" if path.suffix.lower() == ".pdf" else "CSV"
    try:
        found = path.stat()
        size, modified = found.st_size, found.st_mtime
    except (OSError, ValueError):
        size, modified = 0, 0.0
    return Upload(path, size, modified, partial(read_bytes, path, kind=kind))


def uploads_below(folder: Path) -> tuple[list[Upload], list[Problem]]:
    """The files below a folder that may be answer sheets, and what could not be looked at; hidden files are not."""
    found: list[Upload] = []
    problems: list[Problem] = []
    folders = [folder]  # no recursion: an unpacked upload may nest folders very deep
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    path = here / entry.name
                    is_sheet = path.suffix.lower() in SUFFIXES
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        if is_sheet or path.is_dir():
                            told = "a link is not followed; put the file itself here"
                            problems.append(file_problem(path, "link", told))
                    elif entry.is_dir():
                        folders.append(path)
                    elif is_sheet:
                        found.append(upload_of(path))
        except OSError as error:
            told = f"the folder cannot be read ({error.strerror})"
            problems.append(file_problem(here, "unusable_file", told))
    return found, problems
