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
from examgen.marking.reading.handed_in.file_kinds import PICTURES
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, finished, rows_of
from examgen.marking.reading.owners.ownership import parts_of
from examgen.marking.reading.owners.path_names import People
from examgen.marking.reading.owners.resubmissions import Source
from examgen.marking.reading.problems import Notice, Problem, file_problem, who
from examgen.marking.reading.scans.bubble_readings import EntryReading
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


def scanned_papers(key: Key, files: HandedIn, settled: Settled, *, time_limit: float) -> tuple[HandedIn, ScannedClass]:
    """The scans among what was handed in, read.

    Args:
        time_limit: seconds that the files of one folder within what was given may take.

    Returns: all that was handed in, with the scans' answers as rows; and what was read.
    """
    reader = _Reader(key, settled, files.given, time_limit)
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
    return again, ScannedClass(tuple(reader.entries()), tuple(reader.unread), settled)


_Place = tuple[Path, str, str, str, int]
"""Folder of a page, whom its file names, and student, variant and number of the page."""


@dataclass(eq=False)
class _Reader:
    """What is found while pages are read."""

    key: Key
    settled: Settled
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
        earlier = self.pages.get(place)
        found = self._entries(path, picture.page, place, layout, seen.page, earlier)
        if earlier:
            yield _again(path, picture.page, earlier, found)
        elif not any(entry.reading.text or entry.is_doubtful for entry in found):
            yield file_problem(
                path, "scan_blank", f"{at_page(picture.page)}no circle is filled; look whether one is, very faintly"
            )
        self.pages[place] = found

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
        earlier: Sequence[ScannedEntry] | None,
    ) -> list[ScannedEntry]:
        *_, student, variant, number = place
        found = []
        for at, (grid, reading) in enumerate(zip(layout.grids, readings_on(straight, layout), strict=True)):
            if earlier:
                reading = _both(earlier[at].reading, reading)
            entry = ScannedEntry(path, page, variant, student, number, grid, reading)
            is_shown = entry.is_doubtful and entry.name not in self.settled
            found.append(replace(entry, crop=self._crop(straight, grid)) if is_shown else entry)
        return found

    def _crop(self, page: StraightPage, grid: Grid) -> bytes:
        """A picture of a doubtful entry."""
        self.crops += 1
        if self.crops > MOST_CROPS:
            return b""
        is_packed, data = cv2.imencode(
            ".jpg", part(page.grey, grid.area, _AROUND), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        return np.asarray(data).tobytes() if is_packed else b""

    def entries(self) -> Iterator[ScannedEntry]:
        """All that was read, in the order of the students."""
        for place in sorted(self.pages, key=lambda one: (*one[2:4], *one[:2], one[4])):
            yield from map(self._as_settled, self.pages[place])

    def _as_settled(self, entry: ScannedEntry) -> ScannedEntry:
        """The entry as a person says that it is, where one has."""
        said = self.settled.get(entry.name)
        if said is None:
            return entry
        return replace(entry, reading=EntryReading(said, 1.0, entry.reading.doubts), crop=b"", is_settled=True)

    def sheets(self) -> Iterator[RawSheet]:
        """A sheet for the pages of each student in each folder, apart from those in files of others."""
        groups: dict[tuple[Path, str, str, str], list[ScannedEntry]] = defaultdict(list)
        for (folder, owner, student, variant, _), entries in sorted(self.pages.items()):
            groups[folder, owner, student, variant] += map(self._as_settled, entries)
        for entries in groups.values():
            path = min(entry.path for entry in entries)
            rows = rows_of([(entry.page, False, _cells(self.key.exam.id, entry)) for entry in entries])
            rows = replace(rows, doubtful=np.array([entry.is_doubtful for entry in entries], dtype=bool))
            yield finished(path, rows, [])

    def notices(self) -> Iterator[Notice]:
        """Pages of a student that are missing, and lines of a person's that are of no entry."""
        there: dict[tuple[str, str], set[int]] = defaultdict(set)
        for _, _, student, variant, number in self.pages:
            there[student, variant].add(number)
        for (student, variant), numbers in sorted(there.items()):
            paper = self.by_mark.get(student_mark(student)) if student else self.by_code.get(variant)
            pages = bubble_paper(self.key.exam, self.by_code.get(variant) or paper).pages if paper else ()
            missing = [str(page.number) for page in pages if page.number not in numbers]
            if missing:
                named = f"page {missing[0]}" if len(missing) == 1 else f"pages {', '.join(missing)}"
                text = f"{who(printable(student, 40))}: {named} of {len(pages)} with bubbles is not among the scans"
                yield Notice("missing_page", student, len(missing), text)
        known = {entry.name for entries in self.pages.values() for entry in entries}
        strange = [name for name in self.settled if name not in known]
        if strange:
            text = (
                f"{len(strange):,} of the settled entries are not on these scans, the first {strange[0].question} "
                f"{printable(strange[0].field, 40)} of {who(printable(strange[0].student, 40))}"
            )
            yield Notice("settled_elsewhere", "", len(strange), text)


def _cells(exam: str, entry: ScannedEntry) -> tuple[str, str, str, str, str, str, str]:
    grid = entry.grid
    return exam, entry.variant, entry.student, grid.question, grid.field, "", entry.reading.text


def _both(one: EntryReading, other: EntryReading) -> EntryReading:
    """What two pages of one code say of an entry together: the surer one where they agree, else a doubt."""
    if one.text == other.text and "pages_differ" not in one.doubts:
        return max(one, other, key=lambda reading: (not reading.doubts, reading.confidence))
    doubts = dict.fromkeys(("pages_differ", *one.doubts, *other.doubts))
    return EntryReading(other.text, min(one.confidence, other.confidence, 0.1), tuple(doubts))


def _again(path: Path, page: int, earlier: Sequence[ScannedEntry], now: Iterable[ScannedEntry]) -> Problem:
    """What is told of a page that is there twice."""
    first = earlier[0]
    differ = [entry for entry in now if "pages_differ" in entry.reading.doubts]
    same = f"{printable(first.path.name)} {at_page(first.page)}".strip(" :")
    detail = f"{printable(path)}: {at_page(page)}has the code of {same}"
    if differ:
        counted = "1 entry differs; it is" if len(differ) == 1 else f"{len(differ)} entries differ; they are"
        detail += f", and {counted} doubtful"
    else:
        detail += ", and says the same; it counts once"
    return Problem(path, 0, first.student, "", "", "scan_again", detail)
