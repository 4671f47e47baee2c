"""Pooling, of one or two axes: the largest entry of a window that moves over an array, or the mean of its entries."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from examgen.core.circuits.expressions import (
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Settings,
    Shape,
    applied,
    flat,
)
from examgen.core.circuits.operations.functions import extreme, is_ahead, is_typed, lead, write_call
from examgen.core.circuits.operations.simplest_forms import times
from examgen.core.circuits.operations.windows import places_in, result_shape, shape_in_settings, under
from examgen.core.rules.rule import Array


def _pooled_shape(shapes: Sequence[Shape], settings: Settings) -> Shape:
    (shape,) = shapes
    width, stride = settings
    if not 1 <= len(shape) <= 2:
        raise ValueError(f"{list(shape)}; pooling is of vectors and matrices")
    if width < 1 or stride < 0:
        raise ValueError(f"size {width} and stride {stride}; use sizes of 1 or more")
    return result_shape(shape, (width,) * len(shape), stride or width, 0)


def _windows(array: Array, one: Applied) -> Array:
    """(..., *shape of the result, entries of the window)."""
    width, stride = one.settings
    places = places_in((width,) * len(one.shape))
    return np.stack([under(array, place, stride or width, one.shape) for place in places], axis=-1)


def _back_from_windows(shares: Array, one: Applied, shape: Shape, settings: Settings) -> Array:
    """From (..., *shape of the result, entries of the window) back to the array, added up where windows overlap."""
    width, stride = settings
    counts = one.arguments[0].shape
    found = np.zeros((*shares.shape[: shares.ndim - len(counts) - 1], *shape), dtype=shares.dtype)
    for number, place in enumerate(places_in((width,) * len(counts))):
        under(found, place, stride or width, counts)[...] += shares[..., number]
    return found


def _max_pooled(arrays: Sequence[Array], one: Applied) -> Array:
    return extreme(_windows(arrays[0], one))


def _lead_in_windows(arrays: Sequence[Array], one: Applied) -> Array:
    return flat(lead(_windows(arrays[0], one)), one.shape)


def _to_largest(arrays: Sequence[Array], one: Applied) -> Array:
    """Each gradient goes back to the largest entry of its window; to the first where several are."""
    gradient, array = arrays
    width, stride = one.settings[-2:]
    pooled = Applied(MAX_POOL, one.arguments[1:], (width, stride), one.arguments[0].shape)
    windows = _windows(array, pooled)
    if is_typed(windows):
        first = is_ahead(windows)
    else:
        is_largest = np.asarray(windows == extreme(windows)[..., None], dtype=bool)
        first = np.eye(windows.shape[-1], dtype=int)[is_largest.argmax(axis=-1)]
    return _back_from_windows(first * gradient[..., None], one, one.shape, (width, stride))


def _to_all(arrays: Sequence[Array], one: Applied) -> Array:
    (gradient,) = arrays
    width, stride = one.settings[-2:]
    shares = np.repeat(gradient[..., None], width ** len(one.shape), axis=-1)
    return _back_from_windows(shares, one, one.shape, (width, stride))


_UNPOOL, _SPREAD = write_call(r"\operatorname{unpool}"), write_call(r"\operatorname{spread}")
TO_LARGEST = Operation("", shape_in_settings, _to_largest, _UNPOOL, least=2, most=2, is_rational=True)
TO_ALL = Operation("", shape_in_settings, _to_all, _SPREAD, is_rational=True, is_linear=True)


def _pull_max_pool(one: Applied, gradient: Expression) -> list[Expression | None]:
    (array,) = one.arguments
    return [applied(TO_LARGEST, gradient, array, settings=(*array.shape, *one.settings))]


def _pull_to_all(one: Applied, gradient: Expression) -> list[Expression | None]:
    (array,) = one.arguments
    return [applied(TO_ALL, gradient, settings=(*array.shape, *one.settings))]


def _pull_mean_pool(one: Applied, gradient: Expression) -> list[Expression | None]:
    share = Constant(Fraction(1, one.settings[0] ** len(one.shape)))
    return _pull_to_all(one, times(share, gradient))


def _write_pool(name: str) -> Callable[[Sequence[Piece], Applied], Piece]:
    def write(texts: Sequence[Piece], one: Applied) -> Piece:
        width, stride = one.settings
        size = r" \times ".join([str(width)] * len(one.shape))
        # Windows that lie beside one another need no word.
        moved = rf",\, \mathrm{{s}} = {stride}" if stride not in (0, width) else ""
        return Piece(rf"\operatorname{{{name}}}_{{{size}{moved}}}\left({texts[0].bare}\right)")

    return write


_SIZES = {"size": 2, "stride": 0}
MAX_POOL = Operation(
    "max_pool",
    _pooled_shape,
    _max_pooled,
    _write_pool("maxpool"),
    _pull_max_pool,
    settings=_SIZES,
    kink=_lead_in_windows,
    is_rational=True,
    wrong={"max-to-both": _pull_to_all},
)
AVERAGE_POOL = Operation(
    "avg_pool",
    _pooled_shape,
    lambda arrays, one: np.asarray(_windows(arrays[0], one).sum(axis=-1) / one.settings[0] ** len(one.shape)),
    _write_pool("avgpool"),
    _pull_mean_pool,
    settings=_SIZES,
    is_rational=True,
    is_linear=True,
    wrong={"sum-for-mean": _pull_to_all},
)

POOLINGS = (MAX_POOL, AVERAGE_POOL)
