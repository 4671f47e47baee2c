"""The given numbers of many papers in one table, of which each paper is a row.

Numbers of a class are read and solved together; taking them apart and putting them together again for thousands of
papers takes longer than to solve them. Called by `key_reading` and by marking.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examgen.core.graph import Values
from examgen.core.rules.rule import Array


@dataclass(frozen=True, eq=False, slots=True)
class GivenRow(Mapping[str, Array]):
    """The given numbers of one paper by name.

    Attributes:
        table: (papers, *shape) by name.
        row: place of the paper.
    """

    table: Values
    row: int

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self.table[name][self.row])

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)


def stacked(papers: Sequence[Values]) -> dict[str, Array]:
    """(papers, *shape) by name, from the given numbers of one paper or more with the same names and shapes."""
    first = papers[0]
    if isinstance(first, GivenRow):
        rows = [one.row for one in papers if isinstance(one, GivenRow) and one.table is first.table]
        if len(rows) == len(papers):
            return {name: values[rows] for name, values in first.table.items()}
    return {name: np.array([one[name] for one in papers], dtype=float) for name in first}
