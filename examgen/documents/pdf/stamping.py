"""Fills a skeleton with one student's texts: the changed objects, the cross-reference table and the trailer are
written behind the unchanging prefix.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from examgen.documents.numbers import FIRST_SLOT
from examgen.typeset import Form, FormSet, Formula

FONT = b"/M"
"""The name of the formulas' font in the resources of their drawings."""

LEAST_COMPRESSED = 256
"""Shorter streams are written as they are."""

_SLOTS = re.compile("([\U000f0000-\U000fffff])")
_ESCAPED = re.compile(rb"([\\()])")


@dataclass(frozen=True, slots=True, eq=False)
class OpenForm:
    """The drawing of one formula with slots: an object that is written for each student.

    Attributes:
        number: of the PDF object.
        formula: its layout.
        slots: which of the page's texts each slot shows, in the order of the formula's slots.
        is_centred: whether room that narrower numbers leave goes to both sides.
        head: the stream's dictionary up to its length.
        is_right: whether that room is on the left.
    """

    number: int
    formula: Formula
    slots: tuple[int, ...]
    is_centred: bool
    head: bytes
    is_right: bool = False


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
        prefix: header and all closed objects.
        offsets: by object number, where a closed object begins; 0 for open ones.
        forms: open drawings.
        alts: open alternative texts.
        trailer: entries of the trailer but its size.
        missing: characters for which neither the shipped fonts nor those of the machine had a glyph.
        gaps: objects that are left to the caller of `stamp`.
        drawings: the open drawings, to be filled together.
        said: the open objects of `alts`.
        rows: the cross-reference table, with gaps for the open objects in the order of their numbers.
    """

    prefix: bytes
    offsets: tuple[int, ...]
    forms: tuple[OpenForm, ...]
    alts: tuple[OpenAlt, ...]
    trailer: bytes
    missing: str = ""
    gaps: tuple[Gap, ...] = ()
    drawings: FormSet = field(init=False, repr=False)
    said: tuple["_SaidObject", ...] = field(init=False, repr=False)
    rows: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        forms = [Form(form.formula, form.slots, form.is_centred, form.is_right) for form in self.forms]
        object.__setattr__(self, "drawings", FormSet(forms, FONT))
        object.__setattr__(self, "said", tuple([_said_object(alt) for alt in self.alts]))
        kinds: Sequence[Sequence[OpenForm | OpenAlt | Gap]] = (self.forms, self.alts, self.gaps)
        is_open = {one.number for kind in kinds for one in kind}
        rows = [
            b"%010d 00000 n \n" if number in is_open else b"%010d 00000 n \n" % offset
            for number, offset in enumerate(self.offsets)
        ]
        object.__setattr__(self, "rows", b"".join(rows[1:]))


def stamp(
    skeleton: PaperSkeleton,
    texts: Sequence[str],
    spoken: Sequence[str],
    more: Mapping[int, bytes] = MappingProxyType({}),
) -> bytes:
    """One student's PDF.

    Args:
        skeleton: the page.
        texts: of the page, as drawn.
        spoken: each text as read aloud.
        more: further objects by number: all gaps of the skeleton, and new ones that are counted on without a gap.

    Raises:
        SlotTooNarrow: a text is wider than its slot.
        MissingGlyph: the font lacks a character of a text.
    """
    drawn = skeleton.drawings.operators(texts)
    bodies = {form.number: _stream(form, content) for form, content in zip(skeleton.forms, drawn, strict=True)}
    filled = [_encoded(text) for text in spoken]
    for alt in skeleton.said:
        bodies[alt.number] = b"".join([part if isinstance(part, bytes) else part.filled(filled) for part in alt.parts])
    bodies |= more
    objects = [b"%d 0 obj\n%b\nendobj\n" % body for body in bodies.items()]
    end = len(skeleton.prefix)
    offsets: dict[int, int] = {}
    for number, part in zip(bodies, objects, strict=True):
        offsets[number] = end
        end += len(part)
    body = b"".join(objects)
    return b"".join((skeleton.prefix, body, _tail(skeleton, offsets, end, hashlib.md5(body, usedforsecurity=False))))


def _tail(skeleton: PaperSkeleton, offsets: Mapping[int, int], end: int, digest: "hashlib._Hash") -> bytes:
    """Cross-reference table and trailer of a file whose objects end at `end`."""
    # New objects have the numbers behind those of the skeleton.
    new = max([len(skeleton.offsets), *(number + 1 for number in offsets)]) - len(skeleton.offsets)
    rows = (skeleton.rows + b"%010d 00000 n \n" * new) % tuple([offsets[number] for number in sorted(offsets)])
    size, name = len(skeleton.offsets) + new, digest.hexdigest().encode()
    trailer = b"<< /Size %d %b /ID [<%b><%b>] >>" % (size, skeleton.trailer, name, name)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, rows)
    return b"%btrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (table, trailer, end)


def _stream(form: OpenForm, content: bytes) -> bytes:
    if len(content) < LEAST_COMPRESSED:
        return b"%b /Length %d >>\nstream\n%b\nendstream" % (form.head, len(content), content)
    packed = zlib.compress(content, 1)
    return b"%b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (form.head, len(packed), packed)


def pdf_text(text: str) -> bytes:
    """A text string of a PDF file."""
    return b"(%b)" % _literal(text) if text.isascii() else b"<FEFF%b>" % _wide(text)


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


def _said_object(alt: OpenAlt) -> _SaidObject:
    parts: list[bytes | _Said] = [alt.parts[0]]
    for text, part in zip(alt.texts, alt.parts[1:], strict=True):
        parts += [_said(text), part]
    return _SaidObject(alt.number, tuple(parts))


def _said(text: str) -> _Said:
    pieces = _SLOTS.split(text)
    around = [_encoded(piece) for piece in pieces[::2]]
    literals = [piece.literal for piece in around if piece.literal is not None]
    literal = b"(" + b"%b".join([one.replace(b"%", b"%%") for one in literals]) + b")"
    wide = b"<FEFF" + b"%b".join([piece.wide for piece in around]) + b">"
    gaps = tuple(ord(slot) - FIRST_SLOT for slot in pieces[1::2])
    return _Said(_Encoded(literal if len(literals) == len(around) else None, wide), gaps)


def _encoded(text: str) -> _Encoded:
    return _Encoded(_literal(text) if text.isascii() else None, _wide(text))


def _literal(text: str) -> bytes:
    return _ESCAPED.sub(rb"\\\1", text.encode())


def _wide(text: str) -> bytes:
    return text.encode("utf-16-be").hex().upper().encode()
