"""A sample paper with its key as one PDF, and what an author wants to know of a bank; `examgen preview` calls it.

It is quick where `checking` is thorough: a few draws, one layout, and nobody sits the exam.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from examgen.batch.bench.viewer import is_shown
from examgen.core.graph import Quantity
from examgen.documents.paper.printing import print_key, print_questions, solved_questions
from examgen.documents.pdf.joining import Part, joined
from examgen.documents.style import STANDARD
from examgen.errors import BankError, ExamgenError
from examgen.exams.banks.bank_files import Family, load_bank
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.banks.families import is_typed_from_to
from examgen.exams.draws.drawing import try_draws
from examgen.exams.draws.screens import SCREENS
from examgen.exams.draws.streams import stream_key
from examgen.exams.exam import Question
from examgen.exams.folders.files import write_files
from examgen.exams.paper_shapes import paper_shape
from examgen.notebooks import html_lines, html_pages

DRAWS = 200
"""So many are judged for each question: enough for two digits of the share, in a moment."""


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """How a preview is made.

    Attributes:
        seed: of the numbers.
        out: folder of the PDF; a temporary one where it is None.
        is_shown: whether the system's viewer is started.
        banks: folders in which exams and families are looked up before the shipped ones.
    """

    seed: int = 0
    out: Path | None = None
    is_shown: bool = True
    banks: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """What was laid out.

    Attributes:
        pdf: the paper, with its key behind it.
        is_open: whether a viewer was started.
        draws: how many draws are accepted, a line for each question.
        notes: what may be meant otherwise, and what papers tell, a line each.
    """

    pdf: Path
    is_open: bool
    draws: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<preview in {self.pdf}>"

    def _repr_html_(self) -> str:
        """In a notebook: what there is to be told, and the pages."""
        return html_lines([*self.draws, *self.notes]) + html_pages(self.pdf, "preview")


def preview(exam: str, options: PreviewOptions = PreviewOptions()) -> Preview:
    """Lay out a sample paper with its key.

    Raises:
        ExamgenError: the exam cannot be found, read or satisfied, or the file cannot be written.
    """
    if options.seed < 0:
        raise ExamgenError(f"the seed is {options.seed}; use 0 or a positive whole number")
    loaded = load_exam(exam, options.seed, own=options.banks)
    questions = loaded.exam.questions
    accepted = tuple(line for question in questions for line in _accepted(loaded, question))
    pdf = _laid_out(loaded)
    folder = Path(tempfile.mkdtemp(prefix="examgen-preview-")) if options.out is None else options.out
    path = folder / f"{loaded.exam.name}-preview.pdf"
    write_files(folder, {path.name: pdf})
    notes = (*loaded.notices, *(line for question in questions for line in _square(loaded, question)))
    return Preview(path, options.is_shown and is_shown(path), accepted, notes)


def _laid_out(loaded: LoadedExam) -> bytes:
    """The paper and its key as one PDF: a viewer shows both, and reads both again."""
    [variant] = draw_variants(loaded, [Student()])
    paper = print_questions(loaded.exam, variant, STANDARD).pdf
    key = print_key(loaded.exam, variant, STANDARD, solved_questions(loaded.exam, variant)).pdf
    parts = [Part("Questions", "the paper", paper), Part("Answers", "the key", key)]
    return b"".join(joined(loaded.exam.title, parts))


def _accepted(loaded: LoadedExam, question: Question) -> Iterator[str]:
    """How many draws pass, and what turns away most of the others."""
    source = loaded.sources[question.id]
    if source.fixed:
        yield f"{question.id}: fixed numbers, nothing is drawn"
        return
    shapes = [paper_shape(question, label, loaded.exam.notation) for label in question.shapes]
    share = -(-DRAWS // len(shapes))
    key = stream_key(loaded.seed, loaded.exam.name, "preview", question.id)
    trials = [try_draws(paper, source, key, share) for paper in shapes]
    draws, passed = sum(trial.draws for trial in trials), sum(trial.passed for trial in trials)
    line = f"{question.id}: {passed} of {draws} draws are accepted ({passed / draws:.0%})"
    counts = {name: sum(trial.rejections.get(name, 0) for trial in trials) for name in SCREENS}
    most = max(counts, key=lambda name: counts[name])
    reason = f"; most are turned away by {most}: {SCREENS[most].reason}" if counts[most] else ""
    yield line + reason


def _square(loaded: LoadedExam, question: Question) -> Iterator[str]:
    """Weights that could be meant either way, as they have as many rows as columns: what their rows are."""
    path = loaded.sources[question.id].path
    family = load_bank(Path(path))
    if not isinstance(family, Family):
        raise BankError(f"{path}: is no family any more")
    for given in next(iter(question.shapes.values())).graph.givens:
        if given.is_of_weights and given.shape[0] == given.shape[1] > 1:
            yield f"{question.id}: {_orientation(given, family, loaded)}"


def _orientation(given: Quantity, family: Family, loaded: LoadedExam) -> str:
    size = f"{given.name} is {given.shape[0]} × {given.shape[1]}"
    is_printed_from_to = loaded.exam.notation.weights == "from_to"
    printed = f"the paper shows {'them as columns' if is_printed_from_to else 'it so'}"
    if is_typed_from_to(family) and given.name in family.fixed:
        printed = f"the paper shows {'it so' if is_printed_from_to else 'them as columns'}"
        return f'{size}: rows are the units that it comes from, as weights_as = "printed" says; {printed}'
    told = f"{size}: rows are the units that it leads to; {printed}"
    can_be_turned = given.name in family.fixed and family.network is not None and is_printed_from_to
    return told + (', and weights_as = "printed" would read it as shown' if can_be_turned else "")
