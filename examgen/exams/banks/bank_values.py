"""What stands in bank files alone: matrices, heads of papers, and what numbers may be."""

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from examgen.core.exact import MAX_DENOMINATOR, MAX_DIGITS, exactly, is_decimal
from examgen.exams.form_mistakes import shorten
from examgen.exams.forms import Form, Number, Strict, Texts, decimal_of
from examgen.exams.wording.texts import checked_text

MAX_GRID = 1_000_000
DECIMALS_OF_FRACTION = 6
"""Where there is no room for the fraction itself."""

MOST_MINUTES = 10_000
MOST_COVER = 120
"""Characters of a course, a date or a duration."""


def _numbers(value: object) -> object:
    """Said here once, for a union of types complains about each of them."""
    depth = _depth(value)
    if depth > 2:
        raise ValueError(f"found {shorten(value)}; use a number, or a list, or a list of rows, of numbers")
    for number in _flat(value):
        decimal_of(number)
    return value


def _depth(value: object) -> int:
    """How many lists are around the numbers; 3 for anything deeper or ragged."""
    if not isinstance(value, list):
        return 0
    inner = {0 if not isinstance(part, list) else 1 + any(isinstance(cell, list) for cell in part) for part in value}
    return 1 + max(inner, default=0) if len(inner) < 2 else 3


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for part in value:
            yield from _flat(part)
    else:
        yield value


Names = Annotated[Texts, Field(min_length=1)]
Matrix = Annotated[tuple[tuple[Number, ...], ...] | tuple[Number, ...] | Number, BeforeValidator(_numbers)]


def _short_text(text: str) -> str:
    if len(text) > MOST_COVER:
        raise ValueError(f"found {shorten(text)}; give {MOST_COVER} or fewer characters")
    return checked_text(text)


def _day(value: object) -> object:
    """A day as TOML writes it, or a text."""
    if isinstance(value, str):
        return _short_text(value)
    if type(value) is not date:
        raise ValueError(f'found {shorten(value)}; use a day such as 2026-11-27, or a text such as "27 November"')
    return value


def _duration(value: object) -> object:
    """Minutes, or a text."""
    if isinstance(value, str):
        return _short_text(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_MINUTES:
        raise ValueError(
            f'found {shorten(value)}; use minutes from 1 to {MOST_MINUTES}, or a text such as "one hour and a half"'
        )
    return value


Line = Annotated[str, AfterValidator(_short_text)]
Day = Annotated[date | str, BeforeValidator(_day)]
Duration = Annotated[int | str, BeforeValidator(_duration)]


class Range(Form):
    """What one number may be: a grid from min to max, a list of choices, or a one-hot row.

    Attributes:
        min: the smallest value of the grid; decimals as texts or numbers.
        max: the largest value of the grid.
        step: from one value of the grid to the next.
        choices: the values themselves, instead of a grid.
        exclude: values of the grid that are left out, such as 0.
        one_hot: whether a row has a 1 at a drawn place and 0 elsewhere.
    """

    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    choices: tuple[Number, ...] = ()
    exclude: tuple[Number, ...] = ()
    one_hot: Strict = False

    @model_validator(mode="after")
    def _usable(self) -> "Range":
        grid = (self.min, self.max, self.step)
        if sum((any(part is not None for part in grid), bool(self.choices), self.one_hot)) != 1:
            raise ValueError("give min, max and step, or choices, or one_hot = true")
        if self.exclude and self.min is None:
            raise ValueError("exclude belongs to min, max and step; leave the values out of choices instead")
        scale = self.scale
        if scale > MAX_DENOMINATOR and scale != 10**self.decimals:
            raise ValueError(f"fractions with {scale} as their common denominator; use at most {MAX_DENOMINATOR}")
        if any(
            abs(exactly(number) * scale) >= 10**MAX_DIGITS for number in (*self.choices, self.min, self.max) if number
        ):
            raise ValueError(
                f"numbers of more than {MAX_DIGITS} digits at {self.decimals} decimals; use rounder numbers"
            )
        if self.one_hot or self.choices:
            return self
        if self.min is None or self.max is None or self.step is None:
            raise ValueError("min, max and step belong together")
        if self.step <= 0:
            raise ValueError(f"step is {self.step}; use a positive decimal such as 0.1")
        if self.max < self.min:
            raise ValueError(f"max {self.max} is below min {self.min}")
        if (self.max - self.min) / self.step > MAX_GRID:
            raise ValueError(f"more than {MAX_GRID} values from min to max; use a larger step")
        if not self.grid()[0]:
            raise ValueError("exclude leaves no value")
        return self

    @property
    def scale(self) -> int:
        """By what every value of this range has to be multiplied to be a whole number: a power of 10 for decimals."""
        numbers = [exactly(number) for number in (self.min, self.step, *self.choices) if number is not None]
        if all(map(is_decimal, numbers)):
            return int(10**self.decimals)
        return math.lcm(*(number.denominator for number in numbers))

    @property
    def decimals(self) -> int:
        """Decimals that every value of this range that is a decimal can be printed with."""
        numbers = [number for number in (self.min, self.step, *self.choices) if number is not None]
        return max(map(decimals_of, numbers), default=0)

    def grid(self) -> tuple[tuple[int, ...], int]:
        """All values as integers scaled by `scale`, and that; none for one-hot rows."""
        scale = self.scale

        def scaled(number: Decimal) -> int:
            return math.floor(exactly(number) * scale)

        if self.choices:
            return tuple(scaled(number) for number in self.choices), scale
        if self.min is None or self.max is None or self.step is None:
            return (), scale
        excluded = {exactly(number) * scale for number in self.exclude}
        values = range(scaled(self.min), scaled(self.max) + 1, scaled(self.step))
        return tuple(value for value in values if value not in excluded), scale


def decimals_of(number: Decimal) -> int:
    """Decimals that a number needs; a few for a fraction that no decimals can say."""
    if not is_decimal(exactly(number)):
        return DECIMALS_OF_FRACTION
    return max(0, -int(number.normalize().as_tuple().exponent))
