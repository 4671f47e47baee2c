"""What was read of the scans of a class, as values and as scanned.csv; made by `scanned_papers`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.marking.reading.scans.bubble_readings import EntryReading
from examgen.marking.reading.scans.settled_answers import EntryName, Settled
from examgen.tables.csv_tables import printable

SCANNED = "scanned.csv"
DOUBTS_PAGE = "doubts.html"
COLUMNS = ("student", "variant", "file", "page", "question", "field", "value", "confidence", "doubt", "settled")
"""`page` is that of the file, 1 for a photo; `doubt` has the reasons, with spaces between them."""


@dataclass(frozen=True, eq=False, slots=True)
class ScannedEntry:
    """An entry that was read.

    Attributes:
        path, page: of the file; page 0 for a photo.
        variant, student: whose.
        number: of the bubble page.
        grid: of the entry.
        reading: what was read; settled ones are what a person says.
        crop: JPEG of a doubtful one; empty where there is none.
        is_settled: whether a person has said what it is.
    """

    path: Path
    page: int
    variant: str
    student: str
    number: int
    grid: Grid
    reading: EntryReading
    crop: bytes = b""
    is_settled: bool = False

    @property
    def name(self) -> EntryName:
        """Whose entry it is."""
        return EntryName(self.student, self.variant, self.grid.question, self.grid.field)

    @property
    def is_doubtful(self) -> bool:
        """Whether a person is to settle it."""
        return bool(self.reading.doubts) and not self.is_settled


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
        entries: each entry once, in the order of the pages.
        unread: pages that were not read.
        settled: what a person has said, from before.
    """

    entries: tuple[ScannedEntry, ...]
    unread: tuple[UnreadPage, ...]
    settled: Settled

    @property
    def doubtful(self) -> tuple[ScannedEntry, ...]:
        """The entries that wait to be settled."""
        return tuple(entry for entry in self.entries if entry.is_doubtful)


def scanned_csv(entries: Iterable[ScannedEntry]) -> bytes:
    """scanned.csv: a line for each entry, sure or not."""
    return csv_bytes(COLUMNS, map(_line, entries))


def scan_lines(folder: Path, scans: ScannedClass) -> Iterator[str]:
    """What a command says of scans at its end.

    Args:
        folder: of the marks.
    """
    pages = len({(entry.path, entry.page) for entry in scans.entries})
    unread = f", {len(scans.unread):,} not read" if scans.unread else ""
    entries = _counted(len(scans.entries), "entry", "entries")
    yield f"Scanned: {folder / SCANNED}: {entries} on {_counted(pages, 'page', 'pages')}{unread}"
    waiting = len(scans.doubtful)
    if waiting or scans.unread:
        settled = _counted(waiting, "entry waits", "entries wait") + " to be settled"
        advice = "; give the settled.csv that it saves together with the scans" if waiting else ""
        yield f"Doubtful: {folder / DOUBTS_PAGE}: {settled if waiting else 'pages that were not read'}{advice}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _line(entry: ScannedEntry) -> tuple[str, ...]:
    reading, grid = entry.reading, entry.grid
    return (
        safe_text(entry.student),
        entry.variant,
        safe_text(printable(entry.path)),
        str(max(entry.page, 1)),
        grid.question,
        grid.field,
        reading.text,
        f"{reading.confidence:.2f}",
        " ".join(reading.doubts),
        "yes" if entry.is_settled else "",
    )
