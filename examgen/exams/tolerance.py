"""What a student has to round: half a unit of every quantity on the way, and the tolerance of asked entries from it.

Called by marking, with a student's own answers, and by the screens of variants, with the answers of a perfect paper.
"""

from collections.abc import Mapping, Set
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import Evaluation
from examgen.core.graph import Quantity, Values
from examgen.core.probes.dependence import rests_on
from examgen.core.rounding import half_unit, rounding_bands
from examgen.core.rules.rule import Array
from examgen.exams.digits import Digits
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape

EXACT = 1e-9
"""A value this near to a multiple of its last asked digit, in units of it, needs no rounding."""

Flags = NDArray[np.bool_]
_Scalar = TypeVar("_Scalar", bound=np.generic)


def half_units(
    paper: PaperShape,
    reference: Values,
    base: Evaluation,
    only: Set[str] | None = None,
    coarse: Values | None = None,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """By derived quantity half units, (students, *shape), and the same with 0 where a value is not rounded at all.

    Asked entries are rounded as asked, others as the question rounds; significant figures are those of the reference or
    of the value that later work sees, whichever is coarser. What exact rules give is not rounded where it already ends
    at that digit, in the reference and from the student's own answers, and rests on nothing that is rounded.

    Args:
        paper: the question in its shape.
        reference: (students, *shape) by quantity.
        base: evaluation of the students' own answers.
        only: names of the quantities that are wanted; all where it is None.
        coarse: (students, *shape) by asked quantity, half units of answers that were written with fewer digits; 0 where
            they were not.
    """
    coarse = coarse or {}
    asked = {field.quantity: field.digits for field in paper.number_fields}
    is_rational = paper.shape.is_rational
    halves: dict[str, Array] = {}
    moved: dict[str, Array] = {}
    rounded: dict[str, Flags] = {}
    rounded_right: dict[str, Flags] = {}
    for quantity in paper.graph.derived:
        # What rests on what is handed on from quantity to quantity where the rules are exact.
        if only is not None and quantity.name not in only and not is_rational:
            continue
        digits = asked.get(quantity.name, paper.question.digits)
        values = reference[quantity.name]
        own = digits.half_units(values)
        half = digits.coarser_half_units(own, base.values[quantity.name])
        halves[quantity.name] = half
        if quantity.name in paper.stood_for:
            halves[quantity.name] = half + paper.question.digits.half_units(values)
        is_rounding = can_round(quantity, digits)
        moved[quantity.name] = half if is_rounding else np.zeros_like(half)
        if is_rational:
            # A slip may lift the own value to where significant figures are coarser.
            ends = _ends_at(own, values)
            of_right = is_rounding & _is_rounded(paper, quantity, ends, rounded_right)
            ends = ends & _ends_at(half, base.computed[quantity.name])
            of_own = is_rounding & _is_rounded(paper, quantity, ends, rounded)
            is_rounded = np.where(base.values[quantity.name] == values, of_right, of_own)
            rounded[quantity.name] = is_rounded.reshape(len(values), -1)
            rounded_right[quantity.name] = of_right.reshape(len(values), -1)
            moved[quantity.name] = half * is_rounded
        if quantity.name in coarse:
            moved[quantity.name] = np.maximum(moved[quantity.name], coarse[quantity.name])
    return halves, moved


def _is_rounded(paper: PaperShape, quantity: Quantity, ends: Flags, before: Mapping[str, Flags]) -> Flags:
    """(students, *shape) what does not end at its last digit, or rests on something that is rounded."""
    rests = rests_on(paper.graph, quantity, before, len(ends))
    return np.asarray(~ends | rests.reshape(ends.shape))


def perfect_tolerances(paper: PaperShape, solution: Evaluation) -> Array:
    """The tolerance of each asked entry on a paper without a mistake, (students, fields).

    Args:
        paper: the question in its shape.
        solution: its evaluation, (students, *shape) by quantity.
    """
    return _tolerances(paper, solution, written_values(paper, solution.values))


def tolerances_from_key(paper: PaperShape, solution: Evaluation) -> Array:
    """The tolerance of each asked entry for who sees the key alone, (students, fields).

    A platform does not know from which of the student's answers an entry was worked out, so it has to let pass what
    rounding did on the whole way from the printed numbers. Where an answer stands for an equal quantity, both may have
    been rounded.

    Args:
        paper: the question in its shape.
        solution: its evaluation, (students, *shape) by quantity.
    """
    return _tolerances(paper.standing, solution, {})


def _tolerances(paper: PaperShape, solution: Evaluation, stops: Values) -> Array:
    """(students, fields) half a unit, and what rounding changes from these stops or the printed numbers to there."""
    halves, moved = half_units(paper, solution.values, solution)
    bands = rounding_bands(paper.graph, solution, moved, {**stops, **paper.printed(solution.values)})
    return by_field(paper, {name: halves[name] + bands[name] for name in paper.entry_places})


def reaches(values: Array, targets: Array, half: Array, band: Array | float = 0.0, *, truncation: bool) -> Flags:
    """Whether honest writing of the targets may give these values, (...).

    Args:
        values: as written.
        targets: what was to be written, known to within the band.
        half: half a unit of the last digit.
        band: what rounding on the way may have changed.
        truncation: whether digits may be cut off: then a value may be nearer to 0 by a whole unit.
    """
    off = np.abs(values - targets)
    found: Flags = off <= half + band
    if truncation:
        found |= (off <= 2 * half + band) & (np.abs(values) <= np.abs(targets) + band)
    return found


def by_field(paper: PaperShape, values: Mapping[str, NDArray[_Scalar]]) -> NDArray[_Scalar]:
    """(students, fields) from (students, *shape) by quantity."""
    # Students last in memory, as in `students_last`.
    rows = np.concatenate([asked_entries(paper, name, values[name]) for name in paper.entry_places])
    return rows.T if paper.entry_order is None else rows[paper.entry_order].T


def asked_entries(paper: PaperShape, name: str, values: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """(asked entries, students) from (students, *shape) of an asked quantity."""
    rows = values.reshape(len(values), -1).T
    return rows[paper.entries_asked[name]] if name in paper.entries_asked else rows


def as_quantities(paper: PaperShape, columns: NDArray[_Scalar], unasked: float = 0.0) -> dict[str, NDArray[_Scalar]]:
    """(students, *shape) by asked quantity from (students, fields).

    Args:
        paper: the question in its shape.
        columns: one for each field.
        unasked: what stands for the other entries of a quantity of which only some are asked.
    """
    rows, students = columns.T, len(columns)
    found = {}
    for name, places in paper.entry_columns.items():
        asked, quantity = rows[places], paper.graph[name]
        if name in paper.entries_asked:
            asked = np.full((quantity.size, students), unasked, dtype=columns.dtype)
            asked[paper.entries_asked[name]] = rows[places]
        found[name] = asked.T.reshape(students, *quantity.shape)
    return found


def written_values(paper: PaperShape, values: Values) -> dict[str, Array]:
    """What stands on a sheet with these values, (students, *shape) by asked quantity: NaN for entries that are not
    asked."""
    found = {name: np.asarray(values[name]) for name in paper.entry_places}
    for name, places in paper.entries_asked.items():
        is_asked = np.isin(np.arange(paper.graph[name].size), places).reshape(paper.graph[name].shape)
        found[name] = np.where(is_asked, found[name], np.nan)
    return found


def place_of(field: Field) -> Any:
    """The place of a field in the array of its quantity, whatever the leading axes."""
    return (..., *field.index)


def entry_of(quantity: Quantity, field: Field) -> int:
    """The place of a field among the entries of its quantity."""
    return int(np.ravel_multi_index(field.index, quantity.shape)) if quantity.shape else 0


def can_round(quantity: Quantity, digits: Digits) -> bool:
    """Whether there is anything to round: samples are given numbers, and the slope of a ReLU is 0 or 1 whatever its
    input has been rounded to."""
    few = quantity.rule.decimals if quantity.rule is not None else None
    is_rounded = few is None or (digits.unit == "decimals" and digits.count < few)
    return is_rounded and not quantity.is_copied


def _ends_at(half: Array, value: Array) -> Flags:
    """Whether a value is a multiple of the unit of its last digit, of which half a unit is given."""
    units = value / half * half_unit(np.zeros(()))
    return np.asarray(np.abs(units - np.round(units)) <= EXACT * np.maximum(1, np.abs(units)))
