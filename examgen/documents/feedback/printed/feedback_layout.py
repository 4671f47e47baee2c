"""Layouts of printed feedback: one for all students whose pages have the same rows.

Everything else is a slot of fixed width, so that no text of a student moves anything, or stands on pages of notes,
which `note_pages` leaves room for; `feedback_printing` fills both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from examgen.documents.feedback.feedback_notes import NoteParts, Other, calculated
from examgen.documents.feedback.feedback_pages import FeedbackPage, feedback_page
from examgen.documents.feedback.feedback_texts import FeedbackTexts, NoteTexts, RowTexts
from examgen.documents.feedback.mistaken_steps import Step, step_samples
from examgen.documents.feedback.printed.note_setting import DecimalSlots, calculation_of
from examgen.documents.feedback.printed.row_widths import (
    BOTTOM_MARGIN,
    HEAD,
    ROW,
    ROW_SIZE,
    SMALL_ROW,
    SMALL_SIZE,
    WIDE_ROW,
    digits_in,
)
from examgen.documents.feedback.unread import UnreadAnswers
from examgen.documents.numbers import FIRST_SLOT, PageSlots, Slots, entries, is_slot, widest_number
from examgen.documents.paper.papers import Person
from examgen.documents.paper.printing import PERSON_WIDTHS, QuestionLayout
from examgen.documents.pdf.inserted.inserting import GAPS_PER_PAGE
from examgen.documents.pdf.slot_values import SlotValues
from examgen.documents.pdf.stamping import PaperSkeleton
from examgen.documents.pdf.stored import store
from examgen.documents.placeholders import NOTES
from examgen.documents.shared_slots import sharing
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import SIZE, Image, Typesetter
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam
from examgen.exams.fields import Field
from examgen.exams.wording.texts import FORMULA

if TYPE_CHECKING:
    from examgen.documents.pdf.html_pdf import SetPages
    from examgen.documents.pdf.skeleton import Rework

COLUMNS = ("symbol", "answer", "own", "reference", "marks", "result")
"""The keys of the headings of a table."""

NOTES_ROOM = 'class="notes'
"""In the HTML, what leaves room for what went wrong; further classes may stand behind it."""


@dataclass(frozen=True, slots=True)
class NoteLayout:
    """What fixes an explanation but for its numbers: `place` is that of the question, and `whole_digits` are those that
    the numbers of its calculation may have, 0 where it has none. `steps` and `said` have the student's own."""

    names: tuple[str, ...]
    place: int
    field: Field
    whole_digits: int
    steps: tuple[Step | None, ...]
    others: tuple[Other, ...]
    said: NoteTexts


@dataclass(frozen=True, slots=True)
class FeedbackLayout:
    """What fixes a feedback page but for numbers, names and sentences.

    `fixed_person` and `fixed_sentences` are None where slots can show them. What went wrong is then on so many
    `note_pages`, which are written for each student, and behind it are the rows of all entries, on the same page if it
    `is_short`. Else the layout has
    the explanations in `notes`, in `held` why marks are held back, and `fixed_right` says of which rows nothing went
    wrong.
    """

    exam: Exam
    questions: tuple[QuestionLayout, ...]
    notes: tuple[NoteLayout, ...]
    style: PaperStyle
    is_nameless: bool
    is_anonymous: bool
    has_grade: bool
    fixed_person: Person | None
    fixed_sentences: tuple[str, ...] | None
    fixed_right: tuple[bool, ...] = ()
    note_pages: int = 0
    is_short: bool = False
    held: tuple[UnreadAnswers, ...] = ()


@lru_cache(maxsize=256)
def skeleton_of(layout: FeedbackLayout) -> tuple[PaperSkeleton, SlotValues]:
    """The laid-out page, and which numbers its slots show behind the texts: those of the questions, then the student's
    own for each note of the layout with a calculation."""
    slotted = _open_page(replace(layout, note_pages=0, is_short=False))
    described = f"feedback {slotted.page!r} {slotted.widest!r} {slotted.texts!r} {layout.note_pages} {layout.is_short}"
    # What is about one student only is not left behind on the disk.
    if layout.fixed_person is not None or layout.fixed_sentences is not None:
        return _skeleton(layout), slotted.numbers
    gaps = GAPS_PER_PAGE * layout.note_pages
    return store.kept(described, 1 + max(slotted.texts), lambda: _skeleton(layout), gaps), slotted.numbers


@dataclass(frozen=True, slots=True)
class _OpenPage:
    """A page with slots: the widest text of each, which text each shows, and where the numbers are found."""

    page: FeedbackPage
    widest: dict[int, str]
    texts: tuple[int, ...]
    numbers: SlotValues


@lru_cache(maxsize=16)
def _open_page(layout: FeedbackLayout) -> _OpenPage:
    page, slots = _page_with_slots(layout)
    calculations = [note for note in layout.notes if note.whole_digits]
    own = [replace(layout.questions[note.place], whole_digits=note.whole_digits) for note in calculations]
    questions = [*layout.questions, *own]
    numbers = SlotValues.of(slots, [question.paper.graph for question in questions])
    rooms = [*((width, SIZE) for width in PERSON_WIDTHS), *text_widths(layout)]
    widest = {place: "0" * digits_in(width, size) for place, (width, size) in enumerate(rooms)}
    for place, (question, slot) in enumerate(slots.numbers, start=slots.texts):
        text = widest_number(slot, questions[question].whole_digits)
        widest[place] = text.replace(".", layout.style.decimal_mark)
    texts = (*range(slots.texts), *[slots.texts + place for place in numbers.places])
    return _OpenPage(page, widest, texts, numbers)


def _page_with_slots(layout: FeedbackLayout) -> tuple[FeedbackPage, PageSlots]:
    count = len(PERSON_WIDTHS) + len(text_widths(layout))
    slots = PageSlots(texts=count)
    marks = [chr(FIRST_SLOT + place) for place in range(count)]
    parts = [_slotted(question, place, slots) for place, question in enumerate(layout.questions)]
    notes: list[NoteParts] = []
    for note in layout.notes:
        question = layout.questions[note.place]
        place = len(parts) + sum(one.own is not None for one in notes)
        own = _slotted(question, place, slots, is_exact=False) if note.whole_digits else None
        notes.append(NoteParts(note.names, question.paper, note.field, own, note.steps, note.others))
    person = layout.fixed_person or Person(*marks[: len(PERSON_WIDTHS)])
    person = replace(
        person,
        student="" if layout.is_anonymous else person.student,
        name="" if layout.is_nameless else person.name,
    )
    texts = _slot_texts(layout, marks[len(PERSON_WIDTHS) :])
    page = feedback_page(layout.exam, person, parts, notes, texts, layout.style, layout.held, with_solution=False)
    return page, slots


def _slotted(question: QuestionLayout, place: int, slots: PageSlots, *, is_exact: bool = True) -> SolvedPaper:
    numbers = Slots(place, slots)
    decimals = dict(question.decimals)
    marks = entries(question.paper.graph)
    return SolvedPaper(question.paper, marks, decimals, numbers if is_exact else DecimalSlots(numbers))


def _slot_texts(layout: FeedbackLayout, marks: Sequence[str]) -> FeedbackTexts:
    """Slots in place of texts; sentences that slots cannot show as they are."""
    total, grade, summary, first, *rest = marks
    slots = iter(rest)
    rows = []
    for is_wide in _are_wide(layout):
        answer, own, reference, given, line = islice(slots, len(ROW))
        more = next(slots) if is_wide else ""
        rows.append(RowTexts(answer, own, reference, given, "", line, "", "correct", is_wide=is_wide, more=more))
    if layout.fixed_sentences is not None:
        summary, first, *lines = layout.fixed_sentences
        outcomes = ["correct" if is_right else "wrong" for is_right in layout.fixed_right]
        fixed = zip(rows, lines, outcomes, strict=True)
        rows = [replace(row, word=line, more="", outcome=outcome) for row, line, outcome in fixed]
    notes = tuple(note.said for note in layout.notes)
    return FeedbackTexts(total, grade if layout.has_grade else "", summary, first, tuple(rows), notes)


def _skeleton(layout: FeedbackLayout) -> PaperSkeleton:
    # Imported where it is needed: WeasyPrint takes longer to load than a stored skeleton to stamp.
    from examgen.documents.pdf.skeleton import skeleton_from

    # Any number of further pages shares the layout.
    pages, images = _laid_out(replace(layout, note_pages=min(layout.note_pages, 1)))
    return skeleton_from(pages, images, rework=_rework(layout), is_added_to=True)


def _rework(layout: FeedbackLayout) -> "Rework":
    from examgen.documents.pdf.inserted.note_pages import NotePages, number_pages
    from examgen.documents.pdf.inserted.text_font import embedded_bold

    style = layout.style
    if layout.fixed_sentences is not None:
        return partial(number_pages, bottom_margin=BOTTOM_MARGIN[style.paper])
    bold = embedded_bold(letters_of_headings(style))
    title = style.words["feedback"]["notes"]
    return NotePages(layout.note_pages, not layout.is_short, title, bold, BOTTOM_MARGIN[style.paper]).rework


@lru_cache(maxsize=64)
def _laid_out(layout: FeedbackLayout) -> "tuple[SetPages, Sequence[Image]]":
    """The pages with none or one for what went wrong, and behind it an empty one, unless that leaves room."""
    from examgen.documents.pdf.skeleton import laid_out

    html, images = _typeset(replace(layout, note_pages=0, is_short=False))
    if not layout.note_pages or layout.is_short:
        html = html.replace(NOTES_ROOM, f"{NOTES_ROOM} {'short' if layout.is_short else 'none'}")
    return laid_out(html, images, layout.style.theme), images


@lru_cache(maxsize=16)
def _typeset(layout: FeedbackLayout) -> tuple[str, Sequence[Image]]:
    """The page as HTML and its formulas, the same however much went wrong."""
    from markupsafe import Markup, escape

    from examgen.documents.paper.render import render
    from examgen.resources import shipped

    slotted, style = _open_page(layout), layout.style
    page = slotted.page
    typesetter = Typesetter(slotted.widest, style.speech)

    def slot(text: str, size: float, is_right: bool = False) -> Markup:
        return typesetter.text(text, size, is_right=is_right) if is_slot(text) else escape(text)

    html = render(
        "feedback.html.j2",
        page.paper,
        feedback=page,
        typesetter=typesetter,
        slot=slot,
        css=Markup((shipped("templates") / "feedback_print.css").read_text(encoding="utf-8")),
        row_size=ROW_SIZE,
        small_size=SMALL_SIZE,
        notes_mark=NOTES if layout.fixed_sentences is None else "",
        notes_room=Markup(NOTES_ROOM),
    )
    # Not on the page, but with glyphs of the same font.
    others = _note_images(layout.questions, style) if layout.fixed_sentences is None else ()
    return html, [*sharing(typesetter.images, slotted.texts), *others]


@lru_cache(maxsize=16)
def _note_images(questions: tuple[QuestionLayout, ...], style: PaperStyle) -> tuple[Image, ...]:
    """The formulas that explanations may have, on whichever pages."""
    typesetter = Typesetter({}, style.speech)
    for row in style.words["misconceptions"].values():
        told = "".join(text for key, text in row.items() if key != "title")
        for latex in (match[1] for match in FORMULA.finditer(told) if match[1]):
            # Doubled braces are those of formulas.
            typesetter.inline(latex.replace("{{", "{").replace("}}", "}"))
    found = [*typesetter.images]
    for question in questions:
        steps = Typesetter({}, style.speech)
        for latex in step_samples(question.paper):
            steps.inline(latex)
        found += steps.images
        for name in dict.fromkeys(calculated(question.paper, field).name for field in question.paper.number_fields):
            found += calculation_of(question, name, style.speech, style.decimal_mark).images
    return tuple(found)


def text_widths(layout: FeedbackLayout) -> list[tuple[float, float]]:
    """Room and size of each text in the order of its slots: head, rows."""
    are_wide = _are_wide(layout)
    are_small = layout.fixed_right or [True] * len(are_wide)
    kinds = zip(are_wide, are_small, strict=True)
    rows = [WIDE_ROW if is_wide else SMALL_ROW if is_small else ROW for is_wide, is_small in kinds]
    return [*HEAD, *chain.from_iterable(rows)]


def _are_wide(layout: FeedbackLayout) -> list[bool]:
    """By row, whether it is one of a formula."""
    return [field.as_ == "formula" for question in layout.questions for field in question.paper.fields]


@lru_cache(maxsize=64)
def letters_of_headings(style: PaperStyle) -> frozenset[str]:
    """What the bold font must have."""
    said = style.words["feedback"]
    titles = (row["title"] for row in style.words["misconceptions"].values())
    keys = ("notes", "note", "did", "should", "as_should", "as_done", "or", "and", "unread", "held_back", "colon")
    headings = [said[key] for key in (*COLUMNS, *keys)]
    return frozenset("".join([*headings, *titles, style.words["question"], " 0123456789|"]))
