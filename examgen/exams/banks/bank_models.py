"""The tables of bank and exam files as pydantic models; `bank_files` reads files into them."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from examgen.core.network_layout import BatchDelta
from examgen.core.products import OPERATIONS
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import OPTIMIZERS
from examgen.exams.banks.bank_values import Matrix, Names, Range
from examgen.exams.banks.paper_models import NotationName, PapersModel, ScreensModel
from examgen.exams.digits import Digits
from examgen.exams.forms import Among, Count, Form, Number, Prose, Proses, Strict, Texts, Whole, require
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.policy import Policy
from examgen.exams.task import Task, toml_text
from examgen.exams.wording.texts import checked_text

Plain = Annotated[str, AfterValidator(checked_text)]


class PenaltyModel(Form):
    """`penalty`: what is added to the loss, half of `l2` times the squares of all weights.

    Attributes:
        l2: the number λ of λ/2 Σ w².
    """

    l2: Annotated[Number, Field(gt=0)]


class OptimizerModel(Form):
    """`optimizer`: its name and its numbers, which may be left out where they are the usual ones.

    Attributes:
        name: of the optimizer.
        momentum: share of the last change that goes on.
        beta1: share of the first moment that is kept.
        beta2: share of the second moment that is kept.
        epsilon: added below the line.
    """

    name: Annotated[str, Among(OPTIMIZERS)]
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
    """`[network]`: a list of names for a layer or for the loss draws one of them for each student.

    Attributes:
        sizes: units of each layer, the inputs first.
        activations: of each layer behind the inputs; of a list within the list each student has one.
        loss: what is made small; of a list each student has one.
        steps: steps of gradient descent.
        samples_per_step: samples of a mini-batch.
        batch_delta: what δ is in a mini-batch: of the mean loss, or of each sample's own loss.
        bias: whether there are biases; or a list, for each layer.
        frozen: weights and biases that are given and never updated, such as "b1".
        shown: intermediates that the paper prints instead of asking for them, such as "a".
        samples: "new" has samples of its own for each step, "same" always the first, "cycle" all in turn.
        sample_count: how many samples the steps use in turn, with samples = "cycle".
        batch: how the losses of a mini-batch are put together.
        penalty: added to the loss, such as { l2 = 0.1 }.
        optimizer: how weights are changed, such as { name = "momentum", momentum = 0.9 }.
        weights_as: how W in [fixed] is typed: "stored", a row for each unit that it leads to, or "printed", as on
            paper.
    """

    sizes: Annotated[tuple[Count, ...], Field(min_length=2, max_length=9)]
    activations: tuple[Annotated[Names, Among(ACTIVATIONS)], ...]
    loss: Annotated[Names, Among(LOSSES)]
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
    weights_as: Literal["stored", "printed"] = "stored"

    later_keys: ClassVar[frozenset[str]] = frozenset(
        {
            "batch_delta",
            "bias",
            "frozen",
            "shown",
            "samples",
            "sample_count",
            "batch",
            "penalty",
            "optimizer",
            "weights_as",
        }
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
    """One of `[[products]]`.

    Attributes:
        operation: what is done with the two.
        left: rows and columns of the left matrix; left out for shape_of_product.
        right: rows and columns of the right matrix; left out for shape_of_product.
    """

    operation: Annotated[str, Among(OPERATIONS)]
    left: tuple[Count, Count] = (1, 2)
    right: tuple[Count, Count] = (1, 2)

    @model_validator(mode="after")
    def _known(self) -> "ProductModel":
        require(self.operation, OPERATIONS, "operation")
        return self


class GraphModel(Form):
    """`[graph]`: any exercise that is a graph of quantities.

    Attributes:
        given: names and shapes of the given numbers: [] is a number, [3] a vector, [2, 3] a matrix.
        define: one quantity after another, each from those above; of a list of formulas each student has one.
        output: the number that derivatives are of, if any are asked.
        symbols: LaTeX by name, where the name is not enough.
    """

    given: Annotated[dict[str, tuple[Count, ...]], Field(min_length=1)]
    define: Annotated[dict[str, Names], Field(min_length=1)]
    output: str = ""
    symbols: dict[str, Plain] = Field(default_factory=dict)


def _own_digits(task: Task) -> Task:
    if task.as_ != "number" and task.digits is not None:
        raise ValueError(f"digits are of numbers; leave them out of a task with as = {toml_text(task.as_)}")
    return task


BankTask = Annotated[Task, AfterValidator(_own_digits)]
"""A task of a family, where digits are written for numbers only; keys have those of every task."""


class Family(PapersModel):
    """One question family; its policy holds where it is an exam of its own, not within an exam of several.

    Attributes:
        format: of the file; always 1.
        title: heading of the question.
        about: a line for examgen list.
        text: paragraphs above the tasks; plain text with $LaTeX$.
        notation: how the paper writes symbols.
        network: a network, as [network]; or give [[products]] or [graph].
        products: products of matrices, as [[products]].
        graph: any other exercise, as [graph].
        values: what numbers may be drawn, by name: min, max and step, without those of exclude; or choices; or one_hot.
        fixed: numbers that are the same for all, by name.
        digits: to how many digits answers are asked.
        screens: what a drawn paper must keep to.
        policy: how answers are marked.
        tasks: the lettered parts, in order.
    """

    format: Literal[1] = 1
    title: Prose
    about: Prose = ""
    text: Proses = ()
    notation: NotationName = "from-to"
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
        is_said = self.network is not None and "weights_as" in self.network.model_fields_set
        if is_said and not any(name.startswith("W") for name in self.fixed):
            raise ValueError("network.weights_as says how W in [fixed] is typed, and there is none; leave it out")
        return self
