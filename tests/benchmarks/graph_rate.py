"""How many students' numbers of a free graph are worked out each second, beside PyTorch's `vmap(grad)` in the same run.

A circuit, a recurrence over three steps, and softmax with cross-entropy: values and all derivatives, in double
precision, on one thread. The two take turns, so that a busy moment hits both.

python tests/benchmarks/graph_rate.py
"""

import os

# One thread each, before NumPy and PyTorch start theirs.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate_in_blocks

Numbers = dict[str, NDArray[Any]]

STUDENTS = 100_000
RUNS = 7


@dataclass(frozen=True, slots=True)
class Exercise:
    """A free graph, and the same for PyTorch: from tensors by name to the number that is differentiated."""

    shape: CircuitShape
    by: tuple[str, ...]
    in_torch: Callable[[Any, Mapping[str, Any]], Any]

    @property
    def wanted(self) -> tuple[str, ...]:
        return (self.shape.output, *self.shape.wanted)


def exercise(
    given: Mapping[str, tuple[int, ...]],
    define: Mapping[str, str],
    by: tuple[str, ...],
    in_torch: Callable[[Any, Mapping[str, Any]], Any],
) -> Exercise:
    *_, output = define
    wanted = tuple(f"d{output}_d{name}" for name in by)
    shape = CircuitShape(tuple(given.items()), tuple(define.items()), output, wanted=wanted)
    return Exercise(shape, by, in_torch)


def _recurrence(torch: Any, on: Mapping[str, Any]) -> Any:
    h = on["h0"]
    for step in "123":
        h = torch.tanh(on["u"] * on[f"x{step}"] + on["w"] * h)
    return (h - on["y"]) ** 2 / 2


def _classifier(torch: Any, on: Mapping[str, Any]) -> Any:
    return -(on["y"] * torch.log_softmax(on["W"] @ on["x"] + on["b"], 0)).sum()


EXERCISES = {
    "circuit": exercise(
        dict.fromkeys("xyzw", ()),
        {"q": "x * y", "r": "max(z, w)", "f": "q * r + q^2"},
        ("x", "y", "z", "w"),
        lambda torch, on: on["x"] * on["y"] * torch.maximum(on["z"], on["w"]) + (on["x"] * on["y"]) ** 2,
    ),
    "recurrence": exercise(
        dict.fromkeys(("x1", "x2", "x3", "h0", "u", "w", "y"), ()),
        {
            "h1": "tanh(u*x1 + w*h0)",
            "h2": "tanh(u*x2 + w*h1)",
            "h3": "tanh(u*x3 + w*h2)",
            "L": "half_squared_error(h3, y)",
        },
        ("u", "w"),
        _recurrence,
    ),
    "softmax": exercise(
        {"x": (2,), "W": (3, 2), "b": (3,), "y": (3,)},
        {"z": "W @ x + b", "p": "softmax(z)", "L": "cross_entropy(p, y)"},
        ("W", "b"),
        _classifier,
    ),
}


def main() -> None:
    """Print rates and ratios."""
    for name, one in EXERCISES.items():
        givens = random_givens(one.shape)
        ours = partial(evaluate_in_blocks, one.shape.graph, givens, keep=one.wanted)
        theirs = torch_solver(one, givens)
        for wanted, other in theirs().items():
            np.testing.assert_allclose(ours()[wanted], other, rtol=1e-9, atol=1e-12, err_msg=wanted)
        rounds = [(seconds(ours), seconds(theirs)) for _ in range(RUNS)]
        rate, ratio = STUDENTS / median(turn[0] for turn in rounds), median(turn[1] / turn[0] for turn in rounds)
        print(f"{name}: {rate / 1e6:.2f} million students a second, {ratio:.2f} times PyTorch (median of {RUNS} turns)")


def torch_solver(one: Exercise, givens: Numbers) -> Callable[[], Numbers]:
    """Value and derivatives by torch.func, for all students at once."""
    import torch
    from torch.func import grad_and_value, vmap

    torch.set_num_threads(1)
    tensors = {name: torch.from_numpy(value) for name, value in givens.items()}
    fixed = {name: value for name, value in tensors.items() if name not in one.by}

    def value(by: Mapping[str, Any], rest: Mapping[str, Any]) -> Any:
        return one.in_torch(torch, {**by, **rest})

    solve = vmap(grad_and_value(value))

    def run() -> Numbers:
        gradients, values = solve({name: tensors[name] for name in one.by}, fixed)
        of = one.shape.output
        return {of: values.numpy()} | {f"d{of}_d{name}": value.numpy() for name, value in gradients.items()}

    return run


def random_givens(shape: CircuitShape) -> Numbers:
    """Standard normal numbers; targets of three classes are one-hot."""
    rng = np.random.default_rng(7)
    givens = {one.name: rng.normal(size=(STUDENTS, *one.shape)) for one in shape.graph.givens}
    if givens["y"].ndim > 1:
        givens["y"] = np.eye(3)[rng.integers(0, 3, STUDENTS)]
    return givens


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main()
