"""Functions of expressions, entry by entry: exp, max, and every activation, of which its own table says all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.core.circuits.expressions import (
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Pull,
    Shape,
    aligned,
    applied,
    flat,
    is_object,
)
from examgen.core.circuits.operations.signs import write_template
from examgen.core.circuits.operations.simplest_forms import (
    LOGARITHM,
    minus,
    negated,
    over,
    plus,
    power,
    times,
    to_shape,
)
from examgen.core.circuits.operations.uniform import ONE, same_shapes, spread
from examgen.core.exact import exactly
from examgen.core.formulas.formula_functions import ADD, DIVIDE, MULTIPLY, NEGATE, POWER, SUBTRACT, Function
from examgen.core.formulas.formula_language import Formula, parse_formula
from examgen.core.formulas.postfix import folded
from examgen.core.rules.activations import ACTIVATIONS, Activation
from examgen.core.rules.rule import Array


def is_typed(array: Array) -> bool:
    """Whether an array holds texts, which know how they are written as the arguments of functions."""
    return is_object(array) and any(hasattr(one, "called") for one in np.ravel(array))


def called(name: str, function: Callable[..., Array], *arrays: Array) -> Array:
    """A function of arrays, entry by entry, and of texts as they are typed."""
    if any(map(is_typed, arrays)):
        return np.asarray(np.frompyfunc(lambda *ones: _typed(name, ones), len(arrays), 1)(*arrays), dtype=object)
    with np.errstate(all="ignore"):
        return np.asarray(function(*arrays))


def extreme(values: Array, *, largest: bool = True) -> Array:
    """The largest or smallest along the last axis, (..., n) -> (...), of fractions and texts as well."""
    if not is_object(values):
        return np.asarray(values.max(axis=-1) if largest else values.min(axis=-1))

    def taken(found: Array, other: Array) -> Array:
        return np.where(other > found if largest else other < found, other, found)

    columns = [values[..., place] for place in range(values.shape[-1])]
    return called("max" if largest else "min", lambda *ones: reduce(taken, ones), *columns)


def is_ahead(values: Array, *, largest: bool = True) -> Array:
    """1 where an entry of texts is ahead of all others along the last axis, else 0, (..., n) -> (..., n).

    As it is typed: formulas have no comparisons, and the slope of ReLU is one.
    """
    count = values.shape[-1]
    each, other = values[..., :, None], values[..., None, :]
    gaps = each - other if largest else other - each
    to_others = gaps[..., ~np.eye(count, dtype=bool)].reshape(*values.shape, count - 1)
    return np.asarray(positive(to_others).prod(axis=-1), dtype=object)


def positive(gap: Array) -> Array:
    """1 where a difference is positive, else 0."""
    return called("relu'", lambda each: np.asarray((each > 0) * 1 + 0 * each), gap)


def _typed(name: str, ones: Sequence[Any]) -> Any:
    text = next(one for one in ones if hasattr(one, "called"))
    return text.called(name, ones)


def _entrywise(name: str, function: Callable[..., Array]) -> Callable[[Sequence[Array], Applied], Array]:
    return lambda arrays, one: called(name, function, *aligned(arrays, one.arguments, len(one.shape)))


def write_call(latex: str) -> Callable[[Sequence[Piece], Applied], Piece]:
    return lambda texts, _: Piece(rf"{latex}\left({', '.join(text.bare for text in texts)}\right)")


def unary(
    name: str,
    function: Callable[[Array], Array],
    write: Callable[[Sequence[Piece], Applied], Piece],
    slope: Callable[[Applied], Expression] | None = None,
    **more: Any,
) -> Operation:
    """A function of each entry, with its slope as an expression."""
    pull: Pull | None = None if slope is None else (lambda one, gradient: [times(gradient, slope(one))])
    return Operation(name, same_shapes, _entrywise(name, function), write, pull, **more)


SIGN = Operation(
    "",
    same_shapes,
    _entrywise("sign", lambda x: (x > 0) * 1 - (x < 0) * 1 + 0 * x),
    write_call(r"\operatorname{sign}"),
    is_rational=True,
)
"""The derivative of the absolute value, 0 at 0; the activation of this name is 1 there."""


def _is_positive(arrays: Sequence[Array], one: Applied) -> Array:
    first, second = aligned(arrays, one.arguments, len(one.shape))
    return positive(np.asarray(first - second))


POSITIVE = Operation(
    "",
    same_shapes,
    _is_positive,
    lambda texts, _: Piece(rf"\left[{texts[0].latex} > {texts[1].latex}\right]"),
    least=2,
    most=2,
    is_rational=True,
)
"""1 where the first is larger than the second, else 0."""


def _of_extreme(*, largest: bool) -> Pull:
    """To the larger of two, or to the smaller."""

    def pull(one: Applied, gradient: Expression) -> list[Expression | None]:
        found: list[Expression | None] = []
        for argument, other in zip(one.arguments, one.arguments[::-1], strict=True):
            takes = applied(POSITIVE, *((argument, other) if largest else (other, argument)))
            found.append(to_shape(times(gradient, takes), argument.shape))
        return found

    return pull


def _to_both(one: Applied, gradient: Expression) -> list[Expression | None]:
    return [to_shape(gradient, argument.shape) for argument in one.arguments]


def _gap(arrays: Sequence[Array], one: Applied) -> Array:
    first, second = aligned(arrays, one.arguments, len(one.shape))
    return flat(first - second, one.shape)


def lead(values: Array, *, largest: bool = True) -> Array:
    """How far the extreme of some values is ahead of the next, (..., n) -> (...); where they meet, another is taken."""
    found = np.sort(values if largest else -values, axis=-1)
    return np.asarray(found[..., -1] - found[..., -2]) if found.shape[-1] > 1 else np.full(found.shape[:-1], np.inf)


def _extreme(name: str, *, largest: bool) -> Operation:
    def function(first: Array, second: Array) -> Array:
        takes_first = first > second if largest else first < second
        return np.where(takes_first, first, second)

    return Operation(
        name,
        same_shapes,
        _entrywise(name, function),
        write_call(rf"\{name}"),
        _of_extreme(largest=largest),
        2,
        2,
        kink=_gap,
        is_rational=True,
        wrong={"max-to-both": _to_both, "max-to-loser": _of_extreme(largest=not largest)},
        sign=rf"\{name}",
    )


MAXIMUM, MINIMUM = _extreme("max", largest=True), _extreme("min", largest=False)
_EXTREMES: Mapping[str, Operation] = MappingProxyType({"max": MAXIMUM, "min": MINIMUM})


def _activation(row: Activation) -> Operation:
    """An activation that works entry by entry."""
    kink = None if not row.kinks else lambda arrays, one: _to_kinks(row, arrays[0], one.shape)
    return unary(
        row.name,
        row.apply,
        lambda texts, _: write_template(row.latex, texts[0]),
        None if row.levels else _slope(row),
        kink=kink,
        is_rational=row.is_rational,
        wrong={"no-slope": lambda _one, gradient: [gradient]},
        doubt={"sigmoid-sign": _of_minus} if row.name == "sigmoid" else {},
        sign=row.symbol,
    )


def _slope(row: Activation) -> Callable[[Applied], Expression]:
    """The slope of an activation: from its value where it is calculated so by hand, else from what it reads."""
    if row.slope_from_a:
        formula = parse_formula(row.slope_from_a.replace("<0>", _VALUE), {_VALUE})
        assert isinstance(formula, Formula)
        return lambda one: _expression(formula, one)
    if row.slope_spelling == "1":
        return lambda one: spread(ONE, one.shape)
    from_z = _slope_row(row)
    return lambda one: applied(from_z, one.arguments[0])


_VALUE = "a"
_BY_HAND: Mapping[Function, Callable[..., Expression]] = MappingProxyType(
    {ADD: plus, SUBTRACT: minus, MULTIPLY: times, DIVIDE: over, POWER: power, NEGATE: negated}
)


def _expression(formula: Formula, value: Expression) -> Expression:
    """The expression of a formula of one value."""

    def read(step: float | str) -> Expression:
        return value if isinstance(step, str) else Constant(exactly(step))

    def apply(step: Function, arguments: Sequence[Expression]) -> Expression:
        make = _BY_HAND.get(step) or partial(applied, _EXTREMES[step.name])
        return make(*arguments)

    return folded(formula.program, read, apply)


def _of_minus(one: Applied) -> Expression:
    """The same function of minus its argument."""
    return applied(one.operation, negated(one.arguments[0]))


def _to_kinks(row: Activation, z: Array, shape: Shape) -> Array:
    return np.concatenate([flat(z - kink, shape) for kink in row.kinks], axis=-1)


def _slope_row(row: Activation) -> Operation:
    """The slope from what an activation reads."""
    apply, slope = row.apply, row.slope
    assert slope is not None
    of_z = slope if row.slope_of == "z" else lambda z: slope(apply(z))
    latex = row.slope_latex if row.slope_of == "z" else rf"{row.symbol}'\left(<0:bare>\right)"

    def write(texts: Sequence[Piece], _one: Applied) -> Piece:
        return write_template(latex, texts[0])

    return Operation("", same_shapes, _entrywise(f"{row.name}'", of_z), write, is_rational=row.is_rational)


def _functions() -> Iterator[Operation]:
    yield unary("exp", np.exp, _write_exp, lambda one: one, sign=r"\exp")
    root = r"\sqrt{\cdot}"
    yield unary("sqrt", np.sqrt, lambda texts, _: Piece(rf"\sqrt{{{texts[0].bare}}}"), _slope_of_root, sign=root)
    yield unary(
        "abs",
        np.abs,
        lambda texts, _: Piece(rf"\left|{texts[0].bare}\right|"),
        lambda one: applied(SIGN, one.arguments[0]),
        kink=lambda arrays, one: flat(arrays[0], one.shape),
        is_rational=True,
        sign=r"\left|\cdot\right|",
    )
    yield LOGARITHM
    yield from (_activation(row) for row in ACTIVATIONS.values() if not row.share_of)


def _slope_of_root(one: Applied) -> Expression:
    return over(ONE, times(Constant(Fraction(2)), one))


def _write_exp(texts: Sequence[Piece], _one: Applied) -> Piece:
    return Piece(rf"\exp\left({texts[0].bare}\right)")


FUNCTIONS = tuple(_functions())
"""All that have one argument."""
