"""The computation graph of named quantities, and its evaluation.

A graph holds no values. `evaluate` computes them for one student or, by leading NumPy axes, for a whole class at once;
on `Fraction` arrays the results are exact. Solvers, screens, marking and documents all read the same graph.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules import Array, Rule

_Scalar = TypeVar("_Scalar", bound=np.generic)

Values = Mapping[str, Array]
"""Arrays by quantity name: (..., *shape of the quantity)."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """What a quantity is the derivative of, and by what: names of quantities."""

    of: str
    by: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """One named array of a worked solution.

    Attributes:
        name: unique in its graph: `z1`, `dL_dW2`, `W1_new`; from the second step on with the step behind, `z1@2`.
        kind: what it is, whatever the layer and step: `z`, `dL_dW`, `W_new`, `x`, `product`, …
        shape: without leading axes. Per-sample quantities are (n, units), weights (to, from).
        rule: how it follows from its inputs; None for what is given.
        inputs: names of the quantities that the rule reads, in its order.
        layer: 1-based, of the layer that it belongs to; None where there is none.
        step: 1-based step of gradient descent; None for what is given.
        derivative: what it is the derivative of, where it is one.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    rule: Rule | None = None
    inputs: tuple[str, ...] = ()
    layer: int | None = None
    step: int | None = None
    derivative: Derivative | None = None
    size: int = field(init=False, repr=False, compare=False)
    """Number of entries."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", math.prod(self.shape))

    def rewired(self, rule: Rule | None, inputs: tuple[str, ...]) -> "Quantity":
        """The same with another rule and other inputs."""
        return Quantity(self.name, self.kind, self.shape, rule, inputs, self.layer, self.step, self.derivative)


@dataclass(frozen=True, eq=False)
class ComputationGraph:
    """Quantities in an order in which each can be computed from earlier ones."""

    quantities: tuple[Quantity, ...]
    givens: tuple[Quantity, ...] = field(init=False, repr=False)
    """The quantities without a rule."""
    derived: tuple[Quantity, ...] = field(init=False, repr=False)
    """The quantities with a rule."""
    _by_name: Mapping[str, Quantity] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name: dict[str, Quantity] = {}
        for quantity in self.quantities:
            if quantity.name in by_name:
                raise ValueError(f"two quantities are called {quantity.name}")
            if late := [name for name in quantity.inputs if name not in by_name]:
                raise ValueError(f"{quantity.name} reads {', '.join(late)} before it is known")
            by_name[quantity.name] = quantity
        derived = tuple(quantity for quantity in self.quantities if quantity.rule is not None)
        object.__setattr__(self, "givens", tuple(one for one in self.quantities if one.rule is None))
        object.__setattr__(self, "derived", derived)
        object.__setattr__(self, "_by_name", MappingProxyType(by_name))

    def __getitem__(self, name: str) -> Quantity:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self.quantities)

    def readers(self, name: str) -> tuple[int, ...]:
        """Places in `derived` of the quantities that read this one."""
        return self._readers[name]

    @cached_property
    def _readers(self) -> Mapping[str, tuple[int, ...]]:
        readers: dict[str, list[int]] = {name: [] for name in self._by_name}
        for place, quantity in enumerate(self.derived):
            for name in dict.fromkeys(quantity.inputs):
                readers[name].append(place)
        return {name: tuple(places) for name, places in readers.items()}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self._by_name)}

    @cached_property
    def _derived_places(self) -> Mapping[str, int]:
        return {quantity.name: place for place, quantity in enumerate(self.derived)}

    def only(self, names: Set[str]) -> "ComputationGraph":
        """The part of the graph that computes these quantities from what they read, which counts as given."""
        return _part(self, frozenset(names))

    def patched(self, name: str, rule: Rule | None = None, inputs: tuple[str, ...] | None = None) -> "ComputationGraph":
        """The same graph with another rule or other inputs for one derived quantity."""
        return self.rewired({name: (rule, inputs)})

    def rewired(self, changes: Mapping[str, "Change"]) -> "ComputationGraph":
        """The same graph with other rules or inputs for some derived quantities.

        Quantities keep their order, but for those that a quantity now reads and that came after it.

        Raises:
            ValueError: a quantity is given and has no rule, or quantities would read one another in a circle.
        """
        quantities = dict(self._by_name)
        for name, (rule, inputs) in changes.items():
            old = self[name]
            if old.rule is None:
                raise ValueError(f"{name} is given; only a derived quantity can be patched")
            quantities[name] = old.rewired(rule or old.rule, old.inputs if inputs is None else inputs)
        places = self._places
        pairs = [(name, source) for name in changes for source in quantities[name].inputs]
        ahead = max((places[source] - places[name] for name, source in pairs), default=-1)
        if ahead < 0:
            return self._alike(quantities, changes)
        return ComputationGraph(tuple(_in_order(quantities) if ahead else quantities.values()))

    def _alike(self, quantities: Mapping[str, Quantity], changed: Iterable[str]) -> "ComputationGraph":
        """A graph of quantities with the same names in the same order, which therefore needs no check."""
        found = object.__new__(ComputationGraph)
        derived = list(self.derived)
        for name in changed:
            derived[self._derived_places[name]] = quantities[name]
        parts = {
            "quantities": tuple(quantities.values()),
            "givens": self.givens,
            "derived": tuple(derived),
            "_by_name": MappingProxyType(quantities),
        }
        for name, part in parts.items():
            object.__setattr__(found, name, part)
        return found


@lru_cache(maxsize=4096)
def _part(graph: ComputationGraph, names: frozenset[str]) -> ComputationGraph:
    kept = {name: graph[name] for name in names}
    read = {source: graph[source] for one in kept.values() for source in one.inputs if source not in kept}
    given = {name: one.rewired(None, ()) for name, one in read.items()}
    return ComputationGraph(tuple(given.get(one.name, one) for one in graph if one.name in kept or one.name in given))


Change = tuple[Rule | None, tuple[str, ...] | None]
"""Another rule and other inputs of a quantity; None keeps what is there."""


def _in_order(quantities: Mapping[str, Quantity]) -> Iterator[Quantity]:
    """The quantities in their order, each behind those that it reads."""
    done: set[str] = set()
    open_: list[str] = []

    def place(name: str) -> Iterator[Quantity]:
        if name in done:
            return
        if name in open_:
            raise ValueError(f"{name} would read itself by way of {', '.join(open_[open_.index(name) + 1 :]) or name}")
        open_.append(name)
        for source in quantities[name].inputs:
            yield from place(source)
        open_.pop()
        done.add(name)
        yield quantities[name]

    for name in quantities:
        yield from place(name)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Values of one evaluation.

    Attributes:
        values: what later quantities saw: computed, then substituted, then perturbed.
        computed: what each quantity's own rule gave, before substitution and perturbation.
    """

    values: Values
    computed: Values

    def __getitem__(self, name: str) -> Array:
        return self.values[name]


def evaluate(
    graph: ComputationGraph,
    givens: Values,
    *,
    substitute: Values | None = None,
    perturb: Values | None = None,
) -> Evaluation:
    """Compute every quantity of a graph.

    Args:
        graph: what to compute.
        givens: (..., *shape) for each quantity without a rule; leading axes broadcast against one another.
        substitute: (..., *shape) per quantity name, NaN where the computed entry stays; what a student wrote.
        perturb: (..., *shape) per quantity name, added to the value that later quantities see.

    Returns: values and computed values, float64 or, for object arrays of fractions, exact.

    Raises:
        ValueError: a given is missing or its trailing axes are not the quantity's shape.
    """
    substitute, perturb = substitute or {}, perturb or {}
    values: dict[str, Array] = {}
    computed: dict[str, Array] = {}
    # Overflow and log of zero become inf and nan, which the screens and the marking rules treat as values.
    with np.errstate(all="ignore"):
        for quantity in graph:
            own = _own_value(quantity, givens, values)
            computed[quantity.name] = own
            if quantity.name in substitute:
                submitted = substitute[quantity.name]
                own = np.where(np.isnan(submitted), own, submitted)
            if quantity.name in perturb:
                own = own + perturb[quantity.name]
            values[quantity.name] = own
    return Evaluation(values, computed)


def reevaluate(graph: ComputationGraph, base: Evaluation, changed: Collection[str], substitute: Values) -> Values:
    """What some quantities would be if they were computed by other rules, everything written staying as it is.

    Args:
        graph: a graph that was rewired in the quantities `changed`.
        base: evaluation of the graph before, with the same `substitute`.
        changed: names of the quantities that compute otherwise.
        substitute: (..., *shape) per name, NaN where nothing was written.

    Returns: computed values, (..., *shape), of those quantities that are not as in `base`.
    """
    with np.errstate(all="ignore"):
        return dict(_reevaluated(graph, base, changed, substitute))


def _reevaluated(
    graph: ComputationGraph, base: Evaluation, changed: Collection[str], substitute: Values
) -> Iterator[tuple[str, Array]]:
    values: dict[str, Array] = {}
    seen = base.values
    for quantity in graph.derived:
        inputs = quantity.inputs
        if quantity.name not in changed and values.keys().isdisjoint(inputs):
            continue
        assert quantity.rule is not None
        own = np.asarray(quantity.rule.compute(*[values[n] if n in values else seen[n] for n in inputs]))
        yield quantity.name, own
        written = substitute.get(quantity.name)
        if written is None:
            values[quantity.name] = own
        elif (missing := np.isnan(written)).any():
            values[quantity.name] = np.where(missing, own, written)


class Reevaluated:
    """What `reevaluate` gives where nothing is written down, each value worked out when it is first asked for.

    Attributes:
        names: of the quantities that may not be as in `base`, in the order of the graph.
    """

    def __init__(self, graph: ComputationGraph, base: Evaluation, changed: Collection[str]) -> None:
        reached = set(changed)
        names = []
        for quantity in graph.derived:
            if quantity.name in reached or not reached.isdisjoint(quantity.inputs):
                reached.add(quantity.name)
                names.append(quantity.name)
        self.names = tuple(names)
        self._base = base.values
        self._is_moved = reached.__contains__
        self._known: dict[str, Array] = {}
        self._rest = _reevaluated(graph, base, changed, {})

    def __getitem__(self, name: str) -> Array:
        if not self._is_moved(name):
            return self._base[name]
        with np.errstate(all="ignore"):
            while name not in self._known:
                last, self._known[last] = next(self._rest)
        return self._known[name]


def evaluate_in_blocks(
    graph: ComputationGraph, givens: Values, *, keep: Collection[str] | None = None, block: int = 4096
) -> Values:
    """`evaluate` for very many students: the same values, several times faster.

    Blocks that fit the processor's cache, and students last in memory, so that every rule runs along students.

    Args:
        graph: what to compute.
        givens: (students, *shape) for each quantity without a rule.
        keep: names of the derived quantities that are wanted; all where it is None.
        block: students at once.

    Returns: (students, *shape) by name of the wanted quantities.
    """
    students = next(iter(givens.values())).shape[0]
    wanted = [quantity for quantity in graph.derived if keep is None or quantity.name in keep]
    results: dict[str, Array] = {}
    for start in range(0, students, block):
        part = {name: students_last(rows[start : start + block]) for name, rows in givens.items()}
        values = evaluate(graph, part).values
        for quantity in wanted:
            found = np.moveaxis(values[quantity.name], 0, -1)
            if quantity.name not in results:
                results[quantity.name] = np.empty((*quantity.shape, students), dtype=found.dtype)
            results[quantity.name][..., start : start + block] = found
    return {name: np.moveaxis(rows, -1, 0) for name, rows in results.items()}


def students_last(rows: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """The same (students, ...) array with students last in memory, so that rules run along them."""
    return np.asfortranarray(rows.reshape(len(rows), -1)).reshape(rows.shape)


def _own_value(quantity: Quantity, givens: Values, values: Values) -> Array:
    if quantity.rule is not None:
        return np.asarray(quantity.rule.compute(*(values[name] for name in quantity.inputs)))
    if quantity.name not in givens:
        raise ValueError(f"the given quantity {quantity.name} has no value; there are {', '.join(givens) or 'none'}")
    value = np.asarray(givens[quantity.name])
    if value.shape[value.ndim - len(quantity.shape) :] != quantity.shape:
        raise ValueError(f"{quantity.name} has shape {value.shape}; its last axes must be {quantity.shape}")
    return value
