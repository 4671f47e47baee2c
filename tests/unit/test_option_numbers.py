"""Numbers in the options of choices: right ones and those of misconceptions; and options in another order."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.paper.web_sheet import web_sheet
from examgen.documents.style import PaperStyle
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.keys.key_checks import check_exam
from examgen.exams.keys.key_documents import exam_document
from examgen.exams.keys.key_reading import MistakeError, exam_from
from examgen.exams.keys.solved_papers import papers
from examgen.exams.references.typed_references import typed_reference
from examgen.exams.wording.option_texts import OptionNumber, option_parts
from examgen.marking.judging.outcomes import BY_CODE
from examgen.marking.judging.typed_answers import mark_others
from tests.small_banks import FIXED, PRODUCT, changed, written
from tests.unit.test_typed_answers import answer_table

GRAPH = """\
title = "T"
[graph]
given = { x = [], y = [], z = [] }
output = "f"
[graph.define]
q = "x + y"
f = "q * z"
[values]
entries = { min = "-2", max = "2", step = "0.1", exclude = ["0"] }
[digits]
decimals = 2
[[tasks]]
text = "Go."
ask = ["q", "f"]
[[tasks]]
text = "What is the derivative by $z$?"
as = "choice"
options = ["{df_dz}", "{df_dz | other-factor}", "{f + 1}", "{-f}", "None of $\\\\frac{1}{2}$ and these"]
answer = "a"
"""
SHUFFLED = changed(GRAPH, ('answer = "a"', 'answer = "a"\nshuffle = true'))
OPTIONS = '["{df_dz}", "{df_dz | other-factor}", "{f + 1}", "{-f}"'
DRAWN_NUMBERS = '[values]\nentries = { min = "-2", max = "2", step = "0.1", exclude = ["0"] }'


def loaded(folder: Path, text: str) -> LoadedExam:
    return load_exam(written(folder, text), 7)


def drawn(exam: LoadedExam, count: int) -> list[Variant]:
    return draw_variants(exam, [Student(str(number)) for number in range(count)])


def by_hand(variant: Variant) -> list[str]:
    """The options of GRAPH, from given numbers alone."""
    x, y, z = (round(10 * float(variant.questions["Q1"].givens[name])) for name in "xyz")
    right = [10 * (x + y), 10 * z, (x + y) * z + 100, -(x + y) * z]
    return [f"${value / 100:.2f}$" for value in right] + [r"None of $\frac{1}{2}$ and these"]


def options(exam: LoadedExam, variant: Variant) -> list[str]:
    [question] = question_page(exam.exam, variant).questions
    return [text for _, text in question.tasks[1].options]


def test_options_have_the_numbers_of_each_paper(tmp_path: Path) -> None:
    """The right derivative x + y, z of who takes the other factor, and two more; braces of formulas are LaTeX's."""
    exam = loaded(tmp_path, GRAPH)
    for variant in drawn(exam, 8):
        assert options(exam, variant) == by_hand(variant)
        [question] = key_page(exam.exam, variant).questions
        assert [one.text for one in question.tasks[1].answers] == by_hand(variant)[:1]


def test_no_two_options_of_a_paper_are_equal(tmp_path: Path) -> None:
    """Where a grid of few numbers makes many equal, those draws are turned away; a number of all papers counts."""
    text = changed(GRAPH, ('"-2", max = "2", step = "0.1"', '"-2", max = "2", step = "0.5"'), ('"{-f}"', '"1.00"'))
    exam = loaded(tmp_path, text)
    for variant in drawn(exam, 60):
        found = options(exam, variant)
        assert "1.00" in found
        assert len({one.replace("$", "") for one in found}) == len(found)


def test_equal_options_of_fixed_numbers_are_told(tmp_path: Path) -> None:
    """Nothing can be drawn anew."""
    text = changed(GRAPH, (DRAWN_NUMBERS, "[fixed]\nx = 0.5\ny = 0.5\nz = 1"))
    with pytest.raises(BankError, match=r"fixed: two options of a choice come to the same number"):
        loaded(tmp_path, text)


def test_shuffled_options_stand_at_every_letter(tmp_path: Path) -> None:
    """The right one too, and the key knows its letter; the order is the student's own whatever the class."""
    exam = loaded(tmp_path, SHUFFLED)
    letters = Counter[str]()
    for variant in drawn(exam, 60):
        [(paper, _)] = papers(exam.exam, variant)
        [field] = paper.other_fields
        letter = typed_reference(paper, field)
        found = options(exam, variant)
        assert sorted(found) == sorted(by_hand(variant))
        assert found["abcde".index(letter)] == by_hand(variant)[0]
        letters[letter] += 1
    assert set(letters) == set("abcde")
    [alone] = draw_variants(exam, [Student("41")])
    assert options(exam, alone) == options(exam, drawn(exam, 60)[41])


@pytest.mark.parametrize("bank", [FIXED, PRODUCT])
def test_any_exercise_shuffles(tmp_path: Path, bank: str) -> None:
    """Also where all numbers are the same, and where several options are right."""
    several = 'as = "choice"\noptions = ["up", "down", "left"]\nanswer = ["a", "left"]\nshuffle = true\n'
    exam = loaded(tmp_path, f'{bank}[[tasks]]\ntext = "Which?"\n{several}')
    seen = set()
    for variant in drawn(exam, 30):
        [(paper, _)] = papers(exam.exam, variant)
        [field] = paper.other_fields
        places = ["abc".index(letter) for letter in typed_reference(paper, field).split(", ")]
        assert {options(exam, variant)[place] for place in places} == {"up", "left"}
        seen.add(tuple(places))
    assert len(seen) == 3


def test_a_right_option_of_the_numbers_is_found_in_any_order(tmp_path: Path) -> None:
    """The expression counts options as the bank does, the letter as they stand on the paper."""
    answer = 'options = ["not positive", "positive"]\nanswer = "(3 + sign(f)) / 2"\nshuffle = true\n'
    start = GRAPH[: GRAPH.index("options = [")]
    exam = loaded(tmp_path, start + answer)
    assert len(exam.exam.questions[0].shapes) == 4
    for variant in drawn(exam, 12):
        [(paper, numbers)] = papers(exam.exam, variant)
        x, y, z = (float(numbers.givens[name]) for name in "xyz")
        right = typed_reference(paper, paper.other_fields[0])
        assert options(exam, variant)["ab".index(right)] == ("positive" if (x + y) * z > 0 else "not positive")


def graded(exam: LoadedExam, variants: list[Variant], texts: list[str]) -> Iterator[tuple[str, str]]:
    """Outcome and misconception of one text for the choice of each paper, all of one shape."""
    each = [next(iter(papers(exam.exam, variant))) for variant in variants]
    [paper] = {one for one, _ in each}
    givens = {name: np.stack([numbers.givens[name] for _, numbers in each]) for name in each[0][1].givens}
    rows = np.arange(len(texts)).reshape(-1, 1)
    marks = mark_others(paper, answer_table(texts), rows, givens=givens)
    for outcome, label in zip(marks.outcome[:, 0], marks.labels[:, 0], strict=True):
        yield BY_CODE[outcome].name, marks.names[label]


def test_options_are_read_by_letters_and_by_the_numbers_of_ones_own_paper(tmp_path: Path) -> None:
    """A number may have a comma or a minus of print; that of another paper is no option here."""
    exam = loaded(tmp_path, GRAPH)
    first, second = drawn(exam, 2)
    right = by_hand(first)[0].strip("$")
    texts = ["A", right, right.replace(".", ","), right.replace("-", "−"), f"a) {right}", by_hand(second)[0]]
    assert right != texts[-1]
    assert list(graded(exam, [first] * 6, texts)) == [("correct", "")] * 5 + [("unreadable", "")]
    assert list(graded(exam, [first, second], [right, right])) == [("correct", ""), ("unreadable", "")]


def test_who_chooses_a_misconceptions_number_has_it_named(tmp_path: Path) -> None:
    """By letter or number; other wrong options have no name."""
    exam = loaded(tmp_path, GRAPH)
    [variant] = drawn(exam, 1)
    other = by_hand(variant)[1].strip("$")
    found = list(graded(exam, [variant] * 3, ["b", other, "c"]))
    assert found == [("wrong", "other-factor"), ("wrong", "other-factor"), ("wrong", "")]


def test_the_web_sheet_has_the_same_options_in_the_exams_language(tmp_path: Path) -> None:
    """Byte for byte those of the paper; each student's own."""
    exam = loaded(tmp_path, SHUFFLED)
    for variant in drawn(exam, 3):
        page = web_sheet(exam.exam, variant).decode()
        places = [page.index(f"<mn>{one.strip('$-')}</mn>") for one in options(exam, variant) if "frac" not in one]
        assert places == sorted(places)
        german = web_sheet(exam.exam, variant, PaperStyle(language="de")).decode()
        assert "{" not in german[german.index('<ul class="options">') : german.index("</ul>")]
        whole, decimals = options(exam, variant)[-1 - ("frac" in options(exam, variant)[-1])].strip("$-").split(".")
        assert f"<mn>{whole},{decimals}</mn>" in german


def test_significant_figures_are_those_of_the_number(tmp_path: Path) -> None:
    """Each paper's own decimals, as with answers."""
    exam = loaded(tmp_path, changed(GRAPH, ("decimals = 2", "significant_figures = 3")))
    for variant in drawn(exam, 5):
        x, y = (float(variant.questions["Q1"].givens[name]) for name in "xy")
        places = 2 - int(np.floor(np.log10(abs(x + y)) + 1e-9))
        assert options(exam, variant)[0] == f"${x + y:.{places}f}$"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("{g}", 'tasks[2].options: {g}: "g" is not known here. (at character 1)'),
        ("{W}", 'tasks[2].options: {W}: "W" is not known here. (at character 1)'),
        ("{2 + 1}", "tasks[2].options: {2 + 1}: 2 + 1 reads no quantity; write the number itself"),
        ("{v}", "{v}: v has shape [2]; a number in an option is a single one, such as an entry"),
        ("{df_dz | oter-factor}", 'misconception oter-factor is unknown. Did you mean "other-factor"?'),
        ("{df_dz | log10}", "{df_dz | log10}: log10 does not change df_dz of this question; use other-factor"),
        ("{x | error-sign}", "error-sign does not change x of this question; no misconception does; leave it out"),
        ("{f", "tasks[2]: options[1]: a brace has no other one; write {expression}, or"),
        ("{ }", "tasks[2]: options[1]: { } says too little; write {expression}"),
        ("{f | }", "tasks[2]: options[1]: {f | } says too little; write {expression}"),
    ],
)
def test_a_number_that_cannot_be_is_told_in_one_line(tmp_path: Path, option: str, message: str) -> None:
    """With the task, what was found, and what is allowed."""
    text = changed(GRAPH, ("z = [] }", "z = [], v = [2] }"), (OPTIONS, f'["{option}", "{{f}}"'))
    with pytest.raises(BankError) as caught:
        loaded(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_holds_options_as_the_bank_does(tmp_path: Path) -> None:
    """Numbers are computed from those of the variants; the turn of each shape stands there."""
    exam = loaded(tmp_path, SHUFFLED).exam
    document = exam_document(exam, "0")
    [question] = document["questions"]
    assert [shape["turn"] for shape in question["shapes"].values()] == [0, 1, 2, 3, 4]
    assert question["tasks"][1]["shuffle"] is True
    again = exam_from(document)
    assert again.questions[0].tasks == exam.questions[0].tasks
    assert dict(again.questions[0].shapes) == dict(exam.questions[0].shapes)
    question["tasks"][1]["options"][0] = "{g}"
    with pytest.raises(MistakeError, match=r"shapes\.A: tasks\[2\]\.options: \{g\}: "):
        check_exam(exam_from(document))


def test_what_options_read_is_worked_out_in_the_solution(tmp_path: Path) -> None:
    """Although nobody asks for it."""
    exam = loaded(tmp_path, GRAPH)
    [(paper, _)] = papers(exam.exam, drawn(exam, 1)[0])
    assert "df_dz" in {quantity.name for quantity in paper.needed()}


def test_parts_of_an_option() -> None:
    """Expressions and misconceptions, between texts and formulas."""
    assert option_parts(r"$\frac{1}{2}$ \$ {f|a-b} or { g } kg") == (
        r"$\frac{1}{2}$ \$ ",
        OptionNumber("f", "a-b"),
        " or ",
        OptionNumber("g"),
        " kg",
    )


def test_shuffle_belongs_to_choices(tmp_path: Path) -> None:
    """Nothing else has options."""
    with pytest.raises(BankError, match=r'tasks\[1\]: shuffle belongs to as = "choice"; this task is as = "number"'):
        loaded(tmp_path, FIXED + "shuffle = true\n")
