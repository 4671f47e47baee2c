"""A file of scanned pages among what was handed in: whose exam it is of; its entries are read when the key is known.

Called by `sheets` for pictures, and for PDFs without a form. Needs the libraries of examgen[scan].
"""

from dataclasses import replace
from itertools import islice

from examgen.errors import AnswersError
from examgen.exams.bubbles.page_codes import PageCode
from examgen.marking.reading.handed_in.file_kinds import PICTURES
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, Scan, rows_of, unread_sheet
from examgen.marking.reading.handed_in.uploads import Upload
from examgen.tables.csv_tables import printable

NEEDED = ("cv2", "pypdfium2", "zxingcpp")
ADVICE = 'scanned pages are read with: pip install "examgen[scan]"'

MOST_WITHOUT = 30
"""Pages of a file that may come before the first that can be read."""

_MOST_TOLD = 3


def can_scan() -> bool:
    """Whether the libraries are there."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in NEEDED)


def scan_sheet(upload: Upload) -> RawSheet:
    """A scan as a sheet of one row, which names the exam, and one of its papers, as the first code says.

    Raises: AnswersError: it cannot be read, or no page in it has marks and a code.
    """
    first = _first_code(upload)
    row = (first.exam, first.variant, first.student, "", "", "", "")
    return replace(unread_sheet(upload.path), rows=rows_of([(0, False, row)]), scan=Scan(upload))


def _first_code(upload: Upload) -> PageCode:
    from examgen.marking.reading.scans.page_reading import PageFault, page_in
    from examgen.marking.reading.scans.picture_files import pictures_of
    from examgen.marking.reading.scans.scan_faults import at_page, fault_text

    told: list[str] = []
    count = 0
    for picture in islice(pictures_of(upload, is_photo=upload.suffix in PICTURES), MOST_WITHOUT):
        count += 1
        try:
            if picture.grey is None:
                raise PageFault("broken")
            return page_in(picture.grey).code
        except PageFault as fault:
            if len(told) < _MOST_TOLD:
                told.append(f"{at_page(picture.page)}{fault_text(fault.reason).rstrip('.')}")
    more = f"; and so on in {count - len(told):,} more" if count > len(told) else ""
    raise AnswersError(f"{printable(upload.path)}: {'; '.join(told) or 'has no pages'}{more}")
