"""Pages as HTML: fills the templates with the values of `pages.py`; `printing` and `web_sheet` call this for a shape.

What people read comes from the pages and `templates/texts/`, how it looks from the templates and style sheets.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from examgen.core.formulas.formula_tokens import MAX_CHARACTERS as LONGEST_ANSWER
from examgen.documents.lengths import MILLIMETRE
from examgen.documents.math import for_screens, to_mathml
from examgen.documents.numbers import is_slot
from examgen.documents.pages import CircuitPicture, NetworkPicture, PaperPage, QuestionPart, Task
from examgen.documents.paper.answer_boxes import TaskLayout, laid_out
from examgen.documents.paper.bubbled.bubble_sheets import BubbleSheet
from examgen.documents.paper.diagram import network_svg, on_screen
from examgen.documents.paper.pictures.circuit_markup import circuit_markup
from examgen.documents.paper.pictures.lettering import Letters
from examgen.documents.paper.sheet_script import json_text, sheet_script
from examgen.documents.paper.sheet_style import sheet_style
from examgen.documents.style import PaperStyle
from examgen.documents.themes import Theme
from examgen.documents.typesetting import GIVEN_WIDTH, INLINE_WIDTH, SIZE, Typesetter, fitted
from examgen.documents.web_templates import content_digest
from examgen.errors import BankError, ExamgenError
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.wording.texts import FORMULA
from examgen.resources import shipped
from examgen.typeset import spoken

LABEL_SIZE, SYMBOL_WIDTH, SYMBOL_HEIGHTS = 9.0, 0.5, (8.6, 3.7)
"""Size of symbols over bubbles; how much of the width they may take, and how far they go up and down, in points."""

SheetRow = tuple[str, str, str]

FUNCTIONS = "exp(z), ln(a), sqrt(z), abs(z), max(0, z), sigmoid(z), relu(z), tanh(z), sigmoid'(z)"
"""Some of the functions that formulas may use, as examples for students."""

SCRIPT_WORDS = (
    "progress", "saved", "unread", "student_missing", "loaded", "no_sheet", "other_exam", "other_paper", "pasted_over",
)  # fmt: skip
"""What the script of a web sheet says."""


def paper_html(
    page: PaperPage, typesetter: Typesetter, sheets: Sequence[BubbleSheet] = (), *, with_solution: bool
) -> str:
    """A paper with its bubble pages, or its key, as HTML for WeasyPrint; the typesetter knows its formulas."""
    html = render("key.html.j2" if with_solution else "questions.html.j2", page, typesetter=typesetter)
    if not sheets:
        return html
    # Behind whatever a theme has made of the paper.
    body, end, rest = html.rpartition("</body>")
    return f"{body}{render('bubbles.html.j2', page, typesetter=typesetter, sheets=sheets)}{end}{rest}"


def sheet_html(page: PaperPage, rows: Sequence[SheetRow]) -> str:
    """The web page on which a student fills in and saves answers.csv.

    Args:
        rows: question id, field and symbol of every asked entry in the order of the sheet; the n-th question id that
            appears is that of the n-th question with answer boxes.
    Raises: ValueError if the rows are not those of the page's boxes.
    """
    numbers = _row_numbers(page, rows)
    script = sheet_script(page.style, _typed_kinds(page))
    digest = content_digest(script)
    more = {"script": Markup(script), "style": Markup(sheet_style()), "digest": digest, "longest": LONGEST_ANSWER}
    more["words"] = {name: page.style.words[name] for name in SCRIPT_WORDS}
    fields = [(question, [field for _, field, _ in found]) for question, found in groupby(rows, key=itemgetter(0))]
    html = render("sheet.html.j2", page, fields=fields, numbers=numbers, **more)
    head, body, rest = html.partition("<body>")
    return f"{head}{body}{for_screens(rest, page.style.decimal_mark)}"


def _typed_kinds(page: PaperPage) -> frozenset[str]:
    """The kinds of answers that are typed and no numbers; one option of several is chosen from a list."""
    tasks = (task for question in page.questions for task in question.tasks if task.boxes)
    return frozenset(task.kind for task in tasks if task.kind != "number" and (task.takes_several or not task.options))


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


def render(template: str, page: PaperPage, **more: Any) -> str:
    style = page.style
    shown = {"page": page, "texts": style.words, "marks_text": style.marks_text, "functions": FUNCTIONS, **more}
    if style.theme is None or template not in dict(style.theme.templates):
        return _environment(None).get_template(template).render(shown)
    try:
        return _environment(style.theme).get_template(template).render(shown)
    except ExamgenError:
        raise
    except TemplateSyntaxError as error:
        raise ExamgenError(f"{style.theme.folder / template}: line {error.lineno}: {error.message}") from None
    except Exception as error:
        # What an instructor writes into a template can go wrong in any way.
        raise ExamgenError(f"{style.theme.folder / template}: {type(error).__name__}: {error}") from None


class _Sandbox(ImmutableSandboxedEnvironment):
    """Shows a theme's templates what stands on a page, and none of what makes it."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not isinstance(obj, Typesetter | PaperStyle | Theme) and super().is_safe_attribute(obj, attr, value)


@lru_cache(maxsize=8)
def _environment(theme: Theme | None) -> Environment:
    """The shipped templates behind those of a theme, which can do nothing but show a page."""
    folder = FileSystemLoader(shipped("templates"))
    own = DictLoader(dict(theme.templates)) if theme is not None else DictLoader({})
    environment = (Environment if theme is None else _Sandbox)(
        loader=ChoiceLoader([own, folder, PrefixLoader({"shipped": folder})]),
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
        "edge": _edge,
        "person": _person,
        "web_text": web_text,
        "web_math": web_math,
        "aloud": _aloud,
        "json": json_text,
        "network": _picture,
        "boxes": _boxes,
        "over": _over,
        "short": fitted,
    }
    return environment


@pass_context
def _text(context: Context, text: str, where: str = "", size: float = SIZE) -> Markup:
    """Text with formulas in a line."""
    typesetter: Typesetter = context["typesetter"]
    return _with_formulas(text, lambda latex: typesetter.inline(latex, where, room=INLINE_WIDTH, size=size), where)


@pass_context
def _display(context: Context, latex: str, where: str = "") -> Markup:
    """A formula in a line, set large."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.inline(latex, where, display=True, room=GIVEN_WIDTH)


@pass_context
def _picture(
    context: Context,
    picture: NetworkPicture | CircuitPicture,
    where: str = "",
    *,
    is_dense: bool = False,
    has_font: bool = False,
) -> Markup:
    """What stands beside a question; nothing where no page has room for it."""
    if isinstance(picture, NetworkPicture):
        drawn = network_svg(picture, where, is_dense=is_dense)
        return on_screen(drawn) if has_font else drawn
    typesetter = context.get("typesetter")
    page: PaperPage = context["page"]
    letters = Letters(typesetter, where, page.style.decimal_mark)
    return circuit_markup(
        picture, letters, lambda text: _text(context, text, where) if typesetter else web_text(text, where)
    )


@pass_context
def _boxes(context: Context, task: Task, where: str = "") -> TaskLayout:
    """Where the answer boxes of a task stand."""
    typesetter: Typesetter = context["typesetter"]
    return laid_out(task, lambda symbol: typesetter.measured(symbol, where))


@pass_context
def _over(context: Context, latex: str, place: Rectangle) -> Markup:
    """A symbol over a grid of bubbles, as large as there is room."""
    typesetter: Typesetter = context["typesetter"]
    room = place.width * MILLIMETRE * SYMBOL_WIDTH, *SYMBOL_HEIGHTS
    most = min(
        limit / max(one, limit) for limit, one in zip(room, typesetter.extent(latex, size=LABEL_SIZE), strict=True)
    )
    return typesetter.inline(latex, size=LABEL_SIZE * most)


@pass_context
def _equation(context: Context, relations: Sequence[str], where: str = "", edge: float | None = None) -> Markup:
    """A displayed chain of relations, centred where no edge is given for its signs."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.equation(relations, where) if edge is None else typesetter.aligned(relations, edge, where)


@pass_context
def _edge(context: Context, lines: Sequence[Sequence[str]], where: str = "") -> float:
    """Where the signs of equations below one another stand."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.edge(lines, where)


@pass_context
def _person(context: Context, text: str, size: float, width: int) -> Markup:
    """A name, id or code: a slot where it is one, else the text itself, shortened."""
    typesetter: Typesetter = context["typesetter"]
    return typesetter.text(text, size) if is_slot(text) else escape(fitted(text, width))


@pass_context
def _aloud(context: Context, latex: str) -> str:
    """A formula as it is read aloud, for labels that cannot hold one."""
    return _read_aloud(latex, context["language"])


@lru_cache(maxsize=16384)
def _read_aloud(latex: str, language: str) -> str:
    return spoken(to_mathml(latex), language)


def web_text(text: str, where: str = "") -> Markup:
    """Text with formulas as MathML."""
    return _with_formulas(text, lambda latex: web_math(latex, where), where)


def web_math(latex: str, where: str = "") -> Markup:
    """A formula as MathML; errors as of `to_mathml`."""
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
