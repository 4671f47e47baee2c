"""The author's test bench: whether a bank makes fair papers, and how much work they are.

`examgen check` calls it. Draws are judged by the screens; then a small class sits the exam: students who know
everything, in every notation that fits, and one student with each misconception. What comes out wrong is a problem.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from examgen import __version__
from examgen.batch.making import make
from examgen.core.graph import evaluate
from examgen.core.rules import Array
from examgen.errors import BankError, ExamgenError
from examgen.exams.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.difficulty import Difficulty, difficulty
from examgen.exams.digits import print_decimals
from examgen.exams.drawing import Source, Trial, try_draws
from examgen.exams.exam import Exam, PaperShape, Question, Variant, paper_shape
from examgen.exams.files import csv_bytes
from examgen.exams.keys import SHEET_COLUMNS, key_files, papers
from examgen.exams.notation import NOTATIONS
from examgen.exams.separation import paper_patches, separations
from examgen.exams.streams import stream_key
from examgen.exams.tolerance import by_field
from examgen.marking.grading import GradedClass, grade

PERFECT = 6
"""Papers in each notation that students sit who know everything."""

MISTAKEN = 4
"""Papers that students with each misconception sit."""

LOWEST_RATE = 0.005
"""A family of which fewer draws pass is nearly impossible to satisfy."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, middle and greatest of some numbers."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Array) -> "Spread":
        """The spread of some values, at least one."""
        return cls(float(np.min(values)), float(np.median(values)), float(np.max(values)))


@dataclass(frozen=True, slots=True)
class Separation:
    """How far the work of students with one misconception stands out.

    Attributes:
        name: of the misconception.
        tolerances: of accepted papers, by how many tolerances the worst answer is off.
        shown: share of the papers on which that is at least the margin.
    """

    name: str
    tolerances: Spread
    shown: float


@dataclass(frozen=True, slots=True)
class QuestionCheck:
    """One question of an exam.

    Attributes:
        id, title: of the question.
        shapes: how many there are.
        draws: how many draws were judged; 0 where the numbers are fixed.
        accepted: how many of them passed.
        rejections: draws turned away, by screen.
        multiplications, minus_signs, live_units, smallest, largest: of a paper; `live_units` is None without units.
        separations: by misconception that can show.
    """

    id: str
    title: str
    shapes: int
    draws: int
    accepted: int
    rejections: Mapping[str, int]
    multiplications: Spread
    minus_signs: Spread
    live_units: Spread | None
    smallest: Spread
    largest: Spread
    separations: tuple[Separation, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the bench found.

    Attributes:
        exam: id of the sample paper's exam.
        questions: in order.
        notations: in which papers were marked.
        sitters: students who sat the exam.
        named: share of the students with a misconception to whom it was named.
        sample: folder of a sample paper.
        notes: what an author may want to know, in sentences.
        problems: what is wrong, in sentences; empty where all is well.
    """

    exam: str
    questions: tuple[QuestionCheck, ...]
    notations: tuple[str, ...]
    sitters: int
    named: float
    sample: Path
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def check(exam: str, *, draws: int = 1000, seed: int = 0, out: Path | None = None) -> Checked:
    """Try a bank or an exam.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        draws: to judge for each question.
        seed: of the draws.
        out: folder of the sample paper; under ./output where it is None.

    Raises:
        ExamgenError: the exam cannot be found, read or satisfied, or a file cannot be written.
    """
    if not 1 <= draws <= 1_000_000:
        raise ExamgenError(f"draws is {draws}; use 1 to 1,000,000")
    loaded = load_exam(exam, seed)
    questions = tuple(_checked(loaded, question, draws) for question in loaded.exam.questions)
    notes = tuple(note for question in questions for note in _notes(loaded, question))
    problems = [problem for question in questions for problem in _rare(loaded, question)]
    if any(question.draws and not question.accepted for question in questions):
        # Nobody can sit an exam of which there is no paper.
        return Checked(loaded.exam.id, questions, (), 0, 0.0, Path(), notes, tuple(problems))
    notations, perfect_problems = _perfect(exam, loaded)
    sitters, named, mistaken_problems = _mistaken(loaded)
    sample = make(exam, seed=seed, out=out)
    return Checked(
        loaded.exam.id,
        questions,
        notations,
        sitters + PERFECT * len(notations),
        named,
        sample.folder,
        notes,
        (*problems, *perfect_problems, *mistaken_problems),
    )


def _checked(loaded: LoadedExam, question: Question, draws: int) -> QuestionCheck:
    source = loaded.sources[question.id]
    shapes = [paper_shape(question, label, loaded.exam.notation) for label in question.shapes]
    trials = [_trial(loaded, paper, source, number, draws // len(shapes) + 1) for number, paper in enumerate(shapes)]
    there = [(paper, trial.accepted) for paper, trial in zip(shapes, trials, strict=True) if _count(trial.accepted)]
    works = [difficulty(paper, evaluate(paper.graph, givens)) for paper, givens in there]
    rejections = {name: sum(trial.rejections[name] for trial in trials) for name in trials[0].rejections}
    return QuestionCheck(
        question.id,
        question.title,
        len(shapes),
        0 if source.fixed else sum(trial.draws for trial in trials),
        sum(_count(trial.accepted) for trial in trials),
        rejections,
        *_spreads(works),
        tuple(_separations(there, source.limits.misconception_margin)),
    )


def _trial(loaded: LoadedExam, paper: PaperShape, source: Source, number: int, draws: int) -> Trial:
    if source.fixed:
        return Trial({name: values[None] for name, values in source.fixed.items()}, 1, {})
    key = stream_key(loaded.seed, loaded.exam.name, f"trial {number}", paper.question.id)
    return try_draws(paper, source, key, draws)


def _count(givens: Mapping[str, Array]) -> int:
    return len(next(iter(givens.values())))


_NOTHING = np.zeros(1)


def _spreads(works: Sequence[Difficulty]) -> tuple[Spread, Spread, Spread | None, Spread, Spread]:
    def spread(part: str) -> Spread:
        return Spread.of(np.concatenate([np.atleast_1d(getattr(work, part)) for work in works] or [_NOTHING]))

    live = spread("live_units") if any(work.units for work in works) else None
    return spread("multiplications"), spread("minus_signs"), live, spread("smallest"), spread("largest")


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
    for name, parts in found.items():
        together = np.concatenate(parts)
        yield Separation(name, Spread.of(together), float((together >= margin * (1 - 1e-9)).mean()))


def _rare(loaded: LoadedExam, question: QuestionCheck) -> Iterator[str]:
    """A complaint where hardly any draw passes."""
    if question.draws and question.accepted < LOWEST_RATE * question.draws:
        worst = max(question.rejections, key=lambda name: question.rejections[name])
        yield (
            f"{loaded.sources[question.id].path}: {question.accepted} of {question.draws} draws pass the screens; "
            f"most are turned away by {worst}; widen [values] or relax [screens]"
        )


def _notes(loaded: LoadedExam, question: QuestionCheck) -> Iterator[str]:
    """Of fixed numbers, which no screen judges: what they do not tell apart."""
    hidden = [one.name for one in question.separations if one.tolerances.low <= 1]
    if hidden and not question.draws:
        yield f"{loaded.sources[question.id].path}: with these numbers, {', '.join(hidden)} leads to right answers"


Sheet = Mapping[tuple[str, str], str]
"""What a student writes, by question and field."""


def _perfect(exam: str, loaded: LoadedExam) -> tuple[tuple[str, ...], list[str]]:
    """Students who know everything, in every notation that fits: the notations, and who lost marks."""
    notations, problems = [], []
    students = [Student(f"perfect {number}") for number in range(PERFECT)]
    for name in NOTATIONS:
        try:
            in_notation = load_exam(exam, loaded.seed, name)
        except BankError:
            continue  # such as the scalar notation for layers of several units
        notations.append(name)
        variants = draw_variants(in_notation, students)
        graded = _sat(in_notation.exam, variants, {})
        lost = graded.results[graded.results["marks"] < graded.results["max_marks"]]
        if len(lost):
            first = lost.iloc[0]
            problems.append(
                f"{len(lost)} right answers lose marks in notation {name}, such as {first['question']} "
                f"{first['field']}: {first['answer']}"
            )
    return tuple(notations), problems


def _mistaken(loaded: LoadedExam) -> tuple[int, float, list[str]]:
    """A student with each version of each misconception on some papers: how many, share named, and who lost nothing."""
    variants = draw_variants(loaded, [Student(f"paper {number}") for number in range(MISTAKEN)])
    people: list[Variant] = []
    sheets: dict[str, Sheet] = {}
    believes: dict[str, str] = {}
    for variant in variants:
        for paper, numbers in papers(loaded.exam, variant):
            for place, patch in enumerate(paper_patches(paper)):
                if not patch.must_show:
                    continue
                student = f"{variant.student} {paper.question.id} {place}"
                people.append(replace(variant, student=student, code=f"{variant.code}{paper.question.id}{place}"))
                sheets[student] = _written(paper, evaluate(patch.graph, numbers.givens).values)
                believes[student] = patch.misconception
    if not people:
        return 0, 1.0, []
    graded = _sat(loaded.exam, people, sheets)
    fixed = any(source.fixed for source in loaded.sources.values())
    return len(people), *_judged(graded, believes, is_screened=not fixed)


def _judged(graded: GradedClass, believes: Mapping[str, str], *, is_screened: bool) -> tuple[float, list[str]]:
    results = graded.results
    is_named = {
        student: any(believes[str(student)] in str(label).split("|") for label in rows["misconception"])
        for student, rows in results.groupby("student")
    }
    lost = (results["marks"] < results["max_marks"]).groupby(results["student"]).any()
    whole = sorted({believes[str(student)] for student, has_lost in lost.items() if not has_lost})
    problems = [f"work with the misconception {name} gets full marks" for name in whole] if is_screened else []
    return sum(is_named.values()) / len(is_named), problems


def _written(paper: PaperShape, values: Mapping[str, Array]) -> Sheet:
    numbers = by_field(paper, {name: value[None] for name, value in values.items()})[0]
    found = {}
    for field, number in zip(paper.number_fields, numbers.tolist(), strict=True):
        decimals = int(field.digits.decimals_for(np.array(number)))
        found[paper.question.id, field.name] = print_decimals(number, decimals) if np.isfinite(number) else ""
    return found


def _sat(exam: Exam, people: Sequence[Variant], sheets: Mapping[str, Sheet]) -> GradedClass:
    """Hand in sheets and mark them, files and all; what a sheet does not say is answered as in the key."""
    files = key_files(exam, people, __version__)
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.mkdir()
        for name, content in files.items():
            (key / name).write_bytes(content)
        rows = csv.DictReader(io.StringIO(files["answers.csv"].decode()))
        filled = [
            [*(row[name] for name in SHEET_COLUMNS[:-1]), _answer(sheets.get(row["student"], {}), row)] for row in rows
        ]
        answers = Path(folder) / "answers.csv"
        answers.write_bytes(csv_bytes(SHEET_COLUMNS, filled))
        graded = grade(answers, key, Path(folder) / "marks")
        _ = graded.results  # read before the folder goes
        return graded


def _answer(sheet: Sheet, row: Mapping[str, str]) -> str:
    return sheet.get((row["question"], row["field"]), row["answer"])
