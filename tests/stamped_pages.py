"""Pages of given values as PDF, and what can be read in a PDF again; for the tests of documents."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader, _page
from pypdf.generic import IndirectObject

from examgen.documents.pages import PaperPage
from examgen.documents.paper.render import paper_html
from examgen.documents.pdf.skeleton import make_skeleton
from examgen.documents.pdf.stamping import stamp
from examgen.documents.typesetting import Typesetter

SPACES = re.compile(r"\s+")


def html_of(page: PaperPage, *, with_solution: bool = False) -> str:
    """A page without slots as the HTML that is laid out."""
    return paper_html(page, Typesetter({}), with_solution=with_solution)


def pdf_of(page: PaperPage, *, with_solution: bool = False) -> bytes:
    """A page without slots, its numbers typed in, as PDF."""
    typesetter = Typesetter({})
    return stamp(make_skeleton(paper_html(page, typesetter, with_solution=with_solution), typesetter), [], [])


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page as it can be copied, with single spaces."""
    return [SPACES.sub(" ", text) for text in copied_texts(BytesIO(pdf))]


def copied_texts(pdf: Path | BytesIO) -> list[str]:
    """The text of each page as it can be copied."""
    with _fonts_read_once():
        return [page.extract_text() for page in PdfReader(pdf).pages]


@contextmanager
def _fonts_read_once() -> Iterator[None]:
    """Else pypdf reads a font anew for each formula that is set in it, which takes four fifths of its time."""
    read: Any = getattr(getattr(_page, "Font", None), "from_font_resource", None)
    known: dict[int, tuple[object, object]] = {}

    def read_once(resource: object) -> object:
        # The resource is kept beside its font: no other one can have its id in the meantime.
        if id(resource) not in known:
            known[id(resource)] = resource, read(resource)
        return known[id(resource)][1]

    with pytest.MonkeyPatch.context() as patch:
        # It is not public: another version may do without.
        if read is not None:
            patch.setattr("pypdf._page.Font.from_font_resource", read_once)
        yield


def text_of(pdf: bytes) -> str:
    """The text of all pages."""
    return "\n".join(page_texts(pdf))


def assert_sound(pdf: bytes) -> None:
    """Two programs find every object where the tables say, with nothing to repair."""
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as document:
        assert document.check_pdf_syntax() == []
        numbers = [item.objgen[0] for item in document.objects if isinstance(item, pikepdf.Object)]
    reader = PdfReader(BytesIO(pdf), strict=True)
    for number in numbers:
        assert reader.get_object(IndirectObject(number, 0, reader)) is not None, number


def alternative_texts(pdf: bytes) -> list[str]:
    """Those of all figures in the order of the page, as a screen reader says them."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return list(_alts(document.Root.StructTreeRoot))


def _alts(element: pikepdf.Object) -> list[str]:
    own = [str(element["/Alt"])] if "/Alt" in element else []
    kids: Any = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            own += _alts(kid)
    return own
