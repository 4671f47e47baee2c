"""Superscripts, subscripts and limits, by rules 13 and 18 of Appendix G of The TeXbook.

Their parameters are the constants of the font's MATH table.
"""

from xml.etree.ElementTree import Element

from examgen.typeset.boxes import Box, fixed, placed
from examgen.typeset.fonts.font_tables import Kern
from examgen.typeset.layout.atom_rows import operator
from examgen.typeset.layout.context import Context, Style, check, children, tag
from examgen.typeset.layout.delimiters import wide
from examgen.typeset.layout.operators import INTEGRALS, LARGE
from examgen.typeset.layout.tokens import sign_of

TOP_RIGHT, TOP_LEFT, BOTTOM_RIGHT, BOTTOM_LEFT = range(4)
# Within these, in thousandths of an em, the font's kerns for scripts are followed; it would let P touch its subscript.
TIGHTEST, LOOSEST = -50, 20
ARROWS = "←→↔⇐⇒⇔↦↼⇀⟵⟶⟷⟸⟹⟺⟼"


def superscript(element: Element, style: Style, context: Context) -> Box:
    """`<msup>`."""
    check(element)
    base, above = children(element, 2)
    return _scripted(base, None, above, style, context)


def subscript(element: Element, style: Style, context: Context) -> Box:
    """`<msub>`."""
    check(element)
    base, below = children(element, 2)
    return _scripted(base, below, None, style, context)


def both(element: Element, style: Style, context: Context) -> Box:
    """`<msubsup>`."""
    check(element)
    base, below, above = children(element, 3)
    return _scripted(base, below, above, style, context)


def under_over(base: Element, below: Element | None, above: Element | None, style: Style, context: Context) -> Box:
    """Limits: over and under in displayed formulas, at the side in text for operators that allow it."""
    if not style.display and _movable(base):
        return _scripted(base, below, above, style, context)
    lower = context.box(below, style.subscript()) if below is not None else None
    upper = context.box(above, style.superscript()) if above is not None else None
    nucleus = _nucleus(base, max((box.width for box in (lower, upper) if box), default=0.0), style, context)
    return _limits(nucleus, lower, upper, style, context)


def attached(base: Box, lower: Box | None, upper: Box | None, style: Style, context: Context) -> Box:
    """Scripts beside a base; `base.italic` is how far the superscript stands to the right of the subscript."""
    up, down = _shifts(base, lower, upper, style, context)
    parts = [(0.0, 0.0, base)]
    # What follows a single script may move with its end; beside two, it stays.
    alone = lower is None or upper is None
    end = base.width
    if upper is not None:
        x = base.width + base.italic + _kern(base, upper, up, (TOP_RIGHT, BOTTOM_LEFT), style, context)
        parts.append((x, up, upper if alone else fixed(upper, 0.0)))
        end = max(end, x + upper.width)
    if lower is not None:
        x = base.width + _kern(base, lower, -down, (BOTTOM_RIGHT, TOP_LEFT), style, context)
        parts.append((x, -down, lower if alone else fixed(lower, 0.0)))
        end = max(end, x + lower.width)
    return placed(parts, end + context.constant("SpaceAfterScript", style))


def _scripted(base: Element, below: Element | None, above: Element | None, style: Style, context: Context) -> Box:
    lower = context.box(below, style.subscript()) if below is not None else None
    upper = context.box(above, style.superscript()) if above is not None else None
    nucleus = context.box(base, style)
    core = operator(base)
    if core is not None and sign_of(core) in INTEGRALS:
        nucleus = nucleus._replace(width=nucleus.width - nucleus.italic)
    return attached(nucleus, lower, upper, style, context)


def _shifts(base: Box, lower: Box | None, upper: Box | None, style: Style, context: Context) -> tuple[float, float]:
    """How far the superscript is raised and the subscript lowered."""

    def constant(name: str) -> float:
        return context.constant(name, style)

    is_letter = base.letter is not None
    up = 0.0 if is_letter else base.height - constant("SuperscriptBaselineDropMax")
    down = 0.0 if is_letter else base.depth + constant("SubscriptBaselineDropMin")
    if upper is not None:
        least = constant("SuperscriptShiftUpCramped" if style.cramped else "SuperscriptShiftUp")
        up = max(up, least, upper.depth + constant("SuperscriptBottomMin"))
    if lower is None:
        return up, down
    down = max(down, constant("SubscriptShiftDown"))
    if upper is None:
        return up, max(down, lower.height - constant("SubscriptTopMax"))
    missing = constant("SubSuperscriptGapMin") - ((up - upper.depth) - (lower.height - down))
    if missing > 0:
        down += missing
        lift = constant("SuperscriptBottomMaxWithSubscript") - (up - upper.depth)
        if lift > 0:
            # The gap is kept: both scripts go up.
            lift = min(lift, missing)
            up, down = up + lift, down - lift
    return up, down


def _kern(base: Box, script: Box, shift: float, corners: tuple[int, int], style: Style, context: Context) -> float:
    """How much closer or further a script stands because of the shapes of the corners that meet."""
    if base.letter is None:
        return 0.0
    own, other = _corner(context, base.letter, corners[0]), _corner(context, script.letter, corners[1])
    if own is None and other is None:
        return 0.0
    # The corners meet at two heights: at the edge of the script, and at that of the base.
    heights = (shift - script.depth, base.height) if corners[0] == TOP_RIGHT else (shift + script.height, -base.depth)
    scale = context.font.scale(style.level)
    smaller = context.font.scale(style.subscript().level)
    kern = max(
        (own.at(height / scale) * scale if own else 0.0)
        + (other.at((height - shift) / smaller) * smaller if other else 0.0)
        for height in heights
    )
    thousandth = context.em(style) / 1000
    return min(max(kern, TIGHTEST * thousandth), LOOSEST * thousandth)


def _corner(context: Context, glyph: int | None, corner: int) -> Kern | None:
    kerns = context.font.kerns.get(glyph) if glyph is not None else None
    return kerns[corner] if kerns else None


def _limits(base: Box, lower: Box | None, upper: Box | None, style: Style, context: Context) -> Box:
    width = max(box.width for box in (base, lower, upper) if box is not None)
    half = base.italic / 2
    parts = [((width - base.width) / 2, 0.0, fixed(base))]
    if lower is not None:
        gap = context.constant("LowerLimitGapMin", style) + lower.height
        drop = base.depth + max(context.constant("LowerLimitBaselineDropMin", style), gap)
        parts.append(((width - lower.width) / 2 - half, -drop, fixed(lower)))
    if upper is not None:
        gap = context.constant("UpperLimitGapMin", style) + upper.depth
        rise = base.height + max(context.constant("UpperLimitBaselineRiseMin", style), gap)
        parts.append(((width - upper.width) / 2 + half, rise, fixed(upper)))
    return placed(parts, width)


def _nucleus(base: Element, target: float, style: Style, context: Context) -> Box:
    """The base; an arrow that may stretch is as wide as what stands over it."""
    if tag(base) == "mo" and sign_of(base) in ARROWS and base.get("stretchy") != "false":
        return wide(context.font.glyph(sign_of(base)), target, style, context)
    return context.box(base, style)


def _movable(base: Element) -> bool:
    core = operator(base)
    if core is not None:
        return core.get("movablelimits", "true" if sign_of(core) in LARGE + INTEGRALS else "false") == "true"
    # The name of a function, such as lim: <mrow><mspace/><mi>lim</mi></mrow>
    return tag(base) == "mrow" and [tag(child) for child in base] == ["mspace", "mi"]
