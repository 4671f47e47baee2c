"""Leaves room in a laid out document for pages that differ from student to student, and numbers the pages.

`feedback_layout` hands this to the skeleton; `inserting` fills the gaps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import pikepdf

from examgen.documents.pdf.font_objects import font_object
from examgen.documents.pdf.inserted.inserting import GAPS_PER_PAGE
from examgen.documents.pdf.inserted.text_font import BOLD
from examgen.documents.pdf.stamping import FONT
from examgen.documents.placeholders import NOTES, gap_name
from examgen.documents.typesetting import math_font
from examgen.typeset import EmbeddedFont
from examgen.typeset.drawn.formula import decimal
from examgen.typeset.drawn.slot_texts import slot_codes, slot_width

NUMBER_SIZE, NUMBER_UP = 8.0, 2.7
"""Size of the page number, and how far its baseline is below the middle of the margin, in points, as in paper.css."""


@dataclass(frozen=True, slots=True)
class NotePages:
    """What is put in from the mark on, on so many pages, the others of which are behind it, with this bookmark.

    Where it `has_further` ones, one is laid out, and empty.
    """

    count: int
    has_further: bool
    title: str
    bold: EmbeddedFont
    bottom_margin: float

    def rework(self, pdf: pikepdf.Pdf, font: pikepdf.Object) -> None:
        """Put the gaps into a document whose formulas have this font, behind its head and on further pages."""
        if self.count:
            bookmark = _bookmark(pdf.Root.Outlines.First)
            assert bookmark is not None, f"the page has a bookmark {NOTES}"
            page, left, top = (bookmark.Dest[place] for place in (0, 2, 3))
            bookmark.Title = self.title
            place = next(number for number, one in enumerate(pdf.pages) if one.obj.objgen == page.objgen)
            if self.has_further:
                _drop_elements(pdf, pdf.pages[place + 1].obj)
                if self.count == 1:
                    _drop_page(pdf, place + 1)
                else:
                    _repeat(pdf, place + 1, self.count - 2)
            tops = [float(top), *[float(page.MediaBox[3]) - self.bottom_margin] * (self.count - 1)]
            _open(pdf, place, [b"q 1 0 0 1 %.3f %.3f cm" % (float(left), one) for one in tops])
            for one in range(place, place + self.count):
                pdf.pages[one].Resources.Font[BOLD.decode()] = font_object(pdf, self.bold)
        number_pages(pdf, font, self.bottom_margin)


def number_pages(pdf: pikepdf.Pdf, font: pikepdf.Object, bottom_margin: float) -> None:
    """Write "1 / 9" and so on below the pages."""
    shown, up = math_font(), bottom_margin / 2 - NUMBER_UP
    unit = NUMBER_SIZE / shown.units_per_em
    for number, page in enumerate(pdf.pages, start=1):
        text = f"{number} / {len(pdf.pages)}"
        page.Resources.Font[FONT.decode()] = font
        left = (float(page.MediaBox[2]) - slot_width(shown, text, 0) * unit) / 2
        place = f"{decimal(round(1000 * left))} {decimal(round(1000 * up))} Td"
        drawn = f"/Artifact BMC BT {FONT.decode()} {decimal(round(1000 * NUMBER_SIZE))} Tf {place} "
        drawn += f"<{slot_codes(shown, text, 0)}>Tj ET EMC"
        page.obj.Contents = pikepdf.Array([pdf.make_stream(drawn.encode()), *_streams(page.obj)])


def _bookmark(item: pikepdf.Object | None) -> pikepdf.Object | None:
    if item is None or item.Title == NOTES:
        return item
    return _bookmark(item.get("/First")) or _bookmark(item.get("/Next"))


def _drop_elements(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Drop what the structure tree has of the empty page."""
    document = _document(pdf)
    document.K = pikepdf.Array([kid for kid in document.K if kid.get("/Pg", document).objgen != page.objgen])


def _drop_page(pdf: pikepdf.Pdf, place: int) -> None:
    """Take an empty page away."""
    tree = pdf.Root.StructTreeRoot.ParentTree
    parents = _parents(tree)
    del parents[int(pdf.pages[place].obj.StructParents)]
    _set_parents(tree, parents)
    del pdf.pages[place]


def _parents(tree: pikepdf.Object) -> dict[int, pikepdf.Object]:
    numbers = list(tree.Nums)
    return {int(number): array for number, array in zip(numbers[::2], numbers[1::2], strict=True)}


def _set_parents(tree: pikepdf.Object, parents: Mapping[int, pikepdf.Object]) -> None:
    tree.Nums = pikepdf.Array([one for pair in sorted(parents.items(), key=itemgetter(0)) for one in pair])


def _document(pdf: pikepdf.Pdf) -> pikepdf.Object:
    (document,) = pdf.Root.StructTreeRoot.K
    return document


def _repeat(pdf: pikepdf.Pdf, place: int, more: int) -> None:
    """So many more pages like an empty one."""
    free = max(_parents(pdf.Root.StructTreeRoot.ParentTree)) + 1
    for number in range(more):
        page = pdf.make_indirect(pikepdf.Dictionary(dict(pdf.pages[place].obj.items())))
        page.StructParents = free + number
        pdf.pages.insert(place + 1 + number, pikepdf.Page(page))


def _open(pdf: pikepdf.Pdf, place: int, starts: Sequence[bytes]) -> None:
    """Leave gaps on pages from this one on, behind what is on them."""
    document, tree = _document(pdf), pdf.Root.StructTreeRoot.ParentTree
    order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    kids = list(document.K)
    # The head is before the first heading of its level.
    behind = (n for n, kid in enumerate(kids) if (order[kid.Pg.objgen], kid.S == pikepdf.Name.H2) > (place, False))
    at = next(behind, len(kids))
    owners = _parents(tree)
    closing = pdf.make_stream(b"Q")
    for number, start in enumerate(starts):
        page = pdf.pages[place + number].obj
        around, content, parents = (
            pikepdf.Name(gap_name(GAPS_PER_PAGE * number + gap)) for gap in range(GAPS_PER_PAGE)
        )
        drawn = pdf.make_stream(b" ")
        drawn[str(content)] = True
        page.Contents = pikepdf.Array([pdf.make_stream(start), drawn, closing, *_streams(page)])
        element = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Div, P=document, Pg=page, K=around)
        kids.insert(at + number, pdf.make_indirect(element))
        # Those of an empty page are of no element any more.
        known = list(owners[int(page.StructParents)]) if number == 0 else []
        owners[int(page.StructParents)] = pdf.make_indirect(pikepdf.Array([*known, parents]))
    document.K = pikepdf.Array(kids)
    _set_parents(tree, owners)


def _streams(page: pikepdf.Object) -> list[pikepdf.Object]:
    return list(page.Contents) if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
