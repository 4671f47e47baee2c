"""The codes of bubble pages as black and white squares, by segno; one for each page of each student.

Codes of one length are linear in the bits of their texts: what one letter changes, it changes in every code. So segno
is asked for each letter at each place once, and not for each page: of a class that would take longer than all else.
"""

from functools import cache, lru_cache
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
"""One for all, else codes would not be linear; readers take any."""

_FILLER = "0"

Squares = tuple[str, ...]
"""The rows of a code from the top, with a 1 for each black square and a 0 for each white one."""


def check_installed() -> None:
    """Raises SetupError if no code could be made."""
    _segno()


def squares(code: PageCode) -> Squares:
    """The squares of a code.

    Raises: SetupError: segno is not installed.
    """
    text = code_text(code)
    if not text.isascii():
        return _made(text)
    # Of one exam all codes of this length have the rest in common.
    base = code_text(PageCode(code.exam, _FILLER * len(code.variant), 1, _FILLER * len(code.student)))
    base = base.ljust(len(text), _FILLER)
    bits = _bits(base)
    for place, (letter, usual) in enumerate(zip(text, base, strict=True)):
        if letter != usual:
            bits ^= _change(base, place, letter)
    side = len(_made(base))
    line = f"{bits:0{side * side}b}"
    return tuple(line[start : start + side] for start in range(0, side * side, side))


def drawn_code(rows: Squares, where: Rectangle, paper: str) -> bytes:
    """A code with four white squares around it, as a stream of a page has it: a mask, which takes the fewest bytes.

    Args:
        rows: of the code.
        where: the code and the white around it are to stand on the page, in millimetres from its upper left corner.
        paper: size of the paper.
    """
    count = len(rows)
    side = where.width / (count + 2 * QUIET) * MILLIMETRE
    left = where.left * MILLIMETRE + QUIET * side
    bottom = (PAGE_SIZES[paper][1] - where.bottom) * MILLIMETRE + QUIET * side
    head = f"/W {count} /H {count} /IM true /BPC 1 /D [1 0] /F /AHx"
    place = f"{count * side:.3f} 0 0 {count * side:.3f} {left:.3f} {bottom:.3f}"
    return f"/Artifact BMC q 0 g {place} cm\nBI {head} ID\n{_hexadecimal(rows)}>\nEI Q EMC".encode()


def _hexadecimal(rows: Squares) -> str:
    """A bit for each square, each row filled up to whole bytes."""
    width = -(-len(rows[0]) // 8) * 8
    return "".join([f"{int(row.ljust(width, '0'), 2):0{width // 4}x}" for row in rows])


@lru_cache(maxsize=8192)
def _change(base: str, place: int, letter: str) -> int:
    """The squares, as bits, that another letter at this place changes."""
    return _bits(base) ^ int("".join(_made(base[:place] + letter + base[place + 1 :])), 2)


@lru_cache(maxsize=64)
def _bits(text: str) -> int:
    return int("".join(_made(text)), 2)


@lru_cache(maxsize=64)
def _made(text: str) -> Squares:
    # In bytes whatever the text: a code of digits alone would be another kind.
    mode = "byte" if text.isascii() else None
    code = _segno().make(text, error=CORRECTION, boost_error=False, micro=False, mask=MASK, mode=mode)
    return tuple("".join(map(str, row)) for row in code.matrix)


@cache
def _segno() -> Any:
    try:
        import segno
    except ImportError:
        raise SetupError(MISSING) from None
    return segno
