"""Papers of about equal work from the command line, and what marking says of classes whose shapes were not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import read_rows, rounded, write_sheet

ROSTER = "id,name\n" + "".join(f"s{number},N{number}\n" for number in range(12))


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed, the lines of a terminal put together."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return done.stdout + done.stderr


def batch(*more: object, code: int = 0) -> str:
    """Make the class of the roster without pages."""
    return run("batch", "question2", "roster.csv", "--out", "class", "--no-pdf", *more, code=code)


@pytest.fixture
def roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class list in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    return tmp_path


def work() -> dict[str, float]:
    """By student, as the manifest has it."""
    return {row["student"]: float(row["work"]) for row in read_rows(Path("class/manifest.csv"))}


@pytest.mark.usefixtures("roster")
def test_a_class_of_equal_papers_is_made_and_grows() -> None:
    """The manifest shows the work of each paper, within the tolerance; the key says the tolerance; who joins later
    changes nobody's paper, and a paper made alone is that of the class."""
    batch("--seed", 7, "--fairness", "0.05")
    first, lines = work(), Path("class/key/variants.jsonl").read_text().splitlines()
    assert max(first.values()) * 0.95 <= min(first.values()) * 1.05
    for row in read_rows(Path("class/manifest.csv")):
        parts = [float(row[name]) for name in ("multiplications", "live_units", "minus_signs")]
        assert float(row["work"]) == parts[0] + parts[1] + parts[2] / 4
    assert json.loads(Path("class/key/exam.json").read_text())["fairness"] == 0.05
    Path("roster.csv").write_text(ROSTER.replace("name\n", "name\nlate,L\n"), encoding="utf-8")
    batch("--fairness", "0.05")
    assert {student: of_one for student, of_one in work().items() if student != "late"} == first
    assert Path("class/key/variants.jsonl").read_text().splitlines()[1:] == lines


@pytest.mark.usefixtures("here")
def test_a_paper_that_is_made_alone_is_that_of_the_class() -> None:
    """`make` with the same seed and tolerance draws a student's numbers anew; the folder's name has the tolerance."""
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    batch("--seed", 7, "--fairness", "0.05")
    run("make", "question2", "--seed", 7, "--fairness", "0.05", "--student", "s3")
    alone = json.loads(Path("output/question2-7-s3-fairness-0.05/key/variants.jsonl").read_text())
    lines = map(json.loads, Path("class/key/variants.jsonl").read_text().splitlines())
    [in_class] = [line for line in lines if line["student"] == "s3"]
    assert alone["questions"] == in_class["questions"]


@pytest.mark.usefixtures("roster")
def test_another_tolerance_in_the_folder_is_refused_in_one_line() -> None:
    """Which one lies there is told, and with which options the same command goes on; nothing is changed."""
    batch("--seed", 7, "--fairness", "0.1")
    before = Path("class/key/exam.json").read_bytes()
    for options, way in (
        (["--seed", 7, "--fairness", "0.2"], "give --fairness 0.1 to go on"),
        (["--seed", 7], "give --fairness 0.1 to go on"),
        ([], "give --seed 7 and --fairness 0.1 to go on"),
        (["--seed", 8, "--fairness", "0.1"], "give --seed 7 to go on"),
    ):
        [line] = batch(*options, code=1).splitlines()
        assert "(seed 7, fairness 0.1, notation from-to" in line
        assert way in line
    assert Path("class/key/exam.json").read_bytes() == before
    batch("--seed", 7, "--fairness", "0.2", "--force")
    assert Path("class/old-1/key/exam.json").read_bytes() == before


@pytest.mark.usefixtures("roster")
def test_a_tolerance_where_there_was_none_is_refused_in_one_line() -> None:
    """A class that was drawn without one goes on without one."""
    batch("--seed", 7)
    assert "fairness" not in Path("class/key/exam.json").read_text()
    [line] = batch("--seed", 7, "--fairness", "0.2", code=1).splitlines()
    assert "nothing was written: leave out --fairness to go on with it or add students" in line


@pytest.mark.usefixtures("roster")
@pytest.mark.parametrize("share", ["-0.1", "1.01", "nan", "inf"])
def test_a_tolerance_that_is_no_share_is_refused_in_one_line(share: str) -> None:
    """Before anything is written."""
    [line] = batch("--fairness", share, code=1).splitlines()
    assert line == f"Error: the fairness is {share}; use a number from 0 to 1, such as 0.1"
    assert not list(Path("class").glob("*"))


@pytest.mark.usefixtures("roster")
def test_a_family_that_cannot_meet_it_says_so_in_one_line() -> None:
    """With the tolerance that would do; no paper and no key is left in the folder."""
    done = run("batch", "relu-integers", "roster.csv", "--out", "class", "--no-pdf", "--fairness", 0, code=1)
    assert "use --fairness 0.01 or more, or leave it out" in done
    assert len(done.splitlines()) == 1
    assert not list(Path("class").glob("*"))


@pytest.mark.usefixtures("roster")
def test_marking_tells_that_one_shape_was_harder() -> None:
    """Of a class in which the students of one shape leave most of it empty, `grade` says so in a line."""
    Path("roster.csv").write_text("id,name\n" + "".join(f"s{n},N\n" for n in range(40)), encoding="utf-8")
    run("batch", "scalar-chain", "roster.csv", "--out", "class", "--no-pdf", "--seed", 7, "--fairness", "0.1")
    lines = map(json.loads, Path("class/key/variants.jsonl").read_text().splitlines())
    shape = {line["student"]: line["questions"]["Q1"]["shape"] for line in lines}
    rows = read_rows(Path("class/key/answers.csv"))
    write_sheet(
        Path("answers.csv"),
        rows,
        lambda row: "" if shape[row["student"]] == "B" and row["field"] > "b" else rounded(row),
    )
    printed = run("grade", "answers.csv", "--key", "class", "--out", "marks")
    [line] = [line for line in printed.splitlines() if "Kruskal-Wallis" in line]
    assert line.startswith(
        "Note: Q1: marks differ between its shapes by more than chance (Kruskal-Wallis, p < 0.001): "
    )
    assert "unequal_shapes" in {row["kind"] for row in read_rows(Path("marks/notes.csv"))}
    write_sheet(Path("answers.csv"), rows)
    printed = run("grade", "answers.csv", "--key", "class", "--out", "marks")
    assert "Kruskal-Wallis" not in printed
    assert "\nVariants: no difference beyond chance, p = 1\n" in printed
