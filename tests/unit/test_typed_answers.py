"""Formulas, shapes and choices: read in any spelling, judged with a reason, and marked within a class."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from examgen import make
from examgen.batch.returned.class_feedback import feedback_from_files
from examgen.exams.banks.building import load_exam
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.typed_references import typed_reference
from examgen.marking.grading import grade
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.marking.judging.typed_answers import judge_text, mark_others
from examgen.marking.reading.answers import AnswerTable, Numbers
from examgen.marking.reading.typed.typed_numbers import REASONS, Unreadable
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS
from examgen.tables.text_columns import Texts
from tests.formula_texts import gradient_text
from tests.marking_sheets import read_rows
from tests.small_banks import DRAWN, all_papers, changed, written

RELU_SQUARED, RELU_BCE, TANH_SQUARED, TANH_BCE = "ABCD"


def asked(label: str, name: str, notation: str | None = None) -> tuple[PaperShape, Field]:
    """A field of the shipped exam with formulas, by the label of its shape."""
    exam = load_exam("formulas", 7, notation).exam
    paper = paper_shape(exam.questions[0], label, exam.notation)
    return paper, next(field for field in paper.fields if field.name == name)


def outcome(label: str, name: str, text: str) -> tuple[str, str]:
    judged = judge_text(*asked(label, name), text)
    return judged.outcome, judged.label


@pytest.mark.parametrize("notation", ["from-to", "to-from-da", "nielsen", "row"])
@pytest.mark.parametrize("label", [RELU_SQUARED, RELU_BCE, TANH_SQUARED, TANH_BCE])
def test_the_key_is_right(label: str, notation: str) -> None:
    """Every answer of the key is correct in every notation, and needs no comment."""
    exam = load_exam("formulas", 7, notation).exam
    paper = paper_shape(exam.questions[0], label, exam.notation)
    for field in paper.other_fields:
        judged = judge_text(paper, field, typed_reference(paper, field))
        assert (judged.outcome, judged.comment, judged.label) == ("correct", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "(a2 - y)*a2*(1 - a2)*a1_1",
        "a1_1 · (a2−y) × a2 ⋅ (1-a2)",
        "(a2-y)*sigmoid'(z2)*a1_1",
        "-(y-a2)*(a2-a2^2)*a1_1",
        "(a⁽²⁾ - y)*a⁽²⁾*(1 - a⁽²⁾)*a⁽¹⁾₁",
        "'(a2-y)*a2*(1-a2)*a11",
        "(a2-y)*exp(-z2)/(1+exp(-z2))²*max(0, z1_1)",
        "( A2 - Y )*a_2*( 1 - a2 )*a1_1/1",
    ],
)
def test_a_formula_may_be_written_in_many_ways(text: str) -> None:
    """What is right for all numbers is right."""
    assert outcome(RELU_SQUARED, "dL_dw2_1_1_formula", text) == ("correct", "")


def test_formulas_written_out_by_hand_are_right() -> None:
    """The textbook's sum over paths, in the spellings of the paper, for every weight of the hidden layer."""
    for label, hidden in ((RELU_SQUARED, "relu"), (TANH_SQUARED, "tanh")):
        for to, source in itertools.product((1, 2), repeat=2):
            text = gradient_text((2, 2, 1), (hidden, "sigmoid"), (1, to, source))
            assert outcome(label, f"dL_dw1_{source}_{to}_formula", text) == ("correct", "")


@pytest.mark.parametrize(
    ("label", "name", "text", "misconception"),
    [
        (RELU_SQUARED, "delta2_formula", "(y - a2)*a2*(1 - a2)", "error-sign"),
        (RELU_SQUARED, "delta2_formula", "2*(a2 - y)*a2*(1 - a2)", "loss-factor"),
        (RELU_SQUARED, "delta2_formula", "a2 - y", "no-slope"),
        (TANH_BCE, "delta2_formula", "(a2 - y)*a2*(1 - a2)", "extra-slope"),
        (TANH_BCE, "dL_dw2_1_1_formula", "(a2 - y)*z1_1", "pre-activation-input"),
        (RELU_BCE, "dL_dw2_2_1_formula", "(a2 - y)*a2", "wrong-layer-input"),
        (TANH_BCE, "dL_dw1_1_2_formula", "(a2 - y)*w2_2_1*x_1", "no-slope"),
        (TANH_BCE, "dL_dw1_1_2_formula", "(a2 - y)*w2_2_1*a1_2*(1 - a1_2)*x_1", "wrong-slope"),
        (RELU_BCE, "dL_dw1_1_1_formula", "(a2 - y)*w2_1_1*z1_1*x_1", "relu-slope-z"),
    ],
)
def test_a_misconception_is_named(label: str, name: str, text: str, misconception: str) -> None:
    """A formula with a misconception is wrong, and the misconception is among those that fit."""
    found, names = outcome(label, name, text)
    assert found == "wrong"
    assert misconception in names.split("|")


@pytest.mark.parametrize(
    ("label", "name", "text", "found", "comment"),
    [
        (TANH_BCE, "delta2_formula", " ", "blank", "Nothing was written."),
        (TANH_BCE, "delta2_formula", "2a2", "unreadable", 'Write * between factors: a sign is missing before "a2".'),
        (TANH_BCE, "delta2_formula", "a2 - t", "unreadable", '"t" is not a symbol of this question.'),
        (TANH_BCE, "delta2_formula", "=A1-B1", "unreadable", "Write only the right-hand side, without an equals sign."),
        (TANH_BCE, "delta2_formula", "delta2", "wrong", "This task does not allow delta2 in the formula."),
        (TANH_BCE, "dL_dw2_1_1_formula", "delta2*a1_1", "wrong", "This task does not allow delta2 in the formula."),
        (TANH_BCE, "delta2_formula", "5", "wrong", "It always gives 5, not "),
        (
            RELU_BCE,
            "dL_dw1_1_1_formula",
            "(a2 - y)*w2_1_1*x_1*(z1_1 + abs(z1_1))/(2*abs(z1_1))",
            "correct",
            "",
        ),
        (
            TANH_BCE,
            "delta2_formula",
            "exp(ln(a2 - y))",
            "wrong",
            "It is not defined for all numbers: it divides by 0, or has a root or logarithm of a negative number.",
        ),
    ],
)
def test_the_student_is_told_why(label: str, name: str, text: str, found: str, comment: str) -> None:
    """A sentence for what cannot be read, is not allowed, or is not right."""
    judged = judge_text(*asked(label, name), text)
    assert judged.outcome == found
    assert judged.comment.startswith(comment) if comment else judged.comment == ""


def test_a_formula_that_is_right_while_a_unit_is_live_is_wrong_and_says_where() -> None:
    """The absolute value of z is the activation of ReLU only where z is positive."""
    judged = judge_text(*asked(RELU_BCE, "dL_dw2_1_1_formula"), "(a2 - y)*abs(z1_1)")
    assert (judged.outcome, judged.label) == ("wrong", "")
    assert judged.comment == "It is right for some numbers only: it fails where z⁽¹⁾₁ is negative."


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("dL_dw2_1_1", "The formula uses dL_dw2_1_1, which is what the formula is for."),
        ("dL_dw2_1_1 + 0*w2_1_1_new", "The formula uses dL_dw2_1_1, which is what the formula is for."),
        ("(w2_1_1 - w2_1_1_new)/eta", "The formula uses w2_1_1_new, which follows from what the formula is for."),
        ("2*(y - a2)*a2*(1 - a2)*a1_1", "It looks as if the error was taken as y − a, not a − y."),
        ("2*(a2 - y)*a2*(1 - a2)*abs(a1_1)", "It is right for some numbers only: where a2 = "),
        (
            "2*(a2 - y)*a2*(1 - a2)*abs(a1_1) + 0*(a1_2 + b2 + z1_1 + z1_2)",
            "It is right for some numbers only.",
        ),
        ("a1_1 + a1_2 + a2 + y + w2_1_1 + w2_2_1", "Where a1_1 = "),
        ("a1_1 + a1_2 + a2 + y + w2_1_1 + w2_2_1 + b2", ""),
    ],
)
def test_what_is_wrong_with_a_formula_is_told(tmp_path: Path, text: str, comment: str) -> None:
    """A circle, a misconception, or numbers to put in, where they are six at most."""
    rate = ("y = {", 'learning_rate = { choices = ["0.5"] }\ny = {')
    bank = changed(DRAWN, ("[1, 1]", "[2, 2, 1]"), ('["sigmoid"]', '["tanh", "sigmoid"]'), rate)
    bank += '[[tasks]]\ntext = ""\nask = "dL_dW"\nlayers = [2]\nas = "formula"\n'
    [paper] = all_papers(load_exam(written(tmp_path, bank), 7))
    judged = judge_text(paper, paper.other_fields[0], text)
    assert judged.outcome == "wrong"
    assert judged.comment.startswith(comment) if comment else judged.comment == ""


def test_each_answer_of_a_class_is_judged_in_its_place() -> None:
    """Also in the first row of all; what was handed in twice is unreadable, and what was not at all is blank."""
    paper, _ = asked(TANH_BCE, "delta2_formula")
    right = [typed_reference(paper, field) for field in paper.other_fields]
    shape, choice = right.index("(2, 1)"), len(right) - 1
    table = answer_table(["a2", "(1, 2)", "b", "y - a2", *right, "z"])
    rows = 4 + np.arange(len(right)) + np.zeros((4, 1), dtype=np.int64)
    rows[1] = -1
    rows[2, [0, shape, choice]] = 0, 1, 2
    rows[3, 0] = 3
    first = mark_others(paper, table, rows).outcome[2, 0]
    assert BY_CODE[first].name == "wrong"
    twice = table.parsed.with_reason(np.array([0, len(table) - 1]), "duplicate")
    found = mark_others(paper, replace(table, parsed=twice), rows)
    names = [[BY_CODE[code].name for code in student] for student in found.outcome]
    assert names[:2] == [["correct"] * len(right), ["blank"] * len(right)]
    assert [names[2][place] for place in (0, shape, choice)] == ["unreadable", "wrong", "wrong"]
    comments = [[found.texts[place] for place in student] for student in found.comments]
    assert comments[:2] == [[""] * len(right), ["Nothing was written."] * len(right)]
    swapped = "The rows come first, then the columns; here they are swapped."
    assert [comments[2][place] for place in (0, shape, choice)] == [REASONS["duplicate"], swapped, ""]
    labels = [[found.names[place] for place in student] for student in found.labels]
    assert "error-sign" in labels[3][0].split("|")
    assert {label for student in (*labels[:3], labels[3][1:]) for label in student} == {""}


def test_of_nobody_who_handed_in_all_is_blank() -> None:
    """A class without a single row is marked, too."""
    paper, _ = asked(TANH_BCE, "delta2_formula")
    none = np.full((2, len(paper.other_fields)), -1)
    assert (mark_others(paper, answer_table([]), none).outcome == OUTCOMES["blank"].code).all()


def answer_table(texts: list[str]) -> AnswerTable:
    """Rows with these answers, of whomever."""
    same, line = Texts.of(["s"] * len(texts)), np.arange(len(texts))
    parsed = Numbers.of(Unreadable("blank") for _ in texts)
    file = np.zeros(len(texts), dtype=np.int32)
    return AnswerTable(file, line, same, same, same, same, same, Texts.of(texts), parsed)


def test_a_counterexample_has_numbers_that_can_be_put_in() -> None:
    """Where no misconception fits, one draw is told, with what is right there."""
    judged = judge_text(*asked(TANH_BCE, "delta2_formula"), "a2 + y")
    assert judged.comment.startswith("Where a2 = ")
    shown = dict(part.split(" = ") for part in judged.comment.split(", it ")[0].removeprefix("Where ").split(", "))
    a2, y = float(shown["a2"]), float(shown["y"])
    given, right = (float(part) for part in judged.comment.partition(" gives ")[2].rstrip(".").split(", not "))
    assert given == pytest.approx(a2 + y, abs=2e-3)
    assert right == pytest.approx(a2 - y, abs=2e-3)


@pytest.mark.parametrize(
    ("text", "found", "comment"),
    [
        ("(2, 1)", "correct", ""),
        ("2x1", "correct", ""),
        ("2,1", "correct", ""),
        ("(1, 2)", "wrong", "The rows come first, then the columns; here they are swapped."),
        ("(2,)", "wrong", "A shape has two numbers, rows and columns; a column of n numbers has the shape (n, 1)."),
        ("2x1x1", "wrong", "A shape has two numbers, rows and columns; a column of n numbers has the shape (n, 1)."),
        ("(2, 2)", "wrong", ""),
        ("two", "unreadable", SHAPE_REASONS["not_a_shape"]),
        ("2.5 x 1", "unreadable", SHAPE_REASONS["not_whole"]),
        ("2\u04451", "unreadable", SHAPE_REASONS["not_a_shape"] + " (It has U+0445, cyrillic small letter ha.)"),
        ("zwei mal ein\u00df", "unreadable", SHAPE_REASONS["not_a_shape"]),
        ("", "blank", "Nothing was written."),
    ],
)
def test_shapes(text: str, found: str, comment: str) -> None:
    """Rows and columns as they are shown; what is wrong with a shape is told where it can be."""
    judged = judge_text(*asked(TANH_BCE, "delta1_shape"), text)
    assert (judged.outcome, judged.comment) == (found, comment)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", "correct"),
        (" (A) ", "correct"),
        ("Their derivatives are 0, so it does not change them.", "correct"),
        ("d.", "wrong"),
        ("e", "unreadable"),
        ("a, b", "unreadable"),
        ("", "blank"),
    ],
)
def test_choices(text: str, found: str) -> None:
    """By letter or by text."""
    assert outcome(TANH_BCE, "choice_e", text)[0] == found


def sheet(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    names = ["exam", "variant", "student", "question", "field", "symbol", "answer"]
    lines = [names, *([row[name] for name in names] for row in rows)]
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """One student's paper."""
    make("formulas", seed=7, student="ada", out=tmp_path / "exam")
    return tmp_path / "exam"


def test_the_key_handed_in_has_full_marks(made: Path, tmp_path: Path) -> None:
    """Formulas, shapes and the choice included."""
    rows = read_rows(made / "key/answers.csv")
    graded = grade(sheet(tmp_path / "s.csv", rows), made)
    assert set(graded.results["outcome"]) == {"correct"}
    assert graded.gradebook[["marks", "max_marks", "Q1"]].iloc[0].tolist() == [24, 24, 24]


def test_one_wrong_formula_costs_its_marks_only(made: Path, tmp_path: Path) -> None:
    """Nothing rests on a formula, and a blank one is a blank."""
    rows = read_rows(made / "key/answers.csv")
    by_field = {row["field"]: row for row in rows}
    by_field["dL_dw2_1_1_formula"]["answer"] = "=1+1"
    by_field["delta2_formula"]["answer"] = ""
    graded = grade(sheet(tmp_path / "s.csv", rows), made).results.set_index("field")
    lost = graded[graded["outcome"] != "correct"]
    assert lost["outcome"].to_dict() == {"delta2_formula": "blank", "dL_dw2_1_1_formula": "unreadable"}
    assert lost["answer"].to_dict() == {"delta2_formula": "", "dL_dw2_1_1_formula": "'=1+1"}
    assert lost["marks"].sum() == 0
    assert graded["marks"].sum() == 20


def test_a_shape_with_a_comma_is_no_decimal_comma(made: Path, tmp_path: Path) -> None:
    """In a sheet with semicolons, `2,1` says nothing about how the student writes numbers, and is none itself."""
    rows = read_rows(made / "key/answers.csv")
    for row in rows:
        if row["field"].endswith("_shape"):
            row["answer"] = row["answer"].strip("()").replace(" ", "")
        elif row["decimals"]:
            row["answer"] = f"{float(row['answer']):.4f}"
    whole = [row for row in rows if row["field"] in {"z1_1", "z1_2"}]
    for row in whole:
        row["answer"] = "1"
    graded = grade(sheet(tmp_path / "s.csv", rows, ";"), made).results.set_index("field")
    assert (graded.loc[["delta1_shape", "dL_dW1_shape"], "outcome"] == "correct").all()
    assert graded.loc[["delta1_shape", "dL_dW1_shape"], "value"].isna().all()
    assert graded.loc[["z1_1", "a2"], "value"].notna().all()


def test_two_answers_to_one_formula_are_none(made: Path, tmp_path: Path) -> None:
    """As with numbers, it is for the student to say which one counts."""
    rows = read_rows(made / "key/answers.csv")
    formula = next(row for row in rows if row["field"] == "delta2_formula")
    graded = grade(sheet(tmp_path / "s.csv", [*rows, {**formula, "answer": "a2"}]), made).results.set_index("field")
    assert graded.loc["delta2_formula", "outcome"] == "unreadable"
    assert "more than once" in str(graded.loc["delta2_formula", "comment"])


def test_feedback_shows_formulas_beside_the_right_ones(made: Path, tmp_path: Path) -> None:
    """The page has what was typed, the reference, and what went wrong; its markup is text."""
    rows = read_rows(made / "key/answers.csv")
    by_field = {row["field"]: row for row in rows}
    by_field["delta2_formula"]["answer"] = "a2 - y + <b>"
    by_field["choice_e"]["answer"] = "b"
    grade(sheet(tmp_path / "s.csv", rows), made)
    feedback_from_files(made / "marks", made / "key")
    page = (made / "marks/feedback/ada.html").read_text(encoding="utf-8")
    assert "a2 - y + &lt;b&gt;" in page
    assert "A formula has no comparisons" in page
    assert (made / "marks/feedback/ada.pdf").read_bytes().startswith(b"%PDF")
