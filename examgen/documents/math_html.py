"""MathML as HTML that WeasyPrint sets quickly: `math.to_html` calls it, `paper.css` and the fonts belong to it.

WeasyPrint spends about a millisecond on a box, so a formula is mostly plain text. The font *Examgen Math* makes that
possible: its letters are italic, its spaces have TeX's widths, and its features give tall delimiters as one glyph.
A matrix of numbers is one block of preformatted text, whose columns are padded to align at the decimal point, and whose
brackets hang down from its first row. Widths are those of the font, so that WeasyPrint need not find them by trial
layouts; heights are estimates that are good enough for letters with scripts, fractions and matrices.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from unicodedata import name as name_of
from unicodedata import normalize
from xml.etree.ElementTree import Element

from examgen.documents.math_boxes import AXIS, Box, em, number_block, space, text_width

SCRIPT = 0.7  # size of scripts
RAISED, LOWERED, BOTH_LOWERED = 0.36, 0.21, 0.27  # baselines of scripts beside a letter, as in paper.css
LETTER = Box("")  # an empty box has the height and depth of letters
ROW = 1.25  # height of a row of a table
WIDEST = {True: 45.0, False: 12.0}  # em; a formula that is wider, displayed or in a sentence, may break inside
DELIMITER_STEPS = 76  # the font has delimiters of 1 + step / 4 em

# Space around operators without attributes, in eighteenths: MathML's operator dictionary, as far as papers use it.
RELATION, BINARY, UNSPACED = (5, 5), (4, 4), (0, 0)
INFIX = {
    **dict.fromkeys("+\u2212-*\u00b1\u2213\u00b7\u22c5\u00d7\u00f7\u2299\u2297\u2295\u2218\u2217\u2229\u222a", BINARY),
    **dict.fromkeys(
        "()[]{}|\u2016/.!'\u2032\u2033\u2034\u2061\u2062\u2063\u27e8\u27e9\u2308\u2309\u230a\u230b", UNSPACED
    ),
    **dict.fromkeys("\u2211\u220f\u222b\u22c3\u22c2\u22ef", (3, 3)),
    **dict.fromkeys(",;", (0, 3)),
    ":": (0, 5),
}
SIGNS = frozenset("+\u2212-\u00b1\u2213")
LARGE = frozenset("\u2211\u220f")
DELIMITERS = frozenset("()[]{}|\u2016")
INVISIBLE = {0x2061: None, 0x2062: None, 0x2063: None}
PRIMES = frozenset("\u2032\u2033\u2034")
ACCENTS = {
    "\u02c6": "\u0302", "^": "\u0302", "\u02dc": "\u0303", "~": "\u0303", "\u00af": "\u0304", "\u02d9": "\u0307",
    "\u00a8": "\u0308", "\u02c7": "\u030c", "\u20d7": "\u20d7",
}  # fmt: skip
LINES = frozenset("\u0332\u0305\u203e_")
# Unicode's names of mathematical letters, and the features of the font that show plain letters as such.
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
SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
# Scripts of these signs are characters of the font, and need no box.
SUPERSCRIPTS = dict(
    zip(
        "0123456789+=()niTkjl\u2212",
        "\u2070\xb9\xb2\xb3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207c\u207d\u207e\u207f\u2071\u1d40\u1d4f\u02b2\u02e1\u207b",
        strict=True,
    )
)
SUBSCRIPTS = dict(
    zip(
        "0123456789+=()aeoxhklmnpstjiruv\u2212",
        "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089\u208a\u208c\u208d\u208e\u2090\u2091\u2092\u2093\u2095\u2096\u2097\u2098\u2099\u209a\u209b\u209c\u2c7c\u1d62\u1d63\u1d64\u1d65\u208b",
        strict=True,
    )
)
PADDING = re.compile(r"(?:padding|margin)-(left|right): *(-?[\d.]+)em")
BEFORE_OPERATOR = re.compile("\u00a0(?=[^\u00a0]\u00a0)")
BREAK = "\u200b\u00a0"  # a line may end here
LENGTH = re.compile(r"(-?[\d.]+)em$")


class UnsettableError(Exception):
    """MathML of a kind that no page of ours shows; the message names it."""


def formula(math: Element, display: bool) -> Box:
    """The `<span>` of a whole formula.

    Raises: UnsettableError for what no page of ours shows.
    """
    box = _row(list(math), display)
    if box.width <= WIDEST[display]:
        return replace(box, html=f'<span class="m">{box.html}</span>')
    return replace(box, html=f'<span class="m wide">{BEFORE_OPERATOR.sub(BREAK, box.html)}</span>')


def _node(node: Element, display: bool) -> Box:
    draw = NODES.get(node.tag)
    if draw is None:
        raise UnsettableError(f"The page has no way to draw <{node.tag}>.")
    return draw(node, display)


def _row(nodes: Sequence[Element], display: bool) -> Box:
    """Boxes side by side; delimiters among them grow with the rest."""
    flat = list(_flat(nodes))
    inner = [None if _grows(node) else _node(node, display) for node in flat]
    height = max((_reach(box) for box in inner if box), default=1.0)
    boxes = [box or _delimiter(node, height) for node, box in zip(flat, inner, strict=True)]
    parts, width, pending = [], 0.0, 0
    for index, (node, box) in enumerate(zip(flat, boxes, strict=True)):
        before, after = _spacing(node, index, len(flat))
        width += box.width + (before + after) / 18
        pending += before
        if box.html:
            parts += [space(pending), box.html]
            pending = 0
        pending += after
    parts.append(space(pending))
    return Box("".join(parts), width, max((b.up for b in boxes), default=0), max((b.down for b in boxes), default=0))


def _flat(nodes: Iterable[Element]) -> Iterator[Element]:
    """The children of plain rows in place of these, unless an operator at an end is spaced, or grows, by its row."""
    for node in nodes:
        ends = {child.tag for child in (*node[:1], *node[-1:])}
        if node.tag == "mrow" and len(node) and not node.attrib and "mo" not in ends and not any(map(_grows, node)):
            yield from _flat(node)
        else:
            yield node


def _grows(node: Element) -> bool:
    return node.tag == "mo" and (node.text or "") in DELIMITERS and node.get("stretchy") != "false"


def _reach(box: Box) -> float:
    """Height of delimiters around a box: they reach equally far above and below the axis."""
    return 2 * max(box.up - AXIS, box.down + AXIS)


def _delimiter(node: Element, height: float) -> Box:
    size = LENGTH.match(node.get("minsize", ""))
    step = min(max(round(((float(size[1]) if size else height) - 1) * 4), 0), DELIMITER_STEPS)
    sign = escape(node.text or "")
    half = 0.5 + step / 8
    html = f'<span class="d{step:03d}">{sign}</span>' if step else sign
    return Box(html, 0.357 + 0.023 * min(step, 12), half + AXIS, half - AXIS)


def _spacing(node: Element, index: int, count: int) -> tuple[int, int]:
    """Space before and after a node in eighteenths of an em."""
    if node.tag in SCRIPTED and len(node) and node[0].tag == "mo":
        return _spacing(node[0], index, count)
    if node.tag != "mo":
        sides = {side: round(float(value) * 18) for side, value in PADDING.findall(node.get("style", ""))}
        return sides.get("left", 0), sides.get("right", 0)
    text = node.text or ""
    at_end = count > 1 and index in (0, count - 1)
    before, after = UNSPACED if text in SIGNS and at_end else INFIX.get(text, RELATION)
    return _eighteenths(node.get("lspace"), before), _eighteenths(node.get("rspace"), after)


def _eighteenths(length: str | None, default: int) -> int:
    return default if length is None else round(float(length.removesuffix("em")) * 18)


def _identifier(node: Element, _display: bool) -> Box:
    """A letter is italic, several are a name and upright, a number is upright anyway."""
    text = "".join(node.itertext()).replace("\ufe00", "")
    if not text:
        return Box("", 0.0, 0.0, 0.0)
    plain, alphabet = _plain(text)
    is_name = len(text) > 1 or node.get("mathvariant") == "normal"
    if plain == text and is_name and any(letter.isalpha() for letter in text):
        alphabet = "upri"
    html = escape(plain)
    return Box(f'<span class="{alphabet}">{html}</span>' if alphabet else html, text_width(plain, alphabet))


def _plain(text: str) -> tuple[str, str]:
    """Plain letters for mathematical ones, and the feature that shows them as such."""
    for prefix, alphabet in ALPHABETS:
        if name_of(text[0], "").startswith(prefix):
            return normalize("NFKC", text), alphabet
    if ord(text[0]) >= 0x1D400:
        raise UnsettableError(f"The font has no letters like {text}.")
    return text, ""


def _operator(node: Element, display: bool) -> Box:
    text = (node.text or "").translate(INVISIBLE)
    if text in LARGE and display:
        return Box(f'<span class="disp">{text}</span>', 1.0, 0.92, 0.4)
    return Box(escape(text), text_width(text)) if text else Box("", 0.0, 0.0, 0.0)


def _text(node: Element, _display: bool) -> Box:
    html = escape(node.text or "")
    for child in node:
        if child.tag not in ("b", "i", "em", "strong"):
            raise UnsettableError(f"The page has no way to draw <{child.tag}> in text.")
        html += f"<{child.tag}>{escape(''.join(child.itertext()))}</{child.tag}>" + escape(child.tail or "")
    return Box(f'<span class="t">{html}</span>', text_width("".join(node.itertext()), "upri"))


def _blank(node: Element, _display: bool) -> Box:
    width = _eighteenths(node.get("width"), 0)
    return Box(space(width), width / 18, 0.0, 0.0)


def _group(node: Element, display: bool) -> Box:
    if [child.tag for child in node] == ["mo", "mtable", "mo"] and (node[0].text, node[2].text) == ("[", "]"):
        numbers = _number_rows(node[1])
        matrix = number_block(numbers, bracketed=True) if numbers else None
        if matrix:
            after = _eighteenths(node[2].get("rspace"), 0)
            return replace(matrix, html=matrix.html + space(after), width=matrix.width + after / 18)
    return _row(list(node), _is_display(node, display))


def _is_display(node: Element, display: bool) -> bool:
    style = node.get("displaystyle")
    return display if style is None else style == "true"


def _phantom(node: Element, display: bool) -> Box:
    inner = _row(list(node), display)
    return replace(inner, html=f'<span class="ph">{inner.html}</span>')


def _enclosed(node: Element, display: bool) -> Box:
    if node.get("notation") != "box":
        raise UnsettableError(f"The page draws boxes around formulas, but no {node.get('notation')}.")
    inner = _row(list(node), display)
    return Box(f'<span class="boxed">{inner.html}</span>', inner.width + 0.5, inner.up + 0.2, inner.down + 0.2)


def _scripts(node: Element, display: bool) -> Box:
    below = node[1] if node.tag in ("msub", "msubsup", "munder", "munderover") else None
    above = node[-1] if node.tag not in ("msub", "munder") else None
    return _scripted(_node(node[0], display), below, above)


def _scripted(base: Box, below: Element | None, above: Element | None) -> Box:
    """A base with what stands at its right, below and above; primes are drawn raised already."""
    if above is not None and (above.text or "") in PRIMES:
        prime = above.text or ""
        primed = replace(base, html=base.html + prime, width=base.width + text_width(prime))
        return primed if below is None else _scripted(primed, below, None)
    raised = RAISED if base.up <= LETTER.up else max(RAISED, base.up - 0.3)
    lowered = LOWERED if base.down <= LETTER.down else max(LOWERED, base.down - 0.02)
    up, down = max(base.up, raised + 0.54), max(base.down, lowered + 0.15)
    if below is not None and above is not None:
        return _both(base, _row([above], False), _row([below], False), raised, max(lowered, BOTH_LOWERED))
    if above is not None:
        script = _row([above], False)
        html = base.html + (_letters(script, SUPERSCRIPTS, raised == RAISED) or _moved("sup", script, raised, RAISED))
        return Box(html, base.width + SCRIPT * script.width, up, base.down)
    script = _row([below], False) if below is not None else Box("", 0.0)
    html = base.html + (_letters(script, SUBSCRIPTS, lowered == LOWERED) or _moved("sub", script, -lowered, -LOWERED))
    return Box(html, base.width + SCRIPT * script.width, base.up, down)


def _letters(script: Box, letters: Mapping[str, str], is_usual: bool) -> str:
    """The script in the characters that the font has for it, or nothing."""
    return "".join(letters[sign] for sign in script.html) if is_usual and letters.keys() >= set(script.html) else ""


def _moved(tag: str, script: Box, distance: float, usual: float) -> str:
    style = "" if distance == usual else f' style="vertical-align:{em(distance / SCRIPT)}"'
    return f"<{tag}{style}>{script.html}</{tag}>"


def _both(base: Box, above: Box, below: Box, raised: float, lowered: float) -> Box:
    """Superscript above subscript: two lines of one inline block."""
    width = max(above.width, below.width) + 0.04
    style = f"width:{em(width)}"
    if (raised, lowered) != (RAISED, BOTH_LOWERED):
        style += f";line-height:{(raised + lowered) / SCRIPT:.3f};vertical-align:{em(-lowered / SCRIPT)}"
    html = f'{base.html}<span class="ss" style="{style}">{above.html}\n{below.html}</span>'
    return Box(html, base.width + SCRIPT * width, max(base.up, raised + 0.54), max(base.down, lowered + 0.15))


def _limits(node: Element, display: bool) -> Box:
    """Accents, and what stands under and over a sum in a displayed formula."""
    core, mark = node[0], node[-1].text or ""
    if node.tag == "mover" and mark in ACCENTS:
        return _accented(_node(core, display), ACCENTS[mark])
    if mark in LINES and len(node) == 2:
        inner = _node(core, display)
        return replace(
            inner, html=f'<span class="{"over" if node.tag == "mover" else "under"}line">{inner.html}</span>'
        )
    if core.tag == "mo" and not display and core.get("movablelimits") != "false":
        return _scripts(node, display)
    below = _row([node[1]], False) if node.tag != "mover" else None
    above = _row([node[-1]], False) if node.tag != "munder" else None
    return _stack(_node(core, display), above, below)


def _accented(base: Box, accent: str) -> Box:
    """The accent follows the letter; the font makes one glyph of both."""
    letter = base.html.removesuffix("</span>")
    return replace(base, html=letter + accent + base.html[len(letter) :], up=base.up + 0.1)


def _stack(base: Box, above: Box | None, below: Box | None) -> Box:
    """Lines of one inline block; its baseline is that of the last, so it is lowered by what stands below the base."""
    line = base.up + base.down + 0.1
    parts = [f'<span class="ov">{above.html}</span>'] if above else []
    parts.append(f'<span class="ba" style="line-height:{line:.2f}">{base.html}</span>')
    style = f"width:{em(max(base.width, *(SCRIPT * box.width for box in (above, below) if box)))}"
    if below:
        parts.append(f'<span class="un">{below.html}</span>')
        style += f";vertical-align:{em(-(base.down + 0.62))}"
    width = max(base.width, *(SCRIPT * box.width for box in (above, below) if box))
    up, down = base.up + (0.75 if above else 0), base.down + (0.8 if below else 0)
    return Box(f'<span class="lim" style="{style}">{"".join(parts)}</span>', width, up, down)


def _fraction(node: Element, display: bool) -> Box:
    """An inline block of the numerator's line and the denominator's block, whose baseline is its own."""
    full = _is_display(node, display)
    size = 1.0 if full else SCRIPT
    above, below = _row([node[0]], False), _row([node[1]], False)
    # Distances from the bar to the two baselines, then line heights that give them with the font's 0.762 and 0.238.
    over, under = max(0.36, above.down + 0.1), max(0.87, below.up + 0.08)
    inner = max(above.width, below.width) + 0.2
    style = f"width:{em(inner)}"
    if (over, under) != (0.36, 0.87):
        style += f";vertical-align:{em(AXIS / size - under)};line-height:{1 + 2 * (over - 0.238):.3f}"
    kind = "f" + ("" if full else " small") + (" bare" if node.get("linethickness") == "0" else "")
    line = "" if under == 0.87 else f' style="line-height:{1 + 2 * (under - 0.762):.3f}"'
    html = f'<span class="{kind}" style="{style}">{above.html}<span{line}>{below.html}</span></span>'
    return Box(html, size * (inner + 0.2), AXIS + size * (over + above.up), size * (under + below.down) - AXIS)


def _root(node: Element, display: bool) -> Box:
    """A radical and an overline that joins its top."""
    inner = _row(list(node) if node.tag == "msqrt" else [node[0]], display)
    step = max(round((_reach(inner) - 1) * 4) + 1, 1)
    top = AXIS + 0.5 + step / 8
    index = f'<sup class="ri">{_row([node[1]], False).html}</sup>' if node.tag == "mroot" else ""
    sign = f'{index}<span class="d{step:03d}">\u221a</span>'
    html = f'{sign}<span class="rad" style="padding-top:{em(top - 0.812)}">{inner.html}</span>'
    return Box(html, inner.width + 0.8, top, max(inner.down, top - 2 * AXIS))


def _table(node: Element, _display: bool) -> Box:
    """Numbers are one block of text with padded columns; one column of symbols too; else a table."""
    numbers = _number_rows(node)
    block = number_block(numbers, bracketed=False) if numbers else None
    if block:
        return block
    cells = [[_row(list(cell), node.get("displaystyle") == "true") for cell in row] for row in node]
    heights = [max(ROW, *(box.up + box.down + 0.2 for box in row)) for row in cells]
    columns = list(zip(*cells, strict=False))
    half = sum(heights) / 2
    if len(columns) == 1 and max(heights) == ROW:
        width = max(box.width for box in columns[0])
        lines = "\n".join(row[0].html for row in cells)
        return Box(f'<span class="col" style="width:{em(width)}">{lines}</span>', width, half + AXIS, half - AXIS)
    rows = "".join(f"<span>{''.join(map(_cell, row, boxes))}</span>" for row, boxes in zip(node, cells, strict=True))
    width = sum(max(box.width for box in column) + 0.8 for column in columns)
    return Box(f'<span class="tab">{rows}</span>', width, half + AXIS, half - AXIS)


def _cell(cell: Element, box: Box) -> str:
    style = cell.get("style", "")
    side = next((side for side in ("left", "right") if f"text-align: {side}" in style), "")
    return f'<span class="{side}{" tight" if "padding-left: 0" in style else ""}">{box.html}</span>'


def _number_rows(table: Element) -> list[list[str]] | None:
    """The texts of a table that holds nothing but signed numbers, in rows of one length."""
    rows = [[_number(cell) for cell in row] for row in table]
    found = [[text for text in row if text] for row in rows]
    return found if found and {len(row) for row in (*rows, *found)} == {len(rows[0])} else None


def _number(cell: Element) -> str:
    text = "".join(cell.itertext())
    shape = [child.tag for child in cell]
    return text if shape in (["mn"], ["mo", "mn"]) and re.fullmatch(r"[\u2212+]?\d+\.?\d*", text) else ""


NODES: dict[str, Callable[[Element, bool], Box]] = {
    "mi": _identifier, "mn": _identifier, "mo": _operator, "mtext": _text, "mspace": _blank, "mrow": _group,
    "mstyle": _group, "mpadded": _group, "mphantom": _phantom, "menclose": _enclosed, "msub": _scripts,
    "msup": _scripts, "msubsup": _scripts, "munder": _limits, "mover": _limits, "munderover": _limits,
    "mfrac": _fraction, "msqrt": _root, "mroot": _root, "mtable": _table,
}  # fmt: skip
