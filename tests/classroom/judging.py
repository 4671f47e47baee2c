"""What came of a simulated class, under this marker and under the published rules of others.

A `Tally` counts; classes of any number of exams are added to it one after another. Called by benchmark and tests.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.exams.banks.building import LoadedExam
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from tests.classroom.exams import variants_of
from tests.classroom.figures import places_for
from tests.classroom.handing_in import Result, mark
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.pupils import HONEST, Pupil, Sheet, beliefs_of, work_out
from tests.classroom.rules import RULES

OURS = "examgen"
PLAIN = 10
"""Units of the last asked digit by which a plainly wrong value is off, before any rounding."""


@dataclass(slots=True)
class Tally:
    """Counts by marker (`OURS` or a key of `RULES`) unless it says otherwise.

    Attributes:
        honest, honest_lost: entries of honest students; those that lose marks.
        slips, slips_at_one: students with a slip; those for whom exactly one entry loses marks.
        slips_accepted: slipped entries that lose nothing.
        slip_followers_lost: sound entries of slipping students that lose marks.
        wrong, wrong_accepted: plainly wrong entries of students with a misconception; those taken for correct.
        beliefs: students by misconception's label and what came of them, see `_BELIEF_OUTCOMES`.
        slip_kinds: students by kind of slip and number of entries that lose marks under `OURS`, 3 for more than 2.
        honest_students, honest_named: honest and slipping students; those to whom a misconception is imputed.
        imputed: the imputed names.
    """

    honest: int = 0
    honest_lost: Counter[str] = field(default_factory=Counter)
    slips: int = 0
    slips_at_one: Counter[str] = field(default_factory=Counter)
    slips_accepted: Counter[str] = field(default_factory=Counter)
    slip_followers_lost: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    wrong_accepted: Counter[str] = field(default_factory=Counter)
    full_marks: Counter[str] = field(default_factory=Counter)
    mistaken: int = 0
    beliefs: Counter[tuple[str, str]] = field(default_factory=Counter)
    slip_kinds: Counter[tuple[str, int]] = field(default_factory=Counter)
    honest_students: int = 0
    honest_named: int = 0
    imputed: Counter[str] = field(default_factory=Counter)
    lost_entries: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add the counts of another."""
        for name in Tally.__slots__:
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, mine + more)


@dataclass(frozen=True, slots=True)
class Work:
    """One student's paper.

    Attributes:
        pupil, sheet, result: who, what was handed in, how it was marked.
        is_plainly_wrong: (fields,) whether the entry would be off by `PLAIN` units if nothing were rounded on the way.
        shows: whether any would be another number.
    """

    pupil: Pupil
    sheet: Sheet
    result: Result
    is_plainly_wrong: NDArray[np.bool_]
    shows: bool


def sit(
    loaded: LoadedExam,
    variants: int,
    folder: Path,
    *,
    seed: int = 1,
    honest: Sequence[str] = tuple(HONEST),
    slips: int = 6,
    beliefs: Sequence[str] = tuple(MISCONCEPTIONS),
) -> Tally:
    """Let a class sit an exam and mark it.

    Args:
        loaded: the exam.
        variants: papers.
        folder: an empty one, for the key, the answers and the marks.
        seed: of the students' whims.
        honest: on each paper sits one honest student of each of these habits,
        slips: so many students with a slip,
        beliefs: and one with each of these misconceptions that can show on it.

    Raises:
        BankError: the screens leave no variant.
    """
    exam = loaded.exam
    drawn = variants_of(loaded, variants)
    pupils = [
        pupil for number, variant in enumerate(drawn) for pupil in _at(exam, number, variant, honest, slips, beliefs)
    ]
    tally = Tally()
    if not pupils:
        return tally
    sheets = work_out(exam, pupils, seed)
    results = mark(folder, exam, pupils, sheets)
    right = work_out(exam, [Pupil("", variant, "carries all digits") for variant in drawn], seed)
    of_variant = {variant.code: sheet.values for variant, sheet in zip(drawn, right, strict=True)}
    exact = work_out(exam, [replace(pupil, habits="carries all digits", slips=False) for pupil in pupils], seed)
    for pupil, sheet, result, own in zip(pupils, sheets, results, exact, strict=True):
        units = np.abs(own.values - of_variant[pupil.variant.code]) / _units(exam, pupil.variant, result)
        # Not `>`: where a calculator gave an error, the entry is wrong, too.
        work = Work(pupil, sheet, result, ~(units < PLAIN - 0.5), not (units < 0.5).all())
        _count(exam, work, tally)
    return tally


def _at(
    exam: Exam, number: int, variant: Variant, honest: Sequence[str], slips: int, beliefs: Sequence[str]
) -> Iterator[Pupil]:
    """Who sits at one paper."""
    for place, habits in enumerate(honest):
        yield Pupil(f"honest-{number}-{place}", variant, habits)
    for place in range(slips):
        yield Pupil(f"slip-{number}-{place}", variant, tuple(HONEST)[place % len(HONEST)], slips=True)
    can_show = beliefs_of(exam, variant)
    for place, belief in enumerate(beliefs):
        if belief in can_show:
            yield Pupil(f"belief-{number}-{place}", variant, belief=belief)


def _units(exam: Exam, variant: Variant, result: Result) -> NDArray[np.float64]:
    """(fields,) the unit of each entry's last asked digit."""
    digits = _digits(exam, variant)
    places = [places_for(np.array(r), d) for r, d in zip(result.references.tolist(), digits, strict=True)]
    return np.asarray(10.0 ** -np.array(places, dtype=float))


def _digits(exam: Exam, variant: Variant) -> list[Digits]:
    return [field.digits for paper, _ in papers(exam, variant) for field in paper.fields]


def _count(exam: Exam, work: Work, tally: Tally) -> None:
    accepted = {OURS: ~work.result.lost, **_accepted(exam, work)}
    if work.pupil.belief:
        _count_belief(work, accepted, tally)
        return
    tally.honest_students += 1
    tally.honest_named += bool(work.result.named)
    tally.imputed.update("|".join(sorted(names)) for names in set(work.result.named))
    if work.sheet.slip is None:
        tally.honest += len(work.sheet.texts)
        tally.honest_lost.update({name: int((~taken).sum()) for name, taken in accepted.items()})
        tally.lost_entries += [
            f"{exam.name} {work.pupil.id} column {column}: {work.sheet.texts[column]}"
            for column in np.flatnonzero(work.result.lost).tolist()
        ]
        return
    slip = work.sheet.slip
    tally.slips += 1
    for name, taken in accepted.items():
        lost = ~taken
        tally.slips_at_one[name] += int(lost.sum()) == 1
        tally.slips_accepted[name] += not lost[slip.column]
        tally.slip_followers_lost[name] += int(lost.sum() - lost[slip.column])
    tally.slip_kinds[slip.kind, min(3, int(work.result.lost.sum()))] += 1


def _count_belief(work: Work, accepted: dict[str, NDArray[np.bool_]], tally: Tally) -> None:
    label = work.pupil.belief
    tally.beliefs[label, "students"] += 1
    if not work.shows:
        tally.beliefs[label, "hidden"] += 1
        return
    tally.mistaken += 1
    wrong = work.is_plainly_wrong
    tally.wrong += int(wrong.sum())
    # What follows from a student's own wrong answer earns marks here, as it should; it is not taken for correct.
    taken_for_correct = {**accepted, OURS: work.result.outcomes == "correct"}
    for name, taken in accepted.items():
        tally.full_marks[name] += bool(taken.all())
        tally.wrong_accepted[name] += int((taken_for_correct[name] & wrong).sum())
    tally.beliefs[label, "full marks"] += not work.result.lost.any()
    found, expected = work.result.named, MISCONCEPTIONS[label].name
    is_right = any(expected in names for names in found)
    tally.beliefs[label, "named"] += is_right
    tally.beliefs[label, "named alone"] += frozenset({expected}) in found
    tally.beliefs[label, "other name"] += any(expected not in names for names in found)
    tally.beliefs[label, "no name"] += not found


def _accepted(exam: Exam, work: Work) -> dict[str, NDArray[np.bool_]]:
    """By rule, (fields,) whether the published rule takes the entry."""
    asked = list(zip(work.sheet.texts, work.result.references.tolist(), _digits(exam, work.pupil.variant), strict=True))
    return {
        name: np.array([bool(text) and rule(text, reference, digits) for text, reference, digits in asked])
        for name, rule in RULES.items()
    }
