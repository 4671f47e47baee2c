"""Pages that are written anew for each student, into the gaps that `note_pages` leaves in a skeleton.

What stands on them is tagged as in a document that was laid out as a whole; `feedback_printing` calls this.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from examgen.documents.pdf.stamping import Gap, PaperSkeleton, pdf_text
from examgen.typeset.drawn.formula import decimal

GAPS_PER_PAGE = 3
"""The gaps of a page: the element around what stands on it, its content, and its elements by marked content."""

_PAGE = re.compile(rb"/Pg (\d+ 0 R)")
_REFERENCE = re.compile(rb"\d+ 0 R")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block: the operators that draw it, and for a formula what is read aloud."""

    operators: bytes
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a table of blocks.

    Attributes:
        role: of its element, such as `P`.
        height: in points.
        parts: in reading order, drawn from the upper left corner of the block, y growing upwards.
        kids: blocks in it, behind the parts in reading order.
        lines: operators that draw what nobody reads.
        scope: of a heading in a table, `Row` or `Column`.
    """

    role: str
    height: float
    parts: tuple[Part, ...]
    kids: "tuple[PlacedBlock, ...]" = ()
    lines: bytes = b""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block and how far its top is below that of the page's room, in points."""

    block: Block
    down: float


def inserted_objects(skeleton: PaperSkeleton, pages: Sequence[Sequence[PlacedBlock]]) -> dict[int, bytes]:
    """The objects that fill a skeleton with gaps for so many pages, by number."""
    objects: dict[int, bytes] = {}
    free = skeleton.free
    for place, blocks in enumerate(pages):
        around, content, parents = skeleton.gaps[GAPS_PER_PAGE * place : GAPS_PER_PAGE * (place + 1)]
        page = _Page(around, free, len(_REFERENCE.findall(parents.before)))
        for placed in blocks:
            page.blocks.append(page.add(placed.block, placed.down, page.around))
        free += len(page.elements)
        packed = zlib.compress(b"\n".join(page.content), 1)
        head = b"<< /Filter /FlateDecode /Length %d >>" % len(packed)
        objects |= page.elements
        objects[around.number] = around.before + _references(page.blocks) + around.after
        objects[content.number] = head + b"\nstream\n" + packed + b"\nendstream"
        # Before them are the elements of what was laid out on the page.
        objects[parents.number] = parents.before + b" ".join(map(_reference, page.owners)) + parents.after
    return objects


class _Page:
    """Collects what stands on one page: its content, elements by number, those of blocks, and that of each piece."""

    def __init__(self, around: Gap, free: int, marks: int) -> None:
        """The element around all blocks, the first free object, and how many pieces the page has without them."""
        page = _PAGE.search(around.before + around.after)
        assert page is not None, "the element around a page's blocks names the page"
        self._page, self.around, self._free, self._marks = page[1], around.number, free, marks
        self.content: list[bytes] = []
        self.elements: dict[int, bytes] = {}
        self.blocks: list[int] = []
        self.owners: list[int] = []

    def add(self, block: Block, down: float, parent: int) -> int:
        """Draw a block so far below the top; the number of its element."""
        number = self._new()
        if block.lines:
            self.content.append(b"/Artifact BMC " + _placed(block.lines, down) + b" EMC")
        kids = [self._part(part, block.role, down, number) for part in block.parts]
        kids += [_reference(self.add(kid.block, down + kid.down, number)) for kid in block.kids]
        more = b" /A << /O /Table /Scope /%b >>" % block.scope.encode() if block.scope else b""
        self.elements[number] = self._element(block.role, parent, kids, more)
        return number

    def _part(self, part: Part, role: str, down: float, block: int) -> bytes:
        """Draws it; what stands for it among the kids of the block."""
        mark = self._marks + len(self.owners)
        role = "Formula" if part.spoken else role
        self.content.append(f"/{role} <</MCID {mark}>> BDC ".encode() + _placed(part.operators, down) + b" EMC")
        kid = b"%d" % mark
        if not part.spoken:
            self.owners.append(block)
            return kid
        own = self._new()
        self.owners.append(own)
        self.elements[own] = self._element(role, block, [kid], b" /Alt " + pdf_text(part.spoken))
        return _reference(own)

    def _new(self) -> int:
        number = self._free + len(self.elements)
        self.elements[number] = b""
        return number

    def _element(self, role: str, parent: int, kids: Sequence[bytes], more: bytes = b"") -> bytes:
        head = b"<< /Type /StructElem /S /%b /P %d 0 R /Pg %b" % (role.encode(), parent, self._page)
        return head + more + b" /K [ %b ] >>" % b" ".join(kids)


def _placed(operators: bytes, down: float) -> bytes:
    return f"q 1 0 0 1 0 {decimal(round(-1000 * down))} cm ".encode() + operators + b" Q"


def _reference(number: int) -> bytes:
    return b"%d 0 R" % number


def _references(numbers: Sequence[int]) -> bytes:
    return b"[ %b ]" % b" ".join(map(_reference, numbers))
