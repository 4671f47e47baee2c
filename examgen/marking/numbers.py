"""Read the number that a student typed into one cell, or name the reason why it cannot be read.

Called by `marking.reading` for every answer of every student. The text is hostile until it fits this grammar; spaces
and byte order marks around it, and one leading apostrophe (a spreadsheet's sign for "this is text"), are dropped first:

    answer   = decimal [exponent] | fraction                    at most 64 characters
    decimal  = [sign] (digits [mark [digits]] | mark digits)    mark: "." or ",", one for the whole sheet
    exponent = ("e" | "E" | times "10^") [sign] 1 to 4 digits   times: "*", "x", "X", U+00D7
    fraction = [sign] digits "/" [sign] digits
    sign     = "+" | "-" | U+2212                               digits are 0 to 9 only

All else is refused, never repaired. Where several reasons hold, the first is given in this order: blank, too_long, the
rows of `_SIGNS`, the decimal mark, a fraction, text behind a number, no number at all.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.exams.digits import DecimalMark

MAX_CHARACTERS = 64

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ambiguous_mark": "The mark may be a decimal one or stand between thousands; write it as 1.234 or as 1234.",
        "bad_char": "Use only the digits 0 to 9, a sign, a decimal mark and e for powers of ten, such as -1.5e-3.",
        "bad_fraction": "Write a fraction as one whole number over another, such as 2/3, or write a decimal number.",
        "blank": "Nothing was written.",
        "comma": "Write the number with a point, such as 0.5, and without commas between the thousands.",
        "control_char": "The cell holds a line break or an invisible control character; type one number on one line.",
        "date_mangled": "The spreadsheet turned the number into a date; format the cell as text and type it again.",
        "duplicate": "This entry was handed in more than once with different answers; hand in one answer.",
        "excel_error": "The cell holds a spreadsheet error instead of a number; type the number itself.",
        "formula": "The cell holds a formula; type the number that it gives.",
        "grouping": "Write the number without marks between the thousands, such as 1234,5.",
        "inner_space": "Write one number without spaces in it, such as -1.5.",
        "not_a_number": "This is not a number; write only the number, such as 0.5.",
        "not_finite": "Infinity and NaN are no answers; write a finite number.",
        "overflow": "The number is too large for any answer; check the exponent.",
        "percent": "Write the number without a percent sign, such as 0.05 for five percent.",
        "placeholder": "The cell holds a placeholder instead of a number; leave it empty or write a number.",
        "radix": "Write the number in decimal digits, not in binary, octal or hexadecimal.",
        "too_long": f"Write the number with at most {MAX_CHARACTERS} characters.",
        "trailing_text": "Something stands behind the number; write only the number, without a unit or a sum.",
        "underflow": "The number is not zero but too small to tell from zero; check the exponent.",
        "underscore": "Write the number without underscores, such as 1000.",
        "wrong_decimal_mark": "The answers of this sheet have a decimal comma; write the number so, such as 0,5.",
        "zero_division": "A fraction cannot have the denominator 0.",
    }
)

# The byte order mark is no space to Python, but it sticks to the first cell of many exported sheets.
_AROUND = "".join(map(chr, [*filter(lambda code: chr(code).isspace(), range(0x3001)), 0xFEFF]))
_MINUS = "\u2212"
_TIMES = "\u00d7"

_NUMBER: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        mark: re.compile(
            rf"([+-]?)(?=[{mark}]?[0-9])([0-9]*)(?:[{mark}]([0-9]*))?(?:(?:[eE]|[*xX{_TIMES}]10\^)([+-]?[0-9]{{1,4}}))?"
        )
        for mark in ".,"
    }
)
_FRACTION = re.compile(r"([+-]?[0-9]+)/([+-]?[0-9]+)")
_NUMERAL = re.compile(r"[+-]?(?=[.,]?[0-9])[0-9.,_]*")
_NO_NUMERATOR = re.compile(r"[+-]?/[+-]?[0-9]+")

_PLACEHOLDER = (
    r"n/?a|n\.a\.?|none|null|nil|nothing|empty|blank|missing|unknown|undefined|skip(?:ped)?|tb[adc]|todo|idk"
    r"|-{1,3}|\?{1,3}"
)
# English names and the short ones that spreadsheets write in German, French, Spanish and Italian ("01. Mai" was 1.5).
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|mrz|mai|okt|dez|avr|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)[a-z]{0,6}\.?"
)
_CLOCK = r"(?:[T ] ?[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?Z?)?"
_DATE = "|".join(
    (
        rf"[0-9]{{1,2}}[-/. ]{{1,2}}{_MONTH}(?:[-/. ]{{1,2}}[0-9]{{2,4}})?",
        rf"{_MONTH}[-/. ]{{1,2}}[0-9]{{1,4}}",
        rf"[0-9]{{4}}(?P<a>[-/.])[0-9]{{1,2}}(?P=a)[0-9]{{1,2}}{_CLOCK}",
        rf"[0-9]{{1,2}}(?P<b>[-/.])[0-9]{{1,2}}(?P=b)[0-9]{{4}}{_CLOCK}",
        r"[0-3]?[0-9](?P<c>[-/])[0-3]?[0-9](?P=c)[0-9]{2}",
        r"[0-3][0-9]\.[0-3][0-9]\.[0-9]{2}",
    )
)

# Searched from the top; ASCII keeps letters such as the Kelvin sign from passing for k.
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for reason, pattern in (
        ("control_char", r"[\x00-\x1f\x7f-\x9f]"),
        ("formula", r"\A[=@]"),
        ("excel_error", r"\A(?:#[A-Z][A-Z0-9_/]*[!?]?|##+|Err:[0-9]{3})\Z"),
        ("placeholder", rf"\A(?:{_PLACEHOLDER})\Z"),
        ("not_finite", r"\A[+-]?(?:nan|inf|infinity)\Z"),
        ("date_mangled", rf"\A(?:{_DATE})\Z"),
        ("bad_char", rf"[^\x20-\x7e{_TIMES}]"),
        ("percent", r"\A[+-]?(?=[.,]?[0-9])[0-9.,]*(?:e[+-]?[0-9]+)? *%\Z"),
        ("inner_space", r" "),
        ("radix", r"\A[+-]?0[xbo]"),
        ("underscore", r"\A[+-]?(?=[.,]?[0-9])[0-9.,]*_"),
    )
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
    >>> parse_number("1,5")
    Unreadable(reason='comma')
    """
    text = text.strip(_AROUND)
    if not text:
        return unreadable("blank")
    if len(text) > MAX_CHARACTERS:
        return unreadable("too_long")
    if text[0] == "'" and "'" not in text[1:]:
        text = text[1:]
    text = text.replace(_MINUS, "-")
    if match := _NUMBER[decimal].fullmatch(text):
        return _decimal(match)
    if match := _FRACTION.fullmatch(text):
        return _fraction(int(match[1]), int(match[2]))
    return unreadable(_reason(text, decimal))


def unreadable(reason: str) -> Unreadable:
    """Return the one shared `Unreadable` of a reason, so that a million refused cells cost no memory."""
    return _UNREADABLE[reason]


def _decimal(match: re.Match[str]) -> Number | Unreadable:
    sign, whole, behind, power = match[1], match[2], match[3] or "", match[4] or "0"
    # The pattern let only ASCII digits through, and float() rounds such a text to the nearest double.
    value = float(f"{sign}{whole}.{behind}e{power}")
    digits = len((whole + behind).lstrip("0"))
    if math.isinf(value):
        return unreadable("overflow")
    if digits and value == 0.0:
        return unreadable("underflow")
    return Number(value + 0.0, digits, len(behind) - int(power))  # + 0.0 turns -0.0 into 0.0


def _fraction(above: int, below: int) -> Number | Unreadable:
    if below == 0:
        return unreadable("zero_division")
    # Python divides integers with one correct rounding; 64 characters can neither overflow nor underflow.
    return Number(above / below + 0.0, None, None)


def _reason(text: str, decimal: DecimalMark) -> str:
    if not text:  # a lone apostrophe
        return "blank"
    for reason, pattern in _SIGNS:
        if pattern.search(text):
            return reason
    numeral = _NUMERAL.match(text)
    if numeral and (reason := _mark_reason(numeral[0], decimal)):
        return reason
    number = _NUMBER[decimal].match(text)
    if number:
        return "bad_fraction" if text.startswith("/", number.end()) else "trailing_text"
    return "bad_fraction" if _NO_NUMERATOR.fullmatch(text) else "not_a_number"


def _mark_reason(numeral: str, decimal: DecimalMark) -> str:
    commas, points = numeral.count(","), numeral.count(".")
    if decimal == ".":
        return "comma" if commas else ""
    if commas > 1 or points > 1 or (commas and points):
        return "grouping"
    return "wrong_decimal_mark" if points else ""
