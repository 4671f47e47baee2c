"""The files of a class: one, or those below a folder and in zip files, each to be read when its turn comes.

Called by `class_sheets`. Nothing is opened here but folders and the lists of members of zip files.
"""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from examgen.errors import AnswersError
from examgen.marking.reading.handed_in.file_kinds import PACKAGES, READ, ZIP, kind_fault, suffix_of
from examgen.marking.reading.problems import MAX_PROBLEMS, Problem, file_problem
from examgen.tables import zips
from examgen.tables.csv_tables import printable
from examgen.tables.text import read_bytes

PAGE = "answers.html"
MAX_PAGE = 512 * 1024

_PAGE = re.compile(rb"<form id=\"sheet\"[^<>]* data-exam=\"")


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
        return suffix_of(self.path.name)


def uploads_at(path: Path) -> tuple[list[Upload], list[Problem]]:
    """The files in a folder or a zip file, or the one file, that may be answer sheets, and what is told about others.

    Raises: AnswersError if it is a zip file by name that cannot be read.
    """
    if path.is_dir():
        return uploads_below(path)
    return uploads_in_zip(path) if suffix_of(path.name) == ZIP else ([upload_of(path)], [])


def upload_of(path: Path) -> Upload:
    """A file of the disk, whether it is there or not."""
    suffix = suffix_of(path.name)
    kind = suffix[1:].upper() if suffix in READ else "CSV"
    try:
        found = path.stat()
        size, modified = found.st_size, found.st_mtime
    except (OSError, ValueError):
        size, modified = 0, 0.0
    return Upload(path, size, modified, partial(read_bytes, path, kind=kind))


def uploads_in_zip(path: Path) -> tuple[list[Upload], list[Problem]]:
    """The members of a zip file that may be answer sheets, and what is told about others.

    A spreadsheet is a zip file, too; under the name of one it is the only upload.

    Raises: AnswersError if the file cannot be read or is no zip.
    """
    upload = upload_of(path)
    archive = zips.open_zip(printable(path), upload.read(zips.MAX_BYTES))
    if zips.office_kind(archive) != "a zip file":
        return [upload], []
    members, unread = zips.members_of(path, archive, _member_fault)
    found = [_upload_of_member(member) for member in members]
    folders = {upload.path.parent for upload in found}
    problems = [
        file_problem(one.path, "not_read" if one.member else "member", f"{printable(one.path)}: {one.fault}")
        for one in unread
        if one.member is None or not _is_own_page(_upload_of_member(one.member), folders)
    ]
    return found, _first_named(path, problems)


def uploads_below(folder: Path) -> tuple[list[Upload], list[Problem]]:
    """The files below a folder that may be answer sheets, and what is told about others; hidden files are not."""
    found: list[Upload] = []
    problems: list[Problem] = []
    folders = [folder]  # no recursion: an unpacked upload may nest folders very deep
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    fault = kind_fault(entry.name)
                    if fault is not None:
                        _add(entry, here / entry.name, fault, folders, found, problems)
        except OSError as error:
            told = f"the folder cannot be read ({error.strerror})"
            problems.append(file_problem(here, "unusable_file", told))
    folders_read = {upload.path.parent for upload in found}
    problems = [
        problem
        for problem in problems
        if problem.path.name != PAGE or not _is_own_page(upload_of(problem.path), folders_read)
    ]
    return found, _first_named(folder, problems)


def _add(
    entry: "os.DirEntry[str]",
    path: Path,
    fault: str,
    folders: list[Path],
    found: list[Upload],
    problems: list[Problem],
) -> None:
    """Take up what lies in a folder."""
    if entry.is_symlink():
        problems.append(file_problem(path, "link", "a link is not followed; put the file itself here"))
    elif entry.is_dir() and suffix_of(entry.name) not in PACKAGES:
        folders.append(path)
    elif fault:
        problems.append(file_problem(path, "not_read", f"{printable(path)}: {fault}"))
    elif suffix_of(entry.name) == ZIP:
        _add_zip(path, found, problems)
    else:
        found.append(upload_of(path))


def _add_zip(path: Path, found: list[Upload], problems: list[Problem]) -> None:
    try:
        members, faults = uploads_in_zip(path)
    except AnswersError as error:
        problems.append(file_problem(path, "unusable_file", str(error)))
        return
    found += members
    problems += faults


def _upload_of_member(member: zips.Member) -> Upload:
    return Upload(member.path, member.size, member.modified, member.read)


def _is_own_page(upload: Upload, folders: Collection[Path]) -> bool:
    """Whether a file is the page that every paper is handed out with, beside what its student handed in instead."""
    if upload.path.name != PAGE or upload.path.parent not in folders:
        return False
    try:
        return _PAGE.search(upload.read(MAX_PAGE)) is not None
    except AnswersError:
        return False


def _member_fault(name: str) -> str | None:
    return "a zip file in a zip file is not opened; hand in its files" if suffix_of(name) == ZIP else kind_fault(name)


def _first_named(path: Path, problems: list[Problem]) -> list[Problem]:
    """So many files are named that nobody can fill the memory with names; the others are counted."""
    named = sorted(problems, key=lambda problem: problem.path)
    if len(named) <= MAX_PROBLEMS:
        return named
    detail = f"{printable(path)}: {len(named) - MAX_PROBLEMS:,} more files are not read"
    return [*named[:MAX_PROBLEMS], file_problem(path, "more_problems", detail)]
