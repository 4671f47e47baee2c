"""Evaluates graphs: for one student, for a class at once, from what a student wrote, and by other rules.

Called by solvers, screens, marking and documents.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.rules.rule import Array

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Values of one evaluation.

    Attributes:
        values: what later quantities saw: computed, then substituted, then perturbed.
        computed: what each quantity's own rule gave, before substitution and perturbation.
    """

    values: Values
    computed: Values

    def __getitem__(self, name: str) -> Array:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Written:
    """What some students wrote down, from which later work starts.

    Attributes:
        values: (..., *shape) by name, NaN where nothing was written.
        gaps: names of what somebody left out; looked for once, and not for every source that reaches them.
        stops: names of all others, which stop every effect.
    """

    values: Values
    gaps: frozenset[str]
    stops: frozenset[str]

    @staticmethod
    def of(values: Values) -> "Written":
        gaps = frozenset(name for name, answers in values.items() if np.isnan(answers).any())
        return Written(values, gaps, frozenset(values.keys() - gaps))


def evaluate(
    graph: ComputationGraph,
    givens: Values,
    *,
    substitute: Values | None = None,
    perturb: Values | None = None,
) -> Evaluation:
    """Compute every quantity of a graph.

    Args:
        graph: what to compute.
        givens: (..., *shape) for each quantity without a rule; leading axes broadcast against one another.
        substitute: (..., *shape) per quantity name, NaN where the computed entry stays; what a student wrote.
        perturb: (..., *shape) per quantity name, added to the value that later quantities see.

    Returns: values and computed values, float64 or, for object arrays of fractions, exact.

    Raises:
        ValueError: a given is missing or its trailing axes are not the quantity's shape.
    """
    substitute, perturb = substitute or {}, perturb or {}
    values: dict[str, Array] = {}
    computed: dict[str, Array] = {}
    # Overflow and log of zero become inf and nan, which the screens and the marking rules treat as values.
    with np.errstate(all="ignore"):
        for quantity in graph:
            own = _own_value(quantity, givens, values)
            computed[quantity.name] = own
            if quantity.name in substitute:
                submitted = substitute[quantity.name]
                own = np.where(np.isnan(submitted), own, submitted)
            if quantity.name in perturb:
                own = own + perturb[quantity.name]
            values[quantity.name] = own
    return Evaluation(values, computed)


def reevaluate(
    graph: ComputationGraph, base: Evaluation, changed: Collection[str], substitute: Values | Written
) -> Values:
    """What some quantities would be if they were computed by other rules, everything written staying as it is.

    Args:
        graph: a graph that was rewired in the quantities `changed`.
        base: evaluation of the graph before, with the same `substitute`.
        changed: names of the quantities that compute otherwise.
        substitute: (..., *shape) per name, NaN where nothing was written; as `Written` where it is asked for often.

    Returns: computed values, (..., *shape), of those quantities that are not as in `base`.
    """
    written = substitute if isinstance(substitute, Written) else Written.of(substitute)
    with np.errstate(all="ignore"):
        return dict(_reevaluated(graph, base, changed, written))


def _reevaluated(
    graph: ComputationGraph, base: Evaluation, changed: Collection[str], written: Written
) -> Iterator[tuple[str, Array]]:
    values: dict[str, Array] = {}
    seen = base.values
    for quantity in graph.derived:
        inputs = quantity.inputs
        name = quantity.name
        if name not in changed and values.keys().isdisjoint(inputs):
            continue
        assert quantity.rule is not None
        own = np.asarray(quantity.rule.compute(*[values[n] if n in values else seen[n] for n in inputs]))
        yield name, own
        if name in written.gaps:
            values[name] = np.where(np.isnan(written.values[name]), own, written.values[name])
        elif name not in written.stops:
            values[name] = own


class Reevaluated:
    """What `reevaluate` gives where nothing is written down, each value worked out when it is first asked for."""

    def __init__(
        self, before: ComputationGraph, graph: ComputationGraph, base: Evaluation, changed: frozenset[str]
    ) -> None:
        self._base = base.values
        # In the graph before, which many are rewired of: behind what is changed, both have the same.
        self._reached = before.reached(changed).union(changed)
        self._known: dict[str, Array] = {}
        self._rest = _reevaluated(graph, base, changed, Written.of({}))

    def may_move(self, name: str) -> bool:
        """Whether a quantity hangs on what is changed, and so may not be as in `base`."""
        return name in self._reached

    def __getitem__(self, name: str) -> Array:
        if name not in self._reached:
            return self._base[name]
        with np.errstate(all="ignore"):
            while name not in self._known:
                last, self._known[last] = next(self._rest)
        return self._known[name]


_LEAST_BLOCK, _MOST_BLOCK, _CACHED = 4096, 32_768, 400_000
"""Students at once, and about so many numbers."""


def evaluate_in_blocks(
    graph: ComputationGraph, givens: Values, *, keep: Collection[str] | None = None, block: int | None = None
) -> Values:
    """`evaluate` for very many students: the same values, several times faster.

    Blocks that fit the processor's cache, and students last in memory, so that every rule runs along students.

    Args:
        graph: what to compute.
        givens: (students, *shape) for each quantity without a rule.
        keep: names of the derived quantities that are wanted; all where it is None.
        block: students at once; None for as many as the cache has room for.

    Returns: (students, *shape) by name of the wanted quantities.
    """
    students = next(iter(givens.values())).shape[0]
    block = block or min(max(_LEAST_BLOCK, _CACHED // sum(one.size for one in graph)), _MOST_BLOCK)
    wanted = [quantity for quantity in graph.derived if keep is None or quantity.name in keep]
    results: dict[str, Array] = {}
    for start in range(0, students, block):
        part = {name: students_last(rows[start : start + block]) for name, rows in givens.items()}
        values = evaluate(graph, part).values
        for quantity in wanted:
            found = np.moveaxis(values[quantity.name], 0, -1)
            if quantity.name not in results:
                results[quantity.name] = np.empty((*quantity.shape, students), dtype=found.dtype)
            results[quantity.name][..., start : start + block] = found
    return {name: np.moveaxis(rows, -1, 0) for name, rows in results.items()}


def students_last(rows: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """The same (students, ...) array with students last in memory, so that rules run along them."""
    return np.asfortranarray(rows.reshape(len(rows), -1)).reshape(rows.shape)


def _own_value(quantity: Quantity, givens: Values, values: Values) -> Array:
    if quantity.rule is not None:
        return np.asarray(quantity.rule.compute(*(values[name] for name in quantity.inputs)))
    if quantity.name not in givens:
        raise ValueError(f"the given quantity {quantity.name} has no value; there are {', '.join(givens) or 'none'}")
    value = np.asarray(givens[quantity.name])
    if value.shape[value.ndim - len(quantity.shape) :] != quantity.shape:
        raise ValueError(f"{quantity.name} has shape {value.shape}; its last axes must be {quantity.shape}")
    return value
