"""Columns of texts, each distinct text held once.

Made by whoever reads tables of many rows, written by `csv_writing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
Rows = Places | NDArray[np.int32] | Flags | slice


@dataclass(frozen=True, eq=False, slots=True)
class Texts:
    """A column of texts.

    Attributes:
        codes: (rows,) places in `distinct`.
        distinct: a string array of Arrow; no text is in it twice, and some may not be used.
    """

    codes: NDArray[np.int32]
    distinct: Any

    def take(self, rows: Rows) -> "Texts":
        """The column of these rows."""
        return Texts(self.codes[rows], self.distinct)

    def at(self, row: int) -> str:
        """The text of one row."""
        return str(self.distinct[int(self.codes[row])].as_py())

    def code_of(self, text: str) -> int:
        """The code of a text, -1 where it is not there."""
        return int(self.distinct.index(text).as_py())

    def list(self) -> "list[str]":
        """The texts of all rows."""
        return list(self.distinct.take(pa.array(self.codes)).to_pylist())

    def compact(self) -> "Texts":
        """The column with only those distinct texts that it uses, in their order."""
        is_used = np.zeros(len(self.distinct), dtype=bool)
        is_used[self.codes] = True
        if is_used.all():
            return self
        new = (np.cumsum(is_used) - 1).astype(np.int32)
        return Texts(new[self.codes], self.distinct.filter(pa.array(is_used)))

    def put(self, rows: Rows, text: str) -> "Texts":
        """The column with this text in these rows."""
        code, distinct = self.code_of(text), self.distinct
        if code < 0:
            code, distinct = len(distinct), pa.concat_arrays([distinct, pa.array([text])])
        codes = self.codes.copy()
        codes[rows] = code
        return Texts(codes, distinct)

    @staticmethod
    def of(texts: Sequence[str]) -> "Texts":
        """A column of these texts."""
        return Texts.from_arrow(pa.array(texts, pa.string()).dictionary_encode())

    @staticmethod
    def from_arrow(encoded: Any) -> "Texts":
        """A column of an Arrow dictionary array without nulls."""
        return Texts(np.asarray(encoded.indices, dtype=np.int32), encoded.dictionary)

    def renamed(self, texts: Sequence[str]) -> "Texts":
        """Each distinct text replaced by another, equal ones made one."""
        new = Texts.of(texts)
        return Texts(new.codes[self.codes], new.distinct)

    @staticmethod
    def joined(columns: "Sequence[Texts]") -> "Texts":
        """The rows of several columns behind one another."""
        if len(columns) == 1:
            return columns[0]
        together = pa.concat_arrays([column.distinct for column in columns]).dictionary_encode()
        new = np.asarray(together.indices, dtype=np.int32)
        begin = np.cumsum([0, *(len(column.distinct) for column in columns)])
        parts = [new[start:][column.codes] for start, column in zip(begin, columns, strict=False)]
        return Texts(np.concatenate(parts), together.dictionary)
