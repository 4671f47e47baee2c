"""Students as they are: boxes left empty, few digits, digits cut off, other routes, copied sheets; called by benchmark
and tests.

Each row of `KINDS` says who sits at a paper, and what is left out of their sheets or copied into them.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import papers
from examgen.exams.policy import Policy
from tests.classroom.pupils import CUTTING, HONEST, SHORT, Pupil, Sheet, beliefs_of

INTERMEDIATE = frozenset({"z", "a", "slope", "loss", "dL_da", "dL_dz"})
"""Kinds of quantities on the way to the gradients, which many do not write down."""

GAPS_AT_RANDOM = 0.3
"""Share of the boxes that are left empty by those who skip some here and there."""

AS_WRITTEN = Policy(precision="as_written", least_digits=2, truncation=True)
STRICT = Policy()

Flags = NDArray[np.bool_]
Gaps = Callable[[Sequence[Field], random.Random], list[bool]]
"""From the fields of a paper, which boxes are left empty."""

Sitting = Callable[[Exam, Variant], Iterator[Pupil]]
"""Who sits at one paper; ids are given later."""


def _none(fields: Sequence[Field], _: random.Random) -> list[bool]:
    return [False] * len(fields)


def _is_step(one: Field, fields: Sequence[Field]) -> bool:
    """Whether it is on the way to what the paper is about: in a circuit, all but the last task."""
    if one.layer is None and one.step is None:
        return one.task < max(other.task for other in fields)
    return one.kind in INTERMEDIATE


def _half(fields: Sequence[Field], chooses: random.Random) -> list[bool]:
    steps = [place for place, one in enumerate(fields) if _is_step(one, fields)]
    left_out = set(chooses.sample(steps, len(steps) // 2))
    return [place in left_out for place in range(len(fields))]


def _all(fields: Sequence[Field], _: random.Random) -> list[bool]:
    return [_is_step(one, fields) for one in fields]


def _some(fields: Sequence[Field], chooses: random.Random) -> list[bool]:
    return [chooses.random() < GAPS_AT_RANDOM for _ in fields]


GAPS: Mapping[str, Gaps] = MappingProxyType(
    {"all boxes": _none, "half of the steps blank": _half, "boxes blank here and there": _some, "bare": _all}
)
"""What is left out; who is bare writes only gradients and updates, or nothing but the results of products."""


def honest(habits: Mapping[str, object]) -> Sitting:
    """One honest student of each of these habits."""
    return lambda _exam, variant: (Pupil("", variant, each) for each in habits)


def slipping(habits: Mapping[str, object]) -> Sitting:
    """The same, each with one slip."""
    return lambda _exam, variant: (Pupil("", variant, each, slips=True) for each in habits)


def mistaken(habits: Sequence[str]) -> Sitting:
    """One student with each misconception that can show, of these habits in turn."""

    def sit(exam: Exam, variant: Variant) -> Iterator[Pupil]:
        for place, belief in enumerate(beliefs_of(exam, variant)):
            yield Pupil("", variant, habits[place % len(habits)], belief)

    return sit


def on_other_routes(goes_on_from: str, slips_in: str) -> Sitting:
    """Students who go on from one of two equal quantities and slip in one; nobody where a sheet has no such box."""

    def sit(exam: Exam, variant: Variant) -> Iterator[Pupil]:
        kinds = {one.kind for paper, _ in papers(exam, variant) for one in paper.fields}
        if slips_in in kinds and "dL_db" in kinds:
            for habits in HONEST:
                yield Pupil("", variant, habits, "", True, frozenset({slips_in}), goes_on_from)

    return sit


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of students.

    Attributes:
        name: as it is told.
        sits: who sits at a paper.
        gaps: what they leave out.
        copied: share of the sheet, from its end, that is a neighbour's.
        policy: by which the exam is marked.
    """

    name: str
    sits: Sitting
    gaps: Gaps = _none
    copied: float = 0.0
    policy: Policy = field(default=STRICT, repr=False)


def left_out(sheet: Sheet, fields: Sequence[Field], gaps: Gaps, chooses: random.Random) -> tuple[Sheet, Flags]:
    """The sheet with some boxes empty, and which are; a slip is always written down."""
    empty = np.array(gaps(fields, chooses))
    if sheet.slip is not None:
        empty[sheet.slip.column] = False
    texts = tuple("" if is_empty else text for text, is_empty in zip(sheet.texts, empty.tolist(), strict=True))
    return replace(sheet, texts=texts, values=np.where(empty, np.nan, sheet.values)), empty


def copied_from(sheet: Sheet, other: Sheet, share: float) -> tuple[Sheet, Flags]:
    """The sheet with another's answers in the last boxes, and which boxes these are."""
    size = len(sheet.texts)
    is_copied = np.arange(size) >= round((1 - share) * size)
    texts = tuple(b if both else a for a, b, both in zip(sheet.texts, other.texts, is_copied.tolist(), strict=True))
    return Sheet(texts, np.where(is_copied, other.values, sheet.values), sheet.slip), is_copied


def short(figures: int, how: str) -> dict[str, object]:
    """Habits of those who write so many figures."""
    return {name: habits for name, habits in SHORT.items() if name.startswith(f"{figures} figures, {how}")}


_SHORT_NAMES = [name for figures in (3, 4) for how in ("rounded", "cut off") for name in short(figures, how)]

KINDS: tuple[Kind, ...] = (
    *(Kind(f"honest, {name}", honest(HONEST), gaps) for name, gaps in GAPS.items()),
    *(
        Kind(f"honest, {figures} figures, {how}", honest(short(figures, how)), policy=AS_WRITTEN)
        for figures in (2, 3, 4)
        for how in ("rounded", "cut off")
    ),
    Kind("honest, cut off as asked", honest(CUTTING), policy=AS_WRITTEN),
    Kind("honest, 3 figures cut off, half of the steps blank", honest(short(3, "cut off")), _half, policy=AS_WRITTEN),
    *(Kind(f"one slip, {name}", slipping(HONEST), gaps) for name, gaps in GAPS.items()),
    Kind("one slip, 3 figures", slipping({**short(3, "rounded"), **short(3, "cut off")}), policy=AS_WRITTEN),
    Kind("one slip, cut off as asked", slipping(CUTTING), policy=AS_WRITTEN),
    Kind("slip in dL/db, goes on from it", on_other_routes("dL_db", "dL_db")),
    Kind("slip in dL/db, goes on from dL/dz", on_other_routes("dL_dz", "dL_db")),
    Kind("slip in dL/dz, goes on from dL/db", on_other_routes("dL_db", "dL_dz")),
    Kind("slip in dL/dz, goes on from it", on_other_routes("dL_dz", "dL_dz")),
    *(Kind(f"misconception, {name}", mistaken(tuple(HONEST)), gaps) for name, gaps in GAPS.items()),
    Kind("misconception, 3 and 4 figures", mistaken(_SHORT_NAMES), policy=AS_WRITTEN),
    Kind("a neighbour's whole sheet", honest(HONEST), copied=1.0),
    Kind("a neighbour's second half", honest(HONEST), copied=0.5),
    Kind("a neighbour's last quarter", honest(HONEST), copied=0.25),
)
"""All kinds, in the order in which they are told."""
