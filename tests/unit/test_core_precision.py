"""Printed decimals against 50-digit arithmetic, and exact fractions against fractions worked out by hand's rules."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.network import NetworkShape, network_graph
from tests.oracles import (
    IN_TURN,
    JUMPS,
    OUTPUTS,
    RATIONAL,
    RATIONAL_LOSSES,
    by_dual_numbers,
    random_givens,
    random_shape,
    scale_of,
)

DECIMALS = 6
NEAR_TIE = 1e-9
"""In units of the last decimal."""


@pytest.mark.parametrize(("output", "loss"), IN_TURN)
def test_every_quantity_equals_50_digit_arithmetic(output: str, loss: str) -> None:
    """Doubles agree with 50 digits to 1e-12 of a quantity's scale, and print the same six decimals."""
    rng = np.random.default_rng([50, *f"{output} {loss}".encode()])
    shape = random_shape(rng, output, loss, layers=3, width=3)
    givens = random_givens(rng, shape)
    found = evaluate(network_graph(shape), givens).values
    with mp.workdps(50):
        for name, exact in by_dual_numbers(shape, givens, mp.mpf).items():
            assert found[name].shape == exact.shape, name
            scale = scale_of(exact)
            for value, precise in zip(found[name].ravel().tolist(), exact.ravel().tolist(), strict=True):
                assert abs(mp.mpf(value) - precise) <= 1e-12 * scale, name
                if abs(mp.frac(abs(precise) * 10**DECIMALS) - 0.5) > NEAR_TIE:
                    assert _printed(value) == int(mp.nint(precise * 10**DECIMALS)), name


@pytest.mark.parametrize(
    ("output", "loss"),
    [(output, loss) for output, loss in OUTPUTS if {output, loss} <= {*RATIONAL, *JUMPS, *RATIONAL_LOSSES}],
)
def test_fractions_stay_exact(output: str, loss: str) -> None:
    """ReLU, leaky ReLU and linear networks map fractions to the very fractions, and doubles to the nearest of them."""
    rng = np.random.default_rng([*f"{output} {loss}".encode()])
    for _ in range(2):
        shape = random_shape(rng, output, loss, RATIONAL, layers=3, width=3)
        givens = random_givens(rng, shape, decimals=1)
        exact = evaluate(network_graph(shape), as_fractions(givens)).values
        doubles = evaluate(network_graph(shape), givens).values
        for name, expected in by_dual_numbers(shape, givens, lambda number: Fraction(str(number))).items():
            assert exact[name].shape == expected.shape, name
            assert exact[name].ravel().tolist() == expected.ravel().tolist(), name
            assert all(isinstance(number, Fraction | int) for number in exact[name].ravel().tolist()), name
            as_doubles = expected.astype(float)
            np.testing.assert_allclose(doubles[name], as_doubles, rtol=0, atol=1e-12 * scale_of(as_doubles))


def test_a_batch_of_fractions_equals_one_at_a_time() -> None:
    """Leading axes change no fraction."""
    shape = NetworkShape((2, 3, 2), ("relu", "leaky_relu"), "mean_squared_error", steps=2, samples_per_step=2)
    givens = as_fractions(random_givens(np.random.default_rng(1), shape, 3, decimals=2))
    together = evaluate(network_graph(shape), givens).values
    for student in range(3):
        own = {name: np.asarray(value[student]) for name, value in givens.items()}
        for name, value in evaluate(network_graph(shape), own).values.items():
            assert np.asarray(together[name][student]).tolist() == value.tolist(), name


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_a_shape_knows_whether_fractions_stay_exact(output: str, loss: str) -> None:
    """A shape is rational where every activation and the loss are, and on no other."""
    is_rational = output in {*RATIONAL, *JUMPS} and loss in RATIONAL_LOSSES
    outputs = 1 if loss == "output" else 2
    assert NetworkShape((1, outputs), (output,), loss).is_rational == is_rational
    if loss != "perceptron":
        assert NetworkShape((1, 2, outputs), ("relu", output), loss).is_rational == is_rational
        assert not NetworkShape((1, 2, outputs), ("tanh", output), loss).is_rational


@pytest.mark.parametrize(
    ("number", "fraction"),
    [
        (0.7, Fraction(7, 10)),
        (-0.1, Fraction(-1, 10)),
        (3, Fraction(3)),
        (1e-05, Fraction(1, 100_000)),
        (2.5e20, Fraction(25 * 10**19)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_drawn_decimals_become_fractions(number: float | Fraction, fraction: Fraction) -> None:
    """A double stands for the shortest decimal that it prints as, in whatever shape it comes."""
    shapes: tuple[tuple[int, ...], ...] = ((), (1,), (2, 1, 3))
    givens = {str(shape): np.full(shape, number) for shape in shapes}
    for name, value in as_fractions(givens).items():
        assert value.shape == givens[name].shape
        assert value.ravel().tolist() == [fraction] * value.size


def _printed(value: float) -> int:
    """The digits that a double prints at so many decimals, as an integer; exact, with ties away from zero."""
    with localcontext(prec=400):
        return int(Decimal(value).scaleb(DECIMALS).to_integral_value(ROUND_HALF_UP))
