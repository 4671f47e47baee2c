"""Characters that keyboards, word processors and chat programs put in place of plain ones, or around them.

The one table for all that students type: numbers, formulas, shapes and choices. What means the same as a plain
character is read as it; what nobody sees is dropped at the ends; every other character stays, and is named by its code
point where it makes a text unreadable.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType


def _between(*ends: tuple[int, int]) -> Iterator[str]:
    return (chr(code) for first, last in ends for code in range(first, last + 1))


INNER_SPACES = "".join(_between((0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F))) + (
    "\u3000"
)
"""Spaces within a line: plain, no-break, thin ones and those of East Asian keyboards."""

SPACES = "".join(_between((0x09, 0x0D), (0x1C, 0x1F), (0x85, 0x85), (0x1680, 0x1680), (0x2028, 0x2029))) + INNER_SPACES
"""All that is space to Unicode."""

INVISIBLE = "".join(
    _between(
        (0x061C, 0x061C),  # Arabic letter mark
        (0x180E, 0x180E),  # Mongolian vowel separator
        (0x200B, 0x200F),  # zero width space and joiners, left-to-right and right-to-left marks
        (0x202A, 0x202E),  # embeddings and overrides of the writing direction
        (0x2060, 0x2064),  # word joiner, invisible signs of mathematics
        (0x2066, 0x206F),  # isolates of the writing direction, deprecated format characters
        (0xFE0E, 0xFE0F),  # variation selectors: as text, as a picture
        (0xFEFF, 0xFEFF),  # byte order mark
    )
)
"""Characters that show nothing and mean nothing at the ends of a text."""

SOFT_HYPHEN = "\u00ad"
"""Invisible to most programs, and what others copy a minus as; so it is dropped behind a text and never before it."""

# Left out: wave dashes (about), double hyphens (equals), two- and three-em dashes (something is missing).
_MINUS = (
    "\u02d7\u058a\u05be\u1400\u1806"  # modifier letter, Armenian, Hebrew, Canadian, Mongolian
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796"  # hyphens, dashes, bar, bullet, minus, heavy minus
    "\ufe31\ufe32\ufe58\ufe63"  # vertical and small forms
)
_PLUS = "\u02d6\u2795\ufe62\ufb29"
_TIMES = "\u00b7\u00d7\u0387\u2022\u204e\u2217\u2219\u22c5\u22c6\u2715\u2716\u2a2f\u30fb\ufe61\uff65"
_SLASHES = "\u2044\u2215"
_SMALL = dict(zip("\ufe50\ufe52\ufe54\ufe59\ufe5a\ufe5b\ufe5c", ",.;(){}", strict=True))
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_DEVANAGARI = dict(zip(_between((0x0966, 0x096F)), "0123456789", strict=True))

PLAIN: Mapping[str, str] = MappingProxyType(
    _FULL_WIDTH
    | _SMALL
    | _DEVANAGARI
    | dict.fromkeys(_MINUS, "-")
    | dict.fromkeys(_PLUS, "+")
    | dict.fromkeys(_TIMES, "*")
    | dict.fromkeys(_SLASHES, "/")
    | {"\u02c6": "^"}
)
"""By character the ASCII one that it stands for: full-width and small forms, dashes and minus signs of all kinds, plus,
times and fraction signs, and the digits of Hindi, in which papers are printed. Digits of other scripts stay what they
are, as no paper is printed in them."""

_PLAIN_BY_CODE = str.maketrans(dict(PLAIN))

BEFORE = SPACES + INVISIBLE
"""What is dropped before a text."""

BEHIND = BEFORE + SOFT_HYPHEN
"""What is dropped behind it."""

LOOKS_RIGHT = 8
"""Characters of a shape or letter that a foreign character among them has spoilt; longer answers are other texts."""

_CONTROLS: Mapping[int, str] = MappingProxyType(
    {0: "null", 9: "tabulator", 10: "line feed", 11: "line tabulator", 12: "form feed", 13: "line break", 27: "escape"}
)
_NAMELESS: Mapping[str, str] = MappingProxyType(
    {"Cc": "a control character", "Cs": "half a character", "Co": "a private character"}
)


def trimmed(text: str) -> str:
    """The text without what nobody sees around it, in linear time."""
    return text.lstrip(BEFORE).rstrip(BEHIND)


def plain(text: str) -> str:
    """The text with every character of `PLAIN` as the ASCII one that it stands for; as long as before."""
    return text if text.isascii() else text.translate(_PLAIN_BY_CODE)


def named(character: str) -> str:
    """A character's code point and its name, such as "U+2248, almost equal to"."""
    code = ord(character)
    other = _CONTROLS.get(code) or _NAMELESS.get(unicodedata.category(character), "no character of Unicode")
    name = unicodedata.name(character, "").lower() or other
    return f"U+{code:04X}, {name}"


def with_character(sentence: str, character: str) -> str:
    """A sentence on why a text cannot be read, and the character that is at fault, if there is one."""
    return f"{sentence} (It has {named(character)}.)" if character else sentence


def first_foreign(text: str) -> str:
    """The first character within a text that is neither ASCII nor stands for it, spaces aside; nothing without one."""
    return next((char for char in plain(trimmed(text)) if not char.isascii() and char not in SPACES), "")
