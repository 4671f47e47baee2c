"""One question with one student's values, or with marks for them, and how its values look in LaTeX.

Made by `papers` and `printing`; `rule_formulas`, `chain` and `worked_lines` print with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from examgen.core.graph import Quantity, Role, Values
from examgen.core.rules.rule import Array
from examgen.documents.numbers import MINUS, Entry, Numbers, Printed, Slot, whole_digits_of, widest_number
from examgen.documents.worked.exact_numbers import common, ends_at, printed_denominator, spacings
from examgen.exams.naming.symbol_names import bias_name
from examgen.exams.paper_shapes import PaperShape

PRINTED = Printed()

APPROXIMATELY = r"\approx"
"""The relation to an exact value's decimals where they may be rounded."""


@dataclass(frozen=True, eq=False)
class SolvedPaper:
    """One question with one student's values, ready to be printed.

    Attributes:
        paper: the question in its shape.
        values: (*shape) by quantity name, of one student, or marks for them.
        decimals: decimals to print each quantity with.
        numbers: what a value looks like.
        whole_digits: at most so many stand before the point of a value, where there are marks for them.
    """

    paper: PaperShape
    values: Values
    decimals: Mapping[str, int]
    numbers: Numbers = PRINTED
    whole_digits: int = 0

    def is_scalar(self, name: str) -> bool:
        """Whether the shown matrix is a single number."""
        return self.paper.graph[name].size == 1

    def shown(self, name: str) -> Array:
        """The shown matrix, (rows, columns)."""
        quantity, value = self.paper.graph[name], np.asarray(self.values[name])
        if value.ndim == 2:
            return value.T if self.paper.naming.is_transposed(quantity) else value
        return value.reshape(1, -1) if self.paper.naming.is_row(quantity) else value.reshape(-1, 1)

    def folded(self, name: str) -> Array:
        """The shown weights with the biases as a last row, (rows + 1, columns)."""
        return np.vstack([self.shown(name), self.values[bias_name(self.paper.graph[name])].reshape(1, -1)])

    def number(self, name: str) -> str:
        """LaTeX of the whole value: a plain number or a matrix in brackets."""
        return self.matrix(self.shown(name), *self._whole(name))

    def with_bias(self, name: str) -> str:
        """LaTeX of the shown weights with the biases as a last row."""
        return self.matrix(self.folded(name), *self._whole(name, bias_name(self.paper.graph[name])))

    def _whole(self, *names: str) -> tuple[int, int]:
        """As `put_in`; fractions that are given stand there in full, however many there are."""
        decimals, denominator = self.put_in(*names)
        below = self.paper.question.given_denominators
        of_given = [below[name] for name in (self._given(name) for name in names) if name in below]
        return decimals, denominator or (max(of_given) if of_given else 0)

    def _given(self, name: str) -> str:
        """The given quantity of which the samples of a step are a part; else the quantity itself."""
        quantity = self.paper.graph[name]
        return quantity.inputs[0] if quantity.is_copied else name

    def widest(self, name: str) -> str:
        """LaTeX of the widest number that may be an entry of this quantity on any paper with values of such size."""
        decimals, denominator = self.put_in(name)
        slot = Slot(Entry(()), decimals, has_brackets=False, denominator=denominator)
        return widest_number(slot, self.whole_digits or whole_digits_of(self.values)).replace(MINUS, "-")

    def results(self, name: str) -> tuple[str, ...]:
        """A quantity's value as the last relations of its line, with its biases where the notation folds them in."""
        quantity = self.paper.graph[name]
        if folds(self.paper, quantity):
            return self.results_of(self.folded(name), name, bias_name(quantity))
        return self.results_of(self.shown(name), name)

    def results_of(self, values: Any, *names: str) -> tuple[str, ...]:
        """Values of these quantities, a matrix or a number: exactly where that takes a fraction, then in decimals."""
        values = np.reshape(values, np.shape(values) or (1, 1))
        decimals, spacing = max(self.decimals[name] for name in names), self.spacing(*names)
        printed = self.matrix(values, decimals)
        if spacing is None:
            return (f"= {printed}",)
        # Slopes are numbers of the activation's definition, such as 0.01.
        is_defined = self.paper.graph[names[0]].role is Role.SLOPE
        denominator = 0 if is_defined else printed_denominator(spacing, values.shape[1])
        exactly = (f"= {self.matrix(values, decimals, denominator)}",) if denominator else ()
        return (*exactly, f"{'=' if ends_at(spacing, decimals) else APPROXIMATELY} {printed}")

    def spacing(self, *names: str) -> Fraction | None:
        """What all values of these quantities are multiples of, None where they are not exact."""
        known = spacings(self.paper)
        return common(known[name] for name in names) if all(name in known for name in names) else None

    def put_in(self, *names: str) -> tuple[int, int]:
        """Decimals and denominator to put values of these quantities into a formula with."""
        decimals = max(self.decimals[name] for name in names)
        # Either side may be put in as the columns.
        columns = max(max(self.paper.graph[name].shape, default=1) for name in names)
        return decimals, self.denominator(self.spacing(*names), decimals, columns)

    def denominator(self, spacing: Fraction | None, decimals: int, columns: int = 1) -> int:
        """The denominator to print numbers on the way with: 0 for decimals, which they have where those are exact."""
        is_exact = spacing is None or ends_at(spacing, decimals)
        return 0 if spacing is None or is_exact else printed_denominator(spacing, columns)

    def reads_rounded(self, quantity: Quantity) -> bool:
        """Whether a number that is put into this quantity's formula may be rounded."""
        for name in quantity.inputs:
            (decimals, denominator), spacing = self.put_in(name), self.spacing(name)
            if spacing is None or not (denominator or ends_at(spacing, decimals)):
                return True
        return False

    def matrix(self, values: Array, decimals: int, denominator: int = 0) -> str:
        """LaTeX of a (rows, columns) array; a single number has no brackets."""
        cells = [[self.numbers.text(value, decimals, denominator) for value in row] for row in values]
        return cells[0][0] if len(cells) == len(cells[0]) == 1 else bracketed(cells)


def folds(paper: PaperShape, quantity: Quantity) -> bool:
    """Whether this notation shows these weights with their biases as a last row."""
    return paper.naming.folds(quantity)


def bracketed(cells: Sequence[Sequence[str]]) -> str:
    """LaTeX of a matrix in square brackets."""
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in cells) + r" \end{bmatrix}"
