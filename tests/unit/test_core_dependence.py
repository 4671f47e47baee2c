"""What rests on what, entry by entry, against links that a reader can see in the formulas."""

import numpy as np
import pytest
from numpy.typing import NDArray

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import NetworkShape, network_graph
from examgen.core.probes.dependence import rests_on
from examgen.core.rules.rule import Rule

GRAPH = network_graph(NetworkShape((2, 3, 2), ("relu", "softmax"), "cross_entropy", steps=2, samples_per_step=2))


def resting(target: str, source: str, place: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which entries of `target` rest on one entry of `source`."""
    flags = np.zeros(GRAPH[source].shape, dtype=bool)
    flags[place] = True
    found = rests_on(GRAPH, GRAPH[target], {source: flags.reshape(1, -1)}, 1)
    return found.reshape(GRAPH[target].shape)


@pytest.mark.parametrize(
    ("target", "source", "place", "expected"),
    [
        ("a1", "z1", (0, 1), [[0, 1, 0], [0, 0, 0]]),
        ("slope1", "z1", (1, 2), [[0, 0, 0], [0, 0, 1]]),
        ("z2", "a1", (0, 1), [[1, 1], [0, 0]]),
        ("a2", "z2", (1, 0), [[0, 0], [1, 1]]),
        ("loss", "a2", (0, 1), 1),
        ("dL_da2", "a2", (0, 1), [[0, 1], [0, 0]]),
        ("dL_dz2", "a2", (0, 1), [[0, 1], [0, 0]]),
        ("dL_da1", "dL_dz2", (0, 1), [[1, 1, 1], [0, 0, 0]]),
        ("dL_dz1", "slope1", (0, 1), [[0, 1, 0], [0, 0, 0]]),
        ("dL_dW2", "dL_dz2", (0, 1), [[0, 0, 0], [1, 1, 1]]),
        ("dL_dW2", "a1", (0, 1), [[0, 1, 0], [0, 1, 0]]),
        ("dL_db2", "dL_dz2", (0, 1), [0, 1]),
        ("W2_new", "dL_dW2", (1, 2), [[0, 0, 0], [0, 0, 1]]),
        ("z2@2", "W2_new", (1, 0), [[0, 1], [0, 1]]),
        ("W2_new@2", "W2_new", (1, 0), [[0, 0, 0], [1, 0, 0]]),
        ("dL_da1@2", "W2_new", (1, 0), [[1, 0, 0], [1, 0, 0]]),
    ],
)
def test_links_are_those_of_the_formulas(target: str, source: str, place: tuple[int, ...], expected: object) -> None:
    """Each entry reads the entries that its formula names, and softmax reads its whole row."""
    assert resting(target, source, place).tolist() == np.array(expected, dtype=bool).tolist()


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", "squared_error"])
def test_slopes_that_jump_are_links_too(loss: str) -> None:
    """The sign in the slope of an absolute error rests on the output, although it rarely moves with it."""
    graph = network_graph(NetworkShape((1, 2), ("identity",), loss))
    found = rests_on(graph, graph["dL_da1"], {"a1": np.array([[True, False], [False, False]])}, 2)
    assert found.tolist() == [[True, False], [False, False]]


def test_a_loss_of_many_outputs_rests_on_each() -> None:
    """Logarithms of dozens of outputs are defined together only where all are positive."""
    graph = network_graph(NetworkShape((1, 30), ("softmax",), "cross_entropy"))
    found = rests_on(graph, graph["loss"], {"a1": np.eye(30, dtype=bool)}, 30)
    assert found.all()


def test_what_is_undefined_is_no_link() -> None:
    """Each root reads its own entry, though most draws leave some of the roots undefined."""
    root = Rule("root", "(o)->(o)", np.sqrt, "")
    x, copy = Quantity("x", "x", (5,)), Quantity("copy", "z", (5,), Rule("copy", "(o)->(o)", np.copy, ""), ("x",))
    graph = ComputationGraph((x, copy, Quantity("roots", "z", (5,), root, ("copy",))))
    found = rests_on(graph, graph["roots"], {"copy": np.eye(5, dtype=bool)}, 5)
    assert found.tolist() == np.eye(5, dtype=bool).tolist()


def test_nothing_rests_on_what_is_sound() -> None:
    """Without a wrong answer nothing is flagged, whoever many students there are."""
    sound = {"z1": np.zeros((3, 6), dtype=bool)}
    assert rests_on(GRAPH, GRAPH["a1"], sound, 3).shape == (3, 6)
    assert not rests_on(GRAPH, GRAPH["a1"], sound, 3).any()
