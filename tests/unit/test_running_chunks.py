"""Work in parts: none waits long for the last one, and items may come while others are worked on."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from examgen.batch.running.chunks import LARGEST_CHUNK, Coming, chunks


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 5, 64, 1000])
def test_parts_become_smaller_towards_the_end(count: int, workers: int) -> None:
    """Every place is in one part, in order; what is left is never less than a few parts for each worker."""
    found = chunks(count, workers)
    assert [place for part in found for place in part] == list(range(count))
    sizes = [len(part) for part in found]
    assert all(later <= earlier <= LARGEST_CHUNK for earlier, later in pairwise(sizes))
    assert sizes[-2 * workers :] == [1] * min(count, 2 * workers)


def test_items_are_made_when_they_are_asked_for() -> None:
    """In order, once each, and as in a list."""
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number * 10

    coming = Coming(items(), 5)
    assert (len(coming), made) == (5, [])
    assert (coming[2], made) == (20, [0, 1, 2])
    assert coming[0] == 0
    assert coming[1:3] == [10, 20]
    assert made == [0, 1, 2]
    assert list(coming) == [0, 10, 20, 30, 40]
    assert coming[-1] == 40
    with pytest.raises(IndexError):
        coming[5]
    assert made == list(range(5))
