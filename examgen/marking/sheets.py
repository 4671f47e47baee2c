"""Read one answer sheet: a CSV table, a spreadsheet or a filled form.

Called by `reading`, which joins the sheets of a class and reads their numbers.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from examgen.exams.keys import KEY_COLUMNS, SHEET_COLUMNS
from examgen.marking.answers import Texts
from examgen.marking.sheet_rows import PLACES, RawSheet, Rows, sheet_of
from examgen.marking.uploads import Upload
from examgen.marking.wide_form import MAX_LINE, Header, is_wide, read_wide
from examgen.tables.csv_tables import Limits, OpenTable, known_columns, open_table, printable, reopened
from examgen.tables.rows import Row, RowProblem, records

LARGE = 200_000
"""Tables of more bytes are read by columns, which takes a while to get going."""

_EXTRA = KEY_COLUMNS[len(SHEET_COLUMNS) :]


def read_sheet(upload: Upload, limits: Limits) -> RawSheet:
    """Read one file.

    Raises: AnswersError if the file as a whole cannot be read.
    """
    if upload.suffix == ".pdf":
        return _form(upload, limits)
    if upload.suffix in {".xlsx", ".ods"}:
        return _spreadsheet(upload, limits)
    return _table(upload, limits)


def _form(upload: Upload, limits: Limits) -> RawSheet:
    from examgen.marking.filled_pdf import MAX_BYTES, filled_rows

    data = upload.read(min(limits.max_bytes, MAX_BYTES))
    return sheet_of(upload.path, filled_rows(printable(upload.path), data, limits))


def _table(upload: Upload, limits: Limits) -> RawSheet:
    data = upload.read(limits.max_bytes)
    lines = replace(limits, max_columns=max(limits.max_columns, MAX_LINE // limits.max_field))
    table = open_table(printable(upload.path), data, SHEET_COLUMNS, _EXTRA, lines)
    if is_wide(table.titles):
        rows = records(table.lines, table.whole_layout(), lines)
        header = Header(table.where, table.header, table.titles)
        return replace(read_wide(upload.path, header, rows, limits), delimiter=table.delimiter)
    table = reopened(table, limits)
    columns = known_columns(table, SHEET_COLUMNS, _EXTRA, limits)
    return replace(_long_form(upload, table, columns, limits), delimiter=table.delimiter, is_key=_is_key(columns))


def _long_form(upload: Upload, table: OpenTable, columns: tuple[str, ...], limits: Limits) -> RawSheet:
    if len(table.text) <= LARGE:
        return sheet_of(upload.path, records(table.lines, table.layout(columns), limits))
    from examgen.tables.columns import read_columns

    found = read_columns(table, columns, tuple(SHEET_COLUMNS[place] for place in PLACES), limits)
    exam, variant, student, question, field, answer = map(Texts.from_arrow, found.texts)
    names = (exam, variant, student, question, field)
    plain = Rows(found.lines, names, answer, np.zeros(len(found.lines), dtype=bool))
    return sheet_of(upload.path, found.others, [plain])


def _spreadsheet(upload: Upload, limits: Limits) -> RawSheet:
    from examgen.tables.spreadsheets import MAX_BYTES, read_spreadsheet

    where = printable(upload.path)
    sheet = read_spreadsheet(where, upload.read(min(limits.max_bytes, MAX_BYTES)), limits)
    titles = tuple(title.strip().strip("\ufeff").strip() for title in sheet.titles)
    if is_wide(titles):
        rows = sheet.records(range(len(titles)), titles, limits)
        return read_wide(upload.path, Header(where, sheet.header, titles), rows, limits)
    table = OpenTable(where, b"", sheet.header, "", titles, iter(()))
    columns = known_columns(table, SHEET_COLUMNS, _EXTRA, limits)
    records_: Iterable[Row | RowProblem] = sheet.records(table.layout(columns).places, columns, limits)
    return replace(sheet_of(upload.path, records_), is_key=_is_key(columns))


def _is_key(columns: tuple[str, ...]) -> bool:
    return columns[-1] not in SHEET_COLUMNS
