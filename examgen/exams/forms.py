"""Tables of bank files and keys as frozen models: their base, how they are read, and how a key writes them.

A concept such as a task (`task`) or a policy (`policy`) is one model: each option's name, type, default and allowed
values stand there, once. Bank files are read into it, marking works by it, and keys write it and read it back.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from examgen.core.exact import MAX_DIGITS, exactly, is_decimal
from examgen.errors import did_you_mean
from examgen.exams.form_mistakes import explain, shorten
from examgen.exams.wording.texts import checked_text

MOST_BELOW = 1000
"""The largest denominator of a fraction."""

_RATIO = re.compile(r"\s*([+-]?[0-9]{1,9})\s*/\s*([0-9]{1,9})\s*")
_LONG = Context(prec=2 * MAX_DIGITS)


class Form(BaseModel):
    """A table of a bank file or of a key: unknown keys are mistakes.

    Keys are the names of fields, or their aliases where Python needs another name; code may use the names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, validate_by_name=True, validate_by_alias=True)

    later_keys: ClassVar[frozenset[str]] = frozenset()
    """Names of the fields that the format did not have at first."""

    @model_serializer(mode="wrap")
    def _written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Later keys only where the file has them: an exam's id is made of this, and stays what it was."""
        dumped: dict[str, Any] = dump(self)
        unwritten = self.later_keys - self.model_fields_set
        return {name: value for name, value in dumped.items() if name not in unwritten}

    @property
    def unsaid(self) -> frozenset[str]:
        """Names of the fields that a key leaves out: later ones that say what they would say without."""
        fields = type(self).model_fields
        return frozenset(name for name in self.later_keys if getattr(self, name) == fields[name].default)


F = TypeVar("F", bound=Form)


def form_of(model: type[F], document: object, where: str = "") -> F:
    """A table of a document as its model.

    Args:
        model: what it is.
        document: the table; its numbers are integers, decimals or texts, never floats.
        where: its place, for messages; empty for the document itself.

    Raises:
        ValueError: it breaks the format; the message is one line with the place, what was found and what is allowed.
    """
    try:
        return model.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ValueError(explain(model, error, where)) from None


def document_of(form: Form) -> dict[str, Any]:
    """A table as a key has it, spelled as in a bank file, for `form_of` to read."""
    return {
        field.alias or name: _plain(getattr(form, name))
        for name, field in type(form).model_fields.items()
        if name not in form.unsaid
    }


def decimal_of(value: object) -> Decimal:
    """Decimals come as TOML numbers or strings; TOML floats are parsed as decimals, so nothing is lost.

    A fraction that no decimal can say, such as "1/3", becomes one of more digits, for which `exactly` has the fraction.

    Raises:
        ValueError: it is no finite number of at most 15 digits, and no fraction of small whole numbers.
    """
    if isinstance(value, str) and (ratio := _RATIO.fullmatch(value)):
        return _ratio(int(ratio[1]), int(ratio[2]), value)
    try:
        exact = Decimal(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else value
    except (ArithmeticError, ValueError):
        exact = None
    if not isinstance(exact, Decimal):
        raise ValueError(f"found {shorten(value)}; use a number such as 0.1")
    if not exact.is_finite():
        raise ValueError(f"found {shorten(value)}; use a finite number")
    exponent = int(exact.as_tuple().exponent)
    if max(len(exact.as_tuple().digits) + max(exponent, 0), -exponent) > MAX_DIGITS:
        raise ValueError(f"found {shorten(value)}; use at most {MAX_DIGITS} digits")
    return exact


def number_text(number: Decimal) -> str:
    """A number as files have it: a decimal, or a fraction that `decimal_of` takes."""
    exact = exactly(number)
    return format(number, "f") if is_decimal(exact) else str(exact)


def require(name: str, allowed: Any, what: str) -> None:
    """Raise a ValueError that lists what is allowed where a name is unknown."""
    if name not in allowed:
        raise ValueError(f"{what} {name!r} is unknown; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}")


def _plain(value: Any) -> Any:
    if isinstance(value, Form):
        return document_of(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return number_text(value)
    return "none" if value is None else value


def _ratio(above: int, below: int, found: str) -> Decimal:
    if not 1 <= below <= MOST_BELOW:
        raise ValueError(f'found {shorten(found)}; use a fraction such as "1/3", with 1 to {MOST_BELOW} below the line')
    return _LONG.divide(Decimal(above), Decimal(below))


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class Among:
    """That texts are names of a table, for the schema that editors read; `require` refuses others in words."""

    names: Collection[str]

    def __get_pydantic_json_schema__(self, inner: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of texts with the names as all that they may be."""
        return _among(handler(inner), list(self.names))


def _among(schema: JsonSchemaValue, names: list[str]) -> JsonSchemaValue:
    if "anyOf" in schema:
        return schema | {"anyOf": [_among(part, names) for part in schema["anyOf"]]}
    if schema["type"] == "array":
        return schema | {"items": _among(schema["items"], names)}
    return schema | {"enum": names}


Number = Annotated[Decimal, BeforeValidator(decimal_of)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])]
Prose = Annotated[str, AfterValidator(checked_text)]
"""A text that papers show."""

Proses = Annotated[tuple[Prose, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])]
# Strict, for true is no number of layers, and 1 is no yes.
Whole = Annotated[int, Field(strict=True)]
Strict = Annotated[bool, Field(strict=True)]
Count = Annotated[Whole, Field(ge=1, le=64)]
