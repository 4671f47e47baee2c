"""Backpropagation on any graph: against published circuits, another library, and central differences."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from examgen.core.backward import derivatives
from examgen.core.chain_rule import path_count, paths
from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.arithmetic import ENTRYWISE
from examgen.core.rules.linear import LINEAR
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array, Reads, Rule
from tests.oracles import random_givens

X, Y, Z = (Quantity(name, name, ()) for name in "xyz")


def step(name: str, rule: str, *inputs: str) -> Quantity:
    """A number by one of the operations of arithmetic."""
    return Quantity(name, name, (), ENTRYWISE[rule], inputs)


def graph_of(forward: Sequence[Quantity], by: Sequence[Quantity], of: str = "f") -> ComputationGraph:
    """The forward part with its givens, and the backward part."""
    names = {one.name for one in forward}
    givens = [one for one in by if one.name not in names]
    return ComputationGraph((*givens, *forward, *derivatives(forward, of, by)))


def values_of(graph: ComputationGraph, **numbers: float) -> dict[str, float]:
    """All numbers of a circuit."""
    found = evaluate(graph, {name: np.array(number) for name, number in numbers.items()}).values
    return {name: float(value) for name, value in found.items()}


def sum_of_paths(graph: ComputationGraph, name: str, values: Any, index: tuple[int, ...] = ()) -> float:
    """A derivative as the sum of the products along its paths."""
    factors = (
        (float(path.share), *(values[one.entry[0]][one.entry[1]] for one in path.factors if one.entry is not None))
        for path in paths(graph, name, index)
    )
    return float(sum(prod(numbers) for numbers in factors))


def test_a_product_of_a_sum_as_in_the_lecture() -> None:
    """f = (x + y) z at x = -2, y = 5, z = -4 is -12, and its derivatives are -4, -4 and 3.

    Source: Stanford CS231n, Backpropagation, Intuitions.
    """
    graph = graph_of([step("q", "add", "x", "y"), step("f", "multiply", "q", "z")], [X, Y, Z])
    values = values_of(graph, x=-2, y=5, z=-4)
    assert (values["q"], values["f"]) == (3, -12)
    assert {name: values[f"df_d{name}"] for name in ("q", "x", "y", "z")} == {"q": -4, "x": -4, "y": -4, "z": 3}
    [path] = paths(graph, "df_dx")
    assert [(one.top[0], one.bottom[0], one.entry) for one in path.factors] == [
        ("f", "q", ("z", ())),
        ("q", "x", None),
    ]


def test_uses_of_a_number_are_added_up() -> None:
    """f = x x - x / y: by x it is 2x - 1/y, from three uses; by y it is x/y²."""
    forward = [step("s", "multiply", "x", "x"), step("q", "divide", "x", "y"), step("f", "subtract", "s", "q")]
    graph = graph_of(forward, [X, Y])
    values = values_of(graph, x=3, y=4)
    assert values["df_dx"] == pytest.approx(6 - 1 / 4)
    assert values["df_dy"] == pytest.approx(3 / 16)
    assert path_count(graph, "df_dx") == 3
    arrays = {name: np.array(value) for name, value in values.items()}
    assert sum_of_paths(graph, "df_dx", arrays) == pytest.approx(6 - 1 / 4)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "add": anp.add,
    "subtract": anp.subtract,
    "multiply": anp.multiply,
    "divide": anp.divide,
}


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=6
    ),
    st.tuples(*[st.floats(0.5, 2)] * 3),
)
def test_any_circuit_is_differentiated(steps: list[tuple[str, int, int]], numbers: tuple[float, float, float]) -> None:
    """Operations on whatever came before: the derivatives are another library's, and the paths add up to them."""
    names, forward = ["x", "y", "z"], list[Quantity]()
    for number, (rule, left, right) in enumerate(steps):
        # Divided is by what is given, which is no 0.
        inputs = names[left % len(names)], names[right % (3 if rule == "divide" else len(names))]
        forward.append(step(f"q{number}", rule, *inputs))
        names.append(f"q{number}")

    def circuit(point: Any) -> Any:
        found = dict(zip("xyz", point, strict=True))
        for one, (rule, _, _) in zip(forward, steps, strict=True):
            found[one.name] = OPERATIONS[rule](*(found[name] for name in one.inputs))
        return found[forward[-1].name]

    leading = {forward[-1].name}
    for one in reversed(forward):
        leading.update(one.inputs if one.name in leading else ())
    by = [one for one in (X, Y, Z) if one.name in leading]
    last = forward[-1].name
    graph = ComputationGraph((X, Y, Z, *forward, *derivatives(forward, last, by)))
    values = evaluate(graph, {name: np.array(number) for name, number in zip("xyz", numbers, strict=True)}).values
    expected = dict(zip("xyz", grad(circuit)(np.array(numbers)), strict=True))
    # Large terms may cancel.
    near = 1e-9 * max(1.0, *(abs(float(value)) for value in values.values()))
    for one in by:
        name = f"d{last}_d{one.name}"
        assert float(values[name]) == pytest.approx(expected[one.name], rel=1e-9, abs=near)
        assert sum_of_paths(graph, name, values) == pytest.approx(expected[one.name], rel=1e-9, abs=near)


def test_paths_through_entrywise_arithmetic_keep_to_their_entry() -> None:
    """Of matrices multiplied entry by entry, the one path back to an entry leads through that entry of each."""
    w, a, y = (Quantity(name, name, (2, 3)) for name in "way")
    forward = [
        Quantity("p", "p", (2, 3), ENTRYWISE["multiply"], ("w", "a")),
        Quantity("f", "f", (), LOSSES["squared_error"].rule(3, 2), ("p", "y")),
    ]
    graph = ComputationGraph((w, a, y, *forward, *derivatives(forward, "f", [w])))
    numbers = {name: start + np.arange(6.0).reshape(2, 3) for name, start in (("w", 1.0), ("a", 3.0), ("y", -2.0))}
    values = evaluate(graph, numbers).values
    [path] = paths(graph, "df_dw", (1, 2))
    assert path.factors[-1].entry == ("a", (1, 2))
    assert sum_of_paths(graph, "df_dw", values, (1, 2)) == pytest.approx(float(values["df_dw"][1, 2]))


def test_a_loss_on_the_way_hands_its_derivative_on() -> None:
    """Where twice the loss is what is differentiated, the outputs get twice their derivative."""
    a, y = Quantity("a", "a", (2, 3)), Quantity("y", "y", (2, 3))
    forward = [
        Quantity("loss", "loss", (), LOSSES["squared_error"].rule(3, 2), ("a", "y")),
        step("f", "multiply", "loss", "z"),
    ]
    graph = ComputationGraph((a, y, Z, *forward, *derivatives(forward, "f", [a])))
    values = {"a": np.arange(6.0).reshape(2, 3), "y": np.ones((2, 3)), "z": np.array(2.0)}
    found = evaluate(graph, values).values["df_da"]
    np.testing.assert_allclose(found, 2 * 2 * (values["a"] - values["y"]) / 2)


@pytest.mark.parametrize(
    "rule",
    [
        *ENTRYWISE.values(),
        LINEAR["affine"],
        *(row.rule() for row in ACTIVATIONS.values()),
        *(row.rule(3, 2) for row in LOSSES.values() if row.has_targets),
    ],
    ids=lambda rule: rule.name,
)
def test_a_pullback_is_the_derivative(rule: Rule) -> None:
    """Central differences of the result in each entry of an input, weighted with a gradient, are what it gives."""
    letters = {"n": 2, "i": 2, "o": 3}
    inputs, _ = rule.signature.split("->")
    shapes = [tuple(letters[one] for one in part if one in letters) for part in inputs.split("),(")]
    draws = np.random.default_rng(6)
    numbers = [draws.uniform(0.1, 0.9, shape) for shape in shapes]
    result = np.asarray(rule.compute(*numbers))
    gradient = draws.uniform(-1, 1, result.shape)
    for place, pullback in enumerate(rule.pullbacks):
        if pullback is None:
            continue
        weights = gradient if Reads.GRADIENT in pullback.inputs else np.ones(())
        expected = np.zeros(shapes[place])
        for index in np.ndindex(*shapes[place]):
            moved = [[value.copy() for value in numbers] for _ in range(2)]
            moved[0][place][index] += 1e-6
            moved[1][place][index] -= 1e-6
            above, below = (np.asarray(rule.compute(*each)) for each in moved)
            expected[index] = ((above - below) * weights).sum() / 2e-6

        def read(source: int | Reads, local: Array | None = None) -> Array:
            known = {Reads.GRADIENT: gradient, Reads.RESULT: result, Reads.LOCAL: local}
            found = numbers[source] if isinstance(source, int) else known[source]
            assert found is not None
            return found

        own = pullback.local
        local = None if own is None else np.asarray(own.rule.compute(*(read(source) for source in own.inputs)))
        found = pullback.rule.compute(*(read(source, local) for source in pullback.inputs))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    "shape",
    [
        NetworkShape((2, 3, 2, 2), ("tanh", "sigmoid", "softmax"), "cross_entropy", 2, 2),
        NetworkShape((2, 2, 2), ("softplus", "sigmoid"), "mean_squared_error", 1, 3, batch_delta="sample"),
        NetworkShape((2, 2, 2), ("tanh", "softmax"), "squared_error"),
    ],
    ids=lambda shape: f"{shape.activations[-1]}, {shape.loss}",
)
def test_the_paths_of_a_network_add_up_to_its_gradients(shape: NetworkShape) -> None:
    """As many as are counted; each product begins at the loss and ends at the entry."""
    graph = network_graph(shape)
    values = evaluate(graph, random_givens(np.random.default_rng(3), shape)).values
    for quantity in graph.derived:
        if quantity.kind not in {"dL_dW", "dL_db"}:
            continue
        for index in np.ndindex(*quantity.shape):
            found = list(paths(graph, quantity.name, index))
            assert len(found) == path_count(graph, quantity.name)
            total = sum_of_paths(graph, quantity.name, values, index)
            assert total == pytest.approx(float(values[quantity.name][index]), rel=1e-9, abs=1e-12)
            assert {path.factors[-1].bottom for path in found} == {(f"{quantity.kind[-1]}{quantity.layer}", index)}


def test_what_cannot_be_differentiated_is_told() -> None:
    """By name: what is no number, what it does not depend on, and a rule that nobody differentiates."""
    forward = [step("f", "add", "x", "y")]
    with pytest.raises(ValueError, match="q is no derived quantity that is a single number"):
        derivatives(forward, "q", [X])
    with pytest.raises(ValueError, match="f does not depend on z"):
        derivatives(forward, "f", [X, Z])
    update = Quantity("u", "u", (), LINEAR["descend_b"], ("x", "y", "z"))
    with pytest.raises(ValueError, match="descend_b has no derivative by its input 1, x"):
        derivatives([update, step("f", "add", "u", "y")], "f", [X])
