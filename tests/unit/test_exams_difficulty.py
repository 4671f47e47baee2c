"""How much work a paper is, counted by hand on small networks."""

from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rules.rule import Array
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.difficulty import difficulty, multiplications
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from tests.small_banks import FIXED, written

# 3-2-1 on two samples: each rule by the products of numbers that it takes.
COUNTS = {
    "z1": 2 * 2 * 3,
    "a1": 0,
    "z2": 2 * 1 * 2,
    "loss": 2 * 1,
    "dL_dz2": 2 * 1,
    "dL_dW2": 2 * 1 * 2,
    "dL_db2": 0,
    "dL_da1": 2 * 1 * 2,
    "W1_new": 2 * 3,
    "b1_new": 2,
}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_multiplications_are_counted_by_rule(name: str, count: int) -> None:
    """A product for each choice of sample, unit and unit of the layer below; none in functions and sums."""
    graph = network_graph(NetworkShape((3, 2, 1), ("tanh", "sigmoid"), "half_squared_error", samples_per_step=2))
    assert multiplications(graph, graph[name]) == count


def paper_of(name: str) -> tuple[PaperShape, dict[str, Array]]:
    loaded = load_exam(name, 1)
    [variant] = draw_variants(loaded, [Student()])
    [(paper, numbers)] = papers(loaded.exam, variant)
    return paper, {given: np.asarray(values)[None] for given, values in numbers.givens.items()}


def test_a_forward_pass_is_little_work(tmp_path: Path) -> None:
    """z = 0.5 * 1 + 0.1 = 0.6, a = 0.6457, loss (a - 1)^2 = 0.1255: two products, no minus sign, one live unit."""
    paper, givens = paper_of(written(tmp_path, FIXED))
    found = difficulty(paper, evaluate(paper.graph, givens))
    assert found.multiplications == 2
    assert found.minus_signs.tolist() == [0]
    assert (found.live_units.tolist(), found.units) == ([1], 1)
    assert found.smallest[0] == pytest.approx(0.1255, abs=1e-4)
    assert found.largest[0] == pytest.approx(0.6457, abs=1e-4)


def test_dead_units_are_not_live() -> None:
    """Of the textbook network with whole numbers all five units are live; with a bias of -100, three are not, and what
    would come from them or go back through them is no work."""
    paper, givens = paper_of("relu-1-1-3-1")
    assert difficulty(paper, evaluate(paper.graph, givens)).live_units.tolist() == [5]
    assert difficulty(paper, evaluate(paper.graph, givens)).multiplications.tolist() == [27]
    givens["b2"] = np.full_like(givens["b2"], -100)
    found = difficulty(paper, evaluate(paper.graph, givens))
    assert found.live_units.tolist() == [2]
    # Left are 1 for z1, 3 for z2, 3 for the loss and the outputs' derivatives, and 3 on the way back to a2.
    assert found.multiplications.tolist() == [10]
    assert found.minus_signs[0] >= 3
