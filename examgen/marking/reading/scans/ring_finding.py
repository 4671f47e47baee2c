"""Where the printed rings of a grid really lie on a straight page, which is never quite flat; for `bubble_ink`."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_grids import DIAMETER, Grid
from examgen.marking.reading.scans.straightening import MARGIN, SCALE, Ink

CLEAR_INK = 0.35
"""Ink from which a spot of the page is written on, at the black of print; pencil has less, see `bubble_ink`."""

_FARTHEST = 1.0
"""Millimetres by which a grid may lie elsewhere than it should, on a page that is not flat."""


def found_rings(ink: Ink, grid: Grid) -> tuple[float, float, float]:
    """How well the rings of a grid are found, and by how much they lie further right and down, in millimetres."""
    template = _rings(
        tuple((round(one.x - grid.area.left, 3), round(one.y - grid.area.top, 3)) for one in grid.bubbles)
    )
    half = SCALE // 2
    left, top = round((grid.area.left + MARGIN) * half), round((grid.area.top + MARGIN) * half)
    reach = round(_FARTHEST * half)
    rows, columns = template.shape
    y, x = top - reach, left - reach
    if y < 0 or x < 0:
        return 0.0, 0.0, 0.0
    shown = ink[2 * y : 2 * (y + rows + 2 * reach), 2 * x : 2 * (x + columns + 2 * reach)]
    small = cv2.resize(shown, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    # Rings are thin and grey: what is filled in, and black, is not to count for more.
    scores = np.asarray(
        cv2.matchTemplate(np.minimum(small, CLEAR_INK), template, cv2.TM_CCOEFF_NORMED), dtype=np.float32
    )
    _, best, _, (across, down) = cv2.minMaxLoc(scores)
    right, below = _peak(scores[down], across), _peak(scores[:, across], down)
    return float(best), (right - reach) / half, (below - reach) / half


def _peak(scores: NDArray[np.float32], place: int) -> float:
    """Where between pixels the best of these scores is: at the top of the parabola through it and its neighbours."""
    if not 0 < place < len(scores) - 1:
        return float(place)
    before, best, behind = (float(one) for one in scores[place - 1 : place + 2])
    bend = before - 2 * best + behind
    return place + (0.5 * (before - behind) / bend if bend < 0 else 0.0)


@lru_cache(maxsize=256)
def _rings(centres: tuple[tuple[float, float], ...]) -> NDArray[np.float32]:
    """The rings at these places in a grid as a picture of half the scale."""
    half = SCALE // 2
    size = tuple(round((max(one[axis] for one in centres) + DIAMETER / 2 + 0.5) * half) for axis in (0, 1))
    large = np.zeros((size[1] * 4, size[0] * 4), dtype=np.uint8)
    for x, y in centres:
        place = (round(x * half * 4), round(y * half * 4))
        cv2.circle(large, place, round(DIAMETER / 2 * half * 4), 255, thickness=4, lineType=cv2.LINE_AA)
    small = cv2.resize(large, size, interpolation=cv2.INTER_AREA)
    return (small / 255.0).astype(np.float32)
