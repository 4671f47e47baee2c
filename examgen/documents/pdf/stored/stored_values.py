"""Values that were read, believed only where they have their types; for `stored_form` and `stored_formulas`."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.typeset.drawn.filling import Floats, Ints

LARGEST = 1e7
"""No page has room for a larger number."""

_LEAST: Mapping[type[Any], float] = MappingProxyType({int: 0, float: -LARGEST})


def claim(is_so: bool) -> None:
    """Check that something is as it should be.

    Raises: ValueError: it is not.
    """
    if not is_so:
        raise ValueError("this is no stored page")


def typed(value: Any, kind: type[Any]) -> Any:
    """A value of this type: numbers are finite, whole numbers are places, and so not negative.

    Raises: ValueError: it is none.
    """
    is_sound = type(value) is kind or (kind is float and type(value) is int)
    claim(is_sound and (kind not in _LEAST or _LEAST[kind] <= value < LARGEST))
    return value


def row(values: Any, kinds: Sequence[type[Any]]) -> list[Any]:
    """Values of these types.

    Raises: ValueError or TypeError: they are none.
    """
    found: list[Any] = typed(values, list)
    claim(len(found) == len(kinds))
    for value, kind in zip(found, kinds, strict=True):
        # A page has thousands of numbers, and is to be there at once.
        if type(value) is not kind or (kind in _LEAST and not _LEAST[kind] <= value < LARGEST):
            typed(value, kind)
    return found


def places(values: Any, count: int) -> list[int]:
    """Places in a list of so many.

    Raises: ValueError or TypeError: they are none.
    """
    found = row(values, [int] * len(values))
    claim(max(found, default=-1) < count)
    return found


def array_text(array: Floats | Ints) -> str:
    """An array as text, number for number."""
    return b64encode(array.astype("<f8" if array.dtype.kind == "f" else "<i4").tobytes()).decode()


def floats(text: Any) -> Floats:
    """(n,) numbers, finite and of a page.

    Raises: ValueError: they are none.
    """
    found = np.frombuffer(b64decode(typed(text, str), validate=True), "<f8").astype(np.float64)
    claim(bool((np.abs(found) < LARGEST).all()))
    return found


def ints(text: Any, least: int, end: int) -> Ints:
    """(n,) whole numbers from `least` to below `end`.

    Raises: ValueError: they are none.
    """
    found = np.frombuffer(b64decode(typed(text, str), validate=True), "<i4").astype(np.int64)
    claim(bool(((found >= least) & (found < end)).all()))
    return found
