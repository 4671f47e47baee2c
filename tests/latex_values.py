r"""What the LaTeX of a worked line is worth: an evaluator of formulas, independent of examgen; for the tests of papers.

A number printed with decimals stands for itself and half a unit of its last decimal to either side; whole numbers,
fractions such as 13/10, and the 0.01 of leaky ReLU, are exact. Shapes must fit as on paper: a number may be added to a
matrix, but no vector; `\cdot` needs a number on one side, `\odot` two matrices of one shape; no sign may follow another
one without brackets. `\mathbf{1}_{3}` is a column of three ones.

Under a sum each symbol of more than one number has the letters that are counted, in their order, and no other index.
Fractions are entry by entry, with one shape above and below or a number on one side. A derivative that is no symbol of
the page is worked out from the definition of what stands above (`Meanings.local`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from tests.printed_numbers import (
    BOUNDS,
    FUNCTIONS,
    PAIRS,
    Floats,
    LatexValueError,
    Printed,
    added,
    correlated,
    derived,
    matrix_times,
    negated,
    one_over,
    pooled,
    power,
    printed_numbers,
    size,
    softmax,
    times,
    unpooled,
)

NUMBER = re.compile(r"\d+(?:\.\d+|/\d+)?")
_MATRIX = re.compile(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", re.DOTALL)
_EXACT = re.compile(r"0\.01(?=\\,| \\left\[)")
_ONES = re.compile(r"\\mathbf\{1\}_\{(\d+)\}")
_POWER = re.compile(r"\^(?:\{(\w+)\}|(\w))")
_SUM = re.compile(r"\\sum_(?:\{([a-z](?:,[a-z])?)\}|([a-z]))(?![\^a-z])")
_INDEX = re.compile(r"_\{([a-z]+)\}")
_ENTRY_OF_DERIVATIVE = re.compile(r"(\\frac\{\\partial \w\}\{\\partial (?:[^{}]|\{[^{}]*\})+?)_\{([a-z]+)\}\}")
_DERIVATIVE = re.compile(r"\\frac\{\\partial ((?:[^{}]|\{[^{}]*\})+)\}\{\\partial ((?:[^{}]|\{[^{}]*\})+)\}")
_RAISED = re.compile(r"^\\?\w+\^\{[^{}]*\}(?:_\{[^{}]*\})?$")
_POOL = re.compile(r"\\operatorname\{maxpool\}_\{(\d+) \\times (\d+)\}")
_ENDS = (")", "]", "|", ",", "}", ">", "<", "+", "-", "&", r"\\", r"\right", r"\le ", r"\ge ", r"\end")
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    r"\ge": lambda a, b: a >= b,
    r"\le": lambda a, b: a <= b,
}
Function = Callable[[Printed], Printed]


@dataclass(frozen=True, eq=False)
class Meanings:
    """What a formula may refer to.

    Attributes:
        symbols: by LaTeX, what each stands for; the longest that fits is taken.
        unit_axis: along which softmax adds up: 0 where the columns are samples, 1 where the rows are.
        functions: by LaTeX, beside those that are always known.
        definitions: by LaTeX of a number, the formula that it is computed with.
    """

    symbols: Mapping[str, Printed] = field(default_factory=dict)
    unit_axis: int = 0
    functions: Mapping[str, Function] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def local(self, of: str, by: str) -> Printed | None:
        """The derivative of a number by what its definition reads, all else in it kept; None of what is not here."""
        if of not in self.definitions or by not in self.symbols:
            return None

        def moved(value: Printed) -> Printed:
            return value_of(self.definitions[of], {**self.symbols, by: value}, self.unit_axis)

        return derived(moved, self.symbols[by])


NOTHING = Meanings()


def value_of(latex: str, symbols: Mapping[str, Printed] | None = None, unit_axis: int = 0) -> Printed:
    """The value of a formula with these symbols: a right-hand side without its equals sign.

    Raises: LatexValueError.
    """
    return value_with(latex, Meanings(symbols or {}, unit_axis) if symbols or unit_axis else NOTHING)


def value_with(latex: str, meanings: Meanings) -> Printed:
    """The same with all that there may be to refer to."""
    reader = _Reader(latex, meanings)
    with np.errstate(all="ignore"):
        found = reader.sum()
    reader.end()
    return found


def put_in(latex: str, symbols: Mapping[str, Printed]) -> list[tuple[Floats, bool]]:
    """The numbers and matrices of a formula from left to right, those of its symbols included; and whether a minus that
    subtracts from nothing stands right before each."""
    reader = _Reader(latex, Meanings(symbols))
    with np.errstate(all="ignore"):
        reader.sum()
    return reader.leaves


@lru_cache(maxsize=4096)
def _printed_matrix(cells: str) -> Printed:
    """A matrix, or a number, by its cells; most stand in many lines."""
    return printed_numbers([[cell.strip() for cell in row.split("&")] for row in cells.split(r"\\")])


class _Reader:
    """Reads sums of products of factors, left to right; `at` is the next character."""

    def __init__(self, latex: str, meanings: Meanings) -> None:
        self.latex, self.meanings, self.symbols = latex, meanings, meanings.symbols
        self.ordered = sorted(self.symbols, key=len, reverse=True)
        self.at = 0
        self.counted = ""
        self.has_counted = False
        self.leaves: list[tuple[Floats, bool]] = []
        self.behind_minus = -1

    def sum(self) -> Printed:
        if is_minus := self.takes("-"):
            self.behind_minus = self.at
        total = negated(self.product()) if is_minus else self.product()
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
            elif self.takes(r"\star"):
                found = correlated(found, self.factor())
            elif self.takes(r"\,") or not self.is_at_end_of_product():
                found = self.beside(found, self.factor())
            else:
                return found

    def beside(self, left: Printed, right: Printed) -> Printed:
        if self.counted:
            return self.combined(left, right, times)
        if left.shape[1] == right.shape[0]:
            return matrix_times(left, right)
        self.demand(left.is_number or right.is_number, f"product of {left.shape} and {right.shape}")
        return times(left, right)

    def factor(self) -> Printed:
        found = self.primary()
        while True:
            if self.takes(r"^{\top}"):
                found = found.each(lambda rows: rows.T)
            elif raised := _POWER.match(self.latex, self.at):
                self.at = raised.end()
                self.demand(found.is_number or bool(self.counted), "power of a matrix")
                found = power(found, self.exponent(raised[1] or raised[2]))
            else:
                self.demand(not self.latex.startswith(("_", "^"), self.at), "symbol goes on")
                return found

    def exponent(self, text: str) -> int:
        if text.isdigit():
            return int(text)
        self.demand(text in self.symbols and self.symbols[text].is_number, f"exponent {text}")
        return int(self.symbols[text].value.item())

    def primary(self) -> Printed:
        self.skip()
        if ones := _ONES.match(self.latex, self.at):
            self.at = ones.end()
            return printed_numbers([["1"]] * int(ones[1]))
        if self.counted and (entry := _ENTRY_OF_DERIVATIVE.match(self.latex, self.at)):
            self.demand(f"{entry[1]}}}" in self.symbols, f"{entry[1]} is not there")
            self.at = entry.end()
            return self.entries(self.symbols[f"{entry[1]}}}"], entry[2])
        for symbol in self.ordered:
            if self.latex.startswith(symbol, self.at):
                self.leaves.append((self.symbols[symbol].value, self.behind_minus == self.at))
                self.at += len(symbol)
                is_raised = _RAISED.search(symbol) is not None and self.latex.startswith("^", self.at)
                self.demand(not is_raised, "two exponents without brackets")
                return self.indexed(self.symbols[symbol])
        if matrix := _MATRIX.match(self.latex, self.at):
            self.at = matrix.end()
            found = _printed_matrix(matrix[1])
            self.leaves.append((found.value, False))
            return found
        if number := NUMBER.match(self.latex, self.at):
            return self.number(number[0])
        return self.grouped()

    def indexed(self, found: Printed) -> Printed:
        """A symbol, under a sum with the letters that are counted."""
        if self.counted and (index := _INDEX.match(self.latex, self.at)):
            self.at = index.end()
            return self.entries(found, index[1])
        self.demand(not self.counted or found.is_number, "no index under a sum")
        return found

    def entries(self, found: Printed, letters: str) -> Printed:
        self.demand(letters == self.counted, f"index {letters} where {self.counted} is counted")
        self.demand(len(letters) == 2 or min(found.shape) == 1, "one index into a matrix")
        self.has_counted = True
        return found

    def number(self, text: str) -> Printed:
        is_exact = bool(_EXACT.match(self.latex, self.at))
        found = _printed_matrix(text)
        self.leaves.append((found.value, self.behind_minus == self.at))
        self.at += len(text)
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
        if self.takes("e^{"):
            return FUNCTIONS[r"\exp"](self.until("}"))
        if self.takes(r"\begin{cases}"):
            return self.cases()
        if derivative := _DERIVATIVE.match(self.latex, self.at):
            return self.derivative(derivative)
        if self.takes(r"\frac{"):
            over = self.until("}")
            self.demand(self.takes("{"), "no denominator")
            return self.combined(over, one_over(self.until("}")), times)
        if summed := _SUM.match(self.latex, self.at):
            self.at = summed.end()
            return self.added_up((summed[1] or summed[2]).replace(",", ""))
        return self.applied()

    def derivative(self, found: re.Match[str]) -> Printed:
        self.at = found.end()
        local = self.meanings.local(found[1], found[2])
        if local is None:
            raise LatexValueError(self.said(f"{found[0]} is not there"))
        return local

    def cases(self) -> Printed:
        """The first of them whose condition holds, of numbers."""
        found = None
        while True:
            value = self.sum()
            self.demand(self.takes("&"), "no condition")
            left = self.sum()
            sign = next((sign for sign in _COMPARED if self.takes(sign)), "")
            self.demand(bool(sign), "no comparison")
            holds = _COMPARED[sign](left.value.item(), self.sum().value.item())
            found = value if found is None and holds else found
            if self.takes(r"\end{cases}"):
                break
            self.demand(self.takes(r"\\"), "cases do not end")
        if found is None:
            raise LatexValueError(self.said("no case"))
        return found

    def applied(self) -> Printed:
        for name, pair in PAIRS.items():
            if self.takes(name):
                left, right = self.arguments()
                self.demand(left.is_number or left.shape == right.shape, "shapes differ")
                return Printed(*(pair(getattr(left, part), getattr(right, part)) for part in BOUNDS))
        if self.takes(r"\operatorname{softmax}"):
            return softmax(self.argument(), self.meanings.unit_axis)
        if self.takes(r"\operatorname{unpool}"):
            return unpooled(*self.arguments())
        if pool := _POOL.match(self.latex, self.at):
            self.at = pool.end()
            return pooled(self.argument(), (int(pool[1]), int(pool[2])))
        for functions in (self.meanings.functions, FUNCTIONS):
            for name, function in functions.items():
                if self.takes(name):
                    # Only a logarithm has a name that everybody reads without brackets.
                    is_bare = name == r"\ln" or self.latex.startswith(("(", r"\left(", "'", "^2"), self.at)
                    self.demand(is_bare, "no bracket")
                    return self.of_function(function)
        raise LatexValueError(self.said("no value begins"))

    def of_function(self, function: Function) -> Printed:
        """A function or its derivative at what stands behind it; its square may stand before that."""
        if self.takes("'"):
            return derived(function, self.factor())
        raised = self.takes("^2")
        found = function(self.factor())
        return power(found, 2) if raised else found

    def argument(self) -> Printed:
        self.demand(self.latex.startswith(("(", r"\left("), self.at), "no bracket")
        return self.factor()

    def arguments(self) -> tuple[Printed, Printed]:
        opening = next((one for one in (r"\left(", "(") if self.takes(one)), "")
        self.demand(bool(opening), "no bracket")
        left = self.sum()
        self.demand(self.takes(","), "one argument")
        return left, self.until(opening.replace("left", "right").replace("(", ")"))

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

    def added_up(self, letters: str) -> Printed:
        before, self.counted, self.has_counted = self.counted, letters, False
        self.demand(not before, "a sum in a sum")
        terms = self.product()
        self.demand(self.has_counted, f"nothing has the index {letters}")
        self.counted = before
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
