"""How exam.json spells exercises: each kind as the fields of its frozen value, so that they are named once.

Read by `key_documents` and `key_reading`. Another kind is one more row.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.exams.form_mistakes import shorten

_KINDS: Mapping[str, TypeAdapter[Any]] = MappingProxyType(
    {
        "sizes": TypeAdapter(NetworkShape),
        "products": TypeAdapter(ProductsShape),
    }
)
"""By the field that tells a kind from the others, its form."""


def exercise_document(shape: Exercise) -> dict[str, Any]:
    """An exercise as in exam.json; what it does not say is left out."""
    form = next(form for name, form in _KINDS.items() if hasattr(shape, name))
    found: dict[str, Any] = form.dump_python(shape, mode="json", exclude_none=True)
    return found


def exercise_from(document: Mapping[str, Any]) -> Exercise:
    """The exercise of a document of exam.json.

    Raises: ValueError: it is none, or has something more; the message says where and what.
    """
    form = next((form for name, form in _KINDS.items() if name in document), None)
    if form is None:
        raise ValueError(f"a shape has {' or '.join(_KINDS)}")
    try:
        # As JSON: lists stand for tuples there, and nothing else for anything.
        shape: Exercise = form.validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise ValueError(_said(error)) from None
    return shape


def _said(error: ValidationError) -> str:
    """What is wrong first: where, what was found, and what is allowed."""
    first = error.errors(include_url=False)[0]
    where, said = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    if "expected" in first.get("ctx", {}):
        said = f"found {shorten(first['input'])}; use {first['ctx']['expected']}"
    return f"{where}: {said}" if where else said
