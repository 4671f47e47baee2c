"""How simulated students round and write numbers, many at once; called by `notebook`.

Ties are rounded away from zero, as calculators do. What is written and what is carried on are the same double.
"""

import math

import numpy as np
from numpy.typing import NDArray

from examgen.exams.digits import Digits

Array = NDArray[np.float64]
Places = NDArray[np.int64]

TIE = 1e-9
"""Units of the last digit by which a double may miss the tie that it stands for, as 0.1 + 0.2 misses 0.3."""


def places_for(values: Array, digits: Digits, *, cuts: bool = False) -> Places:
    """(...) -> (...): the decimals to which a student who is asked for these digits writes, or cuts off, the values."""
    if digits.unit == "decimals":
        return np.full(values.shape, digits.count)
    size = np.abs(values)
    is_plain = np.isfinite(size) & (size > 1e-12)
    leading = np.floor(np.log10(np.where(is_plain, size, 1.0))).astype(int)
    places = digits.count - 1 - leading
    if cuts:
        return np.where(is_plain, places, digits.count - 1)
    # 0.9996 to 3 figures is 1.00: rounding has made it longer by a digit.
    grown = np.abs(rounded(np.where(is_plain, values, 1.0), places)) >= 10.0 ** (leading + 1) * (1 - 1e-12)
    return np.where(is_plain, places - grown, digits.count - 1)


def cut_off(values: Array, places: Places) -> Array:
    """(...), (...) -> (...): the digits behind so many decimals left out."""
    power = 10.0 ** np.abs(places)
    with np.errstate(all="ignore"):
        units = np.where(places >= 0, np.abs(values) * power, np.abs(values) / power)
        whole = np.floor(units + TIE)
        found = np.where(places >= 0, whole / power, whole * power)
    return np.asarray(np.where(found == 0, 0.0, np.copysign(found, values)))


def rounded(values: Array, places: Places) -> Array:
    """(...), (...) -> (...): to so many decimals; negative ones are tens, hundreds, …; never -0."""
    power = 10.0 ** np.abs(places)
    with np.errstate(all="ignore"):
        units = np.where(places >= 0, np.abs(values) * power, np.abs(values) / power)
        whole = np.floor(units + 0.5 + TIE)
        found = np.where(places >= 0, whole / power, whole * power)
    return np.asarray(np.where(found == 0, 0.0, np.copysign(found, values)))


def text_of(value: float, places: int) -> str:
    """A rounded value as it is written; empty where the student's calculator gave an error."""
    return f"{value:.{max(places, 0)}f}" if math.isfinite(value) else ""
