"""Formulas become images of known size, each once, with slots; names are cut to their room."""

import re

import pytest

from examgen.documents.mathbox import MissingGlyph
from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.typesetting import NAMES, TEXT_WIDTH, Typesetter, fitted, math_font, widest_text
from examgen.errors import BankError


def test_the_same_formula_is_set_once() -> None:
    """Formulas that differ in size or style are others."""
    typesetter = Typesetter({})
    first = typesetter.inline("x^2")
    assert typesetter.inline("x^2") == first
    assert first != typesetter.inline("x^2", size=13) != typesetter.inline("x^2", display=True)
    assert len(typesetter.images) == 3


def test_an_image_has_the_size_of_its_formula() -> None:
    """In points; what hangs below the line is below it."""
    typesetter = Typesetter({})
    html = typesetter.inline("y_1")
    [image] = typesetter.images
    found = re.search(r"width:([\d.]+)pt;height:([\d.]+)pt;vertical-align:(-[\d.]+)pt", html)
    assert found
    width, height, below = map(float, found.groups())
    assert width == pytest.approx(image.formula.width, abs=0.001)
    assert height == pytest.approx(image.formula.height - below, abs=0.001)
    assert 8 < width < 14
    assert 1 < -below < 4


def test_slots_are_those_of_the_page_in_reading_order() -> None:
    """A slot is as wide as its widest text, and stands in what is read aloud."""
    narrow, wide = Typesetter({4: "0", 7: "0"}), Typesetter({4: "0", 7: "−000.0000"})
    latex = rf"a = \frac{{{chr(FIRST_SLOT + 7)}}}{{2}} + {chr(FIRST_SLOT + 4)}"
    for typesetter in (narrow, wide):
        typesetter.inline(latex)
        [image] = typesetter.images
        assert image.slots == (7, 4)
        assert [ord(letter) - FIRST_SLOT for letter in image.spoken if ord(letter) >= FIRST_SLOT] == [7, 4]
    assert wide.images[0].formula.width > narrow.images[0].formula.width + 20


def test_a_long_chain_is_broken_within_the_page() -> None:
    """Forty relations take several lines, none wider than the text; a short chain takes one."""
    typesetter = Typesetter({})
    typesetter.equation(["z", *(f"= {number}.2345 + 2.3456" for number in range(40))])
    typesetter.equation(["z", "= 1"])
    *lines, short = (image.formula for image in typesetter.images)
    assert len(lines) > 5
    for line in (*lines, short):
        assert line.width <= TEXT_WIDTH + 0.01
        assert len(line.ends) == 1


@pytest.mark.parametrize("latex", [r"\unknown{x}", r"\frac{1}", "x_", "李"])
def test_a_formula_that_cannot_be_set_is_told_with_its_place(latex: str) -> None:
    """The message names the question and shows the formula."""
    with pytest.raises(BankError, match=r"^Question 3: \$" + re.escape(latex)):
        Typesetter({}).inline(latex, "Question 3")


def test_texts_are_cut_to_their_room() -> None:
    """A short one stays; a long one ends in an ellipsis and takes no more room than the slot's widest text."""
    assert fitted("Ada", 100) == "Ada"
    assert fitted("", 100) == ""
    cut = fitted("W" * 500, 100)
    assert re.fullmatch(r"W{5,}…", cut)
    font = math_font()
    assert sum(font.advances[font.glyph(c)] for c in cut) <= sum(font.advances[font.glyph(c)] for c in widest_text(100))


@pytest.mark.parametrize("text", ["李", "e\u0301", "∀", "😀", "\u200b", "\ue000"])
def test_texts_that_pages_cannot_show_are_refused(text: str) -> None:
    """Also those that the formulas' font has, but not every page."""
    with pytest.raises(MissingGlyph):
        fitted(f"Ada {text}", 100)
    assert {"…", "−", "’"} <= NAMES
