"""One entry on a bubble page: its bubbles, what each stands for, and the boxes above them.

A number is written in columns, a sign before them: each has a box for the character, and below it one bubble for the
decimal mark and ten for the digits. A choice has one bubble for each option. Built by `bubble_pages`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.digits import Digits

COLUMN_PITCH = 4.2
ROW_PITCH = 4.1
DIAMETER = 3.0
"""Millimetres from bubble to bubble, and across one."""

LABEL_HEIGHT = 4.4
"""Of the line over a grid that says which entry it is."""

BOX_HEIGHT = 5.0
"""Of the boxes in which the characters are written."""

MINUS = "-"
POINT = "."
SYMBOLS = (POINT, *"0123456789")
"""What the bubbles of a column stand for, from the top; the point is the decimal mark of the page, whatever it is."""

GRID_HEIGHT = LABEL_HEIGHT + BOX_HEIGHT + len(SYMBOLS) * ROW_PITCH

OPTIONS_IN_ROW = 4
OPTION_PITCH = 8.4
OPTION_ROW_PITCH = 5.0
_OPTION_INDENT = 5.2

LEAST_COLUMNS = 7
_WHOLE_DIGITS = 2
_LEADING_ZEROS = 5

GridKind = Literal["number", "one", "several"]
"""A number; one of the options; as many of the options as are right."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """A bubble by its centre, in millimetres in the frame.

    Attributes:
        value: a sign of a number, or the letter of an option.
        column: of a number, 0 for that of the sign; of a choice always 0.
    """

    x: float
    y: float
    value: str
    column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The bubbles of an entry.

    Attributes:
        question: its id.
        field, symbol: as on the answer sheet.
        kind: what is filled in.
        area: all that belongs to it.
        label: where its symbol stands.
        boxes: of a number, the box over each column, from that of the sign.
        bubbles: column by column, from the top; of a choice in the order of the options.
    """

    question: str
    field: str
    symbol: str
    kind: GridKind
    area: Rectangle
    label: Rectangle
    boxes: tuple[Rectangle, ...]
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a grid is for: the entry of a paper, and its letters where it is a choice."""

    question: str
    field: str
    symbol: str
    digits: Digits
    kind: GridKind = "number"
    letters: Sequence[str] = ()


def columns_for(digits: Digits) -> int:
    """How many characters a number asked to so many digits has room for, its sign aside.

    Known from what is asked alone: the answer itself would tell students how long it is. A leading zero may be left
    out, and a number that is longer be rounded; where a right one is, `batch.bubble_notices` says so.
    """
    if digits.unit == "decimals":
        return max(LEAST_COLUMNS, digits.count + 1 + _WHOLE_DIGITS)
    return max(LEAST_COLUMNS, digits.count + _LEADING_ZEROS)


def size_of(entry: Entry) -> tuple[float, float]:
    """Width and height of an entry's grid."""
    if entry.kind == "number":
        return (1 + columns_for(entry.digits)) * COLUMN_PITCH, GRID_HEIGHT
    rows = -(-len(entry.letters) // OPTIONS_IN_ROW)
    return (1 + LEAST_COLUMNS) * COLUMN_PITCH, LABEL_HEIGHT + rows * OPTION_ROW_PITCH


def grid_at(entry: Entry, left: float, top: float) -> Grid:
    """The grid of an entry with its upper left corner there."""
    width, height = size_of(entry)
    area, label = Rectangle(left, top, width, height), Rectangle(left, top, width, LABEL_HEIGHT)
    boxes = _boxes(entry, left, top + LABEL_HEIGHT)
    make = _number_bubbles if entry.kind == "number" else _option_bubbles
    return Grid(entry.question, entry.field, entry.symbol, entry.kind, area, label, boxes, make(entry, left, top))


def _boxes(entry: Entry, left: float, top: float) -> tuple[Rectangle, ...]:
    if entry.kind != "number":
        return ()
    count = 1 + columns_for(entry.digits)
    return tuple(Rectangle(left + place * COLUMN_PITCH, top, COLUMN_PITCH, BOX_HEIGHT) for place in range(count))


def _number_bubbles(entry: Entry, left: float, top: float) -> tuple[Bubble, ...]:
    first = top + LABEL_HEIGHT + BOX_HEIGHT + ROW_PITCH / 2
    middle = left + COLUMN_PITCH / 2
    columns = range(1, 1 + columns_for(entry.digits))
    digits = (
        Bubble(middle + column * COLUMN_PITCH, first + row * ROW_PITCH, symbol, column)
        for column in columns
        for row, symbol in enumerate(SYMBOLS)
    )
    return (Bubble(middle, first, MINUS, 0), *digits)


def _option_bubbles(entry: Entry, left: float, top: float) -> tuple[Bubble, ...]:
    """Each with room for its letter on its left."""
    first = top + LABEL_HEIGHT + OPTION_ROW_PITCH / 2
    found = []
    for place, letter in enumerate(entry.letters):
        row, column = divmod(place, OPTIONS_IN_ROW)
        found.append(Bubble(left + _OPTION_INDENT + column * OPTION_PITCH, first + row * OPTION_ROW_PITCH, letter, 0))
    return tuple(found)
