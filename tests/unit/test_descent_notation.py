"""The notation of classical error terms: δ is -∂E/∂z, and weights are raised by η δ a, in every formula and mark."""

from pathlib import Path

import numpy as np
import pytest

from examgen.batch.bench.sitting import entries_of, sit, written_numbers
from examgen.core.chain_rule import paths
from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.patches import patches
from examgen.documents.paper.papers import key_page, question_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.difficulty import workload
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.paper_shapes import PaperShape
from examgen.tables.text_columns import Texts
from tests.small_banks import DRAWN, changed, written

BANK = changed(
    DRAWN,
    ("[1, 1]", "[2, 2, 1]"),
    ('["sigmoid"]', '["tanh", "sigmoid"]'),
    ("[digits]", "learning_rate = { choices = [0.5] }\n[digits]"),
    ('["z", "a", "loss"]', '["dL_dz", "W_new", "b_new"]'),
)
SOFTMAX = changed(
    BANK,
    ("[2, 2, 1]", "[2, 2, 2]"),
    ('"sigmoid"]', '"softmax"]'),
    ("squared_error", "cross_entropy"),
    ('{ choices = ["0", "1"] }', "{ one_hot = true }"),
)
BANKS = pytest.mark.parametrize("bank", [BANK, SOFTMAX, changed(BANK, ('"dL_dz", ', '"dL_dz", "dL_da", "dL_dW", '))])


def _one_paper(folder: Path, bank: str, notation: str = "descent") -> tuple[Exam, Variant, PaperShape]:
    loaded = load_exam(written(folder, bank), 3, notation)
    [variant] = draw_variants(loaded, [Student("s1")])
    [(paper, _)] = papers(loaded.exam, variant)
    return loaded.exam, variant, paper


@BANKS
def test_only_signs_are_others(tmp_path: Path, bank: str) -> None:
    """δ is the negative of the derivative; what is asked by another name, and all that is new, is as ever."""
    (_, variant, paper), (_, _, plain) = _one_paper(tmp_path, bank), _one_paper(tmp_path, bank, "from-to")
    givens = variant.questions["Q1"].givens
    found, expected = solve(paper, givens), solve(plain, givens)
    asked = {field.quantity for field in paper.fields}
    for quantity in plain.graph.derived:
        sign = -1 if quantity.kind == "dL_dz" else 1
        if quantity.name in asked:
            np.testing.assert_allclose(found[quantity.name], sign * expected[quantity.name], rtol=1e-12)


@BANKS
def test_every_misconception_goes_wrong_in_the_same_way(tmp_path: Path, bank: str) -> None:
    """A student with a misconception writes the numbers that she writes in other notations, δ with the other sign."""
    (_, variant, paper), (_, _, plain) = _one_paper(tmp_path, bank), _one_paper(tmp_path, bank, "from-to")
    givens = variant.questions["Q1"].givens
    asked = frozenset(field.quantity for field in paper.fields)
    turned, others = patches(paper.shape, asked), patches(plain.shape, asked)
    assert [one.misconception for one in turned] == [one.misconception for one in others]
    for mine, theirs in zip(turned, others, strict=True):
        work, expected = evaluate(mine.graph, givens), evaluate(theirs.graph, givens)
        for name in asked:
            sign = -1 if name.startswith("dL_dz") else 1
            np.testing.assert_allclose(
                work[name], sign * expected[name], rtol=1e-9, atol=1e-12, err_msg=mine.misconception
            )


def test_slips_follow_through_with_their_sign(tmp_path: Path) -> None:
    """Whoever writes δ as a derivative has one wrong sign, and all that was worked out from it follows."""
    exam, variant, paper = _one_paper(tmp_path, BANK)
    givens = variant.questions["Q1"].givens
    wrong = evaluate(paper.graph, givens, substitute={"dL_dz2": -solve(paper, givens)["dL_dz2"]})
    entries = entries_of(sit(exam, [variant], {"s1": written_numbers(paper, wrong.values)}))
    assert [entry.field for entry in entries if entry.has_lost] == ["delta2"]


def test_mistakes_are_told_for_the_sign(tmp_path: Path) -> None:
    """The error is target minus output here, and steps are added."""
    exam, variant, paper = _one_paper(tmp_path, BANK)
    asked = frozenset(field.quantity for field in paper.fields)
    givens = variant.questions["Q1"].givens
    told = {}
    for patch in patches(paper.shape, asked):
        if patch.misconception in {"error-sign", "ascent"}:
            sheet = written_numbers(paper, evaluate(patch.graph, givens).values)
            column = sit(exam, [variant], {"s1": sheet}).result_columns["comment"]
            comments = set(column.list()) if isinstance(column, Texts) else set()
            told[patch.misconception] = comments
    assert "It looks as if the error was taken as a − y, not y − a." in told["error-sign"]
    assert "It looks as if the step was subtracted instead of added." in told["ascent"]


def test_pages_say_and_use_the_sign(tmp_path: Path) -> None:
    """The first page says what δ is, and the solution has no step that subtracts."""
    exam, variant, _ = _one_paper(tmp_path, BANK)
    symbols = " ".join(question_page(exam, variant).symbols)
    assert r"\delta^{(2)} = -\frac{\partial E}{\partial z^{(2)}}" in symbols
    lines = repr(key_page(exam, variant).questions[0].sections)
    assert r"y - a^{(2)}" in lines
    assert r"W^{(1)} + \\eta \\left(-\\frac{\\partial E}{\\partial W^{(1)}}\\right)" in lines
    assert r"- \\eta" not in lines


def test_formulas_are_written_with_the_sign(tmp_path: Path) -> None:
    """What is allowed as it is has its own sign, and δ has that of the paper."""
    formula = 'ask = ["dL_dW2[1,1]", "W2_new[1,1]"]\nas = "formula"\nsymbols = ["dL_dz2", "a1"]\n'
    bank = changed(BANK, ('ask = ["dL_dz", "W_new", "b_new"]\n', formula))
    exam, variant, _ = _one_paper(tmp_path, bank)
    graded = sit(exam, [variant], {"s1": {("Q1", "w2_1_1_new_formula"): "w2_1_1 + learning_rate*delta2*a1_1"}})
    assert not [entry.field for entry in entries_of(graded) if entry.has_lost]
    graded = sit(exam, [variant], {"s1": {("Q1", "w2_1_1_new_formula"): "w2_1_1 - learning_rate*delta2*a1_1"}})
    assert [entry.field for entry in entries_of(graded) if entry.has_lost] == ["w2_1_1_new_formula"]


TWO_SAMPLES = changed(BANK, ('"dL_dz", ', '"dL_dz", "dL_dW", '), ("[values]", "samples_per_step = 2\n[values]"))


@pytest.mark.parametrize("bank", [BANK, SOFTMAX, changed(BANK, ('"dL_dz", ', '"dL_da", "dL_dW", ')), TWO_SAMPLES])
def test_single_entries_are_products_with_their_sign(tmp_path: Path, bank: str) -> None:
    """Every path begins with a derivative as the paper tells it; all of them add up to the entry as it is told."""
    _, variant, paper = _one_paper(tmp_path, bank)
    values = solve(paper, variant.questions["Q1"].givens)
    entries = [
        (one.name, index)
        for one in paper.graph.derived
        if one.kind in {"dL_dW", "dL_db"}
        for index in np.ndindex(*one.shape)
    ]
    for name, index in entries:
        found = sum(
            float(path.share) * np.prod([values[one.entry[0]][one.entry[1]] for one in path.factors if one.entry])
            for path in paths(paper.graph, name, index)
        )
        np.testing.assert_allclose(found, values[name][index], rtol=1e-9, atol=1e-12)


def test_the_key_has_the_section_of_single_entries(tmp_path: Path) -> None:
    """With a minus before the derivative that a product begins with, in brackets where something stands before that."""
    exam, variant, _ = _one_paper(tmp_path, BANK)
    [question] = key_page(exam, variant).questions
    [chain] = [part for part in question.sections if part.title == "Single entries by the chain rule"]
    entry, product, numbers, result = chain.lines[0].relations
    assert entry == r"-\frac{\partial E}{\partial w^{(2)}_{11}}"
    assert product.startswith(
        r"= -\frac{\partial E}{\partial a^{(2)}} \cdot \frac{\partial a^{(2)}}{\partial z^{(2)}} \cdot"
    )
    first, *others = map(float, numbers.removeprefix("= ").split(r" \cdot "))
    assert first * others[0] * others[1] == pytest.approx(float(result.removeprefix("= ")), abs=2e-4)
    (tmp_path / "more").mkdir()
    exam, variant, _ = _one_paper(tmp_path / "more", TWO_SAMPLES)
    [question] = key_page(exam, variant).questions
    [chain] = [part for part in question.sections if part.title == "Single entries by the chain rule"]
    assert chain.lines[0].relations[1].startswith(r"= - \left(-\frac{\partial E}{\partial a^{(2)}_{11}}\right) \cdot")
    assert chain.lines[0].relations[2].startswith(r"- \left(-\frac{\partial E}{\partial a^{(2)}_{12}}\right) \cdot")


def test_the_work_of_a_paper_is_the_same_in_every_notation(tmp_path: Path) -> None:
    """Papers that are held to equal work are so by what the manifest says of them."""
    (_, variant, paper), (_, _, plain) = _one_paper(tmp_path, BANK), _one_paper(tmp_path, BANK, "from-to")
    givens = {name: values[None] for name, values in variant.questions["Q1"].givens.items()}
    one, other = (workload(each, evaluate(each.graph, givens)) for each in (paper, plain))
    assert one.work == other.work
    assert one.minus_signs == other.minus_signs


def test_a_free_graph_has_the_signs_that_its_symbols_say() -> None:
    """A quantity of it that happens to be called z has no error term: ∂L/∂z is p - y in this notation, too."""
    loaded = load_exam("softmax-classifier", 7, "descent")
    [variant] = draw_variants(loaded, [Student("s1")])
    [(paper, numbers)] = papers(loaded.exam, variant)
    values = solve(paper, numbers.givens)
    assert not paper.is_turned
    np.testing.assert_allclose(values["dL_dz"], values["p"] - numbers.givens["y"], rtol=1e-12)
