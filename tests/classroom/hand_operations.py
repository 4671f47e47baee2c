"""What each operation of a circuit comes to, and how a derivative goes back through it, as textbooks have both.

Arrays have the students first, (students, *shape). Written without examgen's rules; called by `hand_circuits`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from tests.classroom.figures import Array
from tests.classroom.hand_beliefs import Back, Site, Value
from tests.classroom.learner import Learner, activation_of, slope_of


@dataclass(frozen=True, slots=True)
class Operation:
    """Value and way back; `back` is None where there is none."""

    value: Value
    back: Back | None = None


def beside(array: Array, other: Array) -> Array:
    """A number of each student with axes for the entries that it goes with."""
    return array.reshape(*array.shape, *[1] * max(0, other.ndim - array.ndim))


def of_size(gradient: Array, like: Array) -> Array:
    """The derivative by a number that goes with every entry is the sum over these."""
    axes = tuple(range(like.ndim, gradient.ndim))
    return np.asarray(gradient.sum(axis=axes)) if axes else gradient


def _at(*places: int | slice) -> Any:
    """The index of these places of every student."""
    return (slice(None), *places)


def _all(array: Array) -> tuple[int, ...]:
    return tuple(range(1, array.ndim))


def _entries(array: Array) -> int:
    return prod(array.shape[1:])


def entrywise(value: Callable[..., Array], back: Callable[..., Sequence[Array]]) -> Operation:
    """An operation entry by entry, numbers beside arrays; `back` gets the derivative, the result and what went in."""

    def aligned(site: Site) -> list[Array]:
        longest = max(site.args, key=lambda one: one.ndim)
        return [beside(one, longest) for one in site.args]

    return Operation(lambda site: np.asarray(value(*aligned(site))), back_entrywise(back))


def back_entrywise(back: Callable[..., Sequence[Array]]) -> Back:
    """The way back of such an operation."""

    def pull(site: Site, gradient: Array) -> list[Array]:
        aligned = [beside(one, gradient) for one in site.args]
        shares = [np.broadcast_to(one, gradient.shape) for one in back(gradient, site.value, *aligned)]
        return [of_size(share, own) for share, own in zip(shares, site.args, strict=True)]

    return pull


def _power_back(g: Array, value: Array, base: Array, exponent: Array) -> list[Array]:
    return [g * exponent * base ** (exponent - 1), g * value * np.log(np.where(base > 0, base, np.nan))]


# Products of matrices.


def _matrix(site: Site) -> Array:
    left, right = site.args
    rows, columns = "r" * (left.ndim - 2), "c" * (right.ndim - 2)
    return np.asarray(np.einsum(f"s{rows}k,sk{columns}->s{rows}{columns}", left, right))


def _matrix_back(site: Site, g: Array) -> list[Array]:
    left, right = site.args
    rows, columns = "r" * (left.ndim - 2), "c" * (right.ndim - 2)
    return [
        np.einsum(f"s{rows}{columns},sk{columns}->s{rows}k", g, right),
        np.einsum(f"s{rows}{columns},s{rows}k->sk{columns}", g, left),
    ]


def _dot_back(site: Site, g: Array) -> list[Array]:
    left, right = site.args
    return [beside(g, left) * right, beside(g, left) * left]


# Entries, sums and extremes.


def _entry_back(site: Site, g: Array) -> list[Array]:
    found = np.zeros((len(g), *site.args[0].shape[1:]))
    found[_at(*site.places)] = g
    return [found]


def to_all(factor: Callable[[Array], float]) -> Back:
    """To every entry alike, times what the array says."""
    return lambda site, g: [
        np.broadcast_to(beside(g, site.args[0]) * factor(site.args[0]), (len(g), *site.args[0].shape[1:]))
    ]


def _extreme_back(site: Site, g: Array) -> list[Array]:
    (array,) = site.args
    return [beside(g, array) * (array == beside(site.value, array))]


def _folded(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda *arrays: reduce(lambda behind, one: function(one, behind), arrays[::-1])


def _winners(*, largest: bool) -> Callable[..., Sequence[Array]]:
    def back(g: Array, _: Array, *arrays: Array) -> list[Array]:
        assert len(arrays) == 2, "more than two are taken two by two"
        first, second = arrays
        wins = first > second if largest else first < second
        return [g * wins, g * ~wins]

    return back


def losers(*, largest: bool) -> Back:
    """To the one of two that was not taken."""
    return back_entrywise(lambda g, _value, *arrays: _winners(largest=largest)(g, _value, *arrays)[::-1])


# Windows.


def _windows(array: Array, window: Sequence[int], stride: int) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each place of the result, and what of the array lies under the window there."""
    counts = [(size - width) // stride + 1 for size, width in zip(array.shape[1:], window, strict=True)]
    for place in product(*map(range, counts)):
        yield (
            place,
            tuple(slice(at * stride, at * stride + width) for at, width in zip(place, window, strict=True)),
        )


def _collected(parts: Sequence[tuple[tuple[int, ...], Array]]) -> Array:
    """(students, *shape) from (students,) by place."""
    shape = [size + 1 for size in parts[-1][0]]
    return np.stack([one for _, one in parts], axis=1).reshape(-1, *shape)


def _padded(array: Array, padding: int) -> Array:
    return np.pad(array, [(0, 0), *[(padding, padding)] * (array.ndim - 1)])


def convolved(array: Array, filter_: Array, stride: int, padding: int) -> Array:
    """The filter laid over the array, place by place."""
    wide = _padded(array, padding)
    return _collected(
        [
            (place, np.asarray((wide[_at(*under)] * filter_).sum(axis=_all(filter_))))
            for place, under in _windows(wide, filter_.shape[1:], stride)
        ]
    )


def _convolve(site: Site) -> Array:
    return convolved(site.args[0], site.args[1], site.told("stride", 1), site.told("padding", 0))


def _convolve_back(site: Site, g: Array) -> list[Array]:
    array, filter_ = site.args
    padding = site.told("padding", 0)
    wide = _padded(array, padding)
    by_wide, by_filter = np.zeros((len(g), *wide.shape[1:])), np.zeros((len(g), *filter_.shape[1:]))
    for place, under in _windows(wide, filter_.shape[1:], site.told("stride", 1)):
        share = beside(g[_at(*place)], filter_)
        by_filter += share * wide[_at(*under)]
        by_wide[_at(*under)] += share * filter_
    inside = [slice(padding, padding + size) for size in array.shape[1:]]
    return [by_wide[_at(*inside)], by_filter]


def _pools(site: Site) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    (array,) = site.args
    size = site.told("size", 2)
    return _windows(array, [size] * (array.ndim - 1), site.told("stride", 0) or size)


def _pooled(take: Callable[[Array], Array]) -> Value:
    def value(site: Site) -> Array:
        parts = [(place, site.args[0][_at(*under)]) for place, under in _pools(site)]
        return _collected([(place, take(part.reshape(len(part), -1))) for place, part in parts])

    return value


def pooled_back(shares: Callable[[Array], Array]) -> Back:
    """From each place of the result to what lay under it, in these shares, (students, entries) -> the same."""

    def back(site: Site, g: Array) -> list[Array]:
        (array,) = site.args
        found = np.zeros((len(g), *array.shape[1:]))
        for place, under in _pools(site):
            part = array[_at(*under)]
            share = shares(part.reshape(len(part), -1)).reshape(part.shape)
            found[_at(*under)] += beside(g[_at(*place)], part) * share
        return [found]

    return back


def _to_first_largest(part: Array) -> Array:
    return np.asarray(np.eye(part.shape[1])[part.argmax(axis=1)])


# Activations and losses.


def _softmax_back(site: Site, g: Array) -> list[Array]:
    a = site.value
    return [a * (g - (g * a).sum(axis=1, keepdims=True))]


def _activation(name: str) -> Operation:
    return entrywise(
        lambda z: activation_of(name, z),
        lambda g, a, z: [g * slope_of(name, z, a)],
    )


_TEXTBOOK = Learner()


def _as_sample(array: Array) -> Array:
    """(students, samples, outputs) from a vector or a number of each."""
    return array[:, None, :] if array.ndim > 1 else array[:, None, None]


def _loss(name: str) -> Operation:
    def back(site: Site, g: Array) -> list[Array]:
        a, y = site.args
        slope = _TEXTBOOK.slope_of_loss(name, *map(_as_sample, np.broadcast_arrays(a, y)))
        by_outputs = beside(g, a) * slope.reshape(-1, *a.shape[1:])
        return [by_outputs, np.full_like(by_outputs, np.nan)]

    return Operation(lambda site: _TEXTBOOK.loss(name, *map(_as_sample, np.broadcast_arrays(*site.args))), back)


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "+": entrywise(np.add, lambda g, *_: [g, g]),
        "-": entrywise(np.subtract, lambda g, *_: [g, -g]),
        "minus": entrywise(np.negative, lambda g, *_: [-g]),
        "*": entrywise(np.multiply, lambda g, _, a, b: [g * b, g * a]),
        "/": entrywise(np.divide, lambda g, _, a, b: [g / b, -g * a / b**2]),
        "^": entrywise(np.power, _power_back),
        "@": Operation(_matrix, _matrix_back),
        ".T": Operation(lambda site: site.args[0].swapaxes(1, 2), lambda _, g: [g.swapaxes(1, 2)]),
        "[]": Operation(lambda site: site.args[0][_at(*site.places)], _entry_back),
        "dot": Operation(
            lambda site: np.asarray((site.args[0] * site.args[1]).sum(axis=_all(site.args[0]))), _dot_back
        ),
        "outer": Operation(
            lambda site: np.einsum("sa,sb->sab", *site.args),
            lambda site, g: [np.einsum("sab,sb->sa", g, site.args[1]), np.einsum("sab,sa->sb", g, site.args[0])],
        ),
        "sum": Operation(lambda site: np.asarray(site.args[0].sum(axis=_all(site.args[0]))), to_all(lambda _: 1.0)),
        "mean": Operation(
            lambda site: np.asarray(site.args[0].mean(axis=_all(site.args[0]))), to_all(lambda a: 1 / _entries(a))
        ),
        "max": entrywise(_folded(lambda a, b: np.where(a > b, a, b)), _winners(largest=True)),
        "min": entrywise(_folded(lambda a, b: np.where(a < b, a, b)), _winners(largest=False)),
        "largest": Operation(lambda site: np.asarray(site.args[0].max(axis=_all(site.args[0]))), _extreme_back),
        "smallest": Operation(lambda site: np.asarray(site.args[0].min(axis=_all(site.args[0]))), _extreme_back),
        "argmax": Operation(lambda site: site.args[0].argmax(axis=1) + 1.0),
        "exp": entrywise(np.exp, lambda g, value, _: [g * value]),
        "log": entrywise(np.log, lambda g, _, a: [g / a]),
        "ln": entrywise(np.log, lambda g, _, a: [g / a]),
        "sqrt": entrywise(np.sqrt, lambda g, value, _: [g / (2 * value)]),
        "abs": entrywise(np.abs, lambda g, _, a: [g * np.sign(a)]),
        "sign": entrywise(np.sign, lambda g, *_: [0 * g]),
        "conv1d": Operation(_convolve, _convolve_back),
        "conv2d": Operation(_convolve, _convolve_back),
        "max_pool": Operation(_pooled(lambda part: np.asarray(part.max(axis=1))), pooled_back(_to_first_largest)),
        "avg_pool": Operation(
            _pooled(lambda part: np.asarray(part.mean(axis=1))), pooled_back(lambda part: 0 * part + 1 / part.shape[1])
        ),
        **{name: _activation(name) for name, row in ACTIVATIONS.items() if name != "softmax"},
        "softmax": Operation(lambda site: activation_of("softmax", site.args[0]), _softmax_back),
        **{name: _loss(name) for name in LOSSES},
    }
)
"""All operations by name; `max` and `min` are of two, `largest` and `smallest` of an array."""
