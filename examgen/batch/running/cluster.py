"""Work shared by the workers of a Dask cluster, none of which is missed: where one is lost, what it had is done again.

Called by `pool` where an address of a scheduler is given; nothing else of examgen knows Dask.
"""

import asyncio
import logging
import pickle
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from examgen.batch.running.chunks import AHEAD, Finished, chunks
from examgen.errors import ExamgenError
from examgen.version import __version__

if TYPE_CHECKING:
    from distributed import Client, Future

RETRIES = 2
"""So often is a chunk begun again that met an error, as networks have them; a lost worker is none of its errors."""

WAIT = 10.0
"""Seconds in which a scheduler answers."""

WAIT_FOR_WORKERS = 60.0
SECONDS_BETWEEN = 5.0
"""From one count of the workers to the next, as they come and go."""

# Laying out pages is not known to be safe in threads: a worker does one item at a time, however many threads it has.
_ONE_AT_A_TIME = threading.Lock()

_NO_DASK = "--scheduler needs examgen[cluster]: pip install 'examgen[cluster]'"


def work_through_cluster(work: Callable[[Any], Any], items: Sequence[Any], scheduler: str) -> Iterator[Finished]:
    """Do some work for each item on a cluster, in any order.

    Args:
        work: what is done; picklable, like items and results.
        items: on what.
        scheduler: its address, such as `tcp://host:8786`.

    Raises:
        ExamgenError: Dask is not installed, no scheduler or no worker answers, or the workers cannot do the work.
        Exception: whatever the work raises, after it was tried again; the rest is left undone.
    """
    with _client(scheduler) as client:
        yield from _Tasks(client, scheduler, pickle.dumps(work), items).finished()


def check_answering(scheduler: str) -> None:
    """Raises ExamgenError if no scheduler answers; a client that never got through could not be closed, either."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ExamgenError(_NO_DASK) from None
    try:
        # In a thread, as who calls may have a loop of events running, as notebooks do.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _answers(scheduler)).result()
    except (OSError, TimeoutError):
        told = f"no Dask scheduler answers within {WAIT:.0f} s; start one with: dask scheduler"
    except Exception as error:  # Dask has no one kind for an address that is none
        told = f"is no address of a Dask scheduler: {' '.join(str(error).split())}"
    else:
        return
    raise ExamgenError(f"{scheduler}: {told}; an address is such as tcp://host:8786")


@contextmanager
def _client(scheduler: str) -> Iterator["Client"]:
    """A connection, with which all that is outstanding ends."""
    check_answering(scheduler)
    from distributed import Client

    with _silent(), warnings.catch_warnings():
        # That versions differ is told by those workers that cannot do the work.
        warnings.simplefilter("ignore")
        client = Client(scheduler, timeout=WAIT, set_as_default=False)
    with _silent(), client:
        yield client


async def _answers(scheduler: str) -> None:
    from distributed.comm import connect
    from distributed.security import Security

    found = await connect(scheduler, timeout=WAIT, **Security().get_connection_args("client"))
    await found.close()


@contextmanager
def _silent() -> Iterator[None]:
    """Dask's own lines would get among those of the progress; what they tell is told in one line in the end."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _Tasks:
    """The tasks of a run, and what is left to do."""

    def __init__(self, client: "Client", scheduler: str, packed: bytes, items: Sequence[Any]) -> None:
        from distributed import as_completed

        self.client, self.scheduler, self.items = client, scheduler, items
        # A task, not data that is sent: where the worker that has it is lost, the scheduler makes it again.
        self.packed = client.submit(bytes, packed, pure=False)
        self.running: dict[Future, range] = {}
        self.done = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        self.waiting: deque[range] = deque()
        self.suspects: list[int] = []
        self.threads, self.counted = 1, 0.0

    def finished(self) -> Iterator[Finished]:
        """Every item, as it is done."""
        self._wait_for_workers()
        self._count()
        self.waiting.extend(chunks(len(self.items), self.threads))
        yield from self._until_done(AHEAD)
        # One after another, so that none is blamed for what another does to the worker that has both.
        while self.suspects:
            place = self.suspects.pop(0)
            self.waiting.append(range(place, place + 1))
            yield from self._until_done(0)
            if place in self.suspects:
                self.suspects.remove(place)
                yield Finished(place, None, is_set_aside=True)

    def _until_done(self, ahead: int) -> Iterator[Finished]:
        """Until nothing waits and nothing runs; `suspects` has what ended its workers meanwhile."""
        while self.waiting or self.running:
            if time.monotonic() - self.counted > SECONDS_BETWEEN:
                self._count()
            while self.waiting and len(self.running) < max(1, ahead * self.threads):
                self._hand_over(self.waiting.popleft())
            future, result = next(self.done)
            yield from self._taken(self.running.pop(future), future, result)

    def _hand_over(self, chunk: range) -> None:
        items = [self.items[place] for place in chunk]
        future = self.client.submit(chunk_done, self.packed, items, pure=False, retries=RETRIES)
        self.running[future] = chunk
        self.done.add(future)

    def _taken(self, chunk: range, future: "Future", result: Any) -> Iterator[Finished]:
        from distributed import KilledWorker

        if future.status == "finished":
            yield from map(Finished, chunk, result)
            return
        error = result[1] if isinstance(result, tuple) else result
        if not isinstance(error, KilledWorker):
            raise self._told(error)
        if error.task != future.key:
            raise ExamgenError(f"{self.scheduler}: its workers end before they begin; their own messages say why")
        self.suspects.extend(chunk)

    def _told(self, error: BaseException) -> BaseException:
        """What to raise for an error of a task: the work's own as it is."""
        from distributed import CancelledError

        if isinstance(error, CancelledError):
            return ExamgenError(f"{self.scheduler}: the scheduler is gone; the same command goes on where it was")
        causes = [error, error.__cause__, error.__context__]
        if any(isinstance(one, ImportError | AttributeError | pickle.UnpicklingError) for one in causes):
            return ExamgenError(
                f"{self.scheduler}: a worker cannot read its work ({_in_one_line(causes)}); install examgen "
                f"{__version__} with the same Python on each"
            )
        return error

    def _wait_for_workers(self) -> None:
        from distributed import wait

        try:
            with self.client.as_current():
                wait([self.packed], timeout=WAIT_FOR_WORKERS)
        except TimeoutError:
            raise ExamgenError(
                f"{self.scheduler}: no worker has begun within {WAIT_FOR_WORKERS:.0f} s; start some with: "
                f"dask worker {self.scheduler} --nthreads 1"
            ) from None

    def _count(self) -> None:
        self.threads = max(1, sum(self.client.nthreads().values()))
        self.counted = time.monotonic()


def chunk_done(packed: bytes, items: Sequence[Any]) -> list[Any]:
    """The work on some items, on a worker."""
    work, results = _unpacked(packed), []
    for item in items:
        with _ONE_AT_A_TIME:
            results.append(work(item))
    return results


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Callable[[Any], Any]:
    work: Callable[[Any], Any] = pickle.loads(packed)
    return work


def _in_one_line(causes: Sequence[BaseException | None]) -> str:
    innermost = [one for one in causes if one is not None][-1]
    return " ".join(str(innermost).split()) or type(innermost).__name__
