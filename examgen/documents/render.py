"""Pages as HTML and PDF: fills the templates with the values of `pages.py`; the command line and the batch call this.

What people read comes from the pages and `templates/texts/`, how it looks from the templates and style sheets.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from typing import Any
from unicodedata import combining, east_asian_width

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from examgen.documents.answer_cells import answer_cells
from examgen.documents.diagram import network_svg
from examgen.documents.math import to_html, to_mathml, width
from examgen.documents.pages import PaperPage, QuestionPart
from examgen.documents.pdf import to_pdf
from examgen.documents.words import words
from examgen.errors import BankError
from examgen.resources import shipped

FORMULA = re.compile(r"\\\$|\$((?:[^$\\]|\\.)*)\$|\$", re.DOTALL)

SIGN = re.compile(r"^\s*(?:[-+]|\\pm\b)")

TEXT_WIDTH = 45.8  # em: the page without its margins, in paper.css
THICK_SPACE = 0.278
LONGEST_INDENT, USUAL_INDENT = 7.0, 2.4  # em, of the lines into which a long chain of relations is broken

SheetRow = tuple[str, str, str]


def questions_html(page: PaperPage) -> str:
    """The paper that is handed out, as the HTML that `to_pdf` sets."""
    return _render("questions.html.j2", page)


def key_html(page: PaperPage) -> str:
    """The worked solution of a paper, as the HTML that `to_pdf` sets."""
    return _render("key.html.j2", page)


def questions_pdf(page: PaperPage) -> bytes:
    """The paper that is handed out."""
    return to_pdf(questions_html(page))


def key_pdf(page: PaperPage) -> bytes:
    """The worked solution."""
    return to_pdf(key_html(page))


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
    return _environment().get_template(template).render(page=page, texts=words(page.language), **more)


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
        "text": lambda text, where="": _with_formulas(text, lambda latex: to_html(latex, where=where), where),
        "web_text": lambda text, where="": _with_formulas(text, lambda latex: _web_math(latex, where), where),
        "math": lambda latex, where="": to_html(latex, where=where),
        "display": lambda latex, where="": to_html(latex, display=True, where=where),
        "equation": _equation,
        "given": _given,
        "web_math": _web_math,
        "network": network_svg,
        "cells": answer_cells,
        "short": shortened,
    }
    return environment


def _equation(relations: Sequence[str], where: str = "") -> Markup:
    """A displayed chain of relations: centred, or broken with the further lines below the first one's equals sign."""
    whole = " ".join(relations)
    if width(whole, display=True, where=where) <= TEXT_WIDTH:
        return Markup('<p class="eq">{}</p>').format(to_html(whole, display=True, where=where))
    indent = width(relations[0], display=True, where=where) + THICK_SPACE
    indent = indent if indent <= LONGEST_INDENT else USUAL_INDENT
    pieces = list(_pieces(relations, TEXT_WIDTH - indent, where))
    lines = [0.0]
    for piece in pieces:
        wide = width(piece, display=True, where=where) + THICK_SPACE
        if lines[-1] + wide > TEXT_WIDTH and lines[-1] > 0:
            lines.append(indent)
        lines[-1] += wide
    margin = max(0.0, TEXT_WIDTH - max(lines)) / 2 + indent
    style = f"margin-left:{margin:.2f}em;text-indent:{-indent:.2f}em"
    parts = Markup(" ").join(to_html(piece, display=True, where=where) for piece in pieces)
    return Markup('<p class="eq long" style="{}">{}</p>').format(style, parts)


def _pieces(relations: Sequence[str], room: float, where: str) -> Iterator[str]:
    """What lines are broken between: relations with the terms after them, or terms where these need more room."""
    chains: list[list[str]] = []
    for relation in relations:
        if chains and SIGN.match(relation):
            # An empty group before the sign keeps it an operator between two terms, with space on both sides.
            chains[-1].append("{} " + relation)
        else:
            chains.append([relation])
    for chain in chains:
        whole = " ".join(chain)
        yield from [whole] if width(whole, display=True, where=where) <= room else chain


def _given(latex: str, where: str = "") -> Markup:
    """A displayed equation of known width, to stand beside others."""
    wide = min(width(latex, display=True, where=where), TEXT_WIDTH)
    return Markup('<span class="given" style="width:{}em">{}</span>').format(
        f"{wide:.2f}", to_html(latex, display=True, where=where)
    )


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
