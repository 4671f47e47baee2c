"""Papers of about equal work: what a typical paper of a question is, and which shapes can be near enough to it.

Called by `building` where a tolerance is given. What is typical follows from the exam alone, from a sample whose stream
belongs to no seed and no student, so that nobody's paper depends on the class around it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from examgen.core.evaluation import evaluate
from examgen.core.rules.rule import Array
from examgen.errors import BankError
from examgen.exams.draws.difficulty import workload
from examgen.exams.draws.drawing import Source, quick_draws
from examgen.exams.draws.streams import stream_key
from examgen.exams.exam import Question
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape, paper_shape

SAMPLE_BLOCK = 256
ENOUGH_PAPERS = 64
MOST_BLOCKS = 16
"""A shape is sampled in blocks until there are enough papers, and given up after so many blocks."""

LEAST_SHARE = 1 / 16
"""A shape is asked if at least this share of its papers is near enough to the typical one."""

NEAR = 0.1
"""Papers within this share of one another are alike, where what is typical is chosen, whatever the tolerance."""

SURE = 40
"""So many papers at least are expected among the draws that a student may have: then one is found as good as always."""

MOST_NAMED = 5
"""So many shapes that are left out are named in a notice; the rest is counted."""


@dataclass(frozen=True, eq=False, slots=True)
class FairSource:
    """Where the numbers of a question come from if its papers are to be about equal work.

    Attributes:
        source: with limits to the work, and the shapes that can keep to them.
        notices: a line on the shapes that cannot, if there are any.
    """

    source: Source
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class _Sample:
    """Some papers of one shape: their work, (papers,) in order, and of how many draws they are."""

    paper: PaperShape
    work: Array
    draws: int


def fair_source(question: Question, source: Source, tolerance: float) -> FairSource:
    """Hold a question's papers to about equal work.

    Args:
        question: whose.
        source: of its numbers.
        tolerance: share of the typical work by which a paper may be more or less.

    Raises:
        BankError: no shape has papers enough that are near to the typical one; the message says which tolerance would
            do.
    """
    if source.fixed:
        return FairSource(source)
    samples = [_sample(paper_shape(question, label, NOTATIONS["from-to"]), source) for label in question.shapes]
    typical = _typical(samples)
    if typical is None:
        # No draw passes the screens, whatever its work: drawing says which of them turns them away.
        return FairSource(source)
    needed = {one.paper.label: _tolerance_for(one, typical, source.limits.max_draws) for one in samples}
    labels = tuple(label for label, least in needed.items() if least <= tolerance)
    if not labels:
        raise BankError(_unreachable(question, source, tolerance, min(needed.values())))
    limits = replace(source.limits, least_work=typical * (1 - tolerance), most_work=typical * (1 + tolerance))
    left_out = {label: least for label, least in needed.items() if label not in labels}
    return FairSource(replace(source, limits=limits, labels=labels), tuple(_told(question, tolerance, left_out)))


def _sample(paper: PaperShape, source: Source) -> _Sample:
    """Papers that the quick screens let pass; the slow ones ask for nothing that goes with the work."""
    # A seed's streams are of its students; no seed is part of this one, so any constant does.
    key = stream_key(0, "typical work", paper.label)
    found: list[Array] = []
    for block in range(1, MOST_BLOCKS + 1):
        givens = quick_draws(paper, source, key, (block - 1) * SAMPLE_BLOCK, SAMPLE_BLOCK)
        found.append(workload(paper, evaluate(paper.graph, givens)).work)
        if sum(map(len, found)) >= ENOUGH_PAPERS:
            break
    return _Sample(paper, np.sort(np.concatenate(found)), block * SAMPLE_BLOCK)


def _typical(samples: list[_Sample]) -> float | None:
    """The middle of the shapes' middle papers, so that each shape counts the same; None where there is no paper.

    Anything between the two middle shapes of an even number is a middle: of the papers there, it is the one that most
    are near to, and not an amount between two kinds of papers, which hardly any takes.
    """
    there = [one.work for one in samples if len(one.work)]
    if not there:
        return None
    middles = sorted(float(work[(len(work) - 1) // 2]) for work in there)
    low, high = middles[(len(middles) - 1) // 2], middles[len(middles) // 2]
    every = np.unique(np.concatenate(there))
    between = every[(every >= low) & (every <= high)]
    near = [(np.abs(work - between[:, None]) <= NEAR * between[:, None]).mean(axis=1) for work in there]
    return float(between[np.argmax(np.sum(near, axis=0))])


def _tolerance_for(sample: _Sample, typical: float, max_draws: int) -> float:
    """The least tolerance with which a shape is asked; infinite where none is enough."""
    apart = np.sort(np.abs(sample.work - typical))
    off = apart / typical if typical else np.where(apart > 0, np.inf, 0.0)
    papers = max(1, math.ceil(len(off) * LEAST_SHARE), math.ceil(SURE * sample.draws / max_draws))
    return float(off[papers - 1]) if papers <= len(off) else math.inf


def _unreachable(question: Question, source: Source, tolerance: float, least: float) -> str:
    way_out = "its draws pass the screens too seldom for any tolerance"
    if math.isfinite(least):
        way_out = f"use --fairness {_rounded_up(least)} or more"
    return (
        f"{source.path}: no shape of {question.id} has papers enough whose work is within {tolerance:g} of the typical "
        f"one; {way_out}, or leave it out"
    )


def _told(question: Question, tolerance: float, left_out: Mapping[str, float]) -> Iterator[str]:
    if not left_out:
        return
    named = ", ".join(
        f"{label} ({question.shapes[label].text}{_from(least)})" for label, least in list(left_out.items())[:MOST_NAMED]
    )
    more = f" and {len(left_out) - MOST_NAMED} more" if len(left_out) > MOST_NAMED else ""
    what = "1 shape is" if len(left_out) == 1 else f"{len(left_out)} shapes are"
    yield (
        f"{question.id}: {what} not asked, as their papers are seldom within {tolerance:g} of the typical work: "
        f"{named}{more}"
    )


def _from(least: float) -> str:
    return f"; from {_rounded_up(least)} on" if math.isfinite(least) else ""


def _rounded_up(tolerance: float) -> str:
    return f"{math.ceil(tolerance * 100 - 1e-9) / 100:g}"
