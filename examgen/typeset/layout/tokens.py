"""Letters, numbers, signs, words and spaces: the elements of MathML without parts."""

from xml.etree.ElementTree import Element

from examgen.typeset.boxes import EMPTY, Box, Vacancy, letter, row, space, word
from examgen.typeset.faults import MissingGlyph, UnknownMath
from examgen.typeset.fonts.alphabets import is_slot, italic
from examgen.typeset.layout.context import Context, Style, check, content, declarations, length
from examgen.typeset.layout.delimiters import enlarged, grown
from examgen.typeset.layout.operators import APPLY, INTEGRALS, LARGE, NOTHING

INVISIBLE = frozenset({APPLY, NOTHING, "\u2062", "\u2064", ""})
SELECTORS = {0xFE00: None, 0xFE01: None}
ATTRIBUTES = ("stretchy", "symmetric", "largeop", "movablelimits", "lspace", "rspace", "form", "minsize", "maxsize")
BLANKS = " \u00a0\u2003\u2002"


def identifier(element: Element, style: Style, context: Context) -> Box:
    """`<mi>`: one letter is slanted, several are a name and upright."""
    check(element, "mathvariant")
    text = content(element).translate(SELECTORS)
    variant = element.get("mathvariant")
    if variant not in (None, "normal"):
        raise UnknownMath(f'<mi mathvariant="{variant}"> is not known here; use normal, or letters of that alphabet')
    if len(text) == 1 and not is_slot(text):
        return letter(context.font, text if variant else italic(text), style.level)
    return written(text, style, context)


def number(element: Element, style: Style, context: Context) -> Box:
    """`<mn>`: upright, with a true minus sign."""
    check(element)
    return written(content(element).replace("-", "−"), style, context)


def text(element: Element, style: Style, context: Context) -> Box:
    """`<mtext>`: upright words with the spaces between them."""
    check(element)
    return written(content(element), style, context)


def sign(element: Element, style: Style, context: Context) -> Box:
    """`<mo>` by itself; delimiters that grow are made by `atom_rows`."""
    check(element, *ATTRIBUTES)
    found = sign_of(element)
    if found in INVISIBLE:
        return EMPTY
    if "minsize" in element.attrib:
        return grown(found, length(element.attrib["minsize"]) * context.em(style), style, context)
    if found in LARGE or found in INTEGRALS:
        return enlarged(found, style, context)
    if len(found) == 1 and not is_slot(found):
        return letter(context.font, found, style.level)
    return written(found, style, context)


def blank(element: Element, style: Style, context: Context) -> Box:
    """`<mspace>`; its width may be negative."""
    check(element, "width", "height", "depth", "style", "linebreak")
    width = length(element.get("width", "0"))
    width += length(declarations(element.get("style", ""), "margin-left").get("margin-left", "0"))
    em = context.em(style)
    return space(width * em, length(element.get("height", "0")) * em, length(element.get("depth", "0")) * em)


def sign_of(element: Element) -> str:
    """The characters of an `<mo>`; a hyphen is a minus sign."""
    found = content(element)
    return "−" if found == "-" else found


def written(characters: str, style: Style, context: Context) -> Box:
    """Characters as they are, with room for the slots among them."""
    if not any(is_slot(character) for character in characters):
        return _words(characters, style, context)
    parts, start = [], 0
    for index, character in enumerate(characters):
        if is_slot(character):
            parts += [_words(characters[start:index], style, context), vacancy(character, style, context)]
            start = index + 1
    parts.append(_words(characters[start:], style, context))
    parts = [part for part in parts if part.width]
    return parts[0] if len(parts) == 1 else row(parts)


def vacancy(name: str, style: Style, context: Context) -> Box:
    """Room for the widest text of a slot.

    Raises: MissingGlyph if there is no such slot.
    """
    slot = context.slots.get(name)
    if slot is None:
        raise MissingGlyph(f"the character U+{ord(name):04X} stands for a slot; name its widest text")
    widest = word(context.font, slot.widest.replace("-", "−"), style.level)
    return widest._replace(content=Vacancy(name, style.level), letter=None)


def _words(characters: str, style: Style, context: Context) -> Box:
    if not any(blank in characters for blank in BLANKS):
        return word(context.font, characters, style.level)
    return word(context.font, characters.replace("\u2003", "    ").replace("\u2002", "  "), style.level)
