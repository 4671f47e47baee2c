"""What somebody who knows nothing may write into a box: from the own paper, from others' sheets, at random.

Each row of `WORDS` is one such word; strategies are made of them. Called by `strategies` and `farming`.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from examgen.exams.exam import QuestionVariant
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import entry, solve
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.figures import Array, places_for, rounded, text_of

Strategy = Callable[[Field], str]
"""What is written into a field: a number, a word of `WORDS`, or nothing."""


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
    if one.kind.endswith("_new") and one.layer is None:
        return desk.page.given(one.kind.removesuffix("_new"), one.index)
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
    one, old = desk.field(place), _old(desk, place, written)
    wanted = "dL_dW" if one.kind == "W_new" else "dL_db" if one.kind == "b_new" else f"dL_d{one.kind[:-4]}"
    for text, its in zip(written, desk.page.paper.fields, strict=False):
        if text and old and (its.kind, its.layer, its.step, its.index) == (wanted, one.layer, one.step, one.index):
            return f"{float(old) - float(text):.{max(one.digits.count, 0)}f}"
    return old


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


def _written(one: Field, value: float) -> str:
    places = places_for(np.array([value]), one.digits)
    return text_of(float(rounded(np.array([value]), places)[0]), int(places[0]))
