"""`examgen rehearse` and `examgen samples`: what they write, and that nothing of anybody's is lost by them."""

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
from examgen.cli import app
from tests.marking_sheets import make_key, read_rows, write_sheet

RUNNER = CliRunner()


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed, on whichever stream."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def outcomes(marks: Path, student: str) -> Counter[str]:
    """How often a student has each outcome."""
    return Counter(row["outcome"] for row in read_rows(marks / "results.csv") if row["student"] == student)


def test_each_habit_is_marked_as_what_it_is(tmp_path: Path) -> None:
    """A slip costs one entry, a misconception is named, right work loses nothing, and what breaks off is blank."""
    made = make_key(tmp_path / "exam", students=("",))
    said = run("rehearse", made.folder)
    assert "ada    one slip: z₁ is 1 too large, and the rest follows\n" in said
    run("grade", made.folder / "rehearsal" / "handed-in")
    marks, entries = made.folder / "rehearsal" / "marks", len(made.rows)
    assert outcomes(marks, "ada") == {"wrong": 1, "follow_through": entries - 1}
    labels = {row["misconception"] for row in read_rows(marks / "results.csv") if row["student"] == "alan"}
    assert [f"alan   {label}:" in said for label in labels - {""}] == [True]
    assert outcomes(marks, "emmy") == {"correct": entries}
    assert outcomes(marks, "kurt")["imprecise"] >= 1
    assert outcomes(marks, "sofia") == {"unreadable": 1, "blank": 3, "correct": entries - 4}


@pytest.mark.parametrize("name", ["midterm", "formulas", "matrix-warmups", "relu-integers", "sigmoid-3-4-4-2"])
def test_any_exam_can_be_rehearsed(tmp_path: Path, name: str) -> None:
    """Formulas, shapes, choices, whole numbers and fixed numbers: who is right has full marks, who is wrong fewer."""
    made = make_key(tmp_path / "exam", name, students=[f"s{number}" for number in range(7)])
    rehearsed = examgen.rehearse(made.key)
    book = examgen.grade(rehearsed.folder).gradebook
    percent = dict(zip(book["student"], book["percent"], strict=True))
    assert list(percent) == [sitter.student for sitter in rehearsed.sitters]
    for sitter in rehearsed.sitters:
        # A digit fewer may still lie within the tolerance of what follows.
        if "one digit fewer" not in sitter.habit:
            assert (percent[sitter.student] == 100) == (sitter.habit == "all right"), sitter
    assert len({sitter.habit for sitter in rehearsed.sitters}) >= 5


def test_ids_like_formulas_are_rehearsed_too(tmp_path: Path) -> None:
    """Sheets name students as handouts do, so that nobody is absent, whatever a spreadsheet would make of the id."""
    made = make_key(tmp_path / "exam", students=("-7", "=b()", "+c", "@d"))
    run("rehearse", made.folder)
    said = run("grade", made.folder / "rehearsal" / "handed-in")
    assert "credited" not in said
    book = read_rows(made.folder / "rehearsal" / "marks" / "gradebook.csv")
    assert [row["status"] for row in book] == ["marked"] * 4


def test_real_marks_stay_apart(tmp_path: Path) -> None:
    """Sheets of a rehearsal are marked into rehearsal/marks, however they are named, and the others beside the key."""
    made = make_key(tmp_path / "exam")
    run("grade", write_sheet(tmp_path / "s.csv", made.of("s1")), "--key", made.key)
    before = (made.folder / "marks" / "gradebook.csv").read_bytes()
    run("rehearse", made.folder)
    handed_in = made.folder / "rehearsal" / "handed-in"
    for sheets in (handed_in, handed_in / ".." / "handed-in" / "s2.csv"):
        run("grade", sheets, "--key", made.folder)
    assert (made.folder / "marks" / "gradebook.csv").read_bytes() == before
    assert {row["student"] for row in read_rows(made.folder / "rehearsal" / "marks" / "gradebook.csv")} == {"s1", "s2"}


def test_what_was_changed_is_not_written_over(tmp_path: Path) -> None:
    """One line says which file, and nothing is written; --force does it, and the same again needs none."""
    made = make_key(tmp_path / "exam")
    for arguments, name in (
        (["rehearse", made.folder, "--out", tmp_path / "out"], "s2.csv"),
        (["samples", tmp_path / "out"], "roster.csv"),
    ):
        run(*arguments)
        run(*arguments)
        changed = tmp_path / "out" / name
        right = changed.read_bytes()
        changed.write_text("mine")
        for other in changed.parent.iterdir():
            if other != changed:
                other.unlink()
        assert run(*arguments, code=1) == (
            f"Error: {changed}: is there already and holds something else; nothing was written: choose another folder, "
            f"or write over it with --force\n"
        )
        assert [path.name for path in changed.parent.iterdir()] == [name]
        run(*arguments, "--force")
        assert changed.read_bytes() == right


def test_a_rehearsal_needs_a_key(tmp_path: Path) -> None:
    """One line says what a folder of a key holds."""
    said = run("rehearse", tmp_path, code=1)
    assert said.startswith(f"Error: {tmp_path / 'exam.json'}: ")
    assert said.count("\n") == 1


def test_list_finds_a_word() -> None:
    """Only lines with the word, in any capitals, under the titles that are left; none is a mistake."""
    lines = run("list", "SIGMOID").splitlines()
    assert all("sigmoid" in line.lower() for line in lines if line.startswith("  "))
    assert 3 <= len(lines) < len(run("list").splitlines())
    assert run("list", "transformer", code=1) == "Error: no line has 'transformer' in it; examgen list shows all\n"
