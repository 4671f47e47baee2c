"""Worked solutions: walks the graph in order and writes every needed quantity as formula, numbers put in, result.

The chain-rule form of single entries is in `chain`. Called by `papers`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from examgen.core.graph import Quantity, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import fill_latex
from examgen.documents.pages import Line, Section
from examgen.documents.worked.chain import chain_formula, chain_lines
from examgen.documents.worked.rule_formulas import (
    loss_numeric,
    loss_symbolic,
    numeric,
    symbol_of,
    symbolic,
)
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.documents.worked.step_samples import step_fact
from examgen.exams.paper_shapes import PaperShape

FORWARD, BACKWARD, UPDATE = "forward", "backward", "update"
PART_OF = {
    Role.WEIGHTED_SUM: FORWARD,
    Role.ACTIVATION: FORWARD,
    Role.PENALTY: FORWARD,
    Role.LOSS: FORWARD,
    Role.SLOPE: BACKWARD,
    Role.DERIVATIVE: BACKWARD,
    Role.STATE: UPDATE,
    Role.CHANGE: UPDATE,
    Role.UPDATE: UPDATE,
    Role.VALUE: "products",
    Role.DEFINED: FORWARD,
}
"""The part of a step that a derived quantity belongs to."""

_BRACKET = re.compile(r"\\left\[(.*?)\\right\]")


def worked_sections(solved: SolvedPaper, words: Mapping[str, str], *, has_chains: bool = True) -> tuple[Section, ...]:
    """The whole solution of one question, step by step; with the chain rule for single entries, or without."""
    quantities = [quantity for quantity in solved.paper.needed() if not quantity.is_copied]
    steps = sorted({quantity.step or 0 for quantity in quantities})
    sections: list[Section] = []
    for step in steps:
        of_step = [quantity for quantity in quantities if (quantity.step or 0) == step]
        sections += _sections_of_step(solved, of_step, words, step if len(steps) > 1 else 0, has_chains=has_chains)
    return tuple(sections)


def _has_line(paper: PaperShape, quantity: Quantity) -> bool:
    """Folded biases are a row of their weights."""
    return not paper.naming.weights_around(quantity)


def _sections_of_step(
    solved: SolvedPaper, quantities: Sequence[Quantity], words: Mapping[str, str], step: int, *, has_chains: bool
) -> Iterator[Section]:
    def titled(key: str) -> str:
        return words["step"].format(step=step, title=words[key]) if step else words[key]

    with_lines = [quantity for quantity in quantities if _has_line(solved.paper, quantity)]
    for part in (FORWARD, BACKWARD, UPDATE, "products"):
        lines = tuple(_lines(solved, [q for q in with_lines if PART_OF[q.role] == part], words))
        if lines:
            opening = _opening(solved, words, step) if part == FORWARD else ""
            yield Section(titled(part), (Line((), opening), *lines) if opening else lines)
        if has_chains and part == BACKWARD and (chains := tuple(chain_lines(solved, quantities))):
            first, *rest = chains
            yield Section(titled("chain"), (Line(first.relations, words["chain_text"]), *rest))


def _opening(solved: SolvedPaper, words: Mapping[str, str], step: int) -> str:
    """What to know before the numbers of a step: that they are printed rounded, and which weights it starts from."""
    of_step = step_fact(solved.paper, words, step)
    if step > 1:
        graph = solved.paper.graph
        has_biases = any(one.updated and one.is_of_biases for one in graph)
        weights = words["weights_after" if has_biases else "weights_only_after"].format(step=step - 1)
        return " ".join(filter(None, (of_step, weights)))
    facts = [of_step] if of_step else []
    facts += [words["unrounded"]] if any(map(solved.reads_rounded, solved.paper.needed())) else []
    facts += [words["zero_or_one"].format(condition=condition) for condition in _conditions(solved.paper)]
    return " ".join(facts)


def _conditions(paper: PaperShape) -> Sequence[str]:
    """LaTeX of what stands in the brackets of slopes that are 1 where it holds, each once."""
    slopes = [(ACTIVATIONS[name].slope_latex, {"0": "z"}) for name in paper.graph.rule_names(Role.ACTIVATION)]
    slopes += [(LOSSES[name].slope_term, {"0": "a", "1": "y"}) for name in paper.graph.rule_names(Role.LOSS)]
    brackets = ((_BRACKET.search(latex), letters) for latex, letters in slopes)
    said = (_with_letters(found[1], letters) for found, letters in brackets if found)
    return tuple(dict.fromkeys(said))


def _with_letters(template: str, letters: Mapping[str, str]) -> str:
    """LaTeX of a part of a rule for any unit."""
    return " ".join(fill_latex(template, lambda name, _: letters.get(name, "")).split())


def _lines(solved: SolvedPaper, quantities: Sequence[Quantity], words: Mapping[str, str]) -> Iterator[Line]:
    """A line for each quantity; a sentence names the layer where a new one begins."""
    layer: int | None = None
    for quantity in quantities:
        begins = quantity.layer is not None and quantity.layer != layer and quantity.role is not Role.VALUE
        layer = quantity.layer or layer
        yield Line(relations(solved, quantity), _layer_text(solved.paper, quantity, words) if begins else "")


def _layer_text(paper: PaperShape, quantity: Quantity, words: Mapping[str, str]) -> str:
    assert quantity.layer is not None
    number = quantity.layer + paper.naming.notation.activation_offset
    is_last = all((one.layer or 0) <= quantity.layer for one in paper.graph)
    return words["output_layer" if is_last else "layer"].format(layer=number)


def relations(solved: SolvedPaper, quantity: Quantity) -> tuple[str, ...]:
    """A quantity as a chain of relations: symbol, formula, numbers put in, result; none of them twice."""
    symbol, formula = _symbols(solved.paper, quantity.name)
    numbers = loss_numeric(solved, quantity) if quantity.role is Role.LOSS else numeric(solved, quantity)
    chain = chain_formula(solved.paper, quantity) if quantity.latex else ""
    seen = [symbol]
    for part in [*(f"= {part}" for part in (chain, formula, numbers) if part), *solved.results(quantity.name)]:
        if part.removeprefix("= ") != seen[-1].removeprefix("= "):
            seen.append(part)
    return tuple(seen)


@lru_cache(maxsize=4096)
def _symbols(paper: PaperShape, name: str) -> tuple[str, str]:
    """A quantity's symbol and its formula in symbols, the same for all students."""
    quantity = paper.graph[name]
    formula = loss_symbolic(paper, quantity) if quantity.role is Role.LOSS else symbolic(paper, quantity)
    return symbol_of(paper, name), formula
