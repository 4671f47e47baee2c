"""What a student with a misconception would write into each box, where that tells something.

A platform compares a number with numbers, each within a tolerance, and knows no other work of the student. So a
misconception is worth an answer of its own only where its number lies apart from the right one and from all others.
Called by `items`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.graph import Values
from examgen.core.rules.rule import Array
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import by_field

MOST_FOR_A_BOX = 4
"""So many misconceptions are told apart in one box: those that show in the fewest boxes before it, for what went wrong
early is told there."""


@dataclass(frozen=True, slots=True)
class MistakenValue:
    """A wrong number and the misconceptions that come to it, none of which can be told from the others by it."""

    value: float
    names: tuple[str, ...]


@dataclass(frozen=True, order=True, slots=True)
class _Found:
    """A number, in how many boxes before it the misconception shows, and its name."""

    value: float
    before: int
    name: str


def mistaken_values(
    paper: PaperShape, givens: Values, solution: Evaluation, tolerance: Array
) -> list[list[tuple[MistakenValue, ...]]]:
    """By student and number field, the wrong numbers that tell a misconception, the nearest first.

    Args:
        paper: the question in its shape.
        givens: (students, *shape) by given quantity.
        solution: its reference solution.
        tolerance: (students, fields) of the right answers; wrong ones have the same.
    """
    right = by_field(paper, solution.values)
    found: list[list[list[_Found]]] = [[[] for _ in row] for row in right]
    with np.errstate(all="ignore"):
        for patch in paper_patches(paper):
            work = evaluate(patch.graph, givens, substitute=paper.printed(solution.values))
            values = by_field(paper, work.values)
            tells = np.isfinite(values) & (np.abs(values - right) > 2 * tolerance)
            before = np.cumsum(tells, axis=1)
            for student, field in np.argwhere(tells).tolist():
                value = float(values[student, field])
                found[student][field].append(_Found(value, int(before[student, field]), patch.misconception))
    return [
        [_apart(of_field, float(band)) for of_field, band in zip(of_student, bands, strict=True)]
        for of_student, bands in zip(found, tolerance, strict=True)
    ]


def _apart(found: Sequence[_Found], tolerance: float) -> tuple[MistakenValue, ...]:
    """Numbers that are apart from one another; those that nobody can tell apart become one, or none where they are too
    far from one another to be one number."""
    groups: list[list[_Found]] = []
    for one in sorted(found):
        if not groups or one.value - groups[-1][-1].value > 2 * tolerance:
            groups.append([])
        groups[-1].append(one)
    near = [group for group in groups if group[-1].value - group[0].value <= tolerance]
    near.sort(key=lambda group: min(one.before for one in group))
    return tuple(
        MistakenValue(group[len(group) // 2].value, tuple(dict.fromkeys(one.name for one in group)))
        for group in near[:MOST_FOR_A_BOX]
    )
