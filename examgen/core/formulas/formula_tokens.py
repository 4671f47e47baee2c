"""The words of a student's formula: numbers, names, operators, brackets, and raised digits.

Called by `formula_language`. What students type or copy in Unicode is read as its plain spelling: full-width forms,
signs such as × and −, Greek letters, a⁽²⁾₁ as a2_1. What has no place in a formula is refused with its position.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from examgen.core.formulas.typed_characters import PLAIN, SPACES, named, trimmed

MAX_CHARACTERS = 1000
MAX_TOKENS = 600
_MAX_WITH_SPACES = 100_000
SHOWN_CHARACTERS = 40

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "arguments": "{detail} takes 2 or more arguments, as in {detail}(0, z).",
        "bad_char": "{detail} has no place in a formula.",
        "bars": "Write abs( ) instead of bars.",
        "blank": "Nothing was written.",
        "comma": "Write decimal numbers with a point, such as 0.5; commas only stand between the arguments of max and "
        "min.",
        "comparison": "A formula has no comparisons; the slope of ReLU is written relu'(z).",
        "equals": "Write only the right-hand side, without an equals sign.",
        "excel_error": "The cell holds a spreadsheet error instead of a formula; format the cell as text first.",
        "incomplete": "The formula ends too early; something is missing behind its last sign.",
        "latex": "Write the formula in plain symbols, as in the table of spellings, and not in LaTeX.",
        "misplaced": "{detail} cannot stand here; a number, a symbol or an opening bracket is missing before it.",
        "missing_factor_sign": "Write * between factors: a sign is missing before {detail}.",
        "needs_brackets": "{detail} is a function; write its argument in brackets behind it.",
        "overflow": "The number {detail} is too large.",
        "too_deep": "The formula has too many brackets or powers inside one another.",
        "too_long": f"Write the formula with at most {MAX_CHARACTERS} characters and {MAX_TOKENS} numbers, symbols and "
        "signs.",
        "unclosed": "A bracket is opened here and not closed.",
        "unknown_function": "{detail} is not a function that formulas may use.",
        "unknown_symbol": "{detail} is not a symbol of this question.",
        "unopened": "A bracket is closed here and was not opened.",
    }
)
"""Why a formula cannot be read, for the student, by reason."""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A text that is no formula.

    Attributes:
        reason: a key of `REASONS`.
        position: 0-based character of the student's text at which reading stopped.
        detail: what was found there.
        near: the most similar spelling of a name that is unknown; empty where there is none.
    """

    reason: str
    position: int
    detail: str = ""
    near: str = ""

    @property
    def message(self) -> str:
        """One sentence for the student; it may quote their text."""
        said = REASONS[self.reason].format(detail=self.detail)
        return f'{said} Did you mean "{self.near}"?' if self.near else said


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its plain spelling and the 0-based character where it begins."""

    kind: Literal["number", "name", "sign", "raised", "end"]
    text: str
    position: int


def quoted(text: str) -> str:
    """A piece of a student's text in quotation marks, short and printable."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:SHOWN_CHARACTERS])
    return f'"{shown}{"…" if len(text) > SHOWN_CHARACTERS else ""}"'


def _shown(char: str) -> str:
    """One character in quotation marks, with its code point where a keyboard may not have it."""
    return quoted(char) if char.isascii() and char.isprintable() else f"{quoted(char)} ({named(char)})"


def tokenize(text: str) -> tuple[Token, ...] | Unparsed:
    """All words of a formula with an end behind them. Never raises; the time is linear in the length of the text."""
    return _tokenized(text, _WORD, SIGNS)


def tokenize_definition(text: str) -> tuple[Token, ...] | Unparsed:
    """The same of a definition in a bank, which has matrix products, transposes, places and settings as well."""
    return _tokenized(text, _DEFINITION_WORD, _DEFINITION_SIGNS)


def _tokenized(text: str, word: re.Pattern[str], signs: Mapping[str, str]) -> tuple[Token, ...] | Unparsed:
    if len(text) > _MAX_WITH_SPACES:
        return Unparsed("too_long", 0)
    body = trimmed(text)
    if len(body) > 1 and body[0] == "'":
        # A spreadsheet's sign for "this is text".
        body = trimmed(body[1:])
    offset = text.find(body)
    if not body:
        return Unparsed("blank", 0)
    if len(body) > MAX_CHARACTERS:
        return Unparsed("too_long", offset)
    if _EXCEL_ERROR.fullmatch(body):
        return Unparsed("excel_error", offset)
    return _tokens("".join(map(_plain, body)), offset, word, signs)


def _tokens(body: str, offset: int, word: re.Pattern[str], signs: Mapping[str, str]) -> tuple[Token, ...] | Unparsed:
    found: list[Token] = []
    place = 0
    while place < len(body):
        match = word.match(body, place)
        if match is None:
            return Unparsed(REFUSED.get(body[place], "bad_char"), offset + place, _shown(body[place]))
        kind = match.lastgroup
        if kind == "number":
            found.append(Token("number", match[0], offset + place))
        elif kind == "name":
            found.append(Token("name", _name(match), offset + place))
        elif kind == "raised":
            found.append(Token("raised", match[0].translate(_LOWERED), offset + place))
        elif kind == "sign":
            found.append(Token("sign", signs.get(match[0], match[0]), offset + place))
        place = match.end()
        if len(found) > MAX_TOKENS:
            return Unparsed("too_long", offset + place)
    return (*found, Token("end", "", offset + len(body)))


def _name(match: re.Match[str]) -> str:
    """The ASCII spelling: a⁽²⁾₁ is a2_1, and Greek letters are words."""
    layer = (match["marked"] or match["bare"] or "").translate(_LOWERED)
    units = (match["units"] or "").translate(_LOWERED)
    between = "_" if layer and units else ""
    core = "".join(LETTERS.get(char, char) for char in match["core"])
    return f"{core}{layer}{between}{units}{match['primes']}"


def _plain(char: str) -> str:
    """One character for one, so that positions stay."""
    if 0x1D400 <= ord(char) <= 0x1D7FF:
        char = unicodedata.normalize("NFKC", char)
    return _SAME.get(char, char)


_RAISED, _LOW = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
LOWERED: Mapping[str, str] = MappingProxyType(dict(zip(f"{_RAISED}⁺⁻{_LOW}", "0123456789+-0123456789", strict=True)))
_LOWERED = str.maketrans(dict(LOWERED))
LETTERS: Mapping[str, str] = MappingProxyType({"∂": "d", "δ": "delta", "σ": "sigma", "η": "eta", "α": "alpha"})
SIGNS: Mapping[str, str] = MappingProxyType({"**": "^", ";": ",", "[": "(", "{": "(", "]": ")", "}": ")"})
SAME: Mapping[str, str] = MappingProxyType({**dict.fromkeys("′’‘´ʹ`", "'"), "ς": "σ", "÷": "/"})
"""Characters that stand for others in formulas, besides those of `PLAIN`."""

_SAME: Mapping[str, str] = MappingProxyType({**PLAIN, **SAME})
REFUSED: Mapping[str, str] = MappingProxyType(
    dict.fromkeys("<>≤≥≠", "comparison") | dict.fromkeys("|∣‖", "bars") | {"=": "equals", "\\": "latex"}
)
EXCEL_ERROR = r"#[A-Z][A-Z0-9_/]*[!?]?|##+|Err:[0-9]{3}"
_EXCEL_ERROR = re.compile(EXCEL_ERROR)

_GREEK = "".join(LETTERS)
_WORDS = "|".join(
    (
        rf"(?P<space>[{SPACES}]+)",
        r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
        rf"(?P<name>(?P<core>[A-Za-z{_GREEK}][A-Za-z0-9_{_GREEK}]*)"
        rf"(?:⁽(?P<marked>[{_RAISED}]+)⁾|(?P<bare>[{_RAISED}]+)(?=[{_LOW}]))?(?P<units>[{_LOW}]*)(?P<primes>'*))",
        rf"(?P<raised>[⁺⁻]?[{_RAISED}]+)",
    )
)
WORD = rf"{_WORDS}|(?P<sign>\*\*|[-+*/^(),;\[\]{{}}])"
_WORD = re.compile(WORD)
_DEFINITION_WORD = re.compile(rf"{_WORDS}|(?P<sign>\*\*|[-+*/^(),;\[\]{{}}]|@|=|\.T\b)")
_DEFINITION_SIGNS: Mapping[str, str] = MappingProxyType({"**": "^"})
