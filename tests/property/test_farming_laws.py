"""Laws against farming: nobody earns much by making a paper easy on purpose.

A farmer writes one absurd value into some entry, which kills or saturates all behind it, and then only zeros. What a
farmer writes is computed here entry by entry from the rules of the graph, rounded as asked, and not by the marker.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from examgen.core.network import NetworkShape
from examgen.exams.building import Student, draw_variants, load_exam
from examgen.exams.exam import Field, PaperShape
from examgen.exams.keys import papers, solve
from tests.marking_sheets import mark_texts, outcomes

ABSURD = (-60.0, -8.0, 8.0, 60.0)
MOST = 0.5
"""Of a paper's entries that may earn marks though nothing was worked out for them."""

EARNS = {"correct", "follow_through"}
Floats = NDArray[np.float64]
Paper = tuple[PaperShape, Mapping[str, Floats]]


def drawn(name: str, count: int = 3) -> Iterator[Paper]:
    """Papers of a shipped exam and their numbers."""
    loaded = load_exam(name, 22)
    for variant in draw_variants(loaded, [Student(f"s{number}") for number in range(count)]):
        for paper, numbers in papers(loaded.exam, variant):
            yield paper, numbers.givens


def work(paper: PaperShape, givens: Mapping[str, Floats], root: Field, value: float) -> list[float]:
    """What somebody writes who puts a value into one entry and goes on from there, rounding every step as asked."""
    values = {name: np.asarray(number, dtype=float) for name, number in givens.items()}
    for quantity in paper.graph.derived:
        assert quantity.rule is not None
        with np.errstate(all="ignore"):
            own = np.array(quantity.rule.compute(*(values[name] for name in quantity.inputs)), dtype=float)
        own = np.array(np.round(own, root.digits.count))
        if quantity.name == root.quantity:
            own[root.index] = value
        values[quantity.name] = own
    return [float(values[field.quantity][field.index]) for field in paper.fields]


def is_trivial(field: Field, written: float, right: float, givens: Mapping[str, Floats]) -> bool:
    """Whether an answer took no work and is not right: a 0, or a weight that the step left as it was."""
    if abs(written - right) <= 0.51 * 10.0**-field.digits.count:
        return False
    before = givens.get(field.quantity.split("_")[0])
    return written == 0 or (field.kind in {"W_new", "b_new"} and before is not None and written == before[field.index])


@pytest.mark.parametrize("name", ["question2", "midterm", "scalar-chain", "tanh-two-outputs"])
def test_one_absurd_answer_does_not_make_the_rest_of_the_paper_free(name: str) -> None:
    """Whichever entry a farmer chooses, answers that took no work earn less than half of the paper."""
    for paper, givens in drawn(name):
        roots = [(field, value) for field in paper.fields for value in ABSURD]
        sheets = [work(paper, givens, field, value) for field, value in roots]
        texts = [
            [f"{number:.{field.digits.count}f}" for field, number in zip(paper.fields, sheet, strict=True)]
            for sheet in sheets
        ]
        marked = mark_texts(paper, [dict(givens)] * len(sheets), texts)
        for sheet, found in zip(sheets, outcomes(marked), strict=True):
            free = [
                outcome in EARNS and is_trivial(field, written, right, givens)
                for field, written, right, outcome in zip(paper.fields, sheet, marked.reference[0], found, strict=True)
            ]
            assert sum(free) <= MOST * len(free)


@pytest.mark.parametrize("name", ["question2", "midterm", "scalar-chain", "tanh-two-outputs"])
def test_a_paper_of_zeros_earns_what_is_zero(name: str) -> None:
    """0 in every box is right where the answer is 0 to the asked digits, and earns nothing anywhere else."""
    for paper, givens in drawn(name):
        marked = mark_texts(paper, [dict(givens)], [["0"] * len(paper.fields)])
        solution = solve(paper, givens).values
        for field, outcome in zip(paper.fields, outcomes(marked)[0], strict=True):
            right = float(solution[field.quantity][field.index])
            assert (outcome in EARNS) == (abs(right) <= 0.51 * 10.0**-field.digits.count)


def test_zeros_behind_two_wrong_answers_that_kill_a_layer_earn_nothing() -> None:
    """Both live units of the first layer switched off by hand: gradients behind them are marked from what is right."""
    layers = 0
    for paper, givens in drawn("question2", 12):
        right = solve(paper, givens).values
        assert isinstance(paper.shape, NetworkShape)
        if paper.shape.activations[0] != "relu" or not (right["a1"] > 0.01).all():
            continue
        layers += 1
        values = {name: np.asarray(number, dtype=float) for name, number in givens.items()}
        for quantity in paper.graph.derived:
            assert quantity.rule is not None
            own = np.asarray(quantity.rule.compute(*(values[name] for name in quantity.inputs)))
            values[quantity.name] = np.full_like(own, -1.0) if quantity.name == "z1" else own
        texts = [f"{values[field.quantity][field.index]:.{field.digits.count}f}" for field in paper.fields]
        found = outcomes(mark_texts(paper, [dict(givens)], [texts]))[0]
        for field, outcome in zip(paper.fields, found, strict=True):
            is_zero = abs(right[field.quantity][field.index]) <= 0.51 * 10.0**-field.digits.count
            if field.quantity in {"dL_dW1", "dL_db1", "dL_dW2"} and not is_zero:
                assert outcome == "wrong"
    assert layers > 1
