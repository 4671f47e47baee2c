"""The tasks of a question as they stand on a page: what is asked, its boxes, and options with their numbers.

`papers` asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import numpy as np

from examgen.core.graph import Quantity
from examgen.documents.pages import AnswerBox, Cell
from examgen.documents.pages import Task as TaskPart
from examgen.documents.paper.typed_tasks import other_boxes, spelling_lines, typed_answers, typed_hint
from examgen.documents.style import PaperStyle
from examgen.documents.worked.rule_formulas import symbol_of
from examgen.documents.worked.shown_options import shown_options
from examgen.documents.worked.solved_paper import SolvedPaper, folds
from examgen.exams.digits import Digits
from examgen.exams.fields import MARKS_DECIMALS, Field, shown_places, task_letter, total_marks
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol_names import bias_name
from examgen.exams.option_numbers import option_numbers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import right_options
from examgen.exams.task import Task


def task_parts(solved: SolvedPaper, style: PaperStyle, *, with_solution: bool) -> tuple[TaskPart, ...]:
    """The tasks of a question; their options have the numbers of this paper, or marks for them."""
    tasks = _tasks(solved.paper, style, with_solution=with_solution)
    if not option_numbers(solved.paper):
        return tasks
    return tuple(_with_texts(task, solved, number, style) for number, task in enumerate(tasks))


def plain_marks(marks: Decimal) -> str:
    """Marks without zeros at their end."""
    return format(round(marks, MARKS_DECIMALS).normalize(), "f")


@lru_cache(maxsize=512)
def _tasks(paper: PaperShape, style: PaperStyle, *, with_solution: bool) -> tuple[TaskPart, ...]:
    text = style.words
    found: list[TaskPart] = []
    for number, task in enumerate(paper.question.tasks):
        fields = [field for field in paper.fields if field.task == number]
        is_number, asked = task.as_ == "number", paper.question.digits_of(task)
        digits = digits_text(asked, text["worked"]) if is_number else typed_hint(task, style)
        boxes = _boxes(paper, number, fields, digits) if is_number else other_boxes(paper, number, style)
        # The same table is printed once.
        spellings = tuple(spelling_lines(paper, number))
        found.append(
            TaskPart(
                letter=task_letter(number),
                text=style.phrase(task.text),
                digits=digits if task.as_ != "formula" else "",
                marks=plain_marks(total_marks(fields)),
                boxes=tuple(boxes),
                each="" if task.marks_per_task is not None else plain_marks(task.marks),
                kind=task.as_,
                options=tuple(
                    (task_letter(place), style.phrase(option)) for place, option in enumerate(paper.options(number))
                ),
                takes_several=task.takes_several,
                spellings=spellings if all(spellings != part.spellings for part in found) else (),
                answers=tuple(typed_answers(paper, number, style)) if with_solution and not is_number else (),
                characters=_characters(asked) if is_number else _letters(task),
            )
        )
    return tuple(found)


def _with_texts(task: TaskPart, solved: SolvedPaper, number: int, style: PaperStyle) -> TaskPart:
    if not task.options:
        return task
    texts = shown_options(solved, number, style)
    right = zip(task.answers, right_options(solved.paper, number), strict=False)
    return replace(
        task,
        options=tuple((letter, text) for (letter, _), text in zip(task.options, texts, strict=True)),
        answers=tuple(replace(answer, text=texts[place]) for answer, place in right),
    )


def digits_text(digits: Digits, text: Mapping[str, str]) -> str:
    """To how many digits, in words."""
    if digits.unit == "decimals":
        key = {0: "whole_number", 1: "one_decimal"}.get(digits.count, "decimals")
    else:
        key = "one_significant_figure" if digits.count == 1 else "significant_figures"
    return text[key].format(count=digits.count)


def _characters(digits: Digits) -> int:
    """Of a number to so many digits: a sign, a digit before the point, the point and the decimals; "−123" at least."""
    return max(digits.count + (3 if digits.unit == "decimals" else 4), 4)


def _letters(task: Task) -> int:
    """Of what is written where no number is asked; "a, c" for every option where several may be right."""
    return max(4, 3 * len(task.options) - 2) if task.takes_several else 4


def _boxes(paper: PaperShape, number: int, fields: list[Field], digits: str) -> Iterator[AnswerBox]:
    """One box per asked quantity, or per entry where only some are asked; in row notation the biases are the last row
    of their weights' box."""
    cells = {
        (field.quantity, field.index): Cell(field.name, paper.naming.entry(field.quantity, field.index).unicode, digits)
        for field in fields
    }
    asked = paper.asked(number)
    names = {quantity.name for quantity in asked}
    done: set[str] = set()
    for quantity in asked:
        if quantity.name in done:
            continue
        places_here = shown_places(paper.naming, quantity)
        alone = [place for row in places_here for place in row if (quantity.name, place) in cells]
        if len(alone) < quantity.size:
            for place in alone:
                yield AnswerBox(paper.naming.entry(quantity.name, place).latex, ((cells[quantity.name, place],),))
            continue
        rows = [tuple(cells[quantity.name, place] for place in row) for row in places_here]
        symbol = paper.naming.whole(quantity.name)
        if folds(paper, quantity) and (bias := bias_name(quantity)) in names and _is_whole(paper.graph[bias], cells):
            places = shown_places(paper.naming, paper.graph[bias])
            rows += [tuple(cells[bias, place] for place in row) for row in places]
            symbol = symbol_of(paper, quantity.name)
            done.add(bias)
        yield AnswerBox(symbol, tuple(rows))


def _is_whole(quantity: Quantity, cells: Mapping[tuple[str, Index], Cell]) -> bool:
    """Whether there is a box for every entry of a quantity."""
    return all((quantity.name, index) in cells for index in np.ndindex(*quantity.shape))
