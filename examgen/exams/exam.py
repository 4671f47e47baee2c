"""An exam as frozen values: questions, what they ask, and their shapes; and the numbers of one student's paper.

Built from banks (`bank_files`) when papers are made, and from key/exam.json (`key_folder`) when answers are marked;
both give the same fields (`fields`). Numbers are not part of an exam: they are in the variants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from examgen.core.exercise import Exercise
from examgen.core.rules.rule import Array
from examgen.exams.cover import PLAIN, Cover
from examgen.exams.digits import Digits
from examgen.exams.naming.notation import Notation
from examgen.exams.policy import Policy
from examgen.exams.task import Task


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

    def digits_of(self, task: Task) -> Digits:
        """To how many digits a task asks."""
        return task.digits or self.digits


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
    """One student's paper.

    Attributes:
        student, name: who it is for; both are empty where it is for anybody.
        code: that is printed on it.
        questions: its numbers, by question id.
        language, paper: of this paper where they are others than those of the class; else empty.
    """

    student: str
    name: str
    code: str
    questions: Mapping[str, QuestionVariant]
    language: str = ""
    paper: str = ""
