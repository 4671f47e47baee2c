"""How much work a paper is: multiplications, minus signs, live units, and the sizes of what is asked.

Called by the screens, where papers are to be about equal work, by the manifest of a class, and by the author's test
bench, `examgen check`.
"""

import math
from dataclasses import dataclass

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate
from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.core.rules.rule import Array
from examgen.exams.digits import NOISE
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.tolerance import by_field

LIVE_UNIT = 1.0
MINUS_SIGN = 0.25
"""What a live unit and a minus sign are, in multiplications.

At a live unit a value and a slope are found and carried on, about the trouble of a product; a dead one is seen at a
glance. A minus sign is copied more often than it is decided on. All are multiples of 1/4, so that sums of them are
exact. Who changes them changes papers: those that were drawn with a tolerance for their work.
"""


@dataclass(frozen=True, slots=True)
class Workload:
    """The work of some papers of one shape; arrays are (papers,).

    Attributes:
        multiplications: of two numbers that are not 0, on the way to all numbers that are asked. A dead unit takes away
            those of what it sends on and of what comes back through it.
        minus_signs: negative numbers among the given and computed ones.
        live_units: units whose slope is not 0, over all layers, samples and steps; 0 for matrix warm-ups.
    """

    multiplications: Array
    minus_signs: Array
    live_units: Array

    @property
    def work(self) -> Array:
        """All of it in one number, (papers,), in multiplications."""
        return np.asarray(self.multiplications + LIVE_UNIT * self.live_units + MINUS_SIGN * self.minus_signs)


@dataclass(frozen=True, slots=True)
class Difficulty(Workload):
    """The same, and what else an author wants to know.

    Attributes:
        units: how many there are.
        smallest, largest: absolute values of asked answers that are not 0.
    """

    units: int
    smallest: Array
    largest: Array


def workload(paper: PaperShape, solution: Evaluation) -> Workload:
    """Measure the work of some papers; none where no number is asked.

    It is that of the same paper in a notation without signs of its own, by which screens hold papers to equal work.

    Args:
        paper: their shape.
        solution: evaluation of their numbers, (papers, *shape) by quantity.
    """
    if paper.is_turned:
        plain = paper_shape(paper.question, paper.label, NOTATIONS["from-to"])
        return workload(plain, evaluate(plain.graph, {one.name: solution[one.name] for one in plain.graph.givens}))
    papers = max(len(solution[given.name]) for given in paper.graph.givens)
    none = np.zeros(papers, dtype=int)
    if not paper.number_fields:
        return Workload(none, none, none)
    on_the_way = paper.only_numbers.needed()
    seen = {*(quantity.name for quantity in on_the_way), *(given.name for given in paper.graph.givens)}
    return Workload(
        sum((_products(paper.graph, quantity, solution) for quantity in on_the_way), none),
        sum((_counted(solution[name] < -NOISE) for name in seen), none),
        sum((_counted(np.abs(solution[one.name]) > NOISE) for one in _slopes(paper)), none),
    )


def difficulty(paper: PaperShape, solution: Evaluation) -> Difficulty:
    """Measure some papers that ask for numbers; arguments as in `workload`."""
    load, asked = workload(paper, solution), np.abs(by_field(paper, solution.values))
    return Difficulty(
        load.multiplications,
        load.minus_signs,
        load.live_units,
        sum(one.size for one in _slopes(paper)),
        np.where(asked > NOISE, asked, np.inf).min(axis=1),
        asked.max(axis=1),
    )


def multiplications(graph: ComputationGraph, quantity: Quantity) -> int:
    """Products of two numbers in a quantity's rule: one for each choice of all its axes, by its signature.

    What is computed from one input, such as an activation or a sum, multiplies nothing.
    """
    if quantity.rule is not None and quantity.rule.multiplications is not None:
        return quantity.rule.multiplications
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


def _products(graph: ComputationGraph, quantity: Quantity, solution: Evaluation) -> Array:
    """(papers,), or one number for all: those of its products that are worked out, no factor being 0."""
    rule = quantity.rule
    if rule is None or len(rule.factors) < 2:
        return np.asarray(multiplications(graph, quantity))
    axes, _ = rule.axes()
    used = ",".join(f"...{axes[place]}" for place in rule.factors)
    factors = [np.abs(solution[quantity.inputs[place]]) > NOISE for place in rule.factors]
    return _counted(np.einsum(f"{used}->...", *(factor.astype(float) for factor in factors)))


def _slopes(paper: PaperShape) -> list[Quantity]:
    return [quantity for quantity in paper.graph.derived if quantity.role is Role.SLOPE]


def _counted(entries: Array) -> Array:
    """(papers, *shape), each true or a count -> (papers,)."""
    return np.asarray(entries.sum(axis=tuple(range(1, entries.ndim))), dtype=int)
