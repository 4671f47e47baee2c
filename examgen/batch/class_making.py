"""Makes the papers of a class, `examgen batch`: a folder for each student, one key, and the manifest.

The key comes first, and the seed into it before a number is drawn: a run that breaks off, however hard, leaves no paper
without a key, and the same command goes on where it was. Whoever is in the key of the same class keeps their numbers,
on this roster or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from examgen.batch.afar.class_places import PaperJournal, Place, opened
from examgen.batch.bubble_notices import bubble_notices, check_scan
from examgen.batch.claiming import KEY, MANIFEST, Plan, begun, claim, exam_to_keep, put_aside, remove_broken
from examgen.batch.class_drawing import Drawing, Papers, left_notices
from examgen.batch.class_work import work_of_papers
from examgen.batch.making import MadePapers, MakeOptions, checked_seed, key_below, seed_notices, seed_told
from examgen.batch.manifest import MADE, NOT_LISTED, SET_ASIDE, ManifestRow, Told, manifest_csv, told_in
from examgen.batch.packed.print_ready import NOTHING, Packing, PapersToPack, pack, packed_names
from examgen.batch.paper_orders import ClassPrinter, Drawer, PaperOrder, PaperRecord, paths_of, sums_of
from examgen.batch.rosters.class_list import Listed, Roster, check_apart, read_roster
from examgen.batch.rosters.systems import ACCOMMODATION, LANGUAGE, PAPER
from examgen.batch.running.pool import check_scheduler, jobs_for, prepare, work_through
from examgen.batch.running.processes import Workers, ready
from examgen.batch.running.run_progress import Progress
from examgen.batch.travelling import TravellingExam, style_of
from examgen.documents.style import PaperStyle
from examgen.errors import AnswersError, ExamgenError, KeyFileError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from examgen.exams.draws.streams import Seed
from examgen.exams.exam import Variant
from examgen.exams.folders.files import write_files
from examgen.exams.folders.stores import Store
from examgen.exams.keys.key_folder import read_exam

WORK = ClassPrinter.__module__
"""What processes that make papers import."""


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """How the papers of a class are made, beside what they are like.

    Attributes:
        jobs: processes that make them; as many as are worth their start where it is None.
        has_pages: whether PDFs are made, or only keys and answer sheets.
        packing: what is made of the papers beside.
        scheduler: address of a Dask scheduler, whose workers make them instead.
    """

    jobs: int | None = 1
    has_pages: bool = True
    packing: Packing = NOTHING
    scheduler: str | None = None


def make_class(
    exam: str,
    roster: Path,
    to: str | Path,
    options: MakeOptions,
    how: ClassOptions = ClassOptions(),
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> MadePapers:
    """Make a paper of their own for each student of a roster.

    Args:
        exam: a shipped exam or family, or the path of a TOML file.
        roster: CSV, xlsx or ods with the columns id and name, or as a course system exports it.
        to: folder or address of the class: handout/ with a folder per student, key/, and manifest.csv.
        options: what the papers are like. A student's depends on the seed, the exam and the student only, never on the
            roster; but the columns `language` and `paper` set how it looks, and `accommodation` is printed.
        how: by how many they are made.
        progress: called after each paper.
        workers: processes that are there already; others are started unless they are as many as are needed.

    Raises:
        ExamgenError: as in `make`; also where the roster cannot be read, or names a student twice.
    """
    if not str(to):
        raise ExamgenError("--out is empty; name the folder of the class")
    checked_seed(options.seed)
    how.packing.check(has_pages=how.has_pages)
    check_scheduler(how.scheduler)
    style, force = options.style(), options.force
    check_scan(style, has_pages=how.has_pages)
    found = read_roster(roster)
    _check_looks(found, style)
    jobs = 1 if how.scheduler else jobs_for(len(found.rows), how.jobs)
    with opened(to, force=force) as place, ready(jobs, WORK, workers) as workers:
        out = place.folder
        seed = _seed(exam, out, options)
        loaded = options.loaded(exam, seed)
        making = style.making(seed, loaded.draws, loaded.fairness)
        names = (*_names(found.students), *packed_names(how.packing, found.rows))
        plan = Plan(loaded.exam, making, None, names, options.id_with(exam))
        claimed = claim(out, plan, force=force, can_move=place.can_move)
        remove_broken(out)
        kept, changed = exam_to_keep(loaded.exam, claimed, force=force)
        printer = ClassPrinter.of(loaded.exam, style, place.store, has_pages=how.has_pages)
        if workers is not None and claimed.same is None:
            # While everybody's numbers are drawn here; where they are known, papers may lie there, too.
            prepare(workers, printer, printer.exam.packed(draw_variants(loaded, found.students[:1])[0]))
        with begun(out, claimed, {f"{KEY}/exam.json": key_below(kept, (), making)[f"{KEY}/exam.json"]}):
            drawer = Drawer(exam, seed, options, TravellingExam.of(kept))
            papers, lines = Drawing(loaded, drawer, workers, progress).papers(found.rows, claimed)
            check_apart([variant.student for variant in papers.all], roster)
            key = key_below(kept, papers.all, making, lines)
            with put_aside(out, claimed) as aside:
                write_files(out, key, private=(KEY,))
                place.publish()
        class_ = _Class(loaded, papers, found, printer, place, how, workers)
        rows, missing = class_.made(told_in(out), progress)
        title, mine = style.phrase(loaded.exam.title), rows[: len(papers.here)]
        packed, told = pack(how.packing, PapersToPack.of(title, out, place.store, mine, found.rows), progress)
        place.publish()
        # Processes that outlived a run that was killed may have left something since.
        remove_broken(out)
    files = (*key, *_written(rows[: len(papers.here)]), MANIFEST, *packed)
    set_aside = tuple(row.variant.student for row in rows if row.status == SET_ASIDE)
    lost = claimed.same.notices if claimed.same else ()
    heard = (*found.notices, *seed_notices(seed), *loaded.notices, *lost)
    bubbled = bubble_notices(loaded.exam, papers.here, style)
    notices = (*heard, *aside, *changed, *left_notices(papers.before), *missing, *bubbled, *told)
    return MadePapers(
        loaded.exam.id,
        seed_told(seed),
        place.path,
        len(papers.here),
        files,
        tuple(map(place.told, notices)),
        set_aside,
        place.address,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Class:
    """A class whose key is written."""

    loaded: LoadedExam
    papers: Papers
    roster: Roster
    printer: ClassPrinter
    place: Place
    how: ClassOptions
    workers: Workers | None

    def made(self, told: Mapping[str, Told], progress: Progress | None) -> tuple[list[ManifestRow], dict[str, None]]:
        """Have every paper made that does not lie there already, and write the manifest: its rows, and what is to be
        told, each line once."""
        store, journal = self.place.store, self.place.journal()
        with closing(journal):
            records = self._records(told, journal, progress)
        before = [self._row_of_before(store, one, told.get(one.code)) for one in self.papers.before]
        rows = [*map(self._row, self.papers.here, self.roster.rows, records), *before]
        work = work_of_papers(self.loaded.exam, self.papers.all)
        write_files(self.place.folder, {MANIFEST: manifest_csv(rows, work)})
        self.place.publish()
        journal.remove()
        return rows, dict.fromkeys(line for record in records if record for line in record.notices)

    def _records(
        self, told: Mapping[str, Told], journal: PaperJournal, progress: Progress | None
    ) -> list[PaperRecord | None]:
        variants = self.papers.here
        printer = self.printer
        earlier = [found.record if (found := told.get(variant.code)) else None for variant in variants]
        orders = [
            PaperOrder(printer.exam.packed(variant), row.own.get(ACCOMMODATION, ""), record)
            for variant, row, record in zip(variants, self.roster.rows, earlier, strict=True)
        ]
        records = list(earlier)
        how = self.how
        for number, done in enumerate(work_through(printer, orders, how.jobs, how.scheduler, self.workers), start=1):
            if done.is_set_aside:
                records[done.place] = None
            elif done.result is not None:
                records[done.place] = done.result
                journal.add(variants[done.place].code, done.result)
            if progress is not None:
                progress(number, len(orders))
        return records

    def _row(self, variant: Variant, listed: Listed, record: PaperRecord | None) -> ManifestRow:
        more = dict(zip(self.roster.titles, listed.cells, strict=True))
        return ManifestRow(variant, record, MADE if record else SET_ASIDE, more)

    def _row_of_before(self, store: Store, variant: Variant, told: Told | None) -> ManifestRow:
        """Of a student who is not on this roster: as an earlier run says, else by the files that are there."""
        if told is None:
            return ManifestRow(variant, PaperRecord("", sums_of(store, variant.student)), NOT_LISTED)
        return ManifestRow(variant, told.record, NOT_LISTED, told.more)


def _seed(exam: str, out: Path, options: MakeOptions) -> Seed:
    """The seed of the command; without one, that of the class that lies there, if it is of this exam."""
    if options.seed is None and not options.force:
        try:
            there = read_exam(out / KEY)
        except KeyFileError:
            there = None
        lies_there, seed = (there[0].id, there[1].seed) if there is not None else ("", None)
        if seed is not None and options.loaded(exam, seed).exam.id == lies_there:
            return seed
    return checked_seed(options.seed)


def _check_looks(roster: Roster, style: PaperStyle) -> None:
    """Raises AnswersError if a row names a language or size of paper that there is not."""
    for row in roster.rows:
        try:
            style_of(style, row.own.get(LANGUAGE, ""), row.own.get(PAPER, ""))
        except ExamgenError as error:
            raise AnswersError(f"{roster.where}: line {row.line}: {error}") from None


def _names(students: Sequence[Student]) -> Iterator[str]:
    """Every file that is written, by path; the key's first."""
    yield from (f"{KEY}/{name}" for name in ("exam.json", "variants.jsonl", "answers.csv"))
    yield MANIFEST
    for student in students:
        yield from paths_of(student.id).values()


def _written(rows: Sequence[ManifestRow]) -> Iterator[str]:
    for row in rows:
        paths = paths_of(row.variant.student)
        yield from (paths[name] for name in (row.record.sums if row.record else ()))
