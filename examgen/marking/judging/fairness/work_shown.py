"""Which entries show work on this paper, and what follow-through is therefore paid.

Whatever somebody writes, something follows from it; follow-through is for work that went on from a slip. So two things
are asked. Does an entry show work: can what would follow be told from a value that needs no calculation? And does the
sheet: are the entries that start from the paper's numbers mostly right, following or explained? Called by `grading`
between marking and adding up.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Role, Values
from examgen.core.probes.dependence import rests_on
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import as_quantities, by_field
from examgen.exams.wording.sentences import IN_ENGLISH, Wording
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.free_values import FreeValues
from examgen.marking.judging.outcomes import HUNDREDTHS, OUTCOMES
from examgen.marking.judging.records import of_students
from examgen.marking.judging.written_digits import Submitted

MOST_WITHOUT_WORK = 0.5
"""Entries that show no work pay together at most so much of what the others have earned."""

BEHIND_SLIPS = 1.0
"""The same where few answers are wrong of themselves: a slip may switch off a unit, and all behind it is 0."""

NOTHING = 2.5
"""So many half units of the last asked digit are as good as 0."""

FEW = 1 / 10
"""Share of a sheet's answers up to which those that are wrong of themselves, and have no name, are slips of the pen,"""

LEAST_FEW = 2
"""and so many are in any case. More than one is only where some entry that starts from the paper's numbers is work."""

ENOUGH_WORK = 0.5
"""Share of the entries that start from the paper's numbers from which on follow-through pays in full."""

MOSTLY = 0.75
"""Where so much of these entries is right, nobody asks further."""

WHY = ("", "no_work", "made_up", "zero", "not_started")
"""Sentences that say why not all of an entry's marks are paid."""

_CORRECT, _FOLLOWS, _IMPRECISE, _WRONG = (
    OUTCOMES[name].code for name in ("correct", "follow_through", "imprecise", "wrong")
)

Flags = NDArray[np.bool_]
Shares = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Paid:
    """What of each entry's marks is paid.

    Attributes:
        share: (students, fields) hundredths.
        why: (students, fields) why not all is paid, a place in `WHY`; 0 where all is.
        started: (students,) share of the entries that start from the paper's numbers which are work on it.
    """

    share: Shares
    why: NDArray[np.int64]
    started: Array


def paid(
    paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked, is_named: Flags, marks: Array
) -> Paid:
    """Hold back what no work was done for.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        marked: how it was marked.
        is_named: (students, fields) whether a misconception explains a wrong entry.
        marks: (students, fields) marks of each entry by outcome.
    """
    paper = paper.standing
    share, why = np.full(marks.shape, HUNDREDTHS), np.zeros(marks.shape, dtype=np.int64)
    started = np.ones(len(marks))
    rows = np.flatnonzero(_may_be_held_back(paper, submitted, marked, marks))
    if not rows.size:
        return Paid(share, why, started)
    chosen = of_students(marked, rows)
    values, earns = submitted.values[rows], marks[rows] > 0
    free = FreeValues(paper, {name: given[rows] for name, given in givens.items()}, values, chosen)
    is_right = right_of_itself(chosen, values)
    follows = _only_follows(chosen, is_right)
    is_zero, named = values == 0, is_named[rows] & ~free.written
    # Who copies an answer that shows work goes on from that work, though the copy shows none.
    reads_work = _reads_work(paper, is_right, (follows | named) & ~is_zero, is_zero, np.isnan(values))
    explained = (follows & ~free.follows & earns) | named
    is_work = ((is_right & earns) | (explained & reads_work)) & ~is_zero
    started[rows] = _started(paper, is_work, np.isfinite(values), is_right & free.right)
    has_slips, most = _slips(paper, chosen, values, named, started[rows])
    is_made_up = free.follows | ~(reads_work | has_slips[:, None])
    is_idle = (started[rows, None] < ENOUGH_WORK) & ~has_slips[:, None]
    no_work = earns & ((follows & is_made_up) | (is_right & is_zero & is_idle))
    part = np.where(has_slips, 1.0, started[rows] / ENOUGH_WORK)
    whole = np.where(follows, _hundredths(part)[:, None], HUNDREDTHS)
    share[rows] = _capped(whole, no_work, marks[rows], most)
    kinds = [is_right & is_zero, follows & free.follows, no_work]
    found = np.select(kinds, [WHY.index(name) for name in ("zero", "no_work", "made_up")], WHY.index("not_started"))
    why[rows] = np.where(share[rows] < HUNDREDTHS, found, 0)
    return Paid(share, why, started)


def _slips(paper: PaperShape, marked: Marked, values: Array, named: Flags, started: Array) -> tuple[Flags, Array]:
    """(students,) whether so few answers are wrong of themselves, and have no name, that they are slips; and how much
    of what the others have earned entries without work then pay at most."""
    is_written = np.isfinite(values)
    slips = (marked.outcome == _WRONG) & is_written & ~named
    # Whoever writes 0, or as good as 0, where there is something has hardly slipped; but a unit that jumps may say so.
    idle = (slips & (np.abs(values) <= NOTHING * marked.half) & ~jumping(paper)).sum(axis=1)
    count = slips.sum(axis=1)
    # Of another paper whatever starts from its numbers is wrong, which may be two entries, and all the rest follows.
    is_few = (count <= 1) | ((started > 0) & (count <= np.maximum(LEAST_FEW, FEW * is_written.sum(axis=1))))
    return is_few & (idle <= 1), np.where(is_few & (idle == 0), BEHIND_SLIPS, MOST_WITHOUT_WORK)


def _may_be_held_back(paper: PaperShape, submitted: Submitted, marked: Marked, marks: Array) -> Flags:
    """(students,) whether so much follows from wrong answers, or so little is right, that work has to be looked for."""
    values = submitted.values
    is_right = right_of_itself(marked, values)
    follows = _only_follows(marked, is_right)
    of_right, of_following = (np.where(part, marks, 0.0).sum(axis=1) for part in (is_right & (values != 0), follows))
    places = list(starting_places(paper))
    there = np.isfinite(values[:, places]).sum(axis=1)
    is_idle = (is_right & (values != 0))[:, places].sum(axis=1) < MOSTLY * there
    return np.asarray((of_following > MOST_WITHOUT_WORK * of_right) | (is_idle & (marks > 0).any(axis=1)))


def right_of_itself(marked: Marked, values: Array) -> Flags:
    """(students, fields) answers that are right of themselves, to the digits that they have."""
    off = np.abs(values - marked.reference)
    is_right = np.asarray((off <= marked.half) | (marked.outcome == _CORRECT))
    # Few answers are too short, and powers take long.
    short = np.nonzero(marked.outcome == _IMPRECISE)
    is_right[short] |= off[short] <= marked.half[short] * 10.0 ** marked.missing_digits[short]
    return is_right


def _only_follows(marked: Marked, is_right: Flags) -> Flags:
    """(students, fields) answers with marks for what they follow from, of which some are `right_of_itself`."""
    is_paid = (marked.outcome == _FOLLOWS) | (marked.outcome == _IMPRECISE)
    return np.asarray(is_paid & ~is_right)


def held_back_text(share: int, why: int, wording: Wording = IN_ENGLISH) -> str:
    """What is said to the student beside an entry of which so many hundredths are paid; nothing where all is."""
    return wording.tell(WHY[why], share=share) if why else ""


def _capped(share: Shares, no_work: Flags, marks: Array, most_of_others: Array) -> Shares:
    """The shares with entries without work held back to what the others have earned."""
    earned = marks * share
    without = np.where(no_work, earned, 0.0).sum(axis=1)
    most = most_of_others * (earned.sum(axis=1) - without)
    factor = _hundredths(np.where(without > 0, most / np.maximum(without, 1e-300), 1.0))
    return np.where(no_work, share * factor[:, None] // HUNDREDTHS, share)


def _hundredths(part: Array) -> Shares:
    return np.floor(np.clip(part, 0.0, 1.0) * HUNDREDTHS + 1e-9).astype(np.int64)


def _reads_work(paper: PaperShape, is_right: Flags, is_explained: Flags, is_zero: Flags, is_blank: Flags) -> Flags:
    """(students, fields) whether an entry is computed from the paper's numbers only, or also from an answer that shows
    work: one that is right, or follows from such a one, or comes from it by a misconception. What follows from made-up
    answers alone is made up.

    What was left out shows work where it is computed from answers that do and from none that is made up.
    """
    columns = (is_right & ~is_zero, is_explained | (is_right & is_zero), is_blank)
    right, explained, blank = (as_quantities(paper, flags, flags is is_blank) for flags in columns)
    students = len(is_right)
    shows: dict[str, Flags] = {}
    made_up: dict[str, Flags] = {}
    reads: dict[str, Flags] = {}
    for quantity in paper.graph.derived:
        name = quantity.name
        if name in paper.shown:
            continue
        shows[name] = rests_on(paper.graph, quantity, shows, students)
        made_up[name] = rests_on(paper.graph, quantity, made_up, students)
        if name in right:
            is_open = blank[name].reshape(students, -1)
            reads[name] = shows[name].reshape(right[name].shape)
            written = (right[name] | (explained[name] & reads[name])).reshape(students, -1)
            shows[name] = np.where(is_open, shows[name] & ~made_up[name], written)
            made_up[name] = np.where(is_open, made_up[name], ~written)
    return np.asarray(by_field(paper, reads) | ~_reads_answers(paper))


def _started(paper: PaperShape, is_work: Flags, is_written: Flags, says_nothing: Flags) -> Array:
    """(students,) of the entries that start from the paper's numbers and can tell, the share that is work.

    What was left out counts where something was written that rests on it; who has not come so far has not left it out.
    """
    places = list(starting_places(paper))
    # As floating point numbers, which are multiplied many times as fast.
    is_passed = ~is_written & ((is_written.astype(np.float32) @ readers_among(paper)) > 0)
    telling = ((is_written & ~says_nothing) | is_passed)[:, places].sum(axis=1)
    work = (is_work & ~says_nothing)[:, places].sum(axis=1)
    return np.where(telling > 0, work / np.maximum(telling, 1), 1.0)


@lru_cache(maxsize=512)
def jumping(paper: PaperShape) -> Flags:
    """(fields,) which are outputs that have few values."""
    rules = (paper.graph[field.quantity].rule for field in paper.fields)
    return np.array(
        [rule is not None and rule.name in ACTIVATIONS and bool(ACTIVATIONS[rule.name].levels) for rule in rules]
    )


@lru_cache(maxsize=512)
def _reads_answers(paper: PaperShape) -> Flags:
    """(fields,) whether an entry reads anything that is asked, itself or by way of what is not."""
    return np.asarray(readers_among(paper).any(axis=1))


@lru_cache(maxsize=512)
def readers_among(paper: PaperShape) -> NDArray[np.float32]:
    """(fields, fields): whether the first rests on the second, as far as quantities tell."""
    names = [field.quantity for field in paper.fields]
    behind = {name: paper.graph.sources({name}) for name in set(names)}
    return np.array([[source in behind[name] for source in names] for name in names], dtype=np.float32)


@lru_cache(maxsize=512)
def starting_places(paper: PaperShape) -> tuple[int, ...]:
    """The fields whose rule reads numbers of the paper, itself or by way of what nobody asks for."""
    # The learning rate is the same for all, as other constants are: who copies a step copies it with its result.
    are_constants = {Role.RATE, Role.CONSTANT}
    reads = set(paper.shown) | {given.name for given in paper.graph.givens if given.role not in are_constants}
    starting = set()
    for quantity in paper.graph.derived:
        if any(name in reads for name in quantity.inputs):
            starting.add(quantity.name)
            if quantity.name not in paper.asked_whole:
                reads.add(quantity.name)
    return tuple(place for place, field in enumerate(paper.fields) if field.quantity in starting)
