"""What is named behind wrong answers: one misconception, two in one paper, several that fit equally, and none."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.exam import QuestionVariant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.judging.diagnosing.diagnosis import Trial, diagnose, trials
from examgen.marking.judging.entries import mark
from examgen.marking.judging.written_digits import submitted_of
from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.typed.typed_numbers import parse_number
from tests.marking_students import rounded_text
from tests.small_banks import PRODUCT, written


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


def tried(name: str, sheet: Mapping[str, str], field: str) -> tuple[Trial, ...]:
    """The trials of one field of a sheet."""
    paper, numbers = drawn(name)
    rows = np.arange(len(paper.fields))[None]
    submitted = submitted_of(Numbers.of(parse_number(sheet[field.name]) for field in paper.fields), rows)
    givens = {name: np.asarray(values)[None] for name, values in numbers.givens.items()}
    place = [one.name for one in paper.fields].index(field)
    return trials(paper, givens, submitted, mark(paper, givens, submitted), place)


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


@pytest.mark.parametrize(
    ("name", "question", "misconception"),
    [("midterm", "Q3", "no-slope"), ("sigmoid-3-4-4-2", "Q1", "single-path")],
)
def test_what_explains_most_is_named_first(name: str, question: str, misconception: str) -> None:
    """Whichever version of it a student has, each wrong entry has its name.

    Other misconceptions explain some of these entries too, and fewer right answers may speak against them.
    """
    loaded = load_exam(name, 3)
    [variant] = draw_variants(loaded, [Student("s")])
    paper, numbers = next(one for one in papers(loaded.exam, variant) if one[0].question.id == question)
    versions = [patch.graph for patch in paper_patches(paper) if patch.misconception == misconception]
    found: list[str] = []
    for graph in versions:
        found += named(paper, numbers, sheet_of(paper, numbers, graph))[0].values()
    assert len(found) > len(versions) > 0
    assert all(misconception in label.split("|") for label in found)


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


def test_the_first_wrong_entry_is_first_on_the_paper() -> None:
    """Of a wrong z3 and a wrong z1, the one that stands first, also where the paper asks for the later step first."""
    paper, numbers = drawn("question2")
    sheet = sheet_of(paper, numbers, paper.graph)
    z1, z3 = (next(f.name for f in paper.fields if f.quantity == name) for name in ("z1", "z3"))
    wrong = sheet | {z1: "7.1234", z3: "5.4321"}
    assert named(paper, numbers, wrong)[1] == z1
    turned = replace(paper, fields=paper.fields[::-1])
    assert named(turned, numbers, wrong)[1] == z3


def test_every_misconception_says_what_was_done() -> None:
    """In words that go on from `It looks as if`, without a full stop."""
    for row in MISCONCEPTIONS.values():
        assert row.mistake
        assert row.mistake[-1] not in ".!"


CHAIN = """
title = "A chain of identities"
notation = "scalar"
[network]
sizes = [1, 1, 1]
activations = ["identity", "identity"]
loss = "half_squared_error"
[fixed]
W1 = [[0.5]]
b1 = [{b1}]
W2 = [[2]]
b2 = [1]
x = [[1]]
y = [[3]]
[digits]
decimals = 2
[[tasks]]
text = "Forward."
ask = ["z"]
"""


@pytest.mark.parametrize(("bias", "against"), [("0.005", 0), ("0.01", 0), ("0.015", 1)])
def test_right_answers_speak_against_beyond_two_tolerances(tmp_path: Path, bias: str, against: int) -> None:
    """z2 lacks its bias; a right z1 speaks against it where its own bias is more than 2 * 0.0051, and never for it.

    Named is what more entries speak for than against; where z1 speaks against it throughout, in the second layer alone.
    """
    bank = tmp_path / "chain.toml"
    bank.write_text(CHAIN.format(b1=bias), encoding="utf-8")
    sheet = {"z1": repr(0.5 + float(bias)), "z2": repr(2 * (0.5 + float(bias)))}
    trial, *part = [one for one in tried(str(bank), sheet, "z2") if one.misconception == "no-bias"]
    assert (trial.fits, trial.evidence, trial.against) == (True, 1, against)
    assert trial.value == pytest.approx(1 + 2 * float(bias), abs=1e-12)
    assert [(one.misconception, one.fits, one.against) for one in part] == [("no-bias", True, 0)] * against
    assert named(*drawn(str(bank)), sheet) == ({"z2": "no-bias"}, "z2")


def test_half_a_unit_of_a_small_number_is_small(tmp_path: Path) -> None:
    """At 3 significant figures z2 = 2 * 0.001 without its bias is 0.00200, give or take 0.0000051, and not 0.0024."""
    bank = written(tmp_path, CHAIN.format(b1="-0.499").replace("decimals = 2", "significant_figures = 3"))
    for z2, names in (("0.002005", {"z2": "no-bias"}), ("0.002006", {}), ("0.0024", {})):
        assert named(*drawn(bank), {"z1": "", "z2": z2}) == (names, "z2")


def test_a_class_is_named_as_each_student_alone() -> None:
    """Whatever the neighbours got wrong, with blanks and slips among them, each has the own names."""
    paper, numbers = drawn("question2")
    right = sheet_of(paper, numbers, paper.graph)
    sheets = [right, dict.fromkeys(right, ""), right | {next(iter(right)): "7.1234"}]
    for beliefs in (("error-sign",), ("ascent",), ("no-bias",), ("stale-weights",), ("no-bias", "ascent")):
        mistaken = sheet_of(paper, numbers, believing(paper, *beliefs))
        halves = zip(right, mistaken.values(), range(len(right)), strict=True)
        sheets += [mistaken, {field: text if place % 3 else "" for field, text, place in halves}]
    texts = [sheet[field.name] for sheet in sheets for field in paper.fields]
    rows = np.arange(len(texts)).reshape(len(sheets), -1)
    submitted = submitted_of(Numbers.of(map(parse_number, texts)), rows)
    givens = {name: np.stack([np.asarray(values)] * len(sheets)) for name, values in numbers.givens.items()}
    found = diagnose(paper, givens, submitted, mark(paper, givens, submitted))
    for sheet, codes, first in zip(sheets, found.codes.tolist(), found.first.tolist(), strict=True):
        labels = {field.name: found.labels[code] for field, code in zip(paper.fields, codes, strict=True) if code}
        assert (labels, paper.fields[first].name if first >= 0 else "") == named(paper, numbers, sheet)
    assert found.first[:2].tolist() == [-1, -1]
    assert {"no-bias", "ascent"} <= {found.labels[code] for code in found.codes[-1].tolist()}


def test_only_what_changes_an_entry_is_tried_on_it() -> None:
    """A forgotten bias changes z1, and a step up the slope does not: it comes later."""
    paper, numbers = drawn("question2")
    sheet = sheet_of(paper, numbers, paper.graph)
    z1 = next(field.name for field in paper.fields if field.quantity == "z1")
    names = {trial.misconception for trial in tried("question2", sheet | {z1: "7.1234"}, z1)}
    assert "no-bias" in names
    assert "ascent" not in names


def test_nothing_is_named_where_no_misconception_can_show(tmp_path: Path) -> None:
    """A row times a column has no entries to exchange and no bias: a wrong product is wrong, and that is all."""
    bank = written(tmp_path, PRODUCT)
    paper, numbers = drawn(bank)
    [field] = paper.fields
    assert named(paper, numbers, {field.name: "99"}) == ({}, field.name)
    assert tried(bank, {field.name: "99"}, field.name) == ()


def test_the_first_label_is_empty_even_where_every_entry_is_named(tmp_path: Path) -> None:
    """z1 and z2 without their biases: tables read label 0 as nothing to say."""
    bank = tmp_path / "chain.toml"
    bank.write_text(CHAIN.format(b1="0.2"), encoding="utf-8")
    paper, numbers = drawn(str(bank))
    givens = {name: np.asarray(values)[None] for name, values in numbers.givens.items()}
    submitted = submitted_of(Numbers.of(parse_number(text) for text in ("0.5", "1")), np.array([[0, 1]]))
    found = diagnose(paper, givens, submitted, mark(paper, givens, submitted))
    assert found.labels == ("", "no-bias")
    assert found.codes.tolist() == [[1, 1]]


def test_the_band_of_a_misconception_starts_from_what_was_written(tmp_path: Path) -> None:
    """Without the slopes dL_dz1 is twice the written dL_dz2, give or take 4 half units: its own, that of dL_da1, and
    two of dL_dz2. What lies behind the written dL_dz2 adds nothing.
    """
    text = CHAIN.format(b1="0.2").replace('"identity", "identity"', '"tanh", "sigmoid"').replace('["z"]', '["dL_dz"]')
    paper, numbers = drawn(written(tmp_path, text))
    fields = {field.quantity: field.name for field in paper.fields}
    first, second = fields["dL_dz1"], fields["dL_dz2"]
    dL_dz2 = round(1 / (1 + np.exp(-2 * np.tanh(0.7) - 1)) - 3, 2)
    for off, is_named in ((0.0203, True), (0.0205, False)):
        names, _ = named(paper, numbers, {second: f"{dL_dz2}", first: f"{2 * dL_dz2 + off}"})
        assert ("no-slope" in names[first].split("|")) == is_named
