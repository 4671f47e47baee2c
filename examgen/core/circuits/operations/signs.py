"""How the signs of arithmetic are written between expressions."""

from collections.abc import Sequence
from fractions import Fraction

from examgen.core.circuits.expressions import ATOM, POWER, PRODUCT, SUM, Applied, Piece
from examgen.core.rules.rule import fraction_latex

# Writing: products between numbers have no sign in symbols and a dot between digits.


def write_sum(texts: Sequence[Piece], _one: Applied) -> Piece:
    first, second = texts
    return Piece(f"{first.latex} + {second.within(PRODUCT) if second.latex.startswith('-') else second.latex}", SUM)


def write_difference(texts: Sequence[Piece], _one: Applied) -> Piece:
    return Piece(f"{texts[0].latex} - {texts[1].within(PRODUCT)}", SUM)


def write_product(texts: Sequence[Piece], one: Applied) -> Piece:
    first, second = (text.within(PRODUCT) for text in texts)
    if r"\sum" in first:
        # What stands behind a sum would be added up, too.
        first = rf"\left({first}\right)"
    if all(argument.shape for argument in one.arguments):
        return Piece(rf"{first} \odot {second}", PRODUCT)
    # Two numbers side by side would be read as one.
    sign = r"\cdot" if second[:1].isdigit() else "<dot>"
    return Piece(f"{first} {sign} {second}", PRODUCT)


def write_power(texts: Sequence[Piece], _one: Applied) -> Piece:
    base = texts[0].read_as("base") if texts[0].is_place else texts[0].within(ATOM)
    return Piece(f"{base}^{{{texts[1].latex}}}", POWER)


def write_constant(value: Fraction) -> Piece:
    """A number of a definition: a decimal where it is one of few digits, else a fraction."""
    decimal = next((places for places in range(5) if (value * 10**places).denominator == 1), None)
    if decimal is None:
        return Piece(fraction_latex(value), ATOM if value >= 0 else SUM)
    return Piece(f"{float(value):.{decimal}f}", ATOM if value >= 0 else SUM)
