"""The drawings of whole worked solutions: filled together they are what each formula is by itself, to a thousandth."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from examgen.documents.paper import printing
from examgen.documents.pdf import skeleton
from examgen.documents.pdf.html_pdf import SetPages
from examgen.documents.pdf.stamping import FONT, PaperSkeleton
from examgen.documents.pdf.stored import store
from examgen.documents.typesetting import Image, math_font
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.resources import shipped
from examgen.typeset import Form, FormSet, form_set, pdf_operators
from tests.laws import some_of

FAMILIES = sorted(path.stem for path in (shipped("banks") / "families").glob("*.toml"))
CLASS = [Student("s1", "Ada Lovelace"), Student("s2", "Zoë Ünal"), Student("s3", "Б. Иванов")]

Filled = tuple[FormSet, Sequence[str]]


NUMBER = re.compile(rb"(?<![\w<])-?\d+(?:\.\d+)?(?![\w>])")


def assert_drawn_alike(one: bytes, other: bytes) -> None:
    """The same operators; a sum of widths may be rounded to the next thousandth of a point."""
    assert NUMBER.sub(b"#", one) == NUMBER.sub(b"#", other)
    places = ([float(number) for number in NUMBER.findall(drawing)] for drawing in (one, other))
    assert all(abs(here - there) < 0.0015 for here, there in zip(*places, strict=True))


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[FormSet, Sequence[Form]]]:
    """The formulas of every document that is made from now on, by the set of them. Where they stand on its pages is
    nothing to their drawings: no page is laid out."""
    seen: dict[FormSet, Sequence[Form]] = {}

    def skeleton_from(_: SetPages, images: Sequence[Image], *more: Any) -> PaperSkeleton:  # noqa: ARG001
        forms = [Form(one.formula, one.slots, one.is_centred, one.is_right) for one in images if one.slots]
        found = form_set(forms, math_font(), FONT)
        seen[found] = forms
        return PaperSkeleton(b"", 0, 0, found, (), (), b"")

    printing._skeleton.cache_clear()
    monkeypatch.setattr(store, "load", lambda *_: None)
    monkeypatch.setattr(store, "save", lambda *_: None)
    monkeypatch.setattr(skeleton, "laid_out", lambda *_: SetPages(b"", ""))
    monkeypatch.setattr(skeleton, "skeleton_from", skeleton_from)
    yield seen
    printing._skeleton.cache_clear()


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[Filled]:
    """Every document that is filled from now on, with its texts."""
    seen: list[Filled] = []

    def watched(page: PaperSkeleton, texts: Sequence[str], *_: Any, **__: Any) -> bytes:
        seen.append((page.forms, texts))
        return b""

    monkeypatch.setattr(printing, "stamp", watched)
    return seen


def drawn_alone(form: Form, texts: Sequence[str]) -> bytes:
    """One formula by itself, its bottom at 0."""
    formula = form.formula
    drawing = formula.place({slot.name: texts[place] for slot, place in zip(formula.slots, form.texts, strict=True)})
    share = 1.0 if form.is_right else form.is_centred / 2
    x = (formula.width - drawing.width) * share
    return pdf_operators(drawing, FONT, x=x, y=formula.depth)


@pytest.mark.parametrize("family", some_of(FAMILIES, 8))
def test_a_solution_is_drawn_as_its_formulas_are_alone(
    family: str, filled: list[Filled], typeset: dict[FormSet, Sequence[Form]]
) -> None:
    """In every shipped family, for students with other numbers and names."""
    loaded = load_exam(family, 7)
    for variant in draw_variants(loaded, CLASS):
        printing.key_pdf(loaded.exam, variant)
        forms, texts = filled[-1]
        for together, form in zip(forms.operators(texts), typeset[forms], strict=True):
            assert_drawn_alike(together, drawn_alone(form, texts))
    assert len({tuple(texts) for _, texts in filled}) == len(filled) >= len(CLASS)
