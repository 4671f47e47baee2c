"""The entries of a class in the order of its papers, whatever shape each student's has; from the key."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from examgen.exams.fields import Field
from examgen.exams.keys.key_folder import Key
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.marking.statistics.marks_table import Place


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """An entry that some paper of the class asks for.

    Attributes:
        question: id of its question.
        field: as the first shape that has it asks for it.
        paper: that shape.
    """

    question: str
    field: Field
    paper: PaperShape

    @property
    def place(self) -> Place:
        """As in results.csv."""
        return self.question, self.field.name


def class_papers(key: Key) -> Iterator[PaperShape]:
    """The shapes that students of the key have, question by question, the commonest first."""
    for question in key.exam.questions:
        labels = (variant.questions[question.id].label for variant in key.variants if question.id in variant.questions)
        for label, _ in Counter(labels).most_common():
            yield paper_shape(question, label, key.exam.notation)


def class_entries(papers: Iterable[PaperShape]) -> tuple[ClassEntry, ...]:
    """Their entries, each once; within a question by task, and in the order of the first shape that has it."""
    found: dict[Place, ClassEntry] = {}
    for paper in papers:
        for field in paper.fields:
            found.setdefault((paper.question.id, field.name), ClassEntry(paper.question.id, field, paper))
    order = {question: place for place, question in enumerate(dict.fromkeys(one.question for one in found.values()))}
    return tuple(sorted(found.values(), key=lambda one: (order[one.question], one.field.task)))
