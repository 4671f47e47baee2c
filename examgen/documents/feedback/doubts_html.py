"""The page on which a person settles what is doubtful on the scans of a class: one file that works offline.

Called by the batch with what it shows as plain values. All texts on it come from files that anybody may have handed in.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from examgen.documents.web_templates import content_digest, web_templates
from examgen.exams.wording.words import words
from examgen.resources import shipped

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An entry to settle.

    Attributes:
        student, variant, question, field: which it is.
        symbol: of the field.
        file, page: where it was read.
        read: as what; empty for nothing.
        reasons: names in the words' table of doubts.
        picture: JPEG of it; empty where there is none.
    """

    student: str
    variant: str
    question: str
    field: str
    symbol: str
    file: str
    page: int
    read: str
    reasons: tuple[str, ...]
    picture: bytes


@dataclass(frozen=True, slots=True)
class DoubtsPage:
    """What the page shows.

    Attributes:
        title: of the exam.
        exam: its id.
        columns: of the file that the page saves.
        entries: to settle, those of a student behind one another.
        unread: file, page and the name of the reason, of pages that were not read.
        settled: student, variant, question, field and text of what was settled before.
    """

    title: str
    exam: str
    columns: Sequence[str]
    language: str
    entries: Sequence[Doubtful]
    unread: Sequence[tuple[str, int, str]]
    settled: Sequence[tuple[str, str, str, str, str]]


def doubts_html(page: DoubtsPage) -> str:
    """The page."""
    script, css = (_shipped(name) for name in ("doubts.js", "doubts.css"))
    template = _environment().get_template("doubts.html.j2")
    return template.render(
        page=page,
        texts=words(page.language)["scans"],
        header=json.dumps(page.columns),
        before=json.dumps([[page.exam, *row] for row in page.settled], ensure_ascii=False),
        css=Markup(css),
        script=Markup(script),
        script_digest=content_digest(script),
        css_digest=content_digest(css),
    )


def _shipped(name: str) -> str:
    return (shipped("templates") / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    return web_templates({"json": lambda value: json.dumps(value, ensure_ascii=False), "base64": _base64})


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
