"""What every exercise is, whatever its kind: networks, matrix products, and what comes.

A kind is a frozen value that fixes an exercise but for its numbers, a module of its own beside this one. How banks and
keys spell it stands in `exams/exercises.py`; all else reads the graph.
"""

from typing import Protocol

from examgen.core.circuits.choices import Choices
from examgen.core.graph import ComputationGraph


class Exercise(Protocol):
    """What fixes an exercise but for its numbers; frozen, so that what is found out for it is kept."""

    @property
    def graph(self) -> ComputationGraph:
        """All quantities of its solution, in the order in which they are worked out."""

    @property
    def steps(self) -> int:
        """How often the same is done with other numbers."""

    @property
    def is_rational(self) -> bool:
        """Whether exact fractions go in and come out."""

    @property
    def numbers(self) -> int:
        """About how many a solution has, told without making its graph."""

    @property
    def text(self) -> str:
        """In words."""

    @property
    def conventions(self) -> tuple[str, ...]:
        """Keys of the sentences on a paper that say what has been decided where others decide otherwise."""

    @property
    def choices(self) -> Choices | None:
        """Which options are right, where that follows from the numbers; None where it does for no task."""

    @property
    def turn(self) -> int | None:
        """By how many places the options of shuffled tasks have moved on; None where none are shuffled."""

    def __hash__(self) -> int: ...
