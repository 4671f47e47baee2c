"""Worked solutions: every line is true with the very numbers that it prints, in every notation.

Shipped exams with several seeds, and small banks with every pair of output activation and loss.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.documents.pages import PaperPage, QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.hand_circuits import all_quantities
from tests.latex_values import value_of
from tests.oracles import HIDDEN, OUTPUTS, Numbers, by_autograd
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
from tests.printed_facts import ReadFacts, of_products, relations_on
from tests.printed_numbers import Floats, LatexValueError, Printed
from tests.printed_pages import CHAIN_TITLE, CONVENTIONS, ReadLine, plain_shape, read_lines
from tests.small_banks import fitting_notations, shipped_names

SEEDS = {"families": (7, 8, 2024), "exams": (7, 8), "worked": (7,)}
SHIPPED = [
    (name, notation, seeds)
    for folder, seeds in SEEDS.items()
    for name in shipped_names(folder)
    for notation in fitting_notations(name)
]
MATRIX_NOTATIONS = [name for name in NOTATIONS if name != "scalar"]
SIZES = ((2, 3), (3, 2, 2), (1, 2, 3), (2, 1, 2), (2, 2, 2, 1), (1, 1, 1), (3, 4, 2))


Reading = tuple[str, list[str]]
"""LaTeX that was read, and what is wrong with it."""
LATER = ("hinge", "perceptron", "output")


@dataclass(frozen=True, eq=False)
class Solved:
    """One question of a key: its page, its shape and notation, and its numbers."""

    page: PaperPage
    part: QuestionPart
    paper: PaperShape
    notation: str
    givens: Numbers

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
        return ReadCircuit(self.part, self.paper, self.givens, self.lines, all_quantities)

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


def solved_questions(name: str, notation: str, seeds: Sequence[int]) -> Iterator[Solved]:
    """The questions of an exam's keys for these seeds."""
    for seed in seeds:
        exam, variant = load_exam(name, seed, notation).exam, numbers_of(name, seed)
        page = key_page(exam, variant)
        for part, (paper, numbers) in zip(page.questions, papers(exam, variant), strict=True):
            yield Solved(page, part, paper, notation, dict(numbers.givens))


def random_bank(rng: np.random.Generator, output: str, loss: str, number: int, batch_delta: str = "") -> str:
    """A bank of fixed numbers that asks for everything, one of many shapes; a mini-batch where it says what δ is."""
    sizes = list(SIZES[number % len(SIZES)])
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    if loss == "output":
        sizes[-1] = 1
    if loss == "perceptron":
        sizes = sizes[-2:]
    # A later row joins the pairs that it is of, and leaves the networks of the others as they are.
    first = HIDDEN.index("elu") + 1
    choices = HIDDEN if loss in LATER or output in HIDDEN[first:] else HIDDEN[:first]
    hidden = [choices[(number + layer) % len(choices)] for layer in range(len(sizes) - 2)]
    steps, samples = ((1, 1), (1, 2), (2, 1), (2, 2))[number // 2 % 4]
    samples = 1 if loss == "output" else samples
    samples = max(samples, 2 + number % 2) if batch_delta else samples
    digits = ("decimals = 4", "decimals = 3", "significant_figures = 3")[number % 3]
    shape = NetworkShape(tuple(sizes), (*hidden, output), loss, steps, samples)
    while is_at_kink(shape, givens := few_digits(rng, shape)):
        pass
    numbers = "\n".join(f"{name} = {value.tolist()}" for name, value in givens.items())
    kinds = ["z", "a", "loss", "slope", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new"]
    graph = network_graph(shape)
    asked = [kind for kind in kinds if any(one.kind == kind for one in graph.derived)]
    return f"""title = "T"
[network]
sizes = {sizes}
activations = {[*hidden, output]}
loss = "{loss}"
steps = {steps}
samples_per_step = {samples}
{f'batch_delta = "{batch_delta}"' if batch_delta else ""}
[fixed]
{numbers}
[digits]
{digits}
[[tasks]]
text = "Go."
ask = {asked}
"""


def few_digits(rng: np.random.Generator, shape: NetworkShape) -> Numbers:
    """Given numbers with one or two decimals."""
    sizes, count = shape.sizes, shape.steps * shape.samples_per_step
    targets = np.eye(sizes[-1])[rng.integers(sizes[-1], size=count)]
    if shape.loss == "hinge" or shape.activations[-1] == "sign":
        targets = 2 * targets - 1
    elif shape.activations[-1] not in {"sigmoid", "softmax", "step"}:
        targets = np.round(rng.normal(size=targets.shape) * 1.5, 1)
    givens = {"x": np.round(rng.normal(size=(count, sizes[0])), 1), "y": targets, "learning_rate": np.array(0.3)}
    for layer, (source, to) in enumerate(pairwise(sizes), start=1):
        givens |= {f"W{layer}": rng.normal(size=(to, source)).round(2), f"b{layer}": rng.normal(size=to).round(1)}
    if shape.loss == "output":
        del givens["y"]
    return givens


def is_at_kink(shape: NetworkShape, givens: Numbers) -> bool:
    """Whether some unit is right at a kink, where automatic differentiation takes another slope."""
    found = by_autograd(shape, {name: value[None] for name, value in givens.items()})
    kinks = [(f"z{layer}", kink) for layer, name in enumerate(shape.activations, 1) for kink in ACTIVATIONS[name].kinks]
    steps = ("", "@2")[: shape.steps]
    return any(bool((np.abs(found[f"{z}{step}"] - kink) < 1e-6).any()) for z, kink in kinks for step in steps)


def random_questions(folder: Path, number: int) -> Iterator[Solved]:
    """Pair number so and so of output and loss, in two notations in turn; in one more with δ of each sample's own.

    Numbers and sizes depend on a pair's name, and not on its place, so that a new row leaves those of the others.
    """
    output, loss = OUTPUTS[number]
    number = crc32(f"{output} {loss}".encode())
    for batch_delta, turns in (("", (0, 2)), ("sample", (1,)))[: 1 if loss == "output" else 2]:
        path = folder / f"bank{batch_delta}.toml"
        text = random_bank(np.random.default_rng(number), output, loss, number, batch_delta)
        path.write_text(text, encoding="utf-8")
        for turn in turns:
            yield from solved_questions(str(path), MATRIX_NOTATIONS[(number + turn) % len(MATRIX_NOTATIONS)], (1,))


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda case: "-".join(case[:2]))
def shipped(request: pytest.FixtureRequest) -> list[Solved]:
    """The solved questions of one shipped exam in one notation."""
    return list(solved_questions(*request.param))


@pytest.fixture(scope="module", params=range(len(OUTPUTS)), ids=lambda number: "-".join(OUTPUTS[number]))
def random(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Solved]:
    """Solved questions with one output activation and loss."""
    return list(random_questions(tmp_path_factory.mktemp("bank"), request.param))


def test_numbers_of_shipped_keys_are_true(shipped: list[Solved]) -> None:
    """Formula, numbers and result of every line agree, as far as the printed digits tell."""
    assert [text for solved in shipped for text in problems(solved.relations)] == []


def test_numbers_of_random_keys_are_true(random: list[Solved]) -> None:
    """The same for every activation and loss, mini-batches, several steps and outputs."""
    assert [text for solved in random for text in problems(solved.relations)] == []


def test_results_of_shipped_keys_are_right(shipped: list[Solved]) -> None:
    """Every result is the independently computed value, rounded, under the symbol that means it."""
    assert [text for solved in shipped for text in problems(solved.results)] == []


def test_results_of_random_keys_are_right(random: list[Solved]) -> None:
    """The same for every activation and loss."""
    assert [text for solved in random for text in problems(solved.results)] == []


def test_chain_rule_of_shipped_keys(shipped: list[Solved]) -> None:
    """All paths are there, each factor is the entry that its indices name, and the products add up."""
    assert [text for solved in shipped for text in problems(solved.chains)] == []


def test_chain_rule_of_random_keys(random: list[Solved]) -> None:
    """The same for every activation and loss, mini-batches included."""
    assert [text for solved in random for text in problems(solved.chains)] == []


def test_what_stands_around_shipped_solutions_is_true(shipped: list[Solved]) -> None:
    """Given numbers, definitions, losses, rules of optimizers, answers that are formulas, and the appendix."""
    assert [text for solved in shipped for text in problems(solved.around)] == []


def test_every_relation_of_a_shipped_key_is_read(shipped: list[Solved]) -> None:
    """Whatever says that something is something is one of those that the tests above have looked at, as often as it
    stands on the page; what the page says of its symbols is read in `test_symbols`."""
    for solved in shipped:
        readings = (*solved.relations, *solved.results, *solved.chains, *solved.around)
        there = Counter(relations_on(solved.part))
        assert there == Counter(text for text, _ in readings if text)
        assert len(solved.lines) < there.total()
    assert [*relations_on(replace(shipped[0].page, questions=(), symbols=()))] == []


def test_no_result_of_a_shipped_key_is_rounded_to_nothing(shipped: list[Solved]) -> None:
    """A matrix is printed as zeros only where it is zero: 0.00 times 0.5 must not seem to give -0.002."""
    for solved in shipped:
        if isinstance(plain_shape(solved.paper), NetworkShape):
            for step in range(1, plain_shape(solved.paper).steps + 1):
                meant = solved.facts.derived(step)
                lines = [read for read in solved.lines if read.step == step and not read.is_chain]
                shown = {read.line.relations[0]: bool(np.any(read.result.value)) for read in lines}
                # Automatic differentiation leaves 1e-16 where 1.5 - 1.5 is nothing.
                assert shown == {symbol: bool(np.any(np.abs(meant[symbol]) > 1e-12)) for symbol in shown}


def _relations(solved: Solved) -> Iterator[Reading]:
    """Relations that cannot be evaluated, or differ from the result or from the formula with the page's own numbers."""
    if isinstance(solved.paper.shape, CircuitShape):
        yield from solved.circuit.relations()
        return
    for read in (read for read in solved.lines if not read.is_chain):
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
    if len(values) == 1 and isinstance(plain_shape(solved.paper), NetworkShape):
        # No numbers are put in, and bounds alone might let a small term go.
        exact = solved.facts.exact(read.step)
        value, told = value_of(read.worked[1][2:], exact, solved.unit_axis), exact[read.line.relations[0]]
        found += [] if _same(value, told, 1e-9) else [f"{read.worked[1]} is {value.value} without rounding"]
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


@pytest.mark.parametrize(("name", "notation"), [("question2", "from-to"), ("minibatch", "nielsen"), ("midterm", "row")])
def test_a_short_key_has_all_but_the_chain_rule(name: str, notation: str) -> None:
    """Its sections are those of the full key without the ones on single entries, line by line."""
    loaded = load_exam(name, 7, notation)
    [variant] = draw_variants(loaded, [Student("s1")])
    full, short = (
        key_page(loaded.exam, variant, PaperStyle(key_detail=detail)).questions for detail in ("full", "short")
    )
    for more, less in zip(full, short, strict=True):
        kept = tuple(part for part in more.sections if CHAIN_TITLE not in part.title)
        assert less.sections == kept
        assert (less.appendix, less.tasks) == (more.appendix, more.tasks)
    assert full != short
