"""Misconceptions that a student holds in a part of the work only: in one layer, one step, or for the biases alone.

They are derived from the versions of `misconceptions` that are held throughout, whatever these are. Only the diagnosis
of wrong answers tries them, where nothing else explains these: the screens of variants know nothing of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.versions import Patch

_PARTS: tuple[Callable[[Quantity], object], ...] = (
    lambda quantity: quantity.step,
    lambda quantity: quantity.layer,
    lambda quantity: quantity.kind,
    lambda quantity: quantity.layer is not None and quantity.layer > 1,
)
"""How the places where a misconception strikes fall into parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """A version of a misconception, held in a part of the places where it strikes.

    Attributes:
        graph: of right work.
        whole: the version that is held throughout.
        changed: names of the quantities that compute otherwise.
    """

    graph: ComputationGraph
    whole: Patch
    changed: frozenset[str]

    def patch(self) -> Patch:
        """The version of a student who holds it there only."""
        return _patch(self)

    def reached(self, stops: frozenset[str] = frozenset()) -> frozenset[str]:
        """Names of the quantities that may come out otherwise; `stops`: of those that hand nothing on."""
        return self.changed.union(*(_reached(self.graph, name, stops) for name in self.changed - stops))


@lru_cache(maxsize=4096)
def _reached(graph: ComputationGraph, name: str, stops: frozenset[str]) -> frozenset[str]:
    return frozenset(graph.reached({name}, stops))


@lru_cache(maxsize=4096)
def _patch(part: Part) -> Patch:
    whole = part.whole.graph
    changes = {name: (whole[name].rule, whole[name].inputs) for name in part.changed}
    return Patch(part.whole.misconception, part.graph.rewired(changes), part.changed, must_show=False)


@lru_cache(maxsize=256)
def parts_of_patches(shape: Exercise, asked: frozenset[str]) -> tuple[Part, ...]:
    """The parts of all versions that are held throughout and can change an asked quantity, in the order of the table.

    Arguments as in `patches`. Two parts may come to the same numbers: to look for that would take longer than to try
    both.
    """
    graph = shape.graph
    return tuple(
        part
        for patch in patches(shape, asked)
        if patch.must_show
        for part in (Part(graph, patch, changed) for changed in _parts(patch))
        if not asked.isdisjoint(part.reached())
    )


def _parts(patch: Patch) -> Iterator[frozenset[str]]:
    """Each group of the changed quantities that is not all of them, once."""
    found = {patch.changed}
    for part in _PARTS:
        groups: dict[object, set[str]] = {}
        for name in sorted(patch.changed):
            groups.setdefault(part(patch.graph[name]), set()).add(name)
        for group in map(frozenset, groups.values()):
            if group not in found:
                found.add(group)
                yield group
