"""Names the misconceptions behind wrong answers: each is tried on the student's own answers, entry by entry.

A misconception explains a wrong entry if it gives the submitted value within its band. It speaks against it if the
student did right elsewhere what the misconception would have got wrong. Called by `judged_numbers` after `entries`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values
from examgen.core.misconceptions.versions import Patch
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import place_of
from examgen.marking.judging.blocks import blocks_of
from examgen.marking.judging.diagnosing.causes import Flags, Work
from examgen.marking.judging.diagnosing.naming import BITS, TOGETHER, Case
from examgen.marking.judging.diagnosing.two_causes import AND, OR
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.written_digits import Submitted


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is behind the wrong entries of some students; arrays are (students, fields) unless it says otherwise.

    Attributes:
        labels: names of misconceptions; where several fit equally, with `|` between them; where two give a number
            together, with `+`. The first is empty.
        codes: places in `labels`.
        first: (students,) the first field in the order of the paper that is wrong, -1 where none is.
        causes: versions of misconceptions that explain something.
        cause: places in `causes`, of the first where several fit; -1 for none.
        is_sign: wrong entries without a name that are minus what would follow.
    """

    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    first: NDArray[np.int64]
    causes: tuple[Patch, ...]
    cause: NDArray[np.int64]
    is_sign: Flags


def diagnose(paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked) -> Diagnosis:
    """Name what explains the wrong entries.

    Args:
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        marked: how it was marked.
    """
    paper = paper.standing
    is_wrong = _to_explain(submitted, marked)
    found, cause = np.zeros(is_wrong.shape, dtype=np.int64), np.full(is_wrong.shape, -1)
    causes: dict[Patch, int] = {}
    rows = np.flatnonzero(is_wrong.any(axis=1))
    with np.errstate(all="ignore"):
        for chosen in blocks_of(paper, rows):
            case = Case.of(paper, givens, submitted.values, marked, is_wrong, chosen)
            names = case.names()
            found[chosen] = names.bits
            known = [causes.setdefault(version, len(causes)) for version in names.versions]
            cause[chosen] = np.array([*known, -1])[names.version]
    is_named = found > 0
    bits, codes = np.unique(found[is_named], return_inverse=True)
    labels = ("", *(_label(int(value)) for value in bits))
    found[is_named] = codes + 1
    is_sign = is_wrong & ~is_named & _is_minus(submitted.values, marked)
    return Diagnosis(labels, found, first_wrong(is_wrong), tuple(causes), cause, is_sign)


def _to_explain(submitted: Submitted, marked: Marked) -> Flags:
    is_wrong: Flags = marked.outcome == OUTCOMES["wrong"].code
    return is_wrong & np.isfinite(submitted.values) & ~marked.follows_ignored


def _is_minus(values: Array, marked: Marked) -> Flags:
    """Whether a value is minus what would follow, or minus the reference."""
    targets = (marked.own, marked.reference)
    found = [(np.abs(values + one) <= marked.tolerance) & (np.abs(one) > marked.tolerance) for one in targets]
    return np.asarray(found[0] | found[1])


def _label(bits: int) -> str:
    mark = AND if bits & TOGETHER else OR
    return mark.join(name for name, bit in BITS.items() if bit & bits)


def first_wrong(is_wrong: Flags) -> NDArray[np.int64]:
    """(students,) the first wrong field in the order of the paper, in which the fields are; -1 for none."""
    return np.where(is_wrong.any(axis=1), is_wrong.argmax(axis=1), -1)


@dataclass(frozen=True, slots=True)
class Trial:
    """One version of a misconception, tried on one entry of one student.

    Attributes:
        misconception: its name.
        value: what it gives, worked out from the student's own answers.
        tolerance: around that value.
        fits: whether it explains the entry.
        evidence: how many wrong entries of the question it explains.
        against: how many right entries speak against it: it would have got them wrong.
        past_gaps: whether the value is worked out past what the student left out, by the same misconception.
        away: how many tolerances the answer is away from it.
    """

    misconception: str
    value: float
    tolerance: float
    fits: bool
    evidence: int
    against: int
    past_gaps: bool = False
    away: float = 0.0


def trials(paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked, place: int) -> tuple[Trial, ...]:
    """Every version of a misconception that changes one entry of one student, in the order of the table.

    Arguments as in `diagnose`, with one student, and the place of the entry among the fields.
    """
    paper = paper.standing
    with np.errstate(all="ignore"):
        alone = np.zeros(1, dtype=np.intp)
        case = Case.of(paper, givens, submitted.values, marked, _to_explain(submitted, marked), alone)
        return tuple(_trials(case, place))


def _trials(case: Case, place: int) -> Iterator[Trial]:
    """Of each version, the way to see gaps that explains the entry, or else the nearer one."""
    versions = case.versions_of(place)
    fits = case.tried(versions, all_bands=True)
    for number, version in enumerate(versions):
        of_version = (int(fits.fits[number, 0].sum()), int(fits.against[number, 0]))
        ways = [_trial(case.work, version, place, of_version)]
        if case.gapped is not None:
            ways.append(_trial(case.gapped, version, place, of_version))
        told = [trial for trial in ways if trial is not None]
        if told:
            yield min(told, key=lambda trial: (not trial.fits, trial.away))


def _trial(work: Work, version: Patch, place: int, of_version: tuple[int, int]) -> Trial | None:
    """A version tried on one entry of the only student, seen one way; None where it changes nothing."""
    field = work.paper.fields[place]
    look = work.look(version)
    if place not in look.fields:
        return None
    at = look.fields.index(place)
    index = place_of(field)
    bands = work.bands(version, np.array([0]), look.moved, {field.quantity})
    tolerance, off = float(bands[field.quantity][index][0]), float(look.off[at, 0])
    fits = bool(work.within(version, look, np.ones(1, dtype=bool))[at, 0])
    value = float(look.theirs[at, 0])
    return Trial(version.misconception, value, tolerance, fits, *of_version, work.has_gaps, off / tolerance)
