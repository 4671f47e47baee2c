"""Forms whose boxes are empty, and what was written over their pages instead; PDFs without a form."""

import io
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from examgen.documents.paper.printing import questions_pdf
from examgen.errors import AnswersError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.pdf_form import OWN_CONTENT
from examgen.marking.reading.handed_in.filled_pdf import MAX_SECONDS, filled_form
from tests.unit.test_filled_pdf import Objects, field, filled, form_objects, raw_pdf, stream_object

CASE = Path(__file__).parent.parent / "cases" / "files" / "annotated" / "questions.pdf"


def page(*annotations: bytes, value: bytes = b"()", more: bytes = b"", objects: Objects | None = None) -> bytes:
    """A form of one field whose only page carries these annotations."""
    made = form_objects(field(value), more=objects)
    made[1] = b"<</Type/Catalog/AcroForm 2 0 R/Pages 20 0 R>>"
    made[20] = b"<</Type/Pages/Count 1/Kids[21 0 R]>>"
    made[21] = b"<</Type/Page/Parent 20 0 R/Annots[%b]%b>>" % (b" ".join(annotations), more)
    return raw_pdf(made)


def note(kind: bytes) -> bytes:
    return b"<</Type/Annot/Subtype/%b/Contents(0.5)>>" % kind


def warning(data: bytes) -> str:
    return filled_form("s.pdf", data).warning


@pytest.mark.parametrize("kind", [b"FreeText", b"Ink", b"Stamp", b"Text", b"Highlight", b"Square", b"X-Typewriter"])
def test_annotations_over_an_empty_form_are_told(kind: bytes) -> None:
    """Of whatever kind they are; what belongs to a form is none of them."""
    own = [note(b"Widget"), note(b"Link"), note(b"Popup")]
    assert warning(page(*own, note(kind), note(kind))) == (
        f"the form is empty, but its pages carry 2 annotations ({kind.decode()}); the answers are in no box; "
        "open it in a viewer that fills in forms, or type the answers into answers.csv"
    )
    assert warning(page(*own)) == ""
    assert warning(page(note(kind), value=b"(0.5)")) == ""
    assert "1 annotation (" in warning(page(note(kind), value=b"( )"))


@cache
def paper() -> bytes:
    """A paper as it is handed out; its pages have several streams each."""
    loaded = load_exam("question2", 7)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    return questions_pdf(loaded.exam, variant)


def old_paper() -> bytes:
    """A paper of an early version, without what was written over it."""
    stream = io.BytesIO()
    with pikepdf.open(CASE) as pdf:
        for one in pdf.pages:
            one.Annots = pikepdf.Array([annotation for annotation in one.Annots if annotation.Subtype == "/Widget"])
        pdf.save(stream)
    return stream.getvalue()


def edited(change: Callable[[pikepdf.Pdf], None], data: bytes | None = None) -> bytes:
    """A paper as an editor saves it; one that is made now where none is given."""
    with pikepdf.open(io.BytesIO(data or paper())) as pdf:
        change(pdf)
        stream = io.BytesIO()
        pdf.save(stream)
    return stream.getvalue()


def coalesce(pdf: pikepdf.Pdf) -> None:
    for one in pdf.pages:
        one.contents_coalesce()


def forget_own_content(pdf: pikepdf.Pdf) -> None:
    """As papers of the versions before, whose pages have several streams, too."""
    for stream in (stream for one in pdf.pages for stream in list(one.Contents)):
        del stream[OWN_CONTENT]


@pytest.mark.parametrize(
    "change",
    [lambda _: None, pikepdf.Pdf.remove_unreferenced_resources, coalesce, forget_own_content],
    ids=["saved", "resources", "coalesced", "earlier version"],
)
def test_a_paper_as_it_was_handed_out_is_quiet(change: Callable[[pikepdf.Pdf], None]) -> None:
    """However many streams its pages have, and however its file is written anew."""
    assert warning(paper()) == warning(old_paper()) == ""
    assert warning(edited(change)) == warning(filled(edited(change), {})) == ""


def test_a_paper_that_was_filled_in_is_quiet() -> None:
    """Where nothing but a blank was typed, too."""
    assert warning(filled(paper(), {"z1": " "})) == warning(filled(paper(), {"z1": "0.5"})) == ""


def draw(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"BT /F1 9 Tf 9 9 Td (0.5) Tj ET")


def draw_below(pdf: pikepdf.Pdf) -> None:
    pdf.pages[-1].contents_add(b"BT /F1 9 Tf 9 9 Td (0.5) Tj ET", prepend=True)


def draw_on_a_coalesced_page(pdf: pikepdf.Pdf) -> None:
    """It has then as many streams as it was handed out with, or fewer."""
    pdf.pages[0].contents_coalesce()
    draw(pdf)


def draw_in_one_stream(pdf: pikepdf.Pdf) -> None:
    """As editors do that write the page anew: with a font that the paper did not bring along."""
    draw(pdf)
    pdf.pages[0].contents_coalesce()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources.Font.F1 = font


TOLD = "its pages carry text or drawing that was added to them"


@pytest.mark.parametrize("change", [draw, draw_below, draw_on_a_coalesced_page, draw_in_one_stream])
def test_text_that_an_editor_drew_is_told(change: Callable[[pikepdf.Pdf], None]) -> None:
    """Where the page has a stream that it was not handed out with, or a font of another program."""
    assert TOLD in warning(edited(change))
    assert TOLD in warning(filled(edited(change), {}))


def test_on_papers_of_earlier_versions_only_fonts_tell() -> None:
    """Its own pages may have several streams, too."""
    assert warning(edited(draw, old_paper())) == ""
    assert TOLD in warning(edited(draw_in_one_stream, old_paper()))


def test_annotations_are_told_of_a_paper_that_is_made_now() -> None:
    """As of any other."""

    def annotate(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots.append(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Ink))

    assert "its pages carry 1 annotation (Ink)" in warning(edited(annotate))


def flatten(pdf: pikepdf.Pdf) -> None:
    """As printing does: what was a box is a drawing, or nothing."""
    del pdf.Root.AcroForm
    for one in pdf.pages:
        del one.Annots


def test_a_flattened_paper_is_told() -> None:
    """So that the student knows what to hand in."""
    with pytest.raises(AnswersError, match="has no form fields any more: it was printed to PDF or flattened"):
        filled_form("s.pdf", edited(flatten))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            raw_pdf(
                {
                    1: b"<</Type/Catalog/Pages 2 0 R>>",
                    2: b"<</Kids[3 0 R]/Resources<</XObject<</a 4 0 R>>>>>>",
                    3: b"<</Type/Page/Parent 2 0 R>>",
                    4: stream_object(b"x", b"/Subtype/Image"),
                }
            ),
            "has no form fields: it is a scan or a photo",
        ),
        (raw_pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Kids[2 0 R]>>"}), "has no form fields; hand in the PDF"),
    ],
    ids=["scan", "other"],
)
def test_a_pdf_without_a_form_says_what_became_of_it(data: bytes, words: str) -> None:
    """The same where there never was one."""
    with pytest.raises(AnswersError, match=words):
        filled_form("s.pdf", data)


@pytest.mark.parametrize(
    "objects",
    [
        {20: b"<</Kids[20 0 R 21 0 R 21 0 R]>>"},
        {20: b"<</Kids[" + b"<</Kids[" * 400 + b"]>>" * 400 + b"]>>"},
        {20: b"<</Kids[" + b"<</A 1>>" * 50_000 + b"]>>"},
        {20: b"7"},
        {21: b"21 0 R"},
        {21: b"<</Annots[" + b"<</Subtype/Ink>>" * 50_000 + b"]>>"},
        {21: b"<</Annots[" + b"99 0 R " * 20_000 + b"]>>"},
        {21: b"<</Annots 5/Contents[1 2 3]/Resources<</Font<<" + b"/F 4" * 20_000 + b">>>>>>"},
        {21: b"<</Contents[" + b"21 0 R " * 50_000 + b"]>>"},
        {21: b"<</Annots[<</Subtype[[[[1]]]]>>]/Resources[1]>>"},
    ],
)
def test_broken_and_endless_pages_cost_little(objects: Objects) -> None:
    """And change nothing about the boxes."""
    made = form_objects(field(b"()"))
    made[1] = b"<</Type/Catalog/AcroForm 2 0 R/Pages 20 0 R>>"
    made |= {20: b"<</Type/Pages/Kids[21 0 R]>>", 21: b"<</Type/Page/Parent 20 0 R>>"} | objects
    begin = time.process_time()
    form = filled_form("s.pdf", raw_pdf(made))
    assert time.process_time() - begin < MAX_SECONDS
    assert form.warning.isprintable()
    assert [row.cells[4:] for row in form.rows] == [("z1", "", "")]
