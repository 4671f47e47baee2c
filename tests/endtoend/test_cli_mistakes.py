"""What users do wrong ends with one line that says where, what and what is allowed, and leaves nothing behind."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.exams.folders import files
from tests.marking_sheets import make_key, write_sheet

RUNNER = CliRunner()
ROSTER = "id,name\ns1,Ada\ns2,Bob\n"


@pytest.fixture
def here(here: Path) -> Path:
    """The current folder, with a roster, a folder, a file that is no folder, and no typesetting of PDFs."""
    (here / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (here / "empty").mkdir()
    (here / "file").write_text("I am no folder", encoding="utf-8")
    (here / "broken.toml").write_text("title = ", encoding="utf-8")
    (here / "binary.csv").write_bytes(b"PK\x03\x04\x00")
    return here


def mistake(*arguments: object) -> str:
    """Run a command that must end with one line on stderr and code 1; returns what is behind `Error: `."""
    before = {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()}
    folders = {path for path in Path.cwd().rglob("*") if path.is_dir()}
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: [^\n\r]+\n", done.stderr), done.stderr
    assert all(char.isprintable() for char in done.stderr[:-1])
    assert {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()} == before
    assert {path for path in Path.cwd().rglob("*") if path.is_dir()} == folders
    return done.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["make", "question3"], r"exam 'question3' is not shipped; .*Did you mean \"question2\"\?"),
        (["make", "missing.toml"], r"missing\.toml: there is no such file"),
        (["make", "empty"], r"exam 'empty' is not shipped"),
        (["make", "./empty"], r"empty: there is no such file"),
        (["make", "broken.toml"], r"broken\.toml: not valid TOML"),
        (["make", "a\nb\x1b[2J.toml"], r"a b\\x1b\[2J\.toml: there is no such file"),
        (["make", "--notation", "nielson"], r"notation 'nielson' is unknown; allowed: .*Did you mean \"nielsen\"\?"),
        (["make", "--notation", "scalar"], r"notation 'scalar' is for layers of one unit .* 3-2-2-1"),
        (["make", "--student", " s1"], r"student id ' s1' has spaces around it"),
        (["make", "--student", "a\nb"], r"student id 'a\\nb' has .* a control character"),
        (["make", "--student", "x" * 201], r"has 201 characters; use at most 200"),
        (["make", "--out", "file"], r"file: .*"),
        (["make", "--out", "file/below"], r"file.*: .*"),
        (["batch", "question2", "roster.csv", "--out", "file"], r"file"),
        (["batch", "question2", "missing.csv", "--out", "o"], r"missing\.csv: cannot be read \(No such file"),
        (["batch", "question2", "empty", "--out", "o"], r"empty: is a folder"),
        (["batch", "question2", "binary.csv", "--out", "o"], r"binary\.csv: is a damaged zip file"),
        (["batch", "question2", "file", "--out", "o"], r"file: line 1: the header lacks \"id\", \"name\""),
        (["batch", "question9", "roster.csv", "--out", "o"], r"exam 'question9' is not shipped"),
        (["batch", "question2", "roster.csv", "--notation", "scalar", "--out", "o"], r"notation 'scalar' is for"),
        (["grade", "missing.csv"], r"missing\.csv: cannot be read \(No such file"),
        (["grade", "empty"], r"empty: holds no CSV file"),
        (["grade", "binary.csv"], r"binary\.csv: is a spreadsheet or zip file; save the sheet as CSV"),
        (["grade", "roster.csv"], r"roster\.csv: line 1: the header lacks"),
        (["grade", "file"], r"file: line 1: the header lacks"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], said: str) -> None:
    """The line names the file or option and says what is wrong with it; no file and no folder is left behind."""
    assert re.search(said, mistake(*arguments))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("s1,Ada\ns1,Bob\n", r"roster\.csv: line 3: id 's1' came before; give each student an id of their own"),
        ("s1,Ada\nS1,Bob\n", r"roster\.csv: ids 's1' and 'S1' differ in capitals only"),
        ("s1,Ada\n,Bob\n", r"roster\.csv: line 3: the id is empty"),
        ("s1,Ada\ns2\n", r"roster\.csv: line 3: the row has 1 cells and the header 2"),
        ("s1,Ada\ns\x1b2,Bob\n", r"roster\.csv: line 3: student id 's\\x1b2' has .* a control character"),
        ('s1,"Ada\n', r"roster\.csv: line 2: a quote is opened, and the next line looks like a row"),
        ("", r"roster\.csv: there are no students below the header"),
    ],
)
def test_a_roster_that_cannot_be_used(here: Path, rows: str, said: str) -> None:
    """The line of the roster and the id are named, and no paper is made."""
    (here / "roster.csv").write_text("id,name\n" + rows, encoding="utf-8")
    assert re.match(said, mistake("batch", "question2", "roster.csv", "--seed", 1, "--out", "o"))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "arguments",
    [
        ["make", "--seed", "-1"],
        ["make", "--seed", "seven"],
        ["make", "question2", "too", "many"],
        ["make", "--sed", "7"],
        ["batch", "question2", "roster.csv"],
        ["batch", "question2"],
        ["batch", "question2", "roster.csv", "--seed", "-1", "--out", "o"],
        ["grade"],
        ["grade", "file", "--decimal", ";"],
        ["mark", "file"],
    ],
)
def test_a_wrong_use_of_the_command_ends_with_2(arguments: list[str]) -> None:
    """Options and arguments that do not fit the help are not tried."""
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not Path("output").exists()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("missing", r"missing/exam\.json: No such file"),
        ("empty", r"empty/exam\.json: No such file"),
        ("file", r"file/exam\.json: Not a directory"),
        ("exam/key/exam.json", r".*Not a directory"),
        ("other", r"sheet\.csv: nothing to mark with the key of tanh-two-outputs-\w+: \d+ rows of student 's1' are of"),
    ],
)
def test_a_key_that_does_not_fit(here: Path, key: str, said: str) -> None:
    """A key that is missing, no folder, or of another exam."""
    made = make_key(here / "exam")
    make_key(here / "other", "tanh-two-outputs")
    write_sheet(here / "sheet.csv", made.of("s1"))
    assert re.match(said, mistake("grade", "sheet.csv", "--key", key))


def test_marks_that_cannot_be_written(here: Path) -> None:
    """A file where the folder should be is named, and nothing is overwritten."""
    made = make_key(here / "exam")
    write_sheet(here / "exam" / "sheet.csv", made.of("s1"))
    assert "file" in mistake("grade", "exam/sheet.csv", "--out", "file")
    (here / "exam" / "marks").write_text("a file", encoding="utf-8")
    assert "marks" in mistake("grade", "exam/sheet.csv")


def full_disk(after: int) -> Callable[[Path, bytes, int], Path]:
    """Like `_write_beside` until the disk is full, in the middle of a file."""
    write, left = files._write_beside, [after]

    def writes(target: Path, content: bytes, mode: int) -> Path:
        if left[0] > 0:
            left[0] -= 1
            return write(target, content, mode)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    return writes


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("after", [0, 3, 6])
def test_a_full_disk_leaves_no_half_paper(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """When the disk fills up on the way, none of the paper's files is there, and no folder for them."""
    monkeypatch.setattr(files, "_write_beside", full_disk(after))
    assert re.match(
        r"output/scalar-chain-7/.*: cannot be written: No space left", mistake("make", "scalar-chain", "--seed", 7)
    )


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_keeps_the_marks_of_before(monkeypatch: pytest.MonkeyPatch, here: Path, after: int) -> None:
    """Tables that cannot be written whole leave those of the last run as they are."""
    made = make_key(here / "exam")
    write_sheet(here / "exam" / "sheet.csv", made.of("s1"))
    assert RUNNER.invoke(app, ["grade", "exam/sheet.csv"]).exit_code == 0
    write_sheet(here / "exam" / "sheet.csv", made.of("s2"))
    monkeypatch.setattr(files, "_write_beside", full_disk(after))
    assert "No space left" in mistake("grade", "exam/sheet.csv")


def test_a_batch_that_breaks_off_has_its_key(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that were written before the disk was full are whole and have a key; the broken one is not there."""
    monkeypatch.setattr(files, "_write_beside", full_disk(1 + 3 + 5 + 2))
    done = RUNNER.invoke(app, ["batch", "scalar-chain", "roster.csv", "--seed", "7", "--out", "class"])
    assert done.exit_code == 1
    assert {str(path.relative_to(here / "class")) for path in (here / "class").rglob("*") if path.is_file()} == {
        *("key/exam.json", "key/variants.jsonl", "key/answers.csv", "key/progress.jsonl"),
        *("key/papers/s1.pdf", "key/filled/s1.pdf"),
        *(f"handout/s1/{name}" for name in ("questions.pdf", "answers.csv", "answers.html")),
    }
