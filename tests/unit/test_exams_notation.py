"""What each notation calls the same entry, against the table of notations in the design."""

from dataclasses import replace

import pytest

from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.exams.fields import shown_places
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming

NETWORK = NetworkShape((3, 2, 1), ("relu", "sigmoid"), "half_squared_error")
BATCH = NetworkShape((3, 2, 1), ("relu", "sigmoid"), "half_squared_error", samples_per_step=4)
CHAIN = NetworkShape((1, 1, 1), ("tanh", "sigmoid"), "squared_error")
PRODUCTS = ProductsShape((ProductSpec("matrix_product", (2, 3), (3, 12)),))
WIDE = ("from-to", "to-from-da", "nielsen", "row")


def naming(notation: str, shape: Exercise) -> Naming:
    return Naming(NOTATIONS[notation], shape, shape.graph)


def graph_of(shape: Exercise) -> ComputationGraph:
    return shape.graph


# The weight of the first layer to unit 2 from unit 3, which is stored in row 1, column 2.
@pytest.mark.parametrize(
    ("notation", "latex", "text", "field"),
    [
        ("from-to", "w^{(1)}_{32}", "w⁽¹⁾₃₂", "w1_3_2"),
        ("to-from-da", "w^{(1)}_{23}", "w⁽¹⁾₂₃", "w1_2_3"),
        ("nielsen", "w^{1}_{23}", "w¹₂₃", "w1_2_3"),
        ("row", "w^{(1)}_{32}", "w⁽¹⁾₃₂", "w1_3_2"),
    ],
)
def test_weights_are_named_by_where_they_lead(notation: str, latex: str, text: str, field: str) -> None:
    """w_ij from i to j, or w_jk to j from k; gradients and new weights alike."""
    names = naming(notation, NETWORK)
    cost = NOTATIONS[notation].cost
    symbol = names.entry("W1", (1, 2))
    assert (symbol.latex, symbol.unicode, symbol.ascii) == (latex, text, field)
    gradient = names.entry("dL_dW1", (1, 2))
    assert gradient.latex == rf"\frac{{\partial {cost}}}{{\partial {latex}}}"
    assert (gradient.unicode, gradient.ascii) == (f"∂{cost}/∂{text}", f"d{cost}_d{field}")
    new = names.entry("W1_new", (1, 2))
    assert (new.latex, new.unicode, new.ascii) == (rf"{latex[:-1]},\text{{new}}}}", f"{text} new", f"{field}_new")


@pytest.mark.parametrize(
    ("notation", "delta", "gradient", "activation"),
    [
        ("from-to", ("dL_dz1", "delta1_2"), ("dL_da1", "dL_da1_2"), "a1_2"),
        ("to-from-da", ("dL_da1", "delta2_2"), ("dL_dz1", "dC_dz2_2"), "a2_2"),
        ("nielsen", ("dL_dz1", "delta1_2"), ("dL_da1", "dC_da1_2"), "a1_2"),
        ("row", ("dL_dz1", "delta1_2"), ("dL_da1", "dC_da1_2"), "a1_2"),
    ],
)
def test_delta_is_the_gradient_of_the_table(
    notation: str, delta: tuple[str, str], gradient: tuple[str, str], activation: str
) -> None:
    """One of dL_da and dL_dz is called delta, the other is a derivative; layers count from the inputs or from 1."""
    names = naming(notation, NETWORK)
    for name, field in (delta, gradient):
        assert names.entry(name, (0, 1)).ascii == field
    assert names.entry("a1", (0, 1)).ascii == activation
    assert names.entry("loss", ()).ascii == NOTATIONS[notation].cost


@pytest.mark.parametrize(
    ("notation", "inputs"), [("from-to", "x"), ("to-from-da", "a^{(1)}"), ("nielsen", "a^{0}"), ("row", "x")]
)
def test_inputs_are_x_or_the_first_activations(notation: str, inputs: str) -> None:
    """a⁽¹⁾ = x where layers count the inputs, a⁰ = x in Nielsen's book, x elsewhere."""
    assert naming(notation, NETWORK).whole("x") == inputs


def test_a_chain_has_no_indices_and_no_delta() -> None:
    """Width 1 only: w1, b1, A1, and derivatives of C."""
    names = naming("scalar", CHAIN)
    fields = [names.entry(quantity.name, (0,) * len(quantity.shape)).ascii for quantity in graph_of(CHAIN).derived]
    assert " ".join(fields) == (
        "z1 A1 z2 A2 C dC_dA2 slope2 dC_dz2 dC_dw2 dC_db2 dC_dA1 slope1 dC_dz1 dC_dw1 dC_db1 "
        "w1_new b1_new w2_new b2_new"
    )


@pytest.mark.parametrize("notation", WIDE)
def test_weight_matrices_are_shown_as_their_indices_say(notation: str) -> None:
    """Row and column of the shown weights are the two indices; stored rows are receiving units."""
    names, graph = naming(notation, NETWORK), graph_of(NETWORK)
    is_stored = notation in ("to-from-da", "nielsen")
    for name in ("W1", "dL_dW1", "W1_new"):
        shown = shown_places(names, graph[name])
        assert shown == (
            [[(0, 0), (0, 1), (0, 2)], [(1, 0), (1, 1), (1, 2)]]
            if is_stored
            else [[(0, 0), (1, 0)], [(0, 1), (1, 1)], [(0, 2), (1, 2)]]
        )


@pytest.mark.parametrize(
    ("notation", "name", "whole", "entry", "field"),
    [
        ("from-to", "dL_da1", r"\frac{\partial L_{s}}{\partial A^{(1)}}", "∂L₃/∂a⁽¹⁾₂₃", "dL3_da1_2_3"),
        ("row", "dL_da1", r"\frac{\partial C_{s}}{\partial A^{(1)}}", "∂C₃/∂a⁽¹⁾₃₂", "dC3_da1_3_2"),
        ("to-from-da", "dL_dz1", r"\frac{\partial C_{s}}{\partial Z^{(2)}}", "∂C₃/∂z⁽²⁾₂₃", "dC3_dz2_2_3"),
        ("nielsen", "dL_dz1", r"\delta^{1}", "δ¹₂₃", "delta1_2_3"),
        ("from-to", "dL_dW1", r"\frac{\partial L}{\partial W^{(1)}}", "∂L/∂w⁽¹⁾₂₂", "dL_dw1_2_2"),
    ],
)
def test_derivatives_of_a_sample_are_those_of_its_own_loss(
    notation: str, name: str, whole: str, entry: str, field: str
) -> None:
    """Where δ is that of each sample, the third sample's loss is L₃ and any sample's L_s; weights have the mean's L."""
    names = naming(notation, replace(BATCH, batch_delta="sample"))
    assert names.whole(name) == whole
    symbol = names.entry(name, (1, 1) if name == "dL_dW1" else (2, 1))
    assert (symbol.unicode, symbol.ascii) == (entry, field)


@pytest.mark.parametrize("notation", WIDE)
def test_samples_are_columns_but_in_row_notation(notation: str) -> None:
    """Activations of four samples are a 2x4 matrix, or a 4x2 one where activations are rows."""
    names, graph = naming(notation, BATCH), graph_of(BATCH)
    shown = shown_places(names, graph["a1"])
    size = (len(shown), len(shown[0]))
    assert size == ((4, 2) if notation == "row" else (2, 4))
    bias = shown_places(names, graph["dL_db1"])
    assert bias == ([[(0,), (1,)]] if notation == "row" else [[(0,)], [(1,)]])
    third_of_unit_two = names.entry("a1", (2, 1)).ascii
    layer = "2" if notation == "to-from-da" else "1"
    assert third_of_unit_two == (f"a{layer}_3_2" if notation == "row" else f"a{layer}_2_3")


def test_two_digit_indices_are_kept_apart() -> None:
    """Entry 1, 11 of a product is not entry 11, 1: from the tenth on there is a comma."""
    names = naming("from-to", PRODUCTS)
    symbols = [names.entry("product1", place) for place in ((0, 8), (0, 10), (1, 0))]
    assert [symbol.latex for symbol in symbols] == [
        r"\left(P_{1}\right)_{19}",
        r"\left(P_{1}\right)_{1,11}",
        r"\left(P_{1}\right)_{21}",
    ]
    assert [symbol.ascii for symbol in symbols] == ["P1_1_9", "P1_1_11", "P1_2_1"]
    wide = NetworkShape((12, 11), ("tanh",), "squared_error")
    assert naming("from-to", wide).entry("W1", (10, 0)).latex == "w^{(1)}_{1,11}"
    assert naming("from-to", wide).entry("W1", (0, 10)).latex == "w^{(1)}_{11,1}"


@pytest.mark.parametrize("notation", NOTATIONS)
def test_later_steps_are_named_by_their_step(notation: str) -> None:
    """Field ids of a question with several steps begin with s1_, s2_, …"""
    shape = NetworkShape((1, 1), ("tanh",), "squared_error", steps=2)
    names = naming(notation, shape)
    for name in ("z1", "W1_new", "loss"):
        index = (0,) * len(graph_of(shape)[name].shape)
        first, second = names.entry(name, index).ascii, names.entry(f"{name}@2", index).ascii
        assert first.startswith("s1_")
        assert second == f"s2_{first.removeprefix('s1_')}"


def test_only_the_scalar_notation_refuses_networks() -> None:
    """It is for layers of one unit and single samples; products fit every notation."""
    shapes: tuple[Exercise, ...] = (NETWORK, BATCH, CHAIN, PRODUCTS)
    refused = {
        (notation, place)
        for notation, row in NOTATIONS.items()
        for place, shape in enumerate(shapes)
        if row.problem_with(shape)
    }
    assert refused == {("scalar", 0), ("scalar", 1)}
