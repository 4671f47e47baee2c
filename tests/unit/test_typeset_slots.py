"""Slots: formulas that are laid out once and filled with other numbers."""

import numpy as np
import pytest

from examgen.typeset import MissingGlyph, SlotTooNarrow
from tests.typeset_samples import font, formula, inks, placed_text

A, B, C = "\ue000", "\ue001", "\ue002"
COLUMN = rf"x = \begin{{bmatrix}} {A} \\ {B} \end{{bmatrix}} + y"
WIDE = {A: "−0.00", B: "−0.00"}
MINUS = 0.72  # em; what a minus sign of the font is wide


def end_of(latex: str, texts: dict[str, str], letter: str) -> float:
    """Where the ink of a letter ends."""
    return max(ink.right for ink in inks(formula(latex).place(texts)) if ink.text == letter)


def test_a_narrow_text_draws_the_rest_closer() -> None:
    """What stands to the right of a slot moves by what its text is narrower."""
    latex = f"{A} + y"
    assert end_of(latex, {A: "−0.00"}, "y") - end_of(latex, {A: "0.00"}, "y") == pytest.approx(MINUS)


def test_a_column_is_as_wide_as_its_widest_text() -> None:
    """A matrix column narrows only when all its texts do."""
    wide = end_of(COLUMN, WIDE, "y")
    assert end_of(COLUMN, {A: "−0.50", B: "0.50"}, "y") == pytest.approx(wide)
    assert wide - end_of(COLUMN, {A: "0.50", B: "0.70"}, "y") == pytest.approx(MINUS)


def test_numbers_of_a_column_end_together() -> None:
    """Texts of other widths are aligned at their right."""
    drawing = formula(COLUMN).place({A: "−0.55", B: "0.55"})
    fives = [ink for ink in inks(drawing) if ink.text == "5"]
    assert sorted(round(ink.right, 6) for ink in fives)[0::2] == sorted(round(ink.right, 6) for ink in fives)[1::2]


def test_slots_tell_their_place() -> None:
    """A slot has a name, a place and a width, for callers that draw the texts themselves."""
    (slot,) = formula(f"x^{A}").slots
    assert slot.name == A
    assert slot.y > 0
    assert slot.size == pytest.approx(0.7)


def test_a_text_that_is_too_wide_is_refused() -> None:
    """Two digits more than the slot has room for."""
    with pytest.raises(SlotTooNarrow, match=r"U\+E000.*−123\.00"):
        formula(A).place({A: "−123.00"})


def test_a_text_may_have_a_hyphen() -> None:
    """A hyphen is set as a minus sign."""
    found = formula(A)
    assert placed_text(found.place({A: "-0.50"})) == placed_text(found.place({A: "−0.50"}))


def test_a_text_of_unknown_characters_is_refused() -> None:
    """A character that the font lacks is named."""
    with pytest.raises(MissingGlyph, match=r"U\+4E2D"):
        formula(A).place({A: "中"})


def test_a_slot_needs_a_text() -> None:
    """Without a text for every slot there is no drawing."""
    with pytest.raises(KeyError):
        formula(f"{A}+{B}").place({A: "1.00"})


def test_many_students_at_once() -> None:
    """The shifts of many students by arrays are those of single drawings."""
    found = formula(rf"{C} \cdot {COLUMN}")
    texts = [
        {A: "0.50", B: "−0.50", C: "1.00"},
        {A: "0.50", B: "0.50", C: "−1.00"},
        {A: "−0.50", B: "0.50", C: "−1.00"},
    ]
    savings = np.array([[0.0 if row[slot.name].startswith("−") else MINUS for slot in found.slots] for row in texts])
    single = [found.place(row).shifts for row in texts]
    np.testing.assert_allclose(found.shifts(savings), single, atol=1e-9)


def test_fractions_keep_their_width() -> None:
    """A slot in a fraction moves nothing outside of it and stays in its middle."""
    latex = rf"\frac{{{A}}}{{2}} + y"
    assert end_of(latex, {A: "0.00"}, "y") == pytest.approx(end_of(latex, {A: "−0.00"}, "y"))
    (bar,) = formula(latex).place({A: "0.00"}).rules()
    digits = [ink for ink in inks(formula(latex).place({A: "0.00"})) if ink.text == "0"]
    middle = (digits[0].left + digits[-1].right) / 2
    assert middle == pytest.approx(bar.x + bar.width / 2, abs=0.01)


def test_later_lines_follow_the_left_hand_side() -> None:
    """When a slot before the first relation is narrow, the lines below stay under the right-hand side."""
    found = formula(f"{A} = a + b + c = d + e + f", max_width=5.0)
    equals = [ink.left for ink in inks(found.place({A: "0.00"})) if ink.text == "="]
    assert len(equals) == 2
    assert equals[0] == pytest.approx(equals[1])


def test_the_actual_width_is_told() -> None:
    """A drawing is as wide as its texts make it; the formula keeps the room that it reserved."""
    found = formula(f"{A} + y")
    assert found.place({A: "−0.00"}).width == pytest.approx(found.width)
    assert found.width - found.place({A: "0.00"}).width == pytest.approx(MINUS)
    assert font().advances[font().glyph("−")] == 1000 * MINUS
