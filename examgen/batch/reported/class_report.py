"""Writes report.html and report.pdf beside the marks of a class, from its tables and its key.

It reads what is there, so that it speaks of the whole class, of whoever was marked before, too.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from examgen.batch.reported.flows import network_flow, steps_of
from examgen.batch.reported.report_files import NAMES
from examgen.batch.reported.report_tables import (
    integrity_table,
    reasons_table,
    reliability_table,
    spread_table,
    students_table,
    table,
    variants_table,
)
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.documents.report.printing_beside import report_writer
from examgen.documents.report.report_page import CauseRow, EntryRow, QuestionReport, ReportPage, TaskBar
from examgen.exams.exam import Question
from examgen.exams.fields import task_letter
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exams.wording.words import words
from examgen.marking.integrity.evidence import INTEGRITY
from examgen.marking.judging.outcomes import BY_CODE
from examgen.marking.results.earlier import ABSENT, GRADEBOOK, MARKED, NOTES, RESULTS, STATUS, TEXTS
from examgen.marking.results.read_back import Row, read_rows
from examgen.marking.results.shape_groups import Compared, compared_shapes
from examgen.marking.statistics.class_entries import ClassEntry, class_entries, class_papers
from examgen.marking.statistics.class_figures import (
    Cause,
    EntryFigures,
    alpha_of_entries,
    alpha_of_tasks,
    causes,
    entry_figures,
    unreadable_reasons,
)
from examgen.marking.statistics.classical import Spread, spread
from examgen.marking.statistics.marks_table import MarksTable, marks_table, read_columns_of

TENTHS = 10
LARGE = 10_000_000
"""Bytes of results: reading them takes as long as another process needs to be ready for printing."""

FEW = 10
"""Below so many papers, what is said of entries is said of chance."""


def write_report(marks: Path, key: Path) -> tuple[Path, ...]:
    """Write the report on a class that was marked; returns the files.

    Args:
        marks: folder with results.csv, gradebook.csv, notes.csv and integrity.csv.
        key: folder of the key.

    Raises:
        AnswersError: a table is missing or lacks a column.
        KeyFileError: as in `read_key`.
        SetupError: Matplotlib, SciPy or Pango is not installed.
        ExamgenError: a file cannot be written.
    """
    is_large = (marks / RESULTS).is_file() and (marks / RESULTS).stat().st_size > LARGE
    with report_writer(beside=is_large) as files_of:
        # Whoever marked the class by it has checked it.
        html, pdf = files_of(report_page(marks, read_key(key, is_checked=False)))
    write_files(marks, {NAMES[0]: html.encode(), NAMES[1]: pdf})
    return tuple(marks / name for name in NAMES)


def report_page(marks: Path, key: Key) -> ReportPage:
    """What stands in the report; arguments and errors as in `write_report`."""
    book = read_rows(marks / GRADEBOOK, ("student", STATUS, "marks", "percent"))
    entries = class_entries(class_papers(key))
    found = marks_table(read_columns_of(marks / RESULTS), [one.place for one in entries])
    figures = entry_figures(found)
    here = [row for row in book if row[STATUS] == MARKED]
    percents = np.array([float(row["percent"]) for row in here if row["percent"]])
    of_marks = spread(np.array([float(row["marks"]) for row in here if row["marks"]]))
    of_percents = spread(percents)
    by_tasks, by_entries = alpha_of_tasks(found, entries), alpha_of_entries(found)
    named = causes(found)
    compared = compared_shapes(key, _columns(book))
    notes = read_rows(marks / NOTES, ("student", "kind", "text"))
    return ReportPage(
        key.exam.title,
        _facts(key, book, here, of_marks, of_percents),
        tuple(_unsaid(found, by_tasks is None)),
        tuple(np.histogram(np.clip(percents, 0, 99.9999), np.linspace(0, 100, TENTHS + 1))[0].tolist()),
        spread_table(of_marks, of_percents),
        reliability_table(by_tasks, by_entries),
        tuple(_task_bars(entries, figures)),
        tuple(_question(question, entries, figures) for question in key.exam.questions),
        tuple(_cause(one) for one in named),
        reasons_table(unreadable_reasons(found)),
        variants_table(_by_shape(key, here)),
        _between(compared),
        students_table(key.exam, book, notes),
        integrity_table(read_rows(marks / INTEGRITY, ("student", "probability"))),
        table(("student", "name"), [(row["student"], row.get("name", "")) for row in book if row[STATUS] == ABSENT]),
    )  # fmt: skip


def _between(compared: Compared) -> str:
    """How the shapes of questions compare."""
    told = "; ".join(note.text for note in compared.notes)
    return told or f"Between shapes: {compared.alike or 'too few papers to compare'}."


def _facts(
    key: Key, book: Sequence[Row], here: Sequence[Row], marks: Spread, percents: Spread
) -> tuple[tuple[str, str], ...]:
    absent = sum(row[STATUS] == ABSENT for row in book)
    told = [("Exam", key.exam.id), ("Papers marked", f"{len(here):,}"), ("Absent", f"{absent:,}")]
    if marks.count:
        most = max(float(row["max_marks"]) for row in here)
        told += [("Mean", f"{marks.mean:.2f} of {most:g} ({percents.mean:.1f}%)"), ("Median", f"{marks.median:g}")]
    grades = Counter(row.get("grade", "") for row in here)
    if key.exam.policy.grades:
        told += [("Grades", ", ".join(f"{one.name} {grades[one.name]}" for one in key.exam.policy.grades))]
    return tuple(told)


def _unsaid(found: MarksTable, has_no_alpha: bool) -> list[str]:
    """What cannot be said of this class."""
    papers = len(found.students)
    if not papers:
        return ["Nobody has been marked yet, so there is nothing to tell."]
    told = []
    if not found.came_out(*(row.name for row in BY_CODE if row.name not in ("blank", "unreadable"))).any():
        told.append("Nobody answered anything that can be read: all statistics below are of empty papers.")
    if papers == 1:
        told.append("One paper is no class: there is no spread, no discrimination and no reliability.")
    elif papers < FEW:
        told.append(f"With {papers} papers, discrimination and reliability are hardly more than chance.")
    if papers > 1 and has_no_alpha:
        told.append("Reliability cannot be told: there is only one task, or all papers have the same marks.")
    return told


def _columns(book: Sequence[Row]) -> dict[str, list[object]]:
    """The gradebook by columns, marks as numbers, None where there are none."""
    names = book[0].keys() if book else ()
    return {
        name: [row[name] if name in TEXTS else float(row[name]) if row[name] else None for row in book]
        for name in names
    }  # fmt: skip


def _by_shape(key: Key, here: Sequence[Row]) -> dict[tuple[str, str], Spread]:
    """Marks by question and shape."""
    labels = {one.code: {name: part.label for name, part in one.questions.items()} for one in key.variants}
    found: dict[tuple[str, str], list[float]] = {}
    for question in key.exam.questions:
        for row in here:
            if (label := labels.get(row["variant"], {}).get(question.id)) and row.get(question.id):
                found.setdefault((question.id, label), []).append(float(row[question.id]))
    return {place: spread(np.array(marks)) for place, marks in found.items()}


def _task_bars(entries: Sequence[ClassEntry], figures: Sequence[EntryFigures]) -> list[TaskBar]:
    by_task: dict[tuple[str, int], list[EntryFigures]] = {}
    for entry, figure in zip(entries, figures, strict=False):
        by_task.setdefault((entry.question, entry.field.task), []).append(figure)
    told = []
    for (question, number), of_task in by_task.items():
        asked = sum(one.asked for one in of_task)
        if asked:
            groups = (("correct",), ("follow_through",), ("imprecise",), ("wrong",), ("blank", "unreadable"))
            shares = [sum(one.came_out(*names) for one in of_task) / asked for names in groups]
            told.append(TaskBar(f"{question} ({task_letter(number)})", *shares))
    return told


def _question(question: Question, entries: Sequence[ClassEntry], figures: Sequence[EntryFigures]) -> QuestionReport:
    mine = [
        (entry, figure)
        for entry, figure in zip(entries, figures, strict=False)
        if entry.question == question.id and figure.asked
    ]
    own = [entry for entry, _ in mine]
    of_own = [figure for _, figure in mine]
    rows = [_entry_row(entry, figure) for entry, figure in mine]
    told = tuple(row for row in rows if row.difficulty != 1)
    flow, steps = network_flow(own, of_own), steps_of(own, of_own)
    return QuestionReport(question.id, question.title, flow, steps, told, len(rows) - len(told))


def _entry_row(entry: ClassEntry, figure: EntryFigures) -> EntryRow:
    return EntryRow(
        entry.field.symbol,
        entry.field.name,
        figure.asked,
        figure.difficulty,
        figure.discrimination,
        figure.came_out("blank"),
        figure.came_out("unreadable"),
        figure.came_out("wrong"),
        figure.first_wrong,
        figure.cause,
    )


def _cause(cause: Cause) -> CauseRow:
    said = words("en")["misconceptions"]
    row = said.get(cause.name, {}) if cause.name in MISCONCEPTIONS else {}
    return CauseRow(cause.name, row.get("title", cause.name), cause.students, cause.entries, row.get("should", ""))
