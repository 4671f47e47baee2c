"""Fills a skeleton with one student's texts: a part with what differs is written behind the unchanging prefix."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.pdf.pdf_parts import HEADER, SMALL, Helpers, Objects, ending, part, stream
from examgen.exams.keys.pdf_form import OWN_CONTENT
from examgen.typeset import FormSet

FONT = b"/M"
"""The name of the formulas' font in the resources of their drawings."""

_OWN = b"%b true " % OWN_CONTENT.encode()
_SLOTS = re.compile("([\U000f0000-\U000fffff])")
_BOM = b"\xfe\xff"
_LENGTH = re.compile(rb"/Length (\d+)")
_STREAM_ENDS = b"endstream"


@dataclass(frozen=True, slots=True, eq=False)
class OpenStream:
    """A piece of a page's content with formulas that have slots: a stream that is written for each student.

    Attributes:
        number: of the PDF object.
        parts: what stands around the formulas.
        forms: which of the skeleton's formulas stand in the gaps.
    """

    number: int
    parts: tuple[bytes, ...]
    forms: tuple[int, ...]

    def filled(self, drawn: Sequence[bytes]) -> bytes:
        """The content with these drawings of all formulas."""
        pieces = [b""] * (2 * len(self.forms) + 1)
        pieces[::2] = self.parts
        pieces[1::2] = [drawn[form] for form in self.forms]
        return b"".join(pieces)


@dataclass(frozen=True, slots=True, eq=False)
class OpenAlt:
    """An object with alternative texts of formulas with slots: its bytes around them, and the texts with slots."""

    number: int
    parts: tuple[bytes, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """An object that is written as a whole for each student, as `inserting` does: its bytes around what is missing."""

    number: int
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, eq=False)
class PaperSkeleton:
    """A document without its numbers, and ready for them: what no number changes is worked out when it is made.

    Attributes:
        prefix: all closed objects and their table.
        table: where the table begins.
        size: of the document in objects, when it was laid out; the tables and packed objects are behind them.
        forms: the formulas with slots, to be filled together.
        streams: open pieces of the pages.
        alts: open alternative texts.
        trailer: entries of the trailer that each table repeats.
        missing: characters for which neither the shipped fonts nor those of the machine had a glyph.
        gaps: objects that are left to the caller of `stamp`.
        said: the open objects of `alts`.
    """

    prefix: bytes
    table: int
    size: int
    forms: FormSet
    streams: tuple[OpenStream, ...]
    alts: tuple[OpenAlt, ...]
    trailer: bytes
    missing: str = ""
    gaps: tuple[Gap, ...] = ()
    said: tuple["_SaidObject", ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", tuple([_said_object(alt) for alt in self.alts]))

    @property
    def free(self) -> int:
        """The first number that no object has, those of a student's own part counted."""
        return self.size + 2 * len(Helpers._fields)


def first_part(closed: Objects, free: Sequence[int], size: int, trailer: bytes) -> tuple[bytes, int]:
    """Header and closed objects of a document, and where their table begins.

    Args:
        closed: the objects.
        free: the numbers of the open ones.
        size: the first number that none of either has.
        trailer: entries of the trailer.
    """
    streams = [(number, _compressed(body)) for number, body in closed if body.endswith(_STREAM_ENDS)]
    others = [(number, body) for number, body in closed if not body.endswith(_STREAM_ENDS)]
    helpers = Helpers(size, size + 1)
    written, table = part(
        len(HEADER), streams, others, helpers, trailer, free=(0, *free), level=SMALL, packed_level=SMALL
    )
    return HEADER + written, table


def stamp(
    skeleton: PaperSkeleton,
    texts: Sequence[str],
    spoken: Sequence[str],
    more: Mapping[int, bytes] = MappingProxyType({}),
    *,
    is_form: bool = False,
) -> bytes:
    """One student's PDF.

    Args:
        skeleton: the page.
        texts: of the page, as drawn.
        spoken: each text as read aloud.
        more: further objects by number: all gaps of the skeleton, and new ones, counted from its `free` on.
        is_form: whether it is handed in again, so that its pages have to be known as its own.

    Raises:
        SlotTooNarrow: a text is wider than its slot.
        MissingGlyph: the font lacks a character of a text.
    """
    drawn = skeleton.forms.operators(texts)
    own = _OWN if is_form else b""
    streams = [(open_.number, stream(own, open_.filled(drawn))) for open_ in skeleton.streams]
    filled = [_encoded(text) for text in spoken]
    others = [(alt.number, alt.filled(filled)) for alt in skeleton.said]
    for number, body in more.items():
        (streams if body.endswith(_STREAM_ENDS) else others).append((number, body))
    digest = hashlib.md5(usedforsecurity=False)
    for _, body in (*streams, *others):
        digest.update(body)
    name = digest.hexdigest().encode()
    helpers = Helpers(skeleton.size + 2, skeleton.size + 3)
    entries = b"%b /ID [<%b><%b>] /Prev %d" % (skeleton.trailer, name, name, skeleton.table)
    written, table = part(len(skeleton.prefix), streams, others, helpers, entries)
    return b"".join((skeleton.prefix, written, ending(table)))


def _compressed(body: bytes) -> bytes:
    """A stream as pikepdf writes it, compressed."""
    head, _, content = body.removesuffix(_STREAM_ENDS).partition(b"\nstream\n")
    length = _LENGTH.search(head)
    # Programs that know no PDF look for the metadata, too.
    if length is None or b"/Filter" in head or b"/Type /Metadata" in head:
        return body
    entries = b" ".join((head[: length.start()] + head[length.end() :]).split())
    entries = entries.removeprefix(b"<<").removesuffix(b">>").strip()
    return stream(entries + b" " if entries else b"", content[: int(length[1])], SMALL)


def pdf_text(text: str) -> bytes:
    """A text string of a PDF file."""
    return b"(%b)" % (_literal(text) if text.isascii() else _BOM + _wide(text))


class _Encoded(NamedTuple):
    """A piece of a text string: as literal, None where it is not ASCII, and in UTF-16."""

    literal: bytes | None
    wide: bytes


class _Said(NamedTuple):
    """A text string with gaps for the page's texts of these numbers."""

    around: _Encoded
    gaps: tuple[int, ...]

    def filled(self, texts: Sequence[_Encoded]) -> bytes:
        """The string as `pdf_text` writes it."""
        literal = self.around.literal
        if literal is not None:
            pieces = [texts[gap].literal for gap in self.gaps]
            if None not in pieces:
                return literal % tuple(pieces)
        return self.around.wide % tuple([texts[gap].wide for gap in self.gaps])


class _SaidObject(NamedTuple):
    """An open object with alternative texts."""

    number: int
    parts: tuple[bytes | _Said, ...]

    def filled(self, texts: Sequence[_Encoded]) -> bytes:
        """The object with these texts of the page."""
        return b"".join([one if isinstance(one, bytes) else one.filled(texts) for one in self.parts])


def _said_object(alt: OpenAlt) -> _SaidObject:
    parts: list[bytes | _Said] = [alt.parts[0]]
    for text, behind in zip(alt.texts, alt.parts[1:], strict=True):
        parts += [_said(text), behind]
    return _SaidObject(alt.number, tuple(parts))


def _said(text: str) -> _Said:
    pieces = _SLOTS.split(text)
    around = [_encoded(piece) for piece in pieces[::2]]
    literals = [piece.literal for piece in around if piece.literal is not None]
    literal = b"(" + b"%b".join([one.replace(b"%", b"%%") for one in literals]) + b")"
    wide = b"(" + _BOM + b"%b".join([piece.wide.replace(b"%", b"%%") for piece in around]) + b")"
    gaps = tuple(ord(slot) - FIRST_SLOT for slot in pieces[1::2])
    return _Said(_Encoded(literal if len(literals) == len(around) else None, wide), gaps)


@lru_cache(maxsize=16384)
def _encoded(text: str) -> _Encoded:
    """Kept because students share most numbers."""
    return _Encoded(_literal(text) if text.isascii() else None, _wide(text))


def _literal(text: str) -> bytes:
    return _escaped(text.encode())


def _wide(text: str) -> bytes:
    return _escaped(text.encode("utf-16-be"))


def _escaped(data: bytes) -> bytes:
    """Bytes of a string; a reader takes the end of a line for another one."""
    data = data.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
    return data.replace(b"\r", rb"\r")
