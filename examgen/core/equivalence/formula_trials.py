"""Random numbers for a graph, and its values at them: where formulas are tried (`formula_answers`).

The draws are the same on every machine and in every run. One third has positive numbers only, so that every unit is
live; in the rest signs are mixed, so that units are dead and live in turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Quantity, Role, Values
from examgen.core.misconceptions.patches import patches
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array

DRAWS = 192
_SEED = 20_240_229

_SIZES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"W": (0.3, 1.3), "b": (0.1, 0.7), "x": (0.3, 1.5), "y": (0.2, 2.0), "learning_rate": (0.05, 0.3)}
)
"""Smallest and largest absolute value by kind of given quantity."""
_OTHER_SIZES = (0.3, 2.5)
_CONSTANTS = (0.1, 0.9)
_PROBABILITIES = (0.1, 0.9)

Entry = tuple[str, tuple[int, ...]]
"""One number of a graph: the name of its quantity, and its 0-based place in the stored array."""


@dataclass(frozen=True, eq=False)
class Trials:
    """A graph and its misconceptions, evaluated at the same draws; made once for all students with this graph.

    Attributes:
        graph: the right one.
        values: (draws, *shape) by quantity.
        patched: by misconception, the values of each of its graphs; what it does not change is the same array as in
            `values`.
        kinked: z of the units whose slope jumps, such as those of ReLU.
    """

    graph: ComputationGraph
    values: Values
    patched: Mapping[str, tuple[Values, ...]]
    kinked: tuple[Quantity, ...]


@lru_cache(maxsize=256)
def shape_trials(shape: Exercise, graph: ComputationGraph) -> Trials:
    """Where formulas for the quantities of one shape are tried, with all its misconceptions."""
    wrong: dict[str, list[ComputationGraph]] = {}
    for patch in patches(shape, frozenset(quantity.name for quantity in graph.derived)):
        wrong.setdefault(patch.misconception, []).append(patch.graph)
    return trials(graph, wrong)


def trials(
    graph: ComputationGraph, patched: Mapping[str, Sequence[ComputationGraph]] | None = None, draws: int = DRAWS
) -> Trials:
    """Evaluate a graph, and the graphs of each misconception, at random numbers for all that is given.

    Raises:
        ValueError: a patched graph needs given quantities that the right one does not have.
    """
    givens = drawn_givens(graph, draws)
    values = evaluate(graph, givens).values
    wrong = {
        name: tuple(_sharing(evaluate(other, givens).values, values) for other in graphs)
        for name, graphs in (patched or {}).items()
    }
    kinked = dict.fromkeys(
        quantity.inputs[0]
        for quantity in graph.derived
        if quantity.rule is not None and quantity.rule.name in ACTIVATIONS and ACTIVATIONS[quantity.rule.name].kinks
    )
    return Trials(graph, values, wrong, tuple(graph[name] for name in kinked))


def _sharing(found: Values, right: Values) -> Values:
    """The same values, by the array of the right ones where they are equal: that is seen at a glance."""
    return {
        name: right[name] if name in right and np.array_equal(value, right[name], equal_nan=True) else value
        for name, value in found.items()
    }


def drawn_givens(graph: ComputationGraph, draws: int = DRAWS) -> Values:
    """(draws, *shape) for each given quantity: moderate numbers, so that nothing saturates or overflows.

    Targets of cross-entropies are strictly between 0 and 1, and add up to 1 where softmax goes with them.
    """
    # PCG64 and random() give the same numbers under every version of NumPy.
    rng = np.random.Generator(np.random.PCG64(_SEED))
    is_positive = np.arange(draws) % 3 == 0
    losses = {quantity.rule.name for quantity in graph.derived if quantity.rule is not None} & set(LOSSES)
    found: dict[str, Array] = {}
    for quantity in graph.givens:
        keeps_sign = is_positive.reshape(draws, *(1 for _ in quantity.shape))
        sizes, signs = (rng.random((draws, *quantity.shape)) for _ in range(2))
        if quantity.role is Role.TARGET and any(LOSSES[name].outputs for name in losses):
            is_shared = any(LOSSES[name].targets_add_up for name in losses)
            found[quantity.name] = _probabilities(sizes, is_shared=is_shared)
        else:
            is_negative = (signs < 0.5) & ~keeps_sign & (quantity.role not in {Role.RATE, Role.CONSTANT})
            usual = _CONSTANTS if quantity.role is Role.CONSTANT else _OTHER_SIZES
            found[quantity.name] = _between(_SIZES.get(quantity.kind, usual), sizes) * np.where(is_negative, -1.0, 1.0)
        if quantity.is_of_weights:
            # Sums of n terms of one sign grow with n, those of mixed signs with its root.
            inputs = quantity.shape[-1]
            found[quantity.name] *= 1.5 / np.where(keeps_sign, inputs, np.sqrt(inputs))
    return found


def _between(limits: tuple[float, float], shares: Array) -> Array:
    low, high = limits
    return low + (high - low) * shares


def _probabilities(shares: Array, *, is_shared: bool) -> Array:
    found = _between(_PROBABILITIES, shares)
    return found / found.sum(axis=-1, keepdims=True) if is_shared else found
