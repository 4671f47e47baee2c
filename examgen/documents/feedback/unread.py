"""Why answers could not be read, in the language of the page, and where: results.csv tells it in that of the exam.

`feedback_texts` says it beside each answer; where a printed row has no room, `feedback_printing` collects the reasons
in a note.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from examgen.core.formulas.number_grammar import REASONS
from examgen.documents.feedback.student_feedback import EntryFeedback
from examgen.documents.numbers import with_minus
from examgen.documents.paper.typed_tasks import symbol_latex
from examgen.documents.style import PaperStyle
from examgen.exams.fields import Field, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.words import ENGLISH, original, retold

_CODE_POINT = re.compile(r"U\+[0-9A-F]{4,6}")


@dataclass(frozen=True, slots=True)
class UnreadAnswers:
    """What is said of several answers, such as why they cannot be read, and which they are: number of the question, and
    part and symbol as LaTeX of each."""

    reason: str
    question: int
    answers: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def reason_of(comment: str, style: PaperStyle, *, is_number: bool) -> str:
    """Why an answer is unreadable, in the language of the page.

    Args:
        comment: of results.csv; what an instructor has put in its place is no reason.
        style: of the page.
        is_number: whether the answer should have been one.

    Returns: a sentence, with the code point of a character at fault; empty where the language has no words.
    """
    comment = original(comment)
    sentence = next((one for one in REASONS.values() if comment.startswith(one)), "")
    if sentence:
        code = _CODE_POINT.search(comment, len(sentence))
        return (said := _translated(sentence, style)) and said + (f" ({code[0]})" if code else "")
    return "" if is_number else _translated(comment, style)


def unread_answers(
    entries: Sequence[tuple[PaperShape, Field, EntryFeedback]], style: PaperStyle
) -> tuple[UnreadAnswers, ...]:
    """The reasons of a student's unreadable answers, those of each question in the order in which they come first.

    Of formulas, whose rows have room for them, there are none.
    """
    found: dict[tuple[int, str], list[tuple[str, str]]] = {}
    questions: dict[str, int] = {}
    for paper, field, entry in entries:
        number = questions.setdefault(entry.question, len(questions) + 1)
        if entry.outcome == "unreadable" and is_in_note(field) and (reason := reason_in(field, entry, style)):
            found.setdefault((number, reason), []).append((task_letter(field.task), symbol_latex(paper, field)))
    return tuple(UnreadAnswers(reason, number, tuple(answers)) for (number, reason), answers in found.items())


def reason_in(field: Field, entry: EntryFeedback, style: PaperStyle) -> str:
    """The same of an entry; numbers in it have the minus of the page."""
    reason = reason_of(entry.comment, style, is_number=field.as_ == "number")
    return reason if field.as_ == "formula" else with_minus(reason)


def is_in_note(field: Field) -> bool:
    """Whether a printed row of this field has one line alone."""
    return field.as_ != "formula"


def _translated(sentence: str, style: PaperStyle) -> str:
    return sentence if style.language == ENGLISH else retold(sentence, style.language, style.theme)
