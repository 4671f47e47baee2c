"""Tables of what comes of each kind of students; called by the benchmark."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from tests.classroom.exams import load
from tests.classroom.kinds import KINDS, Kind
from tests.classroom.rules import RULES
from tests.classroom.sitting import OURS_AS_WRITTEN, OURS_STRICT, Outcome, accepted_wrong, sit_kind

PAPERS = 30
"""Of each exam that are drawn at once for a kind of students."""


def print_kinds(names: Sequence[str], least: int, seed: int) -> None:
    """Students who leave boxes empty, write few digits, go other ways or copy, over all exams; a row for each kind."""
    drawn = [load(name, seed) for name in names]
    print(
        f"  {'':52}{'written':>10}{'lost':>9}{'slips that':>12}{'entries lost':>14}{'misconception':>15}"
        f"{'marks':>8}{'right of':>10}\n"
        f"  {'over all exams, as asked':52}{'entries':>10}{'':>9}{'cost one':>12}{'beside it':>14}{'named':>15}"
        f"{'':>8}{'itself':>10}"
    )
    examples: list[str] = []
    for kind in KINDS:
        outcome = sit_enough(drawn, kind, least)
        print(kind_line(kind, outcome), flush=True)
        examples += outcome.examples[:2]
    print("\n".join(f"  lost: {line}" for line in examples[:20]))
    print_wrong_values(drawn, least)


def sit_enough(drawn: Sequence[LoadedExam], kind: Kind, least: int) -> Outcome:
    """A kind at all exams, with as many papers as make so many entries."""
    outcome, first = Outcome(), 0
    while outcome.entries < least:
        before = outcome.entries
        for loaded in drawn:
            variants = draw_variants(loaded, [Student(f"v{first + number}") for number in range(PAPERS)])
            with tempfile.TemporaryDirectory() as folder:
                outcome.add(sit_kind(loaded, kind, variants, Path(folder), seed_of(drawn[0]) + first))
        first += PAPERS
        if outcome.entries == before:
            break
    return outcome


def seed_of(loaded: LoadedExam) -> int:
    """The seed that an exam was drawn with."""
    assert isinstance(loaded.seed, int)
    return loaded.seed


def kind_line(kind: Kind, outcome: Outcome) -> str:
    """What came of a kind."""
    is_honest = not outcome.slips and not outcome.shown and not kind.copied
    return (
        f"  {kind.name:52}{outcome.entries:>10}{share(outcome.lost, outcome.entries) if is_honest else '':>9}"
        f"{share(outcome.at_one, outcome.slips) if outcome.slips else '':>12}"
        f"{f'{outcome.over / outcome.slips:.2f}' if outcome.slips else '':>14}"
        f"{share(outcome.named, outcome.shown) if outcome.shown else '':>15}"
        f"{f'{100 * outcome.marks / max(1.0, outcome.most):.1f}%':>8}"
        f"{f'{100 * outcome.right / max(1.0, outcome.most):.1f}%':>10}"
    )


def print_wrong_values(drawn: Sequence[LoadedExam], least: int) -> None:
    """The share of random wrong values that each marker takes for right."""
    counts: Counter[str] = Counter()
    first = 0
    while counts["values"] < least // 10:
        for loaded in drawn:
            variants = draw_variants(loaded, [Student(f"v{first + number}") for number in range(PAPERS)])
            with tempfile.TemporaryDirectory() as folder:
                counts += accepted_wrong(loaded, variants, Path(folder), seed_of(drawn[0]) + first)
        first += PAPERS
    print(f"\n  of {counts['values']} random wrong values on sheets of 3 and 4 figures are accepted by")
    for name in (OURS_AS_WRITTEN, OURS_STRICT, *RULES):
        print(f"    {name:40}{share(counts[name], counts['values']):>9}")


def share(part: int, whole: int) -> str:
    """A percentage; a part of nothing is a dash. Only a part that is nothing is 0, and only the whole is 100%."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part in (0, whole):
        return f"{percent:.0f}%"
    return f"{min(99.99, max(0.01, percent)):.2f}%"
