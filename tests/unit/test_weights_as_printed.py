"""Weights that are typed as a paper prints them, `weights_as = "printed"`."""

from pathlib import Path

import numpy as np
import pytest

from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.small_banks import FIXED, changed, written

STORED = changed(
    FIXED,
    ("sizes = [1, 1]", "sizes = [2, 3, 1]"),
    ('activations = ["sigmoid"]', 'activations = ["identity", "identity"]'),
    ("W1 = [[0.5]]", "W1 = [[1, 2], [3, 4], [5, 6]]\nW2 = [[7, 8, 9]]\nb2 = [0.2]"),
    ("b1 = [0.1]", "b1 = [0.1, 0.2, 0.3]"),
    ("x = [[1]]", "x = [[1, 2]]"),
)
PRINTED = changed(
    STORED,
    ('loss = "squared_error"', 'loss = "squared_error"\nweights_as = "printed"'),
    ("W1 = [[1, 2], [3, 4], [5, 6]]", "W1 = [[1, 3, 5], [2, 4, 6]]"),
    ("W2 = [[7, 8, 9]]", "W2 = [[7], [8], [9]]"),
)


def weights(folder: Path, text: str, notation: str | None = None) -> dict[str, list[list[float]]]:
    """W1 and W2 as they are stored."""
    [variant] = draw_variants(load_exam(written(folder, text), 1, notation), [Student()])
    return {name: np.asarray(variant.questions["Q1"].givens[name]).tolist() for name in ("W1", "W2")}


@pytest.mark.parametrize("notation", ["from-to", "row"])
def test_a_row_is_a_unit_that_weights_come_from(notation: str, tmp_path: Path) -> None:
    """In notations that print them so, what is typed is turned, in [fixed] alone and with [values]."""
    own = ('title = "T"', f'title = "T"\nnotation = "{notation}"')
    as_stored = weights(tmp_path, changed(STORED, own))
    assert as_stored == {"W1": [[1, 2], [3, 4], [5, 6]], "W2": [[7, 8, 9]]}
    assert weights(tmp_path, changed(PRINTED, own)) == as_stored
    drawn = (
        ("b2 = [0.2]", ""),
        ("[digits]", "[values]\nb2 = { choices = [0.2, 0.3] }\n[screens]\nmax_abs = 99999\n[digits]"),
    )
    assert weights(tmp_path, changed(PRINTED, own, *drawn)) == as_stored


@pytest.mark.parametrize("notation", ["nielsen", "to-from-da"])
def test_where_papers_print_them_as_stored_nothing_is_turned(notation: str, tmp_path: Path) -> None:
    """There, both words mean the same."""
    own = ('title = "T"', f'title = "T"\nnotation = "{notation}"')
    text = changed(STORED, own, ('loss = "squared_error"', 'loss = "squared_error"\nweights_as = "printed"'))
    assert weights(tmp_path, text) == weights(tmp_path, changed(STORED, own))


def test_another_notation_of_the_paper_changes_no_number(tmp_path: Path) -> None:
    """What is typed is read in the bank's own notation, whichever the paper has."""
    assert weights(tmp_path, PRINTED, "nielsen") == weights(tmp_path, STORED)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[[7], [8], [9]]", "[[7, 8, 9]]"), "fixed.W2: found shape [1, 3]; this network needs [3, 1], a row for each"),
        (("[[7], [8], [9]]", "[7, 8, 9]"), "a row for each unit that it comes from, as it is printed"),
        (('"printed"', '"turned"'), "network.weights_as: found 'turned'; use 'stored' or 'printed'"),
    ],
)
def test_the_other_shape_is_refused(change: tuple[str, str], told: str, tmp_path: Path) -> None:
    """The message says what a row is."""
    with pytest.raises(BankError) as refused:
        load_exam(written(tmp_path, changed(PRINTED, change)), 1)
    assert told in str(refused.value)


def test_it_is_refused_where_no_weights_are_typed(tmp_path: Path) -> None:
    """Drawn weights have no orientation: whoever writes the key has something else in mind."""
    text = changed(PRINTED, ("[fixed]", "[values]\nweights = { choices = [1, 2] }\n[fixed]"))
    text = changed(text, ("W1 = [[1, 3, 5], [2, 4, 6]]\n", ""), ("W2 = [[7], [8], [9]]\n", ""))
    with pytest.raises(BankError, match="weights_as says how W in"):
        load_exam(written(tmp_path, text), 1)
