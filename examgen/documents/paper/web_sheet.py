"""The web sheet of a student: finds or renders the page of the paper's shape, and puts the student into it.

The batch calls `web_sheet` for every student. Students of one shape differ by the numbers that are given or stand in
options, by who they are and by the code of their paper only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import escape

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.core.turned import plain_of
from examgen.documents.math import number_mathml
from examgen.documents.numbers import FIRST_SLOT, MAX_SLOTS, MINUS, PageSlots, Slots, whole_digits_of
from examgen.documents.pages import PaperPage
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.paper.render import SheetRow, sheet_html
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.placeholders import PERSON, person_mark
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.worked.shown_options import marks_of
from examgen.documents.worked.solved_numbers import givens_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_lines import asked_entry
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape

STUDENT, NAME, VARIANT, NUMBERS = range(4)
"""What of a student stands on a page; from the last on, each distinct number in the two forms of `_number`."""

_SLOT = f"([{chr(FIRST_SLOT)}-{chr(FIRST_SLOT + MAX_SLOTS)}])"
_NUMBER = re.compile(f"<mi>{_SLOT}</mi>|>{_SLOT}</text>")
"""A number in a formula, or in a drawing."""


@dataclass(frozen=True, slots=True, eq=False)
class SheetSkeleton:
    """A page in pieces: bytes that are the same for all students, and which of the above stands between them.

    Attributes:
        pieces: of the page.
        numbers: where the numbers are found.
    """

    pieces: tuple[bytes | int, ...]
    numbers: SlotValues


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """What fixes a web sheet but for the student.

    Where it `is_anonymous`, the student fills in who they are; where it `is_nameless`, no name stands there. `decimals`
    has those of the numbers by question, and `whole_digits` how many digits they have at most before the point, where a
    picture has room for these.
    """

    exam: Exam
    shapes: tuple[PaperShape, ...]
    decimals: tuple[tuple[tuple[str, int], ...], ...]
    whole_digits: tuple[int, ...]
    style: PaperStyle
    is_anonymous: bool
    is_nameless: bool


def web_sheet(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The file in which one student fills in and saves answers.csv: what `sheet_html` renders, byte for byte."""
    shapes = tuple([paper for paper, _ in papers(exam, variant)])
    solved = [givens_for_print(*part) for part in papers(exam, variant)]
    decimals = tuple([tuple(part.decimals.items()) for part in solved])
    digits = tuple([whole_digits_of(one.values) if _is_circuit(one.paper) else 1 for one in solved])
    is_anonymous, is_nameless = not variant.student, not variant.name
    skeleton = _skeleton(SheetLayout(exam, shapes, decimals, digits, style, is_anonymous, is_nameless))
    # Escaped as the templates escape text, which serves attributes in quotes too.
    shown = [escape(text).encode() for text in (variant.student, variant.name, variant.code)]
    if skeleton.numbers.arrays:
        printed = skeleton.numbers.printed([one.values for one in solved])
        mark = style.decimal_mark
        shown += [part for text in printed for part in _number(text, mark)]
    return b"".join([shown[piece] if isinstance(piece, int) else piece for piece in skeleton.pieces])


def _is_circuit(paper: PaperShape) -> bool:
    """Whether its picture may hold numbers."""
    return isinstance(plain_of(paper.shape), CircuitShape)


@lru_cache(maxsize=4096)
def _number(text: str, decimal_mark: DecimalMark) -> tuple[bytes, bytes]:
    """A number in a formula, and in a drawing."""
    drawn = text.replace(".", decimal_mark).replace("-", MINUS)
    return number_mathml(text, decimal_mark).encode(), drawn.encode()


@lru_cache(maxsize=256)
def _skeleton(layout: SheetLayout) -> SheetSkeleton:
    """Render a page with marks for what is the student's, and cut it at these."""
    slots = PageSlots(texts=0)
    html = sheet_html(_page_with_marks(layout, slots), _rows(layout))
    shown = dict.fromkeys(ord(in_formula or drawn) - FIRST_SLOT for in_formula, drawn in _NUMBER.findall(html))
    numbers = SlotValues.of(PageSlots(0, [slots.numbers[slot] for slot in shown]), [one.graph for one in layout.shapes])
    places = dict(zip(shown, numbers.places, strict=True))

    def mark(found: re.Match[str]) -> str:
        in_formula, drawn = found.groups()
        place = places[ord(in_formula or drawn) - FIRST_SLOT]
        return person_mark(NUMBERS + 2 * place) if in_formula else f">{person_mark(NUMBERS + 2 * place + 1)}</text>"

    html = _NUMBER.sub(mark, html)
    # The marks of a page are every second piece.
    pieces = [int(piece) if at % 2 else piece.encode() for at, piece in enumerate(PERSON.split(html))]
    return SheetSkeleton(tuple(pieces), numbers)


def _page_with_marks(layout: SheetLayout, slots: PageSlots) -> PaperPage:
    # Slots as in print: where a template came to show a number, it would not be another student's.
    parts = [
        SolvedPaper(paper, marks_of(paper), dict(decimals), Slots(place, slots), digits)
        for place, (paper, decimals, digits) in enumerate(
            zip(layout.shapes, layout.decimals, layout.whole_digits, strict=True)
        )
    ]
    person = Person(
        student="" if layout.is_anonymous else person_mark(STUDENT),
        name="" if layout.is_nameless else person_mark(NAME),
        variant=person_mark(VARIANT),
    )
    return page_of(layout.exam, person, parts, layout.style, with_solution=False)


def _rows(layout: SheetLayout) -> list[SheetRow]:
    return [asked_entry(paper, field) for paper in layout.shapes for field in paper.fields]
