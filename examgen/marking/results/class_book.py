"""gradebook.csv: a row for each student of the class, whether marked now, marked before or absent.

Called by `grading` with the columns of those who are marked now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examgen.exams.exam import Variant
from examgen.exams.fields import exact_total
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exams.keys.key_folder import Key
from examgen.exams.keys.solved_papers import papers
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.results.earlier import ABSENT, MARKED, STATUS, TEXTS, Paper
from examgen.marking.results.totals import gradebook_columns

_MARKS = ("marks", "max_marks")


@dataclass(frozen=True, eq=False, slots=True)
class ClassBook:
    """The gradebook.

    Attributes:
        columns: by name, a value for each student: marks are numbers, None where a student is absent.
        is_now: for each student whether they are marked now.
        absent: students of the key who never handed in anything.
    """

    columns: Mapping[str, Sequence[Any]]
    is_now: Sequence[bool]
    absent: tuple[str, ...]


def class_book(key: Key, marked: Mapping[str, Sequence[Any]], kept: Mapping[Paper, Mapping[str, str]]) -> ClassBook:
    """Students in the order of the key, and behind them those whom it does not know.

    Args:
        marked: the columns of those marked now.
        kept: the rows of those marked before and not now.
    """
    names = ("student", "name", "exam", "variant", STATUS, *gradebook_columns(key.exam))
    before = [_typed(row, names) for row in kept.values()]
    there = {*marked["student"], *(row["student"] for row in before)}
    place = {safe_text(variant.student): number for number, variant in enumerate(key.variants) if variant.student}
    missing = [key.variants[number] for student, number in place.items() if student not in there]
    others = [*before, *(_absent(key, variant, names) for variant in missing)]
    count = len(marked["student"])
    columns = {
        name: [*(marked[name] if name in marked else [MARKED] * count), *(row[name] for row in others)]
        for name in names
    }
    places = [place.get(student, len(key.variants)) for student in columns["student"]]
    order = sorted(range(len(places)), key=places.__getitem__)
    columns = {name: [column[number] for number in order] for name, column in columns.items()}
    return ClassBook(columns, [number < count for number in order], tuple(variant.student for variant in missing))


def book_csv(key: Key, columns: Mapping[str, Sequence[Any]]) -> bytes:
    """gradebook.csv; marks in the shortest form that reads back as the same number."""
    marks = {*_MARKS, *(question.id for question in key.exam.questions)}
    texts = [
        ["" if value is None else f"{value:.15g}" if name in marks else str(value) for value in column]
        for name, column in columns.items()
    ]
    return csv_bytes(list(columns), zip(*texts, strict=True))


def _absent(key: Key, variant: Variant, names: Sequence[str]) -> dict[str, Any]:
    totals = [exact_total(paper.fields, with_bonus=False) for paper, _ in papers(key.exam, variant)]
    heads = {
        "student": safe_text(variant.student),
        "name": safe_text(variant.name),
        "exam": key.exam.id,
        "variant": variant.code,
        STATUS: ABSENT,
        "max_marks": float(sum(totals)),
    }
    return {**dict.fromkeys(names), **heads, **({"grade": ""} if "grade" in names else {})}


def _typed(row: Mapping[str, str], names: Sequence[str]) -> dict[str, Any]:
    """A row of an earlier gradebook; what it lacks is empty."""
    found: dict[str, Any] = {}
    for name in names:
        text = row.get(name, MARKED if name == STATUS else "")
        found[name] = (
            text if name in TEXTS else None if not text else int(float(text)) if name in OUTCOMES else float(text)
        )
    return found
