"""The computation graph of named quantities.

A graph holds no values. `evaluation` computes them for one student or, by leading NumPy axes, for a class at once; on
`Fraction` arrays the results are exact. Solvers, screens, marking and documents all read the same graph.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Literal

from examgen.core.rules.rule import Array, Rule

Values = Mapping[str, Array]
"""Arrays by quantity name: (..., *shape of the quantity)."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """What a quantity is the derivative of, and by what: names of quantities.

    Attributes:
        of_each_sample: whether it is that of each sample's own share, and not of the whole.
        is_turned: whether it is told with the other sign.
    """

    of: str
    by: str
    of_each_sample: bool = False
    is_turned: bool = False


class Role(Enum):
    """What a quantity is to the solution, whatever the exercise."""

    INPUT = "input"
    TARGET = "target"
    PARAMETER = "parameter"
    RATE = "learning rate"
    CONSTANT = "constant"
    WEIGHTED_SUM = "weighted sum"
    ACTIVATION = "activation"
    LOSS = "loss"
    SLOPE = "slope"
    DERIVATIVE = "derivative"
    CHANGE = "change"
    UPDATE = "update"
    STATE = "state of the optimizer"
    PENALTY = "penalty"
    VALUE = "value"
    DEFINED = "defined"


Axis = Literal["sample", "unit", "to", "from", "row", "column"]
"""What the places along an axis are: samples of a mini-batch; units of a layer; for weights the units that they lead to
and come from; rows and columns of a matrix that is nothing else."""


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
        role: what it is to the solution.
        axes: what its places are, for each number of the shape; empty where nothing is known of them.
        updated: the given parameter whose new value it is; empty where it is none.
        latex: its symbol, whatever the notation; empty where notations write it.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    rule: Rule | None = None
    inputs: tuple[str, ...] = ()
    layer: int | None = None
    step: int | None = None
    derivative: Derivative | None = None
    role: Role = Role.VALUE
    axes: tuple[Axis, ...] = ()
    updated: str = ""
    latex: str = ""
    size: int = field(init=False, repr=False, compare=False)
    """Number of entries."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", math.prod(self.shape))

    def rewired(self, rule: Rule | None, inputs: tuple[str, ...]) -> "Quantity":
        """The same with another rule and other inputs."""
        return replace(self, rule=rule, inputs=inputs)

    @property
    def plain_name(self) -> str:
        """Its name whatever the step."""
        return self.name.removesuffix(f"@{self.step}")

    @property
    def is_per_sample(self) -> bool:
        """Whether it has a row for each sample."""
        return self.axes[:1] == ("sample",)

    @property
    def is_of_weights(self) -> bool:
        """Whether it has an entry for each weight of a layer."""
        return self.axes == ("to", "from")

    @property
    def is_of_biases(self) -> bool:
        """Whether it has an entry for each bias of a layer."""
        return self.axes == ("to",)

    @property
    def is_data(self) -> bool:
        """Whether it is inputs or targets: as given, or those of one step, which are copied from there."""
        return self.role is Role.INPUT or self.role is Role.TARGET

    @property
    def is_copied(self) -> bool:
        """Whether nothing is worked out for it: numbers of the paper as they stand there."""
        return self.rule is not None and self.is_data

    def before(self, reader: "Quantity") -> str:
        """How a reader knows it: what a step starts from by its first name, W and not W new."""
        return self.updated if self.updated and self.step != reader.step else self.name


@dataclass(frozen=True, eq=False)
class ComputationGraph:
    """Quantities in an order in which each can be computed from earlier ones."""

    quantities: tuple[Quantity, ...]
    givens: tuple[Quantity, ...] = field(init=False, repr=False)
    """The quantities without a rule."""
    derived: tuple[Quantity, ...] = field(init=False, repr=False)
    """The quantities with a rule."""
    _by_name: MappingProxyType[str, Quantity] = field(init=False, repr=False)

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

    def rule_names(self, role: Role) -> tuple[str, ...]:
        """The names of the rules of this role, each once, in the order of the graph."""
        rules = (one.rule for one in self.derived if one.role is role)
        return tuple(dict.fromkeys(rule.name for rule in rules if rule is not None))

    def __getitem__(self, name: str) -> Quantity:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self.quantities)

    def readers(self, name: str) -> tuple[int, ...]:
        """Places in `derived` of the quantities that read this one."""
        return self._readers[name]

    def sources(self, names: Set[str], stops: Set[str] = frozenset()) -> set[str]:
        """Names of all that some quantities are computed from, as far back as to those that stop it."""
        found: set[str] = set()
        for quantity in reversed(self.derived):
            if quantity.name in names or (quantity.name in found and quantity.name not in stops):
                found.update(quantity.inputs)
        return found

    def reached(self, names: Set[str], stops: Set[str] = frozenset()) -> set[str]:
        """Names of all that is computed from some quantities; those that stop it are reached and hand nothing on."""
        if not stops:
            return set().union(*(self._behind[name] for name in names))
        found: set[str] = set()
        live = set(names)
        for quantity in self.derived:
            if not live.isdisjoint(quantity.inputs):
                found.add(quantity.name)
                if quantity.name not in stops:
                    live.add(quantity.name)
        return found

    @cached_property
    def _readers(self) -> Mapping[str, tuple[int, ...]]:
        readers: dict[str, dict[int, None]] = {name: {} for name in self._by_name}
        for place, quantity in enumerate(self.derived):
            for name in quantity.inputs:
                readers[name][place] = None
        return {name: tuple(places) for name, places in readers.items()}

    @cached_property
    def _behind(self) -> Mapping[str, frozenset[str]]:
        """By name, all that is computed from a quantity."""
        found: dict[str, frozenset[str]] = {}
        for name in reversed(self._by_name):
            readers = {self.derived[place].name for place in self.readers(name)}
            found[name] = frozenset(readers.union(*map(found.__getitem__, readers)))
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self._by_name)}

    @cached_property
    def _derived_places(self) -> Mapping[str, int]:
        return {quantity.name: place for place, quantity in enumerate(self.derived)}

    def only(self, names: Set[str]) -> "ComputationGraph":
        """The part of the graph that computes these quantities from what they read, which counts as given."""
        return _part(self, frozenset(names))

    def rewired(self, changes: Mapping[str, "Change"]) -> "ComputationGraph":
        """The same graph with other rules or inputs for some derived quantities.

        Quantities keep their order, but for those that a quantity now reads and that came after it.

        Raises:
            ValueError: a quantity is given and has no rule, or quantities would read one another in a circle.
        """
        quantities = self._by_name.copy()
        for name, (rule, inputs) in changes.items():
            old = self[name]
            if old.rule is None:
                raise ValueError(f"{name} is given; only a derived quantity can be rewired")
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
