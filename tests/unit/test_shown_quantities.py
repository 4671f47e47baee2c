"""Intermediates that a paper prints: they stand with the given numbers, and later work starts from them."""

from pathlib import Path

import numpy as np
import pytest

from examgen.batch.bench.sitting import entries_of, sit
from examgen.core.evaluation import evaluate
from examgen.documents.paper.papers import key_page, question_page
from examgen.errors import BankError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import papers
from tests.small_banks import DRAWN, changed, written

SHOWN = changed(
    DRAWN,
    ("[1, 1]", "[2, 2, 1]"),
    ('["sigmoid"]', '["tanh", "sigmoid"]'),
    ("loss =", 'shown = ["a"]\nloss ='),
    ('["z", "a", "loss"]', '["z", "dL_dz2", "dL_dW2"]'),
)


def _one_paper(folder: Path, bank: str = SHOWN) -> tuple[Exam, Variant]:
    loaded = load_exam(written(folder, bank), 3)
    return loaded.exam, draw_variants(loaded, [Student("s1")])[0]


def test_both_pages_print_the_same_numbers(tmp_path: Path) -> None:
    """To the digits of the question, with the given numbers, and the key does not work them out."""
    exam, variant = _one_paper(tmp_path)
    [(paper, numbers)] = papers(exam, variant)
    right = evaluate(paper.graph, numbers.givens)
    for page in (question_page(exam, variant), key_page(exam, variant)):
        [printed] = [one.latex for one in page.questions[0].givens if "a^{(2)}" in one.latex]
        assert f"a^{{(2)}} = {right['a2'][0, 0]:.4f}" in printed
    lines = repr(key_page(exam, variant).questions[0].sections)
    assert r"a^{(1)} = \tanh" not in lines


def test_work_starts_from_what_is_printed(tmp_path: Path) -> None:
    """A slip in z is one slip: whoever goes on with the printed activation is right, with no follow-through."""
    exam, variant = _one_paper(tmp_path)
    [(paper, _)] = papers(exam, variant)
    names = [field.name for field in paper.fields if field.quantity == "z1"]
    graded = sit(exam, [variant], {"s1": {("Q1", names[0]): "7.1234"}})
    lost = [entry.field for entry in entries_of(graded) if entry.has_lost]
    assert lost == names[:1]


def test_misconceptions_do_not_show_behind_what_is_printed(tmp_path: Path) -> None:
    """Nobody can get wrong what the paper says."""
    exam, variant = _one_paper(tmp_path, changed(SHOWN, ('["z", ', "[")))
    [(paper, _)] = papers(exam, variant)
    names = {patch.misconception for patch in paper_patches(paper)}
    assert {"no-bias", "sigmoid-sign"}.isdisjoint(names)
    assert {"no-slope", "error-sign", "pre-activation-input"} <= names


def test_rounding_from_printed_numbers_loses_nothing(tmp_path: Path) -> None:
    """Printed to few digits, they are as far off as numbers that nobody asks for."""
    exam, variant = _one_paper(tmp_path, changed(SHOWN, ("decimals = 4", "decimals = 2")))
    [(paper, numbers)] = papers(exam, variant)
    exact = evaluate(paper.graph, numbers.givens)
    printed = {name: np.round(value, 2) for name, value in paper.printed(exact.values).items()}
    done = evaluate(paper.graph, numbers.givens, substitute=printed)
    sheet = {("Q1", field.name): f"{done[field.quantity][field.index]:.2f}" for field in paper.fields}
    assert not [entry.field for entry in entries_of(sit(exam, [variant], {"s1": sheet})) if entry.has_lost]


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ('["z1"]', "shown: z1 is printed, and a task asks for it; leave one of them out"),
        ('["aa"]', "shown: aa is not there (shape A); allowed: z, a, loss, "),
        ('["a1[1]"]', "shown: a1[1] is not there (shape A); name whole quantities"),
    ],
)
def test_what_cannot_be_printed_is_told(tmp_path: Path, shown: str, told: str) -> None:
    """In one line, with what may be named."""
    with pytest.raises(BankError) as refused:
        _one_paper(tmp_path, changed(SHOWN, ('["a"]', shown)))
    assert told in str(refused.value)
