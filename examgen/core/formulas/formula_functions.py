"""What a student's formula may apply: operators, functions, and the activations with their slopes.

One table, read by the parser of formulas (`formula_language`). All are elementwise on float64 arrays; outside their
domain they give nan, and a division by zero is outside the domain. Call them with floating-point warnings off.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from examgen.core.rules.activations import ACTIVATIONS, Activation
from examgen.core.rules.rule import Array


@dataclass(frozen=True, slots=True)
class Function:
    """One function or operator.

    Attributes:
        name: as students write it.
        arity: number of arguments.
        compute: (...) arrays -> (...).
        takes_more: whether more arguments are taken by applying it again, as in max(a, b, c).
    """

    name: str
    arity: int
    compute: Callable[..., Array]
    takes_more: bool = False


def function_key(name: str) -> str:
    """The key of a function's name in `FUNCTIONS`: upper and lower case and underscores make no difference."""
    return name.lower().replace("_", "")


def _positive_log(log: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda x: np.where(x > 0, log(x), np.nan)


def _divide(above: Array, below: Array) -> Array:
    return np.where(below == 0, np.nan, above / below)


def _slope(activation: Activation) -> Callable[[Array], Array]:
    slope, apply = activation.slope, activation.apply
    if slope is None:
        raise ValueError(f"{activation.name} has no elementwise slope")
    return slope if activation.slope_of == "z" else lambda z: slope(apply(z))


def _elementwise() -> list[Function]:
    """The activations that work on one number, sigmoid(z), and their slopes where they have some, sigmoid'(z)."""
    rows = [row for row in ACTIVATIONS.values() if row.slope is not None]
    jumping = [row for row in ACTIVATIONS.values() if row.levels]
    return [
        *(Function(row.name, 1, row.apply) for row in (*rows, *jumping)),
        *(Function(f"{row.name}'", 1, _slope(row)) for row in rows),
    ]


_ROWS = (
    *_elementwise(),
    Function("exp", 1, np.exp),
    Function("ln", 1, _positive_log(np.log)),
    Function("log10", 1, _positive_log(np.log10)),
    Function("sqrt", 1, np.sqrt),
    Function("abs", 1, np.abs),
    Function("sign", 1, np.sign),
    Function("max", 2, np.maximum, takes_more=True),
    Function("min", 2, np.minimum, takes_more=True),
)

_ALIASES = {"log": "ln", "sgn": "sign"} | {
    function_key(f"{alias}{prime}"): function_key(f"{row.name}{prime}")
    for row in ACTIVATIONS.values()
    for alias in row.aliases
    for prime in ("", "'")
}
_BY_NAME = {function_key(row.name): row for row in _ROWS}

FUNCTIONS: Mapping[str, Function] = MappingProxyType(_BY_NAME | {name: _BY_NAME[to] for name, to in _ALIASES.items()})
"""All functions by `function_key`, other names for the same function included."""

ADD = Function("+", 2, np.add)
SUBTRACT = Function("-", 2, np.subtract)
MULTIPLY = Function("*", 2, np.multiply)
DIVIDE = Function("/", 2, _divide)
POWER = Function("^", 2, np.float_power)
NEGATE = Function("-", 1, np.negative)
