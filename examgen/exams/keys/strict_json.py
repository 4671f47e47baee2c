"""JSON in which nothing is passed over in silence: of what stands twice in a table, other readers take the last."""

import json
from typing import Any


def strict_json(text: str) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is no JSON, or names something twice; the message says what.
        RecursionError: its lists are too deep in one another.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        raise ValueError(f"{error.msg} at {line}character {error.colno}") from None


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one table; keep one of them")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_table)
"""Made once: a class has many lines."""
