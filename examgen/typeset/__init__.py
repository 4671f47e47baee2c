r"""Sets MathML like TeX and draws it as text of a PDF.

A formula is laid out once (`typeset`), filled with numbers as often as needed (`Formula.place`), drawn as operators of
a content stream (`pdf_operators`) in an embedded font (`embedded_font`), and read aloud (`spoken`). The package needs
fontTools, NumPy and an OpenType math font with TrueType outlines, nothing else of this project.

    font = MathFont.load("STIXTwoMath-Regular.ttf")
    mathml = "<math><mi>z</mi><mo>=</mo><mi>\ue000</mi></math>"
    formula = typeset(mathml, font, size=10, slots={"\ue000": Slot("−0.00")})
    operators = pdf_operators(formula.place({"\ue000": "0.42"}), b"/M")
"""

from examgen.typeset.drawn.draw import pdf_operators
from examgen.typeset.drawn.embedding import EmbeddedFont, embedded_font
from examgen.typeset.drawn.filling import FormSet
from examgen.typeset.drawn.formula import Drawing, Formula, PlacedSlot
from examgen.typeset.drawn.gathering import Form, form_set
from examgen.typeset.faults import MissingGlyph, SlotTooNarrow, UnknownMath
from examgen.typeset.fonts.font import MathFont
from examgen.typeset.layout.context import Slot
from examgen.typeset.layout.elements import typeset
from examgen.typeset.speech.read_aloud import spoken, spoken_number

__all__ = [
    "Drawing",
    "EmbeddedFont",
    "Form",
    "FormSet",
    "Formula",
    "MathFont",
    "MissingGlyph",
    "PlacedSlot",
    "Slot",
    "SlotTooNarrow",
    "UnknownMath",
    "embedded_font",
    "form_set",
    "pdf_operators",
    "spoken",
    "spoken_number",
    "typeset",
]
