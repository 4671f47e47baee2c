"""Every version of every misconception on small networks: what it computes otherwise, what that comes to, and whether a
paper is only fair where it shows. `tests/property/test_misconceptions_named.py` works them out independently.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Role
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.core.rules.rule import Array

SHAPES: dict[str, Exercise] = {
    "relu-sigmoid-bce": NetworkShape((2, 2, 1), ("relu", "sigmoid"), "binary_cross_entropy"),
    "tanh-softmax-ce": NetworkShape((1, 3, 2), ("tanh", "softmax"), "cross_entropy", samples_per_step=2),
    "softmax-squares": NetworkShape((1, 2), ("softmax",), "squared_error", updates=False),
    "means-of-squares": NetworkShape((2, 3, 2), ("tanh", "identity"), "half_mean_squared_error", samples_per_step=2),
    "two-steps": NetworkShape((1, 2, 2), ("sigmoid", "relu"), "mean_squared_error", 2),
    "three-layers": NetworkShape((2, 2, 2, 1), ("relu", "tanh", "identity"), "squared_error", 1, 2),
    "uneven-layers": NetworkShape((1, 2, 3, 1, 2), ("tanh", "tanh", "relu", "identity"), "mean_absolute_error"),
    "one-layer": NetworkShape((3, 3), ("elu",), "huber", updates=False),
    "products": ProductsShape(
        (ProductSpec("matrix_product", (2, 2), (2, 3)), ProductSpec("affine_map", (2, 2), (2, 1)))
    ),
}


LATER_SHAPES: dict[str, dict[str, Exercise]] = {
    "penalty-forgotten": {"penalty": NetworkShape((2, 1), ("sigmoid",), "half_squared_error", penalty="l2")},
    "momentum-forgotten": {
        "momentum": NetworkShape((1, 1), ("tanh",), "half_squared_error", 2, optimizer="momentum"),
        "adam": NetworkShape((1, 1), ("tanh",), "half_squared_error", 2, optimizer="adam"),
    },
    "bias-correction-forgotten": {"adam": NetworkShape((1, 1), ("tanh",), "squared_error", 2, optimizer="adam")},
}
"""Networks with what later misconceptions are about; those above stay what they are."""


CIRCUITS: dict[str, Exercise] = {
    "circuit": CircuitShape(
        (("x", ()), ("u", ()), ("z", ())),
        (("q", "x * u"), ("r", "max(q, z) / u"), ("f", "sigmoid(q * r) + r^2"), ("x_new", "x - z * df_dx")),
        "f",
        wanted=("df_dq", "df_dr", "df_du", "df_dz"),
    ),
    "circuit-of-arrays": CircuitShape(
        (("s", (5,)), ("k", (2,)), ("v", (2,)), ("t", ())),
        (
            ("c", "conv1d(s, k, stride=2)"),
            ("p", "max_pool(c, size=2)"),
            ("m", "mean((c - v) ^ 2) + log(exp(p[1]))"),
            ("L", "half_squared_error(m, t)"),
        ),
        "L",
        wanted=("dL_dm", "dL_dp", "dL_dc", "dL_dk", "dL_dv"),
    ),
}
OF_CIRCUITS = (
    "error-sign", "loss-factor", "no-slope", "sigmoid-sign", "ascent", "no-learning-rate", "log10", "sum-for-mean",
    "single-path", "shared-once", "other-factor", "max-to-both", "max-to-loser", "quotient-sign", "power-kept",
    "filter-flipped", "stride-ignored",
)  # fmt: skip
"""What can be believed of circuits."""
ONLY_OF_CIRCUITS = frozenset(OF_CIRCUITS[9:])


@pytest.mark.parametrize("name", [name for name in MISCONCEPTIONS if name not in ONLY_OF_CIRCUITS])
def test_versions_of_misconceptions_stay_as_they_are(golden: Callable[[str, str], None], name: str) -> None:
    """Names, order, fairness, and the numbers of everything that is computed otherwise; a file for each row."""
    golden(
        f"misconceptions/{name}.txt",
        "".join(f"{line}\n" for line in lines_of(name, SHAPES | LATER_SHAPES.get(name, {}))),
    )


@pytest.mark.parametrize("name", OF_CIRCUITS)
def test_versions_for_circuits_stay_as_they_are(golden: Callable[[str, str], None], name: str) -> None:
    """The same for circuits."""
    golden(f"misconceptions/circuits/{name}.txt", "".join(f"{line}\n" for line in lines_of(name, CIRCUITS)))


def test_no_other_misconception_is_about_circuits() -> None:
    """All that can show on a circuit has a file."""
    assert {one.misconception for shape in CIRCUITS.values() for one in patches_of(shape)} == set(OF_CIRCUITS)


def lines_of(name: str, shapes: Mapping[str, Exercise]) -> Iterator[str]:
    """The versions of a misconception on each exercise."""
    for title, shape in shapes.items():
        versions = [patch for patch in patches_of(shape) if patch.misconception == name]
        if versions:
            yield f"{title}:"
        graph = shape.graph
        givens = numbers(graph)
        for patch in versions:
            values = evaluate(patch.graph, givens).values
            yield f"  {patch.misconception}{'' if patch.must_show else ' (may be right by chance)'}"
            yield from (f"    {q.name} = {printed(values[q.name])}" for q in graph.derived if q.name in patch.changed)


def patches_of(shape: Exercise) -> tuple[Patch, ...]:
    """All that can show where everything is asked."""
    return patches(shape, frozenset(quantity.name for quantity in shape.graph.derived))


def numbers(graph: ComputationGraph) -> dict[str, Array]:
    """Numbers of both signs between -0.9 and 0.9; of one sign for targets, which add up to 1, and learning rates."""
    draws = np.random.default_rng(8)
    found = {}
    for given in graph.givens:
        values = draws.integers(1, 10, given.shape) / 10
        if given.kind == "y":
            values = values / values.sum(axis=-1, keepdims=True) if given.shape[-1] > 1 else values
        elif given.role not in {Role.RATE, Role.CONSTANT}:
            values = values * draws.choice([-1, 1, 1], given.shape)
        found[given.name] = np.asarray(values)
    return found


def printed(values: Array) -> str:
    """To 4 significant figures, row by row."""
    return " ".join(f"{value + 0.0:.4g}" for value in np.ravel(values))
