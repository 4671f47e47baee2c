"""Makes sets of formulas that are filled together.

    forms = form_set([Form(formula, texts=(0, 2), is_centred=False), ...], font, b"/M")
    operators = forms.operators(["0.42", "1", "−7"])

The result is that of `Formula.place` and `pdf_operators` for each formula, byte for byte.
"""

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import numpy as np

from examgen.typeset.drawn.draw import Move, Template, template
from examgen.typeset.drawn.filling import Columns, FormSet, Ints, Moves, Room, Sums
from examgen.typeset.drawn.flatten import Unit
from examgen.typeset.drawn.formula import Formula
from examgen.typeset.fonts.font import MathFont


class Form(NamedTuple):
    """A formula on a page: which of the page's texts each of its slots shows, in the order of the formula's slots, and
    whether room that narrower texts leave goes to both sides, or to the left."""

    formula: Formula
    texts: tuple[int, ...]
    is_centred: bool
    is_right: bool = False


def form_set(forms: Sequence[Form], font: MathFont, font_name: bytes) -> FormSet:
    """The formulas in the order in which `operators` gives them, their font, and its name in the page's resources."""
    found = _Collected()
    templates = [found.add(form, template(form.formula, font_name)) for form in forms]
    moves = np.array(found.moves, dtype=np.int64).reshape(-1, 4).T
    return FormSet(
        font=font,
        names="".join([slot.name for form in forms for slot in form.formula.slots]),
        shown=tuple(found.shown),
        texts_of_slots=np.array(list(chain.from_iterable(found.shown_by_form)), dtype=np.int64),
        room=_room(forms),
        moves=Moves(*moves),
        templates=tuple([text for text, _ in templates]),
        # One list holds all numbers and codes: moves first.
        picks=tuple(
            tuple([place if is_move else len(found.moves) + place for is_move, place in picks])
            for _, picks in templates
        ),
    )


@dataclass(slots=True)
class _Collected:
    """Numbers the slots, texts, groups and moves of all formulas."""

    slots: int = 0
    groups: int = 0
    shown: dict[tuple[int, int], int] = field(default_factory=dict)
    shown_by_form: list[list[int]] = field(default_factory=list)
    moves: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, form: Form, drawing: Template) -> tuple[str, list[tuple[bool, int]]]:
        """One more formula: its template, and for each gap in it whether that is a move, and the move's or the text's
        number."""
        formula = form.formula
        shown = [
            self.shown.setdefault((text, slot.level), len(self.shown))
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


def _room(forms: Sequence[Form]) -> Room:
    formulas = [form.formula for form in forms]
    slots = [(slot, formula.size / formula.font.units_per_em) for formula in formulas for slot in formula.slots]
    columns, numbers = _columns(formulas)
    groups = [
        [(own[unit], factor) for unit, factor in group]
        for formula, own in zip(formulas, numbers, strict=True)
        for group in formula.groups
    ]
    first_groups = _starts([formula.groups for formula in formulas]).tolist()
    ends = [
        (right, first + group)
        for formula, first in zip(formulas, first_groups, strict=True)
        for right, group in formula.ends
    ]
    return Room(
        widths=np.array([slot.width for slot, _ in slots], dtype=np.float64),
        units=np.array([unit for _, unit in slots], dtype=np.float64),
        columns=tuple(columns),
        groups=_sums(groups),
        first_ends=_starts([formula.ends for formula in formulas]),
        ends=np.array([right for right, _ in ends], dtype=np.float64),
        end_groups=np.array([group for _, group in ends], dtype=np.int64),
        full=np.array([formula.width for formula in formulas], dtype=np.float64),
        share=np.array([1.0 if form.is_right else form.is_centred / 2 for form in forms], dtype=np.float64),
    )


def _columns(formulas: Sequence[Formula]) -> tuple[list[Columns], list[list[int]]]:
    """Columns in rounds, as one may have others in its cells; and by formula the numbers of its units in the set."""
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
        slack = np.array([slack for slack, _ in cells], dtype=np.float64)
        sums = _sums([terms for _, terms in cells])
        rounds.append(Columns(slack, sums, _starts([column for _, _, column in columns])))
    return rounds, numbers


def _sums(sums: Sequence[Sequence[tuple[int, float]]]) -> Sums:
    """The sums of these (unit, factor); an empty one is 0."""
    # Each begins with the unit that saves nothing, because `reduceat` knows no empty sums.
    padded = [[(0, 0.0), *terms] for terms in sums]
    return Sums(
        _starts(padded),
        np.array([unit for terms in padded for unit, _ in terms], dtype=np.int64),
        np.array([factor for terms in padded for _, factor in terms], dtype=np.float64),
    )


def _starts(parts: Sequence[Sized]) -> Ints:
    """Where each part begins when all are put behind one another."""
    return np.cumsum([0, *map(len, parts)], dtype=np.int64)[: len(parts)]
