"""Students who believe one wrong thing, and work it through from the first line to the last.

Each row of `MISCONCEPTIONS` is one belief: the name that marking should find, a way to hold it where there are several,
and the shapes on which it can show at all. Each learner replaces one method of the honest one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.turned import plain_of
from tests.classroom.circuit_beliefs import CIRCUIT_BELIEFS
from tests.classroom.figures import Array
from tests.classroom.learner import Above, Here, Learner, Parameters, activation_of, is_shortcut, slope_of

CURVED = frozenset(name for name, row in ACTIVATIONS.items() if row.slope is not None and not row.is_rational)


@dataclass(frozen=True, slots=True)
class Misconception:
    """One belief.

    Attributes:
        name: as in the design of marking.
        way: which of several ways to hold it; empty where there is one.
        learner: makes a student who holds it.
        can_show: whether it can change anything in a question of this shape; numbers may still hide it.
    """

    name: str
    way: str
    learner: Callable[[], Learner]
    can_show: Callable[[Exercise], bool]

    @property
    def label(self) -> str:
        """Name and way."""
        return f"{self.name} ({self.way})" if self.way else self.name


class ErrorSign(Learner):
    """Takes y - a for a - y."""

    def error(self, a: Array, y: Array) -> Array:
        return y - a


class LossFactor(Learner):
    """Has another factor before a - y: by loss, from the number of outputs."""

    def __init__(self, factors: Mapping[str, Callable[[int], float]]) -> None:
        self.factors = factors

    def loss_factor(self, name: str, outputs: int) -> float:
        return self.factors[name](outputs) if name in self.factors else super().loss_factor(name, outputs)


class NoSlope(Learner):
    """Leaves the derivative of the activation out."""

    def through(self, here: Here) -> Array:
        assert here.da is not None
        return here.da


class SlopeOfActivation(Learner):
    """Takes f'(a) for f'(z)."""

    def slope(self, here: Here) -> Array:
        return slope_of(here.name, here.a, activation_of(here.name, here.a))


class WrongSlope(Learner):
    """Takes one function's derivative for all others of `instead_of`."""

    def __init__(self, taken: str, instead_of: frozenset[str]) -> None:
        self.taken, self.instead_of = taken, instead_of

    def slope(self, here: Here) -> Array:
        return super().slope(replace(here, name=self.taken) if here.name in self.instead_of else here)


class ReluSlopeZ(Learner):
    """Takes z for the derivative of ReLU."""

    def slope(self, here: Here) -> Array:
        return here.z if here.name == "relu" else super().slope(here)


class ExtraSlope(Learner):
    """Multiplies a - y of a cross-entropy by the slope again."""

    def short_delta(self, a: Array, y: Array) -> Array:
        return super().short_delta(a, y) * a * (1 - a)


class SinglePath(Learner):
    """Goes back along one path only, to the unit of this number in the next layer."""

    def __init__(self, unit: int) -> None:
        self.unit = unit

    def pull_back(self, above: Above) -> Array:
        return above.W[:, None, self.unit, :] * above.dz[:, :, self.unit, None]


class NotTransposed(Learner):
    """Takes W for its transpose, where that can be multiplied."""

    def pull_back(self, above: Above) -> Array:
        is_square = above.W.shape[1] == above.W.shape[2]
        return super().pull_back(replace(above, W=above.W.swapaxes(1, 2)) if is_square else above)


class UpdatedWeights(Learner):
    """Sends the error back through the weights after the step."""

    def pull_back(self, above: Above) -> Array:
        return super().pull_back(above if above.W_new is None else replace(above, W=above.W_new))


class LayerSkipped(Learner):
    """Takes the next layer's δ unchanged, where it has as many units; δ is what the course calls so."""

    def pull_back(self, above: Above) -> Array:
        fits = above.W.shape[1] == above.W.shape[2]
        return above.da if fits and self.delta == "dL_da" else super().pull_back(above)

    def through(self, here: Here) -> Array:
        fits = here.above is not None and here.above.dz.shape == here.a.shape
        if here.above is None or not fits or self.delta == "dL_da":
            return super().through(here)
        return here.above.dz


class WrongLayerInput(Learner):
    """Takes the layer's own activation for what came into it, where the sizes allow."""

    def input(self, here: Here) -> Array:
        return here.a if here.a.shape == here.a_before.shape else here.a_before


class PreActivationInput(Learner):
    """Takes z for a in dL/dW."""

    def input(self, here: Here) -> Array:
        return here.a_before if here.z_before is None else here.z_before


class NoBias(Learner):
    """Forgets what is added to a product."""

    def offset(self, b: Array) -> Array:
        return np.zeros_like(b)


class SigmoidSign(Learner):
    """Takes 1 / (1 + e^z) for the sigmoid."""

    def activate(self, name: str, z: Array) -> Array:
        return super().activate(name, -z if name == "sigmoid" else z)


class Ascent(Learner):
    """Adds the gradient."""

    def step_size(self, rate: Array) -> Array:
        return -rate


class NoLearningRate(Learner):
    """Leaves the learning rate out."""

    def step_size(self, rate: Array) -> Array:
        return np.ones_like(rate)


class NoUpdate(Learner):
    """Writes the old weights down for the new ones."""

    def updated(self, value: Array, change: Array) -> Array:
        return super().updated(value, np.zeros_like(change))


class StaleWeights(Learner):
    """Begins every step with the given weights."""

    def start(self, so_far: Sequence[Parameters]) -> Parameters:
        return so_far[0]


class SameSample(Learner):
    """Uses the first step's samples in every step."""

    def samples_of(self, step: int) -> int:
        return min(step, 1)


class Log10(Learner):
    """Takes the logarithm to the base of ten."""

    def log(self, value: Array) -> Array:
        return np.asarray(np.log10(value))


class BceSign(Learner):
    """Forgets the minus before the cross-entropy; the derivatives come from the formula sheet."""

    def loss(self, name: str, a: Array, y: Array) -> Array:
        found = super().loss(name, a, y)
        return -found if name == "binary_cross_entropy" else found


class SwappedIndex(Learner):
    """Writes entry i, j of a matrix where j, i belongs, as far as there is such a place; goes on with the right."""

    def shown(self, matrix: Array) -> Array:
        size = min(matrix.shape[1:])
        swapped = matrix.copy()
        swapped[:, :size, :size] = matrix[:, :size, :size].swapaxes(1, 2)
        return swapped


class PenaltyForgotten(Learner):
    """Takes the derivative of the loss without the penalty."""

    def of_penalty(self, factor: Array, W: Array) -> Array:
        return super().of_penalty(np.zeros_like(factor), W)


class MomentumForgotten(Learner):
    """Takes every step of an optimizer as if it were the first."""

    def kept(self, last: Array) -> Array:
        return np.zeros_like(last)


class BiasCorrectionForgotten(Learner):
    """Goes on with Adam's moments as they are."""

    def corrected(self, mean: Array, decay: Array, step: int) -> Array:
        return super().corrected(mean, np.zeros_like(decay), step)


class SumForMean(Learner):
    """Adds up where a mean is meant: over the mini-batch, and over the outputs of a mean loss."""

    averages = False


def _on_networks(test: Callable[[NetworkShape], bool]) -> Callable[[Exercise], bool]:
    def can_show(shape: Exercise) -> bool:
        plain = plain_of(shape)
        return isinstance(plain, NetworkShape) and test(plain)

    return can_show


def _sloped(shape: NetworkShape) -> frozenset[str]:
    """Activations whose derivative is multiplied in somewhere."""
    has_none = is_shortcut(shape) or shape.loss == "perceptron"
    return frozenset(shape.activations[:-1] if has_none else shape.activations) - {"softmax"}


def _equal_sizes(shape: NetworkShape, start: int, stop: int | None = None) -> bool:
    """Whether some two neighbouring layers, of these numbers, have as many units."""
    sizes = shape.sizes[start:stop]
    return any(here == there for here, there in pairwise(sizes))


def _has_square(exercise: Exercise) -> bool:
    shape = plain_of(exercise)
    if isinstance(shape, CircuitShape):
        return False
    if isinstance(shape, ProductsShape):
        return any(
            min(spec.left[0], spec.right[1]) > 1 for spec in shape.products if spec.operation != "shape_of_product"
        )
    assert isinstance(shape, NetworkShape)
    return any(min(here, there) > 1 for here, there in pairwise(shape.sizes))


def _adds_something(exercise: Exercise) -> bool:
    match plain_of(exercise):
        case NetworkShape(bias=bias):
            return bias is None or any(bias)
        case ProductsShape(products=products):
            return any(spec.operation == "affine_map" for spec in products)
    return False


def _loss_factor(way: str, **factors: Callable[[int], float]) -> Misconception:
    return Misconception(
        "loss-factor",
        way,
        lambda: LossFactor(factors),
        _on_networks(lambda s: s.loss in factors and (way != "1/n dropped" or s.sizes[-1] > 1)),
    )


_ALWAYS = _on_networks(lambda _: True)
_UPDATES = _on_networks(lambda s: s.updates)
_STEPS = _on_networks(lambda s: s.steps > 1)
_SAMPLES = _on_networks(lambda s: s.given_samples != s.samples_per_step and s.steps > 1)
_DEEP = _on_networks(lambda s: len(s.sizes) > 2)
_FORKS = _on_networks(lambda s: any(size > 1 for size in s.sizes[2:]))

_ROWS = (
    Misconception("penalty-forgotten", "", PenaltyForgotten, _on_networks(lambda s: s.penalty is not None)),
    Misconception(
        "momentum-forgotten", "", MomentumForgotten, _on_networks(lambda s: s.optimizer is not None and s.steps > 1)
    ),
    Misconception(
        "bias-correction-forgotten", "", BiasCorrectionForgotten, _on_networks(lambda s: s.optimizer == "adam")
    ),
    Misconception("error-sign", "", ErrorSign, _ALWAYS),
    _loss_factor("2 dropped", squared_error=lambda _: 1, mean_squared_error=lambda n: 1 / n),
    _loss_factor("½ forgotten", half_squared_error=lambda _: 2, half_mean_squared_error=lambda n: 2 / n),
    _loss_factor("½ kept", half_squared_error=lambda _: 1 / 2, half_mean_squared_error=lambda n: 1 / (2 * n)),
    _loss_factor("1/n dropped", mean_squared_error=lambda _: 2, half_mean_squared_error=lambda _: 1),
    Misconception("no-slope", "", NoSlope, _on_networks(lambda s: bool(_sloped(s) - {"identity"}))),
    Misconception("slope-of-activation", "", SlopeOfActivation, _on_networks(lambda s: bool(_sloped(s) & CURVED))),
    Misconception(
        "wrong-slope",
        "a (1 - a)",
        lambda: WrongSlope("sigmoid", frozenset({"relu", "tanh"})),
        _on_networks(lambda s: bool(_sloped(s) & {"relu", "tanh"})),
    ),
    Misconception(
        "wrong-slope",
        "1 - a²",
        lambda: WrongSlope("tanh", frozenset({"sigmoid"})),
        _on_networks(lambda s: "sigmoid" in _sloped(s)),
    ),
    Misconception("relu-slope-z", "", ReluSlopeZ, _on_networks(lambda s: "relu" in _sloped(s))),
    Misconception("extra-slope", "", ExtraSlope, _on_networks(is_shortcut)),
    Misconception("single-path", "first", lambda: SinglePath(0), _FORKS),
    Misconception("single-path", "last", lambda: SinglePath(-1), _FORKS),
    Misconception(
        "not-transposed",
        "",
        NotTransposed,
        _on_networks(lambda s: any(i == o > 1 for i, o in pairwise(s.sizes[1:]))),
    ),
    Misconception("updated-weights", "", UpdatedWeights, _on_networks(lambda s: s.updates and len(s.sizes) > 2)),
    Misconception("layer-skipped", "", LayerSkipped, _on_networks(lambda s: _equal_sizes(s, 1))),
    Misconception("wrong-layer-input", "", WrongLayerInput, _on_networks(lambda s: _equal_sizes(s, 0))),
    Misconception("pre-activation-input", "", PreActivationInput, _DEEP),
    Misconception("no-bias", "", NoBias, _adds_something),
    Misconception("sigmoid-sign", "", SigmoidSign, _on_networks(lambda s: "sigmoid" in s.activations)),
    Misconception("ascent", "", Ascent, _UPDATES),
    Misconception("no-learning-rate", "", NoLearningRate, _UPDATES),
    Misconception("no-update", "", NoUpdate, _UPDATES),
    Misconception("stale-weights", "", StaleWeights, _STEPS),
    Misconception("same-sample", "", SameSample, _SAMPLES),
    Misconception("log10", "", Log10, _on_networks(lambda s: "cross_entropy" in s.loss)),
    Misconception("bce-sign", "", BceSign, _on_networks(lambda s: s.loss == "binary_cross_entropy")),
    Misconception("swapped-index", "", SwappedIndex, _has_square),
    Misconception(
        "sum-for-mean",
        "",
        SumForMean,
        _on_networks(lambda s: s.samples_per_step > 1 or (LOSSES[s.loss].is_mean and s.sizes[-1] > 1)),
    ),
)


def _joined(label: str, rows: Mapping[str, Misconception]) -> Misconception:
    """A belief about networks and products, about circuits, or about both."""
    about_circuits = CIRCUIT_BELIEFS.get(label)
    if about_circuits is None:
        return rows[label]
    name, _, way = label.removesuffix(")").partition(" (")
    row = rows.get(label, Misconception(name, way, Learner, lambda _: False))

    def learner() -> Learner:
        found = row.learner()
        found.beliefs = about_circuits.beliefs
        return found

    def can_show(shape: Exercise) -> bool:
        return about_circuits.can_show(shape) if isinstance(shape, CircuitShape) else row.can_show(shape)

    return replace(row, learner=learner, can_show=can_show)


def _all_rows() -> Mapping[str, Misconception]:
    rows = {row.label: row for row in _ROWS}
    return {label: _joined(label, rows) for label in dict.fromkeys((*rows, *CIRCUIT_BELIEFS))}


MISCONCEPTIONS: Mapping[str, Misconception] = MappingProxyType(_all_rows())
"""All beliefs by label."""
