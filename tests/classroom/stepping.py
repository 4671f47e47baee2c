"""How a student takes the steps of training: gradient descent, with momentum or by Adam, and with a penalty.

Written from textbooks, as `learner` is, which calls it; what somebody may believe stands there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from examgen.core.network import NetworkShape
from tests.classroom.figures import Array
from tests.classroom.notebook import REAL, Notebook

if TYPE_CHECKING:
    from tests.classroom.learner import Learner


@dataclass(frozen=True, slots=True)
class Means:
    """Over how many samples of a mini-batch the mean is taken; 1 where there is one sample, or their sum is meant.

    Attributes:
        loss: in the loss.
        delta: in dL/da and dL/dz.
        gradient: in dL/dW and dL/db, beside what is in dL/dz already.
    """

    loss: int
    delta: int
    gradient: int

    @staticmethod
    def of(shape: NetworkShape) -> "Means":
        """As a question says it."""
        count = 1 if shape.batch == "sum" else shape.samples_per_step
        return Means(count, 1, count) if shape.batch_delta == "sample" else Means(count, count, 1)


ONE_SAMPLE = Means(1, 1, 1)


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps that a group of students takes.

    Attributes:
        shape, givens: of the question, as in `Learner.train`.
        learner: who they are.
        book: where results are written down.
        remembered: velocities and moments by kind, letter and layer, as they go on.
    """

    shape: NetworkShape
    givens: Mapping[str, Array]
    learner: "Learner"
    book: Notebook
    remembered: dict[tuple[str, str, int], Array] = field(default_factory=dict)

    @property
    def is_rule(self) -> bool:
        """Whether this is the perceptron rule."""
        return self.shape.loss == "perceptron"

    def moves(self, letter: str, layer: int) -> bool:
        """Whether weights or biases change."""
        return "learning_rate" in self.givens and not self._is_frozen(letter, layer)

    def with_penalty(self, loss: Array, weights: list[Array], step: int) -> Array:
        """The loss with the penalty of all weights, which is written down, too."""
        if self.shape.penalty is None:
            return loss
        squares = sum((W**2).sum(axis=(1, 2)) for W in weights)
        return loss + self.book.note(("penalty", None, step), self.givens[self.shape.penalty] * squares / 2)

    def of_penalty(self, W: Array) -> Array:
        """What the penalty adds to dL/dW."""
        if self.shape.penalty is None:
            return np.zeros_like(W)
        return self.learner.of_penalty(_beside(self.givens[self.shape.penalty], W), W)

    def taken(
        self, letter: str, layer: int, step: int, value: Array, gradient: Array, noted: Array | None = None
    ) -> Array:
        """The new weights or biases of a layer; the old ones where they stay.

        Args:
            letter, layer, step: which.
            value: before the step.
            gradient: as it comes out.
            noted: the gradient where it has been written down already.
        """
        if self._is_frozen(letter, layer):
            return value
        gradient = self.note(f"dL_d{letter}", layer, step, gradient) if noted is None else noted
        if "learning_rate" not in self.givens:
            return value
        rate = _beside(self.learner.step_size(self.givens["learning_rate"]), value)
        change = self._change(letter, layer, step, rate, gradient)
        if self.shape.changes:
            change = self.note(f"{letter}_change", layer, step, change)
        new = self.learner.updated(value, change)
        return self.note(f"{letter}_new", layer, step, new, (value, change))

    def note(self, kind: str, layer: int, step: int, values: Array, terms: tuple[Array, ...] = ()) -> Array:
        """Write a result of a layer down; matrices as the students show them."""
        stacked = partial(np.stack, terms, axis=-1) if terms else None
        shown = self.learner.shown if values.ndim == 3 else _as_it_is
        # Nobody takes the root of -3.
        within = (0.0, np.inf) if kind.startswith(("moment2", "corrected2")) else REAL
        return self.book.note((kind, layer, step), values, shown=shown, terms=stacked, within=within)

    def _is_frozen(self, letter: str, layer: int) -> bool:
        return f"{letter}{layer}" in (self.shape.frozen or ())

    def _change(self, letter: str, layer: int, step: int, rate: Array, gradient: Array) -> Array:
        match self.shape.optimizer:
            case None:
                return -rate * gradient
            case "momentum":
                beta = _beside(self.givens["momentum"], gradient)
                return self._remember("velocity", letter, layer, step, beta, -rate * gradient)
            case "adam":
                return self._adam(letter, layer, step, rate, gradient)
        raise AssertionError(self.shape.optimizer)

    def _adam(self, letter: str, layer: int, step: int, rate: Array, gradient: Array) -> Array:
        """As Kingma and Ba have it."""
        corrected = []
        for number, power in (("1", gradient), ("2", gradient**2)):
            beta = _beside(self.givens[f"beta{number}"], gradient)
            moment = self._remember(f"moment{number}", letter, layer, step, beta, (1 - beta) * power)
            mean = self.learner.corrected(moment, beta, step)
            corrected.append(self.note(f"corrected{number}_{letter}", layer, step, mean))
        epsilon = _beside(self.givens["epsilon"], gradient)
        return np.asarray(-rate * corrected[0] / (np.sqrt(corrected[1]) + epsilon))

    def _remember(self, kind: str, letter: str, layer: int, step: int, decay: Array, added: Array) -> Array:
        """A velocity or moment: what is kept of the last one, and what this step adds."""
        last = self.remembered.get((kind, letter, layer), np.zeros_like(added))
        terms = (decay * self.learner.kept(last), added)
        found = self.note(f"{kind}_{letter}", layer, step, terms[0] + terms[1], terms if step > 1 else ())
        self.remembered[kind, letter, layer] = found
        return found


def _beside(number: Array, values: Array) -> Array:
    """(students,) numbers with as many axes as the values have."""
    return number.reshape(-1, *[1] * (values.ndim - 1))


def _as_it_is(values: Array) -> Array:
    return values
