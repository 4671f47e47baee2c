"""What is made of a class's papers beside their folders: one PDF for the printer, and handouts zipped by groups.

`class_making` calls it when all papers are there. They are read back from where they lie, and everything is written
anew each time, as what an earlier run left may be of another roster.
"""

import os
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from examgen.batch.claiming import PAPERS, PRINT, PRINT_FILES, ZIPS
from examgen.batch.manifest import ManifestRow
from examgen.batch.packed.handout_zips import SUFFIX, zip_names
from examgen.batch.paper_orders import paths_of
from examgen.batch.rosters.class_list import Listed
from examgen.batch.rosters.systems import GROUP
from examgen.batch.running.run_progress import Progress
from examgen.documents.pdf.joining import Part, joined
from examgen.errors import ExamgenError, some
from examgen.exams.folders.files import Content, folder_name, write_files
from examgen.exams.folders.stores import Store
from examgen.exams.folders.zip_writing import zip_pieces

PRINTED = f"{PRINT}/{PRINT_FILES[0]}"

HANDED_OUT = ("questions", "answers", "sheet")
"""Files of a student that are packed, by a name in `FILES`."""

MOST_NAMED = 5
"""So many students are named in a notice; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What is made of the papers of a class beside their folders.

    Attributes:
        has_print: whether the question papers are joined into one PDF for the printer.
        is_duplex: whether that is printed on both sides, so that each paper begins on an odd page.
        has_zips: whether the handouts of each group are packed.
    """

    has_print: bool = False
    is_duplex: bool = False
    has_zips: bool = False

    def check(self, *, has_pages: bool) -> None:
        """Raises ExamgenError if there would be nothing to print."""
        if self.has_print and not has_pages:
            raise ExamgenError("--print-ready joins PDFs, and with --no-pdf there are none; leave one of the two out")
        if self.is_duplex and not self.has_print:
            raise ExamgenError("--duplex is about the PDF for the printer; give --print-ready with it")


NOTHING = Packing()


@dataclass(frozen=True, slots=True)
class PackedPaper:
    """A student's paper.

    Attributes:
        student, name: whose.
        group: of the student; empty where none is named.
        files: what there is of it, by a name in `FILES`; nothing where it could not be made.
    """

    student: str
    name: str
    group: str
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class PapersToPack:
    """The papers of a class, and what tells of them.

    Attributes:
        title: of the exam.
        folder: of the class.
        store: where the papers lie.
        papers: in the order of the roster.
    """

    title: str
    folder: Path
    store: Store
    papers: Sequence[PackedPaper]

    @classmethod
    def of(
        cls, title: str, folder: Path, store: Store, rows: Sequence[ManifestRow], roster: Sequence[Listed]
    ) -> "PapersToPack":
        """Those of a roster and its manifest, a row of each for a student."""
        papers = [
            PackedPaper(
                one.variant.student, one.variant.name, _group(listed), frozenset(one.record.sums if one.record else ())
            )
            for one, listed in zip(rows, roster, strict=True)
        ]
        return cls(title, folder, store, papers)

    @property
    def made(self) -> list[PackedPaper]:
        """Those that are there."""
        return [paper for paper in self.papers if paper.files]


def packed_names(packing: Packing, roster: Sequence[Listed]) -> tuple[str, ...]:
    """Paths, below the folder of the class, of what is made of the papers of a roster."""
    zips = [f"{ZIPS}/{name}" for name in zip_names(list(map(_group, roster))).values()]
    return (*((PRINTED,) if packing.has_print else ()), *(zips if packing.has_zips else ()))


def pack(
    packing: Packing, work: PapersToPack, progress: Progress | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write what is made of the papers of a class: the paths of it below the folder, and what is to be told.

    Args:
        packing: what to make.
        work: the papers.
        progress: called with the number of papers packed and of all; each counts for each file that it is in.

    Raises:
        ExamgenError: a paper cannot be read, or a file not written; then all are as they were.
    """
    steps = _Steps(progress, len(work.made) * (packing.has_print + packing.has_zips))
    files: dict[str, Content] = {}
    if packing.has_print and work.made:
        files[PRINTED] = joined(work.title, _parts(work, steps), is_duplex=packing.is_duplex)
    if packing.has_zips:
        files |= _zips(work, steps)
    write_files(work.folder, files)
    missing = _missing(work.papers) if packing.has_print or packing.has_zips else ()
    return tuple(files), (*missing, *_earlier(work.folder, files, packing))


@dataclass(slots=True)
class _Steps:
    """Counts papers that are packed."""

    progress: Progress | None
    all: int
    done: int = 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.all)


def _parts(work: PapersToPack, step: Callable[[], None]) -> Iterator[Part]:
    for paper in work.made:
        path = paths_of(paper.student)["questions"]
        title = f"{paper.name} ({paper.student})" if paper.name else paper.student
        yield Part(title, str(work.folder / path), _read(work, path))
        step()


def _zips(work: PapersToPack, step: Callable[[], None]) -> dict[str, Content]:
    called = zip_names([paper.group for paper in work.papers])
    members: dict[str, list[PackedPaper]] = {}
    for paper in work.made:
        members.setdefault(called[paper.group], []).append(paper)
    return {f"{ZIPS}/{name}": zip_pieces(_members(work, papers, step)) for name, papers in sorted(members.items())}


def _members(
    work: PapersToPack, papers: Sequence[PackedPaper], step: Callable[[], None]
) -> Iterator[tuple[str, bytes]]:
    """The files of a group's students, by their paths in the zip file, in the order of these."""
    for paper in sorted(papers, key=lambda paper: folder_name(paper.student)):
        paths = paths_of(paper.student)
        for path in sorted(paths[name] for name in HANDED_OUT if name in paper.files):
            yield PurePosixPath(path).relative_to(PAPERS).as_posix(), _read(work, path)
        step()


def _read(work: PapersToPack, path: str) -> bytes:
    content = work.store.read(path)
    if content is None:
        raise ExamgenError(f"{work.folder / path}: cannot be read; run the same command again")
    return content


def _missing(papers: Sequence[PackedPaper]) -> tuple[str, ...]:
    """A line on papers that are in no file."""
    students = [paper.student for paper in papers if not paper.files]
    return (f"not printed or packed, as they could not be made: {some(students, MOST_NAMED)}",) if students else ()


def _earlier(folder: Path, written: Collection[str], packing: Packing) -> Iterator[str]:
    """A line on what an earlier run left and this one did not write, which may be of other papers."""
    if PRINTED not in written and os.path.lexists(folder / PRINTED):
        yield f"{folder / PRINTED}: is of an earlier run; --print-ready writes it anew"
    there = (f"{ZIPS}/{path.name}" for path in (folder / ZIPS).glob(f"*{SUFFIX}"))
    if left := [str(folder / name) for name in sorted(there) if name not in written]:
        why = "this class list has no such group" if packing.has_zips else "--zip writes them anew"
        yield f"{some(left, MOST_NAMED)}: of an earlier run; {why}"


def _group(row: Listed) -> str:
    """The student's group: one, however its letters are put together."""
    return unicodedata.normalize("NFC", row.own.get(GROUP, ""))
