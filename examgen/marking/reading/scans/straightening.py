"""A picture of a bubble page -> the page, straight, upright and of known scale, its paper white and its print black.

Called by `page_reading`. The corner marks tell where the page lies in the picture and which way up; what shadows and
lamps do to the paper is divided out.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_pages import FRAME_HEIGHT, FRAME_WIDTH, MARKS
from examgen.exams.bubbles.corner_marks import MODULES
from examgen.exams.bubbles.rectangles import Rectangle

SCALE = 8
"""Pixels to a millimetre of a straight page: some 200 to an inch."""

MARGIN = 3.0
"""Millimetres around the frame that are kept."""

MOST_PIXELS = 3200
"""Along the longer side of what is looked at; a larger picture is made smaller first."""

LEAST_CONTRAST = 40.0
"""Levels of grey between paper and marks, of 255, below which nothing is read."""

_DARK = 60.0
_BLOCK = 16
_NEAR = 9

Grey = NDArray[np.uint8]
Ink = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class StraightPage:
    """A page as it was printed and written on.

    Attributes:
        ink: (rows, columns), 0 for paper and 1 for the black of the marks, `SCALE` to a millimetre.
        grey: the same as levels of grey, for eyes and for the code.
    """

    ink: Ink
    grey: Grey


class PageFault(Exception):  # noqa: N818 - a finding about a page, told and not raised to users
    """Why a picture is no page that can be read; `reason` is one of `PAGE_FAULTS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def straightened(picture: Grey) -> StraightPage:
    """The page in a picture.

    Raises: PageFault: there is none, there are several, or it is too dark.
    """
    picture = _shrunk(picture)
    corners = _corners(picture)
    paper = _paper_corners(tuple(sorted(corners)))
    found = np.concatenate([corners[number] for number in sorted(corners)])
    homography, _ = cv2.findHomography(found.astype(np.float64), paper)
    if homography is None:
        raise PageFault("no_marks")
    width, height = (round((size + 2 * MARGIN) * SCALE) for size in (FRAME_WIDTH, FRAME_HEIGHT))
    grey = cv2.warpPerspective(
        picture, homography, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return _normalised(np.asarray(grey, dtype=np.uint8))


def part(page: NDArray[Any], where: Rectangle, around: float = 0.0) -> NDArray[Any]:
    """A part of a straight page, with so many millimetres around it."""
    top, bottom = (_pixel(where.top - around), _pixel(where.bottom + around))
    left, right = (_pixel(where.left - around), _pixel(where.right + around))
    return page[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]


def _pixel(millimetres: float) -> int:
    return round((millimetres + MARGIN) * SCALE)


def _shrunk(picture: Grey) -> Grey:
    longest = max(picture.shape)
    if longest <= MOST_PIXELS:
        return picture
    size = tuple(max(1, round(side * MOST_PIXELS / longest)) for side in picture.shape[::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@lru_cache(maxsize=1)
def _detector() -> Any:
    found = cv2.aruco.DetectorParameters()
    found.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    found.adaptiveThreshWinSizeMin, found.adaptiveThreshWinSizeMax, found.adaptiveThreshWinSizeStep = 13, 53, 20
    # A mark is a twentieth of the page's width; a page may fill half of a photo.
    found.minMarkerPerimeterRate, found.maxMarkerPerimeterRate = 0.04, 0.5
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), found)


def _corners(picture: Grey) -> dict[int, NDArray[np.float32]]:
    """By number of a corner mark its four corners in the picture; at least three marks."""
    best: dict[int, NDArray[np.float32]] = {}
    for tried in (picture, None):
        shown = cv2.createCLAHE(4.0, (8, 8)).apply(picture) if tried is None else tried
        shapes, numbers, _ = _detector().detectMarkers(shown)
        ids = [] if numbers is None else [int(number) for number in np.ravel(numbers)]
        ours = [(number, shape.reshape(4, 2)) for number, shape in zip(ids, shapes, strict=True) if number < len(MARKS)]
        if len({number for number, _ in ours}) < len(ours):
            raise PageFault("several_pages")
        if len(ours) > len(best):
            best = dict(ours)
        if len(best) == len(MARKS):
            return best
    if len(best) == len(MARKS) - 1:
        return best
    raise PageFault("too_dark" if float(np.percentile(picture, 90)) < _DARK else "no_marks")


def _paper_corners(numbers: tuple[int, ...]) -> NDArray[np.float64]:
    """Where the corners of these marks are on a straight page, in pixels, clockwise from the upper left one."""
    return np.array(
        [
            ((x + MARGIN) * SCALE - 0.5, (y + MARGIN) * SCALE - 0.5)
            for number in numbers
            for mark in (MARKS[number],)
            for x, y in (
                (mark.left, mark.top),
                (mark.right, mark.top),
                (mark.right, mark.bottom),
                (mark.left, mark.bottom),
            )
        ]
    )


def _normalised(grey: Grey) -> StraightPage:
    """Paper made white and print black, wherever the light fell."""
    height, width = grey.shape
    small = cv2.resize(
        cv2.dilate(grey, np.ones((5, 5), np.uint8)), (width // _BLOCK, height // _BLOCK), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((_NEAR, _NEAR), np.uint8)), _NEAR)
    paper = cv2.resize(cv2.blur(paper, (_NEAR, _NEAR)).astype(np.float32), (width, height))
    paper = np.maximum(paper, 1.0)
    dark = 1.0 - grey / paper
    black = float(np.median([np.median(part(dark, _inside(mark))) for mark in MARKS]))
    light = float(np.median(paper))
    if black * light < LEAST_CONTRAST:
        raise PageFault("too_dark")
    ink = np.clip(dark / black, 0.0, 1.0).astype(np.float32)
    return StraightPage(ink, (255 * (1 - ink)).astype(np.uint8))


def _inside(mark: Rectangle) -> Rectangle:
    """The upper border of a mark, which is black in all."""
    side = mark.width / MODULES
    return Rectangle(mark.left + side, mark.top + side / 4, mark.width - 2 * side, side / 2)
