"""Matches handed-in rows with the key: whose paper each row answers, and which of its fields.

Nothing that a student wrote raises; what cannot be matched is counted and named, and the rest is marked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examgen.exams.exam import PaperShape, Variant
from examgen.exams.keys import Key, papers
from examgen.marking.reading import AnswerRow, AnswerSheet


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for the instructor to know: a kind, whom it is about, how often, and a sentence."""

    kind: str
    student: str
    count: int
    text: str


@dataclass(frozen=True, eq=False)
class Submission:
    """What one student handed in.

    Attributes:
        student: as named by the key, else by the sheet; empty where nobody is named.
        variant: the paper that it is marked against.
        answers: rows by (question, field).
    """

    student: str
    variant: Variant
    answers: Mapping[tuple[str, str], AnswerRow]


def match(key: Key, sheets: Sequence[AnswerSheet]) -> tuple[list[Submission], list[Notice]]:
    """The submissions in the order in which the sheets name them, and what could not be matched."""
    by_student = {variant.student: variant for variant in key.variants if variant.student}
    by_code = {variant.code: variant for variant in key.variants}
    notices: list[Notice] = []
    groups: dict[tuple[str, str], list[AnswerRow]] = {}
    marked_on: dict[tuple[str, str], Variant] = {}
    strangers: Counter[tuple[str, str]] = Counter()
    other_exams: Counter[tuple[str, str]] = Counter()
    for row in (row for sheet in sheets for row in sheet.rows):
        if row.exam != key.exam.id:
            other_exams[row.student, row.exam] += 1
            continue
        # The student first: codes are short, and in a very large class two papers may share one.
        variant = by_student.get(row.student) or by_code.get(row.variant)
        if variant is None:
            strangers[row.student, row.variant] += 1
            continue
        groups.setdefault((row.student, variant.code), []).append(row)
        marked_on[row.student, variant.code] = variant
    notices += _other_exams(key, other_exams)
    notices += [
        Notice(
            "unknown_student",
            student,
            count,
            f"student {student!r} with variant {variant!r} is not in the key; {count} rows were not marked",
        )
        for (student, variant), count in strangers.items()
    ]
    submissions = []
    for (student, code), rows in groups.items():
        variant = marked_on[student, code]
        notices += _identity(student, variant, rows, is_known=student in by_student)
        answers, unknown = _by_field(key, variant, rows)
        notices += _unknown_fields(student, unknown)
        submissions.append(Submission(student, variant, answers))
    return submissions, notices


def missing_students(key: Key, submissions: Iterable[Submission]) -> tuple[str, ...]:
    """Students of the key who handed in nothing."""
    there = {submission.student for submission in submissions}
    return tuple(variant.student for variant in key.variants if variant.student and variant.student not in there)


def _other_exams(key: Key, found: Mapping[tuple[str, str], int]) -> list[Notice]:
    return [
        Notice(
            "other_exam",
            student,
            count,
            f"{count} rows of student {student!r} are of exam {exam!r}, the key is of {key.exam.id!r}; not marked",
        )
        for (student, exam), count in found.items()
    ]


def _identity(student: str, variant: Variant, rows: Sequence[AnswerRow], *, is_known: bool) -> list[Notice]:
    """A sheet of another student's variant, and a student whom the key of a class does not know."""
    if is_known:
        codes = sorted({row.variant for row in rows} - {variant.code, ""})
        if not codes:
            return []
        text = f"student {student!r} handed in variant {', '.join(codes)} and is marked on the own one, {variant.code}"
        return [Notice("other_variant", student, len(rows), text)]
    if variant.student and student:
        text = f"student {student!r} is not in the key and is marked on variant {variant.code} of {variant.student!r}"
        return [Notice("unknown_student", student, len(rows), text)]
    if variant.student:
        text = (
            f"a sheet of variant {variant.code}, the paper of {variant.student!r}, names no student; "
            f"it is marked without a name; fill in the column student"
        )
        return [Notice("no_student", student, len(rows), text)]
    if not student:
        text = f"the sheet of variant {variant.code} names no student; fill in the column student"
        return [Notice("no_student", student, len(rows), text)]
    return []


def _by_field(
    key: Key, variant: Variant, rows: Sequence[AnswerRow]
) -> tuple[dict[tuple[str, str], AnswerRow], list[AnswerRow]]:
    known = {place for paper, _ in papers(key.exam, variant) for place in field_places(paper)}
    answers: dict[tuple[str, str], AnswerRow] = {}
    unknown = []
    for row in rows:
        if (row.question, row.field) in known:
            answers[row.question, row.field] = row
        else:
            unknown.append(row)
    return answers, unknown


def field_places(paper: PaperShape) -> list[tuple[str, str]]:
    """(question, field) of each field of a paper shape."""
    return [(paper.question.id, field.name) for field in paper.fields]


def _unknown_fields(student: str, rows: Sequence[AnswerRow]) -> list[Notice]:
    if not rows:
        return []
    names = ", ".join(dict.fromkeys(f"{row.question} {row.field!r}" for row in rows[:5]))
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    text = f"student {student!r}: {len(rows)} unknown fields were passed over: {names}{more}"
    return [Notice("unknown_field", student, len(rows), text)]
