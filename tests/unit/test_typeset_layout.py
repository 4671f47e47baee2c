"""Where the glyphs of formulas stand: goldens of typical ones, and what TeX's rules say of single constructions."""

from collections.abc import Callable

import pytest

from examgen.typeset import MissingGlyph, UnknownMath, typeset
from tests.typeset_samples import Ink, drawn, font, formula, inks, placed_text, tables

TYPICAL = (
    r"z^{(1)} = \left(W^{(1)}\right)^{\top} x + b^{(1)} = \begin{bmatrix} 0.42 & -0.7 \\ 12 & 0.08 \end{bmatrix} \, "
    r"\begin{bmatrix} 6 \\ 2 \end{bmatrix}",
    r"\begin{bmatrix} 5.0200 \\ -4.5200 \\ 1 \\ 0.5 \end{bmatrix}",
    r"\sigma'\left(z^{(2)}\right) = a^{(2)} \odot \left(1 - a^{(2)}\right)",
    r"\frac{\partial L}{\partial w^{(1)}_{12}} = \frac{\partial L}{\partial a^{(3)}} \cdot 2",
    r"L = \frac{1}{2} \sum_{k} \left(a^{(3)}_{k} - y_{k}\right)^2",
    r"\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
    r"\tilde{W}^{(1)}_{\text{new}} = \tilde{W}^{(1)} - \alpha \frac{\partial C}{\partial \tilde{W}^{(1)}}",
    r"\operatorname{ELU}(z) = \begin{cases} z & z > 0 \\ e^{z} - 1 & z \le 0 \end{cases}",
    r"-\left(y \ln a^{(3)} + (1 - y) \ln(1 - a^{(3)})\right)",
    r"\left|a - y\right|",
    r"\hat{y}_1",
    r"\left[z > 0\right]",
    r"\operatorname{softmax}(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
    r"\delta^{(2)} = \left(\left(W^{(3)}\right)^{\top} \delta^{(3)}\right) \odot \sigma'(z^{(2)})",
    r"w^{(1)}_{12,\text{new}}",
    r"\left(P_{1}\right)_{12}",
    r"\sqrt{x^2+1} + \sqrt[3]{\frac{a}{b}}",
    r"\mathbf{W}\boldsymbol{x} + \mathrm{d}x",
    r"\overline{ab} + \vec{x} + \dot{z} + \underbrace{x+y}_{n}",
    r"f''(x) = \lim_{n \to \infty} \max_{i} x_i",
    r"\sum_{k=1}^{n} x_k + \int_0^1 y",
    r"a \quad b \, c, d \approx e \mid f",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \\ 7 & 8 \\ 9 & 0 \end{pmatrix}",
    r"\begin{aligned} a &= b \\ c &= d\end{aligned}",
    r"\begin{array}{c|c} a & b \\ \hline c & d\end{array}",
    r"x_{-1} = -1 + (-2) \cdot -3",
)


def glyph(latex: str, text: str, *, display: bool = True, nth: int = 0) -> Ink:
    """The ink of a glyph of a formula."""
    return [ink for ink in inks(drawn(latex, display=display)) if ink.text == text][nth]


def test_typical_formulas_stand_as_before(golden: Callable[[str, str], None]) -> None:
    """The place of every glyph and rule of the formulas that papers have, to 0.01 em."""
    golden("typeset/layout.txt", "\n\n".join(f"{latex}\n{placed_text(drawn(latex))}" for latex in TYPICAL) + "\n")


def test_formulas_in_text_stand_as_before(golden: Callable[[str, str], None]) -> None:
    """The same without display: small fractions, limits at the side."""
    texts = (placed_text(drawn(latex, display=False)) for latex in TYPICAL[3:6])
    golden("typeset/inline.txt", "\n\n".join(texts) + "\n")


def test_letters_are_slanted_and_copied_plain() -> None:
    """A letter has the glyph of the mathematical alphabet; names of functions and digits are upright."""
    found = tables()
    names, ids = found.getBestCmap(), found.getReverseGlyphMap()
    shown = [one.glyph for one in drawn(r"h z 2 \ln").glyphs()]
    assert shown == [ids[names[code]] for code in (0x210E, 0x1D467, ord("2"), ord("l"), ord("n"))]
    assert [font().texts[one] for one in shown] == ["h", "z", "2", "l", "n"]


def test_bold_letters_are_copied_plain() -> None:
    """Bold letters of both slants are drawn bold and copied as letters."""
    assert "".join(font().texts[one.glyph] for one in drawn(r"\mathbf{W}\boldsymbol{x}").glyphs()) == "Wx"


@pytest.mark.parametrize(
    ("latex", "before", "after", "gap"),
    [
        ("a=b", "a", "=", 5 / 18),
        ("a+b", "+", "b", 4 / 18),
        ("a,b", ",", "b", 3 / 18),
        ("-b", "−", "b", 0.0),
        ("a=-b", "−", "b", 0.0),
        ("x_{a=b}", "a", "=", 0.0),
    ],
)
def test_spaces_follow_the_classes(latex: str, before: str, after: str, gap: float) -> None:
    """Relations have thick spaces, operators medium ones, commas thin ones; signs and scripts have none."""
    first, second = (
        next(one for one in drawn(latex).glyphs() if font().texts[one.glyph] == text) for text in (before, after)
    )
    advance = font().advances[first.glyph] * first.size / font().units_per_em
    slant = font().italics.get(first.glyph, 0) * first.size / font().units_per_em
    assert second.x - first.x - advance == pytest.approx(gap, abs=slant + 1e-9)


def test_numbers_stand_on_their_decimal_points() -> None:
    """In a column of numbers all points are above one another, and an integer ends before them."""
    latex = r"\begin{bmatrix} 0.42 \\ -12.5 \\ 7 \end{bmatrix}"
    points = [ink for ink in inks(drawn(latex)) if ink.text == "."]
    assert points[0].left == pytest.approx(points[1].left)
    assert glyph(latex, "7").right < points[0].left


def test_a_minus_in_a_matrix_is_a_true_minus() -> None:
    """The sign of a number is U+2212 and stands close to its digits."""
    found = [font().texts[one.glyph] for one in drawn(r"\begin{bmatrix} 1 & -0.7 \end{bmatrix}").glyphs()]
    assert "−" in found
    assert "-" not in found


def test_fractions_are_balanced_around_the_axis() -> None:
    """The bar is on the axis, its numerator above and its denominator below."""
    drawing = drawn(r"\frac{a}{b}")
    (bar,) = drawing.rules()
    axis = tables()["MATH"].table.MathConstants.AxisHeight.Value / 1000
    assert bar.y + bar.height / 2 == pytest.approx(axis)
    above, below = inks(drawing)
    assert above.bottom > bar.y + bar.height
    assert below.top < bar.y


def test_fractions_are_smaller_in_text() -> None:
    """In text numerator and denominator have the size of scripts, in displays that of text."""
    assert glyph(r"\frac{a}{b}", "a", display=False).size == pytest.approx(0.7)
    assert glyph(r"\frac{a}{b}", "a").size == 1


def test_limits_stand_under_sums_in_displays_only() -> None:
    """In a display the index is under the sum, in text beside it."""
    total, index = glyph(r"\sum_k x", "∑"), glyph(r"\sum_k x", "k")
    assert index.top < total.bottom
    assert total.left < index.left < total.right
    assert glyph(r"\sum_k x", "k", display=False).left > glyph(r"\sum_k x", "∑", display=False).right - 0.02


def test_primes_and_indices_are_beside_the_letter() -> None:
    """A prime is at the top of its letter, an index below its baseline."""
    assert glyph("a'_1", "′").bottom > glyph("a'_1", "a").top - 0.2
    assert glyph("a'_1", "1").bottom < 0


def test_hats_sit_on_their_letter() -> None:
    """An accent is above its letter and changes neither its width nor where its index stands."""
    letter, hat = glyph(r"\hat{y}_1", "y"), glyph(r"\hat{y}_1", "\u0302")
    assert letter.left < (hat.left + hat.right) / 2 < letter.right
    assert hat.bottom > letter.top
    assert glyph(r"\hat{y}_1", "1")[:4] == pytest.approx(glyph("y_1", "1")[:4])


def test_tall_brackets_are_lines_and_copied_once() -> None:
    """A bracket of a matrix is drawn with rules; one hidden glyph lets it be copied."""
    drawing = drawn(r"\begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix}")
    assert len(list(drawing.rules())) == 6
    assert "".join(font().texts[one.glyph] for one in drawing.glyphs()) == "[123]"


def test_an_unknown_element_is_named() -> None:
    """What is not known is refused by name."""
    with pytest.raises(UnknownMath, match="<menclose>"):
        drawn(r"\boxed{x}")


def test_an_unknown_attribute_is_named() -> None:
    """Attributes that would change the looks are refused too."""
    with pytest.raises(UnknownMath, match="mathcolor"):
        typeset('<math><mi mathcolor="red">x</mi></math>', font(), size=10)


def test_a_root_other_than_math_is_refused() -> None:
    """A formula is one math element."""
    with pytest.raises(UnknownMath, match="<mi>"):
        typeset("<mi>x</mi>", font(), size=10)


def test_a_missing_character_is_named() -> None:
    """A character that the font lacks is named with its code."""
    with pytest.raises(MissingGlyph, match=r"U\+4E2D"):
        typeset("<math><mtext>中</mtext></math>", font(), size=10)


def test_a_slot_without_a_text_is_named() -> None:
    """A private character that is no slot is an error, not a blank."""
    with pytest.raises(MissingGlyph, match=r"U\+E000"):
        typeset("<math><mi>\ue000</mi></math>", font(), size=10)


def test_sizes_scale() -> None:
    """A formula at twice the size has all places twice as far."""
    text = "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
    small, large = (list(typeset(text, font(), size=size).place().glyphs()) for size in (5, 10))
    assert [(2 * one.x, 2 * one.y, 2 * one.size) for one in small] == [
        pytest.approx((one.x, one.y, one.size)) for one in large
    ]


def test_widths_of_parts_add_up() -> None:
    """Atoms without spaces between them have the sum of their widths."""
    assert formula("2(3)").width == pytest.approx(formula("2").width + formula("(3)").width)
