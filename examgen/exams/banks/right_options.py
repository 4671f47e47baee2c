"""The shapes of a family whose choices follow from the numbers: one for each option that may be right; and whether
numbers in options can be.

`families` asks.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from examgen.core.circuits.choices import is_clearly, option_rule, options_of
from examgen.core.circuits.circuit import CircuitShape
from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductsShape
from examgen.core.rules.rule import Array
from examgen.errors import BankError
from examgen.exams.banks.bank_models import Family
from examgen.exams.option_numbers import check_option_numbers
from examgen.exams.task import unknown_answer

MAX_SHAPES = 500


def check_count(shapes: int) -> None:
    """That a family does not have too many shapes.

    Raises: ValueError: it has.
    """
    if shapes > MAX_SHAPES:
        raise ValueError(f"the lists make {shapes} combinations; use at most {MAX_SHAPES}")


def with_options(path: Path, family: Family, shapes: Sequence[Exercise]) -> Iterator[Exercise]:
    """Each shape as often as there are options, or combinations of them, that the numbers may make right, and orders of
    options that are shuffled.

    Raises: BankError: an answer is neither an option nor an expression of this question, a number in an option cannot
        be, or there are too many shapes.
    """
    counts = dict[str, int]()
    for number, task in enumerate(family.tasks, start=1):
        try:
            for shape in shapes:
                check_option_numbers(shape, task.options)
        except ValueError as error:
            raise BankError(f"{path}: tasks[{number}].options: {error}") from None
        if text := task.option_expression:
            _check_expression(f"{path}: tasks[{number}]", text, len(task.options), shapes)
            counts[text] = min(len(task.options), counts.get(text, len(task.options)))
    turns = max((len(task.options) for task in family.tasks if task.shuffle), default=0)
    try:
        check_count(len(shapes) * math.prod(counts.values()) * max(turns, 1))
    except ValueError as error:
        raise BankError(f"{path}: {error}, right options and orders of options among them") from None
    for shape in shapes:
        for one in _with_right(shape, counts):
            for turn in range(turns) if turns else (None,):
                yield one if turn is None else _turned(one, turn)


def _with_right(shape: Exercise, counts: Mapping[str, int]) -> Iterator[Exercise]:
    """The shape for each option that may be right, or combination of them."""
    if not counts or not isinstance(shape, NetworkShape | CircuitShape):
        yield shape
        return
    for options in itertools.product(*(range(1, count + 1) for count in counts.values())):
        yield replace(shape, choices=tuple(zip(counts, options, strict=True)))


def _turned(shape: Exercise, turn: int | None) -> Exercise:
    """The shape with its options moved on."""
    assert isinstance(shape, NetworkShape | CircuitShape | ProductsShape)
    return replace(shape, turn=turn)


def without_options(shape: Exercise) -> Exercise:
    """The shape whatever options are right, and wherever they stand."""
    shape = _turned(shape, None)
    return replace(shape, choices=None) if isinstance(shape, NetworkShape | CircuitShape) else shape


def of_right_option(path: Path, shapes: Mapping[str, Exercise], fixed: Mapping[str, Array]) -> dict[str, Exercise]:
    """Of these shapes the one whose options are right with fixed numbers.

    Raises: BankError: there is none.
    """
    some = next(iter(shapes.values()))
    values = evaluate(some.graph, dict(fixed)).values
    found = {
        label: shape
        for label, shape in shapes.items()
        if all(is_clearly(shape.graph, text, option, values, 0) for text, option in shape.choices or ())
    }
    if not found:
        told = "; ".join(
            f"{text} is {np.asarray(options_of(some.graph, text, values)).item():g}" for text, _ in some.choices or ()
        )
        raise BankError(f"{path}: fixed: {told} with these numbers; it has to be the number of an option, and no tie")
    return found


def _check_expression(where: str, text: str, options: int, shapes: Sequence[Exercise]) -> None:
    if not all(isinstance(shape, NetworkShape | CircuitShape) for shape in shapes):
        raise BankError(f"{where}: {unknown_answer(text, options)}")
    try:
        for shape in shapes:
            option_rule(shape.graph, text)
    except ValueError as error:
        raise BankError(
            f"{where}: {unknown_answer(text, options)}, or an expression of this question's quantities: {error}"
        ) from None
