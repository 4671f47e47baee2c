"""Bank files as an editor sees them: what the schema says of a text."""

import tomllib
from datetime import date
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from examgen.exams.banks.bank_schema import bank_schema


def mistakes_in(text: str) -> list[str]:
    """Places and messages of what an editor marks in a bank file."""
    found = _validator().iter_errors(_as_json(tomllib.loads(text)))
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def _validator() -> Draft7Validator:
    schema = bank_schema()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def _as_json(part: Any) -> Any:
    """TOML as editors hand it to a validator: days are texts."""
    if isinstance(part, dict):
        return {key: _as_json(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_as_json(value) for value in part]
    return part.isoformat() if isinstance(part, date) else part
