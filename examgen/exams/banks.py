"""Question families and exams as TOML: the format, its validation, and where shipped files are found.

A **family** has `[network]` or `[[products]]`, the numbers to draw (`[values]`) or a textbook's own (`[fixed]`), and
`[[tasks]]`. An **exam** lists families under `[[questions]]`. Every mistake is one line that says the file, the key,
what was found and what is allowed.
"""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from examgen.core.activations import ACTIVATIONS
from examgen.core.losses import LOSSES
from examgen.core.products import OPERATIONS
from examgen.errors import BankError, did_you_mean
from examgen.exams.exam import ASKABLE
from examgen.exams.notation import NOTATIONS
from examgen.resources import shipped

MAX_FILE_BYTES = 1_000_000
MAX_GRID = 1_000_000


def _decimal(value: object) -> object:
    """Decimals come as TOML numbers or strings; TOML floats are parsed as decimals, so nothing is lost."""
    if isinstance(value, bool):
        raise ValueError("use a number such as 0.1")
    if isinstance(value, int | str):
        try:
            return Decimal(str(value))
        except ArithmeticError:
            raise ValueError('use a number such as 0.1 or "0.1"') from None
    return value


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Number = Annotated[Decimal, BeforeValidator(_decimal), Field(allow_inf_nan=False, max_digits=15)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Count = Annotated[int, Field(ge=1, le=64)]
Matrix = tuple[tuple[Number, ...], ...] | tuple[Number, ...] | Number


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class DigitsModel(_Model):
    """`decimals = 4` or `significant_figures = 3`."""

    decimals: Annotated[int, Field(ge=0, le=9)] | None = None
    significant_figures: Annotated[int, Field(ge=1, le=9)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "DigitsModel":
        if (self.decimals is None) == (self.significant_figures is None):
            raise ValueError("give either decimals or significant_figures")
        return self


class Range(_Model):
    """What one number may be: a grid from min to max, a list of choices, or a one-hot row."""

    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    choices: tuple[Number, ...] = ()
    exclude: tuple[Number, ...] = ()
    one_hot: bool = False

    @model_validator(mode="after")
    def _usable(self) -> "Range":
        grid = (self.min, self.max, self.step)
        if sum((any(part is not None for part in grid), bool(self.choices), self.one_hot)) != 1:
            raise ValueError("give min, max and step, or choices, or one_hot = true")
        if self.one_hot or self.choices:
            return self
        if self.min is None or self.max is None or self.step is None:
            raise ValueError("min, max and step belong together")
        if self.step <= 0:
            raise ValueError(f"step is {self.step}; use a positive decimal such as 0.1")
        if self.max < self.min:
            raise ValueError(f"max {self.max} is below min {self.min}")
        if (self.max - self.min) / self.step > MAX_GRID:
            raise ValueError(f"more than {MAX_GRID} values from min to max; use a larger step")
        if not self.grid()[0]:
            raise ValueError("exclude leaves no value")
        return self

    @property
    def decimals(self) -> int:
        """Decimals that every value of this range can be printed with."""
        numbers = [number for number in (self.min, self.step, *self.choices) if number is not None]
        return max((max(0, -int(number.normalize().as_tuple().exponent)) for number in numbers), default=0)

    def grid(self) -> tuple[tuple[int, ...], int]:
        """All values as integers scaled by 10 ** decimals, and decimals; none for one-hot rows."""
        scale = self.decimals

        def scaled(number: Decimal) -> int:
            return int(number.scaleb(scale))

        if self.choices:
            return tuple(scaled(number) for number in self.choices), scale
        if self.min is None or self.max is None or self.step is None:
            return (), scale
        excluded = {number.scaleb(scale) for number in self.exclude}
        values = range(scaled(self.min), scaled(self.max) + 1, scaled(self.step))
        return tuple(value for value in values if value not in excluded), scale


class NetworkModel(_Model):
    """`[network]`: a list of names for a layer or for the loss draws one of them for each student."""

    sizes: Annotated[tuple[Count, ...], Field(min_length=2, max_length=9)]
    activations: tuple[Texts, ...]
    loss: Texts
    steps: Annotated[int, Field(ge=1, le=9)] = 1
    samples_per_step: Annotated[int, Field(ge=1, le=16)] = 1

    @model_validator(mode="after")
    def _known(self) -> "NetworkModel":
        for name in (name for names in self.activations for name in names):
            _require(name, ACTIVATIONS, "activation")
        for name in self.loss:
            _require(name, LOSSES, "loss")
        return self


class ProductModel(_Model):
    """One of `[[products]]`; left and right are [rows, columns], and for shape_of_product left out."""

    operation: str
    left: tuple[Count, Count] = (1, 2)
    right: tuple[Count, Count] = (1, 2)

    @model_validator(mode="after")
    def _known(self) -> "ProductModel":
        _require(self.operation, OPERATIONS, "operation")
        return self


class TaskModel(_Model):
    """One of `[[tasks]]`."""

    text: str
    ask: Annotated[Texts, Field(min_length=1)]
    steps: tuple[Count, ...] = ()
    layers: tuple[Count, ...] = ()
    digits: DigitsModel | None = None
    marks: Annotated[Number, Field(ge=0, le=1000)] = Decimal(1)

    @model_validator(mode="after")
    def _askable(self) -> "TaskModel":
        for kind in self.ask:
            _require(kind, ASKABLE, "quantity")
        return self


class ScreensModel(_Model):
    """`[screens]`: what a drawn variant must keep to."""

    kink_margin: Annotated[Number, Field(ge=0)] = Decimal("0.05")
    min_slope: Annotated[Number, Field(ge=0)] = Decimal("0.02")
    significant_digits: Annotated[int, Field(ge=0, le=9)] = 2
    tie_margin: Annotated[Number, Field(ge=0, lt=Decimal("0.5"))] = Decimal("0.001")
    max_abs: Annotated[Number, Field(gt=0)] = Decimal(9999)
    max_draws: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000


class Family(_Model):
    """One question family."""

    format: Literal[1] = 1
    title: str
    about: str = ""
    text: Texts = ()
    notation: str = "from-to"
    network: NetworkModel | None = None
    products: tuple[ProductModel, ...] = ()
    values: dict[str, Range] = Field(default_factory=dict)
    fixed: dict[str, Matrix] = Field(default_factory=dict)
    digits: DigitsModel
    screens: ScreensModel = ScreensModel()
    tasks: Annotated[tuple[TaskModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _whole(self) -> "Family":
        _require(self.notation, NOTATIONS, "notation")
        if (self.network is None) == (not self.products):
            raise ValueError("give either [network] or [[products]]")
        if bool(self.values) == bool(self.fixed):
            raise ValueError("give either [values], what to draw, or [fixed], the numbers themselves")
        return self


class PolicyModel(_Model):
    """`[policy]`: the share of an entry's marks for each outcome."""

    correct: Annotated[Number, Field(ge=0, le=1)] = Decimal(1)
    imprecise: Annotated[Number, Field(ge=0, le=1)] = Decimal("0.5")


class QuestionModel(_Model):
    """One of `[[questions]]`: a family by shipped name, or a path beside the exam file."""

    family: str
    title: str = ""


class ExamModel(_Model):
    """One exam file."""

    format: Literal[1] = 1
    title: str
    about: str = ""
    notation: str = "from-to"
    instructions: Texts = ()
    policy: PolicyModel = PolicyModel()
    questions: Annotated[tuple[QuestionModel, ...], Field(min_length=1, max_length=26)]

    @model_validator(mode="after")
    def _known(self) -> "ExamModel":
        _require(self.notation, NOTATIONS, "notation")
        return self


def find_bank(name: str, beside: Path | None = None) -> Path:
    """The file of a shipped exam or family, or the TOML path itself.

    Args:
        name: a shipped name, or a path that ends in .toml.
        beside: folder in which relative paths are looked up first; the current one otherwise.

    Raises:
        BankError: there is no such file; the message lists the shipped names.
    """
    if name.endswith(".toml") or "/" in name:
        for path in ([beside / name] if beside else []) + [Path(name)]:
            if path.is_file():
                return path
        raise BankError(f"{name}: there is no such file")
    shipped_files = {path.stem: path for path in shipped_banks()}
    if name not in shipped_files:
        raise BankError(
            f"exam {name!r} is not shipped; use a path that ends in .toml, or one of "
            f"{', '.join(shipped_files)}.{did_you_mean(name, shipped_files)}"
        )
    return shipped_files[name]


def shipped_banks() -> tuple[Path, ...]:
    """All shipped files: exams, then families, then worked examples, each by name."""
    root = shipped("banks")
    return tuple(path for folder in ("exams", "families", "worked") for path in sorted((root / folder).glob("*.toml")))


def load_bank(path: Path) -> Family | ExamModel:
    """Read and validate one TOML file.

    Raises:
        BankError: the file cannot be read, is no TOML, or breaks the format.
    """
    document = _parse(path)
    model: type[Family] | type[ExamModel] = ExamModel if "questions" in document else Family
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise BankError(_explain(path, model, error)) from None


def _parse(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BankError(f"{path}: larger than {MAX_FILE_BYTES} bytes; a bank is a short text file")
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BankError(f"{path}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise BankError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise BankError(f"{path}: {error.strerror or error}") from None


def _require(name: str, allowed: Any, what: str) -> None:
    if name not in allowed:
        raise ValueError(f"{what} {name!r} is unknown; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}")


def _explain(path: Path, model: type[_Model], error: ValidationError) -> str:
    """The first mistake in one line, and how many more there are."""
    first, *more = error.errors(include_url=False)
    where = _key_path(first["loc"])
    if first["type"] == "extra_forbidden":
        allowed = tuple(_allowed_keys(model, first["loc"][:-1]))
        found = str(first["loc"][-1])
        said = f"unknown key; allowed here: {', '.join(allowed)}.{did_you_mean(found, allowed)}"
    elif first["type"] == "missing":
        said = "is missing"
    elif first["type"] == "value_error":
        said = str(first["ctx"]["error"])
    else:
        said = f"found {_shorten(first['input'])}; {first['msg'][0].lower()}{first['msg'][1:]}"
    rest = f" (and {len(more)} more)" if more else ""
    return f"{path}: {where}: {said}{rest}" if where else f"{path}: {said}{rest}"


def _key_path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _allowed_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> Iterator[str]:
    """The keys of the model that stands at this place."""
    current: Any = model
    for part in location:
        if isinstance(part, str) and part in getattr(current, "model_fields", {}):
            current = _inner_model(current.model_fields[part].annotation)
    yield from getattr(current, "model_fields", {})


def _inner_model(annotation: Any) -> Any:
    """The model inside tuple[X, ...], dict[str, X] or X | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := _inner_model(argument):
            return found
    return None


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
