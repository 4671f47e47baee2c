"""Read a sheet of an xlsx or ods file as rows of texts.

Called by `marking` for answer sheets. The file is looked at from outside here; it is read by `spreadsheet_reader`, in
another process, as a few bytes could ask the parser for billions of cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examgen.errors import AnswersError
from examgen.tables.headers import Rank, best_header, title_of
from examgen.tables.spreadsheet_child import is_part
from examgen.tables.spreadsheet_reader import MAX_SECONDS, Head, SpreadsheetReader
from examgen.tables.table_rows import Row, RowProblem
from examgen.tables.text import Limits
from examgen.tables.zips import ZIP_START, office_kind, open_zip, unreadable_way

MAX_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_COLUMNS = 100_000


@dataclass(frozen=True, eq=False, slots=True)
class SheetRows:
    """The rows of a sheet.

    Attributes:
        header: row of the header, as the program counts them.
        titles: of the columns, without the spaces around them; empty for those without a name.
        rows: those behind the header that are not blank, with their numbers.
        sheet: its name.
        above: rows above the header that are not blank.
        others: names of further sheets that have such a header.
    """

    header: int
    titles: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]
    sheet: str = ""
    above: int = 0
    others: tuple[str, ...] = ()

    def records(self, places: Sequence[int], columns: Sequence[str], limits: Limits) -> Iterator[Row | RowProblem]:
        """The rows with the cells at these places, named so; those with nothing there are passed over."""
        for number, row in self.rows:
            cells = tuple([row[place] if place < len(row) else "" for place in places])
            if not any(cell.strip() for cell in cells):
                continue
            long = tuple(name for name, cell in zip(columns, cells, strict=True) if len(cell) > limits.max_field)
            if long:
                told = f"a cell is longer than {limits.max_field:,} characters, the most allowed"
                yield RowProblem(number, "too_long", told, long, tuple(cell[: limits.max_field] for cell in cells))
            else:
                yield Row(number, cells)


def read_spreadsheet(
    where: str,
    data: bytes,
    limits: Limits,
    *,
    rank: Rank | None = None,
    reader: SpreadsheetReader | None = None,
    seconds: float = MAX_SECONDS,
) -> SheetRows:
    """Read the first sheet with a header; `where` names the file in messages.

    Args:
        rank: tells the header from other rows; where no sheet has one, the row that comes nearest is given, and none
            behind it. Where it is None, the first row of the first sheet that is not empty is the header.
        reader: reads it; a process for this file alone where it is None.
        seconds: that the file may take.

    Raises: AnswersError if the bytes are no such file, damaged, encrypted or too large, or if all sheets are empty.
    """
    _check(where, data)
    if reader is None:
        with SpreadsheetReader() as own:
            return _read(where, data, limits, rank, own, seconds)
    return _read(where, data, limits, rank, reader, seconds)


def is_spreadsheet(data: bytes) -> bool:
    """Whether bytes are those of a spreadsheet, whatever the file is called; a damaged one may be none."""
    if not data.startswith(ZIP_START):
        return False
    try:
        return office_kind(open_zip("", data)) == "a spreadsheet"
    except AnswersError:
        return False


def _check(where: str, data: bytes) -> None:
    """Refuse what is no such file, and bombs, before anything is unpacked."""
    if not data.startswith(ZIP_START):
        raise AnswersError(f"{where}: is no xlsx or ods file, or one with a password; save it again without one")
    archive = open_zip(where, data)
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if (kind := office_kind(archive)) != "a spreadsheet":
        raise AnswersError(f"{where}: is {kind} and no spreadsheet; save the sheet as xlsx, ods or CSV")
    if len(infos) > MAX_MEMBERS:
        raise AnswersError(f"{where}: has more than {MAX_MEMBERS:,} parts, the most allowed")
    fault = next(filter(None, (unreadable_way(info) for info in infos if is_part(info.filename))), "")
    if fault:
        raise AnswersError(f"{where}: one of its parts {fault}")


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """A sheet that is not empty: how it begins, the row that is likely to be its header, and how likely that is."""

    head: Head
    place: int
    rank: float


def _read(
    where: str, data: bytes, limits: Limits, rank: Rank | None, reader: SpreadsheetReader, seconds: float
) -> SheetRows:
    seen: list[_Seen] = []

    def is_wanted(head: Head) -> bool:
        if not head.rows:
            return False
        titles = ([title_of(cell) for cell in cells] for _, cells in head.rows)
        place, sureness = best_header(titles, rank) if rank is not None else (0, float(not seen))
        seen.append(_Seen(head, place, sureness))
        return sureness >= 1

    rows = reader.read(where, data, limits.max_field, is_wanted, min(seconds, MAX_SECONDS))
    if not seen:
        raise AnswersError(f"{where}: its sheets are empty; the first row must name the columns")
    fitting = [one for one in seen if one.rank >= 1]
    found = fitting[0] if fitting else max(seen, key=lambda one: one.rank)
    behind = rows[found.place + 1 :] if rows is not None else []
    if len(behind) > limits.max_rows:
        raise AnswersError(f"{where}: has more than {limits.max_rows:,} rows, the most allowed")
    header = found.head.rows[found.place][0]
    others = tuple(other.head.sheet for other in fitting[1:])
    return SheetRows(header, _titles(found.head, found.place), behind, found.head.sheet, found.place, others)


def _titles(head: Head, place: int) -> tuple[str, ...]:
    titles = [title_of(cell) for cell in head.rows[place][1]]
    return (*titles, *[""] * (min(head.width, MAX_COLUMNS) - len(titles)))
