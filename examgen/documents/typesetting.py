"""Puts formulas onto pages as images that are drawn later: the layout only needs to know how large each is.

The templates' filters call a `Typesetter`; the HTML that comes out holds `<img src="formula:7">`, and `skeleton` swaps
each such image for the formula's glyphs. Numbers that differ from student to student are slots of the formulas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup

from examgen.documents.math import complaint, to_mathml
from examgen.documents.mathbox import Formula, MathFont, MissingGlyph, Slot, UnknownMath, spoken, typeset
from examgen.documents.numbers import FIRST_SLOT
from examgen.errors import BankError
from examgen.resources import shipped

SIZE = 10.5
"""Size of the text and of formulas, in points, as in paper.css."""

TEXT_WIDTH = 481.0
"""Width of the page without its margins, in points, as in paper.css."""

LOCAL_SLOT = 0xE000
"""The slots of one formula are characters from here on."""


NAMES = frozenset(
    map(chr, [*range(0x20, 0x7F), *range(0xA1, 0x180), *range(0x386, 0x3CF), *range(0x400, 0x460), *map(ord, "−–’…")])
)
"""Characters that names and numbers may need, and that every page's math font has; other names get a layout of their
own."""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """One formula on the page.

    Attributes:
        formula: its layout.
        spoken: the formula read aloud, with the page's slots in it.
        slots: numbers of the page's slots, in the order of the formula's.
        is_centred: whether narrower numbers leave room on both sides and not only on the right.
    """

    formula: Formula
    spoken: str
    slots: tuple[int, ...]
    is_centred: bool


@dataclass(slots=True, eq=False)
class Typesetter:
    """Collects the formulas of one page.

    Attributes:
        widest: the widest text of each of the page's slots.
        language: in which formulas are read aloud.
        images: what has been set so far.
    """

    widest: Mapping[int, str]
    language: str = "en"
    images: list[Image] = field(default_factory=list)
    _known: dict[tuple[str, bool, bool, float], int] = field(default_factory=dict)

    def inline(self, latex: str, where: str = "", *, display: bool = False, size: float = SIZE) -> Markup:
        """A formula in a line of text."""
        return self._image(latex, where, display=display, is_block=False, size=size)

    def equation(self, relations: Sequence[str], where: str = "") -> Markup:
        """A displayed chain of relations, broken where it is wider than the page."""
        image = self._image(" ".join(relations), where, display=True, is_block=True)
        return Markup('<p class="eq">{}</p>').format(image)

    def text(self, slot: str, size: float = SIZE) -> Markup:
        """A slot for text of one line, such as a name."""
        return self._image(rf"\text{{{slot}}}", "", display=False, is_block=False, size=size)

    def _image(self, latex: str, where: str, *, display: bool, is_block: bool, size: float = SIZE) -> Markup:
        key = (latex, display, is_block, size)
        if key not in self._known:
            self._known[key] = len(self.images)
            self.images.append(self._set(latex, where, display=display, is_block=is_block, size=size))
        number = self._known[key]
        formula = self.images[number].formula
        style = (
            f"width:{formula.width:.3f}pt;height:{formula.height + formula.depth:.3f}pt;"
            f"vertical-align:{-formula.depth:.3f}pt"
        )
        return Markup('<img src="formula:{}" alt="{}" style="{}">').format(number, alt_mark(number), style)

    def _set(self, latex: str, where: str, *, display: bool, is_block: bool, size: float) -> Image:
        local, slots = _with_local_slots(latex)
        room = {chr(LOCAL_SLOT + place): Slot(self.widest[slot]) for place, slot in enumerate(slots)}
        mathml = to_mathml(local, where, display=display)
        width = TEXT_WIDTH if is_block else None
        try:
            formula = typeset(mathml, math_font(), size=size, display=display, max_width=width, slots=room)
        except (UnknownMath, MissingGlyph) as error:
            raise BankError(complaint(local, where, f"{error}.")) from None
        order = tuple(slots[ord(slot.name) - LOCAL_SLOT] for slot in formula.slots)
        page_slots = {LOCAL_SLOT + place: FIRST_SLOT + slot for place, slot in enumerate(slots)}
        said = spoken(mathml, self.language).translate(page_slots)
        return Image(formula, said, order, is_centred=is_block)


def alt_mark(number: int) -> str:
    """What stands for the alternative text of an image until it is known."""
    return f"@@alt {number}@@"


@cache
def math_font() -> MathFont:
    """The font of all formulas, read once per process."""
    return MathFont.load(shipped("templates") / "fonts" / "mathbox" / "STIXTwoMath-Regular.ttf")


def widest_text(width: float) -> str:
    """Digits that take this width, in points: the widest text of a slot for names."""
    return "0" * int(width / _text_width("0"))


def fitted(text: str, width: float) -> str:
    """The text, or as much of it as fits into the slot of this width, with an ellipsis at its end.

    Raises: MissingGlyph for a character that the pages' font lacks.
    """
    if not NAMES.issuperset(text):
        raise MissingGlyph(f"{text!r} has a character that slots cannot show")
    room = len(widest_text(width)) * _text_width("0")
    if _text_width(text) <= room:
        return text
    while text and _text_width(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _text_width(text: str) -> float:
    font = math_font()
    return sum(font.advances[font.glyph(character)] for character in text) * SIZE / font.units_per_em


def _with_local_slots(latex: str) -> tuple[str, list[int]]:
    """The formula with its slots numbered from 0, and the page's numbers of them."""
    found: list[int] = []
    parts = []
    for character in latex:
        if ord(character) >= FIRST_SLOT:
            parts.append(chr(LOCAL_SLOT + len(found)))
            found.append(ord(character) - FIRST_SLOT)
        else:
            parts.append(character)
    return "".join(parts), found
