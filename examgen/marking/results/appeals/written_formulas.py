"""An entry's formula as a line of text: once in the symbols of the paper, once with numbers put in.

Called by `entry_trace`. The formula is the one that marking evaluates: a slope that the graph computes from the
activation is written so, and what has the rule of a misconception by that rule.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.misconceptions.versions import MistakenRule
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.reference_formulas import reference_formula, slope_from_a, step_formula

Shown = Callable[[str, Index], str]
"""The number to show for an entry of a quantity."""

_SPELLING = re.compile(r"[A-Za-z][A-Za-z0-9_]*'?")
_DOUBLE_BRACKETS = re.compile(r"\((\(-[^()]*\))\)")
_FIRST_BRACKETS = re.compile(r"^\((-[^()]*)\)(?!²)")
_SIGNS = (("*", "·"), ("^2", "²"), ("'", "′"), ("sqrt(", "√("))

_HELD = r"\((?:[^()]|\([^()]*\))*\)"
_ATOM = rf"(?<![\w.'])(?:\d[\d.]*|{_HELD})"
_FACTOR = re.compile(rf"({_ATOM})(?:\*(?:ln|log10)({_HELD})|/({_HELD}|\d[\d.]*))")
"""What may be taken 0 times though it has no value: a logarithm, and a quotient."""


def formula_texts(paper: PaperShape, graph: ComputationGraph, name: str, index: Index, shown: Shown) -> tuple[str, str]:
    """The formula of one entry of a derived quantity, in symbols and in numbers; both empty where none can be typed.

    Args:
        paper: with its notation.
        graph: by which the entry is computed: the paper's, or that of a misconception.
        name: the quantity.
        index: its 0-based place in the stored array.
        shown: the numbers to put in.
    """
    naming, quantity = replace(paper.naming, graph=graph), graph[name]
    known = {naming.entry(source, place).ascii: (source, place) for source, place in _read(graph, quantity)}

    def put(text: Callable[[str, Index], str]) -> str:
        written = _SPELLING.sub(lambda found: text(*known[found[0]]) if found[0] in known else found[0], formula)
        written = _FACTOR.sub(_without_nothing, written)
        for sign, other in _SIGNS:
            written = written.replace(sign, other)
        return _FIRST_BRACKETS.sub(r"\1", _DOUBLE_BRACKETS.sub(r"\1", written))

    def number(source: str, place: Index) -> str:
        text = shown(source, place)
        return f"({text})" if text.startswith("-") else text

    def symbol(source: str, place: Index) -> str:
        """What a step starts from is just w in it, not w new."""
        return naming.entry(graph[source].before(quantity), place).unicode

    try:
        formula = _formula(naming, quantity, index)
    except ValueError:
        # As of the place of the largest entry, which takes comparisons.
        return "", ""
    return put(symbol), put(number)


def symbol_text(paper: PaperShape, name: str, index: Index) -> str:
    """The symbol of one entry, with its step where there are several, as on answer sheets."""
    symbol, quantity = paper.naming.entry(name, index).unicode, paper.graph[name]
    has_steps = paper.shape.steps > 1
    return f"{symbol} (step {quantity.step})" if has_steps and quantity.step else symbol


def _formula(naming: Naming, quantity: Quantity, index: Index) -> str:
    assert quantity.rule is not None
    if isinstance(quantity.rule, MistakenRule):
        return step_formula(naming, quantity.name, index, lambda *_: True)
    if from_a := slope_from_a(quantity.rule):
        return from_a.replace("<0>", naming.entry(quantity.inputs[0], index).ascii)
    return reference_formula(naming, quantity.name, index)


def _read(graph: ComputationGraph, quantity: Quantity) -> list[tuple[str, Index]]:
    """The entries of all quantities that a formula may name."""
    return [(source, index) for source in quantity.inputs for index in np.ndindex(*graph[source].shape)]


def _without_nothing(found: re.Match[str]) -> str:
    """What is taken 0 times is 0 to marking, as in cross-entropy, though it has no value: 0*ln(-0.2), 0/0."""
    factor, argument, below = (_value(text) for text in found.groups())
    has_none = below == 0 or argument <= 0
    return "0" if factor == 0 and has_none else found[0]


def _value(text: str | None) -> float:
    """Of numbers and signs; NaN where symbols are among them."""
    formula = parse_formula(text or "", ())
    return float(evaluate_formula(formula, {})) if isinstance(formula, Formula) else np.nan
