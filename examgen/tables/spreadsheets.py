"""Read the first sheet of an xlsx or ods file as rows of texts.

Called by `sheets`. The parser holds a sheet as one rectangle of cells in memory, so that a few bytes could ask for
billions of them; the file is checked and measured before the parser sees it, and handed over as it was checked.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from examgen.errors import AnswersError
from examgen.tables.csv_tables import Limits, printable
from examgen.tables.rows import Row, RowProblem
from examgen.tables.zips import ZIP_START, open_zip, unreadable_way

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_CELLS = 6_000_000  # of the rectangle around all cells that are not empty

_NEEDED = (".xml", ".rels")
_WORKSHEET = re.compile(r"xl/.*sheet[^/]*\.xml", re.IGNORECASE)
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,8})([0-9]{1,12})\s*["']""")
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(row|c)[\s/>]")
_ODS_TAG = re.compile(rb"<(/?)(?:\w+:)?(table-row|table-cell|covered-table-cell)((?:\s[^<>]*?)?)(/?)>", re.DOTALL)
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["']\s*([0-9]{1,18})""")

Cell = str | int | float | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


@dataclass(frozen=True, eq=False, slots=True)
class SheetRows:
    """The rows of a sheet: titles of the header, its row, and the rows behind it with their numbers."""

    header: int
    titles: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]

    def records(self, places: Sequence[int], columns: Sequence[str], limits: Limits) -> Iterator[Row | RowProblem]:
        """The rows with the cells at these places, named so; blank ones are passed over."""
        for number, row in self.rows:
            if not any(cell.strip() for cell in row):
                continue
            cells = tuple([row[place] if place < len(row) else "" for place in places])
            long = tuple(name for name, cell in zip(columns, cells, strict=True) if len(cell) > limits.max_field)
            if long:
                told = f"a cell is longer than {limits.max_field:,} characters, the most allowed"
                yield RowProblem(number, "too_long", told, long, tuple(cell[: limits.max_field] for cell in cells))
            else:
                yield Row(number, cells)


def read_spreadsheet(where: str, data: bytes, limits: Limits) -> SheetRows:
    """Read the first sheet; `where` names the file in messages.

    Raises: AnswersError if the bytes are no such file, damaged, encrypted or too large, or if the sheet is empty.
    """
    if not data.startswith(ZIP_START):
        raise AnswersError(f"{where}: is no xlsx or ods file, or one with a password; save it again without one")
    rows = [(number, [_text(cell) for cell in row]) for number, row in _parsed(where, _checked(where, data))]
    header = next((place for place, (_, row) in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if header is None:
        raise AnswersError(f"{where}: its first sheet is empty; the first row must name the columns")
    if len(rows) > limits.max_rows:
        raise AnswersError(f"{where}: has more than {limits.max_rows:,} rows, the most allowed")
    return SheetRows(rows[header][0], tuple(rows[header][1]), rows[header + 1 :])


def _checked(where: str, data: bytes) -> bytes:
    """The parts that hold cells, unpacked within bounds and measured, as a plain zip file."""
    archive = open_zip(where, data)
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise AnswersError(f"{where}: unpacks to more than {MAX_UNPACKED:,} bytes or {MAX_MEMBERS:,} parts")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as plain:
        for name in dict.fromkeys(info.filename for info in infos):
            info = archive.getinfo(name)
            if not name.lower().endswith(_NEEDED) and name != "mimetype":
                continue
            if fault := unreadable_way(info):
                raise AnswersError(f"{where}: its part {printable(name, 60)} {fault}")
            try:
                part = archive.read(info)
            except Exception as error:  # zipfile's own errors, zlib's, and whatever a broken file leads to
                raise AnswersError(f"{where}: is damaged; open it in a spreadsheet and save it again") from error
            _measure(where, name, part)
            plain.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def _measure(where: str, name: str, part: bytes) -> None:
    cells = 0
    if _WORKSHEET.fullmatch(name):
        cells = _xlsx_cells(part)
    elif PurePosixPath(name).name == "content.xml":
        cells = _ods_cells(part)
    if cells > MAX_CELLS:
        raise AnswersError(f"{where}: its sheet spans {cells:,} cells; at most {MAX_CELLS:,} are allowed")


def _xlsx_cells(part: bytes) -> int:
    """The rectangle from the first cell to the last; cells say where they are, or stand behind one another."""
    widest = rows = longest = in_row = 0
    for found in _XLSX_TAG.finditer(part):
        if found[1] == b"row":
            rows, in_row = rows + 1, 0
        else:
            in_row += 1
            longest = max(longest, in_row)
    lowest = rows
    for found in _REFERENCE.finditer(part):
        column = 0
        for letter in found[1].upper():
            column = 26 * column + letter - 64
        widest, lowest = max(widest, column), max(lowest, int(found[2]) + (rows if not found[1] else 0))
    return max(widest + longest if widest > longest else longest, 1) * lowest if lowest else 0


def _ods_cells(part: bytes) -> int:
    """The rectangle around cells that are not empty, with all repetitions, of the largest sheet or of all."""
    widest = lowest = row = 0
    repeated = 1
    column = 0
    for found in _ODS_TAG.finditer(part):
        is_end, tag, attributes, is_empty = found[1], found[2], found[3], found[4]
        times = int(count[1]) if (count := _REPEATED.search(attributes)) else 1
        if tag == b"table-row":
            if is_end or is_empty:
                row += repeated if is_end else times
                continue
            repeated, column = times, 0
        elif not is_end:
            column += times
            if not is_empty or b"value" in attributes:
                widest, lowest = max(widest, column), max(lowest, row + repeated)
    return widest * lowest


def _parsed(where: str, data: bytes) -> list[tuple[int, list[Cell]]]:
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = book.get_sheet_by_index(0)
            first = (sheet.start or (0, 0))[0] + 1
            return list(enumerate(sheet.to_python(), start=first))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        told = printable(" ".join(str(error).split()) or type(error).__name__, 100)
        raise AnswersError(f"{where}: is no readable spreadsheet ({told}); save it again as xlsx, ods or CSV") from None


def _text(cell: Cell) -> str:
    """A cell as it would stand in a CSV file; numbers in their shortest form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)
