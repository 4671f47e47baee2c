"""One picture -> a bubble page: whose it is, and what its entries say.

Called by `scan_sheets`, and by `scanned_papers` once the exam is known.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from examgen.exams.bubbles.bubble_pages import CODE, BubblePage
from examgen.exams.bubbles.page_codes import OtherFormatError, PageCode, read_code
from examgen.marking.reading.scans.bubble_decisions import decided
from examgen.marking.reading.scans.bubble_ink import measured
from examgen.marking.reading.scans.bubble_readings import EntryReading
from examgen.marking.reading.scans.straightening import Grey, PageFault, StraightPage, part, straightened

__all__ = ["PageFault", "SeenPage", "page_in", "readings_on"]

_ENLARGED = 2
_LONGEST = 400


@dataclass(frozen=True, eq=False, slots=True)
class SeenPage:
    """A page that was found in a picture, and its code."""

    page: StraightPage
    code: PageCode


def page_in(picture: Grey) -> SeenPage:
    """The page in a picture.

    Raises: PageFault: there is none that can be read.
    """
    page = straightened(picture)
    return SeenPage(page, _code_on(page))


def readings_on(page: StraightPage, layout: BubblePage) -> list[EntryReading]:
    """What the entries of a page say, in its order."""
    return [decided(grid, ink) for grid, ink in zip(layout.grids, measured(page.ink, layout.grids), strict=True)]


def _code_on(page: StraightPage) -> PageCode:
    """What the code says.

    Raises: PageFault: it cannot be read, or is none of ours.
    """
    square = part(page.grey, CODE, 1.0)
    other = False
    for shown in _tries(square):
        for found in zxingcpp.read_barcodes(shown, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            if len(found.text) > _LONGEST:
                continue
            try:
                code = read_code(found.text)
            except OtherFormatError:
                raise PageFault("other_format") from None
            if code is not None:
                return code
            other = True
    raise PageFault("foreign_code" if other else "no_code")


def _tries(square: NDArray[Any]) -> list[NDArray[Any]]:
    large = cv2.resize(square, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), 1.5)
    sharp = cv2.addWeighted(large, 2.5, cv2.GaussianBlur(large, (0, 0), 3), -1.5, 0)
    return [np.ascontiguousarray(one) for one in (square, large, sharp, soft)]
