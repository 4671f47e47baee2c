"""An OpenType math font, read once: what the layout, the drawing and the embedding need of it.

TrueType outlines only, because those can be embedded without glyph names. All lengths are in design units.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

from examgen.typeset.faults import MissingGlyph
from examgen.typeset.fonts.alphabets import plain
from examgen.typeset.fonts.font_tables import (
    Bounds,
    Kern,
    Stretch,
    read_alternates,
    read_bounds,
    read_constants,
    read_kerns,
    read_stretches,
    read_values,
)


@dataclass(frozen=True, slots=True, eq=False)
class MathFont:
    """What is known of a font; two fonts are equal only if they are the same object, so that results can be kept.

    `characters` leads from code points to glyphs, `advances` and `bounds` are by glyph, `texts` gives the plain text
    that a glyph is copied as; variants of a glyph have the text of the glyph that they stand for.
    """

    data: bytes
    name: str
    units_per_em: int
    ascent: int
    descent: int
    cap_height: int
    overall: Bounds
    characters: Mapping[int, int]
    advances: tuple[int, ...]
    bounds: tuple[Bounds, ...]
    constants: Mapping[str, int]
    overlap: int
    italics: Mapping[int, int]
    accents: Mapping[int, int]
    kerns: Mapping[int, tuple[Kern | None, ...]]
    vertical: Mapping[int, Stretch]
    horizontal: Mapping[int, Stretch]
    scripts: Mapping[int, tuple[int, ...]]
    dotless: Mapping[int, tuple[int, ...]]
    texts: Mapping[int, str]

    @classmethod
    def load(cls, path: str | Path) -> "MathFont":
        """Read a TrueType font file that has a MATH table.

        Raises: OSError; ValueError if the file is no such font.
        """
        data = Path(path).read_bytes()
        font = TTFont(BytesIO(data), lazy=True)
        if "MATH" not in font or "glyf" not in font:
            raise ValueError(f"{path}: a math font needs the tables MATH and glyf; it has {', '.join(font.keys())}")
        return _read(font, data)

    def glyph(self, character: str, level: int = 0) -> int:
        """The glyph of a character; `level` 1 is for scripts, 2 for scripts of scripts.

        Raises: MissingGlyph.
        """
        found = self.characters.get(ord(character))
        if found is None:
            raise MissingGlyph(f"the font {self.name} has no glyph for {character!r} (U+{ord(character):04X})")
        alternates = self.scripts.get(found, ()) if level else ()
        return alternates[min(level, len(alternates)) - 1] if alternates else found

    def scale(self, level: int) -> float:
        """Size of scripts: 1 for `level` 0."""
        if level == 0:
            return 1.0
        return self.constants["ScriptPercentScaleDown" if level == 1 else "ScriptScriptPercentScaleDown"] / 100


def _read(font: TTFont, data: bytes) -> MathFont:
    ids = font.getReverseGlyphMap()
    math = font["MATH"].table
    info, variants = math.MathGlyphInfo, math.MathVariants
    characters = {code: ids[name] for code, name in sorted(font.getBestCmap().items())}
    vertical = read_stretches(variants.VertGlyphCoverage, variants.VertGlyphConstruction, ids)
    horizontal = read_stretches(variants.HorizGlyphCoverage, variants.HorizGlyphConstruction, ids)
    scripts, dotless = read_alternates(font, "ssty", ids), read_alternates(font, "dtls", ids)
    metrics = font["hmtx"].metrics
    italics, accents = info.MathItalicsCorrectionInfo, info.MathTopAccentAttachment
    head, other = font["head"], font["OS/2"]
    return MathFont(
        data=data,
        name=str(font["name"].getDebugName(6)),
        units_per_em=head.unitsPerEm,
        ascent=other.sTypoAscender,
        descent=other.sTypoDescender,
        cap_height=getattr(other, "sCapHeight", other.sTypoAscender),
        overall=Bounds(head.xMin, head.yMin, head.xMax, head.yMax),
        characters=characters,
        advances=tuple(metrics[name][0] for name in font.getGlyphOrder()),
        bounds=read_bounds(font),
        constants=read_constants(math),
        overlap=variants.MinConnectorOverlap,
        italics=read_values(italics, "Coverage", "ItalicsCorrection", ids),
        accents=read_values(accents, "TopAccentCoverage", "TopAccentAttachment", ids),
        kerns=read_kerns(info.MathKernInfo, ids),
        vertical=vertical,
        horizontal=horizontal,
        scripts=scripts,
        dotless=dotless,
        texts=_texts(characters, (scripts, dotless), (vertical, horizontal)),
    )


def _texts(
    characters: Mapping[int, int],
    alternates: Iterable[Mapping[int, tuple[int, ...]]],
    stretches: Iterable[Mapping[int, Stretch]],
) -> dict[int, str]:
    found: dict[int, str] = {}
    for code, glyph in characters.items():
        found.setdefault(glyph, plain(chr(code)))
    for stretch in stretches:
        for glyph, way in stretch.items():
            for variant, _ in way.sizes:
                found.setdefault(variant, found.get(glyph, ""))
            # Parts are shown inside an actual text; those who do not know of it read the sign itself.
            for part in way.parts:
                found.setdefault(part.glyph, found.get(glyph, ""))
    for table in alternates:
        for glyph, others in table.items():
            for other in others:
                found.setdefault(other, found.get(glyph, ""))
    return {glyph: text for glyph, text in found.items() if text}
