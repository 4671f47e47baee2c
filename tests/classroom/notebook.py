"""What a group of students writes down for one question, and what they carry on; called by `learner` and `warmups`."""

import random
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.core.turned import Turned
from examgen.exams.digits import Digits
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import entry_of
from tests.classroom.figures import Array, cut_off, places_for, rounded, text_of
from tests.classroom.slips import Entry, slip

Terms = Callable[[], Array]
"""Gives the terms of a sum, (students, *shape, terms); called only where somebody slips in one."""

Place = tuple[str, int | None, int | None]
"""Kind, layer and step, as in the key's columns."""

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


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """Which entries of a result are asked for.

    Attributes:
        columns: of the sheet, in the order of the stored array.
        entries: places in that array.
    """

    columns: NDArray[np.int64]
    entries: NDArray[np.int64]

    def of(self, values: Array) -> Array:
        """(students, asked entries) of (students, *shape)."""
        return values.reshape(len(values), -1)[:, self.entries]


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
        # Derivatives that the paper tells with the other sign are written down so, and worked with as they are.
        self._turned = paper.shape.kinds if isinstance(paper.shape, Turned) else frozenset[str]()
        self._printed = _places(paper, paper.shown)

    def note(
        self,
        place: Place,
        values: Array,
        *,
        shown: Callable[[Array], Array] = lambda values: values,
        terms: Terms | None = None,
        within: tuple[float, float] = REAL,
    ) -> Array:
        """Write a result down.

        Args:
            place: of the result.
            values: (students, *shape).
            shown: reorders the entries on the way to the sheet.
            terms: of the sums that the values are.
            within: where a slip must stay.

        Returns: (students, *shape), what the students go on with.
        """
        sign = -1.0 if place[0] in self._turned else 1.0
        values = sign * np.asarray(values, dtype=float)
        asked = self._asked.get(place)
        if asked is None:
            return sign * self._unasked(place, values)
        digits = self.paper.fields[int(asked.columns[0])].digits
        more = self._random.integers(0, self.habits.more, values.shape, endpoint=True)
        decimals = places_for(values, digits, cuts=self.habits.cuts) + more
        if self.habits.figures:
            few = Digits(significant_figures=self.habits.figures)
            figures = places_for(values, few, cuts=self.habits.cuts)
            decimals = np.minimum(decimals, np.maximum(figures, 0))
        neat = (cut_off if self.habits.cuts else rounded)(values, decimals)
        self.written[:, asked.columns] = asked.of(shown(neat))
        self.places[:, asked.columns] = asked.of(shown(decimals.astype(float))).astype(int)
        carried = np.where(self._goes_on_with_rounded(values.shape), neat, values)
        self._slip(asked, values, carried, terms if sign > 0 else _negative(terms), within)
        return sign * carried

    def is_printed(self, place: Place) -> bool:
        """Whether a result stands on the paper already."""
        return place in self._printed

    def texts(self) -> list[list[str]]:
        """What stands in the cells, by student and field."""
        return [
            [text_of(value, places) for value, places in zip(*row, strict=True)]
            for row in zip(self.written.tolist(), self.places.tolist(), strict=True)
        ]

    def _unasked(self, place: Place, values: Array) -> Array:
        if not self.habits.rounds_unasked and not self.is_printed(place):
            return values
        neat = rounded(values, places_for(values, self.paper.question.digits))
        if self.is_printed(place):
            return neat
        return np.where(self._goes_on_with_rounded(values.shape), neat, values)

    def _goes_on_with_rounded(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        return self._random.random(shape) < self.habits.carry

    def _slip(
        self,
        asked: Asked,
        values: Array,
        carried: Array,
        terms: Terms | None,
        within: tuple[float, float],
    ) -> None:
        """Put the slips of this quantity into the sheets and into `carried`."""
        students, places = np.nonzero(self._slip_columns[:, None] == asked.columns)
        if not len(students):
            return
        sums = None if terms is None else terms().reshape(*values.reshape(len(values), -1).shape, -1)
        flat = carried.reshape(len(values), -1)
        for student, place in zip(students.tolist(), places.tolist(), strict=True):
            column, entry = int(asked.columns[place]), int(asked.entries[place])
            right = self._entry(student, column, asked.columns, None if sums is None else sums[student, entry])
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


def _negative(terms: Terms | None) -> Terms | None:
    return None if terms is None else lambda: -terms()


def _places(paper: PaperShape, names: Set[str]) -> frozenset[Place]:
    return frozenset((one.kind, one.layer, one.step) for one in paper.graph if one.name in names)


def _columns(paper: PaperShape) -> Mapping[Place, Asked]:
    """What is asked of each result."""
    found: dict[Place, dict[int, int]] = {}
    for column, field in enumerate(paper.fields):
        entry = entry_of(paper.graph[field.quantity], field)
        found.setdefault((_kind_of(field), field.layer, field.step), {})[entry] = column
    return {
        place: Asked(np.array([columns[entry] for entry in sorted(columns)]), np.array(sorted(columns)))
        for place, columns in found.items()
    }


def _kind_of(field: Field) -> str:
    """The kind of its quantity, with the letter of the weights or biases where an optimizer has it for both."""
    letter = field.quantity.removeprefix(f"{field.kind}_")[:1]
    return f"{field.kind}_{letter}" if field.quantity.startswith((f"{field.kind}_W", f"{field.kind}_b")) else field.kind
