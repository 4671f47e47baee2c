"""Numbers and arrays of expressions: one number in every entry, and the sum of all entries."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from examgen.core.circuits.expressions import (
    OPEN,
    PRODUCT,
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Settings,
    Shape,
    applied,
    axes_of,
    inner,
)
from examgen.core.rules.rule import Array

ZERO, ONE = Constant(Fraction(0)), Constant(Fraction(1))


def same_shapes(shapes: Sequence[Shape], _settings: Settings = ()) -> Shape:
    """Entry by entry: all of one shape, or numbers beside it."""
    arrays = list(dict.fromkeys(shape for shape in shapes if shape))
    if len(arrays) > 1:
        found = " and ".join(str(list(shape)) for shape in arrays)
        raise ValueError(f"{found} have different shapes; entry by entry goes with the same shape, or with a number")
    return arrays[0] if arrays else ()


# Sums over all entries, and a number in every entry: what goes back through numbers beside arrays.


def over_entries(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    """One number of all entries of an array."""
    if not shapes[0]:
        raise ValueError("a number has no entries to go over; this is for arrays")
    return ()


INDICES = "ij"
"""The letters of the entries of a vector or matrix in a sum."""

FURTHER_INDICES = str.maketrans(INDICES, "kl")
"""Those of a sum within a sum."""


def sum_sign(one: Applied) -> str:
    """The sign of a sum over all entries of the argument."""
    return rf"\sum_{{{','.join(INDICES[: len(one.arguments[0].shape)])}}}"


TOTAL = Operation(
    "sum",
    over_entries,
    lambda arrays, one: np.asarray(arrays[0].sum(axis=axes_of(one.arguments[0].shape))),
    lambda texts, one: Piece(rf"{sum_sign(one)} {texts[0].within(OPEN)}", OPEN),
    pull=lambda one, gradient: [spread(gradient, one.arguments[0].shape)],
    is_rational=True,
    sums_entries=True,
    is_linear=True,
    sign=r"\sum",
)


def _spread(arrays: Sequence[Array], one: Applied) -> Array:
    (value,) = arrays
    return np.broadcast_to(value[inner(*[None] * len(one.settings))], (*value.shape, *one.settings))


FILL = Operation(
    "",
    lambda _shapes, settings: settings,
    _spread,
    lambda texts, _: Piece(rf"{texts[0].within(PRODUCT)} \, \mathbf{{1}}", PRODUCT),
    is_rational=True,
    is_linear=True,
)
"""A number in every entry of an array; its settings are the shape."""


def _as_often(arrays: Sequence[Array], one: Applied) -> Array:
    value, other = arrays
    first = other[inner(*[0] * len(one.arguments[1].shape))]
    return np.asarray(value + 0 * first[inner(*[None] * len(one.shape))])


AS_OFTEN = Operation(
    "",
    lambda shapes, _: shapes[0],
    _as_often,
    lambda texts, _: texts[0],
    is_rational=True,
    is_linear=True,
)
"""A number of the text, as often as there are values of something else that it does not depend on."""


def as_often(value: Expression, other: Expression) -> Expression:
    """A number of the text, or an array of it, for everybody who has a value of something else."""
    return applied(AS_OFTEN, value, other)


def spread(value: Expression, shape: Shape) -> Expression:
    """A number in every entry of an array of this shape; what has the shape already stays."""
    return value if value.shape == shape else applied(FILL, value, settings=shape)


def is_applied(expression: Expression, operation: Operation) -> bool:
    """Whether an expression is this operation on something."""
    return isinstance(expression, Applied) and expression.operation is operation


def arguments_of(filled: Expression) -> list[Expression]:
    """What an operation is applied to; nothing for names and numbers."""
    return list(filled.arguments) if isinstance(filled, Applied) else []


def is_zero(value: Expression) -> bool:
    """Whether it is 0 for all numbers, in every entry."""
    return value == ZERO or (
        (is_applied(value, FILL) or is_applied(value, AS_OFTEN)) and is_zero(arguments_of(value)[0])
    )
