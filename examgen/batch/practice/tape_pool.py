"""The tapes of a page, each once: rules that compute the same are one.

Called by `question_tables` and `mistake_tables`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.probes.dependence import links
from examgen.core.rules.rule import Rule
from examgen.core.tapes.tape import CODES, Shape, Tape, taped

Wiring = tuple[int, ...]
"""How a quantity is computed: the number of a tape, and the places of the quantities that it reads."""

UNFIT = -1
"""In place of a tape where a rule cannot read what it is given."""


class TapePool:
    """Tapes and what of their inputs each entry of the result reads, by number."""

    def __init__(self) -> None:
        self._tapes: dict[tuple[Tape, tuple[Shape, ...]], int] = {}
        self._known: dict[tuple[Rule, tuple[Shape, ...]], int] = {}
        self._rows: list[dict[str, Any]] = []

    def wiring(self, graph: ComputationGraph, quantity: Quantity, places: dict[str, int]) -> Wiring:
        """How a quantity of a graph is computed.

        Args:
            graph: whose quantities it reads.
            quantity: a derived one, perhaps by a mistaken rule.
            places: of all quantities by name.
        """
        assert quantity.rule is not None
        shapes = tuple(graph[name].shape for name in quantity.inputs)
        return (self._number(quantity.rule, shapes, quantity.shape), *(places[name] for name in quantity.inputs))

    def table(self) -> dict[str, Any]:
        """As the page's script takes them."""
        return {"functions": list(CODES), "tapes": self._rows}

    def _number(self, rule: Rule, shapes: tuple[Shape, ...], result: Shape) -> int:
        if (rule, shapes) not in self._known:
            try:
                tape = taped(rule, shapes, result)
            except (TypeError, ValueError, IndexError):
                return UNFIT
            if (tape, shapes) not in self._tapes:
                self._tapes[tape, shapes] = len(self._rows)
                self._rows.append(_row(tape, [links(rule, shapes, place) for place in range(len(shapes))]))
            self._known[rule, shapes] = self._tapes[tape, shapes]
        return self._known[rule, shapes]


def _row(tape: Tape, reads: Sequence[np.ndarray[Any, np.dtype[np.bool_]]]) -> dict[str, Any]:
    return {
        "sizes": tape.sizes,
        "constants": tape.constants,
        "steps": tape.steps,
        "result": tape.result,
        "links": [["".join("01"[flag] for flag in row) for row in rows.tolist()] for rows in reads],
    }
