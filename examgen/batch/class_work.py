"""How much work the papers of a class are, for its manifest: by columns, all students of a shape at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.rules.rule import Array
from examgen.exams.draws.difficulty import Workload, workload
from examgen.exams.exam import Exam, Question, Variant
from examgen.exams.keys.given_rows import stacked
from examgen.exams.paper_shapes import paper_shape

MOST_TOGETHER = 2**12
"""Papers that are solved in one evaluation; it bounds the memory."""


@dataclass(frozen=True, eq=False, slots=True)
class ClassWork:
    """The columns of the manifest that tell the work of each paper, over all its questions; see `Workload`."""

    columns: Mapping[str, Sequence[float]]

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """The cells of each paper."""
        return zip(*(map("{:.12g}".format, column) for column in self.columns.values()), strict=True)


COLUMNS = (*(part.name for part in fields(Workload)), "work")


def work_of_papers(exam: Exam, variants: Sequence[Variant]) -> ClassWork:
    """Measure the papers of a class, in their order."""
    totals = {name: np.zeros(len(variants)) for name in COLUMNS}
    for question in exam.questions:
        for rows, load in _of_question(exam, question, variants):
            for name in COLUMNS:
                totals[name][rows] += getattr(load, name)
    return ClassWork(MappingProxyType({name: total.tolist() for name, total in totals.items()}))


def _of_question(exam: Exam, question: Question, variants: Sequence[Variant]) -> Iterator[tuple[Array, Workload]]:
    """Places of papers of the same shape, some at a time, with their work."""
    numbers = [variant.questions[question.id] for variant in variants]
    labels = np.array([one.label for one in numbers])
    for label in dict.fromkeys(labels.tolist()):
        paper, members = paper_shape(question, label, exam.notation), np.flatnonzero(labels == label)
        for start in range(0, len(members), MOST_TOGETHER):
            rows = members[start : start + MOST_TOGETHER]
            givens = stacked([numbers[row].givens for row in rows.tolist()])
            yield rows, workload(paper, evaluate(paper.graph, givens))
