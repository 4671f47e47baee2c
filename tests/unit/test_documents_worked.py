"""Worked solutions: every line is true with the very numbers that it prints, in every notation.

Shipped exams with two seeds, and small banks with every output activation and every loss.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.activations import ACTIVATIONS
from examgen.documents.paper.papers import key_page
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.naming.notation import NOTATIONS
from tests.classroom.hand_circuits import all_quantities
from tests.laws import some_of
from tests.oracles import HIDDEN, IN_TURN, Numbers, by_autograd
from tests.printed_facts import relations_on
from tests.printed_keys import Solved, all_readings, differences, problems, solved_questions
from tests.printed_pages import CHAIN_TITLE, plain_shape
from tests.small_banks import in_two_notations, shipped_names

SEEDS = (7, 2024)
SHIPPED = [
    (*case, (SEEDS[place % len(SEEDS)],))
    for place, case in enumerate(some_of(in_two_notations(shipped_names("families", "worked")), 29))
]
"""Each family and worked exam in one of two notations, and in both in a thorough run."""

MATRIX_NOTATIONS = [name for name in NOTATIONS if name != "scalar"]
SIZES = ((2, 3), (3, 2, 2), (1, 2, 3), (2, 1, 2), (2, 2, 2, 1), (1, 1, 1), (3, 4, 2))


LATER = ("hinge", "perceptron", "output")


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
    """Pair number so and so of output and loss, in one notation in turn; in another one with δ of each sample's own.

    Numbers and sizes depend on a pair's name, and not on its place, so that a new row leaves those of the others.
    """
    output, loss = IN_TURN[number]
    number = crc32(f"{output} {loss}".encode())
    for batch_delta, turns in (("", (0,)), ("sample", (1,)))[: 1 if loss == "output" else 2]:
        path = folder / f"bank{batch_delta}.toml"
        text = random_bank(np.random.default_rng(number), output, loss, number, batch_delta)
        path.write_text(text, encoding="utf-8")
        for turn in turns:
            yield from solved_questions(
                str(path), MATRIX_NOTATIONS[(number + turn) % len(MATRIX_NOTATIONS)], (1,), all_quantities
            )


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda case: "-".join(case[:2]))
def shipped(request: pytest.FixtureRequest) -> list[Solved]:
    """The solved questions of one shipped exam in one notation."""
    name, notation, seeds = request.param
    return list(solved_questions(name, notation, seeds, all_quantities))


@pytest.fixture(scope="module", params=range(len(IN_TURN)), ids=lambda number: "-".join(IN_TURN[number]))
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
        assert differences(solved) == ([], [])
        assert len(solved.lines) < len(all_readings(solved))
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
