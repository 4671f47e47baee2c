"""The codes of bubble pages as black and white squares, by segno; one for each page of each student."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from examgen.documents.lengths import MILLIMETRE
from examgen.documents.paper.bubbled.bubble_sheets import PAGE_SIZES
from examgen.errors import SetupError
from examgen.exams.bubbles.page_codes import PageCode, code_text
from examgen.exams.bubbles.rectangles import Rectangle

MISSING = "--scan needs examgen[scan]: pip install 'examgen[scan]'"

CORRECTION = "q"
"""A quarter of the squares may be unreadable."""

QUIET = 4
"""Squares of white on each side."""

MASK = 2
"""One for all: to find out which of eight looks most even takes five times as long as all else; readers take any."""


def check_installed() -> None:
    """Raises SetupError if no code could be made."""
    _segno()


def squares(code: PageCode) -> Sequence[Sequence[int]]:
    """The rows of a code, from the top; 1 where a square is black.

    Raises: SetupError: segno is not installed.
    """
    made = _segno().make(code_text(code), error=CORRECTION, boost_error=False, micro=False, mask=MASK)
    rows: Sequence[Sequence[int]] = made.matrix
    return rows


def drawn_code(rows: Sequence[Sequence[int]], where: Rectangle, paper: str) -> bytes:
    """A code with four white squares around it, as a stream of a page has it: a mask, which takes the fewest bytes.

    Args:
        rows: 1 where a square is black.
        where: the code and the white around it are to stand on the page, in millimetres from its upper left corner.
        paper: size of the paper.
    """
    count = len(rows)
    side = where.width / (count + 2 * QUIET) * MILLIMETRE
    left, bottom = (
        where.left * MILLIMETRE + QUIET * side,
        (PAGE_SIZES[paper][1] - where.bottom) * MILLIMETRE + QUIET * side,
    )
    head = f"/W {count} /H {count} /IM true /BPC 1 /D [1 0] /F /AHx"
    place = f"{count * side:.3f} 0 0 {count * side:.3f} {left:.3f} {bottom:.3f}"
    return f"/Artifact BMC q 0 g {place} cm\nBI {head} ID\n{_hexadecimal(rows)}>\nEI Q EMC".encode()


def _hexadecimal(rows: Sequence[Sequence[int]]) -> str:
    """A bit for each square, each row filled up to whole bytes."""
    width = -(-len(rows[0]) // 8) * 8
    return "".join(f"{int(''.join(map(str, row)).ljust(width, '0'), 2):0{width // 4}x}" for row in rows)


@cache
def _segno() -> Any:
    try:
        import segno
    except ImportError:
        raise SetupError(MISSING) from None
    return segno
