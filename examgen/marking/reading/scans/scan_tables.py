"""What was read of the scans of a class, as values and as scanned.csv; made by `scanned_papers` and `earlier_scans`."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exams.folders.regular import opened
from examgen.marking.reading.problems import Notice
from examgen.marking.reading.scans.bubble_readings import EntryReading
from examgen.marking.reading.scans.settled_answers import EntryName, Settled
from examgen.tables.csv_tables import printable

SCANNED = "scanned.csv"
DOUBTS_PAGE = "doubts.html"
PICTURES = "doubts"
"""Folder beside the page with the pictures of what is doubtful, for as long as it is."""

COLUMNS = ("student", "variant", "file", "page", "question", "field", "value", "confidence", "doubt", "settled")
MORE_COLUMNS = ("read", "counts")
"""`page` is that of the file, 1 for a photo; `doubt` has the reasons, with spaces between them; `read` is what was read
where a person has settled `value`; `counts` is no where the file is another student's."""

YES, NO = "yes", "no"

_PICTURE = re.compile(rf"{PICTURES}/[0-9a-f]{{24}}\.jpg")
_PLAIN = re.compile(r"-?[0-9.]*")


@dataclass(frozen=True, eq=False, slots=True)
class ScannedEntry:
    """An entry that was read.

    Attributes:
        path, page: of the file; page 0 for a photo.
        variant, student: whose.
        number: of the bubble page.
        grid: of the entry.
        reading: what was read.
        crop: JPEG of a doubtful one; empty where there is none.
        settled: what a person says that it is; None where nobody has said it.
        counts: whether it may be the student's: their entry in a file of somebody else is not.
        sheet: the file under which it is marked.
        is_earlier: whether it was read when other files were marked.
    """

    path: Path
    page: int
    variant: str
    student: str
    number: int
    grid: Grid
    reading: EntryReading
    crop: bytes = b""
    settled: str | None = None
    counts: bool = True
    sheet: Path = Path()
    is_earlier: bool = False

    @property
    def name(self) -> EntryName:
        """Whose entry it is."""
        return EntryName(self.student, self.variant, self.grid.question, self.grid.field)

    @property
    def is_doubtful(self) -> bool:
        """Whether a person is to settle it."""
        return bool(self.reading.doubts) and self.settled is None

    @property
    def text(self) -> str:
        """What counts."""
        return self.reading.text if self.settled is None else self.settled


@dataclass(frozen=True, eq=False, slots=True)
class UnreadPage:
    """A page that was not read, and why: one of `PAGE_FAULTS`."""

    path: Path
    page: int
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class ScannedClass:
    """All scans of a class.

    Attributes:
        entries: each entry once, in the order of the pages; also those of earlier markings.
        unread: pages that were not read.
        settled: what a person has said, from before.
        resettled: student and variant of earlier entries of which a person says something else now.
    """

    entries: tuple[ScannedEntry, ...]
    unread: tuple[UnreadPage, ...]
    settled: Settled
    resettled: frozenset[tuple[str, str]] = frozenset()

    @property
    def doubtful(self) -> tuple[ScannedEntry, ...]:
        """The entries that wait to be settled."""
        return tuple(entry for entry in self.entries if entry.is_doubtful)


def picture_place(name: EntryName) -> str:
    """Where the picture of a doubtful entry lies beside the marks."""
    digest = hashlib.sha256("\x00".join(name).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{PICTURES}/{digest[:24]}.jpg"


def is_picture(place: str) -> bool:
    """Whether `picture_place` may have said it."""
    return _PICTURE.fullmatch(place) is not None


def is_scanned_file(path: Path) -> bool:
    """Whether a file has the header of scanned.csv."""
    head = ",".join(COLUMNS).encode()
    try:
        with opened(path) as file:
            return file.read(len(head)) == head
    except OSError:
        return False


def scanned_csv(entries: Iterable[ScannedEntry]) -> bytes:
    """scanned.csv: a line for each entry, sure or not."""
    return csv_bytes((*COLUMNS, *MORE_COLUMNS), map(_line, entries))


def settled_notices(entries: Iterable[ScannedEntry], said: Settled) -> Iterator[Notice]:
    """What is to be told of what a person has said: entries that are nowhere, and others that were no doubt."""
    by_name = {entry.name: entry for entry in entries}
    strange = [name for name in said if name not in by_name]
    if strange:
        text = f"{len(strange):,} of the settled entries are not on these scans, the first {strange[0].told}"
        yield Notice("settled_elsewhere", "", len(strange), text)
    known = (by_name[name] for name in said if name in by_name)
    sure = [entry for entry in known if not entry.reading.doubts and entry.reading.text != said[entry.name]]
    if sure:
        count = _counted(len(sure), "settled entry was", "settled entries were")
        first = sure[0]
        text = (
            f"{count} read as something else without doubt, and what was settled counts, the first {first.name.told}: "
            f"{printable(said[first.name], 40)!r}, read as {first.reading.text!r}"
        )
        yield Notice("settled_sure", "", len(sure), text)


def scan_lines(folder: Path, scans: ScannedClass) -> Iterator[str]:
    """What a command says of scans at its end.

    Args:
        folder: of the marks.
    """
    pages = len({(entry.path, entry.page) for entry in scans.entries})
    before = len({(entry.path, entry.page) for entry in scans.entries if entry.is_earlier})
    since = f", {before:,} of them from earlier markings" if before else ""
    unread = f", {len(scans.unread):,} not read" if scans.unread else ""
    entries = _counted(len(scans.entries), "entry", "entries")
    yield f"Scanned: {folder / SCANNED}: {entries} on {_counted(pages, 'page', 'pages')}{since}{unread}"
    waiting = len(scans.doubtful)
    if waiting or scans.unread:
        settled = _counted(waiting, "entry waits", "entries wait") + " to be settled"
        advice = "; give the settled.csv that it saves together with the scans" if waiting else ""
        yield f"Doubtful: {folder / DOUBTS_PAGE}: {settled if waiting else 'pages that were not read'}{advice}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _line(entry: ScannedEntry) -> tuple[str, ...]:
    reading, grid, is_settled = entry.reading, entry.grid, entry.settled is not None
    return (
        safe_text(entry.student),
        entry.variant,
        safe_text(printable(entry.path)),
        str(max(entry.page, 1)),
        grid.question,
        grid.field,
        _shown(entry.text),
        f"{1.0 if is_settled else reading.confidence:.2f}",
        " ".join(reading.doubts),
        YES if is_settled else "",
        _shown(reading.text),
        YES if entry.counts else NO,
    )


def _shown(text: str) -> str:
    """A number as it is; what a person types may be anything."""
    return text if _PLAIN.fullmatch(text) else safe_text(text)
