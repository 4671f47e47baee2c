"""Reads every relation of a page about a free graph, and tells which are not true; for the tests of papers.

A formula in symbols is evaluated with the exact values of the key, and with those of other numbers, for it holds for
all: at a student's own numbers a wrong sign may stand before a 0. A formula in numbers has the printed ones in the
places of the symbols, and comes to the printed result.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, zip_longest

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.documents.pages import CircuitNode, CircuitPicture, QuestionPart
from examgen.exams.paper_shapes import PaperShape
from tests.latex_values import Meanings, put_in, value_of, value_with
from tests.oracles import Numbers
from tests.printed_numbers import LatexValueError, Printed, exactly
from tests.printed_pages import NUMBERS, Reading, ReadLine, WorkOut

OTHERS = 2
"""So many other sets of numbers are tried."""


@dataclass(frozen=True, eq=False)
class ReadCircuit:
    """A question about a free graph as its page has it.

    Attributes:
        work_out: the oracle.
    """

    part: QuestionPart
    paper: PaperShape
    givens: Numbers
    lines: tuple[ReadLine, ...]
    work_out: WorkOut

    @cached_property
    def definitions(self) -> dict[str, str]:
        """The formulas that stand before the numbers, by what they define."""
        pairs = (given.latex.split(" = ", 1) for given in self.part.givens)
        return {name: formula for name, formula in pairs if not NUMBERS.fullmatch(formula.split(r",\quad ")[0])}

    @cached_property
    def meanings(self) -> list[Meanings]:
        """What all symbols stand for with the numbers of the key, and with others."""
        rng = np.random.default_rng(1)
        sets = [self.givens]
        for _ in range(OTHERS):
            sets.append({name: rng.uniform(0.2, 2, np.shape(one)) for name, one in self.givens.items()})
        return [Meanings(self._values(one), definitions=self.definitions) for one in sets]

    def _values(self, givens: Numbers) -> dict[str, Printed]:
        assert isinstance(self.paper.shape, CircuitShape)
        batch = {name: np.asarray(value, dtype=float)[None] for name, value in givens.items()}
        values = self.work_out(self.paper.shape, batch)
        return {one.latex: exactly((batch | values)[one.name][0]) for one in self.paper.graph}

    def around(self) -> Iterator[Reading]:
        """Given numbers, definitions, and what stands at the wires of the picture, with what is wrong with each."""
        for given in self.part.givens[len(self.definitions) :]:
            yield given.latex, [text for one in given.latex.split(r",\quad ") for text in self._of_given(one)]
        for name, formula in self.definitions.items():
            yield f"{name} = {formula}", self._of_symbols(name, formula)
        if isinstance(self.part.picture, CircuitPicture):
            for node in (node for form in self.part.picture.forms for node in form):
                yield from self._of_wire(node)

    def relations(self) -> Iterator[Reading]:
        """Every relation of a line but its result in decimals, with what is wrong with it."""
        for read in self.lines:
            yield from self.of_line(read)

    def of_line(self, read: ReadLine) -> Iterator[Reading]:
        """The relations of one line."""
        symbolic = read.line.relations[0]
        for relation in read.worked[1:]:
            formula = relation.removeprefix("= ")
            numbers = _of_numbers(formula)
            if numbers is None:
                symbolic = formula
                yield relation, self._of_symbols(read.line.relations[0], formula)
            else:
                yield relation, _told(relation, self._misfits(read, symbolic, formula, numbers))
        if read.exact:
            differs = _differs(read.line.relations[0], read.exact, self.meanings[0])
            yield f"= {read.exact}", _told(read.exact, iter([differs]))

    def _of_symbols(self, name: str, formula: str) -> list[str]:
        return _told(f"{name} = {formula}", (_differs(name, formula, meanings) for meanings in self.meanings))

    def _of_given(self, equation: str) -> Iterator[str]:
        name, number = equation.split(" = ")
        if name not in self.meanings[0].symbols or not _are_same(self.meanings[0].symbols[name], value_of(number)):
            yield f"{name} is not {number}"

    def _misfits(self, read: ReadLine, symbolic: str, formula: str, numbers: Printed) -> Iterator[str]:
        """Why these are not the numbers of a formula, or do not come to the result."""
        # What is printed as a fraction and in decimals is put in as one or the other.
        decimals = {name: one for name, one in self._decimals.items() if name in read.symbols}
        is_line = symbolic == read.line.relations[0]
        if not is_line and not any(
            _are_put_in(formula, symbolic, {**read.symbols, **more})
            and _are_same(value_of(symbolic, {**read.symbols, **more}), numbers)
            for more in ({}, decimals)
        ):
            yield f"it does not have the numbers of {symbolic}"
        if numbers.shape != read.result.shape or not numbers.may_equal(read.result):
            yield f"it is {numbers.value}, not {read.result.value}"

    @cached_property
    def _decimals(self) -> dict[str, Printed]:
        return {read.line.relations[0]: value_of(read.decimals) for read in self.lines if read.exact}

    def _of_wire(self, node: CircuitNode) -> Iterator[Reading]:
        """The value above a wire and the derivative below it, of which this reads those that are numbers."""
        symbol = self.paper.graph[node.quantity].latex if node.quantity else ""
        shown = self._printed
        for text in node.above:
            name, sign, number = text.rpartition(" = ")
            if sign or NUMBERS.fullmatch(number):
                is_right = (name or symbol, number) in shown and name in {"", symbol}
                yield text if sign else "", [] if is_right else [f"above {symbol}: {text}"]
        derivatives = {number for name, number in shown if name.endswith(rf"}}{{\partial {symbol}}}")}
        for text in filter(None, node.below):
            yield "", [] if text in derivatives else [f"below {symbol}: {text}"]

    @cached_property
    def _printed(self) -> set[tuple[str, str]]:
        """Symbols with the numbers that the page prints for them."""
        equations = (equation for given in self.part.givens for equation in given.latex.split(r",\quad "))
        found = {(name, number) for name, number in (equation.split(" = ", 1) for equation in equations)}
        return found | {(read.line.relations[0], read.decimals) for read in self.lines}


def _of_numbers(formula: str) -> Printed | None:
    """The value of a formula without symbols."""
    try:
        return value_of(formula)
    except LatexValueError:
        return None


def _differs(name: str, formula: str, meanings: Meanings) -> str:
    expected = meanings.symbols[name]
    value = value_with(formula, meanings)
    is_right = value.shape == expected.shape and np.allclose(value.value, expected.value, rtol=1e-8, atol=1e-8)
    return "" if is_right else f"it is {value.value}, not {expected.value}"


def _are_put_in(formula: str, symbolic: str, symbols: Mapping[str, Printed]) -> bool:
    """Whether a formula has the numbers of the symbols of another one, in their order, each with its sign."""
    pairs = list(zip_longest(put_in(formula, {}), put_in(symbolic, symbols)))
    for there, meant in pairs:
        if there is None or meant is None:
            return False
        (number, is_minus), (value, keeps_minus) = there, meant
        number = -number if is_minus and not keeps_minus else number
        value = np.abs(value) if keeps_minus else value
        number = np.abs(number) if keeps_minus else number
        if not any(number.shape == one.shape and np.allclose(number, one, rtol=1e-12) for one in (value, value.T)):
            return False
    return True


def _are_same(a: Printed, b: Printed) -> bool:
    return a.shape == b.shape and np.allclose(a.value, b.value, rtol=1e-12, atol=1e-12)


def _told(relation: str, found: Iterator[str]) -> list[str]:
    """The first thing that is wrong with a relation."""
    try:
        return [f"{relation}: {problem}" for problem in islice(filter(None, found), 1)]
    except LatexValueError as error:
        return [f"{relation}: {error}"]
