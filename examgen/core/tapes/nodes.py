"""Single numbers that remember how they were computed; called by `traced`, which runs rules on arrays of them.

A number is a leaf, which is read, or an elementary function of others; constants are plain numbers. Nothing is
simplified but what changes no number: a sum with 0 and a product with 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, expm1, inf, log, log1p, log10, nan, sqrt, tanh, trunc
from types import MappingProxyType
from typing import Union

Number = Union["Node", float, int]


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A number that is not known yet.

    Attributes:
        function: a name of `FUNCTIONS`; empty for a leaf.
        arguments: what it is a function of.
        place: of a leaf among the numbers that are read.
    """

    function: str
    arguments: tuple[Number, ...] = ()
    place: int = -1

    def __add__(self, other: Number) -> Number:
        return apply("add", self, other)

    def __radd__(self, other: Number) -> Number:
        return apply("add", other, self)

    def __sub__(self, other: Number) -> Number:
        return apply("subtract", self, other)

    def __rsub__(self, other: Number) -> Number:
        return apply("subtract", other, self)

    def __mul__(self, other: Number) -> Number:
        return apply("multiply", self, other)

    def __rmul__(self, other: Number) -> Number:
        return apply("multiply", other, self)

    def __truediv__(self, other: Number) -> Number:
        return apply("divide", self, other)

    def __rtruediv__(self, other: Number) -> Number:
        return apply("divide", other, self)

    def __neg__(self) -> Number:
        return apply("negative", self)

    def __pow__(self, other: Number) -> Number:
        return apply("power", self, other)


def _divided(above: float, below: float) -> float:
    if below:
        return above / below
    return nan if above == 0 or above != above else inf if above > 0 else -inf


def _safe(function: Callable[[float], float], otherwise: float) -> Callable[[float], float]:
    def compute(value: float) -> float:
        try:
            return function(value)
        except (ValueError, OverflowError):
            return otherwise

    return compute


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: function(value) if value > 0 else -inf if value == 0 else nan


def _log_of_sum(one: float, other: float) -> float:
    return max(one, other) + log1p(exp(-abs(one - other)))


FUNCTIONS: Mapping[str, Callable[..., float]] = MappingProxyType(
    {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": _divided,
        "negative": lambda a: -a,
        "power": lambda a, b: a**b,
        "absolute": abs,
        "exp": _safe(exp, inf),
        "expm1": _safe(expm1, inf),
        "log": _logarithm(log),
        "log10": _logarithm(log10),
        "sqrt": _safe(sqrt, nan),
        "tanh": tanh,
        "trunc": trunc,
        "logaddexp": _log_of_sum,
        "maximum": max,
        "minimum": min,
        "greater": lambda a, b: float(a > b),
        "greater_equal": lambda a, b: float(a >= b),
        "equal": lambda a, b: float(a == b),
        "where": lambda chosen, one, other: one if chosen else other,
    }
)
"""The elementary functions; `templates/practice/tape.js` has them by the same names."""


def apply(function: str, *arguments: Number) -> Number:
    """An elementary function of numbers, at once where all are known."""
    known = [float(one) if not isinstance(one, Node) else one for one in arguments]
    if not any(isinstance(one, Node) for one in known):
        return FUNCTIONS[function](*known)
    if function == "where" and not isinstance(known[0], Node):
        return known[1] if known[0] else known[2]
    if function in _NEUTRAL:
        first, second = known
        neutral, on_the_left = _NEUTRAL[function]
        if not isinstance(second, Node) and second == neutral:
            return first
        if on_the_left and not isinstance(first, Node) and first == neutral:
            return second
    if function == "power":
        return _power(known[0], known[1])
    return Node(function, tuple(known))


_NEUTRAL = MappingProxyType(
    {"add": (0.0, True), "subtract": (0.0, False), "multiply": (1.0, True), "divide": (1.0, False)}
)
"""What changes nothing on the right, and whether on the left, too."""


def _power(base: Number, exponent: Number) -> Number:
    if exponent in (2.0, 3.0):
        square = apply("multiply", base, base)
        return square if exponent == 2.0 else apply("multiply", square, base)
    return base if exponent == 1.0 else Node("power", (base, exponent))
