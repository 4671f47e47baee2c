"""The step in which a misconception shows: as it should be, and as the student did it, each with the student's own
numbers put in.

Built for one entry that a misconception explains; `feedback_pages` shows both beside one another. What a step reads
and nobody wrote down is part of the step as far back as the misconception goes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from examgen.core.equivalence.formula_trials import Entry
from examgen.core.evaluation import Evaluation, evaluate, reevaluate
from examgen.core.formulas.formula_functions import FUNCTIONS
from examgen.core.formulas.formula_tokens import Token, Unparsed, tokenize
from examgen.core.formulas.number_grammar import DecimalMark
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.misconceptions.versions import Patch
from examgen.core.rules.rule import Array
from examgen.documents.feedback.student_feedback import EntryFeedback
from examgen.documents.paper.typed_tasks import latex_of_tokens, on_one_line
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.digits import print_decimals
from examgen.exams.draws.separation import paper_patches
from examgen.exams.fields import Field
from examgen.exams.naming.notation import Index
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.reference_formulas import step_formula

TOGETHER = "+"
"""Between the names of misconceptions that were made at once."""

LONGEST = 150
"""Characters of a typed formula that still fits on a page with numbers put in."""

_POINT = re.compile(r"(?<=\d)\.(?=\d)")

SIGNS: Mapping[str, str] = MappingProxyType({"*": r" \cdot ", ",": r",\ "})
"""Brackets keep the size of letters, so that a font needs no larger ones."""

MORE_DECIMALS = 2
"""A number that a student wrote is shown with at most so many decimals more than the paper has."""

_OPENING = frozenset({"", "(", ","})

WILDEST = 1e6
"""A step with larger numbers teaches nothing and is left out."""

NEAR = 0.02
"""A version of a misconception is the student's if it comes to the answer but for so much of it, and rounding."""


@dataclass(frozen=True, slots=True)
class Calculated:
    """One way through a step, as LaTeX: the symbol, the formula, the numbers put in, the result; none of them twice."""

    relations: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The relations, the symbol with the first."""
        symbol, first, *others = self.relations
        return f"{symbol} {first}", *others


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it should be and as it was done."""

    right: Calculated
    done: Calculated

    def localized(self, decimal_mark: DecimalMark) -> "Step":
        """With the decimal mark of a language; a comma in braces is no sign of a list."""
        if decimal_mark == ".":
            return self
        ways = ([_POINT.sub("{,}", latex) for latex in way.relations] for way in (self.right, self.done))
        right, done = (Calculated(tuple(relations)) for relations in ways)
        return Step(right, done)


def step_of(solved: SolvedPaper, field: Field, entries: Sequence[EntryFeedback], name: str) -> Step | None:
    """The step that a misconception, or several at once, explains.

    Args:
        solved: the student's paper, for its numbers and decimals.
        field: the entry that is explained.
        entries: all that the student wrote.
        name: of the misconception; with `+` between those that were made at once.

    Returns: None where no version of it comes to the answer, or its numbers are wild.
    """
    if field.as_ != "number":
        return None
    answers = {entry.field: entry for entry in entries if entry.question == solved.paper.question.id}
    entry = answers.get(field.name)
    if entry is None or entry.value is None:
        return None
    nearest, work = np.inf, None
    givens = {given.name: np.asarray(solved.values[given.name], dtype=float) for given in solved.paper.graph.givens}
    with np.errstate(all="ignore"):
        for written in _written(solved, answers):
            right = evaluate(solved.paper.graph, givens, substitute=written)
            for graph, changed in _versions(solved.paper, name):
                moved = reevaluate(graph, right, changed, written)
                if field.quantity not in moved:
                    continue
                off = abs(float(moved[field.quantity][field.index]) - entry.value)
                if off < nearest:
                    nearest, work = off, _Work(solved, graph, changed, written, right)
    unit = 10.0 ** -float(field.digits.decimals_for(np.array(entry.value or 1.0)))
    is_theirs = work is not None and nearest <= unit + NEAR * abs(entry.value)
    return work.step(field.quantity, field.index) if work is not None and is_theirs else None


@lru_cache(maxsize=1024)
def _versions(paper: PaperShape, name: str) -> tuple[tuple[ComputationGraph, frozenset[str]], ...]:
    """The graphs of a misconception's versions, or of all choices of versions of several, and what each changes."""
    known = paper_patches(paper)
    first, *others = ([one for one in known if one.misconception == part] for part in name.split(TOGETHER))
    found = [(one.graph, one.changed) for one in first]
    for patches in others:
        found = [_both(graph, changed, patch) for graph, changed in found for patch in patches]
    return tuple(found)


def _both(graph: ComputationGraph, changed: frozenset[str], patch: Patch) -> tuple[ComputationGraph, frozenset[str]]:
    changes = {name: (patch.graph[name].rule, patch.graph[name].inputs) for name in patch.changed}
    return graph.rewired(changes), changed | patch.changed


def _written(solved: SolvedPaper, answers: Mapping[str, EntryFeedback]) -> Iterator[dict[str, Array]]:
    """What the student wrote, by quantity, NaN where nothing can be read; then with references there."""
    paper = solved.paper
    substitute = {quantity.name: np.full(quantity.shape, np.nan) for quantity in paper.graph.derived}
    substitute |= {name: np.asarray(value, dtype=float) for name, value in paper.printed(solved.values).items()}
    filled = {name: values.copy() for name, values in substitute.items()}
    for asked in paper.number_fields:
        entry = answers.get(asked.name)
        value = entry.value if entry is not None else None
        reference = entry.reference if entry is not None else None
        substitute[asked.quantity][asked.index] = np.nan if value is None else value
        filled[asked.quantity][asked.index] = next((one for one in (value, reference) if one is not None), np.nan)
    yield substitute
    if any(not np.array_equal(substitute[name], filled[name], equal_nan=True) for name in filled):
        yield filled


@dataclass(frozen=True, slots=True)
class _Work:
    """A student's work by the right rules and by those of a misconception, from the same answers."""

    solved: SolvedPaper
    graph: ComputationGraph
    changed: frozenset[str]
    written: Values
    right: Evaluation

    def step(self, name: str, index: Index) -> Step | None:
        """The step of an entry; or one before it, where all that nobody wrote down would make it too long."""
        done = evaluate(
            self.graph, {given.name: self.right[given.name] for given in self.graph.givens}, substitute=self.written
        )
        hidden = self._hidden()
        found = self._pair(done, name, index, hidden)
        if found is not None:
            return found
        for site in self._sites(name, hidden):
            for place in np.ndindex(*self.graph[site].shape):
                if (found := self._pair(done, site, place, frozenset())) is not None:
                    return found
        return None

    def _hidden(self) -> frozenset[str]:
        """What is computed otherwise, itself or by what it reads, and which nobody can see."""
        found: set[str] = set()
        for quantity in self.graph.derived:
            reads = any(name in found for name in quantity.inputs)
            is_open = bool(np.isnan(self.written[quantity.name]).any())
            if is_open and not quantity.is_copied and (reads or quantity.name in self.changed):
                found.add(quantity.name)
        return frozenset(found)

    def _sites(self, name: str, hidden: frozenset[str]) -> list[str]:
        """What the misconception changes on the way to a quantity, the nearest first."""
        wanted, found = {name}, []
        for quantity in reversed(self.graph.derived):
            if quantity.name in wanted:
                wanted.update(source for source in quantity.inputs if source in hidden)
                if quantity.name in self.changed and quantity.name != name:
                    found.append(quantity.name)
        return found

    def _pair(self, work: Evaluation, name: str, index: Index, hidden: frozenset[str]) -> Step | None:
        """Both ways, None where a page has no room for one, its numbers are wild, or they are the same."""
        right = self._calculated(self.solved.paper.graph, self.right, name, index, hidden)
        done = self._calculated(self.graph, work, name, index, hidden)
        return Step(right, done) if right is not None and done is not None and right != done else None

    def _calculated(
        self, graph: ComputationGraph, work: Evaluation, name: str, index: Index, hidden: frozenset[str]
    ) -> Calculated | None:
        is_open = {one: np.isnan(self.written[one]) for one in hidden}
        open_entries = frozenset((one, place) for one, flags in is_open.items() for place in _places(flags))
        tokens = _tokens(self.solved.paper, graph, name, index, open_entries)
        if not tokens:
            return None
        known = _symbols(self.solved.paper)
        read = [known[token.text] for token in tokens if token.text in known]
        result = float(work.computed[name][index])
        if any(not abs(number) < WILDEST for number in (result, *(float(work[one][at]) for one, at in read))):
            return None

        def symbol(text: str, _before: str, after: str) -> str | None:
            if text not in known:
                return None
            shown = self._symbol(graph[name], *known[text])
            return f"({shown})" if after == "^" and "^" in shown else shown

        def number(text: str, before: str, after: str) -> str | None:
            if text not in known:
                return None
            source, place = known[text]
            shown = self._number(float(work[source][place]), source, place)
            is_bare = not shown.startswith("-") or (before in _OPENING and after != "^")
            return shown if is_bare else f"({shown})"

        parts = [
            self._symbol(graph[name], name, index),
            f"= {latex_of_tokens(tokens, symbol, SIGNS)}",
            *(f"= {latex_of_tokens(tokens, number, SIGNS)}" for _ in tokens[2:3]),
            f"= {print_decimals(result, self.solved.decimals[name])}",
        ]
        return Calculated(tuple(part for part, before in zip(parts, ["", *parts], strict=False) if part != before))

    def _symbol(self, reader: Quantity, name: str, index: Index) -> str:
        """What a step starts from is just w in it, not w new."""
        name = self.solved.paper.graph[name].before(reader)
        return on_one_line(self.solved.paper.naming.entry(name, index).latex)

    def _number(self, value: float, name: str, index: Index) -> str:
        """A number as the student wrote it, or with the decimals of the paper."""
        decimals = self.solved.decimals[name]
        if name in self.written and not np.isnan(self.written[name][index]):
            exponent = Decimal(repr(value)).normalize().as_tuple().exponent
            decimals = min(max(0, -int(exponent)), decimals + MORE_DECIMALS)
        return print_decimals(value, decimals)


def _places(flags: NDArray[np.bool_]) -> Iterator[Index]:
    """Where flags are set."""
    return (tuple(place) for place in np.argwhere(flags).tolist())


@lru_cache(maxsize=4096)
def _tokens(
    paper: PaperShape, graph: ComputationGraph, name: str, index: Index, opened: frozenset[Entry]
) -> tuple[Token, ...]:
    """The formula of an entry, with those of the opened ones in it; none where it cannot be written or is too long."""
    naming = replace(paper.naming, graph=graph)
    try:
        tokens = tokenize(step_formula(naming, name, index, lambda one, place: (one.name, place) not in opened))
    except ValueError:
        return ()
    is_short = not isinstance(tokens, Unparsed) and sum(len(token.text) for token in tokens) <= LONGEST
    return tokens if is_short and not isinstance(tokens, Unparsed) else ()


@lru_cache(maxsize=64)
def _symbols(paper: PaperShape) -> Mapping[str, Entry]:
    """What the spelling of each number of the paper stands for."""
    return MappingProxyType(
        {
            paper.naming.entry(quantity.name, index).ascii: (quantity.name, index)
            for quantity in paper.graph
            for index in np.ndindex(*quantity.shape)
        }
    )


def step_samples(paper: PaperShape) -> Iterator[str]:
    """Formulas that together have every letter and sign of a paper's steps, for fonts that are cut to size."""
    digits = "0123456789"
    yield rf"{digits}.{{,}}()-+={{/}}\cdot x_{{{digits},}}^{{({digits},)}} x^{{{digits}}}"
    names = dict.fromkeys(row.name for row in FUNCTIONS.values())
    yield latex_of_tokens([Token("name", name, 0) for name in names], lambda *_: None, SIGNS)
    has_roots = any(r"\sqrt" in quantity.rule.latex for quantity in paper.graph.derived if quantity.rule is not None)
    for quantity in paper.graph:
        symbol = on_one_line(paper.naming.entry(quantity.name, (0,) * len(quantity.shape)).latex)
        yield symbol
        if has_roots:
            # The sign of a root is as tall as what it holds.
            yield from (rf"\sqrt{{{held}}}" for held in (symbol, f"({symbol})^{{{digits}}}", f"({digits})"))
