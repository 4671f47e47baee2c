"""Losses: one row each, with value, slope, LaTeX, and what outputs they accept.

A loss is a function of the output activations a and the targets y, both (..., n, o): a row per sample of the
mini-batch. The loss of a mini-batch is the mean over its n samples, so every slope of it carries 1/n. Two rows are
otherwise: the perceptron's reads the weighted inputs, too, and is differentiated by these; `output` reads no targets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import numpy as np

from examgen.core.rules.arithmetic import ONE
from examgen.core.rules.linear import output_error_rule
from examgen.core.rules.rule import AT_KINK, Array, Pullback, Rule, scaled_latex

Reads = Literal["activation", "target", "weighted sum"]
"""What a loss may read of the output layer."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss.

    Attributes:
        name: as in banks.
        title: as printed.
        of_sample: (..., n, o) for each of what it reads -> (..., n), the loss of each sample.
        slope_of_sample: its derivative with respect to a from a and y, (..., n, o); with respect to z where it reads
            that, a counting as a constant.
        term: LaTeX of one output's term with `<a>`, `<y>`, `<z>` and `<times>` put in; the loss is `scale` times their
            sum, and divided by the number of outputs where `is_mean`.
        slope_term: LaTeX of the derivative of one output's term with `<0>` for a and `<1>` for y, without
            `slope_scale`.
        scale: constant factor of the sum.
        slope_scale: constant factor of the derivative.
        is_mean: whether the loss is a mean over the outputs.
        kinks: values of a - y at which the derivative jumps or changes its formula.
        outputs: names of the activations that the output layer may have; empty for any but softmax.
        shortcut: the output activation for which dL_dz is a - y.
        shortcut_latex: why it is, for the appendix of a key, with `<cost>` for the letter of the loss.
        is_rational: whether exact fractions go in and come out.
        spelling: one output's term in the language of formulas, `<0>` for a and `<1>` for y, without `scale`; with
            `:bare` they need no brackets there, and with `:product` products need none.
        slope_spelling: the same of its derivative, without `slope_scale`.
        is_squared: whether the term is a square, whose derivative brings a 2.
        logarithms: how many there are in the term.
        targets_add_up: whether the targets of a sample add up to 1.
        fact: key of the sentence that explains it on papers, among the words of worked solutions; empty for none.
            `<rate>` in it is the learning rate.
        reads: of the output layer, in the order of `of_sample`: `LETTERS` has the letter of each.
        targets: what each target may be; empty for any number.
    """

    name: str
    title: str
    of_sample: Callable[..., Array]
    slope_of_sample: Callable[[Array, Array], Array]
    term: str
    slope_term: str
    scale: Fraction = Fraction(1)
    slope_scale: int = 1
    is_mean: bool = False
    kinks: tuple[float, ...] = ()
    outputs: tuple[str, ...] = ()
    shortcut: str = ""
    shortcut_latex: str = ""
    is_rational: bool = False
    spelling: str = ""
    slope_spelling: str = ""
    is_squared: bool = False
    logarithms: int = 0
    targets_add_up: bool = False
    fact: str = ""
    reads: tuple[Reads, ...] = ("activation", "target")
    targets: tuple[float, ...] = ()

    @property
    def has_targets(self) -> bool:
        """Whether outputs are compared with something."""
        return "target" in self.reads

    @property
    def is_of_weighted_sums(self) -> bool:
        """Whether it is differentiated by the weighted inputs of the outputs, past their activation."""
        return "weighted sum" in self.reads

    def rule(self, outputs: int, samples: int, of_value: int | None = None) -> Rule:
        """The rule from what it reads to the loss.

        Args:
            outputs, samples: as of `slope_rule`.
            of_value: the samples over which the loss itself is a mean, 1 for a sum; as many where it is left out.
        """
        return _loss_rule(self, outputs, samples, samples if of_value is None else of_value)

    def pullbacks(self, outputs: int, samples: int) -> tuple[Pullback | None, ...]:
        """One for each of what it reads; arguments as of `slope_rule`."""
        if self.is_of_weighted_sums:
            return None, None, Pullback(output_error_rule(samples), (0, 1))
        if not self.has_targets:
            return (Pullback(ONE, (0,)),)
        return Pullback(self.slope_rule(outputs, samples), (0, 1)), None

    def slope_rule(self, outputs: int, samples: int) -> Rule:
        """The rule from outputs and targets to dL_da.

        Args:
            outputs: units of the output layer.
            samples: of the mean whose derivative it is, which puts 1/n in; 1 for that of each sample's own loss.
        """
        return _slope_rule(self, outputs, samples)

    def slope_factor(self, outputs: int, samples: int) -> Fraction:
        """What stands in front of `slope_term`; arguments as of `slope_rule`."""
        return Fraction(self.slope_scale, samples * (outputs if self.is_mean else 1))

    def factor(self, outputs: int, samples: int) -> Fraction:
        """What stands in front of the sum of the terms of all outputs and samples."""
        return self.scale / (samples * (outputs if self.is_mean else 1))


@lru_cache(maxsize=256)
def _loss_rule(loss: Loss, outputs: int, samples: int, of_value: int) -> Rule:
    def compute(*read: Array) -> Array:
        return np.asarray(loss.of_sample(*read).sum(axis=-1) / of_value)

    signature = f"{','.join(['(n,o)'] * len(loss.reads))}->()"
    way_back = loss.pullbacks(outputs, samples)
    return Rule(loss.name, signature, compute, "", averaged=of_value, pullbacks=way_back)


@lru_cache(maxsize=256)
def _slope_rule(loss: Loss, outputs: int, samples: int) -> Rule:
    latex = scaled_latex(loss.slope_factor(outputs, samples), loss.slope_term)
    return Rule(
        f"{loss.name}_slope",
        "(n,o),(n,o)->(n,o)",
        lambda a, y: loss.slope_of_sample(a, y) / samples,
        latex,
        averaged=samples,
    )


def _squares(a: Array, y: Array) -> Array:
    return np.asarray(((a - y) ** 2).sum(axis=-1))


def _outputs(a: Array) -> int:
    return int(a.shape[-1])


def _times_log(weight: Array, value: Array) -> Array:
    """weight * ln(value) with 0 * ln(0) = 0."""
    return np.asarray(weight * np.log(np.where(weight == 0, 1.0, value)))


def _over(numerator: Array, denominator: Array) -> Array:
    """numerator / denominator with 0 / 0 = 0, as the limits of cross-entropy have it."""
    return np.asarray(numerator / np.where(numerator == 0, 1.0, denominator))


def _huber(a: Array, y: Array) -> Array:
    error = np.abs(a - y)
    return np.asarray(np.where(error <= 1, error**2 / 2, error - 0.5).sum(axis=-1))


LETTERS: Mapping[Reads, str] = MappingProxyType({"activation": "a", "target": "y", "weighted sum": "z"})
"""In the terms of losses, and of the quantities of a network."""


def _hinge_slope(a: Array, y: Array) -> Array:
    return np.asarray(-y * (1 - y * a > AT_KINK))


_SQUARE = r"\left(<a> - <y>\right)^2"
_HALF = Fraction(1, 2)
_SQUARE_SPELLING = "(<0:bare> - <1:bare>)^2"
_ERROR_SPELLING = "<0:bare> - <1:product>"
_DISTANCE_SPELLING = "abs(<0:bare> - <1:bare>)"

_ROWS = (
    Loss(
        "squared_error",
        "squared error",
        _squares,
        lambda a, y: 2 * (a - y),
        _SQUARE,
        "<0> - <1>",
        spelling=_SQUARE_SPELLING,
        slope_spelling=_ERROR_SPELLING,
        is_squared=True,
        slope_scale=2,
        is_rational=True,
    ),
    Loss(
        "half_squared_error",
        "half the squared error",
        lambda a, y: _squares(a, y) / 2,
        lambda a, y: a - y,
        _SQUARE,
        "<0> - <1>",
        spelling=_SQUARE_SPELLING,
        slope_spelling=_ERROR_SPELLING,
        is_squared=True,
        scale=_HALF,
        is_rational=True,
    ),
    Loss(
        "mean_squared_error",
        "mean squared error",
        lambda a, y: _squares(a, y) / _outputs(a),
        lambda a, y: 2 * (a - y) / _outputs(a),
        _SQUARE,
        "<0> - <1>",
        spelling=_SQUARE_SPELLING,
        slope_spelling=_ERROR_SPELLING,
        is_squared=True,
        slope_scale=2,
        is_mean=True,
        is_rational=True,
    ),
    Loss(
        "half_mean_squared_error",
        "half the mean squared error",
        lambda a, y: _squares(a, y) / (2 * _outputs(a)),
        lambda a, y: (a - y) / _outputs(a),
        _SQUARE,
        "<0> - <1>",
        spelling=_SQUARE_SPELLING,
        slope_spelling=_ERROR_SPELLING,
        is_squared=True,
        scale=_HALF,
        is_mean=True,
        is_rational=True,
    ),
    Loss(
        "mean_absolute_error",
        "mean absolute error",
        lambda a, y: np.asarray(np.abs(a - y).sum(axis=-1) / _outputs(a)),
        lambda a, y: (0 * a + (a > y) - (a < y)) / _outputs(a),
        r"\left|<a> - <y>\right|",
        r"\operatorname{sign}\left(<0> - <1>\right)",
        spelling=_DISTANCE_SPELLING,
        slope_spelling="sign(<0:bare> - <1:bare>)",
        is_mean=True,
        kinks=(0.0,),
        is_rational=True,
    ),
    Loss(
        "huber",
        "Huber loss",
        _huber,
        lambda a, y: np.clip(a - y, -1, 1),
        r"h\left(<a> - <y>\right)",
        r"h'\left(<0> - <1>\right)",
        # With m = min(e, 1), e^2/2 up to 1 and e - 1/2 beyond are m*(e - m/2).
        spelling=f"min({_DISTANCE_SPELLING}, 1)*({_DISTANCE_SPELLING} - min({_DISTANCE_SPELLING}, 1)/2)",
        slope_spelling="max(-1, min(1, <0:bare> - <1:bare>))",
        fact="huber",
        kinks=(-1.0, 1.0),
    ),
    Loss(
        "binary_cross_entropy",
        "binary cross-entropy",
        lambda a, y: -(_times_log(y, a) + _times_log(1 - y, 1 - a)).sum(axis=-1),
        lambda a, y: _over(1 - y, 1 - a) - _over(y, a),
        r"\left(<y> <times> \ln <a> + (1 - <y>) <times> \ln(1 - <a>)\right)",
        r"-\frac{<1>}{<0>} + \frac{1 - <1>}{1 - <0>}",
        spelling="<1:bare>*ln(<0:bare>) + (1 - <1:bare>)*ln(1 - <0:product>)",
        slope_spelling="(1 - <1:product>)/(1 - <0:product>) - <1:product>/<0>",
        logarithms=2,
        scale=Fraction(-1),
        outputs=("sigmoid", "softmax"),
        shortcut="sigmoid",
        shortcut_latex=(
            r"\frac{\partial <cost>}{\partial z} = \left(-\frac{y}{a} + \frac{1 - y}{1 - a}\right) a (1 - a) = a - y"
        ),
    ),
    Loss(
        "cross_entropy",
        "cross-entropy",
        lambda a, y: -_times_log(y, a).sum(axis=-1),
        lambda a, y: -_over(y, a),
        r"<y> <times> \ln <a>",
        r"-\frac{<1>}{<0>}",
        spelling="<1:bare>*ln(<0:bare>)",
        slope_spelling="-<1:bare>/<0>",
        logarithms=1,
        targets_add_up=True,
        scale=Fraction(-1),
        outputs=("softmax",),
        shortcut="softmax",
        shortcut_latex=(
            r"\frac{\partial <cost>}{\partial z_j} = \sum_k -\frac{y_k}{a_k} \, a_k \left([k = j] - a_j\right)"
            r" = a_j - y_j"
        ),
    ),
    Loss(
        "hinge",
        "hinge loss",
        lambda a, y: np.asarray(((1 - y * a) * (1 - y * a > 0)).sum(axis=-1)),
        _hinge_slope,
        r"\max\left(0, 1 - <y> <times> <a>\right)",
        r"-<1> <hadamard> \left[<1> <hadamard> <0> < 1\right]",
        spelling="max(0, 1 - <1:product>*<0:product>)",
        slope_spelling="-<1:product>*relu'(1 - <1:product>*<0:product>)",
        # Where y is 1 or -1, y a is 1 where a is y.
        kinks=(0.0,),
        targets=(-1.0, 1.0),
        is_rational=True,
    ),
    Loss(
        "perceptron",
        "perceptron criterion",
        lambda a, y, z: np.asarray(((a - y) * z).sum(axis=-1)),
        lambda a, y: a - y,
        r"\left(<a> - <y>\right) <times> <z>",
        "<0> - <1>",
        spelling="(<0:bare> - <1:product>)*<2:product>",
        slope_spelling=_ERROR_SPELLING,
        outputs=("step", "sign"),
        reads=("activation", "target", "weighted sum"),
        shortcut_latex=r"\frac{\partial <cost>}{\partial z} = a - y",
        is_rational=True,
        fact="perceptron",
    ),
    Loss(
        "output",
        "output",
        lambda a: np.asarray(a.sum(axis=-1)),
        lambda a, _: np.ones_like(a),
        "<a>",
        "1",
        spelling="<0:bare>",
        slope_spelling="1",
        reads=("activation",),
        is_rational=True,
    ),
)

LOSSES: Mapping[str, Loss] = MappingProxyType({row.name: row for row in _ROWS})
"""All losses by name."""
