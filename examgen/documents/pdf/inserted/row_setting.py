"""Sets the rows of what went wrong as a table of blocks, which `feedback_printing` puts before all else.

Which rows these are differs from student to student: each distinct symbol is set once, and the rest is words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from examgen.documents.pdf.inserted.inserting import Block, Part, PlacedBlock
from examgen.documents.pdf.inserted.paragraphs import images_of, letters, width_of
from examgen.documents.pdf.stamping import FONT
from examgen.documents.typesetting import TEXT_WIDTH, Image, Typesetter
from examgen.typeset import pdf_operators
from examgen.typeset.drawn.formula import decimal

SIZE, HEAD_SIZE = 9.0, 8.0
"""Sizes of rows and of the headings of columns, in points."""

SYMBOL_AT, RESULT_AT = 20.0, 270.0
"""Left edges of symbols and of results, in points."""

RIGHTS = (128.0, 176.0, 224.0, 260.0)
"""Right edges of the columns of numbers: answer, own, reference and marks, in points."""

HEAD_ROOM = 47.0
"""The widest line of a heading above numbers, in points."""

LEAST_HEIGHT, AROUND, HEAD_LINE = 14.0, 3.0, 9.6
"""Least height of a row, space above and below a symbol, and height of a line of a heading, in points."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One row: the part of the paper, the symbol as LaTeX, and the texts of its cells as drawn."""

    part: str
    symbol: str
    numbers: tuple[str, str, str, str]
    result: str


def tables_of(
    rows: Sequence[WrongRow], headings: tuple[str, ...], language: str, rooms: Iterator[float]
) -> Iterator[Block]:
    """The rows as tables, each with headings and no higher than the next of these rooms, in points.

    Args:
        rows: in order.
        headings: of symbol, numbers and result.
        language: in which symbols are read aloud.
        rooms: as many as are needed.
    """
    head = _head(headings)
    here, height, room = [PlacedBlock(head, 0.0)], head.height, next(rooms)
    for row in rows:
        block = _row(row, language)
        if height + block.height > room and len(here) > 1:
            yield Block("Table", height, (), tuple(here))
            here, height, room = [PlacedBlock(head, 0.0)], head.height, next(rooms)
        here.append(PlacedBlock(block, height))
        height += block.height
    yield Block("Table", height, (), tuple(here))


def _row(row: WrongRow, language: str) -> Block:
    symbol = _symbol(row.symbol, language)
    above, below = max(0.75 * SIZE, symbol.formula.height), max(0.25 * SIZE, symbol.formula.depth)
    height = max(LEAST_HEIGHT, above + below + 2 * AROUND)
    base = (height + above - below) / 2
    drawn = pdf_operators(symbol.formula.place(), FONT, x=SYMBOL_AT, y=-base)
    name = Block("TH", height, (*_words(0.0, base, row.part), Part(drawn, symbol.spoken)), scope="Row")
    cells = [Block("TD", height, _at_right(*place, base)) for place in zip(RIGHTS, row.numbers, strict=True)]
    result = Block("TD", height, _words(RESULT_AT, base, row.result))
    kids = tuple(PlacedBlock(cell, 0.0) for cell in (name, *cells, result))
    return Block("TR", height, (), kids, _line(height, 0.3))


@lru_cache(maxsize=64)
def _head(headings: tuple[str, ...]) -> Block:
    symbol, *numbers, result = headings
    broken = [_broken(text) for text in numbers]
    height = max(map(len, broken)) * HEAD_LINE + AROUND
    base = height - 3.5

    def cell(lines: Sequence[str], left: float | None, right: float = 0.0) -> PlacedBlock:
        parts = []
        for up, text in enumerate(reversed(lines)):
            x = right - width_of(text, HEAD_SIZE, is_bold=True) if left is None else left
            parts.append(letters(x, up * HEAD_LINE - base, (text, True), HEAD_SIZE))
        return PlacedBlock(Block("TH", height, (Part(b" ".join(reversed(parts))),), scope="Column"), 0.0)

    middle = [cell(lines, None, right) for lines, right in zip(broken, RIGHTS, strict=True)]
    kids = (cell([symbol], SYMBOL_AT), *middle, cell([result], RESULT_AT))
    return Block("TR", height, (), kids, _line(height, 1.0))


def _broken(text: str) -> list[str]:
    """A heading in lines of its column's width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, HEAD_SIZE, is_bold=True) > HEAD_ROOM:
            lines[-1] += " "
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _words(x: float, base: float, text: str) -> tuple[Part, ...]:
    return (Part(letters(x, -base, (text, False), SIZE)),) if text else ()


def _at_right(right: float, text: str, base: float) -> tuple[Part, ...]:
    return _words(right - width_of(text, SIZE), base, text)


def _line(down: float, width: float) -> bytes:
    """A rule over the whole width of the page."""
    y = decimal(round(-1000 * down))
    return f"{width} w 0 {y} m {decimal(round(1000 * TEXT_WIDTH))} {y} l S".encode()


@lru_cache(maxsize=8192)
def _symbol(latex: str, language: str) -> Image:
    typesetter = Typesetter({}, language)
    (image,) = images_of(typesetter.inline(latex, size=SIZE), typesetter)
    return image
