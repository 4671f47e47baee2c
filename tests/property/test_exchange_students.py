"""Simulated students answer exported questions: who holds a misconception is told which one, and earns less."""

from pathlib import Path

import pytest

from examgen.exams.keys.solved_papers import papers
from examgen.exams.wording.words import words
from examgen.exchange.exporting import export
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.pupils import Pupil, beliefs_of, work_out
from tests.exchange_keys import made_key
from tests.moodle_reader import Answer, read_quiz


@pytest.mark.parametrize("name", ["question2", "circuit"])
def test_moodle_tells_a_student_the_misconception(tmp_path: Path, name: str) -> None:
    """Honest work is right in every box; each belief loses marks, and some box has the explanation of it."""
    key = made_key(tmp_path, name)
    (variant,) = key.variants
    questions = read_quiz(export("moodle", tmp_path).place.read_bytes())
    boxes = {value: box for question in questions for box in question.boxes for value in [float(box.right.text)]}
    labels = ["", *beliefs_of(key.exam, variant)]
    pupils = [Pupil(f"s{place}", variant, "carries all digits", label) for place, label in enumerate(labels)]
    honest, *believers = work_out(key.exam, pupils, 1)
    fields = [field for paper, _ in papers(key.exam, variant) for field in paper.fields]
    assert len(honest.values) == len(fields)
    in_order = [min(boxes.items(), key=lambda pair: abs(pair[0] - value))[1] for value in honest.values.tolist()]
    assert all(_fraction(box.graded(value)) == 1 for box, value in zip(in_order, honest.values.tolist(), strict=True))
    titles = {label: words("en")["misconceptions"][MISCONCEPTIONS[label].name]["title"] for label in labels[1:]}
    for label, sheet in zip(labels[1:], believers, strict=True):
        answers = [box.graded(value) for box, value in zip(in_order, sheet.values.tolist(), strict=True)]
        if all(_fraction(answer) == 1 for answer in answers):
            continue  # these numbers hide it
        told = [answer for answer in answers if answer is not None and answer.fraction == 0]
        assert any(f"<b>{titles[label]}.</b>" in answer.feedback for answer in told), label


def _fraction(answer: Answer | None) -> float:
    return 0.0 if answer is None else answer.fraction
