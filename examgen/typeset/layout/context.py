"""What the builders of boxes share: the style of a formula's part, the font, the slots, and reading of attributes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from xml.etree.ElementTree import Element

from examgen.typeset.boxes import Box
from examgen.typeset.faults import UnknownMath
from examgen.typeset.fonts.alphabets import is_slot
from examgen.typeset.fonts.font import MathFont

LENGTH = re.compile(r"(-?\d*\.?\d+)(em|ex|pt|px|%)?")
EX = 0.473
# Attributes that change nothing in the layout, or that the builders need not be told of.
IGNORED = frozenset(
    {"class", "id", "xmlns", "display", "alttext", "intent", "arg", "dir", "title", "fence", "separator"}
)
# Elements that come again and again in a paper, such as the W and its (1); their boxes are kept.
KEPT = frozenset({"msup", "msub", "msubsup", "mover", "munder", "munderover", "mfrac", "msqrt", "mroot"})


class Slot(NamedTuple):
    """Room for a text that is not known yet; `widest` is its widest form, such as "−0.0000"."""

    widest: str


class Style(NamedTuple):
    """TeX's styles: `level` 0 for text, 1 for scripts, 2 for their scripts; `cramped` superscripts are raised less."""

    display: bool
    level: int
    cramped: bool

    def superscript(self) -> "Style":
        """Style of a superscript of this style."""
        return Style(False, min(2, self.level + 1), self.cramped)

    def subscript(self) -> "Style":
        """Style of a subscript, or of a script under an operator."""
        return Style(False, min(2, self.level + 1), True)

    def numerator(self) -> "Style":
        """Style above a fraction's bar."""
        return Style(False, self.level if self.display else min(2, self.level + 1), self.cramped)

    def denominator(self) -> "Style":
        """Style below a fraction's bar."""
        return self.numerator().cramp()

    def cramp(self) -> "Style":
        """The same style, cramped."""
        return Style(self.display, self.level, True)


class FrozenBuilders(dict[str, "Builder"]):
    """The builder of each MathML element; equal only to itself, so that boxes can be kept by it."""

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)


@dataclass(frozen=True, slots=True)
class Context:
    """One formula's font and slots, and the builder of each MathML element."""

    font: MathFont
    slots: Mapping[str, Slot]
    builders: FrozenBuilders

    def box(self, element: Element, style: Style) -> Box:
        """Lay out one element.

        Raises: UnknownMath, MissingGlyph.
        """
        name = tag(element)
        if name in KEPT:
            features = fingerprint(element)
            if features is not None:
                return _kept(_Keyed(features, element), style, self.font, self.builders)
        return self.build(element, style)

    def build(self, element: Element, style: Style) -> Box:
        """Lay out one element anew; errors as in `box`."""
        name = tag(element)
        builder = self.builders.get(name)
        if builder is None:
            raise UnknownMath(f"<{name}> is not known here; use {', '.join(sorted(self.builders))}")
        return builder(element, style, self)

    def constant(self, name: str, style: Style) -> float:
        """One of the font's MATH constants at the size of a style, in design units of the text size."""
        return self.font.constants[name] * self.font.scale(style.level)

    def em(self, style: Style) -> float:
        """The length of an em."""
        return self.font.units_per_em * self.font.scale(style.level)


Builder = Callable[[Element, Style, Context], Box]


class _Keyed:
    """An element that equals every element with the same content, so that its box can be found again."""

    __slots__ = ("element", "features", "hashed")

    def __init__(self, features: tuple[object, ...], element: Element) -> None:
        self.features = features
        self.element = element
        self.hashed = hash(features)

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.features == other.features


def fingerprint(element: Element) -> tuple[object, ...] | None:
    """All that an element says, or None if there is a slot in it, whose width is not its own."""
    text = element.text
    if text and any(map(is_slot, text)):
        return None
    inside = []
    for child in element:
        features = fingerprint(child)
        if features is None:
            return None
        inside.append(features)
    return (element.tag, text, tuple(element.attrib.items()), tuple(inside))


@lru_cache(maxsize=8192)
def _kept(keyed: _Keyed, style: Style, font: MathFont, builders: "FrozenBuilders") -> Box:
    return Context(font, {}, builders).build(keyed.element, style)


def tag(element: Element) -> str:
    """Name of an element, without its namespace."""
    name = element.tag
    return name if name[0] != "{" else name.rpartition("}")[2]


def content(element: Element) -> str:
    """Text of a token element: white space at its ends does not count.

    Raises: UnknownMath if there are elements in it.
    """
    if len(element):
        raise UnknownMath(f"<{tag(element[0])}> within <{tag(element)}> is not known here; use text alone")
    text = element.text or ""
    return text.strip(" \t\r\n") if tag(element) != "mtext" else text


def check(element: Element, *known: str) -> None:
    """Raise UnknownMath if an element has an attribute that is not known."""
    for name in element.keys():  # noqa: SIM118 - an Element iterates over its children
        if name not in known and name not in IGNORED:
            raise UnknownMath(f"<{tag(element)} {name}=…> is not known here; use {', '.join(known) or 'no attributes'}")


def children(element: Element, count: int) -> list[Element]:
    """The arguments of an element.

    Raises: UnknownMath if they are not `count`.
    """
    found = list(element)
    if len(found) != count:
        raise UnknownMath(f"<{tag(element)}> has {len(found)} parts; it needs {count}")
    return found


@lru_cache(maxsize=1024)
def length(text: str) -> float:
    """A length in em; a bare number is 0 or a multiple.

    Raises: UnknownMath.
    """
    found = LENGTH.fullmatch(text.strip())
    if not found or (found[2] is None and float(found[1]) != 0) or found[2] == "%":
        raise UnknownMath(f'the length "{text}" is not known here; use em, ex, pt or px')
    return float(found[1]) * {None: 0.0, "em": 1.0, "ex": EX, "pt": 0.1, "px": 0.075}[found[2]]


@lru_cache(maxsize=1024)
def declarations(text: str, *known: str) -> Mapping[str, str]:
    """The properties of a `style` attribute.

    Raises: UnknownMath for a property that is not among `known`.
    """
    found = {
        name.strip(): value.strip()
        for name, _, value in (part.partition(":") for part in text.split(";"))
        if name.strip()
    }
    for name in found:
        if name not in known:
            raise UnknownMath(f'style="{name}: …" is not known here; use {", ".join(known)}')
    return found


def restyled(element: Element, style: Style) -> Style:
    """The style that an element's own attributes ask for."""
    display, level = element.get("displaystyle"), element.get("scriptlevel")
    if display is not None:
        style = Style(display == "true", style.level, style.cramped)
    if level is not None:
        step = int(level)
        style = Style(style.display, min(2, style.level + step if level[0] in "+-" else step), style.cramped)
    return style
