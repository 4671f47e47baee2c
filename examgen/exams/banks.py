"""Question families and exams as TOML: the format, its validation, and where shipped files are found.

A **family** has `[network]` or `[[products]]`, the numbers to draw (`[values]`) or a textbook's own (`[fixed]`), and
`[[tasks]]`. An **exam** lists families under `[[questions]]`. Every mistake is one line that says the file, the key,
what was found and what is allowed.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from examgen.core.activations import ACTIVATIONS
from examgen.core.losses import LOSSES
from examgen.core.products import OPERATIONS
from examgen.errors import BankError, did_you_mean
from examgen.exams.exam import ASKABLE
from examgen.exams.notation import NOTATIONS
from examgen.resources import shipped

MAX_FILE_BYTES = 1_000_000
MAX_GRID = 1_000_000
MAX_DIGITS = 15

_WANTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "use a text in quotes",
        "int_type": "use a whole number",
        "bool_type": "use true or false",
        "tuple_type": "use a list in [ ]",
        "dict_type": "use a table in {{ }}",
        "model_type": "use a table in {{ }}",
        "greater_than": "use more than {gt}",
        "greater_than_equal": "use {ge} or more",
        "less_than": "use less than {lt}",
        "less_than_equal": "use {le} or less",
        "literal_error": "use {expected}",
        "too_short": "give {min_length} or more",
        "too_long": "give {max_length} or fewer",
    }
)
"""What is allowed, by pydantic's type of error."""


def _decimal(value: object) -> Decimal:
    """Decimals come as TOML numbers or strings; TOML floats are parsed as decimals, so nothing is lost."""
    try:
        exact = Decimal(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else value
    except (ArithmeticError, ValueError):
        exact = None
    if not isinstance(exact, Decimal):
        raise ValueError(f"found {_shorten(value)}; use a number such as 0.1")
    if not exact.is_finite():
        raise ValueError(f"found {_shorten(value)}; use a finite number")
    exponent = int(exact.as_tuple().exponent)
    if max(len(exact.as_tuple().digits) + max(exponent, 0), -exponent) > MAX_DIGITS:
        raise ValueError(f"found {_shorten(value)}; use at most {MAX_DIGITS} digits")
    return exact


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _numbers(value: object) -> object:
    """Said here once, for a union of types complains about each of them."""
    depth = _depth(value)
    if depth > 2:
        raise ValueError(f"found {_shorten(value)}; use a number, or a list, or a list of rows, of numbers")
    for number in _flat(value):
        _decimal(number)
    return value


def _depth(value: object) -> int:
    """How many lists are around the numbers; 3 for anything deeper or ragged."""
    if not isinstance(value, list):
        return 0
    inner = {0 if not isinstance(part, list) else 1 + any(isinstance(cell, list) for cell in part) for part in value}
    return 1 + max(inner, default=0) if len(inner) < 2 else 3


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for part in value:
            yield from _flat(part)
    else:
        yield value


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Names = Annotated[Texts, Field(min_length=1)]
# Strict, for true is no number of layers.
Whole = Annotated[int, Field(strict=True)]
Count = Annotated[Whole, Field(ge=1, le=64)]
Matrix = Annotated[tuple[tuple[Number, ...], ...] | tuple[Number, ...] | Number, BeforeValidator(_numbers)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class DigitsModel(_Model):
    """`decimals = 4` or `significant_figures = 3`."""

    decimals: Annotated[Whole, Field(ge=0, le=9)] | None = None
    significant_figures: Annotated[Whole, Field(ge=1, le=9)] | None = None

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
    one_hot: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _usable(self) -> "Range":
        grid = (self.min, self.max, self.step)
        if sum((any(part is not None for part in grid), bool(self.choices), self.one_hot)) != 1:
            raise ValueError("give min, max and step, or choices, or one_hot = true")
        if self.exclude and self.min is None:
            raise ValueError("exclude belongs to min, max and step; leave the values out of choices instead")
        if any(
            abs(number.scaleb(self.decimals)) >= 10**MAX_DIGITS
            for number in (*self.choices, self.min, self.max)
            if number
        ):
            raise ValueError(
                f"numbers of more than {MAX_DIGITS} digits at {self.decimals} decimals; use rounder numbers"
            )
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
            return math.floor(number.scaleb(scale))

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
    activations: tuple[Names, ...]
    loss: Names
    steps: Annotated[Whole, Field(ge=1, le=9)] = 1
    samples_per_step: Annotated[Whole, Field(ge=1, le=16)] = 1

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
    ask: Names
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
    significant_digits: Annotated[Whole, Field(ge=0, le=9)] = 2
    tie_margin: Annotated[Number, Field(ge=0, lt=Decimal("0.5"))] = Decimal("0.001")
    max_abs: Annotated[Number, Field(gt=0)] = Decimal(9999)
    max_draws: Annotated[Whole, Field(ge=1, le=1_000_000)] = 20_000


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
            if _is_file(path):
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
    is_family = "questions" not in document and any(key in document for key in ("network", "products", "tasks"))
    model: type[Family] | type[ExamModel] = Family if is_family else ExamModel
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise BankError(_explain(path, model, error)) from None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # Such as a name that is too long.
        return False


def _parse(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BankError(f"{path}: larger than {MAX_FILE_BYTES} bytes; a bank is a short text file")
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BankError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise BankError(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise BankError(f"{path}: not valid TOML: lists or tables inside one another too deeply") from None
    except (ValueError, ArithmeticError):
        raise BankError(f"{path}: not valid TOML: a number has too many digits") from None
    except OSError as error:
        raise BankError(f"{path}: {error.strerror or error}") from None


def _require(name: str, allowed: Any, what: str) -> None:
    if name not in allowed:
        raise ValueError(f"{what} {name!r} is unknown; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}")


def _explain(path: Path, model: type[_Model], error: ValidationError) -> str:
    """The first mistake in one line, and how many more there are; unknown keys first, for they explain missing ones."""
    first, *more = sorted(_own_mistakes(error), key=lambda mistake: mistake["type"] != "extra_forbidden")
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
        said = f"found {_shorten(first['input'])}; {_wanted(first)}"
    rest = f" (and {len(more)} more)" if more else ""
    return f"{path}: {where}: {said}{rest}" if where else f"{path}: {said}{rest}"


def _wanted(mistake: ErrorDetails) -> str:
    if mistake["type"] not in _WANTED:
        return mistake["msg"][:1].lower() + mistake["msg"][1:]
    return _without_types(_WANTED[mistake["type"]].format(**mistake.get("ctx", {})))


def _own_mistakes(error: ValidationError) -> list[ErrorDetails]:
    """All mistakes but for lists that are too short only because their items are wrong."""
    found = error.errors(include_url=False)
    places = [mistake["loc"] for mistake in found]
    return [
        mistake
        for mistake in found
        if not (
            mistake["type"] == "too_short"
            and any(place[:-1][: len(mistake["loc"])] == mistake["loc"] for place in places)
        )
    ]


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
    """A value as TOML more or less writes it, in at most 60 characters."""
    try:
        text = str(value) if isinstance(value, Decimal) else repr(value)
    except (ValueError, RecursionError):
        return "a value too large to show"
    text = {"True": "true", "False": "false"}.get(text, _without_types(text))
    return text if len(text) <= 60 else text[:57] + "..."


def _without_types(text: str) -> str:
    return re.sub(r"Decimal\('([^']*)'\)", r"\1", text)
