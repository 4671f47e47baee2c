"""An exam as frozen values: questions, what they ask, and their shapes; and the numbers of one student's paper.

Built from banks (`bank_files`) when papers are made, and from key/exam.json (`key_folder`) when answers are marked;
both give the same fields (`fields`). Numbers are not part of an exam: they are in the variants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from typing import Literal, get_args

from examgen.core.exercise import Exercise
from examgen.core.graph import Quantity
from examgen.core.rules.rule import Array
from examgen.exams.cover import PLAIN, Cover
from examgen.exams.digits import Digits
from examgen.exams.notation import Notation
from examgen.exams.policy import Policy

ASKABLE = ("z", "a", "loss", "slope", "dL_da", "dL_dz", "dL_dW", "dL_db", "W_new", "b_new", "product")
"""The kinds of quantities that a task may ask for; also the column `quantity` of the key."""

AnswerKind = Literal["number", "formula", "shape", "choice"]
"""What a student writes into the boxes of a task."""

ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)

CHOICE = "choice"
"""The kind of the field of a choice, which is no quantity of the graph."""


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
        is_given = quantity.rule is None or quantity.is_copied
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
    shapes: Mapping[str, Exercise]
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
