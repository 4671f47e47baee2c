"""Banks with a ReLU at exactly 0: paper and key say what its slope is there, and the key keeps to it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.documents.paper.papers import key_page, question_page
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import draw_variants, load_exam
from examgen.exams.keys.key_folder import read_key
from examgen.exams.wording.words import shipped_languages
from tests.marking_sheets import read_rows
from tests.small_banks import DRAWN, FIXED, changed, class_of, written

LANGUAGES = shipped_languages()
AT_ZERO = changed(
    FIXED,
    ("[1, 1]", "[1, 1, 1]"),
    ('["sigmoid"]', '["relu", "sigmoid"]'),
    ("W1 = [[0.5]]\nb1 = [0.1]\nx = [[1]]", "W1 = [[0.1]]\nb1 = [-0.3]\nW2 = [[2]]\nb2 = [1]\nx = [[3]]"),
    ('"z", "a", "loss"', '"z", "slope", "dL_dW"'),
)
"""0.1 · 3 − 0.3 is 0, and 5.6e-17 in doubles."""

DRAWS_ZERO = changed(DRAWN, ('["sigmoid"]', '["relu"]'), ('"z", "a", "loss"', '"z", "dL_dW"'))
RELU = r"$\operatorname{ReLU}'(0) = 0$"
LEAKY = r"$\operatorname{LeakyReLU}'(0) = 0.01$"


def texts(path: str, language: str = "en") -> tuple[str, str]:
    """What the paper and its key say of the question, before any numbers."""
    loaded = load_exam(path, 7)
    [variant] = draw_variants(loaded, class_of(1))
    style = PaperStyle(language)
    pages = (make(loaded.exam, variant, style) for make in (question_page, key_page))
    paper, key = (" ".join(page.questions[0].text) for page in pages)
    return paper, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_and_key_say_the_slope_at_the_kink(tmp_path: Path, language: str) -> None:
    """Where a fixed number leads to exactly 0, one sentence gives ReLU'(0), in every language."""
    for text in texts(written(tmp_path, AT_ZERO), language):
        assert text.count(RELU) == 1


def test_one_unit_at_the_kink_is_enough(tmp_path: Path) -> None:
    """Beside a unit that is live, the slope of the other is to choose all the same."""
    two = changed(
        AT_ZERO,
        ("[1, 1, 1]", "[1, 2, 1]"),
        ("W1 = [[0.1]]\nb1 = [-0.3]\nW2 = [[2]]", "W1 = [[0.5], [0.1]]\nb1 = [0.2, -0.3]\nW2 = [[2, 1]]"),
    )
    assert [text.count(RELU) for text in texts(written(tmp_path, two))] == [1, 1]


def test_other_kinks_have_their_own_sentence(tmp_path: Path) -> None:
    """A leaky ReLU at 0 has the slope of its negative side."""
    paper, key = texts(written(tmp_path, changed(AT_ZERO, ('"relu"', '"leaky_relu"'))))
    assert paper.count(LEAKY) == key.count(LEAKY) == 1


@pytest.mark.parametrize(
    "change",
    [("b1 = [-0.3]", "b1 = [-0.2]"), ('"relu"', '"tanh"'), ('"relu"', '"elu"'), ('"z", "slope", "dL_dW"', '"z"')],
)
def test_no_sentence_where_nothing_is_to_choose(tmp_path: Path, change: tuple[str, str]) -> None:
    """Beside the kink, without one, or where no slope is needed, papers stay as they are."""
    assert all("'(0)" not in text for text in texts(written(tmp_path, changed(AT_ZERO, change))))


@pytest.mark.parametrize(("margin", "count"), [("0", 1), ("0.05", 0)])
def test_a_bank_that_can_draw_it_says_it_to_all(tmp_path: Path, margin: str, count: int) -> None:
    """Without a margin around the kink a draw may be 0: no paper of the class may tell whose is."""
    bank = DRAWS_ZERO + f"[screens]\nkink_margin = {margin}\nmisconception_margin = 0\nsignificant_digits = 0\n"
    assert [text.count(RELU) for text in texts(written(tmp_path, bank))] == [count, count]


@pytest.mark.usefixtures("here")
def test_the_key_keeps_to_what_the_paper_says(tmp_path: Path) -> None:
    """The slope is 0 in key/answers.csv though doubles are a hair above the kink, and key/exam.json remembers it."""
    arguments = ["make", written(tmp_path, AT_ZERO), "--seed", "7", "--out", str(tmp_path / "paper")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    rows = read_rows(tmp_path / "paper" / "key" / "answers.csv")
    behind = [float(row["answer"]) for row in rows if row["quantity"] in {"slope", "dL_dW"} and row["layer"] == "1"]
    assert behind == [0.0, 0.0]
    assert read_key(tmp_path / "paper" / "key").exam.questions[0].at_kinks == {"relu"}
