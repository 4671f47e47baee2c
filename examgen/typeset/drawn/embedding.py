"""What a PDF writer needs to embed the glyphs that were drawn: a subset of the font, widths, a map to plain text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import groupby

from fontTools.ttLib import TTFont

from examgen.typeset.drawn.formula import decimal
from examgen.typeset.fonts.font import MathFont

TABLES_KEPT = frozenset({"GlyphOrder", "head", "hhea", "maxp", "hmtx", "loca", "glyf"})
SYMBOLIC = 4
LINES_PER_BLOCK = 100  # of a CMap
LAST_OF_TWO_BYTES = 0xFFFF


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """A Type0 font with the encoding Identity-H and a CIDFontType2 whose CIDToGIDMap is Identity.

    `file` is for FontFile2, `widths` the W array and `to_unicode` the CMap as PDF source; `descriptor` has the
    numbers of the FontDescriptor in thousandths of an em, `/FontBBox` as four numbers.
    """

    name: str
    file: bytes
    widths: bytes
    to_unicode: bytes
    descriptor: Mapping[str, int | tuple[int, int, int, int]]
    default_width: int = 1000


def embedded_font(font: MathFont, glyph_ids: Iterable[int]) -> EmbeddedFont:
    """The given glyphs, with the numbers that they have in `font`; the same glyphs give the same bytes."""
    wanted = sorted({0, *glyph_ids})
    file = _subset(font, wanted)
    tag = "".join(chr(ord("A") + byte % 26) for byte in sha256(file).digest()[:6])
    return EmbeddedFont(f"{tag}+{font.name}", file, _widths(font, wanted), _to_unicode(font, wanted), _descriptor(font))


def _subset(font: MathFont, glyphs: list[int]) -> bytes:
    # Imported where it is needed: it takes longer to load than a page that is already laid out takes to fill.
    from fontTools.subset import Options, Subsetter

    # Outlines stay as they are, so do their bounds.
    source = TTFont(BytesIO(font.data), recalcBBoxes=False, recalcTimestamp=False)
    for table in [name for name in source.keys() if name not in TABLES_KEPT]:  # noqa: SIM118 - not a mapping
        del source[table]
    options = Options(retain_gids=True, hinting=False, glyph_names=False, notdef_outline=True, layout_features=[])
    subsetter = Subsetter(options)
    subsetter.populate(gids=glyphs)
    subsetter.subset(source)
    found = BytesIO()
    source.save(found)
    return found.getvalue()


def _widths(font: MathFont, glyphs: list[int]) -> bytes:
    """The W array: a first glyph and the widths of those that follow it without a gap."""
    parts = []
    for _, run in groupby(enumerate(glyphs), lambda pair: pair[1] - pair[0]):
        ids = [glyph for _, glyph in run]
        widths = " ".join(decimal(round(font.advances[glyph] * 1_000_000 / font.units_per_em)) for glyph in ids)
        parts.append(f"{ids[0]}[{widths}]")
    return f"[{' '.join(parts)}]".encode("ascii")


def _to_unicode(font: MathFont, glyphs: list[int]) -> bytes:
    """The CMap from glyphs to plain letters."""
    pairs = [(glyph, font.texts[glyph]) for glyph in glyphs if glyph in font.texts]
    runs = [[pair for _, pair in run] for _, run in groupby(enumerate(pairs), _run_of)]
    single = [f"<{run[0][0]:04X}><{_utf_16(run[0][1])}>" for run in runs if len(run) == 1]
    ranges = [f"<{run[0][0]:04X}><{run[-1][0]:04X}><{_utf_16(run[0][1])}>" for run in runs if len(run) > 1]
    body = "\n".join([*_blocks(single, "char"), *_blocks(ranges, "range")])
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def _run_of(placed: tuple[int, tuple[int, str]]) -> tuple[int, int, int, int]:
    """What neighbours have in common where both glyphs and letters follow one another; ranges end with a byte."""
    place, (glyph, text) = placed
    if len(text) != 1 or ord(text) > LAST_OF_TWO_BYTES:
        return place, -1, -1, -1
    return glyph - place, ord(text) - place, glyph >> 8, ord(text) >> 8


def _utf_16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _blocks(lines: list[str], kind: str) -> Iterator[str]:
    for start in range(0, len(lines), LINES_PER_BLOCK):
        block = lines[start : start + LINES_PER_BLOCK]
        yield "\n".join([f"{len(block)} beginbf{kind}", *block, f"endbf{kind}"])


def _descriptor(font: MathFont) -> dict[str, int | tuple[int, int, int, int]]:
    def em(value: float) -> int:
        return round(value * 1000 / font.units_per_em)

    left, bottom, right, top = font.overall
    return {
        "/Flags": SYMBOLIC,
        "/FontBBox": (em(left), em(bottom), em(right), em(top)),
        "/ItalicAngle": 0,
        "/Ascent": em(font.ascent),
        "/Descent": em(font.descent),
        "/CapHeight": em(font.cap_height),
        "/StemV": 80,
    }
