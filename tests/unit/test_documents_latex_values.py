"""The evaluator that judges worked pages: it gives the right values and bounds, and refuses what is no mathematics."""

import numpy as np
import pytest

from tests.latex_values import value_of
from tests.printed_numbers import LatexValueError, Printed, printed_numbers

COLUMN = r"\begin{bmatrix} 1 \\ -2 \end{bmatrix}"
SYMBOLS = {
    "W^{(1)}": printed_numbers([["1", "2"], ["3", "4"]]),
    "x": printed_numbers([["1"], ["-2"]]),
    r"\frac{\partial C}{\partial x}": printed_numbers([["5"], ["7"]]),
    r"\sigma'\left(z\right)": printed_numbers([["3"], ["4"]]),
}

VALUES = [
    (r"-0.5 \cdot \left(-3\right) + 2", 3.5),
    (r"1 - 3 \cdot 3", -8),
    (r"\frac{1}{4} \left(\left(3 - 1\right)^2 + \left(0 - 1\right)^2\right)", 1.25),
    (r"-\frac{1}{4} + \frac{1 - 0}{1 - 3}", -0.75),
    (r"-\left(1 \cdot \ln 1 + (1 - 0) \cdot \ln(1 - 0)\right)", 0),
    (r"\max\left(0, -3\right)", 0),
    (r"\max\left(0.01\,\left(-3\right), -3\right)", -0.03),
    (r"1 + \min\left(0, -1\right)", 0),
    (r"\left[2 > 0\right] + 0.01 \left[2 \le 0\right]", 1),
    (r"\left[-2 > 0\right] + 0.01 \left[-2 \le 0\right]", 0.01),
    (r"\operatorname{sign}\left(1 - 3\right)", -1),
    (r"\left|1 - 3\right|", 2),
    (r"h\left(3 - 1\right) + h'\left(1 - 3\right)", 0.5),
    (r"\sigma\left(0\right) + \tanh\left(0\right)", 0.5),
    (r"\ln\left(1 + \exp\left(0\right)\right)", np.log(2)),
    (r"\operatorname{ELU}\left(-1\right)", np.exp(-1) - 1),
    (r"W^{(1)} x", [[-3], [-5]]),
    (r"\left(W^{(1)}\right)^{\top} \frac{\partial C}{\partial x}", [[26], [38]]),
    (r"x \odot \sigma'\left(z\right)", [[3], [-8]]),
    (r"x \, x^{\top}", [[1, -2], [-2, 4]]),
    (r"x \mathbf{1}_{3}^{\top} \mathbf{1}_{3}", [[3], [-6]]),
    (rf"1 - {COLUMN}", [[0], [3]]),
    (r"\sum_{k} \left(x_{k} - \frac{\partial C}{\partial x}_{k}\right)^2", 97),
    (rf"\operatorname{{softmax}}\left({COLUMN}\right)", [[1 / (1 + np.exp(-3))], [1 / (1 + np.exp(3))]]),
]

REFUSED = [
    r"2 \cdot -3",
    r"2 - -3",
    r"2 + -3",
    "--3",
    rf"{COLUMN} \cdot {COLUMN}",
    rf"{COLUMN} \, {COLUMN}",
    rf"W^{{(1)}} + {COLUMN}",
    rf"W^{{(1)}} \odot {COLUMN}",
    r"W^{(1)}_{new}",
    "W^{(2)} x",
    "y",
    r"\left(2",
    "2 3)",
    "",
    r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}",
    r"\begin{bmatrix} --1 \end{bmatrix}",
]


@pytest.mark.parametrize(("latex", "value"), VALUES)
def test_values(latex: str, value: object) -> None:
    """Each construction that pages use has the value that it has on paper."""
    np.testing.assert_allclose(value_of(latex, SYMBOLS).value, np.array(value, ndmin=2), atol=1e-15)


@pytest.mark.parametrize("latex", REFUSED)
def test_what_is_no_mathematics_is_refused(latex: str) -> None:
    """Two signs side by side, shapes that do not fit, and unknown symbols have no value."""
    with pytest.raises(LatexValueError):
        value_of(latex, SYMBOLS)


def test_the_shown_order_counts() -> None:
    """Softmax adds up along the units, wherever they stand."""
    row = r"\operatorname{softmax}\left(\begin{bmatrix} 1 & 1 \end{bmatrix}\right)"
    assert value_of(row, unit_axis=0).value.tolist() == [[1, 1]]
    assert value_of(row, unit_axis=1).value.tolist() == [[0.5, 0.5]]


def test_bounds_follow_from_printed_decimals() -> None:
    """0.50 is 0.495 to 0.505, 2 is 2, and products and differences carry the bounds on."""
    assert _bounds(r"0.50") == pytest.approx((0.495, 0.505))
    assert _bounds("2") == (2, 2)
    assert _bounds(r"2 \cdot 0.50 - 0.1") == pytest.approx((0.99 - 0.15, 1.01 - 0.05))
    assert _bounds(r"\left(0.2 - 0.2\right)^2") == pytest.approx((0, 0.01))


@pytest.mark.parametrize("function", [r"\sigma", r"\tanh", r"\operatorname{ELU}", "h", "h'", r"\exp", "0.3 -", "0.3 /"])
def test_bounds_hold(function: str) -> None:
    """No number that prints as the argument leads outside of the bounds."""
    for argument in np.linspace(-1.5, 1.5, 13).round(1):
        wide = _applied(function, f"{argument:.1f}")
        for inside in np.linspace(argument - 0.05, argument + 0.05, 7):
            exact = _applied(function, f"{inside:.12f}")
            assert wide.low <= exact.value + 1e-12
            assert exact.value - 1e-12 <= wide.high


def test_bounds_of_softmax_hold() -> None:
    """The same for softmax, whose outputs fall with the other arguments."""
    z = r"\operatorname{{softmax}}\left(\begin{{bmatrix}} {:{form}} \\ {:{form}} \\ {:{form}} \end{{bmatrix}}\right)"
    wide = value_of(z.format(0.4, -0.7, 1.1, form=".1f"))
    for corner in np.ndindex(3, 3, 3):
        moved = np.array([0.4, -0.7, 1.1]) + (np.array(corner) - 1) * 0.05
        exact = value_of(z.format(*moved, form=".9f")).value
        assert np.all((wide.low <= exact + 1e-8) & (exact - 1e-8 <= wide.high))
    assert np.all(wide.high - wide.low < 0.06)


def test_what_cannot_be_one_value_is_told_apart() -> None:
    """0.50 may be 0.5, and is not 0.51."""
    assert value_of("0.50").may_equal(value_of("0.5"))
    assert not value_of("0.50").may_equal(value_of("0.51").each(lambda value: value + 0.001))


def _bounds(latex: str) -> tuple[float, float]:
    found = value_of(latex)
    return found.low.item(), found.high.item()


def _applied(function: str, argument: str) -> Printed:
    inner = rf"\left({argument}\right)"
    if function == "0.3 /":
        return value_of(rf"\frac{{0.3}}{{{inner} + 3}}")
    return value_of(f"{function} {inner}" if function == "0.3 -" else f"{function}{inner}")
