"""Formulas of the key: every entry of every network has one, and it is judged right in every notation."""

import numpy as np
import pytest

from examgen.core.equivalence.formula_answers import judge
from examgen.core.equivalence.formula_trials import trials
from examgen.core.exercise import Exercise
from examgen.core.formulas.formula_language import Formula, parse_formula
from examgen.core.formulas.formula_tokens import MAX_CHARACTERS
from examgen.core.graph import ComputationGraph
from examgen.core.network import NetworkShape, network_graph
from examgen.core.products import ProductSpec, ProductsShape, products_graph
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.references.reference_formulas import reference_formula
from examgen.exams.references.spellings import spellings
from tests.oracles import HIDDEN, IN_TURN, random_shape


def check_all_right(shape: Exercise, graph: ComputationGraph, notation: str) -> int:
    """Judge the reference of the first and last entry of every quantity; how many were read."""
    naming = Naming(NOTATIONS[notation], shape, graph)
    known, on, read = spellings(naming), trials(graph), 0
    for quantity in graph.derived:
        places = list(np.ndindex(*quantity.shape))
        for index in {places[0], places[-1]}:
            text = reference_formula(naming, quantity.name, index)
            formula = parse_formula(text, known)
            if not isinstance(formula, Formula):
                assert formula.reason == "too_long", (text, formula)
                assert quantity.kind == "loss"
                continue
            read += 1
            assert len(text) <= MAX_CHARACTERS
            assert judge(on, (quantity.name, index), formula, known).verdict == "right", (quantity.name, text)
    return read


@pytest.mark.parametrize(("place", "output", "loss"), [(place, *pair) for place, pair in enumerate(IN_TURN)])
def test_every_network_has_right_formulas(place: int, output: str, loss: str) -> None:
    """For every activation and loss, over steps and batches, in one notation after another: these differ in how they
    spell symbols, and not in what is computed."""
    rng = np.random.default_rng(17)
    shape = random_shape(rng, output, loss, layers=3, width=3)
    fitting = [notation.name for notation in NOTATIONS.values() if not notation.problem_with(shape)]
    # A perceptron has nothing but its sums, outputs, errors and steps.
    read = check_all_right(shape, network_graph(shape), fitting[place % len(fitting)])
    assert read > (4 if loss == "perceptron" else 5)


@pytest.mark.parametrize("activation", HIDDEN)
def test_networks_of_width_one_have_right_formulas_too(activation: str) -> None:
    """The notation without indices included."""
    shape = NetworkShape((1, 1, 1), (activation, "sigmoid"), "binary_cross_entropy")
    notations = list(NOTATIONS)
    for notation in {"scalar", notations[HIDDEN.index(activation) % len(notations)]}:
        assert check_all_right(shape, network_graph(shape), notation) == len(network_graph(shape).derived)


def test_products_have_right_formulas() -> None:
    """All kinds of warm-ups."""
    shape = ProductsShape(
        (
            ProductSpec("matrix_product", (2, 3), (3, 2)),
            ProductSpec("hadamard_product", (2, 2), (2, 2)),
            ProductSpec("affine_map", (2, 2), (2, 1)),
            ProductSpec("shape_of_product"),
        )
    )
    assert check_all_right(shape, products_graph(shape), "row") == 8


@pytest.mark.parametrize(
    ("name", "index", "text"),
    [
        ("z1", (0, 0), "w1_1_1*x_1 + w1_2_1*x_2 + b1_1"),
        ("a1", (0, 1), "relu(z1_2)"),
        ("loss", (), "(a2 - y)^2/2"),
        ("dL_da2", (0, 0), "a2 - y"),
        ("slope1", (0, 1), "relu'(z1_2)"),
        ("dL_dz2", (0, 0), "dL_da2*slope2"),
        ("dL_dW1", (0, 1), "delta1_1*x_2"),
        ("b2_new", (0,), "b2 - learning_rate*dL_db2"),
    ],
)
def test_references_read_as_a_person_would_write_them(name: str, index: tuple[int, ...], text: str) -> None:
    """One step back, without zeros, ones and brackets that nobody needs."""
    shape = NetworkShape((2, 2, 1), ("relu", "sigmoid"), "half_squared_error")
    assert reference_formula(Naming(NOTATIONS["from-to"], shape, network_graph(shape)), name, index) == text


@pytest.mark.parametrize(("output", "loss"), IN_TURN)
def test_formulas_in_few_symbols_are_right_too(output: str, loss: str) -> None:
    """What may not be used is written out, down to the given numbers, and nothing else occurs."""
    if loss == "perceptron":
        shape, last = NetworkShape((2, 2), (output,), loss, updates=False), 1
    else:
        outputs = 1 if loss == "output" else 2
        shape, last = NetworkShape((2, 2, outputs), ("tanh", output), loss, updates=False), 2
    graph = network_graph(shape)
    naming = Naming(NOTATIONS["to-from-da"], shape, graph)
    known, on = spellings(naming), trials(graph)
    for kinds in ((), ("a",), ("z", "a")):
        whole = [("loss", ())] if loss != "output" else []
        for name, index in ((f"dL_dz{last}", (0, -1)), ("dL_dW1", (0, 1)), (f"a{last}", (0, 0)), *whole):
            text = reference_formula(naming, name, index, lambda quantity: quantity.kind in kinds)  # noqa: B023
            formula = parse_formula(text, known)
            if not isinstance(formula, Formula):
                assert (formula.reason, kinds) == ("too_long", ())
                continue
            used = {graph[known[symbol][0]] for symbol in formula.symbols}
            assert all(quantity.rule is None or quantity.kind in kinds for quantity in used), text
            assert judge(on, (name, index), formula, known).verdict == "right", text


def test_given_numbers_have_no_formula() -> None:
    """Asking for one is a mistake of the caller."""
    shape = NetworkShape((2, 1), ("relu",), "huber")
    with pytest.raises(ValueError, match="W1 is given"):
        reference_formula(Naming(NOTATIONS["row"], shape, network_graph(shape)), "W1", (0, 0))
