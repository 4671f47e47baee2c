"""Bytes of a CSV file as text: read within limits, checked to be text, and cut into lines.

Called by `csv_tables`, `table_rows` and `columns`. Whatever the encoding and the line ends of a file, what comes out
is UTF-8 with LF, so that all readers of it count the same lines.
"""

import codecs
import io
import os
import re
import stat
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from examgen.errors import AnswersError
from examgen.tables.damage import Damage, damage_of, marked

_NOT_CSV = (
    (b"PK\x03\x04", "a spreadsheet or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet file"),
    (b"%PDF", "a PDF"),
    (b"\xff\xfe\x00\x00", "UTF-32 text"),
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
    (b"{\\rtf", "a text document"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"\x1f\x8b", "a packed file"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype html|html|\?xml)\b", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHUNK = 1 << 20
_LARGE = 1 << 22


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold at most: bytes, lines, characters in a cell, columns."""

    max_bytes: int = 1 << 30
    max_rows: int = 12_000_000
    max_field: int = 10_000
    max_columns: int = 64

    @property
    def max_line(self) -> int:
        """Characters of one line that are looked at; the rest is passed over unread."""
        return self.max_field * self.max_columns


DEFAULT_LIMITS = Limits()


class NotTextError(AnswersError):
    """Bytes that are no text of the encoding that the file seems to have."""

    def __init__(self, told: str, encoding: str) -> None:
        super().__init__(told)
        self.encoding = encoding


class Line(NamedTuple):
    """A line: its number (the file's first is 1), its text, and whether the text is cut."""

    number: int
    text: str
    is_cut: bool


def printable(text: object, longest: int = 300) -> str:
    """Return foreign text on one line, cut, without characters that steer a terminal."""
    shown = str(text)
    return on_one_line(shown if len(shown) <= longest else shown[:longest] + "…")


def on_one_line(text: str) -> str:
    """Foreign text without characters that steer a terminal, which are spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def read_bytes(path: Path, most: int, kind: str = "CSV") -> bytes:
    """The bytes of a regular file.

    Raises: AnswersError if the file is missing, no regular file, or has more than `most` bytes.
    """
    where = printable(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise AnswersError(f"{where}: is a folder, a pipe or a device; a regular {kind} file is needed")
        # Without waiting, so that a pipe put in the file's place meanwhile cannot hold the reader up.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > most:
                raise AnswersError(f"{where}: has {found.st_size:,} bytes; at most {most:,} are allowed")
            data = file.read(found.st_size + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AnswersError(f"{where}: cannot be read ({told}); a readable {kind} file is needed") from error
    if len(data) > found.st_size:
        raise AnswersError(f"{where}: grew while it was read; give a file that nobody is writing")
    return data


def as_utf8(where: str, data: bytes) -> bytes:
    """The text of a file as UTF-8 with LF line ends and without byte order mark.

    Raises: AnswersError if the bytes are not UTF-8 or UTF-16 text; the message begins with `where`.
    """
    _check_kind(where, data)
    encoding, mark = _encoding(where, data)
    parts = _decoded(where, data, encoding, mark)
    if encoding == "utf-8":
        if not data.isascii() and not _is_large_utf8(data):
            for _ in parts:
                pass
        text = data[mark:] if mark else data
    else:
        text = b"".join(part.encode() for part in parts)
    return _with_line_feeds(text)


def _is_large_utf8(data: bytes) -> bool:
    """Whether a large file is UTF-8, which Arrow sees in a third of the time; of others nothing is said."""
    if len(data) < _LARGE:
        return False
    import pyarrow as pa  # takes longer to import than a small file to decode

    ends = pa.py_buffer(array("q", (0, len(data))))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def as_marked_utf8(where: str, data: bytes) -> tuple[bytes, Damage | None]:
    """As `as_utf8`, but bytes that are no UTF-8 are marked as `damage` says and not refused; what was marked.

    Raises: AnswersError as `as_utf8` does, where the file is no text of one byte for a letter.
    """
    try:
        return as_utf8(where, data), None
    except NotTextError as error:
        if error.encoding != "utf-8":
            raise
    mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    text = _with_line_feeds(marked(data[mark:]))
    return text, damage_of(text)


def _with_line_feeds(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _check_kind(where: str, data: bytes) -> None:
    for start, kind in _NOT_CSV:
        if data.startswith(start):
            raise AnswersError(f"{where}: is {kind}; save the sheet as CSV (UTF-8)")
    if _WEB_PAGE.match(data[:1000]):
        raise AnswersError(f"{where}: is a web page or other XML; save the sheet as CSV (UTF-8)")


def lines_of(where: str, text: bytes, limits: Limits) -> Iterator[Line]:
    """The lines of what `as_utf8` gave, long ones cut.

    Raises: AnswersError beyond the limit of rows.
    """
    stream = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="\n")
    longest = limits.max_line
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        check_rows(where, number, limits)
        body = line.removesuffix("\n")
        rest = line
        while rest and not rest.endswith("\n"):
            rest = stream.readline(_CHUNK)
        yield Line(number, body[:longest], len(body) > longest)


def check_rows(where: str, lines: int, limits: Limits) -> None:
    """Raise AnswersError if a file with so many lines has more rows than allowed."""
    # Blank lines count too: 64 MiB of them are no table. One line is the header, one may be "sep=;".
    if lines > limits.max_rows + 2:
        raise AnswersError(f"{where}: has more than {limits.max_rows:,} rows, the most allowed")


def _encoding(where: str, data: bytes) -> tuple[str, int]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    # Without a mark, UTF-16 is certain only where an ASCII header alternates with NULs.
    head = data[:32]
    if len(head) >= 16:
        for encoding, letters, nuls in (("utf-16-le", head[::2], head[1::2]), ("utf-16-be", head[1::2], head[::2])):
            if not any(nuls) and all(0 < byte < 128 for byte in letters):
                return encoding, 0
        if head.count(0) * 4 == len(head) * 3:
            raise AnswersError(f"{where}: is UTF-32 text; save the sheet as CSV (UTF-8)")
    return "utf-8", 0


def _decoded(where: str, data: bytes, encoding: str, mark: int) -> Iterator[str]:
    """The text in pieces; only one of them is held at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for begin in range(mark, len(data) + 1, _CHUNK):
        end = begin + _CHUNK
        try:
            yield decoder.decode(data[begin:end], end > len(data))
        except UnicodeDecodeError as error:
            at = min(end, len(data)) - len(error.object) + error.start
            lines = data.count(b"\n", 0, at) + 1
            place = f"{where}: {f'line {lines}, ' if encoding == 'utf-8' else ''}byte {at + 1}"
            told = f"{place}: is not {encoding.upper()} text; save the sheet as CSV (UTF-8)"
            raise NotTextError(told, encoding) from None
