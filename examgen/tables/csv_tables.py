"""Read CSV tables strictly, whoever wrote them: nothing is guessed, and no file can use up memory or time.

Called by `marking` for answer sheets and by `batch` for class rosters (`read_table`). Known column names find the
header's delimiter. The rest is RFC 4180, except that a quote which is not closed costs its own row and never the rows
behind it. Large tables are read by columns (`columns`), with the same rows and problems.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from examgen.errors import AnswersError, did_you_mean, some
from examgen.tables.damage import Damage
from examgen.tables.headers import HEADER_ROWS, Rank, first_lines, header_of
from examgen.tables.table_rows import Layout, Row, RowProblem, records
from examgen.tables.text import DEFAULT_LIMITS, Limits, Line, as_marked_utf8, as_utf8, lines_of, printable, read_bytes

Extra = Literal["refuse", "ignore"]


@dataclass(frozen=True, eq=False, slots=True)
class OpenTable:
    """A table whose header was read.

    Attributes:
        where: the file, for messages.
        text: the whole file as UTF-8 with LF line ends.
        header: number of the header's line.
        delimiter: between cells.
        titles: of the columns, without the spaces around them.
        lines: those behind the header.
        above: lines above it that are not blank.
        damage: bytes that are no text, if there are some and they were kept.
    """

    where: str
    text: bytes
    header: int
    delimiter: str
    titles: tuple[str, ...]
    lines: Iterator[Line]
    above: int = 0
    damage: Damage | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The titles in lower case."""
        return tuple(title.lower() for title in self.titles)

    @property
    def place(self) -> str:
        """File and line of the header, for messages."""
        return f"{self.where}: line {self.header}"

    def layout(self, columns: Sequence[str], number: str = "", *, is_exact: bool = False) -> Layout:
        """How rows are cut to get these columns, each of which the header has; `number` names one with numbers."""
        found = {name: place for place, name in reversed([*enumerate(self.names)])}
        places = tuple(found[name] for name in columns)
        is_open = self.delimiter == "," and number in found and found[number] + 1 not in places
        at = found[number] if is_open else -1
        return Layout(self.delimiter, len(self.titles), tuple(columns), places, at, is_exact)

    def named_layout(self) -> Layout:
        """How rows are cut to get all columns that have a name."""
        places = tuple(place for place, title in enumerate(self.titles) if title)
        columns = tuple(self.titles[place] for place in places)
        return Layout(self.delimiter, len(self.titles), columns, places)


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
    table = open_table(printable(path), read_bytes(path, limits.max_bytes), required, optional, limits)
    columns = known_columns(table, required, optional, limits, extra=extra)
    return Scan(columns, table.delimiter, records(table.lines, table.layout(columns, is_exact=True), limits))


def open_table(
    where: str,
    data: bytes,
    required: Sequence[str],
    optional: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    *,
    rank: Rank | None = None,
    keeps_damage: bool = False,
) -> OpenTable:
    """Read the header of a table from the bytes of its file; `where` names the file in messages.

    Args:
        rank: tells the header from other lines, so that it may stand below others; where it is None, the header is the
            first line that is not blank.
        keeps_damage: whether bytes that are no UTF-8 are marked in their cells; else the file is refused.

    Raises: AnswersError if the bytes are no text, or there is no header that could be one.
    """
    text, damage = as_marked_utf8(where, data) if keeps_damage else (as_utf8(where, data), None)
    known = {*required, *optional}
    first = first_lines(lines_of(where, text, limits), 1 if rank is None else HEADER_ROWS, limits.max_line)
    if not first:
        raise AnswersError(f"{where}: the file is empty; its first line must name {_listed(required)}")
    above, header, (delimiter, titles) = header_of(first, known, rank)
    if header.is_cut:
        raise AnswersError(
            f"{where}: line {header.number}: the header is longer than {limits.max_line:,} characters, the most allowed"
        )
    if damage is not None and not known & {title.lower() for title in titles}:
        as_utf8(where, data)  # no table at all: says that it is no text
    lines = islice(lines_of(where, text, limits), header.number, None)
    return OpenTable(where, text, header.number, delimiter, tuple(titles), lines, above, damage)


def reopened(table: OpenTable, limits: Limits) -> OpenTable:
    """The same table with lines within other limits.

    Raises: AnswersError if the header is too long for them.
    """
    lines = lines_of(table.where, table.text, limits)
    if any(line.is_cut for line in islice(lines, table.header)):
        raise AnswersError(f"{table.place}: the header is longer than {limits.max_line:,} characters, the most allowed")
    return replace(table, lines=lines)


def known_columns(
    table: OpenTable,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    limits: Limits,
    *,
    extra: Extra = "refuse",
) -> tuple[str, ...]:
    """The known columns that a table has, required before optional.

    Raises: AnswersError if there are too many columns, if one is missing or there twice, or if others are refused.
    """
    names = table.names
    if (found := sum(map(bool, names))) > limits.max_columns:
        raise AnswersError(f"{table.place}: the header has {found:,} columns; at most {limits.max_columns} are allowed")
    _check_names(table.place, names, required, optional, extra)
    return tuple(name for name in (*required, *optional) if name in names)


def _check_names(
    where: str, names: Sequence[str], required: tuple[str, ...], optional: tuple[str, ...], extra: Extra
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
    return some(shown, most)


__all__ = [
    "DEFAULT_LIMITS",
    "Limits",
    "OpenTable",
    "Row",
    "RowProblem",
    "Scan",
    "Table",
    "known_columns",
    "open_table",
    "printable",
    "read_table",
    "reopened",
    "scan_table",
]
