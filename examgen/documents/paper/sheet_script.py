"""The script of answers.html: the page's own, and the marker's grammar of numbers, from which it checks what is typed.

Called by `render`. Both languages have the same tables, so that a page and the marker cannot differ.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from examgen.core.formulas import number_grammar
from examgen.core.formulas.typed_characters import BEFORE, BEHIND
from examgen.documents.paper.sheet_style import without_spares
from examgen.documents.style import PaperStyle
from examgen.resources import shipped

_UNIT = "\\u{:04x}"

READER, CELLS, SAVED, PAGE = "sheet_numbers.js", "sheet_cells.js", "sheet_saved.js", "sheet.js"


@lru_cache(maxsize=8)
def sheet_script(style: PaperStyle) -> str:
    """The script for papers of this style; it is the same for all students, and so is its digest."""
    reasons = {reason: style.phrase(sentence) for reason, sentence in number_grammar.REASONS.items()}
    tables = json_text({**grammar(), "reasons": reasons})
    parts = "\n".join(map(_file, (READER, CELLS, SAVED)))
    return without_spares(f"{parts}\nconst grammar = {tables};\n\n{_file(PAGE)}")


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


def json_text(value: Any) -> Markup:
    """JSON for the script or for an attribute in single quotes: nothing in a word of a theme or a name ends either."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup("".join(char if _is_plain(char) else "".join(map(_UNIT.format, _units(char))) for char in text))


def _is_plain(char: str) -> bool:
    """Whether a character can be seen, and means nothing to HTML."""
    return char.isprintable() and char not in "<>&'"


def _units(char: str) -> Iterator[int]:
    """The units of UTF-16, by which JSON escapes."""
    code = char.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(code[at : at + 2], "big") for at in range(0, len(code), 2))


def _two_texts(table: Mapping[str, str]) -> tuple[str, str]:
    return "".join(table), "".join(table.values())


def _file(name: str) -> str:
    return (shipped("templates") / name).read_text(encoding="utf-8")
