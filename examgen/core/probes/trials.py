"""Random numbers for a graph, by which it is seen what holds for all numbers.

Called by `misconceptions`, to see which rewirings can show, and by `equality`.
"""

from functools import lru_cache

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph, Role, Values
from examgen.core.rules.rule import Array

TRIALS = 32
"""Draws for each graph."""

DRAWS = 32 * TRIALS
"""Draws of which the first so many are taken that have no dead layer."""


@lru_cache(maxsize=64)
def live_trials(graph: ComputationGraph) -> Values:
    """Givens as in `trial_givens`, and no dead layers: (TRIALS, *shape) by name."""
    values = trial_values(graph)
    is_live = np.ones(DRAWS, dtype=bool)
    for quantity in graph.derived:
        if quantity.role is Role.SLOPE:
            is_live &= (values[quantity.name] != 0).any(axis=-1).all(axis=-1)
    # Papers with a dead layer are never handed out; z is a on a layer of a single ReLU, for one.
    return {given.name: values[given.name][is_live][:TRIALS] for given in graph.givens}


@lru_cache(maxsize=4)
def trial_values(graph: ComputationGraph) -> Values:
    """All quantities at `trial_givens`, (DRAWS, *shape) by name."""
    return evaluate(graph, trial_givens(graph)).values


def trial_givens(graph: ComputationGraph) -> dict[str, Array]:
    """Givens of both signs and targets that are probabilities: (DRAWS, *shape) by name."""
    draws = np.random.default_rng(5)
    givens: dict[str, Array] = {}
    for given in graph.givens:
        size = (DRAWS, *given.shape)
        if given.role is Role.TARGET:
            rows = draws.uniform(0.05, 1, size)
            givens[given.name] = rows / (rows.sum(axis=-1, keepdims=True) if given.shape[-1] > 1 else 1.2)
        elif given.role in {Role.RATE, Role.CONSTANT}:
            givens[given.name] = draws.uniform(0.1, 0.9, size)
        else:
            givens[given.name] = draws.uniform(-1.5, 1.5, size)
    return givens
