"""Penalties and optimizers against automatic differentiation, central differences and textbook steps in 50 digits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from mpmath import mp

import examgen
from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.patches import patches
from examgen.core.network import NetworkShape, network_graph
from examgen.documents.paper.papers import key_page, question_page
from examgen.errors import BankError
from examgen.exams.banks.bank_files import load_bank
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.naming.notation import NOTATIONS
from tests.latex_values import value_of
from tests.oracles import AUTOGRAD_ACTIVATIONS, AUTOGRAD_LOSSES, Array, Numbers, random_givens
from tests.property.test_reference_formulas import check_all_right

SHAPES = [
    NetworkShape((2, 3, 1), ("tanh", "sigmoid"), "half_squared_error", 3, 2, penalty="l2"),
    NetworkShape((2, 2), ("softmax",), "cross_entropy", 3, penalty="l2", optimizer="momentum"),
    NetworkShape((2, 2, 1), ("tanh", "identity"), "squared_error", 4, optimizer="adam"),
    NetworkShape((1, 2, 1), ("softplus", "sigmoid"), "binary_cross_entropy", 3, 2, batch="sum", penalty="l2",
                 optimizer="adam", bias=(True, False), frozen=("b1",)),
]  # fmt: skip
CONSTANTS = {"l2": 0.3, "momentum": 0.9, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

BANK = """title = "T"
notation = "{notation}"
[network]
sizes = [2, 2, 1]
activations = ["tanh", "sigmoid"]
loss = "half_squared_error"
steps = 2
{more}
[values]
weights = {{ min = "-0.9", max = "0.9", step = "0.1", exclude = ["0"] }}
biases = {{ min = "-0.5", max = "0.5", step = "0.1" }}
x = {{ choices = ["-1", "0.5", "2"] }}
y = {{ choices = ["0", "1"] }}
learning_rate = {{ choices = ["0.5", "0.2"] }}
[digits]
decimals = 4
[[tasks]]
text = "Go."
ask = {ask}
"""
MOMENTUM = 'optimizer = { name = "momentum" }\npenalty = { l2 = 0.1 }'
ADAM = 'optimizer = { name = "adam", epsilon = 0 }'


def givens_of(shape: NetworkShape) -> Numbers:
    """Numbers for one student."""
    givens = random_givens(np.random.default_rng(3), shape, decimals=2)
    names = {given.name: given for given in shape.graph.givens}
    return {name: value for name, value in givens.items() if name in names} | {
        name: np.array(value) for name, value in CONSTANTS.items() if name in names
    }


def loss_of(shape: NetworkShape, parameters: Mapping[str, Any], x: Array, y: Array, factor: float) -> Any:
    """The loss with its penalty, from definitions."""
    a: Any = x
    for layer, name in enumerate(shape.activations, start=1):
        a = AUTOGRAD_ACTIVATIONS[name](anp.dot(a, parameters[f"W{layer}"].T) + parameters.get(f"b{layer}", 0.0))
    losses = AUTOGRAD_LOSSES[shape.loss](a, y)
    total = anp.sum(losses) if shape.batch == "sum" else anp.mean(losses)
    weights = (value for name, value in parameters.items() if name[0] == "W")
    return total + factor / 2 * sum(anp.sum(value**2) for value in weights)


@pytest.mark.parametrize("shape", SHAPES)
def test_losses_gradients_and_steps_are_right(shape: NetworkShape) -> None:
    """Gradients as HIPS autograd has them, and steps by the textbook in 50 digits, step after step."""
    givens = givens_of(shape)
    found = evaluate(network_graph(shape), givens).values
    parameters = {name: value for name, value in givens.items() if name[0] in "Wb" and name[1:].isdigit()}
    kept: dict[str, list[Any]] = {}
    factor, rate = float(givens.get("l2", 0)), mp.mpf(float(givens["learning_rate"]))
    count = shape.samples_per_step
    for step in range(1, shape.steps + 1):
        at = "" if step == 1 else f"@{step}"
        rows = slice((step - 1) * count, step * count)
        x, y = givens["x"][rows], givens["y"][rows]
        assert found[f"loss{at}"] == pytest.approx(loss_of(shape, parameters, x, y, factor), abs=1e-12)
        slopes = grad(lambda moved: loss_of(shape, moved, x, y, factor))(parameters)  # noqa: B023
        new = dict(parameters)
        for name, value in parameters.items():
            if name in (shape.frozen or ()):
                continue
            np.testing.assert_allclose(found[f"dL_d{name}{at}"], slopes[name], atol=1e-12)
            with mp.workdps(50):
                new[name] = stepped(shape.optimizer, value, slopes[name], rate, kept.setdefault(name, []), step)
            np.testing.assert_allclose(found[f"{name}_new{at}"], new[name], atol=1e-10)
        parameters = new


def stepped(optimizer: str | None, value: Array, slope: Array, rate: Any, kept: list[Any], step: int) -> Array:
    """The new parameter; `kept` is what goes on to the next step."""
    exact = np.vectorize(mp.mpf, otypes=[object])
    w, g = exact(value), exact(slope)
    if optimizer is None:
        return np.asarray(w - rate * g, dtype=float)
    if optimizer == "momentum":
        v = mp.mpf(0.9) * (kept[0] if kept else 0 * g) - rate * g
        kept[:] = [v]
        return np.asarray(w + v, dtype=float)
    m, v = kept or (0 * g, 0 * g)
    b1, b2 = mp.mpf(0.9), mp.mpf(0.999)
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    kept[:] = [m, v]
    root = np.vectorize(mp.sqrt, otypes=[object])(v / (1 - b2**step))
    return np.asarray(w - rate * (m / (1 - b1**step)) / (root + mp.mpf(1e-8)), dtype=float)


def test_penalised_gradients_equal_central_differences() -> None:
    """Moving a weight changes the loss at the rate of its gradient, the penalty included."""
    shape = SHAPES[0]
    graph, givens = network_graph(shape), givens_of(shape)
    slopes = evaluate(graph, givens)["dL_dW1"]
    for index in np.ndindex(*slopes.shape):
        ends = []
        for change in (1e-5, -1e-5):
            moved = {name: value.copy() for name, value in givens.items()}
            moved["W1"][index] += change
            ends.append(float(evaluate(graph, moved)["loss"]))
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(slopes[index], abs=1e-8)


@pytest.mark.parametrize(
    ("shape", "misconception"),
    [(SHAPES[0], "penalty-forgotten"), (SHAPES[1], "momentum-forgotten"), (SHAPES[2], "momentum-forgotten"),
     (SHAPES[2], "bias-correction-forgotten"), (SHAPES[1], "ascent"), (SHAPES[2], "no-learning-rate"),
     (SHAPES[2], "no-update"), (SHAPES[1], "stale-weights")],
)  # fmt: skip
def test_usual_mistakes_apply(shape: NetworkShape, misconception: str) -> None:
    """What students forget shows in the new weights, however these are worked out."""
    asked = frozenset(one.name for one in shape.graph.derived if one.kind in {"W_new", "b_new"})
    assert misconception in {patch.misconception for patch in patches(shape, asked)}


@pytest.mark.parametrize("more", [MOMENTUM, ADAM], ids=["momentum", "adam"])
@pytest.mark.parametrize("notation", sorted(set(NOTATIONS) - {"scalar"}))
def test_numbers_of_the_steps_are_true(tmp_path: Path, more: str, notation: str) -> None:
    """Every line of an update whose numbers are put in comes to its result, in each notation."""
    path = written(tmp_path, more, notation=notation)
    loaded = load_exam(str(path), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    [part] = key_page(loaded.exam, variant).questions
    lines = [line for section in part.sections if "Update" in section.title for line in section.lines]
    assert lines
    for line in lines:
        *_, numbers, result = line.relations
        assert len(line.relations) in (3, 4)
        if len(line.relations) == 4:
            assert value_of(numbers.removeprefix("= ")).may_equal(value_of(result.removeprefix("= "))), line.relations


@pytest.mark.parametrize("shape", SHAPES)
def test_formulas_of_penalties_and_steps_are_right(shape: NetworkShape) -> None:
    """As a student may type them, in one notation after another."""
    notations = sorted(set(NOTATIONS) - {"scalar"})
    assert check_all_right(shape, network_graph(shape), notations[SHAPES.index(shape) % len(notations)]) > 20


@pytest.mark.parametrize(("more", "draws"), [(MOMENTUM, 3), (ADAM, 10)], ids=["momentum", "adam"])
def test_the_check_of_a_bank_is_content(tmp_path: Path, more: str, draws: int) -> None:
    """Who has a misconception is named, and right work in each notation has all its marks."""
    report = examgen.check(str(written(tmp_path, more)), draws=draws)
    assert not report.problems


def test_velocities_of_weights_and_biases_are_told_apart(tmp_path: Path) -> None:
    """By their names on the paper, and in the key by the column that biases do not have."""
    path = written(tmp_path, MOMENTUM, ask='["velocity", "W_new", "b_new"]')
    folder = examgen.make(str(path), seed=1, out=tmp_path / "out").folder
    lines = (folder / "key" / "answers.csv").read_text(encoding="utf-8").splitlines()
    assert any(",s1_v_w1_1_2_new," in line and ",velocity,1,1,,2,1," in line for line in lines)
    assert any(",s2_v_b1_2_new," in line and ",velocity,1,2,,2,," in line for line in lines)


def test_a_paper_says_what_penalty_and_steps_are(tmp_path: Path) -> None:
    """With the numbers of both among what is given."""
    loaded = load_exam(str(written(tmp_path, MOMENTUM)), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    [part] = question_page(loaded.exam, variant).questions
    text = " ".join(part.text)
    assert "Steps are taken with momentum" in text
    assert "The penalty $R$ is half of" in text
    assert "+ R$" in text
    assert r"\lambda = 0.1,\quad \mu = 0.9" in part.givens[-1].latex


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            'optimizer = { name = "adam", momentum = 0.9 }',
            "momentum is no number of adam; it has beta1, beta2, epsilon",
        ),
        ('optimizer = { name = "adagrad" }', "adagrad"),
        ("penalty = { l1 = 0.1 }", "network.penalty.l1: unknown key"),
        ("penalty = { l2 = 0 }", "network.penalty.l2"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, more: str, message: str) -> None:
    """One line says what is wrong and what is allowed."""
    with pytest.raises(BankError, match=message):
        load_exam(str(written(tmp_path, more)), 1)


def test_banks_without_them_say_nothing_of_them(tmp_path: Path) -> None:
    """The content of a bank, by which its exam is called, is what it was."""
    text = load_bank(written(tmp_path, "")).model_dump_json()
    assert "optimizer" not in text
    assert "penalty" not in text


def written(
    folder: Path, more: str, ask: str = '["loss", "dL_dW", "W_new", "b_new"]', notation: str = "from-to"
) -> Path:
    """A bank file."""
    path = folder / "bank.toml"
    path.write_text(BANK.format(more=more, ask=ask, notation=notation), encoding="utf-8")
    return path
