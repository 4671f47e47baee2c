"""A bank to begin with, its keys explained line by line, and the schema for editors beside it; `examgen new` calls it.

The explanations are those of the models (`key_texts`); a copy says what the file says that it is made of.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel

from examgen.errors import BankError
from examgen.exams.banks.bank_files import ExamModel, Family, find_bank, load_bank, places_of
from examgen.exams.banks.bank_schema import KINDS, SCHEMA_FILE, TITLE, schema_text
from examgen.exams.banks.key_texts import key_texts
from examgen.exams.folders.files import write_files
from examgen.exams.folders.regular import text_of
from examgen.exams.form_mistakes import inner_model
from examgen.resources import shipped

_NAME = re.compile(r"\w[\w-]{0,79}")
_HEADER = re.compile(r"\[\[?([\w.-]+)\]\]?\s*(#.*)?")
_KEY = re.compile(r"([\w-]+)\s*=")
_POINTER = "#:schema"

_FIRST_LINES = f"""\
{_POINTER} ./{SCHEMA_FILE}
# examgen preview {{name}}.toml    lays out a sample paper with its key; with --watch again at each save
# examgen check {{name}}.toml      tries it: is it fair, and how much work is it?
# examgen make {{name}}.toml       makes a paper
"""


@dataclass(frozen=True, slots=True)
class NewBank:
    """What was written.

    Attributes:
        path: the bank.
        schema: what editors read of its keys.
        notices: what the author should know, a line each.
    """

    path: Path
    schema: Path
    notices: tuple[str, ...]


def new_bank(
    name: str, *, like: str = "", is_graph: bool = False, out: Path | None = None, own: Sequence[Path] = ()
) -> NewBank:
    """Write NAME.toml, never over another file, and the schema that it points to.

    Args:
        name: of the bank, without folder.
        like: family or exam to copy; a short one where it is empty.
        is_graph: whether the short one is a free graph rather than a network.
        out: the folder; the current one where it is None.
        own: folders in which `like` is looked up first.

    Raises:
        BankError: the name is none, a file of the name is there, or there is nothing to copy.
        ExamgenError: a file cannot be written.
    """
    name = name.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        raise BankError(f"the name {name!r} cannot be used; use letters, digits, - and _ (--out names the folder)")
    if like and is_graph:
        raise BankError("give --like, a bank to copy, or --graph, a short one, not both")
    folder = out or Path()
    path, schema = folder / f"{name}.toml", folder / SCHEMA_FILE
    if os.path.lexists(path):
        raise BankError(f"{path}: is there already; take another name, or another folder with --out")
    start = shipped("templates") / "starts" / ("graph.toml" if is_graph else "network.toml")
    text = commented_bank(_copied(find_bank(like, own=own) if like else start))
    files = {path.name: (_FIRST_LINES.format(name=name) + "\n" + text).encode()}
    notices = [f"{other} has the same name; this one is found as {path}" for other in places_of(name, own)]
    if _is_ours(schema):
        files[SCHEMA_FILE] = schema_text().encode()
    else:
        notices.append(f"{schema}: is no schema of examgen and was left; editors may complete the bank by it")
    write_files(folder, files)
    return NewBank(path, schema, tuple(notices))


def commented_bank(text: str) -> str:
    """A bank file with a line above each key that says what it means, and with the other keys of each table.

    What is between the comments is as it was; where that would not read the same, nothing is added.
    """
    lines = [line for line in text.splitlines() if not line.startswith(_POINTER)]
    document = tomllib.loads(text)
    model = ExamModel if "questions" in document else Family
    made = "\n".join(_with_comments(lines, model, document)).strip("\n") + "\n"
    try:
        is_same = tomllib.loads(made) == document
    except tomllib.TOMLDecodeError:
        is_same = False
    return made if is_same else text


def _copied(path: Path) -> str:
    """The text of a bank that can stand in another folder.

    Raises: BankError: it cannot be read, or it is an exam of files beside it.
    """
    bank = load_bank(path)
    families = [part.family for part in bank.questions] if isinstance(bank, ExamModel) else []
    if beside := [name for name in families if name.endswith(".toml") or "/" in name]:
        raise BankError(f"{path}: asks {beside[0]}, which is found beside it only; copy a family, or the files by hand")
    return text_of(path)


def _is_ours(schema: Path) -> bool:
    """Whether the schema may be written: there is none, or one of this or another version."""
    if not os.path.lexists(schema):
        return True
    try:
        return f'"title": "{TITLE}"' in text_of(schema)
    except (OSError, UnicodeDecodeError):
        return False


def _with_comments(lines: Sequence[str], model: type[BaseModel], document: dict[str, Any]) -> Iterator[str]:
    table: type[BaseModel] | None = model
    said: set[tuple[type[BaseModel], str]] = set()
    yield from _other_keys(model, document)
    for line in lines:
        if header := _HEADER.fullmatch(line):
            *above, last = header[1].split(".")
            outer, table = _table(model, above), _table(model, [*above, last])
            is_new = outer is not None and (outer, last) not in said
            yield from _comment(outer, last, said)
            yield line
            if is_new and table is not None:
                yield from _other_keys(table, _part(document, [*above, last]))
            continue
        if key := _KEY.match(line):
            yield from _comment(table, key[1], said)
        yield line


def _comment(table: type[BaseModel] | None, key: str, said: set[tuple[type[BaseModel], str]]) -> Iterator[str]:
    """What a key means, where it is the first of its kind."""
    if table is None or (table, key) in said or key not in key_texts(table):
        return
    said.add((table, key))
    yield f"# {key}: {key_texts(table)[key]}"


def _other_keys(table: type[BaseModel], parts: Sequence[dict[str, Any]] | dict[str, Any]) -> Iterator[str]:
    """The keys that a table may have and has not; those that are tables of their own stand in the guide."""
    used = {key for part in ([parts] if isinstance(parts, dict) else parts) for key in part}
    if used.intersection(KINDS):
        used |= {*KINDS}
    if others := [key for key in key_texts(table) if key not in used]:
        yield f"# Also allowed here: {', '.join(others)}"


def _table(model: type[BaseModel], path: Sequence[str]) -> type[BaseModel] | None:
    """The model of the table at a place; None where its keys are names that the author chooses."""
    current: type[BaseModel] | None = model
    for name in path:
        fields = {} if current is None else {field.alias or key: field for key, field in current.model_fields.items()}
        if name not in fields or get_origin(fields[name].annotation) is dict:
            return None
        current = inner_model(fields[name].annotation)
    return current


def _part(document: dict[str, Any], path: Sequence[str]) -> list[dict[str, Any]]:
    """The tables at a place: one, or all of a list."""
    current: Any = document
    for name in path:
        current = current[0][name] if isinstance(current, list) else current[name]
    return current if isinstance(current, list) else [current]
