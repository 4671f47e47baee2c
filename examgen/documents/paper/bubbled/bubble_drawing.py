"""Draws bubbles and corner marks as operators of a PDF; `printing` has them put onto the bubble pages.

The operators work in millimetres, y growing upwards from the upper left corner of what they draw. All is black, or grey
where it only helps to find the way, so that papers are printed in black and white.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from examgen.documents.lengths import MILLIMETRE
from examgen.documents.paper.bubbled.bubble_sheets import PAGE_SIZES, BubbleSheet
from examgen.documents.pdf.inserted.drawn_pages import DrawnPage
from examgen.documents.pdf.stamping import FONT
from examgen.documents.typesetting import math_font
from examgen.exams.bubbles.bubble_grids import DIAMETER, MINUS, POINT, Grid
from examgen.exams.bubbles.bubble_pages import MARKS, frame_origin
from examgen.exams.bubbles.corner_marks import black_parts
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.typeset.drawn.slot_texts import slot_codes, slot_width

LINE, BOX_LINE = 0.2, 0.15
"""How thick the lines of circles and boxes are."""

INSIDE, MARK_SIZE, BESIDE = 2.6, 4.2, 3.3
"""Size of the sign in a circle, of the decimal mark in one, which is so small, and of the letter beside one."""

FIELD_SIZE, FIELD_UP = 2.1, 0.6
"""Size of the names of fields, and how far from the bottom of a grid they begin."""

LETTER_ROOM = 2.6
"""From the middle of a circle to that of the letter on its left."""

GREY = "0.5"
"""Of the signs in circles, so that a filled one stands out."""

_ROUND = 4 / 3 * (sqrt(2) - 1)
"""How far the handles of a quarter of a circle are from its ends, in radii."""

_HEIGHT_OF_DIGITS, _HEIGHT_OF_MARKS = 0.65, 0.1
"""In sizes; of signs, and of a point or a comma."""


def drawn_sheets(sheets: Sequence[BubbleSheet], paper: str, decimal_mark: str) -> tuple[DrawnPage, ...]:
    """The drawings of bubble pages.

    Args:
        sheets: the pages.
        paper: size of the paper.
        decimal_mark: what the bubble for it shows.
    """
    names = {form: f"/G{place}" for place, form in enumerate(dict.fromkeys(_forms(sheets, decimal_mark)))}
    left, top = frame_origin(*PAGE_SIZES[paper])
    return tuple(_drawn(sheet, names, (left, PAGE_SIZES[paper][1] - top), decimal_mark) for sheet in sheets)


def _forms(sheets: Sequence[BubbleSheet], decimal_mark: str) -> Iterator[str]:
    for sheet in sheets:
        for grid in sheet.page.grids:
            yield _grid(grid, decimal_mark)


def _drawn(sheet: BubbleSheet, names: dict[str, str], origin: tuple[float, float], decimal_mark: str) -> DrawnPage:
    """A page whose frame begins at this place, in millimetres from its lower left corner."""
    grids = [(_grid(grid, decimal_mark), grid.area) for grid in sheet.page.grids]
    scale = _short(MILLIMETRE)
    start = f"{scale} 0 0 {scale} {_short(origin[0] * MILLIMETRE)} {_short(origin[1] * MILLIMETRE)} cm"
    shown = (f"q 1 0 0 1 {_short(area.left)} {_short(-area.top)} cm {names[form]} Do Q" for form, area in grids)
    names_of_fields = [_field(grid) for grid in sheet.page.grids if grid.boxes]
    fields = (f"{GREY} g BT", *names_of_fields, "ET")
    content = "\n".join(("/Artifact BMC q", start, *_marks(), *shown, *fields, "Q EMC"))
    forms = tuple((names[form], form.encode()) for form in dict.fromkeys(form for form, _ in grids))
    return DrawnPage(content.encode(), forms)


def _marks() -> Iterator[str]:
    for number, where in enumerate(MARKS):
        yield " ".join(f"{_box(part)} re" for part in black_parts(number, where)) + " f"


def _field(grid: Grid) -> str:
    """The name of a number's field, upwards in the room below the bubble for its sign."""
    font, first = math_font(), grid.bubbles[0]
    room = grid.area.bottom - first.y - DIAMETER
    width = slot_width(font, grid.field, 0) / font.units_per_em
    size = min(FIELD_SIZE, room / width)
    x, y = first.x + _HEIGHT_OF_DIGITS * size / 2, FIELD_UP - grid.area.bottom
    name = f"{FONT.decode()} {_short(size)} Tf"
    return f"{name} 0 1 -1 0 {_short(x)} {_short(y)} Tm <{slot_codes(font, grid.field, 0)}> Tj"


@lru_cache(maxsize=256)
def _grid(grid: Grid, decimal_mark: str) -> str:
    """Boxes and bubbles of a grid, from its own upper left corner: grids of the same kind have the same ones."""
    left, top = grid.area.left, grid.area.top
    boxes = [Rectangle(one.left - left, one.top - top, one.width, one.height) for one in grid.boxes]
    signs = {MINUS: "−", POINT: decimal_mark}
    centres = [(bubble.x - left, top - bubble.y, signs.get(bubble.value, bubble.value)) for bubble in grid.bubbles]
    drawn = [f"{BOX_LINE} w", *(f"{_box(box)} re" for box in boxes), "S"] if boxes else []
    drawn += [f"{LINE} w", *(_circle(x, y) for x, y, _ in centres), "S"]
    if grid.kind == "number":
        letters = [_letter(x, y, sign, INSIDE) for x, y, sign in centres if sign != decimal_mark]
        marks = [_letter(x, y, sign, MARK_SIZE) for x, y, sign in centres if sign == decimal_mark]
        font = FONT.decode()
        drawn += [f"{GREY} g", f"BT {font} {INSIDE} Tf", *letters, f"{font} {MARK_SIZE} Tf", *marks, "ET"]
    else:
        letters = [_letter(x - LETTER_ROOM, y, sign, BESIDE) for x, y, sign in centres]
        drawn += [f"BT {FONT.decode()} {BESIDE} Tf", *letters, "ET"]
    return "\n".join(drawn)


def _circle(x: float, y: float) -> str:
    radius = DIAMETER / 2
    handle = radius * _ROUND
    around = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
    parts = [f"{_short(x + radius)} {_short(y)} m"]
    for (from_x, from_y), (to_x, to_y) in pairwise(around):
        ends = (
            (x + radius * from_x + handle * to_x, y + radius * from_y + handle * to_y),
            (x + radius * to_x + handle * from_x, y + radius * to_y + handle * from_y),
            (x + radius * to_x, y + radius * to_y),
        )
        parts.append(" ".join(f"{_short(one)} {_short(other)}" for one, other in ends) + " c")
    return " ".join([*parts, "h"])


def _letter(x: float, y: float, letter: str, size: float) -> str:
    """A letter with its middle there, within a text object."""
    font = math_font()
    width = slot_width(font, letter, 0) / font.units_per_em * size
    down = (_HEIGHT_OF_MARKS if letter in ".," else _HEIGHT_OF_DIGITS) * size / 2
    return f"1 0 0 1 {_short(x - width / 2)} {_short(y - down)} Tm <{slot_codes(font, letter, 0)}> Tj"


def _box(where: Rectangle) -> str:
    return " ".join(map(_short, (where.left, -where.bottom, where.width, where.height)))


def _short(value: float) -> str:
    """Micrometres are enough."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
