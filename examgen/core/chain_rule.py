"""The chain rule entry by entry: the products of local derivatives that add up to one derivative of a graph.

Which paths lead back to an entry, and of which quantities the factors are entries, follows from the quantities of
`backward` and the axes of their rules, whatever the exercise is. Called by the printer of worked solutions.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.rules.arithmetic import ONE, is_sum_of_uses
from examgen.core.rules.penalties import PenalisedRule
from examgen.core.rules.rule import Rule
from examgen.core.turned import TurnedRule

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative on a path of the chain rule: an entry of one quantity by an entry of another.

    Attributes:
        top, bottom: names and indices of these entries; the same for a factor that is an entry and no derivative.
        entry: the entry of a quantity that has its value; None where it is 1 whatever the numbers are.
    """

    top: tuple[str, Index]
    bottom: tuple[str, Index]
    entry: tuple[str, Index] | None


@dataclass(frozen=True, slots=True)
class Path:
    """One product of the chain rule.

    Attributes:
        factors: from the end of the graph back to the entry by which it is differentiated.
        share: what else the product is multiplied by, such as 1/n of a mean; negative where the entry and what the
            product begins with are told with different signs.
    """

    factors: tuple[Factor, ...]
    share: Fraction = Fraction(1)


def paths(graph: ComputationGraph, name: str, index: Index = ()) -> Iterator[Path]:
    """The products that add up to one entry of a derivative.

    Where a derivative on the way is no product, as where softmax hands all outputs back at once, a path begins with it.

    Args:
        graph: with the quantities of `derivatives`.
        name: of one of these.
        index: 0-based place of the entry.
    """
    yield from _paths(graph, graph[name], index)


def _paths(graph: ComputationGraph, quantity: Quantity, index: Index) -> Iterator[Path]:
    assert quantity.derivative is not None
    assert quantity.rule is not None
    derivative, rule, name = quantity.derivative, quantity.rule, quantity.name
    if isinstance(rule, PenalisedRule):
        yield from _paths(graph, _of_data(quantity), index)
        yield Path(tuple(_plain_factors(graph, quantity, index)))
    elif rule.name == ONE.name:
        yield Path(())
    elif _is_sum(quantity):
        for source in quantity.inputs:
            for path in paths(graph, source, index):
                yield Path(path.factors, path.share * _sign(rule))
    elif (upstream := _upstream(graph, quantity)) is None:
        yield Path((Factor((derivative.of, ()), (derivative.by, index), (name, index)),))
    else:
        yield from _products(graph, quantity, upstream, index)


def _sign(rule: Rule) -> int:
    """Of what a rule gives, where what it reads is told with another sign."""
    return -1 if isinstance(rule, TurnedRule) and rule.is_minus else 1


def _of_data(quantity: Quantity) -> Quantity:
    """A derivative without the part of the penalty."""
    rule = quantity.rule
    return quantity.rewired(rule.data, quantity.inputs[:-2]) if isinstance(rule, PenalisedRule) else quantity


def _plain_factors(graph: ComputationGraph, quantity: Quantity, index: Index) -> Iterator[Factor]:
    """The product that a penalty adds to an entry: its factor and the weight themselves."""
    for name, place in zip(quantity.inputs[-2:], ((), index), strict=True):
        known_as = graph[name].before(quantity), place
        yield Factor(known_as, known_as, (name, place))


def _products(graph: ComputationGraph, quantity: Quantity, upstream: int, index: Index) -> Iterator[Path]:
    """The paths of an entry that is a sum of products of a later derivative and one more factor."""
    assert quantity.rule is not None
    assert quantity.derivative is not None
    above = graph[quantity.inputs[upstream]]
    assert above.derivative is not None
    other = next((place for place in range(len(quantity.inputs)) if place != upstream), None)
    for place in _places(graph, quantity, upstream, index):
        entry = None if other is None else (quantity.inputs[other], place[other])
        factor = Factor((above.derivative.by, place[upstream]), (quantity.derivative.by, index), entry)
        for path in paths(graph, above.name, place[upstream]):
            yield Path((*path.factors, factor), path.share * quantity.rule.factor * _sign(quantity.rule))


def has_paths(graph: ComputationGraph, name: str) -> bool:
    """Whether a derivative is a product with a later one, or a sum of such; else it stands for itself."""
    quantity = _of_data(graph[name])
    return _is_sum(quantity) or _upstream(graph, quantity) is not None


def local_derivatives(graph: ComputationGraph, name: str) -> tuple[str, ...]:
    """Of a derivative that goes back through numbers only, these in their order: dL/dx is the sum, over all of them, of
    dL/dr times dr/dx. Empty where it goes back through arrays, or from the end itself.

    Args:
        graph: with the derivative.
        name: of it.
    """
    derivative = graph[name].derivative
    if derivative is None:
        return ()
    later = {one.derivative.by: one.name for one in map(graph.__getitem__, graph[name].inputs) if one.derivative}
    readers = [one for one in graph.derived if derivative.by in one.inputs and one.derivative is None]
    on_the_way = [one for one in readers if one.name == derivative.of or one.name in later]
    is_direct = any(one.name == derivative.of or one.shape for one in on_the_way)
    return () if is_direct else tuple(one.name for one in on_the_way)


def path_count(graph: ComputationGraph, name: str) -> int:
    """How many paths each entry of a derivative has."""
    quantity, others = _of_data(graph[name]), int(isinstance(graph[name].rule, PenalisedRule))
    if _is_sum(quantity):
        return sum(path_count(graph, source) for source in quantity.inputs)
    upstream = _upstream(graph, quantity)
    if upstream is None:
        return 1 + others
    sizes = _free_sizes(graph, quantity, upstream)
    return prod(sizes.values()) * path_count(graph, quantity.inputs[upstream]) + others


def _later(graph: ComputationGraph, quantity: Quantity) -> list[int]:
    """The places of those inputs of a derivative that are derivatives of the same number."""
    of = quantity.derivative and quantity.derivative.of
    found = ((place, graph[name].derivative) for place, name in enumerate(quantity.inputs))
    return [place for place, derivative in found if derivative is not None and derivative.of == of]


def _is_sum(quantity: Quantity) -> bool:
    """Whether a derivative is added up over several uses of a quantity, and is nothing else beside."""
    rule = quantity.rule.plain if isinstance(quantity.rule, TurnedRule) else quantity.rule
    return rule is not None and is_sum_of_uses(rule)


def _upstream(graph: ComputationGraph, quantity: Quantity) -> int | None:
    """The place of the derivative that a derivative is a product with; None where it is no such product."""
    assert quantity.rule is not None
    later = _later(graph, quantity)
    return later[0] if len(later) == 1 and quantity.rule.factors else None


def _free_sizes(graph: ComputationGraph, quantity: Quantity, upstream: int) -> dict[str, int]:
    """Axes of the later derivative over which products are added up, with their sizes."""
    assert quantity.rule is not None
    inputs, result = quantity.rule.axes()
    sizes = zip(inputs[upstream], graph[quantity.inputs[upstream]].shape, strict=False)
    return {letter: size for letter, size in sizes if letter not in result}


def _places(graph: ComputationGraph, quantity: Quantity, upstream: int, index: Index) -> Iterator[list[Index]]:
    """The entries of all inputs, for each product that an entry is the sum of."""
    assert quantity.rule is not None
    inputs, result = quantity.rule.axes()
    free = _free_sizes(graph, quantity, upstream)
    for chosen in itertools.product(*(range(size) for size in free.values())):
        at = dict(zip(result, index, strict=False)) | dict(zip(free, chosen, strict=True))
        # Axes that a signature does not name stand in front, and are the same everywhere.
        leading = index[: len(index) - len(result)]
        yield [(*leading, *(at[letter] for letter in letters)) for letters in inputs]
