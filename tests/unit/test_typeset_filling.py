"""Formulas that are filled together: the same drawings as one by one."""

import pytest

from examgen.typeset import Form, MissingGlyph, SlotTooNarrow, form_set
from examgen.typeset.drawn.draw import pdf_operators
from tests.typeset_samples import font, formula

A, B, C = "\ue000", "\ue001", "\ue002"
LATEX = [
    A,
    rf"\frac{{{A} + {B}}}{{{C}}} = {A}",
    rf"x^{A} - \sqrt{{{B}}}",
    rf"\begin{{bmatrix}} {A} & 1 \\ 12 & {B} \end{{bmatrix}} {C}",
    rf"\begin{{bmatrix}} 1 & \begin{{bmatrix}} {A} \\ {B} \end{{bmatrix}} \\ {C} & 0 \end{{bmatrix}} + y",
    rf"\hat{{y}} = {A}\text{{ 50 \% or }}\bigl({B}\bigr)^{{{C}}}",
]
TEXTS = [("−0.00", "−9.99", "−1.23"), ("1", "0.50", "−2"), ("0.00", "7", "3.1"), ("", "−1", "8.88")]


def forms(*latex: str) -> list[Form]:
    """Formulas whose slots A, B and C show the texts 0, 1 and 2, every other one centred."""
    set_ones = [formula(one) for one in latex]
    return [
        Form(one, tuple(ord(slot.name) - ord(A) for slot in one.slots), is_centred=place % 2 == 1)
        for place, one in enumerate(set_ones)
    ]


def drawn_alone(form: Form, texts: tuple[str, ...]) -> bytes:
    """One formula by itself, its bottom at 0."""
    drawing = form.formula.place({chr(ord(A) + place): text for place, text in enumerate(texts)})
    x = (form.formula.width - drawing.width) / 2 if form.is_centred else 0.0
    return pdf_operators(drawing, b"/M", x=x, y=form.formula.depth)


@pytest.mark.parametrize("texts", TEXTS)
def test_formulas_filled_together_are_drawn_as_alone(texts: tuple[str, ...]) -> None:
    """Fractions, roots, scripts and matrices within matrices give the same bytes, centred or not, narrow or wide."""
    each = forms(*LATEX, *LATEX[1:])
    assert form_set(each, font(), b"/M").operators(texts) == [drawn_alone(form, texts) for form in each]


def test_each_slot_shows_the_text_that_it_is_given() -> None:
    """Two slots may show one text, and texts that no slot shows do no harm."""
    pair = formula(f"{A} + {B}")
    (drawn,) = form_set([Form(pair, (2, 2), is_centred=False)], font(), b"/M").operators(["1", "far too wide", "4"])
    assert drawn == pdf_operators(pair.place({A: "4", B: "4"}), b"/M", y=pair.depth)


def test_a_text_at_the_right_leaves_its_room_on_the_left() -> None:
    """Texts of any length end where the widest would."""
    slot = formula(A)
    for text in ("1", "−0.50"):
        (drawn,) = form_set([Form(slot, (0,), is_centred=False, is_right=True)], font(), b"/M").operators([text])
        alone = slot.place({A: text})
        assert drawn == pdf_operators(alone, b"/M", x=slot.width - alone.width, y=slot.depth)


def test_no_formulas_give_no_drawings() -> None:
    """A page without slots has nothing to fill."""
    assert form_set([], font(), b"/M").operators(["1"]) == []


def test_a_text_wider_than_its_slot_is_refused_by_name() -> None:
    """The error says which slot and which text, as for a formula alone."""
    with pytest.raises(SlotTooNarrow, match=r"U\+E001.*−123\.00"):
        form_set(forms(*LATEX), font(), b"/M").operators(["1", "−123.00", "2"])


def test_a_character_without_a_glyph_is_refused() -> None:
    """No box is drawn in its place."""
    with pytest.raises(MissingGlyph):
        form_set(forms(*LATEX), font(), b"/M").operators(["1", "字", "2"])
