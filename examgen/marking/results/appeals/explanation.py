"""What the explanation of one mark consists of; made by `explaining`, printed by `explanation_text`.

s is what the student wrote, r the reference, c what follows from the student's own answers; the rules 1 to 5 are those
of marking in the README.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from examgen.marking.judging.diagnosing.diagnosis import Trial
from examgen.marking.results.overrides import Override

Origin = Literal["own", "reference", "recomputed"]


@dataclass(frozen=True, slots=True)
class Calculation:
    """One entry worked out: the formula in the paper's symbols and with numbers put in, where it can be typed, and the
    value."""

    symbol: str
    formula: str
    numbers: str
    value: float


@dataclass(frozen=True, slots=True)
class Source:
    """One entry that the explained one is computed from.

    Attributes:
        symbol: as printed.
        field: its field; empty where it is not asked.
        origin: whether an answer of the student's is used, the reference, or what follows from earlier answers.
        answer: the field whose answer is used, that of an equal quantity where it is not `field`; empty where none is.
        written: what the student wrote; empty where nothing.
        value: what is used.
        outcome: of the answer that is used, or of the student's answer for it; empty where it is not asked.
        why: why it is not the student's answer for it that is used; empty where it is.
        calculation: of a recomputed value; None for others.
    """

    symbol: str
    field: str
    origin: Origin
    answer: str
    written: str
    value: float
    outcome: str
    why: str
    calculation: Calculation | None


@dataclass(frozen=True, slots=True)
class BandPart:
    """What half a unit of one rounded entry on the way moves the recomputed value by."""

    symbol: str
    half_unit: float
    effect: float


@dataclass(frozen=True, slots=True)
class Precision:
    """How many digits were asked for and written.

    Attributes:
        unit: "decimals" or "significant_figures".
        asked, written: so many; `written` is None for a fraction, which is exact, and where there is no number.
        missing: how many too few were written in a value that is right to the digits it has; 0 where that does not
            matter.
        figures: how many significant figures were written; None where `written` is.
        least: from how many on the exam takes an answer as it is written; 0 where it does not.
    """

    unit: str
    asked: int
    written: int | None
    missing: int
    figures: int | None
    least: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One mark and all that it comes from; the rules are those of the README's section on marking.

    Attributes:
        exam, student, variant, question, field, symbol: which entry.
        written: what the student wrote.
        unreadable: why that is no number, in a sentence; empty where it is one or nothing was written.
        value: of what was written; None where it is no number.
        reference: the right value and how it follows.
        half_unit: of the last asked digit of the reference.
        matches_reference: rule 2.
        is_fraction: whether a fraction was written where a whole number is asked for.
        own: the value that follows from the student's own answers.
        past_blanks: whether blank steps on the way are taken for done and not written down.
        sources: what `own` is computed from, in the order of the solution.
        band: parts of the rounding band, the largest first.
        own_half_unit: of the last asked digit of the recomputed value, or of the last written one where that decides.
        tolerance: `own_half_unit` and all parts of the band.
        follows: rule 3, whether `value` is within the tolerance of `own`.
        assumed: misconception in what is not written down, from which it follows; empty where from none.
        shown_by: symbol of the earlier entry that lost its mark for that; empty where there is none.
        chain: symbols and outcomes of the answers that a follow-through entry follows, the first one first.
        rests_on: symbols of answers of the student that it rests on and that are not correct.
        follows_ignored: whether it would follow if zeros and wild values carried credit forward.
        right_for: whose paper it is right on, with others of the student's wrong answers; empty where it is on none.
        precision: rule 4.
        is_taken: whether it is right, or follows, as it is written only, with fewer digits than asked.
        trials: misconceptions that were tried on the entry, where it is wrong.
        misconception: the one that results.csv names; several with `|` between them.
        outcome: its name.
        rule: the rule that decided, 1 to 5.
        why: in a sentence.
        share: of the marks, by the policy.
        paid: hundredths of these that are not held back.
        held: why the others are, in words.
        marks, max_marks: of the entry.
        override: marks that an instructor has set.
        differences: where results.csv says something else, because the key or the policy has changed since.
    """

    exam: str
    student: str
    variant: str
    question: str
    field: str
    symbol: str
    written: str
    unreadable: str
    value: float | None
    reference: Calculation
    half_unit: float
    matches_reference: bool
    is_fraction: bool
    own: Calculation
    past_blanks: bool
    sources: tuple[Source, ...]
    band: tuple[BandPart, ...]
    own_half_unit: float
    tolerance: float
    follows: bool
    assumed: str
    shown_by: str
    chain: tuple[tuple[str, str], ...]
    rests_on: tuple[str, ...]
    follows_ignored: bool
    right_for: str
    precision: Precision
    is_taken: bool
    trials: tuple[Trial, ...]
    misconception: str
    outcome: str
    rule: int
    why: str
    share: Decimal
    paid: int
    held: str
    marks: float
    max_marks: float
    override: Override | None
    differences: tuple[str, ...]
