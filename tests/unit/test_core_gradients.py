"""Every quantity of a network exercise against automatic differentiation and central differences."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from examgen.core.evaluation import evaluate, evaluate_in_blocks
from examgen.core.graph import ComputationGraph
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from tests.laws import some_of
from tests.oracles import (
    BATCHED,
    HIDDEN,
    OUTPUTS,
    SMOOTH,
    Array,
    Numbers,
    by_autograd,
    random_givens,
    random_shape,
    scale_of,
)

ARCHITECTURES = 3
STUDENTS = 20
SMOOTH_LOSSES = ("squared_error", "half_mean_squared_error", "binary_cross_entropy", "cross_entropy")
SMOOTH_OUTPUTS = [(output, loss) for output, loss in OUTPUTS if output in SMOOTH and loss in SMOOTH_LOSSES]
STEP = 3e-5


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_quantity_equals_automatic_differentiation(output: str, loss: str) -> None:
    """Forward values, slopes, gradients and updates of random networks agree with HIPS autograd, step after step."""
    for number in range(ARCHITECTURES):
        rng = np.random.default_rng([number, *f"{output} {loss}".encode()])
        shape = random_shape(rng, output, loss)
        givens = random_givens(rng, shape, STUDENTS)
        graph = network_graph(shape)
        found, expected = evaluate(graph, givens).values, by_autograd(shape, givens)
        assert set(_worked_out(graph)) == set(expected)
        for name, value in expected.items():
            assert found[name].shape == value.shape, name
            np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-12 * scale_of(value), err_msg=name)


def test_every_activation_and_loss_is_compared() -> None:
    """What goes with what is known to the oracles, too."""
    assert set(OUTPUTS) == {pair for pair in product(ACTIVATIONS, LOSSES) if _is_allowed(*pair)}


@pytest.mark.parametrize("number", some_of(range(len(BATCHED)), 20), ids=lambda number: "-".join(BATCHED[number]))
def test_each_sample_may_have_its_own_delta(number: int) -> None:
    """δ of each sample's own loss is n times that of the mean, and the gradients of the weights are the same."""
    rng = np.random.default_rng([number, 4])
    mean = replace(random_shape(rng, *BATCHED[number]), samples_per_step=2 + number % 3)
    givens = random_givens(rng, mean, STUDENTS)
    own = replace(mean, batch_delta="sample")
    found, expected = evaluate(network_graph(own), givens).values, by_autograd(own, givens)
    assert set(_worked_out(network_graph(own))) == set(expected)
    of_mean = evaluate(network_graph(mean), givens).values
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-12 * scale_of(value), err_msg=name)
        count = mean.samples_per_step if name.startswith(("dL_da", "dL_dz")) else 1
        same = count * of_mean[name]
        np.testing.assert_allclose(found[name], same, rtol=0, atol=1e-12 * scale_of(same), err_msg=name)


@pytest.mark.parametrize(("output", "loss"), some_of(SMOOTH_OUTPUTS, 8))
def test_gradients_equal_central_differences(output: str, loss: str) -> None:
    """Moving an entry of W, b, z or a up and down changes the loss at the rate that its gradient says."""
    rng = np.random.default_rng([*f"{output} {loss}".encode()])
    hidden = [name for name in SMOOTH if name != "softmax"]
    for shape in (random_shape(rng, output, loss, hidden, layers=3, width=4) for _ in range(3)):
        graph, givens = network_graph(shape), random_givens(rng, shape)
        for moved, gradient, cost in _pairs(shape):
            slopes = _central_differences(graph, givens, moved, cost)
            expected = evaluate(graph, givens)[gradient]
            np.testing.assert_allclose(slopes, expected, rtol=0, atol=1e-8 * scale_of(expected), err_msg=gradient)


def test_cross_entropies_take_the_shortcut() -> None:
    """dL_dz of the output is a - y over the samples, finite where a unit saturates and the chain rule fails."""
    rng = np.random.default_rng(3)
    for output, loss in (("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")):
        shape = NetworkShape((2, 3), (output,), loss, samples_per_step=2)
        givens = random_givens(rng, shape)
        found = evaluate(network_graph(shape), givens)
        np.testing.assert_allclose(found["dL_dz1"], (found["a1"] - givens["y"]) / 2, rtol=1e-15, atol=1e-17)
        saturated = evaluate(network_graph(shape), givens | {"b1": np.array([800.0, -800.0, 0.0])})
        assert np.isfinite(saturated["dL_dz1"]).all()


@pytest.mark.parametrize(("output", "loss"), OUTPUTS[:: len(HIDDEN) - 1])
def test_a_batch_equals_one_at_a_time(output: str, loss: str) -> None:
    """Leading axes, one or two of them, change no value."""
    rng = np.random.default_rng([*f"{output} {loss}".encode()])
    for shape in (random_shape(rng, output, loss) for _ in range(3)):
        givens = random_givens(rng, shape, 2, 3)
        graph = network_graph(shape)
        together = evaluate(graph, givens).values
        flat = evaluate(graph, {name: value.reshape(6, *value.shape[2:]) for name, value in givens.items()}).values
        for index in np.ndindex(2, 3):
            alone = evaluate(graph, {name: value[index] for name, value in givens.items()}).values
            for name, value in alone.items():
                assert together[name].shape == (2, 3, *graph[name].shape)
                _assert_same(together[name][index], value, name)
                _assert_same(flat[name][np.ravel_multi_index(index, (2, 3))], value, name)


@pytest.mark.parametrize("block", [1, 7, 50, 4096])
def test_blocks_give_the_same_values(block: int) -> None:
    """`evaluate_in_blocks` gives what `evaluate` gives, whether or not the blocks divide the students."""
    rng = np.random.default_rng(block)
    for output, loss in BATCHED[::10]:
        shape = random_shape(rng, output, loss, layers=3, width=4)
        graph, givens = network_graph(shape), random_givens(rng, shape, 50)
        whole, parts = evaluate(graph, givens), evaluate_in_blocks(graph, givens, block=block)
        assert set(parts) == {quantity.name for quantity in graph.derived}
        for name, value in parts.items():
            assert value.shape == whole[name].shape
            _assert_same(value, whole[name], name)
        wanted = {"loss", "dL_dW1"}
        assert set(evaluate_in_blocks(graph, givens, keep=wanted, block=block)) == wanted


@pytest.mark.parametrize("own", ["x", "y", "W1", "b1", "W2", "b2", "learning_rate"])
def test_givens_without_leading_axes_are_shared(own: str) -> None:
    """A given that each student has of their own broadcasts against givens that the class shares, and the other way."""
    rng = np.random.default_rng(11)
    # As many students as units and inputs, so that axes which are mixed up fit and are found by their values.
    shape = NetworkShape((3, 3, 3), ("tanh", "softmax"), "cross_entropy", steps=2, samples_per_step=3)
    graph, givens = network_graph(shape), random_givens(rng, shape, 3)
    first = {name: value[0] for name, value in givens.items()}
    for one_batched in (True, False):
        mixed = {name: givens[name] if (name == own) == one_batched else first[name] for name in givens}
        full = {name: np.broadcast_to(value, givens[name].shape) for name, value in mixed.items()}
        expected = evaluate(graph, full).values
        for name, value in evaluate(graph, mixed).values.items():
            _assert_same(np.broadcast_to(value, expected[name].shape), expected[name], name)


def test_a_rate_per_student_meets_more_leading_axes() -> None:
    """A learning rate with fewer leading axes than the rest broadcasts from the right, as every other given does."""
    rng = np.random.default_rng(12)
    shape = NetworkShape((2, 3), ("tanh",), "squared_error")
    givens = random_givens(rng, shape, 4, 3)
    givens["learning_rate"] = givens["learning_rate"][0]
    full = givens | {"learning_rate": np.broadcast_to(givens["learning_rate"], (4, 3))}
    expected = evaluate(network_graph(shape), full).values
    for name, value in evaluate(network_graph(shape), givens).values.items():
        _assert_same(np.broadcast_to(value, expected[name].shape), expected[name], name)


def _is_allowed(output: str, loss: str) -> bool:
    try:
        NetworkShape((2, 1 if loss == "output" else 2), (output,), loss)
    except ValueError:
        return False
    return True


def _worked_out(graph: ComputationGraph) -> Iterator[str]:
    return (quantity.name for quantity in graph.derived if quantity.kind not in ("x_of_step", "y_of_step"))


def _pairs(shape: NetworkShape) -> Iterator[tuple[str, str, str]]:
    """What to move, its gradient, and the loss that it belongs to, for each layer and step."""
    for step in range(1, shape.steps + 1):
        now = "" if step == 1 else f"@{step}"
        start = {1: "", 2: "_new"}.get(step, f"_new@{step - 1}")
        for layer in range(1, shape.depth + 1):
            for letter in "Wb":
                yield f"{letter}{layer}{start}", f"dL_d{letter}{layer}{now}", f"loss{now}"
            for letter in "za":
                yield f"{letter}{layer}{now}", f"dL_d{letter}{layer}{now}", f"loss{now}"


def _central_differences(graph: ComputationGraph, givens: Numbers, moved: str, cost: str) -> Array:
    shape = graph[moved].shape
    steps = STEP * np.eye(graph[moved].size).reshape(-1, *shape)
    moves = np.stack([-2 * steps, -steps, steps, 2 * steps])
    far_down, down, up, far_up = evaluate(graph, givens, perturb={moved: moves})[cost]
    # Two widths, so that the third derivative drops out: a loss with logarithms bends much near 0.
    slopes: Array = ((8 * (up - down) - (far_up - far_down)) / (12 * STEP)).reshape(shape)
    return slopes


def _assert_same(found: Array, expected: Array, name: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * scale_of(expected), err_msg=name)
