"""Draws on which two options of a choice say the same, for numbers in them come out equal; `screens` asks."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import Evaluation
from examgen.core.graph import Values
from examgen.exams.option_numbers import decimals_of, name_in_task, option_numbers, option_values
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.option_texts import OptionNumber, option_parts

Flags = NDArray[np.bool_]

_WRITTEN = re.compile(r"[-−]?\d+(?:\.\d+)?")
"""A number that an option has for all papers."""

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class _Option:
    """What an option says: words with gaps for numbers, and these, by name where they are a paper's own."""

    words: str
    numbers: tuple[float | str, ...]


def has_alike_options(paper: PaperShape, evaluation: Evaluation) -> Flags | None:
    """(draws,) whether a number in an option is none, or two options come to the same at their digits; None where no
    option has numbers of its own."""
    if not option_numbers(paper):
        return None
    values = option_values(paper, evaluation.values)
    found = ~np.logical_and.reduce([np.isfinite(one) for one in values.values()])
    with np.errstate(all="ignore"):
        printed = _printed(paper, values)
        for one, other in _pairs(paper):
            equal = [_are_equal(printed, *pair) for pair in zip(one.numbers, other.numbers, strict=True)]
            found = found | np.logical_and.reduce(equal)
    return np.asarray(found)


def _printed(paper: PaperShape, values: Values) -> Values:
    """The numbers as they are printed, a tie away from 0."""
    decimals = {one.name: decimals_of(one, values[one.name]) for one in option_numbers(paper)}
    return {
        name: np.sign(value) * np.floor(np.abs(value) * 10.0 ** decimals[name] + 0.5 + _SAME) / 10.0 ** decimals[name]
        for name, value in values.items()
    }


def _are_equal(printed: Values, one: float | str, other: float | str) -> Flags:
    first, second = (printed[each] if isinstance(each, str) else np.asarray(each) for each in (one, other))
    return np.asarray(np.abs(first - second) < _SAME * (1 + np.abs(first)))


@lru_cache(maxsize=512)
def _pairs(paper: PaperShape) -> Sequence[tuple[_Option, _Option]]:
    """The options of each task that differ in their numbers only, two by two."""
    tasks = ([_option(place, one) for one in task.options] for place, task in enumerate(paper.question.tasks))
    return [
        (one, other)
        for options in tasks
        for one, other in itertools.combinations(options, 2)
        if one.words == other.words and any(isinstance(each, str) for each in (*one.numbers, *other.numbers))
    ]


def _option(task: int, text: str) -> _Option:
    words, numbers = "", list[float | str]()
    for part in option_parts(text):
        if isinstance(part, OptionNumber):
            words += "\0"
            numbers.append(name_in_task(task, part))
        else:
            words += _WRITTEN.sub("\0", part)
            numbers += [float(found.replace("−", "-")) for found in _WRITTEN.findall(part)]
    return _Option(" ".join(words.replace("$", "").casefold().split()), tuple(numbers))
