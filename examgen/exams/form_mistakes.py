"""Mistakes in tables of bank files and keys as one line: the key, what was found and what is allowed.

`forms` makes lines of what pydantic says, and shortens what it found.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from examgen.errors import did_you_mean

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
        "string_too_short": "give {min_length} or more characters",
        "string_too_long": "give {max_length} or fewer characters",
        "too_short": "give {min_length} or more",
        "too_long": "give {max_length} or fewer",
    }
)
"""What is allowed, by pydantic's type of error."""


def explain(model: type[BaseModel], error: ValidationError, where: str = "") -> str:
    """The first mistake in one line, and how many more there are; unknown keys first, for they explain missing ones.

    Args:
        model: what was validated.
        error: what pydantic found.
        where: key of the model in its document; empty for the document itself.
    """
    first, *more = sorted(_own_mistakes(error), key=lambda mistake: mistake["type"] != "extra_forbidden")
    where = key_path((where, *first["loc"]) if where else first["loc"])
    if first["type"] == "extra_forbidden":
        allowed = tuple(_allowed_keys(model, first["loc"][:-1]))
        said = unknown_key(str(first["loc"][-1]), allowed)
    else:
        said = said_of(first)
    rest = f" (and {len(more)} more)" if more else ""
    return f"{where}: {said}{rest}" if where else f"{said}{rest}"


def unknown_key(name: str, allowed: Collection[str]) -> str:
    """That a table has no such key, and which ones it has."""
    return f"unknown key; allowed here: {', '.join(allowed)}.{did_you_mean(name, allowed)}"


def said_of(mistake: ErrorDetails) -> str:
    """One mistake without its place: what was found, and what is allowed."""
    if mistake["type"] == "missing":
        return "is missing"
    if mistake["type"] == "value_error":
        return str(mistake["ctx"]["error"])
    return f"found {shorten(mistake['input'])}; {_wanted(mistake)}"


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


def key_path(location: tuple[int | str, ...]) -> str:
    """A place in a document as authors count: `tasks[1].ask`."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _allowed_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> Iterator[str]:
    """The keys of the model that stands at this place."""
    current: Any = model
    for part in location:
        if isinstance(part, str) and part in getattr(current, "model_fields", {}):
            current = inner_model(current.model_fields[part].annotation)
    for name, field in getattr(current, "model_fields", {}).items():
        yield field.alias or name


def inner_model(annotation: Any) -> Any:
    """The model inside tuple[X, ...], dict[str, X] or X | None; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := inner_model(argument):
            return found
    return None


def shorten(value: object) -> str:
    """A value as TOML or JSON more or less writes it, in at most 60 characters."""
    try:
        text = str(value) if isinstance(value, Decimal) else repr(value)
    except (ValueError, RecursionError):
        return "a value too large to show"
    text = {"True": "true", "False": "false", "None": "null"}.get(text, _without_types(text))
    return text if len(text) <= 60 else text[:57] + "..."


def _without_types(text: str) -> str:
    return re.sub(r"Decimal\('([^']*)'\)", r"\1", text)
