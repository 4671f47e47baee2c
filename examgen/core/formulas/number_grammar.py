"""The grammar of a number that a student types into one cell, as tables that two readers share.

`typed_numbers` reads by it in Python, and answers.html in JavaScript (`templates/sheet_numbers.js`), so that students
see at once what the marker would refuse. What is dropped around a text, and which characters are read as plain ones, is
in `typed_characters`. Then:

    answer   = decimal [exponent] | fraction                    at most 64 characters
    decimal  = [sign] (digits [mark [digits]] | mark digits)    mark: "." or ",", one for the whole answer
    exponent = ("e" | "E") power | times "10" ("^" | "**") raised
    raised   = power | "(" power ")" | "{" power "}"            power: [sign] 1 to 4 digits
    fraction = [sign] digits "/" [sign] digits
    times    = "*" | "x" | "X"                                  digits are 0 to 9 only

Raised digits behind 10 are its power: 10⁻³ is 10^-3. Spaces may stand around times, "^", a power in brackets and the
fraction's "/", and behind a sign: "- 0.21" is a number. "- 1" is none, for a whole number behind a lone dash may be an
item of a list, or what is left of "2 - 1". A bare power such as 10^-3 is a calculation, as 2^3 is.

All else is refused, never repaired. Where several reasons hold, the first is given in this order: blank, too_long, the
other decimal mark, the rows of `SIGNS`, marks between digits, a fraction, text behind a number, no number at all.

Both languages compile these patterns, so they keep to what `re` and `RegExp` have in common: no named groups and no
look-behind; "^" and "$" are the ends, since no text ends in a line break once what surrounds it is dropped.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from examgen.core.formulas.typed_characters import INNER_SPACES, PLAIN

DecimalMark = Literal[".", ","]

MAX_CHARACTERS = 64

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ambiguous_mark": "The mark may be a decimal one or stand between thousands; write 1.2340 or 1234.",
        "bad_char": "Use only the digits 0 to 9, a sign, a decimal mark and e for powers of ten, such as -1.5e-3.",
        "bad_fraction": "Write a fraction as one whole number over another, such as 2/3, or write a decimal number.",
        "blank": "Nothing was written.",
        "comma": "Write the number with a point, such as 0.5, and without commas between the thousands.",
        "control_char": "The cell holds a line break or an invisible control character; type one number on one line.",
        "date_mangled": "The spreadsheet turned the number into a date; format the cell as text and type it again.",
        "doubtful_scan": "This entry is doubtful on the scan; a person has yet to settle what it says.",
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
"""Why a text is no number, for the student, by reason; other languages are phrases of `templates/texts`."""

DOUBTFUL = "doubtful_scan"
"""The reason of what a person has to settle first; no text has it."""

RAISED: Mapping[str, str] = MappingProxyType(dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)))
"""By raised digit or sign the plain one; elsewhere than behind 10 only the signs are read."""

NUMBER_SIGNS: Mapping[str, str] = MappingProxyType({**PLAIN, "⁺": "+", "⁻": "-"})
"""By character of a number the ASCII one that it stands for."""


def _spellings(plain: str) -> str:
    return plain + "".join(char for char, one in NUMBER_SIGNS.items() if one == plain)


RAISED_POWER = rf"([{_spellings('1')}][{_spellings('0')}])([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
"""10 as it was typed, and the raised digits behind it."""

_GAP = f"[{INNER_SPACES}]*"
_SIGN = f"([+-]?){_GAP}"
_POWER = rf"[+-]?{_GAP}[0-9]{{1,4}}"
_RAISED = rf"(?:({_POWER})|\({_GAP}({_POWER}){_GAP}\)|\{{{_GAP}({_POWER}){_GAP}\}})"
_TIMES_TEN = rf"{_GAP}[*xX]{_GAP}10{_GAP}(?:\^|\*\*){_GAP}{_RAISED}"
_LONE_WHOLE = f"[+-][{INNER_SPACES}]+[0-9]+$"

NUMBER: Mapping[DecimalMark, str] = MappingProxyType(
    {
        mark: rf"(?!{_LONE_WHOLE}){_SIGN}(?=[{mark}]?[0-9])([0-9]*)(?:[{mark}]([0-9]*))?"
        rf"(?:[eE]([+-]?[0-9]{{1,4}})|{_TIMES_TEN})?"
        for mark in (".", ",")
    }
)
"""By decimal mark: sign, whole digits, digits behind the mark, and in one of four groups the power."""

FRACTION = rf"{_SIGN}([0-9]+){_GAP}/{_GAP}{_SIGN}([0-9]+)"
"""Sign and digits of both numbers."""

NUMERAL = r"^[+-]?(?=[.,]?[0-9])[0-9.,_]*"
NO_NUMERATOR = r"^[+-]?/[+-]?[0-9]+$"

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
        rf"[0-9]{{4}}([-/.])[0-9]{{1,2}}\1[0-9]{{1,2}}{_CLOCK}",
        rf"[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\2[0-9]{{4}}{_CLOCK}",
        r"[0-3]?[0-9]([-/])[0-3]?[0-9]\3[0-9]{2}",
        r"[0-3][0-9]\.[0-3][0-9]\.[0-9]{2}",
    )
)
_CONTROL = r"[\x00-\x1f\x7f-\x9f]"
_FOREIGN = r"[^\x20-\x7e]"

SIGNS: tuple[tuple[str, str], ...] = (
    ("control_char", _CONTROL),
    ("formula", r"^[=@]"),
    ("excel_error", r"^(?:#[A-Z][A-Z0-9_/]*[!?]?|##+|Err:[0-9]{3})$"),
    ("placeholder", rf"^(?:{_PLACEHOLDER})$"),
    ("not_finite", r"^[+-]?(?:nan|inf|infinity)$"),
    ("date_mangled", rf"^(?:{_DATE})$"),
    ("bad_char", _FOREIGN),
    ("percent", r"^[+-]?(?=[.,]?[0-9])[0-9.,]*(?:e[+-]?[0-9]+)? *%$"),
    ("inner_space", r" "),
    ("radix", r"^[+-]?0[xbo]"),
    ("underscore", r"^[+-]?(?=[.,]?[0-9])[0-9.,]*_"),
)
"""By reason what shows it, capitals and small letters alike, searched from the top."""

FAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    # A space among digits is named only where no other character is at fault.
    {"control_char": (_CONTROL,), "bad_char": (rf"[^\x20-\x7e{INNER_SPACES}]", _FOREIGN)}
)
"""By reason that lies in one character, the patterns that find it; the first that does counts."""
