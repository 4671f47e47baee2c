"""Marks a class: reads the sheets, finds the key, marks every entry, and makes the tables.

`grade` is what the command line and the public function call.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from examgen.errors import AnswersError
from examgen.exams.exam import Field, PaperShape, paper_shape
from examgen.exams.files import safe_text, write_files
from examgen.exams.keys import Key, read_key
from examgen.marking.entries import NO_DIGITS, Marked, Submitted, mark
from examgen.marking.finding import find_key
from examgen.marking.matching import Notice, Submission, match, missing_students
from examgen.marking.numbers import REASONS, Number, Unreadable
from examgen.marking.outcomes import BY_CODE, OUTCOMES
from examgen.marking.reading import AnswerRow, AnswerSheet, DecimalChoice, Problem, read_submissions

if TYPE_CHECKING:
    import pandas as pd

RESULT_COLUMNS = (
    "student",
    "question",
    "field",
    "answer",
    "value",
    "reference",
    "follow_through",
    "tolerance",
    "outcome",
    "misconception",
    "marks",
    "max_marks",
    "comment",
)


@dataclass(frozen=True, eq=False)
class GradedClass:
    """A marked class.

    Attributes:
        exam: id of the exam.
        results: a row per student and field, columns `RESULT_COLUMNS`.
        gradebook: a row per student: marks, share, marks of each question, entries of each outcome.
        notices: what could not be matched with the key.
        problems: what could not be read.
        missing: students of the key who handed in nothing.
        key: folder of the key that was used.
        folder: where results.csv and gradebook.csv were written.
    """

    exam: str
    results: "pd.DataFrame"
    gradebook: "pd.DataFrame"
    notices: tuple[Notice, ...]
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]
    key: Path
    folder: Path


def grade(
    answers: Path, key: Path | None = None, out: Path | None = None, decimal: DecimalChoice = "auto"
) -> GradedClass:
    """Mark answer sheets and write results.csv and gradebook.csv.

    Args:
        answers: one file with the answers of one or many students, or a folder of such files.
        key: folder of the key, or of the exam around it; looked up by the sheets' exam when it is not given.
        out: folder for the two tables; `marks` in the exam's folder when it is not given.
        decimal: the decimal mark of the answers.

    Raises:
        AnswersError: the answers cannot be read at all, or none belongs to the key.
        KeyFileError: the key is missing, damaged or of another format.
        ExamgenError: the tables cannot be written.
    """
    sheets = read_submissions(answers, decimal)
    found = read_key(key) if key is not None else _key_of(answers, sheets)
    submissions, notices = match(found, sheets)
    if not submissions:
        reason = notices[0].text if notices else "the sheets have no rows"
        raise AnswersError(f"{answers}: nothing to mark with the key of {found.exam.id}: {reason}")
    results, gradebook = _tables(found, submissions)
    folder = out if out is not None else found.folder.parent / "marks"
    questions = [question.id for question in found.exam.questions]
    write_files(folder, {"results.csv": _csv(results, _MARKS), "gradebook.csv": _csv(gradebook, [*_MARKS, *questions])})
    problems = tuple(problem for sheet in sheets for problem in sheet.problems)
    missing = missing_students(found, submissions)
    return GradedClass(found.exam.id, results, gradebook, tuple(notices), problems, missing, found.folder, folder)


def _key_of(answers: Path, sheets: Sequence[AnswerSheet]) -> Key:
    exams = Counter(row.exam for sheet in sheets for row in sheet.rows)
    identities = frozenset(name for sheet in sheets for row in sheet.rows for name in (row.student, row.variant))
    return find_key(answers, [exam for exam, _ in exams.most_common()], identities)


_MARKS = ("marks", "max_marks")


def _csv(table: "pd.DataFrame", marks: Sequence[str]) -> bytes:
    # Of a column pandas writes 1 as 1.0 as soon as a half is in it; a student's rows must not depend on the others'.
    texts = {name: table[name].map("{:.15g}".format) for name in marks}
    return table.assign(**texts).to_csv(index=False, lineterminator="\n").encode()


def _tables(key: Key, submissions: Sequence[Submission]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    import pandas as pd

    rows: list[list[tuple[object, ...]]] = [[] for _ in submissions]
    books: list[dict[str, object]] = [_book_head(key, submission) for submission in submissions]
    for question in key.exam.questions:
        for label in question.shapes:
            members = [n for n, s in enumerate(submissions) if s.variant.questions[question.id].label == label]
            if members:
                paper = paper_shape(question, label, key.exam.notation)
                _mark_members(key, paper, submissions, members, rows, books)
    for book in books:
        _finish(book)
    columns = [*_BOOK_HEAD, *(question.id for question in key.exam.questions), *OUTCOMES]
    results = pd.DataFrame([row for of_student in rows for row in of_student], columns=list(RESULT_COLUMNS))
    return results, pd.DataFrame(books, columns=columns)


_BOOK_HEAD = ("student", "name", "exam", "variant", "marks", "max_marks", "percent")


def _book_head(key: Key, submission: Submission) -> dict[str, object]:
    variant = submission.variant
    name = variant.name if variant.student == submission.student else ""
    return {
        "student": safe_text(submission.student),
        "name": safe_text(name),
        "exam": key.exam.id,
        "variant": variant.code,
        "marks": Decimal(0),
        "max_marks": Decimal(0),
        **dict.fromkeys(OUTCOMES, 0),
    }


def _finish(book: dict[str, object]) -> None:
    """Totals as plain numbers: halves and quarters of marks are exact in them."""
    marks, most = Decimal(str(book["marks"])), Decimal(str(book["max_marks"]))
    book["percent"] = round(float(100 * marks / most), 2) if most else 0.0
    for name, value in book.items():
        if isinstance(value, Decimal):
            book[name] = _plain(value)


def _mark_members(
    key: Key,
    paper: PaperShape,
    submissions: Sequence[Submission],
    members: Sequence[int],
    rows: list[list[tuple[object, ...]]],
    books: list[dict[str, object]],
) -> None:
    """Mark one question of all students who share its shape, and add it to their rows and books."""
    question = paper.question.id
    shares = key.exam.policy.shares
    givens = {
        given.name: np.stack([submissions[n].variant.questions[question].givens[given.name] for n in members])
        for given in paper.graph.givens
    }
    answers = [[submissions[n].answers.get((question, field.name)) for field in paper.fields] for n in members]
    marked = mark(paper, givens, submitted_of(answers))
    for place, member in enumerate(members):
        book, total = books[member], Decimal(0)
        for column, field in enumerate(paper.fields):
            outcome = BY_CODE[int(marked.outcome[place, column])]
            marks = field.marks * shares.get(outcome.name, Decimal(0))
            total += marks
            book[outcome.name] = int(str(book[outcome.name])) + 1
            rows[member].append(
                _result(
                    submissions[member].student, paper, field, answers[place][column], marked, (place, column), marks
                )
            )
        most = sum((field.marks for field in paper.fields), Decimal(0))
        book[question] = total
        book["marks"], book["max_marks"] = _add(book["marks"], total), _add(book["max_marks"], most)


def _add(so_far: object, more: Decimal) -> Decimal:
    assert isinstance(so_far, Decimal)
    return so_far + more


def submitted_of(answers: Sequence[Sequence[AnswerRow | None]]) -> Submitted:
    """Arrays from rows by student and field; None is a row that was not handed in, which is blank."""
    shape = (len(answers), len(answers[0]) if answers else 0)
    values = np.full(shape, np.nan)
    decimals = np.full(shape, NO_DIGITS)
    digits = np.full(shape, NO_DIGITS)
    is_unreadable = np.zeros(shape, dtype=bool)
    for student, row in enumerate(answers):
        for column, answer in enumerate(row):
            if answer is None:
                continue
            parsed = answer.parsed
            if isinstance(parsed, Unreadable):
                is_unreadable[student, column] = parsed.reason != "blank"
                continue
            values[student, column] = parsed.value
            decimals[student, column] = NO_DIGITS if parsed.decimals is None else parsed.decimals
            digits[student, column] = NO_DIGITS if parsed.digits is None else parsed.digits
    return Submitted(values, decimals, digits, is_unreadable)


def _result(
    student: str,
    paper: PaperShape,
    field: Field,
    answer: AnswerRow | None,
    marked: Marked,
    place: tuple[int, int],
    marks: Decimal,
) -> tuple[object, ...]:
    text = answer.answer.strip() if answer is not None else ""
    is_number = answer is not None and isinstance(answer.parsed, Number)
    outcome = BY_CODE[int(marked.outcome[place])]
    return (
        safe_text(student),
        paper.question.id,
        field.name,
        text if is_number else safe_text(_shortened(text)),
        answer.parsed.value if answer is not None and isinstance(answer.parsed, Number) else "",
        float(marked.reference[place]),
        _finite(float(marked.own[place])),
        _finite(float(f"{marked.tolerance[place]:.6g}")),
        outcome.name,
        "",
        _plain(marks),
        _plain(field.marks),
        outcome.comment.format(detail=_detail(field, answer, marked, place)),
    )


def _finite(value: float) -> float:
    """A value that a student's wild number has made overflow is an empty cell."""
    return value + 0.0 if np.isfinite(value) else np.nan  # + 0.0 turns -0.0 into 0.0


_LONGEST_ANSWER = 80


def _shortened(text: str) -> str:
    """What a student typed that is no number, short and on one line."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST_ANSWER]).split())
    return text if len(text) <= _LONGEST_ANSWER else f"{text[: _LONGEST_ANSWER - 1]}…"


def _detail(field: Field, answer: AnswerRow | None, marked: Marked, place: tuple[int, int]) -> str:
    """Why an entry is unreadable or wrong, in one sentence; empty where there is no more to say than that."""
    if answer is not None and isinstance(answer.parsed, Unreadable):
        return REASONS[answer.parsed.reason]
    missing = int(marked.missing_digits[place])
    if missing > 1:
        unit = "decimals" if field.digits.unit == "decimals" else "significant figures"
        return f"Right to the digits that are written, but {field.digits.count} {unit} were asked for."
    if marked.rests_on_wrong[place]:
        return "It follows from earlier answers, one of which is not correct."
    return ""


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
