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
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Part(Enum):
    """What a pullback reads beside the rule's inputs."""

    GRADIENT = "the derivative by the rule's result"
    RESULT = "the rule's result"
    LOCAL = "the derivative of the rule itself"


Source = int | Part
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
        inputs: what it reads, in its order. Without `Part.GRADIENT` it is the derivative of a single number, such as a
            loss, by the input.
        local: the quantity for `Part.LOCAL`, where `inputs` name it.
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
        factor: what stands in front of `latex`, or of a notation's own; `compute` multiplies by it too.
        pullbacks: one for each input, None for those by which nobody differentiates; empty where there are none.
    """

    name: str
    signature: str
    compute: Callable[..., Array]
    latex: str
    is_straight: bool = False
    factor: Fraction = field(default=Fraction(1), hash=False)  # fractions are slow to hash
    # Rules are compared very often, and two of the same name have the same derivatives.
    pullbacks: tuple[Pullback | None, ...] = field(default=(), compare=False, repr=False)


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


def affine(weights: Array, activation: Array, bias: Array) -> Array:
    """Pre-activations W a + b.

    Args:
        weights: (..., o, i); a row belongs to the receiving unit.
        activation: (..., n, i), a row per sample.
        bias: (..., o).

    Returns: (..., n, o).
    """
    result: Array = np.einsum("...oi,...ni->...no", weights, activation) + bias[..., None, :]
    return result


def pull_back(weights: Array, dL_dz: Array) -> Array:
    """Loss gradient with respect to the previous activations, W^T dL_dz.

    Args:
        weights: (..., p, o); a row belongs to the receiving unit.
        dL_dz: (..., n, p), loss units per unit of z.

    Returns: (..., n, o).

    Source: Nielsen, Neural Networks and Deep Learning, ch. 2, BP2, before the slope factor.
    """
    result: Array = np.einsum("...po,...np->...no", weights, dL_dz)
    return result


def outer(dL_dz: Array, activation: Array) -> Array:
    """Loss gradient with respect to the weights, added up over the samples.

    Args:
        dL_dz: (..., n, o).
        activation: (..., n, i), what the layer reads.

    Returns: (..., o, i).

    Source: Nielsen, ch. 2, BP4.
    """
    result: Array = np.einsum("...no,...ni->...oi", dL_dz, activation)
    return result


def softmax_pull_back(activation: Array, dL_da: Array) -> Array:
    """dL_dz through softmax, whose outputs all depend on every pre-activation.

    Args:
        activation: (..., n, o).
        dL_da: (..., n, o).

    Returns: (..., n, o), a * (dL_da - sum of a * dL_da).
    """
    result: Array = activation * (dL_da - (activation * dL_da).sum(axis=-1, keepdims=True))
    return result


def descend(value: Array, learning_rate: Array, gradient: Array) -> Array:
    """One step of gradient descent.

    Args:
        value: (..., *shape).
        learning_rate: (..., *ones), one number per student with as many axes of length 1 as the shape has.
        gradient: (..., *shape).

    Returns: (..., *shape).
    """
    result: Array = value - learning_rate * gradient
    return result


@lru_cache(maxsize=64)
def output_error_rule(samples: int) -> Rule:
    """dL_dz of sigmoid with binary cross-entropy and of softmax with cross-entropy: (a - y) / samples.

    The rule takes a and y, (..., n, o); for softmax each row of y adds up to 1.

    Args:
        samples: of the mean whose derivative it is; 1 for that of each sample's own loss.
    """
    latex = scaled_latex(Fraction(1, samples), "<0> - <1>")
    return Rule("output_error", "(n,o),(n,o)->(n,o)", lambda a, y: (a - y) / samples, latex, True)


@lru_cache(maxsize=64)
def averaged(rule: Rule, samples: int) -> Rule:
    """A rule that adds up over a mini-batch, with its result divided by the number of samples; itself for 1.

    It keeps its name, so that notations write it as they do the sum.
    """
    if samples == 1:
        return rule
    return replace(rule, compute=lambda *inputs: rule.compute(*inputs) / samples, factor=Fraction(1, samples))


def sample_rows(start: int, stop: int) -> Rule:
    """The rule that takes samples start to stop (0-based, half open) from all the samples of a question."""
    return Rule(f"samples_{start}_{stop}", "(m,i)->(n,i)", lambda rows: rows[..., start:stop, :], "<0>", True)


def scaled_latex(factor: Fraction, latex: str) -> str:
    r"""A number times an expression: nothing for 1, a fraction in front of brackets otherwise.

    >>> scaled_latex(Fraction(1, 2), "a - y")
    '\\\\frac{1}{2} \\\\left(a - y\\\\right)'
    """
    return latex if factor == 1 else rf"{fraction_latex(factor)} \left({latex}\right)"


def fraction_latex(value: Fraction) -> str:
    """An exact number: an integer as it is, otherwise a fraction with the sign in front."""
    if value.denominator == 1:
        return str(value.numerator)
    return rf"{'-' if value < 0 else ''}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _table(*rules: Rule) -> Mapping[str, Rule]:
    return MappingProxyType({rule.name: rule for rule in rules})


HADAMARD = Rule("hadamard", "(n,o),(n,o)->(n,o)", np.multiply, "<0> <hadamard> <1>", True)
PULL_BACK = Rule("pull_back", "(p,o),(n,p)->(n,o)", pull_back, "<0:T> <times> <1>", True)
OUTER = Rule("outer", "(n,o),(n,i)->(o,i)", outer, "<0> <times> <1:T>", True)
BIAS_GRADIENT = Rule("bias_gradient", "(n,o)->(o)", lambda dL_dz: dL_dz.sum(axis=-2), "<0>", True)
SOFTMAX_PULL_BACK = Rule(
    "softmax_pull_back",
    "(n,o),(n,o)->(n,o)",
    softmax_pull_back,
    r"<0> <hadamard> \left(<1> - <ones_units> <ones_units:T> \left(<0> <hadamard> <1>\right)\right)",
)

LINEAR = _table(
    Rule(
        "affine",
        "(o,i),(n,i),(o)->(n,o)",
        affine,
        "<0> <times> <1> + <2>",
        True,
        pullbacks=(
            Pullback(OUTER, (Part.GRADIENT, 1)),
            Pullback(PULL_BACK, (0, Part.GRADIENT)),
            Pullback(BIAS_GRADIENT, (Part.GRADIENT,)),
        ),
    ),
    PULL_BACK,
    HADAMARD,
    SOFTMAX_PULL_BACK,
    OUTER,
    BIAS_GRADIENT,
    Rule(
        "descend_W",
        "(o,i),(),(o,i)->(o,i)",
        lambda weights, rate, gradient: descend(weights, rate[..., None, None], gradient),
        "<0> - <1> <times> <2>",
        True,
    ),
    Rule(
        "descend_b",
        "(o),(),(o)->(o)",
        lambda bias, rate, gradient: descend(bias, rate[..., None], gradient),
        "<0> - <1> <times> <2>",
        True,
    ),
)
"""The rules that every network shares, whatever its activations and loss."""


def _one(value: Array) -> Array:
    return np.asarray(value * 0 + 1)


ONE = Rule("one", "()->()", _one, "1", True)
"""A number's derivative by itself."""

_MULTIPLY = Rule("multiply", "(),()->()", np.multiply, "<0> <times> <1>", True)
_SAME = Rule("same", "()->()", lambda value: value * 1, "<0>", True)
_MINUS = Rule("minus", "()->()", np.negative, "<0>", True, Fraction(-1))
_RECIPROCAL = Rule("reciprocal", "()->()", lambda x: 1 / x, r"\frac{1}{<0>}")
_OF_DENOMINATOR = Rule("minus_over_square", "(),()->()", lambda x, y: -x / (y * y), r"-\frac{<0>}{<1>^2}")


def _by_local(name: str, rule: Rule, *inputs: int) -> Pullback:
    return Pullback(_MULTIPLY, (Part.GRADIENT, Part.LOCAL), Local(name, rule, inputs))


ENTRYWISE = _table(
    Rule("add", "(),()->()", np.add, "<0> + <1>", True, pullbacks=(Pullback(_SAME, (Part.GRADIENT,)),) * 2),
    Rule(
        "subtract",
        "(),()->()",
        np.subtract,
        "<0> - <1>",
        True,
        pullbacks=(Pullback(_SAME, (Part.GRADIENT,)), Pullback(_MINUS, (Part.GRADIENT,))),
    ),
    replace(
        _MULTIPLY,
        pullbacks=(Pullback(_MULTIPLY, (Part.GRADIENT, 1)), Pullback(_MULTIPLY, (Part.GRADIENT, 0))),
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


@lru_cache(maxsize=64)
def added(terms: int) -> Rule:
    """The sum of so many arrays of one shape."""
    latex = " + ".join(f"<{place}>" for place in range(terms))
    return Rule(f"sum_of_{terms}", f"{','.join(['()'] * terms)}->()", lambda *parts: sum(parts), latex, True)


@lru_cache(maxsize=8)
def scaled_by_number(axes: int) -> Rule:
    """A number times an array of so many axes."""
    letters = ",".join("abc"[:axes])
    new_axes = (..., *[None] * axes)
    signature = f"(),({letters})->({letters})"
    return Rule("scaled_by_number", signature, lambda number, array: number[new_axes] * array, "<0> <times> <1>", True)


PRODUCTS = _table(
    Rule(
        "matrix_product",
        "(r,k),(k,c)->(r,c)",
        lambda a, b: np.einsum("...rk,...kc->...rc", a, b),
        "<0> <times> <1>",
        True,
    ),
    Rule("hadamard_product", "(r,c),(r,c)->(r,c)", np.multiply, "<0> <hadamard> <1>", True),
    Rule(
        "affine_map",
        "(r,k),(k,c),(r,c)->(r,c)",
        lambda weights, x, bias: np.einsum("...rk,...kc->...rc", weights, x) + bias,
        "<0> <times> <1> + <2>",
        True,
    ),
    Rule(
        "shape_of_product",
        "(1,2),(1,1)->(1,2)",
        lambda left, columns: np.concatenate(np.broadcast_arrays(left[..., :1], columns), axis=-1),
        "",
    ),
)
"""The rules of the matrix warm-ups."""
