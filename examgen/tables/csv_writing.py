"""Write tables of many rows as CSV, by columns: each distinct text is spelled once, numbers by Arrow.

Called by `result_rows`. Quotes stand only where they are needed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from examgen.tables.text_columns import Texts

BLOCK = 1 << 14
"""Rows that are spelled at once: many enough for the work to be by columns, few enough to stay in the cache."""

_QUOTED = ',"\r\n'

Column = Texts | NDArray[np.float64]


def csv_table(header: Sequence[str], columns: Sequence[Column]) -> Iterator[bytes | memoryview]:
    """A table as UTF-8 with LF line ends, in pieces that are made one by one; its last column is of texts."""
    rows = _length(columns[0])
    *front, end = _merged([_quoted(column) if isinstance(column, Texts) else column for column in columns], rows)
    assert isinstance(end, Texts)
    ready = [*front, Texts(end.codes, pc.binary_join_element_wise(end.distinct, "\n", ""))]
    yield ",".join(_quote(name) for name in header).encode() + b"\n"
    for begin in range(0, rows, BLOCK):
        cells = [_cells(column, slice(begin, begin + BLOCK)) for column in ready]
        yield _bytes_of(pc.binary_join_element_wise(*cells, ","))


def number_texts(values: NDArray[np.float64]) -> Any:
    """Numbers as Arrow strings, each in the shortest form that reads back as the same double; nothing for NaN."""
    numbers = pa.array(values)
    if not np.isnan(values).any():
        return numbers.cast(pa.string())
    return pc.if_else(pc.is_nan(numbers), "", numbers.cast(pa.string()))


def repeated(values: NDArray[np.float64]) -> Texts:
    """A column of numbers, many of them equal, with the text of each made once."""
    # As whole numbers of the same bits: Arrow finds those in a tenth of the time.
    found = pa.array(values.view(np.int64)).dictionary_encode()
    return Texts(np.asarray(found.indices), number_texts(np.asarray(found.dictionary).view(np.float64)))


def _length(column: Column) -> int:
    return len(column.codes) if isinstance(column, Texts) else len(column)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in _QUOTED) else text


def _quoted(column: Texts) -> Texts:
    texts = column.distinct
    data = texts.buffers()[2]
    # One look at all texts behind one another: most columns have nothing to be quoted.
    together = data.to_pybytes() if data is not None else b""
    there = [char for char in _QUOTED if char.encode() in together]
    needs = np.zeros(len(texts), dtype=bool)
    for char in there:  # one by one: faster than a pattern
        needs |= np.asarray(pc.match_substring(texts, char))
    if not needs.any():
        return column
    quoted = [_quote(text) for text in texts.filter(pa.array(needs)).to_pylist()]
    return Texts(column.codes, pc.replace_with_mask(texts, pa.array(needs), pa.array(quoted, pa.string())))


def _merged(columns: Sequence[Column], rows: int) -> list[Column]:
    """Neighbouring columns of few texts made one, as each column costs time in every row."""
    most = max(256, rows // 16)
    merged: list[Column] = []
    for column in columns:
        before = merged[-1] if merged else None
        if isinstance(column, Texts) and isinstance(before, Texts):
            if column.codes is before.codes:
                both = pc.binary_join_element_wise(before.distinct, column.distinct, ",")
                merged[-1] = Texts(column.codes, both)
                continue
            if len(before.distinct) * len(column.distinct) <= most:
                merged[-1] = _product(before, column)
                continue
        merged.append(column)
    return merged


def _product(first: Texts, second: Texts) -> Texts:
    ones, others = len(first.distinct), len(second.distinct)
    left = first.distinct.take(pa.array(np.repeat(np.arange(ones), others)))
    right = second.distinct.take(pa.array(np.tile(np.arange(others), ones)))
    return Texts(first.codes * np.int32(others) + second.codes, pc.binary_join_element_wise(left, right, ","))


def _cells(column: Column, part: slice) -> Any:
    if isinstance(column, Texts):
        return column.distinct.take(pa.array(column.codes[part]))
    return number_texts(column[part])


def _bytes_of(texts: Any) -> memoryview:
    """The texts of an array behind one another."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data)[places[0] : places[-1]]
