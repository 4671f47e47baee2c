"""What a student has to round, and by how much, on networks small enough to work it out by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.rules.rule import Array
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import as_quantities, by_field, entry_of, half_units, perfect_tolerances
from tests.small_banks import FIXED, changed, written

CHAIN = (
    ("[1, 1]", "[1, 1, 1]"),
    ("W1 = [[0.5]]\nb1 = [0.1]", "W1 = [[0.5]]\nb1 = [0.25]\nW2 = [[2]]\nb2 = [0.5]"),
    ('"z", "a", "loss"', '"z"'),
)
"""z1 = 0.5 * 1 + 0.25 = 0.75, z2 = 2 a1 + 0.5, y = 1."""


def solved(folder: Path, activations: str, digits: str, *changes: tuple[str, str]) -> tuple[PaperShape, Evaluation]:
    """The paper of a chain of two units with these activations and digits, and its evaluation for one student."""
    layers = ('["sigmoid"]', activations)
    loaded = load_exam(written(folder, changed(FIXED, *CHAIN, layers, ("decimals = 4", digits), *changes)), 1)
    [variant] = draw_variants(loaded, [Student("s")])
    [(paper, numbers)] = papers(loaded.exam, variant)
    return paper, evaluate(paper.graph, {name: value[None] for name, value in numbers.givens.items()})


def rounded(folder: Path, activations: str, digits: str) -> set[str]:
    """Names of the quantities of which something is rounded."""
    paper, right = solved(folder, activations, digits)
    return {name for name, flags in half_units(paper, right.values, right)[1].items() if flags.any()}


@pytest.mark.parametrize(
    ("activations", "digits", "slopes"),
    [
        ('["relu", "sigmoid"]', "decimals = 0", {"slope2"}),
        ('["sigmoid", "relu"]', "decimals = 2", {"slope1"}),
        ('["leaky_relu", "sigmoid"]', "decimals = 2", {"slope2"}),
        ('["leaky_relu", "sigmoid"]', "decimals = 1", {"slope1", "slope2"}),
        ('["leaky_relu", "sigmoid"]', "significant_figures = 1", {"slope2"}),
        ('["tanh", "identity"]', "decimals = 2", {"slope1"}),
        ('["tanh", "identity"]', "decimals = 0", {"slope1"}),
    ],
)
def test_slopes_of_few_decimals_are_not_rounded(
    tmp_path: Path, activations: str, digits: str, slopes: set[str]
) -> None:
    """0 and 1 never are, 0.01 is at one decimal; each layer goes by its own activation."""
    found = rounded(tmp_path, activations, digits)
    assert found & {"slope1", "slope2"} == slopes
    assert found >= {"z1", "a1", "z2", "a2"}


def test_exact_numbers_are_rounded_from_the_first_that_does_not_end(tmp_path: Path) -> None:
    """z1 = 0.75 ends at two decimals and 2 * 0.75 + 0.5 = 2 does; at one decimal z1 does not, and 2 rests on it."""
    assert rounded(tmp_path, '["identity", "relu"]', "decimals = 2") == set()
    assert rounded(tmp_path, '["identity", "relu"]', "decimals = 1") >= {"z1", "a1", "z2", "a2"}


def test_a_sum_that_cancels_is_exact(tmp_path: Path) -> None:
    """0.1 * 3 - 0.3 is 5.6e-17 in binary and 0 on paper, which ends at any digit."""
    numbers = ("W1 = [[0.5]]\nb1 = [0.25]", "W1 = [[0.1]]\nb1 = [-0.3]"), ("x = [[1]]", "x = [[3]]")
    paper, right = solved(tmp_path, '["identity", "identity"]', "decimals = 2", *numbers)
    assert 0 < abs(right["z1"].item()) < 1e-16
    assert not half_units(paper, right.values, right)[1]["z1"].any()


def test_large_numbers_that_end_are_exact(tmp_path: Path) -> None:
    """-4097.08 is off by a few billionths of its fourth decimal in binary, which is as near as doubles there are."""
    numbers = ("W1 = [[0.5]]\nb1 = [0.25]", "W1 = [[0.1]]\nb1 = [0.25]"), ("x = [[1]]", "x = [[-40973.3]]")
    paper, right = solved(tmp_path, '["identity", "identity"]', "decimals = 4", *numbers)
    assert right["z1"].item() == pytest.approx(-4097.08, rel=1e-15)
    assert right["z1"].item() != -4097.08
    assert not half_units(paper, right.values, right)[1]["z1"].any()


def test_numbers_that_end_are_not_rounded_in_wide_layers() -> None:
    """Whole numbers, asked to whole numbers."""
    loaded = load_exam("relu-integers", 5)
    [variant] = draw_variants(loaded, [Student("a")])
    [(paper, numbers)] = papers(loaded.exam, variant)
    right = evaluate(paper.graph, {name: value[None] for name, value in numbers.givens.items()})
    halves, moved = half_units(paper, right.values, right)
    for name, half in halves.items():
        assert half.shape == right[name].shape
        np.testing.assert_allclose(half, 0.51)
        assert not moved[name].any()


@pytest.mark.parametrize(("own", "half"), [(75.0, 0.051), (0.0075, 0.00051), (0.0, 0.00051)])
def test_significant_figures_are_those_of_the_coarser_value(tmp_path: Path, own: float, half: float) -> None:
    """Three of 0.75 are three decimals; who works on with 75 rounds to one."""
    paper, right = solved(tmp_path, '["tanh", "sigmoid"]', "significant_figures = 3")
    givens = {given.name: right[given.name] for given in paper.graph.givens}
    work = evaluate(paper.graph, givens, substitute={"z1": np.full((1, 1, 1), own)})
    assert half_units(paper, right.values, work)[0]["z1"].item() == pytest.approx(half)


def test_exact_numbers_are_rounded_where_they_do_not_end_in_the_own_work(tmp_path: Path) -> None:
    """Behind a written z1 = 0.755, a1 does not end at two decimals; nor does the right one where 0.755 is right."""
    paper, right = solved(tmp_path, '["identity", "relu"]', "decimals = 2")
    givens = {given.name: right[given.name] for given in paper.graph.givens}
    own = evaluate(paper.graph, givens, substitute={"z1": np.array([[[0.755]]])})
    assert not half_units(paper, right.values, own)[1]["z1"].any()
    assert half_units(paper, right.values, own)[1]["a1"].all()
    assert half_units(paper, own.values, right)[1]["a1"].all()


def test_exact_numbers_that_a_slip_has_lifted_are_rounded_where_their_own_figures_end(tmp_path: Path) -> None:
    """z2 = 2 * 0.75 + 0.5 ends at three figures; behind a written z1 = 734 it is 1468.5, which is written as 1470."""
    paper, right = solved(tmp_path, '["identity", "relu"]', "significant_figures = 3")
    givens = {given.name: right[given.name] for given in paper.graph.givens}
    own = evaluate(paper.graph, givens, substitute={"z1": np.array([[[734.0]]])})
    assert not half_units(paper, right.values, right)[1]["z2"].any()
    assert half_units(paper, right.values, own)[1]["z2"].item() == pytest.approx(5.1)


def test_only_what_is_wanted_is_worked_out(tmp_path: Path) -> None:
    """Where rules are not exact, a name alone is enough; where they are, what is behind it is needed, too."""
    paper, right = solved(tmp_path, '["tanh", "sigmoid"]', "decimals = 2")
    assert set(half_units(paper, right.values, right, only={"z2"})[0]) == {"z2"}
    paper, right = solved(tmp_path, '["identity", "relu"]', "decimals = 1")
    for halves in half_units(paper, right.values, right, only={"z2"}):
        assert halves["z2"].tolist() == [[[pytest.approx(0.051)]]]


def test_the_tolerance_of_a_perfect_paper_adds_up_what_is_rounded(tmp_path: Path) -> None:
    """Half a unit is 0.0051; z2 may be off by its own, by 2 of a1, and by what a1 makes of that of z1."""
    paper, right = solved(tmp_path, '["tanh", "sigmoid"]', "decimals = 2")
    assert [field.quantity for field in paper.fields] == ["z1", "z2"]
    expected = [0.0051, 0.0051 * (1 + 2 + 2 * (1 - np.tanh(0.75) ** 2))]
    assert perfect_tolerances(paper, right)[0].tolist() == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("name", ["tanh-two-outputs", "minibatch", "question2"])
def test_the_tolerance_of_an_entry_adds_up_what_moving_each_entry_does(name: str) -> None:
    """Its own half unit, and for each entry before it that is rounded, the larger effect of half a unit up or down."""
    loaded = load_exam(name, 5)
    students = [Student(number) for number in "1234"]
    variants = [list(papers(loaded.exam, variant)) for variant in draw_variants(loaded, students)]
    # The first student's shape, with the numbers of all who share it.
    paper = variants[0][0][0]
    solved_by = [numbers.givens for [(own, numbers)] in variants if own.shape == paper.shape]
    givens = {given.name: np.stack([one[given.name] for one in solved_by]) for given in paper.graph.givens}
    right = evaluate(paper.graph, givens)
    written = {field.quantity: right[field.quantity] for field in paper.number_fields}
    half = 0.51 * 10.0**-4
    expected = {asked: np.full(value.shape, half) for asked, value in written.items()}
    for quantity in paper.graph.derived:
        if quantity.kind in {"x_of_step", "y_of_step"} or (quantity.kind == "slope" and _is_step(right[quantity.name])):
            continue
        for place in np.ndindex(*quantity.shape):
            move = np.zeros(quantity.shape)
            move[place] = half
            moved = [
                evaluate(paper.graph, givens, substitute=written, perturb={quantity.name: by}) for by in (move, -move)
            ]
            for asked, total in expected.items():
                total += np.maximum(*(np.abs(one.computed[asked] - right[asked]) for one in moved))
    found = perfect_tolerances(paper, right)
    for column, field in enumerate(paper.number_fields):
        entry: tuple[Any, ...] = (..., *field.index)
        np.testing.assert_allclose(found[:, column], expected[field.quantity][entry], rtol=1e-8)


def test_columns_of_fields_are_put_in_their_places() -> None:
    """Each entry of a quantity has the values of its own field, and as columns they are again what they were."""
    loaded = load_exam("minibatch", 5)
    [variant] = draw_variants(loaded, [Student("a")])
    [(paper, _)] = papers(loaded.exam, variant)
    columns = np.random.default_rng(3).random((3, len(paper.number_fields)))
    quantities = as_quantities(paper, columns)
    for column, field in enumerate(paper.number_fields):
        assert quantities[field.quantity].shape == (3, *paper.graph[field.quantity].shape)
        place: tuple[Any, ...] = (..., *field.index)
        assert quantities[field.quantity][place].tolist() == columns[:, column].tolist()
        quantity = paper.graph[field.quantity]
        assert entry_of(quantity, field) == list(np.ndindex(*quantity.shape)).index(field.index)
    assert by_field(paper, quantities).tolist() == columns.tolist()


def _is_step(slope: Array) -> bool:
    """Whether a slope is that of a ReLU, 0 or 1."""
    return bool(np.isin(slope, [0, 1]).all())
