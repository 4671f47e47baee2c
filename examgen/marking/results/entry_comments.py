"""One sentence of results.csv for the student about each entry; `grading` calls it for each paper shape."""

import numpy as np
from numpy.typing import NDArray

from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.sentences import IN_ENGLISH, Wording
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.mistakes import mistakes_text
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.marking.reading.answers import REASON_CODES
from examgen.marking.reading.typed.typed_numbers import REASONS
from examgen.marking.results.result_rows import Codes


def comments(
    paper: PaperShape, marked: Marked, diagnosis: Diagnosis, reason: NDArray[np.int8], wording: Wording = IN_ENGLISH
) -> tuple[Codes, list[str]]:
    """One sentence for the student about each entry.

    Args:
        paper: the shape of these students.
        marked: their entries.
        diagnosis: what is behind the wrong ones.
        reason: (students, fields) why an answer is no number, a code of `REASON_CODES`.
        wording: of the exam.

    Returns: (students, fields) places in the list of texts behind it.
    """
    texts = [outcome.comment and wording.say(outcome.comment) for outcome in BY_CODE]
    by_reason = {code: len(texts) + place for place, code in enumerate(REASON_CODES.values())}
    texts += [wording.say(REASONS[name]) for name in REASON_CODES]
    follows_wrong = len(texts)
    texts += [wording.tell("follows_wrong"), wording.tell("follows_ignored")]
    too_few = np.arange(len(paper.fields)) + len(texts)
    texts += [
        wording.tell(
            "too_few_decimals" if field.digits.unit == "decimals" else "too_few_figures", count=field.digits.count
        )
        for field in paper.fields
    ]
    explained = len(texts) + diagnosis.codes
    texts += [mistakes_text(label, wording, is_turned=paper.is_turned) for label in diagnosis.labels]
    follows_cause = len(texts) + diagnosis.codes
    texts += [mistakes_text(label, wording, "follows_cause", is_turned=paper.is_turned) for label in diagnosis.labels]
    sign = len(texts)
    texts += [wording.tell("sign"), wording.tell("whole")]
    nothing = len(texts)
    reasons = np.array([nothing, *(by_reason[code] for code in sorted(by_reason))])[reason]
    is_wrong = marked.outcome == OUTCOMES["wrong"].code
    codes = np.select(
        [
            marked.outcome == OUTCOMES["unreadable"].code,
            is_wrong & marked.is_fraction,
            is_wrong & (marked.missing_digits > 1),
            is_wrong & marked.rests_on_wrong,
            is_wrong & marked.follows_ignored,
            (diagnosis.codes > 0) & is_wrong,
            diagnosis.codes > 0,
            diagnosis.is_sign,
            is_wrong,
        ],
        [
            reasons,
            sign + 1,
            np.broadcast_to(too_few, reasons.shape),
            follows_wrong,
            follows_wrong + 1,
            explained,
            follows_cause,
            sign,
            nothing,
        ],
        marked.outcome,
    )
    return codes.astype(np.int64), [*texts, ""]
