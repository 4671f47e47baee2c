"""Joins papers into one PDF for the printer, with a bookmark for each; `print_ready` calls this.

What papers have in common is written once: objects of the same content, whatever they are, fonts, drawings, images or
the text between the numbers, are one object, wherever they come from. The file is written as the papers come, so that
only the list of its objects grows with the class; qpdf would hold every object of the file until its end.

It is for paper only. Boxes are drawn by the page and stay; a field that shows something is drawn into its page; fields,
links and the structure that screen readers go by are left out, and marks in the pages that belonged to it mean nothing.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pikepdf

from examgen.documents.pdf.object_file import ObjectFile, renumbered
from examgen.documents.pdf.stamping import pdf_text
from examgen.errors import ExamgenError
from examgen.exams.keys.pdf_form import BUBBLES

_INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
_OWN = ("/BleedBox", "/TrimBox", "/ArtBox", "/UserUnit", "/Group", "/Contents")
_SIZE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
"""What a blank page has from the page before it."""

_HIDDEN = 2
"""The flag of fields that nobody sees."""

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_SUBSET = re.compile(r"/[A-Z]{6}(\+.*)", re.DOTALL)

_DEEPEST = 50
"""So many nodes may stand between a page and the root of its file."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paper to be joined.

    Attributes:
        title: its bookmark.
        where: the file, for messages.
        pdf: its content.
    """

    title: str
    where: str
    pdf: bytes


def joined(title: str, parts: Iterable[Part], *, is_duplex: bool = False) -> Iterator[bytes]:
    """The papers as one PDF, in pieces; the same papers give the same bytes.

    Args:
        title: of the whole.
        parts: at least one; each is asked for when those before it are written.
        is_duplex: whether each paper begins on an odd page, and so do its bubble pages, with a blank one before where
            need be, and printers are told to use both sides.

    Raises:
        ExamgenError: one of them is no PDF; the message says which.
    """
    file = ObjectFile()
    book = _Book(file, file.reserve())
    for part in parts:
        if is_duplex and len(book.pages) % 2:
            book.add_blank()
        try:
            with pikepdf.open(io.BytesIO(part.pdf)) as pdf:
                _draw_fields(pdf)
                book.add(part.title, pdf, is_duplex=is_duplex)
        except pikepdf.PdfError:
            raise ExamgenError(f"{part.where}: is no PDF that can be read") from None
        yield file.written()
    yield file.ended(book.root(is_duplex=is_duplex), file.shared(b"<< /Title %b >>" % pdf_text(title)))


def _draw_fields(pdf: pikepdf.Pdf) -> None:
    """Fields that show something become part of their pages; empty ones, of which papers have hundreds, are dropped."""
    is_any = False
    for page in pdf.pages:
        shown = [one for one in page.get("/Annots", []) if _shows(one)]
        page.Annots = pikepdf.Array(shown)
        is_any = is_any or bool(shown)
    if is_any:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("print")


def _shows(annotation: pikepdf.Object) -> bool:
    if int(annotation.get("/F", 0)) & _HIDDEN:
        return False
    return "/AP" in annotation or str(annotation.get("/V", "")) != ""


@dataclass(slots=True, eq=False)
class _Book:
    """The pages and bookmarks so far."""

    file: ObjectFile
    tree: int
    pages: list[int] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)
    blank: bytes = b""
    """What the blank page is that would follow."""

    def add(self, title: str, pdf: pikepdf.Pdf, *, is_duplex: bool) -> None:
        """Add a paper; on both sides of the sheets, what is scanned gets sheets of its own."""
        source = _Source(self.file, pdf)
        self.marks.append((title, len(self.pages)))
        first = next((place for place, page in enumerate(pdf.pages) if BUBBLES in page), None) if is_duplex else None
        for place, page in enumerate(pdf.pages):
            if place == first and len(self.pages) % 2:
                self.add_blank()
            entries = _entries(page.obj)
            self._add(source.copied(_dictionary(entries)))
            size = {name: entry for name, entry in entries.items() if name in _SIZE}
            self.blank = source.copied(_dictionary({**size, "/Resources": pikepdf.Dictionary()}))

    def add_blank(self) -> None:
        """Add an empty page of the size of the last."""
        self._add(self.blank)

    def root(self, *, is_duplex: bool) -> int:
        """The number of the catalog."""
        kids = b" ".join([b"%d 0 R" % page for page in self.pages])
        self.file.put(self.tree, b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (len(self.pages), kids))
        duplex = b" /Duplex /DuplexFlipLongEdge" if is_duplex else b""
        return self.file.shared(
            b"<< /Type /Catalog /Pages %d 0 R /Outlines %d 0 R /PageMode /UseOutlines "
            b"/ViewerPreferences << /DisplayDocTitle true%b >> >>" % (self.tree, self._outline(), duplex)
        )

    def _add(self, page: bytes) -> None:
        number = self.file.reserve()
        self.file.put(number, b"%b /Type /Page /Parent %d 0 R >>" % (page.removesuffix(b">>"), self.tree))
        self.pages.append(number)

    def _outline(self) -> int:
        parent = self.file.reserve()
        numbers = [self.file.reserve() for _ in self.marks]
        for place, (number, (title, page)) in enumerate(zip(numbers, self.marks, strict=True)):
            before = b" /Prev %d 0 R" % numbers[place - 1] if place else b""
            after = b" /Next %d 0 R" % numbers[place + 1] if place + 1 < len(numbers) else b""
            around = b"/Parent %d 0 R%b%b" % (parent, before, after)
            where = b"[ %d 0 R /Fit ]" % self.pages[page]
            self.file.put(number, b"<< /Title %b %b /Dest %b >>" % (pdf_text(title), around, where))
        ends = (numbers[0], numbers[-1], len(numbers))
        self.file.put(parent, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % ends)
        return parent


def _entries(page: pikepdf.Object) -> dict[str, pikepdf.Object]:
    """What of a page is printed, with what it has from the nodes above it."""
    found = {name: page[name] for name in _OWN if name in page}
    node: pikepdf.Object | None = page
    depth = 0
    while node is not None and depth < _DEEPEST:
        found = {name: node[name] for name in _INHERITED if name in node} | found
        node, depth = node.get("/Parent"), depth + 1
    return found


def _dictionary(entries: Mapping[str, pikepdf.Object]) -> pikepdf.Object:
    return pikepdf.Dictionary(dict(entries))


def _name_subset(font: pikepdf.Object) -> None:
    """Give a subset of a font a name that follows from its glyphs: papers have different subsets under one name, and
    printers that keep fonts by their names would take one for the other (PDF 32000-1, 9.6.4)."""
    fonts = [font, *font.get("/DescendantFonts", [])]
    descriptor = next((one.FontDescriptor for one in fonts if "/FontDescriptor" in one), None)
    file = next((descriptor[name] for name in _FONT_FILES if name in descriptor), None) if descriptor else None
    if descriptor is None or file is None:
        return
    digest = hashlib.md5(file.read_raw_bytes(), usedforsecurity=False).digest()
    tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
    for one, entry in (*((one, "/BaseFont") for one in fonts), (descriptor, "/FontName")):
        if found := _SUBSET.fullmatch(str(one.get(entry, ""))):
            one[entry] = pikepdf.Name(f"/{tag}{found[1]}")


@dataclass(slots=True, eq=False)
class _Source:
    """A paper that is being copied.

    Attributes:
        numbers: of its objects in the file, as far as they are known.
        begun: its objects on the way from the page to the one that is being copied.
    """

    file: ObjectFile
    pdf: pikepdf.Pdf
    numbers: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)

    def copied(self, thing: pikepdf.Object) -> bytes:
        """The text of an object in the file, all that it refers to being there."""
        return renumbered(thing.unparse(resolved=True), self._number)

    def _number(self, old: int) -> int:
        if old not in self.numbers and old in self.begun:
            # A circle: it cannot be told by its content, as that has its own number in it.
            self.numbers[old] = self.file.reserve()
        if old in self.numbers:
            return self.numbers[old]
        self.begun.add(old)
        body, data = self._content(self.pdf.get_object(old, 0))
        if old in self.numbers:
            self.file.put(self.numbers[old], body, data)
        else:
            self.numbers[old] = self.file.shared(body, data)
        return self.numbers[old]

    def _content(self, thing: object) -> tuple[bytes, bytes | None]:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.Font:
            _name_subset(thing)
        if isinstance(thing, pikepdf.Stream):
            data = thing.read_raw_bytes()
            head = thing.stream_dict
            head["/Length"] = len(data)
            return self.copied(head), data
        if isinstance(thing, pikepdf.Object):
            return self.copied(thing), None
        # Numbers and the like come as Python's own.
        return pikepdf.Array([thing]).unparse()[1:-1].strip(), None
