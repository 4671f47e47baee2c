"""Linear rules, as functions and as rows: of networks, there and back, and of the matrix warm-ups.

Called by the builders of graphs, and by activations for the way back.
"""

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from examgen.core.rules.rule import Array, Pullback, Reads, Rule, rule_table, scaled_latex


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


def weighted_sum(weights: Array, activation: Array) -> Array:
    """Pre-activations W a of units without a bias; shapes as in `affine`."""
    result: Array = np.einsum("...oi,...ni->...no", weights, activation)
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


OUTPUT_ERROR = "output_error"
"""The name of the rule that stands where a loss and the output activation cancel."""


@lru_cache(maxsize=64)
def output_error_rule(samples: int) -> Rule:
    """dL_dz of sigmoid with binary cross-entropy and of softmax with cross-entropy: (a - y) / samples.

    The rule takes a and y, (..., n, o); for softmax each row of y adds up to 1.

    Args:
        samples: of the mean whose derivative it is; 1 for that of each sample's own loss.
    """
    latex = scaled_latex(Fraction(1, samples), "<0> - <1>")
    return Rule(OUTPUT_ERROR, "(n,o),(n,o)->(n,o)", lambda a, y: (a - y) / samples, latex, True)


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


HADAMARD = Rule("hadamard", "(n,o),(n,o)->(n,o)", np.multiply, "<0> <hadamard> <1>", True, factors=(0, 1))
PULL_BACK = Rule("pull_back", "(p,o),(n,p)->(n,o)", pull_back, "<0:T> <times> <1>", True, factors=(0, 1))
OUTER = Rule("outer", "(n,o),(n,i)->(o,i)", outer, "<0> <times> <1:T>", True, factors=(0, 1))
BIAS_GRADIENT = Rule("bias_gradient", "(n,o)->(o)", lambda dL_dz: dL_dz.sum(axis=-2), "<0>", True, factors=(0,))
SOFTMAX_PULL_BACK = Rule(
    "softmax_pull_back",
    "(n,o),(n,o)->(n,o)",
    softmax_pull_back,
    r"<0> <hadamard> \left(<1> - <ones_units> <ones_units:T> \left(<0> <hadamard> <1>\right)\right)",
)

LINEAR = rule_table(
    Rule(
        "affine",
        "(o,i),(n,i),(o)->(n,o)",
        affine,
        "<0> <times> <1> + <2>",
        True,
        factors=(0, 1),
        pullbacks=(
            Pullback(OUTER, (Reads.GRADIENT, 1)),
            Pullback(PULL_BACK, (0, Reads.GRADIENT)),
            Pullback(BIAS_GRADIENT, (Reads.GRADIENT,)),
        ),
    ),
    Rule(
        "weighted_sum",
        "(o,i),(n,i)->(n,o)",
        weighted_sum,
        "<0> <times> <1>",
        True,
        factors=(0, 1),
        pullbacks=(Pullback(OUTER, (Reads.GRADIENT, 1)), Pullback(PULL_BACK, (0, Reads.GRADIENT))),
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
        factors=(1, 2),
    ),
    Rule(
        "descend_b",
        "(o),(),(o)->(o)",
        lambda bias, rate, gradient: descend(bias, rate[..., None], gradient),
        "<0> - <1> <times> <2>",
        True,
        factors=(1, 2),
    ),
    Rule(
        "ascend_W",
        "(o,i),(),(o,i)->(o,i)",
        lambda weights, rate, direction: weights + rate[..., None, None] * direction,
        "<0> + <1> <times> <2>",
        True,
        factors=(1, 2),
    ),
    Rule(
        "ascend_b",
        "(o),(),(o)->(o)",
        lambda bias, rate, direction: bias + rate[..., None] * direction,
        "<0> + <1> <times> <2>",
        True,
        factors=(1, 2),
    ),
    Rule(
        "change_W",
        "(),(o,i)->(o,i)",
        lambda rate, gradient: -(rate[..., None, None] * gradient),
        "-<0> <times> <1>",
        True,
        factors=(0, 1),
    ),
    Rule(
        "change_b",
        "(),(o)->(o)",
        lambda rate, gradient: -(rate[..., None] * gradient),
        "-<0> <times> <1>",
        True,
        factors=(0, 1),
    ),
    Rule("changed_W", "(o,i),(o,i)->(o,i)", np.add, "<0> + <1>", True),
    Rule("changed_b", "(o),(o)->(o)", np.add, "<0> + <1>", True),
)
"""The rules that every network shares, whatever its activations and loss."""

PRODUCTS = rule_table(
    Rule(
        "matrix_product",
        "(r,k),(k,c)->(r,c)",
        lambda a, b: np.einsum("...rk,...kc->...rc", a, b),
        "<0> <times> <1>",
        True,
        factors=(0, 1),
    ),
    Rule("hadamard_product", "(r,c),(r,c)->(r,c)", np.multiply, "<0> <hadamard> <1>", True, factors=(0, 1)),
    Rule(
        "affine_map",
        "(r,k),(k,c),(r,c)->(r,c)",
        lambda weights, x, bias: np.einsum("...rk,...kc->...rc", weights, x) + bias,
        "<0> <times> <1> + <2>",
        True,
        factors=(0, 1),
    ),
    Rule(
        "shape_of_product",
        "(1,2),(1,1)->(1,2)",
        lambda left, columns: np.concatenate(np.broadcast_arrays(left[..., :1], columns), axis=-1),
        "",
    ),
)
"""The rules of the matrix warm-ups."""
