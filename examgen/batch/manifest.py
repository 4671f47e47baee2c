"""manifest.csv of a class: whose paper lies where, and the checksums of what was handed out."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from examgen.errors import AnswersError
from examgen.exams.exam import Variant
from examgen.exams.folders.files import csv_bytes, folder_name, safe_text
from examgen.tables.csv_tables import read_table

COLUMNS = ("student", "name", "variant", "folder", "questions_sha256", "answers_sha256", "key_sha256")

Sums = tuple[str, ...]
"""Of questions.pdf, answers.csv and the worked solution; empty for one that is not there."""


def handout_of(student: str) -> str:
    """The folder with a student's papers, below that of the class."""
    return f"handout/{folder_name(student)}"


def solution_of(student: str) -> str:
    """The path of a student's worked solution, below the folder of the class."""
    return f"key/papers/{folder_name(student)}.pdf"


def filled_of(student: str) -> str:
    """The path of a student's paper with its boxes filled in, below the folder of the class."""
    return f"key/filled/{folder_name(student)}.pdf"


def summed(files: Mapping[str, bytes], student: str) -> Sums:
    """The checksums of the files of a student that are there, by path."""
    return tuple(hashlib.sha256(files[name]).hexdigest() if name in files else "" for name in _names(student))


def sums_of_before(folder: Path, variants: Sequence[Variant]) -> list[Sums]:
    """The checksums of papers of an earlier run: as manifest.csv says, else those of the files that are there."""
    told = _told(folder / "manifest.csv")
    return [told.get((one.code, handout_of(one.student))) or _found(folder, one.student) for one in variants]


def manifest_csv(variants: Sequence[Variant], sums: Sequence[Sums]) -> bytes:
    """The table, a row for each student."""
    rows = [
        (safe_text(one.student), safe_text(one.name), one.code, handout_of(one.student), *own)
        for one, own in zip(variants, sums, strict=True)
    ]
    return csv_bytes(COLUMNS, rows)


def _names(student: str) -> tuple[str, ...]:
    handout = handout_of(student)
    return f"{handout}/questions.pdf", f"{handout}/answers.csv", solution_of(student)


def _told(path: Path) -> dict[tuple[str, str], Sums]:
    """By variant and folder; none from a table that somebody has changed beyond reading."""
    if not path.is_file():
        return {}
    try:
        table = read_table(path, COLUMNS, extra="ignore")
    except AnswersError:
        return {}
    return {(row["variant"], row["folder"]): tuple(row[name] for name in COLUMNS[4:]) for _, row in table.rows}


def _found(folder: Path, student: str) -> Sums:
    files = {name: (folder / name).read_bytes() for name in _names(student) if (folder / name).is_file()}
    return summed(files, student)
