"""Two other ways to compute every quantity of a network exercise, and random exercises to compute; for the tests.

Neither knows a formula of examgen. `by_autograd` differentiates textbook definitions with HIPS autograd (reverse mode),
for a batch of parameter sets. `by_dual_numbers` goes through one network sum by sum, once for each derivative (forward
mode), in whatever arithmetic it is given: 50-digit numbers, or fractions.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad, grad
from autograd.extend import defvjp, primitive
from autograd.tracer import getval
from mpmath import mp
from numpy.typing import NDArray

from examgen.core.network import NetworkShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES

Array = NDArray[Any]
Numbers = dict[str, Array]

HIDDEN = tuple(name for name, row in ACTIVATIONS.items() if not row.output_only and not row.levels)
KINKED = tuple(name for name, row in ACTIVATIONS.items() if row.kinks)
SMOOTH = tuple(name for name, row in ACTIVATIONS.items() if not row.kinks)
RATIONAL = tuple(name for name in HIDDEN if ACTIVATIONS[name].is_rational)
RATIONAL_LOSSES = tuple(name for name, row in LOSSES.items() if row.is_rational)
FREE_LOSSES = tuple(
    name for name in LOSSES if name not in {"binary_cross_entropy", "cross_entropy", "perceptron", "output"}
)
JUMPS: Mapping[str, tuple[float, float]] = {"step": (0.0, 1.0), "sign": (-1.0, 1.0)}
"""The activations without a slope, with their values."""
OUTPUTS = (
    *((activation, loss) for loss in FREE_LOSSES for activation in (*HIDDEN, "softmax")),
    *((activation, "output") for activation in HIDDEN),
    *((activation, "perceptron") for activation in JUMPS),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
)
"""Every allowed pair of output activation and loss; a new row of either is one in each of the tables below."""
IN_TURN = (
    *((activation, FREE_LOSSES[place % len(FREE_LOSSES)]) for place, activation in enumerate((*HIDDEN, "softmax"))),
    *(pair for pair in OUTPUTS if pair[1] not in {*FREE_LOSSES, "output"}),
    ("sigmoid", "output"),
    ("leaky_relu", "output"),
)
"""Every activation with one loss and every loss with some: how a network is written and read is the same for all pairs,
whose numbers all are compared with automatic differentiation."""
BATCHED = tuple(pair for pair in OUTPUTS if pair[1] != "output")
"""Those that may have several samples, and several outputs."""


def random_shape(
    rng: np.random.Generator, output: str, loss: str, hidden: Sequence[str] = HIDDEN, layers: int = 5, width: int = 6
) -> NetworkShape:
    """A network of 1 to `layers` layers, 1 to `width` units each, mini-batches of 1 to 3, and 1 to 3 steps."""
    depth = int(rng.integers(1, layers + 1)) if loss != "perceptron" else 1
    sizes = rng.integers(1, width + 1, size=depth + 1).tolist()
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    chosen = (*(str(name) for name in rng.choice(hidden, size=depth - 1)), output)
    steps, samples = rng.integers(1, 4, size=2).tolist()
    if loss == "output":
        sizes[-1] = samples = 1
    return NetworkShape(tuple(sizes), chosen, loss, steps, samples)


def random_givens(rng: np.random.Generator, shape: NetworkShape, *leading: int, decimals: int | None = None) -> Numbers:
    """Moderate numbers for a network, each given with these leading axes; rounded to so many decimals if asked.

    Targets are probabilities where the loss or a softmax takes them for such, half of the time hard zeros and ones.
    """
    samples = shape.samples
    givens = {
        "x": rng.normal(size=(*leading, samples, shape.sizes[0])),
        "y": _targets(rng, shape, (*leading, samples, shape.sizes[-1])),
        "learning_rate": rng.uniform(0.01, 0.1, size=leading),
    }
    if shape.loss == "output":
        del givens["y"]
    for layer, (source, to) in enumerate(zip(shape.sizes, shape.sizes[1:], strict=False), start=1):
        givens[f"W{layer}"] = rng.normal(size=(*leading, to, source)) / np.sqrt(source)
        givens[f"b{layer}"] = rng.normal(size=(*leading, to)) / 2
    return givens if decimals is None else {name: np.round(value, decimals) for name, value in givens.items()}


def by_autograd(shape: NetworkShape, givens: Numbers) -> Numbers:
    """Every derived quantity by its name, all of one leading axis, as all givens must be."""
    found: Numbers = {}
    parameters = {name: value for name, value in givens.items() if name[0] in "Wb" and name[1:].isdigit()}
    kept: dict[str, Numbers] = {}
    for step, rows in enumerate(_rows_of_steps(shape), start=1):
        x, y = givens["x"][:, rows], givens.get("y", givens["x"])[:, rows]
        of_step = _autograd_step(shape, parameters, x, y)
        for name, value in parameters.items():
            constants = {one: number.reshape(-1, *[1] * (value.ndim - 1)) for one, number in _constants(givens)}
            taken = _stepped(shape.optimizer, of_step[f"dL_d{name}"], constants, kept.get(name), step)
            kept[name] = taken
            of_step |= {f"{kind}_{name}": number for kind, number in taken.items() if kind != "change"}
            of_step |= {f"{name}_change": taken["change"]} if shape.changes else {}
            of_step[f"{name}_new"] = value + taken["change"]
        parameters = {name: of_step[f"{name}_new"] for name in parameters}
        found |= {_in_step(name, step): value for name, value in of_step.items()}
    return found


def _constants(givens: Numbers) -> Iterator[tuple[str, Array]]:
    """The learning rate and the numbers of an optimizer."""
    names = ("learning_rate", "momentum", "beta1", "beta2", "epsilon")
    return ((name, givens[name]) for name in names if name in givens)


def _stepped(optimizer: str | None, slope: Array, numbers: Numbers, before: Numbers | None, step: int) -> Numbers:
    """The change of a weight or bias, and what is kept of it for the next step: Polyak's momentum; Kingma and Ba, Adam,
    algorithm 1."""
    rate = numbers["learning_rate"]
    if optimizer is None:
        return {"change": -rate * slope}
    if optimizer == "momentum":
        velocity = numbers["momentum"] * (before["velocity"] if before else 0.0) - rate * slope
        return {"velocity": velocity, "change": velocity}
    assert optimizer == "adam"
    powers = {"1": slope, "2": slope**2}
    found: Numbers = {}
    for which, power in powers.items():
        beta = numbers[f"beta{which}"]
        found[f"moment{which}"] = beta * (before[f"moment{which}"] if before else 0.0) + (1 - beta) * power
        found[f"corrected{which}"] = found[f"moment{which}"] / (1 - beta**step)
    return found | {"change": -rate * found["corrected1"] / (np.sqrt(found["corrected2"]) + numbers["epsilon"])}


def by_dual_numbers(shape: NetworkShape, givens: Mapping[str, Array], number: Callable[[Any], Any]) -> Numbers:
    """Every derived quantity of one student by its name, as object arrays of what `number` makes of a given number."""
    exact = {name: np.asarray(np.vectorize(number, otypes=[object])(value)) for name, value in givens.items()}
    found: Numbers = {}
    parameters = {name: value for name, value in exact.items() if name[0] in "Wb"}
    for step, rows in enumerate(_rows_of_steps(shape), start=1):
        y = exact.get("y", exact["x"])[rows]
        of_step = _dual_step(_Pass(shape.activations, shape.loss, parameters, exact["x"][rows], y))
        for name, value in parameters.items():
            of_step[f"{name}_new"] = value - exact["learning_rate"].item() * of_step[f"dL_d{name}"]
        parameters = {name: of_step[f"{name}_new"] for name in parameters}
        found |= {_in_step(name, step): value for name, value in of_step.items()}
    return found


def scale_of(value: Array) -> float:
    """The size that errors of a quantity are measured by: its largest entry, and at least 1."""
    return max(1.0, float(np.max(np.abs(value))))


def _targets(rng: np.random.Generator, shape: NetworkShape, size: tuple[int, ...]) -> Array:
    is_hard = rng.random() < 0.5
    if shape.activations[-1] == "softmax":
        soft = rng.dirichlet(np.ones(size[-1]), size=size[:-1])
        return np.eye(size[-1])[soft.argmax(axis=-1)] if is_hard else soft
    if shape.loss == "hinge" or shape.activations[-1] in JUMPS:
        return rng.choice(JUMPS.get(shape.activations[-1], (-1.0, 1.0)), size=size)
    if shape.loss == "binary_cross_entropy":
        return rng.integers(0, 2, size=size).astype(float) if is_hard else rng.random(size)
    return rng.normal(size=size) * 1.5


def _rows_of_steps(shape: NetworkShape) -> Iterator[slice]:
    for step in range(shape.steps):
        first = step * shape.samples_per_step % shape.samples
        yield slice(first, first + shape.samples_per_step)


def _in_step(name: str, step: int) -> str:
    return name if step == 1 else f"{name}@{step}"


# Reverse mode: definitions in autograd's NumPy.


@primitive  # type: ignore[untyped-decorator]
def _erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


@primitive  # type: ignore[untyped-decorator]
def _erf_slope(x: Any) -> Any:
    return 2 / np.sqrt(np.pi) * np.exp(-x * x)


defvjp(_erf, lambda _, x: lambda gradient: gradient * _erf_slope(x))

AUTOGRAD_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: 1.0 * z,
    "sigmoid": lambda z: 0.5 + 0.5 * anp.tanh(z / 2),
    "tanh": lambda z: 1 - 2 / (anp.exp(2 * z) + 1),
    "relu": lambda z: anp.maximum(z, 0.0),
    "leaky_relu": lambda z: anp.maximum(z, 0.01 * z),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "gelu": lambda z: z * (1 + _erf(z / anp.sqrt(2))) / 2,
    "hard_tanh": lambda z: anp.maximum(anp.minimum(z, 1.0), -1.0),
    "step": lambda z: anp.where(z >= 0, 1.0, 0.0),
    "sign": lambda z: anp.where(z >= 0, 1.0, -1.0),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=-1, keepdims=True),
}

AUTOGRAD_LOSSES: dict[str, Callable[..., Any]] = {
    "squared_error": lambda a, y: anp.sum((a - y) ** 2, axis=-1),
    "half_squared_error": lambda a, y: 0.5 * anp.sum((a - y) ** 2, axis=-1),
    "mean_squared_error": lambda a, y: anp.mean((a - y) ** 2, axis=-1),
    "half_mean_squared_error": lambda a, y: 0.5 * anp.mean((a - y) ** 2, axis=-1),
    "mean_absolute_error": lambda a, y: anp.mean(anp.abs(a - y), axis=-1),
    "huber": lambda a, y: anp.sum(anp.where(anp.abs(a - y) < 1, (a - y) ** 2 / 2, anp.abs(a - y) - 0.5), axis=-1),
    "binary_cross_entropy": lambda a, y: -anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a), axis=-1),
    "cross_entropy": lambda a, y: -anp.sum(y * anp.log(a), axis=-1),
    "hinge": lambda a, y: anp.sum(anp.where(y * a < 1, 1 - y * a, 0.0), axis=-1),
    "perceptron": lambda a, y, z: anp.sum((a - y) * z, axis=-1),
    "output": lambda a: anp.sum(a, axis=-1),
}

DEFINITIONS: Mapping[str, Callable[..., Any]] = {**AUTOGRAD_ACTIVATIONS, **AUTOGRAD_LOSSES}
"""Each activation of z and loss of a and y, by name; the loss of perceptrons is one of z, too, where a is constant."""


def read_by(loss: str, a: Any, y: Any, z: Any) -> tuple[Any, ...]:
    """What a loss is one of."""
    return {"perceptron": (a, y, z), "output": (a,)}.get(loss, (a, y))


def _autograd_step(shape: NetworkShape, parameters: Numbers, x: Array, y: Array) -> Numbers:
    def forward(moved: Mapping[str, Any]) -> dict[str, Any]:
        """All values with `moved` parameters, and with what is added to each z and each a."""
        seen: dict[str, Any] = {}
        a: Any = x
        for layer, name in enumerate(shape.activations, start=1):
            z = anp.matmul(a, anp.swapaxes(moved[f"W{layer}"], -1, -2)) + moved[f"z{layer}"]
            z = z + anp.expand_dims(moved[f"b{layer}"], 1) if f"b{layer}" in moved else z
            a = AUTOGRAD_ACTIVATIONS[name](z) + moved[f"a{layer}"]
            seen |= {f"z{layer}": z, f"a{layer}": a}
        # Outputs that jump hand nothing back.
        a = getval(a) if shape.loss == "perceptron" else a
        return seen | {"losses": AUTOGRAD_LOSSES[shape.loss](*read_by(shape.loss, a, y, z))}

    sizes = {f"{letter}{layer}": size for layer, size in enumerate(shape.sizes[1:], start=1) for letter in "za"}
    at = parameters | {name: np.zeros((*x.shape[:2], size)) for name, size in sizes.items()}
    found: Numbers = forward(at)
    losses = found.pop("losses")
    together = anp.sum if shape.batch == "sum" else anp.mean
    if shape.loss != "output":
        found["loss"] = together(losses, axis=-1)
    # The sum of independent students' losses has each one's own gradients, and so has that of independent samples'.
    slopes = grad(lambda moved: anp.sum(together(forward(moved)["losses"], axis=-1)))(at)
    if shape.batch_delta == "sample":
        own = grad(lambda moved: anp.sum(forward(moved)["losses"]))(at)
        slopes |= {name: value for name, value in own.items() if name[0] in "za"}
    found |= {f"dL_d{name}": value for name, value in slopes.items()}
    for layer, name in enumerate(shape.activations, start=1):
        if name in JUMPS:
            del found[f"dL_da{layer}"]
        elif name != "softmax":
            found[f"slope{layer}"] = elementwise_grad(AUTOGRAD_ACTIVATIONS[name])(found[f"z{layer}"])
    return found


# Forward mode: definitions on lists of dual numbers.


@dataclass(frozen=True, slots=True)
class Dual:
    """A number and its derivative with respect to the one number that is moved."""

    value: Any
    slope: Any = 0

    def __add__(self, other: "Dual | int") -> "Dual":
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: "Dual | int") -> "Dual":
        return self + -_dual(other)

    def __mul__(self, other: "Dual | int") -> "Dual":
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: "Dual | int") -> "Dual":
        other = _dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)

    __radd__ = __add__
    __rmul__ = __mul__


def _dual(number: Dual | int) -> Dual:
    return number if isinstance(number, Dual) else Dual(number)


def _exp(z: Dual) -> Dual:
    return Dual(mp.exp(z.value), mp.exp(z.value) * z.slope)


def _ln(z: Dual) -> Dual:
    return Dual(mp.log(z.value), z.slope / z.value)


def _size(z: Dual) -> Dual:
    return z * (int(z.value > 0) - int(z.value < 0))


def _each(function: Callable[[Dual], Dual]) -> Callable[[list[Dual]], list[Dual]]:
    return lambda row: [function(z) for z in row]


def _share_below(z: Dual) -> Dual:
    """Of the standard normal distribution."""
    return Dual(mp.ncdf(z.value), mp.npdf(z.value) * z.slope)


def _jump(z: Dual, low: int) -> Dual:
    return Dual(z.value * 0 + (1 if z.value >= 0 else low))


def _softmax(row: list[Dual]) -> list[Dual]:
    powers = [_exp(z) for z in row]
    return [power / sum(powers, Dual(0)) for power in powers]


_DUAL_ACTIVATIONS: dict[str, Callable[[list[Dual]], list[Dual]]] = {
    "identity": _each(lambda z: z),
    "sigmoid": _each(lambda z: _exp(z) / (_exp(z) + 1)),
    "tanh": _each(lambda z: (_exp(z) - _exp(-z)) / (_exp(z) + _exp(-z))),
    "relu": _each(lambda z: z if z.value > 0 else z * 0),
    "leaky_relu": _each(lambda z: z if z.value > 0 else z / 100),
    "softplus": _each(lambda z: _ln(_exp(z) + 1)),
    "elu": _each(lambda z: z if z.value > 0 else _exp(z) - 1),
    "silu": _each(lambda z: z * _exp(z) / (_exp(z) + 1)),
    "gelu": _each(lambda z: z * _share_below(z)),
    "hard_tanh": _each(lambda z: z if abs(z.value) < 1 else z * 0 + (1 if z.value > 0 else -1)),
    "step": _each(lambda z: _jump(z, 0)),
    "sign": _each(lambda z: _jump(z, -1)),
    "softmax": _softmax,
}


def _added(term: Callable[..., Dual]) -> Callable[..., Dual]:
    return lambda *read: sum((term(*entries) for entries in zip(*read, strict=True)), Dual(0))


def _huber(error: Dual) -> Dual:
    return error * error / 2 if error.value < 1 else (error * 2 - 1) / 2


_SQUARES = _added(lambda a, y: (a - y) * (a - y))

_DUAL_LOSSES: dict[str, Callable[..., Dual]] = {
    "squared_error": _SQUARES,
    "half_squared_error": lambda a, y: _SQUARES(a, y) / 2,
    "mean_squared_error": lambda a, y: _SQUARES(a, y) / len(a),
    "half_mean_squared_error": lambda a, y: _SQUARES(a, y) / 2 / len(a),
    "mean_absolute_error": lambda a, y: _added(lambda a, y: _size(a - y))(a, y) / len(a),
    "huber": _added(lambda a, y: _huber(_size(a - y))),
    "binary_cross_entropy": _added(lambda a, y: -(y * _ln(a)) - (-y + 1) * _ln(-a + 1)),
    "cross_entropy": _added(lambda a, y: -(y * _ln(a))),
    "hinge": _added(lambda a, y: 1 + -(y * a) if (y * a).value < 1 else a * 0),
    "perceptron": _added(lambda a, y, z: Dual(a.value - y.value) * z),
    "output": _added(lambda a: a),
}

Place = tuple[str, tuple[int, ...]]
"""A quantity's name and the index of one of its entries."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One step's numbers; calling it goes through all samples and says what moving the entry at `moved` does."""

    activations: tuple[str, ...]
    loss: str
    parameters: Numbers
    x: Array
    y: Array

    def __call__(self, moved: Place | None = None) -> dict[Place, Dual]:
        seen: dict[Place, Dual] = {}
        total = Dual(0)
        for sample, (x, y) in enumerate(zip(self.x, self.y, strict=True)):
            row = [Dual(number) for number in x]
            for layer, name in enumerate(self.activations, start=1):
                z = self._affine(layer, row, moved)
                z = [self._see(seen, (f"z{layer}", (sample, unit)), value, moved) for unit, value in enumerate(z)]
                a = _DUAL_ACTIVATIONS[name](z)
                row = [self._see(seen, (f"a{layer}", (sample, unit)), value, moved) for unit, value in enumerate(a)]
            total += _DUAL_LOSSES[self.loss](*read_by(self.loss, row, [Dual(number) for number in y], z))
        seen["loss", ()] = total / len(self.x)
        return seen

    def _affine(self, layer: int, row: list[Dual], moved: Place | None) -> list[Dual]:
        W, b = f"W{layer}", f"b{layer}"
        z = []
        for unit, bias in enumerate(self.parameters[b]):
            total = self._parameter((b, (unit,)), bias, moved)
            for source, activation in enumerate(row):
                weight = self.parameters[W][unit, source]
                total += self._parameter((W, (unit, source)), weight, moved) * activation
            z.append(total)
        return z

    @staticmethod
    def _parameter(place: Place, value: Any, moved: Place | None) -> Dual:
        return Dual(value, int(place == moved))

    @staticmethod
    def _see(seen: dict[Place, Dual], place: Place, value: Dual, moved: Place | None) -> Dual:
        seen[place] = value + Dual(0, 1) if place == moved else value
        return seen[place]


def _dual_step(step: _Pass) -> Numbers:
    found: dict[Place, Any] = {place: dual.value for place, dual in step().items()}
    entries = [(name, index) for name, value in step.parameters.items() for index in np.ndindex(value.shape)]
    jumping = {f"a{layer}" for layer, name in enumerate(step.activations, start=1) if name in JUMPS}
    for name, index in [*entries, *(place for place in found if place[0] not in {"loss", *jumping})]:
        found[f"dL_d{name}", index] = step((name, index))["loss", ()].slope
    for layer, activation in enumerate(step.activations, start=1):
        if activation not in {"softmax", *JUMPS}:
            for place in [place for place in found if place[0] == f"z{layer}"]:
                [moved] = _DUAL_ACTIVATIONS[activation]([Dual(found[place], 1)])
                found[f"slope{layer}", place[1]] = moved.slope
    if step.loss == "output":
        del found["loss", ()]
    return _arrays(found)


def _arrays(entries: Mapping[Place, Any]) -> Numbers:
    shapes: dict[str, tuple[int, ...]] = {}
    for name, index in entries:
        last = shapes.get(name, (0,) * len(index))
        shapes[name] = tuple(max(size, place + 1) for size, place in zip(last, index, strict=True))
    arrays = {name: np.empty(shape, dtype=object) for name, shape in shapes.items()}
    for (name, index), value in entries.items():
        arrays[name][index] = value
    return arrays
