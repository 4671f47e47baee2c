"""The pages of all scans -> the answers of their students, as the rows of sheets; and what is doubtful, for a person.

Called by `grading` once the key is known. A student's pages of one folder are a sheet, from whatever files they come;
who owns a file, and what is handed in twice elsewhere, is settled as for all sheets.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from examgen.errors import AnswersError
from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.bubbles.bubble_pages import BubblePage, bubble_paper
from examgen.exams.bubbles.page_codes import PageCode, exam_digest, student_mark
from examgen.exams.exam import Variant
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.class_sheets import HandedIn, together
from examgen.marking.reading.earlier_scans import by_page, decisions, entry_rows, with_left
from examgen.marking.reading.handed_in.file_kinds import PICTURES
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, finished, rows_of
from examgen.marking.reading.owners.ownership import parts_of
from examgen.marking.reading.owners.path_names import People
from examgen.marking.reading.owners.resubmissions import Source
from examgen.marking.reading.problems import Notice, Problem, file_problem, who
from examgen.marking.reading.scans.bubble_readings import PAGES_DIFFER, EntryReading, both
from examgen.marking.reading.scans.page_reading import PageFault, page_in, readings_on
from examgen.marking.reading.scans.picture_files import Picture, pictures_of
from examgen.marking.reading.scans.scan_faults import at_page, fault_text
from examgen.marking.reading.scans.scan_tables import ScannedClass, ScannedEntry, UnreadPage
from examgen.marking.reading.scans.settled_answers import Settled
from examgen.marking.reading.scans.straightening import StraightPage, part
from examgen.tables.csv_tables import printable

MOST_CROPS = 1_000
"""So many doubtful entries are shown; a page with more of them is no help."""

_AROUND = 0.8
_QUALITY = 70


def scanned_papers(
    key: Key,
    files: HandedIn,
    settled: Settled,
    earlier: Sequence[ScannedEntry] = (),
    *,
    time_limit: float,
) -> tuple[HandedIn, ScannedClass]:
    """The scans among what was handed in, read.

    Args:
        earlier: what was read when other files were marked.
        time_limit: seconds that the files of one folder within what was given may take.

    Returns: all that was handed in, with the scans' answers as rows; and what was read.
    """
    reader = _Reader(key, settled, earlier, files.given, time_limit)
    kept: list[tuple[RawSheet, Source]] = []
    for sheet, source in zip(files.sheets, files.sources, strict=True):
        if sheet.scan is None:
            kept.append((sheet, source))
            continue
        problems = reader.read(sheet)
        kept.append((RawSheet(sheet.path, rows_of([]), tuple(problems)), source))
    modified = {source.path: source.modified for source in files.sources}
    made = [(one, Source(one.path, modified[one.path], False)) for one in reader.sheets()]
    both = sorted([*kept, *made], key=lambda pair: pair[0].path)
    again = together(files.path, tuple(sheet for sheet, _ in both), tuple(source for _, source in both))
    notices = (*files.notices, *reader.notices())
    again = replace(again, notices=notices, is_only_file=files.is_only_file, others=files.others)
    return again, reader.read_class()


_Place = tuple[Path, str, str, str, int]
"""Folder of a page, whom its file names, and student, variant and number of the page."""


@dataclass(eq=False)
class _Reader:
    """What is found while pages are read."""

    key: Key
    said: Settled
    earlier: Sequence[ScannedEntry]
    given: tuple[Path, ...]
    time_limit: float
    pages: dict[_Place, list[ScannedEntry]] = field(default_factory=dict)
    unread: list[UnreadPage] = field(default_factory=list)
    spent: dict[Path, float] = field(default_factory=lambda: defaultdict(float))
    crops: int = 0

    def __post_init__(self) -> None:
        self.digest = exam_digest(self.key.exam.id)
        self.by_mark = {student_mark(one.student): one for one in self.key.variants if one.student}
        self.by_code = {one.code: one for one in self.key.variants}
        self.people = People(self.key)
        self.before = by_page(self.earlier)
        self.settled = decisions(self.earlier, self.said)

    def read(self, sheet: RawSheet) -> Iterator[Problem]:
        """Read a file; what is told of it."""
        assert sheet.scan is not None
        path, is_own = sheet.path, sheet.path.parent not in {one.parent for one in self.given} | set(self.given)
        try:
            for picture in pictures_of(sheet.scan.upload, is_photo=sheet.scan.upload.suffix in PICTURES):
                begin = time.thread_time()
                yield from self._page(path, picture, is_late=is_own and self.spent[path.parent] > self.time_limit)
                self.spent[path.parent] += time.thread_time() - begin
        except AnswersError as error:
            yield file_problem(path, "unusable_file", str(error))

    def _page(self, path: Path, picture: Picture, *, is_late: bool) -> Iterator[Problem]:
        try:
            if picture.grey is None or is_late:
                raise PageFault("out_of_time" if is_late else "broken")
            seen = page_in(picture.grey)
            variant, layout = self._of(seen.code)
        except PageFault as fault:
            self.unread.append(UnreadPage(path, picture.page, fault.reason))
            yield file_problem(path, "scan_unread", f"{at_page(picture.page)}{fault_text(fault.reason).rstrip('.')}")
            return
        # A file of one student is no second scan of another's page.
        whose = self.people.named_by(parts_of(path, self.given))
        place = (path.parent, whose, seen.code.student and variant.student, seen.code.variant, layout.number)
        earlier = self.pages.get(place) or self._before(place)
        found = self._entries(path, picture.page, place, layout, seen.page, earlier)
        if earlier:
            yield from _again(path, picture.page, earlier, found)
        elif not any(entry.reading.text or entry.is_doubtful for entry in found):
            yield file_problem(
                path, "scan_blank", f"{at_page(picture.page)}no circle is filled; look whether one is, very faintly"
            )
        self.pages[place] = found

    def _before(self, place: _Place) -> list[ScannedEntry]:
        """The same page as it was read when other files were marked; from now on it is among those of this marking."""
        _, whose, student, variant, number = place
        return self.before.pop((student, variant, number), []) if whose in {"", student} else []

    def _of(self, code: PageCode) -> tuple[Variant, BubblePage]:
        """Whose page it is, and what is on it.

        Raises: PageFault: it is none of this class.
        """
        if code.exam != self.digest:
            raise PageFault("other_exam")
        mine = self.by_mark.get(code.student)
        printed = self.by_code.get(code.variant)
        if (mine is None and code.student) or (mine or printed) is None:
            raise PageFault("unknown_student")
        variant = mine or printed
        assert variant is not None
        pages = bubble_paper(self.key.exam, printed or variant).pages
        if not 0 < code.page <= len(pages):
            raise PageFault("no_such_page")
        return variant, pages[code.page - 1]

    def _entries(
        self,
        path: Path,
        page: int,
        place: _Place,
        layout: BubblePage,
        straight: StraightPage,
        earlier: Sequence[ScannedEntry],
    ) -> list[ScannedEntry]:
        *_, student, variant, number = place
        found, before = [], {entry.name: entry for entry in earlier}
        for grid, reading in zip(layout.grids, readings_on(straight, layout), strict=True):
            entry = ScannedEntry(path, page, variant, student, number, grid, reading)
            if entry.name in before:
                entry = replace(entry, reading=both(before[entry.name].reading, reading))
                self._reopen(before[entry.name], entry, reading)
            is_shown = entry.is_doubtful and entry.name not in self.settled
            found.append(replace(entry, crop=self._crop(straight, grid)) if is_shown else entry)
        return found

    def _reopen(self, before: ScannedEntry, entry: ScannedEntry, reading: EntryReading) -> None:
        """What a person said when other files were marked is open again where another page says something else."""
        is_news = PAGES_DIFFER in entry.reading.doubts and PAGES_DIFFER not in before.reading.doubts
        if is_news and entry.name not in self.said and reading.text != self.settled.get(entry.name):
            self.settled.pop(entry.name, None)

    def _crop(self, page: StraightPage, grid: Grid) -> bytes:
        """A picture of a doubtful entry."""
        self.crops += 1
        if self.crops > MOST_CROPS:
            return b""
        is_packed, data = cv2.imencode(
            ".jpg", part(page.grey, grid.area, _AROUND), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        return np.asarray(data).tobytes() if is_packed else b""

    def read_class(self) -> ScannedClass:
        """All that was read, in the order of the students, and what nobody has read anew."""
        now = [entry for entries in self._sheets().values() for entry in entries]
        left = [entry for entries in self.before.values() for entry in entries]
        return with_left(now, left, self.unread, self.settled)

    def _as_settled(self, entry: ScannedEntry) -> ScannedEntry:
        """The entry as a person says that it is, where one has."""
        said = self.settled.get(entry.name)
        return entry if said is None else replace(entry, crop=b"", settled=said)

    def sheets(self) -> Iterator[RawSheet]:
        """A sheet for the pages of each student in each folder, apart from those in files of others."""
        for entries in self._sheets().values():
            yield finished(entries[0].sheet, entry_rows(self.key.exam.id, entries), [])

    def _sheets(self) -> dict[tuple[str, str, Path, str], list[ScannedEntry]]:
        groups: dict[tuple[str, str, Path, str], list[ScannedEntry]] = defaultdict(list)
        for (folder, owner, student, variant, _), entries in sorted(self.pages.items()):
            groups[student, variant, folder, owner] += map(self._as_settled, entries)
        for group, entries in groups.items():
            path = min(entry.path for entry in entries)
            groups[group] = [replace(entry, sheet=path) for entry in entries]
        return dict(sorted(groups.items()))

    def notices(self) -> Iterator[Notice]:
        """Pages of a student that are missing."""
        there: dict[tuple[str, str], set[int]] = defaultdict(set)
        for student, variant, number in [*(place[2:] for place in self.pages), *self.before]:
            there[student, variant].add(number)
        for (student, variant), numbers in sorted(there.items()):
            paper = self.by_mark.get(student_mark(student)) if student else self.by_code.get(variant)
            pages = bubble_paper(self.key.exam, self.by_code.get(variant) or paper).pages if paper else ()
            missing = [str(page.number) for page in pages if page.number not in numbers]
            if missing:
                named = f"page {missing[0]}" if len(missing) == 1 else f"pages {', '.join(missing)}"
                text = f"{who(printable(student, 40))}: {named} of {len(pages)} with bubbles is not among the scans"
                yield Notice("missing_page", student, len(missing), text)


def _again(path: Path, page: int, earlier: Sequence[ScannedEntry], now: Iterable[ScannedEntry]) -> Iterator[Problem]:
    """What is told of a page that is there twice; nothing of a file that is marked once more."""
    first = earlier[0]
    differ = [entry for entry in now if PAGES_DIFFER in entry.reading.doubts]
    if first.is_earlier and not differ and (printable(first.path), first.page) == (printable(path), max(page, 1)):
        return
    same = f"{printable(first.path.name)} {at_page(first.page)}".strip(" :")
    detail = f"{printable(path)}: {at_page(page)}has the code of {same}"
    if differ:
        counted = "1 entry differs; it is" if len(differ) == 1 else f"{len(differ)} entries differ; they are"
        detail += f", and {counted} doubtful"
    else:
        detail += ", and says the same; it counts once"
    yield Problem(path, 0, first.student, "", "", "scan_again", detail)
