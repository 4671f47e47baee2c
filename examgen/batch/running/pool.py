"""Work shared by processes of this machine, none of which is missed: where one dies, what it had is done again. On a
cluster, `cluster` does the same.

What kills its worker twice, the second time alone, is set aside. Called by `batch`, whatever the work is.
"""

import os
import pickle
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, BinaryIO, TypeVar

from examgen.batch.running.chunks import AHEAD, chunks
from examgen.batch.running.chunks import Finished as Finished
from examgen.batch.running.processes import Workers, new_pool
from examgen.errors import ExamgenError

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAST_EACH = 16
"""Items for which another process is worth its start, unless somebody says how many there are to be."""

MOST_FAILURES = 3
"""So many times in a row may processes end before they begin."""

_NOTES = "examgen-run-"
_WIDTH = 20
"""Characters of a note, whatever it says."""


def cores() -> int:
    """Those that this process may use."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def jobs_for(items: int, jobs: int | None) -> int:
    """Processes for so many items: those that are wished, or as many as there are cores and enough to do for each."""
    return max(1, min(items, min(cores(), items // LEAST_EACH) if jobs is None else jobs))


def work_through(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int | None,
    scheduler: str | None = None,
    workers: Workers | None = None,
) -> Iterator[Finished]:
    """Do some work for each item, in any order.

    Args:
        work: what is done; with several jobs it must be picklable, like items and results.
        items: on what.
        jobs: processes, as in `jobs_for`; with one it is done in this very process.
        scheduler: address of a Dask scheduler, whose workers do it instead.
        workers: so many processes that are there already.

    Raises: whatever the work raises; the rest is left undone.
    """
    if scheduler is not None:
        from examgen.batch.running.cluster import work_through_cluster  # few have one

        yield from work_through_cluster(work, items, scheduler)
        return
    jobs = jobs_for(len(items), jobs)
    if jobs == 1:
        yield from (Finished(place, work(item)) for place, item in enumerate(items))
        return
    _remove_stale()
    with TemporaryDirectory(prefix=f"{_NOTES}{os.getpid()}-", ignore_cleanup_errors=True) as notes:
        pool = workers.pool if workers is not None and workers.jobs == jobs else None
        yield from _Pool(pickle.dumps(work), items, jobs, Path(notes), pool).finished()


def prepare(workers: Workers, work: Any, item: object) -> None:
    """Have each of the processes do some work for an item, of which nothing is kept but what makes the next faster.

    Args:
        work: as it will be given to `work_through`; its method `prepare` is called.
    """
    packed = pickle.dumps(work)
    for _ in range(workers.jobs):
        workers.pool.submit(_prepared, packed, item)


def check_scheduler(scheduler: str | None) -> None:
    """Raises ExamgenError if the work cannot go to this scheduler, before much is done for it."""
    if scheduler is not None:
        from examgen.batch.running.cluster import check_answering  # few have one

        check_answering(scheduler)


def _remove_stale() -> None:
    """Notes of runs that were killed."""
    for folder in Path(gettempdir()).glob(f"{_NOTES}*-*"):
        process = folder.name.removeprefix(_NOTES).partition("-")[0]
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):
            continue


class _Pool:
    """Processes that come and go, and what is left to do."""

    def __init__(
        self, packed: bytes, items: Sequence[Any], jobs: int, notes: Path, pool: ProcessPoolExecutor | None = None
    ) -> None:
        self.packed, self.items, self.jobs, self.notes, self.pool = packed, items, jobs, notes, pool
        self.waiting = deque(chunks(len(items), jobs))
        self.running: dict[Future[list[Any]], range] = {}

    def finished(self) -> Iterator[Finished]:
        """Every item, as it is done."""
        failures = 0
        while self.waiting:
            is_far = False
            for one in self._until_broken(self.jobs):
                is_far = True
                yield one
            if not self.running:
                continue
            suspects = self._suspects()
            failures = 0 if is_far or suspects else failures + 1
            if failures == MOST_FAILURES:
                raise ExamgenError(
                    "worker processes end before they begin; use --jobs 1, or, in a script, call examgen below "
                    'if __name__ == "__main__":'
                )
            self._put_back(without=suspects)
            for place in suspects:
                yield self._alone(place)

    def _until_broken(self, jobs: int) -> Iterator[Finished]:
        """Until all is done, or a process has died: then `running` has what is to be done again."""
        given, self.pool = self.pool, None
        pool = given or new_pool(jobs)
        try:
            is_broken = False
            while (self.waiting or self.running) and not is_broken:
                while self.waiting and len(self.running) < AHEAD * jobs:
                    chunk = self.waiting.popleft()
                    try:
                        self.running[self._handed_to(pool, chunk)] = chunk
                    except BrokenProcessPool:
                        self.waiting.appendleft(chunk)
                        is_broken = True
                        break
                for future in wait(self.running, return_when=FIRST_COMPLETED).done if self.running else ():
                    try:
                        results = future.result()
                    except BrokenProcessPool:
                        is_broken = True
                        continue
                    yield from map(Finished, self.running.pop(future), results)
        finally:
            if pool is not given:
                pool.shutdown(cancel_futures=True)

    def _handed_to(self, pool: ProcessPoolExecutor, chunk: range) -> "Future[list[Any]]":
        items = [(place, self.items[place]) for place in chunk]
        return pool.submit(_chunk_done, self.packed, items, self.notes)

    def _suspects(self) -> list[int]:
        """What processes were at when they ended."""
        found = []
        for note in self.notes.iterdir():
            if text := note.read_text().strip():
                found.append(int(text))
            note.unlink()
        lost = {place for chunk in self.running.values() for place in chunk}
        return sorted(lost & set(found))

    def _put_back(self, without: Sequence[int]) -> None:
        for chunk in self.running.values():
            left = [place for place in chunk if place not in without]
            # What is left of a chunk that lost something from its middle is no range any more.
            self.waiting.extend([chunk] if len(left) == len(chunk) else [range(place, place + 1) for place in left])
        self.running.clear()

    def _alone(self, place: int) -> Finished:
        """An item in a process of its own."""
        alone = _Pool(self.packed, self.items, 1, self.notes)
        alone.waiting = deque([range(place, place + 1)])
        found = list(alone._until_broken(1))
        alone._suspects()
        return found[0] if found else Finished(place, None, is_set_aside=True)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Callable[[Any], Any]:
    work: Callable[[Any], Any] = pickle.loads(packed)
    return work


def _prepared(packed: bytes, item: Any) -> None:
    work: Any = _unpacked(packed)
    work.prepare(item)


def _chunk_done(packed: bytes, items: Sequence[tuple[int, Any]], notes: Path) -> list[Any]:
    """The work on some items; a note says which one it is at, for those who look for what killed the process."""
    work, note = _unpacked(packed), _opened(notes / str(os.getpid()))
    results = []
    for place, item in items:
        _write(note, str(place))
        results.append(work(item))
    _write(note, "")
    return results


@lru_cache(maxsize=1)
def _opened(note: Path) -> BinaryIO:
    """A note, open for as long as its process works: to make it anew for each paper takes a tenth of a paper's time."""
    return note.open("wb", buffering=0)


def _write(note: BinaryIO, text: str) -> None:
    note.seek(0)
    note.write(f"{text:{_WIDTH}}".encode())
