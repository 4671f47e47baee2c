"""MathML as HTML that WeasyPrint sets quickly: `math.to_html` calls it, `paper.css` and the fonts belong to it.

WeasyPrint spends about a millisecond on a box, so a formula is mostly plain text. The font *Examgen Math* makes that
possible: its letters are italic, its spaces have TeX's widths, and its features give tall delimiters as one glyph.
A matrix of numbers is one block of preformatted text whose columns are padded to align at the decimal point.
Scripts, fractions and the like are placed by estimates of the heights in em, which the font's fixed metrics make exact
enough; nothing here measures glyphs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from unicodedata import name as name_of
from unicodedata import normalize
from xml.etree.ElementTree import Element

AXIS = 0.26  # height of the minus sign, of fraction bars and of the middle of brackets above the baseline, in em
SCRIPT = 0.7  # size of scripts
LETTER_UP, LETTER_DOWN = 0.75, 0.25  # a box is never given less
ROW = 1.25  # height of a matrix row
WIDEST = 40.0  # em; a wider relation may break inside
DELIMITER_STEPS = 76  # the font has delimiters of 1 + step / 4 em
# Eighteenths of an em, as in TeX, and the characters to which the font gives these widths.
SPACES = {18: "\u2001", 9: "\u2002", 5: " ", 4: "\u00a0", 3: "\u2009", 1: "\u200a"}
POINT, GAP = "\u2008", "\u2007\u2007"  # a space as wide as a decimal point, and what stands between columns
# Widths in thousandths of an em. Each difference of integer parts is a sum of the three spaces.
WIDTHS = {"\u2212": 720, "+": 720, ".": 245, POINT: 245, "\u2007": 495, "\u2005": 225, "\u200a": 45}
FILL = ("\u2007", "\u2005", "\u200a")
DIGIT_WIDTH = 495

# Space around operators without attributes, in eighteenths: MathML's operator dictionary, as far as papers use it.
RELATION, BINARY, UNSPACED = (5, 5), (4, 4), (0, 0)
INFIX = {
    **dict.fromkeys("+\u2212-*\u00b1\u2213\u00b7\u22c5\u00d7\u00f7\u2299\u2297\u2295\u2218\u2217\u2229\u222a", BINARY),
    **dict.fromkeys(",;", (0, 3)),
    **dict.fromkeys(
        "()[]{}|\u2016/.!'\u2032\u2033\u2034\u2061\u2062\u2063\u27e8\u27e9\u2308\u2309\u230a\u230b\u221a\u2207",
        UNSPACED,
    ),
    **dict.fromkeys("\u2211\u220f\u222b\u22c3\u22c2", (3, 3)),
    ":": (0, 5),
    "\u22ef": (3, 3),
}
PREFIX = frozenset("+\u2212-\u00b1\u2213")
LARGE = frozenset("\u2211\u220f")
DELIMITERS = frozenset("()[]{}|\u2016")
PRIMES = frozenset("\u2032\u2033\u2034")
ACCENTS = {
    "\u02c6": "\u0302", "^": "\u0302", "\u02dc": "\u0303", "~": "\u0303", "\u00af": "\u0304", "\u02d9": "\u0307",
    "\u00a8": "\u0308", "\u02c7": "\u030c", "\u20d7": "\u20d7",
}  # fmt: skip
OVERLINES, UNDERLINES = frozenset("\u0332\u0305\u203e"), frozenset("\u0332_")
ALPHABETS = (
    ("MATHEMATICAL BOLD ITALIC", "bdit"),
    ("MATHEMATICAL BOLD", "bold"),
    ("MATHEMATICAL DOUBLE-STRUCK", "bbrd"),
    ("DOUBLE-STRUCK", "bbrd"),
    ("MATHEMATICAL SCRIPT", "call"),
    ("SCRIPT CAPITAL", "call"),
    ("MATHEMATICAL ITALIC", ""),
    ("PLANCK CONSTANT", ""),
)
PADDING = re.compile(r"(?:padding|margin)-(left|right): *(-?[\d.]+)em")
LENGTH = re.compile(r"(-?[\d.]+)em$")


class Unsettable(Exception):
    """MathML of a kind that no page of ours shows; the message names it."""


@dataclass(frozen=True, slots=True)
class Box:
    """HTML with estimates, in em, of its width, its height above and its depth below the baseline."""

    html: str
    width: float = 0.0
    up: float = LETTER_UP
    down: float = LETTER_DOWN

    @property
    def height(self) -> float:
        """Height of delimiters that hold this box: they reach equally far above and below the axis."""
        return 2 * max(self.up - AXIS, self.down + AXIS)


def formula(math: Element, display: bool) -> str:
    """The `<span>` of a whole formula."""
    box = _row(list(math), display)
    wide = "" if box.width <= (WIDEST if display else WIDEST / 3) else " wide"
    return f'<span class="m{wide}">{box.html}</span>'


def _node(node: Element, display: bool) -> Box:
    draw = NODES.get(node.tag)
    if draw is None:
        raise Unsettable(f"The page has no way to draw <{node.tag}>.")
    return draw(node, display)


def _row(nodes: Sequence[Element], display: bool) -> Box:
    """Boxes side by side; delimiters among them grow with the rest."""
    flat = list(_flat(nodes))
    boxes = [None if _is_delimiter(node) else _node(node, display) for node in flat]
    inner = [box for box in boxes if box is not None]
    height = max((box.height for box in inner), default=1.0)
    parts, up, down, width, pending = [], [0.0], [0.0], 0.0, 0
    for index, (node, box) in enumerate(zip(flat, boxes, strict=True)):
        before, after = _spacing(node, index, len(flat))
        box = box or _delimiter(node, height)
        pending += before
        parts += [_space(pending) if box.html else "", box.html]
        up.append(box.up)
        down.append(box.down)
        width += box.width + (before + after) / 18
        pending = after if box.html else pending + after
    parts.append(_space(pending))
    return Box("".join(parts), width, max(up), max(down))


def _flat(nodes: Iterable[Element]) -> Iterator[Element]:
    """Rows that hold no delimiters of their own height and no style are the same as their children."""
    for node in nodes:
        ends = {child.tag for child in (*node[:1], *node[-1:])}
        # An operator at an end of a row is spaced as a sign.
        if node.tag == "mrow" and not node.attrib and "mo" not in ends and not any(map(_is_delimiter, node)):
            yield from _flat(node)
        else:
            yield node


def _is_delimiter(node: Element) -> bool:
    """A delimiter grows unless MathML forbids it."""
    return node.tag == "mo" and (node.text or "") in DELIMITERS and node.get("stretchy") != "false"


def _delimiter(node: Element, height: float) -> Box:
    if size := LENGTH.match(node.get("minsize", "")):
        height = float(size[1])
    step = min(max(round((height - 1) * 4), 0), DELIMITER_STEPS)
    sign = escape(node.text or "")
    reach = 0.5 + step / 8
    html = f'<span class="d{step:03d}">{sign}</span>' if step else sign
    return Box(html, 0.35, reach + AXIS, reach - AXIS)


def _spacing(node: Element, index: int, count: int) -> tuple[int, int]:
    """Space before and after a node in eighteenths of an em."""
    if node.tag in ("mpadded", "mspace", "mstyle", "mrow"):
        sides = {side: round(float(value) * 18) for side, value in PADDING.findall(node.get("style", ""))}
        return sides.get("left", 0), sides.get("right", 0)
    if node.tag != "mo":
        core = (
            node[0] if node.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover") and len(node) else None
        )
        return _spacing(core, index, count) if core is not None and core.tag == "mo" else UNSPACED
    text = node.text or ""
    first, last = index == 0 and count > 1, index == count - 1 and count > 1
    unary = text in PREFIX and (first or last or node.get("form") == "prefix")
    before, after = UNSPACED if unary else INFIX.get(text, RELATION)
    return _attribute(node, "lspace", before), _attribute(node, "rspace", after)


def _attribute(node: Element, name: str, default: int) -> int:
    value = node.get(name)
    return default if value is None else round(float(value.removesuffix("em")) * 18)


def _space(eighteenths: int) -> str:
    if eighteenths < 0:
        return f'<span style="margin-left:{eighteenths / 18:.3f}em"></span>'
    found = ""
    for size, character in SPACES.items():
        found += character * (eighteenths // size)
        eighteenths %= size
    return found


def _identifier(node: Element, display: bool) -> Box:
    """Letters: one is italic, several are a name and upright."""
    text = "".join(node.itertext()).replace("\ufe00", "")
    if not text:
        return Box("", 0.0, 0.0, 0.0)
    plain, alphabet = _plain(text)
    is_name = len(text) > 1 or node.get("mathvariant") == "normal"
    if plain == text and is_name and any(letter.isalpha() for letter in text):
        alphabet = "upri"
    html = escape(plain)
    return Box(f'<span class="{alphabet}">{html}</span>' if alphabet else html, 0.52 * len(plain))


def _plain(text: str) -> tuple[str, str]:
    """Plain letters for mathematical alphabetic characters, and the font's feature that shows them as such."""
    for prefix, alphabet in ALPHABETS:
        if name_of(text[0], "").startswith(prefix):
            return normalize("NFKC", text), alphabet
    if ord(text[0]) >= 0x1D400:
        raise Unsettable(f"The font has no letters like {text}.")
    return text, ""


def _operator(node: Element, display: bool) -> Box:
    text = (node.text or "").translate({0x2061: None, 0x2062: None, 0x2063: None})
    if text in LARGE and display:
        return Box(f'<span class="disp">{text}</span>', 1.0, 0.92, 0.4)
    return Box(escape(text), 0.72 * len(text)) if text else Box("", 0.0, 0.0, 0.0)


def _text(node: Element, display: bool) -> Box:
    html = escape(node.text or "")
    for child in node:
        if child.tag not in ("b", "i", "em", "strong"):
            raise Unsettable(f"The page has no way to draw <{child.tag}> in text.")
        html += f"<{child.tag}>{escape(''.join(child.itertext()))}</{child.tag}>" + escape(child.tail or "")
    return Box(f'<span class="t">{html}</span>', 0.48 * len("".join(node.itertext())))


def _blank(node: Element, display: bool) -> Box:
    width = LENGTH.match(node.get("width", ""))
    return Box(_space(round(float(width[1]) * 18)), float(width[1]), 0.0, 0.0) if width else Box("", 0.0, 0.0, 0.0)


def _group(node: Element, display: bool) -> Box:
    return _row(list(node), display if node.get("displaystyle") is None else node.get("displaystyle") == "true")


def _phantom(node: Element, display: bool) -> Box:
    inner = _row(list(node), display)
    return replace(inner, html=f'<span class="ph">{inner.html}</span>')


def _enclosed(node: Element, display: bool) -> Box:
    if node.get("notation") != "box":
        raise Unsettable(f"The page draws boxes around formulas, but no {node.get('notation')}.")
    inner = _row(list(node), display)
    return Box(f'<span class="boxed">{inner.html}</span>', inner.width + 0.4, inner.up + 0.2, inner.down + 0.2)


def _scripts(node: Element, display: bool) -> Box:
    base = _node(node[0], display)
    below = node[1] if node.tag in ("msub", "msubsup", "munder", "munderover") else None
    above = node[-1] if node.tag != "msub" and node.tag != "munder" else None
    return _scripted(base, below, above)


def _scripted(base: Box, below: Element | None, above: Element | None) -> Box:
    """A base with what stands at its right, below and above; primes are drawn raised already."""
    if above is not None and (above.text or "") in PRIMES:
        primed = replace(base, html=base.html + (above.text or ""), width=base.width + 0.3)
        return primed if below is None else _scripted(primed, below, None)
    raise_by = 0.36 if base.up <= LETTER_UP else max(0.36, base.up - 0.3)
    lower_by = 0.21 if base.down <= LETTER_DOWN else max(0.21, base.down - 0.02)
    if below is not None and above is not None:
        return _both(base, _script(above), _script(below), raise_by, max(lower_by, 0.27))
    if above is not None:
        script = _script(above)
        html = f"<sup{_shift(raise_by, 0.36)}>{script.html}</sup>"
        return Box(base.html + html, base.width + SCRIPT * script.width, max(base.up, raise_by + 0.54), base.down)
    if below is not None:
        script = _script(below)
        html = f"<sub{_shift(-lower_by, -0.21)}>{script.html}</sub>"
        return Box(base.html + html, base.width + SCRIPT * script.width, base.up, max(base.down, lower_by + 0.15))
    return base


def _script(node: Element) -> Box:
    return _row([node], False)


def _shift(em: float, usual: float) -> str:
    return "" if em == usual else f' style="vertical-align:{em / SCRIPT:.3f}em"'


def _both(base: Box, above: Box, below: Box, raise_by: float, lower_by: float) -> Box:
    """Superscript above subscript: two lines of one inline block."""
    apart = (raise_by + lower_by) / SCRIPT
    usual = raise_by == 0.36 and lower_by == 0.27
    style = "" if usual else f' style="line-height:{apart:.3f};vertical-align:{-lower_by / SCRIPT:.3f}em"'
    html = f'{base.html}<span class="ss"{style}>{above.html}\n{below.html}</span>'
    return Box(html, base.width + SCRIPT * max(above.width, below.width) + 0.05, raise_by + 0.54, lower_by + 0.15)


def _limits(node: Element, display: bool) -> Box:
    """Accents, and what stands under and over a sum in a displayed formula."""
    core = node[0]
    mark = node[-1].text or ""
    if node.tag == "mover" and mark in ACCENTS:
        return _accented(_node(core, display), ACCENTS[mark])
    if mark in OVERLINES | UNDERLINES and len(node) == 2:
        inner = _node(core, display)
        return replace(
            inner, html=f'<span class="{"over" if node.tag == "mover" else "under"}line">{inner.html}</span>'
        )
    if core.tag == "mo" and not display and core.get("movablelimits") != "false":
        return _scripts(node, display)
    below = _script(node[1]) if node.tag != "mover" else Box("")
    above = _script(node[-1]) if node.tag != "munder" else Box("")
    return _stack(_node(core, display), above, below)


def _accented(base: Box, accent: str) -> Box:
    """The accent follows the letter; the font makes one glyph of both."""
    letter = re.sub(r"</span>$", "", base.html)
    return replace(base, html=letter + accent + base.html[len(letter) :], up=base.up + 0.1)


def _stack(base: Box, above: Box, below: Box) -> Box:
    """Lines of one inline block; its baseline is that of the last, so the block is lowered by what is below the base."""
    drop = base.down + 0.62
    parts = [f'<span class="ov">{above.html}</span>'] if above.html else []
    parts.append(f'<span class="ba" style="line-height:{base.up + base.down + 0.1:.2f}">{base.html}</span>')
    if below.html:
        parts.append(f'<span class="un">{below.html}</span>')
    style = f' style="vertical-align:{-drop:.2f}em"' if below.html else ""
    width = max(base.width, SCRIPT * above.width, SCRIPT * below.width)
    up, down = base.up + (0.75 if above.html else 0), base.down + (0.8 if below.html else 0)
    return Box(f'<span class="lim"{style}>{"".join(parts)}</span>', width, up, down)


def _fraction(node: Element, display: bool) -> Box:
    """Numerator and denominator as two blocks; the baseline of the inline block is the denominator's."""
    full = display if node.get("displaystyle") is None else node.get("displaystyle") == "true"
    size = 1.0 if full else SCRIPT
    above, below = _row([node[0]], False), _row([node[1]], False)
    # Distances from the bar to the two baselines, then line heights that give them with the font's 0.762 and 0.238.
    over, under = max(0.36, above.down + 0.1), max(0.87, below.up + 0.08)
    lines = [1 + 2 * (over - 0.238), 1 + 2 * (under - 0.762)]
    style = f"vertical-align:{-(under - AXIS / size):.3f}em" if under != 0.87 or size != 1 else ""
    numerator = f'<span class="nu"{_line(lines[0], 1.244)}>{above.html}</span>'
    denominator = f'<span class="de"{_line(lines[1], 1.216)}>{below.html}</span>'
    bare = " bare" if node.get("linethickness") == "0" else ""
    html = f'<span class="f{"" if full else " small"}{bare}"' + (f' style="{style}"' if style else "") + ">"
    up, down = AXIS + size * (over + above.up), size * (under + below.down) - AXIS
    width = size * max(above.width, below.width) + 0.2
    return Box(html + numerator + denominator + "</span>", width, up, down)


def _line(height: float, usual: float) -> str:
    return "" if abs(height - usual) < 0.005 else f' style="line-height:{height:.3f}"'


def _root(node: Element, display: bool) -> Box:
    """A radical and an overline that joins its top."""
    inner = _row(list(node) if node.tag == "msqrt" else [node[0]], display)
    step = max(round((inner.height - 1) * 4) + 1, 1)
    top = AXIS + 0.5 + step / 8
    index = f'<sup class="ri">{_script(node[1]).html}</sup>' if node.tag == "mroot" else ""
    sign = f'{index}<span class="d{step:03d}">\u221a</span>'
    html = f'{sign}<span class="rad" style="padding-top:{top - 0.762 - 0.05:.3f}em">{inner.html}</span>'
    return Box(html, inner.width + 0.9, top, max(inner.down, top - 2 * AXIS))


def _table(node: Element, display: bool) -> Box:
    """Numbers are one block of text with padded columns; one column of symbols too; else a table."""
    texts = [[_cell_number(cell) for cell in row] for row in node]
    if all(text is not None for row in texts for text in row) and len({len(row) for row in texts}) == 1:
        return _numbers([[text or "" for text in row] for row in texts])
    full = node.get("displaystyle") == "true"
    cells = [[_row(list(cell), full) for cell in row] for row in node]
    heights = [max(ROW, *(box.up + box.down + 0.2 for box in row)) for row in cells]
    half = sum(heights) / 2
    width = sum(max(box.width for box in column) + 1 for column in zip(*cells, strict=False))
    if all(len(row) == 1 for row in cells) and max(heights) == ROW:
        lines = "\n".join(row[0].html for row in cells)
        return Box(f'<span class="col">{lines}</span>', width, half + AXIS, half - AXIS)
    rows = "".join(f"<span>{''.join(map(_cell, row, boxes))}</span>" for row, boxes in zip(node, cells, strict=True))
    return Box(f'<span class="tab">{rows}</span>', width, half + AXIS, half - AXIS)


def _cell(cell: Element, box: Box) -> str:
    side = next((side for side in ("left", "right") if f"text-align: {side}" in cell.get("style", "")), "")
    tight = "padding-left: 0" in cell.get("style", "")
    return f'<span class="{side}{" tight" if tight else ""}">{box.html}</span>'


def _cell_number(cell: Element) -> str | None:
    """The text of a cell that holds a signed number, else None."""
    shape = [child.tag for child in cell]
    if shape == ["mn"] or (shape == ["mo", "mn"] and cell[0].text in ("\u2212", "+")):
        text = "".join(cell.itertext())
        return text if re.fullmatch(r"[\u2212+]?[\d.]+", text) else None
    return "" if not shape else None


def _numbers(rows: Sequence[Sequence[str]]) -> Box:
    columns = [_aligned(column) for column in zip(*rows, strict=True)]
    lines = [GAP.join(line) for line in zip(*columns, strict=True)]
    half = ROW * len(rows) / 2
    text = "\n".join(lines)
    return Box(f'<span class="num">{text}</span>', _text_width(lines[0]) / 1000, half + AXIS, half - AXIS)


def _aligned(column: Sequence[str]) -> list[str]:
    """Cells padded by spaces, so that the decimal points meet and all are equally wide."""
    fronts, points, places = zip(*(cell.partition(".") for cell in column), strict=True)
    widest = max(map(_text_width, fronts))
    longest = max(map(len, places))
    return [
        _fill(widest - _text_width(front)) + front + (point or POINT * any(points)) + place
        + FILL[0] * (longest - len(place))
        for front, point, place in zip(fronts, points, places, strict=True)
    ]  # fmt: skip


def _text_width(text: str) -> int:
    return sum(WIDTHS.get(sign, DIGIT_WIDTH) for sign in text)


def _fill(thousandths: int) -> str:
    found = ""
    for space in FILL:
        found += space * (thousandths // WIDTHS[space])
        thousandths %= WIDTHS[space]
    return found


NODES: dict[str, Callable[[Element, bool], Box]] = {
    "mi": _identifier, "mn": _identifier, "mo": _operator, "mtext": _text, "mspace": _blank, "mrow": _group,
    "mstyle": _group, "mpadded": _group, "mphantom": _phantom, "menclose": _enclosed, "msub": _scripts,
    "msup": _scripts, "msubsup": _scripts, "munder": _limits, "mover": _limits, "munderover": _limits,
    "mfrac": _fraction, "msqrt": _root, "mroot": _root, "mtable": _table,
}  # fmt: skip
