"""Numbers that are written down on the way to a quantity: products that are added up, and those of the chain rule.

`screens` asks for them where whole numbers are to be had without a calculator. No quantity of the graph holds them.
"""

from collections.abc import Iterator

import numpy as np

from examgen.core.evaluation import Evaluation
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.rules.rule import Array


def largest_products(graph: ComputationGraph, evaluation: Evaluation) -> Iterator[tuple[Quantity, Array]]:
    """Quantities with the sizes of the largest products on the way to their entries, (..., *shape) each.

    Of a derivative there are two: of the terms of its own sum, and of the chain rule, path by path from the loss.
    """
    paths: dict[str, Array] = {}
    for quantity in graph.derived:
        assert quantity.rule is not None
        if not quantity.rule.factors:
            continue
        names = [quantity.inputs[place] for place in quantity.rule.factors]
        sizes = {name: np.abs(evaluation[name]) for name in names}
        yield quantity, _largest(quantity, [sizes[name] for name in names])
        if quantity.derivative is not None:
            # What is no product itself, as a derivative by an output, is where the paths start.
            paths[quantity.name] = _largest(quantity, [paths.get(name, sizes[name]) for name in names])
            yield quantity, paths[quantity.name]


def _largest(quantity: Quantity, factors: list[Array]) -> Array:
    """The largest product that goes into each entry; factors are (..., *shape of the input)."""
    assert quantity.rule is not None
    axes, kept = quantity.rule.axes()
    used = [axes[place] for place in quantity.rule.factors]
    summed = "".join(sorted({*"".join(used)} - {*kept}))
    terms = np.einsum(f"{','.join(f'...{one}' for one in used)}->...{kept}{summed}", *factors)
    largest: Array = terms.max(axis=tuple(range(-len(summed), 0))) if summed else terms
    return largest
