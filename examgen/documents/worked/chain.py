"""The chain rule for single entries: one product of local derivatives for each path from the loss to a given number.

Called by `worked_lines`. Which paths there are, and of which quantities the factors are entries, the graph tells
(`chain_rule`), whatever the exercise is; in a network a path runs through one unit of every layer above it, for each
sample.

Where the derivatives of a mini-batch are those of each sample's own loss, a path begins with what that loss adds to the
mean: dL/dL_s is 1/n.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from examgen.core.chain_rule import Path, has_paths, local_derivatives, path_count, paths
from examgen.core.graph import Quantity
from examgen.core.rules.rule import fraction_latex
from examgen.documents.pages import Line
from examgen.documents.worked.exact_numbers import ends_at
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.naming.notation import Index
from examgen.exams.paper_shapes import PaperShape

MOST_PRODUCTS = 12
"""With more products than this in all its entries together, one entry shows the way for the whole matrix."""

MAX_PATHS = 8
"""An entry with more paths than this is left to the matrix form: the line would fill a page."""


@dataclass(frozen=True, slots=True)
class _Factor:
    """One local derivative: its LaTeX, and the entry of a quantity that has its value."""

    latex: str
    name: str
    index: Index

    def value(self, solved: SolvedPaper) -> Any:
        """Its value on a paper, or the mark for it."""
        return np.asarray(solved.values[self.name])[self.index]


@dataclass(frozen=True, slots=True)
class _Product:
    """One way from the loss to an entry.

    Attributes:
        factors: its local derivatives; those that are 1 are left out, as the appendix says.
        opening: LaTeX of the derivative that they start with and that is the same number on every paper; empty where
            there is none.
        share: LaTeX of that number.
        is_minus: whether it is subtracted.
    """

    factors: Sequence[_Factor]
    opening: str
    share: str
    is_minus: bool = False

    def product(self, factors: Sequence[str], opening: str) -> str:
        """The opening and then the factors."""
        return r" \cdot ".join([*filter(None, [opening]), *factors])

    def stands_behind(self, place: int) -> bool:
        """Whether something stands before its first factor, where it is this term of a sum."""
        return place > 0 or self.is_minus or bool(self.opening)


def chain_lines(solved: SolvedPaper, quantities: Sequence[Quantity]) -> Iterator[Line]:
    """Entries of each derivative by given numbers, path by path: all, or the first where that is too long."""
    graph = solved.paper.graph
    for quantity in quantities:
        is_by_given = quantity.derivative is not None and graph[quantity.derivative.by].rule is None
        if is_by_given and has_paths(graph, quantity.name):
            entries = _wanted_entries(solved.paper, quantity)
            is_short = len(entries) * path_count(graph, quantity.name) <= MOST_PRODUCTS
            for index in entries if is_short else entries[:1]:
                yield from _entry_line(solved, quantity, index)


def _wanted_entries(paper: PaperShape, quantity: Quantity) -> list[Index]:
    """All entries of a quantity; where a paper asks for single entries, those on the way to one that is asked."""
    entries = list(np.ndindex(*quantity.shape))
    if not paper.entries_asked:
        return entries
    return [index for index, is_needed in zip(entries, paper.entries_needed[quantity.name], strict=True) if is_needed]


def chain_formula(paper: PaperShape, quantity: Quantity) -> str:
    """The derivative as products of derivatives by and of the numbers that it goes back through; empty where there are
    none, or where it goes back through arrays."""
    derivative = quantity.derivative
    if derivative is None:
        return ""
    of, by = (paper.naming.whole(name) for name in (derivative.of, derivative.by))
    through = (paper.naming.whole(name) for name in local_derivatives(paper.graph, quantity.name))
    return " + ".join(rf"{_derivative(of, number)} \cdot {_derivative(number, by)}" for number in through)


def _entry_line(solved: SolvedPaper, quantity: Quantity, index: Index) -> Iterator[Line]:
    graph = solved.paper.graph
    if path_count(graph, quantity.name) > MAX_PATHS:
        return
    ways, symbols = _ways(solved.paper, quantity.name, index)
    numbers = [way.product([_printed(solved, factor) for factor in way.factors], way.share) for way in ways]
    relations = [*symbols]
    has_products = len(ways[0].factors) > 1
    # A path of one factor is its own term, and where there is one path, the result.
    if has_products or len(ways) > 1:
        relations += _sum(ways, numbers)
    if has_products and len(ways) > 1:
        relations += _sum(ways, [*_terms(solved, ways, solved.decimals[quantity.name])])
    yield Line((*relations, *solved.results_of(np.asarray(solved.values[quantity.name])[index], quantity.name)))


@lru_cache(maxsize=8192)
def _ways(paper: PaperShape, name: str, index: Index) -> tuple[Sequence[_Product], Sequence[str]]:
    """The products that add up to an entry, and the symbol of the entry with their sum: the same for all students."""
    ways = [_product_of(paper, path) for path in paths(paper.graph, name, index)]
    products = [way.product([*_symbols(way, place)], way.opening) for place, way in enumerate(ways)]
    return tuple(ways), (paper.naming.entry(name, index).latex, *_sum(ways, products))


def _symbols(way: _Product, place: int) -> Iterator[str]:
    """LaTeX of the factors of a term: the first one may be a derivative of the other sign."""
    for number, factor in enumerate(way.factors):
        is_inside = number > 0 or way.stands_behind(place)
        yield rf"\left({factor.latex}\right)" if is_inside and factor.latex.startswith("-") else factor.latex


def _sum(ways: Sequence[_Product], terms: Sequence[str]) -> list[str]:
    first, *others = ways
    signs = ["= -" if first.is_minus else "=", *("-" if way.is_minus else "+" for way in others)]
    return [f"{sign} {term}" for sign, term in zip(signs, terms, strict=True)]


def _printed(solved: SolvedPaper, factor: _Factor) -> str:
    return solved.numbers.bracket(solved.numbers.text(factor.value(solved), *solved.put_in(factor.name)))


def _terms(solved: SolvedPaper, ways: Sequence[_Product], decimals: int) -> Iterator[str]:
    """The products of all paths as the terms of a sum; only a number that stands first needs no brackets."""
    for place, way in enumerate(ways):
        term = _term(solved, way.factors, decimals)
        yield way.product([solved.numbers.bracket(term) if way.stands_behind(place) else term], way.share)


def _term(solved: SolvedPaper, path: Sequence[_Factor], decimals: int) -> str:
    """The product of a path's factors, in a sum that has these decimals."""
    spacings = [spacing for factor in path if (spacing := solved.spacing(factor.name)) is not None]
    spacing = prod(spacings, start=Fraction(1)) if len(spacings) == len(path) else None
    if spacing is None or not ends_at(spacing, decimals):
        # One digit more, so that the printed terms add up to the printed sum.
        decimals += 1
    return solved.numbers.text(
        prod(factor.value(solved) for factor in path), decimals, solved.denominator(spacing, decimals)
    )


def _product_of(paper: PaperShape, path: Path) -> _Product:
    """One path in the symbols of the paper."""
    naming = paper.naming
    opening = share = cost = ""
    if abs(path.share) != 1:
        # A mean over the samples: the path goes by way of one sample's own loss.
        _, place = path.factors[0].bottom
        cost = naming.cost_of_sample(place[0]).latex
        opening, share = _derivative(naming.notation.cost, cost), fraction_latex(abs(path.share))
    factors = []
    for factor in path.factors:
        if factor.entry is not None:
            name, index = factor.entry
            by = naming.entry(*factor.bottom).latex
            is_plain = factor.top == factor.bottom
            latex = by if is_plain else _derivative(cost or naming.entry(*factor.top).latex, by)
            derivative = paper.graph[name].derivative
            latex = f"-{latex}" if derivative is not None and derivative.is_turned else latex
            factors.append(_Factor(latex, name, index))
        cost = ""
    return _Product(factors, opening, share, path.share < 0)


def _derivative(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
