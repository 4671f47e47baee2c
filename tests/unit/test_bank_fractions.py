"""Fractions such as "1/3" in banks: a number wherever a number is, on paper as it was written, and exact in the key."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from examgen.core.exact import exactly
from examgen.documents.paper.papers import key_page, question_page
from examgen.errors import BankError
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.fields import exact_total
from examgen.exams.keys.key_folder import key_files, read_key
from examgen.exams.keys.solved_papers import papers, solve
from tests.small_banks import DRAWN, FIXED, PRODUCT, all_papers, changed, class_of, written

THIRDS = changed(
    FIXED,
    ("[1, 1]", "[2, 1]"),
    ('["sigmoid"]', '["identity"]'),
    ("[[0.5]]", '[["1/3", "-2/7"]]'),
    ("b1 = [0.1]", 'b1 = ["5/6"]'),
    ("x = [[1]]", 'x = ["1/2", 3]'),
    ("y = [[1]]", 'y = ["4/2"]\nlearning_rate = "2/3"'),
    ('"loss"]', '"loss", "dL_dW", "W_new"]\nmarks = "1/3"'),
)
GIVENS = [r"x = \begin{bmatrix} 0.5 \\ 3.0 \end{bmatrix},\quad y = 2", r"\eta = 2/3"]


def test_given_fractions_are_on_the_paper_as_they_were_written(tmp_path: Path) -> None:
    """The paper shows 1/3 and not 0.333; what is a decimal stays one."""
    loaded = load_exam(written(tmp_path, THIRDS), 7)
    [variant] = draw_variants(loaded, class_of(1))
    for page in (question_page(loaded.exam, variant), key_page(loaded.exam, variant)):
        shown = [given.latex for given in page.questions[0].givens]
        assert shown[0] == GIVENS[0]
        assert shown[-1] == GIVENS[1]
        assert r"\begin{bmatrix} 1/3 \\ -2/7 \end{bmatrix},\quad b^{(1)} = 5/6" in shown[1]


@pytest.mark.parametrize("activation", ["sigmoid", "identity"])
def test_the_key_computes_with_the_fraction(tmp_path: Path, activation: str) -> None:
    """z = 1/3 · 1/2 − 2/7 · 3 + 5/6 = 1/7, from the bank and again from the files of the key."""
    loaded = load_exam(written(tmp_path, changed(THIRDS, ('"identity"', f'"{activation}"'))), 7)
    variants = draw_variants(loaded, class_of(1))
    for name, content in key_files(loaded.exam, variants, "0").items():
        (tmp_path / name).write_bytes(content)
    key = read_key(tmp_path)
    for exam, variant in ((loaded.exam, variants[0]), (key.exam, key.variants[0])):
        [(paper, question)] = papers(exam, variant)
        assert solve(paper, question.givens)["z1"].item() == pytest.approx(1 / 7, rel=1e-15)
    assert key.exam.questions[0].given_denominators == {"W1": 21, "b1": 6, "learning_rate": 3}


def test_marks_and_shares_may_be_fractions(tmp_path: Path) -> None:
    """Three entries of a third are one mark, also in the key, which keeps "1/3" for whoever edits it."""
    bank = written(tmp_path, DRAWN + 'marks = "1/3"\n[policy]\nimprecise = "2/3"\nrounding = { step = "1/3" }\n')
    loaded = load_exam(bank, 7)
    files = key_files(loaded.exam, draw_variants(loaded, class_of(1)), "0")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for exam in (loaded.exam, read_key(tmp_path).exam):
        assert exact_total(all_papers(loaded)[0].fields) == 1
        assert exactly(exam.policy.imprecise) == Fraction(2, 3)
        assert exam.policy.rounded(Fraction(1, 2), Fraction(1)) == Fraction(2, 3)
    document = json.loads(files["exam.json"])
    assert document["questions"][0]["tasks"][0]["marks"] == "1/3"
    assert document["policy"]["imprecise"] == "2/3"


@pytest.mark.parametrize(
    ("allowed", "values"),
    [
        ('{ min = "-1/3", max = 1, step = "1/3", exclude = ["0"] }', {"-1/3", "1/3", "2/3", "1"}),
        ('{ choices = ["1/3", "0.5", "-2/7", 2] }', {"1/3", "1/2", "-2/7", "2"}),
        ('{ min = "1/4", max = "3/4", step = "1/4" }', {"1/4", "1/2", "3/4"}),
    ],
)
def test_fractions_are_drawn_as_any_grid(tmp_path: Path, allowed: str, values: set[str]) -> None:
    """From "1/3" in steps of "1/3", or out of choices beside decimals; each draw is its fraction's nearest double."""
    text = changed(PRODUCT, ("{ choices = [1, 2] }", allowed), ("decimals = 1", "decimals = 5"))
    loaded = load_exam(written(tmp_path, text + "[screens]\nsignificant_digits = 0\nmisconception_margin = 0\n"), 7)
    drawn = np.concatenate([one.questions["Q1"].givens["A1"].ravel() for one in draw_variants(loaded, class_of(40))])
    assert {str(exactly(value)) for value in drawn.tolist()} == values
    assert set(drawn.tolist()) == {float(Fraction(value)) for value in values}


def test_fractions_of_decimals_are_decimals(tmp_path: Path) -> None:
    """Where decimals can say it, "1/4" draws and prints the very paper that "0.25" does."""
    texts = [changed(DRAWN, ('"0.1", 0.2', both)) for both in ('"1/4", "-1/2"', '"0.25", "-0.5"')]
    pages = []
    for text in texts:
        loaded = load_exam(written(tmp_path, text), 7)
        assert not loaded.exam.questions[0].given_denominators
        pages.append([question_page(loaded.exam, one) for one in draw_variants(loaded, class_of(3))])
    assert pages[0] == pages[1]
    assert load_exam(written(tmp_path, texts[0]), 7).exam.id == load_exam(written(tmp_path, texts[1]), 7).exam.id


BAD = {
    changed(FIXED, ("[[0.5]]", '"1/0"')): "fixed.W1: found '1/0'; use a fraction such as \"1/3\", with 1 to 1000 below "
    "the line",
    changed(FIXED, ("[[0.5]]", '"1/1001"')): "fixed.W1: found '1/1001'; use a fraction such as \"1/3\", with 1 to 1000 "
    "below the line",
    changed(FIXED, ("[[0.5]]", '"1/2/3"')): "fixed.W1: found '1/2/3'; use a number such as 0.1",
    changed(FIXED, ("[[0.5]]", '"1/-3"')): "fixed.W1: found '1/-3'; use a number such as 0.1",
    changed(DRAWN, ('"0.1", 0.2', '"1/997", "1/991"')): "values.biases: fractions with 988027 as their common "
    "denominator; use at most 10000",
    DRAWN + 'marks = "-1/3"\n': "tasks[1].marks: found '-1/3'; use 0 or more",
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=lambda part: part[-30:])
def test_fractions_that_are_none_are_explained(tmp_path: Path, text: str, message: str) -> None:
    """Where, what was found, and what is allowed."""
    path = written(tmp_path, text)
    with pytest.raises(BankError) as caught:
        load_exam(path, 7)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("below", [3, 7, 9, 11, 13, 999, 9973])
def test_a_double_stands_for_its_fraction(below: int) -> None:
    """Whatever is above the line, up to millions, the fraction comes back from its double and from its long decimal."""
    for above in (1, -2, below + 1, 10**6 * below + 1):
        assert exactly(above / below) == Fraction(above, below)


@pytest.mark.parametrize("text", ["0.1", "0.333333333333333", "0.123456789012345", "1234567.12345678", "-3", "1e-9"])
def test_decimals_stand_for_themselves(text: str) -> None:
    """Up to the fifteen digits that a bank may have."""
    assert exactly(float(text)) == exactly(Decimal(text)) == Fraction(text)
