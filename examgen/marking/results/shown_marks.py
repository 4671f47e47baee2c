"""The marks of a class as a table of texts for the command line, and the columns that a terminal has room for."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from examgen.exams.folders.files import typed_text
from examgen.marking.results.graded_class import GradedClass

OUTCOMES = ("correct", "follow_through", "imprecise", "wrong", "blank", "unreadable")
"""Columns of counts; the first to go where a terminal is narrow, the last of them first."""

WRAPPED = {"student": 24, "name": 40}
"""Columns of text, which may take several lines, and how wide they may become at the cost of outcomes."""

GAP = 3
"""Characters between two columns of the table; as many stand at its edges together."""


@dataclass(frozen=True, slots=True)
class MarksTable:
    """A header and a row for each student who is marked now, all of the same length."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def within(self, width: int) -> "MarksTable":
        """The same table without the outcomes that do not fit into so many characters of a terminal."""
        columns = list(zip(self.header, *self.rows, strict=True))
        widths = [min(max(map(cell_len, column)), WRAPPED.get(column[0], width)) + GAP for column in columns]
        while sum(widths) > width and columns[len(widths) - 1][0] in OUTCOMES:
            widths.pop()
        return _table(columns[: len(widths)])

    def piped(self) -> "MarksTable":
        """The same table for programs, which know columns by their place: names come last, where anybody has one."""
        columns = list(zip(self.header, *self.rows, strict=True))
        names = [column for column in columns if column[0] == "name"]
        others = [column for column in columns if column[0] != "name"]
        return _table([*others, *(column for column in names if any(column[1:]))])


def marks_table(graded: GradedClass) -> MarksTable:
    """Student, name, marks and outcomes as they stand in gradebook.csv, but for what only steers a spreadsheet."""
    book = graded.gradebook_columns
    names = ("student", "name", "marks", "max_marks", "percent", *(["grade"] if "grade" in book else []), *OUTCOMES)
    rows = [
        [typed_text(student) or "(no name)", typed_text(name), *map(_cell, found)]
        for is_now, student, name, *found in zip(graded.is_now, *(book[name] for name in names), strict=True)
        if is_now
    ]
    return MarksTable(["of" if name == "max_marks" else name for name in names], rows)


def _table(columns: Sequence[Sequence[str]]) -> MarksTable:
    header, *rows = zip(*columns, strict=True)
    return MarksTable(header, rows)


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
