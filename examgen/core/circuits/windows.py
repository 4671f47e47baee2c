"""Operations with a window that moves over an array: convolution as cross-correlation, and pooling, of one or two axes.

A convolution here is what networks call so: the filter is laid over the array as it stands, not flipped. Each entry of
the result is the sum of products of the filter with what lies under it.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np

from examgen.core.circuits.arithmetic import times
from examgen.core.circuits.expressions import (
    PRODUCT,
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Settings,
    Shape,
    applied,
    inner,
)
from examgen.core.circuits.functions import called
from examgen.core.rules.rule import Array

_STRIDE, _PADDING = 0, 1


def _result_shape(array: Shape, window: Shape, stride: int, padding: int) -> Shape:
    """How often a window fits along each axis."""
    found = tuple((size + 2 * padding - width) // stride + 1 for size, width in zip(array, window, strict=True))
    if min(found) < 1:
        raise ValueError(f"a window of {list(window)} does not fit into {list(array)} with padding {padding}")
    return found


def _convolved_shape(axes: int) -> Callable[[Sequence[Shape], Settings], Shape]:
    def fits(shapes: Sequence[Shape], settings: Settings) -> Shape:
        array, window = shapes
        if len(array) != axes or len(window) != axes:
            raise ValueError(f"{list(array)} and {list(window)}; conv{axes}d is of arrays of {axes} axes")
        stride, padding = _checked(settings)
        return _result_shape(array, window, stride, padding)

    return fits


def _checked(settings: Settings) -> Settings:
    stride, padding = settings
    if stride < 1 or padding < 0:
        raise ValueError(f"stride {stride} and padding {padding}; use a stride of 1 or more and a padding of 0 or more")
    return settings


def _padded(array: Array, axes: int, padding: int) -> Array:
    """With so many zeros around it, which are exact where the array is."""
    if not padding:
        return array
    sizes = [size + 2 * padding for size in array.shape[-axes:]]
    found = np.zeros((*array.shape[:-axes], *sizes), dtype=array.dtype)
    found[inner(*[slice(padding, -padding)] * axes)] = array
    return found


def _under(array: Array, place: Shape, stride: int, counts: Shape) -> Array:
    """What lies under one place of the window, for all of its positions."""
    slices = (slice(at, at + stride * (count - 1) + 1, stride) for at, count in zip(place, counts, strict=True))
    return np.asarray(array[inner(*slices)])


def _places(window: Shape) -> Iterator[Shape]:
    return product(*map(range, window))


def _convolved(arrays: Sequence[Array], one: Applied) -> Array:
    array, window = arrays
    stride, padding = one.settings
    axes = len(one.shape)
    padded, ones = _padded(array, axes, padding), (None,) * axes
    terms = (
        window[inner(*place)][inner(*ones)] * _under(padded, place, stride, one.shape)
        for place in _places(one.arguments[1].shape)
    )
    return np.asarray(sum(terms))


def _pull_convolved(one: Applied, gradient: Expression) -> list[Expression | None]:
    array, window = one.arguments
    return [
        applied(TO_ARRAY, gradient, window, settings=(*array.shape, *one.settings)),
        applied(TO_FILTER, gradient, array, settings=(*window.shape, *one.settings)),
    ]


def _shape_in_settings(_shapes: Sequence[Shape], settings: Settings) -> Shape:
    return settings[:-2]


def _to_filter(arrays: Sequence[Array], one: Applied) -> Array:
    """The derivative by the filter: for each of its places, the sum of the gradient times what lay under it."""
    gradient, array = arrays
    stride, padding = one.settings[-2:]
    axes, counts = len(one.shape), one.arguments[0].shape
    padded = _padded(array, axes, padding)
    sums = [
        (gradient * _under(padded, place, stride, counts)).sum(axis=tuple(range(-axes, 0)))
        for place in _places(one.shape)
    ]
    return np.stack(np.broadcast_arrays(*sums), axis=-1).reshape(*sums[0].shape, *one.shape)


def _to_array(arrays: Sequence[Array], one: Applied) -> Array:
    """The derivative by the array: each gradient goes back to all that lay under its window, times the filter."""
    gradient, window = arrays
    stride, padding = one.settings[-2:]
    axes, counts = len(one.shape), one.arguments[0].shape
    ones = (None,) * axes
    terms = [window[inner(*place)][inner(*ones)] * gradient for place in _places(one.arguments[1].shape)]
    sizes = [size + 2 * padding for size in one.shape]
    found = np.zeros((*terms[0].shape[:-axes], *sizes), dtype=terms[0].dtype)
    for place, term in zip(_places(one.arguments[1].shape), terms, strict=True):
        _under(found, place, stride, counts)[...] += term
    return np.asarray(found[inner(*[slice(padding, size - padding) for size in sizes])])


def _products_of_filter(one: Applied) -> int:
    """Each gradient goes with each place of the filter."""
    shape, other = (argument.shape for argument in one.arguments)
    return prod(shape) * (prod(one.shape) if len(one.shape) and other != one.shape else prod(other))


TO_FILTER = Operation(
    "",
    _shape_in_settings,
    _to_filter,
    lambda texts, _: Piece(rf"{texts[1].within(PRODUCT)} \star {texts[0].within(PRODUCT)}", PRODUCT),
    least=2,
    most=2,
    is_rational=True,
    products=_products_of_filter,
    is_linear=True,
)
TO_ARRAY = Operation(
    "",
    _shape_in_settings,
    _to_array,
    lambda texts, _: Piece(rf"{texts[0].within(PRODUCT)} \ast {texts[1].within(PRODUCT)}", PRODUCT),
    least=2,
    most=2,
    is_rational=True,
    products=_products_of_filter,
    is_linear=True,
)


def _flipped(one: Applied) -> Expression:
    array, window = one.arguments
    return Applied(one.operation, (array, applied(FLIP, window)), one.settings, one.shape)


def _unmoved(one: Applied) -> Expression:
    """What a window finds that moves by one place, as far as there is room for it."""
    stride, padding = one.settings
    each = applied(one.operation, *one.arguments, settings=(1, padding))
    return one if stride == 1 else applied(FIRST, each, settings=one.shape)


FIRST = Operation(
    "",
    lambda _shapes, settings: settings,
    lambda arrays, one: np.asarray(arrays[0][inner(*map(slice, one.shape))]),
    lambda texts, _: texts[0],
    is_rational=True,
    is_linear=True,
)
"""The first entries along each axis; its settings say how many."""

FLIP = Operation(
    "",
    lambda shapes, _: shapes[0],
    lambda arrays, one: np.asarray(arrays[0][inner(*[slice(None, None, -1)] * len(one.shape))]),
    lambda texts, _: texts[0],
    is_rational=True,
)


def _convolution(axes: int) -> Operation:
    return Operation(
        f"conv{axes}d",
        _convolved_shape(axes),
        _convolved,
        lambda texts, _: Piece(rf"{texts[0].within(PRODUCT)} \star {texts[1].within(PRODUCT)}", PRODUCT),
        _pull_convolved,
        2,
        2,
        settings={"stride": 1, "padding": 0},
        is_rational=True,
        products=lambda one: prod(one.shape) * prod(one.arguments[1].shape),
        is_linear=True,
        doubt={"filter-flipped": _flipped, "stride-ignored": _unmoved},
        sign=r"\star",
    )


# Pooling.


def _pooled_shape(shapes: Sequence[Shape], settings: Settings) -> Shape:
    (shape,) = shapes
    width, stride = settings
    if not 1 <= len(shape) <= 2:
        raise ValueError(f"{list(shape)}; pooling is of vectors and matrices")
    if width < 1 or stride < 0:
        raise ValueError(f"size {width} and stride {stride}; use sizes of 1 or more")
    return _result_shape(shape, (width,) * len(shape), stride or width, 0)


def _windows(array: Array, one: Applied) -> Array:
    """(..., *shape of the result, entries of the window)."""
    width, stride = one.settings
    places = _places((width,) * len(one.shape))
    return np.stack([_under(array, place, stride or width, one.shape) for place in places], axis=-1)


def _back_from_windows(shares: Array, one: Applied, shape: Shape, settings: Settings) -> Array:
    """From (..., *shape of the result, entries of the window) back to the array, added up where windows overlap."""
    width, stride = settings
    counts = one.arguments[0].shape
    found = np.zeros((*shares.shape[: shares.ndim - len(counts) - 1], *shape), dtype=shares.dtype)
    for number, place in enumerate(_places((width,) * len(counts))):
        _under(found, place, stride or width, counts)[...] += shares[..., number]
    return found


def _max_pooled(arrays: Sequence[Array], one: Applied) -> Array:
    return called("max", lambda array: _windows(array, one).max(axis=-1), arrays[0])


def _lead_in_windows(arrays: Sequence[Array], one: Applied) -> Array:
    windows = np.sort(_windows(arrays[0], one), axis=-1)
    if windows.shape[-1] < 2:
        return np.full((*windows.shape[: windows.ndim - len(one.shape) - 1], 1), np.inf)
    gaps = windows[..., -1] - windows[..., -2]
    return np.asarray(gaps.reshape(*gaps.shape[: gaps.ndim - len(one.shape)], -1))


def _to_largest(arrays: Sequence[Array], one: Applied) -> Array:
    """Each gradient goes back to the largest entry of its window; to the first where several are."""
    gradient, array = arrays
    width, stride = one.settings[-2:]
    pooled = Applied(MAX_POOL, one.arguments[1:], (width, stride), one.arguments[0].shape)
    windows = _windows(array, pooled)
    first = np.eye(windows.shape[-1])[np.asarray(windows == windows.max(axis=-1, keepdims=True)).argmax(axis=-1)]
    return _back_from_windows(first * gradient[..., None], one, one.shape, (width, stride))


def _to_all(arrays: Sequence[Array], one: Applied) -> Array:
    (gradient,) = arrays
    width, stride = one.settings[-2:]
    shares = np.repeat(gradient[..., None], width ** len(one.shape), axis=-1)
    return _back_from_windows(shares, one, one.shape, (width, stride))


def _write_back(name: str) -> Callable[[Sequence[Piece], Applied], Piece]:
    return lambda texts, _: Piece(rf"\operatorname{{{name}}}\left({', '.join(text.bare for text in texts)}\right)")


TO_LARGEST = Operation("", _shape_in_settings, _to_largest, _write_back("to\\,max"), least=2, most=2, is_rational=True)
TO_ALL = Operation("", _shape_in_settings, _to_all, _write_back("to\\,all"), is_rational=True, is_linear=True)


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
        size = r" \times ".join([str(one.settings[0])] * len(one.shape))
        return Piece(rf"\operatorname{{{name}}}_{{{size}}}\left({texts[0].bare}\right)")

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

WINDOWS = (_convolution(1), _convolution(2), MAX_POOL, AVERAGE_POOL)
