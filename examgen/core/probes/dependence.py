"""Which entries rest on which, so that what follows from a wrong answer is not taken for correct.

How much an entry moves does not tell: a sigmoid far out or a dead ReLU does not move at all and still hands a wrong
input on. So the links are found by trying each rule at random inputs, once for each rule.

Called by `exams.tolerance` and by marking.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.rules.rule import Array, Rule

SIGNED_TRIALS = 40
"""Trials with inputs of both signs: a slope that is 0 or 1 shows in half of them."""

POSITIVE_TRIALS = 8
"""Trials with inputs from 0 to 1, where logarithms are defined."""

Flags = NDArray[np.bool_]


def rests_on(graph: ComputationGraph, quantity: Quantity, unsound: Mapping[str, Flags], students: int) -> Flags:
    """Whether each entry of a quantity reads an unsound value.

    Args:
        graph: the graph of the quantity.
        quantity: a derived one.
        unsound: (students, entries) by name for every earlier derived quantity that has any, such as the entries whose
            value, as later work sees it, is a wrong answer or rests on one.
        students: how many.

    Returns: (students, entries).
    """
    found = np.zeros((quantity.size, students), dtype=bool).T
    if unsound.keys().isdisjoint(quantity.inputs):
        return found
    for name, handed_on in _inputs_of(graph, quantity.name):
        if name in unsound:
            found |= handed_on(unsound[name])
    return found


@lru_cache(maxsize=4096)
def _inputs_of(graph: ComputationGraph, name: str) -> tuple[tuple[str, Callable[[Flags], Flags]], ...]:
    """What a quantity reads, each with how its flags are handed on."""
    quantity = graph[name]
    assert quantity.rule is not None
    shapes = tuple(graph[source].shape for source in quantity.inputs)
    found = (links(quantity.rule, shapes, place) for place in range(len(shapes)))
    return tuple((source, _handing_on(linked)) for source, linked in zip(quantity.inputs, found, strict=True))


def _handing_on(linked: Flags) -> Callable[[Flags], Flags]:
    """From (students, entries) of an input to (students, entries) of the result. Products of flags take several times
    as long, and most rules read the same entry or all of them."""
    if linked.all():
        return lambda flags: np.asarray(flags.any(axis=1, keepdims=True))
    if linked.shape[0] == linked.shape[1] and np.array_equal(linked, np.eye(len(linked), dtype=bool)):
        return lambda flags: flags
    return lambda flags: flags @ linked


@lru_cache(maxsize=4096)
def links(rule: Rule, shapes: tuple[tuple[int, ...], ...], place: int) -> Flags:
    """(entries of one input, entries of the result): whether the result's entry reads the input's."""
    draws = np.random.default_rng(20)
    size = int(np.prod(shapes[place], dtype=int))
    trials = SIGNED_TRIALS + POSITIVE_TRIALS
    low = np.where(np.arange(trials) < POSITIVE_TRIALS, 0.0, -1.0)

    def drawn(shape: tuple[int, ...]) -> Array:
        lows = low.reshape(trials, *(1 for _ in shape))
        return lows + (1 - lows) * draws.uniform(size=(trials, *shape))

    inputs = [np.repeat(drawn(shape)[:, None], size + 1, axis=1) for shape in shapes]
    # Row 0 of each trial stays as it is; every other row has one entry drawn anew.
    np.einsum("tii->ti", inputs[place].reshape(trials, size + 1, size)[:, 1:])[...] = drawn((size,))
    with np.errstate(all="ignore"):
        results = np.asarray(rule.compute(*inputs)).reshape(trials, size + 1, -1)
    before, after = results[:, :1], results[:, 1:]
    moved = (after != before) & ~(np.isnan(after) & np.isnan(before))
    return np.asarray(moved.any(axis=0))
