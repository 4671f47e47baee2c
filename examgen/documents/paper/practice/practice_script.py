"""The script of a practice page: the marker's modules in JavaScript, the readers of web sheets, and the page's own."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from examgen.documents.paper.sheet_script import FORMS, KINDS, READER
from examgen.documents.paper.sheet_style import without_spares
from examgen.resources import shipped

READERS = (READER, FORMS, KINDS["shape"])
MARKER = (
    "tape", "graph", "digits", "numbers", "writing", "own_work", "entries", "paper", "causes", "pairs", "naming",
    "diagnosis", "gaps", "work_shown", "comments", "choices", "marker", "page",
)  # fmt: skip
"""In `templates/practice`, in the order in which they build on one another."""


@lru_cache(maxsize=1)
def practice_script() -> str:
    """The same for all pages, and so is its digest."""
    folder = shipped("templates")
    files = (*(folder / name for name in READERS), *(folder / "practice" / f"{name}.js" for name in MARKER))
    # Comments and indents would be a tenth of all.
    return without_spares("".join(path.read_text(encoding="utf-8") for path in files))


def as_json(tables: Mapping[str, Any]) -> str:
    """Tables for an element of a page, which nothing in them can end."""
    text = json.dumps(tables, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c")
