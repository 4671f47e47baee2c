"""What lies in the folder of the marks from before: it is added to, and never lost unasked.

Called by `grading` before it writes. Students who were marked before and hand in nothing now keep their rows, as the
sheets of a class may come one after another.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from examgen.errors import AnswersError, ExamgenError
from examgen.exams.exam import Exam
from examgen.exams.folders.regular import content_of
from examgen.marking.integrity.evidence import INTEGRITY
from examgen.marking.results.result_rows import COLUMNS
from examgen.marking.results.totals import gradebook_columns
from examgen.tables.csv_tables import printable, read_table

RESULTS, GRADEBOOK, NOTES = "results.csv", "gradebook.csv", "notes.csv"
FEEDBACK = "feedback"
"""Folder beside the tables with what students get back."""

STATUS, MARKED, ABSENT = "status", "marked", "absent"

_HEADS = ("student", "exam", "variant", "marks")
TEXTS = frozenset({"student", "name", "exam", "variant", "grade", STATUS})
"""Columns of the gradebook that hold no numbers."""

Paper = tuple[str, str]
"""Student and variant as in the gradebook."""


@dataclass(frozen=True, eq=False, slots=True)
class Earlier:
    """An earlier gradebook of the same exam.

    Attributes:
        folder: of the marks.
        rows: by student and variant the cells of who was marked, by column.
        is_there: whether there is one.
    """

    folder: Path
    rows: Mapping[Paper, Mapping[str, str]] = field(default_factory=dict)
    is_there: bool = False

    def kept(self, students: frozenset[str]) -> dict[Paper, Mapping[str, str]]:
        """The rows of others than these students, who are marked again."""
        return {paper: row for paper, row in self.rows.items() if paper[0] not in students}

    def result_lines(self, students: frozenset[str]) -> list[bytes]:
        """The lines of results.csv of these students, as they are.

        Raises: ExamgenError if the file is not there, or was written by another version.
        """
        path = self.folder / RESULTS
        header, lines = _lines(path)
        if header != ",".join(COLUMNS):
            raise ExamgenError(
                f"{printable(path)}: has other columns than this version writes, so that nothing can be added to it; "
                f"mark into another folder with --out DIR, or begin anew with --fresh"
            )
        return [line for student, line in lines if student in students]


def read_earlier(folder: Path, exam: Exam, *, force: bool = False) -> Earlier:
    """What lies in a folder of marks.

    Args:
        exam: that is marked now.
        force: whether other files may be written over.

    Raises: ExamgenError if files of another exam, or files that examgen did not write, would be written over.
    """
    book = folder / GRADEBOOK
    if not book.exists():
        there = [name for name in (RESULTS, NOTES, INTEGRITY) if (folder / name).exists()]
        if there and not force:
            raise _in_the_way(folder, f"{there[0]} is there without a {GRADEBOOK}")
        return Earlier(folder)
    try:
        rows = _book(book, exam)
    except (AnswersError, ValueError) as error:
        if force:
            return Earlier(folder)
        raise _in_the_way(folder, f"its {GRADEBOOK} is none that examgen wrote ({error})") from None
    others = {row["exam"] for row in rows.values()} - {exam.id}
    if others:
        if force:
            return Earlier(folder)
        raise _in_the_way(folder, f"it holds the marks of exam {printable(min(others), 60)!r}, not {exam.id!r}")
    marked = {paper: row for paper, row in rows.items() if row.get(STATUS, MARKED) != ABSENT}
    return Earlier(folder, marked, is_there=True)


def row_digests(folder: Path) -> dict[str, bytes]:
    """By student as in results.csv, a digest of all rows; empty where there is no such file."""
    try:
        _, lines = _lines(folder / RESULTS)
    except ExamgenError:
        return {}
    digests: dict[str, hashlib._Hash] = {}
    for student, line in lines:
        digests.setdefault(student, hashlib.sha256()).update(line)
    return {student: digest.digest() for student, digest in digests.items()}


def _in_the_way(folder: Path, why: str) -> ExamgenError:
    return ExamgenError(
        f"{printable(folder)}: {why}; nothing was written. Give another folder with --out DIR, or write over it with "
        f"--force"
    )


def _book(path: Path, exam: Exam) -> dict[Paper, dict[str, str]]:
    others = [name for name in (STATUS, "name", *gradebook_columns(exam)) if name not in _HEADS]
    spelled = {name.lower(): name for name in (*_HEADS, *others)}
    table = read_table(path, _HEADS, tuple(name.lower() for name in others), extra="ignore")
    if table.problems:
        raise ValueError(f"line {table.problems[0].line}: {table.problems[0].detail}")
    rows: dict[Paper, dict[str, str]] = {}
    for line, cells in table.rows:
        paper = (cells["student"], cells["variant"])
        if paper in rows:
            raise ValueError(f"line {line}: student {printable(paper[0])!r} is there twice")
        # Spreadsheets that separate cells by semicolons write decimal commas.
        row = {
            spelled[name]: cell if name in TEXTS or table.delimiter == "," else cell.replace(",", ".")
            for name, cell in cells.items()
        }
        _check_numbers(line, row)
        rows[paper] = row
    return rows


def _check_numbers(line: int, row: Mapping[str, str]) -> None:
    """Marks that somebody has written over must not be lost, nor end in anything but a line.

    Raises: ValueError if a cell that must hold a number holds none.
    """
    needed = "marks" if row.get(STATUS, MARKED) != ABSENT else ""
    for name, cell in row.items():
        if name not in TEXTS and (cell or name == needed) and not _is_number(cell):
            raise ValueError(f"line {line}: {name} is {printable(cell, 40)!r}, which is no number")


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _lines(path: Path) -> tuple[str, Iterator[tuple[str, bytes]]]:
    """The header of results.csv, and each other line with its student; no cell of ours holds a line break."""
    try:
        header, *lines = content_of(path).splitlines(keepends=True)
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "is empty"
        raise ExamgenError(f"{printable(path)}: cannot be read: {told}; begin anew with --fresh") from None
    return header.decode("utf-8", "replace").rstrip("\n"), ((_student(line), line) for line in lines)


def _student(line: bytes) -> str:
    if line.startswith(b'"'):
        return str(next(csv.reader([line.decode("utf-8", "replace")]))[0])
    return line.partition(b",")[0].decode("utf-8", "replace")
