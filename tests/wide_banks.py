"""Banks of networks whose worked solutions are as wide as pages get, with numbers as wide as drawn ones; for tests."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class WideShape:
    """A network of many units, samples or outputs; its inputs are numbers of the size of `scale`."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    samples: int = 1
    steps: int = 1
    scale: int = 1

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.sizes))} {self.activations[-1]} {self.loss} {self.samples}x{self.steps}"


WIDE_SHAPES = (
    WideShape((8, 8, 6), ("tanh", "softmax"), "cross_entropy"),
    WideShape((2, 6), ("sigmoid",), "binary_cross_entropy", samples=4),
    WideShape((2, 3), ("sigmoid",), "binary_cross_entropy", samples=2),
    WideShape((2, 6), ("tanh",), "half_mean_squared_error"),
    WideShape((1, 5), ("softplus",), "huber", steps=2),
    WideShape((8, 8), ("leaky_relu",), "squared_error", scale=1000),
    WideShape((2, 8), ("elu",), "mean_absolute_error", samples=3),
)
"""Every loss of many terms, and rows of eight numbers, also of large ones."""


def wide_bank(shape: WideShape) -> str:
    """A bank that asks for everything; its numbers are fixed, so that no screen throws them out."""
    rng = np.random.default_rng(len(str(shape)))
    count = shape.samples * shape.steps
    targets = np.eye(shape.sizes[-1])[rng.integers(shape.sizes[-1], size=count)]
    if shape.activations[-1] not in {"sigmoid", "softmax"}:
        targets = -rng.integers(11, 30, size=targets.shape) / 10
    givens = {
        "x": shape.scale * rng.normal(size=(count, shape.sizes[0])).round(1),
        "y": targets,
        "learning_rate": np.array(0.3),
    }
    for layer, (source, to) in enumerate(pairwise(shape.sizes), start=1):
        givens |= {f"W{layer}": rng.normal(size=(to, source)).round(2), f"b{layer}": rng.normal(size=to).round(1)}
    numbers = "\n".join(f"{name} = {value.tolist()}" for name, value in givens.items())
    return f"""title = "Wide"
[network]
sizes = {list(shape.sizes)}
activations = {list(shape.activations)}
loss = "{shape.loss}"
steps = {shape.steps}
samples_per_step = {shape.samples}
[fixed]
{numbers}
[digits]
decimals = 4
[[tasks]]
text = "Work it all out."
ask = {["z", "a", "loss", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new"]}
"""
