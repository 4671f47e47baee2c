"""Nothing runs off the page: the widest shapes, in every notation of matrices, on either paper."""

from dataclasses import replace
from pathlib import Path

import pytest

from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.documents.style import STANDARD
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.naming.notation import NOTATIONS
from tests.pdf_structure import Drawn, read_pdf
from tests.wide_banks import WIDE_SHAPES, WideShape, wide_bank

MM = 72 / 25.4
MARGINS = {"a4": 20, "letter": 22.95}
"""Left and right, in mm."""

SLACK = 0.2  # pt; side bearings of slanted letters
SMALLEST = 4.5  # pt; subscripts and the names over answer boxes

MATRIX_NOTATIONS = [name for name, notation in NOTATIONS.items() if not notation.hides_units]
OTHER_MATRICES = {"row", "from-to"}
CASES = [
    (shape, notation, tuple(MARGINS)[(row // 2 + column) % 2])
    for row, shape in enumerate(WIDE_SHAPES)
    for column, notation in enumerate(MATRIX_NOTATIONS)
    if (column - row) % len(MATRIX_NOTATIONS) == 0 or (row == 0 and MATRIX_NOTATIONS[column] in OTHER_MATRICES)
]
"""Each shape in one notation, so that all of these occur, and the widest also where its matrices are other ones."""


@pytest.mark.parametrize(("shape", "notation", "paper"), CASES, ids=str)
def test_all_letters_stand_between_the_margins(shape: WideShape, notation: str, paper: str, tmp_path: Path) -> None:
    """No letter of a paper or key begins left of the text or ends right of it, and none is too small to read."""
    bank = tmp_path / "bank.toml"
    bank.write_text(wide_bank(shape), encoding="utf-8")
    loaded = load_exam(str(bank), 7, notation)
    [variant] = draw_variants(loaded, [Student("s1", "Ada Lovelace")])
    style = replace(STANDARD, paper=paper)
    file = tmp_path / "paper.pdf"
    for pdf in (questions_pdf(loaded.exam, variant, style), key_pdf(loaded.exam, variant, style)):
        file.write_bytes(pdf)
        reading = read_pdf(file)
        width = float(reading.pdf.pages[0].mediabox[2])
        letters = [item for item in reading.drawn if item.text.strip()]
        assert len(letters) > 100
        assert [item for item in letters if _is_outside(item, width, paper)] == []
        assert [item for item in letters if item.size < SMALLEST] == []


def _is_outside(item: Drawn, width: float, paper: str) -> bool:
    margin = MARGINS[paper] * MM
    return item.x < margin - SLACK or item.right > width - margin + SLACK
