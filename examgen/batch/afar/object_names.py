"""Which objects that a class has handed in become files below a folder, by their names and sizes.

Called by `fetched_sheets`. Names come from students: none leads out of the folder, and no file takes another's place.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from examgen.exams.folders.objects import Found
from examgen.marking.reading.handed_in.file_kinds import kind_fault
from examgen.marking.reading.handed_in.uploads import MAX_PAGE, PAGE
from examgen.marking.reading.problems import MAX_PROBLEMS, Problem, file_problem
from examgen.tables.csv_tables import printable
from examgen.tables.zips import MAX_DEPTH

MOST_BYTES = 1 << 30
_DRIVE = re.compile(r"[A-Za-z]:")
_NO_PATH = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class Sheets:
    """Of all objects those that are kept, those of them that are fetched, and what is told of others."""

    kept: list[Found]
    wanted: list[Found]
    problems: list[Problem]


def sheets_of(folder: Path, listed: Sequence[Found], *, is_folded: bool) -> Sheets:
    """Which objects become files below a folder.

    Args:
        folder: that may hold some of them already.
        listed: all that there are.
        is_folded: whether its file system does not tell capitals apart.
    """
    found = Sheets([], [], [])
    fold = str.casefold if is_folded else str
    names: set[str] = set()
    untold = 0
    for one in sorted(listed, key=lambda one: one.name):
        fault = _fault(one, _clash(fold(one.name), names))
        if fault:
            place = folder / printable(one.name, 200).lstrip("/")
            untold += len(found.problems) >= MAX_PROBLEMS
            if not untold:
                found.problems.append(file_problem(place, "not_read", f"{printable(one.name, 200)}: {fault}"))
        elif fault is not None:
            names.add(fold(one.name))
            found.kept.append(one)
            if not _is_there(folder / one.name, one):
                found.wanted.append(one)
    if untold:
        found.problems.append(file_problem(folder, "more_problems", f"{untold:,} more objects are not read"))
    return found


def _clash(name: str, names: Collection[str]) -> str:
    """Why an object cannot be a file beside those that are kept already."""
    if name in names:
        return "another name differs in capitals only; only the first is read"
    parts = name.split("/")[: MAX_DEPTH + 1]
    if any("/".join(parts[:count]) in names for count in range(1, len(parts))):
        return "lies below the name of another file, so it is not read"
    return ""


def _fault(one: Found, clash: str) -> str | None:
    """Why an object is not fetched; None where it is passed over, as hidden files are."""
    parts = one.name.split("/")
    if one.name.endswith("/"):
        return None  # that is how some tools make a folder
    if any(part in {"", ".", ".."} for part in parts) or _DRIVE.match(parts[0]) or _NO_PATH.search(one.name):
        return "its name is no path below a folder, so it is not read"
    if len(parts) > MAX_DEPTH:
        return f"lies deeper than {MAX_DEPTH} folders, the most allowed"
    kinds = [kind_fault(part) for part in parts]
    if None in kinds:
        return None
    if one.size > MOST_BYTES:
        return f"has more than {MOST_BYTES:,} bytes, the most allowed"
    if kinds[-1] and parts[-1] != PAGE:
        # Nor does it keep its name from a folder; an empty one is what some tools make of a folder.
        return kinds[-1] if one.size else None
    return clash or (kinds[-1] if kinds[-1] and one.size > MAX_PAGE else "")


def _is_there(path: Path, one: Found) -> bool:
    """Whether the file is what the object was when it was fetched: a corrected answer may have as many bytes."""
    with suppress(OSError):
        about = path.stat(follow_symlinks=False)
        # Files keep times as whole nanoseconds.
        return about.st_size == one.size and one.modified is not None and abs(about.st_mtime - one.modified) < 1e-3
    return False
