"""How exam.json spells exercises: each kind as the fields of its frozen value, so that they are named once.

Read by `key_documents` and `key_reading`. Another kind is one more row.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.exams.form_mistakes import key_path, said_of, shorten, unknown_key

LARGEST = 64
"""No size, number of steps or of samples of a paper is larger."""

_KINDS: Mapping[str, type] = MappingProxyType(
    {"sizes": NetworkShape, "products": ProductsShape, "define": CircuitShape}
)
"""The kinds, each by the field that tells it from the others."""

_INNER: Mapping[str, type] = MappingProxyType({"products": ProductSpec})
"""What the tables of a list are."""


@cache
def _form(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def exercise_document(shape: Exercise) -> dict[str, Any]:
    """An exercise as in exam.json; what it does not say is left out."""
    found: dict[str, Any] = _form(type(shape)).dump_python(shape, mode="json", exclude_none=True)
    return found


def exercise_from(document: Any) -> Exercise:
    """The exercise of a document of exam.json.

    Raises: ValueError: it is none, lacks something or has something more; the message says where, what was found and
        what is allowed.
    """
    kind = next((kind for name, kind in _KINDS.items() if isinstance(document, dict) and name in document), None)
    if kind is None:
        raise ValueError(f"found {shorten(document)}; a shape is a table with {' or '.join(_KINDS)}")
    _check_keys(kind, document, ())
    try:
        # As JSON: lists stand for tuples there, and nothing else for anything.
        shape: Exercise = _form(kind).validate_json(json.dumps(document, ensure_ascii=False).encode(), strict=True)
    except UnicodeEncodeError as error:
        raise ValueError(f"has the character U+{ord(error.object[error.start]):04X}, which no page can show") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(": ".join(filter(None, (key_path(first["loc"]), said_of(first))))) from None
    return shape


def _check_keys(kind: type, document: Any, where: tuple[int | str, ...]) -> None:
    """That a table has what the fields of a value say, and nothing more; numbers are those of papers.

    Raises: ValueError: it does not.
    """
    if not isinstance(document, dict):
        return  # what was found is told by its type
    parts = {part.name: part for part in fields(kind)}
    for name in document:
        if name not in parts:
            raise ValueError(f"{key_path((*where, name))}: {unknown_key(name, parts)}")
    for name, part in parts.items():
        if name not in document and part.default is not None:
            raise ValueError(f"{key_path((*where, name))}: is missing")
    for name, value in document.items():
        for place, one in enumerate(value if isinstance(value, list) else ()):
            if isinstance(one, dict):
                _check_keys(_INNER[name], one, (*where, name, place))
        numbers = value if isinstance(value, list) else [value]
        if large := [one for one in numbers if isinstance(one, int) and one > LARGEST]:
            raise ValueError(
                f"{key_path((*where, name))}: found {shorten(large[0])}; use a whole number from 1 to {LARGEST}"
            )
