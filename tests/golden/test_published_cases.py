"""The worked examples of the source documents: every figure that they print, their known slips, and their formulas.

The cases are in tests/cases; their README says how they are written.
"""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.network import NetworkShape, network_graph
from examgen.core.products import ProductSpec, ProductsShape, products_graph
from tests.oracles import Array, Numbers, by_autograd, random_givens

CASES = Path(__file__).parents[1] / "cases"
ALL = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in CASES.glob("*.json")}
STUDENTS = 50

SIGMOID, RELU, MIXED = "sigmoid-3-4-4-2", "relu-1-1-3-1", "relu-sigmoid-3-2-2-1"
DECIMALS = {
    SIGMOID: {"dL_db1": 3, "dL_dW1": 3},
    MIXED: {"a2[1]": 4},
    RELU: dict.fromkeys(ALL[RELU]["published"], 0),
}
"""Printed decimals where they are not 2."""
EXCEPTIONS = {(SIGMOID, "a2", (0,)), (MIXED, "a2[1]", ())}
"""Entries with a test of their own: case, name, 0-based index."""
FIGURES = [(case, name) for case in (SIGMOID, RELU, MIXED) for name in ALL[case]["published"]]


@pytest.mark.parametrize(("case", "name"), FIGURES)
def test_published_figures_are_reproduced(case: str, name: str) -> None:
    """Each printed figure, but for two, is the value rounded to the printed decimals."""
    printed, found = np.asarray(ALL[case]["published"][name]), _published_value(case, name)
    decimals = DECIMALS[case].get(name, 2)
    assert printed.shape == found.shape
    for index in np.ndindex(printed.shape):
        if (case, name, index) not in EXCEPTIONS:
            assert _rounded(found[index], decimals) == Decimal(str(printed[index].item())), (name, index)


def test_the_sigmoid_case_prints_one_activation_wrongly() -> None:
    """a2[1] is printed as 0.72; z2[1] = 1.01 gives 0.7339, which is 0.73."""
    printed, found = ALL[SIGMOID]["published"]["a2"][0], _published_value(SIGMOID, "a2")[0]
    assert printed == 0.72
    assert _rounded(found, 4) == Decimal("0.7339")
    assert _rounded(found, 2) == Decimal("0.73")


def test_the_mixed_case_starts_from_a_rounded_figure() -> None:
    """a2[1] is printed as 0.9011, the sigmoid of the printed z2[1] = 2.21; from 2.2142 it would be 0.9015."""
    printed = ALL[MIXED]["published"]
    graph, givens = _exercise(MIXED)
    assert _rounded(_published_value(MIXED, "a2[1]"), 4) == Decimal("0.9015")
    written = {"z2": np.array([[printed["z2[1]"], np.nan]])}
    found = evaluate(graph, givens, substitute=written)["a2"][0, 0]
    assert _rounded(found, 4) == Decimal(str(printed["a2[1]"]))


def test_the_relu_case_is_exact() -> None:
    """Doubles and fractions both give the printed integers, digit by digit."""
    graph, givens = _exercise(RELU)
    doubles, fractions = evaluate(graph, givens).values, evaluate(graph, as_fractions(givens)).values
    for name, printed in ALL[RELU]["published"].items():
        for values in (doubles, fractions):
            assert np.array_equal(_without_samples(name, values[name]), printed), name


def test_the_relu_scan_has_a_wrong_weight() -> None:
    """With 22 for the middle output weight, as the scan reads, a3 is neither 3939 nor the scan's 3989."""
    graph, givens = _exercise(RELU)
    givens["W3"][0, 1] = 22
    assert evaluate(graph, givens)["a3"].item() == 3699
    assert _published_value(RELU, "a3") == [3939]


@pytest.mark.parametrize(("name", "scanned", "right"), [("a3", 3989, 3939), ("dL_dW3", 283243, 283248)])
def test_the_relu_scan_has_misread_figures(name: str, scanned: int, right: int) -> None:
    """What the scan reads for the output and for its first weight gradient fits no other figure of the document."""
    found = _published_value(RELU, name).ravel()
    assert scanned not in found
    assert found[0] == right


def test_the_relu_document_skips_a_layer() -> None:
    """The document's bias gradient of layer 2, 7868, is layer 3's; its own are layer 2's dL_da, as all units are on."""
    assert _published_value(RELU, "dL_db3") == [7868]
    assert _published_value(RELU, "dL_db2").tolist() == ALL[RELU]["published"]["dL_da2"] == [149492, 212436, 243908]


def test_the_mixed_case_in_two_steps() -> None:
    """Both steps of the case, with both of its losses, agree with automatic differentiation."""
    for loss in ("half_squared_error", "binary_cross_entropy"):
        graph, givens = _exercise(MIXED, steps=2, loss=loss)
        shape = NetworkShape((3, 2, 2, 1), ("relu", "sigmoid", "sigmoid"), loss, steps=2)
        found = evaluate(graph, givens).values
        for name, value in by_autograd(shape, {name: given[np.newaxis] for name, given in givens.items()}).items():
            np.testing.assert_allclose(found[name], value[0], rtol=1e-12, atol=1e-14, err_msg=name)


def test_formulas_of_the_scalar_chain() -> None:
    """relu-sigmoid-1-1-1: the document's four derivatives of C = (A2 - Y)^2."""
    case = ALL["relu-sigmoid-1-1-1"]
    found, givens = _random_case(case)
    w2, x, y = (givens[name].ravel() for name in ("W2", "x", "y"))
    z1, A1, z2, A2 = (found[name].ravel() for name in ("z1", "a1", "z2", "a2"))
    error = _sigmoid(z2) * (1 - _sigmoid(z2)) * (2 * A2 - 2 * y)
    expected = {
        "dC/dw2": ("dL_dW2", A1 * error),
        "dC/db2": ("dL_db2", error),
        "dC/dw1": ("dL_dW1", x * (z1 > 0) * w2 * error),
        "dC/db1": ("dL_db1", (z1 > 0) * w2 * error),
    }
    assert set(expected) == set(case["formulas"])
    assert 0 < (z1 > 0).sum() < STUDENTS
    for name, value in expected.values():
        np.testing.assert_allclose(found[name].ravel(), value, rtol=1e-12, atol=1e-15, err_msg=name)


def test_formulas_of_two_outputs_that_read_one_unit() -> None:
    """tanh-sigmoid-2-1-2: a - y at the outputs, both paths added up, times 1 - a1^2, times the input."""
    case = ALL["tanh-sigmoid-2-1-2"]
    found, givens = _random_case(case)
    (y2, y3), (a2, a3) = givens["y"][:, 0].T, found["a2"][:, 0].T
    (w12, w13), a1 = givens["W2"][:, :, 0].T, found["a1"][:, 0, 0]
    common = ((a2 - y2) * w12 + (a3 - y3) * w13) * (1 - a1**2)
    np.testing.assert_allclose(found["dL_dz2"], found["a2"] - givens["y"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found["dL_db1"][:, 0], common, rtol=1e-12, atol=1e-15)
    for i in (0, 1):
        np.testing.assert_allclose(found["dL_dW1"][:, 0, i], common * givens["x"][:, 0, i], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("samples", [1, 3])
def test_the_four_equations_of_backpropagation(samples: int) -> None:
    """BP1 to BP4 with delta = dC/dz, entry by entry, added up over the samples of a mini-batch."""
    shape = NetworkShape((2, 3, 4, 2), ("sigmoid", "sigmoid", "sigmoid"), "half_squared_error", 1, samples)
    givens = random_givens(np.random.default_rng(samples), shape)
    v = evaluate(network_graph(shape), givens).values
    a = {0: givens["x"], **{layer: v[f"a{layer}"] for layer in (1, 2, 3)}}
    slope = {layer: _sigmoid(v[f"z{layer}"]) * (1 - _sigmoid(v[f"z{layer}"])) for layer in (1, 2, 3)}
    delta = {3: (a[3] - givens["y"]) / samples * slope[3]}
    for layer in (2, 1):
        delta[layer] = np.stack([givens[f"W{layer + 1}"].T @ row for row in delta[layer + 1]]) * slope[layer]
    for layer in (1, 2, 3):
        np.testing.assert_allclose(v[f"dL_dz{layer}"], delta[layer], rtol=1e-12, err_msg="BP1, BP2")
        np.testing.assert_allclose(v[f"dL_db{layer}"], sum(delta[layer]), rtol=1e-12, err_msg="BP3")
        for j, k in np.ndindex(shape.sizes[layer], shape.sizes[layer - 1]):
            BP4 = sum(a[layer - 1][sample, k] * delta[layer][sample, j] for sample in range(samples))
            np.testing.assert_allclose(v[f"dL_dW{layer}"][j, k], BP4, rtol=1e-12, err_msg="BP4")


def test_row_form_with_the_bias_folded_in() -> None:
    """x W with a constant input of 1: W <- W - alpha (layer input)^T delta gives the new weights and biases."""
    shape = NetworkShape((2, 2, 1), ("sigmoid", "sigmoid"), "half_squared_error", samples_per_step=4)
    givens = random_givens(np.random.default_rng(9), shape)
    v = evaluate(network_graph(shape), givens).values
    W = [np.vstack([givens[f"W{layer}"].T, givens[f"b{layer}"]]) for layer in (1, 2)]
    inputs = _with_ones(givens["x"])
    hidden = _with_ones(_sigmoid(inputs @ W[0]))
    output = _sigmoid(hidden @ W[1])
    delta2 = (output - givens["y"]) / 4 * output * (1 - output)
    delta1 = (delta2 @ W[1].T * hidden * (1 - hidden))[:, :-1]
    for layer, (layer_input, delta) in enumerate(((inputs, delta1), (hidden, delta2)), start=1):
        updated = W[layer - 1] - givens["learning_rate"] * layer_input.T @ delta
        found = np.vstack([v[f"W{layer}_new"].T, v[f"b{layer}_new"]])
        np.testing.assert_allclose(found, updated, rtol=1e-12)


@pytest.mark.parametrize("saturated", [-12.0, 12.0])
def test_a_saturated_output_learns_slowly(saturated: float) -> None:
    """The document's remark on BP1: where sigma(z) is near 0 or 1, the weights hardly move."""
    graph, givens = _exercise(SIGMOID)
    moved = givens | {"b3": np.full(2, saturated)}
    for name in ("dL_dW3", "dL_db3"):
        assert np.abs(evaluate(graph, moved)[name]).max() < 1e-3 * np.abs(evaluate(graph, givens)[name]).max()


def test_published_matrix_warm_ups() -> None:
    """Row times column, column times row, and the remark's elementwise product."""
    for warm_up in ALL["relu-sigmoid-1-1-1"]["matrix_warm_ups"][:2]:
        assert _product("matrix_product", warm_up["left"], warm_up["right"]) == warm_up["product"], warm_up["ask"]
    assert _product("hadamard_product", [[1, 2]], [[3, 4]]) == [[3, 8]]


def test_the_published_affine_map() -> None:
    """W_hidden X + b_hidden, for the printed matrix, row by row."""
    W = ALL["relu-sigmoid-1-1-1"]["matrix_warm_ups"][2]["W_hidden"]
    found = _product("affine_map", W, [[1], [2], [-1]], [[0.5], [0.25], [0]])
    by_hand = [[0.05629 + 2 * 0.596 - 0.238 + 0.5], [0.303 + 2 * 0.421 - 0.855 + 0.25], [0.655 + 2 * 0.457 - 0.618]]
    np.testing.assert_allclose(found, by_hand, rtol=1e-14)


def _exercise(case: str, steps: int = 1, loss: str = "") -> tuple[Any, Numbers]:
    """The graph of a case and its numbers, with the samples of so many steps."""
    data = ALL[case]
    layers, samples = data["layers"], data["samples"][:steps]
    givens = {letter: np.array([sample[letter] for sample in samples], dtype=float) for letter in "xy"}
    givens["learning_rate"] = np.array(data.get("learning_rate", 1.0))
    for number, layer in enumerate(layers, start=1):
        givens[f"W{number}"] = np.array(layer["weights"], dtype=float)
        givens[f"b{number}"] = np.array(layer["biases"], dtype=float)
    sizes = (len(samples[0]["x"]), *(len(layer["biases"]) for layer in layers))
    activations = tuple(layer["activation"] for layer in layers)
    return network_graph(NetworkShape(sizes, activations, loss or data["loss"], steps)), givens


def _published_value(case: str, name: str) -> Array:
    """The value of a published name such as `dL_dW2` or, with a 1-based entry, `z2[1]`; without the sample's axis."""
    quantity, _, entry = name.partition("[")
    values = _without_samples(quantity, evaluate(*_exercise(case))[quantity])
    return values[int(entry[:-1]) - 1] if entry else values


def _without_samples(name: str, value: Array) -> Array:
    return value if name.startswith(("dL_dW", "dL_db")) else value[0]


def _rounded(value: Array | float, decimals: int) -> Decimal:
    return Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _random_case(case: dict[str, Any]) -> tuple[Numbers, Numbers]:
    """Values and givens of many random papers on the network of a case that has formulas only."""
    shape = NetworkShape(tuple(case["sizes"]), tuple(case["activations"]), case["loss"])
    givens = random_givens(np.random.default_rng(17), shape, STUDENTS)
    return dict(evaluate(network_graph(shape), givens).values), givens


def _sigmoid(z: Array) -> Array:
    return np.asarray(np.exp(z) / (np.exp(z) + 1))


def _with_ones(rows: Array) -> Array:
    return np.hstack([rows, np.ones((len(rows), 1))])


def _product(operation: str, *matrices: list[list[float]]) -> list[list[float]]:
    left, right, *_ = (np.shape(matrix) for matrix in matrices)
    graph = products_graph(ProductsShape((ProductSpec(operation, (left[0], left[1]), (right[0], right[1])),)))
    givens = {f"{letter}1": np.array(matrix) for letter, matrix in zip("ABC", matrices, strict=False)}
    product: list[list[float]] = evaluate(graph, givens)["product1"].tolist()
    return product
