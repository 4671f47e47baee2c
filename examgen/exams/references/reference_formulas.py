"""The right formula for an entry, as a student could write it: one step back, in the spellings of the paper.

For the key and for feedback on tasks that ask for formulas, and for the author's checks: dL_dw1_2_1 is `delta1_1*x_2`.
Linear rules are written by running them on texts instead of numbers; activations and losses, which NumPy computes, say
in their rows how they are spelled.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.core.misconceptions.versions import MistakenRule
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES, Loss
from examgen.core.rules.rule import Array, Rule
from examgen.core.turned import TurnedRule
from examgen.exams.naming.notation import Index
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.references.formula_texts import ATOM, PRODUCT, SUM, Written, as_written

Stops = Callable[[Quantity], bool]
EntryStops = Callable[[Quantity, Index], bool]

_PLACE = re.compile(r"<(\d+)(?::(\w+))?>")
_BRACKETS = re.compile(r"\([^()]*\)")
_STRENGTHS = {"bare": SUM, "product": PRODUCT, None: ATOM}
"""How tightly what is put in must bind, or it gets brackets."""


def reference_formula(naming: Naming, name: str, index: Index, stops: Stops = lambda _: True) -> str:
    """The formula of one entry of a derived quantity from the quantities that its rule reads.

    Args:
        naming: the paper's spellings and its graph.
        name: the derived quantity.
        index: its 0-based place in the stored array.
        stops: whether a quantity is written by its own symbol and not by its formula; given ones always are.

    Raises:
        ValueError: the quantity is given, a rule cannot be written, or the formula is far too long.
    """
    quantity = naming.graph[name]
    if quantity.rule is None:
        raise ValueError(f"{name} is given; only a derived quantity has a formula")
    return _Writer(naming, lambda source, _: stops(source), {}).formula(quantity, index).text


def step_formula(naming: Naming, name: str, index: Index, stops: EntryStops) -> str:
    """The same as a calculation by hand: slopes that are known from the activation are calculated from it, and `stops`
    tells it of each entry. The graph may have the rules of a misconception.

    Raises: ValueError as in `reference_formula`.
    """
    return _Writer(naming, stops, {}, is_by_hand=True).formula(naming.graph[name], index).text


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the entries of quantities, those of each quantity once."""

    naming: Naming
    stops: EntryStops
    done: dict[str, Array]
    is_by_hand: bool = False

    def formula(self, quantity: Quantity, index: Index) -> Written:
        """One entry by its rule."""
        assert quantity.rule is not None
        if isinstance(quantity.rule, TurnedRule) and quantity.rule.is_minus:
            return as_written(-self.formula(replace(quantity, rule=quantity.rule.plain), index))
        inputs = [self.entries(source) for source in quantity.inputs]
        written = _mistaken(self, quantity, index, inputs) or _by_table(self, quantity, index, inputs)
        if written is None:
            written = np.asarray(_run(quantity.rule, inputs), dtype=object)[index]
        return as_written(written)

    def entries(self, name: str) -> Array:
        """The spellings of a quantity's entries in its shape, or their formulas."""
        if name not in self.done:
            quantity = self.naming.graph[name]
            found = np.empty(quantity.shape, dtype=object)
            for index in np.ndindex(*found.shape):
                if quantity.rule is None or self.stops(quantity, index):
                    found[index] = Written(self.naming.entry(name, index).ascii)
                else:
                    found[index] = self.formula(quantity, index)
            self.done[name] = found
        return self.done[name]


def _run(rule: Rule, inputs: list[Array]) -> Array:
    """A rule on texts.

    Raises ValueError where it compares or rounds, of which texts know nothing.
    """
    try:
        return rule.compute(*inputs)
    except TypeError:
        raise ValueError(f"the rule {rule.name} cannot be written as a formula") from None


def _mistaken(writer: _Writer, quantity: Quantity, index: Index, inputs: list[Array]) -> Written | None:
    """What the row of a misconception says; None for rules that can be run, and right ones."""
    rule = quantity.rule
    # What is typed is tried as well where it can only be run: students type less than they calculate.
    if not writer.is_by_hand or not isinstance(rule, MistakenRule):
        return None
    if rule.spelling:
        return _spelled(
            rule.spelling, [entries[index] if entries.shape == quantity.shape else None for entries in inputs]
        )
    if rule.changes is None or rule.change is None:
        return None
    right = replace(quantity, rule=rule.changes)
    entries = np.empty(quantity.shape, dtype=object)
    for place in np.ndindex(*quantity.shape):
        entries[place] = writer.formula(right, place)
    if rule.respelled is not None:
        found: Written = entries[index]
        return found.respelled(*rule.respelled)
    return as_written(np.asarray(rule.change(entries), dtype=object)[index])


def _spelled(spelling: str, entries: Sequence[Written | None]) -> Written:
    """A spelling with entries put in; it binds as its signs outside of brackets do."""
    if whole := _PLACE.fullmatch(spelling):
        return as_written(entries[int(whole[1])])
    text = _PLACE.sub(lambda found: as_written(entries[int(found[1])]).within(_STRENGTHS[found[2]]), spelling)
    outside = spelling
    while (fewer := _BRACKETS.sub("", outside)) != outside:
        outside = fewer
    return Written(text, SUM if re.search(r"[-+]", outside) else PRODUCT if re.search(r"[*/^]", outside) else ATOM)


def slope_from_a(rule: Rule) -> str:
    """How the slope that this rule gives is calculated from the activation, `<0>`; empty where it is not, and for what
    is no slope."""
    row = ACTIVATIONS.get(rule.name.removesuffix("_slope"))
    return "" if row is None or rule.name == row.name else row.slope_from_a


def _by_table(writer: _Writer, quantity: Quantity, index: Index, inputs: list[Array]) -> Written | None:
    """What a row of activations or losses says; None for other rules."""
    assert quantity.rule is not None
    rule = quantity.rule.name
    function = rule.removesuffix("_slope")
    if function in ACTIVATIONS:
        return _activation(writer, quantity, index, inputs[0])
    if rule in LOSSES:
        return _loss(LOSSES[rule], quantity.rule.averaged, *inputs)
    if function in LOSSES:
        a, y = inputs
        row = LOSSES[function]
        factor = row.slope_factor(a.shape[1], quantity.rule.averaged)
        return _scaled(factor, _spelled(row.slope_spelling, (a[index], y[index])))
    return None


def _activation(writer: _Writer, quantity: Quantity, index: Index, source: Array) -> Written:
    """An entry of an activation, or of its slope; `source` is what the rule reads."""
    rule = quantity.rule
    assert rule is not None
    row = ACTIVATIONS[rule.name.removesuffix("_slope")]
    if row.share_of:
        shares = [_spelled(row.share_of, [z]) for z in source[index[0]]]
        return as_written(shares[index[1]] / _added(shares))
    if rule.name == row.name:
        return _spelled(row.spelling or f"{row.name}(<0:bare>)", [source[index]])
    if writer.is_by_hand and (from_a := slope_from_a(rule)):
        return _spelled(from_a, [source[index]])
    z = writer.entries(_z_of(writer.naming.graph, quantity))
    return _spelled(row.slope_spelling or f"{row.name}'(<0:bare>)", [z[index]])


def _loss(row: Loss, averaged: int, *inputs: Array) -> Written:
    read, penalties = inputs[: len(row.reads)], inputs[len(row.reads) :]
    terms = [_spelled(row.spelling, entries) for entries in zip(*(array.flat for array in read), strict=True)]
    loss = _scaled(row.factor(read[0].shape[1], averaged), _added(terms))
    return _added([loss, *(as_written(penalty[()]) for penalty in penalties)])


def _z_of(graph: ComputationGraph, slope: Quantity) -> str:
    """The z of a slope's layer, from which or from whose activation the slope is computed."""
    source = graph[slope.inputs[0]]
    return source.name if source.role is Role.WEIGHTED_SUM else source.inputs[0]


def _added(terms: list[Written]) -> Written:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _scaled(factor: Fraction, written: Written) -> Written:
    above, below = abs(factor.numerator), factor.denominator
    scaled = (written if above == 1 else above * written) / below
    return scaled if factor > 0 else -scaled
