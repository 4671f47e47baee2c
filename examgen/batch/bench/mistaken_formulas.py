"""The formulas of students who have misconceptions: each field's formula by the graph that such a student works by.

Called by `mistaken_sitters`, for `examgen check`. A mistake shows in a formula only where the symbols that the task
allows do not hold it already: with z allowed, a bias left out of z changes no derivative that is written with z.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from examgen.core.equivalence.formula_answers import Judgement, judge
from examgen.core.equivalence.formula_trials import Entry, Trials, shape_trials
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_functions import Function
from examgen.core.formulas.formula_language import Formula
from examgen.core.formulas.formula_tokens import Unparsed, tokenize
from examgen.core.graph import ComputationGraph
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.versions import Patch
from examgen.core.rules.rule import Array
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import entry
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.reference_formulas import reference_formula
from examgen.exams.tolerance import place_of

_CHANGED = 1e-6
"""Relative difference from which on a mistake has changed a value."""


@dataclass(frozen=True, eq=False)
class MistakenFormula:
    """What a student with a misconception writes into one field.

    Attributes:
        field: which asks for a formula.
        patch: the version of a misconception that the student has.
        text: as typed; empty where a step of the mistaken work, such as a comparison, cannot be written.
        work: computes the asked quantity by the mistake from the symbols that the task allows, which are its givens.
    """

    field: Field
    patch: Patch
    text: str
    work: ComputationGraph


def formula_fields(paper: PaperShape) -> tuple[Field, ...]:
    """The fields that ask for formulas."""
    return tuple(field for field in paper.other_fields if field.as_ == "formula")


def formula_patches(paper: PaperShape) -> tuple[Patch, ...]:
    """The misconceptions that change what a formula of this paper is asked for."""
    asked = frozenset(field.quantity for field in formula_fields(paper))
    return patches(paper.shape, asked) if asked else ()


def mistaken_formulas(paper: PaperShape, patch: Patch) -> Iterator[MistakenFormula]:
    """What a student with this misconception writes otherwise than the key does."""
    naming = replace(paper.naming, graph=patch.graph)
    for field in formula_fields(paper):
        allows = paper.question.tasks[field.task].allows
        work = _from_symbols(paper, patch.graph, field)
        if not _differs(shape_trials(paper.shape, paper.graph), work, field):
            continue
        try:
            text = reference_formula(naming, field.quantity, field.index, allows)
        except ValueError:
            text = ""
        is_typable = bool(text) and not isinstance(tokenize(text), Unparsed)
        yield MistakenFormula(field, patch, text if is_typable else "", work)


def judged_by_values(paper: PaperShape, mistaken: MistakenFormula) -> Judgement:
    """How a mistaken formula is judged that cannot be written: by its values wherever formulas are tried."""
    symbols: dict[str, Entry] = {
        f"{given.name}{index}": (given.name, index)
        for given in mistaken.work.givens
        for index in np.ndindex(*given.shape)
    }

    def compute(*numbers: Array) -> Array:
        values = _assembled(dict(zip(symbols.values(), numbers, strict=True)), mistaken.work)
        return entry(evaluate(mistaken.work, values), mistaken.field)

    formula = Formula((*symbols, Function("mistaken", len(symbols), compute)), tuple(symbols))
    on = shape_trials(paper.shape, paper.graph)
    return judge(on, (mistaken.field.quantity, mistaken.field.index), formula, symbols)


def _from_symbols(paper: PaperShape, graph: ComputationGraph, field: Field) -> ComputationGraph:
    """The part of a graph that a formula for the field has to say: down to the symbols that its task allows."""
    allows = paper.question.tasks[field.task].allows
    allowed = {quantity.name for quantity in graph if quantity.rule is None or allows(quantity)}
    return graph.only({field.quantity} | (graph.sources({field.quantity}, allowed) - allowed))


def _differs(on: Trials, work: ComputationGraph, field: Field) -> bool:
    """Whether the mistaken work comes to something else from right symbols."""
    right = on.values[field.quantity][place_of(field)]
    wrong = evaluate(work, on.values)[field.quantity][place_of(field)]
    return not np.allclose(wrong, right, rtol=_CHANGED, atol=1e-9, equal_nan=True)


def _assembled(numbers: Mapping[Entry, Array], work: ComputationGraph) -> dict[str, Array]:
    """Single numbers, (...), put together to the givens of the work, (..., *shape)."""
    axes = np.broadcast_shapes(*(number.shape for number in numbers.values()))
    found = {given.name: np.empty((*axes, *given.shape)) for given in work.givens}
    for (name, index), number in numbers.items():
        place: tuple[Any, ...] = (..., *index)
        found[name][place] = number
    return found
