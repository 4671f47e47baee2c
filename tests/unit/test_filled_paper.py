"""The question paper with its boxes filled in: what is drawn in them, for numbers and formulas of any length."""

from pathlib import Path

import numpy as np
import pytest

import examgen
from examgen.documents.paper.box_answers import answers_in_boxes
from examgen.documents.paper.printing import print_filled, print_questions, solved_questions
from examgen.documents.pdf import filled_paper
from examgen.documents.pdf.filled_paper import MOST_LINES, PADDING, SIZE
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import math_font
from examgen.errors import AnswersError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.marking.reading.class_sheets import read_submissions
from examgen.typeset.drawn.slot_texts import slot_width
from tests.pdf_structure import read_pdf
from tests.printed_boxes import texts_in_boxes
from tests.small_banks import FIXED, PRODUCT, changed, written
from tests.stamped_pages import assert_sound


def drawn(loaded: LoadedExam, style: PaperStyle, student: Student, folder: Path) -> tuple[dict[str, str], ...]:
    """What is seen in the boxes of a student's filled paper, and what the fields say."""
    [variant] = draw_variants(loaded, [student])
    solved = solved_questions(loaded.exam, variant)
    path = folder / "filled.pdf"
    path.write_bytes(print_filled(print_questions(loaded.exam, variant, style), solved, style))
    return texts_in_boxes(read_pdf(path))


def test_significant_figures_have_decimals_of_their_own(tmp_path: Path) -> None:
    """Each number to its own figures: small ones with more decimals, large ones with zeros, and none with a minus 0."""
    text = changed(
        PRODUCT,
        ("left = [1, 2]", "left = [3, 1]"),
        ("right = [2, 1]", "right = [1, 1]"),
        ("[values]\nentries = { choices = [1, 2] }", '[fixed]\nA1 = [["0.012345"], [-12345], [0]]\nB1 = [[1]]'),
        ("decimals = 1", "significant_figures = 3"),
    )
    seen, said = drawn(load_exam(written(tmp_path, text), 1), PaperStyle("fr"), Student("s1", "Zoé"), tmp_path)
    assert list(seen.values()) == list(said.values()) == ["0,0123", "−12300", "0,000"]


def test_a_name_that_no_slot_can_show_has_a_filled_paper_too(tmp_path: Path) -> None:
    """Such a paper has a layout of its own, and no formula of it may be left open."""
    loaded = load_exam(written(tmp_path, FIXED), 1)
    seen, _ = drawn(loaded, PaperStyle(), Student("s1", "李"), tmp_path)
    assert seen == {"z1": "0.6000", "a1": "0.6457", "L": "0.1256"}


@pytest.mark.parametrize("length", [1, 5, 15, 30, 60, 300])
@pytest.mark.parametrize(("width", "height"), [(62.0, 16.0), (380.0, 16.0), (48.0, 31.0)])
def test_long_answers_are_set_smaller_and_on_lines(length: int, width: float, height: float) -> None:
    """However long a formula is, all of it stands in its box, each line behind an operator of the one before."""
    answer = "*".join(f"w{place}_1" for place in range(length))
    lines, size = filled_paper._set(answer, width - 2 * PADDING, height)
    assert "".join(lines) == answer
    assert len(lines) <= MOST_LINES
    assert all(line.endswith("*") for line in lines[:-1])
    assert 0 < size <= SIZE
    assert size * len(lines) <= height
    font = math_font()
    assert max(slot_width(font, line, 0) for line in lines) * size / font.units_per_em <= width - 2 * PADDING + 0.01


def test_a_filled_paper_is_a_key_and_no_sheet(tmp_path: Path) -> None:
    """Among what students handed in, a filled paper of the key is told and never marked."""
    made = examgen.make("scalar-chain", seed=7, student="s1", out=tmp_path / "exam")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "s1.pdf").write_bytes((made.folder / "key" / "filled.pdf").read_bytes())
    with pytest.raises(AnswersError, match="the file is a key"):
        read_submissions(tmp_path / "in")


def test_each_answer_is_that_of_its_field() -> None:
    """Of many students, the numbers are the solution's at the places of their fields."""
    loaded = load_exam("minibatch", 7, "row")
    for variant in draw_variants(loaded, [Student(f"s{number}") for number in range(4)]):
        [solved] = solved_questions(loaded.exam, variant)
        answers = answers_in_boxes([solved], PaperStyle())
        assert list(answers) == [field.name for field in solved.paper.fields]
        for field in solved.paper.number_fields:
            value = float(np.asarray(solved.values[field.quantity])[field.index])
            assert float(answers[field.name].replace("−", "-")) == pytest.approx(value, abs=0.500001e-4)


def test_a_filled_paper_is_a_sound_file(tmp_path: Path) -> None:
    """It is the paper and a part behind it, and each object of either stands where its table says."""
    made = examgen.make("formulas", seed=7, out=tmp_path / "exam")
    data = (made.folder / "key" / "filled.pdf").read_bytes()
    paper = (made.folder / "questions.pdf").read_bytes()
    assert data.startswith(paper)
    assert len(data) > len(paper) + 1000
    assert_sound(data)
