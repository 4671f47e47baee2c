"""Checks a PDF as a screen reader reads it, and as a student who looks for the key; the tests of papers call it.

`read_pdf` reads a file once: what its pages draw, through the fonts' ToUnicode maps, and its structure tree. Each
check takes that reading and returns findings, sentences that say what is wrong and where; none means good. The
requirements are those of PDF/UA-1 (ISO 14289-1) as far as a program can tell, and some that papers add.
"""

import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pikepdf
from fontTools import agl

GROUPING = "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private"
BLOCKS = "P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot"
INLINE = "Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form"
STANDARD_ROLES = frozenset(f"{GROUPING} {BLOCKS} {INLINE}".split())
CHILDREN: dict[str, frozenset[str]] = {
    "L": frozenset({"LI", "L", "Caption"}),
    "LI": frozenset({"Lbl", "LBody"}),
    "Table": frozenset({"TR", "THead", "TBody", "TFoot", "Caption"}),
    "THead": frozenset({"TR"}),
    "TBody": frozenset({"TR"}),
    "TFoot": frozenset({"TR"}),
    "TR": frozenset({"TH", "TD"}),
}
PARENTS: dict[str, frozenset[str]] = {
    "LI": frozenset({"L"}),
    "Lbl": frozenset({"LI", "Note", "Reference", "BibEntry", "TOCI"}),
    "LBody": frozenset({"LI"}),
    "TR": frozenset({"Table", "THead", "TBody", "TFoot"}),
    "TH": frozenset({"TR"}),
    "TD": frozenset({"TR"}),
}
HEADING = re.compile(r"H[1-6]")
READ_AS_ONE = frozenset({"P", "H1", "H2", "H3", "H4", "H5", "H6", "TR", "LI", "Figure", "Formula", "Caption", "Form"})
"""Roles whose content is one stop on the way down the page."""

LATEX = re.compile(r"\\[A-Za-z,;!%&]|[{}\\]|@@|\$")
NUMBER = re.compile(r"(?<![\d.])\d*\.?\d+(?![\d]|\.\d)")
RUN = re.compile(r"[\d.]+")
"""What numbers are parts of: neither what stands before one nor what stands behind it looks further."""
SIGNED = re.compile(r"(?P<minus>[-−]\s*)?(?P<number>(?<![\d.])\d+(?:\.\d+)?(?!\.?\d))")
NUMERIC = re.compile(r"\d*\.?\d+")
PAINTING = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh"})
UNFOLLOWED = frozenset(
    ["m", "l", "c", "v", "y", "h", "re", "n", "W", "W*", "w", "J", "j", "M", "d", "g", "G", "rg", "RG"]
)
"""Operators that build paths, and set lines and colours."""
SHOWING = frozenset(["Tj", "TJ", "'", '"'])
TRACES: dict[str, re.Pattern[str]] = {
    "a date": re.compile(r"D:(?:19|20)\d{6}|\b(?:19|20)\d\d-[01]\d-[0-3]\d\b|\b[0-2]\d:[0-5]\d:[0-5]\d\b"),
    "a file system path": re.compile(r"(?<![\w/.])/(?:home|root|tmp|usr|var|opt|mnt|Users)/\w|\b[A-Z]:\\|file:/"),
    "an e-mail address": re.compile(r"\b[\w.]+@[\w-]+\.\w"),
}
DATE_KEYS = frozenset({"/CreationDate", "/ModDate", "/M"})
SLACK = 6.0  # pt; a line that stands this much higher than the one before it is out of order
COARSE = 6  # digits: with fewer, a number between coordinates, lengths and offsets is there by chance

Where = tuple[int, int]
"""The object and generation number of a page, form or annotation."""

Mark = tuple[Where, int]
"""Marked content: the page or form that holds it, and its MCID there."""

Matrix = tuple[float, float, float, float, float, float]
UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something that a page paints, with the marks around it.

    Attributes:
        page: from 1.
        kind: "text", "path" or "image".
        mark: the holder and MCID that it belongs to; None if it has none.
        is_artifact: whether it is marked as decoration.
        text: what a text operator shows, as Unicode.
        x, y, right: points from the lower left corner; y is the baseline.
        size: of the font, as seen on the page.
    """

    page: int
    kind: str
    mark: Mark | None
    is_artifact: bool
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    right: float = 0.0
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation in the structure tree, by its object number."""

    number: Where


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A structure element: its standard role, the marks and annotations in it, and its children, in order."""

    element: Any
    role: str
    path: str
    kids: "tuple[Node | Mark | Annotation, ...]"

    @property
    def children(self) -> "list[Node]":
        """The structure elements in it."""
        return [kid for kid in self.kids if isinstance(kid, Node)]

    def walk(self) -> "Iterator[Node]":
        """Itself and all below it, in reading order."""
        yield self
        for kid in self.children:
            yield from kid.walk()

    def marks(self) -> Iterator[Mark]:
        """All marked content in and below it, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.marks()
            elif isinstance(kid, tuple):
                yield kid

    def annotations(self) -> list[Where]:
        """Object numbers of the annotations directly in it."""
        return [kid.number for kid in self.kids if isinstance(kid, Annotation)]

    def own_marks(self) -> "list[Mark]":
        """The marked content directly in it."""
        return [kid for kid in self.kids if isinstance(kid, tuple)]


@dataclass(frozen=True, eq=False)
class PdfReading:
    """A PDF as read once: `problems` are findings that came up on the way; `begun` counts how often a mark opens."""

    pdf: pikepdf.Pdf
    path: Path
    drawn: tuple[Drawn, ...]
    begun: Mapping[Mark, int]
    holders: Mapping[Where, Any]
    tree: Node | None
    problems: tuple[str, ...]

    @cached_property
    def stored_texts(self) -> "tuple[Stored, ...]":
        """Every text in the file, whether or not anything shows it."""
        return tuple(strings_of_all_objects(self.pdf))

    @cached_property
    def extracted_text(self) -> str:
        """The text as another program extracts it."""
        return extracted_text(self.path)


DIGEST = re.compile(r"/i[0-9a-z]*?[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A text that some object holds; `is_coarse` where short numbers mean nothing, as among coordinates."""

    where: str
    text: str
    is_coarse: bool = False


def read_pdf(path: Path) -> PdfReading:
    """Open and read a PDF file.

    Raises: pikepdf.PdfError if it is none.
    """
    pdf = pikepdf.open(path)
    drawing = _Drawing({})
    for number, page in enumerate(pdf.pages, start=1):
        drawing.page(number, page.obj)
    tree, problems = _tree(pdf)
    return PdfReading(
        pdf, path, tuple(drawing.drawn), drawing.begun, drawing.holders, tree, (*problems, *drawing.problems)
    )


def ua_findings(reading: PdfReading) -> list[str]:
    """All findings of structure, reading order and text; `CHECKS` in turn."""
    return [finding for check in CHECKS for finding in check(reading)]


def identity_findings(reading: PdfReading) -> list[str]:
    """Language, title, marks and the claim of PDF/UA."""
    root: Any = reading.pdf.Root
    info: Any = reading.pdf.trailer.get("/Info", {})
    found = []
    if not str(root.get("/Lang", "")).strip():
        found.append("catalog: no /Lang")
    if root.get("/MarkInfo", {}).get("/Marked") is not True:
        found.append("catalog: /MarkInfo /Marked is not true")
    if root.get("/MarkInfo", {}).get("/Suspects") is True:
        found.append("catalog: /MarkInfo /Suspects is true")
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        found.append("catalog: /ViewerPreferences /DisplayDocTitle is not true")
    title = str(info.get("/Title", "")).strip()
    if not title:
        found.append("Info: no /Title")
    found += _text_findings(title, "Info /Title")
    return found + _xmp_findings(root, title)


def _xmp_findings(root: Any, title: str) -> list[str]:
    if "/Metadata" not in root:
        return ["catalog: no XMP metadata"]
    try:
        xmp = ElementTree.fromstring(root.Metadata.read_bytes().decode("utf-8").strip())
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        return [f"XMP: cannot be read: {error}"]
    part = "{http://www.aiim.org/pdfua/ns/id/}part"
    parts = [element.text for element in xmp.iter(part)] + [e.get(part) for e in xmp.iter() if e.get(part)]
    titles = [("".join(element.itertext())).strip() for element in xmp.iter("{http://purl.org/dc/elements/1.1/}title")]
    found = [] if parts == ["1"] else [f"XMP: pdfuaid:part is {parts}, not 1"]
    if not titles or not titles[0]:
        found.append("XMP: no dc:title")
    elif titles[0] != title:
        found.append(f"XMP: dc:title is {titles[0]!r}, Info /Title is {title!r}")
    return found


def tree_findings(reading: PdfReading) -> list[str]:
    """The structure tree, its parent tree and role map, and their agreement with the marks on the pages."""
    if reading.tree is None:
        return ["catalog: no /StructTreeRoot", *reading.problems]
    found = list(reading.problems) + _role_map_findings(reading.pdf.Root.StructTreeRoot)
    owners: dict[Mark, Node] = {}
    for node in reading.tree.walk():
        for mark in node.own_marks():
            if mark in owners:
                found.append(f"{node.path}: MCID {mark[1]} is also in {owners[mark].path}")
            owners[mark] = node
    for mark, node in owners.items():
        if mark not in reading.begun:
            found.append(f"{node.path}: MCID {mark[1]} is in no content of object {mark[0][0]}")
    for mark, times in reading.begun.items():
        if mark not in owners:
            found.append(f"object {mark[0][0]}: MCID {mark[1]} is not in the structure tree")
        if times > 1:
            found.append(f"object {mark[0][0]}: MCID {mark[1]} is drawn {times} times")
    return found + _parent_tree_findings(reading, owners)


def _role_map_findings(root: Any) -> list[str]:
    found = []
    for name, target in root.get("/RoleMap", {}).items():
        if name.lstrip("/") in STANDARD_ROLES:
            found.append(f"role map: the standard role {name} is mapped to {target}")
        if _standard(name, root) not in STANDARD_ROLES:
            found.append(f"role map: {name} leads to no standard role")
    return found


def _parent_tree_findings(reading: PdfReading, owners: Mapping[Mark, Node]) -> list[str]:
    root = reading.pdf.Root.StructTreeRoot
    if "/ParentTree" not in root:
        return ["structure tree: no /ParentTree"]
    entries = dict(_number_tree(root.ParentTree))
    found = [f"parent tree: key {key} is not below /ParentTreeNextKey" for key in entries
             if "/ParentTreeNextKey" in root and key >= int(root.ParentTreeNextKey)]  # fmt: skip
    keys = Counter(int(holder.StructParents) for holder in reading.holders.values() if "/StructParents" in holder)
    found += [f"parent tree: {times} holders share /StructParents {key}" for key, times in keys.items() if times > 1]
    for mark in reading.begun:
        place = f"object {mark[0][0]}: MCID {mark[1]}"
        key = reading.holders[mark[0]].get("/StructParents")
        entry = entries.get(int(key)) if key is not None else None
        if key is None or not isinstance(entry, pikepdf.Array):
            found.append(f"{place}: its /StructParents {key} is not in the parent tree")
        elif mark[1] >= len(entry) or not isinstance(entry[mark[1]], pikepdf.Dictionary):
            found.append(f"{place}: is not in its array of the parent tree")
        elif mark in owners and entry[mark[1]].objgen != owners[mark].element.objgen:
            found.append(f"{place}: the parent tree names another element than {owners[mark].path}")
    return found


def content_findings(reading: PdfReading) -> list[str]:
    """Whether all that is painted is either tagged or decoration, never neither and never both."""
    found = []
    for what, items in (
        ("neither tagged nor an artifact", [d for d in reading.drawn if d.mark is None and not d.is_artifact]),
        ("both tagged and an artifact", [d for d in reading.drawn if d.mark is not None and d.is_artifact]),
    ):
        for page, kind in dict.fromkeys((item.page, item.kind) for item in items):
            here = [item for item in items if (item.page, item.kind) == (page, kind)]
            text = " ".join(item.text for item in here if item.text)[:40]
            found.append(f"page {page}: {len(here)} pieces of {kind} are {what}" + (f": {text!r}" if text else ""))
    return found


def heading_findings(reading: PdfReading) -> list[str]:
    """One H1, first, and no level left out on the way down."""
    nodes = [node for node in _nodes(reading) if HEADING.fullmatch(node.role)]
    levels = [int(node.role[1]) for node in nodes]
    found = [f"{node.path}: the heading is empty" for node in nodes if not _content(reading, node).strip()]
    if levels.count(1) != 1:
        found.append(f"headings: {levels.count(1)} are H1, not one")
    if levels and levels[0] != 1:
        found.append(f"headings: the first is H{levels[0]}, not H1")
    for node, (upper, lower) in zip(nodes[1:], pairwise(levels), strict=True):
        if lower > upper + 1:
            found.append(f"{node.path}: H{lower} follows H{upper}")
    return found


def figure_findings(reading: PdfReading) -> list[str]:
    """Alternative texts: figures and formulas have one, and all texts for the ear are words and not LaTeX."""
    found = []
    for node in _nodes(reading):
        keys = ("/Alt", "/ActualText", "/E", "/T")
        texts = {key: str(node.element[key]) for key in keys if key in node.element}
        spoken = texts.get("/Alt", "") + texts.get("/ActualText", "")
        if node.role in {"Figure", "Formula"} and not spoken.strip():
            found.append(f"{node.path}: no /Alt")
        for key, text in texts.items():
            found += _text_findings(text, f"{node.path} {key}")
    return found


def table_findings(reading: PdfReading) -> list[str]:
    """Tables have header cells that say what they head, and rows of the same length."""
    found = []
    for table in (node for node in _nodes(reading) if node.role == "Table"):
        cells = [node for node in table.walk() if node.role in {"TH", "TD"}]
        if not any(cell.role == "TH" for cell in cells):
            found.append(f"{table.path}: no TH")
        are_named = any(_attribute(cell, "/Headers") is not None for cell in cells)
        found += [f"{cell.path}: no /Scope, and no cell names its headers" for cell in cells
                  if cell.role == "TH" and _attribute(cell, "/Scope") is None and not are_named]  # fmt: skip
        if not any(_attribute(cell, "/RowSpan") is not None for cell in cells):
            rows = [node for node in table.walk() if node.role == "TR"]
            lengths = {sum(int(_attribute(cell, "/ColSpan") or 1) for cell in row.children) for row in rows}
            if len(lengths) > 1:
                found.append(f"{table.path}: rows have {sorted(lengths)} columns")
    return found


def nesting_findings(reading: PdfReading) -> list[str]:
    """Lists and tables hold what they may hold, and their parts stand in them."""
    found = []
    for node in _nodes(reading):
        for child in node.children:
            allowed = CHILDREN.get(node.role)
            if allowed is not None and child.role not in allowed:
                found.append(f"{child.path}: a {node.role} holds {child.role}, not {' or '.join(sorted(allowed))}")
            elif child.role in PARENTS and node.role not in PARENTS[child.role]:
                found.append(f"{child.path}: {child.role} stands in {node.role}")
    return found


def annotation_findings(reading: PdfReading) -> list[str]:
    """Links and form fields are in the structure tree, have a description, and are reached in its order."""
    in_tree = {number: node for node in _nodes(reading) for number in node.annotations()}
    root: Any = reading.pdf.Root
    tree = root.get("/StructTreeRoot", {})
    parents = dict(_number_tree(tree.ParentTree)) if "/ParentTree" in tree else {}
    found = []
    for number, page in enumerate(reading.pdf.pages, start=1):
        listed: Any = page.obj.get("/Annots", [])
        annotations = [item for item in listed if not int(item.get("/F", 0)) & 2]
        if annotations and page.obj.get("/Tabs") != "/S":
            found.append(f"page {number}: it has annotations, and /Tabs is not /S")
        for item in annotations:
            found += _annotation_findings(item, f"page {number}", in_tree.get(item.objgen), parents)
    fields = [item for item in _fields(root.get("/AcroForm", {}).get("/Fields", [])) if "/T" in item]
    names = Counter(str(item.T) for item in fields if "/Parent" not in item)
    return found + [f"form: {times} fields are named {name!r}" for name, times in names.items() if times > 1]


def _annotation_findings(item: Any, page: str, node: Node | None, parents: Mapping[int, Any]) -> list[str]:
    kind = str(item.get("/Subtype", ""))
    if kind == "/Popup":
        return []
    name = f"{page}: {kind} {_inherited(item, '/T') or ''}".rstrip()
    texts = {key: str(_inherited(item, key) or "") for key in ("/TU", "/Contents")}
    found = [] if any(text.strip() for text in texts.values()) else [f"{name}: neither /TU nor /Contents"]
    found += [finding for key, text in texts.items() for finding in _text_findings(text, f"{name} {key}")]
    role = {"/Widget": "Form", "/Link": "Link"}.get(kind, "Annot")
    if node is None:
        return [*found, f"{name}: is not in the structure tree"]
    if node.role != role:
        found.append(f"{name}: stands in {node.path}, not in a {role}")
    if "/StructParent" not in item or int(item.StructParent) not in parents:
        found.append(f"{name}: its /StructParent is not in the parent tree")
    elif parents[int(item.StructParent)].objgen != node.element.objgen:
        found.append(f"{name}: the parent tree names another element than {node.path}")
    return found


def font_findings(reading: PdfReading) -> list[str]:
    """All fonts are embedded and say which characters their glyphs are."""
    found = []
    for font in _fonts(reading.pdf):
        name = f"font {font.get('/BaseFont', '?')}"
        kind = font.get("/Subtype")
        holder = font.DescendantFonts[0] if kind == "/Type0" else font
        files = holder.get("/FontDescriptor", {})
        if kind != "/Type3" and not any(key in files for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            found.append(f"{name}: is not embedded")
        if holder.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in holder:
            found.append(f"{name}: no /CIDToGIDMap")
        encoding = font.get("/Encoding")
        is_standard = kind != "/Type0" and encoding in {"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"}
        if "/ToUnicode" not in font and not is_standard:
            found.append(f"{name}: neither /ToUnicode nor a standard encoding")
    return found


def text_findings(reading: PdfReading) -> list[str]:
    """No private, control or unknown characters in the text, as drawn and as another program extracts it."""
    found = []
    for number in range(1, len(reading.pdf.pages) + 1):
        text = "".join(item.text for item in reading.drawn if item.page == number and not item.is_artifact)
        odd = _odd_characters(text)
        if odd:
            found.append(f"page {number}: characters that no reader can say: {odd}")
    odd = _odd_characters(reading.extracted_text)
    return found + ([f"extracted text: characters that no reader can say: {odd}"] if odd else [])


def order_findings(reading: PdfReading) -> list[str]:
    """Whether the structure tree goes through the pages in order, and down each of them.

    Stops are the paragraphs, rows, list items and figures that hold no other stop. One may stand beside the one before
    it, to its right, but not above it.
    """
    places: dict[Mark, list[Drawn]] = {}
    for item in reading.drawn:
        if item.mark is not None and item.kind != "path" and (item.kind == "image" or item.text.strip()):
            places.setdefault(item.mark, []).append(item)
    found, last, last_path = [], None, ""
    for node in _stops(reading):
        box = _box([item for mark in node.marks() for item in places.get(mark, [])])
        if box is None:
            continue
        if last is not None:
            if box.page < last.page:
                found.append(f"{node.path}: page {box.page} is read after page {last.page} ({last_path})")
            elif box.page == last.last_page and box.low > last.high + SLACK and box.left < last.right:
                text = _content(reading, node)[:30]
                found.append(f"{node.path}: {text!r} on page {box.page} is read after {last_path}, which is below it")
        last, last_path = box, node.path
    return found


CHECKS: tuple[Callable[[PdfReading], list[str]], ...] = (
    identity_findings, tree_findings, content_findings, heading_findings, figure_findings, table_findings,
    nesting_findings, annotation_findings, font_findings, text_findings, order_findings,
)  # fmt: skip


def file_findings(path: Path) -> list[str]:
    """What qpdf says against the file, or pikepdf, which is the same library, where the program is not installed."""
    if qpdf := shutil.which("qpdf"):
        run = subprocess.run([qpdf, "--check", str(path)], capture_output=True, text=True, check=False, timeout=60)
        if run.returncode == 0:
            return []
        return [line for line in (run.stdout + run.stderr).splitlines() if "WARNING" in line or "ERROR" in line.upper()]
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return [str(problem) for problem in (*pdf.get_warnings(), *pdf.check_pdf_syntax())]
    except pikepdf.PdfError as error:
        return [str(error)]


def extracted_text(path: Path) -> str:
    """The text as pdftotext extracts it, or pypdf where that is not installed."""
    if program := shutil.which("pdftotext"):
        run = subprocess.run([program, "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, timeout=60)
        return run.stdout.decode("utf-8")
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def read_text(reading: PdfReading) -> str:
    """The text in the order of the structure tree: pieces that touch are joined, others are set apart by a space."""
    places: dict[Mark, list[Drawn]] = {}
    for item in reading.drawn:
        if item.mark is not None and item.text:
            places.setdefault(item.mark, []).append(item)
    marks = reading.tree.marks() if reading.tree is not None else ()
    return _joined([item for mark in marks for item in places.get(mark, [])])


def numbers_in_reading_order(pdf_text: str, expected: Sequence[str]) -> list[str]:
    """Whether the expected numbers occur in this order, whatever stands between them.

    A minus that stands free of both its neighbours is a difference, not a sign.

    Args:
        expected: with a decimal point, and - or − before a negative one.
    """
    printed = iter(_printed_numbers(pdf_text))
    last = "the beginning"
    for number in expected:
        wanted = number.replace("−", "-")
        if wanted not in printed:
            return [f"{wanted} does not occur after {last}"]
        last = wanted
    return []


def number_secrets(references: Iterable[float | str], given: Iterable[float | str] = ()) -> set[str]:
    """All ways to write the references with at least 3 significant digits, rounded or cut, that are not given numbers.

    Signs are left out: `leaks` passes over them.
    """
    public = {abs(Decimal(str(value))) for value in given}
    secrets = set()
    for value in (abs(Decimal(str(reference))) for reference in references):
        ways = {value.quantize(Decimal(1).scaleb(-places), rounding) for places in range(18)
                for rounding in (ROUND_HALF_EVEN, ROUND_DOWN)} | {value}  # fmt: skip
        secrets |= {f"{way:f}" for way in ways if way not in public and way and len(way.as_tuple().digits) >= 3}
    return secrets


def leaks(stored_texts: "Iterable[Stored]", secrets: Iterable[str]) -> list[str]:
    """Where a secret occurs: numbers as whole numbers and whatever their sign, other texts in any case of letters."""
    wanted = set(secrets)
    numbers = {secret for secret in wanted if NUMERIC.fullmatch(secret)}
    precise = {number for number in numbers if len(number.replace(".", "").lstrip("0")) >= COARSE}
    words = {secret: secret.casefold() for secret in sorted(wanted - numbers)}

    @cache
    def hits_in(text: str, is_coarse: bool) -> list[str]:
        folded = text.casefold()
        hits = [secret for secret, word in words.items() if word in folded]
        tokens = {number for way in {text, text.replace(",", ".")} for number in _numbers_of(way)}
        return hits + sorted(tokens & (precise if is_coarse else numbers))

    found = [f"{stored.where}: {hit!r}" for stored in stored_texts for hit in hits_in(stored.text, stored.is_coarse)]
    return list(dict.fromkeys(found))


def trace_findings(pdf: pikepdf.Pdf, stored_texts: "Iterable[Stored]") -> list[str]:
    """Where the file tells when and on what machine it was made: dates, paths, addresses."""
    found = []
    for stored in stored_texts:
        for what, pattern in TRACES.items():
            if not stored.is_coarse and (match := pattern.search(stored.text)):
                found.append(f"{stored.where}: {what}: {stored.text[max(0, match.start() - 10) : match.end() + 20]!r}")
    for number, item in _all_objects(pdf):
        for place, key, value in _walk(item, number):
            if key in DATE_KEYS and isinstance(value, pikepdf.String):
                found.append(f"{place}: the date {key}")
    return list(dict.fromkeys(found))


def strings_of_all_objects(pdf: pikepdf.Pdf) -> Iterator[Stored]:
    """Every text in the file, whether or not anything shows it.

    Strings, names and keys of all objects, decoded streams (metadata, attachments, and whatever has no known use as
    text; drawings and fonts as coarse text), and what pages, forms and appearances draw, through their fonts.
    """
    drawings, coarse = _streams(pdf)
    for where, item in _all_objects(pdf):
        for place, key, value in _walk(item, where):
            if key:
                yield Stored(f"{place} name", key, is_coarse=bool(DIGEST.fullmatch(key)))
            yield from _texts_of(value, place)
        if isinstance(item, pikepdf.Stream):
            yield from _texts_of_stream(item, where, item.objgen in coarse)
    fonts: dict[Where, _Font] = {}
    for holder in drawings:
        yield from _texts_of_drawing(holder, fonts)
    path = Path(pdf.filename)
    if path.is_file():
        yield Stored("file", path.read_bytes().decode("latin-1"), is_coarse=True)


def _texts_of(value: Any, place: str) -> Iterator[Stored]:
    if isinstance(value, pikepdf.String):
        yield Stored(place, str(value))
        raw = bytes(value)
        if not raw.startswith((b"\xfe\xff", b"\xff\xfe")):
            yield Stored(place, raw.decode("latin-1"))
    elif isinstance(value, pikepdf.Name):
        # Names of pictures are digests, in which any few digits come by chance.
        yield Stored(f"{place} name", str(value), is_coarse=bool(DIGEST.fullmatch(str(value))))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield Stored(place, f"{Decimal(value):f}", is_coarse=True)


def _texts_of_stream(stream: pikepdf.Stream, where: str, is_coarse: bool) -> Iterator[Stored]:
    try:
        data = stream.read_bytes()
    except pikepdf.PdfError:
        data = stream.read_raw_bytes()
    yield Stored(f"{where} stream", data.decode("latin-1"), is_coarse)
    for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
        if not is_coarse or encoding != "utf-8":
            yield Stored(f"{where} stream", data.decode(encoding, "ignore"), is_coarse)


def _texts_of_drawing(holder: Any, fonts: "dict[Where, _Font]") -> Iterator[Stored]:
    """The text that a page or form draws, joined where it touches, and the strings in its marks."""
    where = f"object {holder.objgen[0]} drawing"
    drawing = _Drawing(fonts, enters_forms=False)
    drawing.page(0, holder)
    yield Stored(where, _joined(drawing.drawn))
    yield Stored(where, "\n".join(item.text for item in drawing.drawn))
    for value in drawing.properties:
        for place, key, inner in _walk(value, where):
            if key:
                yield Stored(place, key)
            yield from _texts_of(inner, place)


def _streams(pdf: pikepdf.Pdf) -> tuple[list[Any], set[Where]]:
    """Pages and streams that draw, and the object numbers of streams whose bytes are no text."""
    drawings: list[Any] = [page.obj for page in pdf.pages]
    coarse: set[Where] = set()
    for page in pdf.pages:
        coarse |= {part.objgen for part in _listed(page.obj, "/Contents")}
    for item in _objects(pdf):
        if isinstance(item, pikepdf.Stream):
            if item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1:
                drawings.append(item)
            if item.get("/Subtype") in {"/Form", "/Image"} or "/PatternType" in item or "/FunctionType" in item:
                coarse.add(item.objgen)
            if item.get("/Type") in {"/XRef", "/ObjStm", "/CMap"} or "/Length1" in item:
                coarse.add(item.objgen)
        if isinstance(item, pikepdf.Dictionary):
            for key in ("/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode", "/CIDToGIDMap", "/CIDSet"):
                if isinstance(item.get(key), pikepdf.Stream):
                    coarse.add(item[key].objgen)
            drawings += list(item.get("/CharProcs", {}).values())
    return drawings, coarse


def _all_objects(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    yield "trailer", pdf.trailer
    for item in _objects(pdf):
        yield f"object {item.objgen[0]}", item


def _objects(pdf: pikepdf.Pdf) -> list[Any]:
    """All objects but bare numbers and the like; untyped, as what an entry holds is for the checks to find out."""
    return [item for item in pdf.objects if isinstance(item, pikepdf.Object)]


def _walk(item: Any, where: str, key: str = "") -> Iterator[tuple[str, str, Any]]:
    """Place, key and value of everything directly in an object; other objects that it names are not entered."""
    yield where, key, item
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for name, value in (item.stream_dict if isinstance(item, pikepdf.Stream) else item).items():
            is_other = isinstance(value, pikepdf.Object) and value.is_indirect
            yield from [(f"{where} {name}", name, None)] if is_other else _walk(value, f"{where} {name}", name)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            if not (isinstance(value, pikepdf.Object) and value.is_indirect):
                yield from _walk(value, where)


def _numbers_of(text: str) -> set[str]:
    """All numbers in a text; each run of digits and points is looked at once, as most occur often."""
    return {number for run in set(RUN.findall(text)) for number in _numbers_in_run(run)}


@lru_cache(maxsize=100_000)
def _numbers_in_run(run: str) -> list[str]:
    return [_plain(number) for number in NUMBER.findall(run)]


def _plain(number: str) -> str:
    return "0" + number if number.startswith(".") else number


def _printed_numbers(text: str) -> Iterator[str]:
    for match in SIGNED.finditer(text):
        minus = match["minus"]
        before = text[: match.start()][-1:]
        stands_free = before == " " and len(minus or "") > 1 and _ends_operand(text, match)
        is_difference = before.isalnum() or stands_free
        yield match["number"] if not minus or is_difference else f"-{match['number']}"


def _ends_operand(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 9) : match.start()].rstrip()[-1:]
    return before.isalnum() or before in {")", "]"}


def _odd_characters(text: str) -> list[str]:
    return sorted({f"U+{ord(char):04X}" for char in text
                   if (unicodedata.category(char) in {"Cc", "Co", "Cn", "Cs"} and char not in "\n\t\f\r")
                   or char in "\ufffd\ufeff"})  # fmt: skip


def _text_findings(text: str, where: str) -> list[str]:
    found = []
    if match := LATEX.search(text):
        found.append(f"{where}: {text[max(0, match.start() - 15) : match.end() + 15]!r} is LaTeX, not words")
    if odd := _odd_characters(text):
        found.append(f"{where}: characters that no reader can say: {odd}")
    return found


def _nodes(reading: PdfReading) -> list[Node]:
    return list(reading.tree.walk()) if reading.tree is not None else []


def _content(reading: PdfReading, node: Node) -> str:
    marks = set(node.marks())
    return _joined([item for item in reading.drawn if item.mark in marks])


def _stops(reading: PdfReading) -> list[Node]:
    nodes = [node for node in _nodes(reading) if node.role in READ_AS_ONE]
    return [node for node in nodes if not any(below.role in READ_AS_ONE for below in list(node.walk())[1:])]


@dataclass(frozen=True, slots=True)
class _Box:
    page: int
    last_page: int
    left: float
    right: float
    low: float
    high: float


def _box(items: Sequence[Drawn]) -> _Box | None:
    """Where something begins and ends; on its last page for `low` and `high` of what goes over pages."""
    if not items:
        return None
    first, last = min(item.page for item in items), max(item.page for item in items)
    here = [item for item in items if item.page == last]
    return _Box(first, last, min(item.x for item in here), max(item.right for item in here),
                min(item.y for item in here), max(item.y for item in here))  # fmt: skip


def _joined(items: Sequence[Drawn]) -> str:
    parts = []
    last: Drawn | None = None
    for item in (item for item in items if item.text):
        if last is not None:
            gap, drop = (item.x - last.right) / (item.size or 1), (item.y - last.y) / (item.size or 1)
            parts.append("" if item.page == last.page and abs(drop) < 0.1 and -0.3 < gap < 0.1 else " ")
        parts.append(item.text)
        last = item
    return "".join(parts)


def _listed(holder: Any, key: str) -> list[Any]:
    """What an entry holds that is one value, an array of them, or missing."""
    value = holder.get(key)
    return list(value) if isinstance(value, pikepdf.Array) else [] if value is None else [value]


def _attribute(node: Node, key: str) -> Any:
    for owner in _listed(node.element, "/A"):
        if isinstance(owner, pikepdf.Dictionary) and key in owner:
            return owner[key]
    return None


def _inherited(item: Any, key: str) -> Any:
    for _ in range(20):
        if key in item:
            return item[key]
        if "/Parent" not in item:
            break
        item = item.Parent
    return None


def _fields(fields: Iterable[Any]) -> Iterator[Any]:
    for item in fields:
        yield item
        yield from _fields(item.get("/Kids", []))


def _number_tree(node: Any) -> Iterator[tuple[int, Any]]:
    numbers = list(node.get("/Nums", []))
    yield from ((int(key), value) for key, value in zip(numbers[::2], numbers[1::2], strict=False))
    for kid in node.get("/Kids", []):
        yield from _number_tree(kid)


def _standard(name: str, root: Any) -> str:
    """A role after the role map; the name that it ends at where that leads nowhere."""
    mapped = root.get("/RoleMap", {})
    for _ in range(20):
        if name.lstrip("/") in STANDARD_ROLES or name not in mapped:
            break
        name = str(mapped[name])
    return name.lstrip("/")


def _tree(pdf: pikepdf.Pdf) -> tuple[Node | None, list[str]]:
    root: Any = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return None, []
    growing = _Growing(root)
    return growing.node(root, "Root", "", None), growing.problems


@dataclass(slots=True)
class _Growing:
    """Reads the structure tree; each element once, so that a loop ends."""

    root: Any
    problems: list[str] = field(default_factory=list)
    seen: set[Where] = field(default_factory=set)

    def node(self, element: Any, role: str, path: str, parent: Any) -> Node:
        if parent is not None and element.get("/P", {}).objgen != parent.objgen:
            self.problems.append(f"{path}: its /P is not its parent")
        read: list[Any] = []
        counts: Counter[str] = Counter()
        for kid in _listed(element, "/K"):
            if isinstance(kid, int):
                read.append(self.content(element, kid, None, path))
            elif kid.get("/Type") == "/MCR":
                read.append(self.content(kid if "/Pg" in kid else element, kid.MCID, kid.get("/Stm"), path))
            elif kid.get("/Type") == "/OBJR":
                read.append(Annotation(kid.Obj.objgen))
            else:
                read.append(self.child(kid, path, element, counts))
        return Node(element, role, path, tuple(item for item in read if item is not None))

    def content(self, holder: Any, mcid: Any, stream: Any, path: str) -> Mark | None:
        if stream is None and "/Pg" not in holder:
            self.problems.append(f"{path}: MCID {mcid} has no page")
            return None
        return (holder.Pg if stream is None else stream).objgen, int(mcid)

    def child(self, kid: Any, path: str, parent: Any, counts: Counter[str]) -> Node | None:
        role = _standard(str(kid.get("/S", "/?")), self.root)
        counts[role] += 1
        path = f"{path}/{role}[{counts[role]}]".lstrip("/")
        if role not in STANDARD_ROLES:
            self.problems.append(f"{path}: {role} is no standard role and not in the role map")
        if kid.is_indirect and kid.objgen in self.seen:
            self.problems.append(f"{path}: is in the tree twice")
            return None
        self.seen.add(kid.objgen)
        return self.node(kid, role, path, parent)


@dataclass(slots=True)
class _Text:
    """The text state of a content stream."""

    font: "_Font | None" = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def copy(self) -> "_Text":
        return _Text(self.font, self.size, self.spacing, self.word_spacing, self.scale, self.leading, self.rise)


Marks = list[tuple[str, Mark | None]]


class _Drawing:
    """Follows content streams and collects what they draw."""

    def __init__(self, fonts: "dict[Where, _Font]", enters_forms: bool = True) -> None:
        """Fonts that were read before are taken from `fonts`, and others added to them."""
        self.fonts = fonts
        self.enters_forms = enters_forms
        self.drawn: list[Drawn] = []
        self.begun: Counter[Mark] = Counter()
        self.holders: dict[Where, Any] = {}
        self.problems: list[str] = []
        self.properties: list[Any] = []
        self.number = 0

    def page(self, number: int, holder: Any) -> None:
        """Follow a page, or a form for itself."""
        self.number = number
        is_page = isinstance(holder, pikepdf.Dictionary) and not isinstance(holder, pikepdf.Stream)
        resources = _inherited(holder, "/Resources") if is_page else holder.get("/Resources")
        source = pikepdf.Page(holder) if is_page else holder
        self.follow(source, holder, resources or pikepdf.Dictionary(), UNMOVED, [], ())

    def follow(
        self, source: Any, holder: Any, resources: Any, ctm: Matrix, marks: Marks, within: tuple[Where, ...]
    ) -> None:
        """Follow one stream.

        Args:
            source: what to parse; the holder, or a page around it.
            ctm: from its space to the page's points.
            marks: tags that are open around it, with their marks.
            within: forms that it is drawn in, so that a loop ends.
        """
        self.holders[holder.objgen] = holder
        outer = len(marks)
        text, stack = _Text(), []
        line = at = UNMOVED
        for instruction in pikepdf.parse_content_stream(source):
            name = str(instruction.operator)
            if name in UNFOLLOWED:
                continue
            operands = list(instruction.operands)
            if name == "q":
                stack.append((ctm, text.copy()))
            elif name == "Q" and stack:
                ctm, text = stack.pop()
            elif name == "cm":
                ctm = _times(_matrix(operands), ctm)
            elif name in {"BMC", "BDC"}:
                marks.append(self.mark(operands, holder, resources))
            elif name == "EMC":
                if len(marks) == outer:
                    self.problems.append(f"page {self.number}: EMC without BMC or BDC")
                else:
                    marks.pop()
            elif name == "BT":
                line = at = UNMOVED
            elif name == "Tm":
                line = at = _matrix(operands)
            elif name in {"Td", "TD", "T*"}:
                if name == "TD":
                    text.leading = -float(operands[1])
                dx, dy = (0.0, -text.leading) if name == "T*" else (float(operands[0]), float(operands[1]))
                line = at = _times((1, 0, 0, 1, dx, dy), line)
            elif name in SHOWING:
                if name in {"'", '"'}:
                    line = at = _times((1, 0, 0, 1, 0, -text.leading), line)
                at = self.show(operands[-1], text, at, ctm, marks)
            elif name in PAINTING:
                self.paint("path", ctm, marks)
            elif name in {"BI", "INLINE IMAGE"}:
                self.paint("image", ctm, marks)
            elif name == "Do":
                self.external(resources.get("/XObject", {}).get(operands[0]), resources, ctm, marks, within)
            else:
                self.set(name, operands, text, resources)
        if len(marks) > outer:
            self.problems.append(f"page {self.number}: marked content is not closed in object {holder.objgen[0]}")
            del marks[outer:]

    def external(self, item: Any, resources: Any, ctm: Matrix, marks: Marks, within: tuple[Where, ...]) -> None:
        if item is None:
            self.problems.append(f"page {self.number}: draws something that is not in its resources")
        elif item.get("/Subtype") != "/Form":
            self.paint("image", ctm, marks)
        elif self.enters_forms and item.objgen not in within:
            own = _matrix(item.get("/Matrix", [1, 0, 0, 1, 0, 0]))
            self.follow(item, item, item.get("/Resources", resources), _times(own, ctm), marks, (*within, item.objgen))

    def mark(self, operands: list[Any], holder: Any, resources: Any) -> tuple[str, Mark | None]:
        properties = operands[1] if len(operands) > 1 else {}
        if isinstance(properties, pikepdf.Name):
            properties = resources.get("/Properties", {}).get(properties, {})
        elif len(operands) > 1:
            self.properties.append(properties)
        if "/MCID" not in properties:
            return str(operands[0]), None
        mark = (holder.objgen, int(properties["/MCID"]))
        self.begun[mark] += 1
        return str(operands[0]), mark

    def set(self, name: str, operands: list[Any], text: _Text, resources: Any) -> None:
        if name == "Tf":
            found = resources.get("/Font", {}).get(operands[0])
            if found is None:
                self.problems.append(f"page {self.number}: font {operands[0]} is not in the resources")
            else:
                text.font = self.read_font(found)
            text.size = float(operands[1])
        elif name in {"Tc", "Tw", "TL", "Ts"}:
            attribute = {"Tc": "spacing", "Tw": "word_spacing", "TL": "leading", "Ts": "rise"}[name]
            setattr(text, attribute, float(operands[0]))
        elif name == "Tz":
            text.scale = float(operands[0]) / 100

    def read_font(self, font: Any) -> "_Font":
        """A font, read once if it is an object of its own."""
        if not font.is_indirect:
            return _Font(font)
        if font.objgen not in self.fonts:
            self.fonts[font.objgen] = _Font(font)
        return self.fonts[font.objgen]

    def show(self, shown: Any, text: _Text, at: Matrix, ctm: Matrix, marks: Marks) -> Matrix:
        """Collect what an operator shows, in pieces where it leaves a gap; returns the text matrix behind it."""
        if text.font is None:
            return at
        pieces, start = [], at
        for part in shown if isinstance(shown, pikepdf.Array) else [shown]:
            if isinstance(part, pikepdf.String):
                for code, width, character in text.font.glyphs(bytes(part)):
                    pieces.append(character)
                    gap = text.spacing + (text.word_spacing if code == 32 and not text.font.is_composite else 0)
                    at = _moved((width * text.size + gap) * text.scale, at)
            else:
                shift = -float(part) / 1000
                if shift > 0.2 and pieces:
                    self.paint("text", ctm, marks, "".join(pieces), start, at, text)
                    pieces = []
                at = _moved(shift * text.size * text.scale, at)
                start = start if pieces else at
        if pieces:
            self.paint("text", ctm, marks, "".join(pieces), start, at, text)
        return at

    def paint(
        self, kind: str, ctm: Matrix, marks: Marks, shown: str = "",
        start: Matrix = UNMOVED, end: Matrix = UNMOVED, text: _Text | None = None,
    ) -> None:  # fmt: skip
        left, right = _times(start, ctm), _times(end, ctm)
        mark = next((mark for _, mark in reversed(marks) if mark is not None), None)
        is_artifact = any(tag == "/Artifact" for tag, _ in marks)
        size = text.size * float(np.hypot(left[2], left[3])) if text is not None else 0.0
        self.drawn.append(Drawn(self.number, kind, mark, is_artifact, shown, left[4], left[5], right[4], size))


class _Font:
    """Widths and characters of a font's codes."""

    def __init__(self, font: Any) -> None:
        self.is_composite = font.get("/Subtype") == "/Type0"
        self.characters = _unicode_map(font.ToUnicode.read_bytes()) if "/ToUnicode" in font else _by_encoding(font)
        self.widths = _composite_widths(font.DescendantFonts[0]) if self.is_composite else _simple_widths(font)
        self.usual = float(font.DescendantFonts[0].get("/DW", 1000)) if self.is_composite else 500.0
        self.unit = float(font.FontMatrix[0]) if font.get("/Subtype") == "/Type3" else 0.001

    def glyphs(self, codes: bytes) -> Iterator[tuple[int, float, str]]:
        """Code, width in units of the font size, and characters of each glyph; U+FFFD where it says none."""
        step = 2 if self.is_composite else 1
        for place in range(0, len(codes), step):
            code = int.from_bytes(codes[place : place + step], "big")
            yield code, self.widths.get(code, self.usual) * self.unit, self.characters.get(code, "\ufffd")


def _unicode_map(cmap: bytes) -> dict[int, str]:
    characters: dict[int, str] = {}
    for kind, body in re.findall(rb"begin(bfchar|bfrange)(.*?)endbf", cmap, re.DOTALL):
        tokens = re.findall(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])", body)
        words = ["[" if opens else "]" if closes else b"".join(word.split()).decode() for word, opens, closes in tokens]
        while words:
            first = int(words.pop(0), 16)
            last = first if kind == b"bfchar" else int(words.pop(0), 16)
            if words[0] == "[":
                end = words.index("]")
                characters |= {first + number: _utf16(word) for number, word in enumerate(words[1:end])}
                del words[: end + 1]
            else:
                head, tail = words[0][:-4], int(words[0][-4:] or "0", 16)
                characters |= {code: _utf16(f"{head}{tail + code - first:04x}") for code in range(first, last + 1)}
                del words[0]
    return characters


def _utf16(digits: str) -> str:
    data = bytes.fromhex(digits)
    return data.decode("utf-16-be" if len(data) > 1 else "latin-1", "replace")


def _by_encoding(font: Any) -> dict[int, str]:
    """Characters of a simple font without a ToUnicode map; none for a composite one."""
    if font.get("/Subtype") == "/Type0":
        return {}
    encoding = font.get("/Encoding", pikepdf.Name("/StandardEncoding"))
    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    codec = "mac_roman" if base == "/MacRomanEncoding" else "cp1252"
    characters = {code: bytes([code]).decode(codec, "replace") for code in range(32, 256)}
    code = 0
    for item in encoding.get("/Differences", []) if isinstance(encoding, pikepdf.Dictionary) else []:
        if isinstance(item, pikepdf.Name):
            characters[code] = agl.toUnicode(str(item)[1:]) or "\ufffd"
            code += 1
        else:
            code = int(item)
    return characters


def _composite_widths(font: Any) -> dict[int, float]:
    widths: dict[int, float] = {}
    items = list(font.get("/W", []))
    while items:
        first = int(items.pop(0))
        if isinstance(items[0], pikepdf.Array):
            widths |= {first + number: float(width) for number, width in enumerate(items.pop(0))}
        else:
            last, width = int(items.pop(0)), float(items.pop(0))
            widths |= dict.fromkeys(range(first, last + 1), width)
    return widths


def _simple_widths(font: Any) -> dict[int, float]:
    first = int(font.get("/FirstChar", 0))
    return {first + number: float(width) for number, width in enumerate(font.get("/Widths", []))}


def _fonts(pdf: pikepdf.Pdf) -> list[Any]:
    """All fonts that any resources name, and those of form fields."""
    fonts: dict[Any, Any] = {}
    for item in _objects(pdf):
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            form: Any = item.get("/AcroForm", {})
            candidates: list[Any] = [item.get("/Resources"), item.get("/DR"), form.get("/DR"), item]
            for resources in candidates:
                holds_names = isinstance(resources, pikepdf.Dictionary | pikepdf.Stream)
                named: Any = resources.get("/Font") if holds_names else None
                for name, font in named.items() if isinstance(named, pikepdf.Dictionary) else ():
                    if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/Font":
                        fonts[font.objgen if font.is_indirect else (item.objgen, name)] = font
    return list(fonts.values())


def _matrix(operands: Iterable[Any]) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return a, b, c, d, e, f


def _moved(right: float, then: Matrix) -> Matrix:
    """A step to the right, and then the transformation."""
    A, B, C, D, E, F = then
    return A, B, C, D, right * A + E, right * B + F


def _times(first: Matrix, then: Matrix) -> Matrix:
    """The transformation that does one after the other."""
    a, b, c, d, e, f = first
    A, B, C, D, E, F = then
    return a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F
