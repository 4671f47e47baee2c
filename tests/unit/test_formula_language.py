"""What students write as formulas, and what they are told where it cannot be read."""

import math
import warnings

import numpy as np
import pytest

from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.formulas.formula_tokens import Unparsed, quoted

KNOWN = {
    "a3": 0.8,
    "y": 0.25,
    "a2_1": 2.0,
    "a2": 5.0,
    "z1_1": -1.5,
    "dL_dw1_12": 7.0,
    "w1_12": 3.0,
    "delta3": 4.0,
    "eta": 0.5,
}


def value(text: str) -> float:
    formula = parse_formula(text, KNOWN)
    assert isinstance(formula, Formula), formula
    return float(evaluate_formula(formula, {name: np.array(KNOWN[name]) for name in formula.symbols}))


def refused(text: str) -> tuple[str, int]:
    found = parse_formula(text, KNOWN)
    assert isinstance(found, Unparsed)
    return found.reason, found.position


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a3-y)*a3*(1-a3)*a2_1", 0.55 * 0.8 * 0.2 * 2),
        ("-a3^2", -0.64),
        ("2^-1", 0.5),
        ("2^3^2", 512),
        ("8/4/2", 1),
        ("8-4-2", 2),
        ("2*-a2", -10),
        ("- - a2", 5),
        ("+a2--a2", 10),
        ("-2^2*3", -12),
        ("2**3", 8),
        ("1.5e1 + .5 + 2.", 17.5),
        ("e^2", math.exp(2)),
        ("max(0, z1_1)", 0),
        ("max(z1_1, 1, 3, 2)", 3),
        ("min(1; 2)", 1),
        ("min(z1_1, 1, -3, 2)", -3),
        ("ln(exp(3))", 3),
        ("log(e)", 1),
        ("log10(1000)", 3),
        ("sqrt(abs(-9))", 3),
        ("sign(z1_1) + sgn(a2)", 0),
        ("relu(z1_1) + ReLU(a2)", 5),
        ("relu'(z1_1) + relu'(a2)", 1),
        ("tanh'(0)", 1),
        ("sigmoid(0)", 0.5),
        ("sigma'(0)", 0.25),
        ("leaky_relu(-100)", -1),
        ("elu'(z1_1)", math.exp(-1.5)),
        ("softplus'(0)", 0.5),
        ("2^1^a3", 2),
    ],
)
def test_formulas_mean_what_mathematics_means(text: str, expected: float) -> None:
    """Signs, powers and functions bind as on paper."""
    assert value(text) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("(a3 − y) · a3 × a2_1 ÷ 2", "(a3 - y) * a3 * a2_1 / 2"),
        ("ａ３＊（１－ｙ）", "a3*(1-y)"),
        ("𝑎3*𝟚 + 𝜎(𝐲) + 𝟿", "a3*2 + sigmoid(y) + 9"),
        ("[a3 - y]*{2 + 1}", "(a3 - y)*(2 + 1)"),
        ("a3² + a3⁻¹ + 2¹²", "a3^2 + a3^(-1) + 2^12"),
        ("-a3²", "-(a3^2)"),
        ("2^a3²", "2^(a3^2)"),
        ("σ(z1_1)*σ′(z1_1)", "sigmoid(z1_1)*sigmoid'(z1_1)"),
        ("η*δ3", "eta*delta3"),
        ("δ₃", "delta3"),
        ("a⁽²⁾₁*a²₁", "a2_1*a2_1"),
        ("a⁽²⁾ + a²", "a2 + a2"),
        ("∂L/∂w⁽¹⁾₁₂ * 2", "dL_dw1_12 * 2"),
        ("6/∂L/∂w1_12", "6/dL_dw1_12"),
        ("dL / dw1_12", "dL_dw1_12"),
        ("'a3*2", "a3*2"),
        ("'y", "y"),
        ("\ufeff\u00a0 a3\n+\ty \u2003", "a3+y"),
        ("\u200e'\u2060a3 \u2013 y\u202c\u200b", "a3-y"),
        ("a3 \u2014 y \u2015 \u2796y", "a3 - y - -y"),
        ("a3 \u2022 y \ufe61 २", "a3*y*2"),
        ("\ufe59a3 \ufe62 y\ufe5a\u2044\uff12", "(a3+y)/2"),
    ],
)
def test_unicode_forms_are_read_as_their_plain_spelling(text: str, plain: str) -> None:
    """What is copied from the paper, or typed with mathematical signs, means the same as its ASCII form."""
    assert value(text) == value(plain)


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("", "blank", 0),
        (" \n ", "blank", 0),
        ("a3 *", "incomplete", 4),
        ("(", "incomplete", 1),
        ("  (a3 - y", "unclosed", 2),
        ("a3)", "unopened", 2),
        ("* a3", "misplaced", 0),
        ("a3 + * y", "misplaced", 5),
        ("()", "misplaced", 1),
        ("max(1,)", "misplaced", 6),
        ("max((1, 2)", "comma", 6),
        ("  (²)", "misplaced", 3),
        ("2(a3-y)", "missing_factor_sign", 1),
        ("a3(1-a3)", "missing_factor_sign", 2),
        ("(a3)(y)", "missing_factor_sign", 4),
        ("a3 y", "missing_factor_sign", 3),
        ("2a3", "missing_factor_sign", 1),
        (" 'a3 y", "missing_factor_sign", 5),
        ("e(2)", "missing_factor_sign", 1),
        ("(a3 y)", "missing_factor_sign", 4),
        ("0,5*a3", "comma", 1),
        ("exp(0,5)", "comma", 5),
        ("(a3, y)", "comma", 3),
        ("max(a3)", "arguments", 0),
        ("exp a3", "needs_brackets", 0),
        ("tanh^2(a3)", "needs_brackets", 0),
        ("dL_dw = a3", "equals", 6),
        ("z1_1 > 0", "comparison", 5),
        ("|a3|", "bars", 0),
        (r"\sigma(a3)", "latex", 0),
        ("a3 $ y", "bad_char", 3),
        ("a3\x00", "bad_char", 2),
        (" \u200ba3 ½", "bad_char", 5),
        ("\u00ada3", "bad_char", 0),
        ("#NAME?", "excel_error", 0),
        ("1e400", "overflow", 0),
        ("a2_2", "unknown_symbol", 0),
        ("2*b²", "unknown_symbol", 2),
        ("a⁸", "unknown_symbol", 0),
        ("y + sine(y)", "unknown_function", 4),
        ("y.__class__", "bad_char", 1),
        ("__import__('os')", "bad_char", 0),
        ("a3 if y else a2", "missing_factor_sign", 3),
    ],
)
def test_what_is_no_formula_is_refused_where_it_ends_to_be_one(text: str, reason: str, position: int) -> None:
    """The reason and the place in the student's own text are told."""
    assert refused(text) == (reason, position)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("∂L/∂a¹", "dL_da1"), ("2*dL/da¹ + 1", "dL_da1"), ("dL/da¹²", "dL_da12"), ("a¹", "a1"), ("𝐀1_1_1", "A1_1_1")],
)
def test_a_layer_may_be_raised_behind_a_letter(text: str, symbol: str) -> None:
    """Where the letter or the derivative alone is no symbol, a raised number is its layer."""
    formula = parse_formula(text, {symbol})
    assert isinstance(formula, Formula)
    assert formula.symbols == (symbol,)


@pytest.mark.parametrize(("text", "symbol"), [("a1²", "a12"), ("dL/dw1²", "dL_dw12"), ("a¹", "a1_1")])
def test_a_raised_number_behind_a_number_is_a_power(text: str, symbol: str) -> None:
    """It is never the rest of a symbol, even where such a symbol is known."""
    found = parse_formula(text, {symbol})
    assert isinstance(found, Unparsed)
    assert found.reason == "unknown_symbol"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("delta3xy", "delta3"),
        ("delta3xyz", ""),
        ("delt", "delta3"),
        ("eltaa3", ""),
        ("s" * 40, "s" * 39),
        ("s" * 41, ""),
    ],
)
def test_what_was_meant_begins_alike_and_is_about_as_long(text: str, near: str) -> None:
    """Two characters more or less are a slip, in names of up to forty; three are another name."""
    found = parse_formula(text, [*KNOWN, "s" * 39])
    assert isinstance(found, Unparsed)
    assert found.message == f"{quoted(text)} is not a symbol of this question." + (near and f' Did you mean "{near}"?')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a3 $ y", '"$"'),
        ("a3½", '"½" (U+00BD, vulgar fraction one half)'),
        ("a\u200b3", '"\\u200b" (U+200B, zero width space)'),
        ("a3\x00", '"\\u0000" (U+0000, null)'),
    ],
)
def test_a_character_that_has_no_place_is_named(text: str, said: str) -> None:
    """By its code point where a keyboard may not have it, or nothing is to be seen."""
    found = parse_formula(text, KNOWN)
    assert isinstance(found, Unparsed)
    assert found.message == f"{said} has no place in a formula."


def test_forty_characters_are_quoted_whole() -> None:
    """Longer ones end with three points."""
    assert quoted("a" * 40) == f'"{"a" * 40}"'
    assert quoted("a" * 41) == f'"{"a" * 40}…"'


def test_a_near_miss_is_named_with_what_was_meant() -> None:
    """An unknown symbol or function suggests a known one."""
    found = parse_formula("a2_2*y", KNOWN)
    assert isinstance(found, Unparsed)
    assert found.message == '"a2_2" is not a symbol of this question. Did you mean "a2_1"?'
    found = parse_formula("relus(y)", KNOWN)
    assert isinstance(found, Unparsed)
    assert found.message == '"relus" is not a function that formulas may use. Did you mean "relu"?'


def test_messages_quote_hostile_text_short_and_printable() -> None:
    """Control characters, braces and long names do not get through a message as they are."""
    for text in ("\x1b[31m", "q" * 400, "\u202eabc"):
        found = parse_formula(text, KNOWN)
        assert isinstance(found, Unparsed)
        assert found.message.isprintable()
        assert len(found.message) < 120


@pytest.mark.parametrize(
    "text",
    [
        "log(-1)",
        "ln(0)",
        "1/ln(0)",
        "exp(log10(0))",
        "sqrt(0-1)",
        "1/0",
        "0/0",
        "1/(1/0)",
        "(0-2)^0.5",
        "0^-1",
        "exp(1000)",
    ],
)
def test_outside_the_domain_is_nan_without_warnings(text: str) -> None:
    """Logarithms of negative numbers, divisions by zero and overflow are nan, whatever is done with them after."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(value(text))


def test_values_broadcast_and_each_draw_stands_alone() -> None:
    """Arrays of symbols are computed entry by entry; a draw outside the domain leaves the others as they are."""
    formula = parse_formula("log(a3) + y", KNOWN)
    assert isinstance(formula, Formula)
    assert formula.symbols == ("a3", "y")
    found = evaluate_formula(formula, {"a3": np.array([1.0, -1.0, math.e]), "y": np.array([[0.0], [2.0]])})
    np.testing.assert_allclose(found, [[0, math.nan, 1], [2, math.nan, 3]])


def test_a_symbol_called_e_is_no_constant() -> None:
    """Where the paper has its own e, it is that."""
    formula = parse_formula("e", {"e"})
    assert isinstance(formula, Formula)
    assert formula.symbols == ("e",)
