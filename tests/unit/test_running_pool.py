"""Work shared by processes: nothing is missed when one dies, and what kills twice is set aside."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from examgen.batch.running.pool import Finished, prepare, work_through
from examgen.batch.running.processes import ready
from examgen.errors import ExamgenError


@dataclass(frozen=True)
class Squares:
    """Squares its items; some end their process, always or the first time only."""

    folder: Path
    deadly: frozenset[int] = frozenset()
    deadly_once: frozenset[int] = frozenset()

    def __call__(self, item: int) -> int:
        """The square; a line in a file says that it was begun."""
        with (self.folder / str(item)).open("a") as file:
            file.write("begun\n")
        times = (self.folder / str(item)).read_text().count("begun")
        if item in self.deadly or (item in self.deadly_once and times == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        return item * item


@dataclass(frozen=True)
class Prepared:
    """Says whether its process was prepared, and whether it is the one that works now."""

    folder: Path

    def prepare(self, item: str) -> None:
        """A note of the process."""
        (self.folder / f"{item}-{os.getpid()}").touch()
        time.sleep(0.5)  # as long as the other one needs to begin

    def __call__(self, _item: int) -> bool:
        """Whether this process has done so."""
        return (self.folder / f"before-{os.getpid()}").exists()


@dataclass(frozen=True)
class Mistaken:
    """Finds a mistake of the user."""

    def __call__(self, item: int) -> int:
        """Raises at one item."""
        if item == 5:
            raise ExamgenError("folder/file: the disk is full")
        return item


@dataclass(frozen=True)
class Waits:
    """Says that it was begun, and does not end."""

    folder: Path

    def __call__(self, item: int) -> None:
        """Wait."""
        (self.folder / f"{item}-{os.getpid()}").touch()
        time.sleep(600)


@dataclass(frozen=True)
class Marked:
    """Says whether its process has a mark that its parent was given after it had begun."""

    def __call__(self, _item: int) -> bool:
        """Whether it has."""
        return hasattr(sys, "is_marked")


def finished(work: Squares, count: int, jobs: int) -> dict[int, Finished]:
    """What came of each item, each told once."""
    found = list(work_through(work, range(count), jobs))
    assert Counter(one.place for one in found) == Counter(range(count))
    return {one.place: one for one in found}


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_item_is_done_once(tmp_path: Path, jobs: int) -> None:
    """In this process or in others, with its result at its place."""
    found = finished(Squares(tmp_path), 50, jobs)
    assert [found[place].result for place in range(50)] == [place * place for place in range(50)]
    assert {path.read_text() for path in tmp_path.iterdir()} == {"begun\n"}


def test_a_process_that_dies_costs_nothing(tmp_path: Path) -> None:
    """What killed it once is done by another, as is all that it had."""
    found = finished(Squares(tmp_path, deadly_once=frozenset({0, 7, 23})), 40, 2)
    assert [found[place].result for place in range(40)] == [place * place for place in range(40)]


def test_what_kills_its_process_twice_is_set_aside(tmp_path: Path) -> None:
    """It has no result; everything else has."""
    found = finished(Squares(tmp_path, deadly=frozenset({3, 29})), 40, 2)
    assert {place for place, one in found.items() if one.is_set_aside} == {3, 29}
    assert all(one.result == place * place for place, one in found.items() if not one.is_set_aside)
    assert (tmp_path / "3").read_text() == "begun\n" * 2


def test_a_mistake_of_the_user_ends_the_work() -> None:
    """As it would in one process: with its message."""
    with pytest.raises(ExamgenError, match="the disk is full"):
        list(work_through(Mistaken(), range(40), 2))


WITH_A_THREAD = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
ALONE = ""

PARENT = """
import sys
from pathlib import Path
from examgen.batch.running.pool import work_through
from tests.unit.test_running_pool import Waits
list(work_through(Waits(Path(sys.argv[1])), range(40), 3))
"""

MARKED = """
import sys
from examgen.batch.running.pool import work_through
from tests.unit.test_running_pool import Marked
sys.is_marked = True
print({one.result for one in work_through(Marked(), range(40), 2)})
"""


@pytest.mark.parametrize(("before", "is_copied"), [(ALONE, sys.platform == "linux"), (WITH_A_THREAD, False)])
def test_only_a_process_without_threads_is_copied(before: str, is_copied: bool) -> None:
    """A copy has what its parent has made of itself; others begin from nothing."""
    command = [sys.executable, "-c", f"{before}\n{MARKED}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"{{{is_copied}}}\n"


@pytest.mark.parametrize("before", [ALONE, WITH_A_THREAD])
def test_processes_end_with_their_parent(tmp_path: Path, before: str) -> None:
    """Whoever kills the run with no warning leaves no processes behind, copies of it or not."""
    parent = subprocess.Popen([sys.executable, "-c", f"{before}\n{PARENT}", str(tmp_path)])
    until = time.monotonic() + 60
    while len(begun := list(tmp_path.iterdir())) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    workers = [int(path.name.partition("-")[2]) for path in begun]
    while any(is_running(one) for one in workers):
        assert time.monotonic() < until
        time.sleep(0.02)


def is_running(process: int) -> bool:
    """Whether a process is there and no zombie, which nobody may have waited for yet."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


def test_processes_that_are_there_are_prepared_and_taken(tmp_path: Path) -> None:
    """They work as soon as there is work; who needs another number of them starts others."""
    work = Prepared(tmp_path)
    with ready(2, "json") as there:
        assert there is not None
        prepare(there, work, "before")
        with ready(2, "json", there) as same, ready(3, "json", there) as other:
            assert same is there
            assert other is not None
            assert other.jobs == 3
        done = list(work_through(work, range(64), 2, workers=there))
        assert [one.result for one in done] == [True] * 64
        alone = list(work_through(work, range(64), 3, workers=there))
    assert sorted(one.place for one in alone) == list(range(64))
    assert not any(one.result for one in alone)
    with ready(1, "json", there) as none:
        assert none is None
