"""Much work in parts: what is handed over at once, and what comes back. `pool` and `cluster` share it."""

from typing import Any, NamedTuple

LARGEST_CHUNK = 32
CHUNKS_EACH = 4
"""So many chunks at least for each worker of what is left, so that none waits long for the last one."""

AHEAD = 2
"""Chunks for each worker that are handed over before they are begun; it bounds the memory."""


class Finished(NamedTuple):
    """An item's place, and what came of it: nothing where it was set aside."""

    place: int
    result: Any
    is_set_aside: bool = False


def chunks(count: int, workers: int) -> list[range]:
    """The places of so many items, in parts for so many workers, smaller ones towards the end."""
    found: list[range] = []
    first = 0
    while first < count:
        size = max(1, min(LARGEST_CHUNK, (count - first) // (workers * CHUNKS_EACH)))
        found.append(range(first, first + size))
        first += size
    return found
