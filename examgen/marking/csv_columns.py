"""Write tables of many rows as CSV, by columns: each distinct text is spelled once, numbers by Arrow.

Called by `results`. The bytes are those that Python's csv module writes: quotes only where they are needed, numbers in
the shortest form that reads back as the same double, nothing for NaN.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from examgen.marking.answers import Texts

BLOCK = 1 << 16
"""Rows that are spelled at once: many enough for the work to be by columns, few enough to stay in the cache."""

_SMALL, _LARGE = 1e-4, 1e9  # Arrow writes numbers between them as `repr` does
_QUOTED = ',"\r\n'

Column = Texts | NDArray[np.float64]


def csv_table(header: Sequence[str], columns: Sequence[Column]) -> list[bytes | memoryview]:
    """A table as UTF-8 with LF line ends, in pieces; its last column is of texts."""
    rows = _length(columns[0])
    *front, end = _merged([_quoted(column) if isinstance(column, Texts) else column for column in columns], rows)
    assert isinstance(end, Texts)
    ready = [*front, Texts(end.codes, pc.binary_join_element_wise(end.distinct, "\n", ""))]
    parts: list[bytes | memoryview] = [",".join(_quote(name) for name in header).encode() + b"\n"]
    for begin in range(0, rows, BLOCK):
        cells = [_cells(column, slice(begin, begin + BLOCK)) for column in ready]
        parts.append(_bytes_of(pc.binary_join_element_wise(*cells, ",")))
    return parts


def number_texts(values: NDArray[np.float64]) -> Any:
    """Numbers as Arrow strings, each as `repr` writes it; nothing for NaN."""
    texts = pa.array(values).cast(pa.string())
    size = np.abs(values)
    # Arrow writes the same digits, but leaves out the fraction of whole numbers and goes over to exponents elsewhere.
    whole = np.flatnonzero((values == np.trunc(values)) & (size < _LARGE))
    small = np.flatnonzero((size >= _SMALL / 10) & (size < _SMALL))
    rest = np.flatnonzero(~((size >= _SMALL / 10) & (size < _LARGE)) & (values != 0))
    if not (len(whole) or len(small) or len(rest)):
        return texts
    others = ["" if value != value else repr(value) for value in values[rest].tolist()]
    new = [
        pc.binary_join_element_wise(texts.take(pa.array(whole)), ".0", ""),
        _with_exponent(texts.take(pa.array(small)), values[small] < 0),
        pa.array(others, pa.string()),
    ]
    places = np.concatenate([whole, small, rest])
    is_other = np.zeros(len(values), dtype=bool)
    is_other[places] = True
    return pc.replace_with_mask(texts, pa.array(is_other), pa.concat_arrays(new).take(pa.array(np.argsort(places))))


def _with_exponent(texts: Any, is_negative: NDArray[np.bool_]) -> Any:
    """0.0000125 as 1.25e-05."""
    digits = pc.ascii_ltrim(texts, "-0.")
    has_more = np.asarray(pc.binary_length(digits)) > 1
    first, more = pc.utf8_slice_codeunits(digits, 0, 1), pc.utf8_slice_codeunits(digits, 1)
    sign = pa.array(["", "-"]).take(pa.array(is_negative.astype(np.int8)))
    point = pa.array(["", "."]).take(pa.array(has_more.astype(np.int8)))
    return pc.binary_join_element_wise(sign, first, point, more, "e-05", "")


def _length(column: Column) -> int:
    return len(column.codes) if isinstance(column, Texts) else len(column)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in _QUOTED) else text


def _quoted(column: Texts) -> Texts:
    needs = np.zeros(len(column.distinct), dtype=bool)
    for char in _QUOTED:  # one by one: faster than a pattern
        needs |= np.asarray(pc.match_substring(column.distinct, char))
    if not needs.any():
        return column
    quoted = [_quote(text) for text in column.distinct.filter(pa.array(needs)).to_pylist()]
    return Texts(column.codes, pc.replace_with_mask(column.distinct, pa.array(needs), pa.array(quoted, pa.string())))


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
