"""What a PDF file is written of: parts that stand behind one another, each with its objects and a table of them.

The first part has what all students share, the second one a student's own, and a filled paper has a third. Objects
that are no streams are packed together, and the table, a cross-reference stream, names the part before (ISO 32000-1,
7.5.4 to 7.5.8).
"""

import re
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

QUICK, PACKED, SMALL = 1, 4, 9
"""How hard to compress: what is written for each student; packed objects in it, whose words recur; what all share."""

LEAST_COMPRESSED = 256
"""Shorter streams are written as they are."""

_ROW = struct.Struct(">BIH")
"""Of the table: kind, place or stream, and generation or index."""

_FREE, _PLACED, _PACKED = 0, 1, 2
_LAST = 0xFFFF  # generation of an object that never comes back
_TABLE = re.compile(rb"\d+ 0 obj\n<< /Type /XRef (.*?) /Length (\d+) >>\nstream\n", re.DOTALL)
_INDEX = re.compile(rb"/Index \[ ([\d ]+) \]")
_PACK = re.compile(
    rb"\d+ 0 obj\n<< /Type /ObjStm /N (\d+) /First (\d+) (/Filter /FlateDecode )?/Length (\d+) >>\nstream\n"
)
_END = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_FILTER = b"/Filter /FlateDecode"
_PREDICTED = b"/DecodeParms << /Predictor 12 /Columns %d >>" % _ROW.size

Objects = Sequence[tuple[int, bytes]]
"""Numbers and bodies."""


class Helpers(NamedTuple):
    """Numbers of the two objects that every part has for itself: its packed objects, and its table."""

    packed: int
    table: int


def stream(head: bytes, content: bytes, level: int = QUICK) -> bytes:
    """The body of a stream whose dictionary has these entries, too."""
    if len(content) < LEAST_COMPRESSED:
        return b"<< %b/Length %d >>\nstream\n%b\nendstream" % (head, len(content), content)
    packed = zlib.compress(content, level)
    return b"<< %b%b /Length %d >>\nstream\n%b\nendstream" % (head, _FILTER, len(packed), packed)


def part(
    start: int,
    streams: Objects,
    others: Objects,
    helpers: Helpers,
    entries: bytes,
    *,
    free: Sequence[int] = (),
    level: int = QUICK,
    packed_level: int = PACKED,
) -> tuple[bytes, int]:
    """The objects of a part of a file and their table; and where the table begins.

    Args:
        start: where in the file the part begins.
        streams: objects that are written one by one.
        others: objects that are packed together: no streams.
        helpers: numbers of objects that the part needs for itself, and that nothing else has.
        entries: of the trailer but for the size of the table.
        free: numbers that later parts fill; with them, the part is the first one.
        level, packed_level: of compression.
    """
    rows = {number: _ROW.pack(_FREE, 0, 0) for number in free}
    if free:
        rows[0] = _ROW.pack(_FREE, 0, _LAST)
    rows |= {number: _ROW.pack(_PACKED, helpers.packed, index) for index, (number, _) in enumerate(others)}
    placed = [*streams, (helpers.packed, _pack(others, packed_level))] if others else streams
    written, end = [], start
    for number, body in placed:
        whole = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        rows[number] = _ROW.pack(_PLACED, end, 0)
        written.append(whole)
        end += len(whole)
    rows[helpers.table] = _ROW.pack(_PLACED, end, 0)
    numbers = tuple(sorted(rows))
    head = b"/Type /XRef /Size %d /Index [ %b ] /W [ 1 4 2 ] %b " % (numbers[-1] + 1, _ranges(numbers), entries)
    table = b"".join([rows[number] for number in numbers])
    if len(table) >= LEAST_COMPRESSED:
        head, table = head + _PREDICTED + b" ", _differences(table)
    table = stream(head, table, level)
    return b"%b%d 0 obj\n%b\nendobj\n" % (b"".join(written), helpers.table, table), end


def ending(table: int) -> bytes:
    """What stands at the end of a file whose last table is at this place."""
    return b"startxref\n%d\n%%%%EOF\n" % table


def last_table(pdf: bytes) -> tuple[int, bytes]:
    """Where the last table of a file begins, and the entries of its dictionary."""
    found = _END.search(pdf, max(0, len(pdf) - 64))
    assert found is not None, "the end is not as `ending` writes it"
    table = _TABLE.match(pdf, int(found[1]))
    assert table is not None, "the table is not as `part` writes it"
    return int(found[1]), table[1]


def packed_objects(prefix: bytes, start: int) -> dict[int, bytes]:
    """The packed objects of a first part, by number.

    Args:
        prefix: header and part.
        start: where its table begins.

    Raises: ValueError: it is not as `part` writes it.
    """
    rows = table_rows(prefix, start)
    packs = {holder for kind, holder, _ in rows.values() if kind == _PACKED}
    found: dict[int, bytes] = {}
    for holder in packs:
        found |= _unpacked(prefix, rows[holder][1])
    return found


def table_rows(prefix: bytes, start: int) -> dict[int, tuple[int, int, int]]:
    """The rows of the table of a first part, by number.

    Raises: ValueError: there is none, or it is not as `part` writes it.
    """
    found = _TABLE.match(prefix, start)
    index = _INDEX.search(found[1]) if found else None
    if found is None or index is None:
        raise ValueError("there is no table")
    data = prefix[found.end() : found.end() + int(found[2])]
    data = _unfolded(data) if found[1].endswith(_FILTER) else data
    data = _sums(data) if _PREDICTED in found[1] else data
    spans = list(map(int, index[1].split()))
    numbers = [first + n for first, count in zip(spans[::2], spans[1::2], strict=True) for n in range(count)]
    if len(data) != _ROW.size * len(numbers):
        raise ValueError("the table has other rows")
    return dict(zip(numbers, _ROW.iter_unpack(data), strict=True))


def check_first_part(prefix: bytes, start: int, free: Sequence[int], size: int, entries: bytes) -> None:
    """Check that a first part is sound: each object is where the table says, and those numbers are free.

    Args:
        prefix: header and part.
        start: where its table begins.
        free: numbers, each of one object.
        size: the part's helpers have the numbers from here on.
        entries: of the trailer.

    Raises: ValueError: it is not.
    """
    rows, packed = table_rows(prefix, start), packed_objects(prefix, start)
    found: dict[int, list[int]] = {_FREE: [], _PLACED: [], _PACKED: []}
    for number, (kind, _, _) in rows.items():
        found.get(kind, []).append(number)
    is_sound = (
        prefix.startswith(HEADER)
        and rows.get(size + 1) == (_PLACED, start, 0)
        and prefix.endswith(b"\nendobj\n")
        and entries in prefix[start:]
        and found[_FREE] == sorted([0, *free])
        and found[_PACKED] == sorted(packed)
        and all(prefix.startswith(b"%d 0 obj\n" % number, rows[number][1]) for number in found[_PLACED])
        and sorted([*found[_FREE], *found[_PACKED], *found[_PLACED]]) == list(range(size + 2))
    )
    if not is_sound:
        raise ValueError("an object is not where the table says")


def _differences(table: bytes) -> bytes:
    """Each row less the one before, and a 2 before it, which says so: those of neighbours hardly differ."""
    rows = np.frombuffer(table, np.uint8).reshape(-1, _ROW.size)
    found = np.full((len(rows), _ROW.size + 1), 2, np.uint8)
    found[:, 1:] = rows
    found[1:, 1:] -= rows[:-1]
    return found.tobytes()


def _sums(differences: bytes) -> bytes:
    """The rows that `_differences` was made of.

    Raises: ValueError: there are none.
    """
    rows = np.frombuffer(differences, np.uint8).reshape(-1, _ROW.size + 1)
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).tobytes()


def _unpacked(prefix: bytes, place: int) -> dict[int, bytes]:
    found = _PACK.match(prefix, place)
    if found is None:
        raise ValueError("there are no packed objects")
    data = prefix[found.end() : found.end() + int(found[4])]
    data = _unfolded(data) if found[3] else data
    first = int(found[2])
    spans = list(map(int, data[:first].split()))
    if len(spans) != 2 * int(found[1]):
        raise ValueError("there are other packed objects")
    places = [first + place for place in spans[1::2]]
    ends = [*[place - 1 for place in places[1:]], len(data)]
    return {number: data[begin:end] for number, begin, end in zip(spans[::2], places, ends, strict=True)}


def _unfolded(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise ValueError(f"a stream cannot be read: {error}") from None


def _pack(objects: Objects, level: int) -> bytes:
    """The body of the stream of packed objects."""
    heads, end = [], 0
    for number, body in objects:
        heads.append(b"%d %d" % (number, end))
        end += len(body) + 1
    head = b" ".join(heads) + b"\n"
    content = head + b"\n".join([body for _, body in objects])
    return stream(b"/Type /ObjStm /N %d /First %d " % (len(heads), len(head)), content, level)


@lru_cache(maxsize=256)
def _ranges(numbers: tuple[int, ...]) -> bytes:
    """First number and count of each run of numbers."""
    starts = [place for place, number in enumerate(numbers) if place == 0 or number != numbers[place - 1] + 1]
    ends = [*starts[1:], len(numbers)]
    return b" ".join([b"%d %d" % (numbers[start], end - start) for start, end in zip(starts, ends, strict=True)])
