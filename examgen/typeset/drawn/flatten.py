"""From the tree of boxes to glyphs, rules and slots at their places, each with what it moves with; for `formula`.

A *unit* is some width that may be saved: by a narrow text in a slot, or by a column of narrow texts. A *shift* names
the units that a thing moves left by, each with a factor; all that has the same shift is a *group*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from examgen.typeset.boxes import Box, Cell, Ghost, Inset, Pieces, Row, Rule, Run, Table, Vacancy
from examgen.typeset.fonts.font import MathFont

NEAR = 3.0  # em; glyphs on one baseline that are further apart begin a new run
SAME = 1e-6
# For each cell of a column (slack, units): the column saves the least of slack + sum of units.
Unit = tuple[tuple[float, tuple[int, ...]], ...]
Shift = tuple[tuple[int, float], ...]


class Line(NamedTuple):
    """A line of a formula. `lead` stands before `box` from x = 0 on; `hung` lines move with the end of the lead."""

    x: float
    y: float
    box: Box
    lead: Box | None = None
    hung: bool = False

    def boxes(self) -> tuple[Box, ...]:
        """All that stands on the line."""
        return (self.box,) if self.lead is None else (self.lead, self.box)


@dataclass(slots=True)
class FlatSlot:
    """A slot at its place."""

    name: str
    x: float
    y: float
    width: float
    level: int
    shift: Shift


@dataclass(slots=True)
class FlatRule:
    """A rule at its place."""

    x: float
    y: float
    width: float
    height: float
    shift: Shift


@dataclass(slots=True)
class FlatGlyphs:
    """Glyphs on one baseline that move together, as (offset, glyphs side by side); `end` is where the last end."""

    x: float
    y: float
    level: int
    shift: Shift
    words: list[tuple[float, tuple[int, ...]]]
    end: float
    opens: bool = False
    closes: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Flattener:
    """Collects the parts of one formula in reading order.

    The unit of slot i is i; columns have the numbers -1, -2, …, and `columns` tells what they save.
    """

    font: MathFont
    dynamic: bool
    steps: list[FlatGlyphs | FlatSlot] = field(default_factory=list)
    rules: list[FlatRule] = field(default_factory=list)
    columns: list[Unit] = field(default_factory=list)
    slot_count: int = 0
    lead: Shift = ()
    barrier: int = 0

    def line(self, line: Line) -> tuple[float, Shift]:
        """Add a line; its right edge and the shift of what would follow it."""
        before: Shift = self.lead if line.hung else ()
        if line.lead is not None:
            before = self.lead = self.add(line.lead, 0.0, line.y, before)
        return line.x + line.box.width, self.add(line.box, line.x, line.y, before)

    def add(self, box: Box, x: float, y: float, before: Shift) -> Shift:
        """Add a box whose origin is at (x, y); the shift of what follows it."""
        content = box.content
        if type(content) is Row:
            for dx, dy, child in content.children:
                before = self.add(child, x + dx, y + dy, before)
        elif type(content) is Run:
            self._run(content, box.width, x, y, before)
        elif type(content) is Table:
            return self._table(content, x, y, before)
        elif type(content) is Inset:
            self._inset(content, x, y, before)
        elif type(content) is Rule:
            self.rules.append(FlatRule(x, y - box.depth, box.width, box.height + box.depth, before))
        elif type(content) is Vacancy:
            self.steps.append(FlatSlot(content.name, x, y, box.width, content.level, before))
            self.slot_count += 1
            return total(before, ((self.slot_count - 1, 1.0),))
        elif type(content) is Ghost:
            self.steps.append(FlatGlyphs(x, y, content.level, before, [(0.0, (content.glyph,))], x, hidden=True))
        elif type(content) is Pieces:
            self._pieces(content, x, y, before)
        return before

    def _run(self, run: Run, width: float, x: float, y: float, shift: Shift) -> None:
        last = self._last(run.level, x, y, shift)
        if last is None:
            self.steps.append(FlatGlyphs(x, y, run.level, shift, [(0.0, run.glyphs)], x + width))
        else:
            last.words.append((x - last.x, run.glyphs))
            last.end = x + width

    def _last(self, level: int, x: float, y: float, shift: Shift) -> FlatGlyphs | None:
        """The run before, if glyphs at this place can go on with it."""
        if len(self.steps) <= self.barrier:
            return None
        last = self.steps[-1]
        if (
            type(last) is not FlatGlyphs
            or last.level != level
            or last.shift != shift
            or last.closes
            or last.opens
            or last.hidden
        ):
            return None
        near = NEAR * self.font.units_per_em
        return last if abs(last.y - y) < SAME and -near < x - last.end < near else None

    def _pieces(self, pieces: Pieces, x: float, y: float, shift: Shift) -> None:
        for index, (dx, dy, glyph) in enumerate(pieces.placed):
            piece = FlatGlyphs(x + dx, y + dy, pieces.level, shift, [(0.0, (glyph,))], x + dx)
            piece.opens = index == 0
            piece.closes = index == len(pieces.placed) - 1
            self.steps.append(piece)

    def _inset(self, inset: Inset, x: float, y: float, before: Shift) -> Shift:
        """Add content that stays at its place; by which units it becomes narrower itself."""
        if not self.dynamic:
            self.add(inset.content, x, y, before)
            return ()
        self.barrier = first = len(self.steps)
        first_rule = len(self.rules)
        own = total(self.add(inset.content, x, y, before), before, -1.0)
        self.barrier = len(self.steps)
        if own and inset.align:
            for item in [*self.steps[first:], *self.rules[first_rule:]]:
                item.shift = total(item.shift, own, -inset.align)
        return own

    def _table(self, table: Table, x: float, y: float, before: Shift) -> Shift:
        units: list[Shift] = [() for _ in table.aligns]
        if self.dynamic:
            units = [self._column_unit(table, index) for index in range(len(table.aligns))]
        starts, after = [], before
        for unit in units:
            starts.append(after)
            after = total(after, unit)
        saved: list[list[tuple[float, tuple[int, ...]]]] = [[] for _ in units]
        for cell in table.cells:
            base = total(starts[cell.column], units[cell.column], table.aligns[cell.column])
            own = self._content(cell, x, y, base)
            saved[cell.column].append((cell.slack or 0.0, tuple(unit for unit, _ in own)))
        for unit, cells in zip(units, saved, strict=True):
            if unit:
                self.columns[-1 - unit[0][0]] = tuple(cells)
        return after

    def _content(self, cell: Cell, x: float, y: float, base: Shift) -> Shift:
        content = cell.content.content
        if type(content) is Inset:
            return self._inset(content, x + cell.x, y + cell.y, base)
        self.add(cell.content, x + cell.x, y + cell.y, base)
        return ()

    def _column_unit(self, table: Table, index: int) -> Shift:
        """A new unit for a column that may become narrower; nothing if one of its cells always fills it."""
        cells = [cell for cell in table.cells if cell.column == index]
        if not cells or not table.elastic[index] or any(cell.slack is None for cell in cells):
            return ()
        if any((cell.slack or 0.0) < SAME and not has_slots(cell.content) for cell in cells):
            return ()
        if not any(has_slots(cell.content) for cell in cells):
            return ()
        self.columns.append(())
        return ((-len(self.columns), 1.0),)


def total(first: Shift, second: Shift, factor: float = 1.0) -> Shift:
    """One shift and another times a factor."""
    if not second or not factor:
        return first
    found = dict(first)
    for unit, part in second:
        found[unit] = found.get(unit, 0.0) + part * factor
    return tuple(sorted((unit, part) for unit, part in found.items() if abs(part) > SAME))


def has_slots(box: Box) -> bool:
    """Whether there is room for a text in a box."""
    content = box.content
    if isinstance(content, Row):
        return any(has_slots(child) for _, _, child in content.children)
    if isinstance(content, Inset):
        return has_slots(content.content)
    if isinstance(content, Table):
        return any(has_slots(cell.content) for cell in content.cells)
    return isinstance(content, Vacancy)


def renumbered(shift: Shift, slots: int) -> Shift:
    """A shift whose columns are numbered after the slots."""
    return tuple(sorted((unit if unit >= 0 else slots - 1 - unit, factor) for unit, factor in shift))


def ordered(columns: Sequence[Unit], slots: int) -> tuple[Unit, ...]:
    """The units of columns, numbered after the slots."""
    return tuple(
        tuple((slack, tuple(one if one >= 0 else slots - 1 - one for one in inner)) for slack, inner in column)
        for column in columns
    )
