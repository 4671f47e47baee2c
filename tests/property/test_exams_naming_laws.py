"""Field ids and shown matrices, for every shipped exam and for random shapes in every notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.exams.banks.building import load_exam
from examgen.exams.digits import Digits
from examgen.exams.exam import Question
from examgen.exams.fields import shown_places
from examgen.exams.naming.notation import NOTATIONS, Notation
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.task import Task
from tests.laws import some_of, tried
from tests.small_banks import all_papers, all_places, fitting_notations, shipped_names

WIDTHS = st.integers(1, 3) | st.sampled_from([10, 12])


@st.composite
def networks(draw: st.DrawFn, widths: st.SearchStrategy[int] = WIDTHS) -> NetworkShape:
    """Networks of up to three layers, with steps and mini-batches, two-digit widths among them."""
    sizes = tuple(draw(st.lists(widths, min_size=2, max_size=4)))
    inner = draw(st.lists(st.sampled_from(["relu", "tanh"]), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    is_one_output = sizes[-1] == 1
    last, loss = ("sigmoid", "huber") if is_one_output or draw(st.booleans()) else ("softmax", "cross_entropy")
    steps, samples = draw(st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 2), (1, 11)]))
    return NetworkShape(sizes, (*inner, last), loss, steps, samples)


@st.composite
def products(draw: st.DrawFn) -> ProductsShape:
    """One to twelve products, so that their numbers reach two digits."""
    specs = []
    for _ in range(draw(st.sampled_from([1, 2, 12]))):
        rows, inner, columns = (draw(WIDTHS) for _ in range(3))
        specs.append(
            ProductSpec(draw(st.sampled_from(["matrix_product", "affine_map"])), (rows, inner), (inner, columns))
        )
    return ProductsShape(tuple(specs))


def paper_of(shape: Exercise, notation: Notation) -> PaperShape:
    """A paper that asks for everything."""
    kinds = tuple(dict.fromkeys(one.kind for one in shape.graph.derived if not one.is_copied))
    question = Question("Q1", "", (), (Task(text="", ask=kinds),), Digits(decimals=4), {"A": shape}, {})
    return paper_shape(question, "A", notation)


def check_names(paper: PaperShape) -> None:
    names = [field.name for field in paper.fields]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name.replace("_", "").isalnum() and name[0].isalpha() for name in names)
    symbols = [field.symbol for field in paper.fields]
    assert len(set(symbols)) == len(symbols)
    # A choice is no quantity, and has no place.
    asked = [field for field in paper.fields if field.quantity]
    places = [(field.kind, field.layer, field.step, field.sample, field.row, field.col) for field in asked]
    assert len(set(places)) == len(places)


def check_shown(paper: PaperShape) -> None:
    for quantity in paper.graph:
        shown = shown_places(paper.naming, quantity)
        assert len({len(row) for row in shown}) == 1
        cells = [place for row in shown for place in row]
        assert sorted(cells) == sorted(all_places(quantity))
        for row, places in enumerate(shown):
            for column, place in enumerate(places):
                if place:
                    assert paper.naming.shown_index(quantity, place) == (row, column)


@pytest.mark.parametrize("name", some_of(shipped_names(), 11))
def test_shipped_papers_have_unique_names_in_every_notation(name: str) -> None:
    """No two fields of a question share an id, a symbol or a place in the key."""
    for notation in fitting_notations(name):
        for paper in all_papers(load_exam(name, 7, notation)):
            check_names(paper)
            check_shown(paper)


@tried(40)
@given(networks() | products(), st.sampled_from([name for name in NOTATIONS if name != "scalar"]))
def test_random_papers_have_unique_names(shape: Exercise, notation: str) -> None:
    """The same for any shape, asked for everything; each entry is shown once, where its index says."""
    paper = paper_of(shape, NOTATIONS[notation])
    check_names(paper)
    check_shown(paper)


@tried(20)
@given(networks(widths=st.just(1)))
def test_chains_have_unique_names_without_indices(shape: NetworkShape) -> None:
    """The scalar notation needs no indices to tell the entries of a chain apart."""
    if not NOTATIONS["scalar"].problem_with(shape):
        check_names(paper_of(shape, NOTATIONS["scalar"]))


@tried(15)
@given(networks())
def test_every_notation_asks_for_the_same_entries(shape: NetworkShape) -> None:
    """A notation renames and reorders: what is asked, behind the names, is one set."""
    asked = [
        {(field.quantity, field.index, field.kind, field.row, field.col) for field in paper_of(shape, row).fields}
        for row in NOTATIONS.values()
        if not row.problem_with(shape)
    ]
    assert all(found == asked[0] for found in asked)
