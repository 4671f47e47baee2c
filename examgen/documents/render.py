"""Pages as HTML and PDF: fills the templates with the values of `pages.py`; the command line and the batch call this.

What people read comes from the pages and `templates/texts/`, how it looks from the templates and style sheets.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cache, partial
from hashlib import sha256
from typing import Any
from unicodedata import combining, east_asian_width

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from examgen.documents.diagram import network_svg
from examgen.documents.math import to_mathml
from examgen.documents.numbers import is_slot
from examgen.documents.pages import PaperPage, QuestionPart
from examgen.documents.typesetting import SIZE, Typesetter
from examgen.documents.words import marks_text, words
from examgen.errors import BankError
from examgen.resources import shipped

FORMULA = re.compile(r"\\\$|\$((?:[^$\\]|\\.)*)\$|\$", re.DOTALL)


LABELLED = re.compile(r"(?:\\text\{([^}]*)\} )?(.*)", re.DOTALL)

SheetRow = tuple[str, str, str]


def paper_html(page: PaperPage, typesetter: Typesetter, *, with_solution: bool) -> str:
    """A paper or its key as HTML for WeasyPrint; its formulas are images that the typesetter knows."""
    return _render("key.html.j2" if with_solution else "questions.html.j2", page, typesetter=typesetter)


def sheet_html(page: PaperPage, rows: Sequence[SheetRow]) -> str:
    """The web page on which a student fills in and saves answers.csv.

    Args:
        rows: question id, field and symbol of every asked entry in the order of the sheet; the n-th question id that
            appears is that of the n-th question with answer boxes.
    Raises: ValueError if the rows are not those of the page's boxes.
    """
    numbers = _row_numbers(page, rows)
    script = (shipped("templates") / "sheet.js").read_text(encoding="utf-8")
    style = (shipped("templates") / "sheet.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return _render(
        "sheet.html.j2", page, rows=rows, numbers=numbers, script=Markup(script), style=Markup(style), digest=digest
    )


def _row_numbers(page: PaperPage, rows: Sequence[SheetRow]) -> dict[tuple[str, str], int]:
    """The place in the sheet of each (question number, field) of the page."""
    asked = [question for question in page.questions if _fields(question)]
    ids = list(dict.fromkeys(row[0] for row in rows))
    if len(ids) != len(asked):
        raise ValueError(f"the sheet has questions {ids}, the page has {[question.number for question in asked]}")
    number_of = dict(zip(ids, (question.number for question in asked), strict=True))
    places = {(number_of[row[0]], row[1]): place for place, row in enumerate(rows)}
    boxes = {(question.number, field) for question in asked for field in _fields(question)}
    if boxes != places.keys():
        raise ValueError(f"sheet and page differ in {sorted(boxes ^ places.keys())}")
    return places


def _fields(question: QuestionPart) -> list[str]:
    boxes = (box for task in question.tasks for box in task.boxes)
    return [cell.field for box in boxes for row in box.cells for cell in row if cell]


def _render(template: str, page: PaperPage, **more: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(page=page, texts=words(page.language), marks_text=partial(marks_text, page.language), **more)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "text": _text,
        "display": _display,
        "equation": _equation,
        "given": _given,
        "person": _person,
        "web_text": lambda text, where="": _with_formulas(text, lambda latex: _web_math(latex, where), where),
        "web_math": _web_math,
        "network": network_svg,
        "short": shortened,
    }
    return environment


@pass_context
def _text(context: Context, text: str, where: str = "", size: float = SIZE) -> Markup:
    """Text with formulas in a line."""
    typesetter: Typesetter = context["typesetter"]
    return _with_formulas(text, lambda latex: typesetter.inline(latex, where, size=size), where)


@pass_context
def _display(context: Context, latex: str, where: str = "") -> Markup:
    """A formula in a line, set large."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.inline(latex, where, display=True)


@pass_context
def _equation(context: Context, relations: Sequence[str], where: str = "") -> Markup:
    """A displayed chain of relations."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.equation(relations, where)


@pass_context
def _given(context: Context, latex: str, where: str = "") -> Markup:
    """A displayed equation, to stand beside others; a label before it is ordinary text in any script."""
    label, formula = LABELLED.fullmatch(latex).groups()  # type: ignore[union-attr]
    return Markup('<span class="given">{}{}</span>').format(label or "", _display(context, formula, where))


@pass_context
def _person(context: Context, text: str, size: float, width: int) -> Markup:
    """A name, id or code: a slot where it is one, else the text itself, shortened."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.text(text, size) if is_slot(text) else escape(shortened(text, width))


def _web_math(latex: str, where: str = "") -> Markup:
    return Markup(to_mathml(latex, where))


def _with_formulas(text: str, typeset: Callable[[str], Markup], where: str) -> Markup:
    r"""Escaped text in which `$...$` is set as a formula and `\$` is a dollar sign."""

    def piece(match: re.Match[str]) -> str:
        if match[0] == "\\$":
            return "$"
        if match[1] is None:
            raise BankError(
                f'{where or "text"}: {text!r} has a single "$"; close the formula, or write "\\$" for a dollar'
            )
        return typeset(match[1])

    found, end = Markup(""), 0
    for match in FORMULA.finditer(text):
        found += escape(text[end : match.start()]) + piece(match)
        end = match.end()
    return found + escape(text[end:])


def shortened(text: str, width: int) -> str:
    """The text, or as much of it as fits into `width` letters with an ellipsis at its end; wide letters count twice."""
    if sum(map(_letter_width, text)) <= width:
        return text
    room, kept = width - 1, ""
    for letter in text:
        room -= _letter_width(letter)
        if room < 0:
            break
        kept += letter
    return kept.rstrip() + "\u2026"


def _letter_width(letter: str) -> int:
    return 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1
