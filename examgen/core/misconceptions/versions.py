"""What a misconception is: a row of the table (`table`), with its versions; and what is made of these for a paper."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examgen.core.draw_versions import FIRST_DRAWS
from examgen.core.graph import Change, ComputationGraph, Quantity
from examgen.core.network import NetworkShape
from examgen.core.network_steps import step_name
from examgen.core.rules.rule import Array, Rule

Changes = Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class Version:
    """One way to have a misconception.

    Attributes:
        changes: what is computed otherwise, by quantity name.
        must_show: whether a paper is only fair where this version leads to a wrong answer. What a student gets wrong
            in one place only may be right by chance; what is done wrong throughout may not.
        makes_up: whether later changes make up for earlier ones, so that something comes out right in the end.
        since: the version of the draws since which it screens, where its row has done so for longer; None for never.
    """

    changes: Changes
    must_show: bool = True
    makes_up: bool = False
    since: int | None = FIRST_DRAWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """One misconception.

    Attributes:
        name: as in results, and the key of its words.
        mistake: what was done, in words that follow "It looks as if".
        mistake_turned: the same on papers that tell derivatives with the other sign; empty where it is the same.
        of_graph: its versions for any graph with derivatives.
        of_network: its versions for a network.
        of_products: its versions for matrix products.
        of_circuit: its versions for a free graph, beside those that operations have by its name.
        since: the version of the draws since which it screens; None for one that never does, which is only named.
        is_distinct: whether hardly any slip of the pen looks like it; in a single step of descent one entry is enough
            for a part of it.
        is_lost_sign: whether it looks like a lost sign where it is seen in one of several places only.
    """

    name: str
    mistake: str
    of_graph: Callable[[ComputationGraph], Iterable[Version]] = lambda _: ()
    of_network: Callable[["Network"], Iterable[Version]] = lambda _: ()
    of_products: Callable[[ComputationGraph], Iterable[Version]] = lambda _: ()
    of_circuit: Callable[[Any], Iterable[Version]] = lambda _: ()
    mistake_turned: str = ""
    since: int | None = None
    is_distinct: bool = False
    is_lost_sign: bool = False


@dataclass(frozen=True, eq=False)
class Patch:
    """A version of a misconception that can show in what is asked.

    Attributes:
        misconception: its name.
        graph: the graph that a student with the misconception works by.
        changed: names of the quantities that are computed otherwise.
        must_show, makes_up: as in `Version`.
        since: the version of the draws since which it screens, None for never.
    """

    misconception: str
    graph: ComputationGraph
    changed: frozenset[str]
    must_show: bool
    makes_up: bool = False
    since: int | None = None


@dataclass(frozen=True, slots=True)
class MistakenRule(Rule):
    """A rule of a student who has a misconception, and how a page writes it down.

    Most are written by running them on texts, as linear rules are; the others say how.

    Attributes:
        spelling: of an entry in the language of formulas, `<0>` for the same entry of the first input; empty where the
            rule can be run.
        changes: the right rule where this one only does something to its result, `change`.
        change: what it does, to numbers or texts.
        respelled: a function of the right rule, and the one that is taken for it, where that is all that `change` does.
    """

    spelling: str = ""
    changes: Rule | None = None
    change: Callable[[Array], Array] | None = None
    respelled: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A network and its graph, with what the rows of the table need to name its quantities."""

    shape: NetworkShape
    graph: ComputationGraph

    @property
    def depth(self) -> int:
        return self.shape.depth

    def of_kind(self, *kinds: str, from_step: int = 1) -> Iterator[Quantity]:
        """The derived quantities of these kinds."""
        return (q for q in self.graph.derived if q.kind in kinds and (q.step or 1) >= from_step)

    def handed_back(self) -> Iterator[Quantity]:
        """What comes back through the weights of the layer above."""
        return (q for q in self.of_kind("dL_da", "dL_dx") if q.layer != self.depth)

    def stepping(self) -> Iterator[Quantity]:
        """Where the learning rate meets the gradient: the changes where these are worked out, or the new values."""
        return self.of_kind(*(("W_change", "b_change") if self.shape.changes else ("W_new", "b_new")))

    def beside(self, quantity: Quantity, name: str) -> str:
        """The name of another quantity of the same step."""
        return step_name(name, quantity.step or 1)

    def activation(self, quantity: Quantity) -> str:
        return self.shape.activations[layer_of(quantity) - 1]

    def width(self, layer: int) -> int:
        return self.shape.sizes[layer]

    def has_slope(self, dL_dz: Quantity) -> bool:
        """Whether a dL_dz is what dL_da becomes by the slope of the activation, and no shortcut."""
        return self.beside(dL_dz, f"dL_da{dL_dz.layer}") in dL_dz.inputs


def layer_of(quantity: Quantity) -> int:
    """The layer of a quantity that has one."""
    assert quantity.layer is not None
    return quantity.layer


def above(quantity: Quantity) -> int:
    """The layer that reads the units of this one; the inputs are layer 0."""
    return (quantity.layer or 0) + 1
