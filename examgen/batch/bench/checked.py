"""What the author's test bench (`checking`) finds of an exam; `check_report` prints it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examgen.batch.bench.mistaken_sitters import OtherSat
from examgen.batch.bench.sitting import Sat
from examgen.core.rules.rule import Array
from examgen.notebooks import html_lines, html_table

ENOUGH_DRAWS = 50
"""Where none of fewer draws passes, that may be chance."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, middle and greatest of some numbers."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Array) -> "Spread":
        """The spread of some values, at least one."""
        return cls(float(np.min(values)), float(np.median(values)), float(np.max(values)))


@dataclass(frozen=True, slots=True)
class Separation:
    """How far the work of students with one misconception stands out.

    Attributes:
        name: of the misconception.
        tolerances: of accepted papers, by how many tolerances the worst answer is off.
        shown: share of the papers on which that is at least the margin.
    """

    name: str
    tolerances: Spread
    shown: float


@dataclass(frozen=True, slots=True)
class Work:
    """How much work the accepted papers of a question are; see `Difficulty`. `live_units` is None without units."""

    multiplications: Spread
    minus_signs: Spread
    live_units: Spread | None
    work: Spread
    smallest: Spread
    largest: Spread


@dataclass(frozen=True, slots=True)
class QuestionCheck:
    """One question of an exam.

    Attributes:
        id, title: of the question.
        shapes: how many there are.
        draws: how many draws were judged; 0 where the numbers are fixed.
        accepted: how many of them passed.
        rejections: draws turned away, by screen.
        mistaken: of those, by misconception that would look right.
        work: of a paper; None where no paper was accepted or none asks for numbers.
        separations: by misconception that can show in numbers.
    """

    id: str
    title: str
    shapes: int
    draws: int
    accepted: int
    rejections: Mapping[str, int]
    mistaken: Mapping[str, int]
    work: Work | None
    separations: tuple[Separation, ...]

    @property
    def is_untried(self) -> bool:
        """Whether no draw passes, but so few were judged that this says nothing."""
        return 0 < self.draws < ENOUGH_DRAWS and not self.accepted


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What the bench found.

    Attributes:
        exam: id of the sample paper's exam.
        questions: in order.
        notations: in which papers were marked.
        sitters: students who sat the exam.
        mistaken: what came of those who wrote the numbers of a misconception.
        others: what came of wrong formulas, shapes and choices.
        sample: folder of a sample paper.
        notes: what an author may want to know, in sentences.
        problems: what is wrong, in sentences; empty where all is well.
    """

    exam: str
    questions: tuple[QuestionCheck, ...]
    notations: tuple[str, ...]
    sitters: int
    mistaken: Sat
    others: OtherSat
    sample: Path
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        wrong = f"{len(self.problems)} problems" if self.problems else "all is well"
        return f"<{self.exam} checked with {self.sitters} papers: {wrong}>"

    def _repr_html_(self) -> str:
        """In a notebook: a row for each question, and what there is to be told."""
        heads = ("question", "title", "shapes", "draws", "accepted", "misconceptions that show", "work")
        rows = [
            (
                *(one.id, one.title, one.shapes, one.draws, one.accepted, len(one.separations)),
                None if one.work is None else f"{one.work.work.middle:g}",
            )
            for one in self.questions
        ]
        lines = [repr(self).strip("<>"), *self.notes, *(f"Problem: {one}" for one in self.problems)]
        return html_table(heads, rows) + html_lines([*lines, f"Sample paper: {self.sample}"])
