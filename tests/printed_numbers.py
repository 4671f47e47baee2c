"""Numbers as printed, with the bounds of what they stand for, and their arithmetic; `latex_values` reads them.

Bounds are intervals: every operation gives bounds within which the result lies whatever the true numbers are.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.activations import ACTIVATIONS
from tests.oracles import AUTOGRAD_ACTIVATIONS, HIDDEN, JUMPS

Floats = NDArray[np.float64]
WIDEST = 700.0
"""Beyond, exponentials overflow."""
VALUES_BETWEEN = 65
STEP = 1e-3
BOUNDS = ("value", "low", "high")
CELL = re.compile(r"-?\d+(?:\.\d+|/\d+)?")


class LatexValueError(Exception):
    """The LaTeX is not understood, or its shapes do not fit; says where."""


@dataclass(frozen=True, eq=False)
class Printed:
    """A matrix of numbers, all three (rows, columns): as they stand there, and the bounds of what they stand for."""

    value: Floats
    low: Floats
    high: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.value.shape

    @property
    def is_number(self) -> bool:
        """Whether it is a single number."""
        return self.value.size == 1

    def each(self, change: Callable[[Floats], Floats]) -> "Printed":
        """The same change of value and bounds: a selection of entries, or an increasing function."""
        return Printed(change(self.value), change(self.low), change(self.high))

    def may_equal(self, other: "Printed") -> bool:
        """Whether one true value can stand behind both; 1e-12 for the arithmetic of floats."""
        slack = 1e-12 * (1 + np.abs(self.value) + np.abs(other.value))
        return bool(np.all((self.low <= other.high + slack) & (other.low <= self.high + slack)))


def exactly(value: Floats | float) -> Printed:
    """A number, vector or matrix as it is, a vector as a column."""
    array = np.asarray(value, dtype=float)
    array = array.reshape(-1, 1) if array.ndim < 2 else array
    return Printed(array, array, array)


def printed_numbers(rows: list[list[str]]) -> Printed:
    """A matrix from its cells as printed."""
    if len({len(row) for row in rows}) != 1 or not all(CELL.fullmatch(cell) for row in rows for cell in row):
        raise LatexValueError(f"no matrix of numbers: {rows}")
    value = np.array([[float(Fraction(cell) if "/" in cell else cell) for cell in row] for row in rows])
    half = np.array([[0.5 * 10.0 ** -_decimals(cell) if "." in cell else 0.0 for cell in row] for row in rows])
    return Printed(value, value - half, value + half)


def _decimals(cell: str) -> int:
    return len(cell.partition(".")[2])


def _products(a: Floats, b: Floats) -> Floats:
    """Elementwise, 0 times infinity being 0."""
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _corners(a: Printed, b: Printed) -> tuple[Floats, Floats]:
    corners = np.stack([_products(p, q) for p in (a.low, a.high) for q in (b.low, b.high)])
    return corners.min(axis=0), corners.max(axis=0)


def times(a: Printed, b: Printed) -> Printed:
    return Printed(_products(a.value, b.value), *_corners(a, b))


def matrix_times(a: Printed, b: Printed) -> Printed:
    left, right = a.each(lambda rows: rows[:, :, None]), b.each(lambda rows: rows[None, :, :])
    return times(left, right).each(lambda terms: np.asarray(terms.sum(axis=1)))


def added(a: Printed, b: Printed) -> Printed:
    return Printed(a.value + b.value, a.low + b.low, a.high + b.high)


def negated(a: Printed) -> Printed:
    return Printed(-a.value, -a.high, -a.low)


def one_over(a: Printed) -> Printed:
    through_zero = (a.low <= 0) & (a.high >= 0)
    low, high = np.where(through_zero, -np.inf, 1 / a.high), np.where(through_zero, np.inf, 1 / a.low)
    return Printed(1 / a.value, low, high)


def _even(function: Callable[[Floats], Floats]) -> Callable[[Printed], Printed]:
    """An even function that grows away from 0."""

    def apply(a: Printed) -> Printed:
        sizes = np.abs(np.stack([a.low, a.high]))
        nearest = np.where((a.low <= 0) & (a.high >= 0), 0.0, sizes.min(axis=0))
        return Printed(function(np.abs(a.value)), function(nearest), function(sizes.max(axis=0)))

    return apply


def _even_falling(function: Callable[[Floats], Floats]) -> Callable[[Printed], Printed]:
    """An even function that falls away from 0."""
    other_way = _even(lambda a: -function(a))
    return lambda a: negated(other_way(a))


def _growing(function: Callable[[Floats], Floats]) -> Callable[[Printed], Printed]:
    return lambda a: a.each(function)


def _named(function: Callable[[Floats], Floats]) -> Callable[[Printed], Printed]:
    """An activation, which may grow here and fall there: its bounds are those of many values in between."""

    def apply(a: Printed) -> Printed:
        low, high = np.maximum(a.low, -WIDEST), np.minimum(a.high, WIDEST)
        between = np.stack([a.value, *np.linspace(low, high, VALUES_BETWEEN)])
        values = function(between)
        return Printed(values[0], values.min(axis=0), values.max(axis=0))

    return apply


def power(base: Printed, exponent: int) -> Printed:
    """Entry by entry."""
    function = _growing if exponent % 2 else _even
    return function(lambda a: np.asarray(a**exponent))(base)


def correlated(a: Printed, b: Printed) -> Printed:
    """The sum of the products under a filter at each place where it lies whole on an array."""
    rows, columns = (of - by + 1 for of, by in zip(a.shape, b.shape, strict=True))
    if rows < 1 or columns < 1:
        raise LatexValueError(f"a filter of {b.shape} on {a.shape}")
    found = []
    for row, column in np.ndindex(rows, columns):
        under = a.each(lambda cells: cells[row : row + b.shape[0], column : column + b.shape[1]])  # noqa: B023
        found.append(times(under, b).each(lambda terms: np.asarray(terms.sum())))
    return Printed(*(np.reshape([getattr(one, part) for one in found], (rows, columns)) for part in BOUNDS))


def pooled(a: Printed, size: tuple[int, int]) -> Printed:
    """The largest in each window, side by side."""
    return a.each(lambda cells: np.asarray(_windows(cells, size).max(axis=-1)))


def unpooled(back: Printed, pooled_from: Printed) -> Printed:
    """Each number at the place of the first largest in its window, and 0 elsewhere."""
    rows, columns = (of // by for of, by in zip(pooled_from.shape, back.shape, strict=True))
    places = _windows(pooled_from.value, (rows, columns)).argmax(axis=-1)
    if places.shape != back.shape:
        raise LatexValueError(f"windows for {back.shape} on {pooled_from.shape}")

    def spread(cells: Floats) -> Floats:
        found = np.zeros(pooled_from.shape)
        for (row, column), place in np.ndenumerate(places):
            found[row * rows + place // columns, column * columns + place % columns] = cells[row, column]
        return found

    return back.each(spread)


def _windows(cells: Floats, size: tuple[int, int]) -> Floats:
    """(rows, columns, entries of each window); what is left over at the ends is in none."""
    rows, columns = (of // by for of, by in zip(cells.shape, size, strict=True))
    whole = cells[: rows * size[0], : columns * size[1]].reshape(rows, size[0], columns, size[1])
    return whole.swapaxes(1, 2).reshape(rows, columns, -1)


def derived(function: Callable[[Printed], Printed], at: Printed) -> Printed:
    """The derivative of a number by each entry of what it is one of, or entry by entry, off kinks.

    By differences of fourth order, right to about ten digits.
    """
    found = np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        moved = np.zeros(at.shape)
        moved[place] = STEP
        near, far = ([function(exactly(at.value + sign * times * moved)).value for sign in (1, -1)] for times in (1, 2))
        slope = (8 * (near[0] - near[1]) - (far[0] - far[1])) / (12 * STEP)
        found[place] = slope.item() if slope.size == 1 else slope[place]
    return exactly(found)


square = _even(lambda a: a * a)
size = _even(lambda a: a)
FUNCTIONS: dict[str, Callable[[Printed], Printed]] = {
    # Those that are known to grow stand below once more, with bounds that nothing lies beyond.
    **{
        ACTIVATIONS[name].symbol: _named(AUTOGRAD_ACTIVATIONS[name]) for name in (*HIDDEN, *JUMPS) if name != "identity"
    },
    r"\sigma": _growing(lambda z: 0.5 + 0.5 * np.tanh(z / 2)),
    r"\tanh": _growing(np.tanh),
    r"\Phi": _growing(np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2)),
    r"\varphi": _even_falling(lambda z: np.exp(-z * z / 2) / math.sqrt(2 * math.pi)),
    r"\exp": _growing(np.exp),
    r"\ln": _growing(lambda z: np.log(np.maximum(z, 0))),
    r"\sinh": _growing(np.sinh),
    r"\cosh": _even(np.cosh),
    r"\operatorname{sign}": _growing(np.sign),
    "h'": _growing(lambda e: np.minimum(np.maximum(e, -1), 1)),
    "h": _even(lambda e: np.where(e <= 1, e * e / 2, e - 0.5)),
}
PAIRS: dict[str, Callable[[Floats, Floats], Floats]] = {r"\max": np.maximum, r"\min": np.minimum}


def softmax(z: Printed, axis: int) -> Printed:
    """Each output grows with its own z and falls with the others, which gives the bounds."""
    own = [np.take(z.value, [unit], axis) for unit in range(z.shape[axis])]
    bounds: list[list[Floats]] = [[], []]
    for unit in range(len(own)):
        for side, (mine, others) in enumerate(((z.low, z.high), (z.high, z.low))):
            differences = np.exp(others - np.take(mine, [unit], axis))
            total = 1 + differences.sum(axis=axis, keepdims=True) - np.take(differences, [unit], axis)
            bounds[side].append(1 / total)
    value = np.exp(z.value) / np.exp(z.value).sum(axis=axis, keepdims=True)
    return Printed(value, np.concatenate(bounds[0], axis), np.concatenate(bounds[1], axis))
