"""The script of answers.html: the page's own, and the marker's grammar of numbers, from which it checks what is typed.

Called by `render`. Both languages have the same tables, so that a page and the marker cannot differ.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from examgen.core.formulas import number_grammar
from examgen.core.formulas.typed_characters import BEFORE, BEHIND
from examgen.documents.style import PaperStyle
from examgen.resources import shipped

READER, CELLS, SAVED, PAGE = "sheet_numbers.js", "sheet_cells.js", "sheet_saved.js", "sheet.js"


@lru_cache(maxsize=8)
def sheet_script(style: PaperStyle) -> str:
    """The script for papers of this style; it is the same for all students, and so is its digest."""
    reasons = {reason: style.phrase(sentence) for reason, sentence in number_grammar.REASONS.items()}
    # Nothing in a word of a theme may end the element.
    tables = json.dumps({**grammar(), "reasons": reasons}, separators=(",", ":")).replace("<", "\\u003c")
    parts = "\n".join(map(_file, (READER, CELLS, SAVED)))
    return f"{parts}\nconst grammar = {tables};\n\n{_file(PAGE)}"


def grammar() -> dict[str, Any]:
    """The tables of `number_grammar` as `sheet_numbers.js` takes them; characters as two texts of the same length."""
    return {
        "most": number_grammar.MAX_CHARACTERS,
        "before": BEFORE,
        "behind": BEHIND,
        "ones": _two_texts(number_grammar.NUMBER_SIGNS),
        "raised": _two_texts(number_grammar.RAISED),
        "raised_power": number_grammar.RAISED_POWER,
        "numbers": dict(number_grammar.NUMBER),
        "fraction": number_grammar.FRACTION,
        "signs": number_grammar.SIGNS,
        "numeral": number_grammar.NUMERAL,
        "no_numerator": number_grammar.NO_NUMERATOR,
        "faults": dict(number_grammar.FAULTS),
    }


def _two_texts(table: Mapping[str, str]) -> tuple[str, str]:
    return "".join(table), "".join(table.values())


def _file(name: str) -> str:
    return (shipped("templates") / name).read_text(encoding="utf-8")
