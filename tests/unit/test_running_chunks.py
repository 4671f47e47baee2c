"""Work in parts: none waits long for the last one."""

from itertools import pairwise

import pytest

from examgen.batch.running.chunks import LARGEST_CHUNK, chunks


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 5, 64, 1000])
def test_parts_become_smaller_towards_the_end(count: int, workers: int) -> None:
    """Every place is in one part, in order; what is left is never less than a few parts for each worker."""
    found = chunks(count, workers)
    assert [place for part in found for place in part] == list(range(count))
    sizes = [len(part) for part in found]
    assert all(later <= earlier <= LARGEST_CHUNK for earlier, later in pairwise(sizes))
    assert sizes[-2 * workers :] == [1] * min(count, 2 * workers)
