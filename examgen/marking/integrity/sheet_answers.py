"""What evidence is looked for in: which answers of a paper shape are right, and the wrong ones that nothing explains.

Collected by `grading` while it marks each paper shape, and read when the whole class is marked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.work_shown import right_of_itself
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.typed_answers import OtherMarks
from examgen.marking.judging.written_digits import Submitted
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.entry_places import PaperAnswers

WRITTEN, RIGHT, WRONG = 1, 2, 3
"""What an answer is to evidence; 0 where there is none. Right is also what follows from earlier answers."""

NAMED, NEAR, SIGN, POINT, NEXT, PLAIN, REPEATED = range(1, 8)
"""Habits by which many answers of one sheet are wrong alike: a misconception that has a name, rounding on the way, a
sign, a decimal point, answers that have slipped by a line, numbers of one digit, the same number again and again."""

HABITS = REPEATED + 1

NEAR_SHARE, NEAR_HALVES = 0.05, 4.0
"""So near to the right value, in shares of it or in half units of its last digit, rounding may be behind it."""

_OF_POWER = 1e-3
"""A quotient that is off a power of ten by no more than this share is one."""

_CORRECT, _FOLLOWS, _WRONG, _BLANK = (OUTCOMES[name].code for name in ("correct", "follow_through", "wrong", "blank"))

Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class SheetAnswers:
    """The answers of one paper shape, as evidence sees them.

    Attributes:
        part: whose they are, and where in the class.
        state: (students, fields) 0, `WRITTEN`, `RIGHT` or `WRONG`.
        student, field: (wrong,) where in `state` the wrong answers are that nothing but perhaps a habit explains.
        token: (wrong,) what was written; equal where the same was.
        habit: (wrong,) by which habit it may be wrong; 0 for none.
    """

    part: PaperAnswers
    state: NDArray[np.int8]
    student: Codes
    field: Codes
    token: Codes
    habit: NDArray[np.int8]


def number_answers(part: PaperAnswers, submitted: Submitted, marked: Marked, diagnosis: Diagnosis) -> SheetAnswers:
    """The answers to fields that ask for numbers; what follows from earlier answers is not evidence of its own."""
    values, outcome = submitted.values, marked.outcome
    is_right = (outcome == _CORRECT) | (outcome == _FOLLOWS)
    is_wrong = (outcome == _WRONG) & np.isfinite(values) & ~(marked.rests_on_wrong | marked.follows_ignored)
    student, field = np.nonzero(is_wrong & ~right_of_itself(marked, values))
    # A right 0 comes from anything.
    state = np.where(is_right & (values != 0), np.int8(RIGHT), np.isfinite(values).astype(np.int8))
    state[student, field] = WRONG
    token = (values[student, field] + 0.0).view(np.int64)
    habit = _habits(part, values, marked, diagnosis, student, field)
    return SheetAnswers(part, state, student, field, token, habit)


def other_answers(part: PaperAnswers, marked: OtherMarks, answers: AnswerTable) -> SheetAnswers:
    """The answers to fields that ask for formulas, shapes and choices."""
    outcome = marked.outcome
    state = np.where(outcome == _BLANK, np.int8(0), np.int8(WRITTEN))
    state[outcome == _CORRECT] = RIGHT
    student, field = np.nonzero((outcome == _WRONG) & (part.rows >= 0))
    state[student, field] = WRONG
    codes, place = np.unique(answers.answer.codes[part.rows[student, field]], return_inverse=True)
    texts = answers.answer.distinct.take(pa.array(codes))
    spelled = pc.utf8_lower(pc.replace_substring(texts, " ", "")).to_pylist()
    token = np.array([_digest(text) for text in spelled], dtype=np.int64)[place]
    habit = np.where(marked.labels[student, field] > 0, np.int8(NAMED), np.int8(0))
    return SheetAnswers(part, state, student, field, token, habit)


def joined(sheets: Sequence[SheetAnswers]) -> list[SheetAnswers]:
    """Paper shapes with the same boxes made one, with the graph of the first: numbers are copied between them, too."""
    alike: dict[tuple[str, ...], list[SheetAnswers]] = {}
    for sheet in sheets:
        paper = sheet.part.paper
        alike.setdefault((paper.question.id, *(field.name for field in paper.fields)), []).append(sheet)
    return [_together(group) if len(group) > 1 else group[0] for group in alike.values()]


def _together(sheets: Sequence[SheetAnswers]) -> SheetAnswers:
    parts = [sheet.part for sheet in sheets]
    members, places, rows = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("members", "places", "rows")
    )
    begins = np.cumsum([0, *(len(part.members) for part in parts)]).tolist()
    student = [sheet.student + begin for sheet, begin in zip(sheets, begins, strict=False)]
    state, field, token, habit = (
        np.concatenate([getattr(sheet, name) for sheet in sheets]) for name in ("state", "field", "token", "habit")
    )
    part = PaperAnswers(parts[0].paper, members, places, rows)
    return SheetAnswers(part, state, np.concatenate(student), field, token, habit)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _habits(
    part: PaperAnswers, values: Array, marked: Marked, diagnosis: Diagnosis, student: Codes, field: Codes
) -> NDArray[np.int8]:
    """(wrong,) the first habit that may be behind each."""
    value = values[student, field]
    reference, own, least, half = (
        one[student, field] for one in (marked.reference, marked.own, marked.tolerance, marked.half)
    )
    targets, last = (reference, own), values.shape[1] - 1
    with np.errstate(all="ignore"):
        is_near = _any([np.abs(value - x) <= np.maximum(NEAR_SHARE * np.abs(x), NEAR_HALVES * half) for x in targets])
        # Where nobody rounds, a number that is near is as wrong as any other.
        is_near &= (least > 1.001 * half) | (not part.paper.shape.is_rational)
        is_sign = _any([np.abs(value + x) <= least for x in targets])
        is_point = _any([_is_power(value / x, least / np.abs(x)) for x in targets])
        beside = [marked.reference[student, np.clip(field + step, 0, last)] for step in (-1, 1)]
        is_next = _any([np.abs(value - x) <= least for x in beside])
        is_plain = _is_plain(value) & ~_is_plain(reference)
    found = (diagnosis.codes[student, field] > 0, is_near, is_sign, is_point, is_next, is_plain)
    return np.select(found, [np.int8(code) for code in range(1, len(found) + 1)], np.int8(0)).astype(np.int8)


def _any(found: Sequence[Flags]) -> Flags:
    return np.asarray(np.any(found, axis=0))


def _is_power(ratio: Array, off: Array) -> Flags:
    """Whether quotients are powers of ten, other than 1, as nearly as their values are known."""
    power = np.round(np.log10(np.abs(ratio)))
    return np.asarray((power != 0) & (np.abs(np.abs(ratio) * 10.0**-power - 1) <= np.maximum(off, _OF_POWER)))


def _is_plain(values: Array) -> Flags:
    """Whether numbers have one digit other than 0 at most."""
    scaled = np.abs(values) * 10.0 ** -np.floor(np.log10(np.abs(values)))
    return np.asarray((values == 0) | (np.abs(scaled - np.round(scaled)) <= 1e-9))
