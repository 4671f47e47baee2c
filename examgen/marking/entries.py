"""Marks the entries of one paper shape, all students at once.

An entry is compared with the reference, and with the value recomputed from the student's own answers within the band
that honest rounding on the way can need. See the rules of marking in the README.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Quantity, Values, evaluate
from examgen.core.rounding import half_unit, rounding_effects
from examgen.core.rules import Array
from examgen.exams.exam import Field, PaperShape
from examgen.exams.keys import solve
from examgen.marking.outcomes import OUTCOMES

BLOCK = 256
"""Students who are marked at once; bounds the memory that the effects of rounding take."""

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
    blocks = []
    for start in range(0, students, BLOCK):
        part = slice(start, start + BLOCK)
        block_givens = {name: values[part] for name, values in givens.items()}
        blocks.append(_mark_block(paper, block_givens, _rows(submitted, part)))
    return Marked(*(np.concatenate([getattr(block, name) for block in blocks]) for name in Marked.__slots__))


def _rows(submitted: Submitted, part: slice) -> Submitted:
    return Submitted(*(getattr(submitted, name)[part] for name in Submitted.__slots__))


def _mark_block(paper: PaperShape, givens: Values, submitted: Submitted) -> Marked:
    reference = solve(paper, givens).values
    wanted = _by_field(paper, reference)
    decimals = np.stack([f.digits.decimals_for(wanted[:, place]) for place, f in enumerate(paper.fields)], axis=1)
    half = half_unit(decimals)
    values = submitted.values
    is_right = np.abs(values - wanted) <= half
    own, band, rests_on_wrong, follows = _follow(paper, givens, reference, submitted, is_right, half)
    is_correct = is_right | (follows & ~rests_on_wrong)
    missing = _missing_digits(paper, submitted, decimals, wanted, own, band)
    missing = np.where(is_correct, 0, missing)
    outcome = np.select(
        [submitted.is_unreadable, np.isnan(values), is_correct, missing == 1],
        [OUTCOMES[name].code for name in ("unreadable", "blank", "correct", "imprecise")],
        OUTCOMES["wrong"].code,
    ).astype(np.int8)
    return Marked(outcome, wanted, own, half + band, missing, follows & rests_on_wrong & ~is_right)


def _by_field(paper: PaperShape, values: Values) -> Array:
    """(students, fields) from (students, *shape) by quantity."""
    return np.stack([values[field.quantity][_place(field)] for field in paper.fields], axis=1)


def _place(field: Field) -> Any:
    return (..., *field.index)


def _follow(
    paper: PaperShape, givens: Values, reference: Values, submitted: Submitted, is_right: Array, half: Array
) -> tuple[Array, Array, Array, Array]:
    """Recompute every entry from the student's own answers, and see what it rests on.

    Returns: own value, band, whether it rests on an answer that is not correct, whether it is within its band of the
        own value; all (students, fields).
    """
    graph, fields = paper.graph, paper.fields
    written = _as_quantities(paper, submitted.values, np.nan)
    base = evaluate(graph, givens, substitute=written)
    own = _by_field(paper, base.computed)
    halves, needs_rounding = _half_units(paper, reference, half)
    columns = _columns(fields)
    band = np.zeros(own.shape)
    rests = np.zeros(own.shape, dtype=bool)
    is_bad = np.zeros(own.shape, dtype=bool)
    # Effects come in the order of the graph, so what an entry rests on has been judged before it is.
    for effects in rounding_effects(graph, base, halves, written):
        mine = columns.get(effects.source, [])
        near = np.abs(submitted.values[:, mine] - own[:, mine]) <= half[:, mine] + band[:, mine]
        is_correct = is_right[:, mine] | (near & ~rests[:, mine])
        is_bad[:, mine] = ~is_correct & ~np.isnan(submitted.values[:, mine])
        bad_entries = _entries(graph[effects.source], fields, mine, is_bad)
        rounded = needs_rounding[effects.source].reshape(len(own), -1)
        for target, moved in effects.on.items():
            if target not in columns:
                continue
            for column in columns[target]:
                change = moved[_place(fields[column])]
                band[:, column] += (change * rounded).sum(axis=1)
                rests[:, column] |= ((change > 0) & bad_entries).any(axis=1)
    follows = np.abs(submitted.values - own) <= half + band
    return own, band, rests, follows


def _columns(fields: tuple[Field, ...]) -> Mapping[str, list[int]]:
    """The places of each quantity's entries among the fields."""
    columns: dict[str, list[int]] = {}
    for place, field in enumerate(fields):
        columns.setdefault(field.quantity, []).append(place)
    return columns


def _entries(quantity: Quantity, fields: tuple[Field, ...], places: list[int], flags: Array) -> Array:
    """(students, entries of the quantity) from flags of its fields; entries that nobody asks for are False."""
    found = np.zeros((flags.shape[0], *quantity.shape), dtype=bool)
    for place in places:
        found[_place(fields[place])] = flags[:, place]
    return found.reshape(flags.shape[0], -1)


def _as_quantities(paper: PaperShape, columns: Array, empty: float) -> dict[str, Array]:
    """(students, *shape) by asked quantity from (students, fields)."""
    found: dict[str, Array] = {}
    for place, field in enumerate(paper.fields):
        if field.quantity not in found:
            found[field.quantity] = np.full((columns.shape[0], *paper.graph[field.quantity].shape), empty)
        found[field.quantity][_place(field)] = columns[:, place]
    return found


def _half_units(paper: PaperShape, reference: Values, half: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Half units, and whether rounding is needed at all, (students, *shape) by derived quantity.

    Asked entries are rounded as asked, others as the question rounds; a value of exact rules that already ends at that
    digit is not rounded.
    """
    asked = _as_quantities(paper, half, np.nan)
    halves, needed = {}, {}
    for quantity in paper.graph.derived:
        values = reference[quantity.name]
        default = paper.question.digits.half_units(values)
        own = asked.get(quantity.name, default)
        halves[quantity.name] = np.where(np.isnan(own), default, own)
        needed[quantity.name] = np.ones(values.shape, dtype=bool)
        if quantity.kind in {"x_of_step", "y_of_step"}:
            needed[quantity.name][...] = False
        elif paper.shape.is_rational:
            units = values / (halves[quantity.name] / half_unit(np.zeros(())))
            needed[quantity.name] = np.abs(units - np.round(units)) > EXACT * np.maximum(1, np.abs(units))
    return halves, needed


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
