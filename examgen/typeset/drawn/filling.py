"""Fills many formulas at once, for pages that are made for one student after another.

    forms = FormSet([Form(formula, texts=(0, 2), is_centred=False), ...], b"/M")
    operators = forms.operators(["0.42", "1", "−7"])

The result is that of `Formula.place` and `pdf_operators` for each formula, byte for byte. Everything that the texts do
not change is worked out when the set is made; positions are computed for all formulas together.
"""

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from examgen.typeset.drawn.draw import Move, Template, template
from examgen.typeset.drawn.flatten import Unit
from examgen.typeset.drawn.formula import TOLERANCE, Formula, decimal
from examgen.typeset.drawn.slot_texts import measured
from examgen.typeset.fonts.font import MathFont

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Form(NamedTuple):
    """A formula on a page: which of the page's texts each of its slots shows, in the order of the formula's slots, and
    whether room that narrower texts leave goes to both sides, or to the left."""

    formula: Formula
    texts: tuple[int, ...]
    is_centred: bool
    is_right: bool = False


class FormSet:
    """Formulas with slots, ready to be filled together."""

    def __init__(self, forms: Sequence[Form], font_name: bytes) -> None:
        """The formulas in the order in which `operators` gives them, and their font's name in the page's resources."""
        self._forms = tuple(forms)
        if not forms:
            return
        found = _Collected()
        templates = [found.add(form, template(form.formula, font_name)) for form in forms]
        self._shown = tuple(found.shown)
        self._texts_of_slots = np.array(list(chain.from_iterable(found.shown_by_form)), dtype=int)
        self._room = _Room(self._forms)
        self._moves = _Moves(found.moves)
        self._templates = tuple(text for text, _ in templates)
        # One list holds all numbers and codes: moves first.
        self._picks = tuple(
            _getter([place if is_move else len(found.moves) + place for is_move, place in picks])
            for _, picks in templates
        )

    def operators(self, texts: Sequence[str]) -> list[bytes]:
        """The operators that draw each formula.

        Args:
            texts: of the page.

        Raises: SlotTooNarrow, MissingGlyph.
        """
        if not self._forms:
            return []
        known = [measured(font, texts[place], level) for font, place, level in self._shown]
        widths = np.array([width for width, _ in known])[self._texts_of_slots]
        savings = self._room.savings(widths)
        if self._room.is_too_narrow(savings):
            self._refuse(texts)
        shifts = self._room.shifts(savings)
        moves = self._moves.thousandths(np.rint(shifts * 1000), self._room.right(shifts))
        values = [*map(decimal, moves), *[codes for _, codes in known]]
        return [(text % pick(values)).encode("ascii") for text, pick in zip(self._templates, self._picks, strict=True)]

    def _refuse(self, texts: Sequence[str]) -> None:
        for formula, shown, *_ in self._forms:
            formula.place({slot.name: texts[place] for slot, place in zip(formula.slots, shown, strict=True)})


@dataclass(slots=True)
class _Collected:
    """Numbers the slots, texts, groups and moves of all formulas."""

    slots: int = 0
    groups: int = 0
    shown: dict[tuple[MathFont, int, int], int] = field(default_factory=dict)
    shown_by_form: list[list[int]] = field(default_factory=list)
    moves: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, form: Form, drawing: Template) -> tuple[str, list[tuple[bool, int]]]:
        """One more formula: its template, and for each gap in it whether that is a move, and the move's or the text's
        number."""
        formula = form.formula
        shown = [
            self.shown.setdefault((formula.font, text, slot.level), len(self.shown))
            for slot, text in zip(formula.slots, form.texts, strict=True)
        ]
        picks = []
        for gap in drawing.gaps:
            if isinstance(gap, int):
                picks.append((False, shown[gap]))
            else:
                picks.append((True, len(self.moves)))
                self.moves.append(self._move(gap))
        self.shown_by_form.append(shown)
        self.slots += len(formula.slots)
        self.groups += len(formula.groups)
        return drawing.text, picks

    def _move(self, move: Move) -> tuple[int, int, int, int]:
        """A move with the numbers that groups and formulas have in the set; -1 where there is none."""
        before = -1 if move.before is None else self.groups + move.before
        return move.thousandths, self.groups + move.group, before, len(self.shown_by_form) if before < 0 else -1


class _Moves:
    """Distances to draw at, each (thousandths, group, group before or -1, formula whose left edge counts or -1)."""

    def __init__(self, moves: Sequence[tuple[int, int, int, int]]) -> None:
        self._fixed, self._group, self._before, self._form = np.array(moves, dtype=int).T

    def thousandths(self, moved: Floats, right: Floats) -> list[int]:
        """The distances.

        Args:
            moved: (groups,) how far each has moved to the left, in thousandths.
            right: (formulas,) how far the left edge is to the right, in thousandths.
        """
        # The zeros at the ends are what -1 means.
        moved, right = np.append(moved, 0.0), np.append(right, 0.0)
        found = self._fixed - moved[self._group] + moved[self._before] + right[self._form]
        return [int(distance) for distance in found.tolist()]


class _Room:
    """How far the groups of all formulas move when texts are narrower than their slots.

    Units are numbered through: 0 saves nothing, then come the slots of all formulas, then columns, those of cells with
    slots alone first.
    """

    def __init__(self, forms: Sequence[Form]) -> None:
        formulas = [form.formula for form in forms]
        slots = [(slot, formula.size / formula.font.units_per_em) for formula in formulas for slot in formula.slots]
        self._widths = np.array([slot.width for slot, _ in slots])
        self._units = np.array([unit for _, unit in slots])
        self._columns, numbers = _columns(formulas)
        self._groups = _Sums(
            [
                [(own[unit], factor) for unit, factor in group]
                for formula, own in zip(formulas, numbers, strict=True)
                for group in formula.groups
            ]
        )
        first_groups = _starts([formula.groups for formula in formulas])
        self._first_ends = _starts([formula.ends for formula in formulas])
        self._ends = np.array([right for formula in formulas for right, _ in formula.ends])
        self._end_groups = np.array(
            [first + group for formula, first in zip(formulas, first_groups, strict=True) for _, group in formula.ends]
        )
        self._full = np.array([formula.width for formula in formulas])
        self._share = np.array([1.0 if form.is_right else form.is_centred / 2 for form in forms])

    def savings(self, widths: Floats) -> Floats:
        """(slots,) what each text saves, from the texts' widths in design units."""
        return np.asarray(self._widths - widths * self._units)

    def is_too_narrow(self, savings: Floats) -> bool:
        """Whether a text is wider than its slot."""
        return bool((savings < -TOLERANCE * self._units).any())

    def shifts(self, savings: Floats) -> Floats:
        """(groups,) how far each moves to the left."""
        units = np.concatenate(([0.0], savings))
        for slack, cells, first_cells in self._columns:
            units = np.concatenate((units, np.minimum.reduceat(slack + cells.of(units), first_cells)))
        return self._groups.of(units)

    def right(self, shifts: Floats) -> Floats:
        """(formulas,) how far the left edge is to the right, in thousandths."""
        widths = np.maximum.reduceat(self._ends - shifts[self._end_groups], self._first_ends)
        return np.asarray(np.rint((self._full - widths) * self._share * 1000))


class _Sums:
    """Sums of units with factors, many at once; an empty sum is 0."""

    def __init__(self, sums: Sequence[Sequence[tuple[int, float]]]) -> None:
        # Each begins with the unit that saves nothing, because `reduceat` knows no empty sums.
        padded = [[(0, 0.0), *terms] for terms in sums]
        self._first = _starts(padded)
        self._units = np.array([unit for terms in padded for unit, _ in terms], dtype=int)
        self._factors = np.array([factor for terms in padded for _, factor in terms], dtype=float)

    def of(self, units: Floats) -> Floats:
        """(sums,) from (units,)."""
        return np.asarray(np.add.reduceat(units[self._units] * self._factors, self._first))


def _columns(formulas: Sequence[Formula]) -> tuple[list[tuple[Floats, _Sums, Ints]], list[list[int]]]:
    """Columns in rounds, each (slack of cells, sums of cells, first cell of each column), as a column may have others
    in its cells; and by formula the numbers of its units in the set."""
    numbers: list[list[int]] = []
    by_depth: dict[int, list[tuple[int, int, Unit]]] = {}
    count = 1
    for place, formula in enumerate(formulas):
        depths = [0] * len(formula.slots)
        for column in formula.columns:
            depth = 1 + max((depths[unit] for _, inner in column for unit in inner), default=0)
            by_depth.setdefault(depth, []).append((place, len(depths), column))
            depths.append(depth)
        numbers.append([*range(count, count + len(formula.slots)), *[0] * len(formula.columns)])
        count += len(formula.slots)
    rounds = []
    for _, columns in sorted(by_depth.items()):
        for place, unit, _ in columns:
            numbers[place][unit] = count
            count += 1
        cells = [
            (slack, [(numbers[place][unit], 1.0) for unit in inner])
            for place, _, column in columns
            for slack, inner in column
        ]
        slack = np.array([slack for slack, _ in cells])
        rounds.append((slack, _Sums([terms for _, terms in cells]), _starts([column for _, _, column in columns])))
    return rounds, numbers


def _starts(parts: Sequence[Sized]) -> Ints:
    """Where each part begins when all are put behind one another."""
    return np.cumsum([0, *map(len, parts[:-1])])


def _getter(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """What takes the values at these places out of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    # `itemgetter` of one place gives no tuple.
    return lambda values: tuple([values[place] for place in places])
