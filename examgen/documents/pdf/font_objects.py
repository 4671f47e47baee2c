"""Fonts as objects of a PDF, for formulas that are drawn glyph by glyph."""

from functools import lru_cache
from io import BytesIO

import pikepdf
from fontTools.ttLib import TTFont

from examgen.typeset import EmbeddedFont

TABLES = frozenset({"GlyphOrder", "head", "hhea", "maxp", "hmtx", "loca", "glyf", "cvt ", "fpgm", "prep"})
"""What a PDF reader needs of an embedded font whose codes are glyph numbers (ISO 32000-1, 9.9)."""


TYPED_TABLES = TABLES | {"cmap", "OS/2", "post"}
"""And of one that somebody types in."""


def strip_fonts(pdf: pikepdf.Pdf) -> None:
    """Take from the fonts of a laid out document what nobody reads."""
    typed = _fonts_of_fields(pdf)
    for font in pdf.pages[0].Resources.Font.values() if "/Font" in pdf.pages[0].Resources else ():
        if font.Subtype != pikepdf.Name.Type0:
            continue
        descriptor = font.DescendantFonts[0].FontDescriptor
        if "/FontFile2" in descriptor:
            file = _stripped(descriptor.FontFile2.read_bytes(), TYPED_TABLES if font.objgen in typed else TABLES)
            descriptor.FontFile2 = pdf.make_stream(file, Length1=len(file))


def _fonts_of_fields(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    if "/AcroForm" not in pdf.Root:
        return set()
    fonts = pdf.pages[0].Resources.Font
    names = {word for field in pdf.Root.AcroForm.Fields for word in str(field.get("/DA", "")).split()}
    return {font.objgen for name, font in fonts.items() if name in names}


@lru_cache(maxsize=64)
def _stripped(file: bytes, kept: frozenset[str]) -> bytes:
    """The font without other tables: documents have many in common."""
    font = TTFont(BytesIO(file), recalcBBoxes=False, recalcTimestamp=False)
    for table in [name for name in font.keys() if name not in kept]:  # noqa: SIM118 - not a mapping
        del font[table]
    found = BytesIO()
    font.save(found)
    return found.getvalue()


def font_object(pdf: pikepdf.Pdf, font: EmbeddedFont) -> pikepdf.Object:
    """A composite font whose codes are glyph numbers."""
    name = pikepdf.Name("/" + font.name)
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=name,
        FontFile2=pdf.make_stream(font.file, Length1=len(font.file)),
    )
    for key, value in font.descriptor.items():
        descriptor[key] = pikepdf.Array(value) if isinstance(value, tuple) else value
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=font.default_width,
        W=pikepdf.Object.parse(font.widths),
        CIDToGIDMap=pikepdf.Name.Identity,
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(font.to_unicode),
        )
    )
