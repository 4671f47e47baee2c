"""Read the numbers of many texts at once, as `typed_numbers.parse_number` reads one.

Called by `decimal_marks` for the distinct answers of a class. Plain decimals, which nearly all answers are, are read by
columns, also with spaces around them and a dash as minus; every other text goes through `parse_number`.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from examgen.core.formulas.number_grammar import NUMBER_SIGNS, DecimalMark
from examgen.core.formulas.typed_characters import BEFORE, BEHIND
from examgen.marking.reading.answers import FRACTION, READABLE, Numbers
from examgen.marking.reading.typed.typed_numbers import MAX_CHARACTERS, parse_number

_PLAIN = {mark: rf"^-?[0-9]+([{mark}][0-9]+)?$" for mark in ".,"}
_DASHES = "".join(char for char, plain in NUMBER_SIGNS.items() if plain == "-")


def parse_texts(texts: Any, decimal: DecimalMark) -> Numbers:
    """Read every text of an Arrow string array; nothing raises."""
    found = _empty(len(texts))
    rows, rest = _read_plain(found, np.arange(len(texts)), texts, decimal)
    if len(rows):
        bared = pc.utf8_rtrim(pc.utf8_ltrim(rest, characters=BEFORE), characters=BEHIND)
        bared = pc.replace_substring_regex(bared, f"^[{_DASHES}]", "-")
        rows, _ = _read_plain(found, rows, bared, decimal)
    if len(rows):
        others = texts.take(pa.array(rows)).to_pylist()
        _fill(found, rows, Numbers.of(parse_number(text, decimal) for text in others))
    return found


def _read_plain(
    found: Numbers, rows: NDArray[np.int64], texts: Any, decimal: DecimalMark
) -> tuple[NDArray[np.int64], Any]:
    """Fill in the plain decimals among the texts of these rows; the rows and texts that are left."""
    is_plain = np.asarray(pc.match_substring_regex(texts, _PLAIN[decimal]))
    is_plain &= np.asarray(pc.binary_length(texts)) <= MAX_CHARACTERS
    if is_plain.any():
        _fill(found, rows[is_plain], _plain_numbers(texts.filter(pa.array(is_plain)), decimal))
    return rows[~is_plain], texts.filter(pa.array(~is_plain))


def _empty(rows: int) -> Numbers:
    small = np.full(rows, FRACTION, dtype=np.int16)
    return Numbers(np.full(rows, np.nan), small, small.copy(), np.zeros(rows, dtype=np.int8))


def _fill(found: Numbers, rows: NDArray[np.int64], part: Numbers) -> None:
    found.values[rows], found.reason[rows] = part.values, part.reason
    found.decimals[rows], found.digits[rows] = part.decimals, part.digits


def _plain_numbers(texts: Any, decimal: DecimalMark) -> Numbers:
    """Decimals without exponent: too short to overflow or to vanish."""
    if decimal == ",":
        texts = pc.replace_substring(texts, ",", ".")
    # Arrow rounds a text to the nearest double, as float() does; adding 0.0 turns -0.0 into 0.0.
    values = np.asarray(texts.cast(pa.float64())) + 0.0
    length, point = np.asarray(pc.binary_length(texts)), np.asarray(pc.find_substring(texts, "."))
    behind = np.where(point >= 0, length - point - 1, 0)
    counted = pc.ascii_ltrim(texts, "-0.")
    has_point = np.asarray(pc.find_substring(counted, ".")) >= 0
    digits = np.asarray(pc.binary_length(counted)) - has_point
    reason = np.full(len(texts), READABLE, dtype=np.int8)
    return Numbers(values, behind.astype(np.int16), digits.astype(np.int16), reason)
