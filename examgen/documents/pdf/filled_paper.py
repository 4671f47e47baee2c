"""The question paper with the right answers in its boxes, key/filled.pdf, for marking by hand.

Nothing is laid out for it. A student's paper is taken as it was stamped, and behind it come its fields once more, now
with their answers: as a PDF reader saves a form that was filled in. The fields can no longer be changed, and the form
says that it is a key, so that nobody's marks come of it. `printing` calls this.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from examgen.documents.pdf.pdf_parts import QUICK, Helpers, Objects, ending, last_table, packed_objects, part, stream
from examgen.documents.pdf.stamping import FONT, PaperSkeleton, pdf_text
from examgen.documents.typesetting import math_font
from examgen.exams.keys.pdf_form import EXAM, KEY
from examgen.typeset.drawn.formula import decimal
from examgen.typeset.drawn.slot_texts import slot_codes, slot_width

SIZE = 10.5
"""Of an answer's letters, in points, where there is room."""

PADDING = 3.0
"""Beside an answer in its box, in points."""

LEADING = 1.15
"""From line to line, as a multiple of the letters' size."""

MOST_LINES = 4

INK = b"0 0 .55 rg"
"""Blue, as from a pen; dark enough for a printer that has none."""

EXAM_FIELD, KEY_FIELD = (b"/T (%b)" % name.encode() for name in (EXAM, KEY))
"""The hidden field that names the exam of a paper, and its name on one whose answers are no student's."""

_WIDGET = re.compile(rb"/Subtype /Widget\b")
_NAME = re.compile(rb"/T \(([^()\\]+)\)")
_RECT = re.compile(rb"/Rect \[ ?([-\d. ]+?) ?\]")
_VALUE = re.compile(rb"/(?:V (?:\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)|Ff \d+)\s*")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_RESOURCES = re.compile(rb"/DR (\d+) 0 R")
_NAMES = re.compile(rb"/ID \[<([^>]*)><[^>]*>\]")
_CLOSING = b"> Tj ET Q EMC"
_PIECES = re.compile(r"[^-+*/,(]*[-+*/,(]?")


@dataclass(frozen=True, slots=True)
class Box:
    """A field of a form, all but its answer written already.

    Attributes:
        number: of the field's object.
        drawing: the number of the object that shows the answer.
        before, after: the field's object around its value.
        head: of the drawing: entries of its dictionary.
        opening: what draws an answer on one line in letters of the usual size, up to its glyphs.
        most: the widest of such answers, in the font's units.
        width, height: the sides of the box in points.
    """

    number: int
    drawing: int
    before: bytes
    after: bytes
    head: bytes
    opening: bytes
    most: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """What a skeleton's form has.

    Attributes:
        boxes: its fields by name, in the order of their objects.
        fixed: further objects that are others in a filled paper, with their numbers.
        trailer: entries of the trailer.
        size: the first number that neither the paper nor a drawing has.
    """

    boxes: Mapping[str, Box]
    fixed: tuple[tuple[int, bytes], ...]
    trailer: bytes
    size: int


@lru_cache(maxsize=64)
def boxes_of(skeleton: PaperSkeleton) -> Boxes:
    """The form of a question paper's skeleton."""
    closed = sorted(packed_objects(skeleton.prefix, skeleton.table).items())
    root = _ROOT.search(skeleton.trailer)
    assert root is not None, "the trailer names the catalog"
    catalog = int(root[1])
    found = _RESOURCES.search(dict(closed)[catalog])
    resources = int(found[1]) if found else 0
    boxes: dict[str, Box] = {}
    fixed: list[tuple[int, bytes]] = []
    said = [(alt.number, pdf_text("").join(alt.parts)) for alt in skeleton.alts]
    fixed += [(number, body.replace(EXAM_FIELD, KEY_FIELD)) for number, body in said if EXAM_FIELD in body]
    for number, body in closed:
        name = _NAME.search(body) if _WIDGET.search(body) else None
        if name is not None and (rect := _RECT.search(body)) is not None:
            left, first, right, second = map(float, rect[1].split())
            drawing = skeleton.free + len(boxes)
            boxes[name[1].decode()] = _box(number, drawing, body, abs(right - left), abs(second - first), resources)
        elif number == catalog:
            # Else a reader would draw the values anew, in letters of one size.
            fixed.append((number, body.replace(b"/NeedAppearances true", b"/NeedAppearances false")))
    return Boxes(boxes, tuple(fixed), skeleton.trailer, skeleton.free + len(boxes))


def filled(paper: bytes, form: Boxes, answers: Mapping[str, str]) -> bytes:
    """A student's paper with answers in its boxes.

    Args:
        paper: as stamped from the skeleton of this form.
        form: of the skeleton.
        answers: by field name; those without a box, as a theme may leave one out, are not shown.
    """
    font = math_font()
    shown = [(box, answers[name]) for name, box in form.boxes.items() if name in answers]
    # Four characters for each glyph; one call is quicker than one for each box.
    glyphs = slot_codes(font, "".join([answer for _, answer in shown]), 0).encode()
    drawings: list[tuple[int, bytes]] = []
    fields, end = [*form.fixed], 0
    for box, answer in shown:
        start, end = end, end + 4 * len(answer)
        is_short = slot_width(font, answer, 0) <= box.most
        content = box.opening + glyphs[start:end] + _CLOSING if is_short else _small(answer, box)
        drawings.append((box.drawing, stream(box.head, content)))
        fields.append((box.number, box.before + pdf_text(answer) + box.after))
    return paper + _update(paper, drawings, fields, form)


def _box(number: int, drawing: int, body: bytes, width: float, height: float, resources: int) -> Box:
    sides = f"{_number(width)} {_number(height)}".encode()
    return Box(
        number=number,
        drawing=drawing,
        before=b"%b/V " % _VALUE.sub(b"", body).rstrip().removesuffix(b">>"),
        after=b" /Ff 1 /AP << /N %d 0 R >> >>" % drawing,
        head=b"/Subtype /Form /BBox [ 0 0 %b ] /Resources %d 0 R " % (sides, resources),
        opening=_opening(SIZE, 1, height) + b" <",
        most=(width - 2 * PADDING) * math_font().units_per_em / SIZE,
        width=width,
        height=height,
    )


def _opening(size: float, lines: int, height: float) -> bytes:
    """What draws so many lines in the middle of a box, up to the glyphs of the first."""
    # Capitals and digits are two thirds as high as the size says.
    first = (height + (lines - 1) * LEADING * size - 0.66 * size) / 2
    place = f"{_number(size)} Tf {_number(PADDING)} {_number(first)} Td"
    return b"/Tx BMC q %b BT %b %b" % (INK, FONT, place.encode())


@lru_cache(maxsize=1024)
def _small(answer: str, box: Box) -> bytes:
    """What draws an answer that is too long for one line of letters of the usual size."""
    lines, size = _set(answer, box.width - 2 * PADDING, box.height)
    further = f"> Tj 0 {_number(-LEADING * size)} Td <"
    glyphs = further.join(slot_codes(math_font(), line, 0) for line in lines)
    return b"%b <%b%b" % (_opening(size, len(lines), box.height), glyphs.encode(), _CLOSING)


def _set(answer: str, room: float, height: float) -> tuple[list[str], float]:
    """The lines of an answer, and the size of its letters."""
    ways = [_lines(answer, count) for count in range(1, MOST_LINES + 1)]
    return max(((lines, _fitting(lines, room, height)) for lines in ways), key=lambda way: way[1])


def _fitting(lines: Sequence[str], room: float, height: float) -> float:
    """The largest size of letters, up to the usual one, at which so many lines stand in a box."""
    font = math_font()
    width = max(slot_width(font, line, 0) for line in lines) / font.units_per_em
    return min(SIZE, room / width if width else SIZE, height / (LEADING * len(lines)))


def _lines(answer: str, count: int) -> list[str]:
    """The answer on at most so many lines, the longest as short as can be; they end behind operators."""
    pieces = [piece for piece in _PIECES.findall(answer) if piece]
    for most in range(len(answer) // count, len(answer) + 1):
        lines = [""]
        for piece in pieces:
            if lines[-1] and len(lines[-1]) + len(piece) > most:
                lines.append("")
            lines[-1] += piece
        if len(lines) <= count:
            return lines
    return [answer]


def _number(value: float) -> str:
    return decimal(round(1000 * value))


def _update(paper: bytes, drawings: Objects, fields: Objects, form: Boxes) -> bytes:
    """What stands behind a paper of this form in which these objects are new or others than before."""
    previous, entries = last_table(paper)
    first = _NAMES.search(entries)
    assert first is not None, "the names are not as `stamp` writes them"
    digest = hashlib.md5(b"".join([body for _, body in (*drawings, *fields)]), usedforsecurity=False)
    name = digest.hexdigest().encode()
    trailer = b"%b /ID [<%b><%b>] /Prev %d" % (form.trailer, first[1], name, previous)
    helpers = Helpers(form.size, form.size + 1)
    written, table = part(len(paper), drawings, fields, helpers, trailer, packed_level=QUICK)
    return written + ending(table)
