"""Sheets as students might hand them in, so that an instructor sees the marking before anybody sits the exam.

`examgen rehearse` calls it. Each sheet has one habit in it, and what it is, is told: the marks can be held against it.
Sheets and marks lie in a folder of their own, `rehearsal/` of the exam: nobody's real marks are touched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examgen.batch.bench.sitting import Sheet, written_numbers
from examgen.core.evaluation import evaluate
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.digits import print_decimals
from examgen.exams.draws.separation import paper_patches
from examgen.exams.exam import Exam, QuestionVariant, Variant
from examgen.exams.folders.files import csv_bytes, folder_name, safe_text, write_new_files
from examgen.exams.folders.places import REHEARSAL
from examgen.exams.keys.key_folder import read_key
from examgen.exams.keys.key_lines import SHEET_COLUMNS, sheet_rows
from examgen.exams.keys.solved_papers import entry, papers, solve
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import typed_reference

HANDED_IN = "handed-in"

PEOPLE = ("ada", "alan", "emmy", "kurt", "sofia")
"""Who sits a paper that is for anybody."""

IN_DOUBT = "0.2 or 0.3?"
"""What nobody can read as one number."""


FEW = 3
"""So many numbers are written with a digit fewer."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """One student of a rehearsal: id, file below the folder, and what is wrong with the work, in words."""

    student: str
    file: str
    habit: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was written: id of the exam, the folder of the sheets, and who handed them in."""

    exam: str
    folder: Path
    sitters: tuple[Sitter, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """A question of a student's paper."""

    paper: PaperShape
    numbers: QuestionVariant
    round: int
    """How many students before have had the same habit: it comes in several kinds."""

    @property
    def id(self) -> str:
        return self.paper.question.id


Habit = Callable[[_Part], tuple[Sheet, str]]
"""What a student writes otherwise than right in a question, and what that is in words; empty where it cannot show."""


def rehearse(folder: Path, *, out: Path | None = None, force: bool = False) -> Rehearsal:
    """Fill in the sheets of a paper or a class.

    Args:
        folder: of a paper or class that was made, or of its key.
        out: folder of the sheets; `rehearsal/handed-in` in the exam's folder where it is None.
        force: whether files of the same names that hold something else are written over.

    Raises:
        KeyFileError: there is no key in the folder, or it cannot be read.
        ExamgenError: a file cannot be written, or would replace one that holds something else.
    """
    key = read_key(folder)
    handed_in = out if out is not None else _below(folder, key.folder) / REHEARSAL / HANDED_IN
    files: dict[str, bytes] = {}
    sitters = []
    for place, (student, variant) in enumerate(_people(key.variants)):
        name = f"{folder_name(student)}.csv"
        sheet, habit = _work(key.exam, variant, place)
        files[name] = _sheet_file(key.exam, variant, student, sheet)
        sitters.append(Sitter(student, name, habit))
    write_new_files(handed_in, files, force=force)
    return Rehearsal(key.exam.id, handed_in, tuple(sitters))


def _below(folder: Path, key: Path) -> Path:
    """The exam's folder, as it was given."""
    return folder if key != folder else folder.absolute().parent


def _people(variants: Sequence[Variant]) -> Iterator[tuple[str, Variant]]:
    for variant in variants:
        for student in (variant.student,) if variant.student else PEOPLE:
            yield student, variant


def _work(exam: Exam, variant: Variant, place: int) -> tuple[dict[tuple[str, str], str], str]:
    """All that a student writes, and the habit in words."""
    on_paper = [_Part(paper, numbers, place // len(HABITS)) for paper, numbers in papers(exam, variant)]
    sheet: dict[tuple[str, str], str] = {}
    for part in on_paper:
        sheet |= _right(part)
    habit = HABITS[place % len(HABITS)]
    for part in on_paper:
        otherwise, what = habit(part)
        if what:
            return sheet | dict(otherwise), f"{what} ({part.id})" if len(on_paper) > 1 else what
    return sheet, "all right"


def _sheet_file(exam: Exam, variant: Variant, student: str, sheet: Sheet) -> bytes:
    # The id as the handout has it, whatever a spreadsheet would make of it: with an apostrophe it would be another one.
    rows = []
    for name, code, _, question, field, symbol, _ in sheet_rows(exam, [variant]):
        rows.append((name, code, student, question, field, symbol, sheet[question, field]))
    return csv_bytes(SHEET_COLUMNS, rows)


def _right(part: _Part) -> Sheet:
    others = {(part.id, field.name): safe_text(typed_reference(part.paper, field)) for field in part.paper.other_fields}
    if not part.paper.number_fields:
        return others
    return {**others, **written_numbers(part.paper, solve(part.paper, part.numbers.givens).values)}


def _slip(part: _Part) -> tuple[Sheet, str]:
    """One number is 1 too large, and the student goes on with it."""
    if not part.paper.number_fields:
        return {}, ""
    fields = part.paper.number_fields
    field = fields[part.round % len(fields)]
    solution = solve(part.paper, part.numbers.givens)
    taken = np.full(part.paper.graph[field.quantity].shape, np.nan)
    taken[field.index] = float(entry(solution, field)) + 1
    stops = part.paper.printed(solution.values) | {field.quantity: taken}
    work = evaluate(part.paper.graph, part.numbers.givens, substitute=stops)
    return written_numbers(part.paper, work.values), f"one slip: {field.symbol} is 1 too large, and the rest follows"


def _misconception(part: _Part) -> tuple[Sheet, str]:
    found = [patch for patch in paper_patches(part.paper) if patch.must_show] if part.paper.number_fields else []
    if not found:
        return {}, ""
    patch = found[part.round % len(found)]
    printed = part.paper.printed(solve(part.paper, part.numbers.givens).values)
    work = evaluate(patch.graph, part.numbers.givens, substitute=printed)
    sheet = written_numbers(part.paper, work.values)
    return sheet, f"{patch.misconception}: {MISCONCEPTIONS[patch.misconception].mistake}"


def _knows(_: _Part) -> tuple[Sheet, str]:
    return {}, ""


def _few_digits(part: _Part) -> tuple[Sheet, str]:
    """A few numbers have one digit fewer than asked: the first that are not round, where decimals are asked."""
    right = _right(part)
    shorter: dict[tuple[str, str], str] = {}
    for field in part.paper.number_fields:
        value = float(right[part.id, field.name])
        decimals = int(field.digits.decimals_for(np.array(value)))
        text = print_decimals(value, decimals - 1)
        if decimals > 1 and float(text) != value and len(shorter) < FEW:
            shorter[part.id, field.name] = text
    count = "1 answer" if len(shorter) == 1 else f"{len(shorter)} answers"
    return shorter, f"{count} with one digit fewer than asked" if shorter else ""


def _no_time(part: _Part) -> tuple[Sheet, str]:
    """The end is blank, and before it stands what cannot be read."""
    fields = part.paper.number_fields
    doubtful, *blank = fields[-max(len(fields) // 4, 2) :] or (None,)
    if doubtful is None or not blank:
        return {}, ""
    sheet = {(part.id, field.name): "" for field in blank} | {(part.id, doubtful.name): IN_DOUBT}
    return sheet, f"“{IN_DOUBT}” for {doubtful.symbol}, and nothing after it"


HABITS: tuple[Habit, ...] = (_slip, _misconception, _knows, _few_digits, _no_time)
"""Students have them in turn."""
