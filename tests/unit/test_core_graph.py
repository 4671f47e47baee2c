"""The computation graph: what it refuses, what patching changes, and what an evaluation keeps."""

from dataclasses import replace

import numpy as np
import pytest
from mpmath import mp

from examgen.core.evaluation import evaluate, evaluate_in_blocks
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.rule import Rule
from tests.oracles import HIDDEN, Numbers, by_dual_numbers, random_givens

SHAPE = NetworkShape((3, 2, 2), ("relu", "sigmoid"), "squared_error", steps=2)
GRAPH = network_graph(SHAPE)
DOUBLE = Rule("double", "()->()", lambda value: 2 * value, "2 <0>")


@pytest.fixture
def givens() -> Numbers:
    return random_givens(np.random.default_rng(0), SHAPE)


def test_a_missing_given_is_named(givens: Numbers) -> None:
    """The message says which quantity has no value and which have one."""
    del givens["b2"]
    with pytest.raises(ValueError, match=r"b2 has no value; there are x, y, learning_rate, W1, b1, W2$"):
        evaluate(GRAPH, givens)
    with pytest.raises(ValueError, match="x has no value; there are none"):
        evaluate(GRAPH, {})


@pytest.mark.parametrize(
    ("name", "shape"), [("W1", (3, 2)), ("W1", (2, 2, 4)), ("W1", (3,)), ("x", (3,)), ("b1", ()), ("b1", (2, 3))]
)
def test_a_misshapen_given_is_named(givens: Numbers, name: str, shape: tuple[int, ...]) -> None:
    """The message says which shape was given and which last axes are needed."""
    givens[name] = np.ones(shape)
    with pytest.raises(ValueError, match=rf"{name} has shape .*; its last axes must be \({GRAPH[name].shape[0]},"):
        evaluate(GRAPH, givens)


def test_lists_are_taken_as_arrays(givens: Numbers) -> None:
    """Givens may come as nested lists, as they do from a file."""
    lists = {name: value.tolist() for name, value in givens.items()}
    for name, value in evaluate(GRAPH, lists).values.items():
        np.testing.assert_array_equal(value, evaluate(GRAPH, givens)[name])


def test_overflow_becomes_a_value(givens: Numbers) -> None:
    """Numbers too wild to compute become inf or nan, and neither raise nor warn."""
    wild = evaluate(GRAPH, givens | {"W2": np.full((2, 2), 1e308), "x": np.full((2, 3), -1e308)})
    assert not np.isfinite(wild["loss@2"])
    shape = NetworkShape((1, 2), ("softmax",), "cross_entropy")
    extreme = {"W1": [[1e4], [0]], "b1": [0, 0], "x": [[1]], "y": [[0, 1]], "learning_rate": 1}
    certain = evaluate(network_graph(shape), {name: np.asarray(value, float) for name, value in extreme.items()})
    assert certain["loss"] == np.inf
    np.testing.assert_array_equal(certain["a1"], [[1, 0]])
    np.testing.assert_array_equal(certain["dL_dz1"], [[1, -1]])


@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")])
def test_being_certain_and_right_costs_nothing(output: str, loss: str) -> None:
    """0 ln 0 and 0 / 0 count as 0: outputs of exactly 1 and 0 on targets of 1 and 0 have loss 0."""
    shape = NetworkShape((1, 2), (output,), loss, updates=False)
    numbers = {"W1": [[2000], [-2000]], "b1": [0, 0], "x": [[1]], "y": [[1, 0]]}
    found = evaluate(network_graph(shape), {name: np.asarray(value, float) for name, value in numbers.items()})
    np.testing.assert_array_equal(found["a1"], [[1, 0]])
    assert found["loss"] == 0
    np.testing.assert_array_equal(found["dL_da1"], [[-1, 1 if output == "sigmoid" else 0]])
    np.testing.assert_array_equal(found["dL_dz1"], [[0, 0]])


@pytest.mark.parametrize("name", HIDDEN)
def test_a_saturated_unit_neither_overflows_nor_warns(name: str) -> None:
    """Far out on both tails every activation has the value and the slope that 50 digits give."""
    shape = NetworkShape((1, 2), (name,), "squared_error", updates=False)
    extreme = {"W1": [[-2000], [2000]], "b1": [0, 0], "x": [[1]], "y": [[0, 0]], "learning_rate": 1}
    givens = {key: np.asarray(number, float) for key, number in extreme.items()}
    found = evaluate(network_graph(shape), givens)
    with mp.workdps(50):
        exact = by_dual_numbers(shape, givens, mp.mpf)
    for quantity in ("a1", "slope1"):
        np.testing.assert_allclose(found[quantity], exact[quantity].astype(float), rtol=1e-15, atol=1e-300)


def test_two_quantities_of_one_name_are_refused() -> None:
    """A graph names what is there twice."""
    with pytest.raises(ValueError, match="two quantities are called x"):
        ComputationGraph((Quantity("x", "x", ()), Quantity("x", "x", (2,))))


def test_reading_ahead_is_refused() -> None:
    """A quantity that reads what is not known yet is named with what it reads."""
    with pytest.raises(ValueError, match="twice reads x, y before it is known"):
        ComputationGraph((Quantity("twice", "z", (), DOUBLE, ("x", "y")), Quantity("x", "x", ())))
    with pytest.raises(ValueError, match="z1 would read itself by way of a2, z2, a1"):
        GRAPH.rewired({"z1": (None, ("W1", "a2", "b1"))})
    with pytest.raises(ValueError, match="z1 reads z1 before it is known"):
        GRAPH.rewired({"z1": (None, ("W1", "z1", "b1"))})


def test_a_circle_is_named_without_what_stands_beside_it() -> None:
    """Of what a quantity reads, the message names only what leads back to it."""
    x, first = Quantity("x", "x", ()), Quantity("first", "z", (), DOUBLE, ("x",))
    beside, last = Quantity("beside", "z", (), DOUBLE, ("x",)), Quantity("last", "z", (), DOUBLE, ("first",))
    with pytest.raises(ValueError, match=r"^first would read itself by way of last$"):
        ComputationGraph((x, first, beside, last)).rewired({"first": (None, ("beside", "last"))})


def test_a_rewired_quantity_may_read_what_came_after_it() -> None:
    """Quantities are put behind what they now read; the others keep their order and their values."""
    graph = network_graph(NetworkShape((2, 2, 1), ("tanh", "sigmoid"), "squared_error"))
    rewired = graph.rewired({"dL_da1": (None, ("W2_new", "dL_dz2"))})
    order = [quantity.name for quantity in rewired]
    assert order.index("W2_new") < order.index("dL_da1")
    assert sorted(order) == sorted(quantity.name for quantity in graph)


def test_a_graph_is_read_by_name() -> None:
    """Membership, look-up, order, givens and derived quantities."""
    x, twice = Quantity("x", "x", (2, 3)), Quantity("twice", "z", (2, 3), DOUBLE, ("x",), layer=1)
    graph = ComputationGraph((x, twice))
    assert "twice" in graph
    assert "thrice" not in graph
    assert graph["twice"] is twice
    assert list(graph) == [x, twice]
    assert (graph.givens, graph.derived) == ((x,), (twice,))
    assert (x.size, replace(x, shape=()).size) == (6, 1)
    np.testing.assert_array_equal(evaluate(graph, {"x": np.ones((2, 3))})["twice"], np.full((2, 3), 2))


def test_a_graph_knows_who_reads_what() -> None:
    """Readers come in their order, as places among the derived quantities, and each once."""
    x, y = Quantity("x", "x", ()), Quantity("y", "y", ())
    total, square = Quantity("total", "z", (), DOUBLE, ("x", "y")), Quantity("square", "z", (), DOUBLE, ("x", "x"))
    both = Quantity("both", "z", (), DOUBLE, ("total", "square"))
    graph = ComputationGraph((x, y, total, square, both))
    readers = {name: graph.readers(name) for name in ("x", "y", "total", "square", "both")}
    assert readers == {"x": (0, 1), "y": (0,), "total": (2,), "square": (2,), "both": ()}


def test_a_part_of_a_graph_takes_what_it_reads_as_given(givens: Numbers) -> None:
    """The part computes what is wanted and nothing else, and gives the values that the whole gives."""
    values = evaluate(GRAPH, givens).values
    for names in ({"dL_dz1"}, {"z2", "a2", "loss"}, {"z1", "dL_da1"}, {"W1_new", "z1@2"}):
        part = GRAPH.only(names)
        read = {source for name in names for source in GRAPH[name].inputs}
        assert {quantity.name for quantity in part.derived} == names
        assert {quantity.name for quantity in part.givens} == read - names
        assert [quantity.name for quantity in part] == [one.name for one in GRAPH if one.name in part]
        found = evaluate(part, {name: values[name] for name in read - names})
        for name in names:
            np.testing.assert_array_equal(found[name], values[name])


def test_a_given_cannot_be_patched() -> None:
    """Only what follows from something has a rule to patch."""
    with pytest.raises(ValueError, match="W1 is given; only a derived quantity can be rewired"):
        GRAPH.rewired({"W1": (DOUBLE, None)})


def test_patching_leaves_the_graph_as_it_was() -> None:
    """A patched graph is another graph: the same but for the one rule or the one list of inputs."""
    other_rule = GRAPH.rewired({"a1": (DOUBLE, None)})
    other_input = GRAPH.rewired({"z2": (None, ("W2", "z1", "b2"))})
    for patched, name in ((other_rule, "a1"), (other_input, "z2")):
        changed = [old.name for old, new in zip(GRAPH, patched, strict=True) if old != new]
        assert changed == [name]
    assert other_rule["a1"].inputs == GRAPH["a1"].inputs
    assert other_input["z2"].rule is GRAPH["z2"].rule
    assert GRAPH["z2"].inputs == ("W2", "a1", "b2")


def test_an_evaluation_changes_no_given(givens: Numbers) -> None:
    """Arrays handed in stay as they are, in one go and in blocks."""
    before = {name: value.copy() for name, value in givens.items()}
    evaluate(GRAPH, givens, substitute={"z1": np.ones((1, 2))}, perturb={"x": np.ones((2, 3)), "a1": np.ones((1, 2))})
    evaluate_in_blocks(GRAPH, {name: value[np.newaxis] for name, value in givens.items()})
    for name, value in before.items():
        np.testing.assert_array_equal(givens[name], value)


def test_a_graph_is_walked_both_ways_as_far_as_to_stops() -> None:
    """x -> p -> q -> r: what stops is reached, and nothing beyond it."""
    x = Quantity("x", "x", ())
    p, q, r = (Quantity(name, name, (), DOUBLE, (source,)) for name, source in ("px", "qp", "rq"))
    chain = ComputationGraph((x, p, q, r))
    assert chain.sources({"r"}) == {"x", "p", "q"}
    assert chain.sources({"r"}, {"p"}) == {"p", "q"}
    assert chain.reached({"x"}) == {"p", "q", "r"}
    assert chain.reached({"x"}, {"q"}) == {"p", "q"}
    assert chain.reached({"q"}, {"q"}) == {"r"}
