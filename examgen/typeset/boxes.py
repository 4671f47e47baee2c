"""The boxes that formulas are made of, in design units of the font; every module of the layout makes them.

A box has its own origin: its left edge, on its baseline. `x` grows to the right, `y` upwards. `formula` turns the
finished tree of boxes into positions on the page.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from examgen.typeset.fonts.font import MathFont


class Run(NamedTuple):
    """Glyphs side by side at their own advance widths, drawn at `level` 0, 1 or 2 (scripts of scripts)."""

    glyphs: tuple[int, ...]
    level: int


class Pieces(NamedTuple):
    """One tall or wide sign put together from pieces `(x, y, glyph)`, which cannot be copied."""

    placed: tuple[tuple[float, float, int], ...]
    level: int


class Ghost(NamedTuple):
    """A glyph that is not seen, only copied: what rules beside it draw."""

    glyph: int
    level: int


class Rule(NamedTuple):
    """A filled rectangle: all of its box."""


class Vacancy(NamedTuple):
    """Room for the text of a slot."""

    name: str
    level: int


class Row(NamedTuple):
    """Boxes `(x, y, box)` in reading order; what follows a slot moves when its text is narrow."""

    children: "tuple[tuple[float, float, Box], ...]"


class Inset(NamedTuple):
    """Content that keeps its place: when slots in it are narrow it stays at its left (0), middle (0.5) or right (1)."""

    content: "Box"
    align: float


class Cell(NamedTuple):
    """A cell of a table: its place, and by how much it is narrower than its column (None: it never limits it)."""

    column: int
    x: float
    y: float
    content: "Box"
    slack: float | None


class Table(NamedTuple):
    """Rows of cells whose columns become narrower when all their slots have narrow texts.

    `aligns` has 0, 0.5 or 1 for each column; `elastic` tells which columns may become narrower.
    """

    cells: tuple[Cell, ...]
    aligns: tuple[float, ...]
    elastic: tuple[bool, ...]


Content = Run | Pieces | Ghost | Rule | Vacancy | Row | Inset | Table


class Box(NamedTuple):
    """Something with a size. `depth` is positive below the baseline.

    `letter` is the glyph of a box that is a single letter, to which scripts and accents fit more closely.
    `italic` is what a superscript moves to the right, `accent` the place for an accent, if not in the middle.
    """

    width: float
    height: float
    depth: float
    content: Content
    letter: int | None = None
    italic: float = 0.0
    accent: float | None = None


EMPTY = Box(0.0, 0.0, 0.0, Row(()))


def rule(width: float, height: float) -> Box:
    """A rule that stands on its baseline."""
    return Box(width, height, 0.0, Rule())


def space(width: float, height: float = 0.0, depth: float = 0.0) -> Box:
    """Nothing, of a given size."""
    return Box(width, height, depth, Row(()))


@lru_cache(maxsize=8192)
def letter(font: MathFont, character: str, level: int) -> Box:
    """One character as a letter or sign."""
    return of_glyph(font, font.glyph(character, level), level)


@lru_cache(maxsize=8192)
def of_glyph(font: MathFont, glyph: int, level: int) -> Box:
    """One glyph."""
    scale = font.scale(level)
    bounds = font.bounds[glyph]
    accent = font.accents.get(glyph)
    return Box(
        font.advances[glyph] * scale,
        bounds.top * scale,
        -bounds.bottom * scale,
        Run((glyph,), level),
        glyph,
        font.italics.get(glyph, 0) * scale,
        None if accent is None else accent * scale,
    )


@lru_cache(maxsize=8192)
def word(font: MathFont, text: str, level: int) -> Box:
    """Characters side by side, as they are."""
    glyphs = tuple(font.glyph(character, level) for character in text)
    scale = font.scale(level)
    bounds = [font.bounds[glyph] for glyph in glyphs]
    return Box(
        sum(font.advances[glyph] for glyph in glyphs) * scale,
        max((box.top for box in bounds), default=0) * scale,
        -min((box.bottom for box in bounds), default=0) * scale,
        Run(glyphs, level),
    )


def row(boxes: Iterable[Box]) -> Box:
    """Boxes side by side on one baseline."""
    children, x = [], 0.0
    for box in boxes:
        children.append((x, 0.0, box))
        x += box.width
    return placed(children, x)


def placed(children: Sequence[tuple[float, float, Box]], width: float) -> Box:
    """Boxes at given places, in reading order."""
    if not children:
        return space(width)
    # Not from zero: a box may lie wholly above or below the baseline.
    _, y, box = children[0]
    height, depth = y + box.height, box.depth - y
    for _, y, box in children:
        if y + box.height > height:
            height = y + box.height
        if box.depth - y > depth:
            depth = box.depth - y
    return Box(width, height, depth, Row(tuple(children)))


def fixed(box: Box, align: float = 0.5) -> Box:
    """The same box, so that slots inside it move nothing outside of it."""
    return box if isinstance(box.content, Run) else box._replace(content=Inset(box, align))
