"""Formulas become images of known size, each once, with slots; names are cut to their room."""

import re

import pytest

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.typesetting import (
    INDENT,
    NAMES,
    SIZE,
    TEXT_WIDTH,
    Typesetter,
    fits_slots,
    fitted,
    math_font,
    widest_text,
)
from examgen.errors import BankError
from examgen.typeset import Formula


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


def test_a_matrix_that_no_line_holds_is_set_smaller() -> None:
    """It fills the line, and its letters shrink by as much as it was too wide; the symbol before it keeps its size."""
    matrix = r"\begin{bmatrix} " + " & ".join(["-12.3456"] * 14) + r" \end{bmatrix}"
    narrow, whole = Typesetter({}), Typesetter({})
    whole.inline(f"= {matrix}", display=True)
    narrow.equation(["W", f"= {matrix}"])
    narrow.inline(matrix, room=200)
    line, inline = (image.formula for image in narrow.images)
    [uncut] = (image.formula for image in whole.images)
    assert uncut.width > TEXT_WIDTH
    assert 0.98 * TEXT_WIDTH - INDENT < line.width <= TEXT_WIDTH + 0.01
    assert 199 < inline.width <= 200.01
    assert inline.size < line.size < SIZE == uncut.size


@pytest.mark.parametrize("latex", [r"\unknown{x}", r"\frac{1}", "x_", "李"])
def test_a_formula_that_cannot_be_set_is_told_with_its_place(latex: str) -> None:
    """The message names the question and shows the formula."""
    with pytest.raises(BankError, match=r"^Question 3: \$" + re.escape(latex)):
        Typesetter({}).inline(latex, "Question 3")


@pytest.mark.parametrize("letter", ["W", "i", "0", "Ł", "Ω"])
def test_texts_are_cut_to_their_room(letter: str) -> None:
    """A short one stays; a long one ends in an ellipsis, fills its room and takes no more than the widest text."""
    assert fitted("Ada", 19) == "Ada"
    assert fitted("", 19) == ""
    cut = fitted(letter * 500, 19)
    assert re.fullmatch(rf"{letter}+…", cut)
    room = _width("0" * 19)
    assert room - _width(letter) < _width(cut) <= room


def _width(text: str) -> int:
    font = math_font()
    return sum(font.advances[font.glyph(letter)] for letter in text)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("李小龙", "李小龙"),
        ("李小龙李小龙", "李小龙…"),
        ("e\u0301" * 9, "e\u0301" * 9),
        ("आ" * 12, "आ" * 7 + "…"),
        ("Ada  " * 9, "Ada  Ad…"),
    ],
)
def test_other_scripts_are_cut_by_the_width_of_their_letters(text: str, short: str) -> None:
    """Where the formulas' font does not know a letter, a wide one takes two places and an accent none."""
    assert fitted(text, 9) == short


def test_slots_for_names_hold_so_many_digits() -> None:
    """Their widest text is as wide as the slot, but for less than a digit."""
    width = _width(widest_text(100)) * SIZE / math_font().units_per_em
    assert 100 - SIZE / 2 < width <= 100


@pytest.mark.parametrize("text", ["李", "e\u0301", "∀", "😀", "\u200b", "\ue000"])
def test_texts_that_slots_cannot_show_are_told(text: str) -> None:
    """Also those that the formulas' font has, but not every page."""
    assert not fits_slots(f"Ada {text}")
    assert fits_slots("Łukasz O’Brien−3…")
    assert {"…", "−", "’"} <= NAMES


def test_a_slot_for_text_has_room_for_all_letters() -> None:
    """What stands out of a slot's box is cut off: neither a ring above a capital nor the tail of a g may."""
    typesetter = Typesetter({0: "000"})
    typesetter.text(chr(FIRST_SLOT))
    [image] = typesetter.images
    font = math_font()
    unit = SIZE / font.units_per_em
    boxes = [font.bounds[font.glyph(letter)] for letter in "ÅÉÜgjpqyç"]
    assert image.formula.height >= max(box.top for box in boxes) * unit - 0.01
    assert image.formula.depth >= -min(box.bottom for box in boxes) * unit - 0.01


CHAINS = (
    ["z", "= 1"],
    [r"\frac{\partial L}{\partial w}", "= a b", r"\approx 2"],
    ["y", *(rf"= {number}.2345 + 2.3456 \cdot 7" for number in range(9))],
    ["x", *(rf"{'+' if number else '='} {number}.2345 \cdot 2.3456 \cdot 3.4567" for number in range(9))],
    ["v", "= " + " + ".join(f"{number}.2345" for number in range(30))],
)


@pytest.mark.parametrize("chain", CHAINS)
def test_equations_are_aligned_at_their_first_sign(chain: list[str]) -> None:
    """Short, long and broken chains have their signs below one another; a sum goes on behind them, within the page."""
    typesetter = Typesetter({})
    edge = typesetter.edge(CHAINS)
    images = _placed(typesetter.aligned(chain, edge))
    assert (len(images) > 1) == (len(chain) > 3)
    for left, number in images:
        formula = typesetter.images[number].formula
        sign, place = _first_sign(formula)
        assert left + formula.width < TEXT_WIDTH + 0.1
        assert left + place == pytest.approx(edge, abs=0.01) if sign != "+" else left > edge


def test_a_wide_left_hand_side_does_not_move_the_others() -> None:
    """It stands at the left, and its own sign further to the right."""
    typesetter = Typesetter({})
    wide = r"\text{a left-hand side that is wider than others are}"
    edge = typesetter.edge([["z", "= 1"], [wide, "= 1"]])
    assert edge == typesetter.edge([["z", "= 1"]]) < 20
    [(left, number)] = _placed(typesetter.aligned([wide, "= 1"], edge))
    assert left == 0.0
    assert _first_sign(typesetter.images[number].formula)[1] > edge


def _placed(shown: str) -> list[tuple[float, int]]:
    """Left edge and number of each image."""
    found = re.findall(r'src="formula:(\d+)"[^>]*style="([^"]*)"', shown)
    lefts = [re.search(r"margin-left:([\d.]+)pt", style) for _, style in found]
    return [(float(left[1]) if left else 0.0, int(number)) for left, (number, _) in zip(lefts, found, strict=True)]


def _first_sign(formula: Formula) -> tuple[str, float]:
    """The first of the signs that lines begin with, and its place."""
    signs = {math_font().glyph(sign): sign for sign in "=≈+"}
    return next((signs[glyph.glyph], glyph.x) for glyph in formula.place().glyphs() if glyph.glyph in signs)
