"""What lies where a file should be, such as a pipe, a device or a folder: a line says so, and nothing waits for it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from examgen.batch import class_drawing
from examgen.cli import progress
from tests.command_line import invoke, refused, run
from tests.marking_sheets import read_rows

BATCH = ("batch", "scalar-chain", "roster.csv", "--seed", 5000000000, "--no-pdf", "--out")
SECONDS = 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of two that was rehearsed and marked."""
    folder = tmp_path_factory.mktemp("made")
    roster = folder / "roster.csv"
    roster.write_text("id,name\ns1,Ada\ns2,Bob\n", encoding="utf-8")
    run("batch", "scalar-chain", roster, *BATCH[3:], folder / "class")
    assert invoke("rehearse", folder / "class").exit_code == 0
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, where whoever waits for a pipe is woken up and fails."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def wake(*_: object) -> None:
        raise AssertionError("a command waits for a pipe")

    before = signal.signal(signal.SIGALRM, wake)
    signal.alarm(SECONDS)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def instead_of(name: str) -> None:
    """Put a pipe in the place of a file."""
    Path(name).unlink()
    os.mkfifo(name)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["exam.json", "variants.jsonl"])
def test_a_pipe_in_a_key_is_told(name: str) -> None:
    """To those who mark and to those who make papers: a key that cannot be read is never written over."""
    instead_of(f"class/key/{name}")
    assert f"{name}: " in refused("grade", "class/rehearsal/handed-in", "--key", "class", "--out", "marks")
    assert "class" in refused(*BATCH, "class")
    assert Path(f"class/key/{name}").is_fifo()


@pytest.mark.usefixtures("here")
def test_marking_does_without_a_key_table_that_is_a_pipe() -> None:
    """As it does without one that is missing, and says so."""
    instead_of("class/key/answers.csv")
    done = invoke("grade", "class/rehearsal/handed-in", "--key", "class", "--out", "marks")
    assert done.exit_code == 0
    assert "key/answers.csv: is not there, or empty" in done.stdout


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["manifest.csv", "key/answers.csv"])
def test_a_pipe_in_the_place_of_what_is_made_gives_way(name: str) -> None:
    """The same command makes the file again."""
    content = Path("class", name).read_bytes()
    instead_of(f"class/{name}")
    run(*BATCH, "class")
    assert Path("class", name).read_bytes() == content


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("odd", ["pipe", "/dev/zero", "."])
def test_a_roster_or_a_secret_is_a_file(odd: str) -> None:
    """And no pipe, device or folder."""
    if odd == "pipe":
        os.mkfifo(odd, 0o600)
    assert refused("batch", "scalar-chain", odd, "--out", "other").startswith(f"{odd}: is a folder, a pipe or a device")
    said = refused("batch", "scalar-chain", "roster.csv", "--out", "other", "--secret", odd)
    assert "pipe or a device" in said or "names this folder" in said
    assert not Path("other").exists()


@pytest.mark.usefixtures("here")
def test_pipes_among_answers_cost_themselves_alone() -> None:
    """The sheets beside them are marked; given by itself, one is refused."""
    os.mkfifo("class/rehearsal/handed-in/s3.csv")
    os.mkfifo("s.csv")
    assert "pipe" in refused("grade", "s.csv", "--key", "class", "--out", "marks")
    assert invoke("grade", "class/rehearsal/handed-in", "--key", "class", "--out", "marks").exit_code == 0
    assert {row["status"] for row in read_rows(Path("marks/gradebook.csv"))} == {"marked"}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("content", [bytes(32), b"secret" * 5 + b"!!", b"0123" * 8])
def test_bytes_that_anybody_can_guess_are_no_secret(content: bytes) -> None:
    """Such as a file of zeros; and an empty name, as of a variable that is not set, is no file."""
    Path("s").write_bytes(content)
    Path("s").chmod(0o600)
    for command in (("make", "scalar-chain"), ("batch", "scalar-chain", "roster.csv")):
        assert "32 random bytes" in refused(*command, "--out", "other", "--secret", "s")
        assert refused(*command, "--out", "other", "--secret", "").startswith("--secret is empty")
    assert not Path("other").exists()


@pytest.mark.usefixtures("here")
def test_columns_of_one_title_are_told() -> None:
    """The first is taken; of a cell that is not closed on its line, the line is named with what may be wrong."""
    Path("roster.csv").write_text("id,name,group,Group\ns1,Ada,1,2\n", encoding="utf-8")
    said = run(*BATCH, "other")
    assert 'Note: roster.csv: the header names "group" more than once; the first such column is taken' in said
    assert read_rows(Path("other/manifest.csv"))[0]["group"] == "1"
    Path("roster.csv").write_text('id,name,note\ns1,Ada,"one\ntwo, and, three"\n', encoding="utf-8")
    assert refused(*BATCH, "third").startswith("roster.csv: line 2: a quote is opened, and the next line looks like a ")
    Path("roster.csv").write_text('id,name,note\ns1,Ada,"one\ntwo"\n', encoding="utf-8")
    run(*BATCH, "third")
    assert read_rows(Path("third/manifest.csv"))[0]["note"] == "one two"


@pytest.mark.usefixtures("here")
def test_drawing_a_large_class_is_told_before_its_first_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line, and the papers are those of a class that is drawn at once; --quiet says nothing."""
    monkeypatch.setattr(class_drawing, "DRAWN_AT_ONCE", 1)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0.0)
    done = invoke(*BATCH, "other")
    assert [line.partition(",")[0] for line in done.stderr.splitlines()] == ["1 of 2 papers", "2 of 2 papers"] * 2
    assert Path("other/key/answers.csv").read_bytes() == Path("class/key/answers.csv").read_bytes()
    assert invoke(*BATCH, "third", "--quiet").output == ""
