"""Bubble pages: every entry has its place, nothing lies on anything else, and a code says whose page it is."""

from itertools import combinations, pairwise
from pathlib import Path

import cv2
import pytest

from examgen.exams.banks.building import load_exam
from examgen.exams.bubbles.bubble_grids import COLUMN_PITCH, DIAMETER, MINUS, SYMBOLS, columns_for
from examgen.exams.bubbles.bubble_pages import (
    CODE,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    HEADING,
    MARKS,
    QUIET,
    BubblePaper,
    bubble_paper,
    frame_origin,
)
from examgen.exams.bubbles.corner_marks import CORNER_MARKS, MODULES, black_parts
from examgen.exams.bubbles.page_codes import OtherFormatError, code_text, page_code, read_code, student_mark
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.digits import Digits
from examgen.exams.exam import QuestionVariant, Variant
from examgen.exams.paper_shapes import paper_shape
from tests.laws import some_of
from tests.scanned_pages import columns_of
from tests.small_banks import DRAWN, shipped_names, written

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def paper_of(name: str, label: str = "") -> BubblePaper:
    """The bubble pages of an exam's first shapes."""
    exam = load_exam(name, 7).exam
    parts = {one.id: QuestionVariant(label or next(iter(one.shapes)), {}) for one in exam.questions}
    return bubble_paper(exam, Variant("s1", "Ada", "CODE", parts))


def apart(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.right <= other.left + 1e-6
        or other.right <= one.left + 1e-6
        or one.bottom <= other.top + 1e-6
        or other.bottom <= one.top + 1e-6
    )


@pytest.mark.parametrize("number", range(4))
def test_corner_marks_are_those_of_the_dictionary(number: int) -> None:
    """The tables are what OpenCV draws, so that OpenCV finds them."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    drawn = cv2.aruco.generateImageMarker(dictionary, number, MODULES)
    assert [[bool(square == 0) for square in row] for row in drawn] == [list(row) for row in CORNER_MARKS[number]]
    blacks = {(round(part.left) + step, round(part.top)) for part in _parts(number) for step in range(int(part.width))}
    assert blacks == {(x, y) for y, row in enumerate(CORNER_MARKS[number]) for x, black in enumerate(row) if black}


def _parts(number: int) -> list[Rectangle]:
    return list(black_parts(number, Rectangle(0, 0, MODULES, MODULES)))


@pytest.mark.parametrize("name", some_of(shipped_names(), 13, 2))
def test_every_entry_stands_once_and_on_nothing_else(name: str) -> None:
    """Numbers and choices in the order of the paper; formulas and shapes are named; grids, marks and code are apart."""
    exam = load_exam(name, 7).exam
    paper = paper_of(name)
    fields = [
        (one.id, field)
        for one in exam.questions
        for field in paper_shape(one, next(iter(one.shapes)), exam.notation).fields
    ]
    fit = [(question, field.name) for question, field in fields if field.as_ in {"number", "choice"}]
    assert [(grid.question, grid.field) for page in paper.pages for grid in page.grids] == fit
    assert set(paper.unfit) == {(question, field.name) for question, field in fields} - set(fit)
    assert [page.number for page in paper.pages] == list(range(1, len(paper.pages) + 1))
    for page in paper.pages:
        solid = [grid.area for grid in page.grids]
        for mark in MARKS:
            quiet = Rectangle(mark.left - QUIET, mark.top - QUIET, mark.width + 2 * QUIET, mark.height + 2 * QUIET)
            assert all(apart(quiet, other) for other in (*solid, CODE, HEADING))
        for one, other in combinations((*solid, CODE, HEADING), 2):
            assert apart(one, other)
        for area in solid:
            assert area.left >= 0
            assert area.right <= FRAME_WIDTH + 1e-6
            assert area.bottom <= FRAME_HEIGHT


@pytest.mark.parametrize("name", ["question2", "which-class"])
def test_bubbles_lie_within_their_grid_and_apart(name: str) -> None:
    """None is cut off or touches another, so that ink belongs to one."""
    for page in paper_of(name).pages:
        for grid in page.grids:
            for bubble in grid.bubbles:
                assert grid.area.left <= bubble.x - DIAMETER / 2
                assert bubble.x + DIAMETER / 2 <= grid.area.right
                assert grid.label.bottom <= bubble.y - DIAMETER / 2
                assert bubble.y + DIAMETER / 2 <= grid.area.bottom
            centres = [(bubble.x, bubble.y) for bubble in grid.bubbles]
            assert all(abs(complex(*a) - complex(*b)) > DIAMETER + 0.8 for a, b in combinations(centres, 2))


def test_a_number_has_a_sign_and_columns_of_a_point_and_ten_digits() -> None:
    """Over each column stands the box in which its character is written."""
    grid = paper_of("question2").pages[0].grids[0]
    sign, *columns = columns_of(grid)
    assert [bubble.value for bubble in sign] == [MINUS]
    assert len(columns) == 7
    assert all(tuple(bubble.value for bubble in column) == SYMBOLS for column in columns)
    for box, column in zip(grid.boxes, columns_of(grid), strict=True):
        assert {round(bubble.x, 6) for bubble in column} == {round(box.centre[0], 6)}
        assert box.bottom <= column[0].y - DIAMETER / 2
    assert all(round(right.left - left.left, 6) == COLUMN_PITCH for left, right in pairwise(grid.boxes))


def test_a_page_has_room_for_twenty_numbers() -> None:
    """Five across and four down."""
    pages = paper_of("final").pages
    assert max(len(page.grids) for page in pages) == 20


def test_room_for_a_number_is_known_from_what_is_asked() -> None:
    """Never from the answer, which it would tell."""
    assert columns_for(Digits(decimals=4)) == len("12.3456")
    assert columns_for(Digits(decimals=9)) == len("12.345678901")
    assert columns_for(Digits(significant_figures=3)) >= len(".000123")
    assert columns_for(Digits(decimals=0)) == 7


def test_choices_have_a_bubble_for_each_option(tmp_path: Path) -> None:
    """Of one right option or of several; short ones stand below one another."""
    choice = '[[tasks]]\ntext = ""\nas = "choice"\noptions = {}\nanswer = {}\n'
    many = str([f"way {letter}" for letter in LETTERS])
    bank = DRAWN + choice.format('["yes", "no"]', '"yes"') + choice.format(many.replace("'", '"'), '["way a", "way z"]')
    [page] = paper_of(written(tmp_path, bank)).pages
    one, several = page.grids[-2:]
    assert (one.kind, several.kind) == ("one", "several")
    assert "".join(bubble.value for bubble in one.bubbles) == "ab"
    assert "".join(bubble.value for bubble in several.bubbles) == LETTERS
    assert several.area.left == one.area.left
    assert several.area.top > one.area.bottom


def test_the_frame_leaves_a_margin_on_every_paper() -> None:
    """Printers leave a few millimetres at the edges white."""
    for size in ((210.0, 297.0), (215.9, 279.4)):
        assert min(frame_origin(*size)) > 7


@pytest.mark.parametrize("student", ["s1", "", "Müller, Ada", "id with  spaces", "张三"])
def test_a_code_is_read_as_it_was_written(student: str) -> None:
    """Whatever a student is called."""
    code = page_code("question2-7-ABCD", "XK2P7Q4M", 2, student)
    assert code.student == student
    assert read_code(code_text(code)) == code


@pytest.mark.parametrize("student", ["x" * 200, "ß" * 30, "a\nb", "#s1", " s1"])
def test_an_id_that_fits_no_code_is_told_by_a_digest(student: str) -> None:
    """Long ones and such with line breaks; each has one of its own."""
    assert student_mark(student).startswith("#")
    assert len(student_mark(student)) < 24
    assert student_mark(student) != student_mark(student + "x")
    assert read_code(code_text(page_code("e", "V", 1, student))) == page_code("e", "V", 1, student)


def test_other_codes_are_none_of_ours() -> None:
    """A QR code of anything else is passed over, and one of another version told."""
    assert read_code("https://example.org/") is None
    assert read_code("") is None
    with pytest.raises(OtherFormatError):
        read_code(code_text(page_code("e", "V", 1, "s")).replace("examgen 1", "examgen 2"))


def test_a_code_tells_exams_apart_and_nothing_else_of_them() -> None:
    """The id itself, in which a name of the exam stands, is not in it."""
    one, other = page_code("final-a", "V", 1, "s"), page_code("final-b", "V", 1, "s")
    assert one.exam != other.exam
    assert "final" not in code_text(one)
