"""Misconceptions that a student holds in a part of the work only: in one layer, one step, or for the biases alone.

They are derived from the versions of `misconceptions` that are held throughout, whatever these are. Only the diagnosis
of wrong answers tries them, where nothing else explains these: the screens of variants know nothing of them.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.misconceptions import Patch, QuestionShape, patches, question_graph

_PARTS: tuple[Callable[[Quantity], object], ...] = (
    lambda quantity: quantity.step,
    lambda quantity: quantity.layer,
    lambda quantity: quantity.kind,
    lambda quantity: quantity.layer is not None and quantity.layer > 1,
)
"""How the places where a misconception strikes fall into parts."""


@lru_cache(maxsize=256)
def parts_of_patches(shape: QuestionShape, asked: frozenset[str]) -> tuple[Patch, ...]:
    """The parts of all versions that are held throughout and can change an asked quantity, in the order of the table.

    Arguments as in `patches`. Two parts may come to the same numbers: to look for that would take longer than to try
    both.
    """
    graph = question_graph(shape)
    reaching = _reaching(graph, asked)
    found: list[Patch] = []
    for patch in patches(shape, asked):
        for changed in _parts(patch) if patch.must_show else ():
            if not changed.isdisjoint(reaching):
                changes = {name: (patch.graph[name].rule, patch.graph[name].inputs) for name in changed}
                found.append(Patch(patch.misconception, graph.rewired(changes), changed, must_show=False))
    return tuple(found)


def _reaching(graph: ComputationGraph, asked: frozenset[str]) -> set[str]:
    """The quantities that are asked, and those from which an asked one follows."""
    found = set(asked)
    for quantity in reversed(graph.derived):
        if quantity.name in found:
            found.update(quantity.inputs)
    return found


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
