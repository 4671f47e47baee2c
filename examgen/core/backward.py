"""Backpropagation on any graph: the quantities of the chain rule from the pullbacks of its rules.

`derivatives` adds the backward part to a forward part: from a number, such as the loss, back to the quantities by which
it is differentiated, summed where a quantity is used several times. Called by `network`; `chain_rule` reads what it
makes.

Source: the vector-Jacobian products of HIPS/autograd, written as quantities with names of their own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from examgen.core.graph import Derivative, Quantity, Role
from examgen.core.rules.arithmetic import ONE, added, scaled_by_number
from examgen.core.rules.rule import Local, Pullback, Reads, Rule, Source


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
        elif any(Reads.GRADIENT in pullback.inputs for pullback in self._pullbacks(quantity)):
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
        local = "" if pullback.local is None else self._own_derivative(reader, pullback.local, quantity.shape)
        inputs = tuple(self._source(reader, one, local) for one in pullback.inputs)
        if Reads.GRADIENT in pullback.inputs or reader.name == self.of:
            return pullback.rule, inputs
        # The derivative of a number that is not the end of the way.
        name = f"{self.labels(reader, 'local').name}_{place + 1}"
        self.found.append(Quantity(name, "local", quantity.shape, pullback.rule, inputs))
        return scaled_by_number(len(quantity.shape)), (self.gradients[reader.name], name)

    def _own_derivative(self, reader: Quantity, local: Local, shape: tuple[int, ...]) -> str:
        """The name of a rule's own derivative, which is worked out once for all that read it."""
        label = self.labels(reader, local.name)
        if all(one.name != label.name for one in self.found):
            inputs = tuple(self._source(reader, one, "") for one in local.inputs)
            self.found.append(
                Quantity(
                    label.name, label.kind, shape, local.rule, inputs, label.layer, label.step,
                    role=Role.SLOPE, axes=reader.axes,
                )
            )  # fmt: skip
        return label.name

    def _source(self, reader: Quantity, source: Source, local: str) -> str:
        if isinstance(source, int):
            return reader.inputs[source]
        if source is Reads.GRADIENT:
            return self.gradients[reader.name]
        return reader.name if source is Reads.RESULT else local

    def _emit(self, quantity: Quantity, rule: Rule, inputs: tuple[str, ...], number: int | None = None) -> str:
        label = self.labels(quantity, "")
        name = label.name if number is None else f"{label.name}_{number}"
        derivative = Derivative(self.of, label.by or quantity.name)
        self.found.append(
            Quantity(
                name, label.kind, quantity.shape, rule, inputs, label.layer, label.step, derivative,
                Role.DERIVATIVE, quantity.axes,
            )
        )  # fmt: skip
        self.gradients[quantity.name] = name
        return name
