"""The fields of a question's tasks: what is asked, where it stands on the paper and in the graph, and what it is worth.

Called by `paper_shapes`; whoever adds up marks or prints a task calls it too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from examgen.core.exact import exactly, is_decimal
from examgen.core.graph import Quantity
from examgen.exams.digits import Digits
from examgen.exams.exam import Question
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol import Symbol
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.task import CHOICE, AnswerKind, Task

MARKS_DECIMALS = 6
"""Decimals of an entry's part of its task's marks as the key shows it; sums are exact all the same."""

ROUNDED_MARKS = 10.0**-MARKS_DECIMALS
"""By as much an entry's marks as shown may be above what it is worth."""


@dataclass(frozen=True, slots=True)
class Field:
    """One asked entry: where it is on the paper, in the graph, and in the canonical columns of the key.

    Attributes:
        name: ASCII field id, unique in its question.
        symbol: Unicode symbol.
        task: 0-based task of the question.
        quantity: name in the graph; empty for a choice.
        index: 0-based place in the stored array; empty for a shape and a choice.
        kind, layer, step, sample, row, col: the key's columns, 1-based, None where they do not apply.
        digits: to how many digits it is asked.
        marks: what it is worth, rounded to `MARKS_DECIMALS` where a task's total is spread over its entries.
        exact_marks: what it is worth.
        is_bonus: whether that counts on top of the marks of the exam.
        as_: what is asked of it.
    """

    name: str
    symbol: str
    task: int
    quantity: str
    index: Index
    kind: str
    layer: int | None
    step: int | None
    sample: int | None
    row: int | None
    col: int | None
    digits: Digits
    marks: Decimal
    exact_marks: Fraction
    is_bonus: bool
    as_: AnswerKind = "number"


def exact_total(fields: Iterable[Field], *, with_bonus: bool = True) -> Fraction:
    """What these entries are worth together."""
    counted = [field.exact_marks for field in fields if with_bonus or not field.is_bonus]
    # As pairs of whole numbers: adding up fractions one by one is slow.
    often = Counter((marks.numerator, marks.denominator) for marks in counted)
    return sum((count * Fraction(*marks) for marks, count in often.items()), Fraction(0))


def total_marks(fields: Iterable[Field], *, with_bonus: bool = True) -> Decimal:
    """What all entries of one or more tasks are worth together; exact, for the marks of a task are a decimal."""
    total = exact_total(fields, with_bonus=with_bonus)
    return Decimal(total.numerator) / Decimal(total.denominator)


def shown_places(naming: Naming, quantity: Quantity) -> list[list[Index]]:
    """Places in the stored array by row and column of the shown matrix."""
    if not quantity.shape:
        return [[()]]
    cells = {naming.shown_index(quantity, index): index for index in np.ndindex(*quantity.shape)}
    rows, columns = (max(place[axis] for place in cells) + 1 for axis in (0, 1))
    return [[cells[row, column] for column in range(columns)] for row in range(rows)]


def shown_shape(naming: Naming, quantity: Quantity) -> tuple[int, int]:
    """Rows and columns of the matrix as it is shown, with the biases as a last row where the notation folds them in."""
    rows = shown_places(naming, quantity)
    return len(rows) + naming.folds(quantity), len(rows[0])


def task_fields(question: Question, number: int, naming: Naming) -> Iterator[Field]:
    """The fields of one task, 0-based, in the order of the solution and of the shown matrices."""
    task = question.tasks[number]
    asked = [(one, _places(task, naming, one)) for one in naming.graph.derived if task.asks(one)]
    entries = {"number": sum(len(places) for _, places in asked), "shape": len(asked), CHOICE: 1}
    exact = exactly(task.marks)
    if task.marks_per_task is not None:
        exact = exactly(task.marks_per_task) / max(1, entries.get(task.as_, entries["number"]))
    blank = Field(
        name="",
        symbol="",
        task=number,
        quantity="",
        index=(),
        kind="",
        layer=None,
        step=None,
        sample=None,
        row=None,
        col=None,
        digits=question.digits_of(task),
        marks=_printed_marks(task, exact),
        exact_marks=exact,
        is_bonus=task.bonus,
        as_=task.as_,
    )
    if task.as_ == CHOICE:
        letter = task_letter(number)
        yield replace(blank, name=f"{CHOICE}_{letter}", symbol=f"({letter})", kind=CHOICE)
        return
    for quantity, places in asked:
        of_quantity = replace(
            blank, quantity=quantity.name, kind=quantity.kind, layer=quantity.layer, step=quantity.step
        )
        if task.as_ == "shape":
            symbol = naming.whole_symbol(quantity.name, bias_folded=naming.folds(quantity))
            yield replace(of_quantity, name=f"{symbol.ascii}_shape", symbol=_sheet_symbol(naming, quantity, symbol))
            continue
        for index in places:
            yield _entry_field(naming, quantity, index, of_quantity)


def _places(task: Task, naming: Naming, quantity: Quantity) -> list[Index]:
    """The asked entries of an asked quantity, in the order of the shown matrix."""
    alone = task.entries_of(quantity)
    return [
        index for row in shown_places(naming, quantity) for index in row if alone is None or index in alone
    ]  # fmt: skip


def asks_number(name: str) -> bool:
    """Whether a field of this name asks for a number."""
    return not name.endswith(("_formula", "_shape")) and not name.startswith(f"{CHOICE}_")


def task_letter(number: int) -> str:
    """The letter of a task, 0-based, on the paper."""
    return chr(ord("a") + number)


def _printed_marks(task: Task, exact: Fraction) -> Decimal:
    if task.marks_per_task is None and is_decimal(exact):
        return task.marks
    printed = round(exact * 10**MARKS_DECIMALS)
    return Decimal(printed).scaleb(-MARKS_DECIMALS).normalize()


def _sheet_symbol(naming: Naming, quantity: Quantity, symbol: Symbol) -> str:
    several_steps = naming.shape.steps > 1
    return f"{symbol.unicode} (step {quantity.step})" if several_steps else symbol.unicode


def _entry_field(naming: Naming, quantity: Quantity, index: Index, of_quantity: Field) -> Field:
    """One entry, as a number or as a formula."""
    symbol = naming.entry(quantity.name, index)
    places = [place + 1 for place in index]
    sample = places.pop(0) if quantity.is_per_sample else None
    row, col = (*places, None, None)[:2]
    return replace(
        of_quantity,
        name=f"{symbol.ascii}_formula" if of_quantity.as_ == "formula" else symbol.ascii,
        symbol=_sheet_symbol(naming, quantity, symbol),
        index=index,
        sample=sample,
        row=row,
        col=col,
    )
