"""Whether some paper of a family has a unit right at the kink of its activation.

The slope there is a convention, which the paper must say.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.rule import AT_KINK, Array
from examgen.exams.draws.screens import Limits


def at_kinks(shapes: Iterable[Exercise], fixed: Mapping[str, Array], limits: Limits) -> frozenset[str]:
    """The activations with such a unit: of fixed numbers as they are, of drawn ones where the screens let it pass.

    Args:
        shapes: of the question.
        fixed: its numbers, empty where they are drawn.
        limits: of the screens.
    """
    if fixed:
        return frozenset(name for shape in shapes for name in _met(shape, fixed))
    names = {name for shape in shapes for name in shape.graph.rule_names(Role.ACTIVATION)}
    return frozenset(filter(_has_convention, names)) if not limits.kink_margin else frozenset()


def _activations(graph: ComputationGraph) -> Iterator[tuple[str, str]]:
    """The names of all activations, each with that of the quantity to which it is applied."""
    for quantity in graph.derived:
        if quantity.role is Role.ACTIVATION and quantity.rule is not None:
            yield quantity.rule.name, quantity.inputs[0]


def _met(shape: Exercise, fixed: Mapping[str, Array]) -> Iterator[str]:
    values = evaluate(shape.graph, as_fractions(fixed) if shape.is_rational else fixed)
    for name, source in _activations(shape.graph):
        z = np.asarray(values[source], dtype=float)
        if _has_convention(name) and (np.abs(z) <= AT_KINK).any():
            yield name


def _has_convention(name: str) -> bool:
    return bool(ACTIVATIONS[name].slope_at_kink)
