"""What of a choice follows from the numbers: which option is right, and numbers in options; each an expression over
quantities of an exercise.

The right option belongs to the shape of an exercise, not to its numbers: there is a shape for each option that may be
right, and screens let a draw pass only where the expression gives that option. So right options are spread evenly, and
all who ask for the right answer ask the shape. The expression is none of the graph's quantities: nothing prints it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

import numpy as np

from examgen.core.circuits.circuit_rules import ExpressionRule, expression_rule
from examgen.core.circuits.definitions import definition
from examgen.core.circuits.expressions import Shape, names_in
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.rules.rule import Array

Choices = tuple[tuple[str, int], ...]
"""Expressions, each with the number of the option that it gives, from 1 on."""

MOST_OPTIONS = 26
NEARLY = 1e-9
"""So far a value may be from a whole number, and so near to where it jumps it counts as there."""


class _WithOptions(Protocol):
    @property
    def choices(self) -> Choices | None: ...

    @property
    def turn(self) -> int | None: ...


def has_options(shape: _WithOptions) -> bool:
    """Whether an exercise says anything of options, which its graph does not depend on."""
    return shape.choices is not None or shape.turn is not None


def check_choices(graph: ComputationGraph, choices: Choices | None) -> None:
    """That expressions can be read, and options are counted from 1.

    Raises: ValueError: they cannot; the message says what is allowed.
    """
    for text, option in choices or ():
        option_rule(graph, text)
        if not 1 <= option <= MOST_OPTIONS:
            raise ValueError(f"choices: option {option} of {text}; options are counted from 1 to {MOST_OPTIONS}")


def option_rule(graph: ComputationGraph, text: str) -> ExpressionRule:
    """The rule of an expression that gives the number of an option.

    Raises: ValueError: it cannot be read, reads nothing, or is no single number.
    """
    return number_rule(
        graph, text, "name the right option by its letter or its text", "the number of an option is a single one"
    )


@lru_cache(maxsize=1024)
def number_rule(graph: ComputationGraph, text: str, instead: str, single: str) -> ExpressionRule:
    """The rule of an expression that gives a number; a quantity with a row for the only sample is read as that row.

    Args:
        graph: of the quantities that it may read.
        text: the expression.
        instead: what to write where it reads nothing, in words.
        single: that it has to be a single number, in words.

    Raises: ValueError: it cannot be read, reads nothing, or is no single number.
    """
    readable = {one.name: _shape_of(one) for one in graph if one.name.isidentifier()}
    expression = definition(text, readable)
    if not names_in(expression):
        raise ValueError(f"{text} reads no quantity; {instead}")
    if expression.shape:
        raise ValueError(f"{text} has shape {list(expression.shape)}; {single}")
    return expression_rule(text, expression)


def options_of(graph: ComputationGraph, text: str, values: Values) -> Array:
    """(...,) which option an expression gives, by these values; no whole number where it gives none."""
    return number_of(graph, option_rule(graph, text), values)


def number_of(graph: ComputationGraph, rule: ExpressionRule, values: Values) -> Array:
    """(...,) what the rule of an expression gives, by these values."""
    return np.asarray(rule.compute(*_inputs(graph, rule, values)), dtype=float)


def is_clearly(graph: ComputationGraph, text: str, option: int, values: Values, margin: float) -> Array:
    """(...,) whether an expression gives an option, and so far from where it would give another one."""
    rule = option_rule(graph, text)
    found = np.asarray(np.abs(options_of(graph, text, values) - option) < NEARLY)
    if rule.kinks is None:
        return found
    distances = np.abs(rule.kinks(*_inputs(graph, rule, values)))
    return np.asarray(found & (distances >= max(margin, NEARLY)).all(axis=-1))


def read_by(graph: ComputationGraph, texts: Iterable[str]) -> frozenset[str]:
    """The names of the quantities that expressions read."""
    return frozenset(name for text in texts for name in option_rule(graph, text).names)


def _shape_of(quantity: Quantity) -> Shape:
    return quantity.shape[1:] if quantity.is_per_sample and quantity.shape[0] == 1 else quantity.shape


def _inputs(graph: ComputationGraph, rule: ExpressionRule, values: Values) -> list[Array]:
    return [
        np.asarray(values[name]).squeeze(-len(graph[name].shape)) if _shape_of(graph[name]) != graph[name].shape
        else np.asarray(values[name])
        for name in rule.names
    ]  # fmt: skip
