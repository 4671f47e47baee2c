"""The tables of bank and exam files as pydantic models; `bank_files` reads files into them."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from examgen.core import draw_versions
from examgen.core.network import BatchDelta
from examgen.core.products import OPERATIONS
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.exams.banks.bank_answers import check_answers, toml_text
from examgen.exams.banks.bank_policy import PolicyModel
from examgen.exams.banks.bank_values import (
    BankModel,
    Count,
    Day,
    DigitsModel,
    Duration,
    Line,
    Matrix,
    Names,
    Number,
    Prose,
    Proses,
    Range,
    Strict,
    Texts,
    Whole,
    require,
)
from examgen.exams.cover import Cover
from examgen.exams.exam import ASKABLE, AnswerKind
from examgen.exams.notation import NOTATIONS

Marks = Annotated[Number, Field(ge=0, le=1000)]


def _known_draws(version: int) -> int:
    known = range(draw_versions.FIRST_DRAWS, draw_versions.CURRENT_DRAWS + 1)
    if version not in known:
        raise ValueError(f"found {version}; allowed are versions of the draws: {', '.join(map(str, known))}")
    return version


Draws = Annotated[Whole, AfterValidator(_known_draws)]
"""A version of the draws, see `examgen.core.draw_versions`."""


class CoverModel(BankModel):
    """What bank and exam files say of the head of a paper; of a family only where it is an exam of its own."""

    course: Line = ""
    date: Day = ""
    duration: Duration = ""
    duplex: Strict = False

    cover_keys: ClassVar[tuple[str, ...]] = ("course", "date", "duration", "duplex")

    @property
    def cover(self) -> Cover:
        """The head of its papers."""
        return Cover(self.course, self.date, self.duration, self.duplex)


class PapersModel(CoverModel):
    """What bank and exam files say of papers as a whole; of a family only where it is an exam of its own.

    `draws` is the version of the draws. Without it, papers are drawn as they always were.
    """

    draws: Draws = draw_versions.FIRST_DRAWS

    later_keys: ClassVar[frozenset[str]] = frozenset({"draws"})


class NetworkModel(BankModel):
    """`[network]`: a list of names for a layer or for the loss draws one of them for each student."""

    sizes: Annotated[tuple[Count, ...], Field(min_length=2, max_length=9)]
    activations: tuple[Names, ...]
    loss: Names
    steps: Annotated[Whole, Field(ge=1, le=9)] = 1
    samples_per_step: Annotated[Whole, Field(ge=1, le=16)] = 1
    batch_delta: BatchDelta | None = None

    later_keys: ClassVar[frozenset[str]] = frozenset({"batch_delta"})

    @model_validator(mode="after")
    def _known(self) -> "NetworkModel":
        for name in (name for names in self.activations for name in names):
            require(name, ACTIVATIONS, "activation")
        for name in self.loss:
            require(name, LOSSES, "loss")
        return self


class ProductModel(BankModel):
    """One of `[[products]]`; left and right are [rows, columns], and for shape_of_product left out."""

    operation: str
    left: tuple[Count, Count] = (1, 2)
    right: tuple[Count, Count] = (1, 2)

    @model_validator(mode="after")
    def _known(self) -> "ProductModel":
        require(self.operation, OPERATIONS, "operation")
        return self


class TaskModel(BankModel):
    """One of `[[tasks]]`: marks are for each entry, marks_per_task are spread equally over all of its entries.

    `as` says what the answers are: numbers; formulas, in given numbers and, of all other quantities, in those of
    `symbols`; shapes of matrices; or one of the lettered `options`, of which `answer` is the right one, by its letter
    or its text.
    """

    text: Prose
    ask: Texts = ()
    steps: tuple[Count, ...] = ()
    layers: tuple[Count, ...] = ()
    digits: DigitsModel | None = None
    marks: Marks = Decimal(1)
    marks_per_task: Marks | None = None
    bonus: Strict = False
    as_: Annotated[AnswerKind, Field(alias="as")] = "number"
    symbols: Texts | None = None
    options: tuple[Prose, ...] = ()
    answer: str = ""

    later_keys: ClassVar[frozenset[str]] = frozenset({"marks_per_task", "bonus", "as_", "symbols", "options", "answer"})

    @model_validator(mode="after")
    def _askable(self) -> "TaskModel":
        for kind in self.ask:
            require(kind, ASKABLE, "quantity")
        for kind in self.symbols or ():
            require(kind, ASKABLE, "quantity")
        check_answers(self.as_, self.ask, self.symbols, self.options, self.answer)
        if self.as_ != "number" and self.digits is not None:
            raise ValueError(f"digits are of numbers; leave them out of a task with as = {toml_text(self.as_)}")
        if self.marks_per_task is not None and "marks" in self.model_fields_set:
            raise ValueError("give either marks, for each entry, or marks_per_task, for all entries together")
        return self


class ScreensModel(BankModel):
    """`[screens]`: what a drawn variant must keep to."""

    kink_margin: Annotated[Number, Field(ge=0)] = Decimal("0.05")
    min_slope: Annotated[Number, Field(ge=0)] = Decimal("0.02")
    significant_digits: Annotated[Whole, Field(ge=0, le=9)] = 2
    tie_margin: Annotated[Number, Field(ge=0, lt=Decimal("0.5"))] = Decimal("0.001")
    max_abs: Annotated[Number, Field(gt=0)] = Decimal(9999)
    misconception_margin: Annotated[Number, Field(ge=0, le=100)] = Decimal(2)
    max_draws: Annotated[Whole, Field(ge=1, le=1_000_000)] = 20_000


class Family(PapersModel):
    """One question family; its policy holds where it is an exam of its own, not within an exam of several."""

    format: Literal[1] = 1
    title: Prose
    about: Prose = ""
    text: Proses = ()
    notation: str = "from-to"
    network: NetworkModel | None = None
    products: tuple[ProductModel, ...] = ()
    values: dict[str, Range] = Field(default_factory=dict)
    fixed: dict[str, Matrix] = Field(default_factory=dict)
    digits: DigitsModel
    screens: ScreensModel = ScreensModel()
    policy: PolicyModel = PolicyModel()
    tasks: Annotated[tuple[TaskModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _whole(self) -> "Family":
        require(self.notation, NOTATIONS, "notation")
        if (self.network is None) == (not self.products):
            raise ValueError("give either [network] or [[products]]")
        if bool(self.values) == bool(self.fixed):
            raise ValueError("give either [values], what to draw, or [fixed], the numbers themselves")
        return self


class QuestionModel(BankModel):
    """One of `[[questions]]`: a family by shipped name, or a path beside the exam file."""

    family: str
    title: Prose = ""


class ExamModel(PapersModel):
    """One exam file."""

    format: Literal[1] = 1
    title: Prose
    about: Prose = ""
    notation: str = "from-to"
    instructions: Proses = ()
    policy: PolicyModel = PolicyModel()
    questions: Annotated[tuple[QuestionModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _known(self) -> "ExamModel":
        require(self.notation, NOTATIONS, "notation")
        return self
