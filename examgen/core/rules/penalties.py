"""The penalty that is added to a loss: half of a factor times the squares of all weights, and its part in gradients."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from string import ascii_lowercase

import numpy as np

from examgen.core.rules.rule import Array, Rule

PENALTY = "l2_penalty"


@dataclass(frozen=True, slots=True)
class PenalisedRule(Rule):
    """The rule of a derivative by weights with that of the penalty, which reads the factor and the weights behind.

    Attributes:
        data: the rule of the derivative of the loss alone.
    """

    data: Rule = field(default_factory=lambda: Rule("", "", np.asarray, ""))

    @property
    def added(self) -> str:
        """LaTeX of what the penalty adds, as a template."""
        place = len(self.data.axes()[0])
        return f"<{place}> <times> <{place + 1}>"


def _sum_of_squares(factor: Array, *weights: Array) -> Array:
    return np.asarray(factor * sum((w * w).sum(axis=(-2, -1)) for w in weights) / 2)


@lru_cache(maxsize=64)
def penalty_rule(layers: int) -> Rule:
    """From the factor and the weights of so many layers to the penalty."""
    # Axes of each layer's weights, a letter for each.
    of_layers = zip(ascii_lowercase[::2], ascii_lowercase[1::2], strict=True)
    signature = ",".join(["()", *(f"({to},{source})" for to, source in islice(of_layers, layers))])
    squares = " + ".join(rf"\left\|<{layer + 1}:bare>\right\|^2" for layer in range(layers))
    squares = squares if layers == 1 else rf"\left({squares}\right)"
    latex = rf"\frac{{1}}{{2}} <times> <0> <times> {squares}"
    return Rule(PENALTY, f"{signature}->()", _sum_of_squares, latex)


@lru_cache(maxsize=256)
def penalised_loss(rule: Rule) -> Rule:
    """A loss and the penalty that it reads last."""
    return Rule(
        rule.name,
        f"{rule.signature.removesuffix('->()')},()->()",
        lambda *read: np.asarray(rule.compute(*read[:-1]) + read[-1]),
        rule.latex,
        averaged=rule.averaged,
    )


@lru_cache(maxsize=256)
def penalised(rule: Rule) -> Rule:
    """A derivative by weights, with the factor times the weights added; it reads these two last."""

    def compute(*read: Array) -> Array:
        *of_data, factor, weights = read
        return np.asarray(rule.compute(*of_data) + np.asarray(factor)[..., None, None] * weights)

    signature = f"{rule.signature.partition('->')[0]},(),(o,i)->(o,i)"
    name = f"{rule.name}_penalised"
    return PenalisedRule(name, signature, compute, "", rule.is_straight, Fraction(1), factors=(), data=rule)
