"""Which exact values the quantities of a question can have, so that a key prints fractions beside decimals.

Where all rules are exact (ReLU, leaky ReLU and identity with squared errors, and products of matrices), every value of
a quantity is a multiple of some fraction, whatever the drawn numbers are: of 1/100 where two numbers with one decimal
are multiplied, of 1/300 where that is divided by 3. A page is laid out once for all students of a shape, so it is this
`spacing` that says how a quantity is printed, and not one student's values. `rule_formulas` and `chain` call it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd

import numpy as np

from examgen.core.graph import Quantity
from examgen.exams.paper_shapes import PaperShape

MOST_DIGITS = 7
"""Larger denominators are not printed: such fractions say less than decimals."""

MOST_CHARACTERS = 64
"""In one row of a matrix of fractions: a page has room for a few more."""


@lru_cache(maxsize=512)
def spacings(paper: PaperShape) -> Mapping[str, Fraction]:
    """By quantity name, a number that all values of the quantity are multiples of; empty where rules are not exact.

    0 is the spacing of what is always 0. Where rules are not exact, only given fractions such as 1/3 are.
    """
    known: dict[str, Fraction] = {}
    is_exact, below = paper.shape.is_rational, paper.question.given_denominators
    for quantity in paper.graph if is_exact or below else ():
        if quantity.rule is None:
            decimals = paper.question.given_decimals.get(quantity.name, 0)
            known[quantity.name] = Fraction(1, below.get(quantity.name, 10**decimals))
        elif is_exact or quantity.is_copied:
            known[quantity.name] = _spacing_of_result(paper, quantity, known)
    return known


@lru_cache(maxsize=512)
def all_whole(paper: PaperShape) -> bool:
    """Whether all values of a question are whole numbers, which doubles say exactly."""
    known = spacings(paper)
    return all(one.name in known and known[one.name].denominator == 1 for one in paper.graph)


def common(spacings: Iterable[Fraction]) -> Fraction:
    """The largest number that all of these are multiples of."""
    return reduce(_common, spacings, Fraction(0))


def ends_at(spacing: Fraction, decimals: int) -> bool:
    """Whether so many decimals always print the exact value."""
    return bool((spacing * 10**decimals).denominator == 1)


def printed_denominator(spacing: Fraction, columns: int) -> int:
    """The largest denominator that exact values are printed with, so many in a row; 0 where that is no fraction, or
    one of too many digits."""
    return spacing.denominator if spacing.denominator > 1 and has_room(spacing.denominator, columns) else 0


def has_room(denominator: int, columns: int) -> bool:
    """Whether so many fractions with such a denominator can stand in a row."""
    return len(str(denominator)) <= MOST_DIGITS and columns * characters(denominator) <= MOST_CHARACTERS


def characters(denominator: int) -> int:
    """So many take the room of one fraction: digits below and above, a sign, some of its whole part, and space."""
    return 2 * len(str(denominator)) + 4


@dataclass(frozen=True, slots=True)
class _Multiple:
    """Any multiple of a number, with the arithmetic of rules. As nothing else is known of it, all comparisons come out
    as the same claim."""

    spacing: Fraction
    claim: bool

    def __add__(self, other: object) -> "_Multiple":
        return _Multiple(_common(self.spacing, _spacing(other)), self.claim)

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, other: object) -> "_Multiple":
        return _Multiple(self.spacing * _spacing(other), self.claim)

    __rmul__ = __mul__

    def __truediv__(self, other: int) -> "_Multiple":
        return _Multiple(self.spacing / other, self.claim)

    def __pow__(self, power: int) -> "_Multiple":
        return _Multiple(self.spacing**power, self.claim)

    def __abs__(self) -> "_Multiple":
        return self

    __neg__ = __abs__

    def __gt__(self, other: object) -> bool:
        return self.claim

    __lt__ = __gt__


def _spacing_of_result(paper: PaperShape, quantity: Quantity, known: Mapping[str, Fraction]) -> Fraction:
    """The spacing of what a rule gives, whichever way its comparisons come out."""
    assert quantity.rule is not None
    found: list[Fraction] = []
    for claim in (True, False):
        inputs = (
            np.full(paper.graph[name].shape, _Multiple(known[name], claim), dtype=object) for name in quantity.inputs
        )
        found += map(_spacing, np.asarray(quantity.rule.compute(*inputs), dtype=object).ravel())
    return common(found)


def _spacing(value: object) -> Fraction:
    """Of a multiple, or of a number that is known."""
    return value.spacing if isinstance(value, _Multiple) else abs(Fraction(int(value)))  # type: ignore[call-overload]


def _common(first: Fraction, second: Fraction) -> Fraction:
    parts = gcd(first.numerator * second.denominator, second.numerator * first.denominator)
    return Fraction(parts, first.denominator * second.denominator)
