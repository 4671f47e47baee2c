"""The bold letters of headings that are set without WeasyPrint, for `paragraphs` and `feedback_layout`."""

from functools import cache, lru_cache
from io import BytesIO
from types import MappingProxyType

from fontTools.ttLib import TTFont

from examgen.documents.typesetting import HYPHEN
from examgen.resources import shipped
from examgen.typeset import EmbeddedFont, MathFont, embedded_font
from examgen.typeset.fonts.font_tables import Bounds, read_bounds

FILE = "STIXTwoText-Bold.ttf"

BOLD = b"/B"
"""The name of the bold font in the resources of pages."""

_NONE: MappingProxyType[int, tuple[int, ...]] = MappingProxyType({})


@cache
def bold_font() -> MathFont:
    """The bold text font, as a math font that knows no mathematics."""
    data = (shipped("templates") / "fonts" / FILE).read_bytes()
    font = TTFont(BytesIO(data), lazy=True)
    ids, head, other = font.getReverseGlyphMap(), font["head"], font["OS/2"]
    characters = {code: ids[name] for code, name in sorted(font.getBestCmap().items())}
    characters[ord(HYPHEN)] = characters[ord("-")]
    metrics = font["hmtx"].metrics
    return MathFont(
        data=data,
        name=str(font["name"].getDebugName(6)),
        units_per_em=head.unitsPerEm,
        ascent=other.sTypoAscender,
        descent=other.sTypoDescender,
        cap_height=other.sCapHeight,
        overall=Bounds(head.xMin, head.yMin, head.xMax, head.yMax),
        characters=characters,
        advances=tuple(metrics[name][0] for name in font.getGlyphOrder()),
        bounds=read_bounds(font),
        constants={},
        overlap=0,
        italics={},
        accents={},
        kerns={},
        vertical={},
        horizontal={},
        scripts=_NONE,
        dotless=_NONE,
        texts={glyph: chr(code) for code, glyph in sorted(characters.items(), reverse=True)},
    )


@lru_cache(maxsize=64)
def embedded_bold(characters: frozenset[str]) -> EmbeddedFont:
    """These characters of it, as far as it has them."""
    font = bold_font()
    return embedded_font(font, [font.characters[ord(one)] for one in characters if ord(one) in font.characters])
