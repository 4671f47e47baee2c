"""`examgen check` as an author uses it: on a shipped bank, and on one that makes unfair papers."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
import examgen.errors
from examgen.cli import app
from examgen.marking.judging.typed_answers import Judged
from tests.small_banks import DRAWN, changed, written


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return done.stdout + done.stderr


def test_a_good_bank_passes(tmp_path: Path) -> None:
    """The report has the draws, the work of a paper and the misconceptions; a sample paper is made."""
    printed = run("check", "scalar-chain", "--draws", 200, "--out", tmp_path / "sample")
    for words in (
        "draws of 2 shapes",
        "accepted (",
        "multiplications",
        "units with a slope",
        "work of it all",
        "pre-activation-input",
        "100%",
    ):
        assert words in printed
    assert printed.endswith("All is well.\n")
    assert (tmp_path / "sample" / "questions.pdf").is_file()


def test_an_impossible_bank_is_a_problem(tmp_path: Path) -> None:
    """Where biases are 0, leaving them out looks right: no draw passes, and the command ends with 1."""
    bank = written(tmp_path, changed(DRAWN, ('["0.1", 0.2]', "[0]")))
    printed = run("check", bank, "--draws", 50, code=1)
    assert "0 of 50 draws pass the screens; most are turned away by misconception" in printed
    assert printed.endswith("Something is wrong with this bank.\n")


def test_without_the_screen_wrong_work_gets_full_marks(tmp_path: Path) -> None:
    """An author who switches the screen off is told which misconception the papers cannot tell from right work."""
    bank = written(tmp_path, changed(DRAWN, ('["0.1", 0.2]', "[0]")) + "[screens]\nmisconception_margin = 0\n")
    printed = run("check", bank, "--draws", 50, "--out", tmp_path / "sample", code=1)
    assert "Problem: work with the misconception no-bias gets full marks" in printed


@pytest.mark.parametrize("name", ["relu-integers", "minibatch"])
@pytest.mark.parametrize("seed", range(1, 5))
def test_few_draws_of_which_none_passes_are_no_verdict(name: str, seed: int, tmp_path: Path) -> None:
    """One draw that the quick screens turn away ends with which of them, how often and why, and asks for more draws."""
    printed = run("check", name, "--draws", 1, "--seed", seed, "--out", tmp_path / "sample", code=1)
    shown = re.findall(r"^  (\w+) +100%  (.+)$", printed, re.MULTILINE)
    assert shown
    counted = ", ".join(f"{screen} 1" for screen, _ in shown)
    assert f"0 of 1 draws pass the screens; most are turned away by {shown[0][0]}, {shown[0][1]} " in printed
    assert f"(rejections: {counted}); judge more draws (--draws 200 or more), widen [values]" in printed
    assert printed.endswith("Too few draws to judge this bank.\n")


def test_what_is_turned_away_is_told_in_words(tmp_path: Path) -> None:
    """The network has its activations and loss by their names on paper, and each misconception says what was done."""
    bank = written(tmp_path, changed(DRAWN, ('["0.1", 0.2]', "[0]"), ('["sigmoid"]', '["leaky_relu"]')))
    printed = run("check", bank, "--draws", 60, code=1)
    assert "Shape A: 1-1 network, leaky ReLU, squared error. What would look right: " in printed
    assert re.search(r"the bias was left out \(no-bias \d+\)", printed)
    assert re.search(r"^    no-bias +\d[\d.]*%  the bias was left out$", printed, re.MULTILINE)
    assert printed.endswith("Something is wrong with this bank.\n")


def test_a_single_bad_shape_is_found_among_good_ones(tmp_path: Path) -> None:
    """Where one of two activations can pass no screen, half of the class would get no paper: that shape is told."""
    bank = written(
        tmp_path,
        changed(DRAWN, ('["sigmoid"]', '[["identity", "sigmoid"]]'), ("min = 1, max = 2", "min = 40, max = 50"))
        + "[screens]\nmisconception_margin = 0\nmin_slope = 0.2\n",
    )
    printed = run("check", bank, "--draws", 500, "--out", tmp_path / "sample", code=1)
    [problem] = re.findall(r"^Problem: (.*)$", printed, re.MULTILINE)
    assert "0 of 250 draws pass the screens; most are turned away by saturated, a unit is saturated" in problem
    assert problem.endswith("Shape B: 1-1 network, sigmoid, squared error")


def test_fixed_numbers_are_only_remarked_upon() -> None:
    """The textbook's network has live units only, so leaving their slope out changes nothing: a note, no problem."""
    found = examgen.check("relu-1-1-3-1", draws=1, out=Path("sample"))
    assert found.problems == ()
    assert [note.split(": ", 1)[1] for note in found.notes] == [
        "with these numbers, no-slope, pre-activation-input leads to right answers"
    ]
    assert found.questions[0].draws == 0


def test_wrong_formulas_shapes_and_choices_are_tried(tmp_path: Path) -> None:
    """On the shipped exam every misconception that changes a formula loses marks and is named, and the rest is told."""
    printed = run("check", "formulas", "--draws", 12, "--out", tmp_path / "sample")
    counts = re.search(r"Wrong formulas: (\d+) with a misconception, (\d+) lose marks, named for (\d+)", printed)
    assert counts is not None
    assert counts[1] == counts[2] == counts[3]
    assert int(counts[1]) > 200
    # 7 entries in each of the 4 shapes; each has the error in it, and only the 2 tanh networks have no ReLU.
    assert re.search(r"^  error-sign +28 of 28 +28 +28 +28 +28$", printed, re.MULTILINE)
    assert re.search(r"^  relu-slope-z +8 of 28 ", printed, re.MULTILINE)
    unseen = re.search(r"symbols that it changes: (.*)\n", printed)
    assert unseen is not None
    assert {"not-transposed", "no-bias", "sigmoid-sign"} <= set(unseen[1].split(", "))
    # In each shape one matrix that is not square, and 3 wrong options.
    assert "Swapped shapes and wrong choices: 16, 16 score nothing\n" in printed
    assert printed.endswith("All is well.\n")


FORMULAS = (
    changed(DRAWN, ('ask = ["z", "a", "loss"]', 'ask = ["dL_dW"]\nas = "formula"\nsymbols = ["z", "a"]'))
    + """
[[tasks]]
text = "Which?"
options = ["this", "that"]
as = "choice"
answer = "b"
"""
)


@pytest.mark.parametrize(
    ("verdict", "problems"),
    [
        (
            Judged("correct"),
            (
                "error-sign gets full marks in 1 formula, such as Q1 ",
                "1 of 1 wrong shapes and choices get marks, such as Q1 ",
            ),
        ),
        (Judged("wrong"), ("error-sign is marked wrong but not named in 1 formula, such as Q1 ", "right answers lose")),
    ],
)
def test_a_judge_without_judgement_is_a_problem(
    verdict: Judged, problems: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were every formula and choice taken for right, or for wrong and nothing else, the command would end with 1."""
    monkeypatch.setattr("examgen.marking.judging.typed_answers.judge_text", lambda *_: verdict)
    printed = run("check", written(tmp_path, FORMULAS), "--draws", 10, "--out", tmp_path / "sample", code=1)
    for problem in problems:
        assert re.search(f"^Problem: .*{problem}", printed, re.MULTILINE)


def test_formulas_that_hide_a_misconception_are_noted(tmp_path: Path) -> None:
    """Where any symbol may be used, dL/dW is delta times x, and what is wrong in delta shows nowhere: it is noted."""
    bank = written(tmp_path, changed(FORMULAS, ('symbols = ["z", "a"]\n', "")))
    found = examgen.check(bank, draws=10, out=tmp_path / "sample")
    assert found.problems == ()
    (note,) = found.notes
    assert "error-sign" in note
    assert "no-slope" in note
    assert "can show in no answer" in note


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_draws_must_be_some() -> None:
    """Zero draws are refused by the command line, and by the library with what is allowed."""
    run("check", "question2", "--draws", 0, code=2)
    with pytest.raises(examgen.errors.ExamgenError, match="draws is 0; use 1 to"):
        examgen.check("question2", draws=0)
