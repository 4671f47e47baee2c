"""Where an answer can be told without any calculation: from 0, a limit of its activation, or a number that it is
computed from. Called by `work_shown`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.activations import ACTIVATIONS
from examgen.core.graph import Quantity, Values, evaluate
from examgen.core.network import NetworkShape
from examgen.core.resting import links
from examgen.core.rules import Array
from examgen.exams.exam import PaperShape
from examgen.exams.keys import solve
from examgen.exams.tolerance import as_quantities, by_field
from examgen.marking.entries import Marked

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FreeValues:
    """What needs no calculation, for some students of a paper shape; all (students, fields).

    Attributes:
        follows: whether what would follow is such a value, within its tolerance.
        written: whether what was written is.
        right: whether the reference is.
    """

    follows: Flags
    written: Flags
    right: Flags

    @staticmethod
    def of(paper: PaperShape, givens: Values, values: Array, marked: Marked) -> "FreeValues":
        """Compare with what each entry of these students is computed from, in their own work and in the key."""
        own = evaluate(paper.graph, givens, substitute=as_quantities(paper, marked.carried)).values
        key = solve(paper, givens).values
        tolerance, computed, texts = (
            as_quantities(paper, columns) for columns in (marked.tolerance, marked.own, values)
        )
        follows, written, right = dict[str, Flags](), dict[str, Flags](), dict[str, Flags]()
        for name in paper.entry_places:
            free = _free_values(paper, paper.graph[name], own)
            follows[name] = _is_near(computed[name], free, tolerance[name])
            written[name] = _is_near(texts[name], free, tolerance[name])
            right[name] = _is_near(key[name], _free_values(paper, paper.graph[name], key), tolerance[name])
        return FreeValues(*(by_field(paper, flags) for flags in (follows, written, right)))


def _is_near(values: Array, free: list[Array], tolerance: Array) -> Flags:
    """(students, *shape) whether a value is within its tolerance of a free one."""
    flat = values.reshape(len(values), -1)
    limit = tolerance.reshape(flat.shape)
    found = np.zeros(flat.shape, dtype=bool)
    for one in free:
        found |= np.abs(flat - one) <= limit
    return found.reshape(values.shape)


def _free_values(paper: PaperShape, quantity: Quantity, values: Values) -> list[Array]:
    """Free values of each entry, (students or 1, entries); NaN where an entry has none of its kind."""
    found: list[Array] = [np.zeros((1, 1))]
    shape = paper.shape
    if isinstance(shape, NetworkShape) and quantity.kind == "a" and quantity.layer is not None:
        bounds = ACTIVATIONS[shape.activations[quantity.layer - 1]].bounds
        found += [np.full((1, 1), limit) for limit in bounds if np.isfinite(limit)]
    assert quantity.rule is not None
    shapes = tuple(paper.graph[name].shape for name in quantity.inputs)
    for place, name in enumerate(quantity.inputs):
        reads = links(quantity.rule, shapes, place)
        source = values[name].reshape(-1, len(reads))
        found += [np.where(reads[entry], source[:, entry, None], np.nan) for entry in range(len(reads))]
    return found
