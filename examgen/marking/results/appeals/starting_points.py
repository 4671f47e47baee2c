"""From what later work starts when the entries of one student are judged: from which answers, and from which not.

Called by `entry_trace`. Of two answers for quantities that are always equal later work may go on from either, so that
entries are judged one from the one and one from the other; marking does not keep which.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.marking.judging.entries import mark
from examgen.marking.judging.own_work import Start
from examgen.marking.judging.written_digits import Submitted


@dataclass(frozen=True, eq=False)
class StartingPoints:
    """What the work of one student starts from.

    Attributes:
        paper: as it stands.
        values: (fields) the answers, NaN where there is none.
        at_first: (fields) of each entry its answer or the reference.
        judged_from: (fields, fields) by entry what later work started from when that entry was recomputed; NaN where it
            was recomputed, too.
    """

    paper: PaperShape
    values: Array
    at_first: Array
    judged_from: Array

    @staticmethod
    def of(paper: PaperShape, givens: Values, answers: Submitted, policy: Policy) -> "StartingPoints":
        """Mark the paper once more, and watch; arguments as in `mark`, of a single student."""
        starts: list[Array] = []
        judged = np.empty((len(paper.fields),) * 2)

        def watch(students: NDArray[np.intp], start: Start) -> None:
            # Blocks have two students at least: a single one is there twice.
            for row in np.flatnonzero(students == 0).tolist():
                starts.append(start.carried[row])
                judged[~start.is_settled[row]] = start.carried[row]

        mark(paper, givens, answers, policy, watch)
        return StartingPoints(paper, answers.values[0], starts[0], judged)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """(fields) where nothing was written that carries credit forward."""
        return np.asarray(self.at_first != self.values)

    def answer_for(self, place: int, carried: Array) -> int | None:
        """The place of the answer with which later work goes on from an entry; None where it is no answer.

        Args:
            place: of the entry.
            carried: (fields) what later work starts from.
        """
        if carried[place] == self.values[place]:
            return place
        if carried[place] == self.at_first[place]:
            return None
        return next((other for other in self._equal_to(place) if carried[place] == self.values[other]), None)

    def _equal_to(self, place: int) -> Iterator[int]:
        """Places of the answers that may stand for one: those of quantities that always equal it."""
        for route in self.paper.routes:
            for places in route.equal if route.source is not None else ():
                yield from (other for one, other in zip(places, route.source or (), strict=True) if one == place)
