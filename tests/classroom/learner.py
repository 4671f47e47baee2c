"""A student who knows the textbook: forward pass, backpropagation and gradient descent, a group of students at once.

Written from textbooks and not from the package that is tested. Each method is one belief; `misconceptions` replaces
single ones. Arrays have the students first: z, a and their derivatives are (students, samples, units), weights
(students, to, from).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import numpy as np

from examgen.core.network import NetworkShape
from examgen.core.rules.losses import LOSSES
from tests.classroom.figures import Array
from tests.classroom.hand_beliefs import NONE, Beliefs
from tests.classroom.notebook import REAL, Notebook
from tests.classroom.stepping import ONE_SAMPLE, Means, Steps

SHARES: Mapping[str, Callable[[int], float]] = MappingProxyType(
    {
        "squared_error": lambda _: 1.0,
        "half_squared_error": lambda _: 0.5,
        "mean_squared_error": lambda outputs: 1 / outputs,
        "half_mean_squared_error": lambda outputs: 1 / (2 * outputs),
    }
)
"""What stands before the squares of so many outputs."""

Parameters = list[tuple[Array, Array | None]]
"""Weights and biases by layer; None for units that have no bias."""


@dataclass(frozen=True, slots=True)
class Above:
    """What comes back from the next layer: its weights before and after the step, dL/dz and dL/da."""

    W: Array
    W_new: Array | None
    dz: Array
    da: Array


@dataclass(frozen=True, slots=True)
class Here:
    """What a student has before the eyes on the way back through one layer.

    Attributes:
        name: of the activation function.
        a_before, z_before: what came into the layer; the inputs have no z.
        z, a: of the layer.
        above: the next layer; None for the outputs.
        da, slope: dL/da and the derivative of the function, as soon as they are worked out.
    """

    name: str
    a_before: Array
    z_before: Array | None
    z: Array
    a: Array
    above: Above | None
    da: Array | None = None
    slope: Array | None = None


class Learner:
    """Works a network out.

    Attributes:
        delta: which derivative the course calls δ.
        averages: whether a mean is divided by the number of its terms.
        goes_on_from: of dL/dz and dL/db, which are equal where there is one sample, the one from which work goes on.
        means: over how many samples of the question at hand what is a mean.
        beliefs: about circuits, which `hand_circuits` works out.
    """

    delta: str = "dL_dz"
    averages: bool = True
    goes_on_from: str = "dL_dz"
    means: Means = ONE_SAMPLE
    beliefs: Beliefs = NONE

    def samples_of(self, step: int) -> int:
        """The number of the step whose samples are used in this step."""
        return step

    def start(self, so_far: Sequence[Parameters]) -> Parameters:
        """The weights with which a step begins, from all so far, the given ones first."""
        return so_far[-1]

    def offset(self, b: Array) -> Array:
        """What is added to a product: the biases, in full."""
        return b

    def activate(self, name: str, z: Array) -> Array:
        """Activation."""
        return activation_of(name, z)

    def error(self, a: Array, y: Array) -> Array:
        """How far the output is off."""
        return a - y

    def log(self, value: Array) -> Array:
        """The logarithm of the cross-entropies."""
        return np.asarray(np.log(value))

    def loss(self, name: str, a: Array, y: Array) -> Array:
        """(students,) loss, averaged over the samples."""
        return np.asarray(self._loss_of_sample(name, a, y).sum(axis=1) / self._over(self.means.loss))

    def loss_factor(self, name: str, outputs: int) -> float:
        """What stands before a - y in the derivative of a squared loss."""
        share = self._over(outputs)
        return {
            "squared_error": 2,
            "half_squared_error": 1,
            "mean_squared_error": 2 / share,
            "half_mean_squared_error": 1 / share,
        }[name]

    def short_delta(self, a: Array, y: Array) -> Array:
        """dL/dz of the outputs where a cross-entropy meets its activation."""
        return self.error(a, y) / self._over(self.means.delta)

    def pull_back(self, above: Above) -> Array:
        """dL/da of a layer."""
        return np.asarray(np.einsum("soi,sno->sni", above.W, above.dz))

    def slope(self, here: Here) -> Array:
        """Derivative of the activation function at z."""
        return slope_of(here.name, here.z, here.a)

    def through(self, here: Here) -> Array:
        """dL/dz of a layer."""
        assert here.da is not None
        assert here.slope is not None
        return here.da * here.slope

    def input(self, here: Here) -> Array:
        """What δ is multiplied by in dL/dW."""
        return here.a_before

    def step_size(self, rate: Array) -> Array:
        """What the gradient is multiplied by before it is taken away from the weights."""
        return rate

    def updated(self, value: Array, change: Array) -> Array:
        """New weights."""
        return value + change

    def kept(self, last: Array) -> Array:
        """What of the step before goes on in a velocity or a moment."""
        return last

    def corrected(self, mean: Array, decay: Array, step: int) -> Array:
        """A moment without the 0 that it has started with."""
        return np.asarray(mean / (1 - decay**step))

    def of_penalty(self, factor: Array, W: Array) -> Array:
        """What a penalty of half the squares adds to the derivative by the weights."""
        return factor * W

    def shown(self, matrix: Array) -> Array:
        """(students, rows, columns): a matrix as it is written down."""
        return matrix

    def train(self, shape: NetworkShape, givens: Mapping[str, Array], book: Notebook) -> None:
        """Work a whole question out.

        Args:
            shape: of the network.
            givens: (students, *shape) by given quantity.
            book: where results are written down.
        """
        layers = range(1, len(shape.sizes))
        self.means = Means.of(shape)
        steps = Steps(shape, givens, self, book)
        so_far: list[Parameters] = [[(givens[f"W{layer}"], givens.get(f"b{layer}")) for layer in layers]]
        for step in range(1, shape.steps + 1):
            first = (self.samples_of(step) - 1) * shape.samples_per_step % givens["x"].shape[1]
            x, y = (givens[name][:, first : first + shape.samples_per_step] for name in "xy")
            start = self.start(so_far)
            z, a = self._forward(shape, start, x, step, book)
            with np.errstate(all="ignore"):
                loss = self._perceptron_loss(z[-1], a[-1], y) if steps.is_rule else self.loss(shape.loss, a[-1], y)
                loss = steps.with_penalty(loss, [W for W, _ in start], step)
                book.note(("loss", None, step), loss)
            so_far.append(self._backward(shape, start, z, a, y, steps, step, book))

    def _forward(
        self, shape: NetworkShape, start: Parameters, x: Array, step: int, book: Notebook
    ) -> tuple[list[Array], list[Array]]:
        """z by layer from the first, a from the inputs."""
        zs: list[Array] = []
        a = [x]
        worked_out = x
        for layer, (W, b) in enumerate(start, 1):
            name, place = shape.activations[layer - 1], ("a", layer, step)
            no_offset = np.zeros(W.shape[:2])
            if book.is_printed(place):
                # By somebody who knows how, and rounds nothing.
                zs.append(_weighted_sum(W, worked_out, no_offset if b is None else b))
                worked_out = activation_of(name, zs[-1])
                a.append(book.note(place, worked_out))
                continue
            offset = no_offset if b is None else self.offset(b)
            terms = partial(_terms_of_z, W, a[-1], offset)
            zs.append(book.note(("z", layer, step), _weighted_sum(W, a[-1], offset), terms=terms))
            is_logged = layer == len(start) and "cross_entropy" in shape.loss
            a.append(book.note(place, self.activate(name, zs[-1]), within=(0.0, 1.0) if is_logged else REAL))
            worked_out = a[-1]
        return zs, a

    def _backward(
        self,
        shape: NetworkShape,
        start: Parameters,
        z: Sequence[Array],
        a: Sequence[Array],
        y: Array,
        steps: Steps,
        step: int,
        book: Notebook,
    ) -> Parameters:
        """Derivatives from the last layer to the first; returns the new weights and biases."""
        found: Parameters = []
        above: Above | None = None
        for layer in range(len(start), 0, -1):
            z_before = z[layer - 2] if layer > 1 else None
            here = Here(shape.activations[layer - 1], a[layer - 1], z_before, z[layer - 1], a[layer], above)
            dL_da, dL_dz, exact = self._deltas(shape, here, y, layer, step, book)
            W, b = start[layer - 1]
            dL_db: Array | None = None
            if b is not None and self.goes_on_from == "dL_db" and dL_dz.shape[1] == 1:
                dL_db = steps.note("dL_db", layer, step, exact.sum(axis=1))
                dL_dz = dL_db[:, None, :]
            share = self._over(self.means.gradient)
            gradient = np.einsum("sno,sni->soi", dL_dz, self.input(here)) / share + steps.of_penalty(W)
            W_new = steps.taken("W", layer, step, W, gradient)
            b_new = None if b is None else steps.taken("b", layer, step, b, dL_dz.sum(axis=1) / share, dL_db)
            found.insert(0, (W_new, b_new))
            above = Above(W, W_new if steps.moves("W", layer) else None, dL_dz, dL_da)
        return found

    def _deltas(
        self, shape: NetworkShape, here: Here, y: Array, layer: int, step: int, book: Notebook
    ) -> tuple[Array, Array, Array]:
        """dL/da and dL/dz of a layer, the latter as it goes on and as it was worked out."""
        if here.above is None and shape.loss == "perceptron":
            delta = self.error(here.a, y) / self._over(self.means.delta)
            # Nothing goes back through an output that jumps.
            return delta, book.note(("dL_dz", layer, step), delta), delta
        if here.above is None:
            with np.errstate(all="ignore"):
                dL_da = book.note(("dL_da", layer, step), self.slope_of_loss(shape.loss, here.a, y))
        else:
            terms = partial(_terms_of_dL_da, here.above)
            dL_da = book.note(("dL_da", layer, step), self.pull_back(here.above), terms=terms)
        slope = book.note(("slope", layer, step), self.slope(here))
        is_short = here.above is None and is_shortcut(shape)
        delta = self.short_delta(here.a, y) if is_short else self.through(replace(here, da=dL_da, slope=slope))
        return dL_da, book.note(("dL_dz", layer, step), delta), delta

    def _perceptron_loss(self, z: Array, a: Array, y: Array) -> Array:
        """(students,) how far the weighted sums of wrong outputs are on the wrong side."""
        return np.asarray((self.error(a, y) * z).sum(axis=(1, 2)) / self._over(self.means.loss))

    def _over(self, count: int) -> int:
        """What a mean of so many terms is divided by."""
        return count if self.averages else 1

    def _left_out(self, name: str, outputs: int) -> float:
        """What a mean over outputs is too large by, where it is not divided."""
        return outputs / self._over(outputs) if LOSSES[name].is_mean else 1.0

    def _loss_of_sample(self, name: str, a: Array, y: Array) -> Array:
        """(students, samples) loss."""
        outputs, off = self._over(a.shape[2]), np.abs(a - y)
        match name:
            case "binary_cross_entropy":
                terms = -_times(y, self.log(a)) - _times(1 - y, self.log(1 - a))
            case "cross_entropy":
                terms = -_times(y, self.log(a))
            case "mean_absolute_error":
                terms = off / outputs
            case "huber":
                terms = np.where(off < 1, off**2 / 2, off - 1 / 2)
            case _ if name in SHARES:
                terms = off**2 * SHARES[name](outputs)
            case _:
                return _by_definition(name, a, y) * self._left_out(name, a.shape[2])
        return np.asarray(terms.sum(axis=2))

    def slope_of_loss(self, name: str, a: Array, y: Array) -> Array:
        """Derivative of the loss with respect to the outputs."""
        error = self.error(a, y)
        match name:
            case "binary_cross_entropy":
                slope = error / (a * (1 - a))
            case "cross_entropy":
                slope = np.where(y == 0, 0.0, -y / a)
            case "mean_absolute_error":
                slope = np.sign(error) / self._over(a.shape[2])
            case "huber":
                slope = np.clip(error, -1, 1)
            case _ if name in SHARES:
                slope = self.loss_factor(name, a.shape[2]) * error
            case _:
                # As if the outputs were as far off as the student takes them to be.
                slope = _slope_by_definition(name, y + error, y) * self._left_out(name, a.shape[2])
        return np.asarray(slope / self._over(self.means.delta))


def is_shortcut(shape: NetworkShape) -> bool:
    """Whether dL/dz of the outputs is a - y."""
    return (shape.loss, shape.activations[-1]) in {
        ("binary_cross_entropy", "sigmoid"),
        ("cross_entropy", "softmax"),
    }


def _times(weight: Array, value: Array) -> Array:
    """A term that nobody writes down where its weight is 0."""
    return np.where(weight == 0, 0.0, weight * value)


def _weighted_sum(W: Array, a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("soi,sni->sno", W, a) + b[:, None, :])


def _terms_of_z(W: Array, a: Array, b: Array) -> Array:
    products = np.einsum("soi,sni->snoi", W, a)
    biases = np.broadcast_to(b[:, None, :, None], (*products.shape[:3], 1))
    return np.concatenate([products, biases], axis=-1)


def _terms_of_dL_da(above: Above) -> Array:
    return np.asarray(np.einsum("soi,sno->snio", above.W, above.dz))


def _sigmoid(z: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-z)))


def activation_of(name: str, z: Array) -> Array:
    """a = f(z)."""
    match name:
        case "identity":
            return z
        case "sigmoid":
            return _sigmoid(z)
        case "tanh":
            return np.asarray(np.tanh(z))
        case "relu":
            return np.asarray(np.maximum(z, 0))
        case "leaky_relu":
            return np.where(z > 0, z, 0.01 * z)
        case "softplus":
            return np.asarray(np.log(1 + np.exp(z)))
        case "elu":
            return np.where(z > 0, z, np.exp(z) - 1)
        case "step":
            return np.where(z >= 0, 1.0, 0.0)
        case "sign":
            return np.where(z >= 0, 1.0, -1.0)
        case "softmax":
            powers = np.exp(z)
            return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
    return _by_definition(name, z)


def slope_of(name: str, z: Array, a: Array) -> Array:
    """The derivative of an activation function at z, worked out from a = f(z) where textbooks do so."""
    match name:
        case "sigmoid":
            return a * (1 - a)
        case "tanh":
            return 1 - a * a
        case "relu":
            return np.where(z > 0, 1.0, 0.0)
        case "leaky_relu":
            return np.where(z > 0, 1.0, 0.01)
        case "softplus":
            return _sigmoid(z)
        case "elu":
            return np.where(a > 0, 1.0, a + 1)
        case "identity":
            return np.ones_like(z)
    return _slope_by_definition(name, z)


def _by_definition(name: str, *values: Array) -> Array:
    """An activation or loss that no textbook of these students has, as it is defined once for all tests."""
    # Benchmarks have no such functions, and need no automatic differentiation.
    from tests.oracles import DEFINITIONS

    return np.asarray(DEFINITIONS[name](*values))


def _slope_by_definition(name: str, *values: Array) -> Array:
    """Its derivative with respect to the first of the values."""
    from autograd import elementwise_grad

    from tests.oracles import DEFINITIONS

    return np.asarray(elementwise_grad(DEFINITIONS[name])(*values))
