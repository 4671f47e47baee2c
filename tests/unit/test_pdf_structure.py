"""The checker of PDF files itself: a small good file has no finding, and each way to spoil it has its own."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests import pdf_structure
from tests.pdf_structure import (
    Stored,
    extracted_text,
    file_findings,
    leaks,
    number_secrets,
    numbers_in_reading_order,
    read_pdf,
    read_text,
    strings_of_all_objects,
    trace_findings,
    ua_findings,
)

Change = Callable[[pikepdf.Pdf], None]

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:ua="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Midterm</rdf:li></rdf:Alt></dc:title><ua:part>1</ua:part>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"""
CMAP = b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0020> <04ff> <0020> endbfrange"


def shown(text: str, x: float, y: float, tag: str = "", mcid: int = -1) -> str:
    """Operators that show a text, marked where a tag is given; the font's codes are the characters themselves."""
    drawing = f"BT /F 10 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
    marked = {"": drawing, "Artifact": f"/Artifact BMC {drawing} EMC"}
    return marked.get(tag, f"/{tag} <</MCID {mcid}>> BDC {drawing} EMC")


PAGE = "\n".join(
    [
        shown("Midterm", 50, 780, "H1", 0),
        shown("Question 1", 50, 750, "H2", 1),
        shown("Let x be 0.25.", 50, 730, "P", 2),
        "/Figure <</MCID 3>> BDC q 1 0 0 1 50 700 cm /X Do Q EMC",
        shown("Entry", 50, 650, "TH", 4),
        shown("0.75", 120, 650, "TD", 5),
        shown("1.", 50, 600, "Lbl", 6),
        shown("Go on.", 70, 600, "LBody", 7),
        shown("here", 50, 560, "Link", 8),
        shown("page 1", 50, 20, "Artifact"),
        "/Artifact BMC 50 30 m 500 30 l S EMC",
    ]
)
FORM = shown("y = ", 0, 0) + shown("−0.5", 20, 0)


def font(pdf: pikepdf.Pdf) -> Any:
    """A composite font, embedded in name, that maps codes to themselves."""
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.Small, FontFile2=pdf.make_stream(b"no glyphs"))
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Small, FontDescriptor=pdf.make_indirect(descriptor),
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0), CIDToGIDMap=Name.Identity, DW=500
    )  # fmt: skip
    cmap = pdf.make_stream(CMAP + b" 1 beginbfchar <2212> <2212> endbfchar")
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Small, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(inner)]), ToUnicode=cmap,
        )
    )  # fmt: skip


def good_pdf() -> pikepdf.Pdf:
    """A tagged page with headings, a formula as a form, a table, a list, a link and a form field."""
    pdf = pikepdf.new()
    fonts = Dictionary(Font=Dictionary(F=font(pdf)))
    form = pdf.make_stream(FORM.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, -5, 90, 15], Resources=fonts)
    page = pdf.add_blank_page(page_size=(595, 842)).obj
    page.Contents = pdf.make_stream(PAGE.encode())
    page.Resources = Dictionary(Font=fonts.Font, XObject=Dictionary(X=form))
    page.StructParents, page.Tabs = 0, Name.S
    link = annotation(pdf, "Link", 1, (50, 555, 90, 570), Contents="the course page")
    widget = annotation(pdf, "Widget", 2, (50, 500, 120, 520), FT=Name.Tx, T="z1", TU="z 1, 4 decimals")
    page.Annots = Array([link, widget])
    root = pdf.Root
    root.Lang, root.MarkInfo, root.ViewerPreferences = (
        pikepdf.String("en"), Dictionary(Marked=True), Dictionary(DisplayDocTitle=True)
    )  # fmt: skip
    root.AcroForm = Dictionary(Fields=Array([widget]))
    root.Metadata = pdf.make_stream(XMP.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Title="Midterm"))
    grow(pdf, page, link, widget)
    return pdf


def annotation(pdf: pikepdf.Pdf, kind: str, key: int, box: tuple[int, ...], **more: Any) -> Any:
    return pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=list(box), F=4, StructParent=key, **more)
    )


def grow(pdf: pikepdf.Pdf, page: Any, link: Any, widget: Any) -> None:
    """The structure tree and parent tree of the page of `good_pdf`."""
    root = pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    marks: dict[int, Any] = {}

    def element(role: str, parent: Any, mcid: int | None = None, **more: Any) -> Any:
        node = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{role}"), P=parent, K=Array(), **more))
        if parent is not root:
            parent.K.append(node)
        if mcid is not None:
            node.Pg, marks[mcid] = page, node
            node.K.append(mcid)
        return node

    document = element("Document", root)
    root.K = document
    element("H1", document, 0)
    element("H2", document, 1)
    element("P", document, 2)
    element("Figure", document, 3, Alt="y = minus 0.5")
    row = element("TR", element("Table", document))
    element("TH", row, 4, A=Dictionary(O=Name.Table, Scope=Name.Row))
    element("TD", row, 5)
    item = element("LI", element("L", document))
    element("Lbl", item, 6)
    element("LBody", item, 7)
    anchor = element("Link", element("P", document), 8)
    anchor.K.append(Dictionary(Type=Name.OBJR, Obj=link, Pg=page))
    box = element("Form", document)
    box.K.append(Dictionary(Type=Name.OBJR, Obj=widget, Pg=page))
    numbers = Array([0, Array([marks[mcid] for mcid in sorted(marks)]), 1, anchor, 2, box])
    root.ParentTree, root.ParentTreeNextKey = pdf.make_indirect(Dictionary(Nums=numbers)), 3


def saved(folder: Path, change: Change | None = None) -> Path:
    """The good file, or a spoilt one."""
    path = folder / "small.pdf"
    with good_pdf() as pdf:
        if change is not None:
            change(pdf)
        pdf.save(path, static_id=True)
    return path


def texts(path: Path) -> list[Stored]:
    """Every text in a file."""
    with pikepdf.open(path) as pdf:
        return list(strings_of_all_objects(pdf))


def traces(path: Path) -> list[str]:
    """What a file tells of its making."""
    with pikepdf.open(path) as pdf:
        return trace_findings(pdf, strings_of_all_objects(pdf))


def elements(pdf: pikepdf.Pdf, role: str) -> Any:
    """The first structure element of a role."""
    return next(
        item for item in pdf.objects
        if isinstance(item, Dictionary) and item.get("/Type") == "/StructElem" and str(item.S) == f"/{role}"
    )  # fmt: skip


def drop(role: str, key: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        del elements(pdf, role)[key]

    return change


def rename(role: str, other: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        elements(pdf, role).S = Name(f"/{other}")

    return change


def say(text: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        elements(pdf, "Figure").Alt = pikepdf.String(text)

    return change


def draw(old: str, new: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        assert PAGE.count(old) == 1
        pdf.pages[0].obj.Contents = pdf.make_stream(PAGE.replace(old, new).encode())

    return change


def without(*path: Any) -> Change:
    """Delete the entry at the end of a path from the catalog, or from the first page where it begins with Pages."""

    def change(pdf: pikepdf.Pdf) -> None:
        holder: Any = pdf.Root
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]

    return change


PAGE_PATH = ("/Pages", "/Kids", 0)
FONT_PATH = (*PAGE_PATH, "/Resources", "/Font", "/F")
LINK_PATH, WIDGET_PATH = (*PAGE_PATH, "/Annots", 0), (*PAGE_PATH, "/Annots", 1)


def unlist_row_header(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "TH").S = Name.TD


def swap_in_parent_tree(pdf: pikepdf.Pdf) -> None:
    entries = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    entries[0], entries[1] = entries[1], entries[0]


def swap_in_reading_order(pdf: pikepdf.Pdf) -> None:
    kids = pdf.Root.StructTreeRoot.K.K
    kids[1], kids[2] = kids[2], kids[1]


def add_page_that_is_read_first(pdf: pikepdf.Pdf) -> None:
    page = pdf.add_blank_page(page_size=(595, 842)).obj
    page.Resources, page.StructParents = pdf.pages[0].obj.Resources, 7
    page.Contents = pdf.make_stream(shown("Later", 50, 700, "P", 0).encode())
    document = pdf.Root.StructTreeRoot.K
    node = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=document, K=0, Pg=page))
    document.K.insert(2, node)
    tree = pdf.Root.StructTreeRoot
    tree.ParentTree.Nums = Array([*tree.ParentTree.Nums, 7, Array([node])])
    tree.ParentTreeNextKey = 8


def another_title(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = pikepdf.String("Final")


def map_standard_role(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.RoleMap = Dictionary(P=Name.Span)


def repeat_field(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(FT=Name.Tx, T="z1")))


def mark_text_in_form(pdf: pikepdf.Pdf) -> None:
    form = pdf.pages[0].obj.Resources.XObject.X
    form.write(shown("lost", 0, 0, "Span", 0).encode())


def disown(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "TD").P = elements(pdf, "Table")


SPOILT: list[tuple[str, Change, str]] = [
    ("no language", without("/Lang"), "catalog: no /Lang"),
    ("not marked", without("/MarkInfo"), "/Marked is not true"),
    ("title not shown", without("/ViewerPreferences"), "/DisplayDocTitle is not true"),
    ("no XMP", without("/Metadata"), "no XMP"),
    ("two titles", another_title, "dc:title is 'Midterm', Info /Title is 'Final'"),
    ("no tree", without("/StructTreeRoot"), "no /StructTreeRoot"),
    ("no parent tree", without("/StructTreeRoot", "/ParentTree"), "no /ParentTree"),
    ("parent tree mixed up", swap_in_parent_tree, "MCID 0: the parent tree names another element"),
    ("wrong parent", disown, "its /P is not its parent"),
    ("standard role mapped", map_standard_role, "the standard role /P is mapped"),
    ("own role", rename("P", "Formel"), "Formel is no standard role"),
    ("mark not in the tree", drop("P", "/K"), "MCID 2 is not in the structure tree"),
    ("mark not on the page", draw("/MCID 2", "/MCID 22"), "MCID 2 is in no content"),
    ("mark drawn twice", draw("/MCID 2", "/MCID 1"), "MCID 1 is drawn 2 times"),
    ("mark in a form", mark_text_in_form, "MCID 0 is not in the structure tree"),
    ("untagged text", draw("/Artifact BMC BT", "BT /P BMC"), "1 pieces of text are neither tagged nor an artifact"),
    ("untagged line", draw("/Artifact BMC 50 30", "/Span BMC 50 30"), "of path are neither tagged nor an artifact"),
    ("artifact in a tag", draw("BDC q", "BDC /Artifact BMC EMC /Artifact BMC q"), "both tagged and an artifact"),
    ("marks not closed", draw("l S EMC", "l S"), "marked content is not closed"),
    ("two H1", rename("H2", "H1"), "2 are H1"),
    ("no H1", rename("H1", "P"), "0 are H1"),
    ("level skipped", rename("H2", "H3"), "H3 follows H1"),
    ("no alternative text", drop("Figure", "/Alt"), "Figure[1]: no /Alt"),
    ("empty alternative text", say(" "), "Figure[1]: no /Alt"),
    ("command in it", say(r"a \frac 1"), "is LaTeX"),
    ("brace in it", say("y_{1}"), "is LaTeX"),
    ("place holder in it", say("@@alt 3@@"), "is LaTeX"),
    ("private character in it", say("y = \ue000"), "U+E000"),
    ("no header cell", unlist_row_header, "Table[1]: no TH"),
    ("header of nothing", drop("TH", "/A"), "no /Scope"),
    ("item without list", rename("L", "Sect"), "LI stands in Sect"),
    ("paragraph in a list", rename("LI", "P"), "a L holds P"),
    ("no tab order", without(*PAGE_PATH, "/Tabs"), "/Tabs is not /S"),
    ("field without a name", without(*WIDGET_PATH, "/TU"), "/Widget z1: neither /TU nor /Contents"),
    ("link without a text", without(*LINK_PATH, "/Contents"), "/Link: neither /TU nor /Contents"),
    ("field not in the tree", drop("Form", "/K"), "/Widget z1: is not in the structure tree"),
    ("field in a paragraph", rename("Form", "P"), "not in a Form"),
    ("field not in the parent tree", without(*WIDGET_PATH, "/StructParent"), "its /StructParent is not"),
    ("two fields of a name", repeat_field, "2 fields are named 'z1'"),
    ("font not embedded", without(*FONT_PATH, "/DescendantFonts", 0, "/FontDescriptor"), "is not embedded"),
    ("no map", without(*FONT_PATH, "/DescendantFonts", 0, "/CIDToGIDMap"), "no /CIDToGIDMap"),
    ("no characters", without(*FONT_PATH, "/ToUnicode"), "neither /ToUnicode nor a standard encoding"),
    ("unknown character", draw("<0047006f0020006f", "<0047006fffff006f"), "U+FFFD"),
    ("down the page and up", swap_in_reading_order, "'Question 1' on page 1 is read after Document[1]/P[1]"),
    ("pages mixed up", add_page_that_is_read_first, "page 1 is read after page 2"),
]  # fmt: skip


def test_good_file_has_no_finding(tmp_path: Path) -> None:
    """A page with all that papers hold is as it should be."""
    path = saved(tmp_path)
    assert ua_findings(read_pdf(path)) == []
    assert file_findings(path) == []
    assert traces(path) == []


@pytest.mark.parametrize(("change", "finding"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_each_fault_is_found(tmp_path: Path, change: Change, finding: str) -> None:
    """A single fault has a finding that names it."""
    found = ua_findings(read_pdf(saved(tmp_path, change)))
    assert any(finding in line for line in found), found


def test_text_is_read_in_the_order_of_the_tree(tmp_path: Path) -> None:
    """Text in forms is part of what is read; pieces that touch are one, artifacts are left out."""
    text = read_text(read_pdf(saved(tmp_path, swap_in_reading_order)))
    assert text.startswith("Midterm Let x be 0.25. Question 1 y = −0.5 Entry")
    assert "page 1" not in text


@pytest.mark.parametrize("has_program", [True, False])
def test_text_is_extracted_with_and_without_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_program: bool
) -> None:
    """Where pdftotext is missing another reader stands in for it."""
    if not has_program:
        monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "Question 1" in extracted_text(saved(tmp_path))


@pytest.mark.parametrize("has_program", [True, False])
def test_broken_file_is_found_with_and_without_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_program: bool
) -> None:
    """A file whose table of objects is wrong is found by qpdf, or by its library."""
    if not has_program:
        monkeypatch.setattr(shutil, "which", lambda _: None)
    path = saved(tmp_path)
    assert file_findings(path) == []
    path.write_bytes(path.read_bytes().replace(b"startxref", b"startxxxx"))
    assert file_findings(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z = 0.5 and then 0.25", ["0.5", "0.25"]),
        ("[−0.5\n2.0]", ["-0.5", "2.0"]),
        ("= − 0.5", ["−0.5"]),
        ("1 − 0.5", ["1", "0.5"]),
        ("(1−0.5)", ["0.5"]),
        ("0.5 −0.25 3", ["0.5", "-0.25", "3"]),
    ],
)
def test_numbers_in_order_are_found(text: str, expected: list[str]) -> None:
    """Other text and numbers may stand between them, and a minus is a sign unless it takes something away."""
    assert numbers_in_reading_order(text, expected) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.25 and then 0.5", ["0.5", "0.25"]),
        ("0.5", ["-0.5"]),
        ("= −0.5", ["0.5"]),
        ("10.25", ["0.25"]),
        ("0.251", ["0.25"]),
        ("0.5", ["0.5", "0.5"]),
    ],
)
def test_numbers_that_are_missing_or_out_of_order_are_found(text: str, expected: list[str]) -> None:
    """A number counts with its sign, as a whole, and once."""
    assert numbers_in_reading_order(text, expected)


def test_number_secrets_have_three_digits_and_are_not_given() -> None:
    """Few digits can be there by chance, and what is given is no secret."""
    secrets = number_secrets([-0.126789, 0.5, 0.25], given=[0.25])
    assert {"0.127", "0.126", "0.1268", "0.1267", "0.126789"} <= secrets
    assert not {"0.13", "0.5", "0.25", "0.250"} & secrets


def in_metadata(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(XMP.replace("</dc:title>", "</dc:title><!-- 0.1268 -->").encode())


def in_bookmark(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines = Dictionary(First=pdf.make_indirect(Dictionary(Title="L = 0.1268")))


def in_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = b"L is 0.1268"


def in_attachment_as_utf16(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = "L is 0.1268".encode("utf-16")


def in_key(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/PieceInfo"] = Dictionary({"/x0.1268": 1})


def in_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/PieceInfo"] = Dictionary({"/Private": Name("/L=0.1268")})


def in_loose_object(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/PieceInfo"] = pdf.make_indirect(Array([pdf.make_stream(b"0.1268")]))


def in_optional_content(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="0.1268"))
    pdf.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary(OFF=[group]))


def in_pieces(pdf: pikepdf.Pdf) -> None:
    pieces = "".join(f"<{digit.encode('utf-16-be').hex()}> Tj " for digit in "0.1268")
    pdf.pages[0].obj.Contents = pdf.make_stream(f"BT /F 10 Tf 50 50 Td {pieces} ET".encode())


def in_unused_form(pdf: pikepdf.Pdf) -> None:
    form = pdf.pages[0].obj.Resources.XObject.X
    hidden = pdf.make_stream(shown("−0.1268", 0, 0).encode(), Subtype=Name.Form, Resources=form.Resources)
    pdf.Root["/PieceInfo"] = Dictionary({"/Private": hidden})


def in_mark(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/Span <</ActualText (0.1268)>> BDC EMC")


@pytest.mark.parametrize(
    "change",
    [
        say("L = 0.1268"), say("L = minus 0.127"), in_metadata, in_bookmark, in_attachment, in_attachment_as_utf16,
        in_key, in_name, in_loose_object, in_optional_content, in_pieces, in_unused_form, in_mark,
        draw("<0047006f0020006f", f"<{'0,1268'.encode('utf-16-be').hex()}006f"),
    ],
)  # fmt: skip
def test_secret_is_found_wherever_it_is(tmp_path: Path, change: Change) -> None:
    """A value of the key is found in texts, names, streams and drawings; the good file has none."""
    secrets = number_secrets([-0.126789], given=[0.25])
    assert leaks(texts(saved(tmp_path)), secrets) == []
    assert leaks(texts(saved(tmp_path, change)), secrets)


def test_words_and_seeds_are_found(tmp_path: Path) -> None:
    """Other secrets are found within words, and long numbers among the numbers of a file as well."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root["/PieceInfo"] = Dictionary({"/Seed": 123456789, "/From": pikepdf.String("Key/Answers.csv")})

    found = leaks(texts(saved(tmp_path, change)), {"123456789", "key/answers.csv", "1234", "nowhere"})
    assert {line.rpartition(": ")[2] for line in found} == {"'123456789'", "'key/answers.csv'"}


@pytest.mark.parametrize(
    "text", ["D:20260102030405Z", "made 2026-01-02", "at 03:04:05", "in /home/ada/x", r"C:\exam", "ada@example.org"]
)
def test_traces_of_time_and_machine_are_found(tmp_path: Path, text: str) -> None:
    """Dates, paths and addresses are found."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.trailer.Info.Producer = pikepdf.String(text)

    assert traces(saved(tmp_path, change))


def test_all_checks_are_applied() -> None:
    """Every check of a reading that the module offers is one of `CHECKS`."""
    checks = {value for name, value in vars(pdf_structure).items()
              if name.endswith("_findings") and not name.startswith("_")}  # fmt: skip
    assert checks - set(pdf_structure.CHECKS) == {ua_findings, file_findings, trace_findings}
