"""The drawing of a question's network as inline SVG; a filter of the templates calls this.

WeasyPrint lays an SVG out as one box, and sets its text letter by letter without a look at its neighbours. So symbols
are placed piece by piece from estimated widths, and accented letters are single characters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot
from unicodedata import normalize
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from examgen.documents.math import tree
from examgen.documents.pages import LayerPicture, NetworkPicture

ACCENTS = {
    "\u02c6": "\u0302", "^": "\u0302", "\u02dc": "\u0303", "~": "\u0303", "\u00af": "\u0304", "\u02d9": "\u0307",
    "\u00a8": "\u0308", "\u02c7": "\u030c", "\u20d7": "\u20d7",
}  # fmt: skip
"""Accents of MathML and the combining characters for them."""

# All lengths in CSS pixels, 96 to the inch.
WIDTH = 572.0
RADIUS, BIAS_RADIUS = 18.0, 11.5
ROW, COLUMN = 46.0, 150.0
CLOSE_ROW = 38.0  # where a page is saved by it
ROOM = 380.0  # height that the units of the tallest layer may take
CROWDED = 20  # lines between two layers; more are drawn finer
CAPTION = 26.0
CAPTION_ROOM = 120.0
MATH, TEXT = "Examgen Math", "Examgen Text"
INK, EDGE = "#1d2733", "#5b6b82"
_OF_MATH = re.compile(rf'(<text [^>]*) font-family="{MATH}"([^>]*>)([^<]*)<')
_ITALIC = str.maketrans(
    {chr(ord(first) + n): chr(code + n) for first, code in (("A", 0x1D434), ("a", 0x1D44E)) for n in range(26)}
    | {"h": "\u210e"}
    | {chr(0x3B1 + n): chr(0x1D6FC + n) for n in range(25)}
)
"""Letters of formulas by the plain ones."""
INPUT, HIDDEN, OUTPUT = "#dbeafe", "#e9f7ee", "#fde4e4"


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle with a symbol in it."""

    x: float
    y: float
    radius: float


def network_svg(picture: NetworkPicture, where: str = "", *, is_dense: bool = False) -> Markup:
    """The network from left to right; a layer with biases has a small unit +1 before it, joined by dashed lines.

    Raises: BankError for a symbol that is not LaTeX.
    """
    count, tallest = len(picture.layers), max(len(layer.units) for layer in picture.layers)
    row = min(CLOSE_ROW if is_dense else ROW, ROOM / tallest)
    column = min(COLUMN, (WIDTH - 2 * RADIUS) / max(count - 1, 1))
    radius = min(RADIUS, 0.36 * row, 0.18 * column)
    has_bias = any(layer.has_bias for layer in picture.layers[1:])
    top = radius + 4 + (row if has_bias else 0)
    middle = top + row * (tallest - 1) / 2
    layers = [_column(layer, radius + 4 + column * n, middle, row, radius) for n, layer in enumerate(picture.layers)]
    biases = [
        Disc(before[0].x, before[0].y - row, min(BIAS_RADIUS, 0.65 * radius)) if layer.has_bias else None
        for before, layer in zip(layers, picture.layers[1:], strict=False)
    ]
    width, height = 2 * radius + 8 + column * (count - 1), middle + row * (tallest - 1) / 2 + radius + CAPTION
    margin = 30.0  # captions of the outer layers are wider than their units
    parts = [*_edges(layers, biases), *_bias_units(biases)]
    for number, (discs, layer) in enumerate(zip(layers, picture.layers, strict=True)):
        fill = INPUT if number == 0 else OUTPUT if number == count - 1 else HIDDEN
        parts.append(_circles(discs, fill))
        for disc, symbol in zip(discs, layer.units, strict=True):
            parts += _symbol(disc, symbol, where)
    svg = _svg(-margin, 0, width + 2 * margin, height, picture.description, parts)
    # Captions are not part of the drawing: text in it would be set letter by letter, which no Indic script survives.
    captions = Markup("").join(
        _caption(layer.caption, discs[0].x + margin, height - CAPTION + 6)
        for discs, layer in zip(layers, picture.layers, strict=True)
        if layer.caption
    )
    return Markup('<span class="diagram">{}{}</span>').format(svg, captions)


def on_screen(svg: Markup) -> Markup:
    """The same for a page that carries its font: there an italic letter of mathematics is a character of its own."""
    found = _OF_MATH.sub(lambda found: f"{found[1]}{found[2]}{found[3].translate(_ITALIC)}<", svg)
    return Markup(found.replace(f' font-family="{TEXT}"', "").replace(f' fill="{INK}">', ">"))


def _caption(text: str, x: float, y: float) -> Markup:
    return Markup('<span style="left:{}px;top:{}px">{}</span>').format(_n(x - CAPTION_ROOM / 2), _n(y), text)


def _column(layer: LayerPicture, x: float, middle: float, row: float, radius: float) -> list[Disc]:
    first = middle - row * (len(layer.units) - 1) / 2
    return [Disc(x, first + row * n, radius) for n in range(len(layer.units))]


def _edges(layers: list[list[Disc]], biases: list[Disc | None]) -> Iterable[str]:
    """One path of lines and one of arrow heads for each pair of layers."""
    for before, after, bias in zip(layers, layers[1:], biases, strict=False):
        crowded = len(before) * len(after) > CROWDED
        stroke, head = (0.45, 4.0) if crowded else (0.8, 6.0)
        lines, heads = _arrows([(a, b) for a in before for b in after], head)
        yield f'<path d="{lines}" fill="none" stroke="{EDGE}" stroke-width="{stroke}"/>'
        if bias:
            dashed, more = _arrows([(bias, b) for b in after], head)
            heads += more
            yield f'<path d="{dashed}" fill="none" stroke="{EDGE}" stroke-width="{stroke}" stroke-dasharray="3 2.5"/>'
        yield f'<path d="{heads}" fill="{EDGE}"/>'


def _arrows(pairs: list[tuple[Disc, Disc]], head: float) -> tuple[str, str]:
    lines, heads = "", ""
    for a, b in pairs:
        length = hypot(b.x - a.x, b.y - a.y)
        ux, uy = (b.x - a.x) / length, (b.y - a.y) / length
        tip_x, tip_y = b.x - ux * b.radius, b.y - uy * b.radius
        back_x, back_y = tip_x - ux * head, tip_y - uy * head
        lines += f"M{_n(a.x + ux * a.radius)} {_n(a.y + uy * a.radius)}L{_n(back_x)} {_n(back_y)}"
        side_x, side_y = -uy * head * 0.36, ux * head * 0.36
        heads += f"M{_n(tip_x)} {_n(tip_y)}L{_n(back_x + side_x)} {_n(back_y + side_y)}"
        heads += f"L{_n(back_x - side_x)} {_n(back_y - side_y)}z"
    return lines, heads


def _bias_units(biases: list[Disc | None]) -> Iterable[str]:
    found = [bias for bias in biases if bias]
    if found:
        yield _circles(found, "#fff", dashed=True)
    for bias in found:
        yield _text(bias.x, bias.y + bias.radius * 0.33, "+1", bias.radius * 0.95, MATH, "middle")


def _circles(discs: list[Disc], fill: str, dashed: bool = False) -> str:
    path = "".join(
        f"M{_n(d.x - d.radius)} {_n(d.y)}a{_n(d.radius)} {_n(d.radius)} 0 1 0 {_n(2 * d.radius)} 0"
        f"a{_n(d.radius)} {_n(d.radius)} 0 1 0 {_n(-2 * d.radius)} 0z"
        for d in discs
    )
    dashes = ' stroke-dasharray="3 2"' if dashed else ""
    return f'<path d="{path}" fill="{fill}" stroke="{INK}" stroke-width="1"{dashes}/>'


def _symbol(disc: Disc, latex: str, where: str) -> Iterable[str]:
    """Base, superscript and subscript as three texts, the whole centred in the disc."""
    base, above, below = _pieces(tree(latex, where))
    size = disc.radius * 0.84
    small = 0.68 * size
    scripts = max(_width(above), _width(below)) * small
    left = disc.x - (_width(base) * size + scripts) / 2
    right = left + _width(base) * size + 0.4
    y = disc.y + 0.27 * size
    yield _text(left, y, base, size, MATH if len(base) == 1 else TEXT)
    if above:
        yield _text(right, y - 0.42 * size, above, small, MATH)
    if below:
        yield _text(right - (0 if above else 0.3), y + 0.26 * size, below, small, MATH)


def _pieces(node: Element) -> tuple[str, str, str]:
    """Base, superscript and subscript of a symbol as plain text."""
    if node.tag in ("math", "mrow", "mstyle", "mpadded") and len(node) == 1:
        return _pieces(node[0])
    if node.tag in ("msub", "msup", "msubsup"):
        base, above, below = _pieces(node[0])
        if node.tag != "msup":
            below += _plain(node[1])
        if node.tag != "msub":
            above += _plain(node[-1])
        return base, above, below
    return _plain(node), "", ""


def _plain(node: Element) -> str:
    if node.tag == "mover" and (node[1].text or "") in ACCENTS:
        return normalize("NFC", _plain(node[0]) + ACCENTS[node[1].text or ""])
    if len(node):
        return "".join(map(_plain, node))
    return normalize("NFKC", (node.text or "").replace("\u2061", ""))


def _width(text: str) -> float:
    """Estimated width in em."""
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if letter in "()[].,'1iljt\u2032":
        return 0.3
    return 0.95 if letter == "W" else 0.75 if letter in "mw" or letter.isupper() else 0.5


def _text(x: float, y: float, text: str, size: float, family: str, anchor: str = "start", fill: str = INK) -> str:
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    head = f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" font-family="{family}" fill="{fill}"{place}>'
    return f"{head}{escape(text)}</text>"


def _svg(left: float, top: float, width: float, height: float, title: str, parts: Iterable[str]) -> Markup:
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="{_n(left)} {_n(top)} {_n(width)} {_n(height)}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _n(value: float) -> str:
    """A number with at most two decimals, and no minus zero."""
    return f"{round(value, 2) + 0:g}"
