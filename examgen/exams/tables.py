"""Read CSV tables strictly, whoever wrote them: nothing is guessed, and no file can use up memory or time.

Called by `marking.reading` for answer sheets (`scan_table`, row by row) and by `batch` for class rosters
(`read_table`). Known column names find the header's delimiter. The rest is RFC 4180, except that a quote which is not
closed costs its own row and never the rows behind it.
"""

import codecs
import io
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

from examgen.errors import AnswersError, did_you_mean

DELIMITERS = (",", ";", "\t")

_NOT_CSV = (
    (b"PK\x03\x04", "a spreadsheet or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet file"),
    (b"%PDF", "a PDF"),
    (b"\xff\xfe\x00\x00", "UTF-32 text"),
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEP_LINE = re.compile(r'"?sep=[,;\t]"?[,;\t]*', re.IGNORECASE)
_CHUNK = 1 << 20

Extra = Literal["refuse", "ignore"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold at most: bytes, lines, characters in a cell, columns."""

    max_bytes: int = 64 * 1024 * 1024
    max_rows: int = 2_000_000
    max_field: int = 10_000
    max_columns: int = 64

    @property
    def max_line(self) -> int:
        """Characters of one line that are looked at; the rest is passed over unread."""
        return self.max_field * self.max_columns


DEFAULT_LIMITS = Limits()


class Row(NamedTuple):
    """A row: the number of its first line (the file's first is 1), and its cells in the order of `Scan.columns`."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was not read: `wrong_columns`, `open_quote`, `after_quote` or `too_long`.

    Of a row that is only `too_long`, `columns` names the long cells and `cells` holds all, cut to the limit.
    """

    line: int
    reason: str
    detail: str
    columns: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A table that is being read: `columns` are the known ones that it has, required before optional.

    `records` reads on as it is consumed and raises `AnswersError` beyond the limit of rows.
    """

    columns: tuple[str, ...]
    delimiter: str
    records: Iterator[Row | RowProblem]


@dataclass(frozen=True, slots=True)
class Table:
    """A table read whole: `rows` hold (line, {column: text}), texts as written."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str
    rows: tuple[tuple[int, dict[str, str]], ...]
    problems: tuple[RowProblem, ...]


class _Line(NamedTuple):
    number: int
    text: str
    is_cut: bool


def read_table(
    path: Path,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    limits: Limits = DEFAULT_LIMITS,
    *,
    extra: Extra = "refuse",
) -> Table:
    """Read a small table whole; arguments and errors as in `scan_table`."""
    scan = scan_table(path, required, optional, limits, extra=extra)
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[RowProblem] = []
    for record in scan.records:
        if isinstance(record, RowProblem):
            problems.append(record)
        else:
            rows.append((record.line, dict(zip(scan.columns, record.cells, strict=True))))
    return Table(path, scan.columns, scan.delimiter, tuple(rows), tuple(problems))


def scan_table(
    path: Path,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    limits: Limits = DEFAULT_LIMITS,
    *,
    extra: Extra = "refuse",
) -> Scan:
    """Open a table and read its header; the rows follow one by one.

    Args:
        required: lower-case names that the header must have; case, order and spaces around them are free.
        optional: names that it may have.
        extra: whether other columns are refused or passed over.

    Raises: AnswersError if the file is missing, no regular file, too large, not UTF-8 or UTF-16 text, or of another
        header.
    """
    lines = _text_lines(path, _read_bytes(path, limits), limits)
    header = next((line for line in lines if not _passes_over(line)), None)
    if header is None:
        raise AnswersError(f"{printable(path)}: the file is empty; its first line must name {_listed(required)}")
    where = f"{printable(path)}: line {header.number}"
    if header.is_cut:
        raise AnswersError(f"{where}: the header is longer than {limits.max_line:,} characters, the most allowed")
    delimiter, names = _split_header(header.text, {*required, *optional})
    if len(names) > limits.max_columns:
        raise AnswersError(f"{where}: the header has {len(names):,} columns; at most {limits.max_columns} are allowed")
    _check_names(where, names, required, optional, extra)
    columns = tuple(name for name in (*required, *optional) if name in names)
    return Scan(columns, delimiter, _records(lines, delimiter, names, columns, limits))


def printable(text: object, longest: int = 300) -> str:
    """Return foreign text on one line, cut, without characters that steer a terminal."""
    shown = str(text)
    shown = shown if len(shown) <= longest else shown[:longest] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)


def _read_bytes(path: Path, limits: Limits) -> bytes:
    where = printable(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise AnswersError(f"{where}: is a folder, a pipe or a device; a regular CSV file is needed")
        # Without waiting, so that a pipe put in the file's place meanwhile cannot hold the reader up.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > limits.max_bytes:
                raise AnswersError(f"{where}: has {found.st_size:,} bytes; at most {limits.max_bytes:,} are allowed")
            data = file.read(found.st_size + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AnswersError(f"{where}: cannot be read ({told}); a readable CSV file is needed") from error
    if len(data) > found.st_size:
        raise AnswersError(f"{where}: grew while it was read; give a file that nobody is writing")
    return data


def _text_lines(path: Path, data: bytes, limits: Limits) -> Iterator[_Line]:
    """Check that all bytes are text, then return the lines; only one piece of the text is held at a time."""
    for start, kind in _NOT_CSV:
        if data.startswith(start):
            raise AnswersError(f"{printable(path)}: is {kind}; save the sheet as CSV (UTF-8)")
    encoding, mark = _encoding(data)
    decoder = codecs.getincrementaldecoder(encoding)()
    for begin in range(mark, len(data) + 1, _CHUNK):
        end = begin + _CHUNK
        try:
            decoder.decode(data[begin:end], end > len(data))
        except UnicodeDecodeError as error:
            at = min(end, len(data)) - len(error.object) + error.start
            lines = data.count(b"\n", 0, at) + 1
            where = f"{printable(path)}: {f'line {lines}, ' if encoding == 'utf-8' else ''}byte {at + 1}"
            raise AnswersError(f"{where}: is not {encoding.upper()} text; save the sheet as CSV (UTF-8)") from None
    stream = io.BytesIO(data)
    stream.seek(mark)
    return _lines(path, io.TextIOWrapper(stream, encoding, newline=""), limits)


def _encoding(data: bytes) -> tuple[str, int]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    # Without a mark, UTF-16 is certain only where an ASCII header alternates with NULs.
    head = data[:32]
    if len(head) >= 16 and len(data) % 2 == 0:
        for encoding, letters, nuls in (("utf-16-le", head[::2], head[1::2]), ("utf-16-be", head[1::2], head[::2])):
            if not any(nuls) and all(0 < byte < 128 for byte in letters):
                return encoding, 0
    return "utf-8", 0


def _lines(path: Path, stream: io.TextIOWrapper, limits: Limits) -> Iterator[_Line]:
    longest = limits.max_line
    number = 0
    while text := stream.readline(longest + 2):
        number += 1
        # Blank lines count too: 64 MiB of them are no table. One line is the header, one may be "sep=;".
        if number > limits.max_rows + 2:
            raise AnswersError(f"{printable(path)}: has more than {limits.max_rows:,} rows, the most allowed")
        body = text.rstrip("\r\n")
        rest = text
        while rest and not rest.endswith(("\n", "\r")):
            rest = stream.readline(_CHUNK)
        yield _Line(number, body[:longest], len(body) > longest)


def _passes_over(line: _Line) -> bool:
    is_sep = line.number == 1 and _SEP_LINE.fullmatch(line.text.strip("\ufeff "))
    return not line.is_cut and (bool(is_sep) or not line.text.strip("\ufeff \t,;"))


def _split_header(text: str, known: set[str]) -> tuple[str, list[str]]:
    """Split at the delimiter that brings out the most known names (the comma, if no delimiter does better)."""
    splits = []
    for delimiter in DELIMITERS:
        cells, _ = _walk(text, delimiter)
        splits.append((delimiter, [cell.strip().strip("\ufeff").strip().lower() for cell in cells]))
    return max(splits, key=lambda split: len(known & set(split[1])))


def _check_names(
    where: str, names: list[str], required: tuple[str, ...], optional: tuple[str, ...], extra: Extra
) -> None:
    known = (*required, *optional)
    twice = [name for name in known if names.count(name) > 1]
    missing = [name for name in required if name not in names]
    others = [name for name in names if name not in known]
    faults = []
    if twice:
        faults.append(f"the header names {_listed(twice)} more than once")
    if missing:
        faults.append(f"the header lacks {_listed(missing)}")
    if others and (extra == "refuse" or missing):
        faults.append(f"the header has the unknown {_listed(others)}")
    if not twice and not missing and (not others or extra == "ignore"):
        return
    hint = next(filter(None, (did_you_mean(name[:40], missing or known) for name in others[:5])), "")
    raise AnswersError(f"{where}: {'; '.join(faults)}. Allowed are {_listed(known, most=99)}.{hint}")


def _listed(names: Iterable[str], most: int = 5) -> str:
    shown = [f'"{printable(name, 40)}"' if name else "(no name)" for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def _picker(places: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(places) == 1:  # itemgetter gives a bare item for one place
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)


def _records(
    lines: Iterator[_Line], delimiter: str, names: list[str], columns: tuple[str, ...], limits: Limits
) -> Iterator[Row | RowProblem]:
    width, pick = len(names), _picker([names.index(name) for name in columns])
    ahead: deque[_Line] = deque()
    looked_to = 0
    blank = " \t\ufeff" + delimiter
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        number, text, is_cut = line
        if not text.strip(blank) and not is_cut:
            continue
        if '"' not in text:
            cells, state = text.split(delimiter), "closed"
        else:
            cells, state = _walk(text, delimiter)
        if state == "open" and is_cut:
            cells, state = _walk(text + '"', delimiter)
        elif state == "open" and number >= looked_to:
            # Each line is looked at from one opening quote at most, so that no file takes quadratic time.
            taken, state, looked_to = _look_ahead(ahead, lines, delimiter, width, limits.max_field)
            if state == "closed":
                cells, state = _walk("\n".join([text, *taken]), delimiter)
        if state != "closed":
            yield RowProblem(number, *_QUOTE_PROBLEMS[state])
        elif len(cells) != width:
            yield RowProblem(number, *_count_problem(len(cells), width, is_cut, limits))
        elif not is_cut and len(text) <= limits.max_field:
            yield Row(number, pick(cells))
        else:
            yield _measured(Row(number, pick(cells)), columns, limits, len(cells[-1]) if is_cut else None)


def _measured(row: Row, columns: tuple[str, ...], limits: Limits, cut_cell: int | None) -> Row | RowProblem:
    """Refuse the row if a cell is too long; `cut_cell` is the length of the last cell if the line was cut in it."""
    # A last cell that is not itself too long may be incomplete, and then it says nothing.
    if cut_cell is not None and cut_cell <= limits.max_field:
        return RowProblem(row.line, *_too_long(limits))
    long = tuple(column for column, cell in zip(columns, row.cells, strict=True) if len(cell) > limits.max_field)
    if not long and cut_cell is None:
        return row
    return RowProblem(row.line, *_too_long(limits), long, tuple(cell[: limits.max_field] for cell in row.cells))


def _look_ahead(
    ahead: deque[_Line], lines: Iterator[_Line], delimiter: str, width: int, longest: int
) -> tuple[list[str], str, int]:
    """Find the lines that close a quote; return them ("closed") or put all back, and the first line not looked at.

    A line with as many delimiters as a row is taken for a row: then it is the opening quote that is wrong.
    """
    seen: list[_Line] = []
    state, left = "open", longest
    while state == "open" and left > 0:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            break
        seen.append(line)
        left -= len(line.text) + 1
        if line.is_cut or line.text.count(delimiter) >= width - 1:
            break
        if '"' in line.text:
            state = _walk(line.text, delimiter, is_inside=True)[1]
    if state == "closed":
        return [line.text for line in seen], state, 0
    ahead.extendleft(reversed(seen))
    return [], "open", seen[-1].number if seen else 0


def _walk(text: str, delimiter: str, is_inside: bool = False) -> tuple[list[str], str]:
    """Split by RFC 4180; the state at the end is "closed", "open" (within quotes) or "after" (text behind a quote)."""
    cells: list[str] = []
    at = 0
    while True:
        if is_inside or text.startswith('"', at):
            begin = at if is_inside else at + 1
            end = _closing_quote(text, begin)
            if end < 0:
                return cells, "open"
            cells.append(text[begin:end].replace('""', '"'))
            if end + 1 == len(text):
                return cells, "closed"
            if text[end + 1] != delimiter:
                return cells, "after"
            at, is_inside = end + 2, False
        else:
            end = text.find(delimiter, at)
            cells.append(text[at:] if end < 0 else text[at:end])
            if end < 0:
                return cells, "closed"
            at = end + 1


def _closing_quote(text: str, at: int) -> int:
    while (at := text.find('"', at)) >= 0 and text.startswith('"', at + 1):
        at += 2
    return at


_QUOTE_PROBLEMS = {
    "open": ("open_quote", "a quote is opened and not closed; close it or leave it out"),
    "after": ("after_quote", "text stands behind a closing quote; put quotes around the whole cell or leave them out"),
}


def _count_problem(found: int, width: int, is_cut: bool, limits: Limits) -> tuple[str, str]:
    if is_cut:
        return _too_long(limits)
    return "wrong_columns", f"the row has {found} cells and the header {width}; a cell with a delimiter needs quotes"


def _too_long(limits: Limits) -> tuple[str, str]:
    return "too_long", f"a cell is longer than {limits.max_field:,} characters, the most allowed"
