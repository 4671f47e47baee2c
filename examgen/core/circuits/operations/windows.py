"""Convolution as cross-correlation, of one or two axes: a filter that moves over an array.

A convolution here is what networks call so: the filter is laid over the array as it stands, not flipped. Each entry of
the result is the sum of products of the filter with what lies under it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod

import numpy as np

from examgen.core.circuits.expressions import (
    POWER,
    WINDOW,
    Applied,
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


def result_shape(array: Shape, window: Shape, stride: int, padding: int) -> Shape:
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
        return result_shape(array, window, stride, padding)

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


def under(array: Array, place: Shape, stride: int, counts: Shape) -> Array:
    """What lies under one place of the window, for all of its positions."""
    slices = (slice(at, at + stride * (count - 1) + 1, stride) for at, count in zip(place, counts, strict=True))
    return np.asarray(array[inner(*slices)])


def places_in(window: Shape) -> Iterator[Shape]:
    return product(*map(range, window))


def _convolved(arrays: Sequence[Array], one: Applied) -> Array:
    array, window = arrays
    stride, padding = one.settings
    axes = len(one.shape)
    padded, ones = _padded(array, axes, padding), (None,) * axes
    terms = (
        window[inner(*place)][inner(*ones)] * under(padded, place, stride, one.shape)
        for place in places_in(one.arguments[1].shape)
    )
    return np.asarray(sum(terms))


def _pull_convolved(one: Applied, gradient: Expression) -> list[Expression | None]:
    array, window = one.arguments
    return [
        applied(TO_ARRAY, gradient, window, settings=(*array.shape, *one.settings)),
        applied(TO_FILTER, gradient, array, settings=(*window.shape, *one.settings)),
    ]


def settings_latex(stride: int = 1, padding: int = 0) -> str:
    """How far a window moves, and how much is put around the array, as a subscript; empty where it is as usual."""
    told = [
        rf"\mathrm{{{sign}}} = {value}"
        for sign, value, usual in (("s", stride, 1), ("p", padding, 0))
        if value != usual
    ]
    return "_{" + r",\, ".join(told) + "}" if told else ""


def _stretched(gradient: Piece, stride: int) -> str:
    """Gradients with as much room between them as their windows moved."""
    written = gradient.within(POWER)
    return written if stride == 1 else rf"\left({gradient.bare}\right)_{{\uparrow {stride}}}"


def _write_convolved(texts: Sequence[Piece], one: Applied) -> Piece:
    return Piece(rf"{texts[0].within(POWER)} \star{settings_latex(*one.settings)} {texts[1].within(POWER)}", WINDOW)


def _write_to_filter(texts: Sequence[Piece], one: Applied) -> Piece:
    stride, padding = one.settings[-2:]
    gradient = _stretched(texts[0], stride)
    return Piece(rf"{texts[1].within(POWER)} \star{settings_latex(padding=padding)} {gradient}", WINDOW)


def _write_to_array(texts: Sequence[Piece], one: Applied) -> Piece:
    stride, padding = one.settings[-2:]
    gradient = _stretched(texts[0], stride)
    return Piece(rf"{gradient} \ast{settings_latex(padding=padding)} {texts[1].within(POWER)}", WINDOW)


def shape_in_settings(_shapes: Sequence[Shape], settings: Settings) -> Shape:
    return settings[:-2]


def _to_filter(arrays: Sequence[Array], one: Applied) -> Array:
    """The derivative by the filter: for each of its places, the sum of the gradient times what lay under it."""
    gradient, array = arrays
    stride, padding = one.settings[-2:]
    axes, counts = len(one.shape), one.arguments[0].shape
    padded = _padded(array, axes, padding)
    sums = [
        np.asarray((gradient * under(padded, place, stride, counts)).sum(axis=axes_of(one.shape)))
        for place in places_in(one.shape)
    ]
    return np.stack(np.broadcast_arrays(*sums), axis=-1).reshape(*sums[0].shape, *one.shape)


def _to_array(arrays: Sequence[Array], one: Applied) -> Array:
    """The derivative by the array: each gradient goes back to all that lay under its window, times the filter."""
    gradient, window = arrays
    stride, padding = one.settings[-2:]
    axes, counts = len(one.shape), one.arguments[0].shape
    ones = (None,) * axes
    terms = [window[inner(*place)][inner(*ones)] * gradient for place in places_in(one.arguments[1].shape)]
    sizes = [size + 2 * padding for size in one.shape]
    found = np.zeros((*terms[0].shape[:-axes], *sizes), dtype=terms[0].dtype)
    for place, term in zip(places_in(one.arguments[1].shape), terms, strict=True):
        under(found, place, stride, counts)[...] += term
    return np.asarray(found[inner(*[slice(padding, size - padding) for size in sizes])])


def _products_of_filter(one: Applied) -> int:
    """Each gradient goes with each place of the filter."""
    shape, other = (argument.shape for argument in one.arguments)
    return prod(shape) * (prod(one.shape) if len(one.shape) and other != one.shape else prod(other))


TO_FILTER = Operation(
    "",
    shape_in_settings,
    _to_filter,
    _write_to_filter,
    least=2,
    most=2,
    is_rational=True,
    products=_products_of_filter,
    is_linear=True,
)
TO_ARRAY = Operation(
    "",
    shape_in_settings,
    _to_array,
    _write_to_array,
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
        _write_convolved,
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


CONVOLUTIONS = (_convolution(1), _convolution(2))
