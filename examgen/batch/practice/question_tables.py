"""The tables of one question by which a page's script marks its numbers: those that the marker works by itself.

Places are numbers: of quantities in the order of the graph, of fields in that of the paper. Called by `page_tables`.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from examgen.batch.practice.mistake_tables import mistake_table
from examgen.batch.practice.tape_pool import TapePool
from examgen.core.graph import Values
from examgen.exams.digits import Digits
from examgen.exams.keys.solved_papers import solve
from examgen.exams.paper_shapes import PaperShape, Route
from examgen.exams.policy import Policy
from examgen.exams.tolerance import can_round, entry_of
from examgen.marking.judging.diagnosing.gaps import can_follow
from examgen.marking.judging.fairness.free_values import limits_of, offsets_of, sources_of
from examgen.marking.judging.fairness.work_shown import jumping, starting_places
from examgen.marking.results.totals import MarkUnit, marks_table


def question_table(pool: TapePool, paper: PaperShape, policy: Policy, unit: MarkUnit) -> dict[str, Any]:
    """The tables of a question.

    Args:
        pool: of the page's tapes.
        paper: the question; only what it asks of numbers is in the tables.
        policy: of the exam.
        unit: that its marks are counted in.
    """
    paper = paper.only_numbers.standing
    graph = paper.graph
    places = {quantity.name: place for place, quantity in enumerate(graph)}
    digits = {field.quantity: field.digits for field in paper.fields}
    return {
        "sizes": [quantity.size for quantity in graph],
        "rules": [None if one.rule is None else pool.wiring(graph, one, places) for one in graph],
        "copied": [places[one.name] for one in graph.derived if one.is_copied],
        "can_round": [int(can_round(one, digits.get(one.name, paper.question.digits))) for one in graph],
        "fields": [
            (places[field.quantity], entry_of(graph[field.quantity], field), digits_table(field.digits))
            for field in paper.fields
        ],
        "digits": digits_table(paper.question.digits),
        "shown": sorted(places[name] for name in paper.shown),
        "stood_for": sorted(places[name] for name in paper.stood_for),
        "rational": paper.shape.is_rational,
        "is_short": paper.shape.steps == 1,
        "routes": [_route(route) for route in paper.routes],
        "limits": [[float(one) for one in limits if np.isfinite(one)] for limits in limits_of(paper).T],
        "sources": [list(_entries(paper, rows)) for rows in sources_of(paper).T.tolist()],
        "starting": list(starting_places(paper)),
        "jumps": np.flatnonzero(jumping(paper)).tolist(),
        "can_follow": can_follow(paper),
        "units": marks_table(policy, paper, unit.count),
        **mistake_table(pool, paper, places),
    }


def digits_table(digits: Digits) -> tuple[int, int]:
    """Whether they are significant figures, and how many."""
    return int(digits.unit != "decimals"), digits.count


def numbers_table(paper: PaperShape, givens: Values) -> dict[str, Any]:
    """The numbers of one variant of a question: the given ones, and the exact solution where the marker works with
    fractions, which a script does not have."""
    graph = paper.graph
    given = [_flat(givens[one.name]) if one.rule is None else None for one in graph]
    if not paper.shape.is_rational:
        return {"givens": given}
    solved = solve(paper, {name: np.asarray(values)[None] for name, values in givens.items()}).values
    return {"givens": given, "solved": [_flat(solved[one.name]) for one in graph]}


def _flat(values: Any) -> list[float]:
    return np.asarray(values, dtype=float).ravel().tolist()


def _route(route: Route) -> dict[str, Any]:
    return {
        "source": None if route.source is None else list(route.source),
        "equal": [list(places) for places in route.equal],
        "settled": [list(places) for places in route.settled],
        "behind": sorted(route.behind),
        "next": sorted(route.next),
    }


def _entries(paper: PaperShape, rows: list[int]) -> Iterator[tuple[int, int]]:
    """Quantities and entries of the rows in which values stand, as in `free_values`."""
    offsets = list(offsets_of(paper).values())
    for row in rows:
        if row >= 0:
            quantity = int(np.searchsorted(offsets, row, side="right")) - 1
            yield quantity, row - offsets[quantity]
