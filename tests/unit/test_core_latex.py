"""What papers print about a rule says what the rule computes: each formula is read back and evaluated."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.linear import output_error_rule
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import fill_latex, fraction_latex, scaled_latex
from tests.oracles import JUMPS, Array, read_by

NAMED_ONLY = tuple(name for name, row in ACTIVATIONS.items() if row.latex.startswith(r"\operatorname"))
"""Their LaTeX is the name of the function, which the definition on the paper explains."""
WITH_SLOPE = sorted(set(ACTIVATIONS) - {"softmax", *JUMPS})
OF_TARGETS = sorted(set(LOSSES) - {"output"})
STEP = 1e-3

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    "abs": np.abs,
    "sign": np.sign,
    "sigma": lambda z: 1 / (1 + np.exp(-z)),
    "Phi": np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2),
    "varphi": lambda z: np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "h": lambda error: np.where(np.abs(error) < 1, error * error / 2, np.abs(error) - 0.5),
    "h_slope": lambda error: np.where(np.abs(error) < 1, error, np.sign(error)),
}
READING = (
    # A function of a function, without brackets around the inner one.
    (r"\\ln \\(\w+)(\\left\(.*?\\right\))", r"\\ln\\left(\\\1\2\\right)"),
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
    (r"\\(sigma|sinh|cosh|tanh|Phi|varphi)", r"\1"),
    (r"\\le ", "<= "),
    (r"\\ge ", ">= "),
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
    _, *said = activation.definition.split(" = ")
    assert said
    for formula in said:
        np.testing.assert_allclose(_read(re.sub(r"\bz\b", "<0>", formula), z), activation.apply(z), rtol=1e-12)


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
    a, y, z = rng.uniform(0.05, 0.95, size=(3, samples, outputs))
    # Errors on both branches of the Huber loss, where the loss takes any number.
    y = y if loss.outputs else y * 5
    # Nothing is wrong with one output; there, too, the slope is what is printed.
    y[0, 0] = a[0, 0]
    term = loss.term.replace("<a>", "<0>").replace("<y>", "<1>").replace("<z>", "<2>")
    total = float(loss.factor(outputs, samples)) * _read(term, a, y, z).sum()
    np.testing.assert_allclose(total, loss.rule(outputs, samples).compute(*read_by(name, a, y, z)), rtol=1e-12)
    slope = loss.slope_rule(outputs, samples)
    np.testing.assert_allclose(_read(slope.latex, a, y), slope.compute(a, y), rtol=1e-12)


@pytest.mark.parametrize("name", OF_TARGETS)
@pytest.mark.parametrize(("sizes", "samples"), [((5, 4, 3), 2), ((3, 2), 3), ((2, 4, 5, 2), 1)])
def test_a_network_prints_the_errors_of_its_outputs(name: str, sizes: tuple[int, ...], samples: int) -> None:
    """dL_da and dL_dz of the last layer are printed for as many outputs and samples as the network has."""
    outputs = LOSSES[name].outputs or ("tanh",)
    is_of_z = name == "perceptron"
    sizes = sizes[-2:] if is_of_z else sizes
    a, y = np.random.default_rng(7).uniform(0.05, 0.95, size=(2, samples, sizes[-1]))
    for output in outputs:
        activations = (*["relu"] * (len(sizes) - 2), output)
        graph = network_graph(NetworkShape(sizes, activations, name, samples_per_step=samples))
        kinds = ("dL_da", "dL_dz") if LOSSES[name].shortcut == output else ("dL_da",)
        for kind in ("dL_dz",) if is_of_z else kinds:
            rule = graph[f"{kind}{len(sizes) - 1}"].rule
            assert rule is not None
            np.testing.assert_allclose(_read(rule.latex, a, y), rule.compute(a, y), rtol=1e-12)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_each_sample_has_a_loss_of_its_own(name: str) -> None:
    """The loss of a sample is the same alone and in a mini-batch, whose loss is the mean."""
    read = read_by(name, *np.random.default_rng(8).uniform(0.05, 0.95, size=(3, 4, 3)))
    together = LOSSES[name].of_sample(*read)
    alone = [LOSSES[name].of_sample(*(array[[place]] for array in read)).item() for place in range(4)]
    assert together.tolist() == alone
    assert LOSSES[name].rule(3, 4).compute(*read).item() == pytest.approx(np.mean(together), rel=1e-14)


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_the_formula_of_the_output_error(samples: int) -> None:
    """a - y over the samples, as printed where the shortcut is taken."""
    rule, (a, y) = output_error_rule(samples), np.random.default_rng(5).random((2, samples, 3))
    np.testing.assert_allclose(_read(rule.latex, a, y), rule.compute(a, y), rtol=1e-12)


@pytest.mark.parametrize("name", WITH_SLOPE)
def test_slopes_of_activations_bend_at_kinks_only(name: str) -> None:
    """The table's kinks are the values of z where a slope jumps or goes on in another direction, all of them."""
    activation, z = ACTIVATIONS[name], np.arange(-6, 6, STEP) + STEP / 2
    slope = activation.slope_rule().compute(z if activation.slope_of == "z" else activation.apply(z))
    assert _bends(slope).tolist() == _around(z, activation.kinks).tolist()


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_slopes_of_losses_bend_at_kinks_only(name: str) -> None:
    """The table's kinks are the values of a - y where the slope jumps or goes on in another direction, all of them."""
    free, loss = not LOSSES[name].outputs, LOSSES[name]
    a = (np.arange(-4, 4, STEP) if free else np.arange(0.3, 0.7, STEP)) + STEP / 2
    y = np.full_like(a, 1 if loss.targets else 0.25)
    slope = loss.slope_of_sample(a[:, None], y[:, None])[:, 0]
    assert _bends(slope).tolist() == _around(a - y, loss.kinks).tolist()


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_stay_within_their_bounds(name: str) -> None:
    """Values lie strictly between the bounds that the table gives, and come near them where they are finite."""
    activation = ACTIVATIONS[name]
    values = activation.apply(np.random.default_rng(6).uniform(-12, 12, size=(500, 3)))
    assert (activation.bounds[0] < values).all()
    assert (values < activation.bounds[1]).all()
    for bound, extreme in zip(activation.bounds, (values.min(), values.max()), strict=True):
        assert np.isinf(bound) or abs(extreme - bound) < 0.01


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


def _bends(slope: Array) -> Array:
    """Whether each value and the next two are off a straight line by more than those of a smooth function."""
    return np.abs(np.diff(slope, 2)) > 0.3 * STEP


def _around(values: Array, kinks: tuple[float, ...]) -> Array:
    """Whether a kink lies between each value and the one after the next."""
    crossed: Array = np.zeros(len(values) - 2, dtype=bool)
    for kink in kinks:
        crossed |= (values[:-2] < kink) & (kink < values[2:])
    return crossed


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
