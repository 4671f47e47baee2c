"""Optimizers beside plain gradient descent: one row each, with the quantities that a step works out for a parameter.

Called by the builder of networks. A part is worked out for the weights and for the biases of a layer, entry by entry;
what it reads of the step before it, its own last value, starts at 0, so that the first step leaves it out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.rules.rule import Array, Rule

RATE, GRADIENT, VALUE, LAST = "learning_rate", "gradient", "value", "last"
"""What parts read beside constants and other parts: of a parameter its derivative, its old value, and the part's own
value of the step before."""

NEW, CHANGE = "new", "change"
"""The part that is the parameter's new value, and that which is its change."""


@dataclass(frozen=True, slots=True)
class Part:
    """One quantity of an update.

    Attributes:
        kind: of the quantity; `NEW` for the last one.
        reads: names of constants, of other parts, or of the above, in the order of the rule.
        compute: the rule; numbers come with as many axes as the parameter has. It is called with the step first.
        latex: the rule's template; `<step>` is the number of the step.
        first, first_latex, compute_first: the same in the first step, where that leaves the last value out.
        is_straight: as of `Rule`.
    """

    kind: str
    reads: tuple[str, ...]
    compute: Callable[..., Array]
    latex: str
    first: tuple[str, ...] = ()
    compute_first: Callable[..., Array] | None = None
    first_latex: str = ""
    is_straight: bool = False

    def inputs(self, step: int) -> tuple[str, ...]:
        """What it reads in a step."""
        return self.first if step == 1 and self.first else self.reads

    def rule(self, letter: str, step: int) -> Rule:
        """The rule for weights or biases, W or b, in a step."""
        return _rule(self, letter, step)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One way to take a step.

    Attributes:
        name: as in banks.
        constants: its numbers, which a bank gives, with the usual value of each.
        parts: what a step works out for each parameter, in order.
        change: the change of a parameter, which comes before the new value where it is asked for.
        is_rational: whether exact fractions go in and come out.
    """

    name: str
    constants: Mapping[str, str]
    parts: tuple[Part, ...]
    change: Part
    is_rational: bool = False


_AXES = {"W": "o,i", "b": "o"}

NUMBERS = frozenset({RATE, "momentum", "beta1", "beta2", "epsilon"})
"""What is a single number, whatever the parameter is."""


@lru_cache(maxsize=512)
def _rule(part: Part, letter: str, step: int) -> Rule:
    is_first = step == 1 and part.compute_first is not None
    compute = part.compute_first if is_first and part.compute_first is not None else part.compute
    reads, axes = part.inputs(step), _AXES[letter]
    new_axes = (..., *[None] * len(axes.split(",")))

    def computed(*inputs: Array) -> Array:
        wide = (
            np.asarray(value)[new_axes] if name in NUMBERS else value for name, value in zip(reads, inputs, strict=True)
        )
        return np.asarray(compute(step, *wide))

    signature = ",".join("()" if name in NUMBERS else f"({axes})" for name in reads)
    latex = (part.first_latex if is_first else part.latex).replace("<step>", str(step) if step > 1 else "")
    # Each optimizer has a last part, so that what it reads tells them apart.
    kind = f"{part.kind}_by_{part.reads[-1]}" if part.kind in {NEW, CHANGE} else part.kind
    name = f"{kind}{'_first' if is_first else ''}_{letter}{step if '<step>' in part.latex else ''}"
    return Rule(name, f"{signature}->({axes})", computed, latex.replace("^{}", ""), part.is_straight)


def _decayed(rate_of_decay: str, kind: str, square: str, power: int) -> Part:
    """A running mean of the gradient, or of its square."""
    return Part(
        kind,
        (rate_of_decay, LAST, GRADIENT),
        lambda _, beta, last, gradient: beta * last + (1 - beta) * gradient**power,
        rf"<0> <times> <1> + \left(1 - <0>\right) <times> <2>{square.format('<2>')}",
        (rate_of_decay, GRADIENT),
        lambda _, beta, gradient: (1 - beta) * gradient**power,
        rf"\left(1 - <0>\right) <times> <1>{square.format('<1>')}",
        is_straight=power == 1,
    )


def _corrected(kind: str, of: str, rate_of_decay: str) -> Part:
    """The running mean without the 0 that it has started with."""
    return Part(
        kind,
        (rate_of_decay, of),
        lambda step, beta, mean: mean / (1 - beta**step),
        r"\frac{1}{1 - <0>^{<step>}} <times> <1>",
    )


_ROWS = (
    Optimizer(
        "momentum",
        MappingProxyType({"momentum": "0.9"}),
        (
            Part(
                "velocity",
                ("momentum", LAST, RATE, GRADIENT),
                lambda _, momentum, last, rate, gradient: momentum * last - rate * gradient,
                "<0> <times> <1> - <2> <times> <3>",
                (RATE, GRADIENT),
                lambda _, rate, gradient: -(rate * gradient),
                "-<0> <times> <1>",
                is_straight=True,
            ),
            Part(NEW, (VALUE, "velocity"), lambda _, value, velocity: value + velocity, "<0> + <1>", is_straight=True),
        ),
        Part(CHANGE, ("velocity",), lambda _, velocity: velocity * 1, "<0>", is_straight=True),
        is_rational=True,
    ),
    Optimizer(
        "adam",
        MappingProxyType({"beta1": "0.9", "beta2": "0.999", "epsilon": "0.00000001"}),
        (
            _decayed("beta1", "moment1", "", 1),
            _decayed("beta2", "moment2", " <hadamard> {}", 2),
            _corrected("corrected1", "moment1", "beta1"),
            _corrected("corrected2", "moment2", "beta2"),
            Part(
                NEW,
                (VALUE, RATE, "corrected1", "corrected2", "epsilon"),
                lambda _, value, rate, mean, square, epsilon: value - rate * mean / (np.sqrt(square) + epsilon),
                r"<0> - <1> <times> \frac{<2>}{\sqrt{<3>} + <4>}",
            ),
        ),
        Part(
            CHANGE,
            (RATE, "corrected1", "corrected2", "epsilon"),
            lambda _, rate, mean, square, epsilon: -rate * mean / (np.sqrt(square) + epsilon),
            r"-<0> <times> \frac{<1>}{\sqrt{<2>} + <3>}",
        ),
    ),
)

OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType({row.name: row for row in _ROWS})
"""All optimizers by name."""
