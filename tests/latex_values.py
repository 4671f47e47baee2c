r"""What the LaTeX of a worked line is worth: an evaluator of formulas, independent of examgen; for the tests of papers.

A number printed with decimals stands for itself and half a unit of its last decimal to either side; whole numbers,
fractions such as 13/10, and the 0.01 of leaky ReLU, are exact. Shapes must fit as on paper: a number may be added to a
matrix, but no vector; `\cdot` needs a number on one side, `\odot` two matrices of one shape; no sign may follow another
one without brackets. `\mathbf{1}_{3}` is a column of three ones.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from tests.printed_numbers import (
    FUNCTIONS,
    PAIRS,
    LatexValueError,
    Printed,
    added,
    matrix_times,
    negated,
    one_over,
    printed_numbers,
    size,
    softmax,
    square,
    times,
)

NUMBER = re.compile(r"\d+(?:\.\d+|/\d+)?")
_MATRIX = re.compile(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", re.DOTALL)
_EXACT = re.compile(r"0\.01(?=\\,| \\left\[)")
_ONES = re.compile(r"\\mathbf\{1\}_\{(\d+)\}")
_POWER = re.compile(r"\^\{(\d+)\}")
_INDEX = re.compile(r"_\{(?:k|ik)\}")
_ENDS = (")", "]", "|", ",", "}", ">", "<", "+", "-", r"\right", r"\le ")


def value_of(latex: str, symbols: Mapping[str, Printed] | None = None, unit_axis: int = 0) -> Printed:
    """The value of a formula.

    Args:
        latex: a right-hand side without its equals sign.
        symbols: by LaTeX, what each stands for; the longest that fits is taken.
        unit_axis: along which softmax adds up: 0 where the columns are samples, 1 where the rows are.

    Raises: LatexValueError.
    """
    reader = _Reader(latex, symbols or {}, unit_axis)
    with np.errstate(all="ignore"):
        found = reader.sum()
    reader.end()
    return found


@lru_cache(maxsize=4096)
def _printed_matrix(cells: str) -> Printed:
    """A matrix, or a number, by its cells; most stand in many lines."""
    return printed_numbers([[cell.strip() for cell in row.split("&")] for row in cells.split(r"\\")])


class _Reader:
    """Reads sums of products of factors, left to right; `at` is the next character."""

    def __init__(self, latex: str, symbols: Mapping[str, Printed], unit_axis: int) -> None:
        self.latex, self.symbols, self.unit_axis = latex, symbols, unit_axis
        self.ordered = sorted(symbols, key=len, reverse=True)
        self.at = 0
        self.is_under_sum = False

    def sum(self) -> Printed:
        total = negated(self.product()) if self.takes("-") else self.product()
        while (sign := next((sign for sign in "+-" if self.takes(sign)), "")) != "":
            term = self.product()
            total = self.combined(total, term if sign == "+" else negated(term), added)
        return total

    def product(self) -> Printed:
        found = self.factor()
        while True:
            if self.takes(r"\cdot"):
                other = self.factor()
                self.demand(found.is_number or other.is_number, r"\cdot between matrices")
                found = times(found, other)
            elif self.takes(r"\odot"):
                other = self.factor()
                self.demand(found.shape == other.shape, r"\odot of different shapes")
                found = times(found, other)
            elif self.takes(r"\,") or not self.is_at_end_of_product():
                found = self.beside(found, self.factor())
            else:
                return found

    def beside(self, left: Printed, right: Printed) -> Printed:
        if self.is_under_sum:
            return self.combined(left, right, times)
        if left.shape[1] == right.shape[0]:
            return matrix_times(left, right)
        self.demand(left.is_number or right.is_number, f"product of {left.shape} and {right.shape}")
        return times(left, right)

    def factor(self) -> Printed:
        found = self.primary()
        while True:
            if power := _POWER.match(self.latex, self.at):
                self.at = power.end()
                self.demand(found.is_number and found.low.min() > 0, "power of no positive number")
                found = found.each(lambda base: base ** int(power[1]))
            elif self.takes("^2"):
                self.demand(found.is_number or self.is_under_sum, "power of a matrix")
                found = square(found)
            elif self.takes(r"^{\top}"):
                found = found.each(lambda rows: rows.T)
            elif self.is_under_sum and (index := _INDEX.match(self.latex, self.at)):
                self.at = index.end()
            else:
                self.demand(not self.latex.startswith(("_", "^"), self.at), "symbol goes on")
                return found

    def primary(self) -> Printed:
        self.skip()
        if ones := _ONES.match(self.latex, self.at):
            self.at = ones.end()
            return printed_numbers([["1"]] * int(ones[1]))
        for symbol in self.ordered:
            if self.latex.startswith(symbol, self.at):
                self.at += len(symbol)
                return self.symbols[symbol]
        if matrix := _MATRIX.match(self.latex, self.at):
            self.at = matrix.end()
            return _printed_matrix(matrix[1])
        if number := NUMBER.match(self.latex, self.at):
            return self.number(number[0])
        return self.grouped()

    def number(self, text: str) -> Printed:
        is_exact = bool(_EXACT.match(self.latex, self.at))
        self.at += len(text)
        found = _printed_matrix(text)
        return Printed(found.value, found.value, found.value) if is_exact else found

    def grouped(self) -> Printed:
        for opening, closing in ((r"\left(", r"\right)"), ("(", ")")):
            if self.takes(opening):
                return self.until(closing)
        if self.takes(r"\left|"):
            return size(self.until(r"\right|"))
        if self.takes(r"\left["):
            return self.claim()
        if self.takes(r"\sqrt{"):
            return self.until("}").each(lambda square: np.sqrt(np.maximum(square, 0)))
        if self.takes(r"\frac{"):
            over = self.until("}")
            self.demand(self.takes("{"), "no denominator")
            return self.combined(over, one_over(self.until("}")), times)
        if self.takes(r"\sum_{k}") or self.takes(r"\sum_{i,k}"):
            return self.added_up()
        return self.applied()

    def applied(self) -> Printed:
        for name, pair in PAIRS.items():
            if self.takes(name):
                self.demand(self.takes(r"\left("), "no bracket")
                left = self.sum()
                self.demand(self.takes(","), "one argument")
                right = self.until(r"\right)")
                self.demand(left.is_number or left.shape == right.shape, "shapes differ")
                return Printed(*(pair(getattr(left, part), getattr(right, part)) for part in ("value", "low", "high")))
        if self.takes(r"\operatorname{softmax}"):
            return softmax(self.factor(), self.unit_axis)
        for name, function in FUNCTIONS.items():
            if self.takes(name):
                return function(self.factor())
        raise LatexValueError(self.said("no value begins"))

    def claim(self) -> Printed:
        """Iverson's bracket."""
        left = self.sum()
        if self.takes("<"):
            right = self.until(r"\right]")
            below = (left.value, left.high, left.low)
            return Printed(*((bound < right.value).astype(float) for bound in below))
        grows = self.takes(">")
        self.demand(grows or self.takes(r"\le"), "no comparison")
        right = self.until(r"\right]")
        self.demand(right.is_number, "comparison with a matrix")
        found = left.each(lambda z: (z > right.value).astype(float))
        return found if grows else added(negated(found), Printed(*(np.ones((1, 1)),) * 3))

    def added_up(self) -> Printed:
        before, self.is_under_sum = self.is_under_sum, True
        terms = self.product()
        self.is_under_sum = before
        return terms.each(lambda entries: np.asarray(entries.sum()).reshape(1, 1))

    def combined(self, left: Printed, right: Printed, how: Callable[[Printed, Printed], Printed]) -> Printed:
        fits = left.shape == right.shape or left.is_number or right.is_number
        self.demand(fits, f"shapes {left.shape} and {right.shape} side by side")
        return how(left, right)

    def until(self, closing: str) -> Printed:
        found = self.sum()
        self.demand(self.takes(closing), f"no {closing}")
        return found

    def takes(self, text: str) -> bool:
        if self.latex.startswith(" ", self.at):
            self.skip()
        if not self.latex.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def skip(self) -> None:
        while self.latex[self.at : self.at + 1] == " ":
            self.at += 1

    def is_at_end_of_product(self) -> bool:
        self.skip()
        return self.at == len(self.latex) or self.latex.startswith(_ENDS, self.at)

    def end(self) -> None:
        self.demand(self.at == len(self.latex), "something is left")

    def demand(self, holds: bool, what: str) -> None:
        if not holds:
            raise LatexValueError(self.said(what))

    def said(self, what: str) -> str:
        return f"{what} at {self.at} in {self.latex}, before {self.latex[self.at : self.at + 30]!r}"
