"""Whether a student's formula is right: it is compared with the graph at many random draws of all given numbers.

Called by marking for tasks that ask for formulas. The symbols of a formula may be any quantity, given or derived; at
each draw they have the values of the same evaluation, so that (a3 - y)*a3*(1 - a3)*a2_1 and its written-out form are
both right. The graphs of misconceptions are evaluated at the same draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from examgen.core.equivalence.formula_trials import Entry, Trials
from examgen.core.formulas.formula_language import Formula, evaluate_formula
from examgen.core.graph import ComputationGraph, Values
from examgen.core.rules.rule import Array

Verdict = Literal["right", "partly", "undefined", "circular", "wrong"]

RELATIVE = 1e-9
"""How far, relative to the sizes of what is added and subtracted, rounding may part two forms of one formula."""
LARGEST = 1e-6
"""The most that cancellation may excuse, relative to the usual size of the answer: else 1e15*(a - a) + 5 would pass."""
_NOISE = 1e-6
_NOISE_DRAWS = 3
_FEWEST = 2
_NOISE_SEED = 7


@dataclass(frozen=True, slots=True)
class Side:
    """A unit that is live (beyond its kink, z > 0) or dead; the entry is its z."""

    entry: Entry
    is_live: bool


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One draw at which a formula fails.

    Attributes:
        symbols: the value of each symbol of the formula.
        value: what the formula gives; nan where it is not defined.
        reference: the right value.
        dead: z of the dead units.
    """

    symbols: Mapping[str, float]
    value: float
    reference: float
    dead: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a formula.

    Attributes:
        verdict: `right` at every draw; `partly` right, such as while a unit is live; `undefined` at some draws
            and right at the others; `circular`, it uses what is asked or what follows from it; `wrong`.
        share: of the draws that tell something (where not both values are 0), how many agree.
        misconceptions: those that give the formula's value at every draw; empty where it is right.
        fails_where: sides of single units that part the draws at which it fails from those at which it is right.
        example: one draw at which it fails, with as few dead units as there are; None where there is none.
        circular: spellings that make it circular.
    """

    verdict: Verdict
    share: float = 0.0
    misconceptions: tuple[str, ...] = ()
    fails_where: tuple[Side, ...] = ()
    example: Counterexample | None = None
    circular: tuple[str, ...] = ()


def judge(on: Trials, asked: Entry, formula: Formula, spellings: Mapping[str, Entry]) -> Judgement:
    """Judge a formula for one asked entry.

    Args:
        on: the graph with its misconceptions at their draws.
        asked: what the formula should give.
        formula: as parsed.
        spellings: what each symbol of the formula stands for.
    """
    entries = {name: spellings[name] for name in formula.symbols}
    later = _readers_of(on.graph, asked[0])
    if circular := tuple(name for name, entry in entries.items() if entry == asked or entry[0] in later):
        return Judgement("circular", circular=circular)
    right = _compared(formula, entries, on.values, _at(on.values, asked))
    if right.is_same:
        return Judgement("right", share=1.0)
    names = tuple(
        name
        for name, graphs in on.patched.items()
        if any(_shows(formula, entries, asked, on.values, values, right) for values in graphs)
    )
    return Judgement(
        _verdict(right), right.share, names, _fails_where(on, right), _counterexample(on, right, formula, entries)
    )


@dataclass(frozen=True, eq=False)
class _Comparison:
    """A formula beside a reference at all draws, each (draws,).

    Attributes:
        value: the formula's; nan where it is not defined.
        reference: what it should be.
        agrees: whether they are the same but for rounding; True also where the reference is not finite.
        tells: whether the draw says anything: not both are 0.
    """

    value: Array
    reference: Array
    agrees: Array
    tells: Array

    @property
    def is_same(self) -> bool:
        return bool(self.agrees.all())

    @property
    def share(self) -> float:
        return float((self.agrees & self.tells).sum() / max(1, self.tells.sum()))


def _compared(formula: Formula, entries: Mapping[str, Entry], values: Values, reference: Array) -> _Comparison:
    value, spread = _value_and_spread(formula, entries, values, len(reference))
    is_known = np.isfinite(reference)
    with np.errstate(all="ignore"):
        slack = RELATIVE * np.abs(reference) + np.minimum(RELATIVE * (np.abs(value) + spread), _largest(reference))
        is_near = np.abs(value - reference) <= slack
        is_zero = (np.abs(value) <= slack) & (np.abs(reference) <= slack)
    return _Comparison(value, reference, is_near | ~is_known, is_known & ~is_zero)


def _value_and_spread(
    formula: Formula, entries: Mapping[str, Entry], values: Values, draws: int
) -> tuple[Array, Array]:
    """The formula's value, and the size of the terms that it adds up, both (draws,).

    Symbols that are moved by a small share of their own size move the value by that share of its terms, whether these
    cancel one another or not.
    """
    rng = np.random.Generator(np.random.PCG64(_NOISE_SEED))
    # By entry, for two spellings of one symbol move together.
    moved: dict[Entry, Array] = {}
    for entry in entries.values():
        signs = np.where(rng.random((1 + _NOISE_DRAWS, draws)) < 0.5, -1.0, 1.0)
        signs[0] = 0
        moved[entry] = _at(values, entry) * (1 + _NOISE * signs)
    found = evaluate_formula(formula, {name: moved[entry] for name, entry in entries.items()})
    found = np.broadcast_to(found, (1 + _NOISE_DRAWS, draws))
    spread = np.abs(found[1:] - found[0]) / _NOISE
    return found[0], np.where(np.isfinite(spread), spread, 0.0).max(axis=0)


def _at(values: Values, entry: Entry) -> Array:
    name, index = entry
    place: tuple[Any, ...] = (slice(None), *index)
    return np.asarray(values[name][place], dtype=float)


def _readers_of(graph: ComputationGraph, name: str) -> frozenset[str]:
    """All quantities that follow from this one."""
    found = {name}
    for quantity in graph.derived:
        if found.intersection(quantity.inputs):
            found.add(quantity.name)
    return frozenset(found - {name})


def _shows(
    formula: Formula, entries: Mapping[str, Entry], asked: Entry, values: Values, wrong: Values, right: _Comparison
) -> bool:
    """Whether a formula says what the wrong graph says, be its symbols the right values or the wrong graph's own."""
    reference = _at(wrong, asked)
    is_moved = not np.array_equal(reference, right.reference, equal_nan=True)
    # A wrong graph may come to the right value from other values on the way, such as another δ of a mini-batch.
    if not is_moved and all(wrong.get(name) is values[name] for name, _ in entries.values()):
        return False
    if is_moved and _may_be(right.value, reference):
        found = _compared(formula, entries, values, reference)
        if found.is_same and found.tells.any():
            return True
    if not all(name in wrong for name, _ in entries.values()):
        return False
    own = {name: _at(wrong, entry) for name, entry in entries.items()}
    if not _may_be(evaluate_formula(formula, own), reference):
        return False
    found = _compared(formula, entries, wrong, reference)
    return found.is_same and bool(found.tells.any())


def _may_be(value: Array, reference: Array) -> bool:
    """A first look: whether the values are near enough for the slower comparison to be worth while."""
    with np.errstate(all="ignore"):
        is_near = np.abs(value - reference) <= RELATIVE * np.abs(reference) + _largest(reference)
    return bool((is_near | ~np.isfinite(reference)).all())


def _largest(reference: Array) -> float:
    sizes = np.abs(reference[np.isfinite(reference) & (reference != 0)])
    return LARGEST * (float(np.median(sizes)) if sizes.size else 1.0)


def _verdict(right: _Comparison) -> Verdict:
    is_defined = np.isfinite(right.value)
    if right.agrees[is_defined].all():
        return "undefined"
    return "partly" if (right.agrees & right.tells).sum() >= _FEWEST else "wrong"


def _fails_where(on: Trials, right: _Comparison) -> tuple[Side, ...]:
    fails, holds = ~right.agrees, right.agrees & right.tells
    if not holds.any():
        return ()
    found = []
    for entry, is_live in _live(on):
        if (is_live[fails] == is_live[fails][0]).all() and (is_live[holds] != is_live[fails][0]).all():
            found.append(Side(entry, bool(is_live[fails][0])))
    return tuple(found)


def _counterexample(
    on: Trials, right: _Comparison, formula: Formula, entries: Mapping[str, Entry]
) -> Counterexample | None:
    live = _live(on)
    count = sum((~is_live).astype(int) for _, is_live in live) if live else np.zeros(len(right.value), dtype=int)
    place = int(np.argmin(np.where(right.agrees, np.iinfo(int).max, count)))
    symbols = {name: float(_at(on.values, entries[name])[place]) for name in formula.symbols}
    dead = tuple(entry for entry, is_live in live if not is_live[place])
    return Counterexample(MappingProxyType(symbols), float(right.value[place]), float(right.reference[place]), dead)


def _live(on: Trials) -> list[tuple[Entry, Array]]:
    """For each unit with a kink its z and where it is live, (draws,)."""
    return [
        ((quantity.name, index), _at(on.values, (quantity.name, index)) > 0)
        for quantity in on.kinked
        for index in np.ndindex(*quantity.shape)
    ]
