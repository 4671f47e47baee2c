"""Processes of this machine as they begin and end: copies of this one where that is safe, else begun from nothing.

Called by who knows how many are needed, before the work is there, and by `pool`, which gives it to them.
"""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import connection, get_context, parent_process
from multiprocessing.util import Finalize
from pathlib import Path

from examgen.collector import seldom_collected

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes that are there before their work is."""

    pool: ProcessPoolExecutor
    jobs: int


@contextmanager
def ready(jobs: int, module: str, there: Workers | None = None) -> Iterator[Workers | None]:
    """Processes that get ready for work of a module while it is not yet there; None where none are needed.

    Where they can be copies of this one, it imports the module itself, once for all of them.

    Args:
        jobs: how many.
        module: that of the work, which takes them a second to import.
        there: some that somebody else has made, and ends; they are taken if they are as many.
    """
    if jobs <= 1 or (there is not None and there.jobs == jobs):
        yield there if jobs > 1 else None
        return
    if _can_be_copied():
        import_module(module)
    pool = new_pool(jobs)
    try:
        for _ in range(jobs):
            pool.submit(_known, module)
        yield Workers(pool, jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def one_thread() -> None:
    """Have NumPy begin no threads of its own, unless somebody wishes them: a process without can be copied.

    Called by a command before it imports NumPy; the threads of a program that calls the package are its own.
    """
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def new_pool(jobs: int) -> ProcessPoolExecutor:
    """So many processes, which begin when they are given something."""
    return ProcessPoolExecutor(jobs, get_context("fork" if _can_be_copied() else "spawn"), _begin)


def _can_be_copied() -> bool:
    """Whether this process has one thread only, those of libraries counted, as a copy of one with more may never wake
    up; where nobody counts them it may have more."""
    with suppress(OSError):
        return len(list(Path("/proc/self/task").iterdir())) == 1
    return False


def _begin() -> None:
    """What a new process does first."""
    # Ctrl+C reaches all processes of a terminal; the first one tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A copy has what the first process does when it is told to end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What is there now is needed until the end.
    gc.freeze()
    seldom_collected()
    # Before NumPy comes: there is a process for each core already.
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The last that it does, as its results are handed over: to take itself apart would take it half a second.
    Finalize(None, os._exit, args=(0,), exitpriority=-100)


def _known(module: str) -> None:
    """Import a module."""
    import_module(module)


def _end_with_parent() -> None:
    """Nobody is left to take the results of a process whose parent was killed."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
