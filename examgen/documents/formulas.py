"""A rule's formula as LaTeX, once with symbols and once with numbers put in, in the notation of the paper.

Called by `worked` for every line of a solution and by `papers` for the given numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from examgen.core.graph import Quantity, Values
from examgen.core.losses import LOSSES
from examgen.core.network import NetworkShape
from examgen.core.rules import Array, fill_latex, fraction_latex
from examgen.documents.numbers import Numbers, Printed
from examgen.exams.exam import PaperShape

BIAS_OF = {"dL_dW": "dL_db", "W_new": "b_new", "W": "b"}
"""Kinds of weights with the kind of the biases that row notation folds under them."""

PRINTED = Printed()

MAX_TERMS = 6
"""A sum of more terms is shown as its symbolic form and its value only."""


@dataclass(frozen=True, eq=False)
class SolvedPaper:
    """One question with one student's values, ready to be printed.

    Attributes:
        paper: the question in its shape.
        values: (*shape) by quantity name, of one student, or marks for them.
        decimals: decimals to print each quantity with.
        numbers: what a value looks like.
    """

    paper: PaperShape
    values: Values
    decimals: Mapping[str, int]
    numbers: Numbers = PRINTED

    def is_scalar(self, name: str) -> bool:
        """Whether the shown matrix is a single number."""
        return self.paper.graph[name].size == 1

    def shown(self, name: str) -> Array:
        """The shown matrix, (rows, columns)."""
        quantity, value = self.paper.graph[name], np.asarray(self.values[name])
        if value.ndim == 2:
            return value.T if self.paper.naming.is_transposed(quantity) else value
        return value.reshape(1, -1) if self.paper.naming.notation.samples_as == "rows" else value.reshape(-1, 1)

    def folded(self, name: str) -> Array:
        """The shown weights with the biases as a last row, (rows + 1, columns)."""
        return np.vstack([self.shown(name), self.values[bias_name(self.paper.graph[name])].reshape(1, -1)])

    def number(self, name: str) -> str:
        """LaTeX of the whole value: a plain number or a matrix in brackets."""
        return self.matrix(self.shown(name), self.decimals[name])

    def with_bias(self, name: str) -> str:
        """LaTeX of the shown weights with the biases as a last row."""
        bias = bias_name(self.paper.graph[name])
        return self.matrix(self.folded(name), max(self.decimals[name], self.decimals[bias]))

    def matrix(self, values: Array, decimals: int) -> str:
        """LaTeX of a (rows, columns) array; a single number has no brackets."""
        cells = [[self.numbers.text(value, decimals) for value in row] for row in values]
        return cells[0][0] if len(cells) == len(cells[0]) == 1 else bracketed(cells)


def bias_name(weights: Quantity) -> str:
    """The name of the biases that belong to a quantity of weights: b1 to W1, dL_db2@2 to dL_dW2@2."""
    return weights.name.replace("W", "b", 1)


def folds(paper: PaperShape, quantity: Quantity) -> bool:
    """Whether this notation shows these weights with their biases as a last row."""
    return paper.naming.notation.folds_bias and quantity.kind in BIAS_OF


def symbol_of(paper: PaperShape, name: str) -> str:
    """LaTeX of a whole quantity as it is shown, with the bias folded in where the notation does so."""
    return paper.naming.whole(name, bias_folded=folds(paper, paper.graph[name]))


def bracketed(cells: Sequence[Sequence[str]]) -> str:
    """LaTeX of a matrix in square brackets."""
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in cells) + r" \end{bmatrix}"


def symbolic(paper: PaperShape, quantity: Quantity) -> str:
    """The right-hand side of a quantity's rule in symbols."""
    naming = paper.naming

    def symbol(name: str, modifier: str) -> str:
        if name in _ONES:
            return rf"\mathbf{{1}}_{{{_ones_length(paper, name)}}}" + (r"^{\top}" if modifier == "T" else "")
        if not name.isdigit():
            return "" if name == "times" else _hadamard(all(paper.graph[part].size == 1 for part in quantity.inputs))
        source = quantity.inputs[int(name)]
        tilde = modifier in {"bias", "ones", "onesT"}
        text = naming.read_by(source, quantity, bias_folded=tilde)
        is_transposed = modifier == "onesT" or (modifier == "T" and paper.graph[source].size > 1)
        return _transposed(text) if is_transposed else text

    return _fill(template_of(paper, quantity), symbol)


def numeric(solved: SolvedPaper, quantity: Quantity) -> str:
    """The right-hand side with numbers put in; empty where that would show nothing."""
    paper = solved.paper
    template = template_of(paper, quantity)
    inputs = quantity.inputs
    # A fraction of matrices is no notation that students know; symbols and the result say it. A rule that hands its
    # input on has no numbers but the result.
    if template in {"", "<0>"} or (r"\frac{<" in template and not solved.is_scalar(inputs[0])):
        return ""

    def number(name: str, modifier: str) -> str:
        if name in _ONES:
            ones = [["1"] * _ones_length(paper, name)]
            return bracketed(ones if modifier == "T" else list(zip(*ones, strict=True)))
        if name == "times":
            # The factors of every product are the first two inputs, but for a learning rate, which is a number too.
            return (
                r"\cdot"
                if any(_is_number(solved, template, inputs, place) for place in range(min(2, len(inputs))))
                else r"\,"
            )
        if name == "hadamard":
            return _hadamard(all(solved.is_scalar(part) for part in inputs))
        text = _argument(solved, inputs[int(name)], modifier)
        return text if modifier == "bare" else solved.numbers.bracket(text)

    return solved.numbers.bare_start(_fill(template, number))


def template_of(paper: PaperShape, quantity: Quantity) -> str:
    """The LaTeX of a quantity's rule in the paper's notation."""
    assert quantity.rule is not None
    formulas, name = paper.naming.notation.formulas, quantity.rule.name
    own = formulas.get(name, quantity.rule.latex)
    is_batch = isinstance(paper.shape, NetworkShape) and paper.shape.samples_per_step > 1
    return formulas.get(f"{name}_of_batch", own) if is_batch else own


def loss_symbolic(paper: PaperShape, quantity: Quantity) -> str:
    """The loss as a formula over all outputs and samples."""
    shape = _network(paper)
    outputs, targets = (paper.naming.whole(name) for name in quantity.inputs)
    several = shape.sizes[-1] > 1 or shape.samples_per_step > 1
    index = "_{ik}" if shape.samples_per_step > 1 else "_{k}" if several else ""
    bound = r"\sum_{i,k} " if shape.samples_per_step > 1 else r"\sum_{k} " if several else ""
    symbols = {"a": f"{outputs}{index}", "y": f"{targets}{index}", "times": ""}
    term = _fill(LOSSES[shape.loss].term, lambda name, _: symbols[name])
    return _scaled(_loss_factor(shape), bound + term)


def loss_numeric(solved: SolvedPaper, quantity: Quantity) -> str:
    """The loss with the numbers of each output put in; empty where there are too many."""
    shape = _network(solved.paper)
    outputs, targets = (np.asarray(solved.values[name]).ravel() for name in quantity.inputs)
    if len(outputs) > MAX_TERMS:
        return ""
    places = {"a": solved.decimals[quantity.inputs[0]], "y": solved.decimals[quantity.inputs[1]]}

    def term(a: Any, y: Any) -> str:
        symbols = {
            "a": solved.numbers.bracket(solved.numbers.text(a, places["a"])),
            "y": solved.numbers.bracket(solved.numbers.text(y, places["y"])),
            "times": r"\cdot",
        }
        return _fill(LOSSES[shape.loss].term, lambda name, _: symbols[name])

    terms = [term(a, y) for a, y in zip(outputs, targets, strict=True)]
    whole = terms[0] if len(terms) == 1 else rf"\left({' + '.join(terms)}\right)"
    return _scaled(_loss_factor(shape), whole)


def _loss_factor(shape: NetworkShape) -> Fraction:
    return LOSSES[shape.loss].factor(shape.sizes[-1], shape.samples_per_step)


def _scaled(factor: Fraction, latex: str) -> str:
    sign = {Fraction(1): "", Fraction(-1): "-"}.get(factor)
    return f"{fraction_latex(factor)} {latex}" if sign is None else f"{sign}{latex}"


def _network(paper: PaperShape) -> NetworkShape:
    assert isinstance(paper.shape, NetworkShape)
    return paper.shape


def _fill(template: str, symbol: Callable[[str, str], str]) -> str:
    return " ".join(fill_latex(template, symbol).split())


_ONES = ("ones_units", "ones_samples")


def _ones_length(paper: PaperShape, name: str) -> int:
    """Ones for the units of the output layer, or for the samples of a mini-batch."""
    shape = _network(paper)
    return shape.sizes[-1] if name == "ones_units" else shape.samples_per_step


def _is_number(solved: SolvedPaper, template: str, inputs: Sequence[str], place: int) -> bool:
    """Whether an input is put in as a plain number: a 1 or a bias that is folded in makes a matrix of it."""
    is_folded = any(f"<{place}:{fold}" in template for fold in ("ones", "bias"))
    return solved.is_scalar(inputs[place]) and not is_folded


def _hadamard(between_numbers: bool) -> str:
    return r"\cdot" if between_numbers else r"\odot"


def _transposed(symbol: str) -> str:
    """A second superscript needs brackets around the first."""
    return rf"\left({symbol}\right)^{{\top}}" if "^" in symbol or "frac" in symbol else rf"{symbol}^{{\top}}"


def _argument(solved: SolvedPaper, name: str, modifier: str) -> str:
    shown, decimals = solved.shown(name), solved.decimals[name]
    if modifier == "bias":
        return solved.with_bias(name)
    if modifier.startswith("ones"):
        cells = [[solved.numbers.text(value, decimals) for value in row] + ["1"] for row in shown]
        return bracketed(cells if modifier == "ones" else [list(column) for column in zip(*cells, strict=True)])
    return solved.matrix(shown.T if modifier == "T" else shown, decimals)
