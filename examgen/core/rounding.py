"""The rounding band: how far honest rounding on the way can move a value.

Every quantity that a student rounds is moved by half a unit of its last digit, up and down, the quantities that read it
are computed again, and the effects are added up. What a student wrote down (`substitute`) stops an effect: later work
starts from the written value. Called by the screens and by marking.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from examgen.core.graph import ComputationGraph, Evaluation, Quantity, Values
from examgen.core.rules import Array

HALF = 0.51
"""Half a unit of the last digit; 0.51, not 0.5: an exact tie may be rounded either way."""


_NEW_AXIS = ((..., None), (..., None, slice(None)), (..., None, slice(None), slice(None)))
"""Indices that put an axis before none, one or two inner ones; NumPy's expand_dims takes several times as long."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What moving each entry of one source does to the quantities that it reaches.

    Attributes:
        source: the quantity that is moved.
        on: by reached quantity, (..., entries of the source, *shape of the reached quantity), absolute changes of its
            computed value.
    """

    source: str
    on: Values


def half_unit(decimals: Array) -> Array:
    """Half a unit of the last of so many decimals, (...) -> (...); negative decimals are tens, hundreds, …"""
    return np.asarray(HALF * 10.0 ** -np.asarray(decimals, dtype=float))


def rounding_effects(
    graph: ComputationGraph, base: Evaluation, half_units: Values, substitute: Values | None = None
) -> Iterator[Effects]:
    """The effect of half a unit in each entry of each rounded quantity, one source after another.

    Args:
        graph: the graph that was evaluated.
        base: its evaluation with the same `substitute`.
        half_units: (..., *shape) per name of a rounded quantity.
        substitute: (..., *shape) per name, NaN where nothing was written.
    """
    for quantity in graph.derived:
        if quantity.name in half_units:
            effects = _effects_of(graph, base, quantity, half_units[quantity.name], substitute or {})
            yield Effects(quantity.name, effects)


def rounding_bands(
    graph: ComputationGraph, base: Evaluation, half_units: Values, substitute: Values | None = None
) -> dict[str, Array]:
    """By quantity, (..., *shape): the added effects of half a unit in everything that is rounded on the way to it.

    The half unit of the quantity itself is not part of its band. Arguments as in `rounding_effects`.
    """
    bands = {quantity.name: np.zeros(quantity.shape) for quantity in graph.derived}
    for effects in rounding_effects(graph, base, half_units, substitute):
        for name, moved in effects.on.items():
            bands[name] = bands[name] + moved.sum(axis=-len(graph[name].shape) - 1)
    return bands


def _effects_of(
    graph: ComputationGraph, base: Evaluation, source: Quantity, half: Array, substitute: Values
) -> Mapping[str, Array]:
    """Absolute changes by reached quantity: the larger of moving up and moving down."""
    inner = len(source.shape)
    size = source.size
    half = _with_axis(half, inner)
    steps = np.eye(size).reshape(size, *source.shape) * half
    start = _with_axis(base.values[source.name], inner)
    reached: dict[str, Array] = {}
    for sign in (1.0, -1.0):
        for name, moved in _moved(graph, base, source.name, start + sign * steps, substitute).items():
            with np.errstate(invalid="ignore"):
                change = np.abs(moved - _with_axis(base.computed[name], len(graph[name].shape)))
            # A student's wild value may overflow; what cannot be computed must not widen a band.
            change = np.where(np.isfinite(change), change, 0.0)
            reached[name] = np.maximum(reached[name], change) if name in reached else change
    return reached


def _moved(
    graph: ComputationGraph, base: Evaluation, source: str, moved: Array, substitute: Values
) -> dict[str, Array]:
    """Computed values, (..., entries of the source, *shape), of all that the moved source reaches."""
    values = {source: moved}
    reached: dict[str, Array] = {}
    waiting = list(graph.readers(source))
    with np.errstate(all="ignore"):
        while waiting:
            place = heappop(waiting)
            while waiting and waiting[0] == place:
                heappop(waiting)
            quantity = graph.derived[place]
            assert quantity.rule is not None
            inputs = (_seen(graph[name], values, base) for name in quantity.inputs)
            own = np.asarray(quantity.rule.compute(*inputs))
            reached[quantity.name] = own
            written = substitute.get(quantity.name)
            if written is None:
                values[quantity.name] = own
            elif np.isnan(written).any():
                written = _with_axis(written, len(quantity.shape))
                values[quantity.name] = np.where(np.isnan(written), own, written)
            else:
                continue
            for reader in graph.readers(quantity.name):
                heappush(waiting, reader)
    return reached


def _seen(quantity: Quantity, values: Mapping[str, Array], base: Evaluation) -> Array:
    if quantity.name in values:
        return values[quantity.name]
    value = base.values[quantity.name]
    # Givens that one paper shares with a class have no leading axes and broadcast as they are.
    return _with_axis(value, len(quantity.shape)) if value.ndim > len(quantity.shape) else value


def _with_axis(value: Array, inner: int) -> Array:
    """(..., *inner axes) -> (..., 1, *inner axes)."""
    return value[_NEW_AXIS[inner]]
