"""The commands as a user types them: what they write, print and end with."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import examgen
from examgen.cli import app
from tests.marking_sheets import Row, make_key, read_rows, rounded, write_sheet

RUNNER = CliRunner()
PAPER = ["questions.pdf", "answers.csv", "answers.html"]
KEY = ["key/exam.json", "key/variants.jsonl", "key/answers.csv", "key/answers.pdf", "key/filled.pdf"]


def run(*arguments: object, code: int = 0) -> str:
    """Run a command; returns what it printed. Nothing but that stands on stderr."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    assert done.stderr == ""
    return done.stdout


def files_below(folder: Path) -> dict[str, bytes]:
    """All files by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["make", "batch", "grade", "list", "--version", "examgen make --seed 7"]),
        (["make", "--help"], ["EXAM", "question2", "--seed", "--student", "--notation", "--out", "from-to", "output/"]),
        (
            ["batch", "--help"],
            [
                "ROSTER",
                "id and name",
                "Moodle",
                "--seed",
                "--out",
                "--notation",
                "--force",
                "adds students",
                "--secret",
                "--jobs",
            ],
        ),
        (
            ["grade", "--help"],
            ["ANSWERS", "--key", "--out", "--decimal", "results.csv", "gradebook.csv", "./output"],
        ),
        (["list", "--help"], ["exams", "families"]),
        ([], ["make", "grade"]),
    ],
)
def test_help_says_what_there_is(arguments: list[str], words: list[str]) -> None:
    """Every option and file that a command knows is named in its help."""
    done = RUNNER.invoke(app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code in (0, 2)
    shown = " ".join(done.output.split())
    assert [word for word in words if word not in shown] == []


def test_version() -> None:
    """--version prints the version of the package."""
    assert run("--version") == f"examgen {examgen.__version__}\n"


def test_list_names_every_shipped_exam_in_a_line() -> None:
    """Exams, families and worked examples, each with what it is about."""
    lines = run("list").splitlines()
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert {"midterm", "question2", "sigmoid-3-4-4-2"} <= set(names)
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines if line.startswith("  "))


@pytest.mark.usefixtures("here")
def test_make_says_what_to_hand_out_and_what_to_keep() -> None:
    """Every file that is printed is there, and nothing else is."""
    lines = run("make", "--seed", 7).splitlines()
    split = lines.index("Keep:")
    folder = Path("output/question2-7")
    assert lines[0] == "Hand out:"
    assert [line.strip() for line in lines[1:split]] == [str(folder / name) for name in PAPER]
    assert {line.strip() for line in lines[split + 1 : -1]} == {str(folder / name) for name in KEY}
    assert lines[-1].startswith("Note: practice mode: a seed this small can be found by trying")
    assert set(files_below(folder)) == {*PAPER, *KEY}


@pytest.mark.usefixtures("here")
def test_a_fresh_seed_is_printed_and_makes_the_same_paper() -> None:
    """Without a seed, the first line tells how to make the paper again."""
    first = run("make", "scalar-chain", "--out", "a").splitlines()[0]
    seed = first.split()[1]
    assert first == f"Seed: {seed}  (make the same paper again with --seed {seed})"
    run("make", "scalar-chain", "--seed", seed, "--out", "b")
    assert files_below(Path("a")) == files_below(Path("b"))
    assert run("make", "scalar-chain", "--out", "c").splitlines()[0] != first


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("options", "folder"),
    [
        (["--student", "s1"], "scalar-chain-7-s1"),
        (["--notation", "nielsen"], "scalar-chain-7-nielsen"),
        (["--student", "../../x"], "scalar-chain-7-%2E.%2F..%2Fx"),
        (["--student", "CON"], "scalar-chain-7-%43ON"),
        (["--student", "a/b\\c"], "scalar-chain-7-a%2Fb%5Cc"),
        (["--student", "😀"], "scalar-chain-7-%F0%9F%98%80"),
        (["--student", "=1+1"], "scalar-chain-7-%3D1+1"),
        (["--student", "x" * 200], None),
    ],
)
def test_no_student_id_leaves_the_output_folder(here: Path, options: list[str], folder: str | None) -> None:
    """Ids with dots, slashes, reserved names or pictures become one folder name, and come back from the sheet."""
    run("make", "scalar-chain", "--seed", 7, *options)
    [made] = (here / "output").iterdir()
    assert folder in (made.name, None)
    assert [path.name for path in here.iterdir()] == ["output"]
    if options[0] == "--student":
        assert {row["student"] for row in read_rows(made / "answers.csv")} == {options[1]}


@pytest.mark.usefixtures("here")
def test_another_student_gets_other_numbers_and_another_notation_the_same() -> None:
    """Numbers depend on seed, exam and student, not on how they are written."""
    for name, options in {"a": [], "b": ["--student", "b"], "n": ["--notation", "nielsen"]}.items():
        run("make", "scalar-chain", "--seed", 7, "--out", name, *options)
    answers = {name: [row["answer"] for row in read_rows(Path(name, "key/answers.csv"))] for name in "abn"}
    assert answers["a"] != answers["b"]
    assert sorted(answers["a"]) == sorted(answers["n"])


def test_from_a_seed_to_marks(here: Path) -> None:
    """make, fill in, grade: the key's own sheet has full marks, and the tables are beside the key."""
    run("make", "scalar-chain", "--seed", 7, "--student", "ada")
    folder = Path("output/scalar-chain-7-ada")
    lines = run("grade", folder / "key" / "answers.csv").splitlines()
    entries = len(read_rows(folder / "answers.csv"))
    assert lines[0].split("\t") == [
        *("student", "marks", "of", "percent"),
        *("correct", "follow_through", "imprecise", "wrong", "blank", "unreadable"),
    ]
    assert lines[1].split("\t") == ["ada", str(entries), str(entries), "100", str(entries), *["0"] * 5]
    assert lines[2:] == [
        f"Mean: {entries} of {entries} (100.0%)",
        f"Median: {entries}",
        "Spread: one paper has none",
        "Hardest entry: none, all have full marks",
        "Commonest cause: none is named",
        "Unreadable: none",
        f"Key: {here / folder}/key",
        f"Marks: {here / folder}/marks/gradebook.csv",
        f"Every entry: {here / folder}/marks/results.csv",
    ]


@pytest.mark.usefixtures("here")
def test_the_empty_sheet_is_blank() -> None:
    """The handed-out sheet, handed in as it is, has no marks and no complaint but the missing name."""
    run("make", "scalar-chain", "--seed", 7)
    lines = run("grade", "output/scalar-chain-7/answers.csv").splitlines()
    assert lines[1].split("\t")[:4] == ["(no name)", "0", lines[1].split("\t")[2], "0"]
    [note] = [line for line in lines if line.startswith("Note:")]
    assert "names no student" in note


def test_notes_are_cut_and_counted(tmp_path: Path) -> None:
    """Twenty notes at most, one of each student with all that cannot be read, some of each kind, and a number."""
    students = [f"s{n:02}" for n in range(30)]
    made = make_key(tmp_path / "exam", students=students)
    rows = [row for row in made.rows if row["student"] < "s25"]
    sheet = write_sheet(tmp_path / "s.csv", [*rows, {**rows[0], "field": "bonus"}], lambda _: "0.5?")
    notes = [line for line in run("grade", sheet, "--key", made.key).splitlines() if line.startswith("Note: ")]
    assert len(notes) == 21
    assert [note.split(":")[1] for note in notes[:18]] == [f" student '{student}'" for student in students[:18]]
    assert all(": 17 answers cannot be read: Q1 z1 '0.5?' and 16 more: " in note for note in notes[:18])
    assert notes[18].startswith("Note: student 's00': 1 unknown fields were passed over")
    assert notes[19] == "Note: 5 students of the key handed in nothing: s25, s26, s27, s28, s29"
    assert notes[20] == "Note: and 7 more; notes.csv has all"
    told = read_rows(made.folder / "marks" / "notes.csv")
    assert [(note["kind"], note["student"]) for note in told] == [
        *(("unread", student) for student in students[:25]),
        ("unknown_field", "s00"),
        *(("absent", student) for student in students[25:]),
    ]


def test_printed_text_steers_no_terminal(tmp_path: Path) -> None:
    """Escape codes in answers, ids and file names are not printed, and piped output has no colours."""
    made = make_key(tmp_path / "exam", students=("",))
    write_sheet(tmp_path / "in" / "\x1b[31mred.csv", made.rows, lambda _: "\x1b]0;title\x07")
    write_sheet(tmp_path / "in" / "b.csv", made.rows, changes={"student": "\u202egpj.exe"})
    write_sheet(tmp_path / "in" / "c.csv", made.rows, changes={"student": "a\x1b[2J"})
    printed = run("grade", tmp_path / "in", "--key", made.key)
    assert all(char.isprintable() or char in "\n\t" for char in printed)


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_sheets_as_spreadsheets_save_them(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Byte order marks, semicolons, tabs, UTF-16 and decimal commas, quoted ones too, are read without being asked."""
    made = make_key(tmp_path / "exam")

    def written(row: Row) -> str:
        return rounded(row).replace(".", ",")

    sheet = write_sheet(tmp_path / "exam" / "s.csv", made.of("s1"), written, delimiter=delimiter, encoding=encoding)
    assert run("grade", sheet).splitlines()[1].split("\t")[3] == "100"


def test_the_decimal_mark_can_be_said(tmp_path: Path) -> None:
    """--decimal "," reads 1,234 where nothing else tells what its comma is, and --decimal "." refuses every comma."""
    made = make_key(tmp_path / "exam", students=("s1",))
    first, *_ = made.rows
    sheet = write_sheet(tmp_path / "s.csv", made.rows, lambda row: "1,234" if row is first else "")
    outcomes = ["unreadable", "unreadable", "wrong"]
    for said, outcome in zip(((), ("--decimal", "."), ("--decimal", ",")), outcomes, strict=True):
        printed = run("grade", sheet, "--key", made.key, *said)
        assert ("--decimal . or --decimal , settles it" in printed) == (not said)
        results = read_rows(made.folder / "marks" / "results.csv")
        assert (results[0]["outcome"], results[0]["value"]) == (outcome, "1.234" if outcome == "wrong" else "")


def test_grading_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    """A second run overwrites the tables with themselves."""
    made = make_key(tmp_path / "exam")
    sheet = write_sheet(tmp_path / "exam" / "in" / "s.csv", made.rows)
    run("grade", sheet)
    first = files_below(tmp_path)
    run("grade", sheet)
    assert files_below(tmp_path) == first


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run examgen in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "examgen", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_a_real_process_ends_with_the_right_codes(tmp_path: Path) -> None:
    """1 and one line for a user's mistake, 2 for a wrong option; where nothing is a terminal, nothing is coloured."""
    done = command("grade", tmp_path / "missing.csv")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    assert command("make", "--seed", "-1").returncode == 2


def test_students_write_in_any_script(tmp_path: Path) -> None:
    """Where the terminal knows ASCII only, names in other scripts do not break the marking."""
    made = make_key(tmp_path / "exam", students=("Ωμέγα", "李"))
    sheet = write_sheet(tmp_path / "s.csv", made.rows, lambda _: "½")
    done = command("grade", sheet, "--key", made.key, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    with (tmp_path / "exam" / "marks" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["Ωμέγα", "李"]
