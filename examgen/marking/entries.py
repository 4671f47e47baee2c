"""Marks the entries of one paper shape, all students at once.

An entry is compared with the reference, and with the value recomputed from the student's own answers within the band
that honest rounding on the way can need. See the rules of marking in the README.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Evaluation, Quantity, Values, evaluate
from examgen.core.rounding import half_unit, rounding_effects
from examgen.core.rules import Array
from examgen.exams.exam import Field, PaperShape
from examgen.exams.keys import solve
from examgen.marking.outcomes import OUTCOMES
from examgen.marking.resting import rests_on

BLOCK = 256
"""Students who are marked at once."""

CELLS = 2**23
"""Effects of one quantity's entries on all others that are held at once; wide networks take smaller blocks."""

EXACT = 1e-9
"""A reference this near to a multiple of its last asked digit, in units of it, needs no rounding."""

NO_DIGITS = 99
"""Written decimals of a fraction, which is exact."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What students wrote into the fields of one paper shape, in the order of its fields.

    Attributes:
        values: (students, fields), NaN where blank or unreadable.
        decimals: (students, fields), place of the last written digit; `NO_DIGITS` for a fraction.
        digits: (students, fields), written significant digits; `NO_DIGITS` for a fraction.
        is_unreadable: (students, fields).
    """

    values: Array
    decimals: NDArray[np.int64]
    digits: NDArray[np.int64]
    is_unreadable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Marked:
    """What each entry came out as; all (students, fields).

    Attributes:
        outcome: codes of `OUTCOMES`.
        reference: the right value.
        own: the value recomputed from the student's own answers.
        tolerance: half a unit of the last asked digit and the band of honest rounding on the way.
        missing_digits: how many digits too few were written in a value that is right to the digits it has; else 0.
        rests_on_wrong: whether an answer that it rests on is not correct, while it follows from it.
    """

    outcome: NDArray[np.int8]
    reference: Array
    own: Array
    tolerance: Array
    missing_digits: NDArray[np.int64]
    rests_on_wrong: NDArray[np.bool_]


def mark(paper: PaperShape, givens: Values, submitted: Submitted) -> Marked:
    """Mark every entry.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
    """
    students = submitted.values.shape[0]
    entries = [quantity.size for quantity in paper.graph.derived]
    size = min(BLOCK, max(1, CELLS // (max(entries) * sum(entries))))
    blocks = []
    # A student's wild number may overflow on the way: it becomes inf or nan, and is no reason for a warning.
    with np.errstate(all="ignore"):
        for start in range(0, students, size):
            part = slice(start, start + size)
            block_givens = {name: values[part] for name, values in givens.items()}
            blocks.append(_mark_block(paper, block_givens, _rows(submitted, part)))
    return Marked(*(np.concatenate([getattr(block, name) for block in blocks]) for name in Marked.__slots__))


def _rows(submitted: Submitted, part: slice) -> Submitted:
    return Submitted(*(getattr(submitted, name)[part] for name in Submitted.__slots__))


def _mark_block(paper: PaperShape, givens: Values, submitted: Submitted) -> Marked:
    reference = solve(paper, givens).values
    wanted = _by_field(paper, reference)
    decimals = _asked_decimals(paper, wanted)
    half = half_unit(decimals)
    values = submitted.values
    is_right = np.abs(values - wanted) <= half
    own, tolerance, rests_on_wrong, follows = _follow(paper, givens, reference, submitted, is_right, half)
    is_correct = is_right | (follows & ~rests_on_wrong)
    sound = np.where(rests_on_wrong, np.nan, own)
    missing = _missing_digits(paper, submitted, decimals, wanted, sound, tolerance - half)
    missing = np.where(is_correct, 0, missing)
    outcome = np.select(
        [submitted.is_unreadable, np.isnan(values), is_correct, missing == 1],
        [OUTCOMES[name].code for name in ("unreadable", "blank", "correct", "imprecise")],
        OUTCOMES["wrong"].code,
    ).astype(np.int8)
    return Marked(outcome, wanted, own, tolerance, missing, follows & rests_on_wrong & ~is_right)


def _by_field(paper: PaperShape, values: Values) -> Array:
    """(students, fields) from (students, *shape) by quantity."""
    return np.stack([values[field.quantity][_place(field)] for field in paper.fields], axis=1)


def _asked_decimals(paper: PaperShape, values: Array) -> Array:
    """The decimals that are asked of these values, (students, fields)."""
    return np.stack([f.digits.decimals_for(values[:, place]) for place, f in enumerate(paper.fields)], axis=1)


def _place(field: Field) -> Any:
    return (..., *field.index)


def _follow(
    paper: PaperShape, givens: Values, reference: Values, submitted: Submitted, is_right: Array, half: Array
) -> tuple[Array, Array, Array, Array]:
    """Recompute every entry from the student's own answers, and see what it rests on.

    Returns: own value, tolerance around it, whether it rests on an answer that is not correct, whether it is within
        its tolerance of the own value; all (students, fields).
    """
    graph, fields, values = paper.graph, paper.fields, submitted.values
    written = _as_quantities(paper, values)
    base = evaluate(graph, givens, substitute=written)
    own = _by_field(paper, base.computed)
    halves, needs_rounding = _half_units(paper, reference, base)
    columns = _columns(fields)
    band = np.zeros(own.shape)
    tolerance, rests, follows = half.copy(), np.zeros(own.shape, dtype=bool), np.zeros(own.shape, dtype=bool)
    unsound: dict[str, NDArray[np.bool_]] = {}
    # Effects come in the order of the graph, so what an entry rests on has been judged before it is.
    for effects in rounding_effects(graph, base, halves, written):
        quantity = graph[effects.source]
        unsound[quantity.name] = rests_on(graph, quantity, unsound, len(own))
        if mine := columns.get(quantity.name, []):
            entries = [_entry(quantity, fields[place]) for place in mine]
            rests[:, mine] = unsound[quantity.name][:, entries]
            # Rounding on the way may lift a value to the next power of ten, where significant figures are coarser.
            reach = fields[mine[0]].digits.half_units(np.abs(own[:, mine]) + band[:, mine])
            tolerance[:, mine] = np.maximum(half[:, mine], reach) + band[:, mine]
            follows[:, mine] = np.abs(values[:, mine] - own[:, mine]) <= tolerance[:, mine]
            is_correct = is_right[:, mine] | (follows[:, mine] & ~rests[:, mine])
            is_blank = np.isnan(values[:, mine])
            unsound[quantity.name][:, entries] = np.where(is_blank, rests[:, mine], ~is_correct)
        for target in effects.on.keys() & columns.keys():
            moved = np.einsum("se,se...->s...", needs_rounding[quantity.name], effects.on[target]).reshape(len(own), -1)
            band[:, columns[target]] += moved[:, [_entry(graph[target], fields[place]) for place in columns[target]]]
    return own, tolerance, rests, follows


def _columns(fields: tuple[Field, ...]) -> Mapping[str, list[int]]:
    """The places of each quantity's entries among the fields; one task asks for them all, to the same digits."""
    columns: dict[str, list[int]] = {}
    for place, field in enumerate(fields):
        columns.setdefault(field.quantity, []).append(place)
    return columns


def _entry(quantity: Quantity, field: Field) -> int:
    """The place of a field among the entries of its quantity."""
    return int(np.ravel_multi_index(field.index, quantity.shape)) if quantity.shape else 0


def _as_quantities(paper: PaperShape, columns: Array) -> dict[str, Array]:
    """(students, *shape) by asked quantity from (students, fields); all entries of a quantity are asked, or none."""
    found: dict[str, Array] = {}
    for place, field in enumerate(paper.fields):
        if field.quantity not in found:
            found[field.quantity] = np.full((columns.shape[0], *paper.graph[field.quantity].shape), np.nan)
        found[field.quantity][_place(field)] = columns[:, place]
    return found


def _half_units(
    paper: PaperShape, reference: Values, base: Evaluation
) -> tuple[dict[str, Array], dict[str, NDArray[np.bool_]]]:
    """By derived quantity half units, (students, *shape), and whether rounding is needed at all, (students, entries).

    Asked entries are rounded as asked, others as the question rounds; significant figures are those of the reference or
    of the value that later work sees, whichever is coarser. What exact rules give is not rounded where it already ends
    at that digit, in the reference and from the student's own answers, and rests on nothing that is rounded.
    """
    asked = {field.quantity: field.digits for field in paper.fields}
    halves: dict[str, Array] = {}
    needed: dict[str, NDArray[np.bool_]] = {}
    for quantity in paper.graph.derived:
        digits = asked.get(quantity.name, paper.question.digits)
        values = reference[quantity.name]
        own = digits.half_units(values)
        halves[quantity.name] = np.maximum(own, digits.half_units(base.values[quantity.name]))
        is_rounded = np.full((len(values), quantity.size), quantity.kind not in {"x_of_step", "y_of_step"})
        if paper.shape.is_rational:
            unit = own / half_unit(np.zeros(()))
            ends = [_ends_at(unit, value).reshape(is_rounded.shape) for value in (values, base.computed[quantity.name])]
            is_rounded &= ~(ends[0] & ends[1]) | rests_on(paper.graph, quantity, needed, len(values))
        needed[quantity.name] = is_rounded
    return halves, needed


def _ends_at(unit: Array, value: Array) -> NDArray[np.bool_]:
    """Whether a value is a multiple of the unit of its last digit."""
    units = value / unit
    return np.asarray(np.abs(units - np.round(units)) <= EXACT * np.maximum(1, np.abs(units)))


def _missing_digits(
    paper: PaperShape, submitted: Submitted, decimals: Array, reference: Array, own: Array, band: Array
) -> NDArray[np.int64]:
    """How many digits fewer than asked were written in a value that is right to the digits it has; 0 for others."""
    by_decimals = np.array([field.digits.unit == "decimals" for field in paper.fields])
    asked = np.array([field.digits.count for field in paper.fields])
    fewer = np.where(by_decimals, asked - submitted.decimals, asked - submitted.digits)
    half = half_unit(decimals - np.maximum(fewer, 0))
    values = submitted.values
    is_near = (np.abs(values - reference) <= half) | (np.abs(values - own) <= half + band)
    return np.where((fewer > 0) & is_near & (values != 0), fewer, 0).astype(np.int64)
