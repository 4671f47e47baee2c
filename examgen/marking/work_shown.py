"""Which entries show work on this paper, and what follow-through is therefore paid.

Whatever somebody writes, something follows from it; follow-through is for work that went on from a slip. So two things
are asked. Does an entry show work: can what would follow be told from a value that needs no calculation? And does the
sheet: are the entries that start from the paper's numbers mostly right, following or explained? Called by `grading`
between marking and adding up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.activations import ACTIVATIONS
from examgen.core.graph import Quantity, Values, evaluate
from examgen.core.network import NetworkShape
from examgen.core.resting import links
from examgen.core.rules import Array
from examgen.exams.exam import PaperShape
from examgen.exams.keys import solve
from examgen.exams.sentences import IN_ENGLISH, Wording
from examgen.exams.tolerance import as_quantities, by_field
from examgen.marking.entries import Marked
from examgen.marking.following import Submitted
from examgen.marking.outcomes import OUTCOMES
from examgen.marking.totals import HUNDREDTHS

MOST_WITHOUT_WORK = 0.5
"""Entries that show no work pay together at most so much of what the others have earned."""

ENOUGH_WORK = 0.5
"""Share of the entries that start from the paper's numbers from which on follow-through pays in full."""

_PAID = tuple(OUTCOMES[name].code for name in ("correct", "follow_through", "imprecise"))

Flags = NDArray[np.bool_]
Shares = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Paid:
    """What of each entry's marks is paid.

    Attributes:
        share: (students, fields) hundredths.
        shows_no_work: (students, fields) entries with marks that show no work.
        started: (students,) share of the entries that start from the paper's numbers which are work on it.
    """

    share: Shares
    shows_no_work: Flags
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
    share = np.full(marks.shape, HUNDREDTHS)
    no_work, started = np.zeros(marks.shape, dtype=bool), np.ones(len(marks))
    is_right = np.abs(submitted.values - marked.reference) <= marked.half
    is_right_zero = is_right & (submitted.values == 0)
    rests = marked.outcome == OUTCOMES["follow_through"].code
    rows = np.flatnonzero((rests | (is_right_zero & (marks > 0))).any(axis=1))
    if not rows.size:
        return Paid(share, no_work, started)
    with np.errstate(all="ignore"):
        trivial = _Trivial.of(paper, givens, marked, rows)
        is_empty = trivial.follows & ~trivial.is_right_too
        empty_text = trivial.written(submitted.values[rows])
    is_paid = np.isin(marked.outcome[rows], _PAID) & (marks[rows] > 0)
    no_work[rows] = is_paid & ((is_empty & ~is_right[rows]) | is_right_zero[rows])
    is_work = (is_paid & (is_right[rows] | ~trivial.follows)) | (is_named[rows] & ~empty_text)
    started[rows] = _started(paper, is_work, np.isfinite(submitted.values[rows]) & ~trivial.is_right_too)
    share[rows] = np.where(rests[rows], _hundredths(started[rows] / ENOUGH_WORK)[:, None], HUNDREDTHS)
    _cap(share, no_work, marks, rows)
    return Paid(share, no_work, started)


def held_back_text(share: int, *, shows_no_work: bool, wording: Wording = IN_ENGLISH) -> str:
    """What is said to the student beside an entry of which so many hundredths are paid."""
    return wording.tell("no_work" if shows_no_work else "not_started", share=share)


def _cap(share: Shares, no_work: Flags, marks: Array, rows: NDArray[np.intp]) -> None:
    """Hold entries without work back to what the others have earned."""
    earned = marks[rows] * share[rows]
    without = np.where(no_work[rows], earned, 0.0).sum(axis=1)
    most = MOST_WITHOUT_WORK * (earned.sum(axis=1) - without)
    factor = _hundredths(np.where(without > 0, most / np.maximum(without, 1e-300), 1.0))
    share[rows] = np.where(no_work[rows], share[rows] * factor[:, None] // HUNDREDTHS, share[rows])


def _hundredths(part: Array) -> Shares:
    return np.floor(np.clip(part, 0.0, 1.0) * HUNDREDTHS + 1e-9).astype(np.int64)


def _started(paper: PaperShape, is_work: Flags, is_telling: Flags) -> Array:
    """(students,) of the entries that start from the paper's numbers and can tell, the share that is work."""
    places = list(_starting_places(paper))
    telling = is_telling[:, places].sum(axis=1)
    return np.where(telling > 0, (is_work & is_telling)[:, places].sum(axis=1) / np.maximum(telling, 1), 1.0)


@lru_cache(maxsize=512)
def _starting_places(paper: PaperShape) -> tuple[int, ...]:
    """The fields whose rule reads numbers of the paper, itself or by way of what nobody asks for."""
    asked = {field.quantity for field in paper.fields}
    # The learning rate is the same for all: who copies a step copies it with its result.
    reads: set[str] = {given.name for given in paper.graph.givens if given.kind != "learning_rate"}
    starting = set()
    for quantity in paper.graph.derived:
        if any(name in reads for name in quantity.inputs):
            starting.add(quantity.name)
            if quantity.name not in asked:
                reads.add(quantity.name)
    return tuple(place for place, field in enumerate(paper.fields) if field.quantity in starting)


@dataclass(frozen=True, slots=True)
class _Trivial:
    """Where entries can be told from a value that needs no calculation; all (rows, fields).

    Attributes:
        follows: what would follow is such a value, within its tolerance.
        is_right_too: so is the reference.
        nearest: the distance of the written value is seen from these, by quantity: (rows, *shape, values).
    """

    paper: PaperShape
    follows: Flags
    is_right_too: Flags
    inputs: dict[str, Array]
    tolerance: Array

    @staticmethod
    def of(paper: PaperShape, givens: Values, marked: Marked, rows: NDArray[np.intp]) -> "_Trivial":
        chosen = {name: values[rows] for name, values in givens.items()}
        own = evaluate(paper.graph, chosen, substitute=as_quantities(paper, marked.carried[rows]))
        right = solve(paper, chosen)
        tolerance = as_quantities(paper, marked.tolerance[rows])
        mine = as_quantities(paper, marked.own[rows])
        follows, right_too, inputs = {}, {}, {}
        for quantity in _asked(paper):
            name = quantity.name
            inputs[name] = _free_values(paper, quantity, own.values, len(rows))
            follows[name] = _is_near(mine[name], inputs[name], tolerance[name])
            free = _free_values(paper, quantity, right.values, len(rows))
            right_too[name] = _is_near(right.values[name], free, tolerance[name])
        return _Trivial(
            paper, by_field(paper, follows), by_field(paper, right_too), inputs, marked.tolerance[rows]
        )  # fmt: skip

    def written(self, values: Array) -> Flags:
        """(rows, fields) whether a written value is such a value."""
        by_name, tolerance = as_quantities(self.paper, values), as_quantities(self.paper, self.tolerance)
        near = {name: _is_near(by_name[name], free, tolerance[name]) for name, free in self.inputs.items()}
        return by_field(self.paper, near)


def _asked(paper: PaperShape) -> Iterator[Quantity]:
    return (paper.graph[name] for name in paper.entry_places)


def _is_near(values: Array, free: Array, tolerance: Array) -> Flags:
    """(rows, *shape) whether a value is within its tolerance of any free one, (rows, *shape, free values)."""
    return np.asarray((np.abs(values[..., None] - free) <= tolerance[..., None]).any(axis=-1))


def _free_values(paper: PaperShape, quantity: Quantity, values: Values, rows: int) -> Array:
    """(rows, *shape, free values): 0, the limits of an activation, and the numbers that an entry is computed from."""
    found = [np.zeros((rows, quantity.size, 1))]
    shape = paper.shape
    if isinstance(shape, NetworkShape) and quantity.kind == "a" and quantity.layer is not None:
        bounds = ACTIVATIONS[shape.activations[quantity.layer - 1]].bounds
        found += [np.full((rows, quantity.size, 1), limit) for limit in bounds if np.isfinite(limit)]
    assert quantity.rule is not None
    shapes = tuple(paper.graph[name].shape for name in quantity.inputs)
    for place, name in enumerate(quantity.inputs):
        reads = links(quantity.rule, shapes, place)
        source = np.broadcast_to(values[name], (rows, *paper.graph[name].shape)).reshape(rows, 1, -1)
        found.append(np.where(reads.T[None], source, np.nan))
    return np.concatenate(found, axis=2).reshape(rows, *quantity.shape, -1)
