"""Bubble pages as bitmaps with what students fill in, and what printers, scanners and phones make of them.

Drawn from the geometry, not from a PDF: the reader is tried on its own, and on thousands of entries.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_grids import DIAMETER, POINT, Bubble, Grid
from examgen.exams.bubbles.bubble_pages import CODE, MARKS, BubblePage, frame_origin
from examgen.exams.bubbles.corner_marks import black_parts
from examgen.exams.bubbles.page_codes import PageCode, code_text

DPI = 250
A4 = (210.0, 297.0)

Grey = NDArray[np.uint8]


def columns_of(grid: Grid) -> list[list[Bubble]]:
    """The bubbles of each column, from that of the sign; of a choice all of them are one."""
    count = 1 + max(bubble.column for bubble in grid.bubbles)
    return [[one for one in grid.bubbles if one.column == place] for place in range(count)]


def pixels(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


@dataclass(eq=False)
class Sheet:
    """A printed page: its picture, and what is on it."""

    page: BubblePage
    picture: Grey
    origin: tuple[float, float] = field(default_factory=lambda: frame_origin(*A4))

    def at(self, x: float, y: float) -> tuple[int, int]:
        """A place of the frame in the picture."""
        return pixels(x + self.origin[0]), pixels(y + self.origin[1])


def printed(page: BubblePage, code: PageCode) -> Sheet:
    """A page fresh from the printer."""
    sheet = Sheet(page, np.full((pixels(A4[1]), pixels(A4[0])), 255, dtype=np.uint8))
    for number, mark in enumerate(MARKS):
        for black in black_parts(number, mark):
            cv2.rectangle(
                sheet.picture, sheet.at(black.left, black.top), _less(sheet.at(black.right, black.bottom)), 0, -1
            )
    _print_code(sheet, code)
    for grid in page.grids:
        _print_grid(sheet, grid)
    return sheet


def _less(point: tuple[int, int]) -> tuple[int, int]:
    return point[0] - 1, point[1] - 1


def _print_code(sheet: Sheet, code: PageCode) -> None:
    squares = np.array(list(segno.make_qr(code_text(code), error="q").matrix_iter(border=4)), dtype=np.uint8)
    (left, top), (right, bottom) = sheet.at(CODE.left, CODE.top), sheet.at(CODE.right, CODE.bottom)
    shown = cv2.resize((1 - squares) * 255, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    sheet.picture[top:bottom, left:right] = shown


def _print_grid(sheet: Sheet, grid: Grid) -> None:
    for box in grid.boxes:
        cv2.rectangle(sheet.picture, sheet.at(box.left, box.top), sheet.at(box.right, box.bottom), 120, 1)
    _print_text(
        sheet, grid.symbol.encode("ascii", "replace").decode(), grid.label.left, grid.label.bottom - 1.2, 0, 0.42
    )
    for bubble in grid.bubbles:
        cv2.circle(sheet.picture, sheet.at(bubble.x, bubble.y), pixels(DIAMETER / 2), 110, 2, cv2.LINE_AA)
        if grid.kind == "number":
            _print_text(sheet, bubble.value, bubble.x - 0.75, bubble.y + 0.8, 150, 0.4)
        else:
            _print_text(sheet, bubble.value, bubble.x - 3.6, bubble.y + 0.8, 0, 0.45)


def _print_text(sheet: Sheet, text: str, x: float, y: float, level: int, size: float) -> None:
    cv2.putText(sheet.picture, text, sheet.at(x, y), cv2.FONT_HERSHEY_SIMPLEX, size * DPI / 250, level, 1, cv2.LINE_AA)


@dataclass(frozen=True, slots=True)
class Pen:
    """What a student writes with: its level of grey, how thick it is in millimetres, and how steady the hand."""

    level: int = 25
    width: float = 0.6
    shake: float = 0.12


class Hand:
    """A student who fills bubbles on a sheet."""

    def __init__(self, sheet: Sheet, rng: np.random.Generator, pen: Pen = Pen()) -> None:
        self.sheet, self.rng, self.pen = sheet, rng, pen

    def write_number(
        self,
        grid: Grid,
        text: str,
        *,
        first: int = 1,
        with_boxes: bool = True,
        but: Mapping[Bubble, Callable[[Bubble], None]] = MappingProxyType({}),
    ) -> None:
        """Fill the bubbles of a number from this column on; some in another way."""
        body = text.lstrip("-")
        wanted = [(0, "-")] * text.startswith("-") + list(enumerate(body, start=first))
        for column, sign in wanted:
            [bubble] = [one for one in grid.bubbles if (one.column, one.value) == (column, sign)]
            but.get(bubble, self.fill)(bubble)
            if with_boxes:
                self._write(grid, column, sign)

    def _write(self, grid: Grid, column: int, sign: str) -> None:
        box = grid.boxes[column]
        x, y = box.left + 1.2 + self._slip(), box.bottom - 1.2 + self._slip()
        place = self.sheet.at(x, y)
        cv2.putText(
            self.sheet.picture, sign, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8 * DPI / 250, self.pen.level, 2, cv2.LINE_AA
        )

    def fill(self, bubble: Bubble, part: float = 1.0) -> None:
        """Fill a bubble to and fro, up to about its ring, or so much of its radius."""
        radius = DIAMETER / 2 * part * self.rng.uniform(0.88, 1.04)
        turn = self.rng.uniform(0, math.pi)
        step = self.pen.width * 0.75
        count = max(2, math.ceil(2 * radius / step))
        points = []
        for place in range(count + 1):
            across = -radius + 2 * radius * place / count
            reach = math.sqrt(max(radius**2 - across**2, 0.0)) * (1 if place % 2 else -1)
            points.append((across, reach))
            points.append((across, -reach))
        self._line(bubble, points, turn)

    def half(self, bubble: Bubble) -> None:
        """Fill one half of it, and leave the other."""
        radius, turn = DIAMETER / 2 * 0.9, self.rng.uniform(0, 2 * math.pi)
        step = self.pen.width * 0.7
        points = []
        for place in range(int(radius / step) + 1):
            across = min(self.pen.width / 2 + place * step, radius)
            reach = math.sqrt(max(radius**2 - across**2, 0.0)) * (1 if place % 2 else -1)
            points += [(across, reach), (across, -reach)]
        self._line(bubble, points, turn)

    def fill_lightly(self, bubble: Bubble) -> None:
        """With a pencil that hardly writes."""
        self.erase(bubble, float(self.rng.uniform(0.1, 0.5)))

    def tick(self, bubble: Bubble) -> None:
        self._line(bubble, [(-1.0, -0.1), (-0.2, 0.9), (1.2, -1.2)], 0.0)

    def cross(self, bubble: Bubble, size: float = 1.1) -> None:
        self._line(bubble, [(-size, -size), (size, size)], 0.0)
        self._line(bubble, [(-size, size), (size, -size)], 0.0)

    def dot(self, bubble: Bubble) -> None:
        """A dot with the pen, which is no filling."""
        self._line(bubble, [(0, 0), (0.3, 0.1), (0.1, 0.3), (0.0, 0.0)], 0.0)

    def cross_out(self, bubble: Bubble) -> None:
        """Fill it, and cross it out beyond its ring."""
        self.fill(bubble)
        way = int(self.rng.integers(3))
        if way == 0:
            self.cross(bubble, 2.5)
        elif way == 1:
            self.strike(bubble)
        else:
            self._line(bubble, [(-2.5, 2.6), (2.5, -2.6)], 0.0)

    def strike(self, bubble: Bubble) -> None:
        """A line through it from side to side."""
        self._line(bubble, [(-2.9, 0.2), (2.9, -0.2)], 0.0)

    def erase(self, bubble: Bubble, rest: float) -> None:
        """Fill it in pencil, and rub it out; so much of the ink stays."""
        x, y = self.sheet.at(bubble.x, bubble.y)
        reach = pixels(DIAMETER)
        before = self.sheet.picture[y - reach : y + reach, x - reach : x + reach].copy()
        self.fill(bubble)
        after = self.sheet.picture[y - reach : y + reach, x - reach : x + reach]
        mixed = before + (after.astype(np.float64) - before) * rest
        self.sheet.picture[y - reach : y + reach, x - reach : x + reach] = mixed.astype(np.uint8)

    def _slip(self) -> float:
        return float(self.rng.normal(0, self.pen.shake))

    def _line(self, bubble: Bubble, points: Sequence[tuple[float, float]], turn: float) -> None:
        across, down = self._slip(), self._slip()
        cosine, sine = math.cos(turn), math.sin(turn)
        places = [
            self._fine(
                bubble.x + across + x * cosine - y * sine + self._slip() / 3,
                bubble.y + down + x * sine + y * cosine + self._slip() / 3,
            )
            for x, y in points
        ]
        level = int(np.clip(self.pen.level + self.rng.normal(0, 6), 0, 200))
        drawn = np.full_like(self.sheet.picture, 255) if self.pen.level > 60 else self.sheet.picture
        if drawn is self.sheet.picture:
            cv2.polylines(drawn, [np.array(places)], False, level, pixels(self.pen.width), cv2.LINE_AA, 4)
            return
        # Pencil lets the print shine through.
        x, y = self.sheet.at(bubble.x, bubble.y)
        reach = pixels(DIAMETER * 1.5)
        window = (slice(max(y - reach, 0), y + reach), slice(max(x - reach, 0), x + reach))
        patch = np.full_like(self.sheet.picture[window], 255)
        moved = np.array(places) - np.array([window[1].start, window[0].start]) * 16
        cv2.polylines(patch, [moved], False, level, pixels(self.pen.width), cv2.LINE_AA, 4)
        self.sheet.picture[window] = np.minimum(self.sheet.picture[window], patch)

    def _fine(self, x: float, y: float) -> tuple[int, int]:
        """A place in sixteenths of a pixel."""
        return tuple(  # type: ignore[return-value]
            round((one + start) * DPI / 25.4 * 16) for one, start in zip((x, y), self.sheet.origin, strict=True)
        )


def turned(picture: Grey, degrees: float, paper: int = 255) -> Grey:
    """Turned about its middle, as by a feeder that pulls askew."""
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
    turn[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return np.asarray(
        cv2.warpAffine(picture, turn, (wide, high), flags=cv2.INTER_AREA, borderValue=paper), dtype=np.uint8
    )


def shrunk(picture: Grey, factor: float) -> Grey:
    """Printed smaller on the same paper, as "fit to page" does."""
    height, width = picture.shape
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found = np.full_like(picture, 255)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    found[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.asarray(found, dtype=np.uint8)


def photographed(picture: Grey, rng: np.random.Generator, slant: float = 0.05) -> Grey:
    """Seen from the side on a dark table, a shadow across it."""
    height, width = picture.shape
    border = round(0.08 * width)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    moved = corners + rng.uniform(-slant, slant, (4, 2)).astype(np.float32) * width + border
    seen = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    size = (width + 2 * border, height + 2 * border)
    return np.asarray(cv2.warpPerspective(picture, seen, size, flags=cv2.INTER_AREA, borderValue=60), dtype=np.uint8)


def shaded(picture: Grey, rng: np.random.Generator, least: float = 0.45) -> Grey:
    """Light that falls off towards some side."""
    height, width = picture.shape
    y, x = np.mgrid[0 : 1 : complex(height), 0 : 1 : complex(width)]
    way = rng.uniform(0, 2 * math.pi)
    slope = (x - 0.5) * math.cos(way) + (y - 0.5) * math.sin(way)
    light = np.clip(1 - (1 - least) * (slope + 0.7) / 1.4, least, 1.0)
    return np.asarray(picture * light, dtype=np.uint8)


def noised(picture: Grey, rng: np.random.Generator, much: float = 8.0) -> Grey:
    """With the grain of a sensor."""
    grain = rng.normal(0, much, picture.shape).astype(np.float32)
    return np.asarray(np.clip(picture + grain, 0, 255), dtype=np.uint8)


def blurred(picture: Grey, much: float = 1.2) -> Grey:
    """Out of focus, by so many pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), much), dtype=np.uint8)


def as_jpeg(picture: Grey, quality: int = 60) -> Grey:
    """Packed and unpacked."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def bordered(picture: Grey, width: int = 60) -> Grey:
    """With the black of an open lid around the paper."""
    return np.asarray(
        cv2.copyMakeBorder(picture, width, width, width, width, cv2.BORDER_CONSTANT, value=10), dtype=np.uint8
    )


__all__ = [
    "POINT", "Hand", "Pen", "Sheet", "as_jpeg", "blurred", "bordered", "columns_of", "noised", "photographed",
    "printed", "shaded", "shrunk", "turned",
]  # fmt: skip
