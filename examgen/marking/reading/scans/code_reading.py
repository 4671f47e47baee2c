"""The code on a straight page: whose it is, and which page."""

import cv2
import numpy as np
import zxingcpp

from examgen.exams.bubbles.bubble_pages import CODE
from examgen.exams.bubbles.page_codes import OtherFormatError, PageCode, read_code
from examgen.marking.reading.scans.straightening import PageFault, StraightPage, part

_ENLARGED = 2
_LONGEST = 400


def code_on(page: StraightPage) -> PageCode:
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


def _tries(square: np.ndarray) -> list[np.ndarray]:
    large = cv2.resize(square, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), 1.5)
    sharp = cv2.addWeighted(large, 2.5, cv2.GaussianBlur(large, (0, 0), 3), -1.5, 0)
    return [np.ascontiguousarray(one) for one in (square, large, sharp, soft)]
