"""Themes: a folder with which an instructor restyles papers. `batch` reads it; `words`, `render` and `html_pdf` use it.

A theme is read once, as a whole and before anything is made, so that a slip in it is told at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from examgen.errors import ExamgenError, did_you_mean
from examgen.exams.folders.regular import text_of
from examgen.exams.wording.texts import checked_text
from examgen.exams.wording.words import words

STYLE = "paper.css"
TEMPLATES = ("questions.html.j2", "key.html.j2")
TEXTS = "texts"
ALLOWED = (STYLE, *TEMPLATES, f"{TEXTS}/<language>.toml")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
MOST_BYTES = 1024 * 1024
"""A larger file of a theme is a mistake."""

MOST_SHOWN = 200
"""Characters of a text that a message shows."""

CHOICES: Mapping[str, tuple[str, ...]] = {"decimal_mark": (".", ",")}
"""Words of which only some are understood."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The contents of a theme's folder.

    Attributes:
        folder: where it was read, for messages.
        css: rules behind the shipped ones.
        texts: (language, TOML) of each file of words.
        templates: (name, Jinja) of each template that is looked up before the shipped one.
    """

    folder: Path = field(compare=False, repr=False)
    css: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    templates: tuple[tuple[str, str], ...] = ()


def read_theme(folder: Path) -> Theme:
    """The theme in a folder.

    Raises:
        ExamgenError: there is no such folder, a file in it is none of a theme's, or one cannot be read or understood.
    """
    if not folder.is_dir():
        raise ExamgenError(f"{folder}: there is no such folder; a theme is a folder with {_listed(ALLOWED)}")
    files = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    texts = {}
    for name, path in files.items():
        parent, _, last = name.rpartition("/")
        if parent == TEXTS and last.endswith(".toml"):
            texts[_language(path)] = _text(path)
            _check_texts(path, texts[path.stem])
        elif name not in (STYLE, *TEMPLATES):
            raise ExamgenError(
                f"{path}: not a file of a theme; allowed: {', '.join(ALLOWED)}.{did_you_mean(name, ALLOWED)}"
            )
    templates = [(name, _text(files[name])) for name in TEMPLATES if name in files]
    css = _text(files[STYLE]) if STYLE in files else ""
    return Theme(folder, css, tuple(texts.items()), tuple(templates))


def _files(folder: Path) -> Iterator[Path]:
    """The files of a theme; hidden ones, which systems and editors leave in folders, are passed over."""
    try:
        for path in sorted(folder.iterdir()):
            if path.name.startswith("."):
                continue
            if path.is_dir() and path.name == TEXTS:
                yield from (text for text in sorted(path.iterdir()) if not text.name.startswith("."))
            else:
                yield path
    except OSError as error:
        raise ExamgenError(f"{folder}: cannot read the folder: {error.strerror or error}") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ExamgenError(f"{path}: larger than {MOST_BYTES // 1024} KiB; a theme's files are short texts")
        return text_of(path)
    except OSError as error:
        raise ExamgenError(f"{path}: cannot read the file: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ExamgenError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def _language(path: Path) -> str:
    if not LANGUAGE.fullmatch(path.stem):
        raise ExamgenError(
            f"{path}: the file's name is no language; use two or three small letters, such as it.toml or nl-BE.toml"
        )
    return path.stem


def _check_texts(path: Path, source: str) -> None:
    """Only words that there are, each with the gaps that are filled in."""
    try:
        own = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ExamgenError(f'{path}: {error}; write the words as TOML, such as name = "Nome"') from None
    except RecursionError:
        raise ExamgenError(f"{path}: lists or tables are inside one another too deeply; use a table of texts") from None
    except (ValueError, ArithmeticError):
        raise ExamgenError(f"{path}: a number has too many digits; write the words as texts in quotes") from None
    _check_table(str(path), "", own, words("en"))


def _check_table(where: str, table: str, own: Mapping[str, Any], english: Mapping[str, Any]) -> None:
    known = {**english, "phrases": {}} if not table else english
    for key, value in own.items():
        name = f"{table}{key}"
        if name == "phrases" and isinstance(value, dict):
            _check_phrases(where, value)
        elif key not in known:
            raise ExamgenError(
                f"{where}: {name!r} is not a word of papers; allowed: {', '.join(known)}.{did_you_mean(key, known)}"
            )
        elif type(value) is not type(known[key]):
            raise ExamgenError(f"{where}: {name} is {_short(value)}; use {_kind(known[key])}")
        elif isinstance(value, dict):
            _check_table(where, f"{name}.", value, known[key])
        elif isinstance(value, str):
            _check_word(where, name, value, known[key])


def _check_phrases(where: str, phrases: Mapping[str, Any]) -> None:
    """Texts of banks may be any."""
    for english, text in phrases.items():
        if not isinstance(text, str):
            raise ExamgenError(f"{where}: the phrase {_short(english)} is {_short(text)}; use a text in quotes")
        _check_shown(where, f"the phrase {_short(english)}", text)


def _check_word(where: str, name: str, text: str, english: str) -> None:
    if name in CHOICES and text not in CHOICES[name]:
        raise ExamgenError(f"{where}: {name} is {text!r}; allowed: {', '.join(map(repr, CHOICES[name]))}")
    allowed = _gaps(english)
    assert allowed is not None, f"{name} is shipped with a stray brace"
    _check_shown(where, name, text)
    found = _gaps(text)
    if found is None or not found <= allowed:
        gaps = ", ".join(f"{{{gap}}}" for gap in sorted(allowed)) or "none"
        raise ExamgenError(
            f"{where}: {name} is {_short(text)}; allowed words in braces: {gaps} "
            f"(write {{{{ and }}}} for braces themselves)"
        )


def _gaps(text: str) -> frozenset[str] | None:
    """The words in braces of a text, None where a brace is stray or says more than a word."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(form or conversion for _, _, form, conversion in parts):
        return None
    return frozenset(gap for _, gap, _, _ in parts if gap is not None)


def _check_shown(where: str, name: str, text: str) -> None:
    try:
        checked_text(text)
    except ValueError as error:
        raise ExamgenError(f"{where}: {name}: {error}") from None


def _short(value: object) -> str:
    """A value as messages show it."""
    try:
        text = repr(value)
    except RecursionError:
        return "a list of lists without end"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _kind(value: object) -> str:
    return {str: "a text in quotes", bool: "true or false", dict: "a table"}.get(type(value), "a list")


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
