"""Papers as PDF: finds or makes the skeleton of a paper's shape, and stamps a student's numbers and name into it.

The batch calls `print_questions`, `print_key` and `print_filled`; one code path serves one paper and a million.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from examgen.core.graph import Values
from examgen.documents.numbers import FIRST_SLOT, MINUS, PageSlots, Slots, whole_digits_of, widest_number
from examgen.documents.pages import PaperPage
from examgen.documents.paper.box_answers import answers_in_boxes
from examgen.documents.paper.bubbled.bubble_sheets import BubbleSheet, bubble_sheets
from examgen.documents.paper.bubbled.page_drawings import code_objects, drawing_on
from examgen.documents.paper.papers import Person, page_of
from examgen.documents.pdf.filled_paper import boxes_of, filled
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.pdf.stamping import PaperSkeleton, stamp
from examgen.documents.pdf.stored import store
from examgen.documents.shared_slots import sharing
from examgen.documents.style import STANDARD, PaperStyle
from examgen.documents.typesetting import HYPHEN, Image, Typesetter, fits_slots, fitted, widest_text
from examgen.documents.worked.shown_options import marks_of
from examgen.documents.worked.solved_numbers import givens_for_print, solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.pdf_form import EXAM, STUDENT, VARIANT
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.typeset import SlotTooNarrow, spoken_number

if TYPE_CHECKING:
    from examgen.documents.pdf.html_pdf import SetPages

PERSON_WIDTHS = (105.0, 224.0, 90.0)
"""Room for student id, name and variant code in points; a code of eight Ws fits."""

EXAM_SLOT = len(PERSON_WIDTHS)
"""The slot of the exam's id, which only hidden fields show: it changes with the seed, and no layout may."""

NEARLY_EMPTY = 0.33
"""A question paper whose last page is filled less than so far is set closer, if that saves the page."""

MOST_LAYOUTS = 4
"""So many wider layouts are tried for numbers that are wider than the values of the paper say."""


@dataclass(frozen=True, slots=True)
class QuestionLayout:
    """What fixes how one question is set but for its numbers: its shape, the digits that its numbers may have before
    the point, and the decimals of each quantity."""

    paper: PaperShape
    whole_digits: int
    decimals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What fixes a document but for numbers and names.

    Where it `is_anonymous`, the student fills in who they are; `is_nameless` leaves the name to be written.
    `fixed_person` is None where name, id and code are slots, as nearly always; a name that the shipped font cannot
    write has a layout of its own, in which the machine's other fonts serve.
    """

    exam: Exam
    questions: tuple[QuestionLayout, ...]
    with_solution: bool
    style: PaperStyle
    is_anonymous: bool
    is_nameless: bool
    fixed_person: Person | None = None


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A document.

    Attributes:
        pdf: its file.
        missing: the characters in it that no font of this machine can show: boxes stand in their place.
        skeleton: what it was stamped from.
    """

    pdf: bytes
    missing: str
    skeleton: PaperSkeleton | None = None


def questions_pdf(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The paper that is handed out to one student, as a PDF file."""
    return print_questions(exam, variant, style).pdf


def key_pdf(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> bytes:
    """The worked solution of one student's paper, as a PDF file."""
    return print_key(exam, variant, style).pdf


def print_questions(exam: Exam, variant: Variant, style: PaperStyle = STANDARD) -> PrintedPaper:
    """The paper that is handed out to one student."""
    # The paper is the same whatever its key says, and laid out once.
    style = replace(style, key_detail=STANDARD.key_detail)
    solved = [givens_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]
    return _printed(exam, variant, solved, style, with_solution=False)


def print_key(
    exam: Exam, variant: Variant, style: PaperStyle = STANDARD, solved: Sequence[SolvedPaper] = ()
) -> PrintedPaper:
    """The worked solution of one student's paper; with its solved questions, where they are there already."""
    style = replace(style, scan=False)
    return _printed(exam, variant, solved or solved_questions(exam, variant), style, with_solution=True)


def print_filled(questions: PrintedPaper, solved: Sequence[SolvedPaper], style: PaperStyle = STANDARD) -> bytes:
    """A student's paper as it was printed, with the right answers in its boxes.

    Args:
        questions: the paper.
        solved: its questions.
        style: of the paper.
    """
    assert questions.skeleton is not None, "the paper was not stamped"
    return filled(questions.pdf, boxes_of(questions.skeleton), answers_in_boxes(solved, style))


def solved_questions(exam: Exam, variant: Variant) -> list[SolvedPaper]:
    """Each question of one student's paper with all its values."""
    return [solve_for_print(paper, numbers) for paper, numbers in papers(exam, variant)]


def _printed(
    exam: Exam, variant: Variant, solved: Sequence[SolvedPaper], style: PaperStyle, *, with_solution: bool
) -> PrintedPaper:
    person = Person(variant.student, variant.name, variant.code)
    questions = tuple(
        QuestionLayout(part.paper, whole_digits_of(part.values), tuple(sorted(part.decimals.items())))
        for part in solved
    )
    layout = PageLayout(
        exam,
        questions,
        with_solution,
        style,
        is_anonymous=not variant.student,
        is_nameless=not variant.name,
        fixed_person=None if all(map(fits_slots, astuple(person))) else person.as_text,
    )
    for _ in range(MOST_LAYOUTS):
        try:
            return _stamped(layout, person, solved)
        except SlotTooNarrow:
            # A product on the way can have a digit more than any value of the paper.
            wider = tuple(replace(part, whole_digits=part.whole_digits + 1) for part in layout.questions)
            layout = replace(layout, questions=wider)
    return _stamped(layout, person, solved)


def _stamped(layout: PageLayout, person: Person, solved: Sequence[SolvedPaper]) -> PrintedPaper:
    skeleton, numbers = _skeleton(layout)
    spoken = [person.student, person.name, person.variant]
    unseen = [layout.exam.id]
    is_fixed = layout.fixed_person is not None
    rooms = [len(widest_text(width)) for width in PERSON_WIDTHS]
    shown = [text.replace("-", HYPHEN) for text in spoken]
    texts = ["" if is_fixed else fitted(text, room) for text, room in zip(shown, rooms, strict=True)]
    drawn, said = printed_numbers(numbers, [part.values for part in solved], layout.style)
    said = [*spoken, *unseen, *said]
    is_form = not layout.with_solution
    codes = code_objects(skeleton.gaps, layout.exam.id, person.variant, person.student, layout.style)
    stamped = stamp(skeleton, [*texts, *[""] * len(unseen), *drawn], said, codes, is_form=is_form)
    return PrintedPaper(stamped, skeleton.missing, skeleton)


def printed_numbers(numbers: SlotValues, values: Sequence[Values], style: PaperStyle) -> tuple[list[str], list[str]]:
    """Each distinct number of a document, of these values by question, as drawn and as read aloud."""
    drawn, spoken = [], []
    mark, speech = style.decimal_mark, style.speech
    for text, has_brackets in zip(numbers.printed(values), numbers.has_brackets, strict=True):
        text = text.replace(".", mark).replace("-", MINUS)
        said = spoken_number(text, speech)
        is_bracketed = has_brackets and text[0] == MINUS
        spoken.append(f"({said})" if is_bracketed else said)
        drawn.append(f"({text})" if is_bracketed else text)
    return drawn, spoken


@lru_cache(maxsize=256)
def _skeleton(layout: PageLayout) -> tuple[PaperSkeleton, SlotValues]:
    """Lay out a document with slots for all that differs from student to student, and tell which numbers they show."""
    page, slots = _page_with_slots(layout)
    numbers = SlotValues.of(slots, [question.paper.graph for question in layout.questions])
    mark = layout.style.decimal_mark
    widest = dict(enumerate([*(widest_text(width) for width in PERSON_WIDTHS), ""]))
    for place, (question, slot) in enumerate(slots.numbers, start=slots.texts):
        widest[place] = widest_number(slot, layout.questions[question].whole_digits).replace(".", mark)
    texts = (*range(slots.texts), *[slots.texts + place for place in numbers.places])
    hidden = {} if layout.with_solution else {EXAM: page.exam, VARIANT: page.variant}
    if page.student and hidden:
        hidden[STUDENT] = page.student
    sheets = _sheets(layout)
    described = f"{page!r} {widest!r} {hidden!r} {texts!r}" + (f" {sheets!r}" if sheets else "")
    # A name is not left behind on the disk, and its layout serves nobody else.
    if layout.fixed_person is not None:
        return _laid_out(page, sheets, widest, texts, hidden), numbers
    skeleton = store.kept(
        described, 1 + max(texts), lambda: _laid_out(page, sheets, widest, texts, hidden), len(sheets)
    )
    return skeleton, numbers


def _sheets(layout: PageLayout) -> tuple[BubbleSheet, ...]:
    papers = [question.paper for question in layout.questions]
    return bubble_sheets(papers, layout.style) if layout.style.scan else ()


def _page_with_slots(layout: PageLayout) -> tuple[PaperPage, PageSlots]:
    slots = PageSlots(texts=EXAM_SLOT + 1)
    parts = [
        SolvedPaper(
            question.paper,
            marks_of(question.paper),
            dict(question.decimals),
            Slots(place, slots),
            question.whole_digits,
        )
        for place, question in enumerate(layout.questions)
    ]
    person = layout.fixed_person or Person(*(chr(FIRST_SLOT + place) for place in range(EXAM_SLOT)))
    if layout.is_anonymous:
        person = replace(person, student="")
    if layout.is_nameless:
        person = replace(person, name="")
    page = page_of(layout.exam, person, parts, layout.style, with_solution=layout.with_solution)
    # A template of a theme may show the id, and then it is no slot.
    has_own_templates = layout.style.theme is not None and bool(layout.style.theme.templates)
    return page if has_own_templates else replace(page, exam=chr(FIRST_SLOT + EXAM_SLOT)), slots


def _laid_out(
    page: PaperPage,
    sheets: Sequence[BubbleSheet],
    widest: Mapping[int, str],
    texts: Sequence[int],
    hidden: Mapping[str, str],
) -> PaperSkeleton:
    # Imported where it is needed: WeasyPrint takes longer to load than a stored skeleton to stamp.
    from examgen.documents.paper.render import paper_html
    from examgen.documents.pdf.skeleton import laid_out, skeleton_from

    def set_as(page: PaperPage) -> "tuple[SetPages, Sequence[Image]]":
        typesetter = Typesetter(widest, page.style.speech)
        html = paper_html(page, typesetter, sheets, with_solution=not hidden)
        return laid_out(html, typesetter.images, page.style.theme), typesetter.images

    pages, images = set_as(page)
    if hidden and pages.page_count - len(sheets) > 1 and pages.filled < NEARLY_EMPTY:
        closer, of_closer = set_as(replace(page, is_dense=True))
        if closer.page_count < pages.page_count:
            pages, images = closer, of_closer
    # The slots of hidden fields are those of texts.
    rework = drawing_on(sheets, page.style) if sheets else None
    return skeleton_from(pages, sharing(images, texts), hidden, rework)
