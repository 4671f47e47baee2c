"""Activation functions: one row each, with value, slope, LaTeX and kinks.

Read by the network builder (rules), the screens (kinks) and the documents (LaTeX, names). A new activation is one row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from examgen.core.rules.linear import HADAMARD, SOFTMAX_PULL_BACK
from examgen.core.rules.normal import density, distribution
from examgen.core.rules.rule import AT_KINK, Array, Local, Pullback, Reads, Rule


@dataclass(frozen=True, slots=True)
class ByHeart:
    """A derivative that students know by heart, and take for that of another activation.

    Attributes:
        slope: from the activation, as they know it.
        spelling: the same in the language of formulas, `<0>` for the activation.
        since: the version of the draws since which it screens, see `examgen.core.draw_versions`; None for never.
        must_show: as of a version of a misconception.
    """

    slope: Callable[[Array], Array]
    spelling: str
    since: int | None = None
    must_show: bool = True


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function a = f(z).

    Attributes:
        name: as in banks.
        title: as printed under a layer.
        apply: (..., n, o) -> (..., n, o).
        slope: df/dz from the quantity that `slope_of` names; None for softmax, whose slope is not elementwise, and for
            functions with `levels`.
        slope_of: "a" where the slope is easiest from the activation, as in a (1 - a), else "z".
        symbol: f in LaTeX, as in f'(z).
        latex: f with its argument as `<0>`.
        slope_latex: the slope from `<0>`, the quantity of `slope_of`; empty where it does not depend on it.
        definition: f(z) in LaTeX, for the instructions of a paper.
        derivative: f'(z) in LaTeX, for the appendix of a key.
        kinks: values of z at which the slope jumps.
        slope_at_kink: the slope that is taken at a kink at 0, in LaTeX; empty where there is none or nothing to choose.
        bounds: open interval of the values of a.
        is_rational: whether exact fractions go in and come out.
        slope_decimals: decimals that every slope has, where they are few; None where slopes are rounded.
        output_only: whether the function may stand on the last layer only.
        by_heart: the slope as students know it by heart; None where they do not.
        aliases: other names that students may write for it in formulas.
        spelling: f in the language of formulas, `<0>` for z; empty where it is its name, as in sigmoid(z).
        slope_spelling: f' in it, `<0>` for z; empty where it is written sigmoid'(z).
        slope_from_a: f' as it is calculated by hand from the activation, which is `<0>`; empty where it is not.
        share_of: where an entry is the share that it has in a layer, what is shared, `<0>` for z.
        levels: where f jumps between few values, these; it has no derivative to go back through then.
        fact: key of the sentence that explains the signs of its definition, as of a loss.
    """

    name: str
    title: str
    apply: Callable[[Array], Array]
    slope: Callable[[Array], Array] | None
    slope_of: Literal["z", "a"]
    symbol: str
    latex: str
    slope_latex: str
    definition: str
    derivative: str
    kinks: tuple[float, ...] = ()
    slope_at_kink: str = ""
    bounds: tuple[float, float] = (-np.inf, np.inf)
    is_rational: bool = False
    slope_decimals: int | None = None
    output_only: bool = False
    by_heart: ByHeart | None = None
    aliases: tuple[str, ...] = ()
    spelling: str = ""
    slope_spelling: str = ""
    slope_from_a: str = ""
    share_of: str = ""
    levels: tuple[float, ...] = ()
    fact: str = ""

    def rule(self) -> Rule:
        """The rule from z to a."""
        way_back = () if self.levels else (self._pullback(),)
        return Rule(self.name, "(n,o)->(n,o)", self.apply, self.latex, bounds=self.bounds, pullbacks=way_back)

    def _pullback(self) -> Pullback:
        """By the slope, a quantity of its own, where there is one."""
        if self.slope is None:
            return Pullback(SOFTMAX_PULL_BACK, (Reads.RESULT, Reads.GRADIENT))
        source = 0 if self.slope_of == "z" else Reads.RESULT
        return Pullback(HADAMARD, (Reads.GRADIENT, Reads.LOCAL), Local("slope", self.slope_rule(), (source,)))

    def slope_rule(self) -> Rule:
        """The rule from z or a to the slope; call it only where there is one."""
        if self.slope is None:
            raise ValueError(f"{self.name} has no elementwise slope")
        decimals = self.slope_decimals
        return Rule(f"{self.name}_slope", "(n,o)->(n,o)", self.slope, self.slope_latex, decimals=decimals)


def sigmoid(z: Array) -> Array:
    """The logistic function 1 / (1 + e^-z), elementwise; accurate to a few units in the last place on both tails."""
    result: Array = 1 / (1 + np.exp(-z))
    return result


def softmax(z: Array) -> Array:
    """e^z divided by its sum over the last axis; shifted by the largest z, so nothing overflows."""
    powers: Array = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _ones(z: Array) -> Array:
    ones: Array = z * 0 + 1
    return ones


_STEP = r"\left[<0:bare> > 0\right]"


def _silu_slope(z: Array) -> Array:
    share = sigmoid(z)
    return np.asarray(share * (1 + z * (1 - share)))


_ROWS = (
    Activation(
        "identity",
        "identity",
        lambda z: z,
        _ones,
        "z",
        "f",
        "<0>",
        "",
        "f(z) = z",
        "f'(z) = 1",
        spelling="<0>",
        slope_spelling="1",
        is_rational=True,
        slope_decimals=0,
    ),
    Activation(
        "sigmoid",
        "sigmoid",
        sigmoid,
        lambda a: a * (1 - a),
        "a",
        r"\sigma",
        r"\sigma\left(<0:bare>\right)",
        r"<0> <hadamard> \left(1 - <0>\right)",
        r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        r"\sigma'(z) = \sigma(z) \left(1 - \sigma(z)\right)",
        bounds=(0.0, 1.0),
        by_heart=ByHeart(lambda a: a * (1 - a), "<0>*(1 - <0>)", since=1),
        aliases=("sigma",),
        slope_from_a="<0>*(1 - <0>)",
    ),
    Activation(
        "tanh",
        "tanh",
        np.tanh,
        lambda a: 1 - a**2,
        "a",
        r"\tanh",
        r"\tanh\left(<0:bare>\right)",
        "1 - <0> <hadamard> <0>",
        r"\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
        r"\tanh'(z) = 1 - \tanh^2(z)",
        bounds=(-1.0, 1.0),
        by_heart=ByHeart(lambda a: 1 - a**2, "1 - <0>^2", since=1),
        slope_from_a="1 - <0>^2",
    ),
    Activation(
        "relu",
        "ReLU",
        lambda z: z * (z > 0),
        lambda z: 0 * z + (z > AT_KINK),
        "z",
        r"\operatorname{ReLU}",
        r"\max\left(0, <0:bare>\right)",
        _STEP,
        r"\operatorname{ReLU}(z) = \max(0, z)",
        r"\operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}",
        kinks=(0.0,),
        by_heart=ByHeart(lambda a: 0 * a + (a > 0), "relu'(<0>)", since=1, must_show=False),
        slope_at_kink="0",
        is_rational=True,
        slope_decimals=0,
    ),
    Activation(
        "leaky_relu",
        "leaky ReLU",
        lambda z: np.where(z > 0, z, z / 100),
        lambda z: np.where(z > AT_KINK, _ones(z), _ones(z) / 100),
        "z",
        r"\operatorname{LeakyReLU}",
        r"\max\left(0.01 \cdot <0>, <0:bare>\right)",
        rf"{_STEP} + 0.01 \left[<0:bare> \le 0\right]",
        r"\operatorname{LeakyReLU}(z) = \max(0.01\,z, z)",
        r"\operatorname{LeakyReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0.01 & z < 0 \end{cases}",
        kinks=(0.0,),
        slope_at_kink="0.01",
        is_rational=True,
        slope_decimals=2,
    ),
    Activation(
        "softplus",
        "softplus",
        lambda z: np.logaddexp(0, z),
        sigmoid,
        "z",
        r"\operatorname{softplus}",
        r"\ln\left(1 + \exp\left(<0:bare>\right)\right)",
        r"\sigma\left(<0:bare>\right)",
        r"\operatorname{softplus}(z) = \ln(1 + e^{z})",
        r"\operatorname{softplus}'(z) = \sigma(z) = \frac{1}{1 + e^{-z}}",
        bounds=(0.0, np.inf),
    ),
    Activation(
        "elu",
        "ELU",
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda a: np.where(a > 0, 1.0, a + 1),
        "a",
        r"\operatorname{ELU}",
        r"\operatorname{ELU}\left(<0:bare>\right)",
        r"1 + \min\left(0, <0:bare>\right)",
        r"\operatorname{ELU}(z) = \begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
        r"\operatorname{ELU}'(z) = \begin{cases} 1 & z > 0 \\ e^{z} & z \le 0 \end{cases}",
        kinks=(0.0,),
        bounds=(-1.0, np.inf),
        slope_from_a="1 + min(0, <0>)",
    ),
    Activation(
        "silu",
        "SiLU",
        lambda z: z * sigmoid(z),
        _silu_slope,
        "z",
        r"\operatorname{SiLU}",
        r"<0> <hadamard> \sigma\left(<0:bare>\right)",
        r"\sigma\left(<0:bare>\right) <hadamard> "
        r"\left(1 + <0> <hadamard> \left(1 - \sigma\left(<0:bare>\right)\right)\right)",
        r"\operatorname{SiLU}(z) = z \, \sigma(z) = \frac{z}{1 + e^{-z}}",
        r"\operatorname{SiLU}'(z) = \sigma(z) \left(1 + z \left(1 - \sigma(z)\right)\right)",
        bounds=(-0.27846454276107380, np.inf),
        aliases=("swish",),
    ),
    Activation(
        "gelu",
        "GELU",
        lambda z: z * distribution(z),
        lambda z: distribution(z) + z * density(z),
        "z",
        r"\operatorname{GELU}",
        r"<0> <hadamard> \Phi\left(<0:bare>\right)",
        r"\Phi\left(<0:bare>\right) + <0> <hadamard> \varphi\left(<0:bare>\right)",
        r"\operatorname{GELU}(z) = z \, \Phi(z)",
        r"\operatorname{GELU}'(z) = \Phi(z) + z \, \varphi(z)",
        bounds=(-0.16997120747990369, np.inf),
        fact="normal_distribution",
    ),
    Activation(
        "hard_tanh",
        "hard tanh",
        lambda z: np.where(z > 1, _ones(z), np.where(z < -1, z * 0 - 1, z)),
        lambda z: 0 * z + (np.abs(z) < 1 - AT_KINK),
        "z",
        r"\operatorname{hardtanh}",
        r"\max\left(-1, \min\left(1, <0:bare>\right)\right)",
        r"\left[\left|<0:bare>\right| < 1\right]",
        r"\operatorname{hardtanh}(z) = \max(-1, \min(1, z))",
        r"\operatorname{hardtanh}'(z) = \begin{cases} 1 & |z| < 1 \\ 0 & |z| > 1 \end{cases}",
        kinks=(-1.0, 1.0),
        is_rational=True,
        slope_decimals=0,
    ),
    Activation(
        "step",
        "step",
        lambda z: 0 * z + (z > -AT_KINK),
        None,
        "z",
        r"\operatorname{step}",
        r"\operatorname{step}\left(<0:bare>\right)",
        "",
        r"\operatorname{step}(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z < 0 \end{cases}",
        "",
        kinks=(0.0,),
        is_rational=True,
        levels=(0.0, 1.0),
    ),
    Activation(
        "sign",
        "sign",
        # A unit has one of two values: at 0 the upper one, as a step has.
        lambda z: np.where(z > -AT_KINK, _ones(z), z * 0 - 1),
        None,
        "z",
        r"\operatorname{sign}",
        r"\operatorname{sign}\left(<0:bare>\right)",
        "",
        r"\operatorname{sign}(z) = \begin{cases} 1 & z \ge 0 \\ -1 & z < 0 \end{cases}",
        "",
        kinks=(0.0,),
        is_rational=True,
        levels=(-1.0, 1.0),
    ),
    Activation(
        "softmax",
        "softmax",
        softmax,
        None,
        "a",
        r"\operatorname{softmax}",
        r"\operatorname{softmax}\left(<0:bare>\right)",
        "",
        r"\operatorname{softmax}(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
        r"\frac{\partial a_i}{\partial z_j} = a_i \left([i = j] - a_j\right)",
        bounds=(0.0, 1.0),
        share_of="exp(<0:bare>)",
        output_only=True,
    ),
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({row.name: row for row in _ROWS})
"""All activations by name."""
