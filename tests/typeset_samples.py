"""What the tests of `typeset` share: the shipped font, formulas as LaTeX, ink of drawings, and a small PDF of them."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import math_core
from fontTools.ttLib import TTFont

from examgen.typeset import Drawing, EmbeddedFont, Formula, MathFont, Slot, embedded_font, typeset
from examgen.typeset.drawn.draw import pdf_operators
from examgen.typeset.drawn.formula import PlacedGlyphs

FONT_FILE = Path(__file__).parents[1] / "templates" / "fonts" / "formulas" / "STIXTwoMath-Regular.ttf"
WIDEST = "−0.00"
FIRST_SLOT = 0xE000


class Ink(NamedTuple):
    """The box around a glyph as drawn, in em of the formula."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    size: float


@cache
def font() -> MathFont:
    """The font that is shipped."""
    return MathFont.load(FONT_FILE)


def tables() -> TTFont:
    """The tables of the font, straight from the file."""
    return TTFont(BytesIO(FONT_FILE.read_bytes()))


def mathml(latex: str, *, display: bool = True) -> str:
    """LaTeX as MathML."""
    return math_core.LatexToMathML(fancy_error=False).convert_with_local_state(latex, displaystyle=display)


def formula(latex: str, *, display: bool = True, max_width: float | None = None, widest: str = WIDEST) -> Formula:
    """A formula in units of an em; every character from U+E000 to U+E01F is a slot."""
    slots = {chr(FIRST_SLOT + index): Slot(widest) for index in range(32)}
    used = {name: slot for name, slot in slots.items() if name in latex}
    return typeset(mathml(latex, display=display), font(), size=1.0, display=display, max_width=max_width, slots=used)


def drawn(latex: str, *, display: bool = True) -> Drawing:
    """A formula without slots, as drawn."""
    return formula(latex, display=display).place()


def inks(drawing: Drawing) -> Iterator[Ink]:
    """The visible glyphs in reading order; blanks have no ink."""
    used = drawing.formula.font
    hidden = {
        (step.x - drawing.shifts[step.group], step.y)
        for step in drawing.formula.program
        if isinstance(step, PlacedGlyphs) and step.hidden
    }
    for glyph in drawing.glyphs():
        bounds = used.bounds[glyph.glyph]
        if (glyph.x, glyph.y) in hidden or bounds.right == bounds.left:
            continue
        unit = glyph.size / used.units_per_em
        yield Ink(
            glyph.x + bounds.left * unit,
            glyph.y + bounds.bottom * unit,
            glyph.x + bounds.right * unit,
            glyph.y + bounds.top * unit,
            used.texts.get(glyph.glyph, ""),
            glyph.size,
        )


def placed_text(drawing: Drawing) -> str:
    """Every glyph and rule with its place in hundredths of an em, one per line."""
    used = drawing.formula.font
    lines = [
        f"{used.texts.get(glyph.glyph, '?')} {hundredths(glyph.x)} {hundredths(glyph.y)} {hundredths(glyph.size)}"
        for glyph in drawing.glyphs()
    ]
    lines += [f"rule {' '.join(hundredths(value) for value in rule[:4])}" for rule in drawing.rules()]
    outer = (drawing.width, drawing.height, drawing.depth)
    return "\n".join([f"size {' '.join(map(hundredths, outer))}", *lines])


def hundredths(value: float) -> str:
    """Two decimals, and no negative zero."""
    return f"{round(value, 2) + 0.0:.2f}"


def pdf(drawing: Drawing) -> bytes:
    """A page with one formula, in the font as it is meant to be embedded."""
    embedded = embedded_font(drawing.formula.font, [glyph.glyph for glyph in drawing.glyphs()])
    content = pdf_operators(drawing, b"/M", x=50, y=400)
    return _document([*_font_objects(embedded), _stream(content)])


def _font_objects(embedded: EmbeddedFont) -> list[bytes]:
    name = embedded.name.encode("ascii")
    numbers = b" ".join(
        f"{key} {value if isinstance(value, int) else list(value)}".replace(",", "").encode("ascii")
        for key, value in embedded.descriptor.items()
    )
    return [
        _stream(embedded.file),
        _stream(embedded.to_unicode),
        b"<</Type/FontDescriptor/FontName/%s/FontFile2 1 0 R %s>>" % (name, numbers),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor 3 0 R/DW 1000/W %s/CIDToGIDMap/Identity>>" % (name, embedded.widths),
        b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 2 0 R>>" % name,
    ]


def _document(objects: list[bytes]) -> bytes:
    objects = [
        *objects,
        b"<</Type/Page/Parent 8 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</M 5 0 R>>>>>>",
        b"<</Type/Pages/Count 1/Kids[7 0 R]>>",
        b"<</Type/Catalog/Pages 8 0 R>>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    start = out.index(b"xref\n0 ")
    return out + b"trailer<</Size %d/Root 9 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, start)


def _stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
