"""Pages of given values as PDF, and what can be read in a PDF again; for the tests of documents."""

import re
from io import BytesIO
from typing import Any

import pikepdf
from pypdf import PdfReader

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
    return [SPACES.sub(" ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """The text of all pages."""
    return "\n".join(page_texts(pdf))


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
