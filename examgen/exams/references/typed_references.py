"""The right answers that are no numbers: formulas, shapes, and the letters of choices, as a student types them.

They are the same for all students of a shape. The key is written with them, marking reads them, worked papers print
them.
"""

from functools import lru_cache

from examgen.exams.fields import Field, shown_shape, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.reference_formulas import reference_formula
from examgen.exams.task import CHOICE


def right_options(paper: PaperShape, number: int) -> tuple[int, ...]:
    """The 0-based right options of a choice as they stand on the paper, by the 0-based number of its task."""
    task, order = paper.question.tasks[number], paper.order(number)
    if text := task.option_expression:
        return (order.index(dict(paper.shape.choices or ())[text] - 1),)
    return tuple(sorted(order.index(ord(letter) - ord("a")) for letter in task.right_letters))


@lru_cache(maxsize=4096)
def typed_reference(paper: PaperShape, field: Field) -> str:
    """The right answer of a field that asks for no number."""
    if field.as_ == CHOICE:
        return ", ".join(map(task_letter, right_options(paper, field.task)))
    if field.as_ == "shape":
        rows, columns = shown_shape(paper.naming, paper.graph[field.quantity])
        return f"({rows}, {columns})"
    return reference_formula(paper.naming, field.quantity, field.index, paper.question.tasks[field.task].allows)
