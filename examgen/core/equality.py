"""Which quantities of a graph are always equal, so that an answer for one stands for the other.

For one sample the gradient of the biases is that of the pre-activations; a linear unit's activation is its input. It is
seen at random numbers, so that it holds for whatever rules there are.
"""

from functools import lru_cache

import numpy as np

from examgen.core.graph import ComputationGraph, evaluate
from examgen.core.trials import trial_givens

Copies = tuple[tuple[str, str], ...]
"""(earlier, later) names of quantities with the same entries in the same order."""


@lru_cache(maxsize=256)
def copies(graph: ComputationGraph) -> Copies:
    """Each derived quantity that is always equal to an earlier one, with the first such."""
    values = evaluate(graph, trial_givens(graph)).values
    found = []
    for place, later in enumerate(graph.derived):
        mine = values[later.name].reshape(-1)
        for earlier in graph.derived[:place]:
            if earlier.size == later.size and np.allclose(mine, values[earlier.name].reshape(-1), 1e-9, 1e-12):
                found.append((earlier.name, later.name))
                break
    return tuple(found)
