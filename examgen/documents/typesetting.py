"""Puts formulas onto pages as images that are drawn later: the layout only needs to know how large each is.

The templates' filters call a `Typesetter`; the HTML that comes out holds `<img src="formula:7">`, and `skeleton` swaps
each such image for the formula's glyphs. Numbers that differ from student to student are slots of the formulas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import accumulate
from unicodedata import combining, east_asian_width

from markupsafe import Markup

from examgen.documents.lengths import length
from examgen.documents.line_packing import EMPTY, HANG, goes_on, packed_lines
from examgen.documents.math import complaint, to_mathml
from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.placeholders import alt_mark
from examgen.errors import BankError
from examgen.resources import shipped
from examgen.typeset import Formula, MathFont, MissingGlyph, Slot, UnknownMath, spoken, typeset

SIZE = length("size")
"""Size of the text and of formulas, in points."""

TEXT_WIDTH = 481.0
"""Width of the page without its margins, which is 170 mm on either paper, in points."""

INDENT = length("indent")
"""By so much further lines of a wide formula are moved in, in points."""

INLINE_WIDTH = 330.0
"""The narrowest column of text, that of the key's tasks beside their marks, in points."""

GIVEN_WIDTH = 461.0
"""A given equation's room between its margins, in points."""

SLACK = 0.01
"""So much wider than its room a formula may be, in points."""

MOST_LEFT = 110.0
"""A left-hand side that is wider than this, in points, does not move the signs of the others to the right."""

STRUT = r"\vphantom{\text{Åg}}"
"""Letters that go up and down as far as any: what stands out of a slot's box is cut off."""

LOCAL_SLOT = 0xE000
"""The slots of one formula are characters from here on."""

NAMES = frozenset(
    map(
        chr,
        [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x386, 0x3CF), *range(0x400, 0x460), *map(ord, "−‐–‘’“”„…")],
    )
)
"""Characters that names and numbers may need, and that a slot can show where the math font has them; other names get a
layout of their own."""


HYPHEN = "‐"
"""In a slot, "-" is drawn as the minus of a number; this is what joins words."""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """One formula on the page.

    Attributes:
        formula: its layout.
        spoken: the formula read aloud, with the page's slots in it.
        slots: numbers of the page's slots, in the order of the formula's.
        is_centred: whether narrower numbers leave room on both sides and not only on the right.
        is_right: whether they leave it on the left.
    """

    formula: Formula
    spoken: str
    slots: tuple[int, ...]
    is_centred: bool
    is_right: bool = False


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
    _known: dict[tuple[str, bool, float | None, tuple[bool, bool], float], int] = field(default_factory=dict)

    def inline(
        self,
        latex: str,
        where: str = "",
        *,
        display: bool = False,
        room: float | None = None,
        size: float = SIZE,
        is_centred: bool = False,
    ) -> Markup:
        """A formula in a line of text, broken where that leaves it no more than this room."""
        return self._image(latex, where, display=display, room=room, size=size, is_centred=is_centred)

    def measured(self, latex: str, where: str = "") -> tuple[Markup, float]:
        """A formula in a line of text, and its width."""
        shown = self._image(latex, where, display=True, room=GIVEN_WIDTH)
        return shown, self.images[self._known[latex, True, GIVEN_WIDTH, (False, False), SIZE]].formula.width

    def extent(self, latex: str, where: str = "", size: float = SIZE) -> tuple[float, float, float]:
        """Width, height and depth of a formula in a line of text, in points; it is not put onto the page."""
        formula = self._set(latex, where, display=False, room=None, size=size).formula
        return formula.width, formula.height, formula.depth

    def equation(self, relations: Sequence[str], where: str = "") -> Markup:
        """A displayed chain of relations: centred, or in lines that begin with a relation where it is too wide.

        A part that cannot be broken, such as a matrix of many columns, is set smaller where it needs to be.
        """
        whole = replace(
            self._set(" ".join(relations), where, display=True, room=TEXT_WIDTH, size=SIZE), is_centred=True
        )
        if len(whole.formula.ends) == 1 and whole.formula.width <= TEXT_WIDTH + SLACK:
            self.images.append(whole)
            return Markup('<p class="eq">{}</p>').format(self._shown(len(self.images) - 1))
        widths = [self._width(part, where) for part in relations]
        first, *others = (
            self._image(line, where, display=True, room=TEXT_WIDTH - INDENT)
            for line in packed_lines(relations, widths, TEXT_WIDTH - INDENT)
        )
        further = Markup("").join(Markup("<span>{}</span>").format(line) for line in others)
        return Markup('<p class="eq long">{}{}</p>').format(first, further)

    def edge(self, equations: Sequence[Sequence[str]], where: str = "") -> float:
        """Where the first signs of equations below one another stand, in points: behind their left-hand sides."""
        lefts = [self._left(relations[0], where) for relations in equations]
        return max((left for left in lefts if left <= MOST_LEFT), default=0.0)

    def aligned(self, relations: Sequence[str], edge: float, where: str = "") -> Markup:
        """A displayed chain of relations whose first sign stands at this edge, and the signs of further lines below it.

        A part that cannot be broken, such as a matrix of many columns, is set smaller where it needs to be.
        """
        left = self._left(relations[0], where)
        before = max(edge - left, 0.0)
        whole = self._set(" ".join(relations), where, display=True, room=TEXT_WIDTH - before, size=SIZE)
        if len(whole.formula.ends) == 1 and whole.formula.width <= TEXT_WIDTH - before + SLACK:
            self.images.append(whole)
            return Markup('<p class="eq at">{}</p>').format(self._shown(len(self.images) - 1, before))
        widths = [self._width(part, where) for part in relations[1:]]
        first, *others = packed_lines(relations, [max(left - edge, 0.0), *widths], TEXT_WIDTH - edge, HANG)
        shown = [self._image(first, where, display=True, room=TEXT_WIDTH - before, before=before)]
        for further in others:
            is_sum = goes_on(further)
            # Behind an empty group a relation would have its space before it.
            line, place = (further, edge + HANG) if is_sum else (further.removeprefix(EMPTY), edge)
            image = self._image(line, where, display=True, room=TEXT_WIDTH - place, before=place)
            shown.append(Markup("<span>{}</span>").format(image))
        return Markup('<p class="eq at">{}</p>').format(Markup("").join(shown))

    def _left(self, side: str, where: str) -> float:
        """How far behind the left edge of a formula with this left-hand side its sign stands."""
        return self._width(f"{side} = 0", where) - self._width("= 0", where)

    def text(self, slot: str, size: float = SIZE, *, is_right: bool = False) -> Markup:
        """A slot for text of one line, such as a name, or a number that stands at the right."""
        return self._image(rf"\text{{{slot}}}{STRUT}", "", display=False, size=size, is_right=is_right)

    def _image(
        self,
        latex: str,
        where: str,
        *,
        display: bool,
        room: float | None = None,
        is_right: bool = False,
        is_centred: bool = False,
        size: float = SIZE,
        before: float = 0.0,
    ) -> Markup:
        key = (latex, display, room, (is_right, is_centred), size)
        if key not in self._known:
            self._known[key] = len(self.images)
            image = self._set(latex, where, display=display, room=room, size=size)
            if room is not None and image.formula.width > room + SLACK:
                smaller = size * room / image.formula.width
                image = self._set(latex, where, display=display, room=room, size=smaller)
            self.images.append(replace(image, is_right=is_right, is_centred=is_centred))
        return self._shown(self._known[key], before)

    def _shown(self, number: int, before: float = 0.0) -> Markup:
        """The image's place in the page, so many points behind what stands before it."""
        formula = self.images[number].formula
        style = (
            f"width:{formula.width:.3f}pt;height:{formula.height + formula.depth:.3f}pt;"
            f"vertical-align:{-formula.depth:.3f}pt" + (f";margin-left:{before:.3f}pt" if before else "")
        )
        return Markup('<img src="formula:{}" alt="{}" style="{}">').format(number, alt_mark(number), style)

    def _width(self, latex: str, where: str) -> float:
        """How wide a displayed formula is in one line; it is not put onto the page, and nobody reads it aloud."""
        return self._laid_out(*_with_local_slots(latex), where, display=True, room=None, size=SIZE).width

    def _set(self, latex: str, where: str, *, display: bool, room: float | None, size: float) -> Image:
        local, slots = _with_local_slots(latex)
        formula = self._laid_out(local, slots, where, display=display, room=room, size=size)
        said = _spoken(to_mathml(local, where, display=display), self.language)
        order = tuple(slots[ord(slot.name) - LOCAL_SLOT] for slot in formula.slots)
        page_slots = {LOCAL_SLOT + place: FIRST_SLOT + slot for place, slot in enumerate(slots)}
        return Image(formula, said.translate(page_slots), order, is_centred=False)

    def _laid_out(
        self, local: str, slots: Sequence[int], where: str, *, display: bool, room: float | None, size: float
    ) -> Formula:
        widest = tuple(self.widest[slot] for slot in slots)
        try:
            return _typeset(to_mathml(local, where, display=display), widest, display, room, size)
        except (UnknownMath, MissingGlyph) as error:
            raise BankError(complaint(local, where, f"{error}.")) from None


@lru_cache(maxsize=8192)
def _typeset(mathml: str, widest: tuple[str, ...], display: bool, room: float | None, size: float) -> Formula:
    """A formula whose slots have these widest texts: pages of a class, and of many exams, have many in common."""
    slots = {chr(LOCAL_SLOT + place): Slot(text) for place, text in enumerate(widest)}
    return typeset(mathml, math_font(), size=size, display=display, max_width=room, slots=slots)


@lru_cache(maxsize=8192)
def _spoken(mathml: str, language: str) -> str:
    """How a formula is read aloud, at whatever size."""
    return spoken(mathml, language)


@cache
def math_font() -> MathFont:
    """The font of all formulas, read once per process."""
    return MathFont.load(shipped("templates") / "fonts" / "formulas" / "STIXTwoMath-Regular.ttf")


def widest_text(width: float) -> str:
    """Digits that take this width, in points: the widest text of a slot for names."""
    font = math_font()
    return "0" * int(width / (font.advances[font.glyph("0")] * SIZE / font.units_per_em))


def fits_slots(text: str) -> bool:
    """Whether slots can show all characters of a text; another one gets a layout of its own."""
    characters = math_font().characters
    return all(letter in NAMES and ord(letter) in characters for letter in text)


def fitted(text: str, room: float) -> str:
    """The text, or as much of it as takes no more width than so many digits, with an ellipsis at its end."""
    ends = list(accumulate(map(_letter_width, text), initial=0.0))
    if ends[-1] <= room:
        return text
    most = room - _letter_width("…")
    kept = max((count for count, end in enumerate(ends) if end <= most), default=0)
    return f"{text[:kept].rstrip()}…"


def letters_width(text: str) -> float:
    """About how wide a text is, in its size."""
    font = math_font()
    return sum(map(_letter_width, text)) * font.advances[font.glyph("0")] / font.units_per_em


def _letter_width(letter: str) -> float:
    """Width of a letter in digits: by the math font, and where that does not know it, by its script."""
    font = math_font()
    # Slots draw it so.
    letter = "−" if letter == "-" else letter
    if combining(letter):
        return 0
    if ord(letter) in font.characters:
        return font.advances[font.glyph(letter)] / font.advances[font.glyph("0")]
    return 2 if east_asian_width(letter) in "WF" else 1


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
