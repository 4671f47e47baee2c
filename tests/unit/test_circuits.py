"""Exercises that are any graph: how definitions are read, what their derivatives are, and what authors are told."""

from pathlib import Path

import numpy as np
import pytest

from examgen.core.circuits.circuit import CircuitShape, circuit_graph
from examgen.core.circuits.circuit_rules import ExpressionRule
from examgen.core.circuits.expressions import inner
from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.misconceptions.patches import patches
from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exercises import exercise_document, exercise_from
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.references.reference_formulas import reference_formula

GIVEN = {"a": (), "b": (), "x": (3,), "v": (2,), "W": (2, 4), "X": (4, 4), "K": (2, 2)}

BANK = """\
title = "T"
[graph]
given = {{ x = [3], W = [2, 4], a = [], b = [] }}
output = "f"
[graph.define]
{define}
[values]
entries = {{ min = -3, max = 3, step = 1 }}
[digits]
decimals = 2
[[tasks]]
text = "Go."
ask = [{ask}]
"""


def circuit(*define: tuple[str, str], wanted: tuple[str, ...] = ()) -> CircuitShape:
    """A graph with the usual given quantities, differentiated where it is asked."""
    return CircuitShape(tuple(GIVEN.items()), define, wanted=wanted)


def formula(shape: CircuitShape, name: str) -> str:
    """The LaTeX of a quantity's rule, with names in the places of its inputs."""
    quantity = shape.graph[name]
    assert isinstance(quantity.rule, ExpressionRule)
    found = quantity.rule.latex
    for place, source in enumerate(quantity.inputs):
        found = found.replace(f"<{place}>", source).replace(f"<{place}:", f"<{source}:")
    return found.replace("<dot> ", "").replace("<thin> ", "").replace(r"\left", "").replace(r"\right", "")


@pytest.mark.parametrize(
    ("define", "by", "expected"),
    [
        ("a * b", "a", "b"),
        ("a * a * b", "a", "2 b a"),
        ("a^3", "a", "3 <a:base>^{2}"),
        ("a + b", "a", "1"),
        ("a - b", "b", "-1"),
        ("a / b", "a", r"\frac{1}{b}"),
        ("a / b", "b", r"-\frac{a}{<b:base>^{2}}"),
        ("b / 4 + a", "b", "0.25"),
        ("sigmoid(a)", "a", "f (1 - f)"),
        ("exp(a)", "a", "f"),
        ("tanh(a) + b", "a", r"1 - \tanh(<a:bare>)^{2}"),
        ("0.5 * sum(x^2)", "x", "x"),
        ("mean(x)", "x", r"\frac{1}{3} \, \mathbf{1}"),
        ("max(a, b)", "a", "[a > b]"),
        ("identity(a) * b", "a", "b"),
        ("x[2] * a", "x", r"a \, \mathbf{e}_{2}"),
    ],
)
def test_a_derivative_is_written_as_by_hand(define: str, by: str, expected: str) -> None:
    """No factor 1, no term 0, numbers in front, and the result itself where it is known."""
    name = f"df_d{by}"
    assert formula(circuit(("f", define), wanted=(name,)), name) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("W @ (x * v)", r"W (x \odot v)"),
        ("(W @ x) * v", r"W x \odot v"),
        ("W @ (2 * (x * v))", r"W (2 x \odot v)"),
        ("outer(x * v, x)", r"(x \odot v) <x:T>"),
        ("conv1d(conv1d(x, u), u)", r"(x \star u) \star u"),
        ("conv1d(x * v, u)", r"(x \odot v) \star u"),
        ("conv1d(x, u) * conv1d(x, u)", r"(x \star u) \odot (x \star u)"),
        ("max(x) * v", r"(\max x) v"),
        ("v * sum(x)", r"v \sum_{i} <x:index>"),
        ("sum(x) * sum(v) * a", r"((\sum_{i} <x:index>) \sum_{i} <v:index>) a"),
        ("(4 - sum(x)) * a", r"(4 - \sum_{i} <x:index>) a"),
        ("silu(x)^2", r"(x <hadamard> \sigma(<x:bare>))^{2}"),
        ("W @ silu(x)", r"W (x <hadamard> \sigma(<x:bare>))"),
        ("identity(W @ x)^2", "(W x)^{2}"),
        ("mean((x - mean(x))^2)", r"\frac{1}{3} \sum_{i} (<x:index> - \frac{1}{3} \sum_{k} <x:index_further>)^{2}"),
        ("sum(x * sum(W))", r"\sum_{i} <x:index> \sum_{k,l} <W:index_further>"),
        ("dot(W, W)", r"\operatorname{tr}(<W:T> W)"),
        ("x @ v", "<x:T> v"),
        ("x @ W", "<W:T> x"),
    ],
)
def test_signs_that_bind_less_are_bracketed(definition: str, expected: str) -> None:
    """A page is read with products of matrices before those of entries; what stands behind a sum belongs to it."""
    given = (*GIVEN.items(), ("v", (3,)), ("u", (2,)), ("W", (3, 3)))
    known = dict(given)
    assert formula(CircuitShape(tuple(known.items()), (("f", definition),)), "f") == expected


def test_a_slope_of_two_terms_is_bracketed_in_a_product() -> None:
    """As that of GELU is."""
    shape = circuit(("c", "gelu(a)"), ("f", "c * b"), wanted=("df_da",))
    assert formula(shape, "df_da") == (r"df_dc (\Phi(<a:bare>) + a <hadamard> \varphi(<a:bare>))")


def test_a_derivative_is_the_sum_over_all_uses() -> None:
    """Of f = q a with q = a + b: by way of q, and directly."""
    shape = circuit(("q", "a + b"), ("f", "q * a"), wanted=("df_da", "df_db"))
    values = evaluate(shape.graph, numbers(shape, a=2.0, b=3.0)).values
    assert (float(values["df_da"]), float(values["df_db"])) == (7.0, 2.0)


def test_derivatives_may_be_read_by_later_definitions() -> None:
    """A step of gradient descent is a definition like others."""
    shape = circuit(("L", "(a * b - 1)^2"), ("a_new", "a - 0.5 * dL_da"), ("M", "(a_new * b - 1)^2"), wanted=("dM_db",))
    values = evaluate(shape.graph, numbers(shape, a=2.0, b=1.0)).values
    # dL/da = 2 (ab - 1) b = 2, so a becomes 1, the loss 0, and its derivative too.
    assert [float(values[name]) for name in ("dL_da", "a_new", "M", "dM_db")] == [2.0, 1.0, 0.0, 0.0]


def test_the_filter_of_a_convolution_is_not_flipped() -> None:
    """The entry at the top left is the sum of products with what lies under the filter; stride and padding count."""
    shape = circuit(("Z", "conv2d(X, K, stride=2, padding=1)"), ("s", "sum(Z)"), wanted=("ds_dK",))
    image, window = np.arange(16.0).reshape(4, 4), np.array([[1.0, 2.0], [3.0, 4.0]])
    values = evaluate(shape.graph, numbers(shape, X=image, K=window)).values
    padded = np.pad(image, 1)
    under = [padded[i : i + 2, j : j + 2] for i in (0, 2, 4) for j in (0, 2, 4)]
    np.testing.assert_array_equal(values["Z"].ravel(), [float((part * window).sum()) for part in under])
    np.testing.assert_array_equal(values["ds_dK"], sum(under))


def test_rational_graphs_are_exact_on_fractions() -> None:
    """Convolution, ReLU, pooling and squares of fractions give fractions."""
    define = (("Z", "conv2d(X, K)"), ("A", "relu(Z)"), ("P", "avg_pool(A, size=3)"), ("f", "sum(P^2) / 4"))
    shape = circuit(*define, wanted=("df_dK",))
    assert shape.is_rational
    drawn = np.random.default_rng(3).integers(-20, 20, (4, 4)) / 10
    exact = evaluate(shape.graph, as_fractions(numbers(shape, X=drawn, K=drawn[:2, :2]))).values
    rounded = evaluate(shape.graph, numbers(shape, X=drawn, K=drawn[:2, :2])).values
    np.testing.assert_allclose(exact["df_dK"].astype(float), rounded["df_dK"], rtol=1e-12)
    assert not circuit(("f", "a / b")).is_rational


def test_a_graph_is_spelled_in_keys_and_read_back() -> None:
    """What exam.json holds gives the same exercise."""
    shape = CircuitShape((("a", ()), ("x", (3,))), (("f", "a * sum(x)"),), "f", (("a", r"\alpha"),), ("df_dx",))
    assert exercise_from(exercise_document(shape)) == shape


def test_operations_bring_their_misconceptions() -> None:
    """The usual wrong derivatives of what a graph has, and of nothing else."""
    shape = circuit(("q", "max(a, b)"), ("f", "q^2 * a / b"), wanted=("df_da", "df_db"))
    found = {patch.misconception for patch in patches(shape, frozenset({"df_da", "df_db"}))}
    expected = {"other-factor", "power-kept", "quotient-sign", "max-to-both", "max-to-loser", "shared-once"}
    assert expected <= found
    assert not {"filter-flipped", "sigmoid-sign", "error-sign"} & found


@pytest.mark.parametrize(
    ("define", "name", "place", "expected"),
    [
        ("max(x)", "f", (), "max(x_1, x_2, x_3)"),
        ("max(x)", "df_dx", (1,), "relu'(x_2 - x_1)*relu'(x_2 - x_3)"),
        ("min(x)", "df_dx", (1,), "relu'(x_1 - x_2)*relu'(x_3 - x_2)"),
        ("softmax(x)[2]", "f", (), "exp(x_2)/(exp(x_1) + exp(x_2) + exp(x_3))"),
        ("sum(max_pool(X))", "df_dX", (0, 1), "relu'(X_1_2 - X_1_1)*relu'(X_1_2 - X_2_1)*relu'(X_1_2 - X_2_2)"),
        ("max(a, b)", "df_da", (), "relu'(a - b)"),
    ],
)
def test_what_takes_the_largest_is_written_as_students_type_it(
    define: str, name: str, place: tuple[int, ...], expected: str
) -> None:
    """All that is compared stands in the formula, and it gives the value at random numbers."""
    shape = circuit(("f", define), wanted=() if name == "f" else (name,))
    naming = Naming(NOTATIONS["from-to"], shape, shape.graph)
    written = reference_formula(naming, name, place)
    assert written == expected
    values = evaluate(shape.graph, drawn(shape)).values
    entries = {naming.entry(one.name, at).ascii: values[one.name][inner(*at)] for one in shape.graph for at in
               np.ndindex(*one.shape)}  # fmt: skip
    parsed = parse_formula(written, entries)
    assert isinstance(parsed, Formula)
    np.testing.assert_allclose(evaluate_formula(parsed, entries), values[name][inner(*place)])


def drawn(shape: CircuitShape) -> dict[str, np.ndarray]:
    """Standard normal numbers of 20 students."""
    rng = np.random.default_rng(2)
    return {one.name: rng.normal(size=(20, *one.shape)) for one in shape.graph.givens}


def numbers(shape: CircuitShape, **known: object) -> dict[str, np.ndarray]:
    """Given numbers, 0 where nothing is said."""
    return {one.name: np.asarray(known.get(one.name, np.zeros(one.shape)), dtype=float) for one in shape.graph.givens}


@pytest.mark.parametrize(
    ("define", "ask", "message"),
    [
        ('q = "a + r"\nr = "a*b"\nf = "q*r"', '"f"', "q: reads r, which is defined later; define r before q"),
        ('q = "a + r"\nr = "q*b"\nf = "q*r"', '"f"', "q: reads r, which is defined later; and that reads q: a circle"),
        ('f = "f + a"', '"f"', "f: reads itself; a definition reads what stands before it"),
        ('q = "x*2"\nf = "sum(q)"', '"dq_dx"', "dq_dx is asked: q has shape [3]; derivatives are of single numbers"),
        ('q = "W @ x"\nf = "sum(q)"', '"f"', "q: W is [2, 4], x is [3]; W @ x needs [4] behind @"),
        ('f = "sum(softmax(W))"', '"f"', "f: W is [2, 4]; this is of a vector"),
        ('f = "sigmiod(a)"', '"f"', 'f: "sigmiod" is no operation; allowed: abs, '),
        ('f = "sigmiod(a)"', '"f"', 'Did you mean "sigmoid"? (at character 1)'),
        ('f = "a + c"', '"f"', 'f: "c" is not known here. (at character 5)'),
        ('f = "b*2"', '"f", "df_da"', "df_da is asked: f does not depend on a"),
        ('f = "a*b"', '"da_db"', "da_db is asked: a is given; derivatives are of what is defined"),
        ('q = "argmax(x)"\nf = "q*a"', '"df_dx"', "df_dx is asked: argmax(x) has no derivative by its input 1, x"),
        ('f = "a*b"', '"g"', "g is asked: there is no such quantity; known are x, W, a, b, f."),
        ('f = "2 + 3"', '"f"', "f: 2 + 3 reads no quantity; give it as a number of the paper"),
        ('f = "x[4]"', '"f"', "f: x is [3]; [4] of [3]; places count from 1 to 3"),
        ('f = "sum(conv2d(W, W, strid=2))"', '"f"', 'Did you mean "stride"? (at character 18)'),
        ('f = "a = b"', '"f"', 'f: a sign such as * is missing before "=". (at character 3)'),
        ('a = "b"\nf = "a"', '"f"', "a is there twice; give each quantity a name of its own"),
        ('g = "a*b"', '"g"', "output: f is not defined."),
        (
            "\n".join(f'q{place} = "a + b"' for place in range(10_000)) + '\nf = "a"',
            '"f"',
            "10,001 definitions; use at",
        ),
        (
            'q1 = "a + b"\nq_1 = "a * b"\nf = "q1 * q_1"',
            '"f"',
            "q1 and q_1 are both written $q_{1}$; give one of them another in symbols",
        ),
        ('f = "__import__(1)"', '"f"', 'f: "_" has no place in a formula. (at character 1)'),
    ],
)
def test_a_definition_that_cannot_be_is_explained_in_one_line(
    tmp_path: Path, define: str, ask: str, message: str
) -> None:
    """Which definition, what is wrong with it, and what is allowed."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK.format(define=define, ask=ask))
    with pytest.raises(BankError) as caught:
        load_exam(path.as_posix(), 1)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("define", ["a / (b - b)", "log(-a^2 - 1)", "sqrt(-1 - b^2)"])
def test_what_is_never_defined_is_told(tmp_path: Path, define: str) -> None:
    """A division by 0 at every draw, or a logarithm or root of a negative number."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK.format(define=f'f = "{define}"', ask='"f"') + "[screens]\nmax_draws = 50\n")
    with pytest.raises(BankError, match="something is divided by 0, or a root or logarithm"):
        draw_variants(load_exam(path.as_posix(), 1), [Student()])


def test_a_list_of_definitions_draws_one_for_each_student(tmp_path: Path) -> None:
    """All of them occur in a class, and each is marked by its own."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK.format(define='f = ["a + b", "a * b"]', ask='"f"'))
    loaded = load_exam(path.as_posix(), 1)
    [question] = loaded.exam.questions
    assert len(question.shapes) == 2
    variants = draw_variants(loaded, [Student(str(place)) for place in range(20)])
    assert {variant.questions["Q1"].label for variant in variants} == set(question.shapes)


def test_the_graph_of_one_exercise_is_made_once() -> None:
    """All who read it share it."""
    assert circuit_graph(circuit(("f", "a * b"))) is circuit(("f", "a * b")).graph
