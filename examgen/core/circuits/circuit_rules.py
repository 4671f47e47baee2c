"""From an expression to a rule of the graph: computation, LaTeX and pullbacks.

The rule of a definition reads the quantities that its text names, and gives one quantity. Its pullbacks are the
expressions that reverse-mode differentiation of the text gives, in their simplest form.

Source: vector-Jacobian products as in HIPS/autograd, on expressions instead of arrays.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from examgen.core.circuits.expressions import (
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Pull,
    Read,
    applications_in,
    compiled,
    names_in,
    parts,
    shapes_in,
)
from examgen.core.circuits.operations.signs import write_constant
from examgen.core.circuits.operations.simplest_forms import plus
from examgen.core.circuits.operations.uniform import FURTHER_INDICES, ONE, ZERO, as_often, is_zero, same_shapes, spread
from examgen.core.rules.rule import Array, Pullback, Reads, Rule, Source

DEFINITION = "definition "
"""The name of a definition's rule begins so."""

GRADIENT, RESULT = "\0gradient", "\0result"
"""Names of the derivative by the result and of the result itself in the expressions of pullbacks."""

Wrong = Mapping[Operation, Pull]
"""Pullbacks that a student takes instead of the right ones."""


@dataclass(frozen=True, slots=True)
class ExpressionRule(Rule):
    """A rule that computes an expression.

    Attributes:
        expression: over the rule's inputs by their names.
        names: of these, in the rule's order.
    """

    expression: Expression = field(default=ZERO, compare=False)
    names: tuple[str, ...] = ()


def expression_rule(text: str, expression: Expression, pullbacks: tuple[Pullback | None, ...] = ()) -> ExpressionRule:
    """The rule of an expression.

    Args:
        text: that tells it from others.
        expression: what it computes.
        pullbacks: of its inputs, in the order in which the expression names them.
    """
    names = names_in(expression)
    return ExpressionRule(
        f"{DEFINITION}{text}",
        _signature(expression, names),
        compiled(expression, names),
        latex_of(expression, names),
        is_straight=_is_straight(expression),
        kinks=_distances(expression, names),
        pullbacks=pullbacks,
        expression=expression,
        names=names,
        multiplications=sum(map(_products, applications_in(expression))),
    )


def _products(one: Applied) -> int:
    return one.operation.products(one) if one.operation.products else 0


def _distances(expression: Expression, names: tuple[str, ...]) -> Callable[..., Array] | None:
    """How far inputs are from where a derivative jumps; None where none does."""
    sites = [
        (one, one.operation.kink, [compiled(part, names) for part in one.arguments])
        for one in applications_in(expression)
        if one.operation.kink is not None
    ]
    if not sites:
        return None

    def distances(*inputs: Array) -> Array:
        found = [kink([argument(*inputs) for argument in arguments], one) for one, kink, arguments in sites]
        leading = np.broadcast_shapes(*(array.shape[:-1] for array in found))
        return np.concatenate([np.broadcast_to(array, (*leading, array.shape[-1])) for array in found], axis=-1)

    return distances


def _signature(expression: Expression, names: tuple[str, ...]) -> str:
    """Each axis of each input is one of its own: no more is known of them."""
    shapes = shapes_in(expression)
    sizes = [*(len(shapes[name]) for name in names), len(expression.shape)]
    letters = iter("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" * 4)
    axes = [f"({','.join(next(letters) for _ in range(size))})" for size in sizes]
    return f"{','.join(axes[:-1])}->{axes[-1]}"


def _is_straight(expression: Expression) -> bool:
    """Whether each input goes in along a straight line while all others stay."""
    if not isinstance(expression, Applied):
        return True
    arguments = expression.arguments
    read = [name for argument in arguments for name in names_in(argument)]
    is_sum = expression.operation.products is None
    return (
        expression.operation.is_linear and all(map(_is_straight, arguments)) and (is_sum or len(read) == len(set(read)))
    )


def latex_of(expression: Expression, names: tuple[str, ...]) -> str:
    """The LaTeX of an expression as a template over these names."""
    return _piece(expression, {name: f"<{place}>" for place, name in enumerate(names)}).latex


def _piece(expression: Expression, places: Mapping[str, str]) -> Piece:
    if isinstance(expression, Read):
        return Piece(places[expression.name])
    if isinstance(expression, Constant):
        return write_constant(expression.value)
    if expression.operation.sums_entries and _is_entrywise(expression.arguments[0]):
        return _written_sum(expression, places)
    return expression.operation.write([_piece(one, places) for one in expression.arguments], expression)


def _written_sum(expression: Applied, places: Mapping[str, str]) -> Piece:
    """A sum over the entries of arrays, each with an index; between entries stands the sign of numbers."""
    inner = _of_entries(expression.arguments[0], places)
    summand = replace(inner, latex=inner.latex.replace(r"\odot", "<dot>"))
    return expression.operation.write([summand], expression)


def _of_entries(expression: Expression, places: Mapping[str, str]) -> Piece:
    """An expression of any entry of what it reads; numbers in it that are sums themselves have other indices."""
    if isinstance(expression, Read) and expression.shape:
        return Piece(f"{places[expression.name][:-1]}:index>")
    if not isinstance(expression, Applied) or expression.operation.fits is not same_shapes:
        whole = _piece(expression, places)
        return replace(whole, latex=_SUM_INDICES.sub(_further, whole.latex))
    return expression.operation.write([_of_entries(one, places) for one in expression.arguments], expression)


_SUM_INDICES = re.compile(r"(?<=\\sum_\{)[ij,]+(?=\})|(?<=:index)(?=>)")


def _further(found: re.Match[str]) -> str:
    """Indices of a sum within another."""
    return found[0].translate(FURTHER_INDICES) or "_further"


def _is_entrywise(expression: Expression) -> bool:
    """Whether each entry follows from the same entry of all arrays that are read."""
    if not isinstance(expression, Applied) or not expression.shape:
        return True
    return expression.operation.fits is same_shapes and all(map(_is_entrywise, expression.arguments))


def definition_rule(text: str, expression: Expression, wrong: Wrong, *, is_end: bool) -> ExpressionRule:
    """The rule of a definition with the way back through it.

    Args:
        text: of the definition.
        expression: as it was read.
        wrong: pullbacks that are taken instead of the right ones.
        is_end: whether it is the number that is differentiated, where the derivative by the result is 1.
    """
    gradient: Expression = ONE if is_end else Read(GRADIENT, expression.shape)
    found = gradients(expression, gradient, wrong)
    pullbacks = tuple(
        _pullback(text, name, found[name], expression, gradient) if name in found else None
        for name in names_in(expression)
    )
    return expression_rule(text, expression, pullbacks)


def _with_result(derivative: Expression, expression: Expression) -> Expression:
    """The derivative with the result for what computes it: a (1 - a) for the slope of a sigmoid."""
    if derivative == expression and isinstance(expression, Applied):
        return Read(RESULT, expression.shape)
    if isinstance(derivative, Applied):
        arguments = tuple(_with_result(one, expression) for one in derivative.arguments)
        return Applied(derivative.operation, arguments, derivative.settings, derivative.shape)
    return derivative


def _pullback(text: str, name: str, derivative: Expression, expression: Expression, gradient: Expression) -> Pullback:
    derivative = _with_result(derivative, expression)
    if not names_in(derivative):
        by = Read(name, shapes_in(expression)[name])
        derivative = as_often(derivative, gradient if isinstance(gradient, Read) else by)
    sources: dict[str, Source] = {one: place for place, one in enumerate(names_in(expression))}
    sources |= {GRADIENT: Reads.GRADIENT, RESULT: Reads.RESULT}
    rule = expression_rule(f"{text} by {name}", derivative)
    return Pullback(rule, tuple(sources[one] for one in rule.names))


def gradients(expression: Expression, gradient: Expression, wrong: Wrong | None = None) -> dict[str, Expression]:
    """The derivatives of an expression by what it reads, from the derivative by its result.

    What is behind an operation that has none is not among them.
    """
    found: dict[str, Expression] = {}
    flat: set[str] = set()
    waiting: dict[Expression, Expression] = {expression: gradient}
    # An expression that stands in several places is one: what comes back through each of them is added up.
    for one in reversed(tuple(dict.fromkeys(parts(expression)))):
        if one not in waiting:
            continue
        back = waiting.pop(one)
        if is_zero(back):
            # What comes back through two places and cancels is a 0 without a shape.
            continue
        if isinstance(one, Read):
            found[one.name] = plus(found[one.name], back) if one.name in found else back
        elif isinstance(one, Applied):
            for argument, share in zip(one.arguments, _pulled(one, back, wrong or {}), strict=True):
                if share is None:
                    flat.update(names_in(argument))
                elif not is_zero(share):
                    waiting[argument] = plus(waiting[argument], share) if argument in waiting else share
    # What cancels, as in x - x, is 0; what has no derivative has none.
    known = found.keys() | flat
    return found | {name: spread(ZERO, shape) for name, shape in shapes_in(expression).items() if name not in known}


def _pulled(one: Applied, gradient: Expression, wrong: Wrong) -> Sequence[Expression | None]:
    pull = wrong.get(one.operation, one.operation.pull)
    return [None] * len(one.arguments) if pull is None else pull(one, gradient)
