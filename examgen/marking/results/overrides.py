"""Marks that an instructor sets by hand: overrides.csv beside the key, or where `--overrides` says.

One row sets the marks of one entry of one student, with a reason that the student reads. Outcomes stay as they are.
`grading` reads the file once and puts its marks over those of the policy, shape by shape.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from examgen.errors import AnswersError, did_you_mean
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.folders.files import safe_text, typed_text
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.sentences import IN_ENGLISH, Wording
from examgen.marking.results.totals import MarkUnit, Units
from examgen.tables.csv_tables import Limits, printable, read_table

NAME = "overrides.csv"
REQUIRED = ("student", "field", "marks", "reason")
OPTIONAL = ("question",)

LIMITS = Limits(max_bytes=4 * 1024 * 1024, max_rows=100_000, max_field=500, max_columns=16)
MAX_DECIMALS = 15


@dataclass(frozen=True, slots=True)
class Override:
    """Marks that an instructor gives for one entry.

    Attributes:
        student, question, field: the entry.
        marks: exact.
        reason: in one line.
        line: of the file.
    """

    student: str
    question: str
    field: str
    marks: Fraction
    reason: str
    line: int

    def comment(self, wording: Wording = IN_ENGLISH) -> str:
        """What results.csv and the feedback say about the entry."""
        return wording.tell("by_hand", reason=self.reason)


def find_overrides(key: Path, given: Path | None = None) -> Path | None:
    """The file to read: the given one, else overrides.csv in the key's folder, None where there is none."""
    if given is not None:
        return given
    beside = key / NAME
    return beside if beside.exists() else None


def read_overrides(path: Path, exam: Exam, variants: Mapping[str, Variant]) -> tuple[Override, ...]:
    """Read overrides.csv: student, question, field, marks, reason; question only where two have the field.

    Args:
        path: the file.
        exam: of the key.
        variants: the paper of each student, of those in the key and of those who handed something in.

    Raises:
        AnswersError: the file cannot be read, or a row names nobody or nothing on that paper, sets an entry again,
            gives no reason, or gives marks that the entry cannot have. The message names the line.
    """
    table = read_table(path, REQUIRED, OPTIONAL, LIMITS)
    if table.problems:
        problem = table.problems[0]
        raise AnswersError(f"{printable(path)}: line {problem.line}: {problem.detail}")
    found: dict[tuple[str, str, str], Override] = {}
    for line, cells in table.rows:
        stripped = {name: cell.strip() for name, cell in cells.items()}
        if table.delimiter != ",":
            # Spreadsheets that separate cells by semicolons write decimal commas.
            stripped["marks"] = stripped["marks"].replace(",", ".")
        try:
            override = _override(line, stripped, exam, variants)
            entry = (override.student, override.question, override.field)
            if entry in found:
                raise ValueError(
                    f"{override.question} {override.field} of {printable(override.student)!r} is set in line "
                    f"{found[entry].line} already; keep one of the two rows"
                )
        except ValueError as error:
            raise AnswersError(f"{printable(path)}: line {line}: {error}") from None
        found[entry] = override
    return tuple(found.values())


def with_overrides(
    unit: MarkUnit, paper: PaperShape, students: Sequence[str], units: Units, overrides: Iterable[Override]
) -> tuple[Units, dict[tuple[int, int], Override]]:
    """Put an instructor's marks over those of the policy.

    Args:
        unit: made with the marks of the overrides, see `mark_unit`.
        paper: the shape of these students.
        students: their ids.
        units: (students, fields) from `entry_units`.
        overrides: of the whole exam.

    Returns: a copy of the units with these marks, and what was set, by student and field.
    """
    columns = {field.name: column for column, field in enumerate(paper.fields)}
    mine: dict[str, list[Override]] = {}
    for override in overrides:
        if override.question == paper.question.id and override.field in columns:
            mine.setdefault(override.student, []).append(override)
    if not mine:
        return units, {}
    changed = units.copy()
    placed = {}
    for row in (row for row, student in enumerate(students) if student in mine):
        for override in mine[students[row]]:
            place = (row, columns[override.field])
            changed[place] = unit.count(override.marks)
            placed[place] = override
    return changed, placed


def _override(line: int, cells: Mapping[str, str], exam: Exam, variants: Mapping[str, Variant]) -> Override:
    student = _student(cells["student"], variants)
    question, field = _entry(cells.get("question", ""), cells["field"], exam, variants[student])
    reason = " ".join("".join(char if char.isprintable() else " " for char in cells["reason"]).split())
    if not reason:
        raise ValueError("reason is missing; say in a few words why the marks are set, the student reads it")
    return Override(student, question, field.name, _marks(cells["marks"], field), reason, line)


def _student(name: str, variants: Mapping[str, Variant]) -> str:
    # The tables put an apostrophe before what a spreadsheet could run; ids are copied from them, or typed as they are.
    found = [student for student in dict.fromkeys((name, typed_text(name))) if student in variants]
    if len(found) == 1:
        return found[0]
    if found:
        apart, other = printable(found[1]), printable(safe_text(found[0]))
        raise ValueError(f"{printable(name)} may be two students of this class; write {apart} or {other}")
    raise ValueError(
        f"student {printable(name)!r} is not in the key and handed nothing in; use an id of the class list."
        f"{did_you_mean(name, variants)}"
    )


def _entry(question: str, name: str, exam: Exam, variant: Variant) -> tuple[str, Field]:
    on_paper = {paper.question.id: paper.fields for paper, _ in papers(exam, variant)}
    if question and question not in on_paper:
        raise ValueError(f"question {printable(question)!r} is unknown; use {', '.join(on_paper)} or leave it empty")
    asked = [(found, field) for found in ([question] if question else on_paper) for field in on_paper[found]]
    matching = [(found, field) for found, field in asked if field.name == name]
    if not matching:
        where = question or "this student's paper"
        names = [field.name for _, field in asked]
        raise ValueError(
            f"field {printable(name)!r} is not on {where}; use a field of key/answers.csv.{did_you_mean(name, names)}"
        )
    if len(matching) > 1:
        raise ValueError(
            f"field {printable(name)!r} is in {' and '.join(found for found, _ in matching)}; name one in question"
        )
    return matching[0]


def _marks(text: str, field: Field) -> Fraction:
    """Exact marks; the rounded part of a task's marks, as the tables show it, stands for the exact part."""
    try:
        marks = Decimal(text)
    except ArithmeticError:
        marks = Decimal("NaN")
    is_short = marks.is_finite() and -int(marks.as_tuple().exponent) <= MAX_DECIMALS
    if is_short and marks == field.marks:
        return field.exact_marks
    if not (is_short and 0 <= marks <= field.exact_marks):
        raise ValueError(f"marks is {printable(text)!r}; use a number from 0 to {field.marks:f}")
    return Fraction(marks)
