"""One lettered part of a question: what it asks for, in what form, to how many digits, and for how many marks.

`[[tasks]]` of a family, and the tasks of key/exam.json.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from examgen.core.graph import Quantity
from examgen.exams.asking import asked_of
from examgen.exams.digits import Digits
from examgen.exams.form_mistakes import shorten
from examgen.exams.forms import Count, Form, Number, Prose, Strict, Texts
from examgen.exams.naming.notation import Index
from examgen.exams.wording.option_texts import numbers_in, option_parts

AnswerKind = Literal["number", "formula", "shape", "choice"]
"""What a student writes into the boxes of a task."""

CHOICE = "choice"
"""The kind of the field of a choice, which is no quantity of the graph."""

MAX_OPTIONS = 26
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

MOST_SHOWN = 60
"""Characters of an answer in a message."""


def _one_or_several(value: object) -> object:
    """Said here once, for a union of types complains about each of them."""
    several = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(one, str) for one in several):
        raise ValueError(f'found {shorten(value)}; use a text such as "a", or a list of them')
    return value


Answer = Annotated[str | tuple[str, ...], BeforeValidator(_one_or_several)]

Marks = Annotated[Number, Field(ge=0, le=1000)]


class Task(Form):
    """A task, as a bank file or a key says it.

    Attributes:
        text: plain text with `$LaTeX$`.
        ask: kinds of quantities such as dL_dW, quantities such as dL_dW2, or entries such as dL_dW2[1,3].
        steps: steps of gradient descent; empty for all.
        layers: layers, or numbers of products; empty for all.
        digits: to how many digits; None for those of the question.
        marks: for each entry.
        marks_per_task: spread equally over all entries; None where `marks` are for each.
        bonus: whether its marks count on top of those of the exam.
        as_: whether numbers are asked, formulas of the entries, shapes of the shown matrices, or one of the options.
        symbols: kinds of quantities, or quantities, that formulas may use beside given numbers; None for all.
        options: of a choice, lettered a, b, … on the paper; plain text with `$LaTeX$`, and with numbers of each paper
            as `{expression}`, or `{expression | misconception}` for what a student with that one comes to.
        answer: the right option, by its letter or its text, or an expression over the question's numbers that gives
            its number, from 1 on; a list of letters or texts where students name all that are right.
        shuffle: whether the options of a choice stand in another order on other papers.
    """

    text: Prose
    ask: Texts = ()
    steps: tuple[Count, ...] = ()
    layers: tuple[Count, ...] = ()
    digits: Digits | None = None
    marks: Marks = Decimal(1)
    marks_per_task: Marks | None = None
    bonus: Strict = False
    as_: Annotated[AnswerKind, Field(alias="as")] = "number"
    symbols: Texts | None = None
    options: tuple[Prose, ...] = ()
    answer: Answer = ""
    shuffle: Strict = False

    later_keys: ClassVar[frozenset[str]] = frozenset(
        {"marks_per_task", "bonus", "as_", "symbols", "options", "shuffle", "answer"}
    )

    @model_validator(mode="after")
    def _askable(self) -> Self:
        for kind in (*self.ask, *(self.symbols or ())):
            asked_of(kind)
        self._check_kind()
        if self.as_ == CHOICE:
            _check_choice(self.ask, self.options, self.answer)
        if self.marks_per_task is not None and "marks" in self.model_fields_set:
            raise ValueError("give either marks, for each entry, or marks_per_task, for all entries together")
        return self

    @property
    def unsaid(self) -> frozenset[str]:
        """Of marks for each entry and for all of them, what does not count."""
        return super().unsaid | ({"marks"} if self.marks_per_task is not None else frozenset())

    def of_question(self, digits: Digits) -> Self:
        """This task as an exam has it.

        Args:
            digits: of its question, for where it says none.

        Returns: the task with its digits, and with the right option by its letter.
        """
        answer = self.right_letters if self.takes_several else "".join(self.right_letters) or self.answer
        return self.model_copy(update={"digits": self.digits or digits, "answer": answer})

    @property
    def takes_several(self) -> bool:
        """Whether a choice asks for all right options, however many they are."""
        return not isinstance(self.answer, str)

    @property
    def right_letters(self) -> tuple[str, ...]:
        """The letters of the right options, from a on; none where the numbers tell which one it is."""
        answers = [self.answer] if isinstance(self.answer, str) else self.answer
        return tuple(sorted(filter(None, (_answer_letter(self.options, one) for one in answers))))

    @property
    def option_expression(self) -> str:
        """The expression that gives the number of the right option; empty where the task says which one it is."""
        is_told = self.takes_several or self.right_letters
        return "" if is_told or self.as_ != CHOICE else str(self.answer)

    @property
    def expressions(self) -> tuple[str, ...]:
        """Those that a choice reads the question's numbers by: of its right option, and in the options' texts."""
        return tuple(filter(None, (self.option_expression, *(one.expression for one in numbers_in(self.options)))))

    def asks(self, quantity: Quantity) -> bool:
        """Whether this task asks for the quantity, or for entries of it."""
        return self.is_in_place(quantity) and any(asked_of(text).means(quantity) for text in self.ask)

    def entries_of(self, quantity: Quantity) -> frozenset[Index] | None:
        """The places of the entries that alone are asked of a quantity; None where all are."""
        named = [one for one in map(asked_of, self.ask) if one.means(quantity)]
        if any(not one.entry for one in named):
            return None
        return frozenset(place for one in named if (place := one.place_in(quantity)) is not None)

    def is_in_place(self, quantity: Quantity) -> bool:
        """Whether the quantity is of the steps and layers that the task is about."""
        is_of_step = not self.steps or quantity.step in self.steps or quantity.step is None
        return is_of_step and (not self.layers or quantity.layer in self.layers or quantity.layer is None)

    def allows(self, quantity: Quantity) -> bool:
        """Whether formulas may use the quantity."""
        is_given = quantity.rule is None or quantity.is_copied
        return self.symbols is None or is_given or any(asked_of(text).means(quantity) for text in self.symbols)

    def _check_kind(self) -> None:
        kind = toml_text(self.as_)
        if self.as_ != "formula" and self.symbols is not None:
            raise ValueError(f'symbols belong to as = "formula"; this task is as = {kind}')
        if self.as_ == CHOICE:
            return
        if self.options or self.answer:
            raise ValueError(f"options and answer belong to as = {toml_text(CHOICE)}; this task is as = {kind}")
        if self.shuffle:
            raise ValueError(f"shuffle belongs to as = {toml_text(CHOICE)}; this task is as = {kind}")
        if not self.ask:
            raise ValueError("ask is missing; name one or more quantities")
        if self.as_ == "shape" and any(asked_of(text).entry for text in self.ask):
            raise ValueError("shapes are those of whole matrices and vectors; ask for no single entries")
        if self.as_ == "shape" and "loss" in self.ask:
            raise ValueError("the loss is a single number; ask for shapes of matrices and vectors")


def toml_text(text: str) -> str:
    """A text as it stands in a bank file."""
    return f'"{text}"'


def _answer_letter(options: Sequence[str], answer: str) -> str:
    """The letter of the right option, given by its letter or its text; empty where there is none."""
    texts = [_plain_option(option) for option in options]
    plain = _plain_option(answer)
    if plain in texts:
        return _LETTERS[texts.index(plain)]
    letters = _LETTERS[: len(options)]
    return plain if len(plain) == 1 and plain in letters else ""


def _plain_option(text: str) -> str:
    """What two options are told apart by: neither capitals, nor spaces, nor the signs around formulas."""
    return " ".join(text.replace("$", "").casefold().split())


def _check_choice(ask: Sequence[str], options: Sequence[str], answer: str | Sequence[str]) -> None:
    if ask:
        raise ValueError("a choice asks for no quantities; leave ask out")
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise ValueError(f"a choice has {len(options)} options; give 2 to {MAX_OPTIONS}")
    for place, option in enumerate(options, start=1):
        try:
            option_parts(option)
        except ValueError as error:
            raise ValueError(f"options[{place}]: {error}") from None
    plain = [_plain_option(option) for option in options]
    if "" in plain or len(set(plain)) < len(plain):
        raise ValueError("each option needs a text of its own; capitals, spaces and $ do not tell two apart")
    letters = _LETTERS[: len(options)]
    # Else "b" could mean two of them.
    others = {text for letter, text in zip(letters, plain, strict=True) if text != letter}
    if mistaken := sorted(others & set(letters)):
        raise ValueError(f"the option {toml_text(mistaken[0])} is the letter of another one; write more of it")
    if isinstance(answer, str):
        # Any other text may be an expression, which is read where the numbers are known.
        if not _plain_option(answer):
            raise ValueError(unknown_answer(answer, len(options)))
        return
    if not answer:
        raise ValueError("answer is an empty list; name every right option by its letter or its text")
    found = [_answer_letter(options, one) for one in answer]
    if "" in found:
        raise ValueError(unknown_answer(answer[found.index("")], len(options)))
    if len(set(found)) < len(found):
        raise ValueError("answer names an option twice; name each right one once")


def unknown_answer(answer: str, options: int) -> str:
    """That an answer is none of so many options, and what it may be."""
    return (
        f"answer is {toml_text(answer[:MOST_SHOWN])}; give the right option's letter, {_LETTERS[0]} to "
        f"{_LETTERS[options - 1]}, or its text"
    )
