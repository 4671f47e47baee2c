"""The pages of a scan as pictures, one at a time: those of a PDF or TIFF, or the one of a photo.

Called by `scan_sheets` and `scanned_papers`. However many pages a file has, one is in memory. What a file may ask for
is bounded: bytes, pages, pixels, and the time and memory of a page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from examgen.errors import AnswersError
from examgen.marking.reading.scans.page_drawing import MOST_PAGES, drawn_pages
from examgen.marking.reading.scans.picture_decoding import decoded, sizes_in
from examgen.marking.reading.scans.straightening import Grey
from examgen.tables.csv_tables import printable

MOST_BYTES = 1024 * 1024 * 1024
"""Of a PDF on the disk; of one in a zip file, what a zip file may hold."""

MOST_PHOTO_BYTES = 256 * 1024 * 1024
MOST_PHOTO_PIXELS = 100_000_000
"""Of a picture, and of a page of it."""

_ON_DISK = 32 * 1024 * 1024
"""PDFs of more bytes are not read into memory where they lie on the disk."""


class PageFile(Protocol):
    """A file that was handed in, as `uploads` has it."""

    @property
    def path(self) -> Path:
        """Where it is, or would be within a zip file."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def read(self) -> Callable[[int], bytes]:
        """Its bytes, of which there may be so many; raises AnswersError."""


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A page of a file; `grey` is None where it cannot be drawn, and `page` is 0 for a picture alone."""

    page: int
    grey: Grey | None


def pictures_of(upload: PageFile, *, is_photo: bool) -> Iterator[Picture]:
    """The pages of a scan, in order.

    Args:
        is_photo: whether the file is a picture, such as a TIFF, and no PDF.

    Raises: AnswersError: the file as a whole cannot be read.
    """
    if is_photo:
        yield from _photos(upload)
    else:
        yield from _pages(upload)


def _pages(upload: PageFile) -> Iterator[Picture]:
    where = printable(upload.path)
    if upload.size > MOST_BYTES:
        raise AnswersError(f"{where}: has {upload.size:,} bytes; at most {MOST_BYTES:,} are allowed; split it")
    is_on_disk = upload.size > _ON_DISK and upload.path.is_file()
    data = b"" if is_on_disk else upload.read(MOST_BYTES)
    for place, grey in enumerate(drawn_pages(where, upload.path.resolve() if is_on_disk else None, data), start=1):
        yield Picture(place, grey)


def _photos(upload: PageFile) -> Iterator[Picture]:
    where = printable(upload.path)
    data = upload.read(MOST_PHOTO_BYTES)
    sizes = sizes_in(data, MOST_PAGES)
    if not sizes:
        raise AnswersError(f"{where}: is a damaged picture, or one of another kind than its name says")
    if len(sizes) > MOST_PAGES:
        raise AnswersError(f"{where}: has more than {MOST_PAGES:,} pages; split it")
    for page, size in enumerate(sizes):
        at = f"{where}: page {page + 1:,}" if len(sizes) > 1 else where
        pixels = size[0] * size[1]
        if pixels > MOST_PHOTO_PIXELS:
            raise AnswersError(f"{at}: has {pixels:,} pixels; at most {MOST_PHOTO_PIXELS:,} are allowed")
        grey = decoded(data, page, size) if pixels else None
        if grey is None and len(sizes) == 1:
            raise AnswersError(f"{where}: is a damaged picture; photograph the page again")
        yield Picture(page + 1 if len(sizes) > 1 else 0, grey)
