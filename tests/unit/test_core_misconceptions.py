"""Rewirings of the graph, on networks small enough to see what they come to."""

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate, reevaluate
from examgen.core.exercise import Exercise
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.network import NetworkShape, network_graph
from examgen.core.products import ProductSpec, ProductsShape

CHAIN = NetworkShape((1, 1, 1), ("tanh", "sigmoid"), "half_squared_error")
ALL = frozenset({"z1", "z2", "a1", "a2", "loss", "dL_da2", "dL_dz2", "dL_dW2", "dL_db2", "dL_da1", "dL_dz1", "dL_dW1"})
UPDATED = ALL | {"W1_new", "b1_new", "W2_new", "b2_new"}
X, Y, W1, B1, W2, B2, RATE = 0.5, 1.0, 0.8, -0.3, 1.2, 0.4, 0.5
GIVENS = {
    "x": np.array([[X]]),
    "y": np.array([[Y]]),
    "W1": np.array([[W1]]),
    "b1": np.array([B1]),
    "W2": np.array([[W2]]),
    "b2": np.array([B2]),
    "learning_rate": np.array(RATE),
}
Z1 = W1 * X + B1
A1 = float(np.tanh(Z1))
Z2 = W2 * A1 + B2
A2 = 1 / (1 + float(np.exp(-Z2)))
DZ2 = (A2 - Y) * A2 * (1 - A2)
DZ1 = W2 * DZ2 * (1 - A1**2)

# By misconception: a quantity, and what it comes to in a chain of single units, worked out here by hand.
EXPECTED = {
    "error-sign": ("dL_da2", Y - A2),
    "loss-factor": ("dL_da2", 0.5 * (A2 - Y)),
    "no-slope": ("dL_dz2", A2 - Y),
    "slope-of-activation": ("dL_dz2", (A2 - Y) * np.exp(-A2) / (1 + np.exp(-A2)) ** 2),
    "wrong-slope": ("dL_dz1", W2 * DZ2 * A1 * (1 - A1)),
    "updated-weights": ("dL_da1", (W2 - RATE * DZ2 * A1) * DZ2),
    "layer-skipped": ("dL_dz1", DZ2),
    "wrong-layer-input": ("dL_dW1", DZ1 * A1),
    "pre-activation-input": ("dL_dW2", DZ2 * Z1),
    "no-bias": ("z1", W1 * X),
    "sigmoid-sign": ("a2", 1 / (1 + np.exp(Z2))),
    "ascent": ("W1_new", W1 + RATE * DZ1 * X),
    "no-learning-rate": ("W1_new", W1 - DZ1 * X),
    "no-update": ("W1_new", W1),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_misconception_comes_to_what_a_student_would_compute(name: str) -> None:
    """Its first version gives the number that the wrong belief gives, by hand."""
    quantity, expected = EXPECTED[name]
    values = [
        float(evaluate(patch.graph, GIVENS).values[quantity].item())
        for patch in patches(CHAIN, UPDATED)
        if patch.misconception == name
    ]
    assert min(abs(value - expected) for value in values) < 1e-12


def test_what_cannot_show_is_left_out() -> None:
    """A chain of single units has no other path, no transpose, no second step, and a smooth activation no ReLU."""
    found = {patch.misconception for patch in patches(CHAIN, UPDATED)}
    assert {*EXPECTED, "no-update"} <= found
    assert not {"single-path", "not-transposed", "stale-weights", "relu-slope-z", "log10", "sum-for-mean"} & found


def test_what_is_not_asked_cannot_show() -> None:
    """Where the forward pass alone is asked, nothing of the backward pass is there."""
    forward = frozenset({"z1", "a1", "z2", "a2", "loss"})
    found = patches(CHAIN, forward)
    assert {"no-bias", "sigmoid-sign", "loss-factor"} <= {patch.misconception for patch in found}
    assert all(patch.changed & forward for patch in found)
    assert not {"error-sign", "no-slope", "updated-weights", "ascent"} & {patch.misconception for patch in found}


def test_cross_entropy_has_its_own() -> None:
    """log10, a lost minus, and the slope that a - y holds already."""
    shape = NetworkShape((2, 2, 1), ("relu", "sigmoid"), "binary_cross_entropy")
    found = {patch.misconception for patch in patches(shape, ALL)}
    assert {"log10", "bce-sign", "extra-slope", "relu-slope-z"} <= found
    assert "loss-factor" not in found


def test_single_paths_are_followed_one_at_a_time() -> None:
    """Over all versions, each path back to the first hidden unit is the one that is followed."""
    shape = NetworkShape((1, 2, 2), ("tanh", "identity"), "half_squared_error")
    graph = network_graph(shape)
    draws = np.random.default_rng(1)
    givens = {given.name: draws.uniform(0.2, 1, given.shape) for given in graph.givens}
    right = evaluate(graph, givens)
    followed = {
        round(float(evaluate(patch.graph, givens).values["dL_da1"][0, 0]), 9)
        for patch in patches(shape, frozenset({"dL_da1"}))
        if patch.misconception == "single-path"
    }
    paths = {round(float(givens["W2"][k, 0] * right["dL_dz2"][0, k]), 9) for k in (0, 1)}
    assert paths <= followed


def test_products_may_be_swapped_and_lose_what_is_added() -> None:
    """Square products are written in the wrong order; an affine map without its bias."""
    shape = ProductsShape((ProductSpec("matrix_product", (2, 1), (1, 2)), ProductSpec("affine_map", (2, 2), (2, 1))))
    found = [patch.misconception for patch in patches(shape, frozenset({"product1", "product2"}))]
    assert {"no-bias", "swapped-index"} <= set(found)
    [swapped] = [
        patch.graph for patch in patches(shape, frozenset({"product1"})) if patch.misconception == "swapped-index"
    ]
    givens = {"A1": [[1], [2]], "B1": [[3, 4]], "A2": [[1, 0], [0, 1]], "B2": [[1], [1]], "C2": [[0], [0]]}
    values = evaluate(swapped, {name: np.array(value, dtype=float) for name, value in givens.items()}).values
    assert values["product1"].tolist() == [[3, 6], [4, 8]]


def test_all_misconceptions_of_the_table_can_show_somewhere() -> None:
    """None is a dead row."""
    shapes: list[Exercise] = [
        NetworkShape((2, 2, 2, 2), ("relu", "tanh", "sigmoid"), "mean_squared_error", 2, 2),
        NetworkShape((2, 2, 2), ("relu", "sigmoid"), "binary_cross_entropy", 2, 2),
        NetworkShape((2, 2), ("sigmoid",), "squared_error", 2, penalty="l2", optimizer="adam"),
        CircuitShape(
            (("x", ()), ("s", (5,)), ("k", (2,))),
            (("c", "conv1d(s, k, stride=2)"), ("m", "max(c[1], x) / c[2]"), ("f", "m^2 * x")),
            "f",
            wanted=("df_dx", "df_dc", "df_dm"),
        ),
    ]
    found = {
        patch.misconception
        for shape in shapes
        for patch in patches(shape, frozenset(quantity.name for quantity in shape.graph.derived))
    }
    assert found == set(MISCONCEPTIONS)


def test_a_live_relu_hands_on_what_it_reads() -> None:
    """In a layer of a single ReLU, z for a shows nowhere on a paper without dead layers."""
    for samples in (1, 2):
        shape = NetworkShape((1, 1, 1), ("relu", "identity"), "half_squared_error", samples_per_step=samples)
        assert "pre-activation-input" not in {patch.misconception for patch in patches(shape, ALL)}


@pytest.mark.parametrize(
    ("loss", "outputs", "of_gradient", "of_loss"),
    [
        ("squared_error", 1, {2, 1 / 2}, {1 / 2}),
        ("squared_error", 3, {2, 1 / 2, 1 / 3}, {1 / 2, 1 / 3}),
        ("half_squared_error", 1, {2, 1 / 2}, {2, 1 / 2}),
        ("half_squared_error", 3, {2, 1 / 2, 1 / 3}, {2, 1 / 2, 1 / 3}),
        ("mean_squared_error", 1, {2, 1 / 2}, {1 / 2}),
        ("mean_squared_error", 3, {2, 1 / 2, 3, 6, 3 / 2}, {1 / 2, 3}),
        ("half_mean_squared_error", 3, {2, 1 / 2, 3, 6, 3 / 2}, {2, 1 / 2, 3}),
        ("mean_absolute_error", 1, set(), set()),
        ("mean_absolute_error", 3, {3, 6, 3 / 2}, {3}),
        ("huber", 1, set(), set()),
        ("huber", 3, {1 / 3}, {1 / 3}),
    ],
)
def test_factors_of_a_loss_are_kept_or_dropped(
    loss: str, outputs: int, of_gradient: set[float], of_loss: set[float]
) -> None:
    """A 2 of the derivative, a half that is there or is not, and the number of outputs, each a version of its own."""
    shape = NetworkShape((2, outputs), ("tanh",), loss, updates=False)
    graph = network_graph(shape)
    givens = {given.name: np.random.default_rng(2).uniform(0.2, 0.9, given.shape) for given in graph.givens}
    right = evaluate(graph, givens)
    found: dict[str, set[float]] = {"dL_da1": set(), "loss": set()}
    for patch in patches(shape, frozenset(found)):
        if patch.misconception == "loss-factor":
            [name] = patch.changed
            factors = evaluate(patch.graph, givens)[name] / right[name]
            found[name] |= {round(factor, 9) for factor in factors.ravel().tolist()}
    assert found["dL_da1"] == {round(factor, 9) for factor in of_gradient}
    assert found["loss"] == {round(factor, 9) for factor in of_loss}


def test_without_updates_nothing_is_updated_wrongly() -> None:
    """A paper that stops at the gradients has no new weights to send errors back through."""
    shape = NetworkShape((2, 2, 2), ("tanh", "sigmoid"), "squared_error", updates=False)
    graph = network_graph(shape)
    found = {patch.misconception for patch in patches(shape, frozenset(quantity.name for quantity in graph.derived))}
    assert "not-transposed" in found
    assert not {"updated-weights", "ascent", "no-learning-rate", "no-update"} & found


def test_both_terms_of_cross_entropy_with_a_minus() -> None:
    """-(y/a + (1 - y)/(1 - a)) in every sample, each with its share of the mini-batch."""
    shape = NetworkShape((1, 1), ("sigmoid",), "binary_cross_entropy", samples_per_step=2)
    graph = network_graph(shape)
    givens = {given.name: np.random.default_rng(2).uniform(0.2, 0.9, given.shape) for given in graph.givens}
    expected = [
        -(y / a + (1 - y) / (1 - a)) / 2
        for y, a in zip(givens["y"].ravel(), evaluate(graph, givens)["a1"].ravel(), strict=True)
    ]
    found = [
        evaluate(patch.graph, givens)["dL_da1"].ravel().tolist()
        for patch in patches(shape, frozenset({"dL_da1"}))
        if patch.misconception == "bce-sign"
    ]
    assert pytest.approx(expected) in found


@pytest.mark.parametrize(
    "shape",
    [
        NetworkShape((2, 2, 2, 2), ("relu", "tanh", "sigmoid"), "mean_squared_error", 2, 2),
        NetworkShape((2, 3, 1), ("relu", "sigmoid"), "binary_cross_entropy", 2, 2),
        NetworkShape((3, 3, 3), ("tanh", "softmax"), "cross_entropy", 1, 3),
    ],
    ids=lambda shape: shape.loss,
)
def test_a_class_makes_the_mistakes_of_its_students(shape: NetworkShape) -> None:
    """Whatever is done wrong, it comes to the same for one student, for a class of one, and for a class of three."""
    graph = network_graph(shape)
    draws = np.random.default_rng(3)
    givens = {given.name: draws.uniform(0.1, 0.9, (3, *given.shape)) for given in graph.givens}
    for patch in patches(shape, frozenset(quantity.name for quantity in graph.derived)):
        together = evaluate(patch.graph, givens)
        for student in range(3):
            only = evaluate(patch.graph, {name: value[[student]] for name, value in givens.items()})
            alone = evaluate(patch.graph, {name: value[student] for name, value in givens.items()})
            for name in patch.changed:
                where = f"{patch.misconception} {name}"
                np.testing.assert_allclose(alone[name], together[name][student], rtol=1e-9, atol=1e-12, err_msg=where)
                np.testing.assert_allclose(only[name][0], alone[name], rtol=1e-9, atol=1e-12, err_msg=where)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("steps", [1, 2])
def test_what_makes_up_for_itself_is_marked_so(samples: int, steps: int) -> None:
    """Where a changed quantity comes out right behind another changed one, the row says so; and nowhere else."""
    shape = NetworkShape((2, 2, 1), ("tanh", "sigmoid"), "squared_error", steps, samples)
    graph = network_graph(shape)
    draws = np.random.default_rng(4)
    givens = {given.name: draws.uniform(0.1, 0.9, given.shape) for given in graph.givens}
    base = evaluate(graph, givens)

    def makes_up(patch: Patch) -> bool:
        wrong, alone = evaluate(patch.graph, givens), reevaluate(patch.graph, base, patch.changed, base.values)
        return any(
            np.allclose(wrong[name], base[name], 1e-9) and not np.allclose(alone[name], base[name], 1e-9)
            for name in patch.changed
        )

    found = patches(shape, frozenset(quantity.name for quantity in graph.derived))
    assert {patch for patch in found if makes_up(patch)} == {patch for patch in found if patch.makes_up}
    assert any(patch.makes_up for patch in found) is (samples > 1)
