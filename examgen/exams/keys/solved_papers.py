"""The papers of a key and their right answers; whoever has an exam and a variant asks here."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.exact import as_fractions
from examgen.core.graph import Values
from examgen.core.rules.rule import Array
from examgen.exams.exam import Exam, QuestionVariant, Variant
from examgen.exams.fields import Field
from examgen.exams.paper_shapes import PaperShape, paper_shape


def papers(exam: Exam, variant: Variant) -> Iterable[tuple[PaperShape, QuestionVariant]]:
    """Each question of a student's paper with its numbers, in order."""
    for question in exam.questions:
        numbers = variant.questions[question.id]
        yield paper_shape(question, numbers.label, exam.notation), numbers


def solve(paper: PaperShape, givens: Values) -> Evaluation:
    """The reference solution, (..., *shape); networks of exact rules are solved in fractions and then rounded once."""
    if not paper.shape.is_rational:
        return evaluate(paper.graph, givens)
    exact = evaluate(paper.graph, as_fractions(givens))
    values = {name: value.astype(float) for name, value in exact.values.items()}
    return Evaluation(values, values)


def entry(evaluation: Evaluation, field: Field) -> Array:
    """(...) values of one asked entry."""
    place: tuple[Any, ...] = (..., *field.index)
    return np.asarray(evaluation[field.quantity][place])
