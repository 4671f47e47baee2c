"""What students believe who are wrong about circuits, by the label of the misconception in `misconceptions`.

Each row says what is done otherwise, and in which exercises that can show.
"""

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from tests.classroom.figures import Array
from tests.classroom.hand_beliefs import Back, Beliefs, Site
from tests.classroom.hand_circuits import Circuit, circuit, name_of, operations_in
from tests.classroom.hand_operations import (
    OPERATIONS,
    Operation,
    back_entrywise,
    convolved,
    losers,
    pooled_back,
    to_all,
)
from tests.classroom.learner import activation_of


@dataclass(frozen=True, slots=True)
class CircuitBelief:
    """One belief about circuits.

    Attributes:
        beliefs: what is done otherwise.
        can_show: whether it can change anything in a circuit of this shape; numbers may still hide it.
    """

    beliefs: Beliefs
    can_show: Callable[[CircuitShape], bool]


def _wrong_back(ways: Mapping[str, Back]) -> CircuitBelief:
    """Other ways back, which show where a derivative goes through one of these operations."""

    def can_show(shape: CircuitShape) -> bool:
        own = circuit(shape)
        way = {name for of in own.derivatives for name in (of, *own.way_back(of)) if name in own.trees}
        return any(operations_in(own.trees[name]) & ways.keys() for name in way)

    return CircuitBelief(Beliefs(back=ways), can_show)


def _wrong_value(values: Mapping[str, Callable[[Site], Array]]) -> CircuitBelief:
    """Other values, which show where a definition has one of these operations."""
    return CircuitBelief(
        Beliefs(value=values), lambda s: any(operations_in(tree) & values.keys() for tree in circuit(s).trees.values())
    )


def _back_of(name: str) -> Back:
    found = OPERATIONS[name].back
    assert found is not None
    return found


def _scaled(name: str, factor: float) -> Back:
    return lambda site, g: [factor * share for share in _back_of(name)(site, g)]


def _losses(test: Callable[[str], bool], factor: float) -> CircuitBelief:
    return _wrong_back({name: _scaled(name, factor) for name in LOSSES if test(name)})


def _is_squared(name: str) -> bool:
    return LOSSES[name].is_squared


def _entrywise(back: Callable[..., list[Array]]) -> Back:
    return back_entrywise(back)


# Other values.


def _flipped(site: Site) -> Array:
    array, filter_ = site.args
    turned = np.flip(filter_, axis=tuple(range(1, filter_.ndim)))
    return convolved(array, turned, site.told("stride", 1), site.told("padding", 0))


def _moved_by_one(site: Site) -> Array:
    """The filter moves by one place at a time, until the boxes for the result are full."""
    array, filter_ = site.args
    found = convolved(array, filter_, 1, site.told("padding", 0))
    right = OPERATIONS["conv1d"].value(site)
    return found[tuple(slice(size) for size in right.shape)]


def _to_base_ten(operation: Operation) -> Callable[[Site], Array]:
    return lambda site: operation.value(site) / np.log(10)


# Misread updates.


class _Ascent(ast.NodeTransformer):
    """Adds what comes from a derivative, where it is to be taken away."""

    def __init__(self, own: Circuit) -> None:
        self.own = own

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        is_step = isinstance(node.op, ast.Sub) and self.own.reads_derivative(node.right)
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.BinOp(left, ast.Add() if is_step else node.op, right)


class _NoRate(ast.NodeTransformer):
    """Leaves out the given number before what comes from a derivative."""

    def __init__(self, own: Circuit) -> None:
        self.own = own

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left: ast.expr = self.visit(node.left)
        right: ast.expr = self.visit(node.right)
        if isinstance(node.op, ast.Mult) and self.own.reads_derivative(node):
            if self.is_rate(left) and not self.is_rate(right):
                return right
            if self.is_rate(right) and not self.is_rate(left):
                return left
        return ast.BinOp(left, node.op, right)

    def is_rate(self, tree: ast.expr) -> bool:
        return isinstance(tree, ast.Name) and dict(self.own.shape.given).get(name_of(tree)) == ()


def _misread(transformer: Callable[[Circuit], ast.NodeTransformer]) -> CircuitBelief:
    def rewrite(tree: ast.expr, shape: CircuitShape) -> ast.expr:
        own = circuit(shape)
        misread: ast.expr = transformer(own).visit(deepcopy(tree))
        return misread if own.reads_derivative(tree) else tree

    def can_show(shape: CircuitShape) -> bool:
        trees = circuit(shape).trees.values()
        return any(ast.dump(rewrite(tree, shape)) != ast.dump(tree) for tree in trees)

    return CircuitBelief(Beliefs(rewrite=rewrite), can_show)


def _one_use(use: int, *, of_given: bool) -> CircuitBelief:
    """One of several uses of a quantity."""

    def can_show(shape: CircuitShape) -> bool:
        own = circuit(shape)
        return any(
            len(own.uses(name, of)) > 1 and (name in own.given) == of_given
            for of in own.derivatives
            for name in own.way_back(of)
        )

    return CircuitBelief(Beliefs(use=use, of_given=of_given), can_show)


_CONVOLUTIONS = ("conv1d", "conv2d")
_LOGARITHMS = ("log", "ln", "cross_entropy", "binary_cross_entropy")
_BOTH = _entrywise(lambda g, _, *arrays: [g for _ in arrays])
_TO_ALL = to_all(lambda _: 1.0)
_TO_ALL_IN_WINDOW = pooled_back(np.ones_like)
_ACTIVE = [name for name in ACTIVATIONS if name not in {"identity", "softmax"}]

CIRCUIT_BELIEFS: Mapping[str, CircuitBelief] = MappingProxyType(
    {
        "other-factor": _wrong_back({"*": _entrywise(lambda g, _, a, b: [g * a, g * b])}),
        "max-to-both": _wrong_back(
            {
                "max": _BOTH,
                "min": _BOTH,
                "largest": _TO_ALL,
                "smallest": _TO_ALL,
                "max_pool": _TO_ALL_IN_WINDOW,
            }
        ),
        "max-to-loser": _wrong_back({"max": losers(largest=True), "min": losers(largest=False)}),
        "quotient-sign": _wrong_back({"/": _entrywise(lambda g, _, a, b: [g / b, g * a / b**2])}),
        "power-kept (exponent kept)": _wrong_back(
            {"^": _entrywise(lambda g, value, _, exponent: [g * exponent * value, np.nan * g])}
        ),
        "power-kept (factor dropped)": _wrong_back(
            {"^": _entrywise(lambda g, _, base, exponent: [g * base ** (exponent - 1), np.nan * g])}
        ),
        "shared-once (first)": _one_use(0, of_given=True),
        "shared-once (last)": _one_use(-1, of_given=True),
        "single-path (first)": _one_use(0, of_given=False),
        "single-path (last)": _one_use(-1, of_given=False),
        "filter-flipped": _wrong_value(dict.fromkeys(_CONVOLUTIONS, _flipped)),
        "stride-ignored": CircuitBelief(
            Beliefs(value=dict.fromkeys(_CONVOLUTIONS, _moved_by_one)),
            lambda s: any(
                isinstance(one, ast.keyword) and one.arg == "stride" and ast.literal_eval(one.value) > 1
                for tree in circuit(s).trees.values()
                for one in ast.walk(tree)
            ),
        ),
        "no-slope": _wrong_back(dict.fromkeys(_ACTIVE, lambda _, g: [g])),
        "error-sign": _losses(lambda _: True, -1),
        "loss-factor (2 dropped)": _losses(lambda name: _is_squared(name) and not name.startswith("half"), 0.5),
        "loss-factor (½ forgotten)": _losses(lambda name: _is_squared(name) and name.startswith("half"), 2),
        "loss-factor (½ kept)": _losses(lambda name: _is_squared(name) and name.startswith("half"), 0.5),
        "sigmoid-sign": _wrong_value({"sigmoid": lambda site: activation_of("sigmoid", -site.args[0])}),
        "ascent": _misread(_Ascent),
        "no-learning-rate": _misread(_NoRate),
        "sum-for-mean": _wrong_back(
            {
                "mean": _TO_ALL,
                "avg_pool": _TO_ALL_IN_WINDOW,
            }
        ),
        "log10": _wrong_value({name: _to_base_ten(OPERATIONS[name]) for name in _LOGARITHMS}),
    }
)
"""All of them."""
