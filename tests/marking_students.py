"""Simulated students who work honestly, for the tests of marking.

They know the textbook and not examgen: a plain forward and backward pass, every result written down as it comes.
`Style` says what a student rounds, what is carried on, and to how many digits numbers are written.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.core.turned import Turned, plain_of
from examgen.exams.digits import Digits
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.hand_circuits import work_out

Array = NDArray[np.float64]
Place = tuple[str, int | None, int | None]
"""Kind, layer and step of a quantity, as in the key's columns."""

Carry = Literal["rounded", "full", "mixed"]


def rounded_text(value: float, digits: Digits, more: int = 0) -> str:
    """Write a number to the asked digits and `more`, ties away from zero, as a calculator's display does."""
    exact = Decimal(f"{value:.15g}")  # what a calculator shows of 0.1 + 0.2 is 0.3
    if digits.unit == "decimals":
        places = digits.count + more
    elif exact == 0:
        places = digits.count - 1 + more
    else:
        places = digits.count - 1 + more - exact.adjusted()
        if exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).adjusted() > exact.adjusted():
            places -= 1
    shown = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format(shown if shown else abs(shown), "f") if places >= 0 else f"{shown:E}"


@dataclass(slots=True)
class Style:
    """How a student works.

    Attributes:
        carry: goes on with the rounded numbers, with the calculator's, or now with these, now with those.
        more: digits that are written beyond the asked ones; chosen anew for each entry up to this number.
        rounds_unasked: whether quantities that nobody asks for are rounded too.
        chooses: the student's whims.
    """

    carry: Carry = "rounded"
    more: int = 0
    rounds_unasked: bool = True
    chooses: random.Random = field(default_factory=lambda: random.Random(0))


class Work:
    """One student's work on one question: what is written by (kind, layer, step) and index, and what is carried on."""

    def __init__(self, paper: PaperShape, style: Style) -> None:
        self.style = style
        self.default = paper.question.digits
        # Derivatives that the paper tells with the other sign are written down so, and worked with as they are.
        self.turned = paper.shape.kinds if isinstance(paper.shape, Turned) else frozenset[str]()
        self.asked: dict[Place, dict[tuple[int, ...], Field]] = {}
        for asked in paper.fields:
            self.asked.setdefault((asked.kind, asked.layer, asked.step), {})[asked.index] = asked
        self.written: dict[tuple[Place, tuple[int, ...]], str] = {}

    def note(self, kind: str, layer: int | None, step: int | None, values: Array) -> Array:
        """Write a result down; returns what the student goes on with."""
        sign = -1.0 if kind in self.turned else 1.0
        values = np.array(sign * np.asarray(values), dtype=float)
        kept = values.copy()
        fields = self.asked.get((kind, layer, step), {})
        for index in np.ndindex(*values.shape):
            value = float(values[index])
            if index in fields:
                text = rounded_text(value, fields[index].digits, self.style.chooses.randint(0, self.style.more))
                self.written[(kind, layer, step), index] = text
                if self._goes_on_with_rounded():
                    kept[index] = float(text)
            elif self.style.rounds_unasked and self._goes_on_with_rounded():
                kept[index] = float(rounded_text(value, self.default))
        return np.asarray(sign * kept)

    def _goes_on_with_rounded(self) -> bool:
        carry = self.style.carry
        return carry == "rounded" or (carry == "mixed" and self.style.chooses.random() < 0.5)


def honest_answers(paper: PaperShape, givens: Mapping[str, Array], style: Style) -> list[str]:
    """Work one question out; returns the written numbers in the order of the fields."""
    work = Work(paper, style)
    shape = plain_of(paper.shape)
    if isinstance(shape, NetworkShape):
        _train(shape, givens, work)
    elif isinstance(shape, CircuitShape):
        _go_through(shape, givens, work)
    else:
        assert isinstance(shape, ProductsShape)
        _multiply(shape, givens, work)
    return [work.written[(f.kind, f.layer, f.step), f.index] for f in paper.fields]


def has_learned(exercise: Exercise) -> bool:
    """Whether this student has been taught an exercise: of networks, those with all biases, new samples in each step,
    slopes everywhere and plain gradient descent."""
    shape = plain_of(exercise)
    if not isinstance(shape, NetworkShape):
        return True
    plain = NetworkShape(
        shape.sizes, shape.activations, shape.loss, shape.steps, shape.samples_per_step, shape.updates,
        shape.batch_delta,
    )  # fmt: skip
    return shape == plain and shape.loss != "perceptron"


_FORWARD: Mapping[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
}


def _slope(name: str, z: float, a: float) -> float:
    if name == "relu":
        return 1.0 if z > 0 else 0.0
    return {"identity": 1.0, "sigmoid": a * (1 - a), "tanh": 1 - a * a}[name]


def _loss(name: str, a: Array, y: Array) -> float:
    if name == "binary_cross_entropy":
        terms = -np.where(y == 1, np.log(a), np.log(1 - a))
        return float(terms.sum(axis=1).mean())
    share = {"squared_error": 1.0, "half_squared_error": 0.5, "half_mean_squared_error": 0.5 / a.shape[1]}[name]
    return float(share * ((a - y) ** 2).sum(axis=1).mean())


def _loss_slope(name: str, a: Array, y: Array) -> Array:
    if name == "binary_cross_entropy":
        return np.where(y == 1, -1 / a, 1 / (1 - a)) / len(a)
    share = {"squared_error": 2.0, "half_squared_error": 1.0, "half_mean_squared_error": 1.0 / a.shape[1]}[name]
    return np.asarray(share * (a - y) / len(a))


def _train(shape: NetworkShape, givens: Mapping[str, Array], work: Work) -> None:
    depth, batch = len(shape.activations), shape.samples_per_step
    W = [np.array(givens[f"W{layer}"]) for layer in range(1, depth + 1)]
    b = [np.array(givens[f"b{layer}"]) for layer in range(1, depth + 1)]
    for step in range(1, shape.steps + 1):
        rows = slice((step - 1) * batch, step * batch)
        a, z = [np.array(givens["x"][rows])], []
        y = np.array(givens["y"][rows])
        for layer, name in enumerate(shape.activations, 1):
            z.append(work.note("z", layer, step, a[-1] @ W[layer - 1].T + b[layer - 1]))
            a.append(work.note("a", layer, step, np.vectorize(_FORWARD[name])(z[-1])))
        work.note("loss", None, step, np.array(_loss(shape.loss, a[-1], y)))
        later: Array | None = None
        gradients: list[tuple[Array, Array]] = []
        for layer in range(depth, 0, -1):
            name = shape.activations[layer - 1]
            slope_of_loss = _loss_slope(shape.loss, a[-1], y) if later is None else later @ W[layer]
            dL_da = work.note("dL_da", layer, step, slope_of_loss)
            slope = work.note("slope", layer, step, np.vectorize(_slope)(name, z[layer - 1], a[layer]))
            is_short = later is None and shape.loss == "binary_cross_entropy" and name == "sigmoid"
            later = work.note("dL_dz", layer, step, (a[-1] - y) / batch if is_short else dL_da * slope)
            dW = work.note("dL_dW", layer, step, later.T @ a[layer - 1])
            gradients.insert(0, (dW, work.note("dL_db", layer, step, later.sum(axis=0))))
        if "learning_rate" not in givens:
            continue
        rate = float(givens["learning_rate"])
        for layer, (dW, db) in enumerate(gradients, 1):
            W[layer - 1] = work.note("W_new", layer, step, W[layer - 1] - rate * dW)
            b[layer - 1] = work.note("b_new", layer, step, b[layer - 1] - rate * db)


def _go_through(shape: CircuitShape, givens: Mapping[str, Array], work: Work) -> None:
    """A circuit, as the simulated classroom works it out; here by a single student."""

    def note(name: str, values: Array, *_: object) -> Array:
        return work.note(name, None, None, values[0])[None]

    work_out(shape, {name: np.asarray(value, dtype=float)[None] for name, value in givens.items()}, note)


def _multiply(shape: ProductsShape, givens: Mapping[str, Array], work: Work) -> None:
    for number, spec in enumerate(shape.products, 1):
        A, B = givens[f"A{number}"], givens[f"B{number}"]
        rows, columns = range(A.shape[0]), range(B.shape[1])
        if spec.operation == "hadamard_product":
            result = [[A[r, c] * B[r, c] for c in columns] for r in rows]
        elif spec.operation == "shape_of_product":
            result = [[A.ravel()[0], B.ravel()[0]]]
        else:
            C = givens[f"C{number}"] if spec.operation == "affine_map" else np.zeros((len(rows), len(columns)))
            result = [
                [math.fsum([*(A[r, k] * B[k, c] for k in range(A.shape[1])), C[r, c]]) for c in columns] for r in rows
            ]
        work.note("product", number, None, np.array(result))
