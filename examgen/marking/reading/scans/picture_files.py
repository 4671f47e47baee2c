"""The pages of a scan as pictures, one at a time: those of a PDF, or the one of a photo.

Called by `scan_sheets` and `scanned_papers`. However many pages a file has, one is in memory. What a file may ask for
is bounded: bytes, pages, pixels, and the time and memory of a page.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from examgen.errors import AnswersError
from examgen.marking.reading.scans.page_drawing import drawn_pages
from examgen.marking.reading.scans.straightening import MOST_PIXELS, Grey
from examgen.tables.csv_tables import printable

MOST_BYTES = 1024 * 1024 * 1024
"""Of a PDF on the disk; of one in a zip file, what a zip file may hold."""

MOST_PHOTO_BYTES = 64 * 1024 * 1024
MOST_PHOTO_PIXELS = 100_000_000

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
    """A page of a file; `grey` is None where it cannot be drawn, and `page` is 0 for a photo."""

    page: int
    grey: Grey | None


def pictures_of(upload: PageFile, *, is_photo: bool) -> Iterator[Picture]:
    """The pages of a scan, in order.

    Args:
        is_photo: whether the file is a picture, and no PDF.

    Raises: AnswersError: the file as a whole cannot be read.
    """
    if is_photo:
        yield Picture(0, _photo(upload))
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


def _photo(upload: PageFile) -> Grey:
    where = printable(upload.path)
    data = upload.read(MOST_PHOTO_BYTES)
    size = _size(data)
    if size is None:
        raise AnswersError(f"{where}: is a damaged picture, or one of another kind than its name says")
    pixels = size[0] * size[1]
    if not 0 < pixels <= MOST_PHOTO_PIXELS:
        raise AnswersError(f"{where}: has {pixels:,} pixels; at most {MOST_PHOTO_PIXELS:,} are allowed")
    flag = cv2.IMREAD_GRAYSCALE if max(size) < 2 * MOST_PIXELS else cv2.IMREAD_REDUCED_GRAYSCALE_2
    try:
        found = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flag)
    except cv2.error:
        found = None
    if found is None:
        raise AnswersError(f"{where}: is a damaged picture; photograph the page again")
    return np.asarray(found, dtype=np.uint8)


def _size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG as its head says, before anything is unpacked."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_size(data) if data[:2] == b"\xff\xd8" else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
