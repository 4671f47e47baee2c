"""Classes at an address such as s3://bucket/class: the objects are the files of a folder, and runs go on as there."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from examgen.batch import making
from examgen.batch.afar import journal_pieces, object_names
from examgen.exams.folders.objects import Found, ObjectStore
from tests.command_line import invoke, refused, run
from tests.marking_sheets import read_rows

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

    monkeypatch.setattr("examgen.batch.paper_orders.sheet_files", until_then)


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


HANDED_IN = "s3://exams/autumn/handed-in"
GRADE = ("grade", HANDED_IN, "--key", CLASS, "--out", "marks")


@pytest.fixture
def sheets() -> dict[str, bytes]:
    """A class at its address, and what it has handed in beside it: all right, by student."""
    run(*BATCH, *SEED, "--out", CLASS)
    lines = (ObjectStore(CLASS).read("key/answers.csv") or b"").splitlines(keepends=True)
    head = b",".join(lines[0].split(b",")[:7]) + b"\n"
    found: dict[str, bytes] = {}
    for line in lines[1:]:
        cells = line.split(b",")
        student = cells[2].decode()
        found[student] = found.get(student, head) + b",".join(cells[:7]) + b"\n"
    ObjectStore(HANDED_IN).write({f"{student}/answers.csv": sheet for student, sheet in found.items()})
    return found


def marks_of(folder: str = "marks") -> dict[str, str]:
    """The marks of each student who is marked."""
    rows = read_rows(Path(folder) / "gradebook.csv")
    return {row["student"]: row["marks"] for row in rows if row["status"] != "absent"}


def test_answers_are_marked_where_a_folder_of_them_would_be(sheets: dict[str, bytes]) -> None:
    """The same marks; the key that is fetched is for its owner only, and an appeal finds it."""
    said = run(*GRADE)
    assert "Marks: marks/gradebook.csv" in said
    assert (stat.S_IMODE(Path("marks/key").stat().st_mode), mode("marks/key/exam.json")) == (0o700, 0o600)
    run(*BATCH, *SEED, "--out", "class")
    for student, sheet in sheets.items():
        Path("handed-in", student).mkdir(parents=True)
        Path("handed-in", student, "answers.csv").write_bytes(sheet)
    run("grade", "handed-in", "--key", "class", "--out", "local")
    assert Path("marks/results.csv").read_bytes() == Path("local/results.csv").read_bytes()
    assert len(marks_of()) == STUDENTS
    field = read_rows(Path("marks/results.csv"))[0]["field"]
    assert "marks" in run("explain", "marks", "s1", field)


def mode(path: str) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_only_what_is_new_is_fetched_again(sheets: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """A corrected answer of as many digits is; what somebody has taken back is gone."""
    run(*GRADE)
    before = marks_of()
    # Stores tell whole seconds.
    os.utime("marks/fetched/s1/answers.csv", (1, 1))
    corrected = re.sub(rb"\d(?=\.\d+\n$)", lambda digit: b"%d" % ((int(digit[0]) + 5) % 10), sheets["s1"])
    assert len(corrected) == len(sheets["s1"])
    ObjectStore(HANDED_IN).write({"s1/answers.csv": corrected})
    ObjectStore(HANDED_IN).remove(["s2/answers.csv"])
    fetched: list[str] = []
    whole = ObjectStore.fetch

    def noted(store: ObjectStore, name: str, path: Path) -> None:
        fetched.append(name)
        whole(store, name, path)

    monkeypatch.setattr(ObjectStore, "fetch", noted)
    run(*GRADE, "--fresh")
    assert [name for name in fetched if not name.startswith("key/")] == ["s1/answers.csv"]
    after = marks_of()
    assert after.keys() == before.keys() - {"s2"}
    assert [student for student in after if after[student] != before[student]] == ["s1"]


HOSTILE = (
    "../../escape.csv",
    "s1/../../../escape.csv",
    "/absolute.csv",
    "a//b.csv",
    "C:/drive.csv",
    "s1\\..\\..\\escape.csv",
    "./here.csv",
    "deep/" * 40 + "answers.csv",
    f"{'long' * 80}.csv",
    "s3/answers.csv/below.csv",
    "movie.mp4",
)


@pytest.mark.usefixtures("sheets")
def test_names_of_objects_lead_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever students call them; each is told, and the sheets of all others are marked."""
    monkeypatch.chdir(tmp_path)
    for name in HOSTILE:
        ObjectStore(HANDED_IN).write({name: b"x" * 600_000 if name == "movie.mp4" else b"exam,student\n"})
    ObjectStore(HANDED_IN).write({".hidden.csv": b"", "folder/": b""})
    whole = ObjectStore.found
    # Names that this server does not take, and others do.
    more = [Found(name, 5, 1.0) for name in ("line\nbreak.csv", "nul\0.csv", "version.csv?versionId=1")]
    monkeypatch.setattr(ObjectStore, "found", lambda *given: [*whole(*given), *more])
    before = {path for path in tmp_path.parent.rglob("*") if "marks" not in path.parts}
    run(*GRADE)
    assert {path for path in tmp_path.parent.rglob("*") if "marks" not in path.parts} == before
    there = {path.relative_to("marks/fetched").as_posix() for path in Path("marks/fetched").rglob("*.csv")}
    assert there == {f"s{number}/answers.csv" for number in range(STUDENTS)}
    told = Path("marks/notes.csv").read_text(encoding="utf-8")
    for words in (
        "escape.csv",
        "absolute.csv",
        "drive.csv",
        "deeper than 32",
        "longlong",
        "movie.mp4",
        "break.csv",
        "versionId",
    ):
        assert words in told
    assert len(marks_of()) == STUDENTS


def test_a_table_of_the_class_is_marked_too(sheets: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """An address may be that of one object."""
    rows = [line for sheet in sheets.values() for line in sheet.splitlines(keepends=True)[1:]]
    ObjectStore("s3://exams/tables").write({"all.csv": b"".join([sheets["s1"].splitlines(keepends=True)[0], *rows])})
    run("grade", "s3://exams/tables/all.csv", "--key", CLASS, "--out", "marks")
    assert len(marks_of()) == STUDENTS
    monkeypatch.setattr(object_names, "MOST_BYTES", 100)
    assert "has more than 100 bytes" in refused("grade", "s3://exams/tables", "--key", CLASS, "--out", "other")


@pytest.mark.usefixtures("sheets")
def test_what_cannot_be_fetched_is_told() -> None:
    """In a line, and nothing is lost that lies in the folder."""
    assert "say with --out in which folder" in refused(*GRADE[:4])
    assert "marks are written to a folder of this machine" in refused(*GRADE[:5], "s3://exams/marks")
    assert "nothing lies there" in refused("grade", "s3://exams/nothing", "--key", CLASS, "--out", "marks")
    assert "there is no key" in refused("grade", HANDED_IN, "--key", HANDED_IN, "--out", "marks")
    Path("mine/fetched").mkdir(parents=True)
    Path("mine/fetched/mine.csv").write_text("mine")
    assert "mine/fetched: holds files that were not fetched" in refused(*GRADE[:5], "mine")
    assert Path("mine/fetched/mine.csv").read_text() == "mine"
    run(*GRADE)
    ObjectStore("s3://exams/other").write({"s1.csv": b""})
    assert f"holds what was fetched from {HANDED_IN}" in refused("grade", "s3://exams/other", *GRADE[2:])
