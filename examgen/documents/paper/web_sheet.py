"""The web sheet of a student: finds or renders the page of the paper's shape, and puts the student into it.

The batch calls `web_sheet` for every student. The page shows none of a paper's numbers but those in options of choices,
so that students of one shape differ by these, by who they are and by the code of their paper only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import escape

from examgen.documents.math import to_mathml
from examgen.documents.numbers import FIRST_SLOT, MAX_SLOTS, PageSlots, Slots
from examgen.documents.pages import PaperPage
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.paper.render import SheetRow, sheet_html
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.placeholders import PERSON, person_mark
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.worked.shown_options import marks_of
from examgen.documents.worked.solved_numbers import given_decimals, givens_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_lines import asked_entry
from examgen.exams.keys.solved_papers import papers
from examgen.exams.option_numbers import option_numbers
from examgen.exams.paper_shapes import PaperShape

STUDENT, NAME, VARIANT, NUMBERS = range(4)
"""What of a student stands on a page; from the last on, one distinct number in options after the other."""

_NUMBER = re.compile(f"<math><mi>([{chr(FIRST_SLOT)}-{chr(FIRST_SLOT + MAX_SLOTS)}])</mi></math>")


@dataclass(frozen=True, slots=True, eq=False)
class SheetSkeleton:
    """A page in pieces: bytes that are the same for all students, and which of the above stands between them.

    Attributes:
        pieces: of the page.
        numbers: where the numbers in options are found.
    """

    pieces: tuple[bytes | int, ...]
    numbers: SlotValues


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """What fixes a web sheet but for the student.

    Where it `is_anonymous`, the student fills in who they are; where it `is_nameless`, no name stands there. `decimals`
    has those of the numbers in options, by question.
    """

    exam: Exam
    shapes: tuple[PaperShape, ...]
    decimals: tuple[tuple[tuple[str, int], ...], ...]
    style: PaperStyle
    is_anonymous: bool
    is_nameless: bool


def web_sheet(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The file in which one student fills in and saves answers.csv: what `sheet_html` renders, byte for byte."""
    shapes = tuple([paper for paper, _ in papers(exam, variant)])
    solved = [givens_for_print(*part) if option_numbers(part[0]) else None for part in papers(exam, variant)]
    decimals = tuple(() if part is None else tuple(part.decimals.items()) for part in solved)
    layout = SheetLayout(exam, shapes, decimals, style, is_anonymous=not variant.student, is_nameless=not variant.name)
    skeleton = _skeleton(layout)
    # Escaped as the templates escape text, which serves attributes in quotes too.
    shown = [escape(text).encode() for text in (variant.student, variant.name, variant.code)]
    if skeleton.numbers.arrays:
        values = [{} if part is None else part.values for part in solved]
        shown += [_number(text, style).encode() for text in skeleton.numbers.printed(values)]
    return b"".join([shown[piece] if isinstance(piece, int) else piece for piece in skeleton.pieces])


def _number(text: str, style: PaperStyle) -> str:
    return to_mathml(text.replace(".", "." if style.decimal_mark == "." else "{,}"))


@lru_cache(maxsize=256)
def _skeleton(layout: SheetLayout) -> SheetSkeleton:
    """Render a page with marks for what is the student's, and cut it at these."""
    slots = PageSlots(texts=0)
    html = sheet_html(_page_with_marks(layout, slots), _rows(layout))
    shown = [ord(slot) - FIRST_SLOT for slot in dict.fromkeys(_NUMBER.findall(html))]
    numbers = SlotValues.of(PageSlots(0, [slots.numbers[slot] for slot in shown]), [one.graph for one in layout.shapes])
    marks = {slot: person_mark(NUMBERS + place) for slot, place in zip(shown, numbers.places, strict=True)}
    html = _NUMBER.sub(lambda match: marks[ord(match[1]) - FIRST_SLOT], html)
    # The marks of a page are every second piece.
    pieces = [int(piece) if at % 2 else piece.encode() for at, piece in enumerate(PERSON.split(html))]
    return SheetSkeleton(tuple(pieces), numbers)


def _page_with_marks(layout: SheetLayout, slots: PageSlots) -> PaperPage:
    # Slots as in print: where a template came to show a number, it would not be another student's.
    parts = [
        SolvedPaper(paper, marks_of(paper), given_decimals(paper) | dict(decimals), Slots(place, slots))
        for place, (paper, decimals) in enumerate(zip(layout.shapes, layout.decimals, strict=True))
    ]
    person = Person(
        student="" if layout.is_anonymous else person_mark(STUDENT),
        name="" if layout.is_nameless else person_mark(NAME),
        variant=person_mark(VARIANT),
    )
    return page_of(layout.exam, person, parts, layout.style, with_solution=False)


def _rows(layout: SheetLayout) -> list[SheetRow]:
    return [asked_entry(paper, field) for paper in layout.shapes for field in paper.fields]
