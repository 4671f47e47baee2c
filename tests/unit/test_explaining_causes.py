"""Explanations of entries that follow from a cause in a gap, and of chains of answers."""

from dataclasses import replace
from pathlib import Path

from examgen.exams.keys.solved_papers import papers
from examgen.marking.results.appeals.explaining import explain
from examgen.marking.results.appeals.explanation_text import explanation_lines
from tests.classroom.exams import load, variants_of
from tests.classroom.handing_in import mark as mark_class
from tests.classroom.pupils import Pupil, work_out


def test_a_cause_in_the_head_is_explained_with_what_was_assumed(tmp_path: Path) -> None:
    """Where no step is written, what follows says which entry showed the cause and what was worked out by its rule."""
    loaded = load("minibatch", 3)
    [variant] = variants_of(loaded, 1)
    ann = Pupil("ann", variant, belief="error-sign")
    [sheet] = work_out(loaded.exam, [ann], 1)
    kinds = [field.kind for paper, _ in papers(loaded.exam, variant) for field in paper.fields]
    texts = [text if kind in {"dL_dW", "dL_db"} else "" for kind, text in zip(kinds, sheet.texts, strict=True)]
    mark_class(tmp_path, loaded.exam, [ann], [replace(sheet, texts=tuple(texts))])
    found = explain(tmp_path, "ann", "dC_dw2_1_1")
    assert (found.outcome, found.assumed, found.shown_by) == ("follow_through", "error-sign", "∂C/∂w⁽³⁾₁₁")
    assert any("by the rule of error-sign" in source.why for source in found.sources)
    assert found.differences == ()
    first = explain(tmp_path, "ann", "dC_dw3_1_1")
    assert (first.outcome, first.misconception) == ("wrong", "error-sign")
    assert max(trial.evidence for trial in first.trials if trial.fits) > 3


def test_a_follow_through_goes_back_to_the_wrong_answer(tmp_path: Path) -> None:
    """From the last entry the chain of answers leads to the slip with which it began."""
    loaded = load("sigmoid-chain", 3)
    [variant] = variants_of(loaded, 1)
    bob = Pupil("bob", variant, belief="no-bias")
    mark_class(tmp_path, loaded.exam, [bob], work_out(loaded.exam, [bob], 1))
    names = [field.name for paper, _ in papers(loaded.exam, variant) for field in paper.fields if field.kind == "a"]
    found = explain(tmp_path, "bob", names[-1])
    assert found.outcome == "follow_through"
    assert found.chain[0][1] == "wrong"
    assert any("It goes back to" in line for line in explanation_lines(found, 200))
