"""A page laid out once: WeasyPrint sets the HTML, and every formula's image is swapped for its glyphs.

What is the same for all students of a shape becomes one prefix of bytes; formulas with slots and their alternative
texts stay open. `stamping` fills them in. pikepdf prepares and checks; nothing here runs for a single student.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import pikepdf

from examgen.documents.numbers import is_slot
from examgen.documents.pdf.font_objects import font_object
from examgen.documents.pdf.html_pdf import SetPages, set_pages
from examgen.documents.pdf.stamping import FONT, Gap, OpenAlt, OpenForm, PaperSkeleton, pdf_text
from examgen.documents.placeholders import ALT, GAP, OPEN, OPEN_ENTRY, alt_mark
from examgen.documents.themes import Theme
from examgen.documents.typesetting import NAMES, Image, Typesetter, math_font
from examgen.typeset import EmbeddedFont, embedded_font, pdf_operators

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj\s*\Z", re.DOTALL)
_TYPE = b" /Type /StructElem >>"
_MARKED = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")

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
) -> PaperSkeleton:
    """The skeleton of laid out pages.

    Args:
        pages: with the images of these formulas.
        images: the formulas.
        hidden: as for `make_skeleton`.
        rework: changes the document at the end.
    """
    texts = [image.spoken for image in images] + list(hidden.values())
    with pikepdf.open(io.BytesIO(pages.pdf)) as pdf:
        font = _add_font(pdf, images)
        _swap_images(pdf, images, font)
        _release_margins(pdf)
        _finish_form(pdf, {name: len(images) + place for place, name in enumerate(hidden)})
        if rework is not None:
            rework(pdf, font)
        saved = io.BytesIO()
        pdf.save(
            saved,
            static_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=True,
            recompress_flate=False,
        )
    return _split(saved.getvalue(), images, texts, pages.missing)


def _release_margins(pdf: pikepdf.Pdf) -> None:
    """Make artifacts of the lines in the margins: WeasyPrint marks them and leaves them out of the structure tree."""
    told = set(_told(pdf.Root.StructTreeRoot, None))
    for page in pdf.pages:
        here = page.obj.objgen

        def released(mark: re.Match[bytes], here: tuple[int, int] = here) -> bytes:
            return mark[0] if (here, int(mark[1])) in told else b"/Artifact BMC"

        content = page.Contents.read_bytes()
        page.Contents = pdf.make_stream(_MARKED.sub(released, content))


def _told(element: pikepdf.Object, page: tuple[int, int] | None) -> Iterator[tuple[tuple[int, int], int]]:
    """Page and number of each piece of marked content that the structure tree tells of."""
    page = element.Pg.objgen if "/Pg" in element else page
    children = element.get("/K", pikepdf.Array([]))
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            if "/MCID" in child:
                yield (child.Pg.objgen if "/Pg" in child else page or (0, 0)), int(child.MCID)
            elif child.get("/Type") != pikepdf.Name.OBJR:
                yield from _told(child, page)
        elif page is not None:
            yield page, int(child)


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


def _add_font(pdf: pikepdf.Pdf, images: Sequence[Image]) -> pikepdf.Object:
    font = math_font()
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
            glyphs.update(font.glyph(character, level) for level in (0, 1, 2))
    return font_object(pdf, _embedded(frozenset(glyphs)))


@lru_cache(maxsize=64)
def _embedded(glyphs: frozenset[int]) -> EmbeddedFont:
    """These glyphs of the font of formulas: documents with the same formulas have the same ones."""
    return embedded_font(math_font(), glyphs)


def _swap_images(pdf: pikepdf.Pdf, images: Sequence[Image], font: pikepdf.Object) -> None:
    forms: dict[int, pikepdf.Object] = {}
    for page in pdf.pages:
        found = page.Resources.get("/XObject", pikepdf.Dictionary())
        for name in list(found.keys()):
            image = found[name]
            if image.get("/Subtype") != pikepdf.Name.Image or (int(image.Width), int(image.Height)) != (1, 1):
                continue
            number = int.from_bytes(image.read_bytes()[:3], "big")
            if number not in forms:
                forms[number] = _form(pdf, images[number], number, font)
            found[name] = forms[number]


def _form(pdf: pikepdf.Pdf, image: Image, number: int, font: pikepdf.Object) -> pikepdf.Object:
    """A drawing that fills the unit square, as an image does."""
    formula = image.formula
    width, height = formula.width or 1.0, (formula.height + formula.depth) or 1.0
    content = b"" if image.slots else pdf_operators(formula.place(), FONT, y=formula.depth)
    form = pdf.make_stream(content)
    form.Type = pikepdf.Name.XObject
    form.Subtype = pikepdf.Name.Form
    form.BBox = pikepdf.Array([-2, -2, round(width + 2, 3), round(height + 2, 3)])
    form.Matrix = pikepdf.Array([round(1 / width, 7), 0, 0, round(1 / height, 7), 0, 0])
    form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary({FONT.decode(): font}))
    if image.slots:
        form[OPEN] = number
    return form


def _split(pdf: bytes, images: Sequence[Image], texts: Sequence[str], missing: str) -> PaperSkeleton:
    """Closed objects as one prefix; open ones apart."""
    objects, trailer = _objects(pdf)
    size = max(objects) + 1
    prefix = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = [0] * size
    forms: list[OpenForm] = []
    alts: list[OpenAlt] = []
    gaps: dict[int, Gap] = {}
    for number, whole in sorted(objects.items()):
        body = _shortened(whole)
        if OPEN_ENTRY.search(body):
            forms.append(_open_form(number, body, images))
            continue
        if gap := GAP.search(body):
            gaps[int(gap[1])] = Gap(number, body[: gap.start()], body[gap.end() :])
            continue
        parts = ALT.split(_closed_alts(body, texts))
        if len(parts) > 1:
            alts.append(OpenAlt(number, tuple(parts[::2]), tuple(texts[int(n)] for n in parts[1::2])))
            continue
        offsets[number] = len(prefix)
        prefix += b"%d 0 obj\n%b\nendobj\n" % (number, parts[0])
    in_order = tuple(gap for _, gap in sorted(gaps.items()))
    return PaperSkeleton(bytes(prefix), tuple(offsets), tuple(forms), tuple(alts), trailer, missing, in_order)


def _shortened(body: bytes) -> bytes:
    """A structure element without its type, which every one of hundreds would repeat and which readers do not need."""
    return body.removesuffix(_TYPE) + b" >>" if body.endswith(_TYPE) else body


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


def _open_form(number: int, body: bytes, images: Sequence[Image]) -> OpenForm:
    mark = OPEN_ENTRY.search(body)
    assert mark is not None
    image = images[int(mark[1])]
    entries = OPEN_ENTRY.sub(b"", body[: body.index(b"stream")])
    head = re.sub(rb"/Length \d+|/Filter /FlateDecode", b"", entries).strip()
    head = b" ".join(head[:-2].split())
    return OpenForm(number, image.formula, image.slots, image.is_centred, head, image.is_right)


def _closed_alts(body: bytes, texts: Sequence[str]) -> bytes:
    """Put in the texts without slots."""

    def put(mark: re.Match[bytes]) -> bytes:
        text = texts[int(mark[1])]
        return mark[0] if is_slot(max(text, default="")) else pdf_text(text)

    return ALT.sub(put, body)
