"""The JSON Schema of bank and exam files, made from their models: editors complete keys by it and mark mistakes.

One schema is for both kinds of files. What pydantic makes of the models is put into the words that editors use: TOML
has no null, bounds stand at the numbers that they are of, and keys have their explanations.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from examgen.core.exact import MAX_DIGITS
from examgen.exams.banks.bank_models import Family
from examgen.exams.banks.key_texts import about_model, key_texts
from examgen.exams.banks.paper_models import ExamModel

SCHEMA_FILE = "examgen.schema.json"
"""The name under which it lies beside banks."""

TITLE = "A bank or an exam of examgen"

_NUMBER = (
    rf"^\s*[+-]?([0-9]{{1,9}}\s*/\s*[0-9]{{1,9}}|([0-9]{{0,{MAX_DIGITS}}}[.])?[0-9]+([eE][+-]?[0-9]+)?|[0-9]+[.])\s*$"
)
_BOUNDS: Mapping[str, str] = MappingProxyType(
    {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
)
KINDS = ("network", "products", "graph")
"""The tables of which a family has one."""


def bank_schema() -> JsonSchemaValue:
    """The schema of a file that is a family, or an exam where it has `questions`."""
    both = (Family, ExamModel)
    _, made = models_json_schema(
        [(one, "validation") for one in both], schema_generator=_OfBanks, ref_template="#/definitions/{model}"
    )
    definitions = {name: _plain(schema) for name, schema in made["$defs"].items()}
    family, exam = (definitions.pop(one.__name__) for one in both)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "description": "A question family, or an exam where there are [[questions]].",
        "type": "object",
        "properties": exam["properties"] | family["properties"],
        # Not a choice of two schemas: editors would only say that the whole file fits neither.
        "if": {"required": ["questions"]},
        "then": _only(exam),
        "else": _only(family)
        | {
            "oneOf": [{"required": [kind]} for kind in KINDS],
            "anyOf": [{"required": ["values"]}, {"required": ["fixed"]}],
        },
        "definitions": definitions,
    }


def schema_text() -> str:
    """The schema as a file has it."""
    return json.dumps(bank_schema(), indent=2, ensure_ascii=False) + "\n"


class _OfBanks(GenerateJsonSchema):
    """Tables and keys with what their docstrings say of them."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        model = schema["cls"]
        if issubclass(model, BaseModel) and "properties" in made:
            made["description"] = about_model(model)
            for key, text in key_texts(model).items():
                made["properties"][key] = made["properties"][key] | {"description": _sentence(text)}
        return made


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _only(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"required": schema["required"], "propertyNames": {"enum": list(schema["properties"])}}


def _plain(schema: Any) -> Any:
    """A part of a schema in editors' words, with all that is in it."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema:
        inner = {name: _plain(part) for name, part in schema["properties"].items()}
        return _plain_table({name: part for name, part in schema.items() if name != "properties"}) | {
            "properties": inner
        }
    return _plain_table(schema)


def _plain_table(schema: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: _plain(part) for name, part in schema.items() if not _is_noise(name, part)}
    bounds = {_BOUNDS[name]: json.loads(str(made.pop(name))) for name in _BOUNDS if name in made}
    if "minLength" in made and _is_list(made):
        made["minItems"] = made.pop("minLength")
    if "anyOf" in made:
        made["anyOf"] = list(_choices(made["anyOf"], bounds, made.pop("minLength", None)))
        if len(made["anyOf"]) == 1:
            made = made.pop("anyOf")[0] | made
    return made


def _choices(choices: list[dict[str, Any]], bounds: dict[str, Any], least: int | None) -> Iterator[dict[str, Any]]:
    """What is allowed of several, without null; bounds at the numbers, least lengths at texts and lists."""
    is_number = any(one.get("type") == "number" for one in choices)
    for one in choices:
        if one.get("type") == "null":
            continue
        if one == {"type": "string"} and is_number:
            yield one | {"pattern": _NUMBER}
        elif one.get("type") in ("number", "integer"):
            yield one | bounds
        elif least is not None and one.get("type") == "string" and "enum" not in one:
            yield one | {"minLength": least}
        else:
            yield one | ({"minItems": least} if least is not None and _is_list(one) else {})


def _is_list(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "array"


def _is_noise(name: str, part: Any) -> bool:
    """Titles are the names of keys once more, and a key that is left out has no value that a file could say."""
    return name == "title" or (name == "default" and (part in (None, "") or isinstance(part, list | dict)))
