"""Leaves room in a laid out document for pages that differ from student to student, and numbers the pages.

`feedback_layout` hands this to the skeleton; `inserting` fills the gaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

import pikepdf

from examgen.documents.inserting import GAPS_PER_PAGE
from examgen.documents.mathbox import EmbeddedFont
from examgen.documents.mathbox.formula import decimal
from examgen.documents.mathbox.slot_texts import slot_codes, slot_width
from examgen.documents.placeholders import NOTES, gap_name
from examgen.documents.skeleton import font_object
from examgen.documents.stamping import FONT
from examgen.documents.text_font import BOLD
from examgen.documents.typesetting import math_font

NUMBER_SIZE, NUMBER_UP = 8.0, 2.7
"""Size of the page number, and how far its baseline is below the middle of the margin, in points, as in paper.css."""


@dataclass(frozen=True, slots=True)
class NotePages:
    """So many pages in the place of the marked one, with this bookmark; there may be none."""

    count: int
    title: str
    bold: EmbeddedFont
    bottom_margin: float

    def rework(self, pdf: pikepdf.Pdf, font: pikepdf.Object) -> None:
        """Put the pages with their gaps into a document whose formulas have this font."""
        bookmark = _bookmark(pdf.Root.Outlines.First)
        assert bookmark is not None, f"the page has a bookmark {NOTES}"
        page, _, left, top, *_ = bookmark.Dest
        place = next(number for number, one in enumerate(pdf.pages) if one.obj.objgen == page.objgen)
        _drop_elements(pdf, page)
        if self.count:
            bookmark.Title = self.title
            _insert(pdf, place, self.count, b"q 1 0 0 1 %.3f %.3f cm" % (left, top))
            page.Resources.Font[BOLD.decode()] = font_object(pdf, self.bold)
        else:
            _drop_bookmark(bookmark)
            _drop_parents(pdf, int(page.StructParents))
            del pdf.pages[place]
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
        own = page.obj.Contents
        streams = list(own) if isinstance(own, pikepdf.Array) else [own]
        page.obj.Contents = pikepdf.Array([pdf.make_stream(drawn.encode()), *streams])


def _bookmark(item: pikepdf.Object | None) -> pikepdf.Object | None:
    if item is None or item.Title == NOTES:
        return item
    return _bookmark(item.get("/First")) or _bookmark(item.get("/Next"))


def _drop_bookmark(item: pikepdf.Object) -> None:
    before, after = item.get("/Prev"), item.get("/Next")
    parent: pikepdf.Object | None = item.Parent
    for holder, key, other in ((before, "/Next", after), (after, "/Prev", before)):
        if holder is not None and other is not None:
            holder[key] = other
        elif holder is not None:
            del holder[key]
    if before is None and after is not None:
        item.Parent.First = after
    if after is None and before is not None:
        item.Parent.Last = before
    while parent is not None:
        parent.Count = int(parent.Count) - 1
        parent = parent.get("/Parent")


def _drop_elements(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """Drop what the structure tree has of the empty page."""
    document = _document(pdf)
    document.K = pikepdf.Array([kid for kid in document.K if kid.get("/Pg", document).objgen != page.objgen])


def _drop_parents(pdf: pikepdf.Pdf, key: int) -> None:
    tree = pdf.Root.StructTreeRoot.ParentTree
    _set_parents(tree, {number: array for number, array in _parents(tree).items() if number != key})


def _parents(tree: pikepdf.Object) -> dict[int, pikepdf.Object]:
    numbers = list(tree.Nums)
    return {int(number): array for number, array in zip(numbers[::2], numbers[1::2], strict=True)}


def _set_parents(tree: pikepdf.Object, parents: Mapping[int, pikepdf.Object]) -> None:
    tree.Nums = pikepdf.Array([one for pair in sorted(parents.items(), key=itemgetter(0)) for one in pair])


def _document(pdf: pikepdf.Pdf) -> pikepdf.Object:
    (document,) = pdf.Root.StructTreeRoot.K
    return document


def _insert(pdf: pikepdf.Pdf, place: int, count: int, start: bytes) -> None:
    """Make the empty page so many, each with its gaps."""
    first = pdf.pages[place].obj
    document, tree = _document(pdf), pdf.Root.StructTreeRoot.ParentTree
    margins = first.Contents
    order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    kids = list(document.K)
    at = next((n for n, kid in enumerate(kids) if order[kid.Pg.objgen] > place), len(kids))
    owners = _parents(tree)
    free = max(owners) + 1
    opening, closing = pdf.make_stream(start), pdf.make_stream(b"Q")
    for number in range(count):
        page = first
        if number:
            page = pdf.make_indirect(pikepdf.Dictionary(dict(first.items())))
            page.StructParents = free + number
            pdf.pages.insert(place + number, pikepdf.Page(page))
            page = pdf.pages[place + number].obj
        around, content, parents = (
            pikepdf.Name(gap_name(GAPS_PER_PAGE * number + gap)) for gap in range(GAPS_PER_PAGE)
        )
        drawn = pdf.make_stream(b" ")
        drawn[str(content)] = True
        page.Contents = pikepdf.Array([opening, drawn, closing, margins])
        element = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Div, P=document, Pg=page, K=around)
        kids.insert(at + number, pdf.make_indirect(element))
        owners[int(page.StructParents)] = pdf.make_indirect(pikepdf.Array([parents]))
    document.K = pikepdf.Array(kids)
    _set_parents(tree, owners)
