"""Read the shape of a matrix that a student typed: (4, 1), 4x1, 4 × 1, [4,1], 4 by 1.

Called for tasks with `as = "shape"`, by the grammar of `shape_grammar`.
"""

import re

from examgen.core.formulas import shape_grammar
from examgen.core.formulas.shape_grammar import MAX_AXES, MAX_CHARACTERS, NUMBER, PAIRS
from examgen.core.formulas.shape_grammar import REASONS as SHAPE_REASONS
from examgen.core.formulas.typed_characters import plain, trimmed
from examgen.marking.reading.typed.typed_numbers import Unreadable

__all__ = ["SHAPE_REASONS", "parse_shape"]

_SIZES = tuple(map(re.compile, shape_grammar.SIZES))
_NUMBERS = tuple(map(re.compile, shape_grammar.NUMBERS))


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
    is_numbers = any(pattern.fullmatch(inner) for pattern in _NUMBERS) and not re.fullmatch(NUMBER, inner)
    return Unreadable("not_whole" if is_numbers else "not_a_shape")


def _inside(body: str) -> str | None:
    """What stands in the brackets, or the whole where there are none; None where they do not match."""
    opened = {pair[0]: pair[1] for pair in PAIRS}
    closed = set(opened.values())
    if body[0] in opened:
        return body[1:-1].strip() if body[-1] == opened[body[0]] else None
    return None if body[-1] in closed else body
