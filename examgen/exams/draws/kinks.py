"""Whether some paper of a family has a unit right at the kink of its activation.

The slope there is a convention, which the paper must say.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.exercise import Exercise
from examgen.core.graph import Role
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS, AT_KINK
from examgen.core.rules.rule import Array
from examgen.exams.draws.screens import Limits


def at_kinks(shapes: Iterable[Exercise], fixed: Mapping[str, Array], limits: Limits) -> frozenset[str]:
    """The activations with such a unit: of fixed numbers as they are, of drawn ones where the screens let it pass.

    Args:
        shapes: of the question.
        fixed: its numbers, empty where they are drawn.
        limits: of the screens.
    """
    networks = [shape for shape in shapes if isinstance(shape, NetworkShape)]
    if fixed:
        return frozenset(name for shape in networks for name in _met(shape, fixed))
    names = {name for shape in networks for name in shape.activations}
    return frozenset(filter(_has_convention, names)) if not limits.kink_margin else frozenset()


def _met(shape: NetworkShape, fixed: Mapping[str, Array]) -> Iterator[str]:
    graph = network_graph(shape)
    values = evaluate(graph, as_fractions(fixed) if shape.is_rational else fixed)
    for quantity in graph:
        if quantity.role is Role.WEIGHTED_SUM and quantity.layer is not None:
            name = shape.activations[quantity.layer - 1]
            z = np.asarray(values[quantity.name], dtype=float)
            if _has_convention(name) and (np.abs(z) <= AT_KINK).any():
                yield name


def _has_convention(name: str) -> bool:
    return bool(ACTIVATIONS[name].slope_at_kink)
