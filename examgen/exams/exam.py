"""An exam as frozen values: questions, what they ask, their shapes, and the fields of each shape.

Built from banks (`bank_files`) when papers are made, and from key/exam.json (`key_folder`) when answers are marked;
both give the same fields. Numbers are not part of it: they are in the variants.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from examgen.core.exact import exactly, is_decimal
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import SAMPLES, NetworkShape, network_graph
from examgen.core.probes.equality import copies
from examgen.core.products import ProductsShape, products_graph
from examgen.core.rules import Array
from examgen.exams.cover import PLAIN, Cover
from examgen.exams.digits import Digits
from examgen.exams.notation import PER_SAMPLE, Index, Naming, Notation, QuestionShape, Symbol
from examgen.exams.policy import DEFAULT_SHARES, Policy

ASKABLE = ("z", "a", "loss", "slope", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new", "product")
"""The kinds of quantities that a task may ask for; also the column `quantity` of the key."""

AnswerKind = Literal["number", "formula", "shape", "choice"]
"""What a student writes into the boxes of a task."""

ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)

CHOICE = "choice"
"""The kind of the field of a choice, which is no quantity of the graph."""

MARKS_DECIMALS = 6
"""Decimals of an entry's part of its task's marks as the key shows it; sums are exact all the same."""

ROUNDED_MARKS = 10.0**-MARKS_DECIMALS
"""By as much an entry's marks as shown may be above what it is worth."""


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
        marks_per_task: for all entries together, each the same; None where `marks` are for each.
        is_bonus: whether its marks count on top of those of the exam.
        as_: whether numbers are asked, formulas of the entries, shapes of the shown matrices, or one of the options.
        symbols: kinds of quantities that formulas may use beside given numbers; None for all.
        options: of a choice, lettered a, b, … on the paper; plain text with `$LaTeX$`.
        answer: letter of the right option.
    """

    text: str
    ask: tuple[str, ...]
    steps: tuple[int, ...]
    layers: tuple[int, ...]
    digits: Digits
    marks: Decimal
    marks_per_task: Decimal | None = None
    is_bonus: bool = False
    as_: AnswerKind = "number"
    symbols: tuple[str, ...] | None = None
    options: tuple[str, ...] = ()
    answer: str = ""

    def asks(self, quantity: Quantity) -> bool:
        """Whether this task asks for the quantity."""
        return (
            quantity.kind in self.ask
            and (not self.steps or quantity.step in self.steps or quantity.step is None)
            and (not self.layers or quantity.layer in self.layers or quantity.layer is None)
        )

    def allows(self, quantity: Quantity) -> bool:
        """Whether formulas may use the quantity."""
        is_given = quantity.rule is None or quantity.kind in SAMPLES
        return self.symbols is None or is_given or quantity.kind in self.symbols


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
        given_denominators: the common denominator of those given quantities that are printed as fractions.
        at_kinks: activations of which some paper has a unit right at the kink, where the slope is a convention.
    """

    id: str
    title: str
    text: tuple[str, ...]
    tasks: tuple[Task, ...]
    digits: Digits
    shapes: Mapping[str, QuestionShape]
    given_decimals: Mapping[str, int]
    at_kinks: frozenset[str] = frozenset()
    given_denominators: Mapping[str, int] = attribute(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Exam:
    """A whole exam but for its numbers.

    Attributes:
        id: what the column `exam` of every sheet says: the exam's name and a code of its content, seed and notation.
        name: of the bank or exam file.
        title: as printed.
        notation: of all its questions.
        instructions: paragraphs above the questions.
        policy: how it is marked.
        questions: in order.
        cover: the head of its papers; a key does not hold it.
    """

    id: str
    name: str
    title: str
    notation: Notation
    instructions: tuple[str, ...]
    policy: Policy
    questions: tuple[Question, ...]
    cover: Cover = PLAIN


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


@dataclass(frozen=True, slots=True)
class Route:
    """Another way to go on where quantities are always equal.

    Attributes:
        source: of the quantity from whose answers a student may have gone on; None where that is what leads to the
            first of them.
        equal: of each of the equal quantities, the first before the others; places of entries among `number_fields`.
        settled: those of them that are judged by what leads to them; what leads to the first leads to all.
        behind: places of what is computed from these.
        next: those of them that are computed from these without an answer in between.
    """

    source: Sequence[int] | None
    equal: tuple[Sequence[int], ...]
    settled: tuple[Sequence[int], ...]
    behind: Sequence[int]
    next: Sequence[int]


@dataclass(frozen=True, eq=False)
class PaperShape:
    """One question in one shape and notation: all that a page and its marking need but the numbers.

    Attributes:
        stood_for: quantities that nobody asks for and that the answers for equal ones stand for, see `standing`.
    """

    question: Question
    label: str
    shape: QuestionShape
    graph: ComputationGraph
    naming: Naming
    fields: tuple[Field, ...]
    stood_for: frozenset[str] = frozenset()

    @cached_property
    def number_fields(self) -> tuple[Field, ...]:
        """Those fields that ask for numbers; marking by tolerances and the screens know no others."""
        return tuple(field for field in self.fields if field.as_ == "number")

    @cached_property
    def number_places(self) -> tuple[int, ...]:
        """Their places among all fields."""
        return tuple(place for place, field in enumerate(self.fields) if field.as_ == "number")

    @cached_property
    def entry_places(self) -> Mapping[str, Sequence[int]]:
        """By asked quantity, where its entries are among `number_fields`, in the order in which they are stored."""
        places: dict[str, dict[Index, int]] = {}
        for place, field in enumerate(self.number_fields):
            places.setdefault(field.quantity, {})[field.index] = place
        return {name: [place for _, place in sorted(of_one.items())] for name, of_one in places.items()}

    @cached_property
    def only_others(self) -> "PaperShape":
        """The same paper as if it asked for nothing but formulas, shapes and choices."""
        return replace(self, fields=self.other_fields)

    def needed(self) -> tuple[Quantity, ...]:
        """The derived quantities that are asked for or on the way to one that is, in the order of the graph."""
        wanted = {field.quantity for field in self.fields}
        for quantity in reversed(self.graph.quantities):
            if quantity.name in wanted:
                wanted.update(quantity.inputs)
        return tuple(quantity for quantity in self.graph.derived if quantity.name in wanted)

    @cached_property
    def other_places(self) -> tuple[int, ...]:
        """The places of all others among the fields."""
        return tuple(place for place, field in enumerate(self.fields) if field.as_ != "number")

    @cached_property
    def other_fields(self) -> tuple[Field, ...]:
        """Those fields that ask for formulas, shapes and choices."""
        return tuple(self.fields[place] for place in self.other_places)

    @cached_property
    def only_numbers(self) -> "PaperShape":
        """The same paper as if it asked for nothing but its numbers; itself where it does."""
        return replace(self, fields=self.number_fields) if self.other_places else self

    @cached_property
    def entry_columns(self) -> Mapping[str, Sequence[int] | slice]:
        """The same; where they follow one another as a slice, by which NumPy copies nothing."""
        return {
            name: slice(places[0], places[-1] + 1) if list(places) == list(range(places[0], places[-1] + 1)) else places
            for name, places in self.entry_places.items()
        }

    @cached_property
    def entry_order(self) -> NDArray[np.intp] | None:
        """Of each number's field its place among the entries of one asked quantity after another; None where they have
        the same order."""
        order = np.argsort([place for places in self.entry_places.values() for place in places])
        return None if (order == np.arange(len(order))).all() else order

    @cached_property
    def standing(self) -> "PaperShape":
        """The same paper as marking sees it: an answer stands for the first quantity that always equals the asked one.

        Where the gradient of the biases is asked and that of the pre-activations is not, all that follows starts from
        the answers for the former. Fields keep their names, order and all else.
        """
        asked = {field.quantity for field in self.fields}
        moved: dict[str, str] = {}
        for earlier, later in copies(self.graph):
            if later in asked and earlier not in asked:
                moved[later] = earlier
                asked.add(earlier)
        if not moved:
            return self
        fields = [replace(one, **self._moved_to(one, moved.get(one.quantity, ""))) for one in self.fields]
        return replace(self, fields=tuple(fields), stood_for=frozenset(moved.values()))

    def _moved_to(self, field: Field, name: str) -> dict[str, Any]:
        """Quantity and index of a field that stands for another quantity."""
        if not name or field.as_ != "number":
            return {}
        old, new = self.graph[field.quantity].shape, self.graph[name].shape
        place = int(np.ravel_multi_index(field.index, old)) if old else 0
        index = tuple(int(axis) for axis in np.unravel_index(place, new)) if new else ()
        return {"quantity": name, "index": index}

    @cached_property
    def routes(self) -> tuple["Route", ...]:
        """The other ways in which later work may go on, in the order of the solution; of the paper as `standing`."""
        places, first = self.entry_places, dict[str, str]()
        groups: dict[str, list[Sequence[int]]] = {name: [places[name]] for name in self.stood_for}
        for earlier, later in copies(self.graph):
            asked = first.setdefault(earlier, earlier if earlier in places else later)
            if later in places and asked in places and asked != later:
                groups.setdefault(asked, [places[asked]]).append(places[later])
        return tuple(
            self._route(source, tuple(groups[one.name]))
            for one in self.graph.derived
            if one.name in groups
            for source in (None, *(groups[one.name] if len(groups[one.name]) > 1 else []))
        )

    def _route(self, source: Sequence[int] | None, equal: tuple[Sequence[int], ...]) -> "Route":
        settled = equal if source is not None else equal[:1]
        done = {self.number_fields[places[0]].quantity for places in settled}
        behind, following = set(done), set(done)
        for quantity in self.graph.derived:
            if not behind.isdisjoint(quantity.inputs):
                behind.add(quantity.name)
            if any(name in done or (name in following and name not in self.entry_places) for name in quantity.inputs):
                following.add(quantity.name)

        def places_of(names: set[str]) -> list[int]:
            return [place for name in names - done for place in self.entry_places.get(name, ())]

        return Route(source, equal, settled, places_of(behind), places_of(following))

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
    fields = tuple(field for number in range(len(question.tasks)) for field in _task_fields(question, number, naming))
    return PaperShape(question, label, shape, graph, naming, fields)


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
    return len(rows) + _folds(naming, quantity), len(rows[0])


def _task_fields(question: Question, number: int, naming: Naming) -> Iterator[Field]:
    """The fields of one task, 0-based, in the order of the solution and of the shown matrices."""
    task = question.tasks[number]
    asked = [quantity for quantity in naming.graph.derived if task.asks(quantity)]
    entries = {"number": sum(quantity.size for quantity in asked), "shape": len(asked), CHOICE: 1}
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
        digits=task.digits,
        marks=_printed_marks(task, exact),
        exact_marks=exact,
        is_bonus=task.is_bonus,
        as_=task.as_,
    )
    if task.as_ == CHOICE:
        letter = task_letter(number)
        yield replace(blank, name=f"{CHOICE}_{letter}", symbol=f"({letter})", kind=CHOICE)
        return
    for quantity in asked:
        of_quantity = replace(
            blank, quantity=quantity.name, kind=quantity.kind, layer=quantity.layer, step=quantity.step
        )
        if task.as_ == "shape":
            symbol = naming.whole_symbol(quantity.name, bias_folded=_folds(naming, quantity))
            yield replace(of_quantity, name=f"{symbol.ascii}_shape", symbol=_sheet_symbol(naming, quantity, symbol))
            continue
        for index in (index for row in shown_places(naming, quantity) for index in row):
            yield _entry_field(naming, quantity, index, of_quantity)


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


def _folds(naming: Naming, quantity: Quantity) -> bool:
    return naming.notation.folds_bias and quantity.kind in {"dL_dW", "W_new"}


def _sheet_symbol(naming: Naming, quantity: Quantity, symbol: Symbol) -> str:
    several_steps = isinstance(naming.shape, NetworkShape) and naming.shape.steps > 1
    return f"{symbol.unicode} (step {quantity.step})" if several_steps else symbol.unicode


def _entry_field(naming: Naming, quantity: Quantity, index: Index, of_quantity: Field) -> Field:
    """One entry, as a number or as a formula."""
    symbol = naming.entry(quantity.name, index)
    places = [place + 1 for place in index]
    sample = places.pop(0) if quantity.kind in PER_SAMPLE else None
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


__all__ = [
    "ANSWER_KINDS",
    "ASKABLE",
    "CHOICE",
    "DEFAULT_SHARES",
    "MARKS_DECIMALS",
    "ROUNDED_MARKS",
    "AnswerKind",
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
    "asks_number",
    "exact_total",
    "paper_shape",
    "shape_graph",
    "shown_places",
    "shown_shape",
    "task_letter",
    "total_marks",
]
