"""Finds one student's paper again in a class that was marked: the rows of results.csv, the key, and the numbers.

Called by `explaining`. The student's answers are those of results.csv, so that they are explained as they were marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from examgen.errors import AnswersError, KeyFileError, did_you_mean, some
from examgen.exams.exam import QuestionVariant, Variant
from examgen.exams.folders.files import safe_text, typed_text
from examgen.exams.folders.places import MARKS
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.words import original
from examgen.marking.judging.written_digits import Submitted, submitted_of
from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.typed.typed_numbers import REASONS, Number, Unreadable, parse_number, unreadable
from examgen.marking.results.earlier import GRADEBOOK, RESULTS
from examgen.marking.results.key_of_marks import key_of_marks
from examgen.marking.results.read_back import Row, read_table_back, row_of
from examgen.marking.results.result_rows import COLUMNS
from examgen.tables.csv_tables import printable

NAMELESS = "-"
"""How a paper without a name is called on the command line."""

_MOST_NAMED = 10


@dataclass(frozen=True, eq=False, slots=True)
class MarkedPaper:
    """One student's paper with its rows of results.csv.

    Attributes:
        results: the file.
        key: of the exam.
        student: id, as in the key where the key knows it.
        variant: the paper by which the student was marked.
        rows: by question and field.
    """

    results: Path
    key: Key
    student: str
    variant: Variant
    rows: Mapping[tuple[str, str], Row]


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """One asked number of a student's paper.

    Attributes:
        paper: its question, with those fields only that ask for numbers.
        numbers: of the student.
        place: among the fields of `paper`.
    """

    paper: PaperShape
    numbers: QuestionVariant
    place: int


def read_marked(folder: Path, student: str, key: Path | None = None) -> MarkedPaper:
    """Read a student's paper from a marked class.

    Args:
        folder: of the class or paper, with marks/results.csv in it; or that folder, or that file.
        student: id as in results.csv; empty or "-" for a paper without a name.
        key: folder of the key, or of the exam around it; where it is None, the one that the marks were made with.

    Raises:
        AnswersError: results.csv cannot be read, or has no such student.
        KeyFileError: the key cannot be read, or has no paper of this student.
    """
    results = _results_file(folder)
    found = read_key(key) if key is not None else key_of_marks(results, student)
    name = "" if student == NAMELESS else student
    name, rows = _rows(results, name)
    mine = (variant for variant in found.variants if name and variant.student == name)
    return MarkedPaper(results, found, name, next(mine, None) or _variant_of(results, found, name), rows)


def find_place(marked: MarkedPaper, field: str) -> Place:
    """The asked number of this name, `field` or `Q1:field`.

    Raises: AnswersError: there is none, it asks for no number, or several questions have one.
    """
    on_paper = list(papers(marked.key.exam, marked.variant))
    question, name = "", field
    if ":" in field:
        question, name = (part.strip() for part in field.split(":", 1))
        ids = [paper.question.id for paper, _ in on_paper]
        if question not in ids:
            raise AnswersError(
                f"question {printable(question)!r} is not on this paper; there are {', '.join(ids)}."
                f"{did_you_mean(question, ids)}"
            )
    there = [(paper, numbers) for paper, numbers in on_paper if question in ("", paper.question.id)]
    asked = [(paper, numbers, one) for paper, numbers in there for one in paper.fields if one.name == name]
    if not asked:
        names = [one.name for paper, _ in there for one in paper.fields]
        raise AnswersError(
            f"field {printable(name)!r} is not on {question or 'this paper'}; there are {some(names, _MOST_NAMED)}."
            f"{did_you_mean(name, names)}"
        )
    if len(asked) > 1:
        choices = " or ".join(f"{paper.question.id}:{name}" for paper, _, _ in asked)
        raise AnswersError(f"field {name!r} is in several questions; say {choices}")
    paper, numbers, one = asked[0]
    if one.as_ != "number":
        raise AnswersError(f"field {name!r} asks for a {one.as_}; only the marks of numbers have a calculation")
    only = replace(paper, fields=paper.number_fields)
    return Place(only, numbers, only.fields.index(one))


def submitted(marked: MarkedPaper, paper: PaperShape) -> tuple[Submitted, list[str]]:
    """What the student wrote into the fields of a paper, for one student, and why each answer is no number."""
    rows = [marked.rows.get((paper.question.id, field.name), {}) for field in paper.fields]
    parsed = [_parsed(row) for row in rows]
    reasons = [one.reason if isinstance(one, Unreadable) else "" for one in parsed]
    return submitted_of(Numbers.of(parsed), np.arange(len(parsed))[None]), reasons


def _parsed(row: Row) -> Number | Unreadable:
    """An answer read again; its decimal mark is the one that gives the value of the row."""
    text, value = typed_text(row.get("answer", "")), row.get("value", "")
    readings = [parse_number(text, "."), parse_number(text, ",")]
    if value:
        numbers = [one for one in readings if isinstance(one, Number)]
        return next((one for one in numbers if one.value == float(value)), Number(float(value), None, None))
    refused = [one for one in readings if isinstance(one, Unreadable)]
    if len(refused) == len(readings):
        return refused[0]
    # A text that reads as a number counts as none for a reason that lies elsewhere: the student was told which.
    told = original(row.get("comment", ""))
    return unreadable(next((reason for reason, text in REASONS.items() if text == told), "duplicate"))


def _results_file(folder: Path) -> Path:
    for path in (folder, folder / RESULTS, folder / MARKS / RESULTS):
        if path.is_file():
            return path
    raise AnswersError(
        f"{folder}: there is no {RESULTS} in it nor in {MARKS}/; give the folder of a class that was marked"
    )


def _rows(path: Path, student: str) -> tuple[str, dict[tuple[str, str], Row]]:
    """The id of a student who is named as they are, or as the table shows them, and their rows."""
    students: dict[str, None] = {}
    shown = {safe_text(student): student} | {student: typed_text(student)}
    lines: dict[str, list[Row]] = {}
    header, table = read_table_back(path, COLUMNS)
    column = header.index("student")
    for line in table:
        name = line[column] if len(line) > column else ""
        students.setdefault(name)
        # A class has millions of rows: they are taken apart where they are this student's only.
        if name in shown and line:
            lines.setdefault(shown[name], []).append(row_of(header, line))
    if not lines:
        who = f"student {printable(student)!r} is not in it" if student else "no paper in it is without a name"
        ids = [typed_text(name) for name in students]
        names = [printable(name) or f"{NAMELESS} (without a name)" for name in ids]
        raise AnswersError(f"{path}: {who}; there are {some(names, _MOST_NAMED)}.{did_you_mean(student, ids)}")
    # The very id comes first: what the table shows of one student may be another's id.
    found = student if student in lines else typed_text(student)
    return found, _by_entry(path, found, lines[found])


def _by_entry(path: Path, student: str, rows: list[Row]) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        entry = (row["question"], row["field"])
        if entry in found:
            whose = f"student {printable(student)!r} has" if student else "Without a name there are"
            raise AnswersError(f"{path}: {whose} several papers; fill in the column student of each and mark again")
        found[entry] = row
    return found


def _variant_of(results: Path, key: Key, student: str) -> Variant:
    """The paper of a student whom the key does not know: the one of the grade book, or the only one."""
    book = results.with_name(GRADEBOOK)
    header, lines = read_table_back(book, ("student", "variant")) if book.is_file() else ([], iter(()))
    rows = [row_of(header, line) for line in lines]
    codes = {row["variant"] for row in rows if typed_text(row["student"]) == student}
    fitting = [variant for variant in key.variants if variant.code in codes]
    if len(fitting) == 1 or len(fitting := list(key.variants)) == 1:
        return fitting[0]
    raise KeyFileError(f"{key.folder}: has no paper of student {printable(student)!r}; mark the class again with it")
