"""A neighbour's sheet, handed in, marked and explained on the command line."""

from pathlib import Path

from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import make_key, read_rows, rounded, write_sheet

RUNNER = CliRunner()


def test_a_copied_sheet_is_told_in_all_tables(tmp_path: Path) -> None:
    """results.csv, notes.csv and the explanation say of an entry that it is right on another paper, and agree."""
    made = make_key(tmp_path, "sigmoid-chain", tuple(f"s{place}" for place in range(8)), seed=3)
    right = {row["field"]: rounded(row) for row in made.of("s4")}
    rows = [*made.of("s1"), *made.of("s2")]
    write_sheet(
        tmp_path / "answers.csv",
        rows,
        lambda row: right[row["field"]] if row["student"] == "s2" else rounded(row),
    )
    graded = RUNNER.invoke(app, ["grade", str(tmp_path / "answers.csv"), "--key", str(made.key)])
    assert graded.exit_code == 0, graded.output
    results = [row for row in read_rows(tmp_path / "marks" / "results.csv") if row["student"] == "s2"]
    assert {row["outcome"] for row in results} <= {"wrong", "correct"}
    told = [row for row in results if "right answer of another paper" in row["comment"]]
    assert len(told) > len(results) / 2
    assert {row["marks"] for row in told} == {"0"}
    assert not any("s4" in row["comment"] for row in results)
    [note] = (row for row in read_rows(tmp_path / "marks" / "notes.csv") if row["kind"] == "other_paper")
    assert note["student"] == "s2"
    assert f"{len(told)} wrong answers in Q1 equal the right answers of the paper of 's4'" in note["text"]
    followed = next(row for row in told if row["follow_through"] and abs(_off(row)) < 1e-4)
    explained = RUNNER.invoke(app, ["explain", str(tmp_path), "s2", followed["field"]])
    assert explained.exit_code == 0, explained.output
    text = " ".join(explained.output.split())
    assert "It equals the right answer of the paper of 's4'" in text
    assert "Outcome: wrong" in text
    assert "mark the class again" not in text


def _off(row: dict[str, str]) -> float:
    """How far an answer is from what follows from the student's earlier ones."""
    return float(row["value"]) - float(row["follow_through"])
