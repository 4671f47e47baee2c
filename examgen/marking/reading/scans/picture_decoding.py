"""The bytes of a PNG, JPEG or TIFF -> levels of grey, as on white paper.

Called by `picture_files`; the one place that has pictures unpacked. How large they are is read from their heads before.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from examgen.marking.reading.scans.straightening import MOST_PIXELS, Grey

Size = tuple[int, int]
"""Width and height."""

_PNG = b"\x89PNG\r\n\x1a\n"
_WITH_ALPHA = (4, 6)
"""Kinds of PNG that say of each pixel how much of it is there."""

_TIFF = {b"II*\x00": "<", b"MM\x00*": ">"}
_WIDTH, _HEIGHT = 256, 257
_ENTRY = 12
_NUMBERS = {3: "H", 4: "I"}


def sizes_in(data: bytes, most: int) -> list[Size]:
    """The size of each page of a picture, as their heads say, of so many pages and one more; (0, 0) for a damaged one.

    Empty for what is no picture that is read.
    """
    if data[:8] == _PNG and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return [(width, height)]
    if order := _TIFF.get(data[:4]):
        return [size for size, _ in zip(_tiff_sizes(data, order), range(most + 1), strict=False)]
    return list(_jpeg_sizes(data)) if data[:2] == b"\xff\xd8" else []


def decoded(data: bytes, page: int, size: Size) -> Grey | None:
    """A page of a picture, the first being 0; None where it is damaged.

    Args:
        size: that it has; large ones are made smaller while they are unpacked, where that can be done.
    """
    packed = np.frombuffer(data, dtype=np.uint8)
    try:
        with _quiet():
            if data[:4] in _TIFF:
                _, pages = cv2.imdecodemulti(packed, cv2.IMREAD_GRAYSCALE, range=(page, page + 1))
                return np.asarray(pages[0], dtype=np.uint8) if pages else None
            if _is_clear(data):
                found = cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)
                return None if found is None else _on_white(np.asarray(found))
            flag = cv2.IMREAD_GRAYSCALE if max(size) < 2 * MOST_PIXELS else cv2.IMREAD_REDUCED_GRAYSCALE_2
            found = cv2.imdecode(packed, flag)
    except cv2.error:
        return None
    return None if found is None else np.asarray(found, dtype=np.uint8)


def _jpeg_sizes(data: bytes) -> Iterator[Size]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            yield width, height
            return
        else:
            at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])


def _tiff_sizes(data: bytes, order: str) -> Iterator[Size]:
    """The pages of a TIFF, each of which says where the next one begins."""
    seen = {0}
    [place] = struct.unpack_from(f"{order}I", data, 4) if len(data) >= 8 else (len(data),)
    while place not in seen:
        seen.add(place)
        try:
            [count] = struct.unpack_from(f"{order}H", data, place)
            tags = dict(_tiff_tags(data, order, place + 2, count))
            [place] = struct.unpack_from(f"{order}I", data, place + 2 + count * _ENTRY)
        except struct.error:
            yield 0, 0
            return
        yield tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0)


def _tiff_tags(data: bytes, order: str, place: int, count: int) -> Iterator[tuple[int, int]]:
    """The tags of a page that are single numbers."""
    for entry in range(place, place + count * _ENTRY, _ENTRY):
        tag, kind, _ = struct.unpack_from(f"{order}HHI", data, entry)
        if tag in {_WIDTH, _HEIGHT} and kind in _NUMBERS:
            yield tag, struct.unpack_from(f"{order}{_NUMBERS[kind]}", data, entry + 8)[0]


def _is_clear(data: bytes) -> bool:
    """Whether the paper may shine through a PNG."""
    if data[:8] != _PNG:
        return False
    return data[25:26] in [bytes([kind]) for kind in _WITH_ALPHA] or b"tRNS" in data[: max(data.find(b"IDAT"), 0)]


def _on_white(picture: NDArray[Any]) -> Grey:
    """A picture of 1, 3 or 4 channels laid on white paper."""
    eight = (picture >> 8).astype(np.uint8) if picture.dtype == np.uint16 else np.asarray(picture, dtype=np.uint8)
    if eight.ndim == 2:
        return eight
    grey = np.asarray(cv2.cvtColor(eight[..., :3], cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    if eight.shape[2] < 4:
        return grey
    there = eight[..., 3].astype(np.uint16)
    return ((grey * there + 255 * (255 - there)) // 255).astype(np.uint8)


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries of C below complain on stderr themselves; what is wrong with a picture is told by us, in a line."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
