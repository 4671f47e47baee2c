"""Builds the math fonts of this folder from STIX Two Math; run by hand when that has a new version.

    python templates/fonts/formulas/build.py STIXTwoMath-Regular.ttf

The MATH table is kept, and of the features those that the layout of formulas uses: `ssty` (letters drawn for scripts)
and `dtls` (i and j without dots, for accents). Hinting and glyph names are left out.

The second font is a part of the first for web pages, which carry it within them: what formulas of papers are written
with, and brackets that stretch, in a few sizes and then put together from pieces. A browser takes other letters from
the fonts of its system.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x100, 0x17F),
    (0x300, 0x30C),
    (0x391, 0x3D6),
    (0x2010, 0x2026),
    (0x2032, 0x2037),
    (0x2061, 0x2064),
    (0x2190, 0x21AE),
    (0x21BC, 0x21CC),
    (0x21D0, 0x21D5),
    (0x2200, 0x2293),
    (0x2295, 0x22C6),
    (0x22EE, 0x22F1),
    (0x2308, 0x230B),
    (0x23DC, 0x23DF),
    (0x27E8, 0x27EB),
    (0x27F5, 0x27FC),
    (0x1D400, 0x1D503),  # bold, italic, bold italic, script
    (0x1D538, 0x1D56B),  # double-struck
    (0x1D5A0, 0x1D5D3),  # sans-serif
    (0x1D6A4, 0x1D755),  # dotless, Greek: bold, italic, bold italic
    (0x1D7CE, 0x1D7E1),  # digits: bold, double-struck
)
SINGLES = "\u0131\u0237\u0338ˆ˜ˇ˘˙¨˚¯\u0332\u0330\u20d7ϕϖϱϰϵϑ†‡•ℂℊℋℌℍℎℏℐℑℒℓℕℙℚℛℜℝℤℬℯℰℱℳℴℵ∎□▫△▽◁▷○◯⟂⩽⩾⪯⪰"


ON_SCREEN = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!'()[]{}|/+-=<>*% \u00a0"
    "−×·±∂∇∑∏√∞≈≠≤≥→←∘⋅⊙⊘⊤⋆∈…⋯′″ℓℒ⟨⟩ˆ^~˜ˉ¯\u0302\u0303\u0304\u2061\u2062\u2063"
    "ΓΔΘΛΞΠΣΦΨΩℎ"
)
SIZES = 4  # of a bracket that can be put together from pieces, too
ITALIC = ((0x1D434, 0x1D467), (0x1D6FC, 0x1D71B))  # Latin, Greek: what a browser sets a single letter with


def main(source: Path, target: Path) -> None:
    """Write both subsets; the same source gives the same bytes."""
    on_screen = {ord(character) for character in ON_SCREEN}
    on_screen |= {code for first, last in ITALIC for code in range(first, last + 1)}
    names = [0, 13, 14]
    whole, part = (TTFont(source, recalcTimestamp=False) for _ in range(2))
    write(whole, target / "STIXTwoMath-Regular.ttf", set(wanted()), ["ssty", "dtls"], [*names, 1, 2, 3, 4, 5, 6])
    leave_out_sizes(part)
    write(part, target / "STIXTwoMath-Screen.woff2", on_screen, [], names)


def leave_out_sizes(font: TTFont) -> None:
    """All but the first sizes of what can be put together from pieces."""
    variants = font["MATH"].table.MathVariants
    for stretched in (*variants.VertGlyphConstruction, *variants.HorizGlyphConstruction):
        if stretched.GlyphAssembly is not None:
            stretched.MathGlyphVariantRecord = stretched.MathGlyphVariantRecord[:SIZES]
            stretched.VariantCount = len(stretched.MathGlyphVariantRecord)


def write(font: TTFont, target: Path, codes: set[int], features: list[str], names: list[int]) -> None:
    """Write the part of a font that has these characters, features and names, in the form that the suffix says."""
    for table in ("GPOS", "GDEF", "DSIG", "gasp"):
        if table in font:
            del font[table]
    options = Options(layout_features=features, hinting=False, glyph_names=False, notdef_outline=True)
    options.name_IDs = names
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff2" if target.suffix == ".woff2" else None
    font.save(target)


def wanted() -> Iterator[int]:
    """The code points to keep; those that the font lacks do no harm."""
    yield from (ord(character) for character in SINGLES)
    for first, last in RANGES:
        yield from range(first, last + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
