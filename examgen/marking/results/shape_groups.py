"""Whether the shapes of a question were equally hard: do the marks of its groups of students differ beyond chance?

Called by `grading` with the gradebook. The Kruskal-Wallis test compares ranks, so it needs no bell curve. It is
worked out here, a few lines for whole degrees of freedom: importing the library that has it would take a good part of
the time in which a class of thousands is marked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.exams.exam import Question
from examgen.exams.fields import exact_total
from examgen.exams.keys.key_folder import Key
from examgen.exams.paper_shapes import paper_shape
from examgen.marking.results.notes import Note

LEAST_STUDENTS = 5
"""Smaller groups are left out: below, the distribution of the test is not that of chi squared."""

CHANCE = 0.05
"""So often a class whose shapes are equally hard is told that they are not, at most."""

MOST_GROUPS = 6
"""So many are named in a line: half of them the best, half the worst."""

_DIGITS = 9
"""Marks that are the same to so many decimals are the same; those of an earlier marking were printed and read back."""


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """The students with one shape of a question: its label, the marks that it has, and theirs, (students,)."""

    label: str
    most: float
    marks: Array

    @property
    def mean(self) -> float:
        """What they have on average."""
        return float(self.marks.mean())


@dataclass(frozen=True, slots=True)
class Compared:
    """What is to be told of the shapes of a class's questions.

    Attributes:
        notes: of each question whose shapes differ by more than chance.
        alike: a line that says so where there are groups and none differs, else empty.
    """

    notes: tuple[Note, ...] = ()
    alike: str = ""


def compared_shapes(key: Key, book: Mapping[str, Sequence[Any]]) -> Compared:
    """Test each question with two groups or more; of several tests one is told by chance as seldom as of one.

    Args:
        key: of the class.
        book: the columns of its gradebook; marks are None where a student is absent.
    """
    found = {question.id: groups for question in key.exam.questions if (groups := _groups(key, question, book))}
    if not found:
        return Compared()
    chances = dict(zip(found, holm([kruskal_wallis(_comparable(groups)) for groups in found.values()]), strict=True))
    notes = tuple(_note(name, found[name], chance) for name, chance in chances.items() if chance <= CHANCE)
    return Compared(notes, "" if notes else f"no difference beyond chance, {_p(min(chances.values()))}")


def kruskal_wallis(groups: Sequence[Array]) -> float:
    """How probable it is that groups of one distribution differ as much as these, or more.

    Args:
        groups: two or more, (members,) each.

    Returns: the probability by the chi-squared distribution; 1 where all values are the same.

    Source: Kruskal and Wallis, Use of ranks in one-criterion variance analysis, JASA 47 (1952), with the correction for
    ties.
    """
    values = np.concatenate(groups)
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    total = len(values)
    if len(counts) < 2:
        return 1.0
    # Equal values share the mean of their ranks.
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    ends = np.cumsum([len(group) for group in groups])
    sums = sum(float(part.sum()) ** 2 / len(part) for part in np.split(ranks, ends[:-1]))
    spread = 12 / (total * (total + 1)) * sums - 3 * (total + 1)
    ties = 1 - float((counts.astype(float) ** 3 - counts).sum()) / (float(total) ** 3 - total)
    return chi_squared_beyond(spread / ties, len(groups) - 1)


def chi_squared_beyond(value: float, freedom: int) -> float:
    """The probability that chi squared with so many whole degrees of freedom is larger.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
    """
    half = value / 2
    if half <= 0:
        return 1.0
    powers = np.arange(freedom % 2 / 2, freedom / 2)
    terms = (math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers.tolist())
    return min(sum(terms) + (math.erfc(math.sqrt(half)) if freedom % 2 else 0.0), 1.0)


def holm(chances: Sequence[float]) -> list[float]:
    """Probabilities of several tests, raised so that one of them is low by chance as seldom as if there were one test.

    Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
    """
    raised, most = list(chances), 0.0
    for done, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        most = max(most, min(1.0, (len(chances) - done) * chances[place]))
        raised[place] = most
    return raised


def _groups(key: Key, question: Question, book: Mapping[str, Sequence[Any]]) -> list[Group]:
    """The groups of a question that are large enough, in the order of its shapes; none where there are not two."""
    marks = np.array([math.nan if one is None else one for one in book[question.id]], dtype=float)
    if len(question.shapes) < 2 or len(marks) < 2 * LEAST_STUDENTS:
        return []
    places = _places(key, question, book["variant"])
    found = []
    for number, label in enumerate(question.shapes):
        mine = marks[(places == number) & ~np.isnan(marks)]
        if len(mine) >= LEAST_STUDENTS:
            fields = paper_shape(question, label, key.exam.notation).fields
            found.append(Group(label, float(exact_total(fields, with_bonus=False)), mine))
    return found if len(found) > 1 else []


def _places(key: Key, question: Question, codes: Sequence[str]) -> NDArray[np.int64]:
    """(rows,) of the gradebook: which of the question's shapes each has, -1 where the key does not say it."""
    numbers = {label: number for number, label in enumerate(question.shapes)}
    by_code = {variant.code: numbers[variant.questions[question.id].label] for variant in key.variants}
    return np.array([by_code.get(code, -1) for code in codes])


def _note(question: str, groups: Sequence[Group], chance: float) -> Note:
    text = (
        f"{question}: marks differ between its shapes by more than chance (Kruskal-Wallis, {_p(chance)}): on average "
        f"{_told(groups)}; papers of different shapes may not have been equally hard"
    )
    return Note("", "", question, "unequal_shapes", text)


def _comparable(groups: Sequence[Group]) -> list[Array]:
    """Their marks; shares of what could be had where that differs."""
    is_share = len({group.most for group in groups}) > 1 and all(group.most for group in groups)
    return [np.round(group.marks / (group.most if is_share else 1), _DIGITS) for group in groups]


def _told(groups: Sequence[Group]) -> str:
    """The groups, the best first."""
    ordered = sorted(groups, key=lambda group: -group.mean / (group.most or 1))
    told = [f"{group.label} {group.mean:.1f} of {group.most:g} (n = {len(group.marks)})" for group in ordered]
    if len(told) > MOST_GROUPS:
        half = MOST_GROUPS // 2
        told = [*told[:half], f"… {len(told) - MOST_GROUPS} more …", *told[-half:]]
    return ", ".join(told)


def _p(chance: float) -> str:
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.2g}"
