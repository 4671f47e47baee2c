"""Sheets of people who know nothing and write something all the same; called by benchmark and tests.

A strategy gives a text for every field of a paper from what stands on the paper, and at most from a neighbour's sheet.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from examgen.exams.exam import Field, PaperShape, QuestionVariant
from examgen.exams.keys import entry, solve
from tests.classroom.figures import Array, places_for, rounded, text_of

Sheet = list[str]
Strategy = Callable[[PaperShape, QuestionVariant, QuestionVariant], Sheet]
"""From a paper, its numbers, and those of a neighbour with a paper of the same shape."""

_GRADIENTS = ("dL_da", "dL_dz", "dL_dW", "dL_db")
_NEW = ("W_new", "b_new")


def right_text(paper: PaperShape, numbers: QuestionVariant, field: Field) -> str:
    """What a perfect student writes."""
    value = np.asarray(entry(solve(paper, _one(numbers)), field), dtype=float).reshape(1)
    places = places_for(value, field.digits)
    return text_of(float(rounded(value, places)[0]), int(places[0]))


def _one(numbers: QuestionVariant) -> Mapping[str, Array]:
    return {name: np.asarray(values)[None] for name, values in numbers.givens.items()}


def _old(paper: PaperShape, numbers: QuestionVariant, field: Field) -> str:
    """The weight or bias as it was before."""
    letter = field.quantity.split("@")[0].removesuffix("_new")
    return f"{float(np.asarray(numbers.givens[letter])[field.index]):g}"


def constant(text: str, *, new: str = "", only: tuple[str, ...] = ()) -> Strategy:
    """The same in every box, or in those of some kinds; new weights as they were where `new` is "old"."""

    def sheet(paper: PaperShape, numbers: QuestionVariant, _other: QuestionVariant) -> Sheet:
        return [
            _old(paper, numbers, field)
            if new == "old" and field.kind in _NEW
            else text
            if not only or field.kind in only
            else ""
            for field in paper.fields
        ]

    return sheet


def by_kind(texts: Mapping[str, str], rest: str) -> Strategy:
    """A constant for each kind of quantity; "old" for new weights as they were."""

    def sheet(paper: PaperShape, numbers: QuestionVariant, _other: QuestionVariant) -> Sheet:
        return [
            _old(paper, numbers, field) if texts.get(field.kind, rest) == "old" else texts.get(field.kind, rest)
            for field in paper.fields
        ]

    return sheet


def right_then(kinds: tuple[str, ...], text: str) -> Strategy:
    """Some kinds right, a constant elsewhere."""

    def sheet(paper: PaperShape, numbers: QuestionVariant, _other: QuestionVariant) -> Sheet:
        return [right_text(paper, numbers, field) if field.kind in kinds else text for field in paper.fields]

    return sheet


def copied(paper: PaperShape, _numbers: QuestionVariant, other: QuestionVariant) -> Sheet:
    """A neighbour's right sheet."""
    return [right_text(paper, other, field) for field in paper.fields]


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "0.0001 in every box": constant("0.0001"),
        "0.5 in every box": constant("0.5"),
        "0.3, new weights old": constant("0.3", new="old"),
        "only gradients 0.0001, new weights old": constant("0.0001", new="old", only=(*_GRADIENTS, *_NEW)),
        "1 in every box": constant("1"),
        "z 10, a 1, gradients 0.0001, new weights old": by_kind(
            {"z": "10", "a": "1.0000", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "z -10, a 0, gradients 0.0001, new weights old": by_kind(
            {"z": "-10", "a": "0.0000", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "0 in every box": constant("0"),
        "z and a right, 0.0001 elsewhere": right_then(("z", "a"), "0.0001"),
        "z and a right, 0 elsewhere": right_then(("z", "a"), "0"),
        "another variant's right answers": copied,
    }
)
