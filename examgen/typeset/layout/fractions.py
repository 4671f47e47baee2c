"""Fractions, binomials and roots: rules 11 and 15 of Appendix G of The TeXbook, with the font's MATH constants."""

from xml.etree.ElementTree import Element

from examgen.typeset.boxes import Box, fixed, placed, rule
from examgen.typeset.layout.atom_rows import NULL_DELIMITER, atoms, joined
from examgen.typeset.layout.context import Context, Style, check, children, length, restyled
from examgen.typeset.layout.delimiters import tall


def fraction(element: Element, style: Style, context: Context) -> Box:
    """`<mfrac>`; with a bar of no thickness the parts are only stacked."""
    check(element, "linethickness", "displaystyle", "scriptlevel")
    above, below = children(element, 2)
    style = restyled(element, style)
    top, bottom = context.box(above, style.numerator()), context.box(below, style.denominator())
    given = element.get("linethickness")
    if given is not None and length(given) == 0:
        return _stack(top, bottom, style, context)
    thickness = context.constant("FractionRuleThickness", style) if given is None else length(given) * context.em(style)
    return _barred(top, bottom, thickness, style, context)


def square_root(element: Element, style: Style, context: Context) -> Box:
    """`<msqrt>`."""
    check(element)
    return _radical(joined(atoms(list(element), style.cramp(), context)), None, style, context)


def root(element: Element, style: Style, context: Context) -> Box:
    """`<mroot>`."""
    check(element)
    base, degree = children(element, 2)
    return _radical(context.box(base, style.cramp()), context.box(degree, Style(False, 2, True)), style, context)


def _barred(top: Box, bottom: Box, thickness: float, style: Style, context: Context) -> Box:
    axis = context.constant("AxisHeight", style)
    names = (
        ("FractionNumeratorDisplayStyleShiftUp", "FractionNumDisplayStyleGapMin"),
        ("FractionDenominatorDisplayStyleShiftDown", "FractionDenomDisplayStyleGapMin"),
        ("FractionNumeratorShiftUp", "FractionNumeratorGapMin"),
        ("FractionDenominatorShiftDown", "FractionDenominatorGapMin"),
    )[0 if style.display else 2 :][:2]
    (rise, gap_above), (drop, gap_below) = ([context.constant(name, style) for name in pair] for pair in names)
    up = max(rise, axis + thickness / 2 + gap_above + top.depth)
    down = max(drop, bottom.height + gap_below + thickness / 2 - axis)
    side = NULL_DELIMITER * context.em(style)
    width = max(top.width, bottom.width)
    line = rule(width, thickness)
    return placed(
        [
            (side + (width - top.width) / 2, up, fixed(top)),
            (side, axis - thickness / 2, line),
            (side + (width - bottom.width) / 2, -down, fixed(bottom)),
        ],
        width + 2 * side,
    )


def _stack(top: Box, bottom: Box, style: Style, context: Context) -> Box:
    kind = "DisplayStyle" if style.display else ""
    up = context.constant(f"StackTop{kind}ShiftUp", style)
    down = context.constant(f"StackBottom{kind}ShiftDown", style)
    gap = context.constant(f"Stack{kind}GapMin", style)
    missing = gap - ((up - top.depth) - (bottom.height - down))
    if missing > 0:
        up, down = up + missing / 2, down + missing / 2
    width = max(top.width, bottom.width)
    return placed(
        [((width - top.width) / 2, up, fixed(top)), ((width - bottom.width) / 2, -down, fixed(bottom))], width
    )


def _radical(box: Box, degree: Box | None, style: Style, context: Context) -> Box:
    thickness = context.constant("RadicalRuleThickness", style)
    gap = context.constant("RadicalDisplayStyleVerticalGap" if style.display else "RadicalVerticalGap", style)
    sign = tall(context.font.glyph("√"), box.height + box.depth + gap + thickness, style, context)
    # What the sign has too much is shared between the gaps above and below.
    gap += max(0.0, sign.height + sign.depth - (box.height + box.depth + gap + thickness)) / 2
    top = box.height + gap + thickness
    lift = top - sign.height
    parts, x = [], 0.0
    if degree is not None:
        x = max(0.0, context.constant("RadicalKernBeforeDegree", style))
        bottom = lift - sign.depth
        raised = context.font.constants["RadicalDegreeBottomRaisePercent"] / 100 * (sign.height + sign.depth)
        parts.append((x, bottom + raised + degree.depth, fixed(degree)))
        x = max(0.0, x + degree.width + context.constant("RadicalKernAfterDegree", style))
    parts += [
        (x, lift, sign),
        (x + sign.width, top - thickness, rule(box.width, thickness)),
        (x + sign.width, 0.0, fixed(box)),
    ]
    found = placed(parts, x + sign.width + box.width)
    return found._replace(height=found.height + context.constant("RadicalExtraAscender", style))
