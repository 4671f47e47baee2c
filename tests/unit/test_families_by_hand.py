"""Shipped families of perceptrons, single weights, optimizers and signs: their answers, computed once more by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.paper_shapes import PaperShape, paper_shape

Numbers = Mapping[str, np.ndarray]
CLASS = [Student(str(number)) for number in range(8)]


def solved(name: str) -> list[tuple[PaperShape, Numbers, dict[str, float]]]:
    """Shape, given numbers, and right answers by field, of each paper of a small class."""
    loaded = load_exam(name, 7)
    [question] = loaded.exam.questions
    found = []
    for variant in draw_variants(loaded, CLASS):
        numbers = variant.questions[question.id]
        paper = paper_shape(question, numbers.label, loaded.exam.notation)
        values = evaluate(paper.graph, dict(numbers.givens)).values
        answers = {
            f"{field.quantity}{list(field.index)}": float(values[field.quantity][field.index])
            for field in paper.number_fields
        }
        found.append((paper, numbers.givens, answers))
    return found


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-z)))


def test_a_perceptron_learns_where_it_is_wrong() -> None:
    """Weights move by the rate times the error times the input, sample by sample."""
    for _, given, answers in solved("perceptron"):
        w, b, rate = given["W1"][0], given["b1"][0], given["learning_rate"]
        for step, (x, y) in enumerate(zip(given["x"], given["y"][:, 0], strict=True), start=1):
            behind = "" if step == 1 else f"@{step}"
            z = w @ x + b
            error = y - (1.0 if z >= 0 else 0.0)
            w, b = w + rate * error * x, b + rate * error
            assert answers[f"z1{behind}[0, 0]"] == pytest.approx(z)
            assert [answers[f"W1_new{behind}[0, {place}]"] for place in (0, 1)] == pytest.approx(list(w))
            assert answers[f"b1_new{behind}[0]"] == pytest.approx(b)


def test_one_weight_has_one_path() -> None:
    """Its derivative is one product, and its step goes down."""
    slopes = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a**2}
    for paper, given, answers in solved("one-weight"):
        hidden = paper.shape.text.split(", ")[1]
        a1 = np.array([sigmoid(q) if hidden == "sigmoid" else np.tanh(q) for q in given["W1"] @ given["x"][0]])
        a2 = sigmoid(given["W2"][0] @ a1)
        delta = (a2 - given["y"][0, 0]) * slopes["sigmoid"](a2)
        gradient = delta * given["W2"][0, 1] * slopes[hidden](a1[1]) * given["x"][0, 0]
        assert answers == {
            "dL_dz2[0, 0]": pytest.approx(delta),
            "dL_dW1[1, 0]": pytest.approx(gradient),
            "W1_new[1, 0]": pytest.approx(given["W1"][1, 0] - given["learning_rate"] * gradient),
        }


def test_momentum_keeps_a_share_of_the_step_before() -> None:
    """The velocity is that share less the rate times the gradient, and is added to the weights."""
    for _, given, answers in solved("momentum"):
        w, x, y, velocity = given["W1"][0], given["x"][0], given["y"][0, 0], np.zeros(2)
        for behind in ("", "@2", "@3"):
            velocity = 0.8 * velocity - given["learning_rate"] * (w @ x - y) * x
            w = w + velocity
            assert [answers[f"W1_new{behind}[0, {place}]"] for place in (0, 1)] == pytest.approx(list(w))


def test_adam_corrects_its_moments() -> None:
    """Both are divided by what they have seen of the gradients so far."""
    for _, given, answers in solved("adam"):
        w, x, y, first, second = given["W1"][0], given["x"][0], given["y"][0, 0], np.zeros(2), np.zeros(2)
        for step in (1, 2):
            a = sigmoid(w @ x)
            gradient = (a - y) * a * (1 - a) * x
            first, second = 0.8 * first + 0.2 * gradient, 0.9 * second + 0.1 * gradient**2
            w = w - given["learning_rate"] * first / (1 - 0.8**step) / np.sqrt(second / (1 - 0.9**step))
            behind = "" if step == 1 else "@2"
            assert [answers[f"W1_new{behind}[0, {place}]"] for place in (0, 1)] == pytest.approx(list(w))


def test_error_terms_of_the_classical_sign_are_added() -> None:
    """δ is the target minus the output times the slope, and a change is the rate times δ times the input."""
    for _, given, answers in solved("descent-sign"):
        x, rate = given["x"][0], given["learning_rate"]
        hidden = sigmoid(given["W1"] @ x + given["b1"])
        output = sigmoid(given["W2"] @ hidden + given["b2"])
        outer = (given["y"][0] - output) * output * (1 - output)
        inner = given["W2"].T @ outer * hidden * (1 - hidden)
        assert answers["dL_dz2[0, 0]"] == pytest.approx(outer[0])
        assert [answers[f"dL_dz1[0, {unit}]"] for unit in (0, 1)] == pytest.approx(list(inner))
        for to, of in np.ndindex(2, 2):
            assert answers[f"W1_change[{to}, {of}]"] == pytest.approx(rate * inner[to] * x[of])
        for of in (0, 1):
            assert answers[f"W2_new[0, {of}]"] == pytest.approx(given["W2"][0, of] + rate * outer[0] * hidden[of])
