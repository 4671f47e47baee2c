"""The tables of bank and exam files as pydantic models; `bank_files` reads files into them."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from examgen.core import draw_versions
from examgen.core.network_layout import BatchDelta
from examgen.core.products import OPERATIONS
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import OPTIMIZERS
from examgen.exams.banks.bank_values import Day, Duration, Line, Matrix, Names, Range
from examgen.exams.cover import Cover
from examgen.exams.digits import Digits
from examgen.exams.forms import Count, Form, Number, Prose, Proses, Strict, Texts, Whole, require
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.policy import Policy
from examgen.exams.task import Task, toml_text
from examgen.exams.wording.texts import checked_text


def _known_draws(version: int) -> int:
    known = range(draw_versions.FIRST_DRAWS, draw_versions.CURRENT_DRAWS + 1)
    if version not in known:
        raise ValueError(f"found {version}; allowed are versions of the draws: {', '.join(map(str, known))}")
    return version


Draws = Annotated[Whole, AfterValidator(_known_draws)]
"""A version of the draws, see `examgen.core.draw_versions`."""


class CoverModel(Form):
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


Plain = Annotated[str, AfterValidator(checked_text)]


class PenaltyModel(Form):
    """`penalty`: what is added to the loss, half of `l2` times the squares of all weights."""

    l2: Annotated[Number, Field(gt=0)]


class OptimizerModel(Form):
    """`optimizer`: its name and its numbers, which may be left out where they are the usual ones."""

    name: str
    momentum: Annotated[Number, Field(gt=0, lt=1)] | None = None
    beta1: Annotated[Number, Field(gt=0, lt=1)] | None = None
    beta2: Annotated[Number, Field(gt=0, lt=1)] | None = None
    epsilon: Annotated[Number, Field(ge=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _known(self) -> "OptimizerModel":
        require(self.name, OPTIMIZERS, "optimizer")
        allowed = OPTIMIZERS[self.name].constants
        if others := [key for key in self.model_fields_set - {"name"} if key not in allowed]:
            raise ValueError(f"{others[0]} is no number of {self.name}; it has {', '.join(allowed)}")
        return self

    @property
    def constants(self) -> dict[str, Decimal]:
        """Its numbers by name."""
        usual = OPTIMIZERS[self.name].constants
        given = ((name, getattr(self, name)) for name in usual)
        return {name: Decimal(usual[name]) if value is None else value for name, value in given}


class NetworkModel(Form):
    """`[network]`: a list of names for a layer or for the loss draws one of them for each student."""

    sizes: Annotated[tuple[Count, ...], Field(min_length=2, max_length=9)]
    activations: tuple[Names, ...]
    loss: Names
    steps: Annotated[Whole, Field(ge=1, le=9)] = 1
    samples_per_step: Annotated[Whole, Field(ge=1, le=16)] = 1
    batch_delta: BatchDelta | None = None

    bias: Strict | tuple[Strict, ...] = True
    frozen: Texts = ()
    shown: Texts = ()
    samples: Literal["new", "same", "cycle"] = "new"
    sample_count: Annotated[Whole, Field(ge=1, le=64)] | None = None
    batch: Literal["mean", "sum"] = "mean"
    penalty: PenaltyModel | None = None
    optimizer: OptimizerModel | None = None

    later_keys: ClassVar[frozenset[str]] = frozenset(
        {"batch_delta", "bias", "frozen", "shown", "samples", "sample_count", "batch", "penalty", "optimizer"}
    )

    @property
    def constants(self) -> dict[str, Decimal]:
        """The numbers of penalty and optimizer, by the names of the given quantities."""
        of_steps = {} if self.optimizer is None else self.optimizer.constants
        return ({} if self.penalty is None else {"l2": self.penalty.l2}) | of_steps

    @property
    def biases(self) -> tuple[bool, ...] | None:
        """For each layer whether it has biases; None where all have."""
        of_layers = (self.bias,) * (len(self.sizes) - 1) if isinstance(self.bias, bool) else self.bias
        return None if all(of_layers) and len(of_layers) == len(self.sizes) - 1 else of_layers

    @model_validator(mode="after")
    def _known(self) -> "NetworkModel":
        for name in (name for names in self.activations for name in names):
            require(name, ACTIVATIONS, "activation")
        for name in self.loss:
            require(name, LOSSES, "loss")
        if self.sample_count is not None and self.samples != "cycle":
            raise ValueError('sample_count says how many samples the steps use in turn; give samples = "cycle" with it')
        return self


class ProductModel(Form):
    """One of `[[products]]`; left and right are [rows, columns], and for shape_of_product left out."""

    operation: str
    left: tuple[Count, Count] = (1, 2)
    right: tuple[Count, Count] = (1, 2)

    @model_validator(mode="after")
    def _known(self) -> "ProductModel":
        require(self.operation, OPERATIONS, "operation")
        return self


class GraphModel(Form):
    """`[graph]`: what is given, and in `[graph.define]` one quantity after another; of a list of definitions one is
    drawn for each student."""

    given: Annotated[dict[str, tuple[Count, ...]], Field(min_length=1)]
    define: Annotated[dict[str, Names], Field(min_length=1)]
    output: str = ""
    symbols: dict[str, Plain] = Field(default_factory=dict)


class ScreensModel(Form):
    """`[screens]`: what a drawn variant must keep to."""

    kink_margin: Annotated[Number, Field(ge=0)] = Decimal("0.05")
    min_slope: Annotated[Number, Field(ge=0)] = Decimal("0.02")
    significant_digits: Annotated[Whole, Field(ge=0, le=9)] = 2
    tie_margin: Annotated[Number, Field(ge=0, lt=Decimal("0.5"))] = Decimal("0.001")
    max_abs: Annotated[Number, Field(gt=0)] = Decimal(9999)
    misconception_margin: Annotated[Number, Field(ge=0, le=100)] = Decimal(2)
    max_draws: Annotated[Whole, Field(ge=1, le=1_000_000)] = 20_000


def _own_digits(task: Task) -> Task:
    if task.as_ != "number" and task.digits is not None:
        raise ValueError(f"digits are of numbers; leave them out of a task with as = {toml_text(task.as_)}")
    return task


BankTask = Annotated[Task, AfterValidator(_own_digits)]
"""A task of a family, where digits are written for numbers only; keys have those of every task."""


class Family(PapersModel):
    """One question family; its policy holds where it is an exam of its own, not within an exam of several."""

    format: Literal[1] = 1
    title: Prose
    about: Prose = ""
    text: Proses = ()
    notation: str = "from-to"
    network: NetworkModel | None = None
    products: tuple[ProductModel, ...] = ()
    graph: GraphModel | None = None
    values: dict[str, Range] = Field(default_factory=dict)
    fixed: dict[str, Matrix] = Field(default_factory=dict)
    digits: Digits
    screens: ScreensModel = ScreensModel()
    policy: Policy = Policy()
    tasks: Annotated[tuple[BankTask, ...], Field(min_length=1, max_length=26)]

    later_keys: ClassVar[frozenset[str]] = PapersModel.later_keys | {"graph"}

    @property
    def shown(self) -> tuple[str, ...]:
        """Kinds of quantities, or quantities, that papers print instead of asking for them."""
        return self.network.shown if self.network is not None else ()

    @property
    def numbers(self) -> dict[str, Matrix]:
        """The given numbers that are the same on all papers: fixed ones, and those of penalty and optimizer."""
        return dict(self.fixed) | (self.network.constants if self.network is not None else {})

    @property
    def named(self) -> tuple[str, ...]:
        """All that its tasks ask for, or allow in formulas, and that its papers print."""
        return (*self.shown, *(text for task in self.tasks for text in (*task.ask, *(task.symbols or ()))))

    @property
    def is_fixed(self) -> bool:
        """Whether nothing is drawn."""
        return not self.values

    @model_validator(mode="after")
    def _whole(self) -> "Family":
        require(self.notation, NOTATIONS, "notation")
        if sum(map(bool, (self.network, self.products, self.graph))) != 1:
            raise ValueError("give one of [network], [[products]] and [graph]")
        if not self.values and not self.fixed:
            raise ValueError("give [values], what to draw, or [fixed], the numbers themselves, or both")
        if twice := [name for name in self.values if name in self.fixed]:
            raise ValueError(f"{twice[0]} is in [values] and in [fixed]; keep one of them")
        return self


class QuestionModel(Form):
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
    policy: Policy = Policy()
    questions: Annotated[tuple[QuestionModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _known(self) -> "ExamModel":
        require(self.notation, NOTATIONS, "notation")
        return self
