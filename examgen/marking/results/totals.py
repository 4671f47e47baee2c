"""Marks from outcomes, and their exact sums: of entries, questions and exams, and the gradebook's columns.

Marks are counted in whole multiples of a unit that divides all of them (`MarkUnit`), so that sums are exact whatever a
task's marks are divided by. Fractions are made for distinct totals only. `grading` calls it for each paper shape, and
`gradebook` once for the class.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.exact import exactly
from examgen.core.rules.rule import Array
from examgen.exams.exam import Exam
from examgen.exams.fields import exact_total
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.marking.judging.outcomes import BY_CODE, HUNDREDTHS, OUTCOMES

MOST = 2**62
"""Counts below this are held as 64-bit integers, larger ones as Python's."""

Units = NDArray[Any]
"""Whole multiples of a `MarkUnit`, of its dtype."""

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MarkUnit:
    """What exact marks are counted in.

    Attributes:
        parts: how many units are one mark.
        dtype: of arrays of counts: int64, or object where they may not fit.
    """

    parts: int
    dtype: type[np.int64] | type[object]

    def count(self, marks: Fraction) -> int:
        """These marks in units."""
        units = marks * self.parts
        assert units.denominator == 1, f"{marks} is no multiple of 1/{self.parts}"
        return units.numerator

    def marks(self, units: Units) -> Array:
        """(...) counts as marks, (...)."""
        return np.asarray(units / self.parts, dtype=float)


@dataclass(frozen=True, eq=False)
class QuestionMarks:
    """One question of those students of a class who share its shape.

    Attributes:
        question: its id.
        members: (members,) places of these students in the class.
        units: (members,) their marks in units.
        most: marks of the question without bonus, in units.
        counts: (members, outcomes) entries of each outcome, in the order of `OUTCOMES`.
    """

    question: str
    members: NDArray[np.intp]
    units: Units
    most: int
    counts: NDArray[np.int64]


def mark_unit(policy: Policy, papers: Iterable[PaperShape], others: Iterable[Fraction] = ()) -> MarkUnit:
    """The largest unit of which the marks of every entry and outcome are a hundredfold multiple.

    Args:
        policy: of the exam.
        papers: all shapes that are marked together.
        others: marks beside those of the policy, such as an instructor's overrides.
    """
    per_question: dict[str, Fraction] = {}
    exact = set(others)
    shares = {Fraction(1), *_shares(policy)}
    for paper in papers:
        exact |= {marks * share for marks in {field.exact_marks for field in paper.fields} for share in shares}
        question = paper.question.id
        per_question[question] = max(per_question.get(question, Fraction(0)), exact_total(paper.fields))
    parts = HUNDREDTHS * lcm(*(marks.denominator for marks in exact))
    is_small = parts < MOST and sum(per_question.values()) * parts < MOST
    return MarkUnit(parts, np.int64 if is_small else object)


def settled_outcomes(policy: Policy, outcome: Codes) -> Codes:
    """Outcomes as the policy has them: with follow-through off, what only follows from wrong answers is wrong.

    Args:
        policy: of the exam.
        outcome: (students, fields) codes of `OUTCOMES`.

    Returns: (students, fields).
    """
    if policy.follow_through != "off":
        return outcome
    follows, wrong = OUTCOMES["follow_through"].code, OUTCOMES["wrong"].code
    return np.where(outcome == follows, np.int8(wrong), outcome)


def entry_marks(policy: Policy, paper: PaperShape, outcome: Codes, is_explained: Flags) -> Array:
    """Marks of each entry, to the nearest double.

    Args:
        policy: of the exam.
        paper: the shape of these students.
        outcome: (students, fields) codes of `OUTCOMES`.
        is_explained: (students, fields) whether a misconception explains the entry.

    Returns: (students, fields).
    """
    table = np.array(marks_table(policy, paper, float))
    return np.asarray(_looked_up(policy, table, outcome, is_explained))


def entry_units(unit: MarkUnit, policy: Policy, paper: PaperShape, outcome: Codes, is_explained: Flags) -> Units:
    """Marks of each entry in units, (students, fields); arguments as in `entry_marks`."""
    table = np.array(marks_table(policy, paper, unit.count), dtype=unit.dtype)
    return _looked_up(policy, table, outcome, is_explained)


def question_marks(
    unit: MarkUnit, paper: PaperShape, members: Sequence[int], units: Units, outcome: Codes
) -> QuestionMarks:
    """Add up one question of the students who share a shape.

    Args:
        unit: of the counts.
        paper: the shape.
        members: places of the students in the class.
        units: (members, fields) from `entry_units`, with overrides where there are some.
        outcome: (members, fields) codes.
    """
    counts = np.stack([(outcome == OUTCOMES[name].code).sum(axis=1) for name in OUTCOMES], axis=1)
    most = unit.count(exact_total(paper.fields, with_bonus=False))
    return QuestionMarks(paper.question.id, np.asarray(members, dtype=np.intp), units.sum(axis=1), most, counts)


def gradebook(
    exam: Exam, unit: MarkUnit, heads: Mapping[str, Sequence[str]], parts: Iterable[QuestionMarks]
) -> dict[str, Any]:
    """The columns of the gradebook, in order, a value for each student.

    `marks` is rounded as the policy says, `percent` and `grade` are of the rounded marks: the grade by the exact
    percentage, which is printed to two decimals. Questions and outcomes are as marked.

    Args:
        exam: with the policy.
        unit: of the counts.
        heads: columns before the marks by name, such as student and name.
        parts: of every question and shape; each student is in one part for each question.
    """
    students = len(next(iter(heads.values())))
    found = {question.id: np.zeros(students, dtype=unit.dtype) for question in exam.questions}
    most = np.zeros(students, dtype=unit.dtype)
    counts = np.zeros((students, len(OUTCOMES)), dtype=np.int64)
    for part in parts:
        found[part.question][part.members] = part.units
        most[part.members] += part.most
        counts[part.members] += part.counts
    totals = sum(found.values(), np.zeros(students, dtype=unit.dtype))
    pairs = list(zip(totals.tolist(), most.tolist(), strict=True))
    finals = {pair: _final(exam.policy, unit, *pair) for pair in set(pairs)}
    names = total_columns(exam)
    return {
        **{name: list(column) for name, column in heads.items()},
        **{name: [finals[pair][place] for pair in pairs] for place, name in enumerate(names)},
        **{question: unit.marks(units) for question, units in found.items()},
        **dict(zip(OUTCOMES, counts.T, strict=True)),
    }


def total_columns(exam: Exam) -> tuple[str, ...]:
    """The gradebook's columns of totals."""
    return ("marks", "max_marks", "percent", *(["grade"] if exam.policy.grades else []))


def gradebook_columns(exam: Exam) -> tuple[str, ...]:
    """The gradebook's columns behind its heads."""
    return (*total_columns(exam), *(question.id for question in exam.questions), *OUTCOMES)


def marks_table(policy: Policy, paper: PaperShape, told: Callable[[Fraction], float]) -> list[list[float]]:
    """Marks by field and outcome code, and in the last column those of an explained wrong entry, each as it is told."""
    shares = _shares(policy)
    # Most fields have the same marks, and fractions are slow.
    each = [(field.exact_marks.numerator, field.exact_marks.denominator) for field in paper.fields]
    rows = {marks: [told(Fraction(*marks) * share) for share in shares] for marks in set(each)}
    return [rows[marks] for marks in each]


def _shares(policy: Policy) -> list[Fraction]:
    shares = [policy.share(outcome.name) for outcome in BY_CODE]
    return [exactly(share) for share in (*shares, policy.share("wrong", is_explained=True))]


def _looked_up(policy: Policy, table: NDArray[Any], outcome: Codes, is_explained: Flags) -> NDArray[Any]:
    settled = settled_outcomes(policy, outcome)
    is_misconception = is_explained & (settled == OUTCOMES["wrong"].code)
    column = np.where(is_misconception, len(BY_CODE), settled)
    return table[np.arange(len(table)), column]


def _final(policy: Policy, unit: MarkUnit, units: int, most_units: int) -> tuple[float, float, float, str]:
    """Marks, marks of the exam, percentage and grade of one total."""
    most = Fraction(most_units, unit.parts)
    total = policy.rounded(Fraction(units, unit.parts), most)
    percent = 100 * total / most if most else Fraction(0)
    return float(total), float(most), round(float(percent), 2), policy.grade(percent)
