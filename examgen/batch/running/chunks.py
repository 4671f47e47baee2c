"""Much work in parts: what is handed over at once, and what comes back. `pool` and `cluster` share it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar, overload

Item = TypeVar("Item")

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


class Coming(Sequence[Item]):
    """Items that are made in their order, each when somebody asks for it, and kept: some are worked on meanwhile."""

    def __init__(self, items: Iterator[Item], count: int) -> None:
        """`items` makes `count` of them."""
        self.items, self.places = items, range(count)
        self.made: list[Item] = []

    def __len__(self) -> int:
        """Of all, made or not."""
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        """As of a list; those before it are made, too."""
        if isinstance(place, slice):
            return [self[one] for one in self.places[place]]
        last = self.places[place]
        while len(self.made) <= last:
            self.made.append(next(self.items))
        return self.made[last]
