"""A rule's formula as LaTeX, once with symbols and once with numbers put in, in the notation of the paper.

Called by `worked_lines` for every line of a solution and by `papers` for the given numbers.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from examgen.core.circuits.circuit_rules import ExpressionRule
from examgen.core.circuits.operations.uniform import FURTHER_INDICES, INDICES
from examgen.core.graph import Quantity, Role
from examgen.core.rules.losses import LETTERS, LOSSES, Loss
from examgen.core.rules.penalties import PenalisedRule
from examgen.core.rules.rule import fill_latex, fraction_latex, times_latex
from examgen.core.turned import TurnedRule
from examgen.documents.worked.exact_numbers import MOST_CHARACTERS, characters, has_room
from examgen.documents.worked.solved_paper import SolvedPaper, bracketed, folds
from examgen.exams.paper_shapes import PaperShape

MOST_SMALL_CHARACTERS = 96
"""So many fit between two brackets in the smallest letters that are easy to read."""
MOST_IN_A_LINE = 56
"""The numbers of a sum take so many characters on a line that does not end among them."""

MAX_TERMS = 6
"""A sum of more terms is shown as its symbolic form and its value only."""


def symbol_of(paper: PaperShape, name: str) -> str:
    """LaTeX of a whole quantity as it is shown, with the bias folded in where the notation does so."""
    return paper.naming.whole(name, bias_folded=folds(paper, paper.graph[name]))


def symbolic(paper: PaperShape, quantity: Quantity) -> str:
    """The right-hand side of a quantity's rule in symbols."""
    naming, template = paper.naming, template_of(paper, quantity)

    def symbol(name: str, modifier: str) -> str:
        if name in _ONES:
            return rf"\mathbf{{1}}_{{{_ones_length(paper, name)}}}" + (r"^{\top}" if modifier == "T" else "")
        if name == "dot":
            # A name of several letters beside another would be read as one with it.
            return r"\cdot" if any(symbol_of(paper, part).startswith(r"\text{") for part in quantity.inputs) else ""
        if not name.isdigit():
            return (
                ""
                if name in {"times", "thin"}
                else _hadamard(all(paper.graph[part].size == 1 for part in quantity.inputs))
            )
        source = quantity.inputs[int(name)]
        if modifier.startswith(_AT):
            return naming.entry(source, _place(modifier)).latex
        if modifier.startswith(_INDEX):
            letters = INDICES if modifier == _INDEX else INDICES.translate(FURTHER_INDICES)
            return naming.entry(source, tuple(letters[: len(paper.graph[source].shape)])).latex
        tilde = modifier in {"bias", "ones", "onesT"}
        text = naming.read_by(source, quantity, bias_folded=tilde)
        if text.startswith("-") and modifier != "T" and not template.startswith(f"<{name}"):
            text = rf"\left({text}\right)"
        if modifier == "base":
            return rf"\left({text}\right)" if any(mark in text for mark in ("^", "'", "frac")) else text
        is_transposed = modifier == "onesT" or (modifier == "T" and paper.graph[source].size > 1)
        return _transposed(text) if is_transposed else text

    return _fill(template, symbol)


def numeric(solved: SolvedPaper, quantity: Quantity) -> str:
    """The right-hand side with numbers put in; empty where that would show nothing."""
    paper = solved.paper
    template = template_of(paper, quantity)
    inputs = quantity.inputs
    # A fraction of matrices is no notation that students know; symbols and the result say it. A rule that hands its
    # input on has no numbers but the result.
    if template in {"", "<0>"} or (r"\frac{<" in template and not solved.is_scalar(inputs[0])):
        return ""
    if isinstance(quantity.rule, ExpressionRule) and _is_by_entries(solved, template, inputs):
        return ""
    if r"\left" in template and _has_wide_fractions(solved, [inputs[int(place)] for place in _INPUT.findall(template)]):
        return ""
    if any(_is_wide(solved, [inputs[place] for place in places]) for places in _between_brackets(template)):
        return ""

    def number(name: str, modifier: str) -> str:
        if name in _ONES:
            ones = [["1"] * _ones_length(paper, name)]
            return bracketed(ones if modifier == "T" else list(zip(*ones, strict=True)))
        if name == "times":
            # The factors of every product are the first two inputs, but for a learning rate, which is a number too.
            return (
                r"\cdot"
                if any(_is_number(solved, template, inputs, place) for place in range(min(2, len(inputs))))
                else r"\,"
            )
        if name in {"dot", "thin"}:
            return r"\cdot" if name == "dot" else r"\,"
        if name == "hadamard":
            return _hadamard(all(solved.is_scalar(part) for part in inputs))
        if modifier.startswith(_AT):
            source = inputs[int(name)]
            value = np.asarray(solved.values[source])[_place(modifier)]
            return solved.numbers.bracket(solved.numbers.text(value, *solved.put_in(source)))
        text = _argument(solved, inputs[int(name)], modifier)
        return text if modifier == "bare" else solved.numbers.bracket(text)

    return solved.numbers.bare_start(_fill(template, number))


def template_of(paper: PaperShape, quantity: Quantity) -> str:
    """The LaTeX of a quantity's rule in the paper's notation."""
    assert quantity.rule is not None
    if isinstance(quantity.rule, PenalisedRule):
        of_data = quantity.rewired(quantity.rule.data, quantity.inputs[:-2])
        return f"{template_of(paper, of_data)} + {quantity.rule.added}"
    formulas, rule = paper.naming.notation.formulas, quantity.rule
    if isinstance(rule, TurnedRule) and rule.is_minus:
        return _negative(template_of(paper, replace(quantity, rule=rule.plain)))
    name = rule.name
    around = (quantity, *(paper.graph[source] for source in quantity.inputs))
    if any(one.is_of_weights and not paper.naming.folds(one) for one in around):
        name = f"{name}_alone" if f"{name}_alone" in formulas else name
    found = formulas.get(name, rule.latex)
    if any(one.is_per_sample and one.shape[0] > 1 for one in around):
        found = formulas.get(f"{name}_of_batch", found)
    return found if rule.factor == 1 else f"{fraction_latex(rule.factor)} <times> {found}"


_DIFFERENCE = re.compile(r"((?:.*\\left\()?)(<\w+>) - (<\w+>)((?:\\right\))?)")


def _negative(template: str) -> str:
    """The LaTeX of the negative of an expression: a difference the other way round, or a minus in front."""
    if template.startswith("-"):
        return template.removeprefix("-")
    if found := _DIFFERENCE.fullmatch(template):
        before, first, second, behind = found.groups()
        return f"{before}{second} - {first}{behind}"
    return rf"-\left({template}\right)" if re.search(r" [-+] ", template) else f"-{template}"


def loss_symbolic(paper: PaperShape, quantity: Quantity) -> str:
    """The loss as a formula over all outputs and samples."""
    samples, units = paper.graph[quantity.inputs[0]].shape
    index = "_{ik}" if samples > 1 else "_{k}" if units > 1 else ""
    bound = r"\sum_{i,k} " if samples > 1 else r"\sum_{k} " if units > 1 else ""
    symbols = {letter: f"{paper.naming.whole(name)}{index}" for letter, name in _read_by(paper, quantity).items()}
    symbols["times"] = ""
    term = _fill(_loss_of(paper, quantity).term, lambda name, _: symbols[name])
    penalty = "".join(f" + {paper.naming.whole(name)}" for name in _penalty_of(paper, quantity))
    return times_latex(_loss_factor(paper, quantity), bound + term) + penalty


def loss_numeric(solved: SolvedPaper, quantity: Quantity) -> str:
    """The loss with the numbers of each output put in; empty where there are too many."""
    loss = _loss_of(solved.paper, quantity)
    read = _read_by(solved.paper, quantity)
    entries = {letter: np.asarray(solved.values[name]).ravel() for letter, name in read.items()}
    count = len(entries["a"])
    if count > MAX_TERMS:
        return ""
    places = {letter: solved.put_in(name) for letter, name in read.items()}
    # Each term is made of so many numbers, side by side.
    if not all(has_room(denominator, len(read) * count) for _, denominator in places.values() if denominator):
        return ""

    def term(*values: Any) -> str:
        texts = zip(read, values, strict=True)
        symbols = {
            letter: solved.numbers.bracket(solved.numbers.text(value, *places[letter])) for letter, value in texts
        }
        return _fill(loss.term, lambda name, _: symbols.get(name, r"\cdot"))

    terms = [term(*values) for values in zip(*entries.values(), strict=True)]
    has_fractions = any(denominator for _, denominator in places.values())
    numbers = sum(loss.term.count(f"<{name}>") * (places[name][0] + 6) for name in read)
    # A line can end between brackets that do not grow.
    is_long = not has_fractions and count * numbers > MOST_IN_A_LINE
    opening, closing = ("(", ")") if is_long else (r"\left(", r"\right)")
    whole = terms[0] if len(terms) == 1 else f"{opening}{' + '.join(terms)}{closing}"
    penalty = "".join(
        f" + {solved.numbers.bracket(solved.number(name))}" for name in _penalty_of(solved.paper, quantity)
    )
    return times_latex(_loss_factor(solved.paper, quantity), whole) + penalty


def _read_by(paper: PaperShape, loss: Quantity) -> dict[str, str]:
    """What a loss reads, by the letter that it has in terms."""
    letters = (LETTERS[one] for one in _loss_of(paper, loss).reads)
    return dict(zip(letters, loss.inputs, strict=False))


def _penalty_of(paper: PaperShape, loss: Quantity) -> tuple[str, ...]:
    """The name of the penalty that is added to a loss; also a mistaken one may have lost it."""
    return loss.inputs[len(_loss_of(paper, loss).reads) :]


def _loss_of(paper: PaperShape, quantity: Quantity) -> Loss:
    """The loss that is asked for, also where a mistaken one is written."""
    rule = paper.graph[quantity.name].rule
    assert rule is not None
    return LOSSES[rule.name]


def _loss_factor(paper: PaperShape, quantity: Quantity) -> Fraction:
    rule = paper.graph[quantity.name].rule
    assert rule is not None
    return _loss_of(paper, quantity).factor(paper.graph[quantity.inputs[0]].shape[1], rule.averaged)


def _fill(template: str, symbol: Callable[[str, str], str]) -> str:
    return " ".join(fill_latex(template, symbol).split())


def _is_by_entries(solved: SolvedPaper, template: str, inputs: Sequence[str]) -> bool:
    """Whether the formula is of any entry, or does with matrices what is written of numbers only."""
    is_of_numbers = r"\frac" in template or "^{" in template
    return f":{_INDEX}" in template or (is_of_numbers and not all(map(solved.is_scalar, inputs)))


_AT, _INDEX = "at_", "index"


def _place(modifier: str) -> tuple[int, ...]:
    """The 0-based place of an entry that a formula reads."""
    return tuple(int(place) - 1 for place in modifier.removeprefix(_AT).split("_"))


_ONES = ("ones_units", "ones_samples")
_INPUT = re.compile(r"<(\d+)")
_TOKEN = re.compile(r"<(\d+)|\\left\b|\\right\b")


def _has_wide_fractions(solved: SolvedPaper, names: Sequence[str]) -> bool:
    """Whether fractions make a formula too wide in whose brackets no line can end, with these numbers side by side."""
    has_fractions = any(solved.put_in(name)[1] for name in names)
    return has_fractions and _characters(solved, names) > MOST_CHARACTERS


def _is_wide(solved: SolvedPaper, names: Sequence[str]) -> bool:
    """Whether these numbers side by side would be too small to read on a line that cannot end between them."""
    return _characters(solved, names) > MOST_SMALL_CHARACTERS


def _characters(solved: SolvedPaper, names: Sequence[str]) -> int:
    """The room that a row of all these matrices takes, in characters."""
    found = 0
    for name in names:
        decimals, denominator = solved.put_in(name)
        # A number in decimals has a sign, a digit, a point, and space beside it.
        each = characters(denominator) if denominator else decimals + 6
        found += int(solved.shown(name).shape[1]) * each
    return found


def _between_brackets(template: str) -> Iterator[list[int]]:
    """Places of the inputs between each pair of outermost brackets that grow."""
    depth, found = 0, []
    for token in _TOKEN.finditer(template):
        depth += {r"\left": 1, r"\right": -1}.get(token[0], 0)
        found += [int(token[1])] if token[1] and depth else []
        if found and not depth:
            yield found
            found = []


def _ones_length(paper: PaperShape, name: str) -> int:
    """Ones for the units of the output layer, or for the samples of a mini-batch."""
    outputs = next(paper.graph[one.inputs[0]] for one in paper.graph.derived if one.role is Role.LOSS)
    return outputs.shape[1 if name == "ones_units" else 0]


def _is_number(solved: SolvedPaper, template: str, inputs: Sequence[str], place: int) -> bool:
    """Whether an input is put in as a plain number: a 1 or a bias that is folded in makes a matrix of it."""
    is_folded = any(f"<{place}:{fold}" in template for fold in ("ones", "bias"))
    return solved.is_scalar(inputs[place]) and not is_folded


def _hadamard(between_numbers: bool) -> str:
    return r"\cdot" if between_numbers else r"\odot"


def _transposed(symbol: str) -> str:
    """A second superscript needs brackets around the first."""
    return rf"\left({symbol}\right)^{{\top}}" if "^" in symbol or "frac" in symbol else rf"{symbol}^{{\top}}"


def _argument(solved: SolvedPaper, name: str, modifier: str) -> str:
    shown, form = solved.shown(name), solved.put_in(name)
    if modifier == "bias":
        return solved.with_bias(name)
    if modifier.startswith("ones"):
        cells = [[solved.numbers.text(value, *form) for value in row] + ["1"] for row in shown]
        return bracketed(cells if modifier == "ones" else [list(column) for column in zip(*cells, strict=True)])
    return solved.matrix(shown.T if modifier == "T" else shown, *form)
