"""The four marks in the corners of a bubble page: ArUco markers of the dictionary DICT_4X4_50, numbers 0 to 3.

Drawn from these tables, so that printing needs no library of computer vision; the reader tells by them how a page was
turned, and where everything on it is.
"""

from collections.abc import Iterator

from examgen.exams.bubbles.rectangles import Rectangle

MODULES = 6
"""Squares along a side, the black border of one included."""

_BITS = (
    ("......", ".#.##.", "..#.#.", "...##.", "...#..", "......"),
    ("......", "......", ".####.", ".#..#.", ".#.#..", "......"),
    ("......", "...##.", "...##.", "...#..", ".##.#.", "......"),
    ("......", ".#..#.", ".#..#.", "..#...", "..##..", "......"),
)

CORNER_MARKS: tuple[tuple[tuple[bool, ...], ...], ...] = tuple(
    tuple(tuple(sign == "." for sign in row) for row in rows) for rows in _BITS
)
"""By number of the mark (top left, top right, bottom right, bottom left) whether each square is black, row by row."""


def black_parts(number: int, where: Rectangle) -> Iterator[Rectangle]:
    """The black parts of a mark, each as wide as it goes on: what a printer draws.

    Args:
        number: of the mark, 0 to 3.
        where: it stands.
    """
    side = where.width / MODULES
    for row, blacks in enumerate(CORNER_MARKS[number]):
        start = 0
        while start < MODULES:
            end = start
            while end < MODULES and blacks[end]:
                end += 1
            if end > start:
                yield Rectangle(where.left + start * side, where.top + row * side, (end - start) * side, side)
            start = max(end, start + 1)
