"""doubts.html beside the marks: what is doubtful on the scans of a class, for a person to settle.

Called when a class was marked; a page of an earlier marking that has nothing to say any more is removed.
"""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from examgen.documents.feedback.doubts_html import Doubtful, DoubtsPage, doubts_html
from examgen.errors import ExamgenError
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.reading.scans.scan_tables import (
    DOUBTS_PAGE,
    PICTURES,
    SCANNED,
    ScannedClass,
    is_picture,
    is_scanned_file,
    picture_place,
)
from examgen.marking.reading.scans.settled_answers import COLUMNS
from examgen.marking.results.graded_class import GradedClass


def write_doubts(graded: GradedClass) -> None:
    """Write the page where there is something to settle or a page that was not read; else remove it.

    The pictures stay beside it until they are settled: other files of the class may be marked before.

    Raises: ExamgenError: something cannot be written or removed.
    """
    folder, scans = graded.folder, graded.scans
    pictures = {picture_place(one.name): one.crop for one in scans.doubtful if one.crop} if scans is not None else {}
    kept = {*pictures, SCANNED} if scans is not None else set()
    if scans is not None and (scans.doubtful or scans.unread):
        # Whoever marked the class by it has checked it.
        html = doubts_html(_page(scans, read_key(graded.key, is_checked=False)))
        write_files(folder, {DOUBTS_PAGE: html.encode(), **pictures})
        kept.add(DOUBTS_PAGE)
    _remove(folder, kept)


def _remove(folder: Path, kept: Collection[str]) -> None:
    """Remove what earlier markings of scans have left, but for these files."""
    pictures = [f"{PICTURES}/{path.name}" for path in (folder / PICTURES).glob("*.jpg")]
    left = [DOUBTS_PAGE, *filter(is_picture, pictures), *([SCANNED] if is_scanned_file(folder / SCANNED) else [])]
    for name in left:
        if name not in kept:
            try:
                (folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise ExamgenError(f"{folder / name}: cannot be removed: {error.strerror or error}") from None
    with suppress(OSError):
        (folder / PICTURES).rmdir()


def _page(scans: ScannedClass, key: Key) -> DoubtsPage:
    entries = [
        Doubtful(
            *entry.name,
            entry.grid.symbol,
            entry.path.name,
            max(entry.page, 1),
            entry.text,
            entry.reading.doubts,
            entry.crop,
        )
        for entry in scans.doubtful
    ]
    unread = [(one.path.name, max(one.page, 1), one.reason) for one in scans.unread]
    settled = [(*name, text) for name, text in scans.settled.items()]
    return DoubtsPage(key.exam.title, key.exam.id, COLUMNS, key.making.language, entries, unread, settled)
