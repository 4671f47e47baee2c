"""Which letters formulas are drawn with, and which plain letters those are copied as; for the font and the layout.

A single letter in a formula is drawn with the glyph of Unicode's mathematical italic alphabet, but a reader who copies
it, or has it read aloud, gets the plain letter.
"""

from functools import cache
from types import MappingProxyType
from unicodedata import decomposition

_RUNS = (
    # first plain letter, last plain letter, first mathematical italic letter
    ("A", "Z", 0x1D434),
    ("a", "z", 0x1D44E),
    ("Α", "Ω", 0x1D6E2),
    ("α", "ω", 0x1D6FC),
)
_SINGLES = MappingProxyType(
    {
        "h": "\u210e",
        "\u0131": "\U0001d6a4",
        "\u0237": "\U0001d6a5",
        "∂": "\U0001d715",
        "ϵ": "\U0001d716",
        "ϑ": "\U0001d717",
        "ϰ": "\U0001d718",
        "ϕ": "\U0001d719",
        "ϱ": "\U0001d71a",
        "ϖ": "\U0001d71b",
    }
)
# A combining mark stands where TeX has it; MathML writes the spacing character of the same shape.
COMBINING = MappingProxyType(
    {
        "^": "\u0302",
        "ˆ": "\u0302",
        "~": "\u0303",
        "˜": "\u0303",
        "¯": "\u0304",
        "ˉ": "\u0304",
        "‾": "\u0304",
        "˘": "\u0306",
        "˙": "\u0307",
        ".": "\u0307",
        "¨": "\u0308",
        "˚": "\u030a",
        "ˇ": "\u030c",
        "`": "\u0300",
        "´": "\u0301",
        "→": "\u20d7",
        "⃗": "\u20d7",
    }
)


def is_slot(character: str) -> bool:
    """Characters of the private use area stand for what is filled in later."""
    return "\ue000" <= character <= "\uf8ff"


def italic(letter: str) -> str:
    """The mathematical italic form of a plain letter, or the character itself where there is none."""
    return _italics().get(letter, letter)


def plain(character: str) -> str:
    """The letter that a mathematical letter is a form of, or the character itself; "-" for a hyphen."""
    if character == "‐":
        return "-"
    kind, _, code = decomposition(character).partition(" ")
    return chr(int(code, 16)) if kind == "<font>" else character


@cache
def _italics() -> dict[str, str]:
    found = {
        chr(code): chr(start + code - ord(first))
        for first, last, start in _RUNS
        for code in range(ord(first), ord(last) + 1)
    }
    return found | _SINGLES
