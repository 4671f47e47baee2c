"""The numbers that a document's slots show, for `printing`: each distinct one is looked up and printed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import ComputationGraph, Values
from examgen.documents.numbers import Entry, PageSlots, print_exactly
from examgen.exams.digits import print_all

_Name = tuple[int, str]  # of a quantity: place of the question, and name in it


@dataclass(frozen=True, slots=True, eq=False)
class SlotValues:
    """Where the distinct numbers of a document are found.

    Attributes:
        places: by number slot of the page, the distinct number that it shows.
        arrays: the quantities that have them, (place of the question, name).
        factors: (factors, n) by distinct number, the place of each factor when the arrays' entries and then a 1 are
            put behind one another.
        decimals: (n,) to print each with.
        has_brackets: whether each stands in brackets when it is negative.
        fractions: the distinct numbers that are printed as exact fractions: place, question and entry.
    """

    places: tuple[int, ...]
    arrays: tuple[_Name, ...]
    factors: NDArray[np.int64]
    decimals: NDArray[np.int64]
    has_brackets: tuple[bool, ...]
    fractions: tuple[tuple[int, int, Entry], ...]

    @classmethod
    def of(cls, slots: PageSlots, graphs: Sequence[ComputationGraph]) -> "SlotValues":
        """The numbers of a document's slots, whose questions have these graphs.

        Args:
            slots: of the document.
            graphs: by question; what is no quantity of its graph is a single number, such as one in an option.
        """
        distinct = {one: place for place, one in enumerate(dict.fromkeys(slots.numbers))}
        first: dict[_Name, int] = {}
        end = 0
        for question, slot in distinct:
            for name, _ in slot.entry.factors:
                if (question, name) not in first:
                    first[question, name] = end
                    end += prod(_shape(graphs[question], name))
        rows = [
            [
                first[question, name] + int(np.ravel_multi_index(index, _shape(graphs[question], name)))
                for name, index in slot.entry.factors
            ]
            for question, slot in distinct
        ]
        most = max(map(len, rows), default=1)
        factors = np.array([[*row, *[end] * (most - len(row))] for row in rows], dtype=np.int64).reshape(-1, most)
        return cls(
            tuple([distinct[one] for one in slots.numbers]),
            tuple(first),
            # Factors are multiplied in their order, which the last digit depends on.
            np.ascontiguousarray(factors.T),
            np.array([slot.decimals for _, slot in distinct], dtype=np.int64),
            tuple([slot.has_brackets for _, slot in distinct]),
            tuple([(at, question, one.entry) for (question, one), at in distinct.items() if one.denominator]),
        )

    def printed(self, values: Sequence[Values]) -> list[str]:
        """Each distinct number as `print_decimals` prints it, or as `print_exactly` does.

        Args:
            values: by question, its quantities' arrays; of `Fraction` where numbers are printed exactly.
        """
        flat = [np.asarray(values[question][name], dtype=float).ravel() for question, name in self.arrays]
        numbers = np.concatenate([*flat, [1.0]])
        found = print_all(np.multiply.reduce(numbers[self.factors], axis=0), self.decimals)
        for place, question, entry in self.fractions:
            found[place] = print_exactly(prod(values[question][name][index] for name, index in entry.factors))
        return found


def _shape(graph: ComputationGraph, name: str) -> tuple[int, ...]:
    return graph[name].shape if name in graph else ()
