"""Pauses Python's garbage collector where many objects are made in one go, which it would walk again and again.

Called by the command line for a paper, by whatever is laid out (a fifth of its time), by `grade` for a class, and by
`key_folder` for its lines.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def seldom_collected() -> None:
    """For a process that needs what it makes until it ends: to look for garbage in it takes a sixth of the time of a
    layout."""
    gc.set_threshold(100_000, 20, 100)


@contextmanager
def paused_collector() -> Iterator[None]:
    """No garbage is looked for inside; nothing else changes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
