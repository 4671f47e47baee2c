"""What comes of students of one kind, and of random wrong values; called by benchmark and tests."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path

import numpy as np

from examgen.exams.banks.building import LoadedExam
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import papers
from tests.classroom.figures import places_for, rounded, text_of
from tests.classroom.handing_in import Result, mark
from tests.classroom.kinds import AS_WRITTEN, STRICT, Flags, Kind, copied_from, left_out, short
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.pupils import Pupil, Sheet, work_out
from tests.classroom.rules import RULES

WRONG_SHARE = 0.2
"""Share of the boxes into which a random wrong value is written."""

OURS_STRICT, OURS_AS_WRITTEN = "examgen, strict", "examgen, as_written"


@dataclass(slots=True)
class Outcome:
    """Counts of one kind.

    Attributes:
        students, entries: who handed in, and what they wrote.
        lost: written entries that lose marks.
        slips, at_one: students with a slip; those who lose one entry.
        over: entries lost beyond the first of those who slip.
        shown, named: students whose misconception shows in what they wrote; those for whom it is named.
        marks, right, most: marks, those of entries that are right of themselves, and all that were to be had.
        examples: of lost entries.
    """

    students: int = 0
    entries: int = 0
    lost: int = 0
    slips: int = 0
    at_one: int = 0
    over: int = 0
    shown: int = 0
    named: int = 0
    marks: float = 0.0
    right: float = 0.0
    most: float = 0.0
    examples: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add the counts of another."""
        for name in Outcome.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def sit_kind(loaded: LoadedExam, kind: Kind, variants: Sequence[Variant], folder: Path, seed: int = 1) -> Outcome:
    """Let students of a kind sit an exam, and count.

    Args:
        loaded: the exam.
        kind: of the students.
        variants: their papers.
        folder: an empty one.
        seed: of their whims.
    """
    return sit_kinds(loaded, [kind], variants, folder, seed)[0]


def sit_kinds(
    loaded: LoadedExam, kinds: Sequence[Kind], variants: Sequence[Variant], folder: Path, seed: int = 1
) -> list[Outcome]:
    """The same for several kinds in one class, who are marked by one policy; in their order."""
    [policy] = {kind.policy.model_dump_json(): kind.policy for kind in kinds}.values()
    exam = replace(loaded.exam, policy=policy)
    numbers = count()
    sat = [
        [replace(pupil, id=f"s{next(numbers)}") for variant in variants for pupil in kind.sits(exam, variant)]
        for kind in kinds
    ]
    handed_in = [_handed_in(exam, kind, pupils, seed) for kind, pupils in zip(kinds, sat, strict=True)]
    everybody = [pupil for pupils in sat for pupil in pupils]
    results = iter(
        mark(folder, exam, everybody, [sheet for sheets in handed_in for sheet in sheets]) if everybody else []
    )
    return [
        _outcome(exam, kind, pupils, sheets, list(islice(results, len(pupils))), seed)
        for kind, pupils, sheets in zip(kinds, sat, handed_in, strict=True)
    ]


def _handed_in(exam: Exam, kind: Kind, pupils: Sequence[Pupil], seed: int) -> list[Sheet]:
    chooses = random.Random(seed)
    whole = work_out(exam, pupils, seed)
    if kind.copied:
        return _copied(exam, kind.copied, pupils, whole)
    return [
        left_out(sheet, _fields(exam, pupil.variant), kind.gaps, chooses)[0]
        for pupil, sheet in zip(pupils, whole, strict=True)
    ]


def _outcome(
    exam: Exam, kind: Kind, pupils: Sequence[Pupil], handed_in: Sequence[Sheet], results: Sequence[Result], seed: int
) -> Outcome:
    outcome = Outcome()
    has_beliefs = bool(pupils) and bool(pupils[0].belief)
    shows = _shows(exam, pupils, handed_in, results, seed) if has_beliefs else [False] * len(pupils)
    for pupil, sheet, result, is_shown in zip(pupils, handed_in, results, shows, strict=True):
        _count(outcome, f"{exam.name} {kind.name} {pupil.id}", pupil, sheet, result, is_shown=is_shown)
        outcome.right += float((_is_right(sheet, _fields(exam, pupil.variant), result) * result.most).sum())
    return outcome


def _count(outcome: Outcome, where: str, pupil: Pupil, sheet: Sheet, result: Result, *, is_shown: bool) -> None:
    is_written = np.array([bool(text) for text in sheet.texts])
    lost = result.lost & is_written
    outcome.students += 1
    outcome.entries += int(is_written.sum())
    outcome.lost += int(lost.sum())
    outcome.marks += float(result.marks.sum())
    outcome.most += float(result.most.sum())
    if sheet.slip is not None:
        outcome.slips += 1
        outcome.at_one += int(lost.sum()) == 1
        outcome.over += max(0, int(lost.sum()) - 1)
    if pupil.belief and is_shown:
        outcome.shown += 1
        outcome.named += any(MISCONCEPTIONS[pupil.belief].name in names for names in result.named)
    if not pupil.belief and sheet.slip is None:
        outcome.examples += [f"{where} column {column}: {sheet.texts[column]}" for column in np.flatnonzero(lost)[:2]]


def _fields(exam: Exam, variant: Variant) -> list[Field]:
    return [one for paper, _ in papers(exam, variant) for one in paper.fields]


def _copied(exam: Exam, share: float, pupils: Sequence[Pupil], whole: Sequence[Sheet]) -> list[Sheet]:
    """Each with part of the sheet of the next student who has another paper of the same fields, if there is one."""
    names = [tuple(one.name for one in _fields(exam, pupil.variant)) for pupil in pupils]
    found = []
    for place, (pupil, sheet) in enumerate(zip(pupils, whole, strict=True)):
        others = [*range(place + 1, len(pupils)), *range(place)]
        other = next(
            (
                whole[one]
                for one in others
                if names[one] == names[place] and pupils[one].variant.code != pupil.variant.code
            ),
            sheet,
        )
        found.append(copied_from(sheet, other, share)[0])
    return found


def _shows(
    exam: Exam, pupils: Sequence[Pupil], handed_in: Sequence[Sheet], results: Sequence[Result], seed: int
) -> list[bool]:
    """Whether what each wrote would be another number without the misconception, if nothing were rounded."""
    exact = [replace(pupil, habits="carries all digits", slips=False) for pupil in pupils]
    own = work_out(exam, exact, seed)
    right = work_out(exam, [replace(pupil, belief="") for pupil in exact], seed)
    found = []
    for pupil, sheet, mine, wanted, result in zip(pupils, handed_in, own, right, results, strict=True):
        units = _units(_fields(exam, pupil.variant), result)
        is_written = np.array([bool(text) for text in sheet.texts])
        found.append(bool((is_written & ~(np.abs(mine.values - wanted.values) < 0.5 * units)).any()))
    return found


def _units(fields: Sequence[Field], result: Result) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    places = [
        int(places_for(np.array(value), one.digits))
        for value, one in zip(result.references.tolist(), fields, strict=True)
    ]
    return np.asarray(10.0 ** -np.array(places, dtype=float))


def _is_right(sheet: Sheet, fields: Sequence[Field], result: Result) -> Flags:
    return np.asarray(np.abs(sheet.values - result.references) <= 0.51 * _units(fields, result) + 1e-12)


def accepted_wrong(loaded: LoadedExam, variants: Sequence[Variant], folder: Path, seed: int = 1) -> Counter[str]:
    """How many random wrong values are taken for right, by marker; under "values" how many there were.

    Into some boxes of an honest student's sheet of few figures a value of the right size is written, of 2 to 4 figures,
    that no rounding and no cutting off of the right one gives.
    """
    chooses = random.Random(seed)
    habits = [*short(3, "rounded"), *short(4, "cut off")]
    pupils = [Pupil(f"w{number}", variant, habits[number % len(habits)]) for number, variant in enumerate(variants)]
    counts: Counter[str] = Counter()
    sheets = work_out(loaded.exam, pupils, seed)
    spoiled = [
        _spoiled(sheet, _fields(loaded.exam, pupil.variant), chooses)
        for pupil, sheet in zip(pupils, sheets, strict=True)
    ]
    for name, policy in ((OURS_STRICT, STRICT), (OURS_AS_WRITTEN, AS_WRITTEN)):
        (folder / policy.precision).mkdir()
        exam = replace(loaded.exam, policy=policy)
        results = mark(folder / policy.precision, exam, pupils, [sheet for sheet, _ in spoiled])
        counts[name] += sum(
            int((~result.lost & is_wrong).sum()) for (_, is_wrong), result in zip(spoiled, results, strict=True)
        )
    counts["values"] += sum(int(is_wrong.sum()) for _, is_wrong in spoiled)
    counts.update(_accepted_by_rules(loaded.exam, pupils, spoiled, results))
    return counts


def _accepted_by_rules(
    exam: Exam, pupils: Sequence[Pupil], spoiled: Sequence[tuple[Sheet, Flags]], results: Sequence[Result]
) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for pupil, (sheet, is_wrong), result in zip(pupils, spoiled, results, strict=True):
        fields = _fields(exam, pupil.variant)
        for column in np.flatnonzero(is_wrong).tolist():
            text, reference = sheet.texts[column], float(result.references[column])
            found.update({name: rule(text, reference, fields[column].digits) for name, rule in RULES.items()})
    return found


def _spoiled(sheet: Sheet, fields: Sequence[Field], chooses: random.Random) -> tuple[Sheet, Flags]:
    """The sheet with wrong values in some boxes, and where these are."""
    texts = list(sheet.texts)
    is_wrong = np.zeros(len(texts), dtype=bool)
    for column, (text, one) in enumerate(zip(sheet.texts, fields, strict=True)):
        if text and chooses.random() < WRONG_SHARE:
            texts[column] = _wrong(float(text), one.digits, chooses)
            is_wrong[column] = True
    values = np.array([float(text or "nan") for text in texts])
    return Sheet(tuple(texts), values, None), is_wrong


def _wrong(right: float, asked: Digits, chooses: random.Random) -> str:
    """A value of about the same size, off by more than two units of its last digit and of the last asked one."""
    unit = 10.0 ** -float(places_for(np.array([right]), asked)[0])
    size = max(abs(right), 4 * unit)
    while True:
        value = np.array([chooses.uniform(-2, 2) * size])
        places = places_for(value, Digits(significant_figures=chooses.choice([2, 3, 4])))
        found = float(rounded(value, places)[0])
        if found and abs(found - right) > 2 * max(10.0 ** -float(places[0]), unit):
            return text_of(found, int(places[0]))
