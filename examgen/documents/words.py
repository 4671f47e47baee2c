"""The words of papers, one TOML file per language under templates/texts: another language is one more file.

Papers, worked solutions and templates call it. Texts of banks are English; `phrase` gives them in another language.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from examgen.errors import ExamgenError, did_you_mean
from examgen.resources import shipped


@cache
def words(language: str) -> Mapping[str, Any]:
    """All words of a language by key; those of worked solutions under `worked`.

    Raises:
        ExamgenError: there is no such language; the message lists those that there are.
    """
    known = {path.stem: path for path in sorted((shipped("templates") / "texts").glob("*.toml"))}
    if language not in known:
        raise ExamgenError(
            f"language {language!r} is unknown; allowed: {', '.join(known)}.{did_you_mean(language, known)}"
        )
    return tomllib.loads(known[language].read_text(encoding="utf-8"))


def phrase(language: str, text: str) -> str:
    """A text of a bank, or the name of an activation function or loss, in the language.

    What the language's file does not translate, such as an instructor's own text, stays as it is.

    Raises: ExamgenError if there is no such language.
    """
    translated: str = words(language).get("phrases", {}).get(text, text)
    return translated


def decimal_mark(language: str) -> str:
    """What stands between the whole and the decimal digits: "." or ","."""
    mark: str = words(language)["decimal_mark"]
    return mark


def marks_text(language: str, count: str) -> str:
    """A number of marks, such as "1 mark" or "0,5 point"; `count` is written with a decimal point."""
    text = words(language)
    number = Decimal(count)
    is_one = number < 2 if text["singular_below_two"] else number == 1
    counted: str = text["mark" if is_one else "marks"].format(count=count.replace(".", text["decimal_mark"]))
    return counted
