"""`examgen check` as an author uses it: on a shipped bank, and on one that makes unfair papers."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
import examgen.errors
from examgen.cli import app
from tests.small_banks import DRAWN, changed, written


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return done.stdout + done.stderr


def test_a_good_bank_passes(tmp_path: Path) -> None:
    """The report has the draws, the work of a paper and the misconceptions; a sample paper is made."""
    printed = run("check", "scalar-chain", "--draws", 200, "--out", tmp_path / "sample")
    for words in ("draws of 2 shapes", "accepted (", "multiplications", "live units", "pre-activation-input", "100%"):
        assert words in printed
    assert printed.endswith("All is well.\n")
    assert (tmp_path / "sample" / "questions.pdf").is_file()


def test_an_impossible_bank_is_a_problem(tmp_path: Path) -> None:
    """Where biases are 0, leaving them out looks right: no draw passes, and the command ends with 1."""
    bank = written(tmp_path, changed(DRAWN, ('["0.1", 0.2]', "[0]")))
    printed = run("check", bank, "--draws", 50, code=1)
    assert "0 of 51 draws pass the screens; most are turned away by misconception" in printed
    assert printed.endswith("Something is wrong with this bank.\n")


def test_without_the_screen_wrong_work_gets_full_marks(tmp_path: Path) -> None:
    """An author who switches the screen off is told which misconception the papers cannot tell from right work."""
    bank = written(tmp_path, changed(DRAWN, ('["0.1", 0.2]', "[0]")) + "[screens]\nmisconception_margin = 0\n")
    printed = run("check", bank, "--draws", 50, "--out", tmp_path / "sample", code=1)
    assert "Problem: work with the misconception no-bias gets full marks" in printed


def test_fixed_numbers_are_only_remarked_upon() -> None:
    """The textbook's network has live units only, so leaving their slope out changes nothing: a note, no problem."""
    found = examgen.check("relu-1-1-3-1", draws=1, out=Path("sample"))
    assert found.problems == ()
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "with these numbers, no-slope, pre-activation-input leads to right answers"
    ]
    assert found.questions[0].draws == 0


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_draws_must_be_some() -> None:
    """Zero draws are refused by the command line, and by the library with what is allowed."""
    run("check", "question2", "--draws", 0, code=2)
    with pytest.raises(examgen.errors.ExamgenError, match="draws is 0; use 1 to"):
        examgen.check("question2", draws=0)
