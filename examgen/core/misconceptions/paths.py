"""Misconceptions about the way back that need nothing but a graph with derivatives, whatever exercise it is of.

They read the structure that `backward` makes: what a quantity is the derivative of and by, and what reads it on the way
forward.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from examgen.core.graph import Change, ComputationGraph, Quantity, Role
from examgen.core.misconceptions.rewiring import mistaken, replaced
from examgen.core.misconceptions.versions import Version
from examgen.core.rules.arithmetic import is_sum_of_uses
from examgen.core.rules.rule import Array, Rule

_PASSED_ON = mistaken("value handed on", lambda value: value * 1)


def no_slope(graph: ComputationGraph) -> Iterator[Version]:
    """A function's own derivative left out: everywhere, at the end of the way forward only, or before it only."""
    ends = {name for one in graph.derived if one.role is Role.LOSS for name in one.inputs}
    sites = list(_own_derivatives(graph))

    def left_out(chosen: Iterable[tuple[Quantity, str, str]]) -> dict[str, Change]:
        return {one.name: (_PASSED_ON, (gradient,)) for one, gradient, _ in chosen}

    yield Version(left_out(sites))
    yield Version(left_out(site for site in sites if site[2] in ends), must_show=False)
    yield Version(left_out(site for site in sites if site[2] not in ends), must_show=False)


def _own_derivatives(graph: ComputationGraph) -> Iterator[tuple[Quantity, str, str]]:
    """Derivatives that come from the one by a function's result by the function's own derivative: each with the name of
    that one, and of the result."""
    gradients = {(one.derivative.of, one.derivative.by): one.name for one in graph.derived if one.derivative}
    for quantity in graph.derived:
        if quantity.derivative is None:
            continue
        of, by = quantity.derivative.of, quantity.derivative.by
        has_slope = any(graph[name].role is Role.SLOPE for name in quantity.inputs)
        for reader in _forward_readers(graph, by):
            gradient = gradients.get((of, reader.name))
            if gradient in quantity.inputs and gradient and (has_slope or reader.role is Role.ACTIVATION):
                yield quantity, gradient, reader.name


def single_path(graph: ComputationGraph) -> Iterator[Version]:
    """One of several paths back instead of their sum: through one unit of the layer above, or one use of a quantity."""
    sites, widths = [], set()
    for quantity in graph.derived:
        if quantity.derivative is None or quantity.derivative.by not in graph:
            continue
        if graph[quantity.derivative.by].role in {Role.ACTIVATION, Role.INPUT} and quantity.rule is not None:
            for reader in _forward_readers(graph, quantity.derivative.by):
                if reader.role is Role.WEIGHTED_SUM and reader.shape[-1] > 1:
                    sites.append(quantity)
                    widths.add(reader.shape[-1])
    most = max(widths, default=0)
    yield from (Version(replaced(sites, _path_through(unit)), must_show=unit in (0, most - 1)) for unit in range(most))
    yield Version(replaced(sites, _DIAGONAL))
    yield from _single_use(graph)


def _single_use(graph: ComputationGraph) -> Iterator[Version]:
    """Of a quantity that is used several times, the derivative by way of one use."""
    sums = [one for one in graph.derived if one.rule is not None and is_sum_of_uses(one.rule)]
    for use in range(max((len(one.inputs) for one in sums), default=0)):
        yield Version({one.name: (_PASSED_ON, (one.inputs[min(use, len(one.inputs) - 1)],)) for one in sums})


def _forward_readers(graph: ComputationGraph, name: str) -> Iterator[Quantity]:
    """What is computed from a quantity on the way forward."""
    readers = (graph.derived[place] for place in graph.readers(name))
    return (one for one in readers if one.role not in {Role.SLOPE, Role.DERIVATIVE})


def _path_through(unit: int) -> Rule:
    def compute(weights: Array, dL_dz: Array) -> Array:
        place = min(unit, weights.shape[-2] - 1)
        return np.asarray(weights[..., None, place, :] * dL_dz[..., place, None])

    return mistaken(f"path through unit {unit}", compute)


def _own_paths(weights: Array, dL_dz: Array) -> Array:
    """Each unit's path through the unit of its own number, or the last one."""
    units = np.arange(weights.shape[-1])
    above = np.minimum(units, weights.shape[-2] - 1)
    return np.asarray(weights[..., None, above, units] * dL_dz[..., above])


_DIAGONAL = mistaken("path through the own number", _own_paths)
