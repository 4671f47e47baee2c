"""Two misconceptions in one number: what both give together, where each is seen alone elsewhere in the same sheet.

Called by `diagnosis` for students who have two names already and something left that neither explains alone.
"""

from collections.abc import Iterator
from functools import lru_cache

from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Values
from examgen.core.misconceptions.patches import versions_of
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.trials import live_trials

AND, OR = "+", "|"
"""Between the names of two misconceptions that give a number together; `|` is between those that fit equally well."""


@lru_cache(maxsize=1024)
def both(shape: Exercise, first: Patch, second: Patch) -> tuple[Patch, ...]:
    """What a student does who has both, in either order where that matters."""
    name = AND.join((first.misconception, second.misconception))
    found = [*_upon(shape, first, second, name), *_upon(shape, second, first, name)]
    return tuple(found)


def _upon(shape: Exercise, first: Patch, second: Patch, name: str) -> Iterator[Patch]:
    """The second, held by a student who works by the graph of the first."""
    row = MISCONCEPTIONS[second.misconception]
    graph = first.graph
    for version in versions_of(row, shape, graph):
        # The rows read the rules of the graph that they are given, so that what is done comes on top of the first.
        changes = {name: change for name, change in version.changes.items() if name in second.changed}
        if changes.keys() != second.changed:
            continue
        try:
            together = graph.rewired(changes)
        except ValueError:
            continue  # each reads what the other makes
        if _fits(together, live_trials(shape.graph)):
            yield Patch(name, together, first.changed | second.changed, must_show=False)


def _fits(graph: ComputationGraph, givens: Values) -> bool:
    """Whether the rules of both can read what they are given: what one reads may be nothing for the other's rule."""
    trials = len(next(iter(givens.values())))
    try:
        computed = evaluate(graph, givens).computed
    except (TypeError, ValueError, IndexError):
        return False
    return all(computed[one.name].shape == (trials, *one.shape) for one in graph.derived)
