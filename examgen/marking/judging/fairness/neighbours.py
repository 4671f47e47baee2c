"""Answers that are right on another student's paper: they were not worked out on the own one, and nothing follows from
them.

Among thousands of papers nearly every number is right on some of them, so coincidences are counted. Only wrong answers
that nothing explains count: they follow from nothing, no misconception gives them, and they need some calculation. An
honest slip has one of these. Where several equal the right answers of one other paper, and chance cannot give that in a
class of this size, all answers that equal those of that paper are wrong. `grading` and `explaining` call it behind
`judged_numbers`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examgen.core.graph import Values
from examgen.core.rounding import HALF, half_unit
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.marking.judging.class_papers import ClassKey, ClassPapers, Owner, printed, reads
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.free_values import FreeValues
from examgen.marking.judging.fairness.work_shown import right_of_itself
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.judging.records import of_students
from examgen.marking.judging.written_digits import Submitted

LEAST = 3
"""So many unexplained answers of one student equal those of another paper at least."""

RARE = 6.0
"""Such a coincidence comes about by chance with one of so many powers of ten students at most."""

WIDER = 20
"""How often a value comes by chance is read off the right answers within so many times its last digit, too: few papers
do not tell it otherwise."""

MOST_PAIRS = 4096
"""So many equal answers of other papers are looked at for one student, the rarest first, before papers are compared."""

CELLS = 2**21
"""Students times papers that are compared at once."""

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What equals the right answers of other papers.

    Attributes:
        equal: (students, fields) entries that are not right of themselves and equal those of such a paper.
        whose: by place of a student who the paper is of that has most of them.
        rarity: by place of a student, how rare that is by chance, in powers of ten.
    """

    equal: Flags
    whose: Mapping[int, Owner]
    rarity: Mapping[int, float]


def without_neighbours(
    known: ClassKey,
    paper: PaperShape,
    givens: Values,
    submitted: Submitted,
    marked: Marked,
    diagnosis: Diagnosis,
    policy: Policy,
) -> tuple[Marked, Diagnosis, Neighbours]:
    """Make wrong, without a cause, what equals the right answers of another student's paper.

    Args:
        known: the papers of the class.
        paper: the shape that these students share.
        givens: (students, *shape) by given quantity.
        submitted: what they wrote.
        marked, diagnosis: how it was judged.
        policy: of the exam.
    """
    paper = paper.standing
    equal, whose = np.zeros(marked.outcome.shape, dtype=bool), dict[int, Owner]()
    rare = dict[int, float]()
    rows, counts = _candidates(paper, givens, submitted, marked, diagnosis)
    if not rows.size or (others := known.like(paper)).count < 2:
        return marked, diagnosis, Neighbours(equal, whose, rare)
    chosen = _Answers.of(paper, submitted, rows, counts, policy)
    own = printed({given.name: givens[given.name][rows] for given in paper.graph.givens})
    is_open = np.isfinite(chosen.values) & ~right_of_itself(of_students(marked, rows), chosen.values)
    for student, place, matches, surprise in _copied(paper, others, chosen, own):
        mine = matches & is_open[student]
        row = int(rows[student])
        if mine.sum() > equal[row].sum() or row not in whose:
            whose[row], rare[row] = others.owners[place], surprise
        equal[row] |= mine
    if not whose:
        return marked, diagnosis, Neighbours(equal, whose, rare)
    wrong = np.where(equal, np.int8(OUTCOMES["wrong"].code), marked.outcome)
    found = replace(
        diagnosis,
        codes=np.where(equal, 0, diagnosis.codes),
        cause=np.where(equal, -1, diagnosis.cause),
        is_sign=diagnosis.is_sign & ~equal,
    )
    return replace(marked, outcome=wrong), found, Neighbours(equal, whose, rare)


def _candidates(
    paper: PaperShape, givens: Values, submitted: Submitted, marked: Marked, diagnosis: Diagnosis
) -> tuple[Places, Flags]:
    """Students who have enough unexplained answers, and (students, fields) which of theirs these are."""
    is_wrong = (marked.outcome == OUTCOMES["wrong"].code) & (diagnosis.codes == 0)
    rows = np.flatnonzero(is_wrong.sum(axis=1) >= LEAST)
    theirs, values = of_students(marked, rows), submitted.values[rows]
    # What is computed from earlier answers alone is as wrong as these are.
    is_wrong &= reads(paper).any(axis=1)
    counts = is_wrong[rows] & np.isfinite(values) & ~right_of_itself(theirs, values)
    counts &= ~(theirs.rests_on_wrong | theirs.follows_ignored | theirs.is_fraction)
    if rows.size:
        printed = {name: given[rows] for name, given in givens.items()}
        counts &= ~FreeValues(paper, printed, values, theirs).written
    enough = counts.sum(axis=1) >= LEAST
    return rows[enough], counts[enough]


@dataclass(frozen=True, eq=False, slots=True)
class _Answers:
    """What some students wrote, all (students, fields).

    Attributes:
        values: as written.
        low, high: the numbers for which it may have been written.
        width: a unit of the last digit.
        counts: whether it is wrong and nothing explains it.
    """

    values: Array
    low: Array
    high: Array
    width: Array
    counts: Flags

    @staticmethod
    def of(paper: PaperShape, submitted: Submitted, rows: Places, counts: Flags, policy: Policy) -> "_Answers":
        """To the digits that are asked, or to those that are written where these are fewer."""
        values, fields = submitted.values[rows], paper.number_fields
        asked = np.stack([field.digits.decimals_for(column) for field, column in zip(fields, values.T, strict=True)]).T
        half = half_unit(np.minimum(asked, submitted.decimals[rows]))
        # Who cuts digits off writes what is nearer to 0.
        cut = half if policy.truncation else 0.0
        low, high = values - half - cut * (values < 0), values + half + cut * (values > 0)
        return _Answers(values, low, high, half / HALF, counts)


def _copied(
    paper: PaperShape, others: ClassPapers, answers: _Answers, own: Array
) -> Iterator[tuple[int, int, Flags, float]]:
    """Each student with each paper whose right answers are there beyond chance, (fields,) which equal them, as somebody
    writes them who rounds on the way, and how rare that is, in powers of ten."""
    size = max(1, CELLS // others.count)
    for start in range(0, len(own), size):
        part = of_students(answers, slice(start, start + size))
        ranges, rarity = _ranges(others, part)
        need = RARE + np.log10(others.count)
        students, papers = np.nonzero(_scores(others, ranges, rarity) >= need / 2)
        right = others.right[:, papers].T
        matches = (right >= part.low[students]) & (right <= part.high[students])
        differs = others.differences(paper, own[start:][students], papers)
        surprise = _surprise(matches, rarity[students], part.counts[students], differs, reads(paper))
        found = np.flatnonzero(surprise >= need)
        students, papers, matches, surprise = students[found], papers[found], matches[found], surprise[found]
        matches |= np.abs(part.values[students] - others.right[:, papers].T) <= others.tolerances(papers)
        rows = zip(students.tolist(), papers.tolist(), matches, surprise.tolist(), strict=True)
        for student, place, equal, rare in rows:
            yield start + student, place, equal, rare


def _ranges(others: ClassPapers, answers: _Answers) -> tuple[NDArray[np.int64], Array]:
    """(2, students, fields) which papers, by their right answers, an entry equals: from, to; and (students, fields) how
    rare that is, in powers of ten; 0 for what does not count."""
    ranges = np.zeros((2, *answers.values.shape), dtype=np.int64)
    rarity = np.zeros(answers.values.shape)
    for field in np.flatnonzero(answers.counts.any(axis=0)).tolist():
        rows = np.flatnonzero(answers.counts[:, field])
        right = others.right[field, others.order(field)]
        low, high, value = (column[rows, field] for column in (answers.low, answers.high, answers.values))
        reach = answers.width[rows, field] * WIDER / 2
        first, last = np.searchsorted(right, low, "left"), np.searchsorted(right, high, "right")
        wide = np.searchsorted(right, value + reach, "right") - np.searchsorted(right, value - reach, "left")
        # One of the equal papers is the one in question.
        often = np.maximum(last - first - 1, (wide + 1) / WIDER)
        ranges[:, rows, field] = first, last
        rarity[rows, field] = np.maximum(-np.log10(often / others.count), 0.0)
    return ranges, rarity


def _scores(others: ClassPapers, ranges: NDArray[np.int64], rarity: Array) -> Array:
    """(students, papers) how rare the coincidences are together, as far as they are looked at: the rarest first."""
    students = len(rarity)
    sizes = np.where(rarity > 0, ranges[1] - ranges[0], 0)
    order = np.argsort(sizes, axis=1)
    taken = np.take_along_axis(sizes, order, axis=1).cumsum(axis=1) <= MOST_PAIRS
    is_taken = np.zeros(sizes.shape, dtype=bool)
    np.put_along_axis(is_taken, order, taken, axis=1)
    student, field = np.nonzero(is_taken & (sizes > 0))
    count, start = sizes[student, field], ranges[0][student, field]
    entry = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count) + start[entry]
    pair, fields = student[entry] * others.count, field[entry]
    for one in np.unique(field).tolist():
        is_here = fields == one
        pair[is_here] += others.order(one)[place[is_here]]
    weights = rarity[student, field][entry]
    return np.bincount(pair, weights, minlength=students * others.count).reshape(students, others.count)


def _surprise(matches: Flags, rarity: Array, counts: Flags, differs: Flags, read: Flags) -> Array:
    """(pairs,) of students and papers: how rare it is that so many of a student's unexplained answers are that paper's.

    Args:
        matches: (pairs, fields) which answers equal the other paper's.
        rarity: (pairs, fields) how rare that is.
        counts: (pairs, fields) which are not explained.
        differs: (pairs, given numbers) in which numbers the papers differ.
        read: (fields, given numbers) from which numbers an answer is computed.
    """
    equal = matches & counts
    separate = _separate(equal, differs, read)
    # So many other answers might have been the equal ones: both ways to count them bound the chance.
    count = np.minimum(*(ways(counts.sum(axis=1), chosen.sum(axis=1)) for chosen in (equal, separate)))
    return np.where(separate.sum(axis=1) >= LEAST, np.where(separate, rarity, 0.0).sum(axis=1) - count, 0.0)


def ways(count: NDArray[np.int64], chosen: NDArray[np.int64]) -> Array:
    """(n,) in how many ways so many can be chosen of so many, in powers of ten."""
    factorial = np.concatenate([[0.0], np.cumsum(np.log10(np.arange(1, count.max(initial=0) + 1)))])
    return np.asarray(factorial[count] - factorial[chosen] - factorial[count - chosen])


def _separate(equal: Flags, differs: Flags, read: Flags) -> Flags:
    """Those of the equal answers that are coincidences of their own, each by another number in which the papers differ.

    What reads none of these may come from one coincidence before; and one number that was misread changes many answers
    at once. Answers that read few numbers choose first, and of these the ones that few others read.
    """
    order = np.argsort(read.sum(axis=0), kind="stable")
    left, read = differs[:, order], read[:, order]
    found = np.zeros_like(equal)
    pairs = np.arange(len(equal))
    for field in np.argsort(read.sum(axis=1), kind="stable").tolist():
        free = left & read[field]
        found[:, field] = equal[:, field] & free.any(axis=1)
        left[pairs, free.argmax(axis=1)] &= ~found[:, field]
    return found
