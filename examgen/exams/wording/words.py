"""The words of papers and marks, one TOML file per language under templates/texts: another language is one more file.

Papers, worked solutions and templates call it, papers through their `PaperStyle`, and marking through its `Wording`.
Texts of banks and comments are English; `phrase` gives them in another language, and `recognized` finds them again. A
theme may change words, and bring languages in which missing words are English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from string import Formatter
from typing import Any, Protocol

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.core.formulas.typed_characters import named
from examgen.errors import ExamgenError, did_you_mean
from examgen.resources import shipped

ENGLISH = "en"

_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")
_SENTENCE = re.compile(r"[^$\\]*[.:?][^$\\]*")
"""Neither a text with formulas nor what only joins others, which would be found in many."""

_NESTED, _JOINED = "sentence", "{mistakes}"
"""The detail of a sentence that is a sentence of its own, and one that is several, which is not taken apart."""


class Texts(Protocol):
    """What brings words of its own: a theme."""

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """(language, TOML) of each file of words."""

    def __hash__(self) -> int:
        """Words are kept by it."""


@cache
def shipped_languages() -> tuple[str, ...]:
    """The languages that come with the program."""
    return tuple(sorted(path.stem for path in (shipped("templates") / "texts").glob("*.toml")))


@lru_cache(maxsize=64)
def words(language: str, theme: Texts | None = None) -> Mapping[str, Any]:
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


def phrase(language: str, text: str, theme: Texts | None = None) -> str:
    """A text of a bank, or the name of an activation function or loss, in the language.

    What the language's file does not translate, such as an instructor's own text, stays as it is.

    Raises: ExamgenError if there is no such language.
    """
    translated: str = words(language, theme).get("phrases", {}).get(text, text)
    return translated


def decimal_mark(language: str, theme: Texts | None = None) -> DecimalMark:
    """What stands between the whole and the decimal digits: "." or ","."""
    return "," if words(language, theme)["decimal_mark"] == "," else "."


def marks_text(language: str, count: str, theme: Texts | None = None) -> str:
    """A number of marks, such as "1 mark" or "0,5 point"; `count` is written with a decimal point."""
    text = words(language, theme)
    number = Decimal(count)
    is_one = number < 2 if text["singular_below_two"] else number == 1
    counted: str = text["mark" if is_one else "marks"].format(count=count.replace(".", text["decimal_mark"]))
    return counted


@lru_cache(maxsize=4096)
def recognized(text: str) -> tuple[str, Mapping[str, str]] | None:
    """The English sentence that a comment says in any shipped language, and its details; None where it is none of ours.

    Comments are read back from results.csv, which may have been written in another language, or by an earlier version.
    """
    for exact, patterns in map(_sentences, shipped_languages()):
        if text in exact:
            return exact[text], {}
        for pattern, sentence in patterns:
            if match := pattern.fullmatch(text):
                return sentence, match.groupdict()
    return None


def original(text: str) -> str:
    """A comment as it is said in English; itself where it is none of ours."""
    return retold(text, ENGLISH) or text


def retold(text: str, language: str, theme: Texts | None = None) -> str:
    """A comment of any shipped language in another one; empty where it is none of ours, or has no words in that."""
    found = recognized(text)
    if found is None:
        return ""
    sentence, details = found[0], dict(found[1])
    said = phrase(language, sentence, theme)
    if said == sentence and language != ENGLISH:
        return ""
    if _NESTED in details and not (inner := retold(details[_NESTED], language, theme)):
        return ""
    if _NESTED in details:
        details[_NESTED] = inner
    if language == ENGLISH and (code := _CODE_POINT.fullmatch(details.get("character", ""))):
        details["character"] = named(chr(int(code[1], 16)))
    return said.format(**details) if details else said


_Pattern = tuple[re.Pattern[str], str]


@cache
def _sentences(language: str) -> tuple[Mapping[str, str], tuple[_Pattern, ...]]:
    """The English sentence of each phrase, and of each pattern of a phrase with details in it."""
    said = {sentence: phrase(language, sentence) for sentence in _translated()}
    plain = {text: sentence for sentence, text in said.items() if "{" not in text}
    return plain, tuple((_pattern(text), sentence) for sentence, text in said.items() if "{" in text)


@cache
def _translated() -> tuple[str, ...]:
    """The English sentences that the shipped languages know."""
    found = dict.fromkeys(one for language in shipped_languages() for one in words(language).get("phrases", {}))
    return tuple(one for one in found if _SENTENCE.fullmatch(one) and _JOINED not in one)


def _pattern(text: str) -> re.Pattern[str]:
    """What a text with details looks like; a detail that comes again is the same."""
    return re.compile("".join(_pieces(text)), re.DOTALL)


def _pieces(text: str) -> Iterator[str]:
    seen: set[str] = set()
    for literal, name, _, _ in Formatter().parse(text):
        yield re.escape(literal)
        if name:
            yield f"(?P={name})" if name in seen else f"(?P<{name}>.+)"
            seen.add(name)
