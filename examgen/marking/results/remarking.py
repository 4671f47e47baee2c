"""Whose marks have changed since the last marking into the same folder.

`grading` compares before it writes the new gradebook.csv; the command line prints `change_lines`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from examgen.exams.folders.files import typed_text
from examgen.marking.results.earlier import Earlier, Paper
from examgen.tables.csv_tables import printable

MAX_LINES = 20


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
    """

    is_again: bool
    changes: tuple[Change, ...] = ()


def changes(earlier: Earlier, new: Mapping[Paper, str]) -> Remarking:
    """Compare new marks with those of an earlier gradebook.

    Args:
        earlier: what lay in the folder.
        new: marks by student and variant, all as printed in the new gradebook.
    """
    if not earlier.is_there:
        return Remarking(is_again=False)
    old = {paper: Decimal(row["marks"]) for paper, row in earlier.rows.items()}
    now = {paper: Decimal(marks) for paper, marks in new.items()}
    papers = [*now, *(paper for paper in old if paper not in now)]
    found = (Change(paper[0], old.get(paper), now.get(paper)) for paper in papers)
    return Remarking(is_again=True, changes=tuple(change for change in found if change.old != change.new))


def printed_marks(gradebook: Mapping[str, Any]) -> dict[Paper, str]:
    """By student and variant, from the columns of a gradebook; without those who are absent."""
    columns = (gradebook[name] for name in ("student", "variant", "marks"))
    rows = zip(*columns, strict=True)
    return {(student, variant): f"{marks:.15g}" for student, variant, marks in rows if marks is not None}


def change_lines(remarking: Remarking) -> tuple[str, ...]:
    """What to print about a marking that was not the first, in at most `MAX_LINES` lines and a headline."""
    if not remarking.is_again:
        return ()
    count = len(remarking.changes)
    if not count:
        return ("No marks changed since the last marking.",)
    students = "1 student" if count == 1 else f"{count:,} students"
    shown = [f"  {_line(change)}" for change in remarking.changes[:MAX_LINES]]
    more = (f"  and {count - MAX_LINES:,} more",) if count > MAX_LINES else ()
    return (f"Marks changed since the last marking, {students}:", *shown, *more)


def _line(change: Change) -> str:
    name = printable(typed_text(change.student)) or "(no name)"
    if change.old is None:
        return f"{name}  {change.new}, not marked before"
    if change.new is None:
        return f"{name}  {change.old} before, not marked now"
    return f"{name}  {change.old} → {change.new}  ({change.difference:+f})"
