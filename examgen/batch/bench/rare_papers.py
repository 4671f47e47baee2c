"""Complaints of the author's test bench (`checking`) where hardly any draw passes the screens."""

from collections.abc import Iterator, Sequence

from examgen.batch.bench.checked import QuestionCheck
from examgen.exams.draws.drawing import Trial
from examgen.exams.draws.rejections import ADVICE, details, explained, screens_text, worst_screen
from examgen.exams.paper_shapes import PaperShape

LOWEST_RATE = 0.005
"""A family of which fewer draws pass is nearly impossible to satisfy."""

ENOUGH_OF_SHAPE = round(1 / LOWEST_RATE)
"""So many draws of one shape show that it is such a family of its own."""


def lacks_a_shape(tried: Sequence[tuple[PaperShape, Trial]]) -> bool:
    """Whether there is no paper of some shape, as far as can be told."""
    return any(trial.draws >= ENOUGH_OF_SHAPE and not trial.passed for _, trial in tried)


def rare_papers(path: str, question: QuestionCheck, tried: Sequence[tuple[PaperShape, Trial]]) -> Iterator[str]:
    """Complaints about a question, of all its shapes or of one.

    Args:
        path: of its bank.
        question: what was found of all shapes together.
        tried: each shape with its draws.
    """
    if not question.draws:
        return
    if question.accepted < LOWEST_RATE * question.draws:
        papers = [paper for paper, _ in tried]
        yield _complaint(path, question.accepted, question, papers, more_draws=question.is_untried)
        return
    for paper, trial in tried:
        if trial.draws >= ENOUGH_OF_SHAPE and trial.passed < LOWEST_RATE * trial.draws:
            yield _complaint(path, trial.passed, trial, [paper])


def _complaint(
    path: str, accepted: int, of: Trial | QuestionCheck, papers: Sequence[PaperShape], *, more_draws: bool = False
) -> str:
    advice = f"judge more draws (--draws {ENOUGH_OF_SHAPE} or more), {ADVICE}" if more_draws else ADVICE
    return (
        f"{path}: {accepted} of {of.draws} draws pass the screens; most are turned away by "
        f"{explained(worst_screen(of.rejections))} (rejections: {screens_text(of.rejections)}); {advice}"
        f"{details(papers, of.mistaken)}"
    )
