"""How far wrong work stands out, on a chain that can be worked out by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from examgen.core.rules.rule import Array
from examgen.exams.banks.building import load_exam
from examgen.exams.draws.separation import paper_patches, separations
from examgen.exams.paper_shapes import PaperShape
from tests.small_banks import FIXED, all_papers, changed, written

CHAIN = (
    ("[1, 1]", "[1, 1, 1]"),
    ('["sigmoid"]', '["identity", "identity"]'),
    ("b1 = [0.1]", "b1 = [0.1]\nW2 = [[1]]\nb2 = [0]"),
    ("decimals = 4", "decimals = 2"),
)
Z_ONLY = ('"z", "a", "loss"', '"z"')


def chain(folder: Path, *changes: tuple[str, str]) -> PaperShape:
    """A chain of two identities that asks for z1 and z2 to two decimals, or what the changes make of it."""
    [paper] = all_papers(load_exam(written(folder, changed(FIXED, *CHAIN, *changes)), 1))
    return paper


def givens(**several: list[float]) -> dict[str, Array]:
    """Papers of one number for each given quantity, (papers, *shape)."""
    shapes = {"x": (1, 1), "y": (1, 1), "W1": (1, 1), "b1": (1,), "W2": (1, 1), "b2": (1,)}
    return {name: np.array(several[name]).reshape(-1, *shape) for name, shape in shapes.items()}


def without_bias(paper: PaperShape, papers: dict[str, Array]) -> Array:
    """How far the work of who leaves out biases is off, (papers,)."""
    found = separations(paper, papers, all_versions=False)
    [distance] = [distance for patch, distance in found if patch.misconception == "no-bias"]
    return distance


def test_the_worst_answer_counts_by_the_nearer_of_what_is_right_and_what_follows(tmp_path: Path) -> None:
    """Without biases, on three papers; half a unit is 0.0051 and nothing else is rounded.

    First: z1 = 0.5 for 0.75, and z2 = 1 where 2 * 0.5 + 0.5 follows and 2 is right: 0.5 is the distance. Second:
    z2 = -1.5 where -1.5 - 0.4 follows and 0.5 * -2 - 0.4 is right: z1 is off by 1, z2 by 0.1. Third: no bias, nothing
    is off.
    """
    papers = givens(
        x=[1, 1, 1],
        y=[1, 1, 1],
        W1=[0.5, -3, 0.5],
        b1=[0.25, 1, 0],
        W2=[2, 0.5, 2],
        b2=[0.5, -0.4, 0],
    )
    distance = without_bias(chain(tmp_path, Z_ONLY), papers)
    assert distance.tolist() == pytest.approx([0.5 / 0.0051, 1 / 0.0051, 0])


def test_the_nearer_right_answer_counts(tmp_path: Path) -> None:
    """z1 = 1 is off by 0.1; z2 = 1 is off by 0.95 from what follows, and by 0.85 from what is right."""
    papers = givens(x=[1], y=[1], W1=[1], b1=[0.1], W2=[1], b2=[-0.95])
    distance = without_bias(chain(tmp_path, Z_ONLY), papers)
    assert distance.tolist() == pytest.approx([0.85 / 0.0051])


def test_what_overflows_is_far_off(tmp_path: Path) -> None:
    """Beside a z1 that is off by a quarter, a z2 of infinity."""
    papers = givens(x=[1], y=[1], W1=[1e200], b1=[0.25], W2=[1e200], b2=[0.5])
    distance = without_bias(chain(tmp_path, Z_ONLY), papers)
    assert distance.tolist() == [np.inf]


def test_versions_that_may_be_right_by_chance_come_on_request(tmp_path: Path) -> None:
    """Screens of variants look at the others only."""
    paper = chain(tmp_path, ('"z", "a", "loss"', '"slope", "dL_dz"'), ('"identity", "identity"', '"tanh", "sigmoid"'))
    papers = givens(x=[1], y=[1], W1=[0.5], b1=[0.25], W2=[2], b2=[0.5])
    every = paper_patches(paper)
    assert {patch.must_show for patch in every} == {True, False}
    assert [patch for patch, _ in separations(paper, papers, all_versions=True)] == list(every)
    must_show = [patch for patch in every if patch.must_show]
    assert [patch for patch, _ in separations(paper, papers, all_versions=False)] == must_show


def test_a_paper_without_numbers_has_no_distances(tmp_path: Path) -> None:
    """Formulas and choices are not worked out from numbers."""
    papers = givens(x=[1], y=[1], W1=[0.5], b1=[0.25], W2=[2], b2=[0.5])
    assert list(separations(replace(chain(tmp_path), fields=()), papers, all_versions=True)) == []
