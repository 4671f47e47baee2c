"""Formulas of students with misconceptions: what they write, that it is their work, and how it is judged."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.batch.bench.mistaken_formulas import MistakenFormula, formula_patches, judged_by_values, mistaken_formulas
from examgen.core.equivalence.formula_trials import drawn_givens
from examgen.core.evaluation import evaluate
from examgen.core.formulas.formula_language import Formula, evaluate_formula, parse_formula
from examgen.exams.banks.building import load_exam
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.formula_texts import Written
from examgen.exams.references.spellings import spellings
from tests.small_banks import DRAWN, all_papers, changed, written


def shipped(label: str) -> PaperShape:
    """One shape of the shipped exam in formulas: A has ReLU and squared error, D tanh and cross-entropy."""
    return next(paper for paper in all_papers(load_exam("formulas", 7)) if paper.label == label)


def all_mistakes(paper: PaperShape) -> Iterator[MistakenFormula]:
    for patch in formula_patches(paper):
        yield from mistaken_formulas(paper, patch)


def texts(paper: PaperShape, misconception: str, field: str) -> list[str]:
    """What students with one misconception write into one field."""
    return [
        one.text for one in all_mistakes(paper) if (one.patch.misconception, one.field.name) == (misconception, field)
    ]


@pytest.mark.parametrize(
    ("label", "misconception", "field", "text"),
    [
        ("A", "error-sign", "delta2_formula", "(y - a2)*sigmoid'(z2)"),
        ("A", "no-slope", "delta2_formula", "a2 - y"),
        ("A", "pre-activation-input", "dL_dw2_1_1_formula", "(a2 - y)*sigmoid'(z2)*z1_1"),
        ("A", "relu-slope-z", "dL_dw1_1_1_formula", "w2_1_1*(a2 - y)*sigmoid'(z2)*z1_1*x_1"),
        ("D", "extra-slope", "delta2_formula", "(a2 - y)*a2*(1 - a2)"),
        ("D", "layer-skipped", "dL_dw1_1_1_formula", "(a2 - y)*x_1"),
        ("D", "slope-of-activation", "dL_dw1_1_1_formula", "w2_1_1*(a2 - y)*(1 - tanh(a1_1)^2)*x_1"),
        ("D", "swapped-index", "dL_dw1_1_2_formula", "w2_1_1*(a2 - y)*tanh'(z1_1)*x_2"),
    ],
)
def test_mistakes_read_as_students_write_them(label: str, misconception: str, field: str, text: str) -> None:
    """In the symbols that the task allows, with the mistake in its place."""
    assert text in texts(shipped(label), misconception, field)


def test_a_mistake_behind_an_allowed_symbol_is_not_written() -> None:
    """With z allowed, a forgotten bias changes no formula for a gradient."""
    assert not [one for one in all_mistakes(shipped("A")) if one.patch.misconception == "no-bias"]


def test_comparisons_are_judged_by_their_values() -> None:
    """ReLU's slope taken at a cannot be typed; it is judged wrong and named all the same."""
    untyped = [one for one in all_mistakes(shipped("A")) if not one.text]
    assert {one.patch.misconception for one in untyped} == {"slope-of-activation", "wrong-slope", "relu-slope-z"}
    for one in untyped:
        judged = judged_by_values(shipped("A"), one)
        assert judged.verdict != "right"
        assert one.patch.misconception in judged.misconceptions


def test_right_work_is_right_by_its_values() -> None:
    """The judgement by values can say that all is right: it does of the work without the mistake."""
    paper = shipped("A")
    mistaken = next(one for one in all_mistakes(paper) if not one.text)
    right_work = paper.graph.only({quantity.name for quantity in mistaken.work.derived})
    assert judged_by_values(paper, mistaken).verdict == "wrong"
    assert judged_by_values(paper, replace(mistaken, work=right_work)).verdict == "right"


NETWORKS = [
    ("[2, 2, 2]", '["tanh", "identity"]', "half_mean_squared_error"),
    ("[2, 2, 1]", '["leaky_relu", "sigmoid"]', "binary_cross_entropy"),
    ("[1, 2, 2]", '["softplus", "elu"]', "huber"),
]


@pytest.mark.parametrize("asked", ['"z", "a", "loss", "dL_da", "dL_db"', '"dL_dW"\nsymbols = ["z", "a"]'])
@pytest.mark.parametrize(("sizes", "activations", "loss"), NETWORKS)
def test_texts_say_what_the_mistaken_work_comes_to(
    sizes: str, activations: str, loss: str, asked: str, tmp_path: Path
) -> None:
    """With the student's own numbers for the symbols, each text gives the student's own number."""
    network = ("[1, 1]", sizes), ('["sigmoid"]', activations), ("squared_error", loss)
    ask, *symbols = asked.split("\n")
    task = ('ask = ["z", "a", "loss"]', "\n".join([f"ask = [{ask}]", 'as = "formula"', *symbols]))
    (paper,) = all_papers(load_exam(written(tmp_path, changed(DRAWN, *network, task)), 7))
    known, checked = spellings(paper.naming), 0
    for patch in formula_patches(paper):
        own = evaluate(patch.graph, drawn_givens(paper.graph)).values
        for one in mistaken_formulas(paper, patch):
            formula = parse_formula(one.text, known)
            if isinstance(formula, Formula):
                symbols_own = {
                    spelling: own[known[spelling][0]][at(known[spelling][1])] for spelling in formula.symbols
                }
                wanted = own[one.field.quantity][at(one.field.index)]
                np.testing.assert_allclose(evaluate_formula(formula, symbols_own), wanted, rtol=1e-9, atol=1e-12)
                checked += 1
            else:
                assert one.text == ""
    assert checked >= 10


def at(index: tuple[int, ...]) -> tuple[Any, ...]:
    """One entry at all draws."""
    return (slice(None), *index)


@pytest.mark.parametrize(
    "calculate",
    [
        lambda a, b: -(a - b) * (a + b) / (a * b),
        lambda a, b: 1 / (1 + np.exp(-(a - b))),
        lambda a, b: (-a) ** 2 - (a - b) ** 2 * b,
        lambda a, b: a * -1 - (b - a) * 1.0 + np.negative(-b),
        lambda a, b: 0 * a + b - np.tanh(a) ** 2 / (b / a),
        lambda a, b: 0.43429448190325176 * np.log(a) * (1 - b) - 1e-12 * b + 1e20 * a,
    ],
)
def test_texts_calculate_as_numbers_do(calculate: Callable[[Any, Any], Any]) -> None:
    """Brackets stand where they must: the text read again gives what the numbers give."""
    a, b = np.array([0.3, 1.7, 2.5]), np.array([1.9, 0.2, 0.7])
    symbols = (np.array([Written(name)], dtype=object) for name in "ab")
    formula = parse_formula(calculate(*symbols)[0].text, {"a", "b"})
    assert isinstance(formula, Formula)
    np.testing.assert_allclose(evaluate_formula(formula, {"a": a, "b": b}), calculate(a, b), rtol=1e-14)
