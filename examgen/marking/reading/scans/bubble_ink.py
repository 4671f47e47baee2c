"""How much ink there is in each bubble of a straight page, around it, and in the boxes above.

Called by `page_reading`; `bubble_decisions` says what it means. All is measured against what the page itself has in its
empty bubbles: the sign that is printed in them, the paper's colour, the scanner's noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_grids import COLUMN_PITCH, DIAMETER, ROW_PITCH, Grid
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.marking.reading.scans.ring_finding import CLEAR_INK, found_rings
from examgen.marking.reading.scans.straightening import MARGIN, SCALE, Ink

_INNER = 0.8
"""Of a bubble's radius, what is looked at: the ring itself is printed."""

_RING = 0.35
"""Millimetres on either side of a bubble's outline in which its ring is looked for."""

_CORNER, _SIDE = 0.6, 0.2
"""Radius in millimetres of the spots around a bubble where ink that goes beyond it is looked for."""

_ASIDE = 2.32
"""Millimetres from the middle of a bubble to those on its sides: a filling that slips over the ring ends before."""

_BOX_EDGE = 1.1
"""Millimetres along the sides of a box in which ink is passed over: its lines, and what the neighbour's hand left."""

_THIN_CORNER, _THIN_SIDE, _CLEAR_SIDE = 0.2, 0.75, 1.0
"""Of the ink of a written pixel, what a spot has on average where a line runs through it; and where it clearly does."""

_ALONG = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
"""Millimetres by which a line that strikes a bubble out may run beside its middle."""

_NEIGHBOUR = 0.3
"""Of a bubble what is covered where its own ink may reach into a spot between it and the next."""

_SIGN = 0.1
"""By how much the measures of empty bubbles may differ because of the signs printed in them."""

_EMPTY_COVER, _EMPTY_DARK = 0.25, 0.15
"""What an empty bubble has at most, on pages that are still read."""

_TINT, _TINT_OF_FEW, _TINT_NOISE = 0.02, 0.05, 8.0
"""How much darker than empty ones a bubble with pale ink is at least: of the black of print, also where there are few
bubbles; and of what empty ones of the page differ by."""

_MANY = 60
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class GridInk:
    """What was measured in a grid; arrays are (bubbles,) in its order, or (boxes,).

    Attributes:
        match: how well the printed rings were found where they should be, 1 for wholly.
        cover: the part of a bubble that is covered by ink.
        dark: how dark a bubble is on the whole, of the black of print.
        is_tinted: whether a bubble is darker all over than empty ones of this page are.
        ring: how much ink is on a bubble's outline, of what is there on most bubbles of the page.
        is_struck: whether ink runs through a bubble from beyond one side of it to beyond the other.
        boxes: the part of a box that is covered.
    """

    match: float
    cover: Values
    dark: Values
    is_tinted: NDArray[np.bool_]
    ring: Values
    is_struck: NDArray[np.bool_]
    boxes: Values


@dataclass(frozen=True, eq=False, slots=True)
class _Raw:
    """The same with the ink of the print still in it; `inner` is (bubbles, pixels), `around` (bubbles, spots)."""

    match: float
    inner: NDArray[np.float32]
    ring: Values
    around: Values
    boxes: list[NDArray[np.float32]]


def measured(ink: Ink, grids: Sequence[Grid]) -> list[GridInk]:
    """The ink of each grid of a page."""
    raws = [_raw(ink, grid) for grid in grids]
    inner = np.concatenate([raw.inner for raw in raws])
    kinds = _kinds(grids)
    level = _pen(inner)
    cover = (inner > level).mean(axis=1)
    dark = inner.mean(axis=1, dtype=np.float64)
    is_tinted = _tinted(_above_empty(np.median(inner, axis=1).astype(np.float64), kinds, _EMPTY_DARK))
    around = np.concatenate([raw.around for raw in raws])
    cover, dark = _above_empty(cover, kinds, _EMPTY_COVER), _above_empty(dark, kinds, _EMPTY_DARK)
    around = np.stack([_above_empty(around[:, spot], kinds) for spot in range(around.shape[1])], axis=1)
    is_struck = _struck(around / level, cover > _NEIGHBOUR, grids)
    ring = np.concatenate([raw.ring for raw in raws])
    # Of many bubbles most are as printed; of a few options all may be filled.
    ring = ring / max(float(np.median(ring) if len(ring) >= _MANY else ring.min()), 1e-6)
    ends = np.cumsum([len(grid.bubbles) for grid in grids])
    parts = [slice(end - len(grid.bubbles), end) for end, grid in zip(ends, grids, strict=True)]
    return [
        GridInk(
            raw.match,
            cover[rows],
            dark[rows],
            is_tinted[rows],
            ring[rows],
            is_struck[rows],
            np.array([float((box > level).mean()) if box.size else 0.0 for box in raw.boxes]),
        )
        for raw, rows in zip(raws, parts, strict=True)
    ]


def _kinds(grids: Sequence[Grid]) -> NDArray[np.int64]:
    """Which bubbles of a page have the same sign printed in them, or none as those of options, and lie alike."""
    names: dict[tuple[str, bool], int] = {}
    found = [
        names.setdefault((bubble.value * (grid.kind == "number"), bubble.column == 0), len(names))
        for grid in grids
        for bubble in grid.bubbles
    ]
    return np.array(found, dtype=np.int64)


def _above_empty(values: Values, kinds: NDArray[np.int64], most: float = 1.0) -> Values:
    """Measures without what empty bubbles of the same kind have; most bubbles are empty.

    Args:
        most: that an empty one has, so that nothing is taken for empty where all of a few are filled.
    """
    found = values.astype(np.float64).copy()
    of_page = float(np.quantile(values, 0.25)) + _SIGN
    for kind in np.unique(kinds):
        mine = kinds == kind
        empty = np.quantile(values[mine], 0.25) if mine.sum() >= 4 else values[mine].min()
        found[mine] -= min(float(empty), of_page, most)
    return found


def _tinted(tint: Values) -> NDArray[np.bool_]:
    """Which bubbles are darker all over than the noise of the page; most are empty, and of a few options some."""
    few = len(tint) < _MANY
    low, middle = np.quantile(tint, (0.0, 0.25) if few else (0.1, 0.4))
    least = _TINT_OF_FEW if few else _TINT
    return np.asarray(tint > middle + max(least, _TINT_NOISE * float(middle - low)))


def _pen(inner: NDArray[np.float32]) -> float:
    """From which ink on a pixel is written on: half of what the pen of this page leaves."""
    means = inner.mean(axis=1)
    written = inner[means > max(0.15, float(np.median(means)) + 0.1)]
    strong = written[written > 0.2]
    pen = float(np.quantile(strong, 0.6)) if strong.size else 2 * CLEAR_INK
    return float(np.clip(pen / 2, 0.17, 0.45))


def _raw(ink: Ink, grid: Grid) -> _Raw:
    match, across, down = found_rings(ink, grid)
    centres = np.array([(bubble.x + across, bubble.y + down) for bubble in grid.bubbles])
    pixels = np.rint((centres + MARGIN) * SCALE - 0.5).astype(np.int64)
    inner = _gathered(ink, pixels, _disc(DIAMETER / 2 * _INNER))
    ring = _gathered(ink, pixels, _outline()).mean(axis=1, dtype=np.float64)
    around = np.stack([_most(ink, pixels, radius, spots) for radius, spots in _spots()], axis=1)
    boxes = [_box(ink, box, across, down) for box in grid.boxes]
    return _Raw(match, inner, ring, around, boxes)


def _most(ink: Ink, centres: NDArray[np.int64], radius: float, spots: NDArray[np.int64]) -> Values:
    """(centres,) the ink of that one of the spots around each that has most."""
    found = [_gathered(ink, centres + spot, _disc(radius)).mean(axis=1) for spot in spots]
    return np.asarray(np.max(found, axis=0), dtype=np.float64)


def _box(ink: Ink, box: Rectangle, across: float, down: float) -> NDArray[np.float32]:
    """The pixels in the middle of a box."""
    left, top = (box.left + across + _BOX_EDGE + MARGIN) * SCALE, (box.top + down + _BOX_EDGE + MARGIN) * SCALE
    width, height = (box.width - 2 * _BOX_EDGE) * SCALE, (box.height - 2 * _BOX_EDGE) * SCALE
    return ink[round(top) : round(top + height), round(left) : round(left + width)]


def _gathered(ink: Ink, centres: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """(centres, offsets) ink at these offsets from each centre."""
    x = np.clip(centres[:, :1] + offsets[:, 0], 0, ink.shape[1] - 1)
    y = np.clip(centres[:, 1:] + offsets[:, 1], 0, ink.shape[0] - 1)
    return np.asarray(ink[y, x])


@lru_cache(maxsize=8)
def _disc(radius: float) -> NDArray[np.int64]:
    """Offsets of all pixels within so many millimetres."""
    reach = int(radius * SCALE) + 1
    steps = np.arange(-reach, reach + 1)
    x, y = np.meshgrid(steps, steps)
    inside = np.hypot(x, y) <= radius * SCALE
    return np.stack([x[inside], y[inside]], axis=1)


@lru_cache(maxsize=1)
def _outline() -> NDArray[np.int64]:
    """Offsets of all pixels about a bubble's outline."""
    disc = _disc(DIAMETER / 2 + _RING)
    return np.asarray(disc[np.hypot(*disc.T) >= (DIAMETER / 2 - _RING) * SCALE])


@lru_cache(maxsize=1)
def _spots() -> tuple[tuple[float, NDArray[np.int64]], ...]:
    """Radius and offsets of the spots around a bubble, by pairs of opposite places: the four corners of its cell, with
    one spot each; the four sides, where a line may run a little higher or lower; and half-way to the bubbles there."""
    right, below = COLUMN_PITCH / 2, ROW_PITCH / 2
    corners = ((right, below), (-right, -below), (right, -below), (-right, below))
    sides, halves = (
        [[(across * x + along * y, down * y + along * x) for along in _ALONG] for x, y in _SIDES]
        for across, down in ((_ASIDE, _ASIDE), (right, below))
    )
    return (
        *((_CORNER, np.rint(np.array([way]) * SCALE).astype(np.int64)) for way in corners),
        *((_SIDE, np.rint(np.array(ways) * SCALE).astype(np.int64)) for ways in (*sides, *halves)),
    )


def _struck(around: Values, is_dark: NDArray[np.bool_], grids: Sequence[Grid]) -> NDArray[np.bool_]:
    """Whether a line runs through bubbles.

    What is in a spot on the side of a bubble may have come from the next one on that side, where that is filled; then
    the other side alone tells, if it does so clearly. Where the next ones on both sides are filled, a line goes on to
    both without a gap.

    Args:
        around: (bubbles, spots) ink, of that of a written pixel.
        is_dark: (bubbles,) whether there is much ink in it.
    """
    next_to = np.concatenate([_next_to(grid) for grid in grids])
    starts = np.repeat(np.cumsum([0, *(len(grid.bubbles) for grid in grids)])[:-1], [len(one.bubbles) for one in grids])
    is_open = np.where(next_to >= 0, is_dark[np.clip(next_to + starts[:, None], 0, len(is_dark) - 1)], False)
    corners, sides, halves = around[:, :4] > _THIN_CORNER, around[:, 4:8], around[:, 8:] > _CLEAR_SIDE
    has_ink, is_clear = (sides > _THIN_SIDE) & ~is_open, (sides > _CLEAR_SIDE) & ~is_open
    one, other = slice(0, None, 2), slice(1, None, 2)
    along = has_ink[:, one] & has_ink[:, other]
    along |= is_clear[:, one] & is_open[:, other] | is_clear[:, other] & is_open[:, one]
    bridged = halves & is_open
    along |= bridged[:, one] & bridged[:, other]
    return np.asarray((corners[:, one] & corners[:, other]).any(axis=1) | along.any(axis=1))


@lru_cache(maxsize=512)
def _next_to(grid: Grid) -> NDArray[np.int64]:
    """(bubbles, sides) the place of the next bubble on each side; -1 where there is none."""
    places = {(round(one.x, 2), round(one.y, 2)): place for place, one in enumerate(grid.bubbles)}
    return np.array(
        [
            [places.get((round(one.x + x * COLUMN_PITCH, 2), round(one.y + y * ROW_PITCH, 2)), -1) for x, y in _SIDES]
            for one in grid.bubbles
        ]
    )
