"""An exam as frozen values: questions, what they ask, their shapes, and the fields of each shape.

Built from banks (`banks`) when papers are made, and from key/exam.json (`keys`) when answers are marked; both give the
same fields. Numbers are not part of it: they are in the variants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import NetworkShape, network_graph
from examgen.core.products import ProductsShape, products_graph
from examgen.core.rules import Array
from examgen.exams.digits import Digits
from examgen.exams.notation import PER_SAMPLE, Index, Naming, Notation, QuestionShape

ASKABLE = ("z", "a", "loss", "slope", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new", "product")
"""The kinds of quantities that a task may ask for; also the column `quantity` of the key."""


@dataclass(frozen=True, slots=True)
class Task:
    """One lettered part of a question.

    Attributes:
        text: plain text with `$LaTeX$`.
        ask: kinds of quantities from `ASKABLE`.
        steps: steps of gradient descent; empty for all.
        layers: layers, or numbers of products; empty for all.
        digits: to how many digits.
        marks: for each entry.
    """

    text: str
    ask: tuple[str, ...]
    steps: tuple[int, ...]
    layers: tuple[int, ...]
    digits: Digits
    marks: Decimal

    def asks(self, quantity: Quantity) -> bool:
        """Whether this task asks for the quantity."""
        return (
            quantity.kind in self.ask
            and (not self.steps or quantity.step in self.steps or quantity.step is None)
            and (not self.layers or quantity.layer in self.layers or quantity.layer is None)
        )


@dataclass(frozen=True, eq=False)
class Question:
    """One question of an exam; its variants have one of its shapes.

    Attributes:
        id: `Q1`, `Q2`, …
        title: heading.
        text: paragraphs, plain text with `$LaTeX$`.
        tasks: what is asked.
        digits: to how many digits quantities that nobody asks for are rounded on the way.
        shapes: by label.
        given_decimals: decimals with which each given quantity is printed.
    """

    id: str
    title: str
    text: tuple[str, ...]
    tasks: tuple[Task, ...]
    digits: Digits
    shapes: Mapping[str, QuestionShape]
    given_decimals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Policy:
    """Marks per outcome, as shares of an entry's marks; outcomes that are not named get nothing."""

    shares: Mapping[str, Decimal]


DEFAULT_SHARES: Mapping[str, Decimal] = MappingProxyType({"correct": Decimal(1), "imprecise": Decimal("0.5")})


@dataclass(frozen=True, eq=False)
class Exam:
    """A whole exam but for its numbers.

    Attributes:
        id: what the column `exam` of every sheet says: the exam's name and a code of its content, seed and notation.
        name: of the bank or exam file.
        title: as printed.
        notation: of all its questions.
        instructions: paragraphs above the questions.
        policy: marks per outcome.
        questions: in order.
    """

    id: str
    name: str
    title: str
    notation: Notation
    instructions: tuple[str, ...]
    policy: Policy
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One asked entry: where it is on the paper, in the graph, and in the canonical columns of the key.

    Attributes:
        name: ASCII field id, unique in its question.
        symbol: Unicode symbol.
        task: 0-based task of the question.
        quantity: name in the graph.
        index: 0-based place in the stored array.
        kind, layer, step, sample, row, col: the key's columns, 1-based, None where they do not apply.
        digits: to how many digits it is asked.
        marks: what it is worth.
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


@dataclass(frozen=True, eq=False)
class PaperShape:
    """One question in one shape and notation: all that a page and its marking need but the numbers."""

    question: Question
    label: str
    shape: QuestionShape
    graph: ComputationGraph
    naming: Naming
    fields: tuple[Field, ...]

    def asked(self, task: int | None = None) -> tuple[Quantity, ...]:
        """The asked quantities in the order of the solution, of one task or of all."""
        names = {field.quantity for field in self.fields if task in (None, field.task)}
        return tuple(quantity for quantity in self.graph if quantity.name in names)


@dataclass(frozen=True, eq=False)
class QuestionVariant:
    """One student's numbers for one question: the label of the shape, and the given arrays in stored order."""

    label: str
    givens: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Variant:
    """One student's paper: who it is for (both empty where it is for anybody), its code, and its numbers."""

    student: str
    name: str
    code: str
    questions: Mapping[str, QuestionVariant]


def shape_graph(shape: QuestionShape) -> ComputationGraph:
    """The computation graph of a question's shape."""
    return network_graph(shape) if isinstance(shape, NetworkShape) else products_graph(shape)


@lru_cache(maxsize=512)
def paper_shape(question: Question, label: str, notation: Notation) -> PaperShape:
    """The shape of this label with its graph, names and fields; built once."""
    shape = question.shapes[label]
    graph = shape_graph(shape)
    naming = Naming(notation, shape, graph)
    fields = tuple(
        field
        for number, task in enumerate(question.tasks)
        for quantity in graph.derived
        if task.asks(quantity)
        for field in _fields_of(naming, quantity, number, task)
    )
    return PaperShape(question, label, shape, graph, naming, fields)


def shown_places(naming: Naming, quantity: Quantity) -> list[list[Index]]:
    """Places in the stored array by row and column of the shown matrix."""
    if not quantity.shape:
        return [[()]]
    cells = {naming.shown_index(quantity, index): index for index in np.ndindex(*quantity.shape)}
    rows, columns = (max(place[axis] for place in cells) + 1 for axis in (0, 1))
    return [[cells[row, column] for column in range(columns)] for row in range(rows)]


def _fields_of(naming: Naming, quantity: Quantity, number: int, task: Task) -> list[Field]:
    return [_field(naming, quantity, index, number, task) for row in shown_places(naming, quantity) for index in row]


def _field(naming: Naming, quantity: Quantity, index: Index, number: int, task: Task) -> Field:
    symbol = naming.entry(quantity.name, index)
    places = [place + 1 for place in index]
    sample = places.pop(0) if quantity.kind in PER_SAMPLE else None
    row, col = (*places, None, None)[:2]
    several_steps = isinstance(naming.shape, NetworkShape) and naming.shape.steps > 1
    text = f"{symbol.unicode} (step {quantity.step})" if several_steps else symbol.unicode
    return Field(
        name=symbol.ascii,
        symbol=text,
        task=number,
        quantity=quantity.name,
        index=index,
        kind=quantity.kind,
        layer=quantity.layer,
        step=quantity.step,
        sample=sample,
        row=row,
        col=col,
        digits=task.digits,
        marks=task.marks,
    )


__all__ = [
    "ASKABLE",
    "DEFAULT_SHARES",
    "Exam",
    "Field",
    "NetworkShape",
    "PaperShape",
    "Policy",
    "ProductsShape",
    "Question",
    "QuestionVariant",
    "Task",
    "Variant",
    "paper_shape",
    "shape_graph",
    "shown_places",
]
