"""Numbers that are written down on the way to a quantity: products that are added up, and those of the chain rule.

`screens` asks for them where whole numbers are to be had without a calculator. No quantity of the graph holds them.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from examgen.core.evaluation import Evaluation
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.rules.rule import Array

FACTORS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "affine": (0, 1),
        "pull_back": (0, 1),
        "hadamard": (0, 1),
        "outer": (0, 1),
        "bias_gradient": (0,),
        "descend_W": (1, 2),
        "descend_b": (1, 2),
        "matrix_product": (0, 1),
        "hadamard_product": (0, 1),
        "affine_map": (0, 1),
    }
)
"""By rule, which of its inputs are multiplied; products are added up along the axes that the result does not have."""

DERIVATIVE = "dL_"
"""How the kinds of derivatives of the loss begin."""

_AXES = re.compile(r"\(([^)]*)\)")


def largest_products(graph: ComputationGraph, evaluation: Evaluation) -> Iterator[tuple[Quantity, Array]]:
    """Quantities with the sizes of the largest products on the way to their entries, (..., *shape) each.

    Of a derivative there are two: of the terms of its own sum, and of the chain rule, path by path from the loss.
    """
    paths: dict[str, Array] = {}
    for quantity in graph.derived:
        assert quantity.rule is not None
        if quantity.rule.name not in FACTORS:
            continue
        names = [quantity.inputs[place] for place in FACTORS[quantity.rule.name]]
        sizes = {name: np.abs(evaluation[name]) for name in names}
        yield quantity, _largest(quantity, [sizes[name] for name in names])
        if quantity.kind.startswith(DERIVATIVE):
            # What is no product itself, as a derivative by an output, is where the paths start.
            paths[quantity.name] = _largest(quantity, [paths.get(name, sizes[name]) for name in names])
            yield quantity, paths[quantity.name]


def _largest(quantity: Quantity, factors: list[Array]) -> Array:
    """The largest product that goes into each entry; factors are (..., *shape of the input)."""
    assert quantity.rule is not None
    inputs, result = quantity.rule.signature.split("->")
    axes = [found.replace(",", "") for found in _AXES.findall(inputs)]
    used = [axes[place] for place in FACTORS[quantity.rule.name]]
    [kept] = (found.replace(",", "") for found in _AXES.findall(result))
    summed = "".join(sorted({*"".join(used)} - {*kept}))
    terms = np.einsum(f"{','.join(f'...{one}' for one in used)}->...{kept}{summed}", *factors)
    largest: Array = terms.max(axis=tuple(range(-len(summed), 0))) if summed else terms
    return largest
