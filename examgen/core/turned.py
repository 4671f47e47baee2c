"""Graphs that tell some derivatives with the other sign, as where δ is -∂E/∂z and weights are raised by η δ a.

Every rule is made for the signs of what it gives and reads. Most rules of the way back stay what they are, for they
hand a sign on; what starts from the loss, or meets the old weights, is another rule. Made by `paper_shapes`, as the
notation of a paper says; `misconceptions/turning` does the same for those, so that none of them knows of signs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.circuits.choices import Choices
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.rules.linear import LINEAR
from examgen.core.rules.rule import Array, Rule

Signs = tuple[int, ...]
"""1 or -1 for what a rule gives, and then for each of its inputs."""

Shapes = tuple[tuple[int, ...], ...]
TRIALS = 5

_RAISED = MappingProxyType({f"descend_{letter}": LINEAR[f"ascend_{letter}"] for letter in "Wb"})
"""What a rule is called that meets something else beside a derivative of the other sign, its last input."""


@dataclass(frozen=True, slots=True)
class TurnedRule(Rule):
    """A rule for other signs.

    Attributes:
        plain: the rule for derivatives as they are.
        is_minus: whether it gives the negative of what that gives from the same inputs.
    """

    plain: Rule | None = None
    is_minus: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """An exercise of which some kinds of derivatives have the other sign.

    Attributes:
        plain: the exercise itself.
        kinds: of derivatives.
    """

    plain: Exercise
    kinds: frozenset[str]

    @property
    def graph(self) -> ComputationGraph:
        """That of the exercise with other signs."""
        return turned_graph(self.plain.graph, self.kinds)

    @property
    def steps(self) -> int:
        """As in `Exercise`."""
        return self.plain.steps

    @property
    def is_rational(self) -> bool:
        """As in `Exercise`."""
        return self.plain.is_rational

    @property
    def numbers(self) -> int:
        """As in `Exercise`."""
        return self.plain.numbers

    @property
    def text(self) -> str:
        """As in `Exercise`."""
        return self.plain.text

    @property
    def conventions(self) -> tuple[str, ...]:
        """As in `Exercise`."""
        return self.plain.conventions

    @property
    def choices(self) -> Choices | None:
        """As in `Exercise`."""
        return self.plain.choices

    @property
    def turn(self) -> int | None:
        """As in `Exercise`."""
        return self.plain.turn


def plain_of(shape: Exercise) -> Exercise:
    """The exercise itself, whatever signs a notation chooses."""
    return shape.plain if isinstance(shape, Turned) else shape


@lru_cache(maxsize=256)
def turned_graph(graph: ComputationGraph, kinds: frozenset[str]) -> ComputationGraph:
    """The graph with derivatives of these kinds of the other sign."""
    return ComputationGraph(tuple(_turned(graph, quantity, kinds) for quantity in graph))


def _turned(graph: ComputationGraph, quantity: Quantity, kinds: frozenset[str]) -> Quantity:
    if quantity.rule is None:
        return quantity
    found = quantity.rewired(_rule(graph, quantity, kinds), quantity.inputs)
    if _sign(quantity, kinds) > 0 or quantity.derivative is None:
        return found
    return replace(found, derivative=replace(quantity.derivative, is_turned=True))


def _rule(graph: ComputationGraph, quantity: Quantity, kinds: frozenset[str]) -> Rule:
    assert quantity.rule is not None
    signs = signs_around(graph, quantity, kinds)
    shapes = tuple(graph[name].shape for name in quantity.inputs)
    return quantity.rule if min(signs) > 0 else for_signs(quantity.rule, signs, shapes)


def signs_around(graph: ComputationGraph, quantity: Quantity, kinds: frozenset[str]) -> Signs:
    """The signs of a quantity and of what it reads, where derivatives of these kinds have the other one."""
    return tuple(_sign(one, kinds) for one in (quantity, *(graph[name] for name in quantity.inputs)))


def _sign(quantity: Quantity, kinds: frozenset[str]) -> int:
    return -1 if quantity.derivative is not None and quantity.kind in kinds else 1


@lru_cache(maxsize=4096)
def for_signs(rule: Rule, signs: Signs, shapes: Shapes) -> Rule:
    """A rule for these signs of its result and of inputs of these shapes; itself where it hands them on."""
    of_result, *of_inputs = signs
    handed_on = sign_handed_on(rule, signs, shapes)
    if handed_on == of_result:
        return rule
    if handed_on is not None:
        return TurnedRule(
            f"minus {rule.name}", rule.signature, computation(rule, signs, shapes), rule.latex, rule.is_straight,
            rule.factor, rule.averaged, rule.factors, decimals=rule.decimals, plain=rule, is_minus=True,
        )  # fmt: skip
    if rule.name in _RAISED and of_result > 0:
        raised = _RAISED[rule.name]
        return TurnedRule(
            raised.name, rule.signature, raised.compute, raised.latex, rule.is_straight, rule.factor, rule.averaged,
            rule.factors, plain=rule,
        )  # fmt: skip
    latex = rule.latex
    for place, sign in enumerate(of_inputs):
        latex = latex if sign > 0 else latex.replace(f"<{place}>", rf"\left(-<{place}>\right)")
    return TurnedRule(
        f"turned {rule.name}", rule.signature, computation(rule, signs, shapes),
        latex if of_result > 0 else rf"-\left({latex}\right)", rule.is_straight, rule.factor, decimals=rule.decimals,
        plain=rule,
    )  # fmt: skip


def computation(rule: Rule, signs: Signs, shapes: Shapes) -> Callable[..., Array]:
    """How a rule computes for these signs: as it does, or the negative, or with inputs turned before and after."""
    of_result, *of_inputs = signs
    handed_on = sign_handed_on(rule, signs, shapes)
    if handed_on == of_result:
        return rule.compute
    if handed_on is not None:
        return lambda *inputs: -rule.compute(*inputs)

    def compute(*inputs: Array) -> Array:
        found = rule.compute(*(each if sign > 0 else -each for sign, each in zip(of_inputs, inputs, strict=True)))
        return found if of_result > 0 else np.asarray(-found)

    return compute


@lru_cache(maxsize=4096)
def sign_handed_on(rule: Rule, signs: Signs, shapes: Shapes) -> int | None:
    """The sign that the result has where the inputs have these; None where it is another number then."""
    draws = np.random.default_rng(8)
    inputs = [draws.uniform(0.1, 0.9, size=(TRIALS, *shape)) for shape in shapes]
    before = np.asarray(rule.compute(*inputs))
    after = np.asarray(rule.compute(*(sign * each for sign, each in zip(signs[1:], inputs, strict=True))))
    return next((sign for sign in (1, -1) if np.allclose(after, sign * before, rtol=1e-9, atol=1e-12)), None)
