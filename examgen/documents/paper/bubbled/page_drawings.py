"""What `printing` puts onto bubble pages beside their words: what all students have, and the codes of one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from examgen.documents.paper.bubbled.bubble_sheets import BubbleSheet, code_place
from examgen.documents.pdf.pdf_parts import stream
from examgen.documents.pdf.stamping import Gap
from examgen.documents.style import PaperStyle
from examgen.exams.bubbles.page_codes import page_code
from examgen.exams.keys.pdf_form import OWN_CONTENT

if TYPE_CHECKING:
    from examgen.documents.pdf.skeleton import Rework

_OWN = b"%b true " % OWN_CONTENT.encode()


def drawing_on(sheets: Sequence[BubbleSheet], style: PaperStyle) -> "Rework":
    """What draws these pages in a document that was laid out, and leaves a gap on each for its code."""
    # Imported where it is needed: who stamps a stored layout draws no circles.
    from examgen.documents.paper.bubbled.bubble_drawing import drawn_sheets
    from examgen.documents.pdf.inserted.drawn_pages import DrawnPages

    return DrawnPages(drawn_sheets(sheets, style.paper, style.decimal_mark)).rework


def code_objects(gaps: Sequence[Gap], exam: str, variant: str, student: str, style: PaperStyle) -> dict[int, bytes]:
    """The codes of a student's pages, which fill the gaps of these, by number.

    Raises: SetupError: segno is not installed.
    """
    from examgen.documents.paper.bubbled.page_squares import drawn_code, squares

    found = {}
    for number, gap in enumerate(gaps, start=1):
        code = squares(page_code(exam, variant, number, student))
        found[gap.number] = stream(_OWN, drawn_code(code, code_place(style), style.paper))
    return found
