"""Marks the entries of one paper shape, all students at once.

An entry is compared with the reference, and with the value recomputed from the student's own answers within the band
that honest rounding on the way can need. See the rules of marking in the README.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import students_last
from examgen.core.graph import Values
from examgen.core.rules.rule import Array
from examgen.exams.keys.solved_papers import solve
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.tolerance import by_field, reaches
from examgen.marking.judging.blocks import at_least_two, blocks_of
from examgen.marking.judging.credit_forward import carries_forward
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.own_work import Flags, Start, Watch, Work
from examgen.marking.judging.records import in_columns, of_students, together
from examgen.marking.judging.written_digits import Submitted, Writing

DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Marked:
    """What each entry came out as; all (students, fields).

    Attributes:
        outcome: codes of `OUTCOMES`.
        reference: the right value.
        own: the value recomputed from the student's own answers.
        tolerance: half a unit of the last asked digit and the band of honest rounding on the way.
        missing_digits: how many digits too few were written in a value that is right to the digits it has; else 0.
        rests_on_wrong: whether an answer that it rests on is not correct, while it follows from it.
        follows_ignored: whether it would follow if zeros and wild values carried credit forward, and does not.
        carried: the value that later work is recomputed from: the student's, or the reference.
        past_blanks: whether `own` sees blank entries as steps that were done and not written down, and recomputes them
            too, rather than starting from their reference.
        half: half a unit of the last asked digit.
        is_fraction: whether a fraction was written where a whole number is asked for.
        coarse: half a unit of the last written digit where an answer with fewer digits than asked carries on, else 0.
    """

    outcome: NDArray[np.int8]
    reference: Array
    own: Array
    tolerance: Array
    missing_digits: NDArray[np.int64]
    rests_on_wrong: Flags
    follows_ignored: Flags
    carried: Array
    past_blanks: Flags
    coarse: Array
    half: Array
    is_fraction: Flags


def mark(
    paper: PaperShape,
    givens: Values,
    submitted: Submitted,
    policy: Policy = DEFAULT_POLICY,
    watch: Watch | None = None,
) -> Marked:
    """Mark every entry.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        policy: of the exam.
        watch: is told, block by block, whose entries were recomputed and from where, but for those settled by then.
    """
    paper = paper.standing
    students = submitted.values.shape[0]
    blocks = []
    # A student's wild number may overflow on the way: it becomes inf or nan, and is no reason for a warning.
    with np.errstate(all="ignore"):
        for part in map(at_least_two, blocks_of(paper, np.arange(students))):
            block_givens = {name: students_last(values[part]) for name, values in givens.items()}
            written = in_columns(submitted, part)
            blocks.append(_mark_block(paper, block_givens, written, policy, watch))
    return of_students(together(blocks), slice(students))


def _mark_block(paper: PaperShape, givens: Values, submitted: Submitted, policy: Policy, watch: Watch | None) -> Marked:
    # Each student's numbers together, as in the key: not even the last digit is another than there.
    together = {name: np.ascontiguousarray(values) for name, values in givens.items()}
    reference = {name: students_last(values) for name, values in solve(paper, together).values.items()}
    wanted = by_field(paper, reference)
    writing = Writing.of_answers(paper, submitted, wanted, policy)
    values, half, is_right = writing.values, writing.half, writing.is_right
    is_blank = np.isnan(values)
    work = Work(paper, givens, reference, writing, policy)
    is_doubtful = ~carries_forward(policy, values, wanted, is_right) & ~is_blank
    found, is_ignored, follows_all = work.settled(wanted, is_doubtful)
    start = Start.at(values, wanted, is_ignored | is_blank)
    if watch is not None:
        watch(np.arange(len(values)), start)
    start, found = work.by_other_routes(start, found, watch)
    is_followed = policy.follow_through != "off"
    follows = found.follows if is_followed else found.follows & ~found.rests
    is_correct = is_right | (found.follows & ~found.rests)
    sound = found.own if is_followed else np.where(found.rests, np.nan, found.own)
    band, cut = found.tolerance - half, policy.truncation
    is_near = reaches(values, wanted, writing.written_half, truncation=cut)
    is_near |= reaches(values, sound, writing.written_half, band, truncation=cut)
    missing = np.where(is_near & ~is_correct & ~follows, writing.fewer, 0)
    outcome = np.select(
        [submitted.is_unreadable, is_blank, is_correct, follows, missing == 1],
        [OUTCOMES[name].code for name in ("unreadable", "blank", "correct", "follow_through", "imprecise")],
        OUTCOMES["wrong"].code,
    ).astype(np.int8)
    rests_on_wrong = found.follows & found.rests & ~is_right
    parts = (found.own, found.tolerance, missing, rests_on_wrong, follows_all & ~found.follows & ~is_right)
    return Marked(
        outcome, wanted, *parts, start.carried, found.past_blanks, found.coarse, half, writing.fraction_half > 0
    )
