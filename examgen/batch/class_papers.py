"""Whose papers a class has, and their numbers: those of the key of before, else drawn as they are asked for.

Called by `class_making`, whose processes write the key of some while others are drawn.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from examgen.batch.claiming import Claim
from examgen.batch.rosters.class_list import Listed
from examgen.batch.rosters.systems import LANGUAGE, PAPER
from examgen.batch.running.chunks import Coming
from examgen.batch.running.run_progress import Progress
from examgen.errors import some
from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from examgen.exams.exam import Variant

MOST_NAMED = 5
"""So many students are named in a notice; the rest is counted."""

DRAWN_AT_ONCE = 4_000
"""Papers that are drawn between two lines on how far that has come; it takes a second or two."""

PARTS, LEAST_DRAWN = 8, 500
"""Parts in which papers are drawn for others to go on with; smaller ones take longer together."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a class: those of its roster, and those of students who are in the key of before only.

    Attributes:
        students: whose they are, in the order of key and manifest.
        here: drawn when they are asked for.
        before: of before only.
    """

    students: tuple[str, ...]
    here: Sequence[Variant]
    before: tuple[Variant, ...]

    @property
    def all(self) -> tuple[Variant, ...]:
        """Everybody in the order of key and manifest."""
        return (*self.here, *self.before)


def papers_of(
    loaded: LoadedExam, rows: Sequence[Listed], claimed: Claim, progress: Progress | None, *, in_parts: bool
) -> Papers:
    """The papers of a roster: those of the key for whom it knows, as they may be handed out; else drawn.

    Args:
        progress: is told how far the drawing of a large class has come.
        in_parts: whether others go on with those that are drawn.
    """
    before = {variant.student: variant for variant in (claimed.same.variants if claimed.same else ())}
    # Earlier versions did not put ids into one normal form.
    spellings = {unicodedata.normalize("NFC", student): student for student in before} | {name: name for name in before}
    known = [before.get(spellings.get(row.student.id, row.student.id)) for row in rows]
    newcomers = [row.student for row, variant in zip(rows, known, strict=True) if variant is None]
    at_once = min(DRAWN_AT_ONCE, max(LEAST_DRAWN, len(newcomers) // PARTS)) if in_parts else DRAWN_AT_ONCE
    drawn = _drawn(loaded, newcomers, at_once, progress)
    here = (_as_listed(variant or next(drawn), row) for variant, row in zip(known, rows, strict=True))
    students = [variant.student if variant else row.student.id for variant, row in zip(known, rows, strict=True)]
    listed = set(students)
    left = {student: variant for student, variant in before.items() if student not in listed}
    return Papers((*students, *left), Coming(here, len(rows)), tuple(left.values()))


def left_notices(variants: Sequence[Variant]) -> Iterator[str]:
    """A line on students of the class who are not on this roster."""
    if variants:
        named = some([variant.student for variant in variants], MOST_NAMED)
        are = "1 student of this class is" if len(variants) == 1 else f"{len(variants)} students of this class are"
        yield f"{are} not on this roster; their papers stay in handout/, the key and the manifest: {named}"


def _as_listed(variant: Variant, row: Listed) -> Variant:
    own = row.own
    return replace(variant, name=row.student.name, language=own.get(LANGUAGE, ""), paper=own.get(PAPER, ""))


def _drawn(
    loaded: LoadedExam, students: Sequence[Student], at_once: int, progress: Progress | None
) -> Iterator[Variant]:
    """New papers; of a large class it is told how far that has come, too."""
    for start in range(0, len(students), at_once):
        drawn = draw_variants(loaded, students[start : start + at_once])
        if progress is not None and len(students) > DRAWN_AT_ONCE:
            progress(start + len(drawn), len(students))
        yield from drawn
