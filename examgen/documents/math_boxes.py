"""Widths, spaces and number blocks in the font *Examgen Math*; `math_html.py` builds formulas of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from examgen.resources import shipped

AXIS = 0.26  # height of the minus sign, of fraction bars and of the middle of brackets above the baseline, in em
NUMBER_ROW = 1.25  # height of a row of a matrix of numbers
HANGING_ROWS = 16  # the font has brackets that hang down so many rows
BRACKET = 0.315  # width of these
# Eighteenths of an em, as in TeX, and the characters to which the font gives these widths.
SPACES = {18: "\u2001", 9: "\u2002", 5: " ", 4: "\u00a0", 3: "\u202f", 1: "\u200a"}
# Spaces as wide as a digit, a decimal point, and the differences between digits, minus signs and brackets.
DIGIT, POINT = "\u2007", "\u2008"
FILLING = ((DIGIT, 495), ("\u2005", 225), ("\u200a", 45), ("\u2006", 5))
GAP = 2 * DIGIT  # between the columns of a matrix of numbers


@dataclass(frozen=True, slots=True)
class Box:
    """HTML with its width, and estimates of its height above and its depth below the baseline, all in em."""

    html: str
    width: float = 0.0
    up: float = 0.75
    down: float = 0.25


def space(eighteenths: int) -> str:
    """A space of TeX's size, or a step back."""
    if eighteenths < 0:
        return f'<span style="margin-left:{em(eighteenths / 18)}"></span>'
    found = ""
    for size, character in SPACES.items():
        found += character * (eighteenths // size)
        eighteenths %= size
    return found


def fill(width: float) -> str:
    """Spaces of a width in em, right to 0.005 em; differences between columns of numbers are exact sums of them."""
    found, left = "", round(width * 1000)
    for character, thousandths in FILLING:
        found += character * (left // thousandths)
        left %= thousandths
    return found


def text_width(text: str, alphabet: str = "") -> float:
    """Width in em; letters that the font does not have are taken as half an em."""
    table = _widths(alphabet)
    return sum(table.get(letter, 500) for letter in text) / 1000


def em(value: float) -> str:
    """A length for CSS."""
    return f"{round(value, 3) + 0:g}em"


def number_block(rows: Sequence[Sequence[str]], bracketed: bool) -> Box | None:
    """Numbers in rows and columns as one block of text; None if that needs brackets taller than the font's."""
    if bracketed and len(rows) > HANGING_ROWS:
        return None
    columns = [_aligned(column) for column in zip(*rows, strict=True)]
    lines = [GAP.join(line) for line in zip(*columns, strict=True)]
    edge = BRACKET if bracketed else 0.0
    width = text_width(lines[0]) + 2 * edge
    if bracketed:
        # The brackets are drawn in the first row, down to the last; the other rows leave room for them.
        lines = [f"[{lines[0]}]", *(fill(edge) + line for line in lines[1:])]
    hanging = f" r{len(rows):03d}" if bracketed else ""
    html = f'<span class="num{hanging}" style="width:{em(width)}">' + "\n".join(lines) + "</span>"
    half = NUMBER_ROW * len(rows) / 2
    return Box(html, width, half + AXIS, half - AXIS)


def _aligned(column: Sequence[str]) -> list[str]:
    """Cells padded by spaces, so that the decimal points meet and all are equally wide."""
    fronts, points, places = zip(*(cell.partition(".") for cell in column), strict=True)
    widest = max(map(text_width, fronts))
    longest = max(map(len, places))
    return [
        fill(widest - text_width(front))
        + front
        + (point or POINT * any(points))
        + place
        + DIGIT * (longest - len(place))
        for front, point, place in zip(fronts, points, places, strict=True)
    ]


@cache
def _widths(alphabet: str) -> dict[str, int]:
    table = json.loads((shipped("templates") / "fonts" / "widths.json").read_text(encoding="utf-8"))
    return {**table["italic"], **table.get(alphabet, {})}
