"""From the rows of results.csv and gradebook.csv to what one student is told; `class_feedback` calls it.

Rows may come from the files or from data frames: a cell is a text or a number, and empty, None or NaN where there is
nothing.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby

from examgen.documents.feedback.student_feedback import EntryFeedback, StudentFeedback, misconceptions_of
from examgen.documents.paper.papers import Person
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import typed_text
from examgen.exams.keys.solved_papers import papers
from examgen.exams.references.typed_references import typed_reference
from examgen.marking.reading.typed.typed_numbers import Number, parse_number

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

Row = Mapping[str, object]
"""One row of a table by column, as in results.csv; values are text or numbers, empty or NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Total:
    """A paper's line in the grade book; `variant` tells which one an unknown student had."""

    marks: Decimal
    max_marks: Decimal
    grade: str = ""
    variant: str = ""
    name: str = ""


def student_of(row: Row) -> str:
    """The id of the student whose row it is."""
    return typed_text(_text(row["student"]))


def of_each_paper(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The student and the rows of each paper; those of a paper stand together.

    Papers without a name may stand behind one another: where an entry comes again, the next one begins.
    """
    for student, of_student in groupby(rows, key=student_of):
        paper: list[Row] = []
        seen: set[tuple[str, str]] = set()
        for row in of_student:
            entry = (_text(row["question"]), _text(row["field"]))
            if entry in seen:
                yield student, paper
                paper, seen = [], set()
            paper.append(row)
            seen.add(entry)
        yield student, paper


def student_feedback(
    exam: Exam, variant: Variant, student: str, rows: Iterable[Row], total: Total | None = None
) -> StudentFeedback:
    """What one student is told, from the rows of results.csv.

    Args:
        variant: the paper by which the student was marked.
        student: their id, empty for a paper without a name.
        total: of the grade book; the marks are added up where it is None.
    """
    places = [(paper.question.id, asked.name) for paper, _ in papers(exam, variant) for asked in paper.fields]
    order = {place: number for number, place in enumerate(places)}
    found = [_entry(row) for row in rows]
    typed = {
        (paper.question.id, asked.name): typed_reference(paper, asked)
        for paper, _ in papers(exam, variant)
        for asked in paper.other_fields
    }
    known = [
        replace(entry, reference_text=typed.get(entry.place, entry.reference_text))
        for entry in found
        if entry.place in order
    ]
    entries = tuple(sorted(known, key=lambda entry: order[entry.place]))
    first = next((entry.place for entry in entries if entry.outcome == "wrong"), None)
    name = variant.name if student and variant.student == student else total.name if total else ""
    return StudentFeedback(
        person=Person(student, name, variant.code),
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
        typed_text(_text(row.get("name"))),
    )


def _entry(row: Row) -> EntryFeedback:
    reference, value = _number(row["reference"]), _number(row["value"])
    own = _number(row["follow_through"])
    answer, outcome = _text(row["answer"]), _text(row["outcome"])
    target = own if own is not None else reference
    return EntryFeedback(
        question=_text(row["question"]),
        field=_text(row["field"]),
        answer_text=typed_text(answer),
        value=value,
        own=own,
        reference=reference,
        marks=_marks(row["marks"]),
        max_marks=_marks(row["max_marks"]),
        outcome=outcome,
        is_coarse=outcome == "wrong" and _is_coarse(typed_text(answer), value, target),
        misconceptions=tuple(filter(None, _text(row.get("misconception", "")).split("|"))),
        comment=_text(row.get("comment", "")),
        reference_text="" if reference is not None else typed_text(_text(row["reference"])),
    )


def _is_coarse(answer: str, value: float | None, target: float | None) -> bool:
    """Whether a number that is not 0 is right to the decimals with which it is written."""
    if not value or target is None:
        return False
    readings = [parse_number(answer, "."), parse_number(answer, ",")]
    written = (one for one in readings if isinstance(one, Number) and one.value == value)
    decimals = next((one.decimals for one in written if one.decimals is not None), None)
    return decimals is not None and abs(value - target) <= 0.51 * 10.0**-decimals


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
