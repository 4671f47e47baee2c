"""Formulas of students: what is written is what is computed, and no text raises or takes long."""

import math
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examgen.core.formulas.formula_language import MAX_DEPTH, Formula, evaluate_formula, parse_formula
from examgen.core.formulas.formula_tokens import MAX_CHARACTERS, MAX_TOKENS, REASONS, Unparsed
from tests.formula_texts import SYMBOLS, Expression, expressions
from tests.laws import tried

PIECES = ("a3", "y", "a2_1", "(", ")", "+", "-", "*", "/", "^", "**", "²", ",", "exp(", "max(", "e", "1", "0.5", "1e9")
QUICK = 0.5


def values_at(draws: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.uniform(-2, 2, size=draws) for name in SYMBOLS}


@tried(150)
@given(expressions())
def test_a_formula_is_computed_as_plain_python_computes_it(drawn: Expression) -> None:
    """Printed with as few brackets as it needs, an expression is read back with the same value at every draw."""
    formula = parse_formula(drawn.text, SYMBOLS)
    if isinstance(formula, Unparsed):
        assert formula.reason == "too_long"
        assert len(drawn.text) > MAX_CHARACTERS
        return
    symbols = values_at(5)
    found = np.broadcast_to(evaluate_formula(formula, symbols), (5,))
    for place in range(5):
        expected = drawn.value({name: float(column[place]) for name, column in symbols.items()})
        if math.isfinite(expected):
            # Cancellation can magnify the last bit in which two libraries differ.
            assert found[place] == pytest.approx(expected, rel=1e-6, abs=1e-6)
        elif math.isfinite(found[place]):
            # Python gives up where a number overflows; NumPy goes on with infinity, and 1 / infinity is 0.
            assert "exp" in drawn.text or "/" in drawn.text or "÷" in drawn.text or "^" in drawn.text


@given(st.text())
@example("∂L/∂")
@example("a⁽")
@example("\ud800")
@example("\x00a3")
@example("'" * 3)
@tried(200)
def test_no_text_raises(text: str) -> None:
    """Whatever is typed is a formula or is refused with a known reason and a place in the text."""
    found = parse_formula(text, SYMBOLS)
    if isinstance(found, Unparsed):
        assert found.reason in REASONS
        assert 0 <= found.position <= len(text)
        assert found.message
        assert len(found.message) < 300


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@tried(200)
def test_no_heap_of_signs_raises(text: str) -> None:
    """What is nearly a formula is read or refused as well, and what is read can be computed."""
    found = parse_formula(text, SYMBOLS)
    if isinstance(found, Formula):
        assert np.broadcast_to(evaluate_formula(found, values_at(2)), (2,)).dtype == np.float64
    else:
        assert found.reason in REASONS


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000_000,
        "a" * 10_000_000,
        " " * 10_000_000,
        " " * 40_000 + "a3" + " " * 40_000,
        "9" * MAX_CHARACTERS,
        "9**9**9**9",
        "9^9^9^9^9^9^9",
        "1e9999999",
        "(" * 200 + "a3" + ")" * 200,
        "exp(" * 100 + "a3" + ")" * 100,
        "-" * (MAX_CHARACTERS - 2) + "a3",
        "^".join(["a3"] * 100),
        "+".join(["y"] * 240),
        "z" * MAX_CHARACTERS,
    ],
    ids=lambda text: f"{text[:6].strip()}-{len(text)}",
)
def test_no_text_takes_long(text: str) -> None:
    """Ten megabytes, towers of powers, and deep brackets are answered at once."""
    start = time.process_time()
    found = parse_formula(text, SYMBOLS)
    if isinstance(found, Formula):
        evaluate_formula(found, values_at(200))
    assert time.process_time() - start < QUICK


def test_limits_are_met_exactly() -> None:
    """As many brackets and words as the limits allow are read; one more is refused."""
    for count, reason in ((MAX_DEPTH, ""), (MAX_DEPTH + 1, "too_deep")):
        found = parse_formula("(" * count + "y" + ")" * count, SYMBOLS)
        assert (found.reason if isinstance(found, Unparsed) else "") == reason
    assert isinstance(parse_formula("+".join(["(y)"] * (MAX_DEPTH + 1)), SYMBOLS), Formula)
    beside = parse_formula("(y)+" + "(" * (MAX_DEPTH + 1) + "y" + ")" * (MAX_DEPTH + 1), SYMBOLS)
    assert beside == Unparsed("too_deep", 4 + MAX_DEPTH, '"("')
    full = "+".join(["y"] * (MAX_TOKENS // 2))
    assert isinstance(parse_formula(f"-{full}", SYMBOLS), Formula)
    assert parse_formula(f"--{full}", SYMBOLS) == Unparsed("too_long", len(full) + 2)
    assert parse_formula(f"  --{full}", SYMBOLS) == Unparsed("too_long", len(full) + 4)
    assert isinstance(parse_formula("0" * MAX_CHARACTERS, SYMBOLS), Formula)
    assert parse_formula(" 0" + "0" * MAX_CHARACTERS, SYMBOLS) == Unparsed("too_long", 1)
    assert isinstance(parse_formula("9" * 300 + " " * 300, SYMBOLS), Formula)
    assert isinstance(parse_formula("y" + " " * 99_999, SYMBOLS), Formula)
    assert parse_formula("y" + " " * 100_000, SYMBOLS) == Unparsed("too_long", 0)
