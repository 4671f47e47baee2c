"""The texts of an item as HTML with formulas in MathML; all formats that hold marked-up text take them from here."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup

from examgen.documents.math import localized
from examgen.documents.pages import AnswerBox, Cell, CircuitPicture, Line
from examgen.documents.paper.render import web_math, web_text
from examgen.documents.style import PaperStyle
from examgen.exchange.questions.items import Entry, Item, solution_of
from examgen.marking.reading.platforms.tags import Tag

Shown = Callable[[Entry], Markup]
"""How the box of an entry looks."""

Typed = Callable[[str], Markup]
"""How the box of a field looks that asks for no number, by its name."""

Around = Callable[[Markup], Markup]
"""What is made of the markup around boxes, where a format needs that."""

_PARAGRAPH = Markup("<p>{}</p>")


def prompt(item: Item) -> Markup:
    """What is given and what is asked: each item stands alone, so the whole question is in it."""
    return setting(item) + asked(item)


def setting(item: Item) -> Markup:
    """What is given, the same for all tasks of a question."""
    return with_mark(item, Markup("").join(map(_PARAGRAPH.format, _paragraphs(item))))


def asked(item: Item) -> Markup:
    """What a task asks."""
    digits = Markup(" ({})").format(item.task.digits) if item.task.digits else Markup("")
    text = Markup("<b>({})</b> {}{}").format(item.task.letter, web_text(item.task.text, item.part), digits)
    return with_mark(item, _PARAGRAPH.format(text))


def tagged(tag: Tag) -> Markup:
    """The tag by which answers are told when they come back; it begins the text of a question."""
    return Markup("<p><small>{}</small></p>").format(str(tag))


def boxes(
    item: Item, shown: Shown, around: Around = lambda markup: markup, typed: Typed = lambda _: Markup("")
) -> Markup:
    """The boxes of a task, matrices as tables.

    Args:
        item: the task.
        shown: how the box of a number looks.
        around: what is made of the markup around boxes.
        typed: how the box of what is no number looks.
    """
    return Markup("").join(_box(item, box, shown, around, typed) for box in item.task.boxes)


def option(item: Item, place: int) -> Markup:
    """The text of one option."""
    return with_mark(item, web_text(item.task.options[place][1], item.part))


def lettered_option(item: Item, place: int) -> Markup:
    """The same behind its letter, by which it is told when answers come back as texts."""
    return Markup("({}) {}").format(item.task.options[place][0], option(item, place))


def solution(*items: Item) -> Markup:
    """The worked solution of tasks of one question, with their right options where they have some."""
    found = Markup("").join(_section_parts(items))
    chosen = Markup("").join(_PARAGRAPH.format(text) for item in items for text in _chosen(item))
    return with_mark(items[0], found + chosen)


def explanation(item: Item, names: tuple[str, ...]) -> Markup:
    """What was done and what should be, of one misconception or of several that come to the same number."""
    return with_mark(item, _explained(item.style, names, is_turned=item.is_turned))


@lru_cache(maxsize=1024)
def _explained(style: PaperStyle, names: tuple[str, ...], *, is_turned: bool) -> Markup:
    parts: list[Markup] = []
    for name in names:
        said = style.words["misconceptions"][name]
        turned = [said.get(f"{key}_turned", said[key]) if is_turned else said[key] for key in ("did", "should")]
        # As in feedback: braces of formulas are doubled there.
        told = web_text(" ".join(text.format() for text in turned), name)
        parts.append(Markup("<b>{}.</b> {}").format(web_text(said["title"], name), told))
    return Markup("<br/>").join(parts)


def with_mark(item: Item, markup: Markup) -> Markup:
    """Formulas with the decimal mark of the language."""
    return Markup(localized(str(markup), item.style.decimal_mark))


def _paragraphs(item: Item) -> Iterator[Markup]:
    question, words, where = item.question, item.style.words, item.part
    for text in question.text:
        yield web_text(text, where)
    for place, sentence in enumerate(item.symbols):
        title = Markup("<b>{}.</b> ").format(words["worked"]["symbols"]) if place == 0 else Markup("")
        yield title + web_text(sentence, where)
    if question.picture is not None and not isinstance(question.picture, CircuitPicture):
        # A network is told in words; a circuit is drawn of the definitions that are given anyway.
        yield web_text(question.picture.description, where)
    for given in question.givens:
        label = Markup("{}: ").format(given.label) if given.label else Markup("")
        yield label + web_math(given.latex, where)


def _box(item: Item, box: AnswerBox, shown: Shown, around: Around, typed: Typed) -> Markup:
    def cell_of(cell: Cell | None) -> Markup:
        if cell is None:
            return Markup("")
        return shown(item.entries[cell.field]) if cell.field in item.entries else typed(cell.field)

    symbol = around(with_mark(item, web_math(f"{box.symbol} =", item.part)))
    if len(box.cells) == len(box.cells[0]) == 1:
        return Markup("<p>{} {}</p>").format(symbol, cell_of(box.cells[0][0]))
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell_of(cell)) for cell in row))
        for row in box.cells
    )
    return Markup("<p>{}</p><table><tbody>{}</tbody></table>").format(symbol, rows)


def _chosen(item: Item) -> Iterator[Markup]:
    for letter, text in (item.task.options[place] for place in item.right):
        yield web_text(f"({letter}) {text}", item.part)


def _section_parts(items: Sequence[Item]) -> Iterator[Markup]:
    for section in solution_of(items):
        yield Markup("<h4>{}</h4>").format(section.title)
        yield from (_line(items[0], line) for line in section.lines)


def _line(item: Item, line: Line) -> Markup:
    text = _PARAGRAPH.format(web_text(line.text, item.part)) if line.text else Markup("")
    formula = _PARAGRAPH.format(web_math(" ".join(line.relations), item.part)) if line.relations else Markup("")
    return text + formula


def described(style: PaperStyle, number: str, title: str) -> str:
    """The heading of a question, as plain text."""
    key = "question_titled" if title else "question"
    found: str = style.words[key].format(number=number, title=style.phrase(title))
    return found
