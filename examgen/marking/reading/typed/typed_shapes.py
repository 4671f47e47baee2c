"""Read the shape of a matrix that a student typed: (4, 1), 4x1, 4 × 1, [4,1], 4 by 1.

Called for tasks with `as = "shape"`. Characters that stand for plain ones are read as in numbers, see
`typed_characters`. What does not fit the grammar is refused with a reason, never repaired:

    shape = open sizes close | sizes          open, close: ( ) or [ ] or { }
    sizes = size {mark size} [","]            mark: "," ";" "x" "X" "*" "by", one for the whole shape
    size  = 1 to 6 digits 0 to 9, at least 1
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from examgen.core.formulas.typed_characters import plain, trimmed
from examgen.marking.reading.typed.typed_numbers import Unreadable

MAX_CHARACTERS = 64
MAX_AXES = 6

SHAPE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "blank": "Nothing was written.",
        "brackets": "The brackets around the shape do not belong together; write it as (4, 1) or 4x1.",
        "not_a_shape": "This is not a shape; write rows and columns as (4, 1) or 4x1.",
        "not_whole": "Rows and columns are whole numbers from 1 on, as in (4, 1) or 4x1.",
        "too_long": f"Write the shape with at most {MAX_CHARACTERS} characters, as (4, 1) or 4x1.",
    }
)
"""Why a shape cannot be read, for the student, by reason."""

_PAIRS = ("()", "[]", "{}")
_MARKS = (r"[,;]", r"[xX*]", r"by")
_SIZES = tuple(re.compile(rf"[0-9]{{1,6}}(?: *{mark} *[0-9]{{1,6}})*(?: *,)?", re.ASCII) for mark in _MARKS)
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_NUMBERS = tuple(re.compile(rf"{_NUMBER}(?: *{mark} *{_NUMBER})*", re.ASCII) for mark in _MARKS)


def parse_shape(text: str) -> tuple[int, ...] | Unreadable:
    """The sizes of the axes, or the reason, a key of `SHAPE_REASONS`. Never raises for any text.

    >>> parse_shape("4 × 1")
    (4, 1)
    >>> parse_shape("4.5 x 1")
    Unreadable(reason='not_whole')
    """
    body = trimmed(trimmed(text).removeprefix("'"))
    if not body:
        return Unreadable("blank")
    if len(body) > MAX_CHARACTERS:
        return Unreadable("too_long")
    body = " ".join(plain(body).split())
    inner = _inside(body)
    if inner is None:
        return Unreadable("brackets")
    if any(pattern.fullmatch(inner) for pattern in _SIZES):
        sizes = tuple(int(size) for size in re.findall(r"[0-9]+", inner))
        # One bare number is a count, not a shape: (4,) has its comma.
        if len(sizes) > MAX_AXES or (len(sizes) == 1 and not inner.endswith(",")):
            return Unreadable("not_a_shape")
        return sizes if min(sizes) > 0 else Unreadable("not_whole")
    is_numbers = any(pattern.fullmatch(inner) for pattern in _NUMBERS) and not re.fullmatch(_NUMBER, inner)
    return Unreadable("not_whole" if is_numbers else "not_a_shape")


def _inside(body: str) -> str | None:
    """What stands in the brackets, or the whole where there are none; None where they do not match."""
    opened = {pair[0]: pair[1] for pair in _PAIRS}
    closed = set(opened.values())
    if body[0] in opened:
        return body[1:-1].strip() if body[-1] == opened[body[0]] else None
    return None if body[-1] in closed else body
