"""How many students are worked on at once. Called by `entries`, `own_work`, `diagnosis` and `gaps`."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from examgen.exams.paper_shapes import PaperShape

BLOCK = 1024
"""Students who are marked at once."""

CELLS = 2**23
"""Effects of one quantity's entries on all others that are held at once; wide networks take smaller blocks."""

Places = NDArray[np.intp]


def block_size(paper: PaperShape) -> int:
    """How many students of a paper shape are worked on at once."""
    entries = [quantity.size for quantity in paper.graph.derived]
    return min(BLOCK, max(1, CELLS // (max(entries) * sum(entries))))


def blocks_of(paper: PaperShape, rows: Places) -> Iterator[Places]:
    """Students of a paper shape, so many as are worked on at once."""
    for start in range(0, len(rows), block_size(paper)):
        yield rows[start : start + block_size(paper)]


def at_least_two(students: Places) -> Places:
    """The places of students, that of a single one twice.

    NumPy adds up the numbers of one student in another order than those of several, and not even the last digit of a
    mark's explanation may depend on who else is marked.
    """
    return np.repeat(students, 2) if students.size == 1 else students
