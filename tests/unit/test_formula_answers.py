"""Judging students' formulas against the graph, at many draws at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from examgen.core.equivalence.formula_answers import Judgement, Side, judge
from examgen.core.equivalence.formula_trials import drawn_givens, trials
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.misconceptions.patches import patches
from examgen.core.network import NetworkShape, network_graph
from examgen.core.network_layout import BatchDelta
from examgen.core.products import ProductSpec, ProductsShape, products_graph
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array, Rule
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.references.spellings import spellings
from tests.formula_texts import gradient_text
from tests.oracles import OUTPUTS, by_autograd, random_givens, random_shape

NETWORKS = (
    NetworkShape((2, 2, 1), ("relu", "sigmoid"), "half_squared_error"),
    NetworkShape((3, 2, 2, 1), ("relu", "sigmoid", "sigmoid"), "half_squared_error"),
    NetworkShape((3, 4, 4, 2), ("relu", "relu", "tanh"), "half_squared_error"),
    NetworkShape((1, 1, 1, 1), ("tanh", "sigmoid", "identity"), "half_squared_error"),
)
SMALL = NETWORKS[0]
Entry = tuple[str, tuple[int, ...]]


def judged(
    shape: NetworkShape,
    asked: Entry,
    text: str,
    patched: Mapping[str, Sequence[ComputationGraph]] | None = None,
    notation: str = "from-to",
) -> Judgement:
    graph = network_graph(shape)
    known = spellings(Naming(NOTATIONS[notation], shape, graph))
    formula = parse_formula(text, known)
    assert isinstance(formula, Formula), formula
    return judge(trials(graph, patched), asked, formula, known)


def misconceptions_of(shape: NetworkShape) -> Mapping[str, Sequence[ComputationGraph]]:
    found: dict[str, list[ComputationGraph]] = {}
    for patch in patches(shape, frozenset(quantity.name for quantity in network_graph(shape).derived)):
        found.setdefault(patch.misconception, []).append(patch.graph)
    return found


def entry_of(values: Values, entry: Entry) -> Array:
    place: tuple[Any, ...] = (..., *entry[1])
    return np.asarray(values[entry[0]][place])


def weights(shape: NetworkShape) -> list[tuple[int, int, int]]:
    pairs = zip(shape.sizes[1:], shape.sizes, strict=False)
    return [
        (layer, to, source)
        for layer, (targets, sources) in enumerate(pairs, start=1)
        for to in range(1, targets + 1)
        for source in range(1, sources + 1)
    ]


@pytest.mark.parametrize("shape", NETWORKS, ids=lambda shape: "-".join(map(str, shape.sizes)))
def test_the_sum_over_all_paths_is_right_for_every_weight(shape: NetworkShape) -> None:
    """The chain rule written out path by path is accepted, and gives what automatic differentiation gives."""
    graph = network_graph(shape)
    known = spellings(Naming(NOTATIONS["from-to"], shape, graph))
    on = trials(graph)
    numbers = random_givens(np.random.default_rng(5), shape, 7)
    values = evaluate(graph, numbers).values
    truth = by_autograd(shape, numbers)
    for layer, to, source in weights(shape):
        text = gradient_text(shape.sizes, shape.activations, (layer, to, source))
        formula = parse_formula(text, known)
        if not isinstance(formula, Formula):
            # Eight paths of four factors each are more than anybody should write in one line.
            assert formula.reason == "too_long"
            assert (shape.sizes, layer) == ((3, 4, 4, 2), 1)
            continue
        asked = (f"dL_dW{layer}", (to - 1, source - 1))
        assert judge(on, asked, formula, known) == Judgement("right", share=1.0)
        symbols = {name: entry_of(values, known[name]) for name in formula.symbols}
        np.testing.assert_allclose(
            evaluate_formula(formula, symbols), truth[asked[0]][:, to - 1, source - 1], rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (("dL_dW1", (0, 1)), "delta1_1*x_2"),
        (("dL_dW1", (0, 1)), "x_2*(z1_1/abs(z1_1) + 1)/2*w2_1_1*(a2^2 - a2^3 - y*a2 + y*a2^2)"),
        (("dL_dW1", (0, 1)), "relu'(x_1*w1_1_1 + x_2*w1_2_1 + b1_1)*w2_1_1*δ2*x_2"),
        (("a1", (0, 1)), "max(0, x_1*w1_1_2 + x_2*w1_2_2 + b1_2)"),
        (("a2", (0, 0)), "1/(1 + e^(-(w2_1_1*a1_1 + w2_2_1*a1_2 + b2)))"),
        (("loss", ()), "(y - a2)²/2"),
        (("W2_new", (0, 1)), "w2_2_1 - eta*(a2 - y)*a2*(1 - a2)*a1_2"),
        (("W2_new", (0, 1)), "w2_2_1 - η*∂L/∂w⁽²⁾₂₁"),
        (("dL_dz2", (0, 0)), "(a2 - y)*σ'(z2)"),
    ],
)
def test_any_form_of_the_right_formula_is_right(asked: Entry, text: str) -> None:
    """Given and derived symbols may be mixed, and terms arranged in any way."""
    assert judged(SMALL, asked, text) == Judgement("right", share=1.0)


def test_a_slope_left_out_is_right_only_while_the_unit_is_live() -> None:
    """Without the slope of ReLU a formula is partly right, and the unit that must be live is named."""
    text = gradient_text(SMALL.sizes, SMALL.activations, (1, 2, 1), without_slope=1)
    found = judged(SMALL, ("dL_dW1", (1, 0)), text)
    assert found.verdict == "partly"
    assert 0.4 < found.share < 0.9
    assert found.fails_where == (Side(("z1", (0, 1)), is_live=False),)
    assert found.example is not None
    assert found.example.dead == (("z1", (0, 1)),)
    assert found.example.reference == 0
    assert found.example.value != 0
    assert set(found.example.symbols) == {"a2", "y", "w2_2_1", "x_1"}


def test_zeros_of_dead_units_make_a_wrong_formula_no_bit_right() -> None:
    """Where both values are 0 because a unit is dead, nothing is learnt: a wrong sign is wrong, and so is 0."""
    text = gradient_text(SMALL.sizes, SMALL.activations, (1, 1, 1))
    for wrong in (f"-({text})", f"2*({text})", f"1.001*({text})", "0", f"({text})*x_1"):
        found = judged(SMALL, ("dL_dW1", (0, 0)), wrong)
        assert (found.verdict, found.share, found.fails_where) == ("wrong", 0, ())


def test_one_path_of_several_is_named_and_not_right() -> None:
    """Following one path back only is found among the patched graphs, though it is right where the other is dead."""
    shape = NetworkShape((2, 2, 2, 1), ("relu", "relu", "sigmoid"), "half_squared_error")
    graph = network_graph(shape)

    def one(path: int) -> ComputationGraph:
        rule = Rule("one_path", "", lambda w, d: w[..., path : path + 1, :] * d[..., path : path + 1], "")
        return graph.rewired({"dL_da1": (rule, None)})

    text = gradient_text(shape.sizes, shape.activations, (1, 1, 2), keep=lambda path: path[1] == 2)
    error = Rule("y_minus_a", "", lambda a, y: y - a, "")
    patched = {"single-path": (one(0), one(1)), "error-sign": (graph.rewired({"dL_da3": (error, None)}),)}
    found = judged(shape, ("dL_dW1", (0, 1)), text, patched)
    assert found.verdict == "partly"
    assert found.misconceptions == ("single-path",)
    assert found.fails_where == (Side(("z2", (0, 0)), is_live=True),)


def test_misconceptions_are_named_in_given_and_in_derived_symbols() -> None:
    """The formula of a patched graph is recognised whether it stops at symbols before or behind the patch."""
    shape = NetworkShape((2, 2, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy")
    graph = network_graph(shape)
    y_minus_a = Rule("y_minus_a", "", lambda a, y: y - a, "")
    extra = Rule("extra", "", lambda a, y: (a - y) * a * (1 - a), "")
    upside_down = Rule("upside_down", "", lambda z: 1 / (1 + np.exp(z)), "")
    patched = {
        "error-sign": (graph.rewired({"dL_dz2": (y_minus_a, None)}),),
        "extra-slope": (graph.rewired({"dL_dz2": (extra, None)}),),
        "sigmoid-sign": (graph.rewired({"a1": (upside_down, None)}).rewired({"a2": (upside_down, None)}),),
    }
    asked = ("dL_dW2", (0, 0))
    assert judged(shape, asked, "(a2 - y)*a1_1", patched) == Judgement("right", share=1.0)
    assert judged(shape, asked, "(y - a2)*a1_1", patched).misconceptions == ("error-sign",)
    assert judged(shape, asked, "-delta2*a1_1", patched).misconceptions == ("error-sign",)
    assert judged(shape, asked, "(a2 - y)*a2*(1 - a2)*a1_1", patched).misconceptions == ("extra-slope",)
    assert judged(shape, asked, "(a2 - y)*a1_2", patched).misconceptions == ()
    assert judged(shape, asked, "(y - a2)*a1_1*1.00000005", patched).misconceptions == ()
    output = "1/(1 + exp(w2_1_1*a1_1 + w2_2_1*a1_2 + b2))"
    assert judged(shape, ("a2", (0, 0)), output, patched).misconceptions == ("sigmoid-sign",)
    assert judged(shape, ("a2", (0, 0)), output, patched).verdict == "wrong"


def test_domain_trouble_is_told_from_a_wrong_formula() -> None:
    """Undefined is right wherever it is defined; a formula that is also wrong elsewhere is wrong."""
    shape = NetworkShape((2, 1), ("identity",), "half_squared_error")
    asked = ("a1", (0, 0))
    found = judged(shape, asked, "exp(ln(z1))")
    assert found.verdict == "undefined"
    assert 0.3 < found.share < 0.9
    assert found.example is not None
    assert np.isnan(found.example.value)
    assert found.example.symbols["z1"] == found.example.reference < 0
    assert judged(shape, asked, "ln(z1)").verdict == "wrong"
    assert judged(shape, asked, "z1 + 0*ln(0-1)").verdict == "undefined"
    assert judged(shape, asked, "sqrt(z1^2)").verdict == "partly"


def test_what_is_asked_and_what_follows_from_it_are_no_answers() -> None:
    """A formula may not use the asked number, nor a later one from which it can be had back."""
    asked = ("dL_dW2", (0, 0))
    for text, names in (
        ("dL_dw2_1_1", ("dL_dw2_1_1",)),
        ("(w2_1_1 - w2_1_1_new)/eta", ("w2_1_1_new",)),
        ("dL_dw211*1 + W2_1_1_new*0", ("dL_dw211", "W2_1_1_new")),
    ):
        assert judged(SMALL, asked, text) == Judgement("circular", share=0, circular=names)
    assert judged(SMALL, ("dL_dz2", (0, 0)), "dL_db2").verdict == "circular"
    assert judged(SMALL, asked, "dL_dw2_2_1*a1_1/a1_2").verdict == "undefined"


def test_rounding_is_forgiven_but_buys_nothing() -> None:
    """Detours that lose digits are right; a detour made to lose all digits does not hide a wrong answer."""
    asked = ("dL_dz2", (0, 0))
    right = "(a2 - y)*a2*(1 - a2)"
    assert judged(SMALL, asked, f"({right} + 1000) - 1000").verdict == "right"
    assert judged(SMALL, asked, f"1e5*a2 + {right} - a2*1e5").verdict == "right"
    nothing = "(z2 - w2_1_1*a1_1 - w2_2_1*a1_2 - b2)"
    assert judged(SMALL, asked, f"1.00000003*{right}").verdict != "right"
    for factor in ("1e9", "1e12", "1e15", "1e20"):
        assert judged(SMALL, asked, f"{factor}*{nothing} + a2").verdict == "wrong"
        assert judged(SMALL, asked, f"{factor}*{nothing}").verdict == "wrong"


def test_the_two_halves_of_huber_are_told_apart() -> None:
    """a - y is the slope of the Huber loss only near the target."""
    shape = NetworkShape((2, 1), ("identity",), "huber")
    assert judged(shape, ("dL_da1", (0, 0)), "max(-1, min(1, a1 - y))").verdict == "right"
    assert judged(shape, ("dL_da1", (0, 0)), "a1 - y").verdict == "partly"
    assert judged(shape, ("dL_da1", (0, 0)), "sign(a1 - y)").verdict == "partly"


def test_softmax_with_cross_entropy_needs_targets_that_add_up() -> None:
    """a - y is right because the targets of a row add up to 1, and forms that use it are right as well."""
    shape = NetworkShape((2, 3), ("softmax",), "cross_entropy")
    asked = ("dL_dz1", (0, 0))
    assert judged(shape, asked, "a1_1 - y_1").verdict == "right"
    assert judged(shape, asked, "a1_1*(y_2 + y_3) - y_1*(1 - a1_1)").verdict == "right"
    assert judged(shape, asked, "(a1_1 - y_1)*a1_1*(1 - a1_1)").verdict == "wrong"
    assert judged(shape, ("a1", (0, 1)), "exp(z1_2)/(exp(z1_1) + exp(z1_2) + exp(z1_3))").verdict == "right"


def test_steps_and_batches_have_their_own_symbols() -> None:
    """In the second step a formula is written in that step's symbols; the first step's are other numbers."""
    shape = NetworkShape((1, 1), ("tanh",), "squared_error", steps=2, samples_per_step=2)
    batch = "((s2_a1_1_1 - s2_y_1_1)*(1 - s2_a1_1_1²)*s2_x_1_1 + (s2_a1_1_2 - s2_y_1_2)*(1 - s2_a1_1_2²)*s2_x_1_2)"
    assert judged(shape, ("dL_dW1@2", (0, 0)), batch).verdict == "right"
    assert judged(shape, ("dL_dW1@2", (0, 0)), batch.replace("s2", "s1")).verdict == "wrong"
    new = "tanh((w1_1_1 - eta*s1_dL_dw1_1_1)*s2_x_1_1 + b1 - eta*s1_dL_db1)"
    assert judged(shape, ("a1@2", (0, 0)), new).verdict == "right"


@pytest.mark.parametrize(("convention", "is_halved"), [("mean", False), ("sample", True)])
@pytest.mark.parametrize("samples", [2, 3])
def test_what_delta_is_in_a_batch_decides_its_formulas(convention: BatchDelta, is_halved: bool, samples: int) -> None:
    """The gradient of a weight is a sum of δ a, or their mean; the other one is a sum and a mean mixed up."""
    shape = NetworkShape(
        (1, 1, 1), ("tanh", "sigmoid"), "binary_cross_entropy", 1, samples, updates=False, batch_delta=convention
    )
    total = " + ".join(f"delta2_1_{sample}*a1_1_{sample}" for sample in range(1, samples + 1))
    patched = misconceptions_of(shape)
    for text, is_right in ((total, not is_halved), (f"({total})/{samples}", is_halved)):
        found = judged(shape, ("dL_dW2", (0, 0)), text, patched)
        assert (found.verdict == "right") == is_right
        assert found.misconceptions == (() if is_right else ("sum-for-mean",))


def test_products_are_judged_too() -> None:
    """Entries of the matrix warm-ups are asked for in the entries of their factors."""
    shape = ProductsShape((ProductSpec("matrix_product", (2, 2), (2, 1)),))
    graph = products_graph(shape)
    known = spellings(Naming(NOTATIONS["row"], shape, graph))
    for text, verdict in (("A1_2_1*B1_1_1 + A1_2_2*B1_2_1", "right"), ("A1_1_2*B1_1_1 + A1_2_2*B1_2_1", "wrong")):
        formula = parse_formula(text, known)
        assert isinstance(formula, Formula)
        assert judge(trials(graph), ("product1", (1, 0)), formula, known).verdict == verdict


@pytest.mark.parametrize("shape", NETWORKS[:3], ids=lambda shape: "-".join(map(str, shape.sizes)))
def test_draws_meet_every_unit_live_and_dead(shape: NetworkShape) -> None:
    """Each unit with a kink is live in many draws and dead in many, and in many all are live together."""
    on = trials(network_graph(shape))
    live = np.concatenate([on.values[z.name][:, 0] > 0 for z in on.kinked], axis=1)
    assert live.shape[1] == sum(
        size for size, name in zip(shape.sizes[1:], shape.activations, strict=True) if name == "relu"
    )
    assert (live.mean(axis=0) > 0.3).all()
    assert (live.mean(axis=0) < 0.9).all()
    assert live.all(axis=1).sum() >= 60


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_draws_are_finite_and_the_same_every_time(output: str, loss: str) -> None:
    """No network overflows or leaves a domain at the draws, targets are what the loss takes, and draws repeat."""
    rng = np.random.default_rng(8)
    for _ in range(3):
        graph = network_graph(random_shape(rng, output, loss))
        on = trials(graph)
        assert all(np.isfinite(value).all() for value in on.values.values())
        again = drawn_givens(graph)
        assert all((on.values[name] == value).all() for name, value in again.items())
        if LOSSES[loss].outputs:
            assert ((again["y"] > 0) & (again["y"] < 1)).all()
        if LOSSES[loss].shortcut == "softmax":
            np.testing.assert_allclose(again["y"].sum(axis=-1), 1)


@pytest.mark.parametrize(
    ("output", "loss", "mixed"),
    [("tanh", "half_squared_error", "Wbxy"), ("sigmoid", "binary_cross_entropy", "Wbx"), ("identity", "huber", "Wbxy")],
)
def test_a_third_of_the_draws_is_positive_and_the_rest_mixed(output: str, loss: str, mixed: str) -> None:
    """In two thirds every number may be negative, but for targets of cross-entropy and the learning rate."""
    givens = drawn_givens(network_graph(NetworkShape((3, 4, 2), ("relu", output), loss)))
    signed = np.concatenate(
        [value.reshape(len(value), -1) for name, value in givens.items() if name[0] in mixed], axis=1
    )
    assert (signed > 0).all(axis=1).mean() == 1 / 3
    assert ((signed < 0).mean(axis=0) > 0.2).all()
    assert all((value > 0).all() for name, value in givens.items() if name[0] not in mixed)


def test_a_unit_that_parts_only_some_of_the_draws_is_not_named() -> None:
    """What is right only while two units are live fails on both sides of each of them."""
    found = judged(SMALL, ("z2", (0, 0)), "w2_1_1*z1_1 + w2_2_1*z1_2 + b2")
    assert (found.verdict, found.fails_where) == ("partly", ())
    found = judged(SMALL, ("z2", (0, 0)), "w2_1_1*a1_1 + w2_2_1*a1_2 + b2 + min(0, z1_1)*relu'(z1_2)")
    assert (found.verdict, found.fails_where) == ("partly", ())
    found = judged(SMALL, ("z2", (0, 0)), "w2_1_1*a1_1 + w2_2_1*z1_2 + b2")
    assert found.fails_where == (Side(("z1", (0, 1)), is_live=False),)


def test_a_counterexample_has_as_few_dead_units_as_there_are() -> None:
    """Of the draws at which a formula fails, a student is shown one of the plainest."""
    shape = NETWORKS[2]
    values = trials(network_graph(shape)).values
    dead = np.concatenate([values["z1"][:, 0], values["z2"][:, 0]], axis=1) < 0
    fewest = dead.sum(axis=1)[values["z1"][:, 0, 2] < 0].min()
    example = judged(shape, ("a1", (0, 2)), "z1_3").example
    assert example is not None
    assert len(example.dead) == fewest
    assert example.symbols["z1_3"] == example.value < 0


def test_misconceptions_are_named_where_units_are_dead_in_some_draws() -> None:
    """Draws at which all is 0 say nothing, be the symbols of a formula right or those of the mistaken student."""
    graph = network_graph(SMALL)
    old = graph["dL_dW1"].rule
    assert old is not None
    error = graph.rewired({"dL_da2": (Rule("y_minus_a", "", lambda a, y: y - a, ""), None)})
    twice = Rule("twice", "", lambda *inputs: 2 * old.compute(*inputs), "")
    patched = {"error-sign": (error,), "twice": (error.rewired({"dL_dW1": (twice, None)}),)}
    assert judged(SMALL, ("dL_dW2", (0, 0)), "-delta2*a1_1", patched).misconceptions == ("error-sign", "twice")
    assert judged(SMALL, ("dL_dW1", (0, 0)), "2*delta1_1*x_1", patched).misconceptions == ("twice",)


def test_rounding_is_forgiven_where_most_answers_are_zero() -> None:
    """How small a difference must be goes by the answers that are not 0."""
    shape = NetworkShape((1, 1, 1, 1, 1), ("relu", "relu", "relu", "identity"), "half_squared_error")
    assert np.median(np.abs(trials(network_graph(shape)).values["dL_dW1"])) == 0
    text = gradient_text(shape.sizes, shape.activations, (1, 1, 1))
    assert judged(shape, ("dL_dW1", (0, 0)), f"1e6*z1 + {text} - 1e6*(w1_1_1*x + b1)").verdict == "right"


def test_one_draw_that_agrees_by_chance_is_none() -> None:
    """A constant that is right at a single draw is no bit right."""
    graph = network_graph(NetworkShape((1, 1), ("identity",), "half_squared_error"))
    on = trials(graph)
    formula = parse_formula(repr(on.values["a1"][5].item()), ())
    assert isinstance(formula, Formula)
    found = judge(on, ("a1", (0, 0)), formula, {})
    assert found.share > 0
    assert found.verdict == "wrong"


def test_wide_layers_are_not_saturated() -> None:
    """Sums of many terms are as moderate as sums of few."""
    shape = NetworkShape((40, 1), ("sigmoid",), "half_squared_error")
    outputs = trials(network_graph(shape)).values["a1"]
    assert ((outputs > 1e-3) & (outputs < 1 - 1e-3)).all()


def test_small_answers_are_not_lost_in_what_cancels() -> None:
    """What cancels excuses a difference that is small beside the answer, not one that is small beside the terms."""
    twin = Quantity("twin", "z", (), Rule("twin", "()->()", lambda x: x * 1, ""), ("x",))
    tiny = Quantity("tiny", "z", (), Rule("tiny", "()->()", lambda x: x * 1e-8, ""), ("x",))
    on = trials(ComputationGraph((Quantity("x", "x", ()), twin, tiny)))
    known: dict[str, Entry] = {"x": ("x", ()), "twin": ("twin", ())}
    for text, verdict in (("2*x/1e8 + 1e2*x - 1e2*twin", "wrong"), ("x/1e8 + x/1e4 - twin/1e4", "right")):
        formula = parse_formula(text, known)
        assert isinstance(formula, Formula)
        assert judge(on, ("tiny", ()), formula, known).verdict == verdict


def test_the_formula_of_a_textbook_is_right_in_its_notation() -> None:
    """With the inputs as layer 1, (a3 - y) a3 (1 - a3) a1 reads a2_1 for the first hidden activation."""
    shape = NetworkShape((2, 2, 1), ("sigmoid", "sigmoid"), "half_squared_error")
    asked = ("dL_dW2", (0, 0))
    assert judged(shape, asked, "(a3-y)*a3*(1-a3)*a2_1", notation="to-from-da").verdict == "right"
    assert judged(shape, asked, "(a₃ − y) · a₃ · (1 − a₃) · a⁽²⁾₁", notation="to-from-da").verdict == "right"
    assert judged(shape, asked, "(a3-y)*a3*(1-a3)*a1_1", notation="to-from-da").verdict == "wrong"
