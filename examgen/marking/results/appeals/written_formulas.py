"""An entry's formula as a line of text: once in the symbols of the paper, once with numbers put in.

Called by `entry_trace`. The formula is the one that marking evaluates: a slope that the graph computes from the
activation is written so.
"""

import re
from collections.abc import Callable

import numpy as np

from examgen.core.graph import Quantity
from examgen.exams.naming.notation import Index
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.reference_formulas import reference_formula, slope_from_a

Shown = Callable[[str, Index], str]
"""The number to show for an entry of a quantity."""

_SPELLING = re.compile(r"[A-Za-z][A-Za-z0-9_]*'?")
_DOUBLE_BRACKETS = re.compile(r"\((\(-[^()]*\))\)")
_FIRST_BRACKETS = re.compile(r"^\((-[^()]*)\)(?!²)")
_SIGNS = (("*", "·"), ("^2", "²"), ("'", "′"), ("sqrt(", "√("))


def formula_texts(paper: PaperShape, name: str, index: Index, shown: Shown) -> tuple[str, str]:
    """The formula of one entry of a derived quantity, in symbols and in numbers; both empty where none can be typed.

    Args:
        paper: with its notation.
        name: the quantity.
        index: its 0-based place in the stored array.
        shown: the numbers to put in.
    """
    naming, quantity = paper.naming, paper.graph[name]
    known = {naming.entry(source, place).ascii: (source, place) for source, place in _read(paper, quantity)}

    def put(text: Callable[[str, Index], str]) -> str:
        written = _SPELLING.sub(lambda found: text(*known[found[0]]) if found[0] in known else found[0], formula)
        for sign, other in _SIGNS:
            written = written.replace(sign, other)
        return _FIRST_BRACKETS.sub(r"\1", _DOUBLE_BRACKETS.sub(r"\1", written))

    def number(source: str, place: Index) -> str:
        text = shown(source, place)
        return f"({text})" if text.startswith("-") else text

    def symbol(source: str, place: Index) -> str:
        """What a step starts from is just w in it, not w new."""
        return naming.entry(paper.graph[source].before(quantity), place).unicode

    try:
        formula = _formula(paper, quantity, index)
    except ValueError:
        # As of the place of the largest entry, which takes comparisons.
        return "", ""
    return put(symbol), put(number)


def symbol_text(paper: PaperShape, name: str, index: Index) -> str:
    """The symbol of one entry, with its step where there are several, as on answer sheets."""
    symbol, quantity = paper.naming.entry(name, index).unicode, paper.graph[name]
    has_steps = paper.shape.steps > 1
    return f"{symbol} (step {quantity.step})" if has_steps and quantity.step else symbol


def _formula(paper: PaperShape, quantity: Quantity, index: Index) -> str:
    assert quantity.rule is not None
    if from_a := slope_from_a(quantity.rule):
        return from_a.replace("<0>", paper.naming.entry(quantity.inputs[0], index).ascii)
    return reference_formula(paper.naming, quantity.name, index)


def _read(paper: PaperShape, quantity: Quantity) -> list[tuple[str, Index]]:
    """The entries of all quantities that a formula may name."""
    return [(source, index) for source in quantity.inputs for index in np.ndindex(*paper.graph[source].shape)]
