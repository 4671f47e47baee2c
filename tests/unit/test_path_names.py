"""Whom the path of an uploaded file names, as learning platforms and students spell it."""

from dataclasses import replace
from pathlib import Path

import pytest

from examgen.exams.folders.files import folder_name
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.reading.owners.path_names import MOST_TOKENS, People, parts_below
from tests.marking_sheets import make_key

CLASS = {
    "s1001": "Ada Lovelace",
    "s1002": "Bob Ross",
    "00123457": "Ann Lee",
    "zoë.b": "Ann Lee Brown",
    "q1": "José García",
    "7": "Li",
    "test": "Tim Est",
    "ab-12": "Sam Same",
    "ab-13": "Sam Same",
}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """The key of this class."""
    found = read_key(make_key(tmp_path_factory.mktemp("class") / "exam").key)
    variant = found.variants[0]
    people = (replace(variant, student=student, name=name) for student, name in CLASS.items())
    return Key(found.folder, found.exam, tuple(people))


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("s1001.csv", "s1001"),
        ("S1001.CSV", "s1001"),
        ("ｓ１００１.xlsx", "s1001"),
        ("s1001.csv.txt", "s1001"),
        ("answers_s1001 (2).csv", "s1001"),
        ("answers s1001-final.pdf", "s1001"),
        ("s1001/answers.csv", "s1001"),
        ("handout/s1001/answers.csv", "s1001"),
        ("s1001.zip/answers.csv", "s1001"),
        ("Ada Lovelace_4711_assignsubmission_file_/answers.csv", "s1001"),
        ("Lovelace, Ada_4711/answers.csv", "s1001"),
        ("lovelaceada_LATE_55_66_answers.csv", "s1001"),
        ("Ann Lee_1/a.csv", "00123457"),
        ("Ann Lee Brown_2/a.csv", "zoë.b"),
        ("123457.csv", "00123457"),
        ("ZOE\u0308.B.csv", "zoë.b"),
        ("José García_8_assignsubmission_file_/x.csv", "q1"),
        ("q1.csv", "q1"),
        ("q1 (1).csv", "q1"),
        ("ab-12 answers.csv", "ab-12"),
        ("handout/zo%C3%AB.b/answers.csv", "zoë.b"),
        ("test.csv", "test"),
        ("test answers.csv", "test"),
        # Who has uploaded it stands first, and how the file is called is anybody's choice.
        ("Bob Ross_9_assignsubmission_file_s1001.csv", "s1002"),
        ("Bob Ross_9/s1001.csv", "s1002"),
        ("s1002/s1001/answers.csv", "s1002"),
        ("q1_s1001.csv", "s1001"),
        ("s1001_q1.csv", "s1001"),
        # Nobody, or not clear who.
        ("answers.csv", ""),
        ("7.csv", ""),
        ("page 7 of 9.csv", ""),
        ("from s1001 to s1002.csv", ""),
        ("Sam Same_3/answers.csv", ""),
        ("s10012.csv", ""),
        ("xs1001.csv", ""),
        ("Li.csv", ""),
        ("lee.csv", ""),
        ("___.csv", ""),
        (" ".join(["x"] * MOST_TOKENS) + " s1001.csv", ""),
    ],
)
def test_who_is_named_by_a_path(key: Key, tmp_path: Path, path: str, student: str) -> None:
    """The outermost folder that names somebody counts; an id by itself, or long enough to stand there on purpose."""
    assert People(key).named_by(parts_below(tmp_path / path, tmp_path)) == student


def test_folders_around_what_was_handed_in_name_nobody(key: Key) -> None:
    """They are the instructor's own, and so is the name of a file that is given alone."""
    handed_in = Path("/home/s1001/s1002")
    assert People(key).named_by(parts_below(handed_in / "answers.csv", handed_in)) == ""
    assert People(key).named_by(parts_below(handed_in, handed_in)) == ""
    assert People(key).named_by(parts_below(Path("s1001.csv"), Path())) == "s1001"


def test_ids_that_differ_in_spelling_only_are_told_apart_by_that_spelling(key: Key) -> None:
    """The folders in which papers are handed out are spelled as the ids; what may be either names nobody."""
    twins = (replace(key.variants[0], student=student, name="") for student in ("s1001", "S1001", "@b/c", "007"))
    people = People(Key(key.folder, key.exam, tuple(twins)))
    paths = ("s1001", "S1001", "ｓ1001", "s1001 a", folder_name("@b/c"), "007", "07")
    assert [people.named_by([name]) for name in paths] == ["s1001", "S1001", "", "", "@b/c", "", ""]
