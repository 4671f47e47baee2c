"""Read one answer sheet: a table of text, a spreadsheet or a filled form, whatever its name says.

Called by `class_sheets`, which joins the sheets of a class and reads their numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from examgen.errors import AnswersError
from examgen.exams.keys.key_lines import KEY_COLUMNS, SHEET_COLUMNS
from examgen.marking.reading.handed_in.file_kinds import FORMS, PICTURE_ADVICE, PICTURES, SPREADSHEETS, known_fault
from examgen.marking.reading.handed_in.response_sheets import (
    ResponseTable,
    are_responses,
    response_sheet,
    responses_in,
)
from examgen.marking.reading.handed_in.scan_sheets import ADVICE as SCAN_ADVICE
from examgen.marking.reading.handed_in.scan_sheets import can_scan, scan_sheet
from examgen.marking.reading.handed_in.sheet_rows import PLACES, RawSheet, Rows, cleaned_name, sheet_of
from examgen.marking.reading.handed_in.uploads import Upload
from examgen.marking.reading.handed_in.wide_form import MAX_LINE, Header, is_wide, read_wide
from examgen.marking.reading.problems import Problem, file_problem
from examgen.tables.csv_tables import Limits, OpenTable, known_columns, open_table, printable, reopened
from examgen.tables.headers import passed_over
from examgen.tables.spreadsheet_reader import SpreadsheetReader
from examgen.tables.table_rows import records
from examgen.tables.text_columns import Texts

LARGE = 200_000
"""Tables of more bytes are read by columns, which takes a while to get going."""

FILE_SECONDS = 5.0
"""What reading one form or spreadsheet may take."""

TABLE_SPEED = 5_000_000
"""Bytes a second of a table of text whose every line is at fault; others are read some ten times as fast."""

FIRST_ROWS = 500
"""So many rows of a large table tell whether it is of one student."""

_EXTRA = KEY_COLUMNS[len(SHEET_COLUMNS) :]
_MOST_NAMED = 5
_FORM, _SPREADSHEET, _TABLE = "form", "spreadsheet", "table"


class NotReadError(AnswersError):
    """A file that is no sheet, and does not mean to be one."""


class SeveralStudentsError(AnswersError):
    """A large table of several students where a file of one is looked for."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a file may use.

    Attributes:
        limits: of its text.
        seconds: it may take.
        reader: the process that reads spreadsheets, if there is one.
        of_one_student: whether a large table of several students is refused before it is read; a student's own sheet
            is small, and made-up rows in their millions are not waited for.
    """

    limits: Limits
    seconds: float = FILE_SECONDS
    reader: SpreadsheetReader | None = None
    of_one_student: bool = False


def read_sheet(upload: Upload, means: Means) -> RawSheet:
    """Read one file.

    Raises: AnswersError if the file as a whole cannot be read; `NotReadError` if it is no sheet at all.
    """
    where = printable(upload.path)
    if upload.suffix in PICTURES:
        return _picture(upload)
    if upload.suffix in FORMS and upload.size > _most_bytes(upload.suffix, means.limits):
        # No filled form is so large.
        return _scan(upload, AnswersError(f"{where}: has {upload.size:,} bytes, more than a filled form"))
    data = upload.read(_most_bytes(upload.suffix, means.limits))
    if told := known_fault(upload.path.name):
        raise NotReadError(f"{where}: {told}")
    return _READERS[_kind(upload.suffix, where, data)](upload, data, means)


def _picture(upload: Upload) -> RawSheet:
    """A photo of a page of bubbles."""
    where = printable(upload.path)
    if not can_scan():
        raise NotReadError(f"{where}: is not read: a picture; {PICTURE_ADVICE}; {SCAN_ADVICE}")
    try:
        return scan_sheet(upload)
    except AnswersError as error:
        told = str(error).removeprefix(f"{where}: ")
        raise NotReadError(f"{where}: is not read: a picture; {told}; {PICTURE_ADVICE}") from None


def _scan(upload: Upload, fault: AnswersError) -> RawSheet:
    """A PDF without a form as a scan of pages of bubbles.

    Raises: AnswersError: the fault that it is no form, and what keeps it from being a scan.
    """
    if not can_scan():
        raise type(fault)(f"{fault}; {SCAN_ADVICE}")
    try:
        return scan_sheet(upload)
    except AnswersError as error:
        told = str(error).removeprefix(f"{printable(upload.path)}: ")
        raise AnswersError(f"{fault}; as a scan: {told}") from None


def _most_bytes(suffix: str, limits: Limits) -> int:
    from examgen.marking.reading.handed_in import filled_pdf
    from examgen.tables import spreadsheets

    if suffix in FORMS:
        return min(limits.max_bytes, filled_pdf.MAX_BYTES)
    return min(limits.max_bytes, spreadsheets.MAX_BYTES) if suffix in SPREADSHEETS else limits.max_bytes


def _kind(suffix: str, where: str, data: bytes) -> str:
    """How a file is read: by what it is where that is plain, else by its name."""
    from examgen.tables.spreadsheets import is_spreadsheet

    named = _FORM if suffix in FORMS else _SPREADSHEET if suffix in SPREADSHEETS else _TABLE
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _FORM
    if named != _SPREADSHEET and is_spreadsheet(data):
        return _SPREADSHEET
    if named != _TABLE and not data.startswith(b"PK") and _is_sheet(where, data):
        return _TABLE
    return named


def _is_sheet(where: str, data: bytes) -> bool:
    try:
        table = open_table(where, data, SHEET_COLUMNS, _EXTRA, rank=_rank, keeps_damage=True)
    except AnswersError:
        return False
    return _rank(table.titles) >= 1


def _rank(titles: Sequence[str]) -> float:
    """How surely a row of titles is the header of a sheet, as `headers.Rank` says."""
    known = {title.lower() for title in titles} & set(SHEET_COLUMNS)
    if len(known) == len(SHEET_COLUMNS):
        return 2.0
    return 1.0 if is_wide(titles) or are_responses(titles) else len(known) / (len(SHEET_COLUMNS) + 1)


def _form(upload: Upload, data: bytes, means: Means) -> RawSheet:
    from examgen.marking.reading.handed_in.filled_pdf import MAX_BYTES, NoFormError, filled_form

    where = printable(upload.path)
    if len(data) > MAX_BYTES:
        raise AnswersError(f"{where}: has {len(data):,} bytes; at most {MAX_BYTES:,} are allowed")
    try:
        form = filled_form(where, data, means.limits, means.seconds)
    except NoFormError as fault:
        return _scan(upload, fault)
    notes = [file_problem(upload.path, "annotated", f"{where}: {form.warning}")] if form.warning else []
    return replace(sheet_of(upload.path, form.rows, notes=notes), is_key=form.is_key)


def _table(upload: Upload, data: bytes, means: Means) -> RawSheet:
    limits, where = means.limits, printable(upload.path)
    if (responses := responses_in(where, data)) is not None:
        return _responses(upload, responses, means)
    lines = replace(limits, max_columns=max(limits.max_columns, MAX_LINE // limits.max_field))
    table = open_table(where, data, SHEET_COLUMNS, _EXTRA, lines, rank=_rank, keeps_damage=True)
    if means.of_one_student and len(table.text) > LARGE:
        _check_one_student(where, reopened(table, lines), lines)
    if upload.suffix == ".txt" and _rank(table.titles) == 0:
        raise NotReadError(f"{where}: is not read: no line names the columns of a sheet; save the sheet as CSV or xlsx")
    if is_wide(table.titles):
        layout = table.named_layout()
        header = Header(where, table.header, layout.columns)
        notes = _notes(upload.path, table.header, table.above, [title for title in table.titles if not title])
        sheet = read_wide(upload.path, header, records(table.lines, layout, lines), limits, notes, table.damage)
        return replace(sheet, delimiter=table.delimiter)
    table = reopened(table, limits)
    columns = known_columns(table, SHEET_COLUMNS, _EXTRA, limits, extra="ignore")
    return replace(_long_form(upload.path, table, columns, limits), delimiter=table.delimiter, is_key=_is_key(columns))


def _responses(upload: Upload, table: ResponseTable, means: Means) -> RawSheet:
    """What a platform exported; nobody's own file says what others answered, nor on which paper."""
    if means.of_one_student:
        told = "is a table of answers that a platform exported; mark it alone, or take tables of several students with"
        raise SeveralStudentsError(f"{printable(upload.path)}: {told} --table")
    return response_sheet(upload.path, table)


def _check_one_student(where: str, table: OpenTable, limits: Limits) -> None:
    """Raise SeveralStudentsError if the first rows of a table name more than one student."""
    if "student" not in table.names:
        return
    rows = islice(records(table.lines, table.layout(("student",)), limits), FIRST_ROWS)
    students = list(dict.fromkeys(filter(None, (cleaned_name(row.cells[0]) for row in rows if row.cells))))
    if len(students) > 1:
        named = ", ".join(repr(printable(student, 40)) for student in students[:_MOST_NAMED])
        more = " and others" if len(students) > _MOST_NAMED else ""
        raise SeveralStudentsError(
            f"{where}: holds rows of several students, {named}{more}, and was not read; --table takes the rows of all"
        )


def _long_form(path: Path, table: OpenTable, columns: tuple[str, ...], limits: Limits) -> RawSheet:
    notes = _notes(path, table.header, table.above, _others(table.titles, columns))
    if len(table.text) <= LARGE:
        found = records(table.lines, table.layout(columns, "answer"), limits)
        return sheet_of(path, found, notes=notes, damage=table.damage)
    from examgen.tables.columns import read_columns

    wanted = tuple(SHEET_COLUMNS[place] for place in PLACES)
    cut = read_columns(table, columns, wanted, limits, "answer")
    exam, variant, student, question, field, answer = map(Texts.from_arrow, cut.texts)
    names = (exam, variant, student, question, field)
    plain = Rows(cut.lines, names, answer, np.zeros(len(cut.lines), dtype=bool))
    return sheet_of(path, cut.others, [plain], notes, table.damage)


def _spreadsheet(upload: Upload, data: bytes, means: Means) -> RawSheet:
    from examgen.tables.spreadsheets import read_spreadsheet

    path, limits, where = upload.path, means.limits, printable(upload.path)
    sheet = read_spreadsheet(where, data, limits, rank=_rank, reader=means.reader, seconds=means.seconds)
    if are_responses(sheet.titles):
        return _responses(upload, ResponseTable(sheet.titles, sheet.rows), means)
    if is_wide(sheet.titles):
        places = [place for place, title in enumerate(sheet.titles) if title]
        titles = tuple(sheet.titles[place] for place in places)
        notes = _notes(path, sheet.header, sheet.above, [""] * (len(sheet.titles) - len(titles)))
        notes += _other_sheets(path, sheet.sheet, sheet.others)
        rows = sheet.records(places, titles, limits)
        return read_wide(path, Header(where, sheet.header, titles), rows, limits, notes)
    table = OpenTable(where, b"", sheet.header, "", sheet.titles, iter(()))
    columns = known_columns(table, SHEET_COLUMNS, _EXTRA, limits, extra="ignore")
    notes = _notes(path, sheet.header, sheet.above, _others(sheet.titles, columns))
    notes += _other_sheets(path, sheet.sheet, sheet.others)
    found = sheet.records(table.layout(columns).places, columns, limits)
    return replace(sheet_of(path, found, notes=notes), is_key=_is_key(columns))


_READERS: Mapping[str, Callable[[Upload, bytes, Means], RawSheet]] = MappingProxyType(
    {_FORM: _form, _SPREADSHEET: _spreadsheet, _TABLE: _table}
)


def _others(titles: Sequence[str], columns: Sequence[str]) -> list[str]:
    return [title for title in titles if title.lower() not in columns]


def _notes(path: Path, header: int, above: int, others: Sequence[str]) -> list[Problem]:
    """What of a sheet was passed over."""
    notes = []
    if above:
        told = f"{above} line{'s' * (above > 1)} above the header {'were' if above > 1 else 'was'} passed over"
        notes.append(file_problem(path, "lines_above", told, header))
    if others:
        notes.append(file_problem(path, "extra_columns", passed_over(others), header))
    return notes


def _other_sheets(path: Path, read: str, others: Sequence[str]) -> list[Problem]:
    if not others:
        return []
    named = ", ".join(f"'{printable(name, 40)}'" for name in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
    told = f"{printable(path)}: its sheet '{printable(read, 40)}' was read; further sheets of answers were not: "
    return [file_problem(path, "other_sheets", f"{told}{named}{more}")]


def _is_key(columns: tuple[str, ...]) -> bool:
    return columns[-1] not in SHEET_COLUMNS
