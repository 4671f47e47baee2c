"""Whose marks have changed since the last marking into the same folder.

`grading` compares before it writes the new gradebook.csv; the command line prints `change_lines`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from examgen.errors import AnswersError
from examgen.exams.files import typed_text
from examgen.tables.csv_tables import DEFAULT_LIMITS, printable, read_table

REQUIRED = ("student", "exam", "variant", "marks")
MAX_LINES = 20

Paper = tuple[str, str]
"""Student and variant as in the gradebook."""


@dataclass(frozen=True, slots=True)
class Change:
    """A student whose marks are others than before; None on the side where the student is not."""

    student: str
    old: Decimal | None
    new: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """New less old marks; None where one of them is not there."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True, slots=True)
class Remarking:
    """What a marking changed.

    Attributes:
        is_again: whether there was a gradebook of the same exam.
        changes: in the order of the new gradebook, then those who are not in it any more.
        notice: why an earlier gradebook could not be compared; empty where it could, or where there was none.
    """

    is_again: bool
    changes: tuple[Change, ...] = ()
    notice: str = ""


def changes(old_gradebook: Path | None, exam: str, new: Mapping[Paper, str]) -> Remarking:
    """Compare new marks with those of an earlier gradebook.csv.

    Args:
        old_gradebook: the file, None or not there where nothing was marked before.
        exam: id of the exam; a gradebook of another one is not compared.
        new: marks by student and variant, all as printed in the new gradebook.
    """
    if old_gradebook is None or not old_gradebook.exists():
        return Remarking(is_again=False)
    try:
        old = _read(old_gradebook, exam)
    except (AnswersError, ValueError) as error:
        said = str(error) if isinstance(error, AnswersError) else f"{printable(old_gradebook)}: {error}"
        return Remarking(is_again=False, notice=f"{said}; who changed by how much cannot be told")
    if old is None:
        return Remarking(is_again=False)
    now = {paper: Decimal(marks) for paper, marks in new.items()}
    papers = [*now, *(paper for paper in old if paper not in now)]
    found = (Change(paper[0], old.get(paper), now.get(paper)) for paper in papers)
    return Remarking(is_again=True, changes=tuple(change for change in found if change.old != change.new))


def change_lines(remarking: Remarking) -> tuple[str, ...]:
    """What to print about a marking that was not the first, in at most `MAX_LINES` lines and a headline."""
    if not remarking.is_again:
        return (remarking.notice,) if remarking.notice else ()
    count = len(remarking.changes)
    if not count:
        return ("No marks changed since the last marking.",)
    students = "1 student" if count == 1 else f"{count:,} students"
    shown = [f"  {_line(change)}" for change in remarking.changes[:MAX_LINES]]
    more = (f"  and {count - MAX_LINES:,} more",) if count > MAX_LINES else ()
    return (f"Marks changed since the last marking, {students}:", *shown, *more)


def _read(path: Path, exam: str) -> dict[Paper, Decimal] | None:
    """Marks by student and variant, None where the gradebook is of another exam."""
    table = read_table(path, REQUIRED, (), DEFAULT_LIMITS, extra="ignore")
    if table.problems:
        raise ValueError(f"line {table.problems[0].line}: {table.problems[0].detail}")
    if any(cells["exam"] != exam for _, cells in table.rows):
        return None
    found: dict[Paper, Decimal] = {}
    for line, cells in table.rows:
        paper = (cells["student"], cells["variant"])
        if paper in found:
            raise ValueError(f"line {line}: student {printable(cells['student'])!r} is there twice")
        found[paper] = _marks(line, cells["marks"], table.delimiter)
    return found


def _marks(line: int, text: str, delimiter: str) -> Decimal:
    # Spreadsheets that separate cells by semicolons write decimal commas.
    spelled = text if delimiter == "," else text.replace(",", ".")
    try:
        marks = Decimal(spelled)
    except ArithmeticError:
        marks = Decimal("NaN")
    if not marks.is_finite():
        raise ValueError(f"line {line}: marks is {printable(text)!r}, which is no number")
    return marks


def _line(change: Change) -> str:
    name = printable(typed_text(change.student)) or "(no name)"
    if change.old is None:
        return f"{name}  {change.new}, not marked before"
    if change.new is None:
        return f"{name}  {change.old} before, not marked now"
    return f"{name}  {change.old} → {change.new}  ({change.difference:+f})"
