"""Networks without biases, with weights or biases that stay, and with some numbers that are the same for all."""

from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.patches import patches
from examgen.core.network import NetworkShape
from examgen.documents.paper.papers import key_page, question_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.naming.notation import NOTATIONS
from tests.small_banks import DRAWN, changed, written

PLAIN = NetworkShape((2, 3, 1), ("tanh", "sigmoid"), "half_squared_error", steps=2, bias=(False, False))
FROZEN = NetworkShape((2, 3, 1), ("tanh", "sigmoid"), "half_squared_error", steps=2, frozen=("b1", "W2"))
WIDE = changed(
    DRAWN,
    ("[1, 1]", "[2, 3, 1]"),
    ('["sigmoid"]', '["tanh", "sigmoid"]'),
    ("loss =", "steps = 2\nbias = false\nloss ="),
    ('biases = { choices = ["0.1", 0.2] }\n', "learning_rate = { choices = [0.5] }\n"),
    ('["z", "a", "loss"]', '["z", "loss", "dL_dz", "dL_dW", "W_new"]'),
)


def _numbers(shape: NetworkShape) -> dict[str, np.ndarray]:
    draws = np.random.default_rng(4)
    return {one.name: draws.uniform(0.2, 0.8, size=one.shape) for one in shape.graph.givens}


@pytest.mark.parametrize(
    ("shape", "absent"),
    [(PLAIN, {"b1", "b2", "dL_db1", "b2_new"}), (FROZEN, {"dL_db1", "b1_new", "dL_dW2", "W2_new@2"})],
)
def test_what_is_absent_is_no_quantity(shape: NetworkShape, absent: set[str]) -> None:
    """Without a bias there is no number for it, and what is frozen has neither gradient nor new value."""
    assert absent.isdisjoint(one.name for one in shape.graph)


@pytest.mark.parametrize("shape", [PLAIN, FROZEN])
def test_steps_are_those_of_a_network_with_zeros_for_what_stays(shape: NetworkShape) -> None:
    """With biases of 0, or with what is frozen put back after the first step, a full network comes to the same."""
    full = NetworkShape(shape.sizes, shape.activations, shape.loss, steps=2)
    numbers = _numbers(shape)
    stays = {f"b{layer}": np.zeros(shape.sizes[layer]) for layer in (1, 2)} | numbers
    kept = {f"{name}_new": stays[name] for name in (shape.frozen or ("b1", "b2"))}
    found = evaluate(shape.graph, numbers)
    expected = evaluate(full.graph, {one.name: stays[one.name] for one in full.graph.givens}, substitute=kept)
    for quantity in shape.graph.derived:
        np.testing.assert_allclose(found[quantity.name], expected[quantity.name], rtol=1e-12, err_msg=quantity.name)


def test_nobody_forgets_a_bias_that_is_not_there() -> None:
    """Misconceptions about biases do not apply, and those about weights do."""
    asked = frozenset(one.name for one in PLAIN.graph.derived)
    names = {patch.misconception for patch in patches(PLAIN, asked)}
    assert "no-bias" not in names
    assert {"updated-weights", "no-update", "stale-weights"} <= names


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if name != "scalar"])
def test_no_page_has_a_bias_that_is_not_there(tmp_path: Path, notation: str) -> None:
    """Neither given numbers, nor the picture, nor the sums, nor the solution say anything of biases."""
    loaded = load_exam(written(tmp_path, WIDE), 3, notation)
    [variant] = draw_variants(loaded, [Student("s1")])
    for page in (question_page(loaded.exam, variant), key_page(loaded.exam, variant)):
        text = repr(page)
        assert "b^{" not in text
        assert "bias" not in text.replace("has_bias=False", "")
        assert "tilde" not in text


def test_frozen_biases_stand_beside_the_weights_in_rows(tmp_path: Path) -> None:
    """Where weights are learned and biases are not, no matrix holds both."""
    bank = changed(
        WIDE,
        ("bias = false", 'frozen = ["b1", "b2"]'),
        ("learning_rate", "biases = { choices = [0.1] }\nlearning_rate"),
    )
    loaded = load_exam(written(tmp_path, bank), 3, "row")
    text = repr(key_page(loaded.exam, draw_variants(loaded, [Student("s1")])[0]))
    assert "tilde" not in text
    assert "x W^{(1)} + b^{(1)}" in text


def test_what_is_fixed_is_the_same_for_all_and_the_rest_is_drawn(tmp_path: Path) -> None:
    """`[fixed]` beside `[values]`; a list stands for a matrix of one row, and a number for one of one entry."""
    bank = changed(
        WIDE,
        ("x = { min = 1, max = 2, step = 0.5 }\n", ""),
        ("[digits]", "[fixed]\nW2 = [0.5, -0.25, 1]\nx = [[1, 2], [2, 1]]\n[digits]"),
    )
    loaded = load_exam(written(tmp_path, bank), 3)
    papers = [one.questions["Q1"].givens for one in draw_variants(loaded, [Student(f"s{n}") for n in range(4)])]
    assert all(paper["W2"].tolist() == [[0.5, -0.25, 1.0]] for paper in papers)
    assert len({paper["W1"].tobytes() for paper in papers}) == 4
    assert loaded.exam.questions[0].given_decimals["W2"] == 2
