"""Misconceptions about the way back on graphs that are no networks: a circuit in which a number is used twice."""

from collections.abc import Iterable

import numpy as np
import pytest

from examgen.core.backward import derivatives
from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.core.misconceptions.paths import no_slope, single_path
from examgen.core.misconceptions.versions import Version
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.arithmetic import ENTRYWISE

X, Y = (Quantity(name, name, ()) for name in "xy")
GIVENS = {"x": np.array(3.0), "y": np.array(-4.0)}


def graph_of(*forward: Quantity) -> ComputationGraph:
    return ComputationGraph((X, Y, *forward, *derivatives(forward, forward[-1].name, [X, Y])))


def values_of(graph: ComputationGraph, versions: Iterable[Version], name: str) -> list[float]:
    """What each version makes of a quantity; versions that change nothing are left out."""
    return [
        float(evaluate(graph.rewired(version.changes), GIVENS).values[name]) for version in versions if version.changes
    ]


def test_one_use_of_a_number_is_followed_where_it_has_two() -> None:
    """f = x y + x: df/dx is y + 1, and by way of one use y or 1."""
    product = Quantity("p", "p", (), ENTRYWISE["multiply"], ("x", "y"))
    graph = graph_of(product, Quantity("f", "f", (), ENTRYWISE["add"], ("p", "x")))
    assert float(evaluate(graph, GIVENS)["df_dx"]) == -3
    assert sorted(values_of(graph, single_path(graph), "df_dx")) == [-4, 1]


def test_a_function_s_own_derivative_is_left_out() -> None:
    """s = sigmoid(x), f = s y: df/dx is y s (1 - s), and without the slope y."""
    squashed = Quantity("s", "s", (), ACTIVATIONS["sigmoid"].rule(), ("x",), role=Role.ACTIVATION)
    graph = graph_of(squashed, Quantity("f", "f", (), ENTRYWISE["multiply"], ("s", "y")))
    s = 1 / (1 + np.exp(-3))
    assert float(evaluate(graph, GIVENS)["df_dx"]) == pytest.approx(-4 * s * (1 - s))
    assert set(values_of(graph, no_slope(graph), "df_dx")) == {-4}


def test_where_there_is_nothing_to_leave_out_nothing_changes() -> None:
    """f = x + y has neither slopes nor several paths."""
    graph = graph_of(Quantity("f", "f", (), ENTRYWISE["add"], ("x", "y")))
    assert not values_of(graph, [*no_slope(graph), *single_path(graph)], "df_dx")
