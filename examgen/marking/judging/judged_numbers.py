"""The numbers of one paper shape from answers to outcomes and causes; what `grading` and `explain` both call."""

import numpy as np

from examgen.core.graph import Values
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis, diagnose
from examgen.marking.judging.diagnosing.gaps import following_causes
from examgen.marking.judging.entries import Marked, mark
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.written_digits import Flags, Submitted


def judge(paper: PaperShape, givens: Values, submitted: Submitted, policy: Policy) -> tuple[Marked, Diagnosis]:
    """Mark every entry, name what explains wrong ones, and let follow what lies behind a cause in a gap.

    Arguments as in `mark`.
    """
    marked = mark(paper, givens, submitted, policy)
    diagnosis = diagnose(paper, givens, submitted, marked)
    if policy.follow_through != "off" and policy.follow_through_cause:
        return following_causes(paper, givens, submitted, marked, diagnosis)
    return marked, diagnosis


def too_short_to_take(marked: Marked, submitted: Submitted, policy: Policy) -> Flags:
    """(students, fields) whether an answer lost marks for having fewer than `least_digits`, and is right to those."""
    if policy.precision != "as_written":
        return np.zeros(marked.outcome.shape, dtype=bool)
    imprecise, wrong = (OUTCOMES[name].code for name in ("imprecise", "wrong"))
    has_lost = (marked.outcome == imprecise) | (marked.outcome == wrong)
    return np.asarray(has_lost & (marked.missing_digits > 0) & (submitted.digits < policy.least_digits))
