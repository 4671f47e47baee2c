"""Products of matrices and vectors, and transposes."""

from collections.abc import Sequence
from math import prod

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
    POWER,
    PRODUCT,
    Applied,
    Expression,
    Operation,
    Piece,
    Settings,
    Shape,
    applied,
)
from examgen.core.circuits.operations.simplest_forms import times
from examgen.core.rules.rule import Array

_LETTERS = "abcdef"


def _matrix_shape(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    left, right = shapes
    if not left or not right:
        raise ValueError("{0} @ {1} is with a number; write * for it")
    if len(left) > 2 or len(right) > 2:
        raise ValueError("{0} @ {1}: @ is of matrices and vectors")
    if left[-1] != right[0]:
        needed = str([left[-1], *right[1:]])
        raise ValueError(f"{{0}} @ {{1}} needs {needed} behind @")
    return (*left[:-1], *right[1:])


def _matrix(arrays: Sequence[Array], one: Applied) -> Array:
    left, right = (argument.shape for argument in one.arguments)
    rows, columns = "r" * (len(left) - 1), "c" * (len(right) - 1)
    return np.asarray(np.einsum(f"...{rows}k,...k{columns}->...{rows}{columns}", *arrays))


def _write_matrix(texts: Sequence[Piece], one: Applied) -> Piece:
    left, right = texts
    if len(one.arguments[0].shape) == 1:
        # Vectors are columns on paper: in front of a vector stands a row, and in front of a matrix none can.
        return _write_dot(texts) if not one.shape else _side_by_side(_raised(right), left)
    return _side_by_side(left.within(PRODUCT), right)


def _side_by_side(left: str, right: Piece) -> Piece:
    return Piece(f"{left} <thin> {right.within(PRODUCT)}", PRODUCT)


def _write_dot(texts: Sequence[Piece]) -> Piece:
    return _side_by_side(_raised(texts[0]), texts[1])


def _write_any_dot(texts: Sequence[Piece], one: Applied) -> Piece:
    """Of two matrices the trace, which is the sum of the products of their entries."""
    product = _write_dot(texts)
    is_of_vectors = len(one.arguments[0].shape) == 1
    return product if is_of_vectors else Piece(rf"\operatorname{{tr}}\left({product.latex}\right)")


def _pull_matrix(one: Applied, gradient: Expression) -> list[Expression | None]:
    left, right = one.arguments
    if not one.shape:
        return [times(gradient, right), times(gradient, left)]
    if len(left.shape) == 2 and len(right.shape) == 1:
        return [outer(gradient, right), product(transposed(left), gradient)]
    if len(left.shape) == 1:
        return [product(right, gradient), outer(left, gradient)]
    return [product(gradient, transposed(right)), product(transposed(left), gradient)]


def product(left: Expression, right: Expression) -> Expression:
    """left @ right; a number in front of either stays in front."""
    return applied(MATRIX, left, right)


def transposed(matrix: Expression) -> Expression:
    """The transpose; of a transpose, the matrix."""
    if isinstance(matrix, Applied) and matrix.operation is TRANSPOSE:
        return matrix.arguments[0]
    return applied(TRANSPOSE, matrix)


def outer(left: Expression, right: Expression) -> Expression:
    """The matrix of all products of two vectors' entries."""
    return applied(OUTER, left, right)


def _transposed_shape(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    if len(shapes[0]) != 2:
        raise ValueError(f"{list(shapes[0])}.T; .T is of matrices")
    return shapes[0][::-1]


def _write_transpose(texts: Sequence[Piece], _one: Applied) -> Piece:
    (text,) = texts
    if text.is_place:
        return Piece(text.read_as("T"), POWER)
    return Piece(rf"{text.within(ATOM)}^{{\top}}", POWER)


def _vectors(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    if any(len(shape) != 1 for shape in shapes):
        raise ValueError(f"{list(shapes[0])} and {list(shapes[1])}; outer is of two vectors")
    return (*shapes[0], *shapes[1])


def _dot_shape(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    if not shapes[0] or shapes[0] != shapes[1]:
        raise ValueError(f"{list(shapes[0])} and {list(shapes[1])}; dot is of two arrays of the same shape")
    return ()


def _dot(arrays: Sequence[Array], one: Applied) -> Array:
    letters = _LETTERS[: len(one.arguments[0].shape)]
    return np.asarray(np.einsum(f"...{letters},...{letters}->...", *arrays))


MATRIX = Operation(
    "@",
    _matrix_shape,
    _matrix,
    _write_matrix,
    _pull_matrix,
    2,
    2,
    is_rational=True,
    products=lambda one: prod(one.arguments[0].shape) * prod(one.arguments[1].shape[1:]),
    is_linear=True,
    sign=r"\cdot",
)
TRANSPOSE = Operation(
    ".T",
    _transposed_shape,
    lambda arrays, _: np.swapaxes(arrays[0], -1, -2),
    _write_transpose,
    lambda _one, gradient: [transposed(gradient)],
    is_rational=True,
    is_linear=True,
    sign=r"(\cdot)^{\top}",
)
OUTER = Operation(
    "outer",
    _vectors,
    lambda arrays, _: np.einsum("...a,...b->...ab", *arrays),
    lambda texts, _: Piece(f"{texts[0].within(PRODUCT)} <thin> {_raised(texts[1])}", PRODUCT),
    lambda one, gradient: [product(gradient, one.arguments[1]), product(transposed(gradient), one.arguments[0])],
    2,
    2,
    is_rational=True,
    products=lambda one: prod(one.shape),
    is_linear=True,
    sign=r"\otimes",
)
DOT = Operation(
    "dot",
    _dot_shape,
    _dot,
    _write_any_dot,
    lambda one, gradient: [times(gradient, one.arguments[1]), times(gradient, one.arguments[0])],
    2,
    2,
    is_rational=True,
    products=lambda one: prod(one.arguments[0].shape),
    is_linear=True,
    sign=r"\langle \cdot, \cdot \rangle",
)


def _raised(text: Piece) -> str:
    return _write_transpose([text], None).latex  # type: ignore[arg-type]


MATRICES = (MATRIX, TRANSPOSE, OUTER, DOT)
