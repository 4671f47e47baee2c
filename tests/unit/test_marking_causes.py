"""Causes through gaps, in a part of the work, two in one number, and lost signs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph
from examgen.core.misconceptions.partly_held import parts_of_patches
from examgen.core.misconceptions.versions import Patch
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.exam import QuestionVariant
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.exams.wording.sentences import IN_ENGLISH, SENTENCES
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.diagnosing.two_causes import both
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.judged_numbers import judge
from examgen.marking.judging.mistakes import mistakes_text
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.marking.judging.written_digits import Submitted, submitted_of
from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.typed.typed_numbers import parse_number
from tests.marking_students import rounded_text
from tests.small_banks import FIXED, changed, written

UNWRITTEN = frozenset({"z", "a", "loss", "slope", "dL_da", "dL_dz"})
ALL = Policy()


def drawn(name: str, seed: int = 3) -> tuple[PaperShape, QuestionVariant]:
    """The first question of a drawn paper."""
    loaded = load_exam(name, seed)
    [variant] = draw_variants(loaded, [Student("s")])
    return next(iter(papers(loaded.exam, variant)))


def patch(paper: PaperShape, name: str) -> Patch:
    """The first version of a misconception."""
    return next(one for one in paper_patches(paper) if one.misconception == name)


def part_of(paper: PaperShape, name: str, quantity: str) -> Patch:
    """A misconception that is held in one quantity only."""
    asked = frozenset(field.quantity for field in paper.fields)
    parts = parts_of_patches(paper.shape, asked)
    return next(one.patch() for one in parts if (one.whole.misconception, *one.changed) == (name, quantity))


def sheet_of(paper: PaperShape, numbers: QuestionVariant, graph: ComputationGraph) -> dict[str, str]:
    """What a student writes who works by a graph; by field."""
    values = evaluate(graph, numbers.givens).values
    return {
        field.name: rounded_text(float(values[field.quantity][field.index]), field.digits) for field in paper.fields
    }


def bare(paper: PaperShape, sheet: Mapping[str, str]) -> dict[str, str]:
    """The sheet with gradients and updates only."""
    return {field.name: "" if field.kind in UNWRITTEN else sheet[field.name] for field in paper.fields}


def judged_numbers(
    paper: PaperShape, numbers: QuestionVariant, sheet: Mapping[str, str], policy: Policy = ALL
) -> tuple[Submitted, Marked, Diagnosis]:
    """What one student wrote, and how it was judged."""
    rows = np.arange(len(paper.fields))[None]
    submitted = submitted_of(Numbers.of(parse_number(sheet[field.name]) for field in paper.fields), rows)
    givens = {name: np.asarray(values)[None] for name, values in numbers.givens.items()}
    return submitted, *judge(paper, givens, submitted, policy)


def judged(
    paper: PaperShape, numbers: QuestionVariant, sheet: Mapping[str, str], policy: Policy = ALL
) -> dict[str, tuple[str, str]]:
    """Outcome and label by field."""
    _, marked, found = judged_numbers(paper, numbers, sheet, policy)
    outcomes = [BY_CODE[code].name for code in marked.outcome[0].tolist()]
    labels = [found.labels[code] for code in found.codes[0].tolist()]
    signs = [SENTENCES["sign"] if sign else "" for sign in found.is_sign[0].tolist()]
    told = [label or sign for label, sign in zip(labels, signs, strict=True)]
    return dict(zip((field.name for field in paper.fields), zip(outcomes, told, strict=True), strict=True))


@pytest.mark.parametrize("name", ["error-sign", "no-bias", "single-path", "sigmoid-sign"])
def test_a_cause_in_the_head_costs_its_first_entry(name: str) -> None:
    """Of a bare sheet the first entry that shows the cause is wrong; what is behind the same gap follows, by name."""
    paper, numbers = drawn("minibatch")
    found = judged(paper, numbers, bare(paper, sheet_of(paper, numbers, patch(paper, name).graph)))
    wrong = [label for outcome, label in found.values() if outcome == "wrong"]
    follow = [label for outcome, label in found.values() if outcome == "follow_through" and label]
    assert [name in label.split("|") for label in wrong] == [True]
    assert len(follow) > 3
    assert all(name in label.split("|") for label in follow)


def test_what_nobody_asks_for_is_a_gap_of_a_full_sheet(tmp_path: Path) -> None:
    """Where δ is not asked a wrong sign in it costs the first gradient; the second follows, though nothing is blank."""
    bank = changed(
        FIXED,
        ("[1, 1]", "[2, 1]"),
        ("W1 = [[0.5]]", "W1 = [[0.5, 0.3]]"),
        ("x = [[1]]", "x = [[1, 2]]"),
        ('"loss"', '"dL_dW"'),
    )
    paper, numbers = drawn(written(tmp_path, bank))
    found = judged(paper, numbers, sheet_of(paper, numbers, patch(paper, "error-sign").graph))
    assert [found[field.name] for field in paper.fields if field.kind == "dL_dW"] == [
        ("wrong", "error-sign"),
        ("follow_through", "error-sign"),
    ]


def test_each_step_of_descent_is_a_gap_of_its_own() -> None:
    """Between two steps the new weights are written: a wrong sign costs one entry of either step."""
    paper, numbers = drawn("question2")
    found = judged(paper, numbers, bare(paper, sheet_of(paper, numbers, patch(paper, "error-sign").graph)))
    steps = [field.step for field in paper.fields if found[field.name][0] == "wrong"]
    assert steps == [1, 2]


def test_without_the_policy_all_that_fits_a_cause_is_wrong() -> None:
    """With `follow_through_cause = false`, and with follow-through off, every entry behind the gap loses its mark."""
    paper, numbers = drawn("minibatch")
    sheet = bare(paper, sheet_of(paper, numbers, patch(paper, "error-sign").graph))
    follows = [field for field, (outcome, _) in judged(paper, numbers, sheet).items() if outcome == "follow_through"]
    for policy in (Policy(follow_through_cause=False), Policy(follow_through="off")):
        strict = judged(paper, numbers, sheet, policy)
        named = [strict[field] for field in follows if strict[field][1]]
        assert len(named) > 3
        assert {outcome for outcome, _ in named} == {"wrong"}


def test_an_unreadable_box_is_a_gap() -> None:
    """What was smudged is worked out by the cause as what was left out is."""
    paper, numbers = drawn("minibatch")
    sheet = bare(paper, sheet_of(paper, numbers, patch(paper, "error-sign").graph))
    smudged = {field: text or "?" for field, text in sheet.items()}
    blank, unreadable = judged(paper, numbers, sheet), judged(paper, numbers, smudged)
    assert {field: blank[field] for field, text in sheet.items() if text} == {
        field: unreadable[field] for field, text in sheet.items() if text
    }


def test_a_misconception_in_one_layer_is_named() -> None:
    """Whoever forgets the bias in the first layer only is told so, though later layers speak against it."""
    paper, numbers = drawn("sigmoid-chain")
    found = judged(paper, numbers, sheet_of(paper, numbers, part_of(paper, "no-bias", "z1").graph))
    assert {label for _, label in found.values()} == {"", "no-bias"}


def test_a_few_of_many_entries_name_no_misconception_of_a_part() -> None:
    """Two of the gradients of a layer are swapped and the others wrong in another way: who swaps does so in most."""
    paper, numbers = drawn("sigmoid-chain")
    right = sheet_of(paper, numbers, paper.graph)
    mistaken = sheet_of(paper, numbers, part_of(paper, "swapped-index", "dL_dW1").graph)
    places = [name for name in mistaken if mistaken[name] != right[name]]
    assert len(places) > 4
    made_up = {name: f"{1.37 * float(right[name]) + 0.3:.4f}" for name in places[2:]}
    for sheet, label in ((mistaken, "swapped-index"), (mistaken | made_up, "")):
        found = judged(paper, numbers, right | sheet)
        assert [found[name] for name in places[:2]] == [("wrong", label)] * 2


def test_of_two_that_explain_a_wrong_entry_the_one_that_right_ones_need_is_named() -> None:
    """δ of each sample's own loss is twice too large as with another factor of the loss; but gradients that are right
    by making up for it alone speak for the sum."""
    paper, numbers = drawn("minibatch")
    version = next(one for one in paper_patches(paper) if one.makes_up)
    found = judged(paper, numbers, sheet_of(paper, numbers, version.graph))
    assert {label for _, label in found.values()} == {"", version.misconception}


def test_a_misconception_is_named_beside_answers_of_few_figures() -> None:
    """Who forgets the factor of the loss and goes on from all digits of an a that is written to three is told so."""
    paper, numbers = drawn("sigmoid-chain")
    sheet = sheet_of(paper, numbers, patch(paper, "loss-factor").graph)
    short = {field.name: f"{float(sheet[field.name]):.3g}" for field in paper.fields if field.kind == "a"}
    found = judged(paper, numbers, sheet | short, Policy(precision="as_written"))
    assert {label for outcome, label in found.values() if outcome == "wrong"} == {"loss-factor"}


def convention_after_a_slip(paper: PaperShape, numbers: QuestionVariant) -> dict[str, str]:
    """A slip in one output, then δ of each sample's own loss and the mean in the gradients."""
    version = next(one for one in paper_patches(paper) if one.makes_up)
    slip = np.full(paper.graph["a2"].shape, np.nan)
    slip.flat[0] = 0.9
    values = evaluate(version.graph, numbers.givens, substitute={"a2": slip}).values
    return {
        field.name: rounded_text(float(values[field.quantity][field.index]), field.digits) for field in paper.fields
    }


def test_what_makes_up_for_a_convention_follows_where_the_convention_is_there() -> None:
    """The mean in the gradients follows from δ without it; beside right δ it is taken twice, which is wrong."""
    paper, numbers = drawn("minibatch")
    gradients = [field.name for field in paper.fields if field.kind in {"dL_dW", "dL_db"}]
    held = judged(paper, numbers, convention_after_a_slip(paper, numbers))
    assert {held[name] for name in gradients} == {("follow_through", "sum-for-mean")}
    right = sheet_of(paper, numbers, paper.graph)
    twice = judged(paper, numbers, right | {name: f"{float(right[name]) / 2:.4f}" for name in gradients})
    assert {twice[name] for name in gradients} == {("wrong", "sum-for-mean")}


def test_what_follows_is_near_what_it_is_said_to_follow_from() -> None:
    """Behind a cause in a gap, and where a convention is made up for: within the tolerance that feedback shows."""
    paper, numbers = drawn("minibatch")
    gap = bare(paper, sheet_of(paper, numbers, patch(paper, "error-sign").graph))
    for sheet in (gap, convention_after_a_slip(paper, numbers)):
        submitted, marked, _ = judged_numbers(paper, numbers, sheet)
        follows = marked.outcome == OUTCOMES["follow_through"].code
        assert follows.sum() > 3
        assert (np.abs(submitted.values - marked.own) <= marked.tolerance)[follows].all()


def test_two_causes_in_one_number_are_named_together() -> None:
    """The update of a loss with the wrong sign, added: z-gradients show the one, other updates the other."""
    paper, numbers = drawn("minibatch")
    one, other = patch(paper, "no-learning-rate"), patch(paper, "swapped-index")
    [together, *_] = both(paper.shape, other, one)
    sheet = sheet_of(paper, numbers, together.graph)
    # Gradients of one layer are left out, so that its updates have both causes.
    gap = {field.name: "" for field in paper.fields if field.quantity == "dL_dW2"}
    found = judged(paper, numbers, sheet | gap)
    labels = {label for _, label in found.values()}
    assert {"no-learning-rate", "swapped-index", "no-learning-rate+swapped-index"} <= labels | {
        "+".join(sorted(label.split("+"))) for label in labels
    }


def test_a_sign_lost_once_is_a_sign() -> None:
    """Of two outputs one has the sign of its error wrong: that is no belief about errors."""
    paper, numbers = drawn("tanh-two-outputs")
    right = sheet_of(paper, numbers, paper.graph)
    field = next(field.name for field in paper.fields if field.quantity == "dL_dz2")
    flipped = right[field][1:] if right[field].startswith("-") else f"-{right[field]}"
    assert judged(paper, numbers, right | {field: flipped})[field] == ("wrong", SENTENCES["sign"])
    mistaken = judged(paper, numbers, sheet_of(paper, numbers, patch(paper, "error-sign").graph))
    assert mistaken[field] == ("wrong", "error-sign")


def test_a_sign_beside_another_mistake_is_a_sign() -> None:
    """Where the other output is wrong in another way, one wrong sign still tells of no belief."""
    paper, numbers = drawn("tanh-two-outputs")
    right = sheet_of(paper, numbers, paper.graph)
    mistaken = sheet_of(paper, numbers, patch(paper, "error-sign").graph)
    first, second = (field.name for field in paper.fields if field.quantity == "dL_dz2")
    found = judged(paper, numbers, right | {first: mistaken[first], second: "7.1234"})
    assert found[first] == ("wrong", SENTENCES["sign"])


def test_texts_name_every_misconception_of_a_label() -> None:
    """`|` reads as or, `+` as together; no label, no text."""
    assert mistakes_text("no-bias|log10", IN_ENGLISH).count(", or ") == 1
    assert mistakes_text("no-bias+log10", IN_ENGLISH).count(", and ") == 1
    assert mistakes_text("", IN_ENGLISH) == ""
    behind = mistakes_text("no-bias", IN_ENGLISH, "follows_cause")
    assert "not written down" in behind
    assert "the bias was left out" in behind


def test_the_policy_is_read_and_kept(tmp_path: Path) -> None:
    """`follow_through_cause` stands in [policy]; true where it does not."""
    text = FIXED.replace("[[tasks]]", "[policy]\nfollow_through_cause = false\n[[tasks]]")
    assert not load_exam(written(tmp_path, text), 1).exam.policy.follow_through_cause
    assert Policy().follow_through_cause
