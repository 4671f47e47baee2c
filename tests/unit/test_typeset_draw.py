"""Formulas as PDF: operators, the embedded font, and the text that is found in the file."""

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from examgen.typeset import embedded_font, pdf_operators
from examgen.typeset.drawn.formula import decimal
from tests.typeset_samples import drawn, font, formula, pdf


def extracted(latex: str) -> str:
    """The text of a PDF with one formula, without white space."""
    reader = PdfReader(BytesIO(pdf(drawn(latex))))
    return "".join(reader.pages[0].extract_text().split())


def test_letters_are_extracted_plain() -> None:
    """A reader who copies a formula gets letters, in reading order."""
    assert extracted(r"\sigma(z) = W x + \hat{y}") == "σ(z)=Wx+y\u0302"


def test_matrices_are_extracted_row_by_row() -> None:
    """Brackets of any height are copied once, numbers by rows."""
    assert extracted(r"\begin{bmatrix} 0.4 & -0.7 \\ 12 & 3 \end{bmatrix}") == "[0.4−0.7123]"


def test_tall_parentheses_are_extracted_once() -> None:
    """A sign that is put together from pieces is copied as one, and its pieces are not."""
    stream = pdf_operators(drawn(r"\left(\begin{matrix} 1 \\ 2 \\ 3 \\ 4 \\ 5 \end{matrix}\right)"), b"/M").decode()
    paren = f"{font().glyph('('):04X}"
    assert stream.count(f"3 Tr <{paren}>Tj 0 Tr") == 1
    assert stream.count("/Span<</ActualText<FEFF>>>BDC") == stream.count(" EMC") == 2


def test_neighbours_are_shown_together() -> None:
    """Glyphs on one baseline are one operator, with their spaces in thousandths of an em."""
    equals, digit = (f"{font().glyph(sign):04X}" for sign in "=1")
    assert (
        pdf_operators(drawn("1=1"), b"/M") == f"BT /M 1 Tf 0 0 Td[<{digit}>-278<{equals}>-278<{digit}>]TJ ET".encode()
    )


def test_rules_are_filled() -> None:
    """The bar of a fraction is a rectangle."""
    assert pdf_operators(drawn(r"\frac{a}{b}"), b"/M").split(b" ET ")[1].endswith(b" re f")


def test_a_formula_is_drawn_where_it_shall_be() -> None:
    """The offset moves letters and rules alike."""
    here, there = (pdf_operators(drawn(r"\frac{a}{b}"), b"/M", x=x, y=7) for x in (0, 100))
    assert here.split(b" Tf ")[1].split()[0] != there.split(b" Tf ")[1].split()[0]
    first, second = (float(stream.split(b" ET ")[1].split()[0]) for stream in (here, there))
    assert second - first == pytest.approx(100)


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1500, "1.5"), (-250, "-.25"), (1, ".001"), (-12000, "-12")])
def test_numbers_are_short(number: int, text: str) -> None:
    """Thousandths as PDF writes them."""
    assert decimal(number) == text


def test_slots_are_drawn_with_their_texts() -> None:
    """A slot's digits are shown as one string."""
    found = formula("x=\ue000").place({"\ue000": "0.42"})
    shown = "".join(f"{font().glyph(sign):04X}" for sign in "0.42")
    assert f"<{shown}>Tj" in pdf_operators(found, b"/M").decode()


def test_the_embedded_font_keeps_glyph_numbers() -> None:
    """The subset has the outlines of the glyphs that are asked for, at their places, and no others."""
    wanted, other = font().glyph("z"), font().glyph("y")
    subset = TTFont(BytesIO(embedded_font(font(), [wanted]).file))
    order = subset.getGlyphOrder()
    assert subset["glyf"][order[wanted]].numberOfContours > 0
    assert subset["glyf"][order[other]].numberOfContours == 0
    assert subset["hmtx"][order[wanted]][0] == font().advances[wanted]


def test_the_widths_name_each_glyph() -> None:
    """The W array has the widths in thousandths of an em, neighbours in one list."""
    zero = font().glyph("0")
    widths = embedded_font(font(), [zero, zero + 1]).widths.decode()
    assert f"{zero}[495 495]" in widths


def test_the_same_glyphs_give_the_same_bytes() -> None:
    """Neither order nor repetition of the glyphs matters, nor the time."""
    first, second = (embedded_font(font(), glyphs) for glyphs in ([5, 9, 7], [7, 5, 5, 9]))
    assert (first.file, first.name, first.to_unicode) == (second.file, second.name, second.to_unicode)
