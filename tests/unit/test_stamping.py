"""One student's numbers in a page: what is drawn, what is read aloud, and what does not fit."""

from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from examgen.documents.numbers import FIRST_SLOT
from examgen.documents.pdf.skeleton import make_skeleton
from examgen.documents.pdf.stamping import PaperSkeleton, pdf_text, stamp
from examgen.documents.typesetting import Typesetter
from examgen.typeset import SlotTooNarrow
from tests.stamped_pages import alternative_texts, text_of


@pytest.fixture(scope="module")
def skeleton() -> PaperSkeleton:
    """A formula without slots, one with two, and one of them alone, twice."""
    typesetter = Typesetter({0: "−00.00", 1: "−00.00"})
    first, second = chr(FIRST_SLOT), chr(FIRST_SLOT + 1)
    formulas = ["x = 5", f"y = {first} + {second}", second, second]
    images = " ".join(typesetter.inline(latex) for latex in formulas)
    return make_skeleton(f'<html lang="en"><title>t</title><p>Text {images}', typesetter)


def test_numbers_are_drawn_and_read_aloud(skeleton: PaperSkeleton) -> None:
    """Each in all its places; what has no slot is the same for everybody."""
    pdf = stamp(skeleton, ["−1.25", "37"], ["minus 1.25", "thirty-seven"])
    text = text_of(pdf)
    assert "Text" in text
    assert "y = −1.25 + 37" in text
    assert text.count("37") >= 2
    assert alternative_texts(pdf) == [
        "x equals 5",
        "y equals minus 1.25 plus thirty-seven",
        "thirty-seven",
        "thirty-seven",
    ]


def test_a_skeleton_is_not_changed_by_stamping(skeleton: PaperSkeleton) -> None:
    """A paper is the same before and after that of another student, and other numbers are another file."""
    first = stamp(skeleton, ["1", "2"], ["1", "2"])
    other = stamp(skeleton, ["3", "4"], ["3", "4"])
    assert stamp(skeleton, ["1", "2"], ["1", "2"]) == first != other
    assert PdfReader(BytesIO(first)).trailer["/ID"] != PdfReader(BytesIO(other)).trailer["/ID"]


def test_a_number_that_is_too_wide_is_refused(skeleton: PaperSkeleton) -> None:
    """It would be drawn over its neighbours."""
    with pytest.raises(SlotTooNarrow, match=r"−1000\.00"):
        stamp(skeleton, ["−1000.00", "1"], ["", ""])


def test_every_file_is_sound(skeleton: PaperSkeleton) -> None:
    """Whatever the lengths of texts, the table of objects is right."""
    for text in ("", "1", "−12.34"):
        with pikepdf.open(BytesIO(stamp(skeleton, [text, "1"], [text * 999, ")(\\"])), attempt_recovery=False) as pdf:
            assert pdf.check_pdf_syntax() == []


# In UTF-16 some have bytes that mean brackets, a backslash, a percent sign, or the end of a line.
@pytest.mark.parametrize(
    "text", ["", "Ada", "(a) \\ )", "−1", "Ø", "李", "😀", "FEFF", "⠨⨩尥␍␊ 50 %", "\u0d0d\u0a0a\u5c28"]
)
def test_text_strings_say_what_they_were_made_of(text: str) -> None:
    """Plain letters as they are, others as UTF-16."""
    assert str(pikepdf.Object.parse(pdf_text(text))) == text
    assert pdf_text(text).isascii() == text.isascii()
