"""The chain rule for single entries: one product of local derivatives for each path from the loss to a weight or bias.

Called by `worked_lines`. A path runs through one unit of every layer above; for a mini-batch there is a set of paths
for each sample. Factors, numbers and the sum are read from the same graph as everything else.

Where the derivatives of a mini-batch are those of each sample's own loss, a path begins with what that loss adds to the
mean: dL/dL_s is 1/n.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from examgen.core.graph import Quantity
from examgen.core.network import NetworkShape, step_name
from examgen.core.rules import fraction_latex
from examgen.documents.pages import Line
from examgen.documents.worked.exact_numbers import ends_at
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.notation import Index

MOST_PRODUCTS = 12
"""With more products than this in all its entries together, one entry shows the way for the whole matrix."""

MAX_PATHS = 8
"""An entry with more paths than this is left to the matrix form: the line would fill a page."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative: its LaTeX, its value or the mark for it, and the quantity that it is an entry of."""

    latex: str
    value: Any
    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the loss to an entry.

    Attributes:
        factors: its local derivatives.
        opening: LaTeX of the derivative that they start with and that is the same number on every paper; empty where
            there is none.
        share: LaTeX of that number.
    """

    factors: Sequence[Factor]
    opening: str
    share: str

    def product(self, factors: Sequence[str], opening: str) -> str:
        """The opening and then the factors."""
        return r" \cdot ".join([*filter(None, [opening]), *factors])


def chain_lines(solved: SolvedPaper, quantities: Sequence[Quantity]) -> Iterator[Line]:
    """Entries of each gradient of weights and biases, path by path: all, or the first where that is too long."""
    for quantity in quantities:
        if quantity.kind in {"dL_dW", "dL_db"}:
            is_short = quantity.size * _path_count(solved, quantity) <= MOST_PRODUCTS
            for index in np.ndindex(*quantity.shape) if is_short else [(0,) * len(quantity.shape)]:
                yield from _entry_line(solved, quantity, index)


def _path_count(solved: SolvedPaper, quantity: Quantity) -> int:
    shape = solved.paper.shape
    assert isinstance(shape, NetworkShape)
    assert quantity.layer is not None
    return shape.samples_per_step * prod(shape.sizes[quantity.layer + 1 :])


def _entry_line(solved: SolvedPaper, quantity: Quantity, index: Index) -> Iterator[Line]:
    paths = [path for path in _paths(solved, quantity, index) if path.factors]
    if len(paths) > MAX_PATHS:
        return
    products = [path.product([factor.latex for factor in path.factors], path.opening) for path in paths]
    numbers = [path.product([_printed(solved, factor) for factor in path.factors], path.share) for path in paths]
    relations = [solved.paper.naming.entry(quantity.name, index).latex, *_sum(products)]
    has_products = len(paths[0].factors) > 1
    # A path of one factor is its own term, and where there is one path, the result.
    if has_products or len(paths) > 1:
        relations += _sum(numbers)
    if has_products and len(paths) > 1:
        relations += _sum([*_terms(solved, paths, solved.decimals[quantity.name])])
    yield Line((*relations, *solved.results_of(np.asarray(solved.values[quantity.name])[index], quantity.name)))


def _sum(terms: Sequence[str]) -> list[str]:
    return [f"{'+' if place else '='} {term}" for place, term in enumerate(terms)]


def _printed(solved: SolvedPaper, factor: Factor) -> str:
    return solved.numbers.bracket(solved.numbers.text(factor.value, *solved.put_in(factor.name)))


def _terms(solved: SolvedPaper, paths: Sequence[Path], decimals: int) -> Iterator[str]:
    """The products of all paths as the terms of a sum; only a number that stands first needs no brackets."""
    for place, path in enumerate(paths):
        term = _term(solved, path.factors, decimals)
        yield path.product([solved.numbers.bracket(term) if place or path.share else term], path.share)


def _term(solved: SolvedPaper, path: Sequence[Factor], decimals: int) -> str:
    """The product of a path's factors, in a sum that has these decimals."""
    spacings = [spacing for factor in path if (spacing := solved.spacing(factor.name)) is not None]
    spacing = prod(spacings, start=Fraction(1)) if len(spacings) == len(path) else None
    if spacing is None or not ends_at(spacing, decimals):
        # One digit more, so that the printed terms add up to the printed sum.
        decimals += 1
    return solved.numbers.text(prod(factor.value for factor in path), decimals, solved.denominator(spacing, decimals))


def _paths(solved: SolvedPaper, quantity: Quantity, index: Index) -> Iterator[Path]:
    """Each path, from the loss down to the entry (to, from) of the weights or (to,) of the biases."""
    shape = solved.paper.shape
    assert isinstance(shape, NetworkShape)
    assert quantity.layer is not None
    assert quantity.step is not None
    above = [range(size) for size in shape.sizes[quantity.layer + 1 :]]
    for sample in range(shape.samples_per_step):
        for units in itertools.product(*above):
            walk = _Walk(solved, shape, quantity.step, sample)
            yield Path(walk.factors(quantity.layer, (index[0], *units), index), *walk.opening())


@dataclass(frozen=True, slots=True)
class _Walk:
    """One path's sample and step."""

    solved: SolvedPaper
    shape: NetworkShape
    step: int
    sample: int

    def opening(self) -> tuple[str, str]:
        """The derivative of the mean by this sample's own loss and its number; empty where the path starts behind."""
        count, naming = self.shape.averaged_in_gradient, self.solved.paper.naming
        if count == 1:
            return "", ""
        own = naming.cost_of_sample(self.sample).latex
        return _derivative(naming.notation.cost, own), fraction_latex(Fraction(1, count))

    def factors(self, layer: int, units: Index, index: Index) -> list[Factor]:
        """Factors along the units of this layer (first) up to the output layer (last)."""
        found = self._loss_factors(units[-1])
        for upper in range(self.shape.depth, layer, -1):
            place = upper - layer
            found.append(self._weight(upper, units[place], units[place - 1]))
            found += self._slope(upper - 1, units[place - 1])
        # The last derivative of a bias is 1, as the appendix says.
        return [*found, self._input(layer, index)] if len(index) > 1 else found

    def _loss_factors(self, unit: int) -> list[Factor]:
        """dL/da and da/dz of an output, or dL/dz where the solution goes there at once."""
        depth = self.shape.depth
        dL_dz = self.solved.paper.graph[step_name(f"dL_dz{depth}", self.step)]
        assert dL_dz.rule is not None
        if dL_dz.rule.name != "hadamard":
            return [self._of_loss(f"dL_dz{depth}", f"z{depth}", unit)]
        return [self._of_loss(f"dL_da{depth}", f"a{depth}", unit), *self._slope(depth, unit)]

    def _of_loss(self, name: str, by: str, unit: int) -> Factor:
        naming = self.solved.paper.naming
        is_own = self.shape.averaged_in_gradient > 1
        cost = naming.cost_of_sample(self.sample).latex if is_own else naming.notation.cost
        return self._factor(cost, self._symbol(by, unit), step_name(name, self.step), (self.sample, unit))

    def _slope(self, layer: int, unit: int) -> list[Factor]:
        name = step_name(f"slope{layer}", self.step)
        top, bottom = self._symbol(f"a{layer}", unit), self._symbol(f"z{layer}", unit)
        return [self._factor(top, bottom, name, (self.sample, unit))]

    def _weight(self, layer: int, unit: int, source: int) -> Factor:
        z = self.solved.paper.graph[step_name(f"z{layer}", self.step)]
        top, bottom = self._symbol(f"z{layer}", unit), self._symbol(f"a{layer - 1}", source)
        return self._factor(top, bottom, z.inputs[0], (unit, source))

    def _input(self, layer: int, index: Index) -> Factor:
        """dz/dw: what the weight multiplies."""
        z = self.solved.paper.graph[step_name(f"z{layer}", self.step)]
        weight = self.solved.paper.naming.entry(f"W{layer}", index).latex
        return self._factor(self._symbol(f"z{layer}", index[0]), weight, z.inputs[1], (self.sample, index[1]))

    def _symbol(self, name: str, unit: int) -> str:
        return self.solved.paper.naming.entry(step_name(name, self.step), (self.sample, unit)).latex

    def _factor(self, top: str, bottom: str, name: str, index: Index) -> Factor:
        value = np.asarray(self.solved.values[name])[index]
        return Factor(_derivative(top, bottom), value, name)


def _derivative(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
