"""Writes what a marked class gets back: feedback/<student>.html and .pdf.

It reads the rows of results.csv and the key, so that it works on a class that was marked before as well. `grade` calls
it, with a `MarkedClass` of its own or with the tables in a folder.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from examgen.batch.returned.feedback_files import ENDINGS, FOLDER, feedback_names, forget_feedback
from examgen.batch.returned.feedback_rows import (
    COLUMNS,
    Row,
    Total,
    of_each_paper,
    student_feedback,
    student_of,
    total_of,
)
from examgen.batch.running.pool import work_through
from examgen.batch.running.run_progress import Progress
from examgen.batch.travelling import TravellingExam, style_of
from examgen.documents.feedback.web_and_print import feedback_html, feedback_pdf
from examgen.documents.style import STANDARD, PaperStyle
from examgen.errors import ExamgenError
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.results.earlier import GRADEBOOK, RESULTS
from examgen.marking.results.read_back import read_rows

BOOK = GRADEBOOK


class MarkedClass(Protocol):
    """What feedback is made from."""

    @property
    def key(self) -> Key:
        """The key by which the class was marked."""

    def rows(self) -> Iterable[Row]:
        """The rows of results.csv; those of a paper stand together."""

    def totals(self) -> Mapping[str, Sequence[Total]]:
        """By student, of each of their papers in the order of the rows; where one is missing, marks are added up."""


@dataclass(frozen=True, slots=True)
class ResultRows:
    """A marked class from rows, such as `table.to_dict("records")` or `table.to_pylist()`."""

    key: Key
    results: Iterable[Row]
    book: Mapping[str, Sequence[Total]] = field(default_factory=dict)

    def rows(self) -> Iterable[Row]:
        """The rows as they were given."""
        return self.results

    def totals(self) -> Mapping[str, Sequence[Total]]:
        """The totals as they were given."""
        return self.book


@dataclass(frozen=True, slots=True)
class WrittenFeedback:
    """What was written: the folder, the students in order, and those without a paper in the key, who got none."""

    folder: Path
    students: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackOrder:
    """The feedback to one paper: its packed numbers, whose it is, its rows and total, and what its files are called."""

    line: str
    student: str
    rows: Sequence[Row]
    total: Total | None
    name: str


@dataclass(frozen=True, slots=True)
class FeedbackPrinter:
    """Writes the feedback of one class, paper after paper, into a folder of marks."""

    exam: TravellingExam
    style: PaperStyle
    out: Path

    def __call__(self, order: FeedbackOrder) -> None:
        """Write one paper's, in the language of the paper.

        Raises: ExamgenError: a file cannot be written.
        """
        exam, variant = self.exam.exam, self.exam.unpacked(order.line)
        style = style_of(self.style, variant.language, variant.paper)
        told = student_feedback(exam, variant, order.student, order.rows, order.total)
        pages = feedback_html(exam, variant, told, style), feedback_pdf(exam, variant, told, style)
        file = f"{FOLDER}/{order.name}"
        write_files(self.out, {f"{file}.html": pages[0].encode(), f"{file}.pdf": pages[1]})


def feedback_from_files(
    marks: Path, key: Path, jobs: int | None = 1, progress: Progress | None = None
) -> WrittenFeedback:
    """Feedback for the tables in a folder of marks, beside them, as the papers of the key were made; in English where
    that needs a theme.

    Args:
        marks: folder with results.csv, and gradebook.csv if there is one.
        key: folder of the key, or of the exam around it.
        jobs: processes, as in `work_through`.
        progress: called after each paper.

    Raises:
        AnswersError: results.csv is missing or lacks a column.
        KeyFileError: as in `read_key`.
        ExamgenError: a file cannot be written.
    """
    results = read_rows(marks / RESULTS, COLUMNS)
    book = defaultdict[str, list[Total]](list)
    for row in read_rows(marks / BOOK, ("student",)) if (marks / BOOK).is_file() else []:
        book[student_of(row)].append(total_of(row))
    found = read_key(key)
    return write_feedback(ResultRows(found, results, book), marks, _style_of(found), progress, jobs)


def write_feedback(
    marked: MarkedClass,
    out: Path,
    style: PaperStyle = STANDARD,
    progress: Progress | None = None,
    jobs: int | None = 1,
) -> WrittenFeedback:
    """Write `<out>/feedback/<student>.html` and `.pdf` for each paper, and remove what else there is of its student.

    Args:
        marked: the class.
        out: folder of the marks.
        style: language, paper and theme; a paper that has a language or size of its own has that.
        progress: called after each paper.
        jobs: processes, as in `work_through`.

    Raises: ExamgenError: a file cannot be written, or a page killed the process that made it, twice.
    """
    key = marked.key
    found = list(_papers(marked))
    ready = [paper for paper in found if paper.variant is not None]
    known = [variant.student for variant in key.variants if variant.student]
    names = feedback_names([paper.named for paper in ready], known)
    exam = TravellingExam.of(key.exam)
    orders = [
        FeedbackOrder(exam.packed(paper.variant), paper.student, paper.rows, paper.total, names[paper.named])
        for paper in ready
        if paper.variant is not None
    ]
    done = work_through(FeedbackPrinter(exam, style, out), orders, jobs)
    set_aside = []
    for number, one in enumerate(done, start=1):
        if one.is_set_aside:
            set_aside.append(orders[one.place].student)
        if progress is not None:
            progress(number, len(orders))
    if set_aside:
        raise ExamgenError(
            f"{out / FOLDER}: the process that made it ended twice at the feedback of {', '.join(set_aside)}; "
            "the others' is written"
        )
    written = {f"{name}{ending}" for name in names.values() for ending in ENDINGS}
    forget_feedback(out, {paper.student for paper in found}, keep=written)
    skipped = tuple(paper.student for paper in found if paper.variant is None)
    return WrittenFeedback(out / FOLDER, tuple(paper.student for paper in ready), skipped)


def _style_of(key: Key) -> PaperStyle:
    try:
        return PaperStyle(key.making.language, key.making.paper)
    except ExamgenError:
        return STANDARD


@dataclass(frozen=True, slots=True, eq=False)
class _Paper:
    """A marked paper: who it is of, its rows, its total, and its numbers; None where the key does not have them."""

    student: str
    rows: Sequence[Row]
    total: Total | None
    variant: Variant | None

    @property
    def named(self) -> tuple[str, str]:
        """What its files are called by."""
        return self.student, self.variant.code if self.variant is not None else ""


def _papers(marked: MarkedClass) -> Iterator[_Paper]:
    variants = marked.key.variants
    by_student = {variant.student: variant for variant in variants if variant.student}
    by_code = {variant.code: variant for variant in variants}
    totals = {student: iter(of_one) for student, of_one in marked.totals().items()}
    for student, rows in of_each_paper(marked.rows()):
        total = next(totals.get(student, iter(())), None)
        variant = by_student.get(student) or by_code.get(total.variant if total else "")
        if variant is None and len(variants) == 1:
            variant = variants[0]
        yield _Paper(student, rows, total, variant)


__all__ = [
    "BOOK",
    "COLUMNS",
    "FOLDER",
    "RESULTS",
    "MarkedClass",
    "ResultRows",
    "Row",
    "Total",
    "WrittenFeedback",
    "feedback_from_files",
    "feedback_names",
    "forget_feedback",
    "student_feedback",
    "total_of",
    "write_feedback",
]
