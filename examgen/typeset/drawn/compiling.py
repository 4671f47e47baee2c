"""Turns the boxes of the layout into a `Formula`: positions in the unit of the page, shift groups, PDF operators."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from examgen.typeset.drawn.flatten import FlatGlyphs, FlatRule, FlatSlot, Flattener, Line, Shift, ordered, renumbered
from examgen.typeset.drawn.formula import TOLERANCE, Formula, PlacedGlyphs, PlacedRule, PlacedSlot
from examgen.typeset.fonts.font import MathFont


def compiled(
    lines: Sequence[Line], font: MathFont, size: float, *, dynamic: bool = False, max_width: float | None = None
) -> Formula:
    """The formula that consists of the given lines, in design units; `dynamic` if there are slots in it."""
    flat = Flattener(font, dynamic)
    ends = [flat.line(line) for line in lines]
    scaled = _Scaled(
        font, size, flat.slot_count, size / font.units_per_em, [font.scale(level) * size for level in range(3)]
    )
    slots: list[PlacedSlot] = []
    program: list[PlacedGlyphs | int] = []
    for step in flat.steps:
        if isinstance(step, FlatSlot):
            program.append(len(slots))
            slots.append(scaled.slot(step))
        else:
            program.append(scaled.glyphs(step))
    unit = scaled.unit
    rules = tuple([scaled.rule(rule) for rule in flat.rules])
    placed_ends = tuple([(right * unit, scaled.group(shift)) for right, shift in ends])
    width = max((right for right, _ in placed_ends), default=0.0)
    return Formula(
        font=font,
        size=size,
        width=width,
        height=max((line.y + box.height for line in lines for box in line.boxes()), default=0.0) * unit,
        depth=max((box.depth - line.y for line in lines for box in line.boxes()), default=0.0) * unit,
        overflow=0.0 if max_width is None else max(0.0, width - max_width - TOLERANCE * unit),
        slots=tuple(slots),
        rules=rules,
        program=tuple(program),
        groups=tuple(scaled.groups),
        columns=tuple(
            tuple((slack * unit, inner) for slack, inner in column) for column in ordered(flat.columns, flat.slot_count)
        ),
        ends=placed_ends,
    )


@dataclass(slots=True)
class _Scaled:
    """Turns what `Flattener` found into the unit of the page, and numbers the groups."""

    font: MathFont
    size: float
    slot_count: int
    unit: float
    sizes: list[float]
    groups: dict[Shift, int] = field(default_factory=lambda: {(): 0})

    def group(self, shift: Shift) -> int:
        return self.groups.setdefault(renumbered(shift, self.slot_count), len(self.groups)) if shift else 0

    def slot(self, slot: FlatSlot) -> PlacedSlot:
        unit, letters, group = self.unit, self.sizes[slot.level], self.group(slot.shift)
        return PlacedSlot(slot.name, slot.x * unit, slot.y * unit, slot.width * unit, letters, group, slot.level)

    def rule(self, rule: FlatRule) -> PlacedRule:
        unit = self.unit
        return PlacedRule(rule.x * unit, rule.y * unit, rule.width * unit, rule.height * unit, self.group(rule.shift))

    def glyphs(self, run: FlatGlyphs) -> PlacedGlyphs:
        unit = self.unit
        return PlacedGlyphs(
            run.x * unit,
            run.y * unit,
            self.sizes[run.level],
            self.group(run.shift) if run.shift else 0,
            tuple([(offset * unit, glyphs) for offset, glyphs in run.words]),
            run.opens,
            run.closes,
            run.hidden,
            encoded(self.font, run),
        )


def encoded(font: MathFont, run: FlatGlyphs) -> str:
    """The operator that shows the glyphs of a run: `<…>Tj`, or `[<…>-278<…>]TJ` where there are spaces between them."""
    if len(run.words) == 1:
        return f"<{_word(font, run.words[0][1])[0]}>Tj"
    thousandth = font.units_per_em * font.scale(run.level) / 1000
    parts, shown = [], 0.0
    for offset, glyphs in run.words:
        # Rounded against what has been shown so far, so that errors do not add up.
        gap = round(offset / thousandth - shown)
        codes, width = _word(font, glyphs)
        parts.append(f">{-gap}<{codes}" if gap else codes)
        shown += gap + width
    text = f"<{''.join(parts)}>"
    return f"[{text}]TJ" if ">" in text[:-1] else f"{text}Tj"


@lru_cache(maxsize=8192)
def _word(font: MathFont, glyphs: tuple[int, ...]) -> tuple[str, float]:
    """The codes of glyphs, and their width in thousandths of an em."""
    width = sum(font.advances[glyph] for glyph in glyphs) * 1000 / font.units_per_em
    return "".join([f"{glyph:04X}" for glyph in glyphs]), width
