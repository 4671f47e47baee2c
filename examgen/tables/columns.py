"""Read a large CSV table by columns, with the rows and problems that reading it row by row gives.

Called by `marking` for answer sheets. A line is plain if it is cut into cells without looking at other lines: its
quotes only enclose whole cells, and it has at least the header's number of delimiters. Plain lines are cut by Arrow;
all others, and the few that Arrow finds to have another number of cells, go to `table_rows` as they always do.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from examgen.tables.csv_tables import OpenTable
from examgen.tables.table_rows import DECIMALS, WHOLE, Layout, Row, RowProblem, holds_nothing, records
from examgen.tables.text import Limits, Line, check_rows

Numbers = NDArray[np.int64]

_BLOCK = 1 << 20
_CUT = 1 << 24
"""Bytes that Arrow cuts at once: each block has dictionaries of its own, which are made one afterwards."""

_MARK = b"\xef\xbb\xbf"
_NEWLINE, _QUOTE = ord("\n"), ord('"')


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """The rows of a table.

    Attributes:
        lines: (rows,) the line of each plain row, ascending.
        texts: a dictionary array of the plain rows' cells for each wanted column.
        others: all other rows and what is wrong with rows, in the order of their lines.
    """

    lines: Numbers
    texts: tuple[Any, ...]
    others: Iterator[Row | RowProblem]


def read_columns(
    table: OpenTable, columns: tuple[str, ...], wanted: tuple[str, ...], limits: Limits, number: str = ""
) -> Columns:
    """Read the rows of an opened table, which has at least two columns.

    Args:
        columns: the columns that are measured against the limits and given for the other rows.
        wanted: those of them that are given for the plain rows.
        number: the column of numbers, as in `OpenTable.layout`.

    Raises: AnswersError beyond the limit of rows.
    """
    ends = _line_ends(table.text)
    check_rows(table.where, len(ends), limits)
    starts = np.concatenate([[0], ends[:-1] + 1])[table.header :]
    ends = ends[table.header :]
    is_odd = _marked_lines(table, starts, _odd_lines(table, starts, ends, limits))
    kept = np.flatnonzero(~is_odd)
    layout = table.layout(columns, number)
    skipped, texts = _cut(table, starts, ends, is_odd, (*table.layout(wanted).places, *_behind(layout)), limits)
    is_other = is_odd.copy()
    is_other[kept[skipped]] = True
    kept = np.delete(kept, skipped)
    if _behind(layout):
        is_split = _split_numbers(texts[table.layout(wanted).places.index(layout.number)], texts.pop())
        is_other[kept[is_split]] = True
        kept, texts = kept[~is_split], [column.filter(pa.array(~is_split)) for column in texts]
    full = _not_blank(table, layout, starts, ends, kept, texts)
    if len(full) < len(kept):
        kept, texts = kept[full], [column.take(pa.array(full)) for column in texts]
    found = records(_lines(table, starts, ends, is_odd, is_other, limits), layout, limits)
    first = table.header + 1
    rest = (record for record in found if is_other[record.line - first])
    return Columns(kept + first, tuple(texts), rest)


def _behind(layout: Layout) -> tuple[int, ...]:
    """Place of the column that may hold decimals behind a comma without quotes."""
    return (layout.number + 1,) if 0 <= layout.number < layout.width - 1 else ()


def _split_numbers(numbers: Any, behind: Any) -> NDArray[np.bool_]:
    """Which rows may have a number that was cut at its decimal comma."""
    is_whole, is_decimals = (
        np.array([pattern.fullmatch(text.strip()) is not None for text in column.dictionary.to_pylist()], dtype=bool)
        for pattern, column in ((WHOLE, numbers), (DECIMALS, behind))
    )
    if not is_whole.any() or not is_decimals.any():
        return np.zeros(len(numbers), dtype=bool)
    return np.asarray(is_whole[np.asarray(numbers.indices)] & is_decimals[np.asarray(behind.indices)])


def _line_ends(text: bytes) -> Numbers:
    """The places of all line ends, the end of the text included where its last line has none."""
    found = _places(np.frombuffer(text, np.uint8), _NEWLINE)
    return found if text.endswith(b"\n") else np.append(found, len(text))


def _odd_lines(table: OpenTable, starts: Numbers, ends: Numbers, limits: Limits) -> NDArray[np.bool_]:
    """Which lines are not plain, or so long that their cells must be measured."""
    is_odd = ends - starts > limits.max_field
    if len(starts) == 0:
        return is_odd
    if table.text.find(b'"', int(starts[0])) < 0:
        return is_odd
    view = np.frombuffer(table.text + b"\n", np.uint8)
    delimiter = ord(table.delimiter)
    is_odd |= _counted(view, delimiter, starts, ends) < len(table.titles) - 1
    quotes = _places(view, _QUOTE, int(starts[0]))
    lines = np.searchsorted(ends, quotes)
    is_first = np.diff(lines, prepend=-1) != 0
    rank = np.arange(len(quotes)) - np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    is_opening = rank % 2 == 0
    beside = view[np.where(is_opening, quotes - 1, quotes + 1)]
    is_wrong = (beside != delimiter) & (beside != _NEWLINE)
    is_last = np.append(is_first[1:], True)
    is_odd[lines[is_wrong | (is_last & is_opening)]] = True
    return is_odd


def _marked_lines(table: OpenTable, starts: Numbers, is_odd: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Arrow drops a byte order mark before the first line that it gets: lines that begin so are not for it."""
    plain = np.flatnonzero(~is_odd)
    if not len(plain) or not table.text.startswith(_MARK, int(starts[plain[0]])):
        return is_odd
    view = np.frombuffer(table.text + b"\n", np.uint8)
    return np.asarray(is_odd | (view[starts] == _MARK[0]))


def _places(view: NDArray[np.uint8], byte: int, start: int = 0) -> Numbers:
    """Where a byte is; a block at a time, as comparing takes another byte for each."""
    found = [np.flatnonzero(view[at : at + _BLOCK] == byte) + at for at in range(start, len(view), _BLOCK)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


def _counted(view: NDArray[np.uint8], byte: int, starts: Numbers, ends: Numbers) -> Numbers:
    """How often a byte is in each of these lines, which follow one another."""
    counts = np.zeros(len(starts), dtype=np.int64)
    begin = 0
    while begin < len(starts):
        stop = max(begin + 1, int(np.searchsorted(ends, starts[begin] + _BLOCK)))
        part = view[starts[begin] : ends[stop - 1] + 1] == byte
        counts[begin:stop] = np.add.reduceat(part, starts[begin:stop] - starts[begin], dtype=np.int64)
        begin = stop
    return counts


def _cut(
    table: OpenTable, starts: Numbers, ends: Numbers, is_odd: NDArray[np.bool_], wanted: tuple[int, ...], limits: Limits
) -> tuple[Numbers, list[Any]]:
    """The plain lines that have another number of cells, counted among the plain ones, and the cells of the others."""
    if is_odd.all():
        return np.empty(0, dtype=np.int64), [pa.array([], pa.string()).dictionary_encode() for _ in wanted]
    skipped = array("q")

    def skip(row: csv.InvalidRow) -> str:
        skipped.append(row.number - 1)
        return "skip"

    names = [str(place) for place in range(len(table.titles))]
    places = [names[place] for place in wanted]
    has_quotes = table.text.find(b'"', int(starts[0])) >= 0
    kinds = {place: pa.dictionary(pa.int32(), pa.string()) for place in places}
    found = csv.read_csv(
        pa.BufferReader(_joined(table.text, starts, ends, is_odd)),
        csv.ReadOptions(use_threads=False, block_size=max(_CUT, 4 * limits.max_field), column_names=names),
        csv.ParseOptions(
            delimiter=table.delimiter,
            quote_char='"' if has_quotes else False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        csv.ConvertOptions(
            column_types=kinds,
            include_columns=places,
            null_values=[],
            strings_can_be_null=False,
            check_utf8=False,  # the whole text was decoded before
        ),
    )
    texts = [_one_dictionary(column) for column in found.unify_dictionaries().columns]
    return np.frombuffer(skipped, np.int64), texts


def _one_dictionary(column: Any) -> Any:
    whole = column.combine_chunks()
    if not isinstance(whole, pa.ChunkedArray):
        return whole
    return whole.chunk(0) if whole.num_chunks else pa.array([], pa.string()).dictionary_encode()


def _joined(text: bytes, starts: Numbers, ends: Numbers, is_odd: NDArray[np.bool_]) -> Any:
    """The plain lines without the others between them."""
    if not is_odd.any():
        return pa.py_buffer(text).slice(int(starts[0]))
    turns = np.flatnonzero(np.diff(is_odd, prepend=True, append=True))
    view = memoryview(text)
    parts = [view[starts[first] : ends[last - 1] + 1] for first, last in turns.reshape(-1, 2).tolist()]
    return pa.py_buffer(b"".join(parts))


def _not_blank(
    table: OpenTable, layout: Layout, starts: Numbers, ends: Numbers, kept: Numbers, texts: list[Any]
) -> Numbers:
    """The rows, counted among the plain ones, that have something in the columns of the layout, or in any."""
    empty = np.arange(len(kept))
    for column in texts:
        is_blank = np.array([not text.strip(" \t\ufeff") for text in column.dictionary.to_pylist()], dtype=bool)
        if is_blank.any():
            empty = empty[is_blank[np.asarray(column.indices)[empty]]]
        else:
            return np.arange(len(kept))
    lines = (table.text[starts[line] : ends[line]].decode() for line in kept[empty].tolist())
    is_empty = [holds_nothing(line, layout) for line in lines]
    return np.delete(np.arange(len(kept)), empty[np.array(is_empty, dtype=bool)])


def _lines(
    table: OpenTable,
    starts: Numbers,
    ends: Numbers,
    is_odd: NDArray[np.bool_],
    is_other: NDArray[np.bool_],
    limits: Limits,
) -> Iterator[Line]:
    """The lines that are not plain rows, and behind each run of odd ones the plain line that ends it."""
    first = table.header + 1
    longest = limits.max_line
    is_end = np.append(False, is_odd[:-1])
    for place in np.flatnonzero(is_other | is_end).tolist():
        text = table.text[starts[place] : ends[place]].decode()
        yield Line(place + first, text[:longest], len(text) > longest)
