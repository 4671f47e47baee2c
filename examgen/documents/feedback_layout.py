"""Layouts of printed feedback: one for all students whose pages have the same rows and explanations.

Everything else is a slot of fixed width, so that no text of a student moves anything; `feedback_printing` fills them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from examgen.documents import store
from examgen.documents.feedback_pages import FeedbackPage, NoteParts, feedback_page
from examgen.documents.feedback_texts import FeedbackTexts, NoteTexts, RowTexts
from examgen.documents.numbers import FIRST_SLOT, PageSlots, Slots, entries, is_slot
from examgen.documents.papers import Person
from examgen.documents.printing import PERSON_WIDTHS, QuestionLayout, widest_number
from examgen.documents.slot_values import SlotValues
from examgen.documents.solved_paper import SolvedPaper
from examgen.documents.stamping import PaperSkeleton, sharing
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import SIZE, Typesetter, widest_text
from examgen.exams.exam import Exam, Field

TEXT_SIZE, ROW_SIZE = 10.5, 9.0
TOTAL_WIDTH, GRADE_WIDTH, SENTENCE_WIDTH, NUMBER_WIDTH = 150.0, 110.0, 476.0, 60.0
"""Room in points at `TEXT_SIZE`, as in feedback_print.css."""

ANSWER_WIDTH, OWN_WIDTH, REFERENCE_WIDTH, MARKS_WIDTH, RESULT_WIDTH = 54.0, 46.0, 46.0, 36.0, 211.0
"""Room in the columns of a table in points at `ROW_SIZE`, as in feedback_print.css."""

HEAD = ((TOTAL_WIDTH, TEXT_SIZE), (GRADE_WIDTH, TEXT_SIZE), (SENTENCE_WIDTH, TEXT_SIZE), (SENTENCE_WIDTH, TEXT_SIZE))
ROW = tuple((width, ROW_SIZE) for width in (ANSWER_WIDTH, OWN_WIDTH, REFERENCE_WIDTH, MARKS_WIDTH, RESULT_WIDTH))
NOTE = ((NUMBER_WIDTH, TEXT_SIZE), (NUMBER_WIDTH, TEXT_SIZE))

STRUT = r"\vphantom{\text{Åg}}"
"""Letters that go up and down as far as any: what stands out of a slot's box is cut off."""


@dataclass(frozen=True, slots=True)
class NoteLayout:
    """What fixes an explanation but for its numbers: `place` is that of the question, and `whole_digits` are those that
    the numbers of its calculation may have, 0 where it has none."""

    names: tuple[str, ...]
    place: int
    field: Field
    whole_digits: int


@dataclass(frozen=True, slots=True)
class FeedbackLayout:
    """What fixes a feedback page but for numbers, names and sentences.

    `fixed_person` and `fixed_sentences` are None where slots can show them.
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


@lru_cache(maxsize=256)
def skeleton_of(layout: FeedbackLayout) -> tuple[PaperSkeleton, SlotValues]:
    """The laid-out page, and which numbers its slots show behind the texts: those of the questions, then the student's
    own for each note with a calculation."""
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
    described = f"feedback {page!r} {widest!r} {texts!r}"
    # What is about one student only is not left behind on the disk.
    is_shared = layout.fixed_person is None and layout.fixed_sentences is None
    skeleton = store.load(described) if is_shared else None
    if skeleton is None:
        skeleton = sharing(_laid_out(page, widest), texts)
        if is_shared and not skeleton.missing:
            store.save(described, skeleton)
    return skeleton, numbers


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
        notes.append(NoteParts(note.names, question.paper, note.field, own))
    person = layout.fixed_person or Person(*marks[: len(PERSON_WIDTHS)])
    person = replace(
        person,
        student="" if layout.is_anonymous else person.student,
        name="" if layout.is_nameless else person.name,
    )
    texts = _slot_texts(layout, marks[len(PERSON_WIDTHS) :])
    return feedback_page(layout.exam, person, parts, notes, texts, layout.style), slots


@dataclass(frozen=True, slots=True)
class DecimalSlots:
    """Slots of numbers that are never printed as fractions: a student's own are no exact ones."""

    slots: Slots

    def text(self, value: object, decimals: int, denominator: int = 0) -> str:  # noqa: ARG002
        """A slot with these decimals."""
        return self.slots.text(value, decimals)

    def bracket(self, text: str) -> str:
        """As of `Slots`."""
        return self.slots.bracket(text)

    def bare_start(self, text: str) -> str:
        """As of `Slots`."""
        return self.slots.bare_start(text)


def _slotted(question: QuestionLayout, place: int, slots: PageSlots, *, is_exact: bool = True) -> SolvedPaper:
    numbers = Slots(place, slots)
    decimals = dict(question.decimals)
    marks = entries(question.paper.graph)
    return SolvedPaper(question.paper, marks, decimals, numbers if is_exact else DecimalSlots(numbers))


def _slot_texts(layout: FeedbackLayout, marks: Sequence[str]) -> FeedbackTexts:
    """Slots in place of texts; sentences that slots cannot show as they are."""
    total, grade, summary, first, *rest = marks
    count = sum(len(question.paper.fields) for question in layout.questions)
    columns = (rest[place : len(ROW) * count : len(ROW)] for place in range(len(ROW)))
    rows = [
        RowTexts(answer, own, reference, given, "", line, "")
        for answer, own, reference, given, line in zip(*columns, strict=True)
    ]
    if layout.fixed_sentences is not None:
        summary, first, *lines = layout.fixed_sentences
        rows = [replace(row, word=line) for row, line in zip(rows, lines, strict=True)]
    numbers = rest[len(ROW) * count :]
    notes = tuple(NoteTexts(answer, own) for answer, own in zip(numbers[::2], numbers[1::2], strict=True))
    return FeedbackTexts(total, grade if layout.has_grade else "", summary, first, tuple(rows), notes)


def _laid_out(page: FeedbackPage, widest: dict[int, str]) -> PaperSkeleton:
    # Imported where it is needed: WeasyPrint takes longer to load than a stored skeleton to stamp.
    from markupsafe import Markup, escape

    from examgen.documents.render import render
    from examgen.documents.skeleton import make_skeleton
    from examgen.resources import shipped

    style = page.paper.style
    typesetter = Typesetter(widest, style.speech)

    def slot(text: str, size: float) -> Markup:
        return typesetter.inline(rf"\text{{{text}}}{STRUT}", size=size) if is_slot(text) else escape(text)

    css = Markup((shipped("templates") / "feedback_print.css").read_text(encoding="utf-8"))
    html = render(
        "feedback.html.j2", page.paper, feedback=page, typesetter=typesetter, slot=slot, css=css, row_size=ROW_SIZE
    )
    return make_skeleton(html, typesetter, theme=style.theme)


def text_widths(layout: FeedbackLayout) -> list[tuple[float, float]]:
    """Room and size of each text in the order of its slots: head, rows, notes."""
    count = sum(len(question.paper.fields) for question in layout.questions)
    return [*HEAD, *(ROW * count), *(NOTE * len(layout.notes))]


def digits_in(width: float, size: float) -> int:
    """So many digits fit into a slot, all in points."""
    return len(widest_text(width * SIZE / size))
