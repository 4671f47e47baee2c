"""Rows of a formula: the spaces between atoms by TeX's classes, and delimiters that grow with what they enclose.

Where the MathML gives a space it is taken; else the class of the sign decides. Relations, binary operators and
punctuation have no space in scripts, and a binary operator with nothing to its left or right is an ordinary sign.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from examgen.typeset.boxes import EMPTY, Box, placed, space
from examgen.typeset.layout.context import Context, Style, check, declarations, length, restyled, tag
from examgen.typeset.layout.delimiters import grown, span
from examgen.typeset.layout.operators import APPLY, NOTHING, SPACES, Kind, kind, stretches
from examgen.typeset.layout.tokens import ATTRIBUTES, sign_of

SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
GROUPS = frozenset({"mrow", "mstyle", "mpadded", "mphantom"})
NULL_DELIMITER = 0.12  # em; TeX's \nulldelimiterspace
# A binary operator after one of these, or before one of those, has nothing to operate on.
NOT_LEFT = frozenset({None, Kind.BIN, Kind.OP, Kind.REL, Kind.OPEN, Kind.PUNCT})
NOT_RIGHT = frozenset({None, Kind.REL, Kind.CLOSE, Kind.PUNCT})


class Atom(NamedTuple):
    """One part of a row: its box, its class (None for a space), and the spaces to its left and right."""

    box: Box
    kind: Kind | None
    left: float
    right: float
    element: Element


def row(element: Element, style: Style, context: Context) -> Box:
    """`<mrow>`, `<mstyle>`, `<math>` and whatever else holds a row."""
    check(element, "displaystyle", "scriptlevel")
    return joined(atoms(list(element), restyled(element, style), context))


def padded(element: Element, style: Style, context: Context) -> Box:
    """`<mpadded>` with space at its sides."""
    check(element, "style", "width", "height", "depth")
    sides = declarations(element.get("style", ""), "padding-left", "padding-right")
    box = joined(atoms(list(element), style, context))
    em = context.em(style)
    # What a relation or a fence has beside it, it has not in scripts.
    left, right = (0.0 if style.level else length(sides.get(f"padding-{side}", "0")) * em for side in ("left", "right"))
    if left or right:
        box = placed([(left, 0.0, box)], left + box.width + right)._replace(letter=box.letter)
    return box._replace(
        width=_size(element, "width", box.width, em),
        height=_size(element, "height", box.height, em),
        depth=_size(element, "depth", box.depth, em),
    )


def phantom(element: Element, style: Style, context: Context) -> Box:
    """`<mphantom>`: the room of its content."""
    check(element)
    box = joined(atoms(list(element), style, context))
    return space(box.width, box.height, box.depth)


def atoms(elements: Sequence[Element], style: Style, context: Context) -> list[Atom]:
    """The parts of a row with their spaces; delimiters have grown."""
    signs = [operator(element) for element in elements]
    texts = ["" if sign is None else sign_of(sign) for sign in signs]
    growing = [
        index
        for index, (element, sign) in enumerate(zip(elements, signs, strict=True))
        if sign is not None and sign is element and grows(sign, texts[index])
    ]
    if growing:
        boxes = [EMPTY if index in growing else context.box(element, style) for index, element in enumerate(elements)]
        target = span([box for index, box in enumerate(boxes) if index not in growing], style, context)
        for index in growing:
            check(elements[index], *ATTRIBUTES)
            boxes[index] = grown(texts[index], target, style, context)
    else:
        boxes = [context.box(element, style) for element in elements]
    em = context.em(style)
    found = []
    for element, sign, text, box, one in zip(elements, signs, texts, boxes, _kinds(elements, texts), strict=True):
        left, right = (0.0, 0.0) if sign is None or one is None else _spaces(sign, text, one, style, em)
        found.append(Atom(box, one, left, right, element))
    return found


def joined(found: Iterable[Atom]) -> Box:
    """Atoms side by side. A slanted letter before something upright gets its italic correction."""
    parts = [atom for atom in found if atom.box is not EMPTY or atom.left or atom.right]
    if len(parts) == 1 and not parts[0].left and not parts[0].right:
        return parts[0].box
    positions, width = places(parts)
    return placed([(x, 0.0, atom.box) for x, atom in zip(positions, parts, strict=True)], width)


def places(parts: Sequence[Atom]) -> tuple[list[float], float]:
    """Where each atom begins, and the width of all."""
    positions, x = [], 0.0
    for index, atom in enumerate(parts):
        x += atom.left
        positions.append(x)
        x += atom.box.width + atom.right
        if atom.box.letter is not None and atom.box.italic and not _is_letter(parts, index + 1):
            x += atom.box.italic
    return positions, x


def operator(element: Element) -> Element | None:
    """The `<mo>` that an element is, or that it is with scripts."""
    name = tag(element)
    if name == "mo":
        return element
    if name in SCRIPTED:
        return operator(element[0]) if len(element) else None
    if name in GROUPS:
        inside = [child for child in element if tag(child) != "mspace"]
        return operator(inside[0]) if len(inside) == 1 else None
    return None


def grows(sign: Element, text: str) -> bool:
    """Whether an `<mo>` is a delimiter that takes the height of its row."""
    wanted = sign.get("stretchy")
    return stretches(text) and "minsize" not in sign.attrib if wanted is None else wanted == "true"


def _kinds(elements: Sequence[Element], texts: Sequence[str]) -> list[Kind | None]:
    found = [
        kind(text) if text else None if tag(element) == "mspace" else Kind.ORD
        for element, text in zip(elements, texts, strict=True)
    ]
    if Kind.BIN not in found:
        return found
    solid = [index for index, one in enumerate(found) if one is not None]
    for place, index in enumerate(solid):
        if found[index] is Kind.BIN:
            before = found[solid[place - 1]] if place else None
            after = found[solid[place + 1]] if place + 1 < len(solid) else None
            if before in NOT_LEFT or after in NOT_RIGHT:
                found[index] = Kind.ORD
    return found


def _spaces(sign: Element, text: str, found: Kind, style: Style, em: float) -> tuple[float, float]:
    if style.level and found is not Kind.OP:
        return 0.0, 0.0
    if text == NOTHING:
        return NULL_DELIMITER * em, 0.0
    left, right = (0.0, 0.0) if text == APPLY else SPACES[found]
    named_left, named_right = sign.get("lspace"), sign.get("rspace")
    left = left if named_left is None else length(named_left)
    right = right if named_right is None else length(named_right)
    return left * em, right * em


def _size(element: Element, name: str, natural: float, em: float) -> float:
    given = element.get(name)
    return natural if given is None else length(given) * em


def _is_letter(parts: Sequence[Atom], index: int) -> bool:
    """Whether a slanted letter, or a space that is not one of a sign, follows."""
    if index >= len(parts):
        return False
    after = parts[index]
    is_sign = after.kind is not Kind.ORD or tag(after.element) == "mo"
    return after.kind is None or (after.box.letter is not None and not is_sign)
