"""What fixes a network exercise, and what keeps it from being one; `network` makes it an exercise, with its graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from examgen.core.circuits.choices import Choices
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import OPTIMIZERS
from examgen.errors import did_you_mean

BatchDelta = Literal["mean", "sample"]
"""What dL_da and dL_dz of a mini-batch are derivatives of: the mean loss, or each sample's own."""

BATCH_DELTAS: tuple[BatchDelta, ...] = get_args(BatchDelta)

MOST_STEPS = 9
"""So many steps a question may have."""


@dataclass(frozen=True, slots=True)
class NetworkLayout:
    """The fields of a network exercise, and what follows from them without its graph.

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
        penalty: of the weights, which is added to the loss; None for none.
        optimizer: name of what takes the steps; None for plain gradient descent.
        changes: whether the change of weights and biases is a step of its own, before the new ones; None for no.
        by_inputs: whether the loss is differentiated by the inputs, too; None for no.
        choices: which options are right, where that follows from the numbers.
        turn: by how many places the options of shuffled tasks have moved on; None where none are shuffled.
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
    penalty: Literal["l2"] | None = None
    optimizer: str | None = None
    changes: Literal[True] | None = None
    by_inputs: Literal[True] | None = None
    choices: Choices | None = None
    turn: int | None = None

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


def problems_of(shape: NetworkLayout) -> list[str]:
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
    if shape.optimizer is not None and shape.optimizer not in OPTIMIZERS:
        found.append(f"optimizer {shape.optimizer!r} is unknown; allowed: {', '.join(OPTIMIZERS)}")
    elif shape.optimizer is not None and not shape.updates:
        found.append(f"optimizer {shape.optimizer!r} takes steps, so give a learning_rate")
    if shape.given_samples is not None:
        found += _bad_turns(shape)
    if shape.steps > 1 and not shape.updates:
        found.append("several steps need updates of the weights, so give a learning_rate")
    return found or _mismatches(shape)


def _bad_turns(shape: NetworkLayout) -> list[str]:
    """What keeps steps from using their samples in turn."""
    given, count = shape.given_samples or 0, shape.samples_per_step
    if given < count or given % count:
        return [f"{given} samples cannot be used in turn by steps with {count} each; give a multiple of {count}"]
    if given > shape.steps * count:
        return [f"{given} samples are given and {shape.steps * count} used; give as many steps, or fewer samples"]
    return []


def _names(shape: NetworkLayout) -> list[str]:
    return [f"{letter}{layer}" for letter, layer in shape.parameters()]


def _mismatches(shape: NetworkLayout) -> list[str]:
    found = [
        f"activation {name!r} may stand on the last layer only"
        for name in shape.activations[:-1]
        if ACTIVATIONS[name].output_only
    ]
    found += [
        f"activation {name!r} has no slope for an error to come back through; name all weights and biases up to layer "
        f"{layer} in frozen"
        for layer, name in enumerate(shape.activations[:-1], start=1)
        if ACTIVATIONS[name].levels and (_learns_up_to(shape, layer) or shape.by_inputs)
    ]
    last, loss = shape.activations[-1], LOSSES[shape.loss]
    if ACTIVATIONS[last].share_of and shape.sizes[-1] < 2:
        found.append(f"activation {last!r} needs at least two outputs; one would always be 1")
    if loss.outputs and last not in loss.outputs:
        found.append(f"loss {loss.name!r} needs an output activation of {' or '.join(loss.outputs)}, not {last!r}")
    elif ACTIVATIONS[last].levels and last not in loss.outputs and _learns_up_to(shape, shape.depth):
        fitting = ", ".join(row.name for row in LOSSES.values() if last in row.outputs)
        found.append(
            f"activation {last!r} has no slope for an error to come back through; it goes with loss {fitting}, "
            f"not {loss.name!r}"
        )
    return found + _misfits(shape)


def _learns_up_to(shape: NetworkLayout, layer: int) -> bool:
    """Whether any weight or bias of the layers up to this one is learned."""
    return any(one <= layer and shape.learns(letter, one) for letter, one in shape.parameters())


def _misfits(shape: NetworkLayout) -> list[str]:
    """What the losses that are differentiated in a way of their own cannot be told of."""
    loss, found = LOSSES[shape.loss], []
    if loss.is_of_weighted_sums and _learns_up_to(shape, shape.depth - 1):
        found.append(
            f"loss {loss.name!r} is for one layer that learns; the rule says nothing of layers before it: name their "
            "weights and biases in frozen"
        )
    if shape.penalty and not loss.has_targets:
        found.append(f"loss {loss.name!r} is no loss that a penalty could be added to; leave one of them out")
    if not loss.has_targets and (shape.sizes[-1], shape.samples_per_step) != (1, 1):
        found.append(f"loss {loss.name!r} differentiates one output of one sample; give the last layer one unit")
    return found
