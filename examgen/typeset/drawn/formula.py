"""A formula with all positions known, laid out once and filled with other texts as often as needed.

`compiling` makes a `Formula` of the boxes of the layout; `Formula.place` only adds up how far things move.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from examgen.typeset.drawn.flatten import Unit
from examgen.typeset.drawn.slot_texts import slot_width
from examgen.typeset.faults import SlotTooNarrow
from examgen.typeset.fonts.font import MathFont

TOLERANCE = 0.5  # design units by which a text may be wider than its slot, for rounding


class PlacedSlot(NamedTuple):
    """Room for a text: left edge, baseline, width and letter size in the unit of the formula's size.

    `group` is the shift group of the text's left edge.
    """

    name: str
    x: float
    y: float
    width: float
    size: float
    group: int
    level: int


class PlacedRule(NamedTuple):
    """A filled rectangle: left and bottom edge, width and height."""

    x: float
    y: float
    width: float
    height: float
    group: int


class PlacedGlyphs(NamedTuple):
    """Glyphs on one baseline that move together, with the place of each relative to the first.

    A sign that is put together has several of these, from one that `opens` to one that `closes`; they are seen, but not
    copied. What is `hidden` is copied, but not seen. `code` is the PDF operator that shows the glyphs.
    """

    x: float
    y: float
    size: float
    group: int
    words: tuple[tuple[float, tuple[int, ...]], ...]
    opens: bool
    closes: bool
    hidden: bool
    code: str


class Step(NamedTuple):
    """What to draw next, for a fast loop: place in thousandths, group, letter size, and the operators that show it.

    For a slot, `code` is empty, `slot` its index and `level` that of its letters.
    """

    x: int
    y: int
    group: int
    size: int
    code: str
    slot: int
    level: int


class Bar(NamedTuple):
    """A rule for a fast loop: left and bottom edge in thousandths, group, and its sides as PDF writes them."""

    x: int
    y: int
    group: int
    sides: str


class Glyph(NamedTuple):
    """One glyph as drawn."""

    glyph: int
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """Everything of a formula but the texts of its slots.

    Positions are relative to the left end of the (first) baseline, y upwards. `program` is in reading order; a number
    in it is the index of a slot; `steps` and `bars` are the same for drawing. `groups[g]` names the units that group g
    moves left by, each with its factor: unit i is what the text of slot i saves, and behind the slots come the units of
    `columns`, each of which saves the least of what its cells do. `ends` has the right edge of each line and its group.
    """

    font: MathFont
    size: float
    width: float
    height: float
    depth: float
    overflow: float
    slots: tuple[PlacedSlot, ...]
    rules: tuple[PlacedRule, ...]
    program: tuple[PlacedGlyphs | int, ...]
    groups: tuple[tuple[tuple[int, float], ...], ...]
    columns: tuple[Unit, ...]
    ends: tuple[tuple[float, int], ...]
    steps: tuple[Step, ...] = field(init=False, repr=False)
    bars: tuple[Bar, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple([_step(one, self.slots) for one in self.program]))
        object.__setattr__(self, "bars", tuple([_bar(rule) for rule in self.rules]))

    def place(self, texts: Mapping[str, str] = MappingProxyType({})) -> "Drawing":
        """The formula with a text for each slot (by the slot's character).

        Raises: KeyError for a slot without a text, SlotTooNarrow, MissingGlyph.
        """
        if not self.slots:
            return Drawing(self, (0.0,) * len(self.groups), (), self.width)
        own = tuple([texts[slot.name] for slot in self.slots])
        unit = self.size / self.font.units_per_em
        savings = [
            slot.width - slot_width(self.font, text, slot.level) * unit
            for slot, text in zip(self.slots, own, strict=True)
        ]
        if min(savings) < 0:
            self._check(own, savings)
        for column in self.columns:
            savings.append(
                min([slack + sum([savings[one] for one in inner]) if inner else slack for slack, inner in column])
            )
        moved = tuple([sum([savings[unit] * factor for unit, factor in group]) for group in self.groups])
        return Drawing(self, moved, own, max([right - moved[group] for right, group in self.ends]))

    def shifts(self, savings: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each group moves to the left, for many students at once.

        Args:
            savings: (..., slots) how much narrower than its slot each text is.

        Returns: (..., groups).
        """
        found = [savings[..., index] for index in range(len(self.slots))]
        for unit in self.columns:
            cells = [np.full(savings.shape[:-1], slack) + sum(found[one] for one in inner) for slack, inner in unit]
            found.append(np.minimum.reduce(cells))
        stacked = np.stack(found, axis=-1) if found else np.zeros((*savings.shape[:-1], 0))
        return np.asarray(stacked @ self.matrix())

    def matrix(self) -> NDArray[np.float64]:
        """(units, groups): the factors by which groups move."""
        found = np.zeros((len(self.slots) + len(self.columns), len(self.groups)))
        for index, group in enumerate(self.groups):
            for unit, factor in group:
                found[unit, index] = factor
        return found

    def _check(self, texts: Sequence[str], savings: Sequence[float]) -> None:
        for slot, text, saving in zip(self.slots, texts, savings, strict=True):
            if saving < -TOLERANCE * self.size / self.font.units_per_em:
                raise SlotTooNarrow(
                    f"the slot U+{ord(slot.name):04X} is {slot.width:.3f} wide, its text {text!r} "
                    f"{slot.width - saving:.3f}; give the slot a wider widest text"
                )


class Drawing(NamedTuple):
    """A formula with texts: how far each group has moved to the left, the texts of the slots, the actual width."""

    formula: Formula
    shifts: tuple[float, ...]
    texts: tuple[str, ...]
    width: float

    @property
    def height(self) -> float:
        """Above the first baseline."""
        return self.formula.height

    @property
    def depth(self) -> float:
        """Below the first baseline."""
        return self.formula.depth

    def glyphs(self) -> Iterator[Glyph]:
        """All glyphs in reading order."""
        formula = self.formula
        for step in formula.program:
            if isinstance(step, int):
                slot = formula.slots[step]
                glyphs = tuple(formula.font.glyph(one, slot.level) for one in self.texts[step].replace("-", "−"))
                yield from _side_by_side(formula.font, glyphs, slot.x - self.shifts[slot.group], slot.y, slot.size)
            else:
                for offset, glyphs in step.words:
                    x = step.x - self.shifts[step.group] + offset
                    yield from _side_by_side(formula.font, glyphs, x, step.y, step.size)

    def rules(self) -> Iterator[PlacedRule]:
        """All rules."""
        for rule in self.formula.rules:
            yield rule._replace(x=rule.x - self.shifts[rule.group])


def _step(step: PlacedGlyphs | int, slots: Sequence[PlacedSlot]) -> Step:
    if isinstance(step, int):
        slot = slots[step]
        return Step(
            round(slot.x * 1000), round(slot.y * 1000), slot.group, round(slot.size * 1000), "", step, slot.level
        )
    code = step.code
    if step.opens:
        code = f"/Span<</ActualText<FEFF>>>BDC {code}"
    if step.hidden:
        code = f" 3 Tr {code} 0 Tr"  # hidden, but found and copied
    if step.closes:
        code = f"{code} EMC"
    return Step(round(step.x * 1000), round(step.y * 1000), step.group, round(step.size * 1000), code, -1, 0)


def _bar(rule: PlacedRule) -> Bar:
    sides = f"{decimal(round(rule.width * 1000))} {decimal(round(rule.height * 1000))}"
    return Bar(round(rule.x * 1000), round(rule.y * 1000), rule.group, sides)


@lru_cache(maxsize=65536)
def decimal(thousandths: int) -> str:
    """A number of thousandths as PDF writes numbers: no exponent, no needless zeros."""
    whole, part = divmod(abs(thousandths), 1000)
    text = f"{whole}.{part:03d}".rstrip("0").rstrip(".") if part else str(whole)
    text = text.removeprefix("0") if part else text
    return f"-{text}" if thousandths < 0 else text


def _side_by_side(font: MathFont, glyphs: tuple[int, ...], x: float, y: float, size: float) -> Iterator[Glyph]:
    for glyph in glyphs:
        yield Glyph(glyph, x, y, size)
        x += font.advances[glyph] * size / font.units_per_em
