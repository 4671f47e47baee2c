"""Read the answer sheets that a class hands in: one file of many students, a filled form, or a folder of files.

Called by `marking` and by the command line before anything is marked. What a student did wrong becomes an `Unreadable`
answer or a `Problem`; only a file or folder given by the instructor that is unusable as a whole raises.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from examgen.errors import AnswersError
from examgen.exams.keys import KEY_COLUMNS, SHEET_COLUMNS
from examgen.exams.tables import DEFAULT_LIMITS, Limits, RowProblem, Scan, printable, scan_table
from examgen.marking.numbers import DecimalMark, Number, Unreadable, parse_number, unreadable

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "after_quote": "A row has text behind a closing quote and was not read.",
        "control_char": "A row has a control character in what names its entry and was not read.",
        "duplicate": "An entry was handed in twice with different answers; neither counts.",
        "key": "A file is a key and not what a student handed in; it was not read.",
        "link": "A symbolic link was not followed.",
        "more_problems": "A file has more problems than are listed.",
        "nameless": "Rows name neither a student nor a variant.",
        "no_rows": "A sheet has no rows for answers.",
        "open_quote": "A row has a quote that is not closed and was not read.",
        "repeated": "An entry was handed in twice with the same answer; it was read once.",
        "too_long": "A cell is too long.",
        "too_many_rows": "The folder has too many rows; its largest files were not read.",
        "untouched": "A sheet of a student has no answers, and the same student's answers in another file were read.",
        "unusable_file": "A file is no answer sheet and was not read.",
        "wrong_columns": "A row has another number of cells than the header and was not read.",
    }
)

MAX_PROBLEMS = 1_000  # of one file, so that files full of nonsense cannot fill the memory

_SUFFIXES = (".csv", ".pdf")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NO_NAME = "\x00"  # stands for every name with a control character

DecimalChoice = Literal["auto", ".", ","]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One asked entry as handed in; `answer` is the text as written, `line` where its row begins in the file.

    Entries of a filled PDF have the line 0.
    """

    line: int
    exam: str
    variant: str
    student: str
    question: str
    field: str
    answer: str
    parsed: Number | Unreadable


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the instructor: a key of `PROBLEMS`, where (line 0: the whole file), whose, and the details."""

    path: Path
    line: int
    student: str
    question: str
    field: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """One file read: its rows in the file's order, and what was wrong with it.

    `decimal_comma` names the students (or, where a row names none, the variants) whose answers were read with a comma.
    `is_key` says that the file has the columns of a key.
    """

    path: Path
    rows: tuple[AnswerRow, ...]
    problems: tuple[Problem, ...]
    delimiter: str = ""
    decimal_comma: tuple[str, ...] = ()
    is_key: bool = False


class _Draft(NamedTuple):
    line: int
    exam: str
    variant: str
    student: str
    question: str
    field: str
    answer: str
    is_cut: bool


def read_answers(path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS) -> AnswerSheet:
    """Read one answers.csv, of one student or of many, or a PDF with a filled form.

    Args:
        decimal: the decimal mark of all answers; "auto" is a point in a comma-separated file; in others and in a PDF,
            the mark that each student's readable answers have: a comma if one needs it and none needs a point.

    Raises: AnswersError if the file as a whole cannot be read.
    """
    return _settle_repeats([_read_sheet(path, decimal, limits)])[0]


def read_submissions(
    path: Path, decimal: DecimalChoice = "auto", limits: Limits = DEFAULT_LIMITS
) -> tuple[AnswerSheet, ...]:
    """Read one file, or every *.csv and *.pdf under a folder in the order of their names; else as `read_answers`.

    Under a folder, hidden files are passed over, links are reported and not followed, and a file that is no answer
    sheet becomes a sheet without rows and with a problem. `limits.max_rows` then holds for all of them together; the
    smallest are read first, so that one huge upload cannot use up the room of the class. Papers have both a form and an
    answers.csv: where a student filled in one of them, the other, left empty, is passed over.

    Raises: AnswersError if the single file is unusable, or if there is no CSV file and no PDF.
    """
    if not path.is_dir():
        return (read_answers(path, decimal, limits),)
    found, sheets = _sheet_files(path)
    if not found:
        raise AnswersError(
            f"{printable(path)}: holds no CSV file and no PDF; give an answers.csv, a filled PDF or a folder of them"
        )
    room = limits.max_rows
    for file in sorted(found, key=lambda file: (found[file], file)):
        sheet = _read_or_report(file, decimal, limits)
        if len(sheet.rows) > room:
            detail = f"the folder has more than {limits.max_rows:,} rows, the most allowed"
            sheet = AnswerSheet(file, (), (_file_problem(file, "too_many_rows", detail),))
        room -= len(sheet.rows)
        sheets.append(sheet)
    return tuple(_settle_repeats(_without_untouched(sorted(sheets, key=lambda sheet: sheet.path))))


def _sheet_files(folder: Path) -> tuple[dict[Path, int], list[AnswerSheet]]:
    """Find the CSV and PDF files with their sizes, and the empty sheets of what could not be looked at."""
    found: dict[Path, int] = {}
    unread: list[AnswerSheet] = []
    folders = [folder]  # no recursion: an unpacked upload may nest folders very deep
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    path = here / entry.name
                    is_sheet = path.suffix.lower() in _SUFFIXES
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        if is_sheet or path.is_dir():
                            unread.append(_unread(path, "link", "a link is not followed; put the file itself here"))
                    elif entry.is_dir():
                        folders.append(path)
                    elif is_sheet:
                        found[path] = entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            unread.append(_unread(here, "unusable_file", f"the folder cannot be read ({error.strerror})"))
    return found, unread


def _read_or_report(path: Path, decimal: DecimalChoice, limits: Limits) -> AnswerSheet:
    """One of the files of a folder; a key among them must not be marked as if a student had handed it in."""
    try:
        sheet = _read_sheet(path, decimal, limits)
    except AnswersError as error:
        return _unread(path, "unusable_file", str(error))
    return _unread(path, "key", "the file is a key, which nobody hands in") if sheet.is_key else sheet


def _unread(path: Path, reason: str, detail: str) -> AnswerSheet:
    return AnswerSheet(path, (), (_file_problem(path, reason, detail),))


def _file_problem(path: Path, reason: str, detail: str, line: int = 0) -> Problem:
    return Problem(path, line, "", "", "", reason, detail)


def _read_sheet(path: Path, decimal: DecimalChoice, limits: Limits) -> AnswerSheet:
    scan = _scan(path, limits)
    is_key = scan.columns[-1] not in SHEET_COLUMNS
    drafts: list[_Draft] = []
    problems: list[Problem] = []
    untold = 0
    for found in _drafts(path, scan):
        if isinstance(found, _Draft):
            drafts.append(found)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(found)
        else:
            untold += 1
    if untold:
        detail = f"{untold:,} more problems of this file are not listed"
        problems.append(_file_problem(path, "more_problems", detail))
    problems += _sheet_problems(path, drafts, is_empty=not drafts and not problems)
    commas = _comma_writers(drafts) if decimal == "auto" and scan.delimiter != "," else frozenset()
    fixed: DecimalMark = "." if decimal == "auto" else decimal
    rows = tuple(_row(draft, "," if commas and _who(draft) in commas else fixed) for draft in drafts)
    return AnswerSheet(path, rows, tuple(problems), scan.delimiter, tuple(sorted(map("".join, commas))), is_key)


def _scan(path: Path, limits: Limits) -> Scan:
    if path.suffix.lower() != ".pdf":
        return scan_table(path, SHEET_COLUMNS, KEY_COLUMNS[len(SHEET_COLUMNS) :], limits)
    from examgen.marking.filled_pdf import read_filled_pdf

    return Scan(SHEET_COLUMNS, "", iter(read_filled_pdf(path, limits)))


def _sheet_problems(path: Path, drafts: list[_Draft], is_empty: bool) -> Iterator[Problem]:
    if is_empty:
        yield _file_problem(path, "no_rows", "the sheet has no rows for answers")
    nameless = [draft.line for draft in drafts if not draft.student and not draft.variant]
    if nameless:
        first = f", the first in line {nameless[0]}" if nameless[0] else ""
        detail = f"{len(nameless):,} rows name neither a student nor a variant{first}"
        yield _file_problem(path, "nameless", detail, nameless[0])


def _drafts(path: Path, scan: Scan) -> Iterator[_Draft | Problem]:
    """Yield the rows that name an entry, and what is wrong with them or with other rows."""
    known: dict[str, str] = {}
    for record in scan.records:
        if isinstance(record, RowProblem) and not record.cells:
            yield _file_problem(path, record.reason, record.detail, record.line)
            continue
        exam, variant, student, question, field = names = [_name(known, cell) for cell in record.cells[:5]]
        if _NO_NAME in names:
            detail = "a control character stands in exam, variant, student, question or field"
            yield _file_problem(path, "control_char", detail, record.line)
            continue
        is_cut = isinstance(record, RowProblem)
        if isinstance(record, RowProblem):
            yield Problem(path, record.line, student, question, field, record.reason, record.detail)
            if record.columns != ("answer",):
                continue
        yield _Draft(record.line, exam, variant, student, question, field, record.cells[6], is_cut)


def _name(known: dict[str, str], cell: str) -> str:
    """Strip a name; equal names become one object, as a class repeats few of them in very many rows."""
    name = known.get(cell)
    if name is None:
        name = cell.strip().strip("\ufeff").strip()
        name = _NO_NAME if _CONTROL.search(name) else name
        name = known[cell] = known.setdefault(name, name)
    return name


def _who(draft: _Draft | AnswerRow) -> tuple[str, str]:
    return (draft.student, "") if draft.student else ("", draft.variant)


def _comma_writers(drafts: Iterable[_Draft]) -> frozenset[tuple[str, str]]:
    """Return who writes numbers with a comma and none with a point; what is no number says nothing about it."""
    commas, points = set(), set()
    for draft in drafts:
        if "," in draft.answer and isinstance(parse_number(draft.answer, ","), Number):
            commas.add(_who(draft))
        elif "." in draft.answer and isinstance(parse_number(draft.answer, "."), Number):
            points.add(_who(draft))
    return frozenset(commas - points)


def _row(draft: _Draft, decimal: DecimalMark) -> AnswerRow:
    parsed = unreadable("too_long") if draft.is_cut else parse_number(draft.answer, decimal)
    return AnswerRow(*draft[:7], parsed=parsed)


def _without_untouched(sheets: list[AnswerSheet]) -> list[AnswerSheet]:
    """Leave out whom a sheet of one kind gives no answer for, and a sheet of the other kind, PDF or CSV, gives some."""
    if len({_is_pdf(sheet) for sheet in sheets}) < 2:
        return sheets
    answered: dict[tuple[tuple[str, str], bool], Path] = {}
    for sheet in sheets:
        written = {_who(row) for row in sheet.rows if row.parsed != unreadable("blank")}
        answered |= {(who, _is_pdf(sheet)): sheet.path for who in written}
    settled = []
    for sheet in sheets:
        there = {_who(row) for row in sheet.rows if row.student or row.variant}
        blank = {who for who in there if (who, _is_pdf(sheet)) not in answered}
        other = {who: answered[who, not _is_pdf(sheet)] for who in blank if (who, not _is_pdf(sheet)) in answered}
        rows = tuple(row for row in sheet.rows if _who(row) not in other) if other else sheet.rows
        told = tuple(_untouched(sheet.path, *who, path) for who, path in sorted(other.items()))
        settled.append(replace(sheet, rows=rows, problems=sheet.problems + told))
    return settled


def _is_pdf(sheet: AnswerSheet) -> bool:
    return sheet.path.suffix.lower() == ".pdf"


def _untouched(path: Path, student: str, variant: str, other: Path) -> Problem:
    whose = f"student {printable(student, 40)}" if student else f"variant {printable(variant, 40)}"
    detail = f"has no answers of {whose} and was passed over for {printable(other)}"
    return Problem(path, 0, student, "", "", "untouched", detail)


def _settle_repeats(sheets: list[AnswerSheet]) -> list[AnswerSheet]:
    """Keep each entry once in all sheets together: its first row, unreadable if a later one has another answer."""
    first: dict[tuple[str, ...], dict[tuple[str, str], AnswerRow]] = {}
    entries: dict[tuple[str, str], tuple[str, str]] = {}
    repeats: dict[int, list[tuple[Path, AnswerRow]]] = {}
    dropped: set[int] = set()
    for sheet in sheets:
        for row in sheet.rows:
            # Rows that name nobody belong together within their file only.
            who = (row.exam, *_who(row)) if row.student or row.variant else (row.exam, "", "", str(sheet.path))
            entry = (row.question, row.field)
            kept = first.setdefault(who, {}).setdefault(entries.setdefault(entry, entry), row)
            if kept is not row:
                repeats.setdefault(id(kept), []).append((sheet.path, row))
                dropped.add(id(row))
    return [_settled(sheet, repeats, dropped) for sheet in sheets] if repeats else sheets


def _settled(sheet: AnswerSheet, repeats: Mapping[int, list[tuple[Path, AnswerRow]]], dropped: set[int]) -> AnswerSheet:
    rows: list[AnswerRow] = []
    problems = list(sheet.problems)
    for row in sheet.rows:
        others = repeats.get(id(row), [])
        differs = any((other.answer.strip(), other.parsed) != (row.answer.strip(), row.parsed) for _, other in others)
        if others:
            entry = "the entry" if row.line else printable(f"{row.question} {row.field}", 60)
            detail = f"{entry} is there again with {'another' if differs else 'the same'} answer: {_places(others)}"
            reason = "duplicate" if differs else "repeated"
            problems.append(Problem(sheet.path, row.line, row.student, row.question, row.field, reason, detail))
        if id(row) not in dropped:
            rows.append(replace(row, parsed=unreadable("duplicate")) if differs else row)
    return replace(sheet, rows=tuple(rows), problems=tuple(problems))


def _places(found: list[tuple[Path, AnswerRow]], most: int = 3) -> str:
    places = [f"{printable(path)}{f', line {row.line}' if row.line else ''}" for path, row in found[:most]]
    return "; ".join(places) + (f"; and {len(found) - most:,} more" if len(found) > most else "")
