"""All values of one student's question, and the decimals to print them with.

Called by `papers` and by feedback; what is only given is known without a solution.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.exact import as_fractions
from examgen.core.graph import Quantity, Role
from examgen.core.rules.rule import Array, Rule
from examgen.documents.worked.exact_numbers import all_whole
from examgen.documents.worked.solved_paper import SolvedPaper, folds
from examgen.exams.exam import QuestionVariant
from examgen.exams.keys.solved_papers import entry
from examgen.exams.naming.symbol_names import bias_name
from examgen.exams.option_numbers import option_numbers, option_values, printed_decimals
from examgen.exams.paper_shapes import PaperShape


def solve_for_print(paper: PaperShape, numbers: QuestionVariant) -> SolvedPaper:
    """All values of one student's question and the decimals to print them with."""
    # Kept as fractions where they are exact: a key prints those too. Doubles are much faster.
    is_exact = paper.shape.is_rational and not all_whole(paper)
    solution = evaluate(paper.graph, as_fractions(numbers.givens) if is_exact else numbers.givens)
    decimals = {
        quantity.name: _decimals_on_the_way(paper, quantity, np.asarray(solution[quantity.name]))
        for quantity in paper.graph.derived
    }
    for field in paper.number_fields:
        asked = int(field.digits.decimals_for(entry(solution, field)))
        decimals[field.quantity] = max(decimals[field.quantity], asked)
    decimals |= {**given_decimals(paper), **_shown_decimals(paper, solution)}
    _carry_decimals(paper, decimals)
    in_options = option_values(paper, solution.values)
    return SolvedPaper(paper, {**solution.values, **in_options}, decimals | printed_decimals(paper, in_options))


def givens_for_print(paper: PaperShape, numbers: QuestionVariant) -> SolvedPaper:
    """Given numbers and nothing computed from them but the samples of each step, what is printed on purpose, and what
    stands in options."""
    values = dict(numbers.givens)
    for quantity, rule in _copies(paper):
        values[quantity.name] = rule.compute(numbers.givens[quantity.inputs[0]])
    told = [*paper.shown, *(one.name for one in option_numbers(paper))]
    if not told:
        return SolvedPaper(paper, values, given_decimals(paper))
    solved = solve_for_print(paper, numbers)
    values |= {name: solved.values[name] for name in told}
    return SolvedPaper(paper, values, {**given_decimals(paper), **{name: solved.decimals[name] for name in told}})


@lru_cache(maxsize=512)
def _copies(paper: PaperShape) -> tuple[tuple[Quantity, Rule], ...]:
    """The samples of each step, with the rule that takes them from all samples."""
    return tuple((one, one.rule) for one in paper.graph.derived if one.is_copied and one.rule is not None)


def _shown_decimals(paper: PaperShape, solution: Evaluation) -> dict[str, int]:
    """To the digits of the question, whatever is asked to be computed from it."""
    return {name: _decimals_on_the_way(paper, paper.graph[name], np.asarray(solution[name])) for name in paper.shown}


@lru_cache(maxsize=512)
def given_decimals(paper: PaperShape) -> Mapping[str, int]:
    """Given numbers as drawn; the samples of one step as all samples. What is printed on purpose has the digits of the
    question, as far as these are told without its values."""
    given = paper.question.given_decimals
    found = {quantity.name: given.get(quantity.name, 0) for quantity in paper.graph.givens}
    for quantity in paper.graph.derived:
        if quantity.is_copied:
            found[quantity.name] = given.get(quantity.inputs[0], 0)
    return MappingProxyType(found | dict.fromkeys(paper.shown, paper.question.digits.count))


def _carry_decimals(paper: PaperShape, decimals: dict[str, int]) -> None:
    """Enough decimals for what is computed from a value, and as many for folded biases as for their weights."""
    asked = {field.quantity for field in paper.number_fields}
    for quantity in reversed(paper.graph.derived):
        for name in quantity.inputs:
            source = paper.graph[name]
            # Given numbers, and slopes that are zeros and ones, have few decimals.
            has_few = source.rule is not None and source.rule.decimals is not None
            is_exact = source.is_copied or source.role is Role.SLOPE or has_few
            if source.rule is not None and name not in asked | paper.shown and not is_exact:
                decimals[name] = max(decimals[name], decimals[quantity.name])
    for quantity in paper.graph:
        if folds(paper, quantity):
            bias = bias_name(quantity)
            decimals[quantity.name] = decimals[bias] = max(decimals[quantity.name], decimals[bias])


def _decimals_on_the_way(paper: PaperShape, quantity: Quantity, values: Array) -> int:
    """Decimals to print a quantity with that nobody need ask for."""
    digits = paper.question.digits
    if quantity.rule is not None and quantity.rule.decimals is not None:
        return quantity.rule.decimals
    if digits.unit == "decimals":
        return digits.count
    sizes = digits.decimals_for(values)
    return max(int(np.max(sizes, initial=0)), 0)
