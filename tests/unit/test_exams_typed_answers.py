"""Tasks that ask for formulas, shapes and choices: their fields, their right answers, and their place in the key."""

from pathlib import Path

import pytest

from examgen.errors import BankError
from examgen.exams.banks.building import load_exam
from examgen.exams.keys.key_documents import exam_document
from examgen.exams.keys.key_reading import exam_from
from examgen.exams.paper_shapes import paper_shape
from examgen.exams.references.typed_references import typed_reference
from tests.small_banks import DRAWN, changed, written

CHOICE = '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["up", "down", "a wall"]\nanswer = "{}"\nmarks_per_task = 3\n'


def test_tasks_may_ask_for_formulas_shapes_and_choices(tmp_path: Path) -> None:
    """Their fields stand beside those of numbers, and say what they are."""
    text = changed(DRAWN, ("[1, 1]", "[2, 2, 1]"), ('["sigmoid"]', '["tanh", "sigmoid"]'))
    text += '[[tasks]]\ntext = ""\nask = "dL_dW"\nlayers = [2]\nas = "formula"\nsymbols = ["a"]\nmarks_per_task = 3\n'
    text += '[[tasks]]\ntext = ""\nask = ["z", "dL_dW"]\nlayers = [1]\nas = "shape"\nmarks_per_task = 3\n'
    exam = load_exam(written(tmp_path, text + CHOICE.format("Down")), 7).exam
    [question] = exam.questions
    paper = paper_shape(question, "A", exam.notation)
    others = [field for field in paper.fields if field.as_ != "number"]
    assert [(field.name, field.as_, str(field.marks), field.task) for field in others] == [
        ("dL_dw2_1_1_formula", "formula", "1.5", 1),
        ("dL_dw2_2_1_formula", "formula", "1.5", 1),
        ("z1_shape", "shape", "1.5", 2),
        ("dL_dW1_shape", "shape", "1.5", 2),
        ("choice_d", "choice", "3", 3),
    ]
    assert [typed_reference(paper, field) for field in others[2:]] == ["(2, 1)", "(2, 2)", "b"]
    assert [paper.fields[place] for place in paper.number_places] == list(paper.number_fields)
    assert {field.name for field in paper.number_fields} == {"z1_1", "z1_2", "z2", "a1_1", "a1_2", "a2", "L"}


def test_the_shape_of_weights_with_folded_biases_has_their_row(tmp_path: Path) -> None:
    """In row notation the gradient's matrix is one row larger, and activations are rows."""
    text = changed(DRAWN, ("[1, 1]", "[3, 2]")) + '[[tasks]]\ntext = ""\nask = ["dL_dW", "dL_da"]\nas = "shape"\n'
    shapes = {}
    for notation in ("row", "from-to", "nielsen"):
        exam = load_exam(written(tmp_path, text), 7, notation).exam
        paper = paper_shape(exam.questions[0], "A", exam.notation)
        shapes[notation] = [typed_reference(paper, field) for field in paper.fields if field.as_ == "shape"]
    assert shapes == {
        "row": ["(1, 2)", "(4, 2)"],
        "from-to": ["(2, 1)", "(3, 2)"],
        "nielsen": ["(2, 1)", "(2, 3)"],
    }


def test_a_formula_that_is_too_long_to_be_typed_is_refused(tmp_path: Path) -> None:
    """With no symbols but given ones, a wide network's formulas are beyond what is read."""
    text = changed(DRAWN, ("[1, 1]", "[6, 6, 6, 1]"), ('["sigmoid"]', '["tanh", "tanh", "sigmoid"]'))
    text += '[[tasks]]\ntext = ""\nask = "dL_dW"\nlayers = [1]\nas = "formula"\nsymbols = []\n'
    with pytest.raises(BankError, match=r"tasks\[2\]: the formula of ∂L/∂w⁽¹⁾₁₁ is longer than 1000 .* more symbols"):
        load_exam(written(tmp_path, text), 7)


def test_what_is_asked_survives_the_key() -> None:
    """exam.json says what it said, and nothing about numbers that it did not say before."""
    exam = load_exam("formulas", 7).exam
    document = exam_document(exam, "0")
    assert exam_from(document).questions[0].tasks == exam.questions[0].tasks
    tasks = document["questions"][0]["tasks"]
    assert [sorted({"as", "symbols", "options", "answer"} & task.keys()) for task in tasks] == [
        [],
        ["as", "symbols"],
        ["as", "symbols"],
        ["as"],
        ["answer", "as", "options"],
    ]
