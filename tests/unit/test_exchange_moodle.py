"""Moodle XML: what Moodle reads back has the key's values, tolerances that cost no honest entry, and the
explanations."""

import csv
import re
import string
from collections import Counter
from pathlib import Path

import pytest

from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.errors import ExamgenError
from examgen.exams.banks.bank_files import find_bank
from examgen.exams.keys.key_folder import Key
from examgen.exams.wording.words import words
from examgen.exchange.exporting import Exported, ExportOptions, export
from examgen.exchange.questions import file_parts
from examgen.marking.grading import grade
from tests.exchange_keys import made_key
from tests.moodle_reader import Box, Question, read_quiz
from tests.small_banks import with_tasks

EXAMS = (
    ("question2", "nielsen", "de"),
    ("minibatch", "row", "fr"),
    ("scalar-chain", "descent", "hi"),
    ("circuit", None, "es"),
)
"""Exams, notations and languages that between them have matrices, single boxes and free graphs."""


def exported(key: Key, **options: int) -> tuple[Exported, list[Question]]:
    """What was said, and what Moodle reads."""
    said = export("moodle", key.folder.parent, ExportOptions(force=True, **options))  # type: ignore[arg-type]
    return said, read_quiz(said.place.read_bytes())


def key_rows(key: Key) -> dict[str, list[dict[str, str]]]:
    """The rows of key/answers.csv that ask for numbers, by variant."""
    found: dict[str, list[dict[str, str]]] = {}
    with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["decimals"]:
                found.setdefault(row["variant"], []).append(row)
    return found


def boxes_of(questions: list[Question], variant: str) -> list[Box]:
    """The boxes of one variant that take numbers, in the order of the paper."""
    return [
        box
        for question in questions
        if variant in question.tags
        for box in question.boxes
        if box.kind in ("NUMERICAL", "numerical")
    ]


@pytest.fixture(scope="module", params=EXAMS, ids=lambda row: "-".join(filter(None, row)))
def taken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Key, list[Question]]:
    """A class of two, exported and read back."""
    exam, notation, language = request.param
    key = made_key(tmp_path_factory.mktemp("moodle"), exam, ("ada", "emmy"), notation=notation, language=language)
    return key, exported(key)[1]


def test_moodle_reads_the_values_of_the_key(taken: tuple[Key, list[Question]]) -> None:
    """Every number of key/answers.csv is the right answer of one box, in the order of each paper."""
    key, questions = taken
    for variant, rows in key_rows(key).items():
        boxes = boxes_of(questions, variant)
        assert Counter(float(box.right.text) for box in boxes) == Counter(float(row["answer"]) for row in rows)


def test_no_box_is_narrower_than_in_marking(taken: tuple[Key, list[Question]], tmp_path: Path) -> None:
    """Marking starts from the student's own answers, Moodle from the key: there more has been rounded on the way."""
    key, questions = taken
    grade(key.folder / "answers.csv", key.folder, tmp_path)
    codes = {variant.student: variant.code for variant in key.variants}
    marked: dict[str, list[tuple[float, float]]] = {code: [] for code in codes.values()}
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["tolerance"]:
                marked[codes[row["student"]]].append((float(row["reference"]), float(row["tolerance"])))
    for variant, rows in marked.items():
        ours = sorted((float(box.right.text), box.right.tolerance or 0.0) for box in boxes_of(questions, variant))
        for (value, tolerance), (reference, band) in zip(ours, sorted(rows), strict=True):
            assert value == pytest.approx(reference, rel=1e-9)
            assert tolerance >= band * (1 - 1e-5), value


def test_marks_are_those_of_the_exam(taken: tuple[Key, list[Question]]) -> None:
    """Each variant is worth what its exam is, tasks that Moodle cannot ask aside."""
    key, questions = taken
    for variant in key.variants:
        mine = [question for question in questions if variant.code in question.tags]
        rows = key_rows(key)[variant.code]
        choices = sum(question.mark for question in mine if question.kind == "multichoice")
        assert sum(question.mark for question in mine) - choices == sum(float(row["marks"]) for row in rows)


def test_wrong_numbers_are_apart_and_explained(taken: tuple[Key, list[Question]]) -> None:
    """No two answers of a box can both fit a number, and each wrong one says which misconception it is, in the exam's
    language."""
    key, questions = taken
    titles = {words(key.making.language)["misconceptions"][name]["title"] for name in MISCONCEPTIONS}
    feedback = 0
    for question in questions:
        for box in question.boxes:
            numbers = [answer for answer in box.answers if answer.tolerance is not None]
            for place, one in enumerate(numbers):
                assert (one.fraction == 1) == (place == 0)
                for other in numbers[:place]:
                    assert one.tolerance is not None
                    assert other.tolerance is not None
                    assert abs(float(one.text) - float(other.text)) > one.tolerance + other.tolerance
                if place:
                    assert any(f"<b>{title}.</b>" in one.feedback for title in titles), one.feedback
                    feedback += 1
                else:
                    assert not one.feedback
    assert feedback > 2


def test_variants_of_a_question_are_one_category(taken: tuple[Key, list[Question]]) -> None:
    """A quiz can pick one of them at random; each has its name, its variant among the tags, and a worked solution."""
    key, questions = taken
    codes = {variant.code for variant in key.variants}
    by_category: dict[str, list[Question]] = {}
    for question in questions:
        by_category.setdefault(question.category, []).append(question)
    for category, ours in by_category.items():
        assert category.startswith("$course$/top/")
        assert f"({key.exam.id})/" in category
        assert {*ours[0].tags} & {*ours[1].tags} == {key.exam.id, ours[0].name.split()[1]}
        assert codes == {tag for one in ours for tag in one.tags} & codes
    assert len({question.name for question in questions}) == len(questions)
    assert all("<math>" in question.feedback for question in questions)


def test_a_question_has_all_its_tasks_and_its_tag(taken: tuple[Key, list[Question]]) -> None:
    """Tasks go on from one another, so they have the same numbers; what is given stands there once, behind the tag."""
    key, questions = taken
    assert len(questions) == len(key.exam.questions) * len(key.variants)
    for question in questions:
        exam, number, variant = question.name.split()
        assert question.text.startswith(f"<p><small>[{exam} {number} {variant}]</small></p>")
        [asked] = [one for one in key.exam.questions if one.id == number]
        letters = re.findall(r"<b>\((.)\)</b>", question.text)
        assert letters == list(string.ascii_lowercase[: len(asked.tasks)])


def test_a_box_stands_in_its_text_once(taken: tuple[Key, list[Question]]) -> None:
    """Each place of a cloze question is there, matrices are tables, and nothing else of the notation is left."""
    _, questions = taken
    for question in questions:
        if question.kind != "cloze":
            continue
        places = [question.text.count(f"{{#{number}}}") for number in range(1, len(question.boxes) + 1)]
        assert places == [1] * len(question.boxes)
        assert question.text.count("{") == len(places)
        assert question.text.count("<table>") == question.text.count("</table>")


def test_what_moodle_cannot_ask_is_left_out_and_named(tmp_path: Path) -> None:
    """Formulas and shapes are named with their number, choices are boxes of a question; marks of the rest stay."""
    key = made_key(tmp_path, "formulas", ("ada", "emmy", "kurt"))
    said, questions = exported(key)
    assert Counter(question.kind for question in questions) == {"cloze": 3}
    assert [question.boxes[-1].kind for question in questions] == ["MULTICHOICE_V"] * 3
    assert said.count == 6
    (left,) = (notice for notice in said.notices if notice.startswith("left out"))
    assert "Q1 (b) formula, Q1 (c) formula, Q1 (d) shape (3 tasks, 9 in all variants)" in left


def test_a_pool_has_further_variants(tmp_path: Path) -> None:
    """As many as were asked for, the same each time, none of them a paper of the class."""
    key = made_key(tmp_path, "scalar-chain")
    _, few = exported(key, variants=2)
    _, many = exported(key, variants=4)
    tags = [{tag for question in found for tag in question.tags if len(tag) == 8} for found in (few, many)]
    assert [len(found) for found in tags] == [3, 5]
    assert tags[0] < tags[1]
    assert key.variants[0].code in tags[0]
    values = {question.boxes[0].right.text for question in many if question.category == many[0].category}
    assert len(values) == 5


def test_further_variants_are_of_the_same_exam(tmp_path: Path) -> None:
    """Another file of that name is another exam, and says so."""
    key = made_key(tmp_path, "scalar-chain")
    other = tmp_path / "other.toml"
    text = find_bank("scalar-chain").read_text(encoding="utf-8")
    other.write_text(text.replace("decimals = 4", "decimals = 3"), encoding="utf-8")
    with pytest.raises(ExamgenError, match=r"other.toml: is exam other-\w+ as it is now, .* with --exam"):
        export("moodle", key.folder.parent, ExportOptions(variants=1, exam=str(other)))
    with pytest.raises(ExamgenError, match="too many; use at most 1000"):
        export("moodle", key.folder.parent, ExportOptions(variants=1001))


def test_fractions_of_marks_become_whole_weights(tmp_path: Path) -> None:
    """Moodle has no weight of 2/3: boxes keep their shares, and what to set is told."""
    bank = tmp_path / "thirds.toml"
    bank.write_text(
        with_tasks(
            """\
[[tasks]]
text = "Go ~ # } {1:NM:=3} \\\\ \\" ]]> & <b>."
ask = ["z", "a", "loss"]
marks_per_task = 2
""",
            "Thirds",
        ),
        encoding="utf-8",
    )
    key = made_key(tmp_path / "exam", str(bank))
    said, (question,) = exported(key)
    assert [box.weight for box in question.boxes] == [2, 2, 2]
    assert "the marks of Q1 by 3 are multiplied" in said.notices[0]
    assert "Go ~ # &#125; &#123;1:NM:=3&#125; \\ &#34; ]]&gt; &amp; &lt;b&gt;." in question.text


def test_a_large_file_is_told_and_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are small enough, each can be imported alone, and together they hold the same questions in their order."""
    key = made_key(tmp_path / "exam", "midterm", ("ada", "emmy", "kurt"))
    monkeypatch.setattr(file_parts, "USUAL_LIMIT", 100_000)
    said, whole = exported(key)
    size = said.place.stat().st_size
    assert "--split 0 writes several files" in said.notices[-1]
    most = size // 3
    parts = export("moodle", key.folder.parent, ExportOptions(most_bytes=most, out=tmp_path / "parts" / "pool.xml"))
    assert parts.files > 3
    assert parts.place == tmp_path / "parts" / "pool-1.xml"
    contents = [(tmp_path / "parts" / f"pool-{place}.xml").read_bytes() for place in range(1, parts.files + 1)]
    assert max(map(len, contents)) <= most
    assert [question for content in contents for question in read_quiz(content)] == whole
    tiny = export("moodle", key.folder.parent, ExportOptions(most_bytes=1000, out=tmp_path / "tiny" / "pool.xml"))
    assert tiny.files == len(whole)
    assert "a single question has" in tiny.notices[-1]
    with pytest.raises(ExamgenError, match="--split is for moodle"):
        export("canvas", key.folder.parent, ExportOptions(most_bytes=1000))
