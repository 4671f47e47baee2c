"""The script of answers.html: the page's own, and the marker's grammar of numbers, from which it checks what is typed.

Called by `render`. Both languages have the same tables, so that a page and the marker cannot differ.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from examgen.core.formulas import choice_grammar, formula_tokens, number_grammar, shape_grammar
from examgen.core.formulas.formula_functions import FUNCTIONS
from examgen.core.formulas.formula_language import MAX_DEPTH
from examgen.core.formulas.typed_characters import (
    BEFORE,
    BEHIND,
    INNER_SPACES,
    INVISIBLE,
    LOOKS_RIGHT,
    SOFT_HYPHEN,
    SPACES,
)
from examgen.documents.paper.sheet_style import without_spares
from examgen.documents.style import PaperStyle
from examgen.resources import shipped

_ELSEWHERE = frozenset({"blank", "ambiguous_mark", "duplicate", "ambiguous", number_grammar.DOUBTFUL})
"""Reasons that no single box gives."""

_OTHERS = re.compile(r"[<>&'\x7f]|[^\x00-\x7f]")

GAP = "¤"
"""In the place of the spaces within a line."""

READER, CELLS, SAVED, PAGE = "sheet_numbers.js", "sheet_cells.js", "sheet_saved.js", "sheet.js"
FORMS = "sheet_forms.js"
KINDS: Mapping[str, str] = MappingProxyType(
    {"shape": "sheet_shapes.js", "choice": "sheet_choices.js", "formula": "sheet_formulas.js"}
)
"""By kind of answer that is typed and no number, the file that reads it; a page has those of its own kinds."""


@lru_cache(maxsize=32)
def sheet_script(style: PaperStyle, kinds: frozenset[str] = frozenset()) -> str:
    """The script for papers of this style with answers of these kinds besides numbers; it is the same for all students,
    and so is its digest."""
    tables = {**grammar(), "reasons": _said(number_grammar.REASONS, style)}
    tables |= tables_of(kinds)
    tables |= {kind: {**tables[kind], "reasons": _said(_REASONS[kind], style)} for kind in sorted(kinds)}
    files = [FORMS, *(KINDS[kind] for kind in sorted(kinds))] if kinds else []
    parts = "\n".join(map(_file, (READER, *files, CELLS, SAVED)))
    return without_spares(f"{parts}\nconst grammar = {json_text(tables)};\n\n{_file(PAGE)}")


def _said(reasons: Mapping[str, str], style: PaperStyle) -> dict[str, str]:
    return {reason: style.phrase(sentence) for reason, sentence in reasons.items() if reason not in _ELSEWHERE}


def grammar() -> dict[str, Any]:
    """The tables of `number_grammar` as `sheet_numbers.js` takes them; characters as two texts of the same length."""
    return {
        "most": number_grammar.MAX_CHARACTERS,
        "before": BEFORE,
        "behind": BEHIND.removeprefix(BEFORE),
        "gaps": INNER_SPACES,
        "ones": _two_texts(number_grammar.NUMBER_SIGNS),
        "raised": _two_texts(number_grammar.RAISED),
        "raised_power": number_grammar.RAISED_POWER,
        "numbers": {mark: _with_gaps(pattern) for mark, pattern in number_grammar.NUMBER.items()},
        "fraction": _with_gaps(number_grammar.FRACTION),
        "signs": number_grammar.SIGNS,
        "numeral": number_grammar.NUMERAL,
        "no_numerator": number_grammar.NO_NUMERATOR,
        "faults": dict(number_grammar.FAULTS),
    }


def _with_gaps(pattern: str) -> str:
    """A pattern in which one sign stands for the spaces within a line, which it has many times."""
    return pattern.replace(INNER_SPACES, GAP)


def tables_of(kinds: frozenset[str]) -> dict[str, Any]:
    """The tables by which the page reads answers of these kinds, which are no numbers; nothing where there are none."""
    if not kinds:
        return {}
    characters = {"spaces": SPACES, "left_out": f"${INVISIBLE}{SOFT_HYPHEN}", "looks_right": LOOKS_RIGHT}
    return characters | {kind: _TABLES[kind]() for kind in sorted(kinds)}


def _shape() -> dict[str, Any]:
    return {
        "most": shape_grammar.MAX_CHARACTERS,
        "axes": shape_grammar.MAX_AXES,
        "pairs": shape_grammar.PAIRS,
        "sizes": shape_grammar.SIZES,
        "numbers": shape_grammar.NUMBERS,
        "number": shape_grammar.NUMBER,
    }


def _choice() -> dict[str, Any]:
    return {
        "most": choice_grammar.MAX_CHARACTERS,
        "options": choice_grammar.MAX_OPTIONS,
        "letter": choice_grammar.LETTER,
        "several": choice_grammar.SEVERAL,
        "between": choice_grammar.BETWEEN,
        "alone": choice_grammar.ALONE,
    }


def _formula() -> dict[str, Any]:
    others = [(key, one) for key, one in FUNCTIONS.items() if one.arity > 1 or one.takes_more]
    return {
        "most": formula_tokens.MAX_CHARACTERS,
        "most_tokens": formula_tokens.MAX_TOKENS,
        "deepest": MAX_DEPTH,
        "shown": formula_tokens.SHOWN_CHARACTERS,
        # Named groups are spelled so in JavaScript.
        "word": formula_tokens.WORD.replace("?P<", "?<"),
        "excel": formula_tokens.EXCEL_ERROR,
        "same": _two_texts(formula_tokens.SAME),
        "letters": dict(formula_tokens.LETTERS),
        "lowered": _two_texts(formula_tokens.LOWERED),
        "signs": dict(formula_tokens.SIGNS),
        "refused": dict(formula_tokens.REFUSED),
        "unary": " ".join(key for key, one in FUNCTIONS.items() if one.arity == 1),
        "others": [(key, one.name, one.arity, one.takes_more) for key, one in others],
    }


_TABLES: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType(
    {"shape": _shape, "choice": _choice, "formula": _formula}
)
_REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"shape": shape_grammar.REASONS, "choice": choice_grammar.REASONS, "formula": formula_tokens.REASONS}
)


def json_text(value: Any) -> Markup:
    """JSON for the script or for an attribute in single quotes: nothing in a word of a theme or a name ends either."""
    return Markup(_OTHERS.sub(_escaped, json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


def _escaped(found: re.Match[str]) -> str:
    """A character that means something to HTML, or that nobody sees, by its units of UTF-16; else as it is."""
    char = found[0]
    if char.isprintable() and not char.isascii():
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _two_texts(table: Mapping[str, str]) -> tuple[str, str]:
    return "".join(table), "".join(table.values())


def _file(name: str) -> str:
    return (shipped("templates") / name).read_text(encoding="utf-8")
