"""The rounding band: how far honest rounding on the way can move a value.

Every quantity that a student rounds is moved by half a unit of its last digit, up and down, the quantities that read it
are computed again, and the effects are added up. What a student wrote down (`substitute`) stops an effect: later work
starts from the written value. Called by the screens and by marking.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from math import prod

import numpy as np

from examgen.core.evaluation import Evaluation, Written
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.rules.rule import Array

HALF = 0.51
"""Half a unit of the last digit; 0.51, not 0.5: an exact tie may be rounded either way."""


MOST_AT_ONCE = 20_000
"""So many students times moved entries are worked out at once; of more, each entry follows its own way."""

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


@dataclass(frozen=True, slots=True)
class _Way:
    """What hangs on one quantity, as far as to what stops it.

    Attributes:
        source: its name.
        reached: in the order of the graph.
        is_straight: whether moving down does as much as moving up: straight lines all the way, and no two of them meet.
    """

    source: str
    reached: tuple[Quantity, ...]
    is_straight: bool


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
        half_units: (..., *shape) per name of a rounded quantity; a quantity whose half units are all 0 moves nothing.
        substitute: (..., *shape) per name, NaN where nothing was written.
    """
    written = Written.of(substitute or {})
    for quantity in graph.derived:
        if quantity.name in half_units and half_units[quantity.name].any():
            yield Effects(quantity.name, effects_of(graph, base, quantity, half_units[quantity.name], written))


def rounding_bands(
    graph: ComputationGraph, base: Evaluation, half_units: Values, substitute: Values | None = None
) -> dict[str, Array]:
    """By quantity, (..., *shape): the added effects of half a unit in everything that is rounded on the way to it.

    The half unit of the quantity itself is not part of its band. Arguments as in `rounding_effects`.
    """
    written = substitute or {}
    sources = [one for one in graph.derived if one.name in half_units and half_units[one.name].any()]
    cases = np.broadcast_shapes(*(base.computed[one.name].shape[: -len(one.shape) or None] for one in graph.derived))
    if prod(cases) * sum(one.size for one in sources) <= MOST_AT_ONCE:
        return _bands_at_once(graph, base, {one.name: half_units[one.name] for one in sources}, written, cases)
    bands = Bands(graph, base, written, (quantity.name for quantity in graph.derived))
    for source in sources:
        bands.add(source, half_units[source.name])
    return bands.added


def _bands_at_once(
    graph: ComputationGraph, base: Evaluation, half_units: Values, written: Values, cases: tuple[int, ...]
) -> dict[str, Array]:
    """The bands by working every quantity out once, all moved entries beside one another: first up, then down.

    For few students: each entry's own way through the graph would be many small calculations. Arrays have an axis of
    the moved entries before those of the students, `cases`.
    """
    gaps, total, begin = Written.of(written).gaps, sum(graph[name].size for name in half_units), 0
    bands = {quantity.name: np.zeros(quantity.shape) for quantity in graph.derived}
    moved: dict[str, Array] = {}
    # A student's wild number may overflow on the way.
    with np.errstate(all="ignore"):
        for quantity in graph.derived:
            name = quantity.name
            own = _worked_out(quantity, moved, base, 1 + len(cases) + len(quantity.shape))
            if own is not None:
                change = _finite(np.abs(own - base.computed[name]))
                bands[name] = np.maximum(change[:total], change[total:]).sum(axis=0)
            if own is not None and name in written:
                # What was written stops an effect.
                own = np.where(np.isnan(written[name]), own, written[name]) if name in gaps else None
            if name in half_units:
                own = np.broadcast_to(
                    base.values[name] if own is None else own, (2 * total, *cases, *quantity.shape)
                ).copy()
                steps = _one_entry_each(quantity.shape).reshape(quantity.size, *(1 for _ in cases), *quantity.shape)
                for first, sign in ((begin, 1), (total + begin, -1)):
                    own[first : first + quantity.size] = base.values[name] + sign * steps * half_units[name]
                begin += quantity.size
            if own is not None:
                moved[name] = own
    return bands


def _worked_out(quantity: Quantity, moved: Values, base: Evaluation, axes: int) -> Array | None:
    """What a quantity becomes where others are moved; None where it does not hang on them."""
    if moved.keys().isdisjoint(quantity.inputs):
        return None
    assert quantity.rule is not None
    own = np.asarray(quantity.rule.compute(*(moved.get(name, base.values[name]) for name in quantity.inputs)))
    # A mistaken rule may pass over an input.
    return own if own.ndim == axes else None


class Bands:
    """Bands of some quantities that grow while one rounded quantity after another is added.

    Attributes:
        has_gaps: whether somebody left out something that is asked.
        added: by name, (..., *shape).
    """

    def __init__(self, graph: ComputationGraph, base: Evaluation, substitute: Values, names: Iterable[str]) -> None:
        self._graph, self._base, self._written = graph, base, Written.of(substitute)
        self.has_gaps = bool(self._written.gaps)
        self.added: dict[str, Array] = {name: np.zeros(graph[name].shape) for name in names}

    def add(self, source: Quantity, half: Array) -> None:
        """Add the effects of half units, (..., *shape), of a rounded quantity."""
        if not half.any():
            return
        effects = effects_of(self._graph, self._base, source, half, self._written)
        for name, effect in effects.items():
            if name in self.added:
                # Of a single entry there is nothing to add up.
                axis = effect.ndim - len(self._graph[name].shape) - 1
                total = effect.sum(axis=axis) if source.size > 1 else effect.squeeze(axis)
                self.added[name] = self.added[name] + total


def effects_of(graph: ComputationGraph, base: Evaluation, source: Quantity, half: Array, written: Written) -> Values:
    """What half a unit in each entry of one quantity does: by reached quantity, as in `Effects.on`.

    The larger of moving up and moving down. Arguments as in `rounding_effects`, with one quantity and its half units.
    """
    way = _way(graph, source.name, written.stops)
    if not way.reached:
        return {}
    inner = len(source.shape)
    steps = _one_entry_each(source.shape) * _with_axis(half, inner)
    start = _with_axis(base.values[source.name], inner)
    # A student's wild number may overflow on the way.
    with np.errstate(all="ignore"):
        changes = _changes(graph, base, _moved(graph, base, way, start + steps, written))
        if way.is_straight:
            return changes
        below = _changes(graph, base, _moved(graph, base, way, start - steps, written))
    return {name: np.maximum(change, below[name]) for name, change in changes.items()}


@lru_cache(maxsize=256)
def _one_entry_each(shape: tuple[int, ...]) -> Array:
    """(entries, *shape): 1 in one entry after another."""
    size = prod(shape)
    found = np.eye(size).reshape(size, *shape)
    found.flags.writeable = False
    return found


def _changes(graph: ComputationGraph, base: Evaluation, moved: Values) -> dict[str, Array]:
    """Absolute changes by quantity."""
    changes = {}
    for name, value in moved.items():
        changes[name] = _finite(np.abs(value - _with_axis(base.computed[name], len(graph[name].shape))))
    return changes


def _finite(change: Array) -> Array:
    """Changes with 0 for what cannot be computed, which must not widen a band."""
    return change if change.max(initial=0.0) < np.inf else np.where(np.isfinite(change), change, 0.0)


@lru_cache(maxsize=8192)
def _way(graph: ComputationGraph, source: str, stops: frozenset[str]) -> _Way:
    """The way of a quantity; it is the same for every class, and looked for once."""
    found: list[Quantity] = []
    waiting = list(graph.readers(source))
    while waiting:
        place = heappop(waiting)
        while waiting and waiting[0] == place:
            heappop(waiting)
        quantity = graph.derived[place]
        found.append(quantity)
        if quantity.name not in stops:
            for reader in graph.readers(quantity.name):
                heappush(waiting, reader)
    moving = {source, *(one.name for one in found)}
    is_straight = all(
        one.rule is not None and one.rule.is_straight and sum(name in moving for name in one.inputs) == 1
        for one in found
    )
    return _Way(source, tuple(found), is_straight)


def _moved(graph: ComputationGraph, base: Evaluation, way: _Way, moved: Array, written: Written) -> dict[str, Array]:
    """Computed values, (..., entries of the source, *shape), of all that the moved source reaches."""
    values = {way.source: moved}
    computed: dict[str, Array] = {}
    for quantity in way.reached:
        name = quantity.name
        assert quantity.rule is not None
        own = np.asarray(quantity.rule.compute(*[_seen(graph[one], values, base) for one in quantity.inputs]))
        computed[name] = own
        if name in written.gaps:
            answers = _with_axis(written.values[name], len(quantity.shape))
            values[name] = np.where(np.isnan(answers), own, answers)
        elif name not in written.stops:
            values[name] = own
    return computed


def _seen(quantity: Quantity, values: Mapping[str, Array], base: Evaluation) -> Array:
    if quantity.name in values:
        return values[quantity.name]
    value = base.values[quantity.name]
    # Givens that one paper shares with a class have no leading axes and broadcast as they are.
    return _with_axis(value, len(quantity.shape)) if value.ndim > len(quantity.shape) else value


def _with_axis(value: Array, inner: int) -> Array:
    """(..., *inner axes) -> (..., 1, *inner axes)."""
    return value[_NEW_AXIS[inner]]
