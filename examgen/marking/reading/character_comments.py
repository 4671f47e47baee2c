"""Comments of results.csv that name the character which makes an answer unreadable.

Called by `grading` with the comments of a paper shape. Only the few entries concerned are looked at, each text once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from examgen.core.formulas.number_grammar import FAULTS
from examgen.exams.wording.sentences import IN_ENGLISH, Wording
from examgen.marking.reading.answers import REASON_CODES, AnswerTable
from examgen.marking.reading.typed.typed_numbers import REASONS, fault

Codes = NDArray[np.int64]

_REASONS = {REASON_CODES[reason]: reason for reason in FAULTS}


def with_characters(
    comment: tuple[Codes, Sequence[str]],
    answers: AnswerTable,
    rows: Codes,
    is_unreadable: NDArray[np.bool_],
    wording: Wording = IN_ENGLISH,
) -> tuple[Codes, Sequence[str]]:
    """The comments of the entries, with the character at fault in those that have one.

    Args:
        comment: (students, fields) places in the texts behind it.
        answers: of the class.
        rows: (students, fields) rows of the answers; -1 where nothing was handed in.
        is_unreadable: (students, fields) of the entries.
        wording: of the exam.
    """
    concerned = is_unreadable & (rows >= 0)
    concerned[concerned] = np.isin(answers.parsed.reason[rows[concerned]], list(_REASONS))
    if not concerned.any():
        return comment
    codes, texts = comment
    found = rows[concerned]
    # One text has one of these reasons, whatever the decimal mark with which it was read.
    _, first, place = np.unique(answers.answer.codes[found], return_index=True, return_inverse=True)
    told = [_told(answers.answer.at(row), _REASONS[int(answers.parsed.reason[row])], wording) for row in found[first]]
    new = {text: len(texts) + number for number, text in enumerate(dict.fromkeys(told))}
    codes = codes.copy()
    codes[concerned] = np.array([new[text] for text in told])[place]
    return codes, [*texts, *new]


def _told(text: str, reason: str, wording: Wording) -> str:
    return wording.with_character(REASONS[reason], fault(text, reason))
