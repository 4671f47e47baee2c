"""From the shape of a network exercise to its computation graph: forward, loss, backward, update, for each step.

Conventions: weights are stored (to, from); layer l has z_l = W_l a_(l-1) + b_l with a_0 = x, and per-sample quantities
have a row per sample. The backward part follows from the forward part and the rules (`backward`): dL_da and dL_dz are
both there, and notations choose which of them is called delta. What is shorter by hand is rewritten behind that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from examgen.core.backward import Label, derivatives
from examgen.core.circuits.choices import Choices, check_choices
from examgen.core.graph import Axis, ComputationGraph, Quantity, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.linear import LINEAR, averaged, output_error_rule, sample_rows
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Rule
from examgen.errors import did_you_mean

BatchDelta = Literal["mean", "sample"]
"""What dL_da and dL_dz of a mini-batch are derivatives of: the mean loss, or each sample's own."""

BATCH_DELTAS: tuple[BatchDelta, ...] = get_args(BatchDelta)

_PER_SAMPLE: tuple[Axis, ...] = ("sample", "unit")
_AXES: Mapping[str, tuple[Axis, ...]] = MappingProxyType({"W": ("to", "from"), "b": ("to",)})


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What fixes a network exercise but for its numbers.

    Attributes:
        sizes: units per layer, inputs first: (3, 2, 2, 1).
        activations: one name per layer after the inputs.
        loss: name of the loss.
        steps: steps of gradient descent, each on samples of its own.
        samples_per_step: size of a mini-batch.
        updates: whether the weights are updated at the end of each step, with a given learning rate.
        batch_delta: what dL_da and dL_dz of a mini-batch are derivatives of; None where a bank does not say it, and
            its papers do not either: it is the mean then.
        bias: for each layer whether its units have a bias; None where all have.
        frozen: names of weights and biases, W1 or b2, that stay as they are given; None where all are learned.
        given_samples: how many samples are given, which the steps use in turn, from the first again; None where each
            step has samples of its own.
        batch: how the loss of a mini-batch is put together, where it is not the mean.
        choices: which options are right, where that follows from the numbers.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    steps: int = 1
    samples_per_step: int = 1
    updates: bool = True
    batch_delta: BatchDelta | None = None
    bias: tuple[bool, ...] | None = None
    frozen: tuple[str, ...] | None = None
    given_samples: int | None = None
    batch: Literal["sum"] | None = None
    choices: Choices | None = None

    def __post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        if self.choices is not None:
            check_choices(self.graph, self.choices)

    @property
    def graph(self) -> ComputationGraph:
        """As `network_graph`; the same one whichever options are right."""
        return network_graph(self if self.choices is None else replace(self, choices=None))

    @property
    def depth(self) -> int:
        """Number of layers with weights."""
        return len(self.sizes) - 1

    def has_bias(self, layer: int) -> bool:
        """Whether the units of a layer have a bias."""
        return self.bias is None or self.bias[layer - 1]

    def parameters(self) -> Iterator[tuple[str, int]]:
        """Letter and layer of all weights and biases."""
        for layer in range(1, self.depth + 1):
            yield "W", layer
            if self.has_bias(layer):
                yield "b", layer

    def learns(self, letter: str, layer: int) -> bool:
        """Whether weights or biases are updated, where any are."""
        return f"{letter}{layer}" not in (self.frozen or ())

    @property
    def has_shortcut(self) -> bool:
        """Whether loss and output activation cancel, so that the last dL_dz is a - y at once."""
        return LOSSES[self.loss].shortcut == self.activations[-1]

    @property
    def samples(self) -> int:
        """How many are given."""
        return self.given_samples or self.steps * self.samples_per_step

    @property
    def averaged_in_loss(self) -> int:
        """The samples over which the loss of a step is a mean: 1 where it is their sum."""
        return 1 if self.batch == "sum" else self.samples_per_step

    @property
    def averaged_in_delta(self) -> int:
        """The samples of the mean whose derivatives dL_da and dL_dz are: 1 where each sample has its own loss."""
        return 1 if self.batch_delta == "sample" else self.averaged_in_loss

    @property
    def averaged_in_gradient(self) -> int:
        """The samples over which dL_dW and dL_db take the mean of what the samples add: 1 where the 1/n is in dL_dz."""
        return self.averaged_in_loss // self.averaged_in_delta

    @property
    def is_rational(self) -> bool:
        """Whether exact fractions go in and come out."""
        return LOSSES[self.loss].is_rational and all(ACTIVATIONS[name].is_rational for name in self.activations)

    @property
    def numbers(self) -> int:
        """About how many a solution has."""
        weights = sum(to * of for of, to in zip(self.sizes, self.sizes[1:], strict=False))
        return self.steps * (3 * weights + 6 * self.samples_per_step * sum(self.sizes))

    @property
    def conventions(self) -> tuple[str, ...]:
        """What δ of a mini-batch is, where the bank says it."""
        of_biases = any(letter == "b" and self.learns(letter, layer) for letter, layer in self.parameters())
        known = f"batch_delta_{self.batch_delta}{'' if of_biases else '_weights'}"
        return (known,) if self.batch_delta is not None else ()

    @property
    def text(self) -> str:
        """In words: "1-3-1 network, ReLU, identity, squared error"."""
        titles = [*(ACTIVATIONS[name].title for name in self.activations), LOSSES[self.loss].title]
        return f"{'-'.join(map(str, self.sizes))} network, {', '.join(titles)}"


def step_name(name: str, step: int) -> str:
    """The name of a quantity in a step: `z1` in the first, `z1@2` in the second."""
    return name if step == 1 else f"{name}@{step}"


@lru_cache(maxsize=256)
def network_graph(shape: NetworkShape) -> ComputationGraph:
    """The graph of all quantities of a network exercise, in the order in which a solution works them out.

    Givens: W1, b1, …; x and y with a row per sample in the order in which the steps use them; learning_rate where the
    weights are updated or there are several steps.
    """
    quantities = list(_givens(shape))
    for step in range(1, shape.steps + 1):
        quantities += _step(shape, step)
    return ComputationGraph(tuple(quantities))


def _problems(shape: NetworkShape) -> list[str]:
    """What keeps a shape from being a network, in words for the author of a bank."""
    found = []
    if len(shape.sizes) < 2 or min(shape.sizes) < 1:
        found.append(f"sizes is {list(shape.sizes)}; use at least two layers of at least one unit")
    if len(shape.activations) != len(shape.sizes) - 1:
        found.append(f"{len(shape.activations)} activations for {len(shape.sizes) - 1} layers; use one for each")
    for name in shape.activations:
        if name not in ACTIVATIONS:
            found.append(f"activation {name!r} is unknown; allowed: {', '.join(ACTIVATIONS)}")
    if shape.loss not in LOSSES:
        found.append(f"loss {shape.loss!r} is unknown; allowed: {', '.join(LOSSES)}")
    if shape.steps < 1 or shape.samples_per_step < 1:
        found.append("steps and samples_per_step must be at least 1")
    if shape.batch_delta not in (None, *BATCH_DELTAS):
        found.append(f"batch_delta is {shape.batch_delta!r}; allowed: {', '.join(BATCH_DELTAS)}")
    elif shape.batch_delta and shape.samples_per_step == 1:
        found.append("batch_delta says what δ is in a mini-batch; give samples_per_step of at least 2, or leave it out")
    if shape.bias is not None and len(shape.bias) != len(shape.sizes) - 1:
        found.append(f"bias has {len(shape.bias)} values for {len(shape.sizes) - 1} layers; use one for each")
    elif unknown := [name for name in shape.frozen or () if name not in (names := _names(shape))]:
        near = did_you_mean(unknown[0], names)
        found.append(f"frozen names {unknown[0]!r}; allowed: {', '.join(names)}.{near}")
    if shape.batch == "sum" and (shape.samples_per_step == 1 or shape.batch_delta):
        found.append("batch = sum is for mini-batches, which have no mean then: give samples_per_step, no batch_delta")
    if shape.given_samples is not None:
        found += _bad_turns(shape)
    if shape.steps > 1 and not shape.updates:
        found.append("several steps need updates of the weights, so give a learning_rate")
    return found or _mismatches(shape)


def _bad_turns(shape: NetworkShape) -> list[str]:
    """What keeps steps from using their samples in turn."""
    given, count = shape.given_samples or 0, shape.samples_per_step
    if given < count or given % count:
        return [f"{given} samples cannot be used in turn by steps with {count} each; give a multiple of {count}"]
    if given > shape.steps * count:
        return [f"{given} samples are given and {shape.steps * count} used; give as many steps, or fewer samples"]
    return []


def _names(shape: NetworkShape) -> list[str]:
    return [f"{letter}{layer}" for letter, layer in shape.parameters()]


def _mismatches(shape: NetworkShape) -> list[str]:
    found = [
        f"activation {name!r} may stand on the last layer only"
        for name in shape.activations[:-1]
        if ACTIVATIONS[name].output_only
    ]
    last, loss = shape.activations[-1], LOSSES[shape.loss]
    if ACTIVATIONS[last].share_of and shape.sizes[-1] < 2:
        found.append(f"activation {last!r} needs at least two outputs; one would always be 1")
    if loss.outputs and last not in loss.outputs:
        found.append(f"loss {loss.name!r} needs an output activation of {' or '.join(loss.outputs)}, not {last!r}")
    elif ACTIVATIONS[last].levels and last not in loss.outputs:
        fitting = ", ".join(row.name for row in LOSSES.values() if last in row.outputs)
        found.append(
            f"activation {last!r} has no slope for an error to come back through; it goes with loss {fitting}, "
            f"not {loss.name!r}"
        )
    return found + _misfits(shape)


def _misfits(shape: NetworkShape) -> list[str]:
    """What the losses that are differentiated in a way of their own cannot be told of."""
    loss, found = LOSSES[shape.loss], []
    if loss.is_of_weighted_sums and shape.depth > 1:
        found.append(f"loss {loss.name!r} is for a single layer; the rule says nothing of layers before it")
    if not loss.has_targets and (shape.sizes[-1], shape.samples_per_step) != (1, 1):
        found.append(f"loss {loss.name!r} differentiates one output of one sample; give the last layer one unit")
    return found


def _givens(shape: NetworkShape) -> list[Quantity]:
    givens = [
        Quantity(letter, letter, (shape.samples, shape.sizes[layer]), role=role, axes=_PER_SAMPLE)
        for letter, layer, role in _data(shape)
    ]
    givens += [_parameter(shape, letter, layer, f"{letter}{layer}") for letter, layer in shape.parameters()]
    if shape.updates:
        givens.append(Quantity("learning_rate", "learning_rate", (), role=Role.RATE))
    return givens


def _data(shape: NetworkShape) -> list[tuple[str, int, Role]]:
    """What a sample has, with the layer that it is of: inputs, and targets where the loss has any."""
    targets = [("y", -1, Role.TARGET)] if LOSSES[shape.loss].has_targets else []
    return [("x", 0, Role.INPUT), *targets]


def _parameter(shape: NetworkShape, letter: str, layer: int, name: str) -> Quantity:
    """The weights or biases of a layer under the name that they have in a step."""
    return Quantity(name, letter, _size(shape, letter, layer), layer=layer, role=Role.PARAMETER, axes=_AXES[letter])


def _size(shape: NetworkShape, letter: str, layer: int) -> tuple[int, ...]:
    to, source = shape.sizes[layer], shape.sizes[layer - 1]
    return (to, source) if letter == "W" else (to,)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step's naming: which quantities hold its samples and the weights that it starts from."""

    shape: NetworkShape
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
        """All of these that are learned, for the derivatives by them."""
        for letter, layer in self.shape.parameters():
            if self.shape.learns(letter, layer):
                yield _parameter(self.shape, letter, layer, self.parameter(letter, layer))

    def label(self, quantity: Quantity, local: str) -> Label:
        """dL_dz2 for the derivative by z2, slope2 for that of the activation; W1 keeps its name in every step."""
        kind, layer = local or f"dL_d{quantity.kind}", quantity.layer
        by = f"{quantity.kind}{layer}" if quantity.role is Role.PARAMETER else ""
        return Label(self.name(f"{kind}{layer}"), kind, layer, self.step, by)

    def samples(self, letter: str) -> str:
        return letter if self.shape.steps == 1 else f"{letter}_{self.step}"

    def activation(self, layer: int) -> str:
        return self.samples("x") if layer == 0 else self.name(f"a{layer}")

    def per_sample(self, layer: int) -> tuple[int, int]:
        return self.shape.samples_per_step, self.shape.sizes[layer]


def _step(shape: NetworkShape, step: int) -> list[Quantity]:
    names = _Step(shape, step)
    forward = _forward(names)
    backward = _backward(names, forward)
    if not LOSSES[shape.loss].has_targets:
        *forward, _ = forward
        backward = [_of_output(names, quantity) for quantity in backward]
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


def _updates(step: _Step) -> Iterator[Quantity]:
    """The new weights and biases of a step."""
    shape = step.shape
    for letter, layer in shape.parameters():
        if shape.learns(letter, layer):
            inputs = (step.parameter(letter, layer), "learning_rate", step.name(f"dL_d{letter}{layer}"))
            yield Quantity(
                step.name(f"{letter}{layer}_new"), f"{letter}_new", _size(shape, letter, layer),
                LINEAR[f"descend_{letter}"], inputs, layer, step.step,
                role=Role.UPDATE, axes=_AXES[letter], updated=f"{letter}{layer}",
            )  # fmt: skip
