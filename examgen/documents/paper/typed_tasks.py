"""Tasks that ask for formulas, shapes or a choice: their boxes, the table of spellings, and their answers on the key.

Called by `papers` for each shape of a question; nothing of it differs between students.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from examgen.core.formulas.formula_functions import function_key
from examgen.core.formulas.formula_tokens import Token, Unparsed, tokenize
from examgen.core.rules.activations import ACTIVATIONS
from examgen.documents.pages import AnswerBox, Cell, Spelling, TypedAnswer
from examgen.documents.style import PaperStyle
from examgen.documents.worked.rule_formulas import symbol_of
from examgen.exams.fields import Field, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.spellings import spelling_table, spellings
from examgen.exams.references.typed_references import right_options, typed_reference
from examgen.exams.task import Task

_FEW = 2
"""So many spellings of one quantity are all printed; of more, the first and the last."""

_SIGNS: Mapping[str, str] = MappingProxyType({"*": r" \, ", "(": r"\left(", ")": r"\right)", ",": r",\ "})


_NAMED: Mapping[str, str] = MappingProxyType(
    {"ln": r"\ln", "exp": r"\exp", "log10": r"\log_{10}", "max": r"\max", "min": r"\min"}
)
"""Functions that have a command."""

_ROOT = "sqrt"

_DERIVATIVE = re.compile(r"\\frac\{(\\partial [^{}]*)\}\{(.*)\}")


def other_boxes(paper: PaperShape, number: int, style: PaperStyle) -> Iterator[AnswerBox]:
    """A box for each formula, each shape, or the letter of the option."""
    task = paper.question.tasks[number]
    hint = typed_hint(task, style)
    for field in _fields(paper, number):
        symbol = symbol_latex(paper, field) if field.quantity else ""
        yield AnswerBox(symbol, ((Cell(field.name, field.symbol, hint),),))


def typed_hint(task: Task, style: PaperStyle) -> str:
    """What a task asks for that asks for no numbers, in words."""
    return str(style.words["as_choices" if task.takes_several else f"as_{task.as_}"])


def spelling_lines(paper: PaperShape, number: int) -> Iterator[Spelling]:
    """How the symbols of a task's formulas are typed: a line for each quantity."""
    if paper.question.tasks[number].as_ != "formula":
        return
    for _, rows in groupby(spelling_table(paper, number), key=lambda row: (row.quantity, row.step)):
        entries = list(rows)
        ends = entries if len(entries) <= _FEW else [entries[0], entries[-1]]
        between = (r",\ ", ", ") if len(entries) <= _FEW else (r" \ldots ", " … ")
        yield Spelling(between[0].join(row.latex for row in ends), between[1].join(row.spelling for row in ends))


def typed_answers(paper: PaperShape, number: int, style: PaperStyle) -> Iterator[TypedAnswer]:
    """The right answers of a task that asks for no numbers, in the order of its boxes."""
    task = paper.question.tasks[number]
    for field in _fields(paper, number):
        typed = typed_reference(paper, field)
        if task.as_ == "choice":
            # Each right option of several with its letter.
            for place in right_options(paper, number):
                yield TypedAnswer("", "", f"({task_letter(place)})", style.phrase(paper.options(number)[place]))
        else:
            latex = formula_latex(paper, typed) if task.as_ == "formula" else ""
            yield TypedAnswer(symbol_latex(paper, field), latex, typed)


def symbol_latex(paper: PaperShape, field: Field) -> str:
    """LaTeX of what a field asks for: an entry, a whole matrix, or the letter of a choice's task."""
    if not field.quantity:
        return rf"\text{{{field.symbol}}}"
    if field.as_ == "shape":
        return symbol_of(paper, field.quantity)
    return paper.naming.entry(field.quantity, field.index).latex


def on_one_line(symbol: str) -> str:
    """A derivative with a slash in place of its line, for rows of one height."""
    fraction = _DERIVATIVE.fullmatch(symbol)
    return f"{fraction[1]} {{/}} {fraction[2]}" if fraction else symbol


def formula_latex(paper: PaperShape, typed: str) -> str:
    """LaTeX of a formula that can be read."""
    tokens = tokenize(typed)
    if isinstance(tokens, Unparsed):
        raise ValueError(f"{typed}: {tokens.message}")
    known = spellings(paper.naming)

    def symbol(name: str, _before: str, _after: str) -> str | None:
        return paper.naming.entry(*known[name]).latex if name in known else None

    return latex_of_tokens(tokens, symbol)


def latex_of_tokens(
    tokens: Sequence[Token], symbol: Callable[[str, str, str], str | None], signs: Mapping[str, str] = _SIGNS
) -> str:
    """LaTeX of a formula that was read.

    Args:
        tokens: of the formula.
        symbol: LaTeX of a name, called with it and with what stands before and behind it; None for a function.
        signs: LaTeX of other signs.
    """
    parts = []
    texts = ["", *(token.text for token in tokens), ""]
    roots = _roots(tokens)
    for place, (token, before, after) in enumerate(zip(tokens, texts, texts[2:], strict=False)):
        found = symbol(token.text, before, after) if token.kind == "name" else None
        if place in roots:
            parts.append(roots[place])
        elif found is not None:
            parts.append(found)
        elif token.kind == "name":
            parts.append(_function(token.text))
        elif token.kind == "number" and before == "^":
            parts.append(f"{{{token.text}}}")
        elif token.text in {"+", "-"}:
            # A sign that nothing stands before is that of a number.
            parts.append(f" {token.text} " if before not in {"", "(", ","} else token.text)
        else:
            parts.append(signs.get(token.text, token.text))
    return "".join(parts)


def _roots(tokens: Sequence[Token]) -> dict[int, str]:
    """LaTeX of what makes up square roots, by place: the name, and the brackets, in place of which their sign reaches
    over what they hold."""
    found: dict[int, str] = {}
    opened: list[bool] = []
    for place, token in enumerate(tokens):
        if token.text == "(":
            is_root = place > 0 and function_key(tokens[place - 1].text) == _ROOT
            opened.append(is_root)
            if is_root:
                found |= {place - 1: "", place: r"\sqrt{"}
        elif token.text == ")" and opened.pop():
            found[place] = "}"
    return found


def _function(name: str) -> str:
    """The symbol of a function, with the mark of its derivative."""
    activations = {function_key(row.name): row.symbol for row in ACTIVATIONS.values()}
    plain = name.rstrip("'")
    symbol = activations.get(function_key(plain)) or _NAMED.get(plain, rf"\operatorname{{{plain}}}")
    return symbol + name[len(plain) :]


def _fields(paper: PaperShape, number: int) -> list[Field]:
    return [field for field in paper.fields if field.task == number]
