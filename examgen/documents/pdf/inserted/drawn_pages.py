"""Draws on the last pages of a laid out document, and leaves a gap on each for what is drawn for each student.

`printing` hands this to the skeleton for bubble pages, and fills the gaps.
"""

from dataclasses import dataclass

import pikepdf

from examgen.documents.pdf.stamping import FONT
from examgen.documents.placeholders import gap_name
from examgen.exams.keys.pdf_form import BUBBLES, OWN_CONTENT


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """What is drawn on a page: operators in points from its lower left corner, and the forms that they name.

    What forms draw has millimetres, and may use the font of formulas.
    """

    content: bytes
    forms: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class DrawnPages:
    """The last pages of a document."""

    pages: tuple[DrawnPage, ...]

    def rework(self, pdf: pikepdf.Pdf, font: pikepdf.Object) -> None:
        """Draw them in a document whose formulas have this font."""
        forms: dict[str, pikepdf.Object] = {}
        first = len(pdf.pages) - len(self.pages)
        for place, drawn in enumerate(self.pages):
            page = pdf.pages[first + place].obj
            for name, content in drawn.forms:
                if name not in forms:
                    forms[name] = _form(pdf, content, font)
            if "/XObject" not in page.Resources:
                page.Resources.XObject = pikepdf.Dictionary()
            for name, _ in drawn.forms:
                page.Resources.XObject[name] = forms[name]
            page[BUBBLES] = True
            own, gap = pdf.make_stream(drawn.content), pdf.make_stream(b" ")
            own[OWN_CONTENT] = True
            gap[gap_name(place)] = True
            there = list(page.Contents) if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
            page.Contents = pikepdf.Array([own, gap, *there])


def _form(pdf: pikepdf.Pdf, content: bytes, font: pikepdf.Object) -> pikepdf.Object:
    form = pdf.make_stream(content)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array([-1, -300, 220, 1])
    form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary({FONT.decode(): font}))
    return form
