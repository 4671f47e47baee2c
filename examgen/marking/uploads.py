"""The files of a class: one, or those below a folder and in zip files, each to be read when its turn comes.

Called by `reading`. Nothing is opened here but folders and the lists of members of zip files.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from examgen.errors import AnswersError
from examgen.marking.problems import Problem, file_problem
from examgen.tables import zips
from examgen.tables.csv_tables import printable
from examgen.tables.text import read_bytes

SUFFIXES = (".csv", ".pdf", ".xlsx", ".ods")
ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in.

    Attributes:
        path: where it is; a member of a zip file is below the zip's path.
        size: in bytes.
        modified: when it was last changed, in seconds since 1970; in a zip file, by the clock of who packed it.
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
    kind = path.suffix[1:].upper() if path.suffix.lower() in (*SUFFIXES, ZIP) else "CSV"
    try:
        found = path.stat()
        size, modified = found.st_size, found.st_mtime
    except (OSError, ValueError):
        size, modified = 0, 0.0
    return Upload(path, size, modified, partial(read_bytes, path, kind=kind))


def uploads_in_zip(path: Path) -> tuple[list[Upload], list[Problem]]:
    """The members of a zip file that may be answer sheets, and what is told about others.

    Raises: AnswersError if the file cannot be read or is no zip.
    """
    members, unread = zips.members_of(path, upload_of(path).read(zips.MAX_BYTES), SUFFIXES)
    problems = [file_problem(one.path, "member", f"{printable(one.path)}: {one.fault}") for one in unread]
    return [Upload(member.path, member.size, member.modified, member.read) for member in members], problems


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
                    suffix = path.suffix.lower()
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        if suffix in (*SUFFIXES, ZIP) or path.is_dir():
                            told = "a link is not followed; put the file itself here"
                            problems.append(file_problem(path, "link", told))
                    elif entry.is_dir():
                        folders.append(path)
                    elif suffix in SUFFIXES:
                        found.append(upload_of(path))
                    elif suffix == ZIP:
                        _add_zip(path, found, problems)
        except OSError as error:
            told = f"the folder cannot be read ({error.strerror})"
            problems.append(file_problem(here, "unusable_file", told))
    return found, problems


def _add_zip(path: Path, found: list[Upload], problems: list[Problem]) -> None:
    try:
        members, faults = uploads_in_zip(path)
    except AnswersError as error:
        problems.append(file_problem(path, "unusable_file", str(error)))
        return
    found += members
    problems += faults
