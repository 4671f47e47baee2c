"""Misconceptions that a student holds in a part of the work only: in one layer, one step, or for the biases alone.

They are derived from the versions of `misconceptions`, whatever these are. Only the diagnosis of wrong answers tries
them, and only where nothing else explains several wrong answers: the screens of variants know nothing of them.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from examgen.core.graph import Quantity, evaluate, reevaluate
from examgen.core.misconceptions import Patch, QuestionShape, differs, flat_values, patches, question_graph
from examgen.core.trials import trial_givens

_Part = Callable[[Quantity], object]

_PARTS: tuple[_Part, ...] = (
    lambda quantity: quantity.step,
    lambda quantity: quantity.layer,
    lambda quantity: quantity.kind,
    lambda quantity: quantity.layer is not None and quantity.layer > 1,
)
"""How the places where a misconception strikes fall into parts."""


@lru_cache(maxsize=256)
def parts_of_patches(shape: QuestionShape, asked: frozenset[str]) -> tuple[Patch, ...]:
    """The parts of all versions that come to something else than the versions and one another.

    Arguments as in `patches`.
    """
    graph = question_graph(shape)
    base = evaluate(graph, trial_givens(graph))
    names = sorted(asked)
    whole = patches(shape, asked)
    found: list[Patch] = []
    for misconception in dict.fromkeys(patch.misconception for patch in whole):
        versions = [patch for patch in whole if patch.misconception == misconception]
        seen = [
            flat_values({**base.values, **reevaluate(patch.graph, base, patch.changed, {})}, names)
            for patch in versions
        ]
        seen.append(flat_values(base.values, names))
        for patch in versions:
            for changed in _parts(patch):
                changes = {name: (patch.graph[name].rule, patch.graph[name].inputs) for name in changed}
                rewired = graph.rewired(changes)
                values = flat_values({**base.values, **reevaluate(rewired, base, changed, {})}, names)
                if all(differs(other, values) for other in seen):
                    seen.append(values)
                    found.append(Patch(misconception, rewired, changed, must_show=False))
    return tuple(found)


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
