"""What is named behind wrong answers: one misconception, two in one paper, several that fit equally, and none."""

from collections.abc import Mapping

import numpy as np
import pytest

from examgen.core.graph import ComputationGraph, evaluate
from examgen.core.misconceptions import MISCONCEPTIONS
from examgen.exams.building import Student, draw_variants, load_exam
from examgen.exams.exam import PaperShape, QuestionVariant
from examgen.exams.keys import papers
from examgen.exams.separation import paper_patches
from examgen.marking.answers import Numbers
from examgen.marking.diagnosis import diagnose
from examgen.marking.entries import mark
from examgen.marking.grading import submitted_of
from examgen.marking.numbers import parse_number
from tests.marking_students import rounded_text


def drawn(name: str, seed: int = 3) -> tuple[PaperShape, QuestionVariant]:
    """The first question of a drawn paper."""
    loaded = load_exam(name, seed)
    [variant] = draw_variants(loaded, [Student("s")])
    return next(iter(papers(loaded.exam, variant)))


def sheet_of(paper: PaperShape, numbers: QuestionVariant, graph: ComputationGraph) -> dict[str, str]:
    """What a student writes who works by a graph, in full precision and then rounded; by field."""
    values = evaluate(graph, numbers.givens).values
    return {
        field.name: rounded_text(float(values[field.quantity][field.index]), field.digits) for field in paper.fields
    }


def named(paper: PaperShape, numbers: QuestionVariant, sheet: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Names by field, where there is one, and the first wrong field."""
    rows = np.arange(len(paper.fields))[None]
    submitted = submitted_of(Numbers.of(parse_number(sheet[field.name]) for field in paper.fields), rows)
    givens = {name: np.asarray(values)[None] for name, values in numbers.givens.items()}
    marked = mark(paper, givens, submitted)
    found = diagnose(paper, givens, submitted, marked)
    names = {field.name: found.labels[code] for field, code in zip(paper.fields, found.codes[0].tolist(), strict=True)}
    first = int(found.first[0])
    return {field: label for field, label in names.items() if label}, paper.fields[first].name if first >= 0 else ""


def patch_of(paper: PaperShape, name: str) -> Mapping[str, object]:
    """What the first version of a misconception computes otherwise."""
    patch = next(patch for patch in paper_patches(paper) if patch.misconception == name)
    return {changed: (patch.graph[changed].rule, patch.graph[changed].inputs) for changed in patch.changed}


def believing(paper: PaperShape, *names: str) -> ComputationGraph:
    """The graph of a student with all these misconceptions."""
    changes: dict[str, object] = {}
    for name in names:
        changes |= patch_of(paper, name)
    return paper.graph.rewired(changes)  # type: ignore[arg-type]


def test_right_work_has_no_name() -> None:
    """Nothing is named, and nothing is the first wrong entry."""
    paper, numbers = drawn("question2")
    assert named(paper, numbers, sheet_of(paper, numbers, paper.graph)) == ({}, "")


@pytest.mark.parametrize("name", ["error-sign", "ascent", "no-bias", "stale-weights"])
def test_a_misconception_is_named_where_it_strikes(name: str) -> None:
    """Every wrong entry has the name, and it is an entry that is computed otherwise or rests on nothing asked."""
    paper, numbers = drawn("question2")
    names, first = named(paper, numbers, sheet_of(paper, numbers, believing(paper, name)))
    assert set(names.values()) == {name}
    assert first in names


def test_two_misconceptions_in_one_paper_are_both_found() -> None:
    """Each wrong entry has the name of what is wrong with it."""
    paper, numbers = drawn("question2")
    names, _ = named(paper, numbers, sheet_of(paper, numbers, believing(paper, "no-bias", "ascent")))
    kinds = {field.name: field.kind for field in paper.fields}
    assert {(kinds[field], name) for field, name in names.items()} >= {("z", "no-bias"), ("W_new", "ascent")}
    assert set(names.values()) == {"no-bias", "ascent"}


def test_what_fits_equally_is_said_with_all_its_names() -> None:
    """For a loss that is a mean of two outputs, a forgotten 1/n is a constant factor and a sum for a mean."""
    paper, numbers = drawn("sigmoid-chain")
    twice = max(
        (patch.graph for patch in paper_patches(paper) if patch.misconception == "loss-factor" and patch.must_show),
        key=lambda graph: abs(float(evaluate(graph, numbers.givens).values["dL_da3"][0, 0])),
    )
    names, _ = named(paper, numbers, sheet_of(paper, numbers, twice))
    assert set(names.values()) == {"loss-factor|sum-for-mean"}


def test_a_slip_is_not_a_misconception() -> None:
    """One update with a wrong sign among many right ones is a slip: the right ones speak against a misconception."""
    paper, numbers = drawn("question2")
    sheet = sheet_of(paper, numbers, paper.graph)
    wrong = sheet_of(paper, numbers, believing(paper, "ascent"))
    field = next(field.name for field in paper.fields if field.kind == "W_new")
    names, first = named(paper, numbers, sheet | {field: wrong[field]})
    assert names == {}
    assert first == field


def test_the_first_wrong_entry_is_first_in_the_solution() -> None:
    """Of a wrong z3 and a wrong z1, z1 comes first, wherever they stand on the paper."""
    paper, numbers = drawn("question2")
    sheet = sheet_of(paper, numbers, paper.graph)
    z1, z3 = (next(f.name for f in paper.fields if f.quantity == name) for name in ("z1", "z3"))
    _, first = named(paper, numbers, sheet | {z1: "7.1234", z3: "5.4321"})
    assert first == z1


def test_every_misconception_says_what_was_done() -> None:
    """In words that go on from `It looks as if`, without a full stop."""
    for row in MISCONCEPTIONS.values():
        assert row.mistake
        assert row.mistake[-1] not in ".!"
