"""The words of papers, one TOML file per language under templates/texts: another language is one more file.

Papers, worked solutions and templates call it, papers through their `PaperStyle`. Texts of banks are English; `phrase`
gives them in another language. A theme may change words, and bring languages in which missing words are English.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from examgen.core.number_grammar import DecimalMark
from examgen.errors import ExamgenError, did_you_mean
from examgen.resources import shipped

if TYPE_CHECKING:
    from examgen.documents.themes import Theme


@lru_cache(maxsize=64)
def words(language: str, theme: "Theme | None" = None) -> Mapping[str, Any]:
    """All words of a language by key; those of worked solutions under `worked`.

    Raises:
        ExamgenError: there is no such language; the message lists those that there are.
    """
    files = {path.stem: path for path in sorted((shipped("templates") / "texts").glob("*.toml"))}
    own = dict(theme.texts) if theme is not None else {}
    known = sorted(files.keys() | own.keys())
    if language not in known:
        raise ExamgenError(
            f"language {language!r} is unknown; allowed: {', '.join(known)}.{did_you_mean(language, known)}"
        )
    base = tomllib.loads(files.get(language, files["en"]).read_text(encoding="utf-8"))
    return _overlaid(base, tomllib.loads(own.get(language, "")))


def _overlaid(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A table with some of its entries changed, also those of tables in it."""
    changed = {
        key: _overlaid(base.get(key, {}), value) if isinstance(value, dict) else value for key, value in own.items()
    }
    return {**base, **changed}


def phrase(language: str, text: str, theme: "Theme | None" = None) -> str:
    """A text of a bank, or the name of an activation function or loss, in the language.

    What the language's file does not translate, such as an instructor's own text, stays as it is.

    Raises: ExamgenError if there is no such language.
    """
    translated: str = words(language, theme).get("phrases", {}).get(text, text)
    return translated


def decimal_mark(language: str, theme: "Theme | None" = None) -> DecimalMark:
    """What stands between the whole and the decimal digits: "." or ","."""
    return "," if words(language, theme)["decimal_mark"] == "," else "."


def marks_text(language: str, count: str, theme: "Theme | None" = None) -> str:
    """A number of marks, such as "1 mark" or "0,5 point"; `count` is written with a decimal point."""
    text = words(language, theme)
    number = Decimal(count)
    is_one = number < 2 if text["singular_below_two"] else number == 1
    counted: str = text["mark" if is_one else "marks"].format(count=count.replace(".", text["decimal_mark"]))
    return counted
