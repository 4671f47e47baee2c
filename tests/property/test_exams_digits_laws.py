"""Printed numbers against integer and decimal arithmetic, over many exact decimals."""

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examgen.exams.digits import Digits, print_all, print_decimals

# As many digits as a double always keeps.
EXACT = st.tuples(st.integers(-(10**14), 10**14) | st.integers(-2000, 2000), st.integers(0, 16))


def rounded_by_integers(number: int, scale: int, decimals: int) -> str:
    """number / 10**scale at so many decimals, half up in size, by integer arithmetic alone."""
    shift = 10 ** max(0, decimals - scale)
    unit = 10 ** max(0, scale - decimals)
    size = (2 * abs(number) * shift + unit) // (2 * unit)
    digits = str(size).rjust(decimals + 1, "0") if decimals >= 0 else str(size * 10**-decimals)
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals > 0 else digits
    return f"-{text}" if number < 0 and size else text


@given(EXACT, st.integers(-4, 9))
def test_exact_decimals_round_half_away_from_zero(exact: tuple[int, int], decimals: int) -> None:
    """What is printed for a decimal's double is the decimal rounded, ties included, and is never a negative zero."""
    number, scale = exact
    assert print_decimals(float(f"{number}e-{scale}"), decimals) == rounded_by_integers(number, scale, decimals)


@given(st.integers(-(10**6), 10**6), st.integers(1, 9))
def test_every_tie_rounds_away_from_zero(units: int, decimals: int) -> None:
    """0.285 at 2 decimals is 0.29 although its double is below it, and so are all its kind."""
    value = float(f"{10 * abs(units) + 5}e-{decimals + 1}")
    expected = f"{Decimal(abs(units) + 1).scaleb(-decimals):f}"
    assert print_decimals(value, decimals) == expected
    assert print_decimals(-value, decimals) == f"-{expected}"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 9))
def test_any_double_prints_in_plain_digits(value: float, decimals: int) -> None:
    """No exponent, no sign without a digit, the asked decimals, and near the value."""
    text = print_decimals(value, decimals)
    assert set(text) <= set("-.0123456789")
    assert not (text.startswith("-") and not text.strip("-0."))
    assert len(text.partition(".")[2]) == max(decimals, 0)
    assert (
        abs(Decimal(text) - Decimal(value)) <= Decimal(10) ** -decimals * Decimal("0.5") + abs(Decimal(value)) / 10**14
    )


@given(st.integers(1, 10**13), st.integers(-5, 11), st.booleans(), st.integers(1, 9))
def test_figures_are_those_of_the_rounded_decimal(number: int, scale: int, negative: bool, figures: int) -> None:
    """Significant figures mean the decimals of the reference rounded to so many figures in decimal arithmetic."""
    exact = Decimal(-number if negative else number).scaleb(-scale)
    rounded = Context(prec=figures, rounding=ROUND_HALF_UP).create_decimal(exact)
    decimals = Digits(significant_figures=figures).decimals_for(np.array(float(exact)))
    assert int(decimals) == figures - 1 - rounded.adjusted()


ANY_NUMBER = st.floats() | EXACT.map(lambda exact: float(f"{exact[0]}e-{exact[1]}"))
NEAR_TIES = st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 9), st.integers(-3, 3)).map(
    lambda tie: float(f"{10 * tie[0] + 5}e-{tie[1] + 1}") * (1 + tie[2] * 2.0**-52)
)


@given(st.lists(st.tuples(ANY_NUMBER | NEAR_TIES, st.integers(-4, 9)), max_size=20))
def test_many_numbers_print_as_one_by_one(numbers: list[tuple[float, int]]) -> None:
    """Printing a list at once is a matter of speed alone: ties, their neighbours, huge numbers and words included."""
    values = np.array([value for value, _ in numbers], dtype=float)
    decimals = np.array([places for _, places in numbers], dtype=int)
    assert print_all(values, decimals) == [print_decimals(value, places) for value, places in numbers]
