"""Steps on the same samples or some in turn, and added up mini-batches, against automatic differentiation."""

from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.patches import patches
from examgen.core.network import NetworkShape, network_graph
from examgen.documents.pages import QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.oracles import by_autograd, random_givens, scale_of

ONE = NetworkShape((2, 3, 1), ("tanh", "sigmoid"), "half_squared_error", steps=3, given_samples=1)
IN_TURN = NetworkShape((2, 2), ("tanh",), "squared_error", 4, 2, given_samples=4)
SUM = NetworkShape((2, 3, 2), ("tanh", "softmax"), "cross_entropy", 2, 3, batch="sum")
PERCEPTRON = NetworkShape((2, 1), ("step",), "perceptron", steps=6, given_samples=4)

BANK = """title = "T"
[network]
sizes = [2, 1]
activations = ["step"]
loss = "perceptron"
steps = 5
{more}
[fixed]
W1 = [[0, 0]]
b1 = [0]
x = [[1, 1], [2, 2], [0, 0], [1, 0]]
y = [[1], [1], [0], [0]]
learning_rate = 1
[digits]
decimals = 0
[[tasks]]
text = "Go."
ask = ["W_new", "b_new"]
"""


@pytest.mark.parametrize("shape", [ONE, IN_TURN, SUM, PERCEPTRON])
def test_steps_use_the_samples_that_are_theirs(shape: NetworkShape) -> None:
    """Every quantity of every step agrees with HIPS autograd on the rows that the step uses."""
    givens = random_givens(np.random.default_rng(5), shape, 10)
    assert givens["x"].shape[1] == shape.samples
    found, expected = evaluate(network_graph(shape), givens).values, by_autograd(shape, givens)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-12 * scale_of(value), err_msg=name)


def test_features_that_stay_feed_a_perceptron() -> None:
    """Hidden steps are no way back: the layers before the last stay as they are given, or the network is refused."""
    shape = NetworkShape((2, 2, 1), ("step", "step"), "perceptron", frozen=("W1", "b1"))
    givens = {
        "x": [[1, 1]], "y": [[0]], "W1": [[1, 1], [-1, -1]], "b1": [-0.5, 1.5], "W2": [[1, 1]], "b2": [-0.5],
        "learning_rate": 0.5,
    }  # fmt: skip
    found = evaluate(network_graph(shape), {name: np.array(value, dtype=float) for name, value in givens.items()})
    assert found["a1"].tolist() == [[1, 0]]
    assert found["W2_new"].tolist() == [[0.5, 1]]
    assert "dL_dz1" not in network_graph(shape)
    for loss in ("perceptron", "squared_error"):
        with pytest.raises(ValueError, match="frozen"):
            NetworkShape((2, 2, 1), ("step", "step" if loss == "perceptron" else "sigmoid"), loss)


def test_no_mistake_is_seen_where_the_sample_is_right() -> None:
    """Who takes the first sample again is right where all steps have it, and wrong where there are others."""
    for shape, can_show in ((ONE, False), (IN_TURN, True)):
        asked = frozenset(one.name for one in shape.graph.derived if one.kind == "W_new")
        assert ("same-sample" in {patch.misconception for patch in patches(shape, asked)}) == can_show


def test_a_mean_for_a_sum_is_a_mistake() -> None:
    """Dividing by the number of samples is noticed where they are added up."""
    asked = frozenset(one.name for one in SUM.graph.derived)
    assert "sum-for-mean" in {patch.misconception for patch in patches(SUM, asked)}


def test_a_page_says_which_sample_a_step_uses(tmp_path: Path) -> None:
    """Four samples stand there once, and the key names that of each step."""
    part = question(tmp_path, 'samples = "cycle"')
    assert [given.label for given in part.givens if given.label] == [f"Sample {number}" for number in range(1, 5)]
    assert "The steps use the 4 samples in turn, and after the last one the first again, in step 5." in part.text
    openings = [section.lines[0].text for section in part.sections if section.title.endswith("Forward pass")]
    assert [opening.partition(".")[0] for opening in openings] == [
        f"This step uses sample {number}" for number in (1, 2, 3, 4, 1)
    ]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('samples = "cycle"\nsamples_per_step = 3', "4 samples cannot be used in turn by steps with 3 each"),
        ('batch = "sum"', "batch = sum is for mini-batches"),
        ("sample_count = 4", 'give samples = "cycle" with it'),
        ('samples = "last"', "network.samples"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, more: str, message: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(BankError, match=message):
        question(tmp_path, more)


def question(folder: Path, more: str) -> QuestionPart:
    """The page of the key of a bank."""
    path = folder / "bank.toml"
    path.write_text(BANK.format(more=more), encoding="utf-8")
    loaded = load_exam(str(path), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    [part] = key_page(loaded.exam, variant).questions
    return part
