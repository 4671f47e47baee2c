"""Arithmetic entry by entry, with its derivatives, and what `backward` puts between: sums over several uses, and 1."""

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from examgen.core.rules.rule import Array, Local, Pullback, Reads, Rule, rule_table


def _one(value: Array) -> Array:
    return np.asarray(value * 0 + 1)


ONE = Rule("one", "()->()", _one, "1", True, decimals=0)
"""A number's derivative by itself."""

_MULTIPLY = Rule("multiply", "(),()->()", np.multiply, "<0> <times> <1>", True, factors=(0, 1))
_SAME = Rule("same", "()->()", lambda value: value * 1, "<0>", True, factors=(0,))
_MINUS = Rule("minus", "()->()", np.negative, "<0>", True, Fraction(-1), factors=(0,))
_RECIPROCAL = Rule("reciprocal", "()->()", lambda x: 1 / x, r"\frac{1}{<0>}")
_OF_DENOMINATOR = Rule("minus_over_square", "(),()->()", lambda x, y: -x / (y * y), r"-\frac{<0>}{<1>^2}")


def _by_local(name: str, rule: Rule, *inputs: int) -> Pullback:
    return Pullback(_MULTIPLY, (Reads.GRADIENT, Reads.LOCAL), Local(name, rule, inputs))


ENTRYWISE = rule_table(
    Rule("add", "(),()->()", np.add, "<0> + <1>", True, pullbacks=(Pullback(_SAME, (Reads.GRADIENT,)),) * 2),
    Rule(
        "subtract",
        "(),()->()",
        np.subtract,
        "<0> - <1>",
        True,
        pullbacks=(Pullback(_SAME, (Reads.GRADIENT,)), Pullback(_MINUS, (Reads.GRADIENT,))),
    ),
    replace(
        _MULTIPLY,
        pullbacks=(Pullback(_MULTIPLY, (Reads.GRADIENT, 1)), Pullback(_MULTIPLY, (Reads.GRADIENT, 0))),
    ),
    Rule(
        "divide",
        "(),()->()",
        np.divide,
        r"\frac{<0>}{<1>}",
        pullbacks=(_by_local("by_numerator", _RECIPROCAL, 1), _by_local("by_denominator", _OF_DENOMINATOR, 0, 1)),
    ),
)
"""Arithmetic entry by entry, of inputs that have the same shape: all of their axes are leading ones."""


_SUM = "sum_of_"


def is_sum_of_uses(rule: Rule) -> bool:
    """Whether a rule adds up derivatives by way of several uses of a quantity."""
    return rule.name.startswith(_SUM)


@lru_cache(maxsize=64)
def added(terms: int) -> Rule:
    """The sum of so many arrays of one shape."""
    latex = " + ".join(f"<{place}>" for place in range(terms))
    return Rule(f"{_SUM}{terms}", f"{','.join(['()'] * terms)}->()", lambda *parts: sum(parts), latex, True)


@lru_cache(maxsize=8)
def scaled_by_number(axes: int) -> Rule:
    """A number times an array of so many axes."""
    letters = ",".join("abc"[:axes])
    new_axes = (..., *[None] * axes)
    signature = f"(),({letters})->({letters})"
    return Rule(
        "scaled_by_number",
        signature,
        lambda number, array: number[new_axes] * array,
        "<0> <times> <1>",
        True,
        factors=(0, 1),
    )
