"""The entries that a key's answers.csv should have, and the right answer to each; `key_agreement` compares them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.equivalence.formula_answers import judge
from examgen.core.equivalence.formula_trials import shape_trials
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_language import parse_formula
from examgen.core.formulas.formula_tokens import Unparsed
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.folders.files import typed_text
from examgen.exams.keys.given_rows import stacked
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.references.spellings import spellings
from examgen.exams.references.typed_references import typed_reference
from examgen.exams.tolerance import place_of

RELATIVE, ABSOLUTE = 1e-9, 1e-12
"""So far numbers may be apart: other machines and versions add in another order."""

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Entries:
    """The entries that answers.csv should have, all in a row by paper, question and field.

    Attributes:
        kind: (papers,) which combination of shapes a paper has.
        begins: (papers,) where its entries begin; one more for the end.
        names: by kind, question and field of each entry.
        others: by kind, the place of each entry that asks for no number, with its paper's shape and its field.
        values: (entries,) the right numbers; NaN where none is asked.
    """

    exam: Exam
    variants: Sequence[Variant]
    kind: Codes
    begins: Codes
    names: Sequence[Sequence[tuple[str, str]]]
    others: Sequence[Mapping[int, tuple[PaperShape, Field]]]
    values: NDArray[np.float64]

    @staticmethod
    def of(exam: Exam, variants: Sequence[Variant]) -> "Entries":
        ids = [question.id for question in exam.questions]
        kinds: dict[tuple[str, ...], int] = {}
        labels = [tuple([variant.questions[name].label for name in ids]) for variant in variants]
        kind = np.array([kinds.setdefault(one, len(kinds)) for one in labels], dtype=np.int64)
        shapes = [
            [paper_shape(*pair, exam.notation) for pair in zip(exam.questions, one, strict=True)] for one in kinds
        ]
        names = [[(paper.question.id, field.name) for paper in papers for field in paper.fields] for papers in shapes]
        fields = [[(paper, field) for paper in papers for field in paper.fields] for papers in shapes]
        others = [{at: one for at, one in enumerate(of_kind) if one[1].as_ != "number"} for of_kind in fields]
        begins = np.cumsum([0, *np.array([len(one) for one in names], dtype=np.int64)[kind]])
        values = np.full(begins[-1], np.nan)
        for number, papers in enumerate(shapes):
            members = np.flatnonzero(kind == number)
            start = 0
            for paper in papers:
                givens = [variants[member].questions[paper.question.id].givens for member in members.tolist()]
                places = begins[members][:, None] + start + np.array(paper.number_places, dtype=np.int64)
                values[places] = _references(paper, givens)
                start += len(paper.fields)
        return Entries(exam, variants, kind, begins, names, others, values)

    def at(self, place: int) -> tuple[int, int]:
        """The paper of an entry, and its place on it."""
        paper = int(np.searchsorted(self.begins, place, side="right")) - 1
        return paper, place - int(self.begins[paper])

    def other(self, place: int) -> tuple[PaperShape, Field]:
        """The shape and the field of an entry that asks for no number."""
        paper, inside = self.at(place)
        return self.others[int(self.kind[paper])][inside]

    def said(self, place: int) -> str:
        """Which entry it is, in words."""
        paper, inside = self.at(place)
        return f"{' '.join(self.names[int(self.kind[paper])][inside])} of {who(self.variants[paper])}"


def _references(paper: PaperShape, givens: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """(papers, number fields) the right numbers."""
    with np.errstate(all="ignore"):
        values = evaluate(paper.graph, stacked(givens)).values
    if not paper.number_fields:
        return np.empty((len(givens), 0))
    return np.stack([values[field.quantity][place_of(field)] for field in paper.number_fields], axis=-1)


def are_near(values: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether numbers are the same, entry by entry."""
    largest = np.maximum(np.abs(values), np.abs(right))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(values - right) <= RELATIVE * largest + ABSOLUTE)


def is_right_text(paper: PaperShape, field: Field, answer: str) -> bool:
    """Whether an answer that is no number is the right one; formulas may be written in another form."""
    text, right = "".join(typed_text(answer).split()), typed_reference(paper, field)
    if text == "".join(right.split()):
        return True
    if field.as_ != "formula":
        return False
    known = spellings(paper.naming)
    formula = parse_formula(text, known)
    if isinstance(formula, Unparsed):
        return False
    return (
        judge(shape_trials(paper.shape, paper.graph), (field.quantity, field.index), formula, known).verdict == "right"
    )


def who(variant: Variant) -> str:
    """Whose paper it is, in words."""
    return named(variant.student, variant.code)


def named(student: str, code: str) -> str:
    """The same by id and variant."""
    return f"student {student!r}" if student else f"variant {code!r}, a paper without a name,"
