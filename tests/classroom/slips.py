"""Slips of the pen and of the calculator: what an honest student may write instead of a right number.

Each kind is a row of `SLIPS`; called by `notebook` for the one entry that a student gets wrong.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

LEAST = 10
"""Units of the last asked digit that a slip is off at least; smaller ones look like rounding on the way."""

TRIES = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """What a student has before the eyes when writing one number.

    Attributes:
        value: the right one, from the student's own earlier numbers.
        text: as it should be written.
        places: its decimals.
        unit: of the last asked digit; some students write more.
        neighbours: other numbers that have just been written.
        terms: of the sum that gives the value; empty where it is no sum.
    """

    value: float
    text: str
    places: int
    unit: float
    neighbours: tuple[float, ...] = ()
    terms: tuple[float, ...] = ()


def _sign(entry: Entry, _: random.Random) -> str:
    return entry.text[1:] if entry.text.startswith("-") else f"-{entry.text}"


def _swap(entry: Entry, chooses: random.Random) -> str:
    at = [match.start() for match in re.finditer(r"(?=\d\.?\d)", entry.text)]
    if not at:
        return entry.text
    text, first = list(entry.text), chooses.choice(at)
    second = first + 1 + (text[first + 1] == ".")
    text[first], text[second] = text[second], text[first]
    return "".join(text)


def _digit(entry: Entry, chooses: random.Random) -> str:
    at = chooses.choice([place for place, letter in enumerate(entry.text) if letter.isdigit()])
    other = chooses.choice([digit for digit in "0123456789" if digit != entry.text[at]])
    return entry.text[:at] + other + entry.text[at + 1 :]


def _point(entry: Entry, chooses: random.Random) -> str:
    factor = chooses.choice([0.1, 10.0])
    return _as_written(entry.value * factor, entry.places)


def _neighbour(entry: Entry, chooses: random.Random) -> str:
    return _as_written(chooses.choice(entry.neighbours), entry.places) if entry.neighbours else entry.text


def _term(entry: Entry, chooses: random.Random) -> str:
    if len(entry.terms) < 2:
        return entry.text
    return _as_written(entry.value - chooses.choice([1, 2]) * chooses.choice(entry.terms), entry.places)


SLIPS: Mapping[str, Callable[[Entry, random.Random], str]] = MappingProxyType(
    {
        "sign flipped": _sign,
        "digits swapped": _swap,
        "digit changed": _digit,
        "point moved": _point,
        "neighbour copied": _neighbour,
        "term wrong": _term,
    }
)


def slip(entry: Entry, chooses: random.Random, low: float, high: float) -> tuple[str, str]:
    """A kind of slip and what it makes of the entry.

    Args:
        entry: the right one.
        chooses: the whims.
        low, high: the slip stays between them, so that work can go on: nobody takes the logarithm of -3.
    """
    for _ in range(TRIES):
        kind = chooses.choice(tuple(SLIPS))
        text = SLIPS[kind](entry, chooses)
        if low < float(text) < high and abs(float(text) - float(entry.text)) > (LEAST - 0.5) * entry.unit:
            return kind, text
    # A number such as 0.00 among zeros has no neighbour and no digits to swap.
    wrong = float(entry.text) + 2 * LEAST * entry.unit
    return "digit changed", _as_written(wrong if wrong < high else 2 * float(entry.text) - wrong, entry.places)


def _as_written(value: float, places: int) -> str:
    return f"{round(value, places):.{max(places, 0)}f}"
