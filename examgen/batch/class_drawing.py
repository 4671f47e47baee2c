"""Whose papers a class has, their numbers and their lines in its key: what its key knew before, and what is drawn.

Called by `class_making`, with processes that do most of it where there are some.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from examgen.batch.claiming import Claim
from examgen.batch.paper_orders import Drawer, KeyWriter
from examgen.batch.rosters.class_list import Listed
from examgen.batch.rosters.systems import LANGUAGE, PAPER
from examgen.batch.running.pool import work_through
from examgen.batch.running.processes import Workers
from examgen.batch.running.run_progress import Progress
from examgen.errors import some
from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from examgen.exams.exam import Variant

MOST_NAMED = 5
"""So many students are named in a notice; the rest is counted."""

DRAWN_AT_ONCE = 4_000
"""Papers that are drawn between two lines on how far that has come; it takes a second or two."""

PARTS_EACH, LEAST_EACH = 2, 32
"""Parts of the drawing for each process, as many small ones take longer; and for how many papers it is worth one."""

Lines = dict[str, bytes]
"""Of some students, by id, what the key's answers.csv has of them."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a class: those of its roster, and those of students who are in the key of before only."""

    here: tuple[Variant, ...]
    before: tuple[Variant, ...]

    @property
    def all(self) -> tuple[Variant, ...]:
        """Everybody in the order of key and manifest."""
        return self.here + self.before


@dataclass(frozen=True, slots=True)
class Drawing:
    """How new papers come to be.

    Attributes:
        loaded: the exam that they are drawn of here.
        drawer: draws them elsewhere.
        workers: processes that do; None where there are none.
        progress: is told how far the drawing of a large class has come.
    """

    loaded: LoadedExam
    drawer: Drawer
    workers: Workers | None
    progress: Progress | None

    def papers(self, rows: Sequence[Listed], claimed: Claim) -> tuple[Papers, list[bytes] | None]:
        """The papers of a roster: those of the key for whom it knows, as they may be handed out; else drawn. And their
        lines in the key, where there are processes for them."""
        before = {variant.student: variant for variant in (claimed.same.variants if claimed.same else ())}
        # Earlier versions did not put ids into one normal form.
        spellings = {unicodedata.normalize("NFC", name): name for name in before} | {name: name for name in before}
        known = [before.get(spellings.get(row.student.id, row.student.id)) for row in rows]
        drawn, lines = self._drawn([row.student for row, one in zip(rows, known, strict=True) if one is None])
        newcomers = iter(drawn)
        here = [variant or next(newcomers) for variant in known]
        there = {variant.student for variant in here}
        left = tuple(variant for student, variant in before.items() if student not in there)
        papers = Papers(tuple(map(_as_listed, here, rows)), left)
        return papers, None if self.workers is None else self._lines(self.workers, papers.all, lines)

    def _drawn(self, students: Sequence[Student]) -> tuple[list[Variant], Lines]:
        """New papers, and lines of those that are drawn elsewhere, as many are."""
        if self.workers is not None and len(students) >= self.workers.jobs * LEAST_EACH:
            return self._drawn_by(self.workers, students)
        found: list[Variant] = []
        for start in range(0, len(students), DRAWN_AT_ONCE):
            found += draw_variants(self.loaded, students[start : start + DRAWN_AT_ONCE])
            self._tell(len(found), len(students))
        return found, {}

    def _drawn_by(self, workers: Workers, students: Sequence[Student]) -> tuple[list[Variant], Lines]:
        size = min(DRAWN_AT_ONCE, -(-len(students) // (workers.jobs * PARTS_EACH)))
        parts = [students[start : start + size] for start in range(0, len(students), size)]
        found: dict[int, list[tuple[Variant, bytes]]] = {}
        for done in work_through(self.drawer, parts, workers.jobs, workers=workers):
            # Whose numbers end a process are drawn here, and end this one, if need be, before anything is handed out.
            found[done.place] = self.drawer(parts[done.place]) if done.is_set_aside else done.result
            self._tell(sum(map(len, found.values())), len(students))
        pairs = [pair for place in range(len(parts)) for pair in found[place]]
        return [variant for variant, _ in pairs], {variant.student: lines for variant, lines in pairs}

    def _lines(self, workers: Workers, variants: Sequence[Variant], there: Lines) -> list[bytes]:
        """The lines of everybody in the key, where they are not there yet."""
        writer = KeyWriter(self.drawer.key_exam)
        missing = [variant for variant in variants if variant.student not in there]
        packed = [writer.exam.packed(variant) for variant in missing]
        # For fewer than there are processes it is not worth others.
        jobs = workers.jobs if len(missing) >= workers.jobs else 1
        done = work_through(writer, packed, jobs, workers=workers)
        made = {one.place: writer(packed[one.place]) if one.is_set_aside else one.result for one in done}
        lines = there | {variant.student: made[place] for place, variant in enumerate(missing)}
        return [lines[variant.student] for variant in variants]

    def _tell(self, done: int, of_all: int) -> None:
        if self.progress is not None and of_all > DRAWN_AT_ONCE:
            self.progress(done, of_all)


def left_notices(variants: Sequence[Variant]) -> Iterator[str]:
    """A line on students of the class who are not on this roster."""
    if variants:
        named = some([variant.student for variant in variants], MOST_NAMED)
        are = "1 student of this class is" if len(variants) == 1 else f"{len(variants)} students of this class are"
        yield f"{are} not on this roster; their papers stay in handout/, the key and the manifest: {named}"


def _as_listed(variant: Variant, row: Listed) -> Variant:
    own = row.own
    return replace(variant, name=row.student.name, language=own.get(LANGUAGE, ""), paper=own.get(PAPER, ""))
