"""The quantities of a network exercise: what is given, and forward, loss, backward and update of each step.

Called by `network`. The backward part follows from the forward part and the rules (`backward`): dL_da and dL_dz are
both there, and notations choose which of them is called delta. What is shorter by hand is rewritten behind that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from examgen.core.backward import Label, derivatives
from examgen.core.graph import Axis, Quantity, Role
from examgen.core.network_layout import NetworkLayout
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.linear import LINEAR, averaged, output_error_rule, sample_rows
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import CHANGE, GRADIENT, LAST, NEW, OPTIMIZERS, RATE, VALUE
from examgen.core.rules.penalties import penalised, penalised_loss, penalty_rule
from examgen.core.rules.rule import Rule

_ROLES: Mapping[str, Role] = MappingProxyType({NEW: Role.UPDATE, CHANGE: Role.CHANGE})
"""Of what an optimizer works out and does not keep."""

_PER_SAMPLE: tuple[Axis, ...] = ("sample", "unit")
_AXES: Mapping[str, tuple[Axis, ...]] = MappingProxyType({"W": ("to", "from"), "b": ("to",)})


def step_name(name: str, step: int) -> str:
    """The name of a quantity in a step: `z1` in the first, `z1@2` in the second."""
    return name if step == 1 else f"{name}@{step}"


def given_quantities(shape: NetworkLayout) -> list[Quantity]:
    givens = [
        Quantity(letter, letter, (shape.samples, shape.sizes[layer]), role=role, axes=_PER_SAMPLE)
        for letter, layer, role in _data(shape)
    ]
    givens += [_parameter(shape, letter, layer, f"{letter}{layer}") for letter, layer in shape.parameters()]
    if shape.updates:
        givens.append(Quantity("learning_rate", "learning_rate", (), role=Role.RATE))
    return givens + [Quantity(name, name, (), role=Role.CONSTANT) for name in _constants(shape)]


def _constants(shape: NetworkLayout) -> list[str]:
    """The numbers of the penalty and of the optimizer."""
    of_steps = [] if shape.optimizer is None else list(OPTIMIZERS[shape.optimizer].constants)
    return [*([shape.penalty] if shape.penalty else []), *of_steps]


def _data(shape: NetworkLayout) -> list[tuple[str, int, Role]]:
    """What a sample has, with the layer that it is of: inputs, and targets where the loss has any."""
    targets = [("y", -1, Role.TARGET)] if LOSSES[shape.loss].has_targets else []
    return [("x", 0, Role.INPUT), *targets]


def _parameter(shape: NetworkLayout, letter: str, layer: int, name: str) -> Quantity:
    """The weights or biases of a layer under the name that they have in a step."""
    return Quantity(name, letter, _size(shape, letter, layer), layer=layer, role=Role.PARAMETER, axes=_AXES[letter])


def _size(shape: NetworkLayout, letter: str, layer: int) -> tuple[int, ...]:
    to, source = shape.sizes[layer], shape.sizes[layer - 1]
    return (to, source) if letter == "W" else (to,)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step's naming: which quantities hold its samples and the weights that it starts from."""

    shape: NetworkLayout
    step: int

    def of_layer(self, role: Role, kind: str, layer: int, rule: Rule, *inputs: str) -> Quantity:
        """What each unit of a layer has for each sample."""
        name, size = self.name(f"{kind}{layer}"), self.per_sample(layer)
        return Quantity(name, kind, size, rule, inputs, layer, self.step, role=role, axes=_PER_SAMPLE)

    def name(self, name: str) -> str:
        return step_name(name, self.step)

    def parameter(self, letter: str, layer: int) -> str:
        """The weights or biases that this step starts from: the given ones or those of the step before."""
        is_given = self.step == 1 or not self.shape.learns(letter, layer)
        return f"{letter}{layer}" if is_given else step_name(f"{letter}{layer}_new", self.step - 1)

    def learned(self) -> Iterator[Quantity]:
        """All of these that are learned, for the derivatives by them; and the inputs, where these are asked for."""
        if self.shape.by_inputs:
            yield Quantity(self.samples("x"), "x", self.per_sample(0), role=Role.INPUT, axes=_PER_SAMPLE)
        for letter, layer in self.shape.parameters():
            if self.shape.learns(letter, layer):
                yield _parameter(self.shape, letter, layer, self.parameter(letter, layer))

    def label(self, quantity: Quantity, local: str) -> Label:
        """dL_dz2 for the derivative by z2, slope2 for that of the activation; W1 keeps its name in every step."""
        kind, layer = local or f"dL_d{quantity.kind}", quantity.layer
        by = f"{quantity.kind}{layer}" if quantity.role is Role.PARAMETER else ""
        return Label(self.name(f"{kind}{layer or ''}"), kind, layer, self.step, by)

    def samples(self, letter: str) -> str:
        return letter if self.shape.steps == 1 else f"{letter}_{self.step}"

    def activation(self, layer: int) -> str:
        return self.samples("x") if layer == 0 else self.name(f"a{layer}")

    def per_sample(self, layer: int) -> tuple[int, int]:
        return self.shape.samples_per_step, self.shape.sizes[layer]


def step_quantities(shape: NetworkLayout, step: int) -> list[Quantity]:
    names = _Step(shape, step)
    forward = _forward(names)
    backward = _backward(names, forward)
    if not LOSSES[shape.loss].has_targets:
        *forward, _ = forward
        backward = [_of_output(names, quantity) for quantity in backward]
    if shape.penalty is not None:
        forward, backward = _penalised_loss(names, forward), [_penalised(names, quantity) for quantity in backward]
    parts = [*_samples(names), *forward, *backward]
    return [*parts, *_updates(names)] if shape.updates else parts


def _samples(step: _Step) -> list[Quantity]:
    """The samples of this step, taken from all samples where there are several steps."""
    if step.shape.steps == 1:
        return []
    count = step.shape.samples_per_step
    first = (step.step - 1) * count % step.shape.samples
    rule = sample_rows(first, first + count)
    return [
        Quantity(
            step.samples(letter), f"{letter}_of_step", step.per_sample(layer), rule, (letter,), step=step.step,
            role=role, axes=_PER_SAMPLE,
        )
        for letter, layer, role in _data(step.shape)
    ]  # fmt: skip


def _forward(step: _Step) -> list[Quantity]:
    shape, found = step.shape, []
    for layer in range(1, shape.depth + 1):
        inputs = [step.parameter("W", layer), step.activation(layer - 1)]
        inputs += [step.parameter("b", layer)] if shape.has_bias(layer) else []
        rule = LINEAR["affine" if shape.has_bias(layer) else "weighted_sum"]
        found.append(step.of_layer(Role.WEIGHTED_SUM, "z", layer, rule, *inputs))
        activation = ACTIVATIONS[shape.activations[layer - 1]].rule()
        found.append(step.of_layer(Role.ACTIVATION, "a", layer, activation, step.name(f"z{layer}")))
    loss = LOSSES[shape.loss]
    of_outputs = {
        "activation": step.activation(shape.depth),
        "target": step.samples("y"),
        "weighted sum": step.name(f"z{shape.depth}"),
    }
    of_loss = loss.rule(shape.sizes[-1], shape.averaged_in_delta, shape.averaged_in_loss)
    read = tuple(of_outputs[one] for one in loss.reads)
    return [*found, Quantity(step.name("loss"), "loss", (), of_loss, read, step=step.step, role=Role.LOSS)]


def _backward(step: _Step, forward: list[Quantity]) -> list[Quantity]:
    """From the loss back to the weights and biases that the step starts from."""
    if LOSSES[step.shape.loss].is_of_weighted_sums:
        # Outputs that jump count as constants: nothing goes back through them.
        forward = [one for one in forward if one.name != step.activation(step.shape.depth)]
    found = derivatives(forward, step.name("loss"), list(step.learned()), step.label)
    return [_of_each_sample(step, _averaged(step, _shortened(step, quantity))) for quantity in found]


def _of_output(step: _Step, quantity: Quantity) -> Quantity:
    """A derivative of the output itself, which is no loss of its own name."""
    if quantity.derivative is None:
        return quantity
    return replace(quantity, derivative=replace(quantity.derivative, of=step.activation(step.shape.depth)))


def _shortened(step: _Step, quantity: Quantity) -> Quantity:
    """The derivative by the outputs' z at once, where the loss and the activation cancel to a - y."""
    shape = step.shape
    by = quantity.derivative and quantity.derivative.by
    if not shape.has_shortcut or by != step.name(f"z{shape.depth}"):
        return quantity
    return quantity.rewired(
        output_error_rule(shape.averaged_in_delta), (step.activation(shape.depth), step.samples("y"))
    )


def _averaged(step: _Step, quantity: Quantity) -> Quantity:
    """The mean over the samples in the gradients, where each sample's own loss is differentiated before."""
    if not (quantity.is_of_weights or quantity.is_of_biases) or quantity.rule is None:
        return quantity
    return quantity.rewired(averaged(quantity.rule, step.shape.averaged_in_gradient), quantity.inputs)


def _of_each_sample(step: _Step, quantity: Quantity) -> Quantity:
    """What is said of a derivative before the mean is taken."""
    derivative = quantity.derivative
    if derivative is None or not quantity.is_per_sample or step.shape.averaged_in_gradient == 1:
        return quantity
    return replace(quantity, derivative=replace(derivative, of_each_sample=True))


def _penalised_loss(step: _Step, forward: list[Quantity]) -> list[Quantity]:
    """The penalty, and the loss with it; what is differentiated itself, without a loss, has none."""
    weights = tuple(step.parameter("W", layer) for layer in range(1, step.shape.depth + 1))
    inputs = (str(step.shape.penalty), *weights)
    penalty = Quantity(
        step.name("penalty"), "penalty", (), penalty_rule(len(weights)), inputs, step=step.step, role=Role.PENALTY
    )
    *before, loss = forward
    assert loss.rule is not None
    return [*before, penalty, loss.rewired(penalised_loss(loss.rule), (*loss.inputs, penalty.name))]


def _penalised(step: _Step, quantity: Quantity) -> Quantity:
    """A derivative by weights with the part of the penalty."""
    if not quantity.is_of_weights or quantity.rule is None or quantity.layer is None:
        return quantity
    added = (str(step.shape.penalty), step.parameter("W", quantity.layer))
    return quantity.rewired(penalised(quantity.rule), (*quantity.inputs, *added))


def _parts(step: _Step, letter: str, layer: int) -> Iterator[Quantity]:
    """What an optimizer works out for the weights or biases of a layer, the new ones last."""
    shape = step.shape
    parameter = f"{letter}{layer}"
    known = {
        VALUE: step.parameter(letter, layer), RATE: "learning_rate", GRADIENT: step.name(f"dL_d{parameter}")
    }  # fmt: skip
    row = OPTIMIZERS[str(shape.optimizer)]
    for part in (*row.parts[:-1], row.change) if shape.changes else row.parts:
        known[LAST] = step_name(f"{part.kind}_{parameter}", step.step - 1)
        inputs = tuple(known.get(name, name) for name in part.inputs(step.step))
        is_kept = part.kind not in _ROLES
        name = step.name(f"{part.kind}_{parameter}" if is_kept else f"{parameter}_{part.kind}")
        yield Quantity(
            name, part.kind if is_kept else f"{letter}_{part.kind}", _size(shape, letter, layer),
            part.rule(letter, step.step), inputs, layer, step.step,
            role=_ROLES.get(part.kind, Role.STATE), axes=_AXES[letter], updated=parameter if part.kind == NEW else "",
        )  # fmt: skip
        known[part.kind] = name
    if shape.changes:
        yield _new(step, letter, layer, LINEAR[f"changed_{letter}"], known[CHANGE])


def _new(step: _Step, letter: str, layer: int, rule: Rule, *read: str) -> Quantity:
    """The new weights or biases of a layer, from the old ones and what else is read."""
    name = f"{letter}{layer}"
    return Quantity(
        step.name(f"{name}_new"), f"{letter}_new", _size(step.shape, letter, layer), rule,
        (step.parameter(letter, layer), *read), layer, step.step,
        role=Role.UPDATE, axes=_AXES[letter], updated=name,
    )  # fmt: skip


def _updates(step: _Step) -> Iterator[Quantity]:
    """The new weights and biases of a step."""
    for letter, layer in step.shape.parameters():
        if step.shape.learns(letter, layer):
            take = _descent if step.shape.optimizer is None else _parts
            yield from take(step, letter, layer)


def _descent(step: _Step, letter: str, layer: int) -> Iterator[Quantity]:
    """The new weights or biases of a layer by plain gradient descent, their change before them where it is asked."""
    size, name = _size(step.shape, letter, layer), f"{letter}{layer}"
    read: tuple[str, ...] = ("learning_rate", step.name(f"dL_d{name}"))
    if step.shape.changes:
        change = step.name(f"{name}_change")
        yield Quantity(
            change, f"{letter}_change", size, LINEAR[f"change_{letter}"], read, layer, step.step,
            role=Role.CHANGE, axes=_AXES[letter],
        )  # fmt: skip
        read = (change,)
    rule = LINEAR[f"{'changed' if step.shape.changes else 'descend'}_{letter}"]
    yield _new(step, letter, layer, rule, *read)
