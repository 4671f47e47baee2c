"""Classes made by the workers of a Dask cluster: the files of one process, whatever becomes of a worker."""

import os
import pickle
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster
from typer.testing import CliRunner, Result

from examgen.batch.paper_orders import ClassPrinter, PaperOrder
from examgen.batch.running import cluster
from examgen.batch.running.chunks import Finished
from examgen.batch.running.pool import work_through
from examgen.cli import app
from examgen.documents.style import STANDARD
from examgen.errors import ExamgenError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.folders.stores import FolderStore

RUNNER = CliRunner()
STUDENTS = 24
BATCH = ("batch", "scalar-chain", "roster.csv", "--seed", "5000000000", "--no-pdf")
PAGES = BATCH[:-1]


@dataclass(frozen=True)
class Squares:
    """Squares its items; some end the worker, and one is a mistake of the user."""

    deadly: frozenset[int] = frozenset()
    mistaken: frozenset[int] = frozenset()

    def __call__(self, item: int) -> int:
        """The square."""
        if item in self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if item in self.mistaken:
            raise ExamgenError("folder/file: the disk is full")
        return item * item


@dataclass(frozen=True)
class Unreachable:
    """Meets an error the first time that it is tried, as networks have them."""

    folder: Path

    def __call__(self, item: int) -> int:
        """The item, the second time."""
        place = self.folder / str(item)
        if not place.exists():
            place.touch()
            raise ConnectionResetError("reset by peer")
        return item


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """Two workers on this machine; what ends one is told at once."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=60) as found,
    ):
        yield found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder, not that of the workers, with a class list."""
    monkeypatch.chdir(tmp_path)
    rows = [f"s{number},Name {number}" for number in range(STUDENTS)]
    Path("roster.csv").write_text("\n".join(["id,name", *rows, ""]), encoding="utf-8")


def invoke(*arguments: object) -> Result:
    """Run a command in this process."""
    return RUNNER.invoke(app, [str(argument) for argument in arguments])


def contents(folder: str) -> dict[str, bytes]:
    """All files by path below a folder."""
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.usefixtures("here")
def test_a_cluster_makes_the_files_of_one_process(workers: LocalCluster) -> None:
    """One of its workers is killed when a few papers are there; the folder is named as on any command line."""
    before = {worker.process.pid for worker in workers.workers.values()}
    killed = threading.Thread(target=kill_one, args=(min(before),))
    killed.start()
    done = invoke(*PAGES, "--out", "many", "--scheduler", workers.scheduler_address, "--quiet")
    killed.join()
    assert (done.exit_code, done.stderr) == (0, "")
    assert not is_there(min(before))
    assert invoke(*PAGES, "--out", "one", "--jobs", 1).exit_code == 0
    assert contents("many") == contents("one")
    times = {path: path.stat().st_mtime_ns for path in Path("many").rglob("*.pdf")}
    assert invoke(*PAGES, "--out", "many", "--scheduler", workers.scheduler_address).exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times


@pytest.mark.usefixtures("here")
def test_a_cluster_writes_to_an_address(workers: LocalCluster, tmp_path: Path) -> None:
    """Each worker by itself."""
    address = f"file://{tmp_path}/many"
    done = invoke(*BATCH, "--out", address, "--scheduler", workers.scheduler_address, "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    assert invoke(*BATCH, "--out", "one", "--jobs", 1).exit_code == 0
    assert contents("many") == contents("one")


def kill_one(worker: int) -> None:
    """End a worker when the class has a few papers."""
    until = time.monotonic() + 60
    while len(list(Path("many").glob("handout/*/questions.pdf"))) < 3 and time.monotonic() < until:
        time.sleep(0.002)
    os.kill(worker, signal.SIGKILL)


def is_there(process: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_ends_its_worker_again_alone_is_set_aside(workers: LocalCluster) -> None:
    """It alone; what the worker had beside is done, each once."""
    found = list(work_through(Squares(frozenset({7})), range(100), None, workers.scheduler_address))
    assert Counter(one.place for one in found) == Counter(range(100))
    assert [one for one in found if one.is_set_aside] == [Finished(7, None, is_set_aside=True)]
    assert all(one.result == one.place**2 for one in found if one.place != 7)


def test_what_meets_an_error_of_the_network_is_tried_again(workers: LocalCluster, tmp_path: Path) -> None:
    """Nothing is missed by it."""
    found = list(work_through(Unreachable(tmp_path), range(5), None, workers.scheduler_address))
    assert sorted(one.result for one in found) == list(range(5))


def test_a_mistake_of_the_user_ends_the_work(workers: LocalCluster) -> None:
    """As it would in one process: with its message. The next run is not disturbed."""
    with pytest.raises(ExamgenError, match="the disk is full"):
        list(work_through(Squares(mistaken=frozenset({5})), range(400), None, workers.scheduler_address))
    assert len(list(work_through(Squares(), range(3), None, workers.scheduler_address))) == 3


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers within 0 s; start one with: dask scheduler"),
        ("http://127.0.0.1:1", "is no address of a Dask scheduler"),
        ("scheduler", "is no address of a Dask scheduler"),
    ],
)
def test_a_scheduler_that_is_not_there_is_told(address: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, and the same command without it goes on."""
    monkeypatch.setattr(cluster, "WAIT", 0.2)
    done = invoke(*BATCH, "--out", "class", "--scheduler", address)
    assert done.exit_code == 1
    assert re.fullmatch(rf"Error: {address}: {words}[^\n]*\n", done.stderr)
    assert invoke(*BATCH, "--out", "class").exit_code == 0


def test_a_scheduler_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while; the line says how to start one."""
    monkeypatch.setattr(cluster, "WAIT_FOR_WORKERS", 0.2)
    with LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=60) as alone:
        address = alone.scheduler_address
        with pytest.raises(ExamgenError, match=f"no worker has begun .* dask worker {address} --nthreads 1"):
            list(work_through(Squares(), range(3), None, address))


@pytest.mark.usefixtures("here")
def test_without_the_extra_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is no dependency of who has no cluster."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = invoke(*BATCH, "--out", "class", "--scheduler", "tcp://127.0.0.1:1")
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: --scheduler needs examgen[cluster]: pip install 'examgen[cluster]'\n",
    )


@pytest.fixture
def printer(tmp_path: Path) -> ClassPrinter:
    """Of the sheets of an exam."""
    loaded = load_exam("sigmoid-chain", 7)
    return ClassPrinter.of(loaded.exam, STANDARD, FolderStore(tmp_path / "class"), has_pages=False)


@pytest.fixture
def order(printer: ClassPrinter) -> PaperOrder:
    """Of one of its papers."""
    return PaperOrder(printer.exam.packed(draw_variants(load_exam("sigmoid-chain", 7), [Student("s1")])[0]))


def test_a_printer_travels_and_prints_the_same(printer: ClassPrinter, order: PaperOrder, tmp_path: Path) -> None:
    """Before and after it has printed."""
    record = printer(order)
    files = contents(str(tmp_path / "class"))
    there: ClassPrinter = pickle.loads(pickle.dumps(printer))
    assert there(pickle.loads(pickle.dumps(order))) == record
    assert contents(str(tmp_path / "class")) == files


def test_a_machine_with_other_versions_makes_no_papers(printer: ClassPrinter, order: PaperOrder) -> None:
    """They would not be those that one process makes."""
    with pytest.raises(ExamgenError, match="install the same on all machines"):
        replace(printer, surroundings="others")(order)


def test_a_machine_that_does_not_share_the_folder_writes_nothing(tmp_path: Path) -> None:
    """Papers must not be lost in a folder of the same path on some worker."""
    store = FolderStore(tmp_path / "class", sign="key/exam.json")
    with pytest.raises(ExamgenError, match="use a folder that all machines of the cluster share"):
        store.write({"handout/s1/answers.csv": b""})
    assert not list(tmp_path.iterdir())
