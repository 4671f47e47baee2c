"""The whole calculation of one mark, for an instructor who answers an appeal.

`explain` is what the command line and the public function call. It marks the student's question once more from the
answers in results.csv, by the same functions as `grading`, and says what they found on the way.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from examgen.exams.folders.files import typed_text
from examgen.exams.policy import Policy
from examgen.exams.wording.words import original
from examgen.marking.judging.diagnosing.diagnosis import Trial, trials
from examgen.marking.judging.entries import mark
from examgen.marking.judging.outcomes import HUNDREDTHS
from examgen.marking.reading.typed.typed_numbers import REASONS
from examgen.marking.results.appeals.entry_trace import EntryTrace
from examgen.marking.results.appeals.explanation import Explanation
from examgen.marking.results.appeals.marked_papers import MarkedPaper, find_place, read_marked, submitted
from examgen.marking.results.overrides import Override, find_overrides, read_overrides
from examgen.marking.results.read_back import Row
from examgen.marking.results.totals import entry_marks

CLOSE = 1e-5
"""Numbers of results.csv are the same as ours if they differ by less than this share: it has six digits of some."""


def explain(folder: Path, student: str, field: str, key: Path | None = None) -> Explanation:
    """Explain one mark of a class that was marked.

    Args:
        folder: of the class or paper, with marks/results.csv in it; or that folder, or that file.
        student: id as in results.csv; empty or "-" for a paper without a name.
        field: its name, with the question before it where several have it: `z2_1` or `Q1:z2_1`.
        key: folder of the key, or of the exam around it; where it is None, the one that the marks were made with.

    Raises:
        AnswersError: results.csv or the overrides cannot be read, or there is no such student or field.
        KeyFileError: the key cannot be read, or has no paper of this student.
    """
    paper = read_marked(folder, student, key)
    found = find_place(paper, field)
    answers, reasons = submitted(paper, found.paper)
    givens = {name: np.asarray(values)[None] for name, values in found.numbers.givens.items()}
    with np.errstate(all="ignore"):
        trace = EntryTrace.of(paper, found.paper, found.place, givens, answers)
        return _explanation(trace, paper, reasons[found.place])


def _explanation(trace: EntryTrace, of_student: MarkedPaper, reason: str) -> Explanation:
    paper, field, place, marked = trace.paper, trace.field, trace.place, trace.marked
    row = of_student.rows.get((paper.question.id, field.name), {})
    outcome = trace.outcome(place)
    value, reference = float(trace.answers.values[0, place]), float(marked.reference[0, place])
    own, tolerance = float(marked.own[0, place]), float(marked.tolerance[0, place])
    half = float(field.digits.half_units(np.array(reference)))
    band, sources = trace.band(), tuple(trace.sources())
    # Rounding on the way may lift a value to the next power of ten, where significant figures are coarser.
    effects = sum(part.effect for part in band)
    own_half = max(half, float(field.digits.half_units(np.array(abs(own) + effects))))
    # Where an answer is taken as it is written, its own last digit counts in place of the last asked one.
    has_written_half = bool(tolerance - effects > own_half * (1 + CLOSE))
    matches, follows = bool(abs(value - reference) <= half), bool(abs(value - own) <= tolerance)
    follows_ignored = bool(marked.follows_ignored[0, place])
    is_tried = outcome == "wrong" and not (follows_ignored or trace.right_for)
    marks, override = _marks(trace, of_student)
    found = Explanation(
        exam=of_student.key.exam.id,
        student=of_student.student,
        variant=of_student.variant.code,
        question=paper.question.id,
        field=field.name,
        symbol=field.symbol,
        written=typed_text(row.get("answer", "")),
        unreadable=_why_unreadable(row.get("comment", ""), reason) if outcome == "unreadable" else "",
        value=None if np.isnan(value) else value,
        reference=trace.calculation(field.quantity, field.index, trace.solution, reference),
        half_unit=half,
        matches_reference=matches,
        is_fraction=bool(marked.is_fraction[0, place]),
        own=trace.calculation(field.quantity, field.index, trace.base, own),
        past_blanks=bool(marked.past_blanks[0, place]),
        sources=sources,
        band=band,
        own_half_unit=tolerance - effects if has_written_half else own_half,
        tolerance=tolerance,
        follows=follows,
        assumed="" if trace.version is None else trace.label,
        shown_by=trace.shown_by,
        chain=trace.chain() if outcome == "follow_through" else (),
        rests_on=trace.rests_on,
        follows_ignored=follows_ignored,
        right_for=trace.right_for,
        precision=trace.precision(),
        is_taken=not matches and (has_written_half if follows else outcome == "correct"),
        trials=_trials(trace) if is_tried else (),
        misconception=trace.label,
        outcome=outcome,
        rule=0,
        why="",
        share=trace.policy.share(outcome, is_explained=bool(trace.label)),
        paid=trace.paid,
        held=trace.held,
        marks=marks,
        max_marks=float(field.marks),
        override=override,
        differences=(),
    )
    rule, why = _decided(found, trace.policy)
    return replace(found, rule=rule, why=why, differences=tuple(_differences(found, row)))


def _trials(trace: EntryTrace) -> tuple[Trial, ...]:
    """What was tried on the entry before others were seen to follow from its cause."""
    marked = mark(trace.paper, trace.givens, trace.answers, trace.policy)
    return trials(trace.paper, trace.givens, trace.answers, marked, trace.place)


def _why_unreadable(comment: str, reason: str) -> str:
    """As the student was told, in English, where no override says else: results.csv may not show the character that is
    named."""
    comment = original(comment)
    return comment if comment.startswith(tuple(REASONS.values())) else REASONS[reason]


def _marks(trace: EntryTrace, of_student: MarkedPaper) -> tuple[float, Override | None]:
    """The marks of the entry, and the override by which they were set."""
    explained = np.full(trace.marked.outcome.shape, bool(trace.label))
    marks = float(entry_marks(trace.policy, trace.paper, trace.marked.outcome, explained)[0, trace.place])
    marks = marks * trace.paid / HUNDREDTHS
    key, student = of_student.key, of_student.student
    path = find_overrides(key.folder)
    if path is None:
        return marks, None
    variants = {variant.student: variant for variant in key.variants} | {student: of_student.variant}
    for override in read_overrides(path, key.exam, variants):
        wanted = (override.student, override.question, override.field)
        if wanted == (student, trace.paper.question.id, trace.field.name):
            return float(override.marks), override
    return marks, None


def _decided(found: Explanation, policy: Policy) -> tuple[int, str]:
    """The rule that decided, and why, in a sentence."""
    if found.value is None:
        return 1, found.unreadable or "Nothing was written."
    if found.right_for:
        return 3, (
            f"It equals the right answer of the paper of {found.right_for}, as others of the student's wrong answers "
            f"do, and what another paper gives is no follow-through."
        )
    if found.is_fraction and found.outcome == "wrong":
        return 5, "A whole number is asked for, and this is a fraction of it."
    taken = f"this exam takes answers as they are written from {found.precision.least} significant figures on"
    if found.outcome == "correct" and found.is_taken:
        return 4, f"It is right to the digits that are written, and {taken}."
    if found.matches_reference and found.outcome == "correct":
        return 2, "It is the reference to the asked digits."
    if found.outcome == "correct":
        return 3, "It follows from the answers that it rests on, and none of these is wrong."
    if found.outcome == "follow_through":
        if found.assumed:
            return 3, f"It follows from {found.assumed.replace('|', ' or ')} in what is not written down."
        named = f": {', '.join(found.rests_on)}" if found.rests_on else ""
        written = f"; it does so to the digits that are written, and {taken}" if found.is_taken else ""
        return 3, f"It follows from earlier answers that are not all correct{named}{written}."
    missing = found.precision.missing
    if missing and found.precision.figures is not None and found.precision.figures < found.precision.least:
        return 4, f"It is right to the digits that are written, but {taken}, and this has {found.precision.figures}."
    if missing:
        digits = "one digit fewer" if missing == 1 else f"{missing} digits fewer"
        verdict = "" if missing == 1 else "; only one fewer is imprecise, more are wrong"
        return 4, f"It is right to the digits that are written, {digits} than asked{verdict}."
    if found.follows_ignored:
        return 3, "It follows from earlier answers that are 0 or far too large, and these carry no credit forward."
    if found.follows and policy.follow_through == "off":
        return 5, f"It follows only from wrong answers ({', '.join(found.rests_on)}), and follow-through is off."
    named = (
        f" The student's answers fit {found.misconception.replace('|', ' and ').replace('+', ' together with ')}."
        if found.misconception
        else ""
    )
    return 5, f"It is neither the reference nor what follows from the student's own answers.{named}"


def _differences(found: Explanation, row: Row) -> Iterator[str]:
    """Where results.csv has something else."""
    for name, value in (("outcome", found.outcome), ("misconception", found.misconception)):
        if row.get(name, "") != value:
            yield f"results.csv has the {name} {row.get(name) or 'none'}, not {value or 'none'}"
    numbers = {
        "marks": found.marks,
        "max_marks": found.max_marks,
        "reference": found.reference.value,
        "follow_through": found.own.value,
        "tolerance": found.tolerance,
    }
    for name, number in numbers.items():
        if not _is_same(row.get(name, ""), number):
            yield f"results.csv has the {name.replace('_', '-')} {row.get(name) or 'none'}, not {number + 0.0:.6g}"


def _is_same(text: str, number: float) -> bool:
    if not text or not np.isfinite(number):
        return not text and not np.isfinite(number)
    return bool(abs(float(text) - number) <= CLOSE * abs(number) + 1e-12)
