"""Exact arithmetic: drawn numbers as fractions, for graphs whose rules keep fractions exact.

Numbers of banks are decimals of at most `MAX_DIGITS` digits, or fractions such as 1/3. What has more digits, as a
decimal or as a double, therefore stands for a fraction, and `exactly` finds it again.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

from examgen.core.graph import Values
from examgen.core.rules.rule import Array

MAX_DIGITS = 15
"""Digits of a decimal that a bank may have; any double tells apart as many."""

MAX_DENOMINATOR = 10_000
"""Of fractions in banks: few enough that doubles tell all of them apart, up to numbers of millions."""


def exactly(number: float | Decimal | Fraction) -> Fraction:
    """What a number stands for: the shortest decimal that it prints as, or the fraction to which it is the nearest.

    0.7 becomes 7/10, and 0.3333333333333333 becomes 1/3.
    """
    if isinstance(number, Fraction):
        return number
    shown = Fraction(str(number))
    if shown.denominator <= MAX_DENOMINATOR:
        return shown
    near = shown.limit_denominator(MAX_DENOMINATOR)
    if isinstance(number, Decimal):
        return near if len(number.as_tuple().digits) > MAX_DIGITS else shown
    return near if float(near) == number else shown


def is_decimal(number: Fraction) -> bool:
    """Whether decimals can say it exactly."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def as_fractions(givens: Mapping[str, Array]) -> Values:
    """Arrays of `Fraction` from arrays of numbers, each as `exactly` what it stands for."""
    return {name: _fractions(np.asarray(value)) for name, value in givens.items()}


def _fractions(value: Array) -> Array:
    flat = [exactly(number) for number in value.ravel().tolist()]
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(value.shape)
