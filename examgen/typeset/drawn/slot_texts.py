"""The texts of slots: their widths and glyphs, from small tables, as there are so many; for `formula` and `draw`."""

from functools import lru_cache

from examgen.typeset.fonts.font import MathFont

COMMON = "0123456789.,−-+ ()eE×·∞/%="


@lru_cache(maxsize=16384)
def measured(font: MathFont, text: str, level: int) -> tuple[float, str]:
    """Width and glyphs of a slot's text, kept because students share most numbers.

    Raises: MissingGlyph.
    """
    return slot_width(font, text, level), slot_codes(font, text, level)


def slot_width(font: MathFont, text: str, level: int) -> float:
    """Width of a slot's text in design units of the text size."""
    known = _widths(font, level)
    try:
        return sum([known[character] for character in text])
    except KeyError:
        scale = font.scale(level)
        return sum(font.advances[font.glyph(character, level)] * scale for character in text.replace("-", "−"))


def slot_codes(font: MathFont, text: str, level: int) -> str:
    """Glyphs of a text in hexadecimal.

    Raises: MissingGlyph.
    """
    found = text.translate(_table(font, level))
    if len(found) == 4 * len(text):
        return found
    return "".join([f"{font.glyph(character, level):04X}" for character in text.replace("-", "−")])


@lru_cache(maxsize=64)
def _widths(font: MathFont, level: int) -> dict[str, float]:
    scale = font.scale(level)
    known = [character for character in COMMON if ord(character) in font.characters]
    return {c: font.advances[font.glyph(c.replace("-", "−"), level)] * scale for c in known}


@lru_cache(maxsize=64)
def _table(font: MathFont, level: int) -> dict[int, str]:
    known = [character for character in COMMON if ord(character) in font.characters]
    return {ord(character): f"{font.glyph(character.replace('-', '−'), level):04X}" for character in known}
