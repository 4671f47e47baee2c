"""Accents over letters, and bars and braces over and under anything: TeX's rule 12."""

from xml.etree.ElementTree import Element

from examgen.typeset.boxes import Box, fixed, of_glyph, placed, rule
from examgen.typeset.fonts.alphabets import COMBINING
from examgen.typeset.layout.context import Context, Style, check, children, tag
from examgen.typeset.layout.delimiters import wide
from examgen.typeset.layout.operators import THIN
from examgen.typeset.layout.scripts import under_over
from examgen.typeset.layout.tokens import sign_of

BARS = "\u0332\u0305_‾―"  # drawn as rules of the width of what they stand over
BRACES = "⏞⏟⏜⏝⎴⎵"
TALL, CLEARANCE = 0.1, 0.03  # em; above capital letters an accent is raised a little more, lest it touch their serifs


def over(element: Element, style: Style, context: Context) -> Box:
    """`<mover>`: an accent, a bar or brace, or a limit."""
    check(element, "accent")
    base, mark = children(element, 2)
    kind = _mark(mark)
    if kind is not None and kind in BARS:
        return _bar(base, style, context, above=True)
    if kind is not None and kind in BRACES:
        return _brace(base, kind, style, context, above=True)
    if kind is not None and (element.get("accent") == "true" or kind in COMBINING or "\u0300" <= kind <= "\u036f"):
        return _accented(base, mark, kind, style, context)
    return under_over(base, None, mark, style, context)


def under(element: Element, style: Style, context: Context) -> Box:
    """`<munder>`: a bar or brace, or a limit."""
    check(element, "accentunder")
    base, mark = children(element, 2)
    kind = _mark(mark)
    if kind is not None and kind in BARS:
        return _bar(base, style, context, above=False)
    if kind is not None and kind in BRACES:
        return _brace(base, kind, style, context, above=False)
    return under_over(base, mark, None, style, context)


def both(element: Element, style: Style, context: Context) -> Box:
    """`<munderover>`: limits."""
    check(element, "accent", "accentunder")
    base, below, above = children(element, 3)
    return under_over(base, below, above, style, context)


def _mark(element: Element) -> str | None:
    """The sign of an `<mo>` of one character."""
    found = sign_of(element) if tag(element) == "mo" else ""
    return found if len(found) == 1 else None


def _accented(base: Element, mark: Element, sign: str, style: Style, context: Context) -> Box:
    font, scale = context.font, context.font.scale(style.level)
    below = context.box(base, style.cramp())
    if below.letter is not None and below.letter in font.dotless:
        below = of_glyph(font, font.dotless[below.letter][0], style.level)
    # Marks are drawn in the size of the letter, not in that of its scripts.
    glyph = font.glyph(COMBINING.get(sign, sign))
    above = (
        wide(glyph, below.width, style, context)
        if mark.get("stretchy") == "true"
        else of_glyph(font, glyph, style.level)
    )
    rise = max(0.0, below.height - font.constants["AccentBaseHeight"] * scale)
    if rise > TALL * context.em(style):
        rise += CLEARANCE * context.em(style)
    middle = below.width / 2 if below.accent is None else below.accent
    own = above.accent
    if own is None and above.letter is not None:
        bounds = font.bounds[above.letter]
        own = (bounds.left + bounds.right) / 2 * scale
    box = placed(
        [(0.0, 0.0, fixed(below)), (middle - (own or 0.0), rise, above._replace(depth=-above.height))], below.width
    )
    # Scripts fit to the letter as if it had no accent.
    return box._replace(letter=below.letter, italic=below.italic, depth=below.depth)


def _bar(base: Element, style: Style, context: Context, *, above: bool) -> Box:
    place = "Over" if above else "Under"
    gap, thickness = (context.constant(f"{place}bar{name}", style) for name in ("VerticalGap", "RuleThickness"))
    box = context.box(base, style.cramp() if above else style)
    line = rule(box.width + box.italic, thickness)
    y = box.height + gap if above else -box.depth - gap - thickness
    found = placed([(0.0, 0.0, fixed(box)), (0.0, y, line)], line.width)
    extra = context.constant(f"{place}barExtra{'Ascender' if above else 'Descender'}", style)
    return found._replace(height=found.height + extra) if above else found._replace(depth=found.depth + extra)


def _brace(base: Element, sign: str, style: Style, context: Context, *, above: bool) -> Box:
    box = context.box(base, style)
    brace = wide(context.font.glyph(sign), box.width, style, context)
    width = max(box.width, brace.width)
    gap = THIN / 2 * context.em(style)
    y = box.height + gap + brace.depth if above else -box.depth - gap - brace.height
    return placed([((width - box.width) / 2, 0.0, fixed(box)), ((width - brace.width) / 2, y, brace)], width)
