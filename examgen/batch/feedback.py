"""Writes what a marked class gets back: feedback/<student>.html and .pdf.

It reads the rows of results.csv and the key, so that it works on a class that was marked before as well. `grade` calls
it, with a `MarkedClass` of its own or with the tables in a folder.
"""

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Protocol

from examgen.documents.feedback import (
    EntryFeedback,
    StudentFeedback,
    feedback_html,
    feedback_pdf,
    misconceptions_of,
)
from examgen.documents.papers import Person
from examgen.documents.style import STANDARD, PaperStyle
from examgen.errors import AnswersError
from examgen.exams.exam import Variant
from examgen.exams.files import folder_name, safe_text, write_files
from examgen.exams.keys import Key, papers, read_key
from examgen.exams.other_references import typed_reference
from examgen.marking.numbers import Number, parse_number

FOLDER = "feedback"
RESULTS, BOOK = "results.csv", "gradebook.csv"
COLUMNS = (
    "student",
    "question",
    "field",
    "answer",
    "value",
    "reference",
    "follow_through",
    "outcome",
    "marks",
    "max_marks",
)
"""Those that feedback needs; `misconception` and `comment` are used where they are there."""


Progress = Callable[[int, int], None]
"""Called with the number of students done and of all."""

Row = Mapping[str, object]
"""One row of a table by column, as in results.csv; values are text or numbers, empty or NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Total:
    """A student's line in the grade book; `variant` tells which paper an unknown student had."""

    marks: Decimal
    max_marks: Decimal
    grade: str = ""
    variant: str = ""
    name: str = ""


class MarkedClass(Protocol):
    """What feedback is made from."""

    @property
    def key(self) -> Key:
        """The key by which the class was marked."""

    def rows(self) -> Iterable[Row]:
        """The rows of results.csv; those of a student stand together."""

    def totals(self) -> Mapping[str, Total]:
        """By student, as in the column `student`; where one is missing, marks are added up."""


@dataclass(frozen=True, slots=True)
class ResultRows:
    """A marked class from rows, such as `table.to_dict("records")` or `table.to_pylist()`."""

    key: Key
    results: Iterable[Row]
    book: Mapping[str, Total] = field(default_factory=dict)

    def rows(self) -> Iterable[Row]:
        """The rows as they were given."""
        return self.results

    def totals(self) -> Mapping[str, Total]:
        """The totals as they were given."""
        return self.book


@dataclass(frozen=True, slots=True)
class WrittenFeedback:
    """What was written: the folder, the students in order, and those without a paper in the key, who got none."""

    folder: Path
    students: tuple[str, ...]
    skipped: tuple[str, ...]


def feedback_from_files(marks: Path, key: Path, style: PaperStyle = STANDARD) -> WrittenFeedback:
    """Feedback for the tables in a folder of marks, beside them.

    Args:
        marks: folder with results.csv, and gradebook.csv if there is one.
        key: folder of the key, or of the exam around it.

    Raises:
        AnswersError: results.csv is missing or lacks a column.
        KeyFileError: as in `read_key`.
        ExamgenError: a file cannot be written.
    """
    results = _table(marks / RESULTS, COLUMNS)
    book = _table(marks / BOOK, ("student",)) if (marks / BOOK).is_file() else []
    return write_feedback(
        ResultRows(read_key(key), results, {row["student"]: total_of(row) for row in book}), marks, style
    )


def write_feedback(
    marked: MarkedClass, out: Path, style: PaperStyle = STANDARD, progress: Progress | None = None
) -> WrittenFeedback:
    """Write `<out>/feedback/<student>.html` and `.pdf` for each student.

    Args:
        marked: the class.
        out: folder of the marks.
        style: language, paper and theme.
        progress: called after each student.

    Raises: ExamgenError: a file cannot be written.
    """
    by_student = {safe_text(variant.student): variant for variant in marked.key.variants if variant.student}
    by_code = {variant.code: variant for variant in marked.key.variants}
    totals = marked.totals()
    students = [(name, list(rows)) for name, rows in groupby(marked.rows(), key=lambda row: str(row["student"]))]
    done, skipped = [], []
    for number, (name, rows) in enumerate(students, start=1):
        total = totals.get(name)
        variant = by_student.get(name) or by_code.get(total.variant if total else "")
        if variant is None and len(by_code) == 1:
            (variant,) = by_code.values()
        if variant is None:
            skipped.append(name)
            continue
        told = student_feedback(marked.key, variant, name, rows, total)
        # Who has no name is known by the paper.
        file = folder_name(_typed(name)) if name else variant.code
        pages = {
            f"{FOLDER}/{file}.html": feedback_html(marked.key.exam, variant, told, style).encode(),
            f"{FOLDER}/{file}.pdf": feedback_pdf(marked.key.exam, variant, told, style),
        }
        write_files(out, pages)
        done.append(name)
        if progress is not None:
            progress(number, len(students))
    return WrittenFeedback(out / FOLDER, tuple(done), tuple(skipped))


def student_feedback(
    key: Key, variant: Variant, student: str, rows: Iterable[Row], total: Total | None = None
) -> StudentFeedback:
    """What one student is told, from the rows of results.csv.

    Args:
        variant: the paper by which the student was marked.
        student: as in the column.
        total: of the grade book; the marks are added up where it is None.
    """
    places = [(paper.question.id, asked.name) for paper, _ in papers(key.exam, variant) for asked in paper.fields]
    order = {place: number for number, place in enumerate(places)}
    found = [_entry(row) for row in rows]
    typed = {
        (paper.question.id, asked.name): typed_reference(paper, asked)
        for paper, _ in papers(key.exam, variant)
        for asked in paper.other_fields
    }
    known = [
        replace(entry, reference_text=typed.get(entry.place, entry.reference_text))
        for entry in found
        if entry.place in order
    ]
    entries = tuple(sorted(known, key=lambda entry: order[entry.place]))
    first = next((entry.place for entry in entries if entry.outcome == "wrong"), None)
    name = variant.name if variant.student and safe_text(variant.student) == student else total.name if total else ""
    return StudentFeedback(
        person=Person(_typed(student), _typed(name), variant.code),
        entries=entries,
        misconceptions=misconceptions_of(entries),
        marks=total.marks if total else sum((entry.marks for entry in entries), Decimal(0)),
        max_marks=total.max_marks if total else sum((entry.max_marks for entry in entries), Decimal(0)),
        grade=total.grade if total else "",
        first_divergent=first,
    )


def total_of(row: Row) -> Total:
    """A student's total from a row of gradebook.csv."""
    return Total(
        _marks(row.get("marks")),
        _marks(row.get("max_marks")),
        _text(row.get("grade")),
        _text(row.get("variant")),
        _text(row.get("name")),
    )


def _entry(row: Row) -> EntryFeedback:
    reference, value = _number(row["reference"]), _number(row["value"])
    own = _number(row["follow_through"])
    answer, outcome = _text(row["answer"]), _text(row["outcome"])
    target = own if own is not None else reference
    return EntryFeedback(
        question=_text(row["question"]),
        field=_text(row["field"]),
        answer_text=_typed(answer),
        value=value,
        own=own,
        reference=reference,
        marks=_marks(row["marks"]),
        max_marks=_marks(row["max_marks"]),
        outcome=outcome,
        is_coarse=outcome == "wrong" and _is_coarse(answer, value, target),
        misconceptions=tuple(filter(None, _text(row.get("misconception", "")).split("|"))),
        comment=_text(row.get("comment", "")),
        reference_text="" if reference is not None else _typed(_text(row["reference"])),
    )


def _is_coarse(answer: str, value: float | None, target: float | None) -> bool:
    """Whether a number that is not 0 is right to the decimals with which it is written."""
    if not value or target is None:
        return False
    readings = [parse_number(answer, "."), parse_number(answer, ",")]
    written = (one for one in readings if isinstance(one, Number) and one.value == value)
    decimals = next((one.decimals for one in written if one.decimals is not None), None)
    return decimals is not None and abs(value - target) <= 0.51 * 10.0**-decimals


def _table(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise AnswersError(f"{path}: the column {missing[0]} is missing; mark the class again")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnswersError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _number(value: object) -> float | None:
    try:
        number = float(_text(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _marks(value: object) -> Decimal:
    try:
        marks = Decimal(_text(value) or "0")
    except InvalidOperation:
        return Decimal(0)
    return marks if marks.is_finite() else Decimal(0)


def _typed(text: str) -> str:
    """A text without the apostrophe that keeps spreadsheets from running it."""
    return text[1:] if text.startswith("'") and safe_text(text[1:]) == text else text
