"""How much work a paper is: multiplications, minus signs, live units, and the sizes of what is asked.

Called by the author's test bench, `examgen check`.
"""

import math
from dataclasses import dataclass

import numpy as np

from examgen.core.evaluation import Evaluation
from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.core.rules.rule import Array
from examgen.exams.digits import NOISE
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import by_field


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The work of some papers of one shape; arrays are (papers,).

    Attributes:
        multiplications: of two numbers, on the way to all that is asked.
        minus_signs: negative numbers among the given and computed ones.
        live_units: units whose slope is not 0, over all layers, samples and steps; 0 for matrix warm-ups.
        units: how many there are.
        smallest, largest: absolute values of asked answers that are not 0.
    """

    multiplications: int
    minus_signs: Array
    live_units: Array
    units: int
    smallest: Array
    largest: Array


def difficulty(paper: PaperShape, solution: Evaluation) -> Difficulty:
    """Measure some papers.

    Args:
        paper: their shape.
        solution: evaluation of their numbers, (papers, *shape) by quantity.
    """
    on_the_way = paper.needed()
    seen = {*(quantity.name for quantity in on_the_way), *(given.name for given in paper.graph.givens)}
    minus = [(solution[name] < 0).reshape(len(solution[name]), -1).sum(axis=1) for name in seen]
    slopes = [quantity for quantity in paper.graph.derived if quantity.role is Role.SLOPE]
    live = [(solution[one.name] != 0).reshape(len(solution[one.name]), -1).sum(axis=1) for one in slopes]
    asked = np.abs(by_field(paper, solution.values))
    return Difficulty(
        sum(multiplications(paper.graph, quantity) for quantity in on_the_way),
        np.sum(minus, axis=0),
        np.sum(live, axis=0) if live else np.zeros(len(asked), dtype=int),
        sum(one.size for one in slopes),
        np.where(asked > NOISE, asked, np.inf).min(axis=1),
        asked.max(axis=1),
    )


def multiplications(graph: ComputationGraph, quantity: Quantity) -> int:
    """Products of two numbers in a quantity's rule: one for each choice of all its axes, by its signature.

    What is computed from one input, such as an activation or a sum, multiplies nothing.
    """
    if len(quantity.inputs) < 2 or quantity.rule is None:
        return 0
    axes, _ = quantity.rule.axes()
    shapes = (graph[name].shape for name in quantity.inputs)
    sizes = {
        letter: size
        for letters, shape in zip(axes, shapes, strict=True)
        for letter, size in zip(letters, shape, strict=True)
    }
    return math.prod(sizes.values())
