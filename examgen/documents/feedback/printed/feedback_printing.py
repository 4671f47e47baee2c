"""Feedback as PDF: like `printing`, but with sentences in slots too, and explanations on pages that are put in.

Where the font of slots cannot write a language, its sentences and explanations are part of the layout, and only
students with the same ones share it.
"""

import re
from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import cache
from itertools import chain

from examgen.core.graph import Values
from examgen.documents.feedback.feedback_notes import known_notes, note_parts, slip_parts
from examgen.documents.feedback.feedback_texts import SIGNS, FeedbackTexts, RowTexts, in_order, texts_of
from examgen.documents.feedback.held_back import held_answers
from examgen.documents.feedback.printed.feedback_explained import Pages, explained_pages, noted, typed
from examgen.documents.feedback.printed.feedback_layout import (
    FeedbackLayout,
    letters_of_headings,
    skeleton_of,
    text_widths,
)
from examgen.documents.feedback.printed.feedback_wrong import UNKNOWN, is_short, shown, signed, went_wrong
from examgen.documents.feedback.printed.row_widths import LINE_WIDTH, ROW_SIZE, digits_in
from examgen.documents.feedback.student_feedback import StudentFeedback
from examgen.documents.feedback.unread import unread_answers
from examgen.documents.numbers import whole_digits_of
from examgen.documents.paper.papers import Person
from examgen.documents.paper.printing import (
    MOST_LAYOUTS,
    PERSON_WIDTHS,
    QuestionLayout,
    printed_numbers,
)
from examgen.documents.pdf.inserted.inserting import inserted_objects
from examgen.documents.pdf.inserted.text_font import bold_font
from examgen.documents.pdf.stamping import stamp
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import SIZE, fits_slots, fitted
from examgen.documents.worked.solved_numbers import solve_for_print
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.wording.texts import FORMULA
from examgen.typeset import SlotTooNarrow

SAID = re.compile(
    r"summary.*|why_.*|first|no_first.*|or|and|unread|held_back|note.*|wrote.*|same.*|either|did|should|as_should|as_done|calculation"
)
"""Besides the outcomes, the keys of `[feedback]` whose words are in slots or on pages of notes."""


def printed_page(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> bytes:
    """One student's feedback as PDF."""
    parts = list(papers(exam, variant))
    shapes = [paper for paper, _ in parts]
    solved = [solve_for_print(paper, numbers) for paper, numbers in parts]
    feedback = replace(feedback, misconceptions=known_notes(shapes, feedback, style))
    texts = texts_of(shapes, feedback, style)
    notes = [noted(note_parts(note, solved, feedback.entries), style) for note in feedback.misconceptions]
    slipped = slip_parts(feedback, solved)
    slip = None if slipped is None else noted(slipped, style)
    layout = _layout_of(exam, feedback.person, solved, texts, style)
    values = [part.values for part in solved]
    entries = in_order(shapes, feedback)
    held = held_answers(entries, style)
    pages: Pages = []
    if layout.fixed_sentences is None:
        told = {"unread": unread_answers(entries, style), "held_back": held}
        pages = explained_pages(notes, slip, texts, told, layout, went_wrong(entries, texts, len(shapes)))
        layout = replace(layout, note_pages=len(pages), is_short=is_short(pages))
    else:
        said = map(typed, texts.notes)
        fixed = tuple(replace(note.layout, said=one) for note, one in zip(notes, said, strict=True))
        layout = replace(layout, notes=fixed, held=held)
        values += [note.own for note in notes if note.own is not None]
    for _ in range(MOST_LAYOUTS):
        try:
            return _stamped(layout, feedback.person, texts, values, pages)
        except SlotTooNarrow:
            layout = _wider(layout)
    return _stamped(layout, feedback.person, texts, values, pages)


def _layout_of(
    exam: Exam, person: Person, solved: Sequence[SolvedPaper], texts: FeedbackTexts, style: PaperStyle
) -> FeedbackLayout:
    questions = (
        QuestionLayout(part.paper, whole_digits_of(part.values), tuple(sorted(part.decimals.items())))
        for part in solved
    )
    return FeedbackLayout(
        exam,
        tuple(questions),
        (),
        style,
        is_nameless=not person.name,
        is_anonymous=not person.student,
        has_grade=bool(texts.grade),
        fixed_person=None if all(map(fits_slots, astuple(person))) else person.as_text,
        fixed_sentences=None if _has_slots(style) else _sentences(texts),
        fixed_right=() if _has_slots(style) else tuple(row.is_right for row in texts.rows),
    )


def _wider(layout: FeedbackLayout) -> FeedbackLayout:
    """With a digit more for all numbers: a product on the way can have one more than any value of the paper."""
    return replace(
        layout,
        questions=tuple(replace(part, whole_digits=part.whole_digits + 1) for part in layout.questions),
        notes=tuple(replace(note, whole_digits=note.whole_digits and note.whole_digits + 1) for note in layout.notes),
    )


@cache
def _has_slots(style: PaperStyle) -> bool:
    """Whether the font of slots can write the sentences of the language, and its bold companion the headings."""
    notes = style.words["misconceptions"].values()
    told = (FORMULA.sub("", text) for row in notes for text in row.values())
    said = (text for key, text in style.words["feedback"].items() if key in SIGNS or SAID.fullmatch(key))
    bold = bold_font().characters
    return all(map(fits_slots, (*said, *told))) and all(ord(one) in bold for one in letters_of_headings(style))


def _sentences(texts: FeedbackTexts) -> tuple[str, ...]:
    # These lines break, and there are no pages of notes: a reason stands in its row.
    rows = (row.sign if row.is_right and not row.is_wide else f"{row.sign} {row.line}" for row in texts.rows)
    return (texts.summary, texts.first, *rows)


def _stamped(
    layout: FeedbackLayout, person: Person, texts: FeedbackTexts, values: Sequence[Values], pages: Pages
) -> bytes:
    skeleton, numbers = skeleton_of(layout)
    style = layout.style
    spoken = [person.student, person.name, person.variant]
    people = zip(spoken, PERSON_WIDTHS, strict=True)
    drawn = ["" if layout.fixed_person else shown(text, width, SIZE) for text, width in people]
    as_reference = style.words["feedback"]["as_reference"]
    for text, (width, size) in zip(_flat(_aligned(texts)), text_widths(layout), strict=True):
        drawn.append(shown(text, width, size))
    spoken += [text or as_reference for text in _flat(texts)]
    printed, said = printed_numbers(numbers, values, style)
    return stamp(skeleton, [*drawn, *printed], [*spoken, *said], inserted_objects(skeleton, pages))


def _aligned(texts: FeedbackTexts) -> FeedbackTexts:
    """The texts as drawn: of the results in small rows there is the sign alone."""
    return replace(texts, rows=tuple(map(_aligned_row, texts.rows)))


def _aligned_row(row: RowTexts) -> RowTexts:
    word = signed(row.sign) + row.word
    if row.is_wide:
        first, more = _two_lines(replace(row, word=word).line)
        return replace(row, word=first, why="", more=more)
    return replace(row, word=row.sign, why="")


def _two_lines(text: str) -> tuple[str, str]:
    """As many words as fit, and the others."""
    room, first = digits_in(LINE_WIDTH, ROW_SIZE), ""
    for end in (place for place, char in enumerate(f"{text} ") if char == " "):
        if fitted(text[:end], room) != text[:end]:
            break
        first = text[:end]
    indent = signed("")
    return (first, f"{indent}{text[len(first) :].lstrip()}") if len(first) < len(text) else (text, "")


def _flat(texts: FeedbackTexts) -> list[str]:
    """All texts in the order of their slots."""
    rows = chain.from_iterable(map(_flat_row, texts.rows))
    return [texts.total, texts.grade or UNKNOWN, texts.summary, texts.first, *rows]


def _flat_row(row: RowTexts) -> tuple[str, ...]:
    texts = (row.answer, row.own, row.reference, row.marks, row.line)
    return (*texts, row.more) if row.is_wide else texts
