"""Fonts as objects of a PDF, for formulas that are drawn glyph by glyph."""

import pikepdf

from examgen.typeset import EmbeddedFont


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
