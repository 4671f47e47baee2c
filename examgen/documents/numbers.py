"""How numbers get into formulas: printed, or as slots that are filled in later for each student.

`rule_formulas`, `chain` and `papers` build LaTeX from arrays of values and leave to a `Numbers` what a value looks
like. With `Printed` the arrays hold numbers. With `Slots` they hold `Entry` marks, and each becomes one character of a
private use plane: a page is then laid out once for all students of a shape.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from examgen.core.exact import exactly
from examgen.core.graph import ComputationGraph, Values
from examgen.core.rules.rule import Array
from examgen.exams.digits import print_decimals

FIRST_SLOT = 0xF0000
"""Slots are characters from here on: plane 15, which no font and no text uses."""

MAX_SLOTS = 0xFFFD

MINUS = "−"
"""The minus of numbers on a page."""

_SIGN_OF_NUMBER = re.compile(r"-(?=[.,]?\d)")
"""What joins no words."""


def with_minus(text: str) -> str:
    """A text whose numbers have the minus of all others on the page."""
    return _SIGN_OF_NUMBER.sub(MINUS, text)


class Numbers(Protocol):
    """What a value looks like in LaTeX."""

    def text(self, value: Any, decimals: int, denominator: int = 0) -> str:
        """One number: with these decimals, or as a fraction of at most this denominator where that is not 0."""

    def bracket(self, text: str) -> str:
        """A number as a factor or term: brackets around a negative one; anything else as it is."""

    def bare_start(self, text: str) -> str:
        """An expression whose first number needs no brackets, because nothing stands before it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Numbers of one student as they are."""

    def text(self, value: Any, decimals: int, denominator: int = 0) -> str:
        return print_exactly(value) if denominator else print_decimals(float(value), decimals)

    def bracket(self, text: str) -> str:
        return rf"\left({text}\right)" if text.startswith("-") else text

    def bare_start(self, text: str) -> str:
        if not text.startswith(r"\left(-"):
            return text
        end = text.index(r"\right)")
        inner, rest = text[len(r"\left(") : end], text[end + len(r"\right)") :]
        return text if r"\left" in inner or rest.startswith("^") else inner + rest


@dataclass(frozen=True, slots=True)
class Entry:
    """A mark for a value: the product of these entries, each a quantity's name and a place in its stored array."""

    factors: tuple[tuple[str, tuple[int, ...]], ...]

    def __mul__(self, other: object) -> "Entry":
        return Entry((*self.factors, *other.factors)) if isinstance(other, Entry) else self

    __rmul__ = __mul__


@dataclass(frozen=True, slots=True)
class Slot:
    """One number on a page that differs from student to student.

    Attributes:
        entry: which value it shows.
        decimals: to print it with.
        has_brackets: whether it is a factor or term, which stands in brackets when it is negative.
        denominator: where it is not 0, the value is an exact fraction of at most this denominator.
    """

    entry: Entry
    decimals: int
    has_brackets: bool
    denominator: int = 0


@dataclass(frozen=True, slots=True)
class PageSlots:
    """All slots of one document: first those for text, such as the name, then numbers with the place of their question.

    Attributes:
        texts: how many slots for text there are.
        numbers: (question, slot) of each number.
    """

    texts: int
    numbers: list[tuple[int, Slot]] = field(default_factory=list)

    def add(self, question: int, slot: Slot) -> str:
        """A new slot's character."""
        place = self.texts + len(self.numbers)
        if place >= MAX_SLOTS:
            raise ValueError(f"more than {MAX_SLOTS} numbers in one document")
        self.numbers.append((question, slot))
        return chr(FIRST_SLOT + place)

    def find(self, text: str) -> Slot | None:
        """The slot of a number that is one character, None for any other text."""
        place = ord(text) - FIRST_SLOT - self.texts if len(text) == 1 else -1
        return self.numbers[place][1] if place >= 0 else None


@dataclass(frozen=True, slots=True)
class Slots:
    """The numbers of one question of a document that is laid out without them."""

    question: int
    page: PageSlots

    def text(self, value: Any, decimals: int, denominator: int = 0) -> str:
        decimals = 0 if denominator else decimals
        return self._character(Slot(value, decimals, has_brackets=False, denominator=denominator))

    def bracket(self, text: str) -> str:
        slot = self.page.find(text)
        return text if slot is None else self._character(replace(slot, has_brackets=True))

    def bare_start(self, text: str) -> str:
        slot = self.page.find(text[:1])
        if slot is None or not slot.has_brackets or text[1:2] == "^":
            return text
        return self._character(replace(slot, has_brackets=False)) + text[1:]

    def _character(self, slot: Slot) -> str:
        return self.page.add(self.question, slot)


def widest_number(slot: Slot, whole_digits: int) -> str:
    """The widest text that a number of so many digits before the point can be, as decimals or as a fraction."""
    if slot.denominator:
        # Smaller than 10^whole_digits, so that the numerator is smaller than that many denominators.
        over = len(str(10**whole_digits * slot.denominator - 1))
        digits = f"{MINUS}{'0' * over}/{'0' * len(str(slot.denominator))}"
    else:
        digits = MINUS + "0" * whole_digits + ("." + "0" * slot.decimals if slot.decimals else "")
    return f"({digits})" if slot.has_brackets else digits


def whole_digits_of(values: Values) -> int:
    """Most digits before the point in any of a question's numbers."""
    # Of so few numbers Python finds the largest sooner than NumPy.
    largest = max((abs(number) for array in values.values() for number in np.ravel(array).tolist()), default=0.0)
    return len(str(int(min(largest * 1.000001, 1e15))))


def print_exactly(value: float | Fraction) -> str:
    """An exact value in lowest terms, or what a given number stands for: `-261/200`, or `24` for a whole number."""
    return str(exactly(value))


def is_slot(text: str) -> bool:
    """Whether a text is the character of a slot."""
    return len(text) == 1 and ord(text) >= FIRST_SLOT


def entries(graph: ComputationGraph) -> Mapping[str, Array]:
    """Arrays of marks in the place of values, by quantity name."""
    marks: dict[str, Array] = {}
    for quantity in graph:
        array = np.empty(quantity.shape, dtype=object)
        for index in np.ndindex(*quantity.shape):
            array[index] = Entry(((quantity.name, index),))
        marks[quantity.name] = array
    return marks
