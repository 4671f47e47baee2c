"""The script of a practice page: the marker's modules in JavaScript, the reader of numbers, and the page's own."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from examgen.resources import shipped

READER = "sheet_numbers.js"
MARKER = (
    "tape", "graph", "digits", "numbers", "writing", "own_work", "entries", "paper", "causes", "pairs", "naming",
    "diagnosis", "gaps", "work_shown", "comments", "choices", "marker", "page",
)  # fmt: skip
"""In `templates/practice`, in the order in which they build on one another."""


@lru_cache(maxsize=1)
def practice_script() -> str:
    """The same for all pages, and so is its digest."""
    folder = shipped("templates")
    files = (folder / READER, *(folder / "practice" / f"{name}.js" for name in MARKER))
    lines = (line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines())
    # Nobody reads it in the page: comments and indents would be a tenth of all.
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def as_json(tables: Mapping[str, Any]) -> str:
    """Tables for an element of a page, which nothing in them can end."""
    text = json.dumps(tables, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c")
