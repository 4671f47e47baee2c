"""Backpropagation on any graph: the quantities of the chain rule from the pullbacks of its rules, and its single paths.

`derivatives` adds the backward part to a forward part: from a number, such as the loss, back to the quantities by which
it is differentiated, summed where a quantity is used several times. `paths` reads such a graph entry by entry: the
products of local derivatives that add up to one derivative. Called by `network` and by the printers of the chain rule.

Source: the vector-Jacobian products of HIPS/autograd, written as quantities with names of their own.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from examgen.core.graph import ComputationGraph, Derivative, Quantity
from examgen.core.rules import ONE, Part, Pullback, Rule, Source, added, scaled_by_number

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """How a quantity of the backward part is called.

    Attributes:
        name, kind, layer, step: as in `Quantity`.
        by: the quantity by which it is the derivative, as it is told; empty for its own name.
    """

    name: str
    kind: str
    layer: int | None = None
    step: int | None = None
    by: str = ""


Labels = Callable[[Quantity, str], Label]
"""The label of the derivative by a quantity where the text is empty, else of its rule's own derivative of that name."""


def plain_labels(of: str) -> Labels:
    """df_dx for the derivative of f by x, and slope_a for the own derivative `slope` of the rule of a."""

    def label(quantity: Quantity, local: str) -> Label:
        return Label(f"{local}_{quantity.name}", local) if local else Label(f"d{of}_d{quantity.name}", "derivative")

    return label


def derivatives(
    forward: Sequence[Quantity], of: str, by: Sequence[Quantity], labels: Labels | None = None
) -> list[Quantity]:
    """The quantities of the chain rule, in the order in which they can be worked out: from the end of the graph back.

    Args:
        forward: derived quantities, each behind those that it reads; what else these read is not differentiated but
            for what `by` names.
        of: name of one of them, a single number.
        by: by what it is differentiated; among the former or what these read.
        labels: how the new quantities are called.

    Raises:
        ValueError: it is no number, does not depend on some of `by`, or a rule on the way has no derivative.
    """
    run = _Run({one.name: one for one in forward}, of, tuple(by), labels or plain_labels(of))
    if of not in run.forward or run.forward[of].shape:
        raise ValueError(f"{of} is no derived quantity that is a single number; derivatives are of one")
    if missing := [one.name for one in by if one.name not in run.on_the_way]:
        raise ValueError(f"{of} does not depend on {', '.join(missing)}")
    for quantity in reversed(forward):
        if quantity.name in run.on_the_way:
            run.go_back(quantity)
    return run.found


@dataclass(frozen=True, slots=True)
class _Run:
    """One backward pass.

    Attributes:
        forward: derived quantities by name, in order.
        of, by, labels: as in `derivatives`.
        on_the_way: names of what leads from `by` to `of`, both included.
        uses: by name of one of these, the others that read it, in order, and at which place.
        gradients: by name of a quantity, that of the derivative by it, as far as they are found.
        found: the new quantities.
    """

    forward: dict[str, Quantity]
    of: str
    by: tuple[Quantity, ...]
    labels: Labels
    on_the_way: frozenset[str] = field(init=False)
    uses: dict[str, list[tuple[Quantity, int]]] = field(init=False)
    gradients: dict[str, str] = field(default_factory=dict)
    found: list[Quantity] = field(default_factory=list)

    def __post_init__(self) -> None:
        leading = {one.name for one in self.by}
        for one in self.forward.values():
            if not leading.isdisjoint(one.inputs):
                leading.add(one.name)
        behind = {self.of}
        for one in reversed(self.forward.values()):
            if one.name in behind:
                behind.update(one.inputs)
        on_the_way = frozenset(leading & behind)
        uses: dict[str, list[tuple[Quantity, int]]] = {name: [] for name in on_the_way}
        for reader in self.forward.values():
            if reader.name in on_the_way:
                for place, name in enumerate(reader.inputs):
                    if name in on_the_way:
                        uses[name].append((reader, place))
        object.__setattr__(self, "on_the_way", on_the_way)
        object.__setattr__(self, "uses", uses)

    def go_back(self, quantity: Quantity) -> None:
        """Add the derivative by a quantity, and those by what no rule gives and nothing before it reads."""
        if quantity.name != self.of:
            self._add(quantity)
        elif any(Part.GRADIENT in pullback.inputs for pullback in self._pullbacks(quantity)):
            self._emit(quantity, ONE, (quantity.name,))
        for leaf in self.by:
            if leaf.name not in self.forward and self.uses[leaf.name][0][0] is quantity:
                self._add(leaf)

    def _pullbacks(self, quantity: Quantity) -> Iterator[Pullback]:
        """Those of the quantity's rule that lead on the way back."""
        assert quantity.rule is not None
        for name, pullback in zip(quantity.inputs, quantity.rule.pullbacks, strict=False):
            if name in self.on_the_way and pullback is not None:
                yield pullback

    def _add(self, quantity: Quantity) -> None:
        """The derivative by a quantity: by way of each use of it, and their sum where there are several."""
        parts = [self._through(reader, place, quantity) for reader, place in reversed(self.uses[quantity.name])]
        if len(parts) == 1:
            self._emit(quantity, *parts[0])
            return
        names = [self._emit(quantity, *part, number=number) for number, part in enumerate(parts, start=1)]
        self._emit(quantity, added(len(parts)), tuple(names))

    def _through(self, reader: Quantity, place: int, quantity: Quantity) -> tuple[Rule, tuple[str, ...]]:
        """How the derivative by what a rule gives becomes that by one of its inputs."""
        rule = reader.rule
        assert rule is not None
        pullback = rule.pullbacks[place] if place < len(rule.pullbacks) else None
        if pullback is None:
            raise ValueError(f"{rule.name} has no derivative by its input {place + 1}, {quantity.name}")
        local = ""
        if pullback.local is not None:
            label = self.labels(reader, pullback.local.name)
            local = label.name
            if all(one.name != local for one in self.found):
                inputs = tuple(self._source(reader, one, "") for one in pullback.local.inputs)
                shape = quantity.shape
                self.found.append(
                    Quantity(local, label.kind, shape, pullback.local.rule, inputs, label.layer, label.step)
                )
        inputs = tuple(self._source(reader, one, local) for one in pullback.inputs)
        if Part.GRADIENT in pullback.inputs or reader.name == self.of:
            return pullback.rule, inputs
        # The derivative of a number that is not the end of the way.
        name = f"{self.labels(reader, 'local').name}_{place + 1}"
        self.found.append(Quantity(name, "local", quantity.shape, pullback.rule, inputs))
        return scaled_by_number(len(quantity.shape)), (self.gradients[reader.name], name)

    def _source(self, reader: Quantity, source: Source, local: str) -> str:
        if isinstance(source, int):
            return reader.inputs[source]
        if source is Part.GRADIENT:
            return self.gradients[reader.name]
        return reader.name if source is Part.RESULT else local

    def _emit(self, quantity: Quantity, rule: Rule, inputs: tuple[str, ...], number: int | None = None) -> str:
        label = self.labels(quantity, "")
        name = label.name if number is None else f"{label.name}_{number}"
        derivative = Derivative(self.of, label.by or quantity.name)
        self.found.append(Quantity(name, label.kind, quantity.shape, rule, inputs, label.layer, label.step, derivative))
        self.gradients[quantity.name] = name
        return name


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative on a path of the chain rule: an entry of one quantity by an entry of another.

    Attributes:
        top, bottom: names and indices of these entries.
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
        share: what else the product is multiplied by, such as 1/n of a mean.
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
    quantity = graph[name]
    assert quantity.derivative is not None
    assert quantity.rule is not None
    derivative, rule = quantity.derivative, quantity.rule
    if rule.name == ONE.name:
        yield Path(())
    elif _is_sum(graph, quantity):
        for source in quantity.inputs:
            yield from paths(graph, source, index)
    elif (upstream := _upstream(graph, quantity)) is None:
        yield Path((Factor((derivative.of, ()), (derivative.by, index), (name, index)),))
    else:
        yield from _products(graph, quantity, upstream, index)


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
            yield Path((*path.factors, factor), path.share * quantity.rule.factor)


def path_count(graph: ComputationGraph, name: str) -> int:
    """How many paths each entry of a derivative has."""
    quantity = graph[name]
    if _is_sum(graph, quantity):
        return sum(path_count(graph, source) for source in quantity.inputs)
    upstream = _upstream(graph, quantity)
    if upstream is None:
        return 1
    sizes = _free_sizes(graph, quantity, upstream)
    return prod(sizes.values()) * path_count(graph, quantity.inputs[upstream])


def _later(graph: ComputationGraph, quantity: Quantity) -> list[int]:
    """The places of those inputs of a derivative that are derivatives of the same number."""
    of = quantity.derivative and quantity.derivative.of
    found = ((place, graph[name].derivative) for place, name in enumerate(quantity.inputs))
    return [place for place, derivative in found if derivative is not None and derivative.of == of]


def _is_sum(graph: ComputationGraph, quantity: Quantity) -> bool:
    """Whether a derivative is added up over several uses of a quantity."""
    return 1 < len(quantity.inputs) == len(_later(graph, quantity))


def _upstream(graph: ComputationGraph, quantity: Quantity) -> int | None:
    """The place of the derivative that a derivative is a product with; None where it is no such product."""
    assert quantity.rule is not None
    later = _later(graph, quantity)
    is_product = len(later) == 1 and len(quantity.inputs) <= 2 and quantity.rule.is_straight
    return later[0] if is_product else None


def _letters(rule: Rule) -> tuple[list[str], str]:
    """The axes of the inputs and of the result, a letter each."""
    inputs, result = rule.signature.split("->")
    return [part.replace(",", "") for part in re.findall(r"\(([^)]*)\)", inputs)], result.strip("()").replace(",", "")


def _free_sizes(graph: ComputationGraph, quantity: Quantity, upstream: int) -> dict[str, int]:
    """Axes of the later derivative over which products are added up, with their sizes."""
    assert quantity.rule is not None
    inputs, result = _letters(quantity.rule)
    sizes = zip(inputs[upstream], graph[quantity.inputs[upstream]].shape, strict=False)
    return {letter: size for letter, size in sizes if letter not in result}


def _places(graph: ComputationGraph, quantity: Quantity, upstream: int, index: Index) -> Iterator[list[Index]]:
    """The entries of all inputs, for each product that an entry is the sum of."""
    assert quantity.rule is not None
    inputs, result = _letters(quantity.rule)
    free = _free_sizes(graph, quantity, upstream)
    for chosen in itertools.product(*(range(size) for size in free.values())):
        at = dict(zip(result, index, strict=False)) | dict(zip(free, chosen, strict=True))
        # Axes that a signature does not name stand in front, and are the same everywhere.
        leading = index[: len(index) - len(result)]
        yield [(*leading, *(at[letter] for letter in letters)) for letters in inputs]
