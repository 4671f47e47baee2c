"""Rules: how one quantity follows from others, as a computation and as LaTeX, and how derivatives go back through it.

A rule owns its derivative: for each input, a pullback says how the derivative by the result becomes that by the input.
From these `backward` builds the backward part of any graph. The engine names no rule; the builders of graphs pick rows
from the tables here and in `activations` and `losses`. A rule is written for one student and holds for a hundred
thousand: leading axes are an ellipsis, and only +, -, *, /, comparisons and `einsum` are used where exact `Fraction`
arrays must pass.

Letters of the signatures: n samples of a mini-batch, i units that a layer reads, o units of the layer, p units of the
layer after it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

AT_KINK = 1e-12
"""What is no larger counts as 0: sums of decimals that cancel, as 0.1 · 3 − 0.3 does, leave doubles such as 5.6e-17."""


class Reads(Enum):
    """What a pullback reads beside the rule's inputs."""

    GRADIENT = "the derivative by the rule's result"
    RESULT = "the rule's result"
    LOCAL = "the derivative of the rule itself"


_AXES = re.compile(r"\(([^)]*)\)")

Source = int | Reads
"""The place of one of the rule's inputs, or something else."""


@dataclass(frozen=True, slots=True)
class Local:
    """The derivative of a rule itself, where it is worked out as a step of its own.

    Attributes:
        name: what such a quantity is called, as `slope`.
        rule: how it is computed.
        inputs: from what, in the rule's order.
    """

    name: str
    rule: "Rule"
    inputs: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Pullback:
    """How the derivative by a rule's result becomes the derivative by one of its inputs.

    Attributes:
        rule: from what `inputs` name to the derivative by the input.
        inputs: what it reads, in its order. Without `Reads.GRADIENT` it is the derivative of a single number, such as a
            loss, by the input.
        local: the quantity for `Reads.LOCAL`, where `inputs` name it.
    """

    rule: "Rule"
    inputs: tuple[Source, ...]
    local: Local | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to compute a quantity.

    Attributes:
        name: unique among all rules; notations may give their own LaTeX for it.
        signature: axes of the inputs and of the result, as in NumPy's generalised ufuncs.
        compute: takes the inputs with any leading axes in front.
        latex: a template over the inputs, see `fill_latex`.
        is_straight: whether the result is a straight line in each entry of each input while all others stay; moving an
            entry down then changes it as much as moving it up.
        bounds: open interval of the values of the result.
        decimals: how many its values have whatever its inputs are, where these are few; None where they are rounded.
        averaged: over so many samples the result is a mean, of a loss and of its derivative; `compute` divides by it.
        factors: places of the inputs that are multiplied with one another; such products are added up along the axes
            that the result does not have. Empty where there are none.
        factor: what stands in front of `latex`, or of a notation's own; `compute` multiplies by it too.
        multiplications: how many products of two numbers the result takes; None where the signature tells it.
        kinks: from the inputs the distances to where the derivative jumps, (..., n); None where it never does, or where
            the row of an activation tells it.
        pullbacks: one for each input, None for those by which nobody differentiates; empty where there are none.
    """

    name: str
    signature: str
    compute: Callable[..., Array]
    latex: str
    is_straight: bool = False
    factor: Fraction = field(default=Fraction(1), hash=False)  # fractions are slow to hash
    averaged: int = 1
    factors: tuple[int, ...] = ()
    bounds: tuple[float, float] = (-inf, inf)
    decimals: int | None = None
    multiplications: int | None = None
    kinks: Callable[..., Array] | None = field(default=None, compare=False, repr=False)
    # Rules are compared very often, and two of the same name have the same derivatives.
    pullbacks: tuple[Pullback | None, ...] = field(default=(), compare=False, repr=False)

    def axes(self) -> tuple[tuple[str, ...], str]:
        """The axes of each input and of the result, a letter for each, as the signature has them."""
        inputs, result = self.signature.split("->")
        *of_inputs, of_result = (found.replace(",", "") for found in _AXES.findall(f"{inputs}{result}"))
        return tuple(of_inputs), of_result


_PLACEHOLDER = re.compile(r"<(\w+)(?::(\w+))?>")


def fill_latex(template: str, symbol: Callable[[str, str], str]) -> str:
    """Put symbols or numbers into a rule's LaTeX.

    Args:
        template: LaTeX with placeholders `<name>` or `<name:modifier>`: `<0>` is the first input, `<0:T>` its
            transpose, `<0:bare>` an input that stands in brackets
            already, `<0:bias>` weights with the bias folded in, `<1:ones>` activations with a constant 1,
            `<times>` and `<hadamard>` products that look different between numbers and between matrices,
            `<ones_units>` and `<ones_samples>` columns of ones.
        symbol: called with each placeholder's name and modifier (empty where there is none).
    """
    return _PLACEHOLDER.sub(lambda found: symbol(found[1], found[2] or ""), template)


def scaled_latex(factor: Fraction, latex: str) -> str:
    r"""A number times an expression: nothing for 1, a fraction in front of brackets otherwise.

    >>> scaled_latex(Fraction(1, 2), "a - y")
    '\\\\frac{1}{2} \\\\left(a - y\\\\right)'
    """
    return latex if factor == 1 else rf"{fraction_latex(factor)} \left({latex}\right)"


def times_latex(factor: Fraction, latex: str) -> str:
    """A number times what needs no brackets: nothing for 1, a sign for -1."""
    sign = {Fraction(1): "", Fraction(-1): "-"}.get(factor)
    return f"{fraction_latex(factor)} {latex}" if sign is None else f"{sign}{latex}"


def fraction_latex(value: Fraction) -> str:
    """An exact number: an integer as it is, otherwise a fraction with the sign in front."""
    if value.denominator == 1:
        return str(value.numerator)
    return rf"{'-' if value < 0 else ''}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def rule_table(*rules: Rule) -> Mapping[str, Rule]:
    """Rules by name."""
    return MappingProxyType({rule.name: rule for rule in rules})
