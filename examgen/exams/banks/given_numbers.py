"""How the given numbers of a family are printed: with so many decimals, or as fractions; `families` calls it."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from examgen.core.exact import exactly, is_decimal
from examgen.exams.banks.bank_models import Family
from examgen.exams.banks.bank_values import Matrix, decimals_of
from examgen.exams.draws.drawing import Drawer


def given_decimals(family: Family, drawers: Mapping[str, Mapping[str, Drawer]]) -> dict[str, int]:
    """Decimals by given quantity; the same for every shape of a family."""
    fixed = {name: most_decimals(value) for name, value in family.numbers.items()}
    return {name: drawer.decimals for each in drawers.values() for name, drawer in each.items()} | fixed


def most_decimals(value: Matrix) -> int:
    """Decimals with which all of some numbers can be printed."""
    return max(map(decimals_of, _numbers(value)), default=0)


def given_denominators(family: Family, drawers: Mapping[str, Mapping[str, Drawer]]) -> dict[str, int]:
    """The common denominator of the values of those given quantities that decimals cannot say."""
    found = {name: drawer.divisor for each in drawers.values() for name, drawer in each.items()}
    for name, value in family.numbers.items():
        found[name] = math.lcm(*(exactly(number).denominator for number in _numbers(value)))
    return {name: below for name, below in found.items() if not is_decimal(Fraction(1, below))}


def _numbers(value: Matrix) -> Iterator[Decimal]:
    if isinstance(value, tuple):
        for part in value:
            yield from _numbers(part)
    else:
        yield value
