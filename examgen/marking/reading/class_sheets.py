"""Read the answer sheets that a class hands in: one file of many students, a filled form, a folder or a zip of files.

Called by `grading` before anything is marked. What a student did wrong becomes an unreadable answer or a `Problem`.
Only a file or folder given by the instructor that is unusable as a whole raises.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from examgen.core.formulas.number_grammar import DOUBTFUL, DecimalMark
from examgen.errors import AnswersError
from examgen.exams.exam import Exam
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.answers import READABLE, REASON_CODES, AnswerTable, Numbers
from examgen.marking.reading.class_answers import Answers as Answers
from examgen.marking.reading.class_answers import AnswerSheet as AnswerSheet
from examgen.marking.reading.decimal_marks import DecimalChoice, comma_writers, read_numbers
from examgen.marking.reading.handed_in.file_kinds import TABLES
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, Rows, unread_sheet
from examgen.marking.reading.handed_in.sheets import (
    FILE_SECONDS,
    TABLE_SPEED,
    Means,
    NotReadError,
    SeveralStudentsError,
    read_sheet,
)
from examgen.marking.reading.handed_in.time_budget import TimeBudget
from examgen.marking.reading.handed_in.uploads import Upload, upload_of, uploads_at
from examgen.marking.reading.handed_in.wide_form import WideSheet, resolve
from examgen.marking.reading.owners.identities import identified
from examgen.marking.reading.owners.ownership import own_rows
from examgen.marking.reading.owners.repeats import Standing
from examgen.marking.reading.owners.resubmissions import Source, settle
from examgen.marking.reading.problems import NOTES, Notice, Problem, file_problem
from examgen.tables.csv_tables import DEFAULT_LIMITS, Limits, printable
from examgen.tables.spreadsheet_reader import SpreadsheetReader

UPLOAD_LIMITS = Limits(max_bytes=64 * 1024 * 1024, max_rows=2_000_000)
"""What one file of a folder or zip may hold at most; the limits of a whole class hold for all of them together."""

TIME_LIMIT = 60.0
"""Seconds for the files of one student."""

_MOST_REASONS = 20
_REFUSED: Mapping[type[AnswersError], str] = MappingProxyType(
    {NotReadError: "not_read", SeveralStudentsError: "rows_of_others"}
)


@dataclass(frozen=True, eq=False, slots=True)
class HandedIn:
    """Files as they were read, entries that are there again included.

    Attributes:
        path: the file, folder or zip that was given.
        table: the entries of all files; their numbers only behind `with_numbers`.
        sheets: the files in the order of their names.
        sources: where they are, and how new.
        commas: by place of a file, who has answers with a decimal comma.
        notices: what was told on the way.
        standing: (rows,) how sure it is whose a row is, where that is known.
        is_only_file: whether no other file was given that may hold answers.
        others: further files that were given beside the path.
    """

    path: Path
    table: AnswerTable
    sheets: tuple[RawSheet, ...]
    sources: tuple[Source, ...]
    commas: dict[int, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    standing: Standing | None = None
    is_only_file: bool = True
    others: tuple[Path, ...] = ()

    @property
    def given(self) -> tuple[Path, ...]:
        """All that was given."""
        return (self.path, *self.others)

    def of_exam(self, exam: Exam) -> "HandedIn":
        """The same with the columns of wide sheets brought together with the fields of the exam."""
        wide = [WideSheet(n, one.path, one.names_exam) for n, one in enumerate(self.sheets) if one.is_wide]
        table, notices = resolve(exam, self.table, wide)
        return replace(self, table=table, notices=(*self.notices, *notices))

    def of_class(self, key: Key, *, with_unknown: bool, with_tables: bool) -> "HandedIn":
        """The same with students named as in the key, without whom it does not know, and each file its student's.

        Args:
            with_unknown: whether students whom the key of a class does not know are kept.
            with_tables: whether files of a folder may hold rows of several students.
        """
        known = identified(key, self.table, with_unknown=with_unknown)
        own = own_rows(key, known, self.sources, self.given, with_tables=with_tables, is_only_file=self.is_only_file)
        notices = (*self.notices, *known.notices, *own.notices)
        return replace(self, table=own.table, standing=own.standing, notices=notices)

    def with_numbers(self, decimal: DecimalChoice = "auto", usual: DecimalMark = ".") -> "HandedIn":
        """The same with the numbers of the answers read; `usual` is the decimal mark of the exam's language."""
        read = read_numbers(self.table, decimal, usual)
        numbers = read.numbers
        for reason in ("too_long", DOUBTFUL):
            flags = self.table.parsed.reason == REASON_CODES[reason]
            numbers = numbers.with_reason(flags, reason) if flags.any() else numbers
        table = replace(self.table, parsed=numbers)
        return replace(self, table=table, commas=comma_writers(table, read.is_comma))

    def once(self, *, latest: bool = False) -> Answers:
        """Each entry of a student once.

        Args:
            latest: whether of a student's different answers the newest count; else they are unreadable.
        """
        settled = settle(self.table, self.sources, latest=latest, standing=self.standing)
        found: dict[int, list[Problem]] = defaultdict(list)
        for place, problem in settled.problems:
            found[place].append(problem)
        bounds = np.searchsorted(settled.table.file, np.arange(len(self.sheets) + 1))
        sheets = [
            AnswerSheet(
                sheet.path,
                settled.table.take(slice(bounds[place], bounds[place + 1])),
                (*sheet.problems, *found[place]),
                sheet.delimiter,
                self.commas.get(place, ()),
                sheet.is_key,
            )
            for place, sheet in enumerate(self.sheets)
        ]
        return Answers(settled.table, tuple(sheets), (*self.notices, *settled.notices))


def read_answers(path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS) -> AnswerSheet:
    """Read one answers.csv, of one student or of many, a spreadsheet, or a PDF with a filled form.

    Args:
        decimal: the decimal mark of all answers, or "auto": see `decimal_marks`.

    Raises: AnswersError if the file as a whole cannot be read.
    """
    upload = upload_of(path)
    return _together(path, [(read_sheet(upload, Means(limits)), upload)]).with_numbers(decimal).once().sheets[0]


def read_submissions(
    path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS, *, latest: bool = False
) -> Answers:
    """Read all files, and keep each entry of a student once; see `read_files` and `HandedIn.once`."""
    return read_files(path, limits).with_numbers(decimal).once(latest=latest)


def read_files(
    path: Path,
    limits: Limits = DEFAULT_LIMITS,
    *,
    time_limit: float = TIME_LIMIT,
    with_tables: bool = True,
    unread: Sequence[Problem] = (),
    others: Sequence[Path] = (),
) -> HandedIn:
    """Read one file, or all below a folder or in a zip file in the order of their names; else as `read_answers`.

    There, hidden files are passed over, links are reported and not followed, and a file that is no answer sheet becomes
    a sheet without rows and with a problem. `limits` then hold for all of them together, and those of `UPLOAD_LIMITS`
    for each; the smallest are read first, so that one huge upload cannot use up the room of the class.

    Args:
        time_limit: seconds that the files of one upload may take together, as `time_budget` says.
        with_tables: whether large tables of several students are read beside the files of others.
        unread: what is to be told of files that were left where they were handed in.
        others: files, folders or zip files to be read beside the path.

    Raises: AnswersError if the single file is unusable, or if there is no row to read; then the reason of each file.
    """
    found, problems = uploads_at(path)
    for other in others:
        more, told = uploads_at(other)
        found, problems = found + more, problems + told
    if not (found or problems or unread):
        raise AnswersError(
            f"{printable(path)}: holds no CSV file, no spreadsheet and no PDF; give an answers.csv, a filled PDF or a "
            f"folder or zip file of them"
        )
    with SpreadsheetReader() as reader:
        if [upload.path for upload in found] == [path]:
            read = [(read_sheet(found[0], Means(limits, reader=reader)), found[0])]
        else:
            # A file alone may be the table of a class; beside others, it is nobody's.
            means = Means(limits, reader=reader, of_one_student=not with_tables and len(found) > 1)
            read = _read_all(found, means, TimeBudget(path, [upload.path for upload in found], time_limit))
    by_path: dict[Path, list[Problem]] = defaultdict(list)
    for problem in (*problems, *unread):
        by_path[problem.path].append(problem)
    read += [(unread_sheet(place, *told), upload_of(place)) for place, told in by_path.items()]
    read.sort(key=lambda pair: pair[0].path)
    if not any(len(sheet.rows.line) for sheet, _ in read):
        raise AnswersError(f"{printable(path)}: nothing could be read: {_reasons(path, read)}")
    return replace(_together(path, read), is_only_file=len(found) == 1, others=tuple(others))


def _reasons(path: Path, read: Sequence[tuple[RawSheet, Upload]]) -> str:
    """Why each of the files could not be read."""
    told = []
    for sheet, _ in read:
        problem = next((one for one in sheet.problems if one.reason not in NOTES), None)
        if problem is not None:
            name = printable(sheet.path.relative_to(path) if path in sheet.path.parents else sheet.path.name)
            reason = problem.detail.removeprefix(f"{printable(sheet.path)}: ")
            told.append(f"{name}: {f'line {problem.line}: ' if problem.line else ''}{reason}")
    return "; ".join(told[:_MOST_REASONS]) + (f"; and {more:,} more" if (more := len(told) - _MOST_REASONS) > 0 else "")


def _read_all(uploads: Sequence[Upload], means: Means, budget: TimeBudget) -> list[tuple[RawSheet, Upload]]:
    read: list[tuple[RawSheet, Upload]] = []
    limits = means.limits
    room = limits.max_rows
    cap = UPLOAD_LIMITS
    each = replace(limits, max_bytes=min(limits.max_bytes, cap.max_bytes), max_rows=min(limits.max_rows, cap.max_rows))
    left = limits.max_bytes
    for upload in sorted(uploads, key=lambda upload: (upload.size, upload.path)):
        mine = replace(means, limits=replace(each, max_bytes=min(each.max_bytes, left)))
        sheet = _read_or_report(upload, mine, budget)
        rows = len(sheet.rows.line)
        if rows > room:
            detail = f"the folder has more than {limits.max_rows:,} rows, the most allowed"
            sheet = unread_sheet(upload.path, file_problem(upload.path, "too_many_rows", detail))
            rows = 0
        room -= rows
        left -= upload.size if rows else 0
        read.append((sheet, upload))
    return read


def _read_or_report(upload: Upload, means: Means, budget: TimeBudget) -> RawSheet:
    """One of the files of a folder; a key among them must not be marked as if a student had handed it in."""
    path = upload.path
    left = budget.left(path)
    if not left or (upload.suffix in TABLES and upload.size > left * TABLE_SPEED):
        return unread_sheet(path, budget.problem(path))
    try:
        with budget.charged(path, means.reader):
            sheet = read_sheet(upload, replace(means, seconds=min(left, FILE_SECONDS)))
    except AnswersError as error:
        if left < FILE_SECONDS and budget.taken >= left:
            return unread_sheet(path, budget.problem(path))
        reason = next((name for kind, name in _REFUSED.items() if isinstance(error, kind)), "unusable_file")
        return unread_sheet(path, file_problem(path, reason, str(error)))
    if sheet.is_key:
        return unread_sheet(path, file_problem(path, "key", "the file is a key, which nobody hands in"))
    return sheet


def _together(path: Path, read: Sequence[tuple[RawSheet, Upload]]) -> HandedIn:
    sources = tuple(Source(sheet.path, upload.modified, sheet.is_wide) for sheet, upload in read)
    return together(path, tuple(sheet for sheet, _ in read), sources)


def together(path: Path, sheets: tuple[RawSheet, ...], sources: tuple[Source, ...]) -> HandedIn:
    """The rows of all sheets behind one another; which answers are numbers is not known yet."""
    rows = Rows.joined([sheet.rows for sheet in sheets])
    file = np.repeat(np.arange(len(sheets), dtype=np.int32), [len(sheet.rows.line) for sheet in sheets])
    nothing, small = np.zeros(len(file)), np.zeros(len(file), dtype=np.int16)
    reason = np.where(rows.is_cut, REASON_CODES["too_long"], READABLE).astype(np.int8)
    reason[rows.is_doubtful] = REASON_CODES[DOUBTFUL]
    table = AnswerTable(file, rows.line, *rows.names, rows.answer, Numbers(nothing, small, small, reason))
    return HandedIn(path, table, sheets, sources)
