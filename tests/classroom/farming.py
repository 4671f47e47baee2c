"""What sheets without knowledge earn, and the search for the best of them; called by benchmark and tests.

Sheets are marked as those of a class are: written to a file, and read back from results.csv.
"""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from examgen.exams.banks.building import LoadedExam
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from tests.classroom.cribs import Desk, Page, Strategy
from tests.classroom.exams import load, variants_of
from tests.classroom.figures import Array, places_for
from tests.classroom.handing_in import Result, mark
from tests.classroom.judging import OURS
from tests.classroom.pupils import Pupil, Sheet
from tests.classroom.rules import RULES, Rule
from tests.classroom.strategies import Group

HALF = 0.51
"""Units of the last asked digit within which a value is right of itself."""

RIGHT_COUNTS, BESIDE = 1.5, 0.05
"""Nobody earns more than this many times what is right of itself, and this share of the marks beside it."""

ONLY_OURS: Mapping[str, Rule] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Earned:
    """What one strategy earns, in shares of the marks; all (students,).

    Attributes:
        marks: under `OURS`, and by rule of others where these were asked for.
        right: of entries that are right of themselves.
    """

    marks: Mapping[str, Array]
    right: Array

    @property
    def beside(self) -> float:
        """The mean share of the marks beside what right entries may earn, which is not to exceed `BESIDE`."""
        return float((self.marks[OURS] - RIGHT_COUNTS * self.right).mean())

    @property
    def limit(self) -> float:
        """The most that the strategy may earn on average."""
        return float(RIGHT_COUNTS * self.right.mean() + BESIDE)

    @property
    def is_lawful(self) -> bool:
        """Whether it earns no more."""
        return self.beside <= BESIDE + 1e-9


@dataclass(frozen=True, eq=False)
class Hall:
    """A class of people who know nothing, one for each paper.

    Attributes:
        exam: which they sit.
        variants: their papers.
        desks: (students, questions).
    """

    exam: Exam
    variants: Sequence[Variant]
    desks: Sequence[Sequence[Desk]] = field(repr=False)

    @staticmethod
    def of(loaded: LoadedExam, variants: Sequence[Variant], elsewhere: Sequence[Variant], seed: int = 1) -> "Hall":
        """The hall with these papers; those elsewhere are of another class."""
        exam = loaded.exam
        here = [[Page.of(*pair) for pair in papers(exam, variant)] for variant in variants]
        there = [[Page.of(*pair) for pair in papers(exam, variant)] for variant in elsewhere]
        desks = [
            [
                Desk(page, _neighbours(here, seat, number), _alike(there, page, number)[0], random.Random(seed + seat))
                for number, page in enumerate(pages)
            ]
            for seat, pages in enumerate(here)
        ]
        return Hall(exam, variants, desks)

    def only(self, seats: Sequence[int]) -> "Hall":
        """Some of them; neighbours stay."""
        return replace(
            self, variants=[self.variants[seat] for seat in seats], desks=[self.desks[seat] for seat in seats]
        )

    def earned(self, strategies: Sequence[Strategy], rules: Mapping[str, Rule] = ONLY_OURS) -> list[Earned]:
        """What each strategy earns, all marked as one class in which the sheets of all strategies lie together.

        Args:
            strategies: of which each fills a sheet for every paper.
            rules: of others, to be compared with.
        """
        sheets = [
            [tuple(text for desk in desks for text in desk.sheet(strategy)) for desks in self.desks]
            for strategy in strategies
        ]
        results = self.marked(sheets)
        return [self._earned(*pair, rules) for pair in zip(sheets, results, strict=True)]

    def marked(self, sheets: Sequence[Sequence[tuple[str, ...]]]) -> list[list[Result]]:
        """How several sheets for each paper are marked, (sheets, students) both."""
        pupils = [
            Pupil(f"p{number}-{seat}", variant)
            for number in range(len(sheets))
            for seat, variant in enumerate(self.variants)
        ]
        handed_in = [
            Sheet(texts, np.array([float(text or "nan") for text in texts]), None) for one in sheets for texts in one
        ]
        with tempfile.TemporaryDirectory() as folder:
            results = mark(Path(folder), self.exam, pupils, handed_in)
        size = len(self.variants)
        return [results[first : first + size] for first in range(0, len(results), size)]

    def _earned(
        self, sheets: Sequence[tuple[str, ...]], results: Sequence[Result], rules: Mapping[str, Rule]
    ) -> Earned:
        shares = np.array(
            [_shares(self.exam, *one, rules) for one in zip(self.variants, sheets, results, strict=True)]
        ).T
        return Earned(dict(zip((OURS, *rules), shares[1:], strict=True)), shares[0])

    def groups(self) -> list[Group]:
        """The kinds of quantities and layers that are asked, in the order of the solution."""
        return list(dict.fromkeys((one.kind, one.layer) for desk in self.desks[0] for one in desk.page.paper.fields))


def hall(name: str, students: int, seed: int = 7, most_shapes: int | None = None, *, is_screened: bool = True) -> Hall:
    """A class that sits a shipped exam, as far as it asks for numbers.

    Args:
        most_shapes: into so many shapes the papers fall at most, the first that are drawn; None for all that there are.
        is_screened: whether work with a misconception must not look right on a paper, which takes long to find out.
    """
    exams = [_only_numbers(name, each, is_screened) for each in (seed, seed + 1)]
    here, there = (_of_shapes(exam, students, most_shapes) for exam in exams)
    return Hall.of(exams[0], here, there)


def _of_shapes(loaded: LoadedExam, students: int, most: int | None) -> Sequence[Variant]:
    """So many papers; those of further shapes are put back, and others drawn."""
    count = students
    while True:
        drawn = variants_of(loaded, count)
        shapes = list(dict.fromkeys(_labels(one) for one in drawn))[:most]
        found = [one for one in drawn if _labels(one) in shapes]
        if len(found) >= students:
            return found[:students]
        count *= 2


def _labels(variant: Variant) -> tuple[str, ...]:
    return tuple(part.label for part in variant.questions.values())


def _only_numbers(name: str, seed: int, is_screened: bool) -> LoadedExam:
    loaded = load(name, seed, is_screened=is_screened)
    questions = tuple(
        replace(question, tasks=tuple(task for task in question.tasks if task.as_ == "number"))
        for question in loaded.exam.questions
    )
    return replace(loaded, exam=replace(loaded.exam, questions=questions))


def _neighbours(pages: Sequence[Sequence[Page]], seat: int, question: int) -> list[Page]:
    return _alike([*pages[seat + 1 :], *pages[:seat]], pages[seat][question], question)


def _alike(pages: Sequence[Sequence[Page]], page: Page, question: int) -> list[Page]:
    """The pages of a question, those of the same shape first."""
    others = [of_one[question] for of_one in pages if len(of_one[question].paper.fields) == len(page.paper.fields)]
    return sorted(others, key=lambda other: other.paper.label != page.paper.label)


def _shares(
    exam: Exam, variant: Variant, texts: Sequence[str], result: Result, rules: Mapping[str, Rule]
) -> list[float]:
    """Shares of the marks: of what is right of itself, then of what each marker gives."""
    digits = [one.digits for paper, _ in papers(exam, variant) for one in paper.fields]
    asked = list(zip(texts, result.references.tolist(), digits, strict=True))
    values = np.array([float(text or "nan") for text in texts])
    right = np.abs(values - result.references) <= _halves(result.references, digits)
    taken = [[bool(text) and rule(text, reference, to) for text, reference, to in asked] for rule in rules.values()]
    whole = result.most.sum()
    return [
        float((right * result.most).sum() / whole),
        float(result.marks.sum() / whole),
        *(float((np.array(of_rule) * result.most).sum() / whole) for of_rule in taken),
    ]


def _halves(references: Array, digits: Sequence[Digits]) -> Array:
    halves = np.empty(len(references))
    for to in set(digits):
        chosen = np.array([one == to for one in digits])
        halves[chosen] = HALF * 10.0 ** -places_for(references[chosen], to).astype(float) + 1e-12
    return halves


def lines(found: Mapping[str, Earned]) -> Iterator[str]:
    """A row for each strategy: what it earns, in percent."""
    heads = "".join(f"{name.split()[0][:7]:>8}" for name in RULES)
    yield f"  {'percent of the marks':52}{'mean':>6}{'worst':>7}{'right':>7}{'limit':>7}  {'':5}{heads}"
    for name, earned in found.items():
        shares = "".join(f"{100 * earned.marks[rule].mean():8.0f}" for rule in RULES)
        ours = earned.marks[OURS]
        yield (
            f"  {name:52}{100 * ours.mean():6.1f}{100 * ours.max():7.1f}{100 * earned.right.mean():7.1f}"
            f"{100 * earned.limit:7.1f}  {'' if earned.is_lawful else 'OVER':5}{shares}"
        )
