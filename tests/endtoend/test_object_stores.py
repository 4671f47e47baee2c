"""Classes at an address such as s3://bucket/class: the objects are the files of a folder, and runs go on as there."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner, Result

from examgen.batch import making
from examgen.batch.afar import journal_pieces
from examgen.cli import app
from examgen.exams.folders.objects import ObjectStore

RUNNER = CliRunner()
STUDENTS = 6
BATCH = ("batch", "scalar-chain", "roster.csv", "--no-pdf")
SEED = ("--seed", "5000000000")
CLASS = "s3://exams/autumn/class"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Its address."""
    found = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()


@pytest.fixture(autouse=True)
def _here(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder with a class list, and an empty bucket of the server."""
    import s3fs

    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "open-sesame")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    system = s3fs.S3FileSystem()
    if system.exists("exams"):
        system.rm("exams", recursive=True)
    system.mkdir("exams")
    write_roster(STUDENTS)


def write_roster(count: int) -> None:
    """Write roster.csv."""
    rows = [f"s{number},Name {number}" for number in range(count)]
    Path("roster.csv").write_text("\n".join(["id,name", *rows, ""]), encoding="utf-8")


def invoke(*arguments: object) -> Result:
    """Run a command in this process."""
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


def run(*arguments: object) -> str:
    """Run a command that must succeed."""
    done = invoke(*arguments)
    assert (done.exit_code, done.stderr) == (0, ""), (done.output, done.exception)
    return done.stdout


def refused(*arguments: object) -> str:
    """Run a command that must end with one line on stderr."""
    done = invoke(*arguments)
    assert (done.exit_code, done.stdout) == (1, ""), (done.output, done.exception)
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    return done.stderr.removeprefix("Error: ").rstrip("\n")


def objects(address: str = CLASS) -> dict[str, bytes]:
    """All objects below an address."""
    store = ObjectStore(address)
    return {one.name: store.read(one.name) or b"" for one in store.found()}


def contents(folder: str) -> dict[str, bytes]:
    """All files by path below a folder."""
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def stopping(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Have the run end hard after so many papers."""
    whole, left = making.sheet_files, [after]

    def until_then(*arguments: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("examgen.batch.class_papers.sheet_files", until_then)


def test_objects_are_the_files_of_a_folder() -> None:
    """Everything that a folder would have, and no more; nothing on this machine. What is told names the address."""
    said = run(*BATCH, *SEED, "--out", CLASS)
    assert f"{CLASS}/handout (a folder for each student)" in said
    assert [path.name for path in Path().iterdir()] == ["roster.csv"]
    run(*BATCH, *SEED, "--out", "class")
    assert objects() == contents("class")
    assert objects("s3://exams").keys() == {f"autumn/class/{name}" for name in contents("class")}


def test_several_processes_write_objects_too() -> None:
    """With pages; a trailing slash is no other address."""
    write_roster(2)
    run(*BATCH[:-1], *SEED, "--out", f"{CLASS}/", "--jobs", 2)
    run(*BATCH[:-1], *SEED, "--out", "class")
    assert objects() == contents("class")


def test_a_run_that_was_killed_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its key, its seed and the papers that were noted; pieces of the journal are gone in the end."""
    monkeypatch.setattr(journal_pieces, "MOST_RECORDS", 2)
    with monkeypatch.context() as killed:
        stopping(killed, after=5)
        assert invoke(*BATCH, *SEED, "--out", CLASS).exit_code == 130
    there = objects()
    assert {"key/exam.json", "key/progress-000001.jsonl", "key/progress-000002.jsonl"} <= set(there)
    assert "manifest.csv" not in there
    assert sum(name.endswith("answers.html") for name in there) == 5
    # As if the power had gone: what the journal held back is lost.
    ObjectStore(CLASS).remove(["key/progress-000003.jsonl"])
    with monkeypatch.context() as limited:
        stopping(limited, after=2)
        run(*BATCH, "--out", CLASS)
    run(*BATCH, *SEED, "--out", "class")
    assert objects() == contents("class")


def test_students_are_added_and_lost_objects_made_again() -> None:
    """As in a folder."""
    write_roster(3)
    run(*BATCH, *SEED, "--out", CLASS)
    write_roster(STUDENTS)
    ObjectStore(CLASS).remove(["handout/s1/answers.csv"])
    ObjectStore(CLASS).write({"handout/s2/answers.html": b"changed"})
    run(*BATCH, "--out", CLASS)
    run(*BATCH, *SEED, "--out", "class")
    assert objects() == contents("class")


def test_another_exam_at_the_address_is_refused() -> None:
    """With --force, too: objects are not moved. Nothing changes, and no line names a folder of this machine."""
    run(*BATCH, *SEED, "--out", CLASS)
    before = objects()
    for more in ((), ("--force",)):
        said = refused("batch", "scalar-chain", "roster.csv", "--seed", 7, "--out", CLASS, *more)
        assert said.startswith(f"{CLASS}: holds a class of {STUDENTS} of exam scalar-chain-")
        assert said.endswith("choose another address with --out")
    ObjectStore(CLASS).write({"key/exam.json": b"{"})
    assert refused(*BATCH, *SEED, "--out", CLASS).startswith(f"{CLASS}/key/exam.json: not a JSON file")
    assert objects() == before | {"key/exam.json": b"{"}


def test_papers_without_a_key_are_refused() -> None:
    """As files are; with --force they are written over."""
    ObjectStore(CLASS).write({"handout/s1/answers.csv": b"mine"})
    assert refused(*BATCH, *SEED, "--out", CLASS).startswith(f"{CLASS}/handout: is there already, and no key says")
    assert objects() == {"handout/s1/answers.csv": b"mine"}
    run(*BATCH, *SEED, "--out", CLASS, "--force")
    assert objects()["handout/s1/answers.csv"] != b"mine"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://nowhere/class", "cannot be written: The specified bucket does not exist"),
        ("s3://", "names no place in the store"),
        ("memory://class", "is gone when the process ends"),
        ("zz://bucket/class", "is no address that can be used"),
        ("s3://me:open-sesame@exams/class", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address: str, words: str) -> None:
    """In one line, without passwords."""
    said = refused(*BATCH, *SEED, "--out", address)
    assert words in said
    assert "sesame" not in said


def test_a_store_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among papers: with the address and what the store says, and the same command goes on."""
    whole = ObjectStore.write

    def denied(store: ObjectStore, files: dict[str, bytes]) -> None:
        if any("/s3/" in name for name in files):
            with store._telling("written"):
                raise PermissionError("Access Denied")
        whole(store, files)

    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "write", denied)
        assert refused(*BATCH, *SEED, "--out", CLASS) == f"{CLASS}: cannot be written: Access Denied"
    run(*BATCH, "--out", CLASS)
    run(*BATCH, *SEED, "--out", "class")
    assert objects() == contents("class")


def test_stores_with_folders_write_whole_files_too(tmp_path: Path) -> None:
    """Such as SFTP: a file gets its name when it is whole."""
    run(*BATCH, *SEED, "--out", f"file://{tmp_path}/class")
    run(*BATCH, *SEED, "--out", "other")
    assert contents("class") == contents("other")


def test_without_the_extra_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else needs fsspec."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    said = refused(*BATCH, *SEED, "--out", f"s3://exams/{os.getpid()}")
    assert said.endswith("pip install 'examgen[cluster]'")
