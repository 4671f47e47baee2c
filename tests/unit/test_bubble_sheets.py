"""Bubble pages as they are printed: what stands on them is where the geometry says, and reads as it should."""

import sys
from functools import cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import segno
import zxingcpp
from numpy.typing import NDArray

from examgen.documents.paper.bubbled import page_squares
from examgen.documents.paper.bubbled.bubble_sheets import PAGE_SIZES, in_line
from examgen.documents.paper.bubbled.page_squares import squares
from examgen.documents.paper.printing import questions_pdf
from examgen.documents.style import PaperStyle
from examgen.errors import SetupError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.bubbles.bubble_grids import DIAMETER
from examgen.exams.bubbles.bubble_pages import CODE, HEADING, MARKS, BubblePaper, bubble_paper, frame_origin
from examgen.exams.bubbles.page_codes import code_text, page_code
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.exam import Variant
from tests.pdf_structure import file_findings, read_pdf, ua_findings
from tests.stamped_pages import page_texts

DPI = 300
NEAR = 0.2
"""Millimetres by which something may be beside its place."""

STUDENTS = (Student("s1", "Ada"), *(Student(f"s{number}", "Bert Übermut") for number in range(2, 20)))
LANGUAGES = (("en", "a4"), ("de", "letter"), ("fr", "a4"), ("es", "letter"), ("hi", "a4"))

Pixels = NDArray[np.uint8]


@cache
def exam(name: str = "formulas") -> LoadedExam:
    return load_exam(name, 7)


@cache
def variants(name: str = "formulas") -> tuple[Variant, ...]:
    """Papers of one shape, that of the first student."""
    drawn = draw_variants(exam(name), STUDENTS)
    labels = [[part.label for part in variant.questions.values()] for variant in drawn]
    return tuple(variant for variant, found in zip(drawn, labels, strict=True) if found == labels[0])


@cache
def paper(language: str = "en", size: str = "a4", student: int = 0, name: str = "formulas") -> bytes:
    """The question paper of one of these students with its bubble pages."""
    return questions_pdf(exam(name).exam, variants(name)[student], PaperStyle(language, size, scan=True))


def bubbles(name: str = "formulas", student: int = 0) -> BubblePaper:
    return bubble_paper(exam(name).exam, variants(name)[student])


def seen(pdf: bytes, page: int = -1) -> Pixels:
    """A page as grey pixels."""
    document = pypdfium2.PdfDocument(pdf)
    shown: Pixels = document[page % len(document)].render(scale=DPI / 72, grayscale=True).to_numpy()
    return shown.reshape(shown.shape[:2])


def pixels(millimetres: float) -> float:
    return millimetres * DPI / 25.4


def part_of(page: Pixels, where: Rectangle, size: str = "a4") -> Pixels:
    """What is seen in a rectangle of the frame."""
    left, top = frame_origin(*PAGE_SIZES[size])
    rows = slice(round(pixels(top + where.top)), round(pixels(top + where.bottom)))
    return page[rows, round(pixels(left + where.left)) : round(pixels(left + where.right))]


@pytest.mark.parametrize(("language", "size"), [("en", "a4"), ("de", "letter")])
def test_marks_and_code_are_found_where_they_should_be(language: str, size: str) -> None:
    """OpenCV finds the corner marks to a fifth of a millimetre, and two readers read the code."""
    page = seen(paper(language, size))
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, found, _ = detector.detectMarkers(page)
    numbers = [int(number) for number in found.ravel()]
    assert sorted(numbers) == [0, 1, 2, 3]
    origin = np.array(frame_origin(*PAGE_SIZES[size]))
    for (quad,), number in zip(corners, numbers, strict=True):
        mark = MARKS[number]
        places = [(mark.left, mark.top), (mark.right, mark.top), (mark.right, mark.bottom), (mark.left, mark.bottom)]
        # The corners of a mark lie between pixels, and OpenCV counts from the middle of one.
        assert np.abs((quad + 0.5) * 25.4 / DPI - (np.array(places) + origin)).max() < NEAR
    variant = variants()[0]
    text = code_text(page_code(exam().exam.id, variant.code, 1, "s1"))
    read = zxingcpp.read_barcode(part_of(page, CODE, size))
    assert read is not None
    assert read.text == text
    assert cv2.QRCodeDetector().detectAndDecode(part_of(page, CODE, size))[0] == text


@pytest.mark.parametrize(("name", "size"), [("formulas", "a4"), ("scalar-chain", "letter")])
def test_circles_are_drawn_where_bubbles_are_read(name: str, size: str) -> None:
    """Every bubble of the geometry is a circle on the page, and no other thing on it is as large and as round."""
    language = "de" if size == "letter" else "en"
    page = seen(paper(language, size, name=name))
    (sheet,) = bubbles(name).pages
    origin = frame_origin(*PAGE_SIZES[size])
    told = np.array([(one.x + origin[0], one.y + origin[1]) for grid in sheet.grids for one in grid.bubbles])
    drawn = _circles(page)
    distances = np.hypot(*(told[:, None] - drawn[None]).transpose(2, 0, 1))
    assert len(drawn) == len(told)
    assert distances.min(axis=1).max() < NEAR
    assert distances.min(axis=0).max() < NEAR


def _circles(page: Pixels) -> NDArray[np.float64]:
    """Middles of the circles on a page, in millimetres."""
    ink = cv2.threshold(page, 160, 255, cv2.THRESH_BINARY_INV)[1]
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        (x, y), radius = cv2.minEnclosingCircle(contour)
        is_round = cv2.contourArea(contour) > 0.9 * np.pi * radius**2
        if is_round and abs(2 * radius - pixels(DIAMETER + 0.2)) < pixels(0.3):
            found.append(((x + 0.5) * 25.4 / DPI, (y + 0.5) * 25.4 / DPI))
    return np.array(found)


def test_pages_of_two_students_differ_in_name_and_code_only() -> None:
    """All else of the page is the same, to the pixel."""
    one, other = seen(paper()), seen(paper(student=1))
    where = np.argwhere(one != other) * 25.4 / DPI - np.array(frame_origin(*PAGE_SIZES["a4"]))[::-1]
    assert len(where) > 0
    for down, right in where:
        is_code = CODE.left <= right <= CODE.right and CODE.top <= down <= CODE.bottom
        is_heading = HEADING.left <= right <= HEADING.right and down <= HEADING.bottom / 2
        assert is_code or is_heading, (right, down)


@pytest.mark.parametrize(("language", "size"), LANGUAGES)
def test_words_stay_in_their_room(language: str, size: str) -> None:
    """In every language the heading leaves marks, code and grids alone, and says whose page it is."""
    pdf = paper(language, size)
    page = seen(pdf)
    strips = (
        Rectangle(HEADING.left - 2.6, HEADING.top, 2, HEADING.height),
        Rectangle(HEADING.right + 0.4, HEADING.top, CODE.left - HEADING.right, HEADING.height),
        Rectangle(0, HEADING.bottom, CODE.right, 0.7),
    )
    for strip in strips:
        assert part_of(page, strip, size).min() > 250, strip
    words = PaperStyle(language, size).words["bubbles"]
    text = page_texts(pdf)[-1]
    for said in (words["title"].format(number=1, count=1), words["choose"], words["others"], "Ada", "s1"):
        assert language == "hi" or said in text, said


def test_labels_are_those_of_the_paper() -> None:
    """Over each grid stand the letter of its task and the symbol; the name of its field stands beside or behind it."""
    text = page_texts(paper())[-1].replace(" ", "")
    (sheet,) = bubbles().pages
    for grid in sheet.grids:
        assert grid.field in text
    assert text.count("(a)") == sum(grid.kind == "number" for grid in sheet.grids)
    assert text.count("(e)") == 1


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("z^{(1)}_{2}", "z^{(1)}_{2}"),
        (r"\frac{\partial L}{\partial w^{(1)}_{11}}", r"\partial L / \partial w^{(1)}_{11}"),
        (
            r"\frac{\partial \mathcal{L}}{\partial {\tilde{w}}_{1}}_2",
            r"\partial \mathcal{L} / \partial {\tilde{w}}_{1}_2",
        ),
        (r"\frac{a + b}{2}", r"\frac{a + b}{2}"),
        (r"\frac12", r"\frac12"),
        (r"\frac{\partial L", r"\frac{\partial L"),
    ],
)
def test_fractions_lie_down(latex: str, shown: str) -> None:
    """Those of derivatives, as a label has one line; what stands in braces, and any other symbol, is kept as it is."""
    assert in_line(latex) == shown


def test_a_paper_with_bubble_pages_is_sound(tmp_path: Path) -> None:
    """The file has no mistakes, and screen readers find everything on it in order."""
    (tmp_path / "questions.pdf").write_bytes(paper())
    reading = read_pdf(tmp_path / "questions.pdf")
    assert file_findings(tmp_path / "questions.pdf") == []
    assert ua_findings(reading) == []


def test_question_pages_are_the_same_with_bubble_pages() -> None:
    """But for the number of pages below each."""
    plain = questions_pdf(exam().exam, variants()[0])
    with pikepdf.open(BytesIO(plain)) as pdf:
        count = len(pdf.pages)
    for number in range(count):
        one, other = seen(plain, number), seen(paper(), number)
        foot = round(pixels(297 - 17))
        assert np.array_equal(one[:foot], other[:foot])


CODES = [
    (variant, page, student)
    for variant in ("KLQ44P6F", "77777777", "ABCDEFGH")
    for page in (1, 9, 10)
    for student in ("", "s1", "s12345", "Jörg", "प्रिया", "x" * 48, "y" * 300)
]


@pytest.mark.parametrize("exam_id", ["question2-4zxjst", "b-7"])
def test_a_code_is_what_segno_makes(exam_id: str) -> None:
    """Put together of what its letters change, it is the same as one that was made as a whole."""
    for variant, page, student in CODES:
        code = page_code(exam_id, variant, page, student)
        text = code_text(code)
        whole = segno.make(text, error="q", boost_error=False, micro=False, mask=page_squares.MASK)
        assert squares(code) == tuple("".join(map(str, row)) for row in whole.matrix), text


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, with the command that installs it."""
    monkeypatch.setitem(sys.modules, "segno", None)
    page_squares._segno.cache_clear()
    with pytest.raises(SetupError, match=r"pip install 'examgen\[scan\]'"):
        page_squares.check_installed()
