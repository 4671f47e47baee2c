"""Exercises for R/exams: what the package reads has the key's values, other formats' tolerances, and the marks."""

import csv
from html import unescape
from pathlib import Path

import pytest

from examgen.exams.keys.key_folder import Key
from examgen.exchange.exporting import ExportOptions, export
from tests.exchange_keys import made_key
from tests.moodle_reader import Question, read_quiz
from tests.r_exams_reader import Exercise, knitted, read_exercise, variants_of
from tests.small_banks import with_tasks

EXAMS = (("question2", "nielsen", "de"), ("midterm", None, "en"), ("formulas", "row", "fr"), ("circuit", None, "hi"))


def exercises(folder: Path) -> list[tuple[str, str, Exercise]]:
    """Question, variant and exercise, whichever variant is drawn."""
    return [
        (path.stem.rpartition("-")[2], variant["variant"], read_exercise(knitted(path, variant)))
        for path in sorted(folder.glob("*.Rmd"))
        for variant in variants_of(path)
    ]


@pytest.fixture(scope="module", params=EXAMS, ids=lambda row: "-".join(filter(None, row)))
def taken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Key, list[tuple[str, str, Exercise]], list[Question]]:
    """A class of two as exercises, and as Moodle has it."""
    exam, notation, language = request.param
    key = made_key(tmp_path_factory.mktemp("r"), exam, ("ada", "emmy"), notation=notation, language=language)
    quiz = read_quiz(export("moodle", key.folder.parent).place.read_bytes())
    return key, exercises(export("r-exams", key.folder.parent).place), quiz


def test_r_reads_the_values_and_marks_of_the_key(
    taken: tuple[Key, list[tuple[str, str, Exercise]], list[Question]],
) -> None:
    """Each number and choice of key/answers.csv, in its order, with its marks."""
    key, found, _ = taken
    with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["decimals"] or row["field"].startswith("choice_")]
    assert len(found) == len(key.variants) * len({row["question"] for row in rows})
    for question, variant, exercise in found:
        mine = [row for row in rows if (row["question"], row["variant"]) == (question, variant)]
        assert len(exercise.right) == len(mine)
        for row, kind, right, points in zip(mine, exercise.kinds, exercise.right, exercise.points, strict=True):
            if kind == "num":
                assert float(right) == float(row["answer"])
            else:
                assert [chr(ord("a") + place) for place, one in enumerate(right) if one == "1"] == row["answer"].split(
                    ", "
                )
            assert points == pytest.approx(float(row["marks"]))


def test_tolerances_are_those_of_the_other_formats(
    taken: tuple[Key, list[tuple[str, str, Exercise]], list[Question]],
) -> None:
    """Absolute, and the same band as Moodle's, box by box."""
    _, found, quiz = taken
    boxes = {question.name.split(" ", 1)[1]: question.boxes for question in quiz}
    for question, variant, exercise in found:
        ours = zip(exercise.kinds, exercise.tolerances, boxes[f"{question} {variant}"], strict=True)
        assert all(tolerance == (box.right.tolerance or 0) for _, tolerance, box in ours)


def test_each_box_has_its_line_and_each_option_its_own(
    taken: tuple[Key, list[tuple[str, str, Exercise]], list[Question]],
) -> None:
    """As many items as R/exams puts fields or options to; texts stand there once, solutions are worked out."""
    _, found, _ = taken
    for _, _, exercise in found:
        each = zip(exercise.kinds, exercise.right, strict=True)
        items = sum(1 if kind == "num" else len(right) for kind, right in each)
        assert len(exercise.answers) == (0 if exercise.kind == "num" else items)
        assert exercise.question.startswith("&#91;")
        assert exercise.question.count("$") % 2 == 0
        assert exercise.solution.count("$") >= 2
        assert exercise.title
        assert exercise.name.isascii()


def test_variants_are_further_rows(tmp_path: Path) -> None:
    """Each is drawn as likely as any other, and none twice."""
    key = made_key(tmp_path, "scalar-chain")
    said = export("r-exams", key.folder.parent, ExportOptions(variants=5))
    assert "one of the 6 variants of its table" in said.notices[0]
    [path] = said.place.glob("*.Rmd")
    rows = variants_of(path)
    assert len({row["variant"] for row in rows}) == len({row["exsolution"] for row in rows}) == 6


def test_texts_cannot_be_taken_for_anything_else(tmp_path: Path) -> None:
    """Neither for Markdown, nor for code, nor for commands and sections of R/exams; a single box is a number."""
    text = r'Go `r stop()` * _a_ # <b> exsolution: 1 ==== | \\$ & [x](y) "q" ~ ^ and $w_1 \\cdot 0.5$.'
    bank = tmp_path / "signs.toml"
    bank.write_text(
        with_tasks(f'[[tasks]]\ntext = """\n{text}"""\nask = ["loss"]\n', "A / b"),
        encoding="utf-8",
    )
    key = made_key(tmp_path / "exam", str(bank), language="de")
    [(_, _, exercise)] = exercises(export("r-exams", key.folder.parent).place)
    assert exercise.kind == "num"
    assert exercise.answers == ()
    shown = unescape(exercise.question).splitlines()[-3]
    assert shown.startswith(
        r'**(a)** Go `r stop()` * _a_ # <b> exsolution: 1 ==== | $ & [x](y) "q" ~ ^ and $w_1 \cdot 0{,}5$. ('
    )
    for sign in ("`", "<", "](", " ~", "exsolution:", "===="):
        assert sign not in exercise.question
    assert " ".join(exercise.section.split()) == "A b"
