"""Pages that are written anew for each student, into the gaps that `note_pages` leaves in a skeleton.

What stands on them is tagged as in a document that was laid out as a whole; `feedback_printing` calls this.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from examgen.documents.mathbox.formula import decimal
from examgen.documents.stamping import Gap, PaperSkeleton, pdf_text

GAPS_PER_PAGE = 3
"""The gaps of a page: the element around what stands on it, its content, and its elements by marked content."""

_PAGE = re.compile(rb"/Pg (\d+ 0 R)")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block: the operators that draw it, and for a formula what is read aloud."""

    operators: bytes
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or paragraph.

    Attributes:
        role: of its element, such as `P`.
        height: in points.
        parts: in reading order, drawn from the upper left corner of the block, y growing upwards.
    """

    role: str
    height: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block and how far its top is below that of the page's room, in points."""

    block: Block
    down: float


def inserted_objects(skeleton: PaperSkeleton, pages: Sequence[Sequence[PlacedBlock]]) -> dict[int, bytes]:
    """The objects that fill a skeleton with gaps for so many pages, by number."""
    objects: dict[int, bytes] = {}
    free = len(skeleton.offsets)
    for place, blocks in enumerate(pages):
        around, content, parents = skeleton.gaps[GAPS_PER_PAGE * place : GAPS_PER_PAGE * (place + 1)]
        page = _Page(around, free)
        for placed in blocks:
            page.add(placed)
        free += len(page.elements)
        packed = zlib.compress(b"\n".join(page.content), 1)
        head = b"<< /Filter /FlateDecode /Length %d >>" % len(packed)
        objects |= page.elements
        objects[around.number] = around.before + _references(page.blocks) + around.after
        objects[content.number] = head + b"\nstream\n" + packed + b"\nendstream"
        objects[parents.number] = _references(page.owners)
    return objects


class _Page:
    """Collects what stands on one page: its content, elements by number, those of blocks, and that of each piece."""

    def __init__(self, around: Gap, free: int) -> None:
        page = _PAGE.search(around.before + around.after)
        assert page is not None, "the element around a page's blocks names the page"
        self._page, self._around, self._free = page[1], around.number, free
        self.content: list[bytes] = []
        self.elements: dict[int, bytes] = {}
        self.blocks: list[int] = []
        self.owners: list[int] = []

    def add(self, placed: PlacedBlock) -> None:
        block = placed.block
        number = self._new()
        kids = [self._part(part, placed, number) for part in block.parts]
        self.elements[number] = self._element(block.role, self._around, kids)
        self.blocks.append(number)

    def _part(self, part: Part, placed: PlacedBlock, block: int) -> bytes:
        """Draws it; what stands for it among the kids of the block."""
        mark = len(self.owners)
        role = "Formula" if part.spoken else placed.block.role
        place = f"/{role} <</MCID {mark}>> BDC q 1 0 0 1 0 {decimal(round(-1000 * placed.down))} cm "
        self.content.append(place.encode() + part.operators + b" Q EMC")
        kid = b"%d" % mark
        if not part.spoken:
            self.owners.append(block)
            return kid
        own = self._new()
        self.owners.append(own)
        self.elements[own] = self._element(role, block, [kid], b" /Alt " + pdf_text(part.spoken))
        return b"%d 0 R" % own

    def _new(self) -> int:
        number = self._free + len(self.elements)
        self.elements[number] = b""
        return number

    def _element(self, role: str, parent: int, kids: Sequence[bytes], more: bytes = b"") -> bytes:
        head = b"<< /Type /StructElem /S /%b /P %d 0 R /Pg %b" % (role.encode(), parent, self._page)
        return head + more + b" /K [ %b ] >>" % b" ".join(kids)


def _references(numbers: Sequence[int]) -> bytes:
    return b"[ %b ]" % b" ".join([b"%d 0 R" % number for number in numbers])
