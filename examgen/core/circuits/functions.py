"""Functions of expressions: entry by entry, such as exp, max and every activation; and losses, which give one number.

A new function is one row. Activations and losses come from their own tables, with all that these say of them.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
    PRODUCT,
    SUM,
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Pull,
    Settings,
    Shape,
    aligned,
    applied,
    is_object,
)
from examgen.core.circuits.simplest_forms import LOGARITHM, minus, negated, over, power, times, to_shape
from examgen.core.circuits.uniform import ONE, same_shapes
from examgen.core.rules.activations import ACTIVATIONS, Activation
from examgen.core.rules.losses import LOSSES, Loss
from examgen.core.rules.rule import Array, fill_latex, fraction_latex


def called(name: str, function: Callable[..., Array], *arrays: Array) -> Array:
    """A function of arrays, and of texts as they are typed, which know how they are written as its arguments."""
    if any(is_object(array) and any(hasattr(one, "called") for one in np.ravel(array)) for array in arrays):
        return np.asarray(np.frompyfunc(lambda *ones: _typed(name, ones), len(arrays), 1)(*arrays), dtype=object)
    with np.errstate(all="ignore"):
        return np.asarray(function(*arrays))


def extreme(array: Array, *, largest: bool = True) -> Array:
    """The largest or smallest along the last axis, (..., n) -> (...), of fractions and the like as well."""
    if not is_object(array):
        return np.asarray(array.max(axis=-1) if largest else array.min(axis=-1))
    found = array[..., 0]
    for place in range(1, array.shape[-1]):
        other = array[..., place]
        found = np.where(other > found if largest else other < found, other, found)
    return np.asarray(found)


def _typed(name: str, ones: Sequence[Any]) -> Any:
    text = next(one for one in ones if hasattr(one, "called"))
    return text.called(name, ones)


def _entrywise(name: str, function: Callable[..., Array]) -> Callable[[Sequence[Array], Applied], Array]:
    return lambda arrays, one: called(name, function, *aligned(arrays, one.arguments, len(one.shape)))


def _call(latex: str) -> Callable[[Sequence[Piece], Applied], Piece]:
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


SIGN = unary("sign", lambda x: (x > 0) * 1 - (x < 0) * 1 + 0 * x, _call(r"\operatorname{sign}"), is_rational=True)

POSITIVE = Operation(
    "",
    same_shapes,
    _entrywise("step", lambda first, second: (first > second) * 1 + 0 * (first + second)),
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
    return _flat(first - second, one.shape)


def _flat(array: Array, shape: Shape) -> Array:
    """(..., *shape) -> (..., entries)."""
    return array.reshape(*array.shape[: array.ndim - len(shape)], -1)


def _extreme(name: str, *, largest: bool) -> Operation:
    def function(first: Array, second: Array) -> Array:
        takes_first = first > second if largest else first < second
        return np.where(takes_first, first, second)

    return Operation(
        name,
        same_shapes,
        _entrywise(name, function),
        _call(rf"\{name}"),
        _of_extreme(largest=largest),
        2,
        2,
        kink=_gap,
        is_rational=True,
        wrong={"max-to-both": _to_both, "max-to-loser": _of_extreme(largest=not largest)},
        sign=rf"\{name}",
    )


MAXIMUM, MINIMUM = _extreme("max", largest=True), _extreme("min", largest=False)


def _activation(row: Activation) -> Operation:
    """An activation that works entry by entry."""
    slope_of_a, slope_of_z = _slope_rows(row)

    def slope(one: Applied) -> Expression:
        return applied(slope_of_a, one) if row.slope_of == "a" else applied(slope_of_z, one.arguments[0])

    exact = {"sigmoid": lambda one: times(one, minus(ONE, one)), "tanh": lambda one: minus(ONE, power(one, 2))}
    kink = None if not row.kinks else lambda arrays, one: _to_kinks(row, arrays[0], one.shape)
    return unary(
        row.name,
        row.apply,
        lambda texts, _: Piece(_filled(row.latex, texts[0])),
        exact.get(row.name, slope),
        kink=kink,
        is_rational=row.is_rational,
        wrong={"no-slope": lambda _one, gradient: [gradient]},
        doubt={"sigmoid-sign": _of_minus} if row.name == "sigmoid" else {},
        sign=row.symbol,
    )


def _of_minus(one: Applied) -> Expression:
    """The same function of minus its argument."""
    return applied(one.operation, negated(one.arguments[0]))


def _to_kinks(row: Activation, z: Array, shape: Shape) -> Array:
    return np.concatenate([_flat(z - kink, shape) for kink in row.kinks], axis=-1)


def _slope_rows(row: Activation) -> tuple[Operation, Operation]:
    """The slope from a and from z; the row of the activation says which of them it knows."""
    slope = row.slope or (lambda z: z * 0)

    def write(texts: Sequence[Piece], _one: Applied) -> Piece:
        return Piece(_filled(row.slope_latex, texts[0]), PRODUCT)

    spelled = f"{row.name}'"
    from_a = unary("", slope, write, is_rational=row.is_rational)
    from_z = Operation("", same_shapes, _entrywise(spelled, slope), write, is_rational=row.is_rational)
    return from_a, from_z


def _filled(template: str, argument: Piece) -> str:
    """A template of the table with an argument; between numbers and between arrays the signs are those of all rules."""

    def symbol(name: str, modifier: str) -> str:
        if name == "times":
            return ""
        if name == "hadamard":
            return "<hadamard>"
        return argument.bare if modifier == "bare" else argument.within(PRODUCT)

    return fill_latex(template, symbol)


def _loss_shape(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    if shapes[0] != shapes[1]:
        raise ValueError(f"outputs have shape {list(shapes[0])} and targets {list(shapes[1])}; give both the same")
    if len(shapes[0]) > 1:
        raise ValueError(f"outputs have shape {list(shapes[0])}; a loss is of a number or of a vector")
    return ()


def _as_sample(array: Array, one: Expression) -> Array:
    """(..., [outputs]) -> (..., 1, outputs): as rows of losses have it."""
    return array[..., None, :] if one.shape else array[..., None, None]


def _loss(row: Loss) -> Operation:
    def compute(arrays: Sequence[Array], one: Applied) -> Array:
        a, y = (_as_sample(array, part) for array, part in zip(arrays, one.arguments, strict=True))
        with np.errstate(all="ignore"):
            return np.asarray(row.of_sample(a, y)[..., 0])

    def write(texts: Sequence[Piece], one: Applied) -> Piece:
        outputs = one.arguments[0].shape
        a, y = (_entry_of(text) if outputs else text.within(ATOM) for text in texts)
        symbols = {"a": a, "y": y, "times": ""}
        term = fill_latex(row.term, lambda name, _: symbols[name])
        factor = row.factor(outputs[0] if outputs else 1, 1)
        return Piece(_times_latex(factor, rf"\sum_i {term}" if outputs else term), SUM)

    slope = _loss_slope(row)

    def pull(one: Applied, gradient: Expression) -> list[Expression | None]:
        by_outputs = applied(slope, *one.arguments)
        scale = row.slope_factor(one.arguments[0].shape[0] if one.arguments[0].shape else 1, 1)
        return [times(gradient, times(Constant(scale), by_outputs)), None]

    def scaled_by(factor: Fraction) -> Pull:
        return lambda one, gradient: pull(one, times(Constant(factor), gradient))

    wrong = {"error-sign": scaled_by(Fraction(-1))}
    if row.is_squared:
        wrong |= {"loss-factor": scaled_by(Fraction(2)), "loss-factor 2": scaled_by(Fraction(1, 2))}

    def write_to_ten(texts: Sequence[Piece], one: Applied) -> Piece:
        return Piece(write(texts, one).latex.replace(r"\ln", r"\log_{10}"), SUM)

    to_ten = Operation(
        "", _loss_shape, lambda arrays, one: _to_ten(compute(arrays, one)), write_to_ten, least=2, most=2
    )
    return Operation(
        row.name,
        _loss_shape,
        compute,
        write,
        pull,
        2,
        2,
        is_rational=row.is_rational,
        wrong=wrong,
        doubt={"log10": lambda one: applied(to_ten, *one.arguments)} if row.logarithms else {},
    )


def _to_ten(loss: Array) -> Array:
    """A loss that is made of natural logarithms, as it comes out with those to the base of ten."""
    if is_object(loss):
        return np.asarray(np.frompyfunc(lambda text: text.respelled("ln", "log10"), 1, 1)(loss), dtype=object)
    return np.asarray(loss / np.log(10))


def _entry_of(text: Piece) -> str:
    return text.read_as("index") if text.is_place else f"{text.within(ATOM)}_i"


def _loss_slope(row: Loss) -> Operation:
    """The derivative of a loss by its outputs without the constant in front."""

    def compute(arrays: Sequence[Array], one: Applied) -> Array:
        outputs = one.shape[0] if one.shape else 1
        a, y = (_as_sample(array, part) for array, part in zip(arrays, one.arguments, strict=True))
        with np.errstate(all="ignore"):
            slope = np.asarray(row.slope_of_sample(a, y))[..., 0, :]
        scale = row.slope_factor(outputs, 1)
        found = slope / (scale if is_object(slope) else float(scale))
        return np.asarray(found if one.shape else found[..., 0])

    def write(texts: Sequence[Piece], _one: Applied) -> Piece:
        return Piece(fill_latex(row.slope_term, lambda name, _: texts[int(name)].within(PRODUCT)), SUM)

    return Operation("", same_shapes, compute, write, least=2, most=2, is_rational=row.is_rational)


def _times_latex(factor: Fraction, latex: str) -> str:
    sign = {Fraction(1): "", Fraction(-1): "-"}.get(factor)
    return f"{fraction_latex(factor)} {latex}" if sign is None else f"{sign}{latex}"


def _functions() -> Iterator[Operation]:
    yield unary("exp", np.exp, _write_exp, lambda one: one, sign=r"\exp")
    root = r"\sqrt{\cdot}"
    yield unary("sqrt", np.sqrt, lambda texts, _: Piece(rf"\sqrt{{{texts[0].bare}}}"), _slope_of_root, sign=root)
    yield unary(
        "abs",
        np.abs,
        lambda texts, _: Piece(rf"\left|{texts[0].bare}\right|"),
        lambda one: applied(SIGN, one.arguments[0]),
        kink=lambda arrays, one: _flat(arrays[0], one.shape),
        is_rational=True,
        sign=r"\left|\cdot\right|",
    )
    yield LOGARITHM
    yield SIGN
    yield from (_activation(row) for row in ACTIVATIONS.values() if row.slope is not None)
    yield from map(_loss, LOSSES.values())


def _slope_of_root(one: Applied) -> Expression:
    return over(ONE, times(Constant(Fraction(2)), one))


def _write_exp(texts: Sequence[Piece], _one: Applied) -> Piece:
    return Piece(rf"\exp\left({texts[0].bare}\right)")


FUNCTIONS = tuple(_functions())
"""All that have one argument, and losses."""
