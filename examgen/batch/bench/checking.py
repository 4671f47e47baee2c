"""The author's test bench: whether a bank makes fair papers, and how much work they are.

`examgen check` calls it. Draws are judged by the screens; then a small class sits the exam (`sitting`,
`mistaken_sitters`): students who know everything, in every notation that fits, and one student with each misconception.
What comes out wrong is a problem.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from examgen.batch.bench.checked import Checked, QuestionCheck, Separation, Spread, Work
from examgen.batch.bench.mistaken_sitters import OtherSat, other_students
from examgen.batch.bench.rare_papers import lacks_a_shape, rare_papers
from examgen.batch.bench.sitting import Papers, Sat, mistaken_students, one_of_each_shape, perfect_students
from examgen.batch.making import OUTPUT, MakeOptions, make
from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.rules.rule import Array
from examgen.errors import ExamgenError
from examgen.exams.banks.building import LoadedExam, load_exam
from examgen.exams.draws.difficulty import Difficulty, difficulty
from examgen.exams.draws.drawing import Source, Trial, try_draws
from examgen.exams.draws.separation import separations
from examgen.exams.draws.streams import stream_key
from examgen.exams.exam import Question
from examgen.exams.paper_shapes import PaperShape, paper_shape


def check(
    exam: str,
    *,
    draws: int = 1000,
    seed: int = 0,
    out: Path | None = None,
    force: bool = False,
    banks: tuple[Path, ...] = (),
) -> Checked:
    """Try a bank or an exam.

    Args:
        exam: an exam or family by name, or the path of a TOML file.
        draws: to judge for each question.
        seed: of the draws.
        out: folder of the sample paper; one under ./output, that of the sample before, where it is None.
        force: whether to write over what lies in that folder.
        banks: folders in which exams and families are looked up before the shipped ones.

    Raises:
        ExamgenError: the exam cannot be found, read or satisfied, a file cannot be written, or something else lies in
            the folder.
    """
    if not 1 <= draws <= 1_000_000:
        raise ExamgenError(f"draws is {draws}; use 1 to 1,000,000")
    loaded = load_exam(exam, seed, own=banks)
    tried = {question.id: _tried(loaded, question, draws) for question in loaded.exam.questions}
    questions = tuple(_checked(loaded, question, tried[question.id]) for question in loaded.exam.questions)
    problems = [problem for question in questions for problem in _rare(loaded, question, tried[question.id])]
    if any((question.draws and not question.accepted) or lacks_a_shape(tried[question.id]) for question in questions):
        # Nobody can sit an exam of which there is no paper, and not everybody one that lacks a shape.
        nobody = Sat(0, 0, ()), OtherSat(0, {}, 0, 0, (), ())
        return Checked(loaded.exam.id, questions, (), 0, *nobody, Path(), (), tuple(problems))
    sample = _sample(exam, out, MakeOptions(seed, force=force, banks=banks), loaded.exam.name)
    each = one_of_each_shape(loaded, [_there(trials) for trials in tried.values()])
    notations, perfect = perfect_students(exam, loaded, [variant for _, variant in each], banks)
    mistaken, others = mistaken_students(loaded), other_students(loaded, each)
    return Checked(
        loaded.exam.id,
        questions,
        notations,
        perfect.sitters + mistaken.sitters + others.sitters,
        mistaken,
        others,
        sample,
        (*loaded.found, *(note for question in questions for note in _notes(loaded, question, others)), *others.notes),
        (*problems, *perfect.problems, *mistaken.problems, *others.problems),
    )


def _sample(exam: str, out: Path | None, options: MakeOptions, name: str) -> Path:
    """The folder of a sample paper, written before anybody sits the exam: what is in its way is told at once."""
    if out is not None:
        return make(exam, out=out, options=options).folder
    folder = OUTPUT / f"{name}-{options.seed}-sample"
    return make(exam, out=folder, options=replace(options, force=True), keeps_other=False).folder


Tried = Sequence[tuple[PaperShape, Trial]]


def _tried(loaded: LoadedExam, question: Question, draws: int) -> Tried:
    """Each shape of a question with its share of the draws."""
    shapes = [paper_shape(question, label, loaded.exam.notation) for label in question.shapes]
    share = -(-draws // len(shapes))
    source = loaded.sources[question.id]
    return [(paper, _trial(loaded, paper, source, number, share)) for number, paper in enumerate(shapes)]


def _there(tried: Tried) -> Papers:
    return [(paper, trial.accepted) for paper, trial in tried if trial.passed]


def _checked(loaded: LoadedExam, question: Question, tried: Tried) -> QuestionCheck:
    source, there = loaded.sources[question.id], _there(tried)
    works = [difficulty(paper, evaluate(paper.graph, givens)) for paper, givens in there if paper.number_fields]
    trials = [trial for _, trial in tried]
    return QuestionCheck(
        question.id,
        question.title,
        len(tried),
        0 if source.fixed else sum(trial.draws for trial in trials),
        sum(trial.passed for trial in trials),
        _together(trial.rejections for trial in trials),
        _together(trial.mistaken for trial in trials),
        _work(works) if works else None,
        tuple(_separations(there, source.limits.misconception_margin)),
    )


def _trial(loaded: LoadedExam, paper: PaperShape, source: Source, number: int, draws: int) -> Trial:
    if source.fixed:
        return Trial({name: values[None] for name, values in source.fixed.items()}, 1, {}, {})
    key = stream_key(loaded.seed, loaded.exam.name, f"trial {number}", paper.question.id)
    return try_draws(paper, source, key, draws)


def _together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name, added up; in the order in which names come."""
    found: dict[str, int] = {}
    for of_one in counts:
        for name, count in of_one.items():
            found[name] = found.get(name, 0) + count
    return found


def _work(works: Sequence[Difficulty]) -> Work:
    def spread(part: str) -> Spread:
        return Spread.of(np.concatenate([np.atleast_1d(getattr(work, part)) for work in works]))

    live = spread("live_units") if any(work.units for work in works) else None
    counts = spread("multiplications"), spread("minus_signs"), live, spread("work")
    return Work(*counts, spread("smallest"), spread("largest"))


def _separations(there: Sequence[tuple[PaperShape, Mapping[str, Array]]], margin: float) -> Iterator[Separation]:
    """The versions of each misconception together: the one that stands out least counts."""
    found: dict[str, list[Array]] = {}
    for paper, givens in there:
        of_paper: dict[str, Array] = {}
        for patch, tolerances in separations(paper, dict(givens), all_versions=False):
            so_far = of_paper.get(patch.misconception, tolerances)
            of_paper[patch.misconception] = np.minimum(so_far, tolerances)
        for name, tolerances in of_paper.items():
            found.setdefault(name, []).append(tolerances)
    for name in (name for name in MISCONCEPTIONS if name in found):
        together = np.concatenate(found[name])
        yield Separation(name, Spread.of(together), float((together >= margin * (1 - 1e-9)).mean()))


def _rare(loaded: LoadedExam, question: QuestionCheck, tried: Tried) -> Iterator[str]:
    return rare_papers(loaded.sources[question.id].path, question, tried)


def _notes(loaded: LoadedExam, question: QuestionCheck, others: OtherSat) -> Iterator[str]:
    """What cannot be told from right work: with fixed numbers, which no screen judges, and in formulas."""
    path = loaded.sources[question.id].path
    hidden = [one.name for one in question.separations if one.tolerances.low <= 1]
    if hidden and not question.draws:
        yield f"{path}: with these numbers, {', '.join(hidden)} leads to right answers"
    in_numbers = {one.name for one in question.separations}
    unseen = [
        one.name for one in others.formulas.get(question.id, ()) if not one.changes and one.name not in in_numbers
    ]
    if unseen:
        yield (
            f"{path}: {', '.join(unseen)} can show in no answer, for formulas may use the symbols that change; "
            f"allow fewer symbols, or ask for the numbers of those"
        )
