"""Where a class goes wrong along the graph of a question: by quantity, and by unit where it is a network."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Quantity, Role
from examgen.core.network import NetworkShape
from examgen.core.turned import plain_of
from examgen.documents.report.report_page import NetworkFlow, Step
from examgen.exams.fields import Field
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol import SUBSCRIPTS
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.statistics.class_entries import ClassEntry
from examgen.marking.statistics.class_figures import EntryFigures

RIGHT = ("correct", "follow_through")
OPEN = ("blank", "unreadable")
_FORWARD = frozenset({Role.WEIGHTED_SUM, Role.ACTIVATION})

Counts = NDArray[np.float64]
"""(right, asked)"""


def steps_of(entries: Sequence[ClassEntry], figures: Sequence[EntryFigures]) -> tuple[Step, ...]:
    """The asked quantities of one question in the order of the solution; those of choices have one for each task."""
    of_step: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        of_step[_step_of(entry)].append(place)
    names = list(of_step)
    reads = [_reads(entries[of_step[name][0]], names) for name in names]
    layers: list[int] = []
    for before in reads:
        layers.append(1 + max((layers[one] for one in before), default=-1))
    return tuple(
        _step(entries[places[0]], [figures[place] for place in places], layer, before)
        for places, layer, before in zip(of_step.values(), layers, reads, strict=True)
    )


def network_flow(entries: Sequence[ClassEntry], figures: Sequence[EntryFigures]) -> NetworkFlow | None:
    """How the class did along the network of a question; None where it is none, or students have several layouts."""
    shapes = {id(entry.paper): plain_of(entry.paper.shape) for entry in entries}
    sizes = {shape.sizes if isinstance(shape, NetworkShape) else () for shape in shapes.values()}
    if len(sizes) != 1 or () in sizes:
        return None
    [of_layers] = sizes
    forward, backward, weights = (defaultdict[tuple[int, ...], Counts](lambda: np.zeros(2)) for _ in range(3))
    for entry, figure in zip(entries, figures, strict=True):
        field = entry.field
        if not field.index or not field.quantity:
            continue
        quantity = entry.paper.graph[field.quantity]
        counts = np.array([figure.came_out(*RIGHT), figure.asked], dtype=float)
        if quantity.role in _FORWARD and quantity.layer is not None:
            forward[quantity.layer, field.index[-1]] += counts
        elif (by := _derivative_by(quantity, entry.paper)) is not None:
            where, layer = (weights, by.layer) if by.is_of_weights else (backward, by.layer or 0)
            if layer is not None and not by.is_of_biases:
                where[(layer, *_units(field, by))] += counts
    if not forward and not backward and not weights:
        return None
    layers = range(len(of_layers))
    units = tuple(
        tuple(_unit_name(layer, unit, len(of_layers)) for unit in range(of_layers[layer])) for layer in layers
    )
    return NetworkFlow(
        units,
        tuple(tuple(_share(forward.get((layer, unit))) for unit in range(of_layers[layer])) for layer in layers),
        tuple(tuple(_share(backward.get((layer, unit))) for unit in range(of_layers[layer])) for layer in layers),
        tuple(
            tuple(
                tuple(_share(weights.get((layer, to, origin))) for origin in range(of_layers[layer - 1]))
                for to in range(of_layers[layer])
            )
            for layer in layers[1:]
        ),
    )


def _derivative_by(quantity: Quantity, paper: PaperShape) -> Quantity | None:
    return None if quantity.derivative is None else paper.graph[quantity.derivative.by]


def _units(field: Field, by: Quantity) -> Index:
    return field.index if by.is_of_weights else field.index[-1:]


def _unit_name(layer: int, unit: int, layers: int) -> str:
    letter = "x" if layer == 0 else "a" if layer < layers - 1 else "y"
    return letter + str(unit + 1).translate(SUBSCRIPTS)


def _share(counts: Counts | None) -> float:
    return float("nan") if counts is None or not counts[1] else float(counts[0] / counts[1])


def _step_of(entry: ClassEntry) -> str:
    """What an entry is a part of: its quantity, or its task where that is a choice; formulas and shapes stand alone."""
    field = entry.field
    return f"{field.quantity} {'' if field.as_ == 'number' else field.as_}" if field.quantity else field.name


def _step(entry: ClassEntry, figures: Sequence[EntryFigures], layer: int, reads: tuple[int, ...]) -> Step:
    asked = sum(one.asked for one in figures)

    def share(counted: Callable[[EntryFigures], int]) -> float:
        return sum(map(counted, figures)) / asked if asked else float("nan")

    return Step(
        _symbol(entry),
        share(lambda one: one.asked - one.came_out(*OPEN)),
        share(lambda one: one.came_out(*RIGHT)),
        sum(one.first_wrong for one in figures),
        layer,
        reads,
    )


def _symbol(entry: ClassEntry) -> str:
    """The symbol of the whole quantity; of a choice, its task."""
    field, naming = entry.field, entry.paper.naming
    if not field.quantity:
        return field.symbol
    quantity = entry.paper.graph[field.quantity]
    symbol = naming.whole_symbol(field.quantity, bias_folded=naming.folds(quantity)).unicode
    several = entry.paper.shape.steps > 1 and field.step
    of_kind = "" if field.as_ == "number" else f", {field.as_}"
    return f"{symbol}{of_kind}{f' (step {field.step})' if several else ''}"


def _reads(entry: ClassEntry, names: Sequence[str]) -> tuple[int, ...]:
    """Places of the asked numbers from which this one is worked out, past quantities that nobody asks for."""
    if not entry.field.quantity:
        return ()
    asked = {name.strip(): place for place, name in enumerate(names)}
    own = asked.get(entry.field.quantity, len(names))
    found = _nearest(entry.paper, entry.field.quantity, frozenset(asked))
    return tuple(sorted(place for name in found if (place := asked[name]) < own))


@lru_cache(maxsize=4096)
def _nearest(paper: PaperShape, name: str, asked: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for source in paper.graph[name].inputs:
        found |= {source} if source in asked else _nearest(paper, source, asked)
    return frozenset(found)
