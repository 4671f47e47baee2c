"""A class that was marked: its tables, and all that could not be read or matched.

Made by `grading`; the command line and `shown_marks` show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examgen.marking.reading.problems import Notice, Problem
from examgen.marking.results.notes import Note
from examgen.marking.results.remarking import Remarking
from examgen.marking.results.result_rows import results_frame
from examgen.marking.statistics.class_summary import summary_lines
from examgen.notebooks import html_frame, html_lines, html_table
from examgen.tables.csv_writing import Column

if TYPE_CHECKING:
    import pandas as pd

    from examgen.marking.reading.scans.scan_tables import ScannedClass

REPORT = "report.html"
"""The report on the class in the folder of its marks, where there is one."""

_SHOWN = ("student", "name", "marks", "max_marks", "percent", "grade", "wrong", "blank", "unreadable")
"""Columns of the gradebook that a notebook shows."""


@dataclass(frozen=True, eq=False, repr=False)
class GradedClass:
    """A marked class.

    Attributes:
        exam: id of the exam.
        result_columns: columns of results.csv by name, of those marked now; see `result_rows`.
        gradebook_columns: columns of gradebook.csv by name; see `gradebook`.
        is_now: for each row of the gradebook whether the student is marked now.
        notices: what could not be matched with the key.
        problems: what could not be read.
        notes: all that there is to tell, the most serious first, as in notes.csv.
        missing: students of the key who handed in nothing, now or before.
        remarking: whose marks are other than when the class was marked before.
        changed: students whose entries are other than when the class was marked before; only where there is feedback.
        key: folder of the key that was used.
        folder: where the tables were written.
        evidence: rows of integrity.csv.
        shapes: in words, that the marks of no question differ between its shapes; empty where some do, which is a note,
            or where there is nothing to compare.
        scans: what was read of scanned pages; None where there were none.
    """

    exam: str
    result_columns: Mapping[str, Column]
    gradebook_columns: Mapping[str, Sequence[Any]]
    is_now: Sequence[bool]
    notices: tuple[Notice, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    missing: tuple[str, ...]
    remarking: Remarking
    changed: tuple[str, ...]
    key: Path
    folder: Path
    evidence: int
    shapes: str = ""
    scans: "ScannedClass | None" = None

    @cached_property
    def results(self) -> "pd.DataFrame":
        """A row per student and field, columns `result_rows.COLUMNS`; made when it is first asked for."""
        return results_frame(self.result_columns)

    @cached_property
    def gradebook(self) -> "pd.DataFrame":
        """A row per student of the class: marks, share, marks of each question, entries of each outcome."""
        import pandas as pd

        return pd.DataFrame(dict(self.gradebook_columns))

    def __repr__(self) -> str:
        marked = sum(self.is_now)
        return f"<{self.exam}: {'1 paper' if marked == 1 else f'{marked:,} papers'} marked, tables in {self.folder}>"

    def _repr_html_(self) -> str:
        """In a notebook: the report where there is one; else the summary and the gradebook."""
        report = self.folder / REPORT
        if report.is_file():
            return html_lines([repr(self).strip("<>")]) + html_frame(report.read_text(encoding="utf-8"), REPORT, 720)
        book = self.gradebook_columns
        heads = [name for name in _SHOWN if name in book]
        lines = summary_lines(book, self.result_columns)
        rows = zip(*(book[name] for name in heads), strict=True)
        return html_lines([repr(self).strip("<>"), *lines]) + html_table(heads, rows)
