"""A page laid out once: WeasyPrint sets the HTML, and every formula's image is swapped for its glyphs.

What is the same for all students of a shape becomes one prefix of bytes; formulas with slots and their alternative
texts stay open. `stamping` fills them in. pikepdf prepares and checks; nothing here runs for a single student.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import pikepdf

from examgen.documents.numbers import is_slot
from examgen.documents.pdf.font_objects import font_object, strip_fonts
from examgen.documents.pdf.html_pdf import SetPages, set_pages
from examgen.documents.pdf.page_content import PageDrawings, draw_formulas
from examgen.documents.pdf.stamping import FONT, Gap, OpenAlt, OpenStream, PaperSkeleton, first_part, pdf_text
from examgen.documents.pdf.structure_tree import tighten
from examgen.documents.placeholders import ALT, GAP, OPEN_ENTRY, alt_mark
from examgen.documents.themes import Theme
from examgen.documents.typesetting import NAMES, Image, Typesetter, math_font
from examgen.typeset import EmbeddedFont, embedded_font, form_set
from examgen.typeset.drawn.slot_texts import COMMON

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj\s*\Z", re.DOTALL)
_TYPE = b" /Type /StructElem >>"
_RECT = re.compile(rb"(?<=/Rect \[ )[-\d. ]+(?= \])")
_LABEL = re.compile(rb"(?<=/TU )<feff([0-9a-f]*)>")
_ONLY_KID = re.compile(rb"\A<< /K \[ (\d+(?: 0 R)?) \] ")

Rework = Callable[[pikepdf.Pdf, pikepdf.Object], None]
"""Changes a document whose formulas have this font. Objects with a name `gap_name` in them become gaps."""


def make_skeleton(
    html: str,
    typesetter: Typesetter,
    hidden: Mapping[str, str] = MappingProxyType({}),
    theme: Theme | None = None,
) -> PaperSkeleton:
    """Lay out a document.

    Args:
        html: the page; its formulas were collected by the typesetter.
        typesetter: has the formulas.
        hidden: form fields that nobody sees or changes, such as the exam, by name; slots may stand in their values.
        theme: rules behind the shipped ones.
    """
    return skeleton_from(laid_out(html, typesetter.images, theme), typesetter.images, hidden)


def laid_out(html: str, images: Sequence[Image], theme: Theme | None = None) -> SetPages:
    """The pages of a document, with images of one pixel in the place of formulas."""
    return set_pages(html, {f"formula:{n}": _pixel(n) for n in range(len(images))}, theme, read=_read_pixels())


@cache
def _read_pixels() -> dict[str, Any]:
    """The images as WeasyPrint has read them: every document has the same ones."""
    return {}


def skeleton_from(
    pages: SetPages,
    images: Sequence[Image],
    hidden: Mapping[str, str] = MappingProxyType({}),
    rework: Rework | None = None,
    *,
    is_added_to: bool = False,
) -> PaperSkeleton:
    """The skeleton of laid out pages.

    Args:
        pages: with the images of these formulas.
        images: the formulas.
        hidden: as for `make_skeleton`.
        rework: changes the document at the end.
        is_added_to: whether formulas may come later, and all letters with them.
    """
    texts = [image.spoken for image in images] + list(hidden.values())
    with pikepdf.open(io.BytesIO(pages.pdf)) as pdf:
        font = _add_font(pdf, images, is_added_to=is_added_to)
        strip_fonts(pdf)
        tighten(pdf)
        drawings = draw_formulas(pdf, images, font, is_form=bool(hidden))
        _finish_form(pdf, {name: len(images) + place for place, name in enumerate(hidden)})
        if rework is not None:
            rework(pdf, font)
        saved = io.BytesIO()
        pdf.save(
            saved,
            static_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            # They are compressed with what is packed.
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return _split(saved.getvalue(), drawings, texts, pages.missing)


def _finish_form(pdf: pikepdf.Pdf, hidden: Mapping[str, int]) -> None:
    """Add the hidden fields, with marks for their texts; viewers draw what is typed with the fonts of the form."""
    if not hidden:
        return
    if "/AcroForm" not in pdf.Root:
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([])))
    page = pdf.pages[0]
    if "/Annots" not in page:
        page.Annots = pikepdf.Array([])
    for name, place in hidden.items():
        widget = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=name,
            TU=name,
            V=alt_mark(place),
            Ff=1,
            F=2,
            Rect=pikepdf.Array([0, 0, 0, 0]),
            P=page.obj,
        )
        field = pdf.make_indirect(widget)
        pdf.Root.AcroForm.Fields.append(field)
        page.Annots.append(field)


@cache
def _pixel(number: int) -> bytes:
    """A PNG of one pixel, of another colour for each image, so that none are merged."""
    raw = b"\0" + number.to_bytes(3, "big")

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def _add_font(pdf: pikepdf.Pdf, images: Sequence[Image], *, is_added_to: bool) -> pikepdf.Object:
    """The font of formulas, with the letters of all sizes that these have, or that any may have which come later."""
    font = math_font()
    levels = {slot.level for image in images for slot in image.formula.slots} | ({0, 1, 2} if is_added_to else {0})
    glyphs = {
        glyph
        for image in images
        for step in image.formula.program
        if not isinstance(step, int)
        for _, word in step.words
        for glyph in word
    }
    for character in sorted(NAMES):
        if ord(character) in font.characters:
            # Names stand in no script; numbers may.
            glyphs.update(font.glyph(character, level) for level in (levels if character in COMMON else (0,)))
    return font_object(pdf, _embedded(frozenset(glyphs)))


@lru_cache(maxsize=64)
def _embedded(glyphs: frozenset[int]) -> EmbeddedFont:
    """These glyphs of the font of formulas: documents with the same formulas have the same ones."""
    return embedded_font(math_font(), glyphs)


def _split(pdf: bytes, drawings: PageDrawings, texts: Sequence[str], missing: str) -> PaperSkeleton:
    """Closed objects as one prefix; open ones apart."""
    objects, trailer = _objects(pdf)
    streams: list[OpenStream] = []
    alts: list[OpenAlt] = []
    gaps: dict[int, Gap] = {}
    closed: list[tuple[int, bytes]] = []
    for number, whole in sorted(objects.items()):
        body = _short_field(whole) if b"/Subtype /Widget" in whole else _shortened(whole)
        if mark := OPEN_ENTRY.search(body):
            content = drawings.contents[int(mark[1])]
            streams.append(OpenStream(number, content.parts, content.forms))
            continue
        if gap := GAP.search(body):
            gaps[int(gap[1])] = Gap(number, body[: gap.start()], body[gap.end() :])
            continue
        parts = ALT.split(_closed_alts(body, texts))
        if len(parts) > 1:
            alts.append(OpenAlt(number, tuple(parts[::2]), tuple(texts[int(n)] for n in parts[1::2])))
            continue
        closed.append((number, parts[0]))
    in_order = tuple(gap for _, gap in sorted(gaps.items()))
    free = [one.number for kind in (streams, alts, in_order) for one in kind]
    size = max(objects) + 1
    prefix, table = first_part(closed, free, size, trailer)
    forms = form_set(drawings.forms, math_font(), FONT)
    return PaperSkeleton(prefix, table, size, forms, tuple(streams), tuple(alts), trailer, missing, in_order)


def _shortened(body: bytes) -> bytes:
    """A structure element without what hundreds would repeat and readers do not need: its type, and the brackets around
    an only kid."""
    if not body.endswith(_TYPE):
        return body
    return _ONLY_KID.sub(rb"<< /K \1 ", body.removesuffix(_TYPE) + b" >>")


def _short_field(body: bytes) -> bytes:
    """A field with a box in thousandths of a point, and its label in bytes, not in digits."""
    body = _LABEL.sub(lambda label: pdf_text(bytes.fromhex(label[1].decode()).decode("utf-16-be")), body)
    return _RECT.sub(_rounded, body)


def _rounded(numbers: re.Match[bytes]) -> bytes:
    """Points of a form's box, to the thousandth."""
    return b" ".join([f"{float(number):.3f}".rstrip("0").rstrip(".").encode() for number in numbers[0].split()])


def _objects(pdf: bytes) -> tuple[Mapping[int, bytes], bytes]:
    """Object bodies by number, and the trailer's entries, of a file with a classic cross-reference table."""
    start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    table, _, trailer = pdf[start:].partition(b"trailer")
    lines = table.split(b"\n")
    first, count = map(int, lines[1].split())
    places = sorted((int(line[:10]), first + n) for n, line in enumerate(lines[2 : 2 + count]) if line[17:18] == b"n")
    ends = [place for place, _ in places[1:]] + [start]
    found = {}
    for (place, number), end in zip(places, ends, strict=True):
        match = _OBJECT.match(pdf[place:end])
        assert match is not None, f"object {number} is not where the table says"
        found[number] = match[2]
    entries = re.sub(rb"/(?:Size \d+|ID \[.*?\])", b"", trailer[: trailer.index(b"startxref")].strip(), flags=re.DOTALL)
    return found, entries.strip()[2:-2].strip()


def _closed_alts(body: bytes, texts: Sequence[str]) -> bytes:
    """Put in the texts without slots."""

    def put(mark: re.Match[bytes]) -> bytes:
        text = texts[int(mark[1])]
        return mark[0] if is_slot(max(text, default="")) else pdf_text(text)

    return ALT.sub(put, body)
