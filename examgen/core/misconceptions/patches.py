"""The versions of misconceptions that can show in what a paper asks.

Called by the screens of variants, by the diagnosis of wrong answers, by formula answers and by `examgen check`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.draw_versions import screens_in
from examgen.core.evaluation import Evaluation, Reevaluated, evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph
from examgen.core.misconceptions.of_circuits import Circuit
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.turning import plain_graph, turned_version
from examgen.core.misconceptions.versions import Misconception, Network, Patch, Version
from examgen.core.network import NetworkShape
from examgen.core.probes.equality import are_equal
from examgen.core.probes.trials import live_trials
from examgen.core.products import ProductsShape
from examgen.core.turned import Turned


@lru_cache(maxsize=256)
def patches(shape: Exercise, asked: frozenset[str], draws: int | None = None) -> tuple[Patch, ...]:
    """The versions of all misconceptions that can change an asked quantity, in the order of the table.

    Args:
        shape: of the question.
        asked: names of the quantities that a paper asks for.
        draws: a version of the draws, for what screens in it and nothing else: of two versions that come to the same
            one counts, and a newer one must not take the place of an older.
    """
    graph = shape.graph
    base = evaluate(graph, live_trials(graph))
    in_order = [quantity.name for quantity in graph.derived if quantity.name in asked]
    found: list[Patch] = []
    for row in MISCONCEPTIONS.values():
        seen: dict[int, list[Reevaluated]] = {}
        for version in versions_of(row, shape, graph):
            since = _since(row, version)
            if not version.changes or (draws is not None and not screens_in(since, draws)):
                continue
            patched = graph.rewired(version.changes)
            changed = frozenset(version.changes)
            values = Reevaluated(graph, patched, base, changed)
            # Versions that come to the same, as for a network of one layer, count once; so they begin to differ from
            # the right work at the same place.
            place = next((place for place, name in enumerate(in_order) if _is_moved(values, base, name)), None)
            if place is None:
                continue
            alike = seen.setdefault(place, [])
            if all(_differs(other, values, in_order[place:]) for other in alike):
                alike.append(values)
                found.append(Patch(row.name, patched, changed, version.must_show, version.makes_up, since))
    return tuple(found)


def _since(row: Misconception, version: Version) -> int | None:
    """A version screens as soon as both its row and it itself do."""
    return None if row.since is None or version.since is None else max(row.since, version.since)


def versions_of(row: Misconception, shape: Exercise, graph: ComputationGraph) -> Iterable[Version]:
    """The versions of a misconception for an exercise with this graph, which may be that of another misconception."""
    if isinstance(shape, Turned):
        plain = versions_of(row, shape.plain, plain_graph(graph))
        return tuple(turned_version(version, graph, shape.kinds) for version in plain)
    of_kind = _VERSIONS.get(type(shape), _none)
    return (*row.of_graph(graph), *of_kind(row, shape, graph))


def _none(_row: Misconception, _shape: Exercise, _graph: ComputationGraph) -> Iterable[Version]:
    return ()


def _of_circuit(row: Misconception, circuit: Circuit) -> Iterable[Version]:
    return (*circuit.named(row.name), *row.of_circuit(circuit))


_VERSIONS: Mapping[type, Callable[[Misconception, Any, ComputationGraph], Iterable[Version]]] = MappingProxyType(
    {
        NetworkShape: lambda row, shape, graph: row.of_network(Network(shape, graph)),
        ProductsShape: lambda row, _, graph: row.of_products(graph),
        CircuitShape: lambda row, shape, graph: _of_circuit(row, Circuit(shape, graph)),
    }
)
"""By kind of exercise, what it has beside those of any graph."""


def _is_moved(one: Reevaluated, base: Evaluation, name: str) -> bool:
    """Whether an entry of a quantity comes out otherwise than by the right rules in any trial."""
    return one.may_move(name) and not are_equal(one[name], base[name])


def _differs(one: Reevaluated, other: Reevaluated, asked: Sequence[str]) -> bool:
    """Whether any asked entry, in the order of the graph, comes out otherwise in any trial.

    Most do where they begin to; what comes behind is not worked out then.
    """
    may_differ = (name for name in asked if one.may_move(name) or other.may_move(name))
    return any(not are_equal(one[name], other[name]) for name in may_differ)
