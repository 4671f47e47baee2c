"""Read the number that a student typed into one cell, or name the reason why it cannot be read.

Called by `number_columns` for every answer that is no plain decimal. The text is hostile until it fits the grammar,
which is that of `number_grammar`; spaces and invisible characters around it, and one leading apostrophe (a
spreadsheet's sign for "this is text"), are dropped first.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.core.formulas import number_grammar
from examgen.core.formulas.number_grammar import MAX_CHARACTERS as MAX_CHARACTERS
from examgen.core.formulas.number_grammar import REASONS as REASONS
from examgen.core.formulas.number_grammar import DecimalMark as DecimalMark
from examgen.core.formulas.typed_characters import BEFORE, BEHIND, with_character

_NUMBER: Mapping[DecimalMark, re.Pattern[str]] = MappingProxyType(
    {mark: re.compile(pattern) for mark, pattern in number_grammar.NUMBER.items()}
)
_DIGIT_GROUPS = 3
"""Groups of a number's pattern before those of its power."""

_FRACTION = re.compile(number_grammar.FRACTION)
_NUMERAL = re.compile(number_grammar.NUMERAL)
_NO_NUMERATOR = re.compile(number_grammar.NO_NUMERATOR)
_RAISED_POWER = re.compile(number_grammar.RAISED_POWER)
# ASCII keeps letters such as the Kelvin sign from passing for k.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE | re.ASCII)) for reason, pattern in number_grammar.SIGNS
)
_FAULTS: Mapping[str, tuple[re.Pattern[str], ...]] = MappingProxyType(
    {reason: tuple(map(re.compile, patterns)) for reason, patterns in number_grammar.FAULTS.items()}
)
_LOWERED = str.maketrans(dict(number_grammar.RAISED))
_PLAIN = str.maketrans(dict(number_grammar.NUMBER_SIGNS))
_OTHER_MARK: Mapping[DecimalMark, tuple[DecimalMark, str]] = MappingProxyType(
    {".": (",", "comma"), ",": (".", "wrong_decimal_mark")}
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read.

    Attributes:
        value: the double nearest to what is written; a written -0 is 0.0.
        digits: significant digits written, from the first that is not 0; 0 for a zero; None for a fraction.
        decimals: place of the last digit written: 2 for "0.50", 4 for "1.5e-3", 0 for "12", -2 for "1.5e3"; None for
            a fraction.
    """

    value: float
    digits: int | None
    decimals: int | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that is no number; `reason` is a key of `REASONS`."""

    reason: str


_UNREADABLE: Mapping[str, Unreadable] = MappingProxyType({reason: Unreadable(reason) for reason in REASONS})


def parse_number(text: str, decimal: DecimalMark = ".") -> Number | Unreadable:
    """Read one cell. Never raises for any text; the time is linear in its length and what is costly sees 64 characters.

    >>> parse_number("1.5e-3")
    Number(value=0.0015, digits=2, decimals=4)
    >>> parse_number("− 3.54 × 10⁻¹")
    Number(value=-0.354, digits=3, decimals=3)
    >>> parse_number("1,5")
    Unreadable(reason='comma')
    """
    text = _bared(text)
    if not text:
        return unreadable("blank")
    if len(text) > MAX_CHARACTERS:
        return unreadable("too_long")
    if not text.isascii():
        text = _plain(text)
    if match := _NUMBER[decimal].fullmatch(text):
        return _decimal(match)
    if match := _FRACTION.fullmatch(text):
        return _fraction(match)
    return unreadable(_reason(text, decimal))


def unreadable(reason: str) -> Unreadable:
    """Return the one shared `Unreadable` of a reason, so that a million refused cells cost no memory."""
    return _UNREADABLE[reason]


def explained(text: str, reason: str) -> str:
    """Why a text is no number, for the student: the sentence of the reason, and the character where one is at fault.

    >>> explained("½", "bad_char").split(". ")[1]
    '(It has U+00BD, vulgar fraction one half.)'
    """
    return with_character(REASONS[reason], fault(text, reason))


def fault(text: str, reason: str) -> str:
    """The character that makes a text unreadable for this reason, nothing where it is not one alone."""
    patterns = _FAULTS.get(reason, ())
    body = _plain(_bared(text)) if patterns else ""
    return next((match[0] for pattern in patterns if (match := pattern.search(body))), "")


def _bared(text: str) -> str:
    """What was typed, without what surrounds it; an apostrophe is dropped once, and stays where there are more."""
    text = text.lstrip(BEFORE).rstrip(BEHIND)
    if text[:1] == "'" and len(text) <= MAX_CHARACTERS and "'" not in text[1:]:
        text = text[1:].lstrip(BEFORE)
    return text


def _plain(text: str) -> str:
    """The same in ASCII as far as the grammar goes; raised digits behind 10 become its power."""
    return _RAISED_POWER.sub(_lowered, text).translate(_PLAIN)


def _lowered(match: re.Match[str]) -> str:
    return f"{match[1]}^{match[2].translate(_LOWERED)}"


def _decimal(match: re.Match[str]) -> Number | Unreadable:
    sign, whole, behind = match[1], match[2], match[3] or ""
    last = match.lastindex or 0
    power = "".join(match[last].split()) if last > _DIGIT_GROUPS else "0"
    # The pattern let only ASCII digits through, and float() rounds such a text to the nearest double.
    value = float(f"{sign}{whole}.{behind}e{power}")
    digits = len((whole + behind).lstrip("0"))
    if math.isinf(value):
        return unreadable("overflow")
    if digits and value == 0.0:
        return unreadable("underflow")
    return Number(value + 0.0, digits, len(behind) - int(power))  # + 0.0 turns -0.0 into 0.0


def _fraction(match: re.Match[str]) -> Number | Unreadable:
    above, below = int(match[1] + match[2]), int(match[3] + match[4])
    if below == 0:
        return unreadable("zero_division")
    # Python divides integers with one correct rounding; 64 characters can neither overflow nor underflow.
    return Number(above / below + 0.0, None, None)


def _reason(text: str, decimal: DecimalMark) -> str:
    other, wrong_mark = _OTHER_MARK[decimal]
    if other in text and _NUMBER[other].fullmatch(text):
        return wrong_mark
    for reason, pattern in _SIGNS:
        if pattern.search(text):
            return reason
    numeral = _NUMERAL.match(text)
    if numeral and (reason := _mark_reason(numeral[0], decimal)):
        return reason
    number = _NUMBER[decimal].match(text)
    if number:
        return "bad_fraction" if text.startswith("/", number.end()) else "trailing_text"
    return "bad_fraction" if _NO_NUMERATOR.match(text) else "not_a_number"


def _mark_reason(numeral: str, decimal: DecimalMark) -> str:
    commas, points = numeral.count(","), numeral.count(".")
    if decimal == ".":
        return "comma" if commas else ""
    if commas > 1 or points > 1 or (commas and points):
        return "grouping"
    return "wrong_decimal_mark" if points else ""
