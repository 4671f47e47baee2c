"""The right answers as they stand in the boxes of a paper; `filled_paper` writes them there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from examgen.documents.numbers import MINUS
from examgen.documents.pages import form_name
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.digits import Digits, print_all
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import typed_reference


def answers_in_boxes(solved: Sequence[SolvedPaper], style: PaperStyle) -> dict[str, str]:
    """Each right answer by the name of its field: numbers to the digits that are asked, as the paper writes numbers."""
    found: dict[str, str] = {}
    for number, part in enumerate(solved, start=1):
        names = _names(part.paper, str(number) if len(solved) > 1 else None)
        found |= dict(zip(names.typed, names.answers, strict=True))
        for digits, (fields, places) in names.numbers.items():
            values = np.array([float(part.values[name][index]) for name, index in places])
            printed = print_all(values, np.asarray(digits.decimals_for(values)))
            shown = [text.replace(".", style.decimal_mark).replace("-", MINUS) for text in printed]
            found |= dict(zip(fields, shown, strict=True))
    return found


@dataclass(frozen=True, slots=True)
class _Names:
    """The fields of a question: of numbers by asked digits, each with names and entries; and others with answers."""

    numbers: Mapping[Digits, tuple[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]]]
    typed: tuple[str, ...]
    answers: tuple[str, ...]


@lru_cache(maxsize=512)
def _names(paper: PaperShape, number: str | None) -> _Names:
    by_digits: dict[Digits, list[Field]] = {}
    for field in paper.number_fields:
        by_digits.setdefault(field.digits, []).append(field)
    others = [field for field in paper.fields if field.as_ != "number"]
    return _Names(
        {
            digits: (
                tuple(form_name(number, field.name) for field in fields),
                tuple((field.quantity, field.index) for field in fields),
            )
            for digits, fields in by_digits.items()
        },
        tuple(form_name(number, field.name) for field in others),
        tuple(typed_reference(paper, field) for field in others),
    )
