"""How the signs of arithmetic are written between expressions."""

import re
from collections.abc import Sequence
from fractions import Fraction

from examgen.core.circuits.expressions import ATOM, HADAMARD, OPEN, POWER, PRODUCT, SUM, WINDOW, Applied, Piece
from examgen.core.rules.rule import fill_latex, fraction_latex

# Writing: products between numbers have no sign in symbols and a dot between digits.


def write_sum(texts: Sequence[Piece], _one: Applied) -> Piece:
    first, second = texts
    return Piece(f"{first.latex} + {second.within(OPEN) if second.latex.startswith('-') else second.latex}", SUM)


def write_difference(texts: Sequence[Piece], _one: Applied) -> Piece:
    return Piece(f"{texts[0].latex} - {texts[1].within(OPEN)}", SUM)


def write_product(texts: Sequence[Piece], one: Applied) -> Piece:
    if all(argument.shape for argument in one.arguments):
        first, second = (text.within(HADAMARD) for text in texts)
        return Piece(rf"{first} \odot {second}", HADAMARD)
    # What stands behind a sum would be added up, too.
    first, second = texts[0].within(WINDOW), texts[1].within(OPEN)
    # Two numbers side by side would be read as one.
    sign = r"\cdot" if second[:1].isdigit() else "<dot>"
    # A number beside a product leaves it what it is.
    looser = [text.strength for text, least in zip(texts, (WINDOW, OPEN), strict=True) if text.strength >= least]
    return Piece(f"{first} {sign} {second}", min([PRODUCT, *looser]))


def write_power(texts: Sequence[Piece], one: Applied) -> Piece:
    base = texts[0].read_as("base") if texts[0].is_place else texts[0].within(ATOM)
    shape = one.arguments[0].shape
    # Of a square matrix the plain power is the product with itself.
    entrywise = r"\circ " if len(shape) == 2 and shape[0] == shape[1] else ""
    return Piece(f"{base}^{{{entrywise}{texts[1].latex}}}", POWER)


def write_constant(value: Fraction) -> Piece:
    """A number of a definition: a decimal where it is one of few digits, else a fraction."""
    decimal = next((places for places in range(5) if (value * 10**places).denominator == 1), None)
    if decimal is None:
        return Piece(fraction_latex(value), ATOM if value >= 0 else SUM)
    return Piece(f"{float(value):.{decimal}f}", ATOM if value >= 0 else SUM)


_IN_BRACKETS = re.compile(r"\\left.((?!\\left|\\right).)*\\right.")


def write_template(template: str, argument: Piece) -> Piece:
    """A template of the table with an argument; between numbers and between arrays the signs are those of all rules."""

    if template == "<0>":
        return argument

    def symbol(name: str, modifier: str) -> str:
        if name == "times":
            return ""
        if name == "hadamard":
            return "<hadamard>"
        return argument.bare if modifier == "bare" else argument.within(HADAMARD)

    return Piece(fill_latex(template, symbol), _strength(template))


def _strength(template: str) -> int:
    """How tightly the outermost sign of a template binds."""
    outside = _IN_BRACKETS.sub("", template)
    while outside != template:
        template, outside = outside, _IN_BRACKETS.sub("", outside)
    return SUM if re.search(" [-+] ", outside) else HADAMARD if "<hadamard>" in outside else ATOM
