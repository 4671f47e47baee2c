"""Printed numbers and asked digits, on the cases that go wrong first."""

import math

import numpy as np
import pytest

from examgen.exams.digits import Digits, print_decimals


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0.285, 2, "0.29"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (-1.005, 2, "-1.01"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.1 + 0.2, 1, "0.3"),
        (0.15 + 0.2, 1, "0.4"),
        (1e-7, 4, "0.0000"),
        (5e-324, 2, "0.00"),
        (0.00005, 4, "0.0001"),
        (-0.001, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-0.0, 0, "0"),
        (-4.9, -1, "0"),
        (1250, -2, "1300"),
        (-1249, -2, "-1200"),
        (0, -3, "0"),
        (1234567890123.0, 2, "1234567890123.00"),
        (1e30, 4, "1" + "0" * 30 + ".0000"),
        (-1e300, 9, "-1" + "0" * 300 + "." + "0" * 9),
        (math.inf, 2, "inf"),
        (-math.inf, 2, "-inf"),
        (math.nan, 2, "nan"),
    ],
)
def test_numbers_print_as_by_hand(value: float, decimals: int, printed: str) -> None:
    """Ties go away from zero, small numbers are 0 without a sign, and no size is too large to print."""
    assert print_decimals(value, decimals) == printed


@pytest.mark.parametrize(
    ("reference", "figures", "decimals"),
    [
        (0.01234, 3, 4),
        (1234, 3, -1),
        (0.9996, 3, 2),
        (0.9994, 3, 3),
        (0.9995, 3, 2),
        (9.995, 3, 1),
        (-9.995, 3, 1),
        (99.95, 3, 0),
        (-0.9996, 3, 2),
        (-0.01234, 3, 4),
        (0, 3, 3),
        (-0.0, 3, 3),
        (1, 1, 0),
        (9.5, 1, -1),
        (9.4, 1, 0),
        (math.inf, 3, 3),
        (math.nan, 3, 3),
        (2e-12, 1, 12),
        (0.1 * 3 - 0.3, 3, 3),
        (1e-300, 2, 2),
    ],
)
def test_significant_figures_mean_these_decimals(reference: float, figures: int, decimals: int) -> None:
    """Figures count from the leading digit of the rounded reference; 0, also as a double, inf and nan have none."""
    assert int(Digits(significant_figures=figures).decimals_for(np.array(reference))) == decimals


def test_powers_of_ten_have_their_own_leading_digit() -> None:
    """No logarithm puts 1000 or 0.001 a digit too low."""
    powers = range(-11, 31)
    values = np.array([float(f"1e{power}") for power in powers])
    for figures in range(1, 10):
        decimals = Digits(significant_figures=figures).decimals_for(values)
        assert decimals.tolist() == [figures - 1 - power for power in powers]


def test_decimals_do_not_depend_on_the_reference() -> None:
    """Four decimals are four decimals for any reference and any shape of references."""
    references = np.array([[0.0, -1e9], [math.nan, 3e-9]])
    assert Digits(decimals=4).decimals_for(references).tolist() == [[4, 4], [4, 4]]


def test_half_units_leave_ties_to_either_side() -> None:
    """Half a unit is 0.51 of the last asked digit."""
    assert Digits(decimals=2).half_units(np.array([1.0, 700.0])) == pytest.approx([0.0051, 0.0051])
    figures = Digits(significant_figures=2).half_units(np.array([0.0123, 1234.0, 0.0]))
    assert figures == pytest.approx([0.00051, 51, 0.0051])
