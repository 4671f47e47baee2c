"""Feedback as PDF: like `printing`, but with sentences in slots too.

Where the font of slots cannot write a language, its sentences are part of the layout, and only students with the same
ones share it.
"""

import re
from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import cache, lru_cache
from itertools import chain

from examgen.core.graph import Values
from examgen.documents.feedback import StudentFeedback
from examgen.documents.feedback_layout import FeedbackLayout, NoteLayout, digits_in, skeleton_of, text_widths
from examgen.documents.feedback_pages import known_notes, note_field, own_values
from examgen.documents.feedback_texts import FIRST, MINUS, SIGNS, FeedbackTexts, RowTexts, texts_of
from examgen.documents.mathbox import SlotTooNarrow, spoken_number
from examgen.documents.papers import Person, solve_for_print
from examgen.documents.printing import MOST_LAYOUTS, PERSON_WIDTHS, QuestionLayout, whole_digits_of
from examgen.documents.solved_paper import SolvedPaper
from examgen.documents.stamping import stamp
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import NAMES, SIZE, fits_slots, fitted, math_font
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys import papers

LEAST_DIGITS = 3
"""A calculation with a student's own numbers has room for so many digits before the point, whatever they are."""

UNKNOWN = "?"
"""What stands in a PDF for a character that its font lacks; the web page shows the character."""

_SIGNS = frozenset({*"".join(SIGNS.values()), FIRST})

SAID = re.compile(r"summary.*|why_.*|first|no_first|or")
"""Besides the outcomes, the keys of `[feedback]` whose words are in slots."""

RESULT_AT = 2100
"""The words of a result begin so far behind its sign's left edge, in thousandths of the size."""


def printed_page(exam: Exam, variant: Variant, feedback: StudentFeedback, style: PaperStyle) -> bytes:
    """One student's feedback as PDF."""
    parts = list(papers(exam, variant))
    shapes = [paper for paper, _ in parts]
    solved = [solve_for_print(paper, numbers) for paper, numbers in parts]
    values = [part.values for part in solved]
    feedback = replace(feedback, misconceptions=known_notes(shapes, feedback, style))
    notes = []
    for note in feedback.misconceptions:
        found = note_field(shapes, note)
        assert found is not None, "known_notes keeps only notes of asked entries"
        place, field = found
        own = own_values(shapes[place], parts[place][1].givens, field, feedback.entries)
        digits = 0 if own is None else max(LEAST_DIGITS, whole_digits_of(own))
        notes.append(NoteLayout(note.names, place, field, digits))
        values += [] if own is None else [own]
    texts = texts_of(shapes, feedback, style)
    layout = _layout_of(exam, feedback.person, solved, notes, texts, style)
    for _ in range(MOST_LAYOUTS):
        try:
            return _stamped(layout, feedback.person, texts, values)
        except SlotTooNarrow:
            layout = _wider(layout)
    return _stamped(layout, feedback.person, texts, values)


def _layout_of(
    exam: Exam,
    person: Person,
    solved: Sequence[SolvedPaper],
    notes: Sequence[NoteLayout],
    texts: FeedbackTexts,
    style: PaperStyle,
) -> FeedbackLayout:
    questions = (
        QuestionLayout(part.paper, whole_digits_of(part.values), tuple(sorted(part.decimals.items())))
        for part in solved
    )
    return FeedbackLayout(
        exam,
        tuple(questions),
        tuple(notes),
        style,
        is_nameless=not person.name,
        is_anonymous=not person.student,
        has_grade=bool(texts.grade),
        fixed_person=None if all(map(fits_slots, astuple(person))) else person,
        fixed_sentences=None if _has_slots(style) else _sentences(texts),
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
    """Whether the font of slots can write the sentences of the language."""
    titles = (row["title"] for row in style.words["misconceptions"].values())
    said = (text for key, text in style.words["feedback"].items() if key in SIGNS or SAID.fullmatch(key))
    return all(map(NAMES.issuperset, (*said, *titles)))


def _sentences(texts: FeedbackTexts) -> tuple[str, ...]:
    return (texts.summary, texts.first, *(f"{row.sign} {row.line}" for row in texts.rows))


def _stamped(layout: FeedbackLayout, person: Person, texts: FeedbackTexts, values: Sequence[Values]) -> bytes:
    skeleton, numbers = skeleton_of(layout)
    style = layout.style
    spoken = [person.student, person.name, person.variant]
    people = zip(spoken, PERSON_WIDTHS, strict=True)
    drawn = ["" if layout.fixed_person else _shown(text, width, SIZE) for text, width in people]
    as_reference = style.words["feedback"]["as_reference"]
    for text, (width, size) in zip(_flat(_aligned(texts)), text_widths(layout), strict=True):
        drawn.append(_shown(text, width, size))
    spoken += [text or as_reference for text in _flat(texts)]
    printed = numbers.printed(values)
    for text, has_brackets in zip(printed, numbers.has_brackets, strict=True):
        text = text.replace(".", style.decimal_mark).replace("-", MINUS)
        said = spoken_number(text, style.speech)
        is_bracketed = has_brackets and text[0] == MINUS
        spoken.append(f"({said})" if is_bracketed else said)
        drawn.append(f"({text})" if is_bracketed else text)
    return stamp(skeleton, drawn, spoken)


def _aligned(texts: FeedbackTexts) -> FeedbackTexts:
    """The texts as drawn: numbers without a minus moved in, the words of results below one another."""
    rows = [
        RowTexts(
            _moved_in(row.answer),
            _moved_in(row.own),
            _moved_in(row.reference),
            row.marks,
            "",
            _sign(row.sign) + row.word,
            row.why,
        )
        for row in texts.rows
    ]
    return replace(texts, rows=tuple(rows))


def _moved_in(text: str) -> str:
    """Three spaces are as wide as a minus."""
    return f"   {text}" if text[:1].isdigit() else text.replace("-", MINUS, 1) if text[:1] == "-" else text


@cache
def _sign(sign: str) -> str:
    """A sign with spaces behind it."""
    font = math_font()
    widths = [font.advances[font.glyph(char)] * 1000 / font.units_per_em for char in f"{sign} "]
    return sign + " " * round((RESULT_AT - sum(widths[:-1])) / widths[-1])


def _flat(texts: FeedbackTexts) -> list[str]:
    """All texts in the order of their slots."""
    rows = chain.from_iterable((row.answer, row.own, row.reference, row.marks, row.line) for row in texts.rows)
    notes = chain.from_iterable((note.answer, note.own) for note in texts.notes)
    return [texts.total, texts.grade or UNKNOWN, texts.summary, texts.first, *rows, *notes]


@lru_cache(maxsize=65536)
def _shown(text: str, width: float, size: float) -> str:
    """A text as far as the font and the room go."""
    characters = math_font().characters
    known = "".join(char if ord(char) in characters and (char in NAMES or char in _SIGNS) else UNKNOWN for char in text)
    return fitted(known, digits_in(width, size))
