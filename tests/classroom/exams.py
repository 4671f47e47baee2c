"""The exams on which simulated classes sit: every shipped one, asked to other digits; called by benchmark and tests."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.digits import Digits
from examgen.exams.draws.drawing import Source
from examgen.exams.exam import Question, Variant

PRECISIONS = (Digits(decimals=2), Digits(decimals=3), Digits(decimals=4), Digits(significant_figures=3))
"""To which digits every exam is asked."""

NO_SCREEN = -20
"""So many significant digits every number keeps."""

MAX_DRAWS = 4_000
"""A family that needs more draws for a paper is not waited for."""


@cache
def drawn_exams() -> tuple[str, ...]:
    """Names of the shipped families and exams whose numbers are drawn, and which ask for nothing but numbers."""
    names = [path.stem for path in shipped_banks() if path.parent.name != "worked"]
    return tuple(name for name in names if _kinds_asked(name) == {"number"})


COMPOSED = frozenset({"midterm", "homework", "final"})
"""Exams that are made of shipped families: what holds of these question by question holds of them."""


@cache
def drawn_families() -> tuple[str, ...]:
    """Those of `drawn_exams` that are not made of others."""
    return tuple(name for name in drawn_exams() if name not in COMPOSED)


@cache
def with_numbers() -> tuple[str, ...]:
    """These, and those that ask for formulas or choices beside numbers."""
    names = [path.stem for path in shipped_banks() if path.parent.name != "worked"]
    return tuple(name for name in names if "number" in _kinds_asked(name))


BESIDE_SHIPPED = tuple(str(path) for path in sorted((Path(__file__).parent / "banks").glob("*.toml")))
"""Circuits with operations, and networks with steps, that no shipped family has, so that each misconception can show
somewhere."""


def title(name: str) -> str:
    """How a test of an exam is called."""
    return Path(name).stem


@cache
def load(name: str, seed: int, digits: Digits | None = None, *, is_screened: bool = True) -> LoadedExam:
    """A shipped exam, as its author asks for it or asked to other digits; read once.

    Args:
        name: of the exam.
        seed: of its papers.
        digits: to which every answer is asked. The screen against answers of few digits is lifted then: at two
            decimals hardly a draw would be left.
        is_screened: whether work with a misconception must not look right on a paper. At few digits some families have
            no such paper; honest students can sit them all the same.
    """
    loaded = load_exam(name, seed)
    sources = {name: _lifted(source, digits, is_screened) for name, source in loaded.sources.items()}
    if digits is None:
        return replace(loaded, sources=sources)
    questions = tuple(_asked_to(question, digits) for question in loaded.exam.questions)
    return replace(loaded, sources=sources, exam=replace(loaded.exam, questions=questions))


@cache
def variants_of(loaded: LoadedExam, count: int) -> Sequence[Variant]:
    """So many papers, drawn once.

    Raises:
        BankError: the screens leave none.
    """
    return tuple(draw_variants(loaded, [Student(f"v{number}") for number in range(count)]))


def _kinds_asked(name: str) -> set[str]:
    return {task.as_ for question in load_exam(name, 0).exam.questions for task in question.tasks}


def _asked_to(question: Question, digits: Digits) -> Question:
    return replace(
        question, digits=digits, tasks=tuple(task.model_copy(update={"digits": digits}) for task in question.tasks)
    )


def _lifted(source: Source, digits: Digits | None, is_screened: bool) -> Source:
    limits = replace(source.limits, max_draws=min(source.limits.max_draws, MAX_DRAWS))
    if digits is not None:
        limits = replace(limits, significant_digits=NO_SCREEN)
    if not is_screened:
        limits = replace(limits, misconception_margin=0.0)
    return replace(source, limits=limits)
