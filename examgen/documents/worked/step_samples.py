"""Which samples a step uses, where the steps use the same ones or some in turn; `papers` and `worked_lines` say it."""

from collections.abc import Iterator, Mapping

from examgen.core.graph import ComputationGraph, Role
from examgen.exams.paper_shapes import PaperShape


def turns(graph: ComputationGraph) -> Mapping[int, int]:
    """By step, the number of its sample or mini-batch, counted from 1 in the order in which they are used first."""
    numbers: dict[str, int] = {}
    found: dict[int, int] = {}
    for one in graph.derived:
        if one.role is Role.INPUT and one.step is not None and one.rule is not None:
            found[one.step] = numbers.setdefault(one.rule.name, len(numbers) + 1)
    return found


def turn_facts(paper: PaperShape, words: Mapping[str, str]) -> Iterator[str]:
    """How the steps use samples again, where they do."""
    by_step = turns(paper.graph)
    if not (again := [step for step, number in by_step.items() if number == 1][1:]):
        return
    count = max(by_step.values())
    key = "samples_same" if count == 1 else "samples_in_turn"
    yield words[f"{key}{_of_batch(paper.graph)}"].format(count=count, step=again[0])


def step_fact(paper: PaperShape, words: Mapping[str, str], step: int) -> str:
    """Which sample a step uses; empty where each has a new one, or all the same."""
    by_step = turns(paper.graph)
    count = max(by_step.values(), default=0)
    if step not in by_step or not 1 < count < len(by_step):
        return ""
    return words[f"step_sample{_of_batch(paper.graph)}"].format(sample=by_step[step])


def _of_batch(graph: ComputationGraph) -> str:
    samples = max((one.shape[0] for one in graph.derived if one.role is Role.INPUT), default=1)
    return "_of_batch" if samples > 1 else ""
