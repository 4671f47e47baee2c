"""Papers joined into one PDF: pages as they were, what they share once, and the same bytes for the same papers."""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from examgen.documents.pdf.joining import Part, joined
from examgen.documents.pdf.object_file import MOST_PACKED, renumbered
from examgen.errors import ExamgenError
from examgen.exams.keys.pdf_form import BUBBLES
from tests.page_pictures import page_picture

A4, LETTER = (595, 842), (612, 792)
Change = Callable[[pikepdf.Pdf, pikepdf.Object], None]


def paper(pages: int = 1, size: tuple[int, int] = A4, text: bytes = b"", change: Change | None = None) -> bytes:
    """A PDF whose pages have a square each, further to the right on each, and a comment in their content."""
    with pikepdf.new() as pdf:
        for number in range(pages):
            page = pdf.add_blank_page(page_size=size).obj
            page.Contents = pdf.make_stream(b"%d 100 50 50 re f %%%b" % (100 * number + 50, text))
            if change is not None:
                change(pdf, page)
        saved = io.BytesIO()
        pdf.save(saved, static_id=True)
        return saved.getvalue()


def join(*papers: bytes, is_duplex: bool = False) -> bytes:
    """Papers joined as those of students s1, s2 and so on."""
    parts = [Part(f"s{number}", f"s{number}.pdf", pdf) for number, pdf in enumerate(papers, start=1)]
    return b"".join(joined("An exam", parts, is_duplex=is_duplex))


def opened(pdf: bytes) -> pikepdf.Pdf:
    """A PDF that no reader has to mend."""
    document = pikepdf.open(io.BytesIO(pdf), attempt_recovery=False)
    assert all(len(one.read_bytes()) >= 0 for one in document.objects if isinstance(one, pikepdf.Stream))
    assert document.get_warnings() == []
    return document


def sizes(pdf: pikepdf.Pdf) -> list[tuple[int, ...]]:
    """Width and height of each page."""
    return [tuple(int(side) for side in list(page.MediaBox)[2:]) for page in pdf.pages]


def firsts(pdf: pikepdf.Pdf) -> list[tuple[str, int]]:
    """The bookmarks, and on which page each begins, from 1."""
    with pdf.open_outline() as outline:
        marks = [(mark.title, mark.destination) for mark in outline.root]
    found = []
    for title, destination in marks:
        assert isinstance(destination, pikepdf.Array)
        found.append((title, pdf.pages.index(pikepdf.Page(destination[0])) + 1))
    return found


@pytest.mark.parametrize(("is_duplex", "blank"), [(False, []), (True, [2, 4, 8, 10])], ids=["plain", "duplex"])
def test_bubble_pages_begin_on_a_sheet_of_their_own(is_duplex: bool, blank: list[int]) -> None:
    """Printed on both sides, what is scanned stands on no sheet with questions, its own or the next paper's."""

    def bubbled(questions: int, bubbles: int) -> bytes:
        numbers = iter(range(questions + bubbles))

        def mark(_: pikepdf.Pdf, page: pikepdf.Object) -> None:
            if next(numbers) >= questions:
                page[BUBBLES] = True

        return paper(questions + bubbles, change=mark)

    pdf = opened(join(bubbled(1, 1), bubbled(2, 1), bubbled(1, 2), is_duplex=is_duplex))
    empty = [number for number, page in enumerate(pdf.pages, start=1) if "/Contents" not in page]
    assert empty == blank


@pytest.mark.parametrize(
    ("is_duplex", "starts", "count"), [(False, [1, 2, 4, 7], 7), (True, [1, 3, 5, 9], 9)], ids=["plain", "duplex"]
)
def test_papers_come_in_order_and_begin_on_odd_pages_where_both_sides_are_printed(
    is_duplex: bool, starts: Sequence[int], count: int
) -> None:
    """Blank pages stand before papers that would begin on the back of another, and nowhere else."""
    pdf = opened(join(*(paper(pages) for pages in (1, 2, 3, 1)), is_duplex=is_duplex))
    assert firsts(pdf) == [(f"s{number}", start) for number, start in enumerate(starts, start=1)]
    assert len(pdf.pages) == count
    blank = [number for number, page in enumerate(pdf.pages, start=1) if "/Contents" not in page]
    assert blank == ([2, 8] if is_duplex else [])
    assert ("/Duplex" in pdf.Root.ViewerPreferences) == is_duplex


def test_a_blank_page_is_of_the_size_of_the_paper_that_it_ends() -> None:
    """Paper of two sizes stays as it is, and a printer does not change its tray within a paper."""
    pdf = opened(join(paper(1, LETTER), paper(3), paper(1, LETTER), is_duplex=True))
    assert sizes(pdf) == [LETTER, LETTER, A4, A4, A4, A4, LETTER]


def test_what_papers_share_is_written_once() -> None:
    """Streams of the same bytes are one, whatever they are and wherever they are from; others stay apart."""

    def with_picture(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = pdf.make_stream(bytes(range(256)) * 3, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=pdf.make_indirect(image)))

    papers = [paper(text=b"%d" % (number % 3), change=with_picture) for number in range(2 * MOST_PACKED)]
    with opened(join(*papers)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Type" not in one]
        pictures = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Subtype" in one]
        assert (len(pdf.pages), len(streams), len(pictures)) == (2 * MOST_PACKED, 3, 1)


def test_subsets_of_a_font_have_names_of_their_own() -> None:
    """Two papers have other glyphs under one name: a printer that keeps fonts by name would mix them up."""

    def with_font(file: bytes) -> Change:
        def add(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
            name = pikepdf.Name("/ABCDEF+Text")
            descriptor = pikepdf.Dictionary(
                Type=pikepdf.Name.FontDescriptor, FontName=name, FontFile2=pdf.make_stream(file)
            )
            below = pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont=name, FontDescriptor=descriptor)
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont=name, DescendantFonts=pikepdf.Array([below]))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.make_indirect(font)))

        return add

    papers = [paper(change=with_font(file)) for file in (b"some glyphs", b"other glyphs", b"some glyphs")]
    with opened(join(*papers)) as pdf:
        fonts = [page.Resources.Font.F for page in pdf.pages]
        names = [str(font.BaseFont) for font in fonts]
        for font, name in zip(fonts, names, strict=True):
            below = font.DescendantFonts[0]
            assert (str(below.BaseFont), str(below.FontDescriptor.FontName)) == (name, name)
            assert name.endswith("+Text")
    assert names[0] == names[2] != names[1]


def test_the_same_papers_give_the_same_bytes() -> None:
    """No date and no chance is in the file, and its name follows from its content."""
    first, other = join(paper(2), paper(1)), join(paper(1), paper(2))
    assert join(paper(2), paper(1)) == first != other
    assert opened(first).trailer.ID[0] != opened(other).trailer.ID[0]


def test_papers_are_asked_for_one_by_one() -> None:
    """A large class is never in memory as a whole: a paper is written before the next one is read."""
    asked: list[int] = []

    def parts() -> Iterator[Part]:
        for number in range(3):
            asked.append(number)
            yield Part("s", "s.pdf", paper(text=b"%d" % number))

    seen = [len(asked) for _ in joined("An exam", parts())]
    assert seen == [1, 2, 3, 3]


def test_sizes_and_turns_that_pages_inherit_are_kept() -> None:
    """Entries of the nodes above a page count as its own."""

    def inherit(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        pdf.Root.Pages.MediaBox, pdf.Root.Pages.Rotate = pikepdf.Array([0, 0, *LETTER]), 90
        del page["/MediaBox"]

    pdf = opened(join(paper(change=inherit), paper(), is_duplex=True))
    assert sizes(pdf) == [LETTER, LETTER, A4]
    assert [page.get("/Rotate", 0) for page in pdf.pages] == [90, 90, 0]


def test_objects_that_refer_to_one_another_in_a_circle_are_copied() -> None:
    """A drawing whose resources name itself, as some programs write it, ends, and still does so in the copy."""

    def circle(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        drawing = pdf.make_stream(b"0 0 10 10 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        drawing.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(D=drawing))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(D=drawing))

    with opened(join(paper(change=circle), paper(change=circle))) as pdf:
        for page in pdf.pages:
            drawing = page.Resources.XObject.D
            assert drawing.Resources.XObject.D.objgen == drawing.objgen
            assert drawing.read_bytes() == b"0 0 10 10 re f"


def test_texts_that_look_like_references_stay_as_they_are() -> None:
    """Only references get other numbers, not what stands in strings."""
    text = rb"<< /A (1 0 R \) 2 0 R) /B <31> /C [ 1 0 R 7 2 0 R ] /D1 3 >>"
    assert (
        renumbered(text, lambda number: number + 10)
        == rb"<< /A (1 0 R \) 2 0 R) /B <31> /C [ 11 0 R 7 12 0 R ] /D1 3 >>"
    )


@pytest.mark.parametrize("title", ["O'Neill (a) \\", "(((", "李 ⚡ Ünü", "x" * 5000])
def test_bookmarks_are_called_as_students_are(title: str) -> None:
    """Signs that mean something in a PDF, and those of any script, come back as they were."""
    pdf = opened(b"".join(joined("An exam", [Part(title, "s.pdf", paper())])))
    assert firsts(pdf) == [(title, 1)]


def test_a_paper_has_nothing_to_fill_in_but_shows_what_its_fields_show(tmp_path: Path) -> None:
    """An empty field goes, one with a look of its own is drawn at its place, and a hidden one is seen nowhere."""

    def field(flags: int, left: int, *, is_drawn: bool) -> Change:
        def add(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
            box = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=f"f{left}", F=flags, V=""
            )
            box.Rect = pikepdf.Array([left, 300, left + 40, 340])
            if is_drawn:
                look = pdf.make_stream(b"0 0 40 40 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
                look.BBox = pikepdf.Array([0, 0, 40, 40])
                box.AP = pikepdf.Dictionary(N=look)
            whole = pdf.make_indirect(box)
            page.Annots = pikepdf.Array([*page.get("/Annots", []), whole])
            if "/AcroForm" not in pdf.Root:
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]))
            pdf.Root.AcroForm.Fields.append(whole)

        return add

    def fields(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        for change in (field(4, 50, is_drawn=False), field(4, 150, is_drawn=True), field(6, 250, is_drawn=True)):
            change(pdf, page)

    single = paper(change=fields)
    whole = join(single)
    with opened(whole) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[0]
    picture = page_picture(whole, 1, tmp_path)
    assert np.array_equal(picture, page_picture(single, 1, tmp_path))
    dark = [bool(picture[842 - 320, left + 20] < 128) for left in (50, 150, 250)]
    assert dark == [False, True, False]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"\0" * 100, zlib.compress(b"%PDF-1.7")])
def test_what_is_no_pdf_is_named(content: bytes) -> None:
    """The message says which paper it is."""
    with pytest.raises(ExamgenError, match=r"^s2\.pdf: is no PDF that can be read$"):
        join(paper(), content)
