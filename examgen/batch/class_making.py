"""Makes the papers of a class, `examgen batch`: a folder for each student, one key, and the manifest.

The key comes first, and the seed into it before a number is drawn: a run that breaks off, however hard, leaves no paper
without a key. Whoever is in the key of the same class keeps their numbers, on this roster or not.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from examgen.batch.claiming import (
    HANDOUT,
    KEY,
    MANIFEST,
    Claim,
    Plan,
    begun,
    claim,
    exam_to_keep,
    put_aside,
    remove_broken,
)
from examgen.batch.making import MadePapers, MakeOptions, Progress, checked_seed, key_below, printed_paper, seed_notices
from examgen.batch.manifest import Sums, filled_of, handout_of, manifest_csv, solution_of, summed, sums_of_before
from examgen.batch.rosters.class_list import check_apart, read_roster
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_files
from examgen.exams.folders.holding import held

MOST_NAMED = 5
"""So many students are named in a notice; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a class: those of its roster, and those of students who are in the key of before only."""

    here: tuple[Variant, ...]
    before: tuple[Variant, ...]

    @property
    def all(self) -> tuple[Variant, ...]:
        """Everybody in the order of key and manifest."""
        return self.here + self.before


def make_class(
    exam: str, roster: Path, out: Path, options: MakeOptions, progress: Progress | None = None
) -> MadePapers:
    """Make a paper of their own for each student of a roster.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        roster: CSV, xlsx or ods with the columns id and name, or as a course system exports it.
        out: folder of the class: handout/ with a folder per student, key/, and manifest.csv.
        options: what the papers are like. A student's depends on the seed, the exam and the student only, never on the
            roster.
        progress: called after each paper.

    Raises:
        ExamgenError: as in `make`; also where the roster cannot be read, or names a student twice.
    """
    seed, notation, force = checked_seed(options.seed), options.notation, options.force
    style = options.style()
    found = read_roster(roster)
    loaded = load_exam(exam, seed, notation)
    making = style.making(seed, loaded.draws)
    names = tuple(_names(found.students))
    plan = Plan(loaded.exam, making, None, names, lambda other: load_exam(exam, other, notation).exam.id)
    with held(out):
        claimed = claim(out, plan, force=force)
        remove_broken(out)
        kept, changed = exam_to_keep(loaded.exam, claimed, force=force)
        with begun(out, claimed, {f"{KEY}/exam.json": key_below(kept, (), making)[f"{KEY}/exam.json"]}):
            papers = _papers(loaded, found.students, claimed)
            check_apart([variant.student for variant in papers.all], roster)
            key = key_below(kept, papers.all, making)
            with put_aside(out, claimed) as aside:
                write_files(out, key, private=(KEY,))
        written, sums, missing = _write_papers(out, loaded, papers.here, style, progress)
        sums += sums_of_before(out, papers.before)
        write_files(out, {MANIFEST: manifest_csv(papers.all, sums)})
    notices = (*found.notices, *seed_notices(seed), *aside, *changed, *_left(papers.before), *missing)
    return MadePapers(loaded.exam.id, seed, out, len(papers.here), (*key, *written, MANIFEST), notices)


def _names(students: Sequence[Student]) -> Iterator[str]:
    """Every file that is written, by path; the key's first."""
    yield from (f"{KEY}/{name}" for name in ("exam.json", "variants.jsonl", "answers.csv"))
    yield MANIFEST
    for student in students:
        yield from (f"{handout_of(student.id)}/{name}" for name in HANDOUT)
        yield solution_of(student.id)
        yield filled_of(student.id)


def _papers(loaded: LoadedExam, students: Sequence[Student], claimed: Claim) -> Papers:
    """Everybody's numbers: those of the key for whom it knows, as their papers may be handed out; else drawn."""
    before = {variant.student: variant for variant in (claimed.same.variants if claimed.same else ())}
    # Earlier versions did not put ids into one normal form.
    spellings = {unicodedata.normalize("NFC", student): student for student in before} | {name: name for name in before}
    known = [before.get(spellings.get(student.id, student.id)) for student in students]
    newcomers = [student for student, variant in zip(students, known, strict=True) if variant is None]
    drawn = iter(draw_variants(loaded, newcomers) if newcomers else ())
    here = [variant or next(drawn) for variant in known]
    named = [replace(variant, name=student.name) for variant, student in zip(here, students, strict=True)]
    there = {variant.student for variant in here}
    return Papers(tuple(named), tuple(variant for student, variant in before.items() if student not in there))


def _write_papers(
    out: Path, loaded: LoadedExam, variants: Sequence[Variant], style: PaperStyle, progress: Progress | None
) -> tuple[list[str], list[Sums], dict[str, None]]:
    """Print and write paper after paper: the paths, the checksums and what is to be told, each line once."""
    written: list[str] = []
    sums: list[Sums] = []
    notices: dict[str, None] = {}
    for number, variant in enumerate(variants, start=1):
        printed = printed_paper(loaded.exam, variant, style)
        folder = handout_of(variant.student)
        files = {solution_of(variant.student): printed.solution, filled_of(variant.student): printed.filled}
        files |= {f"{folder}/{name}": content for name, content in printed.handout.items()}
        write_files(out, files, private=(KEY,))
        written += files
        sums.append(summed(files, variant.student))
        notices |= dict.fromkeys(printed.notices)
        if progress is not None:
            progress(number, len(variants))
    return written, sums, notices


def _left(variants: Sequence[Variant]) -> Iterator[str]:
    """A line on students of the class who are not on this roster."""
    if variants:
        more = f" and {len(variants) - MOST_NAMED} more" if len(variants) > MOST_NAMED else ""
        named = ", ".join(variant.student for variant in variants[:MOST_NAMED])
        are = "1 student of this class is" if len(variants) == 1 else f"{len(variants)} students of this class are"
        yield f"{are} not on this roster; their papers stay in handout/, the key and the manifest: {named}{more}"
