"""Arithmetic of expressions: rows for + − · / ^, and the functions that put them together in their simplest form.

The pullbacks of all other operations are written with `plus`, `times` and the rest, so that what a derivative prints is
what one would write by hand: no factor 1, no term 0, numbers in front.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from math import prod

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
    OPEN,
    SUM,
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Shape,
    applied,
)
from examgen.core.circuits.operations.entry_functions import (
    LOGARITHM_TO_TEN,
    divide,
    entrywise,
    is_whole,
    logarithm,
    power_of,
)
from examgen.core.circuits.operations.signs import write_difference, write_power, write_product, write_sum
from examgen.core.circuits.operations.uniform import (
    FILL,
    ONE,
    TOTAL,
    ZERO,
    arguments_of,
    is_applied,
    is_zero,
    same_shapes,
    spread,
)


def to_shape(gradient: Expression, shape: Shape) -> Expression:
    """The derivative by a number that goes with every entry of an array is the sum over these."""
    return gradient if gradient.shape == shape else summed(gradient)


def _each(pull: Callable[[Applied, Expression], Sequence[Expression | None]]) -> Callable[..., list[Expression | None]]:
    """A pullback that is written entry by entry, for numbers among its arguments, too."""

    def pulled(one: Applied, gradient: Expression) -> list[Expression | None]:
        found = pull(one, spread(gradient, one.shape))
        pairs = zip(found, one.arguments, strict=True)
        return [None if part is None else to_shape(part, argument.shape) for part, argument in pairs]

    return pulled


def summed(value: Expression) -> Expression:
    """The sum of all entries; of a number, the number. A number in front stays in front."""
    if not value.shape:
        return value
    factor, parts = _factors(value)
    numbers = [part for part in parts if not part.shape]
    arrays = [part for part in parts if part.shape]
    if len(arrays) == 1 and is_applied(arrays[0], FILL):
        return _product(factor * prod(value.shape), [*numbers, *arguments_of(arrays[0])])
    return _product(factor, [*numbers, applied(TOTAL, _product(Fraction(1), arrays))])


ADD = Operation(
    "+",
    same_shapes,
    entrywise(np.add),
    write_sum,
    _each(lambda _one, g: [g, g]),
    2,
    2,
    is_rational=True,
    is_linear=True,
    sign="+",
)
SUBTRACT = Operation(
    "-",
    same_shapes,
    entrywise(np.subtract),
    write_difference,
    _each(lambda _one, g: [g, negated(g)]),
    2,
    2,
    is_rational=True,
    is_linear=True,
    sign="-",
)
NEGATE = Operation(
    "-",
    same_shapes,
    entrywise(np.negative),
    lambda texts, _: Piece(f"-{texts[0].within(OPEN)}", SUM),
    _each(lambda _one, g: [negated(g)]),
    is_rational=True,
    is_linear=True,
    sign="-",
)
MULTIPLY = Operation(
    "*",
    same_shapes,
    entrywise(np.multiply),
    write_product,
    _each(lambda one, g: [times(g, one.arguments[1]), times(g, one.arguments[0])]),
    2,
    2,
    is_rational=True,
    products=lambda one: prod(one.shape) if not any(isinstance(part, Constant) for part in one.arguments) else 0,
    is_linear=True,
    wrong={"other-factor": _each(lambda one, g: [times(g, one.arguments[0]), times(g, one.arguments[1])])},
    sign=lambda one: r"\odot" if all(part.shape for part in one.arguments) else r"\times",
)


def _pull_quotient(one: Applied, gradient: Expression, sign: int = -1) -> list[Expression | None]:
    above, below = one.arguments
    by_below = times(gradient, over(above, power(below, 2)))
    return [over(gradient, below), negated(by_below) if sign < 0 else by_below]


DIVIDE = Operation(
    "/",
    same_shapes,
    entrywise(divide),
    lambda texts, _: Piece(rf"\frac{{{texts[0].latex}}}{{{texts[1].latex}}}", ATOM),
    _each(_pull_quotient),
    2,
    2,
    wrong={"quotient-sign": _each(lambda one, g: _pull_quotient(one, g, sign=1))},
    sign="/",
    rational_when=lambda one: isinstance(one.arguments[1], Constant),
)


def _pull_power(one: Applied, gradient: Expression) -> list[Expression | None]:
    base, exponent = one.arguments
    by_base = times(gradient, times(exponent, power(base, minus(exponent, ONE))))
    if isinstance(exponent, Constant):
        return [by_base, None]
    return [by_base, times(gradient, times(one, applied(LOGARITHM, base)))]


def _power_kept(one: Applied, gradient: Expression) -> list[Expression | None]:
    """2 x² for the derivative of x²."""
    base, exponent = one.arguments
    return [times(gradient, times(exponent, power(base, exponent))), _pull_power(one, gradient)[1]]


def _factor_lost(one: Applied, gradient: Expression) -> list[Expression | None]:
    """x for the derivative of x²."""
    base, exponent = one.arguments
    return [times(gradient, power(base, minus(exponent, ONE))), _pull_power(one, gradient)[1]]


POWER_OF = Operation(
    "^",
    same_shapes,
    entrywise(power_of),
    write_power,
    _each(_pull_power),
    2,
    2,
    rational_when=lambda one: is_whole(one.arguments[1]),
    wrong={"power-kept": _each(_power_kept), "power-kept 2": _each(_factor_lost)},
    sign=r"(\cdot)^{\cdot}",
)


LOGARITHM = Operation(
    "log",
    same_shapes,
    entrywise(logarithm),
    lambda texts, _: Piece(rf"\ln\left({texts[0].bare}\right)", ATOM),
    _each(lambda one, g: [over(g, one.arguments[0])]),
    doubt={"log10": lambda one: applied(LOGARITHM_TO_TEN, *one.arguments)},
    sign=r"\ln",
)


def times(first: Expression, second: Expression) -> Expression:
    """A product in its simplest form: its number in front, no factor 1, and 0 where one is."""
    one, others = _factors(first)
    other, more = _factors(second)
    return spread(_product(one * other, [*others, *more]), same_shapes([first.shape, second.shape]))


def _factors(value: Expression) -> tuple[Fraction, list[Expression]]:
    """The number in front of a product, and its other factors; a number in every entry counts as that number."""
    if isinstance(value, Constant):
        return value.value, []
    if isinstance(value, Applied):
        if value.operation is FILL:
            factor, rest = _factors(value.arguments[0])
            return factor, [applied(FILL, _product(Fraction(1), rest), settings=value.settings)]
        if value.operation is MULTIPLY:
            (one, others), (other, more) = map(_factors, value.arguments)
            return one * other, others + more
        if value.operation is DIVIDE and isinstance(value.arguments[1], Constant) and value.arguments[1].value:
            factor, rest = _factors(value.arguments[0])
            return factor / value.arguments[1].value, rest
        if value.operation is NEGATE:
            factor, rest = _factors(value.arguments[0])
            return -factor, rest
    return Fraction(1), [value]


def _gathered(factor: Fraction, parts: Iterable[Expression]) -> tuple[Fraction, list[Expression]]:
    """A number and the factors of other ones, all numbers among these put into it."""
    found: list[Expression] = []
    for part in parts:
        more, rest = _factors(part)
        factor *= more
        found += rest
    return factor, found


def _product(factor: Fraction, parts: Sequence[Expression]) -> Expression:
    """The product of a number and other factors; numbers in every entry are that number beside an array."""
    if factor == 0:
        return ZERO
    filled = [part for part in parts if is_applied(part, FILL)]
    if filled:
        numbers = [part for one in parts for part in (arguments_of(one) if is_applied(one, FILL) else [one])]
        if not any(part.shape for part in numbers):
            return spread(_product(factor, numbers), filled[0].shape)
        # Beside an array, the number alone says the same.
        factor, parts = _gathered(factor, numbers)
    found: Expression | None = None
    for part in parts:
        found = part if found is None else applied(MULTIPLY, found, part)
    if found is None:
        return Constant(factor)
    if abs(factor) != 1:
        found = applied(MULTIPLY, Constant(abs(factor)), found)
    return found if factor > 0 else applied(NEGATE, found)


def negated(value: Expression) -> Expression:
    """Minus a value; of a difference, the difference the other way round."""
    if isinstance(value, Applied) and value.operation is SUBTRACT:
        return applied(SUBTRACT, value.arguments[1], value.arguments[0])
    return times(Constant(Fraction(-1)), value)


def plus(first: Expression, second: Expression) -> Expression:
    """A sum in its simplest form; terms that differ by a number only are one."""
    if is_zero(first) or is_zero(second):
        return second if is_zero(first) else first
    one, others = _factors(first)
    other, more = _factors(second)
    if others == more:
        return times(Constant(one + other), _product(Fraction(1), others)) if others else Constant(one + other)
    if other < 0:
        return applied(SUBTRACT, first, _product(-other, more))
    return applied(ADD, first, second)


def minus(first: Expression, second: Expression) -> Expression:
    """A difference in its simplest form."""
    return plus(first, negated(second))


def over(above: Expression, below: Expression) -> Expression:
    """A quotient in its simplest form; a number below goes in front."""
    if isinstance(below, Constant) and below.value:
        return times(Constant(1 / below.value), above)
    factor, parts = _factors(above)
    if below in parts:
        parts.remove(below)
        return _product(factor, parts)
    if abs(factor.numerator) == 1 or not parts:
        sign = Constant(Fraction(-1 if factor < 0 else 1))
        return times(sign, applied(DIVIDE, _product(abs(factor), parts), below))
    return times(Constant(factor), applied(DIVIDE, _product(Fraction(1), parts), below))


def power(base: Expression, exponent: "Expression | int") -> Expression:
    """A power in its simplest form."""
    raised = Constant(Fraction(exponent)) if isinstance(exponent, int) else exponent
    if raised == ONE:
        return base
    if raised == ZERO:
        return spread(ONE, base.shape)
    return applied(POWER_OF, base, raised)


def added(terms: Iterable[Expression]) -> Expression:
    """The sum of some terms, 0 for none."""
    return reduce(plus, [ZERO, *terms])
