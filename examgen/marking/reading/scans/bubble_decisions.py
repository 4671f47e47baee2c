"""What the ink in the bubbles of an entry says, how sure that is, and what is doubtful about it.

Called by `page_reading`. Where anything speaks against a reading it is doubtful, and a person settles it: a wrong
reading that nobody looks at is the one fault that is not allowed.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_grids import POINT, Bubble, Grid
from examgen.marking.reading.scans.bubble_ink import GridInk
from examgen.marking.reading.scans.bubble_readings import EntryReading

FILLED = 0.7
"""Of a bubble, what is covered where it is filled."""

EMPTY = 0.10
EMPTY_DARK = 0.075
"""What is covered, and how dark it is, at most, where it is empty."""

FAINT = 0.17
"""How dark a filled bubble is at least, of the black of print."""

WRITTEN = 0.06
"""Of the middle of a box, what is covered where something is written."""

FOUND = 0.35
"""How well the rings of a grid are to match."""

COVERED, CIRCLED = 0.6, 1.4
"""Of the ink on most outlines, what an empty bubble has at least where it can be seen; and at most, unless somebody has
drawn a circle around it."""

_DOUBTFUL_AT_MOST = 0.49


def decided(grid: Grid, ink: GridInk) -> EntryReading:
    """What an entry says."""
    doubts = list(dict.fromkeys(_doubts(grid, ink)))
    is_filled = ink.cover >= FILLED
    text = _number_text(grid, ink) if grid.kind == "number" else _option_text(grid, ink)
    margins = np.where(is_filled, (ink.cover - FILLED) / (0.95 - FILLED), (EMPTY - ink.cover) / EMPTY)
    sure = float(np.clip(margins.min(initial=1.0), 0.0, 1.0))
    confidence = _DOUBTFUL_AT_MOST * sure if doubts else 0.5 + 0.5 * sure
    return EntryReading(text, round(confidence, 2), tuple(doubts))


def _doubts(grid: Grid, ink: GridInk) -> Iterator[str]:
    is_filled, is_touched = ink.cover >= FILLED, (ink.cover > EMPTY) | (ink.dark > EMPTY_DARK)
    if ink.match < FOUND or (~is_filled & (ink.ring < COVERED)).any():
        yield "not_found"
    if (~is_filled & (is_touched | (ink.ring > CIRCLED))).any():
        yield "half_filled"
    if (is_filled & (ink.dark < FAINT)).any():
        yield "faint"
    if (is_touched & ink.is_struck).any():
        yield "crossed_out"
    if (ink.is_tinted & ~is_touched & ~_has_filled(grid, is_filled)).any():
        yield "faint"
    filled = [one for one, flag in zip(grid.bubbles, is_filled, strict=True) if flag]
    if grid.kind == "one" and len(filled) > 1:
        yield "two_options"
    if grid.kind == "number":
        yield from _number_doubts(filled, ink)


def _has_filled(grid: Grid, is_filled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(bubbles,) whether one is filled in whose place a pale one may have been rubbed out."""
    if grid.kind == "several":
        return np.zeros(len(grid.bubbles), dtype=bool)
    columns = np.array([bubble.column for bubble in grid.bubbles])
    return np.isin(columns, columns[is_filled])


def _number_doubts(filled: Sequence[Bubble], ink: GridInk) -> Iterator[str]:
    columns = [bubble.column for bubble in filled]
    if len(set(columns)) < len(columns):
        yield "two_filled"
    if sum(bubble.value == POINT for bubble in filled) > 1:
        yield "two_points"
    if filled and not any(bubble.value.isdigit() for bubble in filled):
        yield "no_digits"
    inner = [column for column in columns if column]
    if inner and len(set(inner)) < max(inner) - min(inner) + 1:
        yield "gap"
    if any(covered > WRITTEN and place not in columns for place, covered in enumerate(ink.boxes)):
        yield "not_filled"


def _number_text(grid: Grid, ink: GridInk) -> str:
    """The fullest bubble of each column that has one."""
    found: dict[int, tuple[float, str]] = {}
    for bubble, cover in zip(grid.bubbles, ink.cover.tolist(), strict=True):
        if cover > FILLED / 2 and cover > found.get(bubble.column, (0.0, ""))[0]:
            found[bubble.column] = (cover, bubble.value)
    return "".join(found[column][1] for column in sorted(found))


def _option_text(grid: Grid, ink: GridInk) -> str:
    filled = [one.value for one, cover in zip(grid.bubbles, ink.cover.tolist(), strict=True) if cover > FILLED / 2]
    return ", ".join(filled)
