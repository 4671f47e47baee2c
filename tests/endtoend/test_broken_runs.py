"""Runs that are killed, run twice at once, or cannot print: no key is lost, and no traceback is shown."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import command_line
from tests.command_line import refused, run
from tests.marking_sheets import make_key, read_rows, write_sheet

FULL = Path("/dev/full")
STUDENTS = [f"s{number}" for number in range(12)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a roster."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{student},Name of {student}" for student in STUDENTS]
    (tmp_path / "roster.csv").write_text("\n".join(["id,name", *rows, ""]), encoding="utf-8")
    return tmp_path


def command(*arguments: object) -> list[str]:
    """The command line of examgen in a process of its own."""
    return [sys.executable, "-m", "examgen", *map(str, arguments)]


BATCH = ("batch", "scalar-chain", "roster.csv", "--out", "class")
NO_PAGES = ("--seed", 7, "--out", "class", "--no-pdf")


@contextmanager
def started(is_far: Callable[[], bool], *arguments: object) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of examgen that has come so far; stopped there for the body, and killed behind it."""
    process = command_line.started(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not is_far():
            assert process.poll() is None, "the run was over too soon"
            assert time.monotonic() < until, "the run did not come so far"
            time.sleep(0.002)
        process.send_signal(signal.SIGSTOP)
        yield process
    finally:
        process.kill()
        process.wait()


def contents(folder: Path) -> dict[str, bytes]:
    """All files by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def handed_out(folder: Path) -> set[str]:
    """The students who have a paper."""
    return {path.parent.name for path in folder.glob("handout/*/questions.pdf")}


def test_a_killed_batch_has_its_key_and_goes_on(here: Path) -> None:
    """Killed between two papers, the same command goes on, and ends with the files of a run in peace."""
    folder = here / "class"
    with started(lambda: len(handed_out(folder)) >= 2, *BATCH):
        pass
    assert 2 <= len(handed_out(folder)) < len(STUDENTS)
    assert not (folder / "manifest.csv").exists()
    seed = json.loads((folder / "key" / "exam.json").read_bytes())["seed"]
    assert {row["student"] for row in read_rows(folder / "key" / "answers.csv")} == set(STUDENTS)
    parts = [folder / name for name in ("key/papers/.s0.pdf.0a1b2c3d.part", "handout/s1/.answers.csv.abcd_123.part")]
    for part in parts:
        part.write_bytes(b"half a file")
    mine = folder / "handout" / ".mine.part"
    mine.write_bytes(b"mine")

    assert run(*BATCH).startswith(f"Seed: {seed} ")
    assert not any(part.exists() for part in parts)
    run(*BATCH[:-1], "peace", "--seed", seed)
    assert contents(folder) == contents(here / "peace") | {"handout/.mine.part": b"mine"}


def test_the_seed_stands_in_the_key_before_the_first_number(here: Path) -> None:
    """Killed as early as that, the folder says its seed, and the run is gone on with."""
    path = here / "class" / "key" / "exam.json"
    with started(path.exists, *BATCH):
        pass
    seed = json.loads(path.read_bytes())["seed"]
    assert run(*BATCH).startswith(f"Seed: {seed} ")
    assert handed_out(here / "class") == set(STUDENTS)


def test_a_folder_has_one_writer_at_a_time(here: Path) -> None:
    """While one process writes, another is refused in a line, forced or not; a dead one holds nobody up."""
    folder = here / "class"
    with started(lambda: len(handed_out(folder)) >= 1, *BATCH, "--seed", 5000000000):
        before = contents(folder)
        for options in ((), ("--force",)):
            told = refused(*BATCH, "--seed", 5000000000, *options)
            assert told.startswith("class: another examgen is writing there; ")
        assert contents(folder) == before
    assert (folder / ".examgen.lock").exists()
    run(*BATCH, "--seed", 5000000000)
    assert not (folder / ".examgen.lock").exists()


def test_an_interrupted_batch_is_told_and_leaves_no_lock(here: Path) -> None:
    """Ctrl-C between two papers."""
    folder = here / "class"
    with started(lambda: len(handed_out(folder)) >= 1, *BATCH) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        assert process.wait(30) == 130
    assert not (folder / ".examgen.lock").exists()
    assert (folder / "key" / "variants.jsonl").is_file()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper that was marked."""
    folder = tmp_path_factory.mktemp("marked")
    made = make_key(folder / "exam", students=("s1",))
    write_sheet(folder / "exam" / "sheet.csv", made.rows)
    run("grade", folder / "exam" / "sheet.csv")
    return folder / "exam"


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["make", "scalar-chain", "--seed", "7", "--out", "paper"],
        ["grade", "EXAM/sheet.csv"],
        ["--help"],
        ["--version"],
    ],
)
@pytest.mark.usefixtures("here")
def test_output_that_cannot_be_written_is_one_line(marked: Path, arguments: list[str]) -> None:
    """A full disk behind > ends with code 1 and a line, also where Python would only notice when it ends."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            command(*(argument.replace("EXAM", str(marked)) for argument in arguments)),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [["list"], ["make", "--help"]])
@pytest.mark.usefixtures("here")
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    """As with `| head -1`: nothing on stderr."""
    ours, theirs = os.pipe()
    process = subprocess.Popen(command(*arguments), stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    os.close(ours)
    assert process.communicate(timeout=60)[1] == b""


@pytest.mark.usefixtures("here")
def test_a_closed_output_is_no_error() -> None:
    """Where there is no standard output at all, papers are made all the same."""
    line = " ".join(command("make", "scalar-chain", "--seed", 7, "--out", "paper"))
    done = subprocess.run(["sh", "-c", f"{line} >&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("paper/key/exam.json").is_file()


@pytest.mark.parametrize(
    ("closed", "commands"),
    [
        ("2>&-", [("grade", "class/rehearsal/handed-in")]),
        (
            "<&- >&- 2>&-",
            [
                ("batch", "scalar-chain", "two.csv", *NO_PAGES, "--jobs", 2),
                ("rehearse", "class"),
                ("grade", "class/rehearsal/handed-in"),
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_classes_are_made_and_marked_without_an_output(
    here: Path, closed: str, commands: list[tuple[object, ...]]
) -> None:
    """Where a pipeline has closed the streams that progress and marks go to."""
    (here / "two.csv").write_text("id,name\ns1,A\ns2,B\n", encoding="utf-8")
    if commands[0][0] != "batch":
        run("batch", "scalar-chain", "two.csv", *NO_PAGES)
        run("rehearse", "class")
    for arguments in commands:
        done = subprocess.run(
            ["sh", "-c", f"{' '.join(command(*arguments))} {closed}"], capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    made = {"batch": "class/key/answers.csv", "grade": "class/rehearsal/marks/gradebook.csv"}
    assert Path(made[str(commands[-1][0])]).is_file()
