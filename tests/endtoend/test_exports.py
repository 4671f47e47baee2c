"""`examgen export`: files land where they should, nothing is written over unasked, and mistakes are one line."""

import re
import stat
from pathlib import Path

import pytest

from examgen.cli.completion import FORMAT_NAMES
from examgen.exchange.formats import FORMATS
from tests.command_line import invoke, refused, run
from tests.exchange_keys import made_key
from tests.moodle_reader import read_quiz


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    """The folder of a small class."""
    made_key(tmp_path / "exam", "scalar-chain", ("ada", "emmy"))
    return tmp_path / "exam"


def test_help_says_what_each_platform_cannot_express() -> None:
    """A line for each format, and the Tab key offers all of them."""
    shown = " ".join(invoke("export", "--help").output.replace("│", " ").split())
    for name, row in FORMATS.items():
        assert f"{name}: {row.title}. It cannot express: {row.cannot}." in shown
    assert tuple(FORMATS) == FORMAT_NAMES


def test_a_file_with_right_answers_is_for_its_owner_only(exam: Path) -> None:
    """It lies in exchange/ of the exam, and no student's account can look into it."""
    printed = run("export", "moodle", exam)
    place = exam / "exchange" / "moodle.xml"
    assert printed.startswith(f"6 tasks: {place}\n")
    assert "It cannot express: follow-through" in printed
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert len(read_quiz(place.read_bytes())) == 2


def test_what_lies_there_is_written_over_only_when_asked(exam: Path, tmp_path: Path) -> None:
    """The same once more is no change; what somebody has changed stays, and --force replaces it."""
    place = tmp_path / "here" / "quiz.xml"
    run("export", "moodle", exam, "--out", place)
    first = place.read_bytes()
    run("export", "moodle", exam, "--out", place)
    assert place.read_bytes() == first
    place.write_text("mine", encoding="utf-8")
    assert "is there already and holds something else" in refused("export", "moodle", exam, "--out", place)
    assert place.read_text(encoding="utf-8") == "mine"
    run("export", "moodle", exam, "--out", place, "--force")
    assert place.read_bytes() == first


def test_mistakes_are_told_in_one_line(exam: Path, tmp_path: Path) -> None:
    """What is wrong, and what is allowed."""
    assert 'Did you mean "moodle"?' in refused("export", "mooodle", exam)
    assert "exam.json" in refused("export", "moodle", tmp_path / "nowhere")
    assert "use at most 1000" in refused("export", "moodle", exam, "--variants", 5000)
    assert "there is no such file" in refused("export", "moodle", exam, "--variants", 1, "--exam", "no.toml")
    assert "cannot be written" in refused("export", "moodle", exam, "--out", exam, "--force")
    assert invoke("export", "moodle", exam, "--variants", -1).exit_code == 2
    document = exam / "key" / "exam.json"
    text = document.read_text(encoding="utf-8")
    own = re.sub(r'"name": "[^"]*"', '"name": "my-own"', text, count=1)
    document.write_text(own, encoding="utf-8")
    assert "its exam 'my-own' was made from a file of your own: name that with --exam FILE" in refused(
        "export", "prairielearn", exam
    )
    document.write_text("{", encoding="utf-8")
    assert "exam.json" in refused("export", "moodle", exam)


def test_an_exam_drawn_with_a_secret_needs_it_for_variants(tmp_path: Path) -> None:
    """With the secret there are further variants; without it a line says how to give it."""
    secret, exam = tmp_path / "exam.secret", tmp_path / "exam"
    run("secret", secret)
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nada,Ada\n", encoding="utf-8")
    run("batch", "scalar-chain", roster, "--secret", secret, "--no-pdf", "--out", exam, "--jobs", 1, "--quiet")
    assert "give it with --secret" in refused("export", "moodle", exam, "--variants", 2)
    assert run("export", "moodle", exam, "--variants", 2, "--secret", secret).startswith("9 tasks")
    other = tmp_path / "other.secret"
    run("secret", other)
    assert "as it is now" in refused("export", "moodle", exam, "--variants", 2, "--secret", other)
