"""What each key of bank and exam files means, in one line: read from the `Attributes` of the models' docstrings.

The schema that editors read (`bank_schema`) and new banks (`new_banks`) say it, so that nothing is said twice.
"""

import inspect
import re
from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel

_SECTION = re.compile(r"^Attributes:\n(.*?)(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^    ([\w, ]+): (.*?)(?=^    \S|\Z)", re.DOTALL | re.MULTILINE)


@cache
def key_texts(model: type[BaseModel]) -> Mapping[str, str]:
    """Of the keys of a table, in their order, what each means; without those that no docstring explains."""
    said: dict[str, str] = {}
    for base in reversed(model.__mro__):
        said |= _attributes(base.__doc__ or "")
    return {field.alias or name: said[name] for name, field in model.model_fields.items() if name in said}


def about_model(model: type[BaseModel]) -> str:
    """What a table is: the first paragraph of the model's docstring."""
    first, *_ = inspect.cleandoc(model.__doc__ or "").split("\n\n")
    return " ".join(first.split())


def _attributes(docstring: str) -> dict[str, str]:
    found = _SECTION.search(inspect.cleandoc(docstring))
    entries = _ENTRY.findall(found[1]) if found else ()
    # Python's word for what a file leaves out.
    return {
        name: re.sub(r"\bNone\b", "left out", " ".join(text.split()))
        for names, text in entries
        for name in names.split(", ")
    }
