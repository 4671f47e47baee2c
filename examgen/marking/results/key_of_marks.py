"""Which key a folder of marks was made with: `grading` notes it there, and `marked_papers` finds it again.

Marks may lie anywhere (`grade --out DIR`), and an appeal comes weeks later, when nobody remembers where the key is.
"""

import csv
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from examgen.errors import KeyFileError
from examgen.exams.folders.regular import content_of, opened_text
from examgen.exams.keys.key_folder import Key, exam_id_of, read_key
from examgen.marking.reading.key_lookup import OUTPUT, look_for_key
from examgen.marking.results.earlier import GRADEBOOK
from examgen.tables.csv_tables import printable

KEY_NOTE = ".key-folder"
"""Holds the path of the key, as seen from the folder of the marks, so that both may move together."""

_LONGEST_PATH = 8192


def key_note(marks: Path, key: Path) -> bytes:
    """The content of `KEY_NOTE` in a folder of marks."""
    try:
        seen = os.path.relpath(key.resolve(), marks.resolve())
    except ValueError:
        seen = str(key.resolve())  # another drive
    return os.fsencode(Path(seen).as_posix()) + b"\n"


def key_of_marks(results: Path, student: str) -> Key:
    """The key by which a class was marked: as noted beside results.csv, beside the marks, or in ./output.

    Args:
        results: the file results.csv.
        student: of several different keys of the exam in ./output, the one that knows this student is taken.

    Raises: KeyFileError: there is none of this exam, several fit, or it cannot be read.
    """
    exam = next((row["exam"] for row in _gradebook(results)), "")
    for folder in _near(results):
        # One that cannot be read is taken too, so that what is wrong with it is told.
        if (folder / "exam.json").exists() and (not exam or exam_id_of(folder) in (None, exam)):
            return read_key(folder)
    own = frozenset(row["variant"] for row in _gradebook(results) if row["student"] == student) | {student}
    if exam and (key := look_for_key(results, [exam], own - {""})):
        return key
    named = f"of exam {printable(exam, 60)!r} " if exam else ""
    raise KeyFileError(
        f"{printable(results)}: there is no key/ {named}beside the folder of the marks, where it was when they were "
        f"made, nor in ./{OUTPUT}; say where it is with --key DIR"
    )


def _near(results: Path) -> Iterator[Path]:
    marks = results.absolute().parent
    # What somebody has written over says nothing.
    with suppress(OSError, ValueError):
        noted = content_of(marks / KEY_NOTE)[:_LONGEST_PATH].removesuffix(b"\n")
        if noted:
            yield (marks / os.fsdecode(noted)).resolve()
    yield marks.parent / "key"
    yield marks / "key"


def _gradebook(results: Path) -> Iterator[dict[str, str]]:
    """Rows of gradebook.csv beside results.csv with what tells the key; none where it is not there."""
    with (
        suppress(OSError, UnicodeDecodeError, csv.Error),
        opened_text(results.with_name(GRADEBOOK)) as file,
    ):
        for row in csv.DictReader(file):
            if row.get("exam"):
                yield {name: row.get(name) or "" for name in ("student", "exam", "variant")}
