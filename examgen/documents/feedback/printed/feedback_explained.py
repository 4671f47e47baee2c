"""Everything that went wrong as blocks on pages: tables, the calculation of a slip, and the notes.

Called by `feedback_printing`, whose layout leaves room for these pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from examgen.core.graph import Values
from examgen.documents.feedback.feedback_notes import NoteParts, calculated, note_of, slip_of
from examgen.documents.feedback.feedback_texts import FeedbackTexts, NoteTexts
from examgen.documents.feedback.printed.feedback_layout import FeedbackLayout, NoteLayout
from examgen.documents.feedback.printed.feedback_wrong import Wrong, is_short, known, shown, wrong_blocks
from examgen.documents.feedback.printed.note_setting import (
    Setting,
    answers_blocks,
    calculation_blocks,
    calculation_heading,
    note_blocks,
    pages_of,
    slip_blocks,
    title_block,
)
from examgen.documents.feedback.printed.row_widths import TEXT_SIZE
from examgen.documents.feedback.unread import UnreadAnswers
from examgen.documents.numbers import whole_digits_of
from examgen.documents.paper.printing import MOST_LAYOUTS
from examgen.documents.pdf.inserted.inserting import Block, PlacedBlock
from examgen.documents.style import PaperStyle
from examgen.typeset import SlotTooNarrow

LEAST_DIGITS = 3
"""A calculation with a student's own numbers has room for so many digits before the point, whatever they are."""

TYPED_WIDTH = 200.0
"""Room for an answer in a note, in points."""

NOT_SAID = NoteTexts("", "")
"""Of a note whose layout is not shared: its answers are put in where it is set."""

Pages = Sequence[Sequence[PlacedBlock]]


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A note's layout, and the student's own values for its calculation, None where there is none."""

    layout: NoteLayout
    own: Values | None


def noted(note: tuple[int, NoteParts], style: PaperStyle) -> Noted:
    place, found = note
    own = None if found.own is None else found.own.values
    digits = 0 if own is None else max(LEAST_DIGITS, whole_digits_of(own))
    steps = tuple(step and step.localized(style.decimal_mark) for step in found.steps)
    return Noted(NoteLayout(found.names, place, found.field, digits, steps, found.others, NOT_SAID), own)


def explained_pages(
    notes: Sequence[Noted],
    slip: Noted | None,
    texts: FeedbackTexts,
    others: Mapping[str, Sequence[UnreadAnswers]],
    layout: FeedbackLayout,
    wrong: Sequence[Wrong],
) -> Pages:
    """What went wrong and the explanations, behind the head of the page and on pages of their own; none for nothing."""
    style = layout.style
    title = title_block(style.words["feedback"]["notes"], style.speech)
    tables = wrong_blocks(wrong, title.height, style)
    set_notes: list[Setting] = []
    number = 0
    for number, (note, answers_said) in enumerate(zip(notes, texts.notes, strict=True), start=1):
        blocks = note_blocks(note_of(number, _parts(note, layout), typed(answers_said), style), style)
        calculation = _calculation(note, layout)
        set_notes.append([*blocks, *(calculation_heading(style) if calculation else []), *calculation])
    for key, answers in others.items():
        if answers:
            told = [replace(one, reason=known(one.reason)) for one in answers]
            said, several = style.words["feedback"][key], len(layout.questions) > 1
            number += 1
            set_notes.append(answers_blocks(number, said, told, style, has_several=several))
    if slip is not None and texts.slip is not None:
        said_of_it = slip_of(_parts(slip, layout), typed(texts.slip), style)
        calculation = _calculation(slip, layout)
        openings = (slip_blocks(said_of_it.wrote, style), calculation_heading(style)) if calculation else ()
        return _with_slip(title, tables, [[*opening, *calculation] for opening in openings], set_notes)
    return pages_of(title, [*tables, *set_notes]) if tables or set_notes else []


def _with_slip(title: Block, tables: list[Setting], ways: Sequence[Setting], notes: list[Setting]) -> Pages:
    """With the calculation of a slip in the first of these ways, from the longest on, that takes no page more."""
    pages = pages_of(title, [*tables, *notes])
    for slip in ways:
        longer = pages_of(title, [*tables, slip, *notes])
        if (len(longer), is_short(longer)) == (len(pages), is_short(pages)):
            return longer
    return pages


def _parts(note: Noted, layout: FeedbackLayout) -> NoteParts:
    kept = note.layout
    return NoteParts(kept.names, layout.questions[kept.place].paper, kept.field, None, kept.steps, kept.others)


def typed(said: NoteTexts) -> NoteTexts:
    return NoteTexts(*(shown(text, TYPED_WIDTH, TEXT_SIZE) for text in (said.answer, said.own)))


def _calculation(note: Noted, layout: FeedbackLayout) -> Setting:
    """A calculation, with as many digits more as a product on the way needs; nothing where there is none."""
    if note.own is None:
        return []
    question = layout.questions[note.layout.place]
    name = calculated(question.paper, note.layout.field).name
    for more in range(MOST_LAYOUTS):
        try:
            wider = replace(question, whole_digits=note.layout.whole_digits + more)
            return list(calculation_blocks(wider, name, note.own, layout.style))
        except SlotTooNarrow:
            continue
    return []
