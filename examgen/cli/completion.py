"""What the Tab key offers behind a command: names of exams, notations and languages, students and fields.

Called by the options of commands for the shell, at each press of the key: nothing here imports what is slow, and what
cannot be read offers nothing. Ids and fields come from students, and the shell takes what is offered as it stands; so
only names that no shell understands as more than letters are offered.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import typer

from examgen.resources import own_folders, shipped

NOTATION_NAMES = ("from-to", "to-from-da", "nielsen", "scalar", "row", "descent")
PAPER_SIZES = ("a4", "letter")
FORMAT_NAMES = (
    *("moodle", "canvas", "qti21", "qti30", "r-exams", "prairielearn"),
    *("gradescope", "canvas-grades", "moodle-grades"),
)

_HARMLESS = re.compile(r"\w[\w.@+:-]*|-")
_MOST_ROWS = 10_000


def exams_of_command(context: typer.Context, incomplete: str) -> list[str]:
    """As `exams`, with the folders of --banks before it in the same line."""
    return exams(incomplete, context.params.get("banks") or ())


def exams(incomplete: str, banks: Iterable[Path] = ()) -> list[str]:
    """Exams and families of own folders and shipped ones, then TOML files of the folder that is being typed."""
    found = {path.stem for path in shipped("banks").glob("*/*.toml")}
    for own in own_folders(tuple(map(Path, banks))):
        with suppress(OSError):
            found.update(path.stem for path in own.glob("*.toml"))
    names = sorted(found)
    folder = Path(incomplete if incomplete.endswith("/") else incomplete.rpartition("/")[0] or ".")
    with suppress(OSError, ValueError):
        names += [str(path) for path in sorted(folder.glob("*.toml"))]
    return _offered(names, incomplete)


def notations(incomplete: str) -> list[str]:
    """Names for --notation."""
    return _offered(NOTATION_NAMES, incomplete)


def languages(incomplete: str) -> list[str]:
    """Codes for --language of the shipped languages."""
    return _offered(sorted(path.stem for path in (shipped("templates") / "texts").glob("*.toml")), incomplete)


def paper_sizes(incomplete: str) -> list[str]:
    """Names for --paper."""
    return _offered(PAPER_SIZES, incomplete)


def formats(incomplete: str) -> list[str]:
    """Names of formats of other platforms."""
    return _offered(FORMAT_NAMES, incomplete)


def students(folder: Path | str | None, incomplete: str) -> list[str]:
    """Students of a class that was marked, - for a paper without a name."""
    return _offered((student or "-" for student, _ in _entries(folder)), incomplete)


def fields(folder: Path | str | None, student: str | None, incomplete: str) -> list[str]:
    """Fields of a student's paper as results.csv has them."""
    mine = (field for name, field in _entries(folder) if (name or "-") == student)
    return _offered(mine, incomplete)


def _entries(folder: Path | str | None) -> Iterator[tuple[str, str]]:
    """Student and field of the first rows of results.csv; of a large class the Tab key knows the first students."""
    place = Path(folder or ".")
    for path in (place, place / "results.csv", place / "marks" / "results.csv"):
        if not path.is_file():
            continue
        with suppress(OSError, UnicodeDecodeError, csv.Error), path.open(encoding="utf-8", newline="") as file:
            for row in islice(csv.DictReader(file), _MOST_ROWS):
                yield row.get("student") or "", row.get("field") or ""
            return


def _offered(names: Iterable[str], incomplete: str) -> list[str]:
    fitting = dict.fromkeys(name for name in names if name.startswith(incomplete))
    return [name for name in fitting if all(_HARMLESS.fullmatch(part) for part in name.split("/") if part)]
