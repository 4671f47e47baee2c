"""A rule as a tape: the elementary steps from the entries of its inputs to those of its result.

Made by running the rule on numbers that are not known yet, so that no rule is written down twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from examgen.core.rules.rule import Rule
from examgen.core.tapes.nodes import FUNCTIONS, Node, Number
from examgen.core.tapes.traced import leaves, plain, tracing

Shape = tuple[int, ...]

CODES: Mapping[str, int] = MappingProxyType({name: code for code, name in enumerate(FUNCTIONS)})
"""Numbers of the elementary functions."""


@dataclass(frozen=True, slots=True)
class Tape:
    """Steps on single numbers, which have places: the entries of the inputs, then the constants, then a step each.

    Attributes:
        sizes: entries of each input.
        constants: numbers that steps read.
        steps: for each the code of its function, and the places of what it is a function of.
        result: places of the entries of the result.
    """

    sizes: tuple[int, ...]
    constants: tuple[float, ...]
    steps: tuple[tuple[int, ...], ...]
    result: tuple[int, ...]

    def run(self, inputs: Sequence[Sequence[float]]) -> list[float]:
        """The result's entries from those of the inputs."""
        functions = list(FUNCTIONS.values())
        numbers = [*(float(one) for each in inputs for one in each), *self.constants]
        for code, *places in self.steps:
            numbers.append(float(functions[code](*(numbers[place] for place in places))))
        return [numbers[place] for place in self.result]


def taped(rule: Rule, shapes: Sequence[Shape], result: Shape) -> Tape:
    """The tape of a rule for inputs and a result of these shapes.

    Raises:
        TypeError, ValueError, IndexError: the rule cannot be run on such inputs, or gives something else.
    """
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]
    starts = np.cumsum([0, *sizes]).tolist()
    with tracing():
        inputs = [leaves(shape, start) for shape, start in zip(shapes, starts, strict=False)]
        found = np.asarray(plain(rule.compute(*inputs)), dtype=object)
    if found.shape != result:
        raise ValueError(f"the rule {rule.name} gives {found.shape} and not {result}")
    return _Writer(sizes).tape(found.ravel().tolist())


class _Writer:
    """Puts nodes in their order, each once, also those that compute the same."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = tuple(sizes)
        self._constants: dict[float, int] = {}
        self._steps: dict[tuple[Any, ...], int] = {}
        self._known: dict[int, tuple[str, int]] = {}

    def tape(self, result: Sequence[Number]) -> Tape:
        """The tape that gives these numbers."""
        # Whether a place is an input, a constant or a step is kept until all constants are known.
        places = [self._place(one) for one in result]
        entries = sum(self._sizes)
        first = {"input": 0, "constant": entries, "step": entries + len(self._constants)}

        def at(place: tuple[str, int]) -> int:
            return first[place[0]] + place[1]

        steps = tuple((CODES[function], *map(at, of)) for function, *of in self._steps)
        return Tape(self._sizes, tuple(self._constants), steps, tuple(map(at, places)))

    def _place(self, number: Number) -> tuple[str, int]:
        if not isinstance(number, Node):
            return "constant", self._constants.setdefault(float(number), len(self._constants))
        if not number.function:
            return "input", number.place
        if id(number) not in self._known:
            step = (number.function, *map(self._place, number.arguments))
            self._known[id(number)] = "step", self._steps.setdefault(step, len(self._steps))
        return self._known[id(number)]
