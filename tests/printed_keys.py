"""Keys as their pages have them, and all that is read on them: what stands there, and what is wrong with it.

For the tests of worked solutions.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape
from examgen.documents.pages import PaperPage, QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from tests.latex_values import value_of
from tests.oracles import Numbers, by_autograd
from tests.printed_chains import (
    Parameter,
    expected_parameters,
    parameter_of,
    path_count,
    path_problems,
    sum_problems,
    taken_apart,
)
from tests.printed_circuits import ReadCircuit
from tests.printed_facts import ReadFacts, holds_elsewhere, of_products, relations_on
from tests.printed_numbers import Floats, LatexValueError, Printed
from tests.printed_pages import CONVENTIONS, Reading, ReadLine, WorkOut, plain_shape, read_lines


@dataclass(frozen=True, eq=False)
class Solved:
    """One question of a key: its page, its shape and notation, its numbers, and the oracle of free graphs."""

    page: PaperPage
    part: QuestionPart
    paper: PaperShape
    notation: str
    givens: Numbers
    work_out: WorkOut

    @property
    def unit_axis(self) -> int:
        """The axis of the units in a shown matrix."""
        return int(CONVENTIONS[self.notation].samples_in_rows)

    @cached_property
    def lines(self) -> tuple[ReadLine, ...]:
        """All worked lines."""
        return tuple(read_lines(self.part, self.notation))

    @cached_property
    def values(self) -> Numbers:
        """The values of a network's quantities by automatic differentiation."""
        assert isinstance(plain_shape(self.paper), NetworkShape)
        rate = {"learning_rate": self.givens.get("learning_rate", np.array(0.0))}
        batch = {name: np.asarray(value, dtype=float)[np.newaxis] for name, value in (self.givens | rate).items()}
        return {name: value[0] for name, value in by_autograd(plain_shape(self.paper), batch).items()}

    @cached_property
    def circuit(self) -> ReadCircuit:
        """The page of a free graph."""
        return ReadCircuit(self.part, self.paper, self.givens, self.lines, self.work_out)

    @cached_property
    def facts(self) -> ReadFacts:
        """What stands around the solution of a network."""
        shape, convention = plain_shape(self.paper), CONVENTIONS[self.notation]
        return ReadFacts(self.part, shape, self.notation, convention, self.givens, self.values)

    @cached_property
    def relations(self) -> list[Reading]:
        """The relations of all lines but those of the chain rule, without their results."""
        return list(_relations(self))

    @cached_property
    def results(self) -> list[Reading]:
        """The results of these lines."""
        return list(_results(self))

    @cached_property
    def chains(self) -> list[Reading]:
        """The lines of the chain rule."""
        return list(_chains(self))

    @cached_property
    def around(self) -> list[Reading]:
        """What stands around the solution."""
        if isinstance(self.paper.shape, CircuitShape):
            return list(self.circuit.around())
        if isinstance(plain_shape(self.paper), NetworkShape):
            return list(self.facts.problems())
        return list(of_products(self.part, self.givens, {read.line.relations[0]: read.result for read in self.lines}))


def problems(readings: Iterable[Reading]) -> list[str]:
    """All that is wrong."""
    return [problem for _, found in readings for problem in found]


@cache
def numbers_of(name: str, seed: int) -> Variant:
    """A student's numbers, drawn once for all notations: a key is true whatever its numbers are."""
    [variant] = draw_variants(load_exam(name, seed), [Student("s1")])
    return variant


def solved_questions(name: str, notation: str, seeds: Sequence[int], work_out: WorkOut) -> Iterator[Solved]:
    """The questions of an exam's keys for these seeds."""
    for seed in seeds:
        yield from solved_paper(load_exam(name, seed, notation).exam, numbers_of(name, seed), notation, work_out)


def solved_paper(exam: Exam, variant: Variant, notation: str, work_out: WorkOut) -> Iterator[Solved]:
    """The questions of one student's key."""
    page = key_page(exam, variant)
    for part, (paper, numbers) in zip(page.questions, papers(exam, variant), strict=True):
        yield Solved(page, part, paper, notation, dict(numbers.givens), work_out)


def all_readings(solved: Solved) -> tuple[Reading, ...]:
    """Everything that is read of a question."""
    return (*solved.relations, *solved.results, *solved.chains, *solved.around)


def differences(solved: Solved) -> tuple[list[str], list[str]]:
    """What stands on the page and nobody has read, and what was read and does not stand there."""
    there = Counter(relations_on(solved.part))
    read = Counter(text for text, _ in all_readings(solved) if text)
    return list((there - read).elements()), list((read - there).elements())


def _relations(solved: Solved) -> Iterator[Reading]:
    """Relations that cannot be evaluated, or differ from the result or from the formula with the page's own numbers."""
    for read in solved.lines:
        if not read.is_chain:
            yield from of_line(solved, read)


def of_line(solved: Solved, read: ReadLine) -> Iterator[Reading]:
    """The relations of one line."""
    if isinstance(solved.paper.shape, CircuitShape):
        yield from solved.circuit.of_line(read)
        return
    found = _line_problems(read, solved)
    for relation in read.line.relations[1:-1]:
        yield relation, found
        found = []


def _line_problems(read: ReadLine, solved: Solved) -> list[str]:
    try:
        return _unequal(read, solved)
    except LatexValueError as error:
        return [f"{read.section}: {read.line.relations[0]}: {error}"]


def _unequal(read: ReadLine, solved: Solved) -> list[str]:
    found, values = [], []
    for relation in read.worked[1:]:
        assert relation.startswith("= ")
        value = value_of(relation[2:], read.symbols, solved.unit_axis)
        if value.shape != read.result.shape:
            found.append(f"{relation} has shape {value.shape}, the result {read.result.shape}")
        elif not value.may_equal(read.result):
            found.append(f"{relation} is {value.value}, the result {read.result.value}")
        values.append(value)
    # The numbers put in are those that the page printed for the symbols, so both give the same to the last bit or so.
    if not value_of(read.decimals).may_equal(read.result):
        found.append(f"{read.exact} is not {read.decimals}")
    if len(values) == 2 and not _same(values[0], values[1]):
        found.append(f"{read.line.relations[1]} does not have the numbers of {read.line.relations[2]}")
    shape = plain_shape(solved.paper)
    if values and isinstance(shape, NetworkShape):
        # A term that is 0 here may have a wrong sign.
        found += holds_elsewhere(shape, solved.notation, read.step, read.line.relations[0], read.worked[1][2:])
    return [f"{read.section}: {read.line.relations[0]}: {problem}" for problem in found]


def _same(first: Printed, second: Printed, within: float = 1e-12) -> bool:
    return first.shape == second.shape and bool(np.allclose(first.value, second.value, rtol=within, atol=within))


def _results(solved: Solved) -> Iterator[Reading]:
    """Results under a symbol that means something else, or that are not the rounded value."""
    if isinstance(solved.paper.shape, CircuitShape):
        yield from _circuit_results(solved)
    elif not isinstance(plain_shape(solved.paper), NetworkShape):
        found = _product_problems(solved)
        for read in solved.lines:
            yield read.line.relations[-1], found
            found = []
    else:
        yield from _network_results(solved)


def _network_results(solved: Solved) -> Iterator[Reading]:
    steps = range(1, plain_shape(solved.paper).steps + 1)
    meant = {step: dict(solved.facts.derived(step)) for step in steps}
    for read in (read for read in solved.lines if not read.is_chain):
        symbol = read.line.relations[0]
        expected = meant[read.step].pop(symbol, None)
        told = (
            ["it means nothing here, or stands here twice"] if expected is None else _misprints(read.decimals, expected)
        )
        yield read.line.relations[-1], [f"{read.section}: {symbol}: {text}" for text in told]


def _circuit_results(solved: Solved) -> Iterator[Reading]:
    """Results of a circuit that are not the rounded values, each under its own symbol."""
    meant = dict(solved.circuit.meanings[0].symbols)
    for read in solved.lines:
        symbol = read.line.relations[0]
        told = _misprints(read.decimals, meant.pop(symbol).value)
        yield read.line.relations[-1], [f"{symbol}: {text}" for text in told]


def _misprints(latex: str, expected: Floats) -> list[str]:
    cells = latex.removeprefix(r"\begin{bmatrix} ").removesuffix(r" \end{bmatrix}")
    rows = [row.split(" & ") for row in cells.split(r" \\ ")]
    if (len(rows), len(rows[0])) != expected.shape:
        return [f"shape {len(rows)} x {len(rows[0])}, not {expected.shape}"]
    pairs = [(cell, expected[place]) for place, cell in np.ndenumerate(np.array(rows))]
    return [f"{cell} is not {value}" for cell, value in pairs if not _is_rounded(str(cell), float(value))]


def _is_rounded(cell: str, value: float) -> bool:
    """Whether a text is the value rounded to its decimals; 1e-12 for floats beside a tie."""
    unit = Decimal(cell).as_tuple().exponent
    assert isinstance(unit, int)
    if Decimal(cell).is_zero() and cell.startswith("-"):
        return False
    return any(
        Decimal(cell) == Decimal(value + nudge).quantize(Decimal(1).scaleb(unit), ROUND_HALF_UP)
        for scale in (1e-12 * max(1.0, abs(value)),)
        for nudge in (-scale, 0.0, scale)
    )


def _product_problems(solved: Solved) -> list[str]:
    """The warm-ups, each by a name of its own: P_k from A_k, B_k and C_k."""
    found = []
    lines = list(solved.lines)
    for number, read in enumerate(lines, start=1):
        A, B = (np.asarray(solved.givens[f"{letter}{number}"], dtype=float) for letter in "AB")
        added = solved.givens.get(f"C{number}")
        if len(read.line.relations) == 2:
            expected = np.array([[A[0, 0], B[0, 0]]])
        else:
            expected = A * B if r"\odot" in read.line.relations[1] else np.dot(A, B)
        expected = expected if added is None else expected + added
        misprints = _misprints(read.decimals, expected)
        found += [] if read.line.relations[0] == f"P_{{{number}}}" else [f"product {number} is called otherwise"]
        found += [f"product {number}: {text}" for text in misprints]
    return found if len(lines) == len(solved.paper.asked()) else [*found, "a product is missing"]


def _chains(solved: Solved) -> Iterator[Reading]:
    """Chain-rule lines that are missing, untrue, twice there, or about another weight or bias."""
    shape = plain_shape(solved.paper)
    if not isinstance(shape, NetworkShape):
        return
    convention = CONVENTIONS[solved.notation]
    if shape.loss == "output":
        output = convention.marked(convention.activation, len(shape.activations) + convention.offset)
        convention = replace(convention, cost=output)
    missing, seen = set(_expected_chains(solved, shape)), set()
    for read in (read for read in solved.lines if read.is_chain):
        about = parameter_of(read.line.relations[0], convention)
        chain = taken_apart(read, path_count(shape, about.layer))
        found = path_problems(chain, read, shape, convention) + sum_problems(chain)
        told = _gradient(solved, read.step, about) * (-1 if chain.symbol.startswith("-") else 1)
        found += [f"{chain.symbol}: {text}" for text in _misprints(read.decimals, told)]
        if (read.step, about) in seen or about not in expected_parameters(shape, about.letter, about.layer):
            found.append(f"step {read.step}: {chain.symbol} stands here twice, or is too long to stand here")
        seen.add((read.step, about))
        for relation in read.line.relations[1:]:
            yield relation, found
            found = []
    yield from (("", [f"step {step}: no chain rule for {about}"]) for step, about in missing - seen)


def _gradient(solved: Solved, step: int, about: Parameter) -> Floats:
    """The loss gradient of one weight or bias by automatic differentiation, as a matrix of one entry."""
    name = f"dL_d{about.letter}{about.layer}" + (f"@{step}" if step > 1 else "")
    return np.reshape(solved.values[name][tuple(place - 1 for place in about.places)], (1, 1))


def _expected_chains(solved: Solved, shape: NetworkShape) -> Iterator[tuple[int, Parameter]]:
    """Step and parameter of every asked gradient's entries that the chain rule is to be written out for."""
    for quantity in solved.paper.asked():
        if quantity.kind in {"dL_dW", "dL_db"} and quantity.layer is not None and quantity.step is not None:
            places = {field.index for field in solved.paper.fields if field.quantity == quantity.name}
            for about in expected_parameters(shape, quantity.kind[-1], quantity.layer):
                # Where single entries are asked, the others are on the way to nothing.
                if len(places) == quantity.size or tuple(place - 1 for place in about.places) in places:
                    yield quantity.step, about
