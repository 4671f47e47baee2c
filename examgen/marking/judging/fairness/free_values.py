"""Where an answer can be told without any calculation: from 0, a limit of its activation, or a number that it is
computed from. Called by `work_shown`.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, zip_longest

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import evaluate
from examgen.core.graph import Values
from examgen.core.probes.dependence import links
from examgen.core.rules.rule import Array
from examgen.exams.keys.solved_papers import solve
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import as_quantities, by_field, entry_of
from examgen.marking.judging.entries import Marked

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FreeValues:
    """What needs no calculation, for some students of a paper shape; each is worked out when it is first asked for.

    Attributes:
        paper: their shape.
        givens: (students, *shape) by given quantity.
        values: (students, fields) what they wrote.
        marked: how it was marked.
    """

    paper: PaperShape
    givens: Values
    values: Array
    marked: Marked

    @cached_property
    def follows(self) -> Flags:
        """(students, fields) whether what would follow is such a value, within its tolerance."""
        return self._are_near(self.marked.own, self._in_work)

    @cached_property
    def written(self) -> Flags:
        """(students, fields) whether what was written is."""
        return self._are_near(self.values, self._in_work)

    @cached_property
    def right(self) -> Flags:
        """(students, fields) whether the reference is."""
        return self._are_near(by_field(self.paper, self._reference), _rows(self.paper, self._reference))

    def _are_near(self, targets: Array, rows: Array) -> Flags:
        with np.errstate(all="ignore"):
            return _is_near(self.paper, targets.T, rows, self.marked.tolerance.T).T

    @cached_property
    def _in_work(self) -> Array:
        """What each entry of these students is computed from in their own work."""
        written = as_quantities(self.paper, self.marked.carried, np.nan)
        if self.paper.shown:
            written |= self.paper.printed(self._reference)
        return _rows(self.paper, evaluate(self.paper.graph, self.givens, substitute=written).values)

    @cached_property
    def _reference(self) -> Values:
        with np.errstate(all="ignore"):
            return solve(self.paper, self.givens).values


def _is_near(paper: PaperShape, targets: Array, rows: Array, tolerance: Array) -> Flags:
    """(fields, students) whether a value is within its tolerance of a free one, among the rows of `_rows`."""
    found = np.zeros(targets.shape, dtype=bool)
    for limits in limits_of(paper):
        found |= np.abs(targets - limits[:, None]) <= tolerance
    for sources in sources_of(paper):
        found |= np.abs(targets - rows[sources]) <= tolerance
    return found


def _rows(paper: PaperShape, values: Values) -> Array:
    """(entries of all quantities, students), and a last row of NaN."""
    flat = [values[quantity.name].reshape(-1, quantity.size) for quantity in paper.graph]
    students = max(map(len, flat))
    return np.concatenate(
        [*(np.broadcast_to(one, (students, one.shape[1])).T for one in flat), np.full((1, students), np.nan)]
    )


@lru_cache(maxsize=512)
def offsets_of(paper: PaperShape) -> dict[str, int]:
    """The first row of each quantity in `_rows`."""
    sizes = [quantity.size for quantity in paper.graph]
    return dict(zip((one.name for one in paper.graph), accumulate(sizes, initial=0), strict=False))


@lru_cache(maxsize=512)
def limits_of(paper: PaperShape) -> Array:
    """(kinds, fields): 0, and the bounds of an activation; NaN where it has none."""
    rules = [paper.graph[field.quantity].rule for field in paper.fields]
    found = [[0.0, *(limit for limit in (rule.bounds if rule else ()) if np.isfinite(limit))] for rule in rules]
    return np.array(list(zip_longest(*found, fillvalue=np.nan)))


@lru_cache(maxsize=512)
def sources_of(paper: PaperShape) -> NDArray[np.intp]:
    """(most sources, fields): the rows from which an entry is computed, -1 for none."""
    offsets, found = offsets_of(paper), []
    for field in paper.fields:
        quantity = paper.graph[field.quantity]
        assert quantity.rule is not None
        shapes = tuple(paper.graph[name].shape for name in quantity.inputs)
        reads = [links(quantity.rule, shapes, place)[:, entry_of(quantity, field)] for place in range(len(shapes))]
        pairs = [(name, _standing(paper, name, read)) for name, read in zip(quantity.inputs, reads, strict=True)]
        found.append([offsets[name] + entry for name, read in pairs for entry in np.flatnonzero(read).tolist()])
    return np.array(list(zip_longest(*found, fillvalue=-1)), dtype=np.intp)


def _standing(paper: PaperShape, name: str, entries: Flags) -> Flags:
    """(entries,) those that can be copied: they are printed or asked, and not worked out in the head."""
    quantity = paper.graph[name]
    if quantity.rule is None or quantity.is_copied or name in paper.asked_whole | paper.shown:
        return entries
    return entries & np.isin(np.arange(quantity.size), paper.entries_asked.get(name, ()))
