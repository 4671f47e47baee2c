"""What a group of students writes down for one question, and what they carry on; called by `learner` and `warmups`."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.exams.digits import Digits
from examgen.exams.paper_shapes import PaperShape
from tests.classroom.figures import Array, cut_off, places_for, rounded, text_of
from tests.classroom.slips import Entry, slip

Terms = Callable[[], Array]
"""Gives the terms of a sum, (students, *shape, terms); called only where somebody slips in one."""

REAL = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a group works.

    Attributes:
        carry: share of the entries after which a student goes on with the rounded number: 1 always, 0 never.
        more: a student writes up to this many digits more than asked, chosen anew for each entry.
        rounds_unasked: whether quantities that nobody asks for are rounded too.
        figures: a student writes so many significant figures at most, whole numbers in full; 0 for as many as asked.
        cuts: whether digits are cut off instead of rounded.
    """

    carry: float = 1.0
    more: int = 0
    rounds_unasked: bool = True
    figures: int = 0
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """Where and how one student slipped: a column of the sheet, the kind, and the right text."""

    column: int
    kind: str
    instead_of: str


class Notebook:
    """The sheets of a group of students.

    Attributes:
        written: (students, fields), NaN where a calculator gave an error.
        places: (students, fields), decimals of what is written.
        slips: by student.
    """

    def __init__(
        self,
        paper: PaperShape,
        students: int,
        habits: Habits,
        seed: int,
        slip_columns: NDArray[np.int64] | None = None,
    ) -> None:
        """`slip_columns`: (students,) the column in which each student slips; -1 for none."""
        self.paper, self.habits = paper, habits
        self.written = np.full((students, len(paper.fields)), np.nan)
        self.places = np.zeros(self.written.shape, dtype=np.int64)
        self.slips: dict[int, Slip] = {}
        self._slip_columns = np.full(students, -1) if slip_columns is None else slip_columns
        self._random = np.random.default_rng(seed)
        self._chooses = random.Random(seed)
        self._asked = _columns(paper)

    def note(
        self,
        place: tuple[str, int | None, int | None],
        values: Array,
        *,
        shown: Callable[[Array], Array] = lambda values: values,
        terms: Terms | None = None,
        within: tuple[float, float] = REAL,
    ) -> Array:
        """Write a result down.

        Args:
            place: kind, layer and step, as in the key's columns.
            values: (students, *shape).
            shown: reorders the entries on the way to the sheet.
            terms: of the sums that the values are.
            within: where a slip must stay.

        Returns: (students, *shape), what the students go on with.
        """
        values = np.asarray(values, dtype=float)
        columns = self._asked.get(place)
        if columns is None:
            return self._unasked(values)
        digits = self.paper.fields[int(columns.flat[0])].digits
        more = self._random.integers(0, self.habits.more, values.shape, endpoint=True)
        decimals = places_for(values, digits, cuts=self.habits.cuts) + more
        if self.habits.figures:
            few = Digits(significant_figures=self.habits.figures)
            figures = places_for(values, few, cuts=self.habits.cuts)
            decimals = np.minimum(decimals, np.maximum(figures, 0))
        neat = (cut_off if self.habits.cuts else rounded)(values, decimals)
        self.written[:, columns.ravel()] = shown(neat).reshape(len(values), -1)
        self.places[:, columns.ravel()] = shown(decimals.astype(float)).reshape(len(values), -1).astype(int)
        carried = np.where(self._goes_on_with_rounded(values.shape), neat, values)
        self._slip(columns.ravel(), values, carried, terms, within)
        return carried

    def texts(self) -> list[list[str]]:
        """What stands in the cells, by student and field."""
        return [
            [text_of(value, places) for value, places in zip(*row, strict=True)]
            for row in zip(self.written.tolist(), self.places.tolist(), strict=True)
        ]

    def _unasked(self, values: Array) -> Array:
        if not self.habits.rounds_unasked:
            return values
        neat = rounded(values, places_for(values, self.paper.question.digits))
        return np.where(self._goes_on_with_rounded(values.shape), neat, values)

    def _goes_on_with_rounded(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        return self._random.random(shape) < self.habits.carry

    def _slip(
        self,
        columns: NDArray[np.int64],
        values: Array,
        carried: Array,
        terms: Terms | None,
        within: tuple[float, float],
    ) -> None:
        """Put the slips of this quantity into the sheets and into `carried`."""
        students, entries = np.nonzero(self._slip_columns[:, None] == columns)
        if not len(students):
            return
        sums = None if terms is None else terms().reshape(*values.reshape(len(values), -1).shape, -1)
        flat = carried.reshape(len(values), -1)
        for student, entry in zip(students.tolist(), entries.tolist(), strict=True):
            column = int(columns[entry])
            right = self._entry(student, column, columns, None if sums is None else sums[student, entry])
            kind, text = slip(right, self._chooses, *within)
            self.slips[student] = Slip(column, kind, right.text)
            self.written[student, column] = flat[student, entry] = float(text)
            self.places[student, column] = len(text.partition(".")[2])

    def _entry(self, student: int, column: int, columns: NDArray[np.int64], terms: Array | None) -> Entry:
        value, places = float(self.written[student, column]), int(self.places[student, column])
        beside = self.written[student, columns[columns != column]]
        before = self.written[student, max(0, int(columns.min()) - 4) : int(columns.min())]
        near = beside if len(beside) else before
        return Entry(
            value,
            text_of(value, places),
            places,
            float(10.0 ** -places_for(np.array(value), self.paper.fields[column].digits)),
            tuple(near[np.isfinite(near)].tolist()),
            () if terms is None else tuple(terms.tolist()),
        )


def _columns(paper: PaperShape) -> Mapping[tuple[str, int | None, int | None], NDArray[np.int64]]:
    """By kind, layer and step, the columns of the sheet in the order of the stored array."""
    found: dict[tuple[str, int | None, int | None], dict[tuple[int, ...], int]] = {}
    for column, field in enumerate(paper.fields):
        found.setdefault((field.kind, field.layer, field.step), {})[field.index] = column
    return {place: np.array([columns[index] for index in sorted(columns)]) for place, columns in found.items()}
