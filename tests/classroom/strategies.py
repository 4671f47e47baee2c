"""Sheets of people who know nothing and write something all the same; called by `farming`.

A strategy says for each field what is written: a number, or one of the words of `WORDS`, such as "old" for the weight
as it was. What they can see is their own paper, the sheets of others, and, for some of it, what is right.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from examgen.exams.exam import Field, PaperShape, QuestionVariant
from examgen.exams.keys import entry, solve
from tests.classroom.figures import Array, places_for, rounded, text_of

Strategy = Callable[[Field], str]
"""What is written into a field: a number, a word of `WORDS`, or nothing."""

GRADIENTS = frozenset({"dL_da", "dL_dz", "dL_dW", "dL_db"})
NEW = frozenset({"W_new", "b_new"})
FORWARD = frozenset({"z", "a", "loss"})


@dataclass(frozen=True, eq=False)
class Page:
    """One question of one student's paper."""

    paper: PaperShape
    givens: Mapping[str, Array]

    @staticmethod
    def of(paper: PaperShape, numbers: QuestionVariant) -> "Page":
        """The page of a paper with these numbers."""
        return Page(paper, numbers.givens)

    @cached_property
    def right(self) -> tuple[str, ...]:
        """What a perfect student writes into each field."""
        solution = solve(self.paper, self.givens)
        return tuple(_written(one, float(entry(solution, one))) for one in self.paper.fields)

    def given(self, name: str, index: tuple[int, ...]) -> str:
        """An entry of a given quantity, its first one where there is none of this index; empty without the quantity."""
        if name not in self.givens:
            return ""
        values = np.asarray(self.givens[name])
        is_inside = len(index) == values.ndim and all(at < size for at, size in zip(index, values.shape, strict=True))
        return f"{float(values[index] if is_inside else values.flat[0]):g}"


@dataclass(frozen=True, eq=False)
class Desk:
    """One page in front of a student who knows nothing.

    Attributes:
        page: their own.
        neighbours: others of the class with as many fields, those of the same shape first.
        elsewhere: one of another class.
        chooses: the whims.
    """

    page: Page
    neighbours: Sequence[Page]
    elsewhere: Page
    chooses: random.Random = field(repr=False)

    def sheet(self, strategy: Strategy) -> list[str]:
        """What is written into each field."""
        written: list[str] = []
        for place, one in enumerate(self.page.paper.fields):
            text = strategy(one)
            written.append(WORDS[text](self, place, written) if text in WORDS else text)
        return written

    def field(self, place: int) -> Field:
        """The field of this place."""
        return self.page.paper.fields[place]


def _old(desk: Desk, place: int, _: Sequence[str]) -> str:
    one = desk.field(place)
    letter = "b" if one.kind in {"b_new", "dL_db"} else "W"
    return desk.page.given(f"{letter}{one.layer or 1}", one.index) or desk.page.given(f"A{one.layer}", one.index)


def _x(desk: Desk, place: int, _: Sequence[str]) -> str:
    one = desk.field(place)
    column = one.index[-1:] if one.index else (0,)
    return desk.page.given("x", (0, *column)) or desk.page.given(f"A{one.layer}", one.index)


def _y(desk: Desk, place: int, _: Sequence[str]) -> str:
    one = desk.field(place)
    column = one.index[-1:] if one.index else (0,)
    return desk.page.given("y", (0, *column)) or desk.page.given(f"B{one.layer}", one.index)


def _mean(desk: Desk, place: int, _: Sequence[str]) -> str:
    found = [float(page.right[place]) for page in desk.neighbours if page.paper.label == desk.page.paper.label]
    return _written(desk.field(place), float(np.mean(found or [float(desk.neighbours[0].right[place])])))


def _kind_mean(desk: Desk, place: int, _: Sequence[str]) -> str:
    """The mean of what is right for a neighbour in all entries of the same kind and layer."""
    one, other = desk.field(place), desk.neighbours[0]
    alike = [
        float(text)
        for text, its in zip(other.right, other.paper.fields, strict=True)
        if (its.kind, its.layer) == (one.kind, one.layer)
    ]
    return _written(one, float(np.mean(alike or [0.0])))


def _off_by_one(desk: Desk, place: int, _: Sequence[str]) -> str:
    one, text = desk.field(place), desk.neighbours[0].right[place]
    unit = 10.0 ** -places_for(np.array(float(text)), one.digits)
    return _written(one, float(text) + float(unit) * desk.chooses.choice([-1, 1]))


def _tiny(desk: Desk, place: int, _: Sequence[str]) -> str:
    count = desk.field(place).digits.count
    return f"{desk.chooses.choice([-2, -1, 1, 2]) * 10.0**-count:.{count}f}"


def _random(desk: Desk, place: int, _: Sequence[str]) -> str:
    return _written(desk.field(place), desk.chooses.uniform(-1, 1))


def _distinct(_desk: Desk, place: int, _: Sequence[str]) -> str:
    """0.1234, 0.2345, 0.3456, …: numbers that look like work, each another one."""
    start = place % 9 + 1
    return "0." + "".join(str((start + step - 1) % 9 + 1) for step in range(4))


def _again(_desk: Desk, _place: int, written: Sequence[str]) -> str:
    return next((text for text in reversed(written) if text), "0.5")


def _full_step(desk: Desk, place: int, written: Sequence[str]) -> str:
    """A new weight from the gradient on the sheet, as if the learning rate were 1."""
    one = desk.field(place)
    wanted = "dL_dW" if one.kind == "W_new" else "dL_db"
    for text, its in zip(written, desk.page.paper.fields, strict=False):
        if text and (its.kind, its.layer, its.step, its.index) == (wanted, one.layer, one.step, one.index):
            return f"{float(_old(desk, place, written)) - float(text):.{max(one.digits.count, 0)}f}"
    return _old(desk, place, written)


WORDS: Mapping[str, Callable[[Desk, int, Sequence[str]], str]] = MappingProxyType(
    {
        "old": _old,
        "x": _x,
        "y": _y,
        "right": lambda desk, place, _: desk.page.right[place],
        "neighbour": lambda desk, place, _: desk.neighbours[0].right[place],
        "second neighbour": lambda desk, place, _: desk.neighbours[1 % len(desk.neighbours)].right[place],
        "neighbour off by one": _off_by_one,
        "elsewhere": lambda desk, place, _: desk.elsewhere.right[place],
        "mean": _mean,
        "mean of kind": _kind_mean,
        "tiny": _tiny,
        "random": _random,
        "distinct": _distinct,
        "again": _again,
        "full step": _full_step,
    }
)
"""What a word stands for at a place, behind what is written already."""


def same(text: str, *, new: str | None = None, only: frozenset[str] | None = None) -> Strategy:
    """The same in every box or in those of some kinds, with another one for new weights."""
    return lambda one: (text if new is None or one.kind not in NEW else new) if only is None or one.kind in only else ""


def by_kind(texts: Mapping[str, str], rest: str) -> Strategy:
    """One for each kind of quantity."""
    return lambda one: texts.get(one.kind, rest)


Group = tuple[str, int | None]
"""A kind of quantity and a layer."""


def layered(texts: Mapping[Group, str]) -> Strategy:
    """One for each kind of quantity and layer; nothing elsewhere."""
    return lambda one: texts.get((one.kind, one.layer), "")


def right_in(kinds: frozenset[str], text: str) -> Strategy:
    """Some kinds right, something else elsewhere."""
    return lambda one: "right" if one.kind in kinds else text


def first_step_right(text: str) -> Strategy:
    """The first step right, something else in the later ones, and in later layers where there is no step."""
    return lambda one: "right" if (one.step or one.layer or 1) == 1 else text


def _saturated(layer: int, z: str, a: str) -> Strategy:
    """One layer far out, and what follows from it for its weights; the rest as if it were done."""

    def strategy(one: Field) -> str:
        if one.kind in NEW:
            return "old"
        if one.layer == layer and one.kind in {"z", "a"}:
            return z if one.kind == "z" else a
        return "0.5" if one.kind in FORWARD else "0.0001" if one.layer == layer else "0.1"

    return strategy


def _forward_of_another(one: Field) -> str:
    return "neighbour" if one.kind in FORWARD else "right"


def _first_layer_then_neighbour(one: Field) -> str:
    return "right" if one.layer == 1 and one.kind in FORWARD else "neighbour"


def _half_of_each(one: Field) -> str:
    return "neighbour" if one.kind in FORWARD else "second neighbour"


_FAR = {"z": "10", "a": "1.0000", "W_new": "old", "b_new": "old"}
_FAR_BELOW = {"z": "-10", "a": "0.0000", "W_new": "old", "b_new": "old"}
_ZA = frozenset({"z", "a"})

STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "0.0001 in every box": same("0.0001"),
        "0.5 in every box": same("0.5"),
        "0.3, new weights old": same("0.3", new="old"),
        "only gradients 0.0001, new weights old": same("0.0001", new="old", only=GRADIENTS | NEW),
        "1 in every box": same("1"),
        "z 10, a 1, gradients 0.0001, new weights old": by_kind(_FAR, "0.0001"),
        "z and a right, 0.0001 elsewhere": right_in(_ZA, "0.0001"),
        "another variant's right answers": same("neighbour"),
        "neighbour's mean of each kind and layer": same("mean of kind"),
        "0 in every box": same("0"),
        "z -10, a 0, gradients 0.0001, new weights old": by_kind(_FAR_BELOW, "0.0001"),
        "z 10, a 1, gradients 0, new weights old": by_kind(_FAR, "0"),
        "z and a right, 0 elsewhere": right_in(_ZA, "0"),
        "z and a right, 0.0001, new weights old": by_kind(
            {"z": "right", "a": "right", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "0.01 in every box": same("0.01"),
        "-0.1 in every box": same("-0.1"),
        "only new weights, old": same("old", only=NEW),
        "old weights everywhere": same("old"),
        "x everywhere": same("x"),
        "y everywhere": same("y"),
        "z and a are x, gradients 0.0001, new weights old": by_kind(
            {"z": "x", "a": "x", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "a is y, gradients 0, new weights old": by_kind({"a": "y", "z": "10", "W_new": "old", "b_new": "old"}, "0"),
        "first layer saturated": _saturated(1, "10", "1"),
        "second layer saturated": _saturated(2, "10", "1"),
        "first layer saturated below": _saturated(1, "-10", "0"),
        "gradients are their inputs, rate left out": by_kind({"W_new": "full step", "b_new": "full step"}, "x"),
        "gradients 0.1, rate left out": by_kind({"W_new": "full step", "b_new": "full step"}, "0.1"),
        "zeros with tiny noise": same("tiny"),
        "tiny noise, new weights old": same("tiny", new="old"),
        "random numbers": same("random"),
        "random numbers, new weights old": same("random", new="old"),
        "numbers that look like work": same("distinct"),
        "numbers that look like work, new weights old": same("distinct", new="old"),
        "forward right, its last value repeated": right_in(FORWARD, "again"),
        "forward right, random numbers elsewhere": right_in(FORWARD, "random"),
        "forward right, 0.0001, new weights old": by_kind(
            {**dict.fromkeys(FORWARD, "right"), "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "forward right, a neighbour's elsewhere": right_in(FORWARD, "neighbour"),
        "first step right, random numbers elsewhere": first_step_right("random"),
        "first step right, 0.0001 elsewhere": first_step_right("0.0001"),
        "first step right, 0 elsewhere": first_step_right("0"),
        "first step right, a neighbour's elsewhere": first_step_right("neighbour"),
        "first layer right, a neighbour's elsewhere": _first_layer_then_neighbour,
        "a neighbour's forward pass, the rest right": _forward_of_another,
        "forward of one neighbour, the rest of another": _half_of_each,
        "a neighbour's, each last digit changed": same("neighbour off by one"),
        "right answers of another class's paper": same("elsewhere"),
        "mean of the neighbours": same("mean"),
    }
)


def _written(one: Field, value: float) -> str:
    places = places_for(np.array([value]), one.digits)
    return text_of(float(rounded(np.array([value]), places)[0]), int(places[0]))
