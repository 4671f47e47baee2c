"""Signs of any height: delimiters, radical signs and large operators, from the sizes and pieces that the font has."""

from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from types import MappingProxyType

from examgen.typeset.boxes import Box, Ghost, Pieces, letter, of_glyph, placed, rule, word
from examgen.typeset.fonts.alphabets import is_slot
from examgen.typeset.fonts.font_tables import Part, Stretch
from examgen.typeset.layout.context import Context, Style
from examgen.typeset.layout.operators import INTEGRALS

FACTOR = 0.901  # of the height that a delimiter shall have: TeX's \delimiterfactor
SHORTFALL = 0.15  # em; less than TeX's, so that the brackets of a tall matrix cover its digits

# Delimiters that are drawn as rules: whether the stroke is at the left, and whether it has hooks above and below.
STRAIGHT = MappingProxyType(
    {
        "[": (True, True, True),
        "]": (False, True, True),
        "⌈": (True, True, False),
        "⌉": (False, True, False),
        "⌊": (True, False, True),
        "⌋": (False, False, True),
        "|": (True, False, False),
        "‖": (True, False, False),
    }
)
BEARING, REACH, CLOSE, BETWEEN = 0.1, 0.2, 0.03, 0.16  # em; beside a stroke, of a hook, behind it, between two bars


def span(boxes: Iterable[Box], style: Style, context: Context) -> float:
    """The height that delimiters around `boxes` need at least: as far above the axis as below."""
    axis = context.constant("AxisHeight", style)
    reach = max((max(box.height - axis, box.depth + axis) for box in boxes), default=0.0)
    return max(2 * reach * FACTOR, 2 * reach - SHORTFALL * context.em(style))


def grown(sign: str, target: float, style: Style, context: Context) -> Box:
    """A delimiter at least `target` tall, if the font can make it, with its middle on the axis."""
    if len(sign) != 1 or is_slot(sign):
        return word(context.font, sign, style.level)
    glyph = context.font.glyph(sign)
    scale = context.font.scale(style.level)
    if target / scale <= context.font.bounds[glyph].top - context.font.bounds[glyph].bottom:
        return letter(context.font, sign, style.level)
    if sign in STRAIGHT:
        return _straight(sign, target, style, context)
    return centred(tall(glyph, target, style, context), style, context)


def tall(glyph: int, target: float, style: Style, context: Context) -> Box:
    """The smallest form of a glyph that is at least `target` tall; the tallest if none is."""
    font, scale = context.font, context.font.scale(style.level)
    way = font.vertical.get(glyph, Stretch((), ()))
    for size, extent in way.sizes:
        if extent * scale >= target:
            return of_glyph(font, size, style.level)
    if way.parts:
        return _stacked(glyph, way.parts, target, style, context)
    return of_glyph(font, way.sizes[-1][0] if way.sizes else glyph, style.level)


def wide(glyph: int, target: float, style: Style, context: Context) -> Box:
    """The widest form of a glyph that is not wider than `target`, or one put together to be as wide."""
    font, scale = context.font, context.font.scale(style.level)
    way = font.horizontal.get(glyph, Stretch((), ()))
    if way.parts and target > (way.sizes[-1][1] if way.sizes else 0) * scale:
        return _chained(glyph, way.parts, target, style, context)
    fitting = [size for size, extent in way.sizes if extent * scale <= target]
    return of_glyph(font, fitting[-1] if fitting else glyph, style.level)


def enlarged(sign: str, style: Style, context: Context) -> Box:
    """A large operator: bigger in displayed formulas, with its middle on the axis."""
    font = context.font
    glyph = font.glyph(sign)
    if not style.display:
        return _operator(glyph, sign, style, context)
    sizes = font.vertical.get(glyph, Stretch((), ())).sizes
    goal = font.constants["DisplayOperatorMinHeight"]
    # The next size is large enough for a sum, even where the font asks for more than it has.
    chosen = next((size for size, extent in sizes if extent >= goal), sizes[-1][0] if sizes else glyph)
    return _operator(chosen, sign, style, context)


def centred(box: Box, style: Style, context: Context) -> Box:
    """A box raised or lowered until its middle is on the axis."""
    rise = context.constant("AxisHeight", style) - (box.height - box.depth) / 2
    return placed([(0.0, rise, box)], box.width)


def _straight(sign: str, target: float, style: Style, context: Context) -> Box:
    """A delimiter of straight strokes, as thin at every height as the font's bar, like those of TeX."""
    font, em = context.font, context.em(style)
    bar = font.bounds[font.glyph("|")]
    stroke = (bar.right - bar.left) * font.scale(style.level)
    left, top, bottom = STRAIGHT[sign]
    ghost = _ghost(font.glyph(sign), style)
    base = context.constant("AxisHeight", style) - target / 2
    parts = [(BEARING * em, 0.0, ghost)]
    if top or bottom:
        width, reach = (BEARING + REACH + CLOSE) * em, REACH * em
        hook = BEARING * em if left else width - BEARING * em - reach
        parts.append((hook if left else hook + reach - stroke, base, rule(stroke, target)))
        lifts = [*([target - stroke] if top else []), *([0.0] if bottom else [])]
        parts += [(hook, base + lift, rule(reach, stroke)) for lift in lifts]
    else:
        count = 2 if sign == "‖" else 1
        width = (2 * BEARING + BETWEEN * (count - 1)) * em + stroke
        parts += [((BEARING + BETWEEN * index) * em, base, rule(stroke, target)) for index in range(count)]
    return placed(parts, width)


def _operator(glyph: int, sign: str, style: Style, context: Context) -> Box:
    box = of_glyph(context.font, glyph, style.level)
    return centred(box, style, context)._replace(italic=box.italic if sign in INTEGRALS else 0.0)


def _stacked(glyph: int, parts: tuple[Part, ...], target: float, style: Style, context: Context) -> Box:
    font, scale = context.font, context.font.scale(style.level)
    chain, overlap = _chain(parts, target / scale, font.overlap)
    pieces, y = [], 0.0
    for part in chain:
        pieces.append((0.0, (y - font.bounds[part.glyph].bottom) * scale, part.glyph))
        y += part.length - overlap
    width = max(font.advances[part.glyph] for part in parts) * scale
    height = (y + overlap) * scale
    whole = Box(width, height, 0.0, Pieces(tuple(pieces), style.level))
    # The copy stands where the middle of the line is.
    return placed(
        [(0.0, height / 2 - context.constant("AxisHeight", style), _ghost(glyph, style)), (0.0, 0.0, whole)], width
    )


def _chained(glyph: int, parts: tuple[Part, ...], target: float, style: Style, context: Context) -> Box:
    font, scale = context.font, context.font.scale(style.level)
    chain, overlap = _chain(parts, target / scale, font.overlap)
    pieces, x = [], 0.0
    for part in chain:
        pieces.append(((x - font.bounds[part.glyph].left) * scale, 0.0, part.glyph))
        x += part.length - overlap
    bounds = [font.bounds[part.glyph] for part in parts]
    whole = Box(
        (x + overlap) * scale,
        max(box.top for box in bounds) * scale,
        -min(box.bottom for box in bounds) * scale,
        Pieces(tuple(pieces), style.level),
    )
    return placed(
        [(0.0, 0.0, _ghost(glyph, style)._replace(height=whole.height, depth=whole.depth)), (0.0, 0.0, whole)],
        whole.width,
    )


def _ghost(glyph: int, style: Style) -> Box:
    return Box(0.0, 0.0, 0.0, Ghost(glyph, style.level))


def _chain(parts: tuple[Part, ...], target: float, least: float) -> tuple[list[Part], float]:
    """The pieces in order, with as few repetitions as reach `target`, and how far each overlaps the next."""
    firm = sum(part.length for part in parts if not part.repeats)
    soft = sum(part.length for part in parts if part.repeats)
    count, links = len(parts), sum(part.repeats for part in parts)
    # With n repetitions there are count - links + n * links pieces and one overlap fewer.
    gain = soft - links * least
    missing = target - (firm - (count - links - 1) * least)
    repeats = max(0, ceil(missing / gain - 1e-9)) if gain > 0 else 0
    chain = [part for part in parts for _ in range(repeats if part.repeats else 1)]
    joints = len(chain) - 1
    if joints < 1:
        return chain, 0.0
    most = min(min(before.end, after.start) for before, after in pairwise(chain))
    total = sum(part.length for part in chain)
    return chain, max(least, min((total - target) / joints, most))
