"""Fills many formulas at once, for pages that are made for one student after another; `gathering` makes the sets.

Everything that the texts do not change is there already, as plain data, which can be kept; positions are computed for
all formulas together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from examgen.typeset.drawn.formula import TOLERANCE, decimal
from examgen.typeset.drawn.slot_texts import measured
from examgen.typeset.faults import SlotTooNarrow
from examgen.typeset.fonts.font import MathFont

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of units with factors, many at once.

    Attributes:
        first: (sums,) where each begins.
        units, factors: (terms,) of all sums behind one another; none is empty.
    """

    first: Ints
    units: Ints
    factors: Floats

    def of(self, units: Floats) -> Floats:
        """(sums,) from (units,)."""
        return np.asarray(np.add.reduceat(units[self.units] * self.factors, self.first))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns that need no column behind them: `slack` (cells,), what each cell saves, and each one's `first` cell."""

    slack: Floats
    cells: Sums
    first: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How far the groups of all formulas move when texts are narrower than their slots.

    Units are numbered through: 0 saves nothing, then come the slots of all formulas, then columns, those of cells with
    slots alone first.

    Attributes:
        widths, units: (slots,) the width of each in points, and of a design unit in it.
        columns: in rounds, as a column may have others in its cells.
        groups: how far each moves to the left.
        first_ends: (formulas,) the first of the ends of its lines.
        ends, end_groups: (ends,) right edges and their groups.
        full, share: (formulas,) its width, and the share of the room left that goes to the left.
    """

    widths: Floats
    units: Floats
    columns: tuple[Columns, ...]
    groups: Sums
    first_ends: Ints
    ends: Floats
    end_groups: Ints
    full: Floats
    share: Floats

    def savings(self, widths: Floats) -> Floats:
        """(slots,) what each text saves, from the texts' widths in design units."""
        return np.asarray(self.widths - widths * self.units)

    def too_narrow(self, savings: Floats) -> list[int]:
        """The slots whose texts are wider than they are."""
        return [int(slot) for slot in np.flatnonzero(savings < -TOLERANCE * self.units)]

    def shifts(self, savings: Floats) -> Floats:
        """(groups,) how far each moves to the left."""
        units = np.concatenate(([0.0], savings))
        for column in self.columns:
            units = np.concatenate((units, np.minimum.reduceat(column.slack + column.cells.of(units), column.first)))
        return self.groups.of(units)

    def right(self, shifts: Floats) -> Floats:
        """(formulas,) how far the left edge is to the right, in thousandths."""
        widths = np.maximum.reduceat(self.ends - shifts[self.end_groups], self.first_ends)
        return np.asarray(np.rint((self.full - widths) * self.share * 1000))


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Distances to draw at.

    Attributes:
        fixed: (moves,) in thousandths.
        group, before: (moves,) groups that move to the left, and that what was drawn before belongs to, or -1.
        form: (moves,) the formula whose left edge counts, or -1.
    """

    fixed: Ints
    group: Ints
    before: Ints
    form: Ints

    def thousandths(self, moved: Floats, right: Floats) -> list[int]:
        """The distances.

        Args:
            moved: (groups,) how far each has moved to the left, in thousandths.
            right: (formulas,) how far the left edge is to the right, in thousandths.
        """
        # The zeros at the ends are what -1 means.
        moved, right = np.append(moved, 0.0), np.append(right, 0.0)
        found = self.fixed - moved[self.group] + moved[self.before] + right[self.form]
        return found.astype(np.int64).tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, eq=False)
class FormSet:
    """Formulas with slots, ready to be filled together.

    Attributes:
        font: of all formulas.
        names: the characters of all slots.
        shown: the texts that slots show, each a place among the page's texts and a level of letters.
        texts_of_slots: (slots,) which of `shown` each shows.
        room, moves: see there.
        templates: the operators of each formula, `%s` standing for a distance, or for glyphs between < and >.
        picks: for each template, what stands there: moves, and behind them `shown`, are numbered through.
    """

    font: MathFont
    names: str
    shown: tuple[tuple[int, int], ...]
    texts_of_slots: Ints
    room: Room
    moves: Moves
    templates: tuple[str, ...]
    picks: tuple[tuple[int, ...], ...]
    getters: tuple[Callable[[list[str]], tuple[str, ...]], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "getters", tuple(map(_getter, self.picks)))

    def operators(self, texts: Sequence[str]) -> list[bytes]:
        """The operators that draw each formula.

        Args:
            texts: of the page.

        Raises: SlotTooNarrow, MissingGlyph.
        """
        if not self.templates:
            return []
        known = [measured(self.font, texts[place], level) for place, level in self.shown]
        widths = np.array([width for width, _ in known])[self.texts_of_slots]
        savings = self.room.savings(widths)
        if narrow := self.room.too_narrow(savings):
            raise self._refusal(narrow[0], texts, savings)
        shifts = self.room.shifts(savings)
        moves = self.moves.thousandths(np.rint(shifts * 1000), self.room.right(shifts))
        values = [*map(decimal, moves), *[codes for _, codes in known]]
        return [(text % pick(values)).encode("ascii") for text, pick in zip(self.templates, self.getters, strict=True)]

    def _refusal(self, slot: int, texts: Sequence[str], savings: Floats) -> SlotTooNarrow:
        place, _ = self.shown[int(self.texts_of_slots[slot])]
        room = float(self.room.widths[slot])
        return SlotTooNarrow(
            f"the slot U+{ord(self.names[slot]):04X} is {room:.3f} wide, its text {texts[place]!r} "
            f"{room - float(savings[slot]):.3f}; give the slot a wider widest text"
        )


def _getter(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """What takes the values at these places out of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    # `itemgetter` of one place gives no tuple.
    return lambda values: tuple([values[place] for place in places])
