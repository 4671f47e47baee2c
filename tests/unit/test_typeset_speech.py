"""Formulas read aloud."""

import pytest

from examgen.typeset import UnknownMath, spoken, spoken_number
from tests.typeset_samples import mathml

READINGS = [
    (
        r"z^{(1)} = \left(W^{(1)}\right)^{\top} x + b^{(1)}",
        "z superscript (1) equals the transpose of W superscript (1) times x plus b superscript (1)",
    ),
    (
        r"\begin{bmatrix} 0.42 & -0.7 & 12 \\ 1 & 2 & 3 \end{bmatrix}",
        "matrix, 2 rows, 3 columns; row 1: 0.42, minus 0.7, 12; row 2: 1, 2, 3",
    ),
    (r"\frac{\partial L}{\partial w}", "the derivative of L with respect to w"),
    (r"\frac{\mathrm{d}L}{\mathrm{d}w}", "the derivative of L with respect to w"),
    (r"\hat{y}_1 - y_1", "y hat sub 1 minus y sub 1"),
    (r"a \odot b", "a elementwise times b"),
    (r"\sigma'(z)", "sigma prime (z)"),
    (r"L = \frac{1}{2} \sum_{k} y_k", "L equals one half times the sum over k of y sub k"),
    (r"\sum_{k=1}^{n} x_k^2", "the sum from k equals 1 to n of x sub k squared"),
    (r"A^{\circ 2} + B^{\circ n}", "A elementwise squared plus B elementwise to the power of n"),
    (r"X \star_{2} K", "X correlated with sub 2 K"),
    (r"\frac{a}{b}", "a over b"),
    (r"\frac{a+1}{b}", "the fraction with numerator a plus 1 and denominator b"),
    (r"\left|a - y\right|", "the absolute value of a minus y"),
    (r"\sqrt{x}", "the square root of x"),
    (r"e^{-z}", "e to the power of minus z"),
    (r"w_{12}^{(1)}", "w sub 1 2 superscript (1)"),
    (r"\nabla_W L", "the gradient with respect to W of L"),
    (r"y \ln a", "y times natural logarithm of a"),
    (
        r"\operatorname{ReLU}(z) = \begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}",
        "ReLU (z) equals 2 cases; z if z is greater than 0; 0 if z is at most 0",
    ),
    (r"\max_i x_i", "maximum over i of x sub i"),
    (r"\mathbf{W}\tilde{x}", "W times x tilde"),
    (r"f(x) = 2x", "f (x) equals 2 times x"),
    (r"w := w - \eta g", "w is set to w minus eta times g"),
]


@pytest.mark.parametrize(("latex", "reading"), READINGS)
def test_formulas_are_read_in_words(latex: str, reading: str) -> None:
    """Each kind of formula that papers have."""
    assert spoken(mathml(latex)) == reading


def test_slots_stay_to_be_filled() -> None:
    """A slot is read as its character, in whose place a number in words can be put."""
    reading = spoken(mathml("z = \ue000"))
    assert reading == "z equals \ue000"
    assert reading.replace("\ue000", spoken_number("-0.5")) == "z equals minus 0.5"


@pytest.mark.parametrize(
    ("number", "words"),
    [("−0.5", "minus 0.5"), ("-3", "minus 3"), ("0.25", "0.25"), ("−261/200", "minus 261 over 200")],
)
def test_numbers_are_read_with_their_sign(number: str, words: str) -> None:
    """Both a hyphen and a minus sign are read."""
    assert spoken_number(number) == words


def test_an_unknown_language_is_refused() -> None:
    """The languages that have words are named."""
    with pytest.raises(UnknownMath, match="en"):
        spoken("<math><mi>x</mi></math>", language="xx")


def test_an_unknown_element_is_refused() -> None:
    """Nothing is left out silently."""
    with pytest.raises(UnknownMath, match="<menclose>"):
        spoken(mathml(r"\boxed{x}"))
