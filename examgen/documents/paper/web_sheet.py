"""The web sheet of a student: finds or renders the page of the paper's shape, and puts the student into it.

The batch calls `web_sheet` for every student. The page shows none of a paper's numbers, so that students of one shape
differ by who they are and by the code of their paper only.
"""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import escape

from examgen.documents.numbers import PageSlots, Slots, entries
from examgen.documents.pages import PaperPage
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.paper.render import SheetRow, sheet_html
from examgen.documents.placeholders import PERSON, person_mark
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.worked.solved_numbers import given_decimals
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_lines import asked_entry
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape

STUDENT, NAME, VARIANT = range(3)
"""What of a student stands on a page."""

SheetSkeleton = tuple[bytes | int, ...]
"""A page in pieces: bytes that are the same for all students, and which of the above stands between them."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """What fixes a web sheet but for the student.

    Where it `is_anonymous`, the student fills in who they are; where it `is_nameless`, no name stands there.
    """

    exam: Exam
    shapes: tuple[PaperShape, ...]
    style: PaperStyle
    is_anonymous: bool
    is_nameless: bool


def web_sheet(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The file in which one student fills in and saves answers.csv: what `sheet_html` renders, byte for byte."""
    shapes = tuple([paper for paper, _ in papers(exam, variant)])
    layout = SheetLayout(exam, shapes, style, is_anonymous=not variant.student, is_nameless=not variant.name)
    # Escaped as the templates escape text, which serves attributes in quotes too.
    person = {STUDENT: variant.student, NAME: variant.name, VARIANT: variant.code}
    shown = {which: escape(text).encode() for which, text in person.items()}
    return b"".join([shown[piece] if isinstance(piece, int) else piece for piece in _skeleton(layout)])


@lru_cache(maxsize=256)
def _skeleton(layout: SheetLayout) -> SheetSkeleton:
    """Render a page with marks for the student, and cut it at these."""
    html = sheet_html(_page_with_marks(layout), _rows(layout))
    # The marks of a page are every second piece.
    return tuple([int(piece) if at % 2 else piece.encode() for at, piece in enumerate(PERSON.split(html))])


def _page_with_marks(layout: SheetLayout) -> PaperPage:
    # Slots as in print: where a template came to show a number, it would not be another student's.
    slots = PageSlots(texts=0)
    parts = [
        SolvedPaper(paper, entries(paper.graph), given_decimals(paper), Slots(place, slots))
        for place, paper in enumerate(layout.shapes)
    ]
    person = Person(
        student="" if layout.is_anonymous else person_mark(STUDENT),
        name="" if layout.is_nameless else person_mark(NAME),
        variant=person_mark(VARIANT),
    )
    return page_of(layout.exam, person, parts, layout.style, with_solution=False)


def _rows(layout: SheetLayout) -> list[SheetRow]:
    return [asked_entry(paper, field) for paper in layout.shapes for field in paper.fields]
