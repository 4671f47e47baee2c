"""The tables of the misconceptions that can show on a paper, as rewirings of its graph; called by `question_tables`.

What somebody does who has two at once is made in the page from single ones: a version upon a version is another rule
for those quantities only that both change.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examgen.batch.practice.tape_pool import TapePool, Wiring
from examgen.core.graph import Change, ComputationGraph
from examgen.core.misconceptions.patches import versions_of
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.judging.diagnosing.conventions import conventions
from examgen.marking.judging.diagnosing.naming import parts_reached

NAMES = tuple(MISCONCEPTIONS)

Wirings = dict[int, Wiring]
"""By place of a changed quantity, how it is computed."""


def mistake_table(pool: TapePool, paper: PaperShape, places: dict[str, int]) -> dict[str, Any]:
    """Versions, parts of them, conventions, and versions upon versions.

    Args:
        pool: of the page's tapes.
        paper: as `standing`, with nothing but numbers.
        places: of the quantities by name.
    """
    return _Mistakes(pool, paper, places).table()


class _Mistakes:
    def __init__(self, pool: TapePool, paper: PaperShape, places: dict[str, int]) -> None:
        self._pool, self._paper, self._places = pool, paper, places
        self._parts, *_ = parts_reached(paper)
        tried = paper_patches(paper)
        # Of a version that cannot show in the entries that are asked, a part may.
        others = [part.whole for part in self._parts if not any(part.whole is patch for patch in tried)]
        self._tried, self._patches = len(tried), [*tried, *dict.fromkeys(others)]
        self._changes: dict[tuple[tuple[int, Wiring], ...], int] = {}

    def table(self) -> dict[str, Any]:
        named = [NAMES.index(patch.misconception) for patch in self._patches]
        versions = [(name, self._put(self._of_patch(patch))) for name, patch in zip(named, self._patches, strict=True)]
        rows = {name: [self._put(wirings) for wirings in self._row(name, self._paper.graph)] for name in set(named)}
        upon = [list(self._upon(patch, rows)) for patch in self._patches]
        return {
            "versions": versions,
            "tried": self._tried,
            "parts": list(self._part_rows()),
            "conventions": list(self._conventions()),
            "rows": list(rows.items()),
            "upon": upon,
            "changes": [[(q, *wiring) for q, wiring in wirings] for wirings in self._changes],
        }

    def _put(self, wirings: Wirings) -> int:
        """The number of some changes, each kept once."""
        return self._changes.setdefault(tuple(sorted(wirings.items())), len(self._changes))

    def _of_patch(self, patch: Patch) -> Wirings:
        return {
            self._places[name]: self._pool.wiring(patch.graph, patch.graph[name], self._places)
            for name in patch.changed
        }

    def _row(self, name: int, graph: ComputationGraph, only: frozenset[str] | None = None) -> list[Wirings]:
        """All versions of a misconception upon a graph, as they change some quantities."""
        found = versions_of(MISCONCEPTIONS[NAMES[name]], self._paper.shape, graph)
        return [self._wirings(graph, version.changes, only) for version in found]

    def _wirings(self, graph: ComputationGraph, changes: Mapping[str, Change], only: frozenset[str] | None) -> Wirings:
        wirings = {}
        for name, (rule, inputs) in changes.items():
            if only is None or name in only:
                old = graph[name]
                one = old.rewired(rule or old.rule, old.inputs if inputs is None else inputs)
                wirings[self._places[name]] = self._pool.wiring(graph, one, self._places)
        return wirings

    def _upon(self, patch: Patch, rows: Mapping[int, list[int]]) -> Iterator[tuple[int, list[int]]]:
        """By misconception what its versions change otherwise in what a patch has changed, where anything."""
        pool = list(self._changes)
        for name, before in rows.items():
            if NAMES[name] == patch.misconception:
                continue
            after = self._row(name, patch.graph, patch.changed)
            kept = {self._places[one] for one in patch.changed}
            plain = [{q: wiring for q, wiring in pool[number] if q in kept} for number in before]
            if after != plain:
                yield name, [self._put(wirings) for wirings in after]

    def _part_rows(self) -> Iterator[tuple[int, list[int]]]:
        numbers = {patch: number for number, patch in enumerate(self._patches)}
        for part in self._parts:
            yield numbers[part.whole], sorted(self._places[name] for name in part.changed)

    def _conventions(self) -> Iterator[tuple[int, list[int], list[tuple[int, float]]]]:
        for one in conventions(self._paper):
            factors = [(self._places[name], factor) for name, factor in sorted(one.factors.items())]
            yield NAMES.index(one.name), sorted(self._places[name] for name in one.differs), factors
