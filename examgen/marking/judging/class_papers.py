"""The right answers on all papers of a class with the same boxes, to look up on which of them a number is right.

Called by `neighbours`. Worked out when it is first asked for: where nobody's answers look like another's, never.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import Evaluation, evaluate, evaluate_in_blocks
from examgen.core.graph import Values
from examgen.core.probes.dependence import rests_on
from examgen.core.rules.rule import Array
from examgen.exams.exam import Variant
from examgen.exams.keys.given_rows import stacked
from examgen.exams.keys.key_folder import Key
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.tolerance import by_field, perfect_tolerances

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a paper is.

    Attributes:
        student: of one who has it, or the variant where it has no student.
        told: all who have it, in words.
    """

    student: str
    told: str


@dataclass(frozen=True, eq=False, slots=True)
class _Shape:
    """The different papers of one shape.

    Attributes:
        paper: the shape, with those fields only that ask for numbers.
        givens: (papers, *shape) by given quantity.
        owners: (papers,) whose they are.
    """

    paper: PaperShape
    givens: Values
    owners: tuple[Owner, ...]

    @property
    def numbers(self) -> Array:
        """(papers, given numbers) what is printed on them."""
        return printed(self.givens)

    def right(self) -> Array:
        """(papers, fields) the right answers."""
        asked = frozenset(one.quantity for one in self.paper.fields)
        return by_field(self.paper, evaluate_in_blocks(self.paper.graph, self.givens, keep=asked))


@dataclass(frozen=True, eq=False, slots=True)
class ClassPapers:
    """The different papers of a class that have the same boxes, whatever their shape.

    Attributes:
        right: (fields, papers) the right answers.
        owners: (papers,) whose they are.
    """

    shapes: Sequence[_Shape]
    right: Array
    owners: Sequence[Owner]
    _orders: dict[int, Places] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.owners)

    def order(self, field: int) -> Places:
        """(papers,) papers by their right answer to a field; worked out once, and for those only that are looked at."""
        if field not in self._orders:
            self._orders[field] = np.argsort(self.right[field])
        return self._orders[field]

    def differences(self, paper: PaperShape, own: Array, others: Places) -> Flags:
        """(pairs, given numbers) in which printed numbers papers are not as others; in all, where these have others.

        Args:
            paper: the shape of the former.
            own: (pairs, given numbers) of these.
            others: (pairs,) places of the latter.
        """
        found = np.ones(own.shape, dtype=bool)
        for shape, chosen, places in self._by_shape(others):
            if _sizes(shape.paper) == _sizes(paper):
                found[chosen] = shape.numbers[places] != own[chosen]
        return found

    def tolerances(self, others: Places) -> Array:
        """(pairs, fields) the tolerance of an honest sheet of each of these papers."""
        found = np.empty((len(others), len(self.right)))
        for shape, chosen, places in self._by_shape(others):
            distinct, which = np.unique(places, return_inverse=True)
            solution: Evaluation = evaluate(
                shape.paper.graph, {name: rows[distinct] for name, rows in shape.givens.items()}
            )
            found[chosen] = perfect_tolerances(shape.paper, solution)[which.ravel()]
        return found

    def _by_shape(self, others: Places) -> Iterator[tuple[_Shape, Places, Places]]:
        """Each shape, which of the papers have it, and their places in it."""
        start = 0
        for shape in self.shapes:
            end = start + len(shape.owners)
            chosen = np.flatnonzero((others >= start) & (others < end))
            if chosen.size:
                yield shape, chosen, others[chosen] - start
            start = end


@dataclass(frozen=True, eq=False, slots=True)
class ClassKey:
    """The papers of a key by what is asked on them."""

    key: Key
    _found: dict[tuple[str, tuple[str, ...]], ClassPapers] = field(default_factory=dict, repr=False)

    def like(self, paper: PaperShape) -> ClassPapers:
        """All papers of a question with the boxes of this one, also those of students who handed in nothing."""
        names = tuple(one.name for one in paper.number_fields)
        asked = (paper.question.id, names)
        if asked not in self._found:
            shapes = list(self._shapes(paper, names))
            right = np.concatenate([shape.right() for shape in shapes]).T if shapes else np.empty((len(names), 0))
            right = np.ascontiguousarray(right)
            owners = [owner for shape in shapes for owner in shape.owners]
            self._found[asked] = ClassPapers(shapes, right, owners)
        return self._found[asked]

    def _shapes(self, paper: PaperShape, names: tuple[str, ...]) -> Iterator[_Shape]:
        question = paper.question
        mine: dict[str, list[Variant]] = {label: [] for label in question.shapes}
        for variant in self.key.variants:
            mine[variant.questions[question.id].label].append(variant)
        for label, variants in mine.items():
            other = paper_shape(question, label, self.key.exam.notation).only_numbers.standing
            if variants and tuple(one.name for one in other.fields) == names:
                yield _shape(other, variants)


def printed(givens: Values) -> Array:
    """(papers, given numbers) from (papers, *shape) by given quantity, in the order of their names."""
    return np.concatenate([givens[name].reshape(len(givens[name]), -1) for name in sorted(givens)], axis=1)


@lru_cache(maxsize=512)
def reads(paper: PaperShape) -> Flags:
    """(fields, given numbers) which printed numbers an entry is computed from, itself or by way of what nobody asks
    for."""
    sizes = _sizes(paper)
    total = sum(sizes.values())
    columns = np.split(np.eye(total, dtype=bool), np.cumsum(list(sizes.values()))[:-1], axis=1)
    seen = dict(zip(sizes, columns, strict=True))
    found: dict[str, Flags] = {}
    for quantity in paper.graph.derived:
        read = rests_on(paper.graph, quantity, seen, total)
        if quantity.name in paper.entry_places:
            found[quantity.name] = read.reshape(total, *quantity.shape)
        if quantity.name not in paper.asked_whole:
            seen[quantity.name] = read.copy()
            seen[quantity.name][:, paper.entries_asked.get(quantity.name, [])] = False
    return by_field(paper, found).T


def _sizes(paper: PaperShape) -> dict[str, int]:
    """How many numbers each given quantity has, in the order of `printed`."""
    return {given.name: given.size for given in sorted(paper.graph.givens, key=lambda given: given.name)}


def _shape(paper: PaperShape, variants: Sequence[Variant]) -> _Shape:
    """Who has the same numbers has the same paper."""
    givens = stacked([variant.questions[paper.question.id].givens for variant in variants])
    _, first, place = np.unique(printed(givens), axis=0, return_index=True, return_inverse=True)
    shared = np.bincount(place.ravel(), minlength=len(first)).tolist()
    owners = tuple(_owner(variants[at], count) for at, count in zip(first.tolist(), shared, strict=True))
    return _Shape(paper, {name: rows[first] for name, rows in givens.items()}, owners)


def _owner(variant: Variant, shared: int) -> Owner:
    name = repr(variant.student) if variant.student else f"variant {variant.code}"
    return Owner(variant.student or variant.code, name if shared == 1 else f"{name} and {shared - 1:,} more")
