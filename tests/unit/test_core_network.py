"""Shapes of network exercises: what is refused and in which words, and what a graph is made of."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.network import NetworkShape, network_graph
from examgen.core.network_steps import step_name
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from tests.oracles import JUMPS, OUTPUTS, random_givens

SHAPE = NetworkShape((3, 2, 2, 1), ("relu", "sigmoid", "sigmoid"), "half_squared_error", steps=2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sizes": (3,), "activations": ()}, r"sizes is \[3\]; use at least two layers"),
        ({"sizes": (), "activations": ()}, r"sizes is \[\]; use at least two layers"),
        ({"sizes": (3, 0, 2, 1)}, r"sizes is \[3, 0, 2, 1\]; use .* at least one unit"),
        ({"activations": ("relu", "sigmoid")}, "2 activations for 3 layers; use one for each"),
        ({"activations": ("relu", "sigmod", "tanh")}, "activation 'sigmod' is unknown; allowed: identity, sigmoid"),
        ({"loss": "mse"}, "loss 'mse' is unknown; allowed: squared_error, half_squared_error"),
        ({"steps": 0}, "steps and samples_per_step must be at least 1"),
        ({"samples_per_step": 0}, "steps and samples_per_step must be at least 1"),
        ({"samples_per_step": 2, "batch_delta": "sum"}, "batch_delta is 'sum'; allowed: mean, sample"),
        ({"batch_delta": "sample"}, "batch_delta says what δ is in a mini-batch; give samples_per_step of at least 2"),
        ({"updates": False}, "several steps need updates of the weights"),
        ({"activations": ("softmax", "sigmoid", "tanh")}, "activation 'softmax' may stand on the last layer only"),
        ({"activations": ("relu", "softmax", "tanh")}, "activation 'softmax' may stand on the last layer only"),
    ],
)
def test_what_is_no_network_is_refused(changes: dict[str, object], message: str) -> None:
    """The message names what was given and what is allowed."""
    with pytest.raises(ValueError, match=message):
        replace(SHAPE, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("output", sorted(ACTIVATIONS))
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_loss_refuses_outputs_that_do_not_fit(output: str, loss: str) -> None:
    """Cross-entropies need probabilities, and the message names the activations that give them."""
    hidden = () if loss == "perceptron" else ("tanh",)
    sizes = (3, *(2 for _ in hidden), 1 if loss == "output" else 2)
    wide = replace(SHAPE, sizes=sizes, activations=(*hidden, "sigmoid"), loss="squared_error", samples_per_step=1)
    if (output, loss) in OUTPUTS:
        assert replace(wide, activations=(*hidden, output), loss=loss).activations[-1] == output
        return
    if output in JUMPS and not LOSSES[loss].outputs:
        with pytest.raises(ValueError, match=f"'{output}' has no slope .*goes with loss perceptron, not '{loss}'"):
            replace(wide, activations=(*hidden, output), loss=loss)
        return
    if loss == "output":
        with pytest.raises(ValueError, match="'softmax' needs at least two outputs"):
            replace(wide, activations=(*hidden, output), loss=loss)
        return
    needed = " or ".join(other for other, of in OUTPUTS if of == loss)
    with pytest.raises(ValueError, match=f"loss '{loss}' needs an output activation of {needed}, not '{output}'"):
        replace(wide, activations=(*hidden, output), loss=loss)


def test_softmax_of_one_output_is_refused() -> None:
    """It would always be 1, and nothing could be learned."""
    with pytest.raises(ValueError, match="'softmax' needs at least two outputs"):
        NetworkShape((2, 1), ("softmax",), "cross_entropy")


def test_all_problems_are_named_at_once() -> None:
    """An author mends a bank in one go."""
    with pytest.raises(ValueError, match=r"use one for each; activation 'no_such'.*; loss 'mse'.*; steps and"):
        NetworkShape((2, 2, 2), ("no_such",), "mse", steps=0)


def test_values_are_frozen() -> None:
    """Shapes, graphs and quantities cannot be changed in place."""
    graph = network_graph(SHAPE)
    for frozen, name in ((SHAPE, "loss"), (graph, "quantities"), (graph["z1"], "shape"), (graph["z1"].rule, "latex")):
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, name, None)
    with pytest.raises(TypeError):
        ACTIVATIONS["relu"] = ACTIVATIONS["tanh"]  # type: ignore[index]
    with pytest.raises(TypeError):
        LOSSES["huber"] = LOSSES["squared_error"]  # type: ignore[index]


def test_equal_shapes_share_a_graph() -> None:
    """A graph is built once for each shape, and is the same for the same shape."""
    assert network_graph(replace(SHAPE)) is network_graph(SHAPE)
    assert network_graph(replace(SHAPE, steps=1)) is not network_graph(SHAPE)


def test_quantities_come_in_the_order_of_a_solution() -> None:
    """Forward, loss, backward from the output, update; then the next step with names of its own."""
    names = [quantity.name for quantity in network_graph(replace(SHAPE, sizes=(3, 2, 1), activations=("relu", "tanh")))]
    first = ["x_1", "y_1", "z1", "a1", "z2", "a2", "loss", "dL_da2", "slope2", "dL_dz2", "dL_dW2", "dL_db2"]
    first += ["dL_da1", "slope1", "dL_dz1", "dL_dW1", "dL_db1", "W1_new", "b1_new", "W2_new", "b2_new"]
    assert names[:7] == ["x", "y", "W1", "b1", "W2", "b2", "learning_rate"]
    assert names[7 : 7 + len(first)] == first
    assert names[7 + len(first) :] == ["x_2", "y_2", *(f"{name}@2" for name in first[2:])]
    assert step_name("z1", 1) == "z1"
    assert step_name("W1_new", 3) == "W1_new@3"


def test_places_of_quantities() -> None:
    """Every quantity knows its kind, layer, step and shape."""
    graph = network_graph(replace(SHAPE, samples_per_step=3))
    places = {q.name: (q.kind, q.layer, q.step, q.shape, q.size) for q in graph}
    assert places["x"] == ("x", None, None, (6, 3), 18)
    assert places["W1"] == ("W", 1, None, (2, 3), 6)
    assert places["learning_rate"] == ("learning_rate", None, None, (), 1)
    assert places["z2@2"] == ("z", 2, 2, (3, 2), 6)
    assert places["loss@2"] == ("loss", None, 2, (), 1)
    assert places["dL_dW3"] == ("dL_dW", 3, 1, (1, 2), 2)
    assert places["b3_new@2"] == ("b_new", 3, 2, (1,), 1)


def test_without_updates_there_is_no_learning_rate() -> None:
    """A paper that stops at the gradients asks for no rate and gives no new weights, and the gradients are the same."""
    shape = replace(SHAPE, steps=1)
    givens = random_givens(np.random.default_rng(0), shape)
    with_updates = evaluate(network_graph(shape), givens).values
    del givens["learning_rate"]
    graph = network_graph(replace(shape, updates=False))
    assert [quantity.name for quantity in graph if "new" in quantity.name or "rate" in quantity.name] == []
    for name, value in evaluate(graph, givens).values.items():
        np.testing.assert_array_equal(value, with_updates[name])


def test_each_step_reads_its_own_samples() -> None:
    """The first mini-batch has the first rows of x and y, the second the next ones."""
    shape = replace(SHAPE, steps=3, samples_per_step=2)
    givens = random_givens(np.random.default_rng(0), shape)
    values = evaluate(network_graph(shape), givens).values
    for letter in "xy":
        rows = np.concatenate([values[f"{letter}_{step}"] for step in (1, 2, 3)])
        np.testing.assert_array_equal(rows, givens[letter])
