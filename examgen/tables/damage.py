"""Bytes that are no UTF-8 text, as where a spreadsheet saves "ANSI": kept in their cells, so that each costs its own.

Called by `text`, and by those who know which cells count. A byte that does not fit stands in the text as one character
of a private range, until the cell that it is in is looked at.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIRST = 0xF700
"""The byte b stands as the character of this code plus b; bytes that do not fit are 0x80 and above."""

_CHUNK = 1 << 20
_DAMAGED = re.compile(f"[{chr(_FIRST + 0x80)}-{chr(_FIRST + 0xFF)}]")
# Decoded with "surrogateescape", a byte becomes a lone surrogate; written as UTF-8, these begin with one of two pairs
# of bytes, which nothing else has, and so do the characters that they are to be.
_SURROGATES = ((b"\xed\xb2", b"\xef\x9e"), (b"\xed\xb3", b"\xef\x9f"))
_UNKNOWN = "\ufffd"


def _table(characters: dict[int, str]) -> dict[int, str]:
    return {_FIRST + byte: characters.get(byte, _UNKNOWN) for byte in range(0x80, 0x100)}


_WINDOWS = _table({byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)})
# Dashes, a space, the point and the cross of a product: these are the same in nearly all encodings of one byte.
_SIGNS = _table({0x96: "\u2013", 0x97: "\u2014", 0xA0: "\u00a0", 0xB7: "\u00b7", 0xD7: "\u00d7"})


@dataclass(frozen=True, slots=True)
class Damage:
    """How many bytes of a text do not fit, and the line of the first."""

    count: int
    line: int


def marked(data: bytes) -> bytes:
    """The bytes as UTF-8, with those marked that do not fit."""
    return b"".join(_marked(data))


def damage_of(text: bytes) -> Damage:
    """What `marked` has marked in a text with LF line ends."""
    places = [text.find(new) for _, new in _SURROGATES]
    first = min((place for place in places if place >= 0), default=0)
    return Damage(sum(text.count(new) for _, new in _SURROGATES), text.count(b"\n", 0, first) + 1)


def is_damaged(cell: str) -> bool:
    """Whether bytes of a cell did not fit."""
    return _DAMAGED.search(cell) is not None


def as_windows(cell: str) -> str:
    """A cell with its bytes read as Windows writes them, U+FFFD for those that it does not write."""
    return cell.translate(_WINDOWS) if is_damaged(cell) else cell


def as_number(cell: str) -> str:
    """A cell with a number, signs read that mean the same in nearly all encodings, and U+FFFD for other bytes."""
    return cell.translate(_SIGNS) if is_damaged(cell) else cell


def is_whole(cell: str) -> bool:
    """Whether all bytes of a cell could be read."""
    return _UNKNOWN not in cell


def _marked(data: bytes) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for begin in range(0, len(data) + 1, _CHUNK):
        text = decoder.decode(data[begin : begin + _CHUNK], begin + _CHUNK > len(data))
        part = text.encode("utf-8", "surrogatepass")
        for old, new in _SURROGATES:
            part = part.replace(old, new)
        yield part
