"""answers.html reads formulas, shapes and letters of options as the marker does: the same texts for both."""

import random
from collections.abc import Iterator

import pytest

from examgen.core.formulas.choice_grammar import REASONS as CHOICE_REASONS
from examgen.core.formulas.formula_language import parse_formula
from examgen.core.formulas.formula_tokens import REASONS as FORMULA_REASONS
from examgen.core.formulas.formula_tokens import Unparsed
from examgen.core.formulas.shape_grammar import REASONS as SHAPE_REASONS
from examgen.core.formulas.typed_characters import first_foreign
from examgen.documents.paper.sheet_script import sheet_script
from examgen.documents.style import PaperStyle
from examgen.marking.reading.typed.typed_choices import parse_choices
from examgen.marking.reading.typed.typed_numbers import Unreadable
from examgen.marking.reading.typed.typed_shapes import parse_shape
from tests.sheet_reader import FormReader, form_reader

KNOWN = {"a3", "y", "w1_1_1", "W1", "dL_dw1_1_1", "z2_1", "a", "dL_da2", "sigma1", "eta"}
OF_FORMULAS = [
    "a3", "y", "w1_1_1", "z2_1", "dL/dw1_1_1", "dL/da²", "a²", "⁻²", "e", "2", "0.5", ".5", "1e999", "+", "-", "−", "*",
    "×", "/", "÷", "^", "**", "(", ")", "[", "}", ",", ";", " ", "\u00a0", "\x85", "max(", "min(0,", "sigmoid'(", "σ'",
    "ReLU(", "log10", "relu", "|", "=", "≤", "\\frac", "½", "𝑎", "𝟐", "∂", "z⁽²⁾₁", "w₁", "’", "x", "bell(", "\u200b",
    "\U0001f600", "ß", "_", "sqrt(abs(", ",0)", "))",
]  # fmt: skip
WHOLE_FORMULAS = [
    f"{'(' * 50}a3{')' * 50}", "a3^" * 60 + "y", "-" * 300 + "y", "a3+" * 400 + "y", "a" * 1001, "1+" * 400,
    "", "'", "''a3", "#NAME?", "##", "max(a3)", "2(a3 - y)", "(a3 - y)*a3", "exp a3", "(a3", "a3)", "a3 +", "|a3|", "q",
]  # fmt: skip
OF_SHAPES = [
    "4", "1", "0", "12", "x", "X", "×", "*", " by ", "by", ",", ";", " ", "(", ")", "[", "]", "{", "}", ".", "-", "4.5",
    "'", "１", "\u200b", "\u00ad", "½", "–", "1234567", "\u3000",
]  # fmt: skip
OF_CHOICES = [
    "a", "b", "c", "d", "e", "z", "A", "Ｂ", "(", ")", ".", ":", ",", ";", "/", "&", "+", " and ", " und ", "or", " ",
    "{", "]", "$", "'", "\u200b", "1", "ä", " और ", "\u00ad",
]  # fmt: skip
OPTIONS = ["first option", "second option", "third option", "fourth option"]
ELSEWHERE = {"ambiguous", "several", "not_an_option", "too_long"}
"""Reasons of choices that a page never gives: there one option is chosen from a list, and several have other words."""


@pytest.fixture(scope="module")
def reader() -> Iterator[FormReader]:
    with form_reader() as found:
        found.know(KNOWN)
        yield found


def mixed(pieces: list[str], whole: list[str], count: int = 4000) -> list[str]:
    """Texts that are put together from pieces, most of them nonsense, and some as they are."""
    rng = random.Random(len(pieces))
    return [*("".join(rng.choices(pieces, k=rng.randint(1, 8))) for _ in range(count)), *whole]


def test_page_reads_formulas_as_the_marker(reader: FormReader) -> None:
    """The same reason, at the same character, about the same word; every reason is among them."""
    texts = mixed(OF_FORMULAS, WHOLE_FORMULAS)
    seen = set()
    for text, read in zip(texts, reader.read("formula", texts), strict=True):
        parsed = parse_formula(text, KNOWN)
        if isinstance(parsed, Unparsed):
            assert (read["reason"], read["position"]) == (parsed.reason, parsed.position), text
            # The name of a character is known to the marker only.
            assert str(read["detail"]).split(" (U+")[0] == parsed.detail.split(" (U+")[0], text
            seen.add(parsed.reason)
        else:
            assert read == {"reason": ""}, text
            seen.add("")
    assert seen == {*FORMULA_REASONS, ""}


def test_page_reads_shapes_as_the_marker(reader: FormReader) -> None:
    """The same reason, and the character that has spoilt a short one; every reason is among them."""
    texts = mixed(OF_SHAPES, ["", "1," * 40, "1,1,1,1,1,1,1", "(2, 3)", "2 by 3", "(2,)"])
    found = reader.read("shape", texts)
    parsed = [parse_shape(text) for text in texts]
    reasons = [one.reason if isinstance(one, Unreadable) else "" for one in parsed]
    assert [read["reason"] for read in found] == reasons
    assert [read["char"] for read in found] == [first_foreign(text) if len(text) <= 8 else "" for text in texts]
    assert set(reasons) == {*SHAPE_REASONS, ""}


def test_page_reads_letters_of_options_as_the_marker(reader: FormReader) -> None:
    """The same reason; every one is among them that a page can give."""
    texts = mixed(OF_CHOICES, ["", "a" * 1001, ",".join("ab" * 30), "a, c", "(b) and (d)", "A C"])
    found = [read["reason"] for read in reader.read("choice", [[text, len(OPTIONS)] for text in texts])]
    parsed = [parse_choices(text, OPTIONS) for text in texts]
    assert found == [one.reason if isinstance(one, Unreadable) else "" for one in parsed]
    assert set(found) == {*CHOICE_REASONS, ""} - ELSEWHERE


def test_a_page_has_the_readers_of_its_own_kinds() -> None:
    """Which a page of numbers needs none of; sentences are in its language."""
    german = PaperStyle("de")
    plain, formulas = sheet_script(german), sheet_script(german, frozenset({"formula"}))
    assert "Schreiben Sie abs( ) statt der Betragsstriche." in formulas
    assert "shapeReader(grammar, {" not in formulas
    assert "formulaReader(grammar, {" in formulas
    assert "formReaders(grammar) {" not in plain
