"""Texts of an item as Markdown with formulas in LaTeX, as pandoc reads it; each text is of one line."""

import re
from collections.abc import Iterator, Sequence

from examgen.core.formulas.number_grammar import DecimalMark
from examgen.documents.pages import CircuitPicture, Line
from examgen.exams.wording.texts import FORMULA
from examgen.exchange.questions.items import Item, solution_of

# Written as references: a backslash before a bracket begins a formula for some.
_SPECIAL = re.compile(r"[\\`*_{}\[\]#+|~^$<>@&=]|(?<!\w)-|-(?!\w)")
_COMMAND_NAME = re.compile(r"ex[a-z]+:")
_BEGINS_A_LIST = re.compile(r"^\(?\w{1,9}[.)](?=\s|$)")
_SPACES = re.compile(r"\s+")
_DECIMALS = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def plain(text: str) -> str:
    """Plain text: every sign that could mean something is escaped, and line breaks are spaces."""
    return _BEGINS_A_LIST.sub(lambda found: _references(found[0], ".()"), _inner(text).strip())


def formula(latex: str, mark: DecimalMark) -> str:
    """A formula within a line, its numbers with the decimal mark of a language."""
    text = _SPACES.sub(" ", latex).strip()
    return f"${text if mark == '.' else _DECIMALS.sub('{,}', text)}$"


def text(source: str, mark: DecimalMark) -> str:
    r"""Plain text in which `$...$` is a formula and `\$` is a dollar sign."""
    found, end = "", 0
    for match in FORMULA.finditer(source):
        piece = _reference("$") if match[1] is None else formula(match[1], mark)
        before = source[end : match.start()]
        found += f"{_inner(before) if end else _begun(before)}{piece}"
        end = match.end()
    return (found + (_inner(source[end:]) if end else _begun(source))).strip()


def setting(item: Item) -> list[str]:
    """What is given, a paragraph each."""
    return list(_setting(item, item.style.decimal_mark))


def asked(item: Item) -> str:
    """What a task asks."""
    digits = f" ({text(item.task.digits, item.style.decimal_mark)})" if item.task.digits else ""
    return f"**({item.task.letter})** {text(item.task.text, item.style.decimal_mark)}{digits}"


def box(item: Item, latex: str) -> str:
    """What stands before a box."""
    return f"{plain(f'({item.task.letter})')} {formula(f'{latex} =', item.style.decimal_mark)}"


def options(item: Item) -> list[str]:
    """The options of a choice behind their letters."""
    return [f"{plain(f'({letter})')} {text(option, item.style.decimal_mark)}" for letter, option in item.task.options]


def solution(items: Sequence[Item]) -> list[str]:
    """The worked solution of tasks of one question, a paragraph each."""
    found: list[str] = []
    mark = items[0].style.decimal_mark
    for section in solution_of(items):
        found.append(f"**{plain(section.title)}**")
        for line in section.lines:
            found += _line(line, mark)
    return [*found, *(one for item in items if item.right for one in _chosen(item))]


def _inner(source: str) -> str:
    """As `plain`, within a line."""
    told = _SPECIAL.sub(lambda found: _reference(found[0]), _SPACES.sub(" ", source))
    # R/exams takes a name with a colon for a command wherever it stands.
    return _COMMAND_NAME.sub(lambda found: _references(found[0], ":"), told)


def _begun(source: str) -> str:
    """As `plain`, where more of the line follows."""
    return plain(source) + (" " if source[-1:].isspace() else "")


def _references(source: str, signs: str) -> str:
    return "".join(_reference(sign) if sign in signs else sign for sign in source)


def _reference(sign: str) -> str:
    return f"&#{ord(sign)};"


def _setting(item: Item, mark: DecimalMark) -> Iterator[str]:
    question, words = item.question, item.style.words
    yield from (text(one, mark) for one in question.text)
    for place, sentence in enumerate(item.symbols):
        title = f"**{plain(words['worked']['symbols'])}.** " if place == 0 else ""
        yield title + text(sentence, mark)
    if question.picture is not None and not isinstance(question.picture, CircuitPicture):
        yield text(question.picture.description, mark)
    for given in question.givens:
        label = f"{plain(given.label)}: " if given.label else ""
        yield label + formula(given.latex, mark)


def _line(line: Line, mark: DecimalMark) -> Iterator[str]:
    if line.text:
        yield text(line.text, mark)
    if line.relations:
        yield formula(" ".join(line.relations), mark)


def _chosen(item: Item) -> Iterator[str]:
    there = options(item)
    yield from (there[place] for place in item.right)
