"""Tasks that ask for single quantities and single entries: their fields, boxes and marks."""

from pathlib import Path

import numpy as np
import pytest

from examgen.batch.bench.sitting import sit, written_numbers
from examgen.core.evaluation import evaluate
from examgen.core.rules.rule import Array
from examgen.documents.paper.papers import question_page
from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from tests.small_banks import DRAWN, changed, written

ASKED = '["a1[2]", "dL_dz1[2]", "dL_dW1[2,1]", "W1_new[2,1]", "W1_new[3,2]"]'
WIDE = changed(
    DRAWN,
    ("[1, 1]", "[2, 3, 2]"),
    ('["sigmoid"]', '["tanh", "sigmoid"]'),
    ("[digits]", "learning_rate = { choices = [0.5] }\n[digits]"),
    ('["z", "a", "loss"]', ASKED),
)


def _one_paper(folder: Path, bank: str = WIDE) -> tuple[Exam, Variant]:
    loaded = load_exam(written(folder, bank), 3)
    return loaded.exam, draw_variants(loaded, [Student("s1")])[0]


def _fields(exam: Exam, variant: Variant) -> list[str]:
    return [field.name for paper, _ in papers(exam, variant) for field in paper.fields]


def test_entries_are_fields_of_their_own(tmp_path: Path) -> None:
    """Canonical places become the symbols of the notation, in the order of the solution."""
    fields = _fields(*_one_paper(tmp_path))
    assert fields == ["a1_2", "delta1_2", "dL_dw1_1_2", "w1_1_2_new", "w1_2_3_new"]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ('"W1_new"', ["s1_w1_11_new", "s2_w1_11_new"]),
        ('"W1_new@2"', ["s2_w1_11_new"]),
        ('"W1_new@2[1,1]"', ["s2_w1_11_new"]),
        ('"W1_new[1,1]@1"', ["s1_w1_11_new"]),
        ('["loss@2", "a1[1]"]', ["s1_a1", "s2_a1", "s2_L"]),
    ],
)
def test_a_step_may_be_named(tmp_path: Path, asked: str, fields: list[str]) -> None:
    """`@2` is the second step; a quantity without it is asked in every step."""
    bank = changed(
        DRAWN,
        ("loss =", "steps = 2\nloss ="),
        ("[digits]", "learning_rate = { choices = [0.5] }\n[digits]"),
        ('["z", "a", "loss"]', asked),
    )
    assert [name.replace("_1_1", "_11") for name in _fields(*_one_paper(tmp_path, bank))] == fields


def test_each_entry_has_a_box_with_its_symbol(tmp_path: Path) -> None:
    """No box is printed for what nobody asks for."""
    boxes = question_page(*_one_paper(tmp_path)).questions[0].tasks[0].boxes
    assert [len(box.cells) for box in boxes] == [1] * 5
    assert boxes[2].symbol == r"\frac{\partial L}{\partial w^{(1)}_{12}}"


def test_an_entry_follows_from_the_own_entry_and_no_other(tmp_path: Path) -> None:
    """A slip in the asked entry of a gradient is carried to the same entry of the update, the other one stays right."""
    exam, variant = _one_paper(tmp_path)
    [(paper, numbers)] = papers(exam, variant)
    right = evaluate(paper.graph, numbers.givens)
    slip = right["dL_dW1"] + np.where(np.arange(6).reshape(3, 2) == 2, 0.31, np.nan)
    wrong = evaluate(paper.graph, numbers.givens, substitute={"dL_dW1": slip})
    results = sit(exam, [variant], {"s1": written_numbers(paper, wrong.values)}).results
    assert list(results["outcome"]) == ["correct", "correct", "wrong", "follow_through", "correct"]


def test_rounding_on_the_way_loses_nothing(tmp_path: Path) -> None:
    """Whoever rounds every entry, also those that are not asked, gets full marks."""
    exam, variant = _one_paper(tmp_path)
    [(paper, numbers)] = papers(exam, variant)
    rounded: dict[str, Array] = {}
    for quantity in paper.graph.derived:
        values = evaluate(paper.graph, numbers.givens, substitute=rounded).values[quantity.name]
        rounded[quantity.name] = np.round(values, 4)
    results = sit(exam, [variant], {"s1": written_numbers(paper, rounded)}).results
    assert (results["outcome"] == "correct").all()


def test_entries_of_a_quantity_are_asked_to_the_same_digits(tmp_path: Path) -> None:
    """Two tasks may share a quantity, but what follows from it starts from one precision."""
    other = '[[tasks]]\ntext = ""\nask = "dL_dW1[1,1]"\ndigits = { decimals = 2 }\n'
    with pytest.raises(BankError, match=r"entries of dL_dW1 are asked to other digits than in another task"):
        _one_paper(tmp_path, WIDE + other)


def test_entries_may_be_asked_as_formulas(tmp_path: Path) -> None:
    """A single entry has a formula, and a quantity may be named as one of its symbols."""
    formula = '[[tasks]]\ntext = ""\nask = "dL_dW2[1,3]"\nas = "formula"\nsymbols = ["dL_dz2", "a1"]\n'
    exam, variant = _one_paper(tmp_path, WIDE + formula)
    results = sit(exam, [variant], {}).results
    assert results["field"].iloc[-1] == "dL_dw2_3_1_formula"
    assert list(results["answer"])[-1] == "delta2_1*a1_3"
    assert (results["outcome"] == "correct").all()
