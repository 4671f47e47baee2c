"""Formulas of entries in the symbols of a paper with two steps, and with numbers put in."""

import pytest

from examgen.exams.banks.building import load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.marking.results.appeals.written_formulas import formula_texts, symbol_text


@pytest.fixture(scope="module")
def paper() -> PaperShape:
    """Three inputs, two ReLUs, two sigmoids and a sigmoid, with half the squared error, in two steps."""
    exam = load_exam("question2", 7).exam
    return paper_shape(exam.questions[0], "A", exam.notation)


@pytest.mark.parametrize(
    ("name", "index", "symbols", "numbers"),
    [
        ("z2", (0, 1), "w⁽²⁾₁₂·a⁽¹⁾₁ + w⁽²⁾₂₂·a⁽¹⁾₂ + b⁽²⁾₂", "W2[1,0]·a1[0,0] + W2[1,1]·a1[0,1] + b2[1]"),
        ("z3@2", (0, 0), "w⁽³⁾₁₁·a⁽²⁾₁ + w⁽³⁾₂₁·a⁽²⁾₂ + b⁽³⁾", None),
        (
            "dL_da1@2",
            (0, 1),
            "w⁽²⁾₂₁·δ⁽²⁾₁ + w⁽²⁾₂₂·δ⁽²⁾₂",
            "W2_new[0,1]·dL_dz2@2[0,0] + W2_new[1,1]·dL_dz2@2[0,1]",
        ),
        ("W1_new", (1, 2), "w⁽¹⁾₃₂ - η·∂L/∂w⁽¹⁾₃₂", "W1[1,2] - learning_rate[]·dL_dW1[1,2]"),
        ("W1_new@2", (1, 2), "w⁽¹⁾₃₂ - η·∂L/∂w⁽¹⁾₃₂", "W1_new[1,2] - learning_rate[]·dL_dW1@2[1,2]"),
        ("b2_new@2", (0,), "b⁽²⁾₁ - η·∂L/∂b⁽²⁾₁", "b2_new[0] - learning_rate[]·dL_db2@2[0]"),
        ("slope2@2", (0, 1), "a⁽²⁾₂·(1 - a⁽²⁾₂)", "a2@2[0,1]·(1 - a2@2[0,1])"),
    ],
)
def test_a_step_starts_from_w_and_reads_its_own_numbers(
    paper: PaperShape, name: str, index: tuple[int, ...], symbols: str, numbers: str | None
) -> None:
    """In the second step w is what the first has made of it, and is called w all the same."""

    def place(source: str, at: tuple[int, ...]) -> str:
        return f"{source}[{','.join(map(str, at))}]"

    found = formula_texts(paper, paper.graph, name, index, place)
    assert found[0] == symbols
    assert numbers is None or found[1] == numbers


def test_negative_numbers_stand_in_brackets_but_for_the_first(paper: PaperShape) -> None:
    """A sign never stands beside another sign."""
    assert formula_texts(paper, paper.graph, "z2", (0, 0), lambda *_: "-2")[1] == "-2·(-2) + (-2)·(-2) + (-2)"
    assert formula_texts(paper, paper.graph, "dL_da3", (0, 0), lambda *_: "-2")[1] == "-2 - (-2)"


def test_a_symbol_has_its_step_behind_it(paper: PaperShape) -> None:
    """Two steps have two of each; what is given has no step, nor have the symbols of a paper with one step."""
    assert symbol_text(paper, "z2", (0, 1)) == "z⁽²⁾₂ (step 1)"
    assert symbol_text(paper, "z2@2", (0, 1)) == "z⁽²⁾₂ (step 2)"
    assert symbol_text(paper, "W1", (1, 2)) == "w⁽¹⁾₃₂"
    exam = load_exam("tanh-two-outputs", 7).exam
    assert symbol_text(paper_shape(exam.questions[0], "A", exam.notation), "z2", (0, 1)) == "z⁽²⁾₂"


def test_a_root_is_written_with_its_sign() -> None:
    """As on the key, not by the name of the function."""
    exam = load_exam("adam", 7).exam
    adam = paper_shape(exam.questions[0], "A", exam.notation)
    symbols, numbers = formula_texts(adam, adam.graph, "W1_new", (0, 0), lambda *_: "2")
    assert symbols.endswith("/(√(v̂(w⁽¹⁾₁₁)) + ε)"), symbols
    assert numbers == "2 - 2·2/(√(2) + 2)"


@pytest.mark.parametrize(
    ("output", "target", "numbers"),
    [
        # The logarithm of -0.2 has no value, and its weight is 0.
        ("-0.2", "0", "-(0 + (1 - 0)·ln(1 - (-0.2)))"),
        ("1.2", "1", "-(1·ln(1.2) + 0)"),
        ("0.2", "0", "-(0·ln(0.2) + (1 - 0)·ln(1 - 0.2))"),
        ("-0.2", "1", "-(1·ln(-0.2) + (1 - 1)·ln(1 - (-0.2)))"),
    ],
)
def test_what_is_taken_no_times_is_0_as_in_marking(output: str, target: str, numbers: str) -> None:
    """Even where it has no value, so that the line of numbers gives the value that is told."""
    exam = load_exam("relu-sigmoid-3-2-2-1-bce", 7).exam
    bce = paper_shape(exam.questions[0], "A", exam.notation)
    found = formula_texts(bce, bce.graph, "loss", (), lambda source, _: output if source == "a3" else target)
    assert found[1] == numbers


def test_a_mistaken_rule_is_written_as_it_computes() -> None:
    """The slope of an identity is 1; who takes another function's has worked out that."""
    exam = load_exam("momentum", 7).exam
    momentum = paper_shape(exam.questions[0], "A", exam.notation)
    graphs = [one.graph for one in paper_patches(momentum) if one.misconception == "wrong-slope"]
    texts = [formula_texts(momentum, graph, "slope1", (0, 0), lambda *_: "2")[1] for graph in (momentum.graph, *graphs)]
    assert texts == ["1", "2·(1 - 2)", "1 - 2²", "relu′(2)"]
