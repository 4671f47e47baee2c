"""The numbers in the options of a paper's choices: right ones, and what a misconception comes to.

They are no quantities of the graph, so that no solution works them out. Screens compare them, pages print them, and
marking reads options with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from examgen.core.circuits.choices import number_of, number_rule
from examgen.core.circuits.circuit_rules import ExpressionRule
from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Values
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.equality import are_equal
from examgen.core.probes.trials import live_trials
from examgen.core.rules.rule import Array
from examgen.errors import did_you_mean, some
from examgen.exams.digits import Digits, print_decimals
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.option_texts import OptionNumber, numbers_in, with_numbers

MOST_NAMES = 6
"""Names in a message."""


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """A number of a paper's options.

    Attributes:
        name: under which its value is found among those of the paper's quantities; no quantity is called so.
        number: what it is.
        digits: to which it is printed.
    """

    name: str
    number: OptionNumber
    digits: Digits


def name_in_task(task: int, number: OptionNumber) -> str:
    """The name of a number in the options of a task, 0-based."""
    return f"options[{task + 1}] {number.text}"


@lru_cache(maxsize=512)
def option_numbers(paper: PaperShape) -> tuple[PaperNumber, ...]:
    """All numbers in the options of a paper, each once for a task."""
    return tuple(
        PaperNumber(name_in_task(place, number), number, paper.question.digits_of(task))
        for place, task in enumerate(paper.question.tasks)
        for number in dict.fromkeys(numbers_in(task.options))
    )


def option_values(paper: PaperShape, values: Values) -> dict[str, Array]:
    """(...) by name of each number in the options.

    Args:
        paper: whose options these are.
        values: (..., *shape) of the quantities of its graph.
    """
    if not option_numbers(paper):
        return {}
    right = {name: np.asarray(value, dtype=float) for name, value in values.items()}
    found: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for one in option_numbers(paper):
            rule = _rule(paper.graph, one.number)
            seen = _mistaken(paper, one.number, right) if one.number.misconception else right
            found[one.name] = number_of(paper.graph, rule, seen)
    return found


def printed_decimals(paper: PaperShape, values: Values) -> dict[str, int]:
    """The decimals that each number in the options is printed with; values (*no shape) by its name."""
    return {one.name: int(decimals_of(one, values[one.name])) for one in option_numbers(paper)}


def decimals_of(one: PaperNumber, values: Array) -> Array:
    """(...) decimals of such a number by its value; digits before the point are all told."""
    return np.maximum(one.digits.decimals_for(values), 0)


def option_texts(paper: PaperShape, task: int, values: Values) -> tuple[str, ...]:
    """The options of a task as they stand on one paper with its numbers, as a student may type them.

    Args:
        paper: whose options these are.
        task: 0-based.
        values: (*no shape) by name of the numbers.
    """
    decimals = printed_decimals(paper, values)

    def shown(number: OptionNumber) -> str:
        name = name_in_task(task, number)
        return print_decimals(float(values[name]), decimals[name])

    return tuple(with_numbers(option, shown) for option in paper.options(task))


def check_option_numbers(shape: Exercise, options: Sequence[str]) -> None:
    """That each number in these options can be computed.

    Raises: ValueError: one cannot; the message says which, and what is allowed.
    """
    for number in numbers_in(options):
        try:
            rule = _rule(shape.graph, number)
        except ValueError as error:
            raise ValueError(f"{number.text}: {error}") from None
        if number.misconception:
            _patch(shape, rule, number)


def _rule(graph: ComputationGraph, number: OptionNumber) -> ExpressionRule:
    return number_rule(
        graph, number.expression, "write the number itself", "a number in an option is a single one, such as an entry"
    )


def _mistaken(paper: PaperShape, number: OptionNumber, right: Values) -> Values:
    """The values of a student with the misconception of a number."""
    givens = {given.name: right[given.name] for given in paper.graph.givens}
    patch = _patch(paper.shape, _rule(paper.graph, number), number)
    return evaluate(patch.graph, givens, substitute=paper.printed(right)).values


@lru_cache(maxsize=1024)
def _patch(shape: Exercise, rule: ExpressionRule, number: OptionNumber) -> Patch:
    """The first version of a number's misconception that changes it.

    Raises: ValueError: there is none, or no such misconception.
    """
    name = number.misconception
    if name not in MISCONCEPTIONS:
        raise ValueError(f"{number.text}: misconception {name} is unknown.{did_you_mean(name, MISCONCEPTIONS)}")
    moving = dict[str, Patch]()
    for patch in _moving(shape, rule):
        moving.setdefault(patch.misconception, patch)
    if name not in moving:
        told = f"use {some(list(moving), MOST_NAMES)}" if moving else "no misconception does; leave it out"
        raise ValueError(f"{number.text}: {name} does not change {number.expression} of this question; {told}")
    return moving[name]


def _moving(shape: Exercise, rule: ExpressionRule) -> Iterator[Patch]:
    """The versions of misconceptions that change the number of a rule."""
    trials = live_trials(shape.graph)
    right = number_of(shape.graph, rule, evaluate(shape.graph, trials).values)
    for patch in patches(shape, frozenset(rule.names)):
        if not are_equal(right, number_of(shape.graph, rule, evaluate(patch.graph, trials).values)):
            yield patch
