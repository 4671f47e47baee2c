"""Choices whose right option follows from the numbers of a paper, and choices with several right options."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from examgen.core.circuits.choices import is_clearly
from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.keys.key_checks import check_exam
from examgen.exams.keys.key_documents import exam_document
from examgen.exams.keys.key_reading import MistakeError, exam_from
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.typed_references import typed_reference
from examgen.marking.judging.typed_answers import judge_text
from tests.small_banks import DRAWN, FIXED, PRODUCT, changed, written

GRAPH = """\
format = 1
title = "T"
[graph]
given = { s = [3] }
[graph.define]
p = "softmax(s)"
[values]
s = { min = "-2", max = "2", step = "0.1" }
[digits]
decimals = 4
[[tasks]]
text = "Go."
ask = "p"
[[tasks]]
text = "Which class?"
as = "choice"
options = ["the first", "the second", "the third"]
answer = "argmax(p)"
"""
SEVERAL = '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["up", "down", "a wall"]\nanswer = ["c", "Up"]\n'


def loaded(folder: Path, text: str) -> LoadedExam:
    return load_exam(written(folder, text), 7)


def papers(exam: LoadedExam) -> list[PaperShape]:
    [question] = exam.exam.questions
    return [paper_shape(question, label, exam.exam.notation) for label in question.shapes]


def right(paper: PaperShape) -> list[str]:
    return [typed_reference(paper, field) for field in paper.fields if field.as_ == "choice"]


def test_the_right_option_is_that_of_each_papers_numbers(tmp_path: Path) -> None:
    """On every paper the largest number has the letter that the key says, and is clearly the largest."""
    exam = loaded(tmp_path, GRAPH)
    by_label = {paper.label: right(paper)[0] for paper in papers(exam)}
    drawn = draw_variants(exam, [Student(str(number)) for number in range(60)])
    for variant in drawn:
        numbers = variant.questions["Q1"]
        p = np.exp(numbers.givens["s"]) / np.exp(numbers.givens["s"]).sum()
        assert by_label[numbers.label] == "abc"[int(p.argmax())]
        assert np.diff(np.sort(p))[-1] >= 0.05
    assert min(Counter(variant.questions["Q1"].label for variant in drawn).values()) > 10


def test_an_expression_may_be_of_a_network(tmp_path: Path) -> None:
    """The outputs of the only sample are a row: which is largest, and whether one is above a half."""
    text = changed(DRAWN, ("[1, 1]", "[2, 2]"))
    text += '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["1", "2"]\nanswer = "argmax(a1)"\n'
    text += '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["no", "yes"]\nanswer = "(3 + sign(a1[1] - 1/2)) / 2"\n'
    exam = loaded(tmp_path, text)
    by_label = {paper.label: right(paper) for paper in papers(exam)}
    assert sorted(by_label.values()) == [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]]
    for variant in draw_variants(exam, [Student(str(number)) for number in range(20)]):
        numbers = variant.questions["Q1"]
        z = numbers.givens["x"][0] @ numbers.givens["W1"].T + numbers.givens["b1"]
        assert by_label[numbers.label] == ["ab"[int(z[1] > z[0])], "ab"[int(z[0] > 0)]]


def test_derivatives_that_nobody_asks_for_may_tell_the_option(tmp_path: Path) -> None:
    """They are worked out in the solution, for they are on the way to the answer."""
    text = changed(GRAPH, ('p = "softmax(s)"', 'p = "softmax(s)"\nf = "p[1] * p[2]"'), ("argmax(p)", "argmax(df_ds)"))
    for paper in papers(loaded(tmp_path, text)):
        assert {"p", "df_ds"} <= {quantity.name for quantity in paper.needed()}


def test_fixed_numbers_have_one_right_option(tmp_path: Path) -> None:
    """Where nothing is drawn, there is but the shape of the option that these numbers make right."""
    text = changed(GRAPH, ('[values]\ns = { min = "-2", max = "2", step = "0.1" }', "[fixed]\ns = [1, 3, 2]"))
    [paper] = papers(loaded(tmp_path, text))
    assert right(paper) == ["b"]


def test_fixed_numbers_without_a_right_option_are_told(tmp_path: Path) -> None:
    """An expression that gives no option, or gives it by a tie alone, is a mistake of the bank."""
    fixed = ('[values]\ns = { min = "-2", max = "2", step = "0.1" }', "[fixed]\ns = [3, 3, 2]")
    with pytest.raises(BankError, match=r"fixed: argmax\(p\) is 1 with these numbers; .* no tie$"):
        loaded(tmp_path, changed(GRAPH, fixed))
    with pytest.raises(BankError, match=r"fixed: 4 \* p\[1\] is 1\.\d+ with these numbers; it has to be the number"):
        loaded(tmp_path, changed(GRAPH, fixed, ("argmax(p)", "4 * p[1]")))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("argmx(p)", 'answer is "argmx(p)"; give the right option\'s letter, a to c, or its text, or an expression of'),
        ("argmax(q)", '"q" is not known here. (at character 8)'),
        ("p", "p has shape [3]; the number of an option is a single one"),
        ("d", '"d" is not known here. (at character 1)'),
        ("2 + 1", "2 + 1 reads no quantity; name the right option by its letter or its text"),
    ],
)
def test_an_answer_that_is_no_option_and_no_expression_is_told_in_one_line(
    tmp_path: Path, answer: str, message: str
) -> None:
    """The message names the task, what was found and what is allowed."""
    with pytest.raises(BankError) as caught:
        loaded(tmp_path, changed(GRAPH, ("argmax(p)", answer)))
    assert "tasks[2]: answer is " in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_products_have_no_expressions(tmp_path: Path) -> None:
    """Their choices name the right option themselves."""
    text = PRODUCT + '[[tasks]]\ntext = ""\nas = "choice"\noptions = ["up", "down"]\nanswer = "P1"\n'
    with pytest.raises(BankError, match=r"tasks\[2\]: answer is \"P1\"; .* a to b, or its text$"):
        loaded(tmp_path, text)


def test_an_option_that_is_never_right_is_told(tmp_path: Path) -> None:
    """A class cannot have papers of it; the message says which screen turns all draws away."""
    text = changed(GRAPH, ('"the third"]', '"the third", "the fourth"]')) + "[screens]\nmax_draws = 200\n"
    with pytest.raises(BankError, match=r"option 200.*another option is right, or nearly so"):
        draw_variants(loaded(tmp_path, text), [Student(str(number)) for number in range(20)])


def test_the_key_says_which_option_each_shape_has(tmp_path: Path) -> None:
    """exam.json holds the expression and its option, read back as they were; what does not fit is told."""
    exam = loaded(tmp_path, GRAPH).exam
    document = exam_document(exam, "0")
    [question] = document["questions"]
    assert [shape["choices"] for shape in question["shapes"].values()] == [[["argmax(p)", n]] for n in (1, 2, 3)]
    assert dict(exam_from(document).questions[0].shapes) == dict(exam.questions[0].shapes)
    question["shapes"]["A"]["choices"] = [["argmax(p)", 4]]
    with pytest.raises(MistakeError, match=r"shapes\.A: choices: 'argmax\(p\)' is 4; the task has 3 options"):
        check_exam(exam_from(document))
    del question["shapes"]["A"]["choices"]
    with pytest.raises(MistakeError, match=r"shapes\.A: tasks\[2\]\.answer is 'argmax\(p\)', and choices does not say"):
        check_exam(exam_from(document))
    question["shapes"]["A"]["choices"] = [["argmax(", 1]]
    with pytest.raises(MistakeError, match=r"shapes\.A: "):
        check_exam(exam_from(document))


def test_shapes_without_such_choices_say_nothing_of_them(tmp_path: Path) -> None:
    """What was written before is written as it was."""
    [question] = exam_document(loaded(tmp_path, FIXED).exam, "0")["questions"]
    assert "choices" not in question["shapes"]["A"]


def test_the_right_letter_is_correct_and_all_others_are_wrong(tmp_path: Path) -> None:
    """Marking asks the shape of the paper."""
    for paper, letter in zip(papers(loaded(tmp_path, GRAPH)), "abc", strict=True):
        [field] = paper.other_fields
        outcomes = {text: judge_text(paper, field, text).outcome for text in "abc"}
        assert outcomes == {text: "correct" if text == letter else "wrong" for text in "abc"}


def test_all_right_options_and_no_others_are_correct(tmp_path: Path) -> None:
    """Letters in any order; one too few or one too many is wrong."""
    exam = loaded(tmp_path, DRAWN + SEVERAL)
    [paper] = papers(exam)
    [field] = paper.other_fields
    assert typed_reference(paper, field) == "a, c"
    outcomes = {text: judge_text(paper, field, text).outcome for text in ("a, c", "C A", "a", "c", "a, b, c", "ad", "")}
    assert outcomes == {
        **{"a, c": "correct", "C A": "correct", "a": "wrong", "c": "wrong", "a, b, c": "wrong"},
        **{"ad": "unreadable", "": "blank"},
    }
    document = exam_document(exam.exam, "0")
    assert document["questions"][0]["tasks"][1]["answer"] == ["a", "c"]
    assert exam_from(document).questions[0].tasks == exam.exam.questions[0].tasks


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("[]", "answer is an empty list; name every right option by its letter or its text"),
        ('["a", "up"]', "answer names an option twice; name each right one once"),
        ('["a", "x"]', 'answer is "x"; give the right option\'s letter, a to c, or its text'),
        ('[1, "a"]', "answer: found [1, 'a']; use a text such as \"a\", or a list of them"),
        ("true", 'answer: found true; use a text such as "a", or a list of them'),
        ('""', 'answer is ""; give the right option\'s letter, a to c, or its text'),
    ],
)
def test_a_list_that_names_no_options_is_told(tmp_path: Path, answer: str, message: str) -> None:
    """In one line, with what is allowed."""
    with pytest.raises(BankError) as caught:
        loaded(tmp_path, DRAWN + changed(SEVERAL, ('["c", "Up"]', answer)))
    assert message in str(caught.value)


def test_a_tie_gives_no_option() -> None:
    """Whatever the margin: which of two equal numbers comes first is no reason."""
    shape = CircuitShape((("s", (2,)),), (("f", "sum(s)"),))
    values = evaluate(shape.graph, {"s": np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 1.04]])}).values
    assert is_clearly(shape.graph, "argmax(s)", 2, values, 0).tolist() == [False, True, True]
    assert is_clearly(shape.graph, "argmax(s)", 2, values, 0.05).tolist() == [False, True, False]
