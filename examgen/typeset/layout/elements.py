"""Sets MathML by TeX's rules: the entry to the layout, and the table of the elements that it knows.

formula = typeset("<math>…</math>", font, size=10)
drawing = formula.place({})
operators = pdf_operators(drawing, b"/M")
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from examgen.typeset.drawn.compiling import compiled
from examgen.typeset.drawn.flatten import Line
from examgen.typeset.drawn.formula import Formula
from examgen.typeset.faults import UnknownMath
from examgen.typeset.fonts.font import MathFont
from examgen.typeset.layout import accents, atom_rows, fractions, matrices, scripts, tokens
from examgen.typeset.layout.context import Context, FrozenBuilders, Slot, Style, tag
from examgen.typeset.layout.linebreak import SLOP, broken

MOST_LEVELS = 50
"""Of elements inside one another; what is set and read part by part needs room for each level."""

BUILDERS = FrozenBuilders(
    {
        "math": atom_rows.row,
        "mrow": atom_rows.row,
        "mstyle": atom_rows.row,
        "mpadded": atom_rows.padded,
        "mphantom": atom_rows.phantom,
        "mi": tokens.identifier,
        "mn": tokens.number,
        "mo": tokens.sign,
        "mtext": tokens.text,
        "mspace": tokens.blank,
        "msup": scripts.superscript,
        "msub": scripts.subscript,
        "msubsup": scripts.both,
        "mover": accents.over,
        "munder": accents.under,
        "munderover": accents.both,
        "mfrac": fractions.fraction,
        "msqrt": fractions.square_root,
        "mroot": fractions.root,
        "mtable": matrices.table,
    }
)


def typeset(
    mathml: str | Element,
    font: MathFont,
    *,
    size: float,
    display: bool = False,
    max_width: float | None = None,
    slots: Mapping[str, Slot] = MappingProxyType({}),
) -> Formula:
    """Lay out one `<math>` element.

    Args:
        size: of the letters, in the unit of all results, such as points.
        display: set fractions, sums and limits large.
        max_width: break a wider formula into lines; what cannot be broken is reported by `Formula.overflow`.
        slots: for each character of the private use area in the formula, the widest text that may stand in its place.

    Raises: UnknownMath, MissingGlyph.
    """
    element = parsed(mathml)
    context = Context(font, slots, BUILDERS)
    style = Style(display, 0, False)
    box = atom_rows.row(element, style, context)
    limit = None if max_width is None else max_width * font.units_per_em / size
    fits = limit is None or box.width <= limit + SLOP
    lines = [Line(0.0, 0.0, box)] if limit is None or fits else broken(element, style, context, limit)
    return compiled(lines, font, size, dynamic=bool(slots), max_width=max_width)


def parsed(mathml: str | Element) -> Element:
    """The element of a formula; its root is `math`.

    Raises: UnknownMath: it is no XML, has another root, or its parts are too deep in one another.
    """
    if isinstance(mathml, str):
        try:
            # The one named entity that converters write; XML has none of these names.
            mathml = ElementTree.fromstring(mathml.replace("&ApplyFunction;", "\u2061"))
        except ElementTree.ParseError as error:
            raise UnknownMath(f"the MathML is no XML: {error}") from None
    if tag(mathml) != "math":
        raise UnknownMath(f"<{tag(mathml)}> is not known as the root of a formula; use math")
    level = [mathml]
    for _ in range(MOST_LEVELS):
        level = [child for element in level for child in element]
        if not level:
            return mathml
    raise UnknownMath(f"parts of the formula are inside one another more than {MOST_LEVELS} times")
