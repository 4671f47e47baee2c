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
from itertools import pairwise

from examgen.documents.mathbox.formula import decimal
from examgen.documents.mathbox.slot_texts import measured
from examgen.documents.stamping import FONT, PaperSkeleton, pdf_text
from examgen.documents.typesetting import math_font

SIZE = 10.5
"""Of an answer's letters, in points, where there is room."""

PADDING = 3.0
"""Beside an answer in its box, in points."""

LEADING = 1.15
"""From line to line, as a multiple of the letters' size."""

MOST_LINES = 4

INK = b"0 0 .55 rg"
"""Blue, as from a pen; dark enough for a printer that has none."""

KEY_FIELD = b"key"
"""In the place of `exam`: the hidden field that says whose answers these are."""

_WIDGET = re.compile(rb"/Subtype /Widget\b")
_NAME = re.compile(rb"/T \(([^()\\]+)\)")
_RECT = re.compile(rb"/Rect \[ ?([-\d. ]+?) ?\]")
_VALUE = re.compile(rb"/(?:V (?:\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)|Ff \d+)\s*")
_FONT = re.compile(re.escape(FONT) + rb" (\d+) 0 R")
_TRAILER = re.compile(rb"trailer\n<< /Size (\d+) (.*) /ID \[<([^>]*)><[^>]*>\] >>\nstartxref\n(\d+)\n", re.DOTALL)
_PIECES = re.compile(r"[^-+*/,(]*[-+*/,(]?")


@dataclass(frozen=True, slots=True)
class Box:
    """A field of a form: the number of its object, the object without value and end, and its sides in points."""

    number: int
    head: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """What a skeleton's form has.

    Attributes:
        boxes: its fields by name.
        fixed: further objects that are others in a filled paper, by number.
        font: the number of the font of formulas.
        size: the first number that no object has.
    """

    boxes: Mapping[str, Box]
    fixed: Mapping[int, bytes]
    font: int
    size: int


@lru_cache(maxsize=64)
def boxes_of(skeleton: PaperSkeleton) -> Boxes:
    """The form of a question paper's skeleton."""
    boxes: dict[str, Box] = {}
    fixed: dict[int, bytes] = {}
    font = next((int(found[1]) for form in skeleton.forms if (found := _FONT.search(form.head))), 0)
    for number, body in _closed_objects(skeleton):
        name = _NAME.search(body) if _WIDGET.search(body) else None
        if name is not None and name[1] == b"exam":
            fixed[number] = body.replace(name[0], b"/T (%b)" % KEY_FIELD)
        elif name is not None and (rect := _RECT.search(body)) is not None:
            left, first, right, second = map(float, rect[1].split())
            head = _VALUE.sub(b"", body).rstrip().removesuffix(b">>")
            boxes[name[1].decode()] = Box(number, head, abs(right - left), abs(second - first))
        elif b"/Type /Catalog" in body:
            # Else a reader would draw the values anew, in letters of one size.
            fixed[number] = body.replace(b"/NeedAppearances true", b"/NeedAppearances false")
        elif not font and (found := _FONT.search(body)):
            font = int(found[1])
    return Boxes(boxes, fixed, font, len(skeleton.offsets))


def filled(paper: bytes, form: Boxes, answers: Mapping[str, str]) -> bytes:
    """A student's paper with answers in its boxes.

    Args:
        paper: as stamped from the skeleton of this form.
        form: of the skeleton.
        answers: by field name; those without a box, as a theme may leave one out, are not shown.
    """
    objects = dict(form.fixed)
    for name, answer in answers.items():
        if (box := form.boxes.get(name)) is not None:
            drawing = form.size + len(objects)
            value = pdf_text(answer)
            objects[box.number] = b"%b/V %b /Ff 1 /AP << /N %d 0 R >> >>" % (box.head, value, drawing)
            objects[drawing] = _drawing(answer, box.width, box.height, form.font)
    return paper + _update(paper, objects)


def _closed_objects(skeleton: PaperSkeleton) -> list[tuple[int, bytes]]:
    """Number and dictionary of each object that is the same for all students; of streams what stands before them."""
    starts = sorted((offset, number) for number, offset in enumerate(skeleton.offsets) if offset)
    found = []
    for (start, number), (end, _) in pairwise([*starts, (len(skeleton.prefix), 0)]):
        body = skeleton.prefix[start:end].partition(b" obj\n")[2].removesuffix(b"\nendobj\n")
        found.append((number, body.partition(b"\nstream\n")[0]))
    return found


def _drawing(answer: str, width: float, height: float, font: int) -> bytes:
    """The form object that shows an answer in a box, in as many lines as let its letters be largest."""
    lines, size = _set(answer, width - 2 * PADDING, height)
    # Capitals and digits are two thirds as high as the size says.
    first = (height + (len(lines) - 1) * LEADING * size - 0.66 * size) / 2
    moves = [(PADDING, first), *[(0.0, -LEADING * size)] * (len(lines) - 1)]
    shown = [
        f"{_number(x)} {_number(y)} Td <{measured(math_font(), line, 0)[1]}> Tj"
        for line, (x, y) in zip(lines, moves, strict=True)
    ]
    content = b"/Tx BMC q %b BT %b %b Tf %b ET Q EMC" % (INK, FONT, _number(size).encode(), " ".join(shown).encode())
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [ 0 0 %b %b ] /Resources << /Font << %b %d 0 R >> >> /Length %d >>\n"
        b"stream\n%b\nendstream"
    ) % (_number(width).encode(), _number(height).encode(), FONT, font, len(content), content)


def _set(answer: str, room: float, height: float) -> tuple[list[str], float]:
    """The lines of an answer, and the size of its letters."""
    size = _fitting([answer], room, height)
    if size == SIZE:
        return [answer], size
    ways = [_lines(answer, count) for count in range(1, MOST_LINES + 1)]
    return max(((lines, _fitting(lines, room, height)) for lines in ways), key=lambda way: way[1])


def _fitting(lines: Sequence[str], room: float, height: float) -> float:
    """The largest size of letters, up to the usual one, at which so many lines stand in a box."""
    font = math_font()
    width = max(measured(font, line, 0)[0] for line in lines) / font.units_per_em
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


def _update(paper: bytes, objects: Mapping[int, bytes]) -> bytes:
    """What stands behind a PDF file in which these objects are new or others than before."""
    tail = paper[paper.rindex(b"trailer") :]
    old = _TRAILER.match(tail)
    assert old is not None, "the trailer is not as `stamp` writes it"
    parts, rows, end = [], [], len(paper)
    for number, body in sorted(objects.items()):
        part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        rows.append(b"%d 1\n%010d 00000 n \n" % (number, end))
        parts.append(part)
        end += len(part)
    body = b"".join(parts)
    name = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
    size = max([int(old[1]), *(number + 1 for number in objects)])
    trailer = b"<< /Size %d %b /ID [<%b><%b>] /Prev %b >>" % (size, old[2], old[3], name, old[4])
    return b"%bxref\n%btrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (body, b"".join(rows), trailer, end)
