"""doubts.html beside the marks: what is doubtful on the scans of a class, for a person to settle.

Called when a class was marked; a page of an earlier marking that has nothing to say any more is removed.
"""

from examgen.documents.feedback.doubts_html import Doubtful, DoubtsPage, doubts_html
from examgen.errors import ExamgenError
from examgen.exams.folders.files import write_files
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.reading.scans.scan_tables import DOUBTS_PAGE, ScannedClass
from examgen.marking.reading.scans.settled_answers import COLUMNS
from examgen.marking.results.graded_class import GradedClass


def write_doubts(graded: GradedClass) -> None:
    """Write the page where there is something to settle or a page that was not read; else remove it.

    Raises: ExamgenError: it cannot be written or removed.
    """
    scans = graded.scans
    if scans is None or not (scans.doubtful or scans.unread):
        path = graded.folder / DOUBTS_PAGE
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ExamgenError(f"{path}: cannot be removed: {error.strerror or error}") from None
        return
    # Whoever marked the class by it has checked it.
    html = doubts_html(_page(scans, read_key(graded.key, is_checked=False)))
    write_files(graded.folder, {DOUBTS_PAGE: html.encode()})


def _page(scans: ScannedClass, key: Key) -> DoubtsPage:
    entries = [
        Doubtful(
            *entry.name,
            entry.grid.symbol,
            entry.path.name,
            max(entry.page, 1),
            entry.reading.text,
            entry.reading.doubts,
            entry.crop,
        )
        for entry in scans.doubtful
    ]
    unread = [(one.path.name, max(one.page, 1), one.reason) for one in scans.unread]
    settled = [(*name, text) for name, text in scans.settled.items()]
    return DoubtsPage(key.exam.title, key.exam.id, COLUMNS, key.making.language, entries, unread, settled)
