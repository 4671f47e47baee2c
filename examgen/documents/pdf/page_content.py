"""Draws the formulas of a laid out document in the place of their images; `skeleton` calls it.

They stand among what the layout draws, as in a page that was set as a whole: all letters of a page compress together,
and are copied in their order. What has slots is left open, with what closely follows it; the rest of a page's content
is closed, and the same for all students.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pikepdf

from examgen.documents.pdf.stamping import FONT
from examgen.documents.placeholders import OPEN
from examgen.documents.typesetting import Image
from examgen.exams.keys.pdf_form import OWN_CONTENT
from examgen.typeset import Form, pdf_operators

PIXEL, NEARLY = 4 / 3, 0.0002
"""Of the layout, in points; all formulas are drawn at this scale, but for what rounding their sizes leaves."""

LEAST_CLOSED = 2048
"""Content between open formulas that is shorter is written anew with them: each stream has its own dictionary."""

_NUMBER = rb"-?[\d.]+"
_LONG = re.compile(rb"(?<![\w.])-?\d\d+\.\d{5,}")
_LETTERS = re.compile(rb"(?<=\n1 0 0 -1 )[\d.]+(?= [\d.]+ Tm\n)")
_MARKED = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")
_SHOWN = re.compile(
    # As WeasyPrint draws an image: clipped to its box, moved there, and made as large.
    rb"q\nq\nN N N N re\nW\nn\n(?P<mark>/\w+(?:\n<</MCID \d+>>\nBDC| BMC))\nq\n/a1 gs\n"
    rb"1 0 0 1 (?P<left>N) (?P<top>N) cm\nq\n(?P<width>N) 0 0 -(?P<height>N) 0 (?P<down>N) cm\n"
    rb"/(?P<name>\w+) Do\nQ\nQ\nEMC\nQ\nQ\b|/(?P<other>\w+) Do\b".replace(b"N", _NUMBER)
)


@dataclass(frozen=True, slots=True)
class OpenContent:
    """A piece of a page's content: what stands around the open formulas in it, and their places among the forms."""

    parts: tuple[bytes, ...]
    forms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageDrawings:
    """The open formulas of a document, and the open pieces of its pages, by the numbers that mark their streams."""

    forms: tuple[Form, ...]
    contents: tuple[OpenContent, ...]


def draw_formulas(
    pdf: pikepdf.Pdf, images: Sequence[Image], font: pikepdf.Object, *, is_form: bool = False
) -> PageDrawings:
    """Put the formulas, which have this font, into the pages; what is left open has marked streams. So have all that a
    form, which is handed in again, comes with.

    The lines in the margins become artifacts: WeasyPrint marks them and leaves them out of the structure tree.
    """
    told = set(_told(pdf.Root.StructTreeRoot, None))
    forms: dict[int, int] = {}
    contents: list[OpenContent] = []
    for page, names in zip(pdf.pages, [_formulas(page) for page in pdf.pages], strict=True):
        content = _shortened(_released(page.Contents.read_bytes(), page.obj.objgen, told))
        streams = []
        for piece in _pieces(_drawn(content, names, images), forms):
            if isinstance(piece, OpenContent):
                streams.append(pdf.make_stream(b" "))
                streams[-1][OPEN] = len(contents)
                contents.append(piece)
            else:
                streams.append(pdf.make_stream(piece))
                if is_form:
                    streams[-1][OWN_CONTENT] = True
        page.obj.Contents = streams[0] if len(streams) == 1 else pikepdf.Array(streams)
        for name in names:
            if "/" + name in page.Resources.XObject:
                del page.Resources.XObject["/" + name]
        page.Resources.Font[FONT.decode()] = font
    set_of = [images[number] for number in forms]
    return PageDrawings(
        tuple([Form(one.formula, one.slots, one.is_centred, one.is_right) for one in set_of]), tuple(contents)
    )


def _formulas(page: pikepdf.Page) -> dict[str, int]:
    """The formulas among the images of a page: their numbers by name."""
    found = page.Resources.get("/XObject", pikepdf.Dictionary())
    return {
        name.removeprefix("/"): int.from_bytes(image.read_bytes()[:3], "big")
        for name, image in found.items()
        if image.get("/Subtype") == pikepdf.Name.Image and (int(image.Width), int(image.Height)) == (1, 1)
    }


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


def _released(content: bytes, page: tuple[int, int], told: set[tuple[tuple[int, int], int]]) -> bytes:
    """Content whose marks that nothing tells of are those of artifacts."""

    def released(mark: re.Match[bytes]) -> bytes:
        return mark[0] if (page, int(mark[1])) in told else b"/Artifact BMC"

    return _MARKED.sub(released, content)


def _drawn(content: bytes, names: dict[str, int], images: Sequence[Image]) -> Iterator[bytes | int]:
    """Content with formulas in the place of their images: bytes, and the numbers of images with slots."""
    end = 0
    for shown in _SHOWN.finditer(content):
        name = (shown["name"] or shown["other"]).decode()
        if name not in names:
            continue
        image = images[names[name]]
        before, after = _around(shown, image)
        yield content[end : shown.start()] + before
        formula = image.formula
        yield names[name] if image.slots else pdf_operators(formula.place(), FONT, y=formula.depth)
        yield after
        end = shown.end()
    yield content[end:]


def _around(shown: re.Match[bytes], image: Image) -> tuple[bytes, bytes]:
    """What stands before and behind the operators of a formula, whose unit is a point and whose bottom is at 0."""
    formula = image.formula
    wide, high = 1 / (formula.width or 1.0), 1 / ((formula.height + formula.depth) or 1.0)
    if shown["other"]:
        return b"q %b 0 0 %b 0 0 cm " % (_decimal(wide), _decimal(high)), b" Q"
    scales = float(shown["width"]) * wide, float(shown["height"]) * high
    across, up = (PIXEL if abs(scale - PIXEL) < NEARLY else scale for scale in scales)
    bottom = _decimal(float(shown["top"]) + float(shown["down"]), 3)
    placed = _decimal(across), _decimal(up), _decimal(float(shown["left"]), 3), bottom
    # Not clipped: what stands out of the box by a hair may be seen.
    return b"q\n%b\n" % shown["mark"] + b"%b 0 0 -%b %b %b cm\n" % placed, b"\nEMC\nQ"


def _shortened(content: bytes) -> bytes:
    """Content with four decimals, and without the distances of 0 between letters."""
    content = content.replace(b">0<", b"").replace(b">0]", b">]")
    content = _LONG.sub(lambda number: _decimal(float(number[0]), 4), content)
    # Letters may be a little aside, but neither higher nor lower: some programs set them onto whole pixels.
    return _LETTERS.sub(lambda left: _decimal(float(left[0]), 3), content)


def _decimal(value: float, digits: int = 5) -> bytes:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".").encode()


def _pieces(drawn: Iterator[bytes | int], forms: dict[int, int]) -> Iterator[bytes | OpenContent]:
    """Content in pieces, closed and open in turn; open formulas get their places among the forms."""
    closed: list[bytes] = []
    parts: list[bytes] = []
    places: list[int] = []
    for one in (*drawn, -1):
        if isinstance(one, bytes):
            closed.append(one)
            continue
        between = b"".join(closed)
        closed = []
        is_last, is_long = one == -1, len(between) >= LEAST_CLOSED
        if places and (is_last or is_long):
            # An operator ends where a stream does.
            yield OpenContent((*parts, b"\n" if is_long else between), tuple(places))
        elif is_last:
            is_long = True
        if is_long:
            yield between
            parts, places, between = [], [], b"\n"
        if not is_last:
            parts.append(between)
            places.append(forms.setdefault(one, len(forms)))
