"""Which quantities of a graph are always equal, so that an answer for one stands for the other.

For one sample the gradient of the biases is that of the pre-activations; a linear unit's activation is its input. It is
seen at random numbers, so that it holds for whatever rules there are.
"""

from functools import lru_cache
from math import isclose

import numpy as np

from examgen.core.graph import ComputationGraph
from examgen.core.probes.trials import trial_values
from examgen.core.rules.rule import Array

SAME, NOTHING = 1e-6, 1e-9
"""Numbers that differ by no more, relatively or at all, come from the same rule written in two ways."""

Copies = tuple[tuple[str, str], ...]
"""(earlier, later) names of quantities with the same entries in the same order."""


@lru_cache(maxsize=256)
def copies(graph: ComputationGraph) -> Copies:
    """Each derived quantity that is always equal to an earlier one, with the first such."""
    values = trial_values(graph)
    flat = {quantity.name: values[quantity.name].reshape(-1) for quantity in graph.derived}
    # Most quantities differ in their first number already, which is seen at once.
    first = {name: float(numbers[0]) for name, numbers in flat.items()}
    found = []
    for place, later in enumerate(graph.derived):
        for earlier in graph.derived[:place]:
            is_near = earlier.size == later.size and isclose(
                first[earlier.name], first[later.name], rel_tol=SAME, abs_tol=NOTHING
            )
            if is_near and are_equal(flat[later.name], flat[earlier.name]):
                found.append((earlier.name, later.name))
                break
    return tuple(found)


def are_equal(one: Array, other: Array) -> bool:
    """Whether what came out at random numbers is the same everywhere; what came out as no number is, too."""
    # Most that differ do so in their first number already, which is seen at once.
    if abs(one.item(0) - other.item(0)) > NOTHING + SAME * abs(other.item(0)):
        return False
    with np.errstate(invalid="ignore"):
        is_near = np.abs(one - other) <= NOTHING + SAME * np.abs(other)
    return bool(is_near.all() or (is_near | (np.isnan(one) & np.isnan(other))).all())
