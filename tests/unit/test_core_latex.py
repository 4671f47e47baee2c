"""What papers print about a rule says what the rule computes: each formula is read back and evaluated."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from examgen.core.activations import ACTIVATIONS
from examgen.core.losses import LOSSES
from examgen.core.rules import fill_latex, fraction_latex, output_error_rule, scaled_latex
from tests.oracles import Array

NAMED_ONLY = ("elu", "softmax")
"""Their LaTeX is the name of the function, which the definition on the paper explains."""
WITH_SLOPE = sorted(set(ACTIVATIONS) - {"softmax"})

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    "abs": np.abs,
    "sign": np.sign,
    "sigma": lambda z: 1 / (1 + np.exp(-z)),
    "h": lambda error: np.where(np.abs(error) < 1, error * error / 2, np.abs(error) - 0.5),
    "h_slope": lambda error: np.where(np.abs(error) < 1, error, np.sign(error)),
}
READING = (
    (r"\\begin\{cases\} (.*?) & (.*?) \\\\ (.*?) & .*? \\end\{cases\}", r"where(\2, \1, \3)"),
    (r"e\^\{([^{}]*)\}", r"exp(\1)"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1) / (\2))"),
    (r"\\left\|(.*?)\\right\|", r"abs(\1)"),
    (r"\\left[(\[]", "("),
    (r"\\right[)\]]", ")"),
    (r"\\operatorname\{(\w+)\}", r"\1"),
    (r"h'", "h_slope"),
    (r"\\exp", "exp"),
    (r"\\max", "maximum"),
    (r"\\min", "minimum"),
    (r"\\ln", "log"),
    (r"\\(sigma|tanh)", r"\1"),
    (r"\\le ", "<= "),
    (r"\^2", "**2"),
    (r"\\(,|cdot)", "*"),
    (r"([\d)])\s*(?=\(|log)", r"\1 * "),
)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - set(NAMED_ONLY)))
def test_the_formula_of_an_activation(name: str) -> None:
    """a = f(z) as printed gives the values of the rule."""
    rule, z = ACTIVATIONS[name].rule(), _numbers(1)
    np.testing.assert_allclose(_read(rule.latex, z), rule.compute(z), rtol=1e-12)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"softmax"}))
def test_the_definition_of_an_activation(name: str) -> None:
    """What the instructions of a paper say about f(z) gives the values of the rule."""
    activation, z = ACTIVATIONS[name], _numbers(2)
    definition = activation.definition.partition(" = ")[2]
    np.testing.assert_allclose(_read(re.sub(r"\bz\b", "<0>", definition), z), activation.apply(z), rtol=1e-12)


@pytest.mark.parametrize("name", WITH_SLOPE)
def test_the_formula_of_a_slope(name: str) -> None:
    """f'(z) as printed, from z or from a, gives the values of the rule."""
    activation, z = ACTIVATIONS[name], _numbers(3)
    source = z if activation.slope_of == "z" else activation.apply(z)
    rule = activation.slope_rule()
    if not rule.latex:
        # Nothing to put numbers into: the slope is the same everywhere.
        assert set(rule.compute(source).ravel()) == {1.0}
        return
    np.testing.assert_allclose(_read(rule.latex, source), rule.compute(source), rtol=1e-12)


def test_softmax_has_no_elementwise_slope() -> None:
    """Asking softmax for a slope says so."""
    with pytest.raises(ValueError, match="softmax has no elementwise slope"):
        ACTIVATIONS["softmax"].slope_rule()


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize(("samples", "outputs"), [(1, 1), (1, 3), (2, 1), (3, 4)])
def test_the_formula_of_a_loss_and_its_slope(name: str, samples: int, outputs: int) -> None:
    """The printed factor times the printed terms is the loss, and the printed slope is dL_da."""
    loss, rng = LOSSES[name], np.random.default_rng(4)
    a, y = rng.uniform(0.05, 0.95, size=(2, samples, outputs))
    # Errors on both branches of the Huber loss, where the loss takes any number.
    y = y if loss.outputs else y * 5
    term = loss.term.replace("<a>", "<0>").replace("<y>", "<1>")
    total = float(loss.factor(outputs, samples)) * _read(term, a, y).sum()
    np.testing.assert_allclose(total, loss.rule().compute(a, y), rtol=1e-12)
    slope = loss.slope_rule(outputs, samples)
    np.testing.assert_allclose(_read(slope.latex, a, y), slope.compute(a, y), rtol=1e-12)


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_the_formula_of_the_output_error(samples: int) -> None:
    """a - y over the samples, as printed where the shortcut is taken."""
    rule, (a, y) = output_error_rule(samples), np.random.default_rng(5).random((2, samples, 3))
    np.testing.assert_allclose(_read(rule.latex, a, y), rule.compute(a, y), rtol=1e-12)


@pytest.mark.parametrize("name", WITH_SLOPE)
def test_slopes_jump_at_kinks_only(name: str) -> None:
    """Between two near values of z with no kink between them, a slope changes by little."""
    activation = ACTIVATIONS[name]
    z = np.arange(-6, 6, 1e-3) + 5e-4
    source = z if activation.slope_of == "z" else activation.apply(z)
    jumps = np.abs(np.diff(activation.slope_rule().compute(source))) > 2e-3
    crossed = [(z[:-1] < kink) & (kink < z[1:]) for kink in activation.kinks]
    assert not (jumps & ~np.any([np.zeros_like(jumps), *crossed], axis=0)).any()


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_stay_within_their_bounds(name: str) -> None:
    """Values lie strictly between the bounds that the table gives."""
    activation = ACTIVATIONS[name]
    values = activation.apply(np.random.default_rng(6).uniform(-12, 12, size=(500, 3)))
    assert (activation.bounds[0] < values).all()
    assert (values < activation.bounds[1]).all()


def test_placeholders_are_filled_with_name_and_modifier() -> None:
    """Each placeholder is replaced by what `symbol` returns; LaTeX around it stays."""
    asked = []

    def symbol(name: str, modifier: str) -> str:
        asked.append((name, modifier))
        return f"[{name}|{modifier}]"

    filled = fill_latex(r"<0:T> <times> \left(<1> < 2\right) + <a:ones>^2", symbol)
    assert filled == r"[0|T] [times|] \left([1|] < 2\right) + [a|ones]^2"
    assert asked == [("0", "T"), ("times", ""), ("1", ""), ("a", "ones")]


@pytest.mark.parametrize(
    ("number", "printed", "scaled"),
    [
        (Fraction(1), "1", "a - y"),
        (Fraction(2), "2", r"2 \left(a - y\right)"),
        (Fraction(-1), "-1", r"-1 \left(a - y\right)"),
        (Fraction(1, 3), r"\frac{1}{3}", r"\frac{1}{3} \left(a - y\right)"),
        (Fraction(-2, 5), r"-\frac{2}{5}", r"-\frac{2}{5} \left(a - y\right)"),
    ],
)
def test_factors_are_printed_as_fractions(number: Fraction, printed: str, scaled: str) -> None:
    """Integers as they are, fractions with the sign in front, and no factor 1."""
    assert fraction_latex(number) == printed
    assert scaled_latex(number, "a - y") == scaled


def _numbers(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=(40, 3)) * 2


def _read(latex: str, *inputs: Array) -> Array:
    """The values of a formula in which <0>, <1>, … stand for the inputs."""
    operators = {"times": "*", "hadamard": "*"}
    formula = fill_latex(latex, lambda name, _: operators.get(name, f"(v{name})"))
    for pattern, meaning in READING:
        formula = re.sub(pattern, meaning, formula)
    values: Array = eval(formula, FUNCTIONS | {f"v{number}": value for number, value in enumerate(inputs)})
    return values
