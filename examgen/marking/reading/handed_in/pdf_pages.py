"""What was put on the pages of a form instead of into its boxes: annotations, text drawn by an editor, a scan.

Called by `filled_pdf` where a form has no answers. Of the pages only their entries are looked at, never what is drawn.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from examgen.exams.keys.pdf_form import OWN_CONTENT
from examgen.marking.reading.handed_in.pdf_objects import array, entry, keys, place
from examgen.tables.csv_tables import printable

if TYPE_CHECKING:
    from pypdf.generic import PdfObject

MAX_NODES = 2_000  # pages, and the groups that they are in
MAX_ANNOTATIONS = 10_000
MAX_RESOURCES = 200  # fonts, pictures and streams of a page

_OWN = frozenset({"/Widget", "/Link", "/Popup"})
"""Annotations that are boxes of the form, or write nothing."""

_OWN_FONT = "+Examgen-"
_SUBSET = "+"
"""Stands in the names of fonts that a paper brings with it; those that editors write with are often named plainly."""

_ADVICE = "open it in a viewer that fills in forms, or type the answers into answers.csv"


@dataclass(frozen=True, slots=True)
class PageSigns:
    """What the pages carry.

    Attributes:
        annotations: how many of each kind, those of the form left out.
        is_drawn_on: whether a page has further streams of drawing, or a font that is not its own.
        is_ours: whether the pages have the fonts of our papers.
        is_scan: whether they have pictures and no text.
    """

    annotations: Counter[str] = field(default_factory=Counter)
    is_drawn_on: bool = False
    is_ours: bool = False
    is_scan: bool = False

    @property
    def warning(self) -> str:
        """What is told of a form without answers; empty where the pages are as they were handed out."""
        if count := self.annotations.total():
            kinds = ", ".join(printable(kind.lstrip("/"), 20) for kind, _ in self.annotations.most_common(3))
            told = f"{count:,} annotation{'s' * (count > 1)} ({kinds})"
        elif self.is_drawn_on:
            told = "text or drawing that was added to them"
        else:
            return ""
        return f"the form is empty, but its pages carry {told}; the answers are in no box; {_ADVICE}"

    @property
    def missing_form(self) -> str:
        """Why a PDF has no form, as the rest of a sentence."""
        if self.is_ours:
            return f"has no form fields any more: it was printed to PDF or flattened; {_ADVICE}"
        if self.is_scan:
            return f"has no form fields: it is a scan or a photo; {_ADVICE}"
        return "has no form fields; hand in the PDF saved as a form, not printed to PDF"


def page_signs(root: "PdfObject | None", check_time: Callable[[], None]) -> PageSigns:
    """Look at all pages; `check_time` is called often, and raises when there is no time left."""
    annotations: Counter[str] = Counter()
    fonts: set[str] = set()
    has_own = has_others = has_pictures = False
    for page, resources in _pages(root, check_time):
        is_own, is_other = _streams(page)
        has_own, has_others = has_own or is_own, has_others or is_other
        for raw in array(entry(page, "/Annots"))[: max(0, MAX_ANNOTATIONS - annotations.total())]:
            check_time()
            annotations[str(entry(raw.get_object(), "/Subtype"))] += 1
        found = entry(resources, "/Font")
        fonts |= {str(entry(entry(found, key), "/BaseFont")) for key in keys(found)[:MAX_RESOURCES]}
        drawn = entry(resources, "/XObject")
        has_pictures |= "/Image" in {str(entry(entry(drawn, key), "/Subtype")) for key in keys(drawn)[:MAX_RESOURCES]}
    for kind in _OWN:
        del annotations[kind]
    return PageSigns(
        annotations,
        # Papers of earlier versions do not tell which streams are theirs.
        (has_own and has_others) or any(_SUBSET not in font for font in fonts),
        any(_OWN_FONT in font for font in fonts),
        has_pictures and not fonts,
    )


def _streams(page: "PdfObject | None") -> tuple[bool, bool]:
    """Whether a page has content that it was handed out with, and other content in streams of its own.

    A single stream tells nothing: it may be what a program has made of several.
    """
    streams = array(entry(page, "/Contents"))[:MAX_RESOURCES]
    are_own = [entry(stream.get_object(), OWN_CONTENT) is not None for stream in streams]
    return any(are_own), len(streams) > 1 and not all(are_own)


def _pages(
    root: "PdfObject | None", check_time: Callable[[], None]
) -> "Iterator[tuple[PdfObject | None, PdfObject | None]]":
    """The pages with their resources, which they may have from the groups around them; each once."""
    stack = [(entry(root, "/Pages"), entry(None, ""))]
    seen: set[tuple[int, int] | None] = set()
    count = 0
    while stack and count < MAX_NODES:
        check_time()
        node, inherited = stack.pop()
        count += 1
        resources = entry(node, "/Resources") or inherited
        kids = array(entry(node, "/Kids"))
        if not kids:
            yield node, resources
        for kid in reversed(kids[:MAX_NODES]):
            if (number := place(kid)) is None or number not in seen:
                seen.add(number)
                stack.append((kid.get_object(), resources))
