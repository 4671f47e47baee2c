"""Arrays as grids of squares, with a window at its first place and the entry that comes of it in the same shade."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examgen.documents.pages import GridPicture
from examgen.documents.paper.pictures.circuit_drawing import FRAME, INK, TINT, WIRE, number
from examgen.documents.paper.pictures.lettering import PIXEL, Drawing, Label, Letters

SQUARE = 22.0
"""Most that a square is wide, in pixels."""

APART = 13.0
"""Between a grid and the sign before the next."""

LEAST_LETTERS, MOST_LETTERS = 6.4, 9.5
"""Sizes of numbers in squares, in points; what would be smaller is left out."""

HALF_DIGIT = 0.33
"""Of their size: how far the middle of digits is above the line on which they stand."""

TEXT = 10.0
"""Size of names and signs, in points."""


def grid_drawing(row: Sequence[GridPicture], letters: Letters, room: float) -> Drawing:
    """A row of grids.

    Args:
        row: from left to right.
        letters: that measure.
        room: for their height, in pixels.
    """
    heads = [letters.extent(one.symbol, TEXT) for one in row]
    top = FRAME + max(high for _, high in heads) + 4
    tallest = max(one.size[0] + 2 * _rings(one)[0] for one in row)
    square = min(SQUARE, (room - top - FRAME) / tallest)
    plots = _plots(row, letters, square, top + tallest * square / 2)
    parts = [part for plot in plots for part in (*plot.parts(), *plot.written(letters))]
    labels = [label for plot in plots for label in plot.labels(letters)]
    return Drawing(plots[-1].right + FRAME, top + tallest * square + FRAME, tuple(parts), tuple(labels))


def _rings(one: GridPicture) -> tuple[int, int]:
    """Squares of zeros above and at the left; a vector has none above."""
    return (one.ring if one.size[0] > 1 else 0), one.ring


def _plots(row: Sequence[GridPicture], letters: Letters, square: float, middle: float) -> list["_Plot"]:
    found: list[_Plot] = []
    x = FRAME
    for one in row:
        if one.sign:
            x += APART
            wide = letters.extent(one.sign, TEXT)[0]
            start, x = x, x + wide + APART
        else:
            start = x
        name = letters.extent(one.symbol, TEXT)[0]
        left = x + max(0.0, (name - square * (one.size[1] + 2 * one.ring)) / 2)
        found.append(_Plot(one, left, middle, square, start))
        x = max(found[-1].right, x + name)
    return found


@dataclass(frozen=True, slots=True)
class _Plot:
    """A grid at its place; `sign` is where the sign before it begins."""

    grid: GridPicture
    left: float
    middle: float
    square: float
    sign: float

    @property
    def top(self) -> float:
        return self.middle - self.square * (self.grid.size[0] / 2 + _rings(self.grid)[0])

    @property
    def right(self) -> float:
        return self.left + self.square * (self.grid.size[1] + 2 * self.grid.ring)

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """The upper left corner of a square of the array itself."""
        above, before = _rings(self.grid)
        return self.left + self.square * (column + before), self.top + self.square * (row + above)

    def parts(self) -> Iterator[str]:
        (rows, columns), (above, before) = self.grid.size, _rings(self.grid)
        if self.grid.ring:
            yield self.squares(
                -above,
                -before,
                rows + 2 * above,
                columns + 2 * before,
                "#fff",
                f'stroke="{WIRE}" stroke-width="0.5" stroke-dasharray="2 2"',
            )
        yield self.squares(0, 0, rows, columns, "#fff", f'stroke="{INK}" stroke-width="0.8"')
        row, column, high, wide = self.grid.shaded
        if high:
            x, y = self.corner(row, column)
            size = f'width="{number(wide * self.square)}" height="{number(high * self.square)}"'
            box = f'x="{number(x)}" y="{number(y)}" {size}'
            # Lines of the grid are seen through it.
            yield f'<rect {box} fill="{TINT}" fill-opacity="0.75" stroke="{INK}" stroke-width="2"/>'

    def squares(self, row: int, column: int, rows: int, columns: int, fill: str, stroke: str) -> str:
        """So many squares, the first of them at this place."""
        x, y = self.corner(row, column)
        wide, high = columns * self.square, rows * self.square
        path = f"M{number(x)} {number(y)}h{number(wide)}v{number(high)}h{number(-wide)}z"
        path += "".join(f"M{number(x)} {number(y + n * self.square)}h{number(wide)}" for n in range(1, rows))
        path += "".join(f"M{number(x + n * self.square)} {number(y)}v{number(high)}" for n in range(1, columns))
        return f'<path d="{path}" fill="{fill}" {stroke}/>'

    def labels(self, letters: Letters) -> Iterator[Label]:
        wide, high = letters.extent(self.grid.symbol, TEXT)
        yield Label(self.grid.symbol, (self.left + self.right - wide) / 2, self.top - high - 4, wide, high, TEXT)
        if self.grid.sign:
            wide, high = letters.extent(self.grid.sign, TEXT)
            yield Label(self.grid.sign, self.sign, self.middle - high / 2, wide, high, TEXT)
        yield from self.numbers(letters)

    def numbers(self, letters: Letters) -> Iterator[Label]:
        """The numbers in the squares, all in one size; none where they would be too small."""
        if self.is_shared(letters):
            return
        for text, x, y, size in self.sized(letters, [text for row in self.grid.cells for text in row]):
            wide, high = letters.extent(text, size)
            yield Label(text, x + (self.square - wide) / 2, y + (self.square - high) / 2, wide, high, size)

    def written(self, letters: Letters) -> Iterator[str]:
        """The same as text of the drawing, where students of one shape share it."""
        if not self.is_shared(letters):
            return
        half, found, size = self.square / 2, "", 0.0
        for text, x, y, size in self.sized(letters, [self.grid.widest]):
            lift = HALF_DIGIT * size * PIXEL
            found += f'<text x="{number(x + half)}" y="{number(y + half + lift)}">{letters.written(text)}</text>'
        if found:
            yield f'<g font-size="{number(size * PIXEL)}" text-anchor="middle" fill="{INK}">{found}</g>'

    def is_shared(self, letters: Letters) -> bool:
        """Whether the numbers may be any of their kind."""
        return letters.page is None and self.grid.widest != ""

    def sized(self, letters: Letters, measured: Sequence[str]) -> Iterator[tuple[str, float, float, float]]:
        """Each number with the corner of its square and its size, in which the widest of the measured ones has room."""
        widest = max((letters.extent(text, MOST_LETTERS)[0] for text in measured), default=0.0)
        size = MOST_LETTERS * min(1.0, (self.square - 3.5) / widest) if widest else 0.0
        if size >= LEAST_LETTERS:
            for row, line in enumerate(self.grid.cells):
                for column, text in enumerate(line):
                    yield text, *self.corner(row, column), size
