"""What one mistake can make wrong at several places of a sheet: such answers are one piece of evidence together.

A number of the paper or an answer that was misread, a step that nobody asks for and that went wrong, or a belief about
one kind of quantity. A misread number makes all wrong that is computed from it, so it is none of those of which
something right was computed. Called by `same_answers` and `missing_work`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.probes.dependence import rests_on
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import entry_of

MOST_ENTRIES = 3000
"""Of graphs with more entries, sources are whole quantities."""

HALF_RIGHT = 0.5
"""A belief about a kind of quantity may leave so much of it right: a transposed matrix keeps its diagonal."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class CommonCauses:
    """What may be behind several answers of a paper shape.

    Attributes:
        readers: (fields, causes) which answers a cause makes wrong.
        most_right: (causes,) share of the written readers that may be right all the same.
        beliefs: names of the last causes, which are the same on other papers.
    """

    readers: Flags
    most_right: NDArray[np.float64]
    beliefs: tuple[str, ...]

    def possible(self, right: Flags, written: Flags) -> Flags:
        """(sheets, causes) which causes the right answers of some sheets, (sheets, fields), leave possible."""
        readers = self.readers.astype(np.float32)
        return np.asarray(
            right.astype(np.float32) @ readers <= self.most_right * (written.astype(np.float32) @ readers)
        )


@lru_cache(maxsize=512)
def common_causes(paper: PaperShape) -> CommonCauses:
    """The causes of a paper shape; of fields that ask for no number a task has one."""
    if any(field.as_ != "number" for field in paper.fields):
        tasks = [f"task {paper.question.id} {field.task}" for field in paper.fields]
        return _causes(np.zeros((len(tasks), 0), dtype=bool), [tasks])
    paper = paper.standing
    quantities = [paper.graph[field.quantity] for field in paper.fields]
    sources = _columns(_sources(paper), [one.name for one in quantities])
    rules = [one.rule.name if one.rule else "" for one in quantities]
    question = paper.question.id
    named = (
        [f"kind {one.kind}" for one in quantities],
        [f"rule {name}" for name in rules],
        [f"quantity {question} {one.name}" for one in quantities],
        [f"kind {question} {one.kind} in step {one.step}" for one in quantities],
        # Who forgets the first step gets most of the second wrong.
        [f"step {question} {one.step}" if (one.step or 1) > 1 else "" for one in quantities],
    )
    return _causes(sources, named)


@lru_cache(maxsize=512)
def reads_answer(paper: PaperShape) -> Flags:
    """(fields, fields) whether the first is computed from the answer to the second, itself or by way of what nobody
    asks for."""
    paper = paper.standing
    asked = [(field.quantity, entry_of(paper.graph[field.quantity], field)) for field in paper.fields]
    units = {name: np.zeros((len(asked), paper.graph[name].size), dtype=bool) for name in paper.entry_places}
    for number, (name, place) in enumerate(asked):
        units[name][number, place] = True
    return _read(paper, units, len(asked)).T


def _causes(sources: Flags, named: Sequence[Sequence[str]]) -> CommonCauses:
    """Sources, and the beliefs that fields have in common."""
    beliefs = sorted({name for names in named for name in names if name})
    columns = np.array([[name in of_field for name in beliefs] for of_field in zip(*named, strict=True)], dtype=bool)
    readers = np.concatenate([sources, columns.reshape(len(sources), len(beliefs))], axis=1)
    most_right = np.concatenate([np.zeros(sources.shape[1]), np.full(len(beliefs), HALF_RIGHT)])
    return CommonCauses(readers, most_right, tuple(beliefs))


def _sources(paper: PaperShape) -> Flags:
    """(fields, sources) which entries of quantities, given, asked or neither, an answer is computed from."""
    sizes = {quantity.name: quantity.size for quantity in paper.graph}
    is_small = sum(sizes.values()) <= MOST_ENTRIES
    total = sum(sizes.values()) if is_small else len(sizes)
    units, start = {}, 0
    for name, size in sizes.items():
        units[name] = np.zeros((total, size), dtype=bool)
        units[name][start + np.arange(size) if is_small else start, np.arange(size)] = True
        start += size if is_small else 1
    return _read(paper, units, total).T


def _read(paper: PaperShape, units: dict[str, Flags], total: int) -> Flags:
    """(sources, fields) which sources an answer is computed from without another answer in between.

    Args:
        units: (sources, entries) by quantity, which source each entry is.
    """
    seen: dict[str, Flags] = {given.name: units[given.name] for given in paper.graph.givens if given.name in units}
    reads: dict[str, Flags] = {}
    for quantity in paper.needed():
        reads[quantity.name] = rests_on(paper.graph, quantity, seen, total)
        own = units.get(quantity.name)
        seen[quantity.name] = reads[quantity.name] if own is None else reads[quantity.name] | own
        if quantity.name in paper.entry_places:
            seen[quantity.name] = seen[quantity.name].copy()
            asked = paper.entries_asked.get(quantity.name, slice(None))
            seen[quantity.name][:, asked] = units[quantity.name][:, asked]
    found = [reads[one.quantity][:, entry_of(paper.graph[one.quantity], one)] for one in paper.fields]
    return np.stack(found, axis=1)


def _columns(sources: Flags, quantities: Sequence[str]) -> Flags:
    """(fields, causes) each source where it is misread for good, and where it is misread for one quantity only; those
    of which two answers at least are computed, each once."""
    names = np.array(quantities)
    parts: Iterable[Flags] = (sources, *(sources & (names == name)[:, None] for name in dict.fromkeys(quantities)))
    columns = np.concatenate(list(parts), axis=1)
    return np.unique(columns[:, columns.sum(axis=0) > 1], axis=1)
