"""Read the answer sheets that a class hands in: one file of many students, a filled form, or a folder of files.

Called by `grading` before anything is marked. What a student did wrong becomes an unreadable answer or a `Problem`.
Only a file or folder given by the instructor that is unusable as a whole raises, and answers that contradict others.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow.compute as pc

from examgen.errors import AnswersError
from examgen.exams.tables import DEFAULT_LIMITS, Limits, printable
from examgen.marking.answers import READABLE, AnswerRow, AnswerTable, Flags, Numbers, Texts
from examgen.marking.numbers import DecimalMark
from examgen.marking.parsing import parse_texts
from examgen.marking.problems import Notice, Problem, file_problem
from examgen.marking.settling import Codes, Source, owners, settle
from examgen.marking.sheets import RawSheet, Rows, read_sheet, unread_sheet
from examgen.marking.uploads import Upload, upload_of, uploads_below

UPLOAD_LIMITS = Limits(max_bytes=64 * 1024 * 1024, max_rows=2_000_000)
"""What one file of a folder may hold at most; the limits of a whole class hold for all of them together."""

DecimalChoice = Literal["auto", ".", ","]


@dataclass(frozen=True, eq=False, slots=True)
class AnswerSheet:
    """One file that was read, and what was wrong with it.

    Attributes:
        table: its entries in the file's order.
        decimal_comma: the students (or, where a row names none, the variants) whose answers were read with a comma.
        is_key: whether the file has the columns of a key.
    """

    path: Path
    table: AnswerTable
    problems: tuple[Problem, ...]
    delimiter: str = ""
    decimal_comma: tuple[str, ...] = ()
    is_key: bool = False

    @property
    def rows(self) -> tuple[AnswerRow, ...]:
        """The entries one by one."""
        return tuple(self.table.row(row) for row in range(len(self.table)))


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """All that was handed in.

    Attributes:
        table: the entries of all files, each entry of a student once.
        sheets: the files in the order of their names.
        notices: which files were passed over for newer ones.
    """

    table: AnswerTable
    sheets: tuple[AnswerSheet, ...]
    notices: tuple[Notice, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the files, in their order."""
        return tuple(problem for sheet in self.sheets for problem in sheet.problems)


def read_answers(path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS) -> AnswerSheet:
    """Read one answers.csv, of one student or of many, or a PDF with a filled form.

    Args:
        decimal: the decimal mark of all answers; "auto" is a point in a comma-separated file; in others and in a PDF,
            the mark that each student's readable answers have: a comma if one needs it and none needs a point.

    Raises: AnswersError if the file as a whole cannot be read.
    """
    upload = upload_of(path)
    return _together([read_sheet(upload, limits)], [upload], decimal).sheets[0]


def read_submissions(
    path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS, *, latest: bool = False
) -> Answers:
    """Read one file, or every *.csv and *.pdf under a folder in the order of their names; else as `read_answers`.

    Under a folder, hidden files are passed over, links are reported and not followed, and a file that is no answer
    sheet becomes a sheet without rows and with a problem. `limits` then hold for all of them together, and those of
    `UPLOAD_LIMITS` for each; the smallest are read first, so that one huge upload cannot use up the room of the class.
    Papers have both a form and an answers.csv: where a student filled in one of them, the other, left empty, is passed
    over.

    Args:
        latest: whether of a student's files with different answers the newest counts.

    Raises: AnswersError if the single file is unusable, if there is no file to read, or if a student handed in
        different answers in several files and not `latest`.
    """
    if not path.is_dir():
        upload = upload_of(path)
        return _together([read_sheet(upload, limits)], [upload], decimal, latest=latest)
    found, problems = uploads_below(path)
    if not found and not problems:
        raise AnswersError(
            f"{printable(path)}: holds no CSV file and no PDF; give an answers.csv, a filled PDF or a folder of them"
        )
    read = _read_all(found, limits)
    read += [(unread_sheet(problem.path, problem), upload_of(problem.path)) for problem in problems]
    read.sort(key=lambda pair: pair[0].path)
    return _together([sheet for sheet, _ in read], [upload for _, upload in read], decimal, latest=latest)


def _read_all(uploads: Sequence[Upload], limits: Limits) -> list[tuple[RawSheet, Upload]]:
    read: list[tuple[RawSheet, Upload]] = []
    room = limits.max_rows
    each = replace(
        limits,
        max_bytes=min(limits.max_bytes, UPLOAD_LIMITS.max_bytes),
        max_rows=min(limits.max_rows, UPLOAD_LIMITS.max_rows),
    )
    left = limits.max_bytes
    for upload in sorted(uploads, key=lambda upload: (upload.size, upload.path)):
        sheet = _read_or_report(upload, replace(each, max_bytes=min(each.max_bytes, left)))
        rows = len(sheet.rows.line)
        if rows > room:
            detail = f"the folder has more than {limits.max_rows:,} rows, the most allowed"
            sheet = unread_sheet(upload.path, file_problem(upload.path, "too_many_rows", detail))
            rows = 0
        room -= rows
        left -= upload.size if rows else 0
        read.append((sheet, upload))
    return read


def _read_or_report(upload: Upload, limits: Limits) -> RawSheet:
    """One of the files of a folder; a key among them must not be marked as if a student had handed it in."""
    path = upload.path
    try:
        sheet = read_sheet(upload, limits)
    except AnswersError as error:
        return unread_sheet(path, file_problem(path, "unusable_file", str(error)))
    if sheet.is_key:
        return unread_sheet(path, file_problem(path, "key", "the file is a key, which nobody hands in"))
    return sheet


def _together(
    sheets: Sequence[RawSheet], uploads: Sequence[Upload], decimal: DecimalChoice, *, latest: bool = False
) -> Answers:
    """Read the numbers of all sheets and keep each entry once."""
    rows = Rows.joined([sheet.rows for sheet in sheets])
    file = np.repeat(np.arange(len(sheets), dtype=np.int32), [len(sheet.rows.line) for sheet in sheets])
    nothing = np.zeros(len(file))
    unread = Numbers(nothing, nothing.astype(np.int16), nothing.astype(np.int16), nothing.astype(np.int8))
    table = AnswerTable(file, rows.line, *rows.names, rows.answer, unread)
    is_comma = np.zeros(len(table), dtype=bool)
    if decimal == "auto":
        is_comma = _comma_rows(table, np.array([sheet.delimiter != "," for sheet in sheets]))
    parsed = _numbers(rows.answer, is_comma, "." if decimal == "auto" else decimal)
    if rows.is_cut.any():
        parsed = parsed.with_reason(rows.is_cut, "too_long")
    commas = _comma_writers(table, is_comma)
    sources = [Source(sheet.path, upload.modified) for sheet, upload in zip(sheets, uploads, strict=True)]
    settled = settle(replace(table, parsed=parsed), sources, latest=latest)
    found: dict[int, list[Problem]] = defaultdict(list)
    for place, problem in settled.problems:
        found[place].append(problem)
    bounds = np.searchsorted(settled.table.file, np.arange(len(sheets) + 1))
    return Answers(
        settled.table,
        tuple(
            AnswerSheet(
                sheet.path,
                settled.table.take(slice(bounds[place], bounds[place + 1])),
                (*sheet.problems, *found[place]),
                sheet.delimiter,
                commas.get(place, ()),
                sheet.is_key,
            )
            for place, sheet in enumerate(sheets)
        ),
        settled.notices,
    )


def _numbers(answer: Texts, is_comma: Flags, fixed: DecimalMark) -> Numbers:
    """Read each distinct text once, with the mark of its rows."""
    parsed = parse_texts(answer.distinct, fixed).take(answer.codes)
    if not is_comma.any():
        return parsed
    used, codes = np.unique(answer.codes[is_comma], return_inverse=True)
    return parsed.replaced(is_comma, parse_texts(answer.distinct.take(used), ",").take(codes))


def _comma_rows(table: AnswerTable, is_open: Flags) -> Flags:
    """Which rows are of students who, in one of these files, write numbers with a comma and none with a point."""
    has_comma = np.asarray(pc.match_substring(table.answer.distinct, ","))
    is_comma = np.zeros(len(table), dtype=bool)
    if not has_comma.any() or not is_open[table.file].any():
        return is_comma
    has_point = np.asarray(pc.match_substring(table.answer.distinct, "."))
    by_comma = _is_number(table.answer.distinct, has_comma, ",")
    by_point = _is_number(table.answer.distinct, has_point & ~by_comma, ".")
    rows = np.flatnonzero(is_open[table.file])
    who: Codes = owners(table)[rows] * len(is_open) + table.file[rows]
    codes = table.answer.codes[rows]
    writers = np.setdiff1d(who[by_comma[codes]], who[by_point[codes]])
    is_comma[rows] = np.isin(who, writers)
    return is_comma


def _is_number(texts: object, candidates: Flags, decimal: DecimalMark) -> Flags:
    found = np.zeros(len(candidates), dtype=bool)
    places = np.flatnonzero(candidates)
    if len(places):
        found[places] = parse_texts(pc.take(texts, places), decimal).reason == READABLE
    return found


def _comma_writers(table: AnswerTable, is_comma: Flags) -> dict[int, tuple[str, ...]]:
    """By place of the file, the students or variants whose answers are read with a comma."""
    rows = np.flatnonzero(is_comma)
    found: dict[int, set[str]] = defaultdict(set)
    who = owners(table)[rows] * (int(table.file.max(initial=0)) + 1) + table.file[rows]
    for row in rows[np.unique(who, return_index=True)[1]].tolist():
        found[int(table.file[row])].add(table.student.at(row) or table.variant.at(row))
    return {file: tuple(sorted(names)) for file, names in found.items()}
