"""Gradients of random free graphs over all operations, against automatic differentiation of their texts."""

import random
from fractions import Fraction

import numpy as np
import pytest

from examgen.core.chain_rule import has_paths, paths
from examgen.core.circuits.circuit import CircuitShape
from examgen.core.circuits.circuit_rules import ExpressionRule
from examgen.core.circuits.definitions import OPERATIONS
from examgen.core.circuits.expressions import Applied, parts
from examgen.core.evaluation import evaluate
from tests.circuit_oracles import FUNCTIONS, GIVEN, by_autograd, differentiated, random_circuit, random_givens
from tests.oracles import Array, scale_of

GRAPHS = 90
STUDENTS = 2
NEAR = 1e-4
"""Draws that are so near a kink, or at numbers beyond WILD, are not compared."""
WILD = 1e6


def circuits(seed: int, count: int, *, is_rational: bool = False) -> list[CircuitShape]:
    """So many random graphs."""
    return [random_circuit(random.Random(f"{seed} {number}"), is_rational=is_rational) for number in range(count)]


@pytest.fixture(scope="module")
def shapes() -> list[CircuitShape]:
    return circuits(1, GRAPHS)


def compared(shape: CircuitShape, seed: int) -> int:
    """Check a graph's derivatives for some students; returns how many were compared."""
    givens = random_givens(np.random.default_rng(seed), STUDENTS)
    with np.errstate(all="ignore"):
        found = evaluate(shape.graph, givens)
    names = [name.removeprefix("dL_d") for name in shape.wanted]
    count = 0
    for student in range(STUDENTS):
        values = {quantity.name: np.asarray(found[quantity.name][student]) for quantity in shape.graph}
        if is_left_out(shape, values):
            continue
        wanted = by_autograd(shape, {name: value[student] for name, value in givens.items()}, names)
        for name in names:
            if not np.isfinite(wanted[name]).all():
                # Exponentials of the other library overflow where their quotients do not.
                continue
            error = np.abs(values[f"dL_d{name}"] - wanted[name]).max()
            assert error <= 1e-7 * scale_of(wanted[name]), (shape.define, name, values[f"dL_d{name}"], wanted[name])
            count += 1
    return count


def is_left_out(shape: CircuitShape, values: dict[str, Array]) -> bool:
    """Whether some number is wild or so near a kink that rounding decides on which side."""
    if not all(np.abs(value).max(initial=0.0) < WILD for value in values.values()):
        return True
    rules = [
        (one.rule, one.inputs) for one in shape.graph.derived if one.rule is not None and one.rule.kinks is not None
    ]
    return any(
        np.abs(rule.kinks(*(values[name] for name in names))).min() < NEAR for rule, names in rules if rule.kinks
    )


def operations_of(shapes: list[CircuitShape]) -> set[str]:
    """Names of all operations of definitions."""
    rules = [one.rule for shape in shapes for one in shape.graph.derived if one.derivative is None]
    return {
        one.operation.name
        for rule in rules
        if isinstance(rule, ExpressionRule)
        for one in parts(rule.expression)
        if isinstance(one, Applied)
    }


def test_gradients_are_those_of_automatic_differentiation(shapes: list[CircuitShape]) -> None:
    """Each derivative that a graph names, by given and by defined quantities, for several students at once."""
    assert sum(compared(shape, number) for number, shape in enumerate(shapes)) > 5 * GRAPHS


def test_what_cancels_hands_back_zeros() -> None:
    """The derivative through the same operation in two places, once added and once taken away."""
    define = (("q", "conv2d(X, V) - conv2d(X, V)"), ("L", "sum(q^2) + sum(V)"))
    shape = differentiated(CircuitShape(tuple(GIVEN.items()), define))
    assert set(shape.wanted) == {"dL_dX", "dL_dV", "dL_dq"}
    assert compared(shape, 1) == 3 * STUDENTS


def test_the_paths_of_a_graph_add_up_to_its_derivatives(shapes: list[CircuitShape]) -> None:
    """What is told entry by entry, as products along paths, is the derivative; else nothing is told."""
    uses = (("q", "2 * a + b"), ("r", "3 * a - b"), ("s", "a / 2"), ("L", "q * r * s"))
    mean = (("m", "mean(v)"), ("d", "v - m"), ("L", "sum(d^2) * m"))
    for shape in (*(differentiated(CircuitShape(tuple(GIVEN.items()), define)) for define in (uses, mean)), *shapes):
        with np.errstate(all="ignore"):
            found = evaluate(shape.graph, random_givens(np.random.default_rng(3), 1))
        values = {quantity.name: np.asarray(found[quantity.name][0]) for quantity in shape.graph}
        if is_left_out(shape, values):
            continue
        for one in shape.graph.derived:
            for index in np.ndindex(*one.shape) if one.derivative and has_paths(shape.graph, one.name) else ():
                total = sum(
                    float(path.share) * np.prod([values[f.entry[0]][f.entry[1]] for f in path.factors if f.entry])
                    for path in paths(shape.graph, one.name, index)
                )
                assert total == pytest.approx(values[one.name][index], rel=1e-9, abs=1e-9), (shape.define, one.name)


def test_every_operation_is_tried(shapes: list[CircuitShape]) -> None:
    """No row of the table is left out, and the oracle knows each of them."""
    names = {row.name for row in OPERATIONS.values()}
    assert operations_of(shapes) >= names | {"+", "-", "*", "/", "^", "@", ".T", "[]"}
    assert FUNCTIONS.keys() >= names


def test_fractions_stay_exact() -> None:
    """Where it is said that exact fractions go in and come out, they do, and are what doubles come near."""
    count = 0
    for number, shape in enumerate(circuits(2, 40, is_rational=True)):
        if not shape.is_rational:
            continue
        draws = random_givens(np.random.default_rng(number))
        exact = {
            name: np.vectorize(lambda one: Fraction(round(one * 4), 4), otypes=[object])(v) for name, v in draws.items()
        }
        with np.errstate(all="ignore"):
            near = evaluate(shape.graph, {name: np.asarray(value, dtype=float) for name, value in exact.items()})
        found = evaluate(shape.graph, {name: np.asarray(value) for name, value in exact.items()})
        for quantity in shape.graph.derived:
            values, wanted = found[quantity.name], np.asarray(near[quantity.name])
            assert all(isinstance(one, (Fraction, int)) for one in np.ravel(values)), (shape.define, quantity.name)
            if np.abs(wanted).max() < WILD:
                np.testing.assert_allclose(np.asarray(values, dtype=float), wanted, rtol=1e-9, atol=1e-9)
                count += 1
    assert count > 200
