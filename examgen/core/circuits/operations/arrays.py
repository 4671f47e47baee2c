"""Operations on whole arrays: entries, sums and means, the largest, and softmax."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
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
    flat,
    inner,
)
from examgen.core.circuits.operations.functions import extreme, is_ahead, is_typed, lead
from examgen.core.circuits.operations.simplest_forms import minus, summed, times
from examgen.core.circuits.operations.uniform import TOTAL, over_entries, spread, sum_sign
from examgen.core.rules.activations import softmax
from examgen.core.rules.rule import Array

# Entries.


def _entry_shape(shapes: Sequence[Shape], settings: Settings) -> Shape:
    (shape,) = shapes
    if len(settings) > len(shape):
        raise ValueError(f"{list(settings)} of {list(shape)}; it has {len(shape)} axes")
    for place, size in zip(settings, shape, strict=False):
        if not 1 <= place <= size:
            raise ValueError(f"[{', '.join(map(str, settings))}] of {list(shape)}; places count from 1 to {size}")
    return shape[len(settings) :]


def _entry(arrays: Sequence[Array], one: Applied) -> Array:
    rest = (slice(None),) * len(one.shape)
    return np.asarray(arrays[0][inner(*(place - 1 for place in one.settings), *rest)])


def _write_entry(texts: Sequence[Piece], one: Applied) -> Piece:
    if texts[0].is_place and not one.shape:
        return Piece(texts[0].read_as(f"at_{'_'.join(map(str, one.settings))}"))
    return Piece(f"{texts[0].within(ATOM)}_{{{','.join(map(str, one.settings))}}}")


ENTRY = Operation(
    "[]",
    _entry_shape,
    _entry,
    _write_entry,
    lambda one, gradient: [_at(gradient, one)],
    is_rational=True,
    is_linear=True,
    sign=lambda one: f"[{', '.join(map(str, one.settings))}]",
)


def _at(value: Expression, one: Applied) -> Expression:
    """A value at the place of an entry."""
    return applied(ONLY, value, settings=(*one.arguments[0].shape, *one.settings))


def _only_shape(shapes: Sequence[Shape], settings: Settings) -> Shape:
    return settings[: _rank(shapes[0], settings)]


def _rank(shape: Shape, settings: Settings) -> int:
    """Of an array of which an entry is taken: its axes are those of the entry and one for each place."""
    return (len(settings) + len(shape)) // 2


def _only(arrays: Sequence[Array], one: Applied) -> Array:
    (value,) = arrays
    kept = one.arguments[0].shape
    places = one.settings[len(one.shape) :]
    found = np.zeros((*value.shape[: value.ndim - len(kept)], *one.shape), dtype=value.dtype)
    found[inner(*(place - 1 for place in places), *(slice(None),) * len(kept))] = value
    return found


def _write_only(texts: Sequence[Piece], one: Applied) -> Piece:
    places = one.settings[len(one.shape) :]
    return Piece(rf"{texts[0].within(PRODUCT)} \, \mathbf{{e}}_{{{','.join(map(str, places))}}}", PRODUCT)


ONLY = Operation("", _only_shape, _only, _write_only, is_rational=True, is_linear=True)
"""A value at one place of an array that is 0 elsewhere; its settings are the shape and the place."""

# Sums, means and extremes over all entries.


def _size(one: Applied) -> int:
    return prod(one.arguments[0].shape)


MEAN = Operation(
    "mean",
    over_entries,
    lambda arrays, one: np.asarray(arrays[0].sum(axis=axes_of(one.arguments[0].shape)) / _size(one)),
    lambda texts, one: Piece(rf"\frac{{1}}{{{_size(one)}}} {sum_sign(one)} {texts[0].within(OPEN)}", OPEN),
    lambda one, gradient: [spread(times(Constant(Fraction(1, _size(one))), gradient), one.arguments[0].shape)],
    is_rational=True,
    is_linear=True,
    sums_entries=True,
    wrong={"sum-for-mean": lambda one, gradient: [spread(gradient, one.arguments[0].shape)]},
)


def _lead(arrays: Sequence[Array], one: Applied, *, largest: bool) -> Array:
    """How far the extreme entry is ahead of the next, as the only distance."""
    return lead(flat(arrays[0], one.arguments[0].shape), largest=largest)[..., None]


def _extreme_of(name: str, *, largest: bool) -> Operation:
    def compute(arrays: Sequence[Array], one: Applied) -> Array:
        return extreme(flat(arrays[0], one.arguments[0].shape), largest=largest)

    def which(arrays: Sequence[Array], one: Applied) -> Array:
        array, value = arrays
        if is_typed(array):
            return is_ahead(flat(array, one.shape), largest=largest).reshape(array.shape)
        return np.asarray((array == value[inner(*[None] * len(one.shape))]) * 1 + 0 * array)

    is_extreme = Operation(
        "",
        lambda shapes, _: shapes[0],
        which,
        lambda texts, _: Piece(rf"\left[{texts[0].latex} = {texts[1].latex}\right]"),
        least=2,
        most=2,
        is_rational=True,
    )
    return Operation(
        name,
        over_entries,
        compute,
        lambda texts, _: Piece(rf"\{name} {texts[0].within(ATOM)}", OPEN),
        lambda one, gradient: [times(gradient, applied(is_extreme, one.arguments[0], one))],
        kink=lambda arrays, one: _lead(arrays, one, largest=largest),
        is_rational=True,
        wrong={"max-to-both": lambda one, gradient: [spread(gradient, one.arguments[0].shape)]},
        sign=rf"\{name}",
    )


LARGEST, SMALLEST = _extreme_of("max", largest=True), _extreme_of("min", largest=False)

ARGMAX = Operation(
    "argmax",
    lambda shapes, _: _vector_of(shapes[0])[1:],
    lambda arrays, _: np.asarray(arrays[0].argmax(axis=-1) + 1.0),
    lambda texts, _: Piece(rf"\operatorname{{argmax}} {texts[0].within(ATOM)}", OPEN),
    kink=lambda arrays, one: _lead(arrays, one, largest=True),
)
"""The 1-based place of the largest entry."""


def _vector_of(shape: Shape) -> Shape:
    if len(shape) != 1:
        raise ValueError("this is of a vector")
    return shape


def _pull_softmax(one: Applied, gradient: Expression) -> list[Expression | None]:
    return [times(one, minus(gradient, summed(times(gradient, one))))]


def _shares(values: Array) -> Array:
    """Softmax of numbers, and of texts as it is typed."""
    if not is_typed(values):
        return softmax(values)
    powers = np.exp(values)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


SOFTMAX = Operation(
    "softmax",
    lambda shapes, _: _vector_of(shapes[0]),
    lambda arrays, _: _shares(arrays[0]),
    lambda texts, _: Piece(rf"\operatorname{{softmax}}\left({texts[0].bare}\right)"),
    _pull_softmax,
)

ARRAYS = (ENTRY, TOTAL, MEAN, LARGEST, SMALLEST, ARGMAX, SOFTMAX)
