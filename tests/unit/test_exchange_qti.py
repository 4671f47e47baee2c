"""QTI 2.1 and 3.0: strictly read, and scored by the items themselves, they say what the key and Moodle's export say."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from examgen.exams.keys.key_folder import Key
from examgen.exchange.exporting import export
from tests.exchange_keys import made_key
from tests.moodle_reader import Question, read_quiz
from tests.qti_reader import ReadItem, ReadTest, read_package
from tests.small_banks import with_tasks

EXAMS = (("minibatch", "row", "de"), ("tanh-two-outputs", "nielsen", "en"), ("formulas", None, "fr"))


@pytest.fixture(scope="module", params=EXAMS, ids=lambda row: "-".join(filter(None, row)))
def key(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Key:
    """A class of two."""
    exam, notation, language = request.param
    return made_key(tmp_path_factory.mktemp("qti"), exam, ("ada", "emmy"), notation=notation, language=language)


@pytest.fixture(scope="module")
def taken(key: Key) -> list[ReadTest]:
    """Its package of QTI 2.1, read back."""
    return read_package(export("qti21", key.folder.parent).place.read_bytes(), "2.1")


@pytest.fixture(scope="module")
def moodle(key: Key) -> list[Question]:
    """The same class as Moodle reads it."""
    return read_quiz(export("moodle", key.folder.parent).place.read_bytes())


def numbers(items: tuple[ReadItem, ...]) -> list[tuple[ReadItem, str, float, float]]:
    """Item, response, right value and tolerance of each box."""
    return [
        (item, name, float(item.correct[name][0]), tolerance)
        for item in items
        for name, tolerance in item.tolerances.items()
    ]


def test_items_have_the_values_and_marks_of_the_key(key: Key, taken: list[ReadTest]) -> None:
    """A test for each paper; who answers as the key gets all that each item declares, and no explanation."""
    for test, variant in zip(sorted(taken, key=lambda one: one.title), sorted_variants(key), strict=True):
        assert test.title.endswith(variant)
        with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["variant"] == variant and row["decimals"]]
        found = numbers(test.items)
        assert Counter(value for _, _, value, _ in found) == Counter(float(row["answer"]) for row in rows)
        total = 0.0
        for item in test.items:
            responses = {name: right[0] if len(right) == 1 else right for name, right in item.correct.items()}
            scored = item.score(responses)
            assert scored.score == pytest.approx(item.most)
            assert scored.feedback == ("solution",)
            assert item.score({}).score == 0
            total += scored.score if item.tolerances else 0
        assert total == pytest.approx(sum(float(row["marks"]) for row in rows))


def sorted_variants(key: Key) -> list[str]:
    """Codes in the order of the tests' titles."""
    return sorted(variant.code for variant in key.variants)


def test_tolerances_are_those_of_the_other_formats(taken: list[ReadTest], moodle: list[Question]) -> None:
    """The same band in each box, whatever the platform."""
    ours = Counter((value, tolerance) for test in taken for _, _, value, tolerance in numbers(test.items))
    rights = [box.right for question in moodle for box in question.boxes]
    assert ours == Counter((float(one.text), one.tolerance) for one in rights if one.tolerance is not None)


def test_wrong_numbers_are_explained_as_in_moodle(taken: list[ReadTest], moodle: list[Question]) -> None:
    """The same numbers lead to the same explanations, and to no marks; a number that says nothing has none."""
    # A paper's boxes are in the same order on both platforms.
    boxes = {question.name: [box for box in question.boxes if box.kind != "MULTICHOICE_V"] for question in moodle}
    waiting = {name: iter(of_question) for name, of_question in boxes.items()}
    told = 0
    for item in (item for test in taken for item in test.items if item.tolerances):
        of_question = waiting[re.sub(r" \(.\)", "", item.title)]
        for name, box in [(name, next(of_question)) for name in item.correct]:
            assert float(item.correct[name][0]) == float(box.right.text)
            for answer in box.answers[1:]:
                scored = item.score({name: answer.text})
                (explained,) = (item.feedback[one] for one in scored.feedback if one != "solution")
                title = re.findall(r"<b>(.*?)</b>", answer.feedback)[0]
                assert (scored.score, title in explained) == (0, True)
                told += 1
        assert item.score(dict.fromkeys(item.correct, "987654321")).feedback == ("solution",)
    assert told > 3
    assert not any(list(rest) for rest in waiting.values())


def test_the_newer_version_says_the_same(key: Key, taken: list[ReadTest]) -> None:
    """QTI 3.0 differs in spelling only."""
    newer = read_package(export("qti30", key.folder.parent).place.read_bytes(), "3.0")
    assert [test.title for test in newer] == [test.title for test in taken]
    for test, other in zip(taken, newer, strict=True):
        for item, again in zip(test.items, other.items, strict=True):
            assert (item.title, item.most, item.correct, item.tolerances) == (
                again.title,
                again.most,
                again.correct,
                again.tolerances,
            )
            assert (item.feedback, item.body) == (again.feedback, again.body)


def test_texts_of_banks_are_no_markup(tmp_path: Path) -> None:
    """Whatever a bank says is read back as it was written; several right options are asked for all at once."""
    bank = tmp_path / "odd.toml"
    bank.write_text(
        with_tasks(
            """\
[[tasks]]
text = "Go ]]> <b> & {1:NM:=3}."
as = "choice"
options = ["<math>", "b", "c"]
answer = ["a", "c"]
""",
            'Odd <title> & \\"more\\"',
        ),
        encoding="utf-8",
    )
    key = made_key(tmp_path / "exam", str(bank))
    for name, version in (("qti21", "2.1"), ("qti30", "3.0")):
        [test] = read_package(export(name, key.folder.parent).place.read_bytes(), version)
        [item] = test.items
        assert test.title.startswith('Odd <title> & "more" ')
        assert "Go ]]> <b> & {1:NM:=3}." in item.body
        assert "<math>" in item.body
        assert item.score({"RESPONSE1": ("option1", "option3")}).score == item.most
        assert item.score({"RESPONSE1": ("option1",)}).score == 0
        assert item.score({"RESPONSE1": ("option1", "option2", "option3")}).score == 0
