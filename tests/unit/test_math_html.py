"""Formulas: what the MathML and the HTML of our LaTeX say, and where their signs stand, by the widths in the font."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from examgen.documents.math import to_html, to_mathml, width
from examgen.errors import BankError
from examgen.resources import shipped

TYPICAL = [
    r"z^{(1)}",
    r"\left(W^{(2)}\right)^{\top} a^{(1)} + b^{(2)}",
    r"\begin{bmatrix} 0.42 & -0.7 \\ 12 & 0.08 \end{bmatrix}",
    r"\frac{\partial L}{\partial w^{(1)}_{12}}",
    r"\sigma\left(\begin{bmatrix} 5.02 \\ -0.5 \end{bmatrix}\right)",
    r"-\sum_{k}\left(y_k \ln a_k + (1-y_k)\ln(1-a_k)\right)",
    r"\frac{1}{2}\left((0.7400 - 1)^2\right)",
    r"\max(0, z) = \begin{cases} z & z > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\tilde{W}, \hat{y}, \bar{x}, \vec{v}, \dot{q}",
    r"\delta^{(2)} \odot \sigma'(z^{(1)}) \cdot \tanh(z) \le \eta \neq 1",
    r"\boldsymbol{1} + \mathbf{x} + \boldsymbol{W} + \mathcal{L} + \mathbb{R} + \mathrm{new}",
    r"\Bigl( x \Bigr) \lVert x \rVert \sqrt{x} \sqrt[3]{\frac{a}{b}} \overline{x} \boxed{3}",
    r"\begin{bmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{bmatrix} \begin{pmatrix} z_1 \\ z_2 \end{pmatrix}",
    r"\operatorname*{argmax}_{x} f \quad \int_0^1 \prod_{i=1}^n 3.14\% \pm \infty \to \approx \nabla_{W^{(3)}} L",
    r"1{,}5 \quad e^{-x} \quad w'_{1} \quad f''(x) \quad \alpha\beta\gamma\Gamma\theta\lambda\mu\varphi\varepsilon",
]
PIECES = [
    *"abz019 ^_{}()\\&<>\"'$%#~.,=+-",
    r"\frac",
    r"\left",
    r"\right",
    r"\text",
    r"\begin{bmatrix}",
    r"\end{bmatrix}",
    r"\sqrt",
    r"\hat",
    r"\sum",
]
UNDRAWN = "\u200b\n"  # break and line ends


@cache
def font() -> TTFont:
    return TTFont(Path(shipped("templates"), "fonts", "ExamgenMath-Regular.ttf"))


def advance(text: str) -> int:
    """Width of plain text in thousandths of an em, by the font itself."""
    glyphs = font().getBestCmap()
    return sum(font()["hmtx"][glyphs[ord(sign)]][0] for sign in text)


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def plain(latex: str, *, display: bool = False) -> str:
    return text_of(to_html(latex, display=display))


def matrix_lines(latex: str) -> list[str]:
    found = re.search(r'<span class="num[^>]*>([^<]*)</span>', to_html(latex, display=True))
    assert found, latex
    return found[1].split("\n")


def bmatrix(rows: list[list[str]]) -> str:
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in rows) + r" \end{bmatrix}"


@pytest.mark.parametrize("latex", TYPICAL)
@pytest.mark.parametrize("display", [True, False])
def test_every_sign_of_a_formula_is_in_the_shipped_font(latex: str, display: bool) -> None:
    """No formula depends on fonts that a machine may not have."""
    html = re.sub(r'<span class="t">.*?</span>', "", to_html(latex, display=display))
    missing = {sign for sign in text_of(html) if ord(sign) not in font().getBestCmap() and sign not in UNDRAWN}
    assert not missing


@pytest.mark.parametrize("latex", TYPICAL)
def test_markup_is_well_formed(latex: str) -> None:
    """Both forms of a formula parse as XML, without names that only HTML knows."""
    assert ElementTree.fromstring(to_mathml(latex)).tag == "math"
    for display in (True, False):
        assert ElementTree.fromstring(str(to_html(latex, display=display))).tag == "span"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"z^{(1)} = 3", "z⁽¹⁾ = 3"),
        (r"x_{12}", "x₁₂"),
        (r"a - b", "a\u00a0−\u00a0b"),
        (r"-a", "−a"),
        (r"a = -b", "a = −b"),
        (r"3 \cdot -4", "3\u00a0⋅\u00a0−4"),
        (r"(-4)", "(−4)"),
        (r"e^{-x}", "e−x"),
        (r"\max(0, z)", "max(0,\u202fz)"),
        (r"y \ln a", "y\u202fln\u202fa"),
        (r"1{,}5", "1,5"),
        (r"\sigma'(z)", "σ′(z)"),
        (r"\hat{y}", "y\u0302"),
        (r"\boldsymbol{W} + \mathbf{1}", "W\u00a0+\u00a01"),
    ],
)
def test_formula_is_plain_text_with_the_spaces_of_tex(latex: str, text: str) -> None:
    """A formula can be copied as plain letters; relations have thick spaces, operators medium ones, signs none."""
    assert plain(latex) == text


def test_superscript_stands_above_subscript() -> None:
    """Both scripts of one letter are two lines of one block, the superscript first."""
    assert re.search(r'z<span class="ss"[^>]*>\(1\)\n12</span>', to_html("z^{(1)}_{12}"))


def test_a_matrix_of_numbers_is_one_box() -> None:
    """Its brackets, columns and rows are text of a single element."""
    html = to_html(bmatrix([["0.42", "-0.7"], ["12", "0.08"]]))
    assert html.count("<") == 4


@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.decimals(-2000, 2000, places=None, allow_nan=False).map(lambda number: f"{number:.4f}")
                | st.integers(-150, 150).map(str),
                min_size=columns,
                max_size=columns,
            ),
            min_size=2,
            max_size=5,
        )
    )
)
def test_decimal_points_of_a_column_are_aligned(rows: list[list[str]]) -> None:
    """In every row the n-th number has its point, or its end, at the same place, and all rows are equally wide."""
    lines = matrix_lines(bmatrix(rows))
    brackets = (315, 315)  # what the font's hanging brackets take
    assert lines[0][0] == "["
    assert lines[0][-1] == "]"
    inner = [lines[0][1:-1], *lines[1:]]
    starts = [brackets[0], *([0] * (len(lines) - 1))]
    places = []
    for start, line in zip(starts, inner, strict=True):
        numbers = list(re.finditer(r"−?\d+", re.sub(r"\.\d*", lambda part: "\u2008" * len(part[0]), line)))
        places.append([start + advance(line[: number.end()]) for number in numbers])
    assert len({tuple(row) for row in places}) == 1
    assert len({start + advance(line) for start, line in zip(starts, inner, strict=True)}) == 1
    assert re.findall(r"−?[\d.]+", "\n".join(inner)) == [cell.replace("-", "−") for row in rows for cell in row]


def test_delimiters_grow_with_what_they_hold() -> None:
    """Parentheses around more rows are taller glyphs, and around a letter plain ones."""

    def step(rows: int) -> int:
        column = bmatrix([["1"]] * rows)
        found = re.search(r'<span class="d(\d+)">\(', to_html(rf"\left({column}\right)", display=True))
        return int(found[1]) if found else 0

    steps = [step(rows) for rows in range(1, 9)]
    assert steps == sorted(set(steps))
    assert "class=" not in to_html(r"\left(x\right)").replace('class="m"', "")


def test_sum_has_its_limits_below_only_when_displayed() -> None:
    """In a sentence they stand beside the sign."""
    assert 'class="un"' in to_html(r"\sum_{k} x", display=True)
    assert 'class="un"' not in to_html(r"\sum_{k} x")


def test_fraction_shows_numerator_over_denominator() -> None:
    """The denominator is the block below the bar."""
    html = to_html(r"\frac{\partial L}{\partial z}", display=True)
    assert re.search(r'<span class="f"[^>]*>∂L<span>∂z</span></span>', html)


@pytest.mark.parametrize(
    ("latex", "named"),
    [(r"a \softplus b", r"\softplus"), (r"\frac{1}", "argument"), (r"a_b_c", "Duplicate"), (r"\href{x}{y}", r"\href")],
)
def test_unknown_latex_is_refused_with_its_place(latex: str, named: str) -> None:
    """The message says in which question, which formula, and what in it."""
    with pytest.raises(BankError) as caught:
        to_html(latex, where="question2.toml: tasks[0].text")
    message = str(caught.value)
    assert message.startswith("question2.toml: tasks[0].text: ")
    assert latex in message
    assert named in message
    with pytest.raises(BankError):
        to_mathml(latex)


def test_mathml_that_no_page_can_draw_is_refused() -> None:
    """What browsers can show and paper cannot is an error rather than a gap."""
    with pytest.raises(BankError, match="updiagonalstrike"):
        to_html(r"\cancel{x}", where="Q1")


@pytest.mark.parametrize("latex", ["<script>alert(1)</script>", r"\text{<b>bold</b>}", "a < b > c"])
def test_markup_in_latex_stays_text(latex: str) -> None:
    """Neither form contains an element that the input spelled."""
    for found in (to_mathml(latex), to_html(latex)):
        assert "<script" not in found
        assert "<b>" not in found


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_any_text_is_a_formula_or_an_error_of_the_bank(latex: str) -> None:
    """Nothing else is ever raised, and what is set is well formed."""
    try:
        html = to_html(latex, display=True)
    except BankError:
        return
    assert ElementTree.fromstring(str(html)).tag == "span"


def test_width_is_that_of_the_font() -> None:
    """Letters, signs and spaces add up to the formula's width."""
    assert width("z = W x + 12.5") == pytest.approx(advance("z = Wx\u00a0+\u00a012.5") / 1000, abs=0.002)


def test_wide_formula_may_break_before_an_operator() -> None:
    """A chain of terms that no page holds has places where a line may end; a short one has none."""
    assert "\u200b\u00a0+" in to_html(" + ".join(["12345.678"] * 20), display=True)
    assert "\u200b" not in to_html(" + ".join(["12345.678"] * 3), display=True)
