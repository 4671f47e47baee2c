"""The texts of a feedback page that differ from student to student: numbers, outcomes and sentences about them.

On the web they are shown as they are; in a PDF each is put into a slot of fixed size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.documents.feedback.held_back import is_held_back, is_of_other_paper, is_too_short_to_take
from examgen.documents.feedback.mistaken_steps import TOGETHER
from examgen.documents.feedback.student_feedback import EntryFeedback, StudentFeedback
from examgen.documents.feedback.unread import is_in_note, reason_in
from examgen.documents.numbers import MINUS, with_minus
from examgen.documents.style import PaperStyle
from examgen.exams.digits import Digits, print_decimals
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.words import ENGLISH, retold

SIGNS: Mapping[str, str] = MappingProxyType(
    {"correct": "=", "follow_through": "(=)", "imprecise": "≈", "wrong": "×", "blank": "–", "unreadable": "?"}
)
"""By outcome a sign that is told apart without colours; the same as in `[feedback]`, where each has its word."""

FIRST = "→"
"""Before the sign of the first error."""

NOTHING = "–"
RIGHT = frozenset({"correct", "follow_through"})
"""Outcomes of which nobody needs to be told first; all others went wrong."""

MARKS_DECIMALS = Decimal("0.001")
LONGEST_NUMBER = 1e15


@dataclass(frozen=True, slots=True)
class RowTexts:
    """One row of a table. `own` is empty where it is the reference; `word`, `colon` and `why` are one line in print.

    A formula `is_wide`: it has lines of its own, and `more` is the second line of its result. `short` is said in place
    of a `why` that is too long for a narrow row.
    """

    answer: str
    own: str
    reference: str
    marks: str
    sign: str
    word: str
    why: str
    outcome: str = ""
    colon: str = ": "
    is_wide: bool = False
    more: str = ""
    short: str = ""

    @property
    def line(self) -> str:
        """The outcome as one line of words."""
        return f"{self.word}{self.colon}{self.why}" if self.why else self.word

    @property
    def is_right(self) -> bool:
        """Whether nothing went wrong here."""
        return self.outcome in RIGHT


@dataclass(frozen=True, slots=True)
class NoteTexts:
    """The numbers of one explanation: an answer, and what should have come out."""

    answer: str
    own: str


@dataclass(frozen=True, slots=True)
class FeedbackTexts:
    """All texts of one student; `first` says where the work goes wrong, `slip` is about the first slip."""

    total: str
    grade: str
    summary: str
    first: str
    rows: tuple[RowTexts, ...]
    notes: tuple[NoteTexts, ...]
    slip: NoteTexts | None = None


def in_order(parts: Sequence[PaperShape], feedback: StudentFeedback) -> list[tuple[PaperShape, Field, EntryFeedback]]:
    """Each asked entry of the paper with what is said of it; what is missing is blank."""
    known = {entry.place: entry for entry in feedback.entries}
    found = []
    for part in parts:
        question = part.question.id
        for field in part.fields:
            blank = EntryFeedback(question, field.name, "", None, None, None, Decimal(0), field.marks, "blank")
            found.append((part, field, known.get((question, field.name), blank)))
    return found


def texts_of(parts: Sequence[PaperShape], feedback: StudentFeedback, style: PaperStyle) -> FeedbackTexts:
    """The texts of one student's feedback."""
    entries = in_order(parts, feedback)
    rows = {entry.place: _row(field, entry, feedback, style) for _, field, entry in entries}
    outcomes = [entry.outcome for _, _, entry in entries]
    about = {"all": len(outcomes), "right": outcomes.count("correct"), "follow": outcomes.count("follow_through")}
    words = style.words["feedback"]
    key = "summary_all" if about["right"] == about["all"] else "summary" if about["follow"] else "summary_plain"
    first = _no_first(outcomes, words)
    for number, part in enumerate(parts, start=1):
        for field in part.fields:
            if feedback.first_divergent == (part.question.id, field.name):
                first = words["first"].format(question=number, task=chr(ord("a") + field.task))
    return FeedbackTexts(
        total=_share(feedback.marks, feedback.max_marks, style.decimal_mark),
        grade=feedback.grade,
        summary=words[key].format(**about),
        first=first,
        rows=tuple(rows.values()),
        notes=tuple(_note(rows[note.places[0]]) for note in feedback.misconceptions),
        slip=_note(rows[feedback.first_slip]) if feedback.first_slip in rows else None,
    )


def _no_first(outcomes: Sequence[str], words: Mapping[str, Any]) -> str:
    """What is said where nothing is wrong: what could not be read is neither right nor wrong."""
    unread, blank = outcomes.count("unreadable"), outcomes.count("blank")
    nothing_read = unread + blank == len(outcomes)
    key = "no_first_read" if unread and nothing_read else "no_first_unread" if unread else "no_first"
    text: str = words["no_first_written" if blank == len(outcomes) else key]
    return text.format(unread=unread)


def title_of(names: Sequence[str], style: PaperStyle) -> str:
    """What a misconception is called, or several that fit equally well, or were made at once."""
    words, known = style.words["feedback"], style.words["misconceptions"]
    ways = [[known[part]["title"] if part in known else part for part in name.split(TOGETHER)] for name in names]
    return _joined(words["or"], [_joined(words["and"], titles) for titles in ways])


def _joined(joint: str, texts: Sequence[str]) -> str:
    text, *others = texts
    for other in others:
        text = joint.format(one=text, other=other)
    return text


def _short_title(names: Sequence[str], style: PaperStyle) -> str:
    """As `title_of`, for one line: only the first of several is named."""
    first = title_of(names[:1], style)
    text: str = first if len(names) == 1 else style.words["feedback"]["or"].format(one=first, other="…")
    return text


def _note(row: RowTexts) -> NoteTexts:
    return NoteTexts(row.answer, row.own or row.reference)


def _row(field: Field, entry: EntryFeedback, feedback: StudentFeedback, style: PaperStyle) -> RowTexts:
    words = style.words["feedback"]
    reference = entry.reference_text or _number(entry.reference, entry.reference, field, style)
    own = _number(entry.own, entry.reference, field, style) if entry.own is not None else ""
    is_first = feedback.first_divergent == entry.place
    return RowTexts(
        answer=_answer(field, entry) or NOTHING,
        own="" if own == reference else own,
        reference=reference or NOTHING,
        marks=_share(entry.marks, entry.max_marks, style.decimal_mark),
        sign=f"{FIRST} {SIGNS['wrong']}" if is_first else SIGNS.get(entry.outcome, "·"),
        word=words.get(entry.outcome, entry.outcome),
        why=with_minus(_why(field, entry, feedback, words, style, is_first=is_first)),
        outcome=entry.outcome,
        colon=words["colon"],
        is_wide=field.as_ == "formula",
        more=NOTHING if field.as_ == "formula" else "",
        short=_short(field, entry, feedback, words, style),
    )


def _why(
    field: Field,
    entry: EntryFeedback,
    feedback: StudentFeedback,
    words: Mapping[str, Any],
    style: PaperStyle,
    *,
    is_first: bool,
) -> str:
    """One short sentence; nothing for what is correct."""
    if entry.outcome == "correct":
        return ""
    if entry.misconceptions:
        title = _short_title(entry.misconceptions, style)
        explained = [note.names for note in feedback.misconceptions]
        if entry.misconceptions not in explained:
            return title
        number = explained.index(entry.misconceptions) + 1
        text: str = words["why_note"].format(title=title, number=number)
        return text
    if entry.outcome == "unreadable":
        unread: str = words["why_unreadable"]
        return reason_in(field, entry, style) or unread
    if field.as_ != "number" and entry.outcome == "wrong":
        # Comments say more than any fixed word.
        other: str = words["why_other"]
        said = retold(entry.comment, style.language, style.theme)
        return said or (entry.comment if style.language == ENGLISH else "") or other
    if is_too_short_to_take(entry) and (said := retold(entry.comment, style.language, style.theme)):
        return said
    held = "held_back" if is_held_back(entry) else "other_paper" if is_of_other_paper(entry) else ""
    key = held or ("coarse" if entry.is_coarse else "first" if is_first else entry.outcome)
    fixed: str = words.get(f"why_{key}", entry.comment)
    return fixed


def _short(
    field: Field, entry: EntryFeedback, feedback: StudentFeedback, words: Mapping[str, Any], style: PaperStyle
) -> str:
    """In place of a sentence that is too long; why answers cannot be read is told in the note behind all others."""
    has_few = entry.is_coarse or is_too_short_to_take(entry)
    text: str = words["why_coarse"] if has_few else words.get(f"why_{entry.outcome}", "")
    if entry.outcome == "unreadable" and is_in_note(field) and reason_in(field, entry, style):
        text = words["why_note"].format(title=text, number=len(feedback.misconceptions) + 1)
    return text


def _number(value: float | None, reference: float | None, field: Field, style: PaperStyle) -> str:
    """A number to the digits that the reference is asked to."""
    if value is None or not np.isfinite(value):
        return ""
    if abs(value) >= LONGEST_NUMBER:
        text = f"{value:.3g}"
    else:
        text = print_decimals(value, _decimals(field.digits, value if reference is None else reference))
    return text.replace(".", style.decimal_mark).replace("-", MINUS)


def _decimals(digits: Digits, value: float) -> int:
    return digits.count if digits.unit == "decimals" else int(digits.decimals_for(np.array(value)))


@lru_cache(maxsize=4096)
def _share(marks: Decimal, most: Decimal, decimal_mark: str) -> str:
    """Marks of those that are possible."""
    rounded = (count.quantize(MARKS_DECIMALS, rounding=ROUND_HALF_UP).normalize() + 0 for count in (marks, most))
    return " / ".join(format(count, "f") for count in rounded).replace(".", decimal_mark).replace("-", MINUS)


def _answer(field: Field, entry: EntryFeedback) -> str:
    """What was typed; a formula stays as it is typed."""
    text = _one_line(entry.answer_text)
    return text if field.as_ == "formula" else with_minus(text)


def _one_line(text: str) -> str:
    """What a student typed, on one line and without characters that steer the writing direction or a printer."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
