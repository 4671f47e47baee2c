"""The rows of a roster file, CSV or spreadsheet, below the header that is one of a class list.

Called by `class_list`. Lines above the header, such as titles, are passed over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen.batch.rosters.systems import ID_TITLES, NAME_TITLES, SYSTEMS, Recognised, plain_title, recognise
from examgen.errors import AnswersError, did_you_mean
from examgen.tables.csv_tables import Limits, printable
from examgen.tables.headers import DELIMITERS
from examgen.tables.spreadsheets import read_spreadsheet
from examgen.tables.table_rows import Layout, Row, records, walk
from examgen.tables.text import Line, as_utf8, lines_of, read_bytes
from examgen.tables.zips import ZIP_START

LIMITS = Limits(max_bytes=64 * 1024 * 1024, max_rows=200_000, max_columns=2_000)
MOST_ABOVE = 30
"""So many rows are looked at for the header."""

MOST_TITLES = 8

OPEN_QUOTE = (
    "a quote is opened, and the next line looks like a row of its own; close the quote, or write the cell on one line"
)
ANSI = "cp1252"


@dataclass(frozen=True, eq=False, slots=True)
class RosterRows:
    """A roster that is being read.

    Attributes:
        where: the file, for messages.
        recognised: the kind of list, and where its columns are.
        titles: of all columns, as written.
        rows: the cells at `recognised.places`; raises AnswersError at a row that cannot be read.
        is_spreadsheet: whether numbers and dates were cells of their own.
        is_guessed: whether the encoding was.
    """

    where: str
    recognised: Recognised
    titles: tuple[str, ...]
    rows: Iterator[Row]
    is_spreadsheet: bool
    is_guessed: bool


def roster_rows(path: Path) -> RosterRows:
    """Open a roster and find its header.

    Raises: AnswersError if the file cannot be read, or has no header of a class list.
    """
    where, data = printable(path), read_bytes(path, LIMITS.max_bytes, "CSV, xlsx or ods")
    return _of_spreadsheet(where, data) if data.startswith(ZIP_START) else _of_text(where, data)


def _of_spreadsheet(where: str, data: bytes) -> RosterRows:
    sheet = read_spreadsheet(where, data, LIMITS)
    everything = [(sheet.header, list(sheet.titles)), *sheet.rows]
    filled = [(line, cells) for line, cells in everything if any(cell.strip() for cell in cells)]
    for number, (_, cells) in enumerate(filled[:MOST_ABOVE]):
        if recognised := _recognised(cells):
            rows = _picked(where, filled[number + 1 :], recognised)
            return RosterRows(where, recognised, tuple(cells), rows, is_spreadsheet=True, is_guessed=False)
    raise _no_header(where, filled[:MOST_ABOVE])


def _picked(where: str, rows: Sequence[tuple[int, list[str]]], recognised: Recognised) -> Iterator[Row]:
    for line, cells in rows:
        picked = tuple(cells[place] if place < len(cells) else "" for place in recognised.places)
        if any(len(cell) > LIMITS.max_field for cell in picked):
            raise AnswersError(f"{where}: line {line}: a cell is longer than {LIMITS.max_field:,} characters")
        others = tuple(cells[place] if place < len(cells) else "" for place in recognised.others)
        yield Row(line, picked, others)


def _of_text(where: str, data: bytes) -> RosterRows:
    text, is_guessed = _as_text(where, data)
    lines = list(lines_of(where, text, LIMITS))
    tried: list[tuple[int, list[str]]] = []
    for place, line in enumerate(lines):
        if len(tried) == MOST_ABOVE:
            break
        if line.is_cut or not line.text.strip("\ufeff \t,;"):
            continue
        splits = [(delimiter, _cells(line.text, delimiter)) for delimiter in DELIMITERS]
        for delimiter, cells in splits:
            if recognised := _recognised(cells):
                rows = _read(where, lines[place + 1 :], delimiter, cells, recognised)
                return RosterRows(where, recognised, tuple(cells), rows, is_spreadsheet=False, is_guessed=is_guessed)
        tried.append((line.number, max((cells for _, cells in splits), key=len)))
    raise _no_header(where, tried)


def _as_text(where: str, data: bytes) -> tuple[bytes, bool]:
    """UTF-8 with LF, and whether the encoding is a guess: the "CSV" of a western spreadsheet may be that of Windows."""
    try:
        return as_utf8(where, data), False
    except AnswersError:
        text = _ansi(data)
        if text is None:
            raise
    return text.encode().replace(b"\r\n", b"\n").replace(b"\r", b"\n"), True


def _ansi(data: bytes) -> str | None:
    """The text of Windows-1252 bytes, None where they can hardly be that: all or some is UTF-8, or it is no text."""
    as_unicode = data.decode(errors="replace")
    if "\ufffd" not in as_unicode or any(ord(char) > 127 and char != "\ufffd" for char in as_unicode):
        return None
    if any(byte < 32 and byte not in b"\t\n\r" for byte in set(data)):
        return None
    try:
        return data.decode(ANSI)
    except UnicodeDecodeError:
        return None


def _read(
    where: str, lines: Sequence[Line], delimiter: str, titles: Sequence[str], recognised: Recognised
) -> Iterator[Row]:
    columns = tuple(titles[place] for place in recognised.places)
    layout = Layout(delimiter, len(titles), columns, recognised.places, others=recognised.others)
    texts = {line.number: line.text for line in lines}
    for record in records(iter(lines), layout, LIMITS):
        if isinstance(record, Row):
            yield record
        elif record.reason == "wrong_columns" and (cells := _fitted(texts[record.line], delimiter, titles)):
            yield Row(record.line, tuple(cells[place] for place in recognised.places), layout.taken_along(cells))
        else:
            told = OPEN_QUOTE if record.reason == "open_quote" else record.detail
            raise AnswersError(f"{where}: line {record.line}: {told}")


def _fitted(text: str, delimiter: str, titles: Sequence[str]) -> list[str]:
    """The cells of a row that has empty ones more than the header, or none below nameless titles; else no cells."""
    cells, _ = walk(text, delimiter)
    extra = cells[len(titles) :]
    nameless = titles[len(cells) :]
    return [] if any(map(str.strip, (*extra, *nameless))) else [*cells, *("" for _ in nameless)]


def _cells(text: str, delimiter: str) -> list[str]:
    return [cell.strip().strip("\ufeff").strip() for cell in walk(text, delimiter)[0]]


def _recognised(titles: Sequence[str]) -> Recognised | None:
    return recognise(titles) if len(titles) <= LIMITS.max_columns else None


def _no_header(where: str, tried: Sequence[tuple[int, list[str]]]) -> AnswersError:
    """What is said where no row is a header: what the likeliest one lacks."""
    labels = ", ".join(dict.fromkeys(system.label for system in SYSTEMS if system.label))
    allowed = f'A class list has the columns "id" and "name", or is {labels}, as CSV, xlsx or ods'
    if not tried:
        return AnswersError(f"{where}: the file is empty. {allowed}")
    known = ID_TITLES | NAME_TITLES
    line, titles = max(tried, key=lambda row: len(known & set(map(plain_title, row[1]))))
    plain = set(map(plain_title, titles))
    missing = [name for name, group in (("id", ID_TITLES), ("name", NAME_TITLES)) if not plain & group]
    named = ", ".join(f'"{printable(title, 40)}"' for title in titles[:MOST_TITLES] if title)
    more = ", …" if len(titles) > MOST_TITLES else ""
    hint = next(filter(None, (did_you_mean(title[:40].lower(), missing) for title in titles[:MOST_TITLES])), "")
    lacks = ", ".join(f'"{name}"' for name in missing) or "an id and a name in different columns"
    return AnswersError(f"{where}: line {line}: the header lacks {lacks}; it has {named}{more}. {allowed}.{hint}")
