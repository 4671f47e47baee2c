"""Tables of responses that platforms export, as sheets: Moodle's and Canvas's, as text or as a spreadsheet.

Called by `sheets`. Rows name exam, variant and question as the tags do; which fields they answer, and whose they are,
is told when the key is known (`quiz_papers`).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from examgen.errors import AnswersError
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, finished, rows_of
from examgen.marking.reading.platforms.canvas_responses import is_canvas, read_canvas
from examgen.marking.reading.platforms.moodle_responses import RESPONSE, is_moodle, read_moodle
from examgen.marking.reading.platforms.responses import Line, plain_title
from examgen.marking.reading.problems import file_problem
from examgen.tables.csv_tables import printable
from examgen.tables.damage import as_windows
from examgen.tables.headers import DELIMITERS, title_of
from examgen.tables.text import as_marked_utf8

_HEAD = 8192
"""Bytes that tell whether a file may be such a table."""

MAX_COLUMNS = 10_000
"""Of a table of responses; a quiz has some hundred boxes."""

_LONGEST_CELL = 1_000_000
_SEP = "sep="
_CANVAS = re.compile(r'(?:^|[,;\t])"?[0-9]+: ')
_NUMBERED = re.compile(r'(?:^|[,;\t])"?([^\W\d][^",;\t0-9]*)[0-9]')


@dataclass(frozen=True, eq=False, slots=True)
class ResponseTable:
    """A header and the rows behind it."""

    titles: tuple[str, ...]
    rows: Iterable[Line]


def are_responses(titles: Sequence[str]) -> bool:
    """Whether a header is that of a table of responses."""
    return len(titles) <= MAX_COLUMNS and (is_canvas(titles) or is_moodle(titles))


def responses_in(where: str, data: bytes) -> ResponseTable | None:
    """The table of responses in the bytes of a text file, None where there is another one.

    Raises: AnswersError: a cell is longer than any text of a question.
    """
    if not _may_be(data):
        return None
    text, _ = as_marked_utf8(where, data)
    for delimiter in DELIMITERS:
        lines = _lines(where, text.decode(), delimiter)
        first = next(lines, None)
        titles = tuple(title_of(as_windows(cell)) for cell in first[1]) if first else ()
        if are_responses(titles):
            return ResponseTable(titles, [(line, [as_windows(cell) for cell in cells]) for line, cells in lines])
    return None


def response_sheet(path: Path, table: ResponseTable) -> RawSheet:
    """A table of responses as a sheet.

    Raises: AnswersError: nothing in it is of an exam of ours.
    """
    where = printable(path)
    read = read_canvas if is_canvas(table.titles) else read_moodle
    found = read(where, table.titles, table.rows)
    rows = [
        (attempt.line, False, (tag.exam, tag.variant, attempt.ids[0], tag.question, tag.field, "", response.text))
        for attempt in found.attempts
        for response in attempt.responses
        for tag in (response.tag,)
    ]
    sheet = finished(path, rows_of(rows), [])
    notes = []
    if found.untagged:
        columns = "1 column" if found.untagged == 1 else f"{found.untagged} columns"
        told = f"{columns} of responses to other questions than those of examgen were passed over"
        notes.append(file_problem(path, "extra_columns", told))
    return replace(sheet, problems=(*notes, *sheet.problems), responses=found)


def _may_be(data: bytes) -> bool:
    """Whether the beginning of a file looks like it; most files are not read further."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    head = data[:_HEAD].decode(encoding, "replace").lstrip("\ufeff")
    if _CANVAS.search(head):
        return True
    return any(plain_title(found) in RESPONSE for found in _NUMBERED.findall(head))


def _lines(where: str, text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        # Rows are counted as spreadsheets count them: the texts of questions have many lines.
        for row, cells in enumerate(reader, start=1):
            # Some spreadsheets say first what stands between the cells.
            if row > 1 or not (cells and cells[0].lower().startswith(_SEP)):
                yield row, cells
    except csv.Error as error:
        raise AnswersError(f"{where}: line {reader.line_num}: cannot be read ({error})") from None
    finally:
        csv.field_size_limit(before)
