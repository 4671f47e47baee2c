"""A PDF file that is written object by object, and never goes back: `joining` fills it.

Objects without a stream are packed into object streams, and the cross-reference table is a stream as well (PDF 32000-1,
7.5.7 and 7.5.8).
"""

import hashlib
import re
import zlib
from collections.abc import Callable

HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

MOST_PACKED = 200
"""Objects in one object stream: a reader unpacks all of them for one."""

_ROW = (1, 5, 2)
"""Bytes of the kind, place and index of an object in the table."""

_FREE, _APART, _PACKED = 0, 1, 2
_TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>|\b(\d+) \d+ R\b", re.DOTALL)
_DIGEST = 16


def renumbered(text: bytes, number: Callable[[int], int]) -> bytes:
    """An object as qpdf writes it, with other numbers in its references."""

    def put(found: re.Match[bytes]) -> bytes:
        # What looks like a reference within a string is none.
        return found[0] if found[1] is None else b"%d 0 R" % number(int(found[1]))

    return _TOKEN.sub(put, text)


class ObjectFile:
    """A file in the making."""

    def __init__(self) -> None:
        self._waiting = [HEAD]
        self._end = len(HEAD)
        self._digest = hashlib.md5(HEAD, usedforsecurity=False)
        self._rows = [_row(_FREE, 0, 2**16 - 1)]
        self._known: dict[bytes, int] = {}
        self._packed: list[tuple[int, bytes]] = []

    def reserve(self) -> int:
        """The number of an object that is `put` later."""
        self._rows.append(b"")
        return len(self._rows) - 1

    def shared(self, body: bytes, data: bytes | None = None) -> int:
        """The number of an object with this content: a new one only where there is none yet.

        Args:
            body: the object, or the dictionary of its stream.
            data: the stream.
        """
        digest = hashlib.blake2b(body, digest_size=_DIGEST)
        if data is not None:
            digest.update(b"\0stream\0" + data)
        name = digest.digest()
        if name not in self._known:
            self._known[name] = self.reserve()
            self.put(self._known[name], body, data)
        return self._known[name]

    def put(self, number: int, body: bytes, data: bytes | None = None) -> None:
        """Give an object whose number was reserved its content."""
        if data is not None:
            self._rows[number] = _row(_APART, self._end, 0)
            self._write(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, body, data))
            return
        self._packed.append((number, body))
        if len(self._packed) == MOST_PACKED:
            self._pack()

    def written(self) -> bytes:
        """What has been written since this was asked last."""
        waiting = b"".join(self._waiting)
        self._waiting.clear()
        return waiting

    def ended(self, root: int, info: int) -> bytes:
        """The rest of the file; every number is put. Its name follows from its content."""
        self._pack()
        table = self.reserve()
        start = self._end
        self._rows[table] = _row(_APART, start, 0)
        name = self._digest.hexdigest().encode()
        head = b"/Type /XRef /Size %d /W [ %d %d %d ]" % (len(self._rows), *_ROW)
        named = b"/Root %d 0 R /Info %d 0 R /ID [<%b><%b>]" % (root, info, name, name)
        rows = zlib.compress(b"".join(self._rows))
        entries = b"<< %b %b /Filter /FlateDecode /Length %d >>" % (head, named, len(rows))
        self._write(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (table, entries, rows))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)
        return self.written()

    def _pack(self) -> None:
        if not self._packed:
            return
        places, length = [], 0
        stream = self.reserve()
        for index, (number, body) in enumerate(self._packed):
            places.append(b"%d %d" % (number, length))
            length += len(body) + 1
            self._rows[number] = _row(_PACKED, stream, index)
        table = b" ".join(places) + b"\n"
        data = zlib.compress(table + b"\n".join([body for _, body in self._packed]))
        head = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(self._packed), len(table))
        self._packed.clear()
        self.put(stream, b"%b /Length %d >>" % (head, len(data)), data)

    def _write(self, part: bytes) -> None:
        self._waiting.append(part)
        self._end += len(part)
        self._digest.update(part)


def _row(*cells: int) -> bytes:
    return b"".join([cell.to_bytes(size, "big") for cell, size in zip(cells, _ROW, strict=True)])
