"""QTI 1.2 for Canvas: what Canvas reads back has the key's values, the tolerances of Moodle's export and the marks."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from examgen.exams.keys.key_folder import Key
from examgen.exchange.exporting import ExportOptions, export
from tests.canvas_reader import Quiz, read_package
from tests.exchange_keys import made_key
from tests.moodle_reader import read_quiz
from tests.small_banks import with_tasks

EXAMS = (("tanh-two-outputs", "nielsen", "de"), ("minibatch", "row", "en"), ("formulas", None, "fr"))


@pytest.fixture(scope="module", params=EXAMS, ids=lambda row: "-".join(filter(None, row)))
def taken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Key, list[Quiz]]:
    """A class of two, exported and read back."""
    exam, notation, language = request.param
    key = made_key(tmp_path_factory.mktemp("canvas"), exam, ("ada", "emmy"), notation=notation, language=language)
    return key, read_package(export("canvas", key.folder.parent).place.read_bytes())


def numbers(key: Key, variant: str) -> list[dict[str, str]]:
    """The rows of key/answers.csv that ask a variant for numbers."""
    with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["variant"] == variant and row["decimals"]]


def test_canvas_reads_the_values_and_marks_of_the_key(taken: tuple[Key, list[Quiz]]) -> None:
    """A quiz for each paper, a question for each entry in the order of the sheet, with its value and its marks."""
    key, quizzes = taken
    assert len(quizzes) == 2
    for quiz, variant in zip(quizzes, key.variants, strict=True):
        assert quiz.title.endswith(variant.code)
        asked = {question.title: question for question in quiz.questions if question.kind == "numerical_question"}
        rows = numbers(key, variant.code)
        assert len(asked) == len(rows)
        for row in rows:
            [question] = [
                question
                for title, question in asked.items()
                if title.startswith(row["question"]) and title.endswith(f" {row['field']}")
            ]
            assert question.value is not None
            assert float(question.value) == float(row["answer"])
            assert question.points == pytest.approx(float(row["marks"]))
        assert quiz.points == pytest.approx(sum(question.points for question in quiz.questions))


def test_margins_are_the_tolerances_of_the_other_formats(taken: tuple[Key, list[Quiz]]) -> None:
    """The same band, which is the one of marking, whatever the platform."""
    key, quizzes = taken
    questions = read_quiz(export("moodle", key.folder.parent, ExportOptions(force=True)).place.read_bytes())
    boxes = [box.right for one in questions for box in one.boxes if box.right.tolerance is not None]
    asked = [one for quiz in quizzes for one in quiz.questions if one.value is not None and one.margin is not None]
    assert Counter((float(box.text), box.tolerance) for box in boxes) == Counter(
        (float(one.value or 0), float(one.margin or 0)) for one in asked
    )


def test_texts_stand_before_their_boxes(taken: tuple[Key, list[Quiz]]) -> None:
    """Each task begins with all that is given, and its last box has the worked solution."""
    _, quizzes = taken
    for quiz in quizzes:
        assert len({question.ident for question in quiz.questions}) == len(quiz.questions)
        by_task: dict[str, list[str]] = {}
        for question in quiz.questions:
            by_task.setdefault(question.title[:6], []).append(question.kind)
            assert "<math>" in question.text
        for kinds in by_task.values():
            first, *others = kinds
            assert (first, set(others)) in [
                ("text_only_question", {"numerical_question"}),
                ("multiple_choice_question", set()),
            ]
        solved = [question for question in quiz.questions if question.feedback]
        assert len(solved) == len(by_task)


def test_choices_have_their_right_options(tmp_path: Path) -> None:
    """Also several right ones."""
    bank = tmp_path / "several.toml"
    bank.write_text(
        with_tasks(
            """\
[[tasks]]
text = "Which?"
as = "choice"
options = ["one", "$w$", "<three>", "four"]
answer = ["b", "c"]
[[tasks]]
text = "Which one?"
as = "choice"
options = ["one", "two"]
answer = "b"
""",
            "Several",
        ),
        encoding="utf-8",
    )
    key = made_key(tmp_path / "exam", str(bank))
    [quiz] = read_package(export("canvas", key.folder.parent).place.read_bytes())
    assert [(one.kind, one.right) for one in quiz.questions] == [
        ("multiple_answers_question", (1, 2)),
        ("multiple_choice_question", (1,)),
    ]
    assert quiz.questions[0].options[2] == "(c) &lt;three&gt;"
    moodle = read_quiz(export("moodle", key.folder.parent).place.read_bytes())
    [question] = moodle
    assert [box.kind for box in question.boxes] == ["MULTIRESPONSE", "MULTICHOICE_V"]
    assert [[answer.fraction for answer in box.answers] for box in question.boxes] == [[-1, 0.5, 0.5, -1], [0, 1]]
    assert question.boxes[0].answers[2].text == "(c) &lt;three&gt;"


SMALL = """format = 1
title = "Small"
[graph]
given = { x = [] }
output = "q"
[graph.define]
p = "x * x"
q = "p * p * 2"
[values]
x = { choices = ["0.013", "0.017"] }
[digits]
DIGITS
[[tasks]]
text = "Go."
ask = ["p", "q"]
"""


@pytest.mark.parametrize(("digits", "told"), [("significant_figures = 3", ""), ("decimals = 9", "(4 decimals)")])
def test_small_numbers_are_told_and_scaled(tmp_path: Path, digits: str, told: str) -> None:
    """Classic Quizzes makes 0 of them: a notice names them, and --scaled asks them times a power of ten."""
    bank = tmp_path / "small.toml"
    bank.write_text(SMALL.replace("DIGITS", digits), encoding="utf-8")
    key = made_key(tmp_path / "exam", str(bank))
    plain, scaled = (
        export("canvas", key.folder.parent, ExportOptions(is_scaled=is_scaled, out=tmp_path / f"{is_scaled}.zip"))
        for is_scaled in (False, True)
    )
    assert "Q1 (a) p, Q1 (a) q; ask them times a power of ten with --scaled" in plain.notices[0]
    assert "; asked times a power of ten" in scaled.notices[0]
    [before], [after] = (read_package(one.place.read_bytes()) for one in (plain, scaled))
    for one, other in zip(before.questions[1:], after.questions[1:], strict=True):
        assert one.value is not None
        assert one.margin is not None
        assert other.value is not None
        power = round((other.value / one.value).log10())
        assert power >= 1
        assert (other.value, other.margin) == (one.value.scaleb(power), one.margin.scaleb(power))
        assert abs(other.value) >= Decimal("0.0001")
        assert f"<mn>{power}</mn>" in other.text
        assert told in other.text
        assert "<mn>10</mn>" not in one.text
