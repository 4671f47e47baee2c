"""Arithmetic on entries, of floating-point numbers without warnings, and of fractions without losing anything."""

from collections.abc import Callable

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
    Computation,
    Constant,
    Expression,
    Operation,
    Piece,
    aligned,
    is_object,
)
from examgen.core.circuits.operations.uniform import same_shapes
from examgen.core.rules.rule import Array

MOST_EXACT = 16
"""Larger powers of fractions have more digits than anybody prints."""


def entrywise(function: Callable[..., Array]) -> Computation:
    return lambda arrays, one: np.asarray(function(*aligned(arrays, one.arguments, len(one.shape))))


def divide(above: Array, below: Array) -> Array:
    if is_object(below) or is_object(above):
        return np.asarray(above / below)
    with np.errstate(all="ignore"):
        return np.asarray(above / below)


def power_of(base: Array, exponent: Array) -> Array:
    if is_object(base):
        # Fractions stay exact under whole powers.
        whole = np.frompyfunc(lambda one: int(one) if one == int(one) else float(one), 1, 1)(exponent)
        return np.asarray(base**whole)
    if not np.ndim(exponent) and float(exponent) in (2.0, 3.0):
        # Many times faster than a power, and what students do.
        return np.asarray(base * base if exponent == 2 else base * base * base)
    with np.errstate(all="ignore"):
        return np.asarray(np.float_power(base, np.asarray(exponent, dtype=float)))


def logarithm(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.log(x))


def logarithm_to_ten(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.log10(x))


def is_whole(exponent: Expression) -> bool:
    return isinstance(exponent, Constant) and exponent.value.denominator == 1 and 0 <= exponent.value <= MOST_EXACT


LOGARITHM_TO_TEN = Operation(
    "",
    same_shapes,
    entrywise(logarithm_to_ten),
    lambda texts, _: Piece(rf"\log_{{10}}\left({texts[0].bare}\right)", ATOM),
)
"""What some take for the natural one."""
