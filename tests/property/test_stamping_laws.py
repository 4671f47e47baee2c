"""Stamping equals layout: a paper whose numbers were filled in reads and looks as one that was set with them."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from tests.laws import tried
from tests.stamped_pages import alternative_texts, page_texts, pdf_of

PAPERS = [("matrix-warmups", None), ("relu-integers", None)]
KEYS = [("relu-integers", None), ("scalar-chain", None)]
ADA = Student("s1", "Ada Lovelace")
# Of 255: names are set in another font where they are typed in.
MEAN_DIFFERENCE, ALTERED, FAR = 1.2, 0.004, 96

Picture = NDArray[np.int16]


def drawn(name: str, notation: str | None, seed: int, student: Student = ADA) -> tuple[Exam, Variant]:
    """One student's paper."""
    loaded = load_exam(name, seed, notation)
    [variant] = draw_variants(loaded, [student])
    return loaded.exam, variant


def words_of(pdf: bytes) -> list[list[str]]:
    """The words of each page, in the order of the alphabet: drawings are copied in another order than text."""
    return [sorted(text.split()) for text in page_texts(pdf)]


@pytest.mark.parametrize(("name", "notation"), PAPERS)
def test_a_stamped_paper_is_the_paper_that_is_laid_out(name: str, notation: str | None, tmp_path: Path) -> None:
    """Every page has the same words in nearly the same pixels, and is read aloud in the same words."""
    exam, variant = drawn(name, notation, 7)
    stamped, page = questions_pdf(exam, variant), question_page(exam, variant)
    typed = pdf_of(page)
    if len(page_texts(stamped)) < len(page_texts(typed)):
        # A nearly empty last page was saved.
        typed = pdf_of(replace(page, is_dense=True))
    assert words_of(stamped) == words_of(typed)
    assert alternative_texts(stamped)[2:] == alternative_texts(typed)
    pairs = list(zip(pictures(stamped, tmp_path / "a"), pictures(typed, tmp_path / "b"), strict=True))
    assert len(pairs) == len(page_texts(stamped))
    for one, other in pairs:
        difference = np.abs(one - other)
        assert 255 - one.mean() > 0.5
        assert difference.mean() < MEAN_DIFFERENCE
        assert np.mean(difference > FAR) < ALTERED


def pictures(pdf: bytes, folder: Path) -> list[Picture]:
    """Each page in grey, 40 dots per inch."""
    drawer = shutil.which("pdftoppm")
    assert drawer, "these tests need pdftoppm, of poppler-utils"
    folder.mkdir()
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run([drawer, "-r", "40", "-gray", "paper.pdf", "page"], cwd=folder, check=True, capture_output=True)
    return [_picture(path.read_bytes()) for path in sorted(folder.glob("page*.pgm"))]


def _picture(pgm: bytes) -> Picture:
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", pgm)
    assert head
    return np.frombuffer(pgm[head.end() :], np.uint8).reshape(int(head[2]), int(head[1])).astype(np.int16)


@pytest.mark.parametrize(("name", "notation"), KEYS)
def test_a_stamped_key_says_what_the_key_that_is_laid_out_says(name: str, notation: str | None) -> None:
    """The words of a worked solution are the same, and formulas read aloud; room for wider numbers may break lines
    and pages elsewhere."""
    exam, variant = drawn(name, notation, 7)
    stamped, typed = key_pdf(exam, variant), pdf_of(key_page(exam, variant), with_solution=True)
    assert said(alternative_texts(stamped)[2:]) == said(alternative_texts(typed))
    assert letters(stamped, exam.title) == letters(typed, exam.title)


def said(alternatives: list[str]) -> list[str]:
    """The words of all formulas; the pauses between them are where lines are broken."""
    return re.sub("[,;]", "", " ".join(alternatives)).split()


def letters(pdf: bytes, title: str) -> list[str]:
    """All letters of the body, without the feet that every page has; a long title is cut there."""
    feet = re.compile(rf"{re.escape(title[:30])}[^\n]{{0,20}} s1 \d+ / \d+ Variant \w{{8}}")
    return sorted("".join(feet.sub("", "\n".join(page_texts(pdf))).split()))


@tried(8)
@given(st.integers(0, 2**63 - 1))
def test_every_given_number_is_on_the_paper(seed: int) -> None:
    """Whatever the draw: the alternative texts are those of the typed page, number for number."""
    exam, variant = drawn("matrix-warmups", None, seed)
    formulas = alternative_texts(questions_pdf(exam, variant))
    said = [minus(number) for number in " ".join(formulas).replace("minus ", "-").split() if is_number(number)]
    for numbers in variant.questions.values():
        for value in numbers.givens.values():
            for number in np.ravel(value).tolist():
                assert number in said


def minus(text: str) -> float:
    return float(text.strip(",;."))


def is_number(text: str) -> bool:
    """Whether a word is a number."""
    return re.fullmatch(r"-?\d+(\.\d+)?[,;.]?", text) is not None


NAMES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17E, exclude_categories=["C", "Zl", "Zp"]), max_size=30
)


@tried(40)
@given(NAMES, NAMES.filter(str.strip))
def test_a_name_is_shown_as_it_was_typed(name: str, student: str) -> None:
    """Backslashes, brackets, dollars, percent signs and tags are text, in the drawing and read aloud."""
    exam, variant = drawn("scalar-chain", None, 3, Student(student, name))
    pdf = questions_pdf(exam, variant)
    said = alternative_texts(pdf)[:2]
    assert said == [name, student] if name else student in said
