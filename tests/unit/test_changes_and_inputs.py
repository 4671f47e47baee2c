"""The changes of weights and biases, and derivatives by the inputs: there where a paper asks for them."""

from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.patches import patches
from examgen.core.network import NetworkShape
from examgen.documents.paper.papers import key_page, question_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.small_banks import DRAWN, changed, written

SHAPE = NetworkShape((2, 2, 1), ("tanh", "sigmoid"), "half_squared_error", 2, changes=True, by_inputs=True)
BANK = changed(
    DRAWN,
    ("[1, 1]", "[2, 2, 1]"),
    ('["sigmoid"]', '["tanh", "sigmoid"]'),
    ("[digits]", "learning_rate = { choices = [0.5] }\n[digits]"),
    ('["z", "a", "loss"]', '["dL_dx", "W1_change", "b_change", "b_new"]'),
)


def _values(x: np.ndarray | None = None) -> dict[str, np.ndarray]:
    draws = np.random.default_rng(4)
    numbers = {one.name: draws.uniform(0.2, 0.8, size=one.shape) for one in SHAPE.graph.givens}
    numbers |= {} if x is None else {"x": x}
    return dict(evaluate(SHAPE.graph, numbers).values)


@pytest.mark.parametrize("step", ["", "@2"])
def test_new_values_are_old_ones_and_their_change(step: str) -> None:
    """The change is minus the learning rate times the gradient."""
    values = _values()
    for name in ("W1", "b1", "W2", "b2"):
        old = values[name] if not step else values[f"{name}_new"]
        np.testing.assert_allclose(values[f"{name}_new{step}"], old + values[f"{name}_change{step}"])
        expected = -values["learning_rate"] * values[f"dL_d{name}{step}"]
        np.testing.assert_allclose(values[f"{name}_change{step}"], expected)


def test_the_derivative_by_the_inputs_is_how_the_loss_moves_with_them() -> None:
    """Against central differences, in the first step."""
    values, tiny = _values(), 1e-6
    for place in range(2):
        moved = np.zeros((2, 2))
        moved[0, place] = tiny
        slope = (_values(values["x"] + moved)["loss"] - _values(values["x"] - moved)["loss"]) / (2 * tiny)
        np.testing.assert_allclose(values["dL_dx"][0, place], slope, rtol=1e-6)


def test_only_papers_that_ask_for_them_work_them_out(tmp_path: Path) -> None:
    """All others have the graph that they always had."""
    asking = load_exam(written(tmp_path, BANK), 3).exam.questions[0].shapes["A"].graph
    assert {"dL_dx", "W1_change", "b2_change"} <= {one.name for one in asking}
    plain = load_exam(written(tmp_path, changed(BANK, ('["dL_dx", "W1_change", "b_change", ', "["))), 3)
    assert {"dL_dx", "W1_change"}.isdisjoint(one.name for one in plain.exam.questions[0].shapes["A"].graph)


def test_misconceptions_of_steps_strike_changes() -> None:
    """Who climbs, or forgets the learning rate, has wrong changes, and who has no change the old values."""
    found = {one.misconception: one for one in patches(SHAPE, frozenset(["W1_change", "W1_new", "dL_dx"]))}
    assert {"ascent", "no-learning-rate", "no-update", "not-transposed", "single-path"} <= found.keys()
    assert found["ascent"].changed >= {"W1_change", "b2_change"}


def test_papers_say_what_a_change_is(tmp_path: Path) -> None:
    """With a symbol of its own in every box, sum and sentence."""
    loaded = load_exam(written(tmp_path, BANK), 3)
    [variant] = draw_variants(loaded, [Student("s1")])
    page = question_page(loaded.exam, variant)
    assert any("$\\Delta$ is a change" in line for line in page.symbols)
    assert page.questions[0].tasks[0].boxes[1].symbol == r"\Delta W^{(1)}"
    lines = repr(key_page(loaded.exam, variant).questions[0].sections)
    assert r"\\Delta W^{(1)}', '= -\\eta" in lines
    assert r"= b^{(2)} + \\Delta b^{(2)}" in lines
