"""The words of feedback: every misconception is explained in every language, and no sentence is cut off in its slot."""

import re
from itertools import product
from string import Formatter

import pytest

from examgen.documents.feedback.printed.feedback_wrong import RESULT_AT
from examgen.documents.feedback.printed.row_widths import RESULT_WIDTH, ROW_SIZE, SENTENCE_WIDTH, TEXT_SIZE, digits_in
from examgen.documents.math import to_mathml
from examgen.documents.typesetting import fits_slots, fitted
from examgen.exams.wording.words import words
from tests.misconception_names import NAMES

LANGUAGES = ("de", "en", "es", "fr", "hi")
WITH_SLOTS = ("de", "en", "es", "fr")
"""Languages that the font of slots can write."""

OUTCOMES = ("correct", "follow_through", "imprecise", "wrong", "blank", "unreadable")
TURNED = {"error-sign", "ascent", "extra-slope", "no-learning-rate"}
"""Those that are told in other words where derivatives have the other sign."""

FORMULA = re.compile(r"\$([^$]*)\$")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_misconception_is_explained(language: str) -> None:
    """Each has a title, what was done, and what should be, some also for the other sign, and there are no others."""
    texts = words(language)["misconceptions"]
    assert tuple(texts) == NAMES
    for name in NAMES:
        turned = {"did_turned", "should_turned"} if name in TURNED else set()
        assert set(texts[name]) == {"title", "did", "should"} | turned
        assert all(len(text) > 5 for text in texts[name].values()), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_explanations_differ_from_one_another(language: str) -> None:
    """No text was copied from one misconception to another."""
    texts = words(language)["misconceptions"]
    for key in ("title", "did", "should"):
        assert len({texts[name][key] for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(("language", "name"), list(product(LANGUAGES, NAMES)))
def test_formulas_of_explanations_can_be_set(language: str, name: str) -> None:
    """What stands between dollar signs is LaTeX, and braces that are not doubled name numbers of the student."""
    for text in words(language)["misconceptions"][name].values():
        parts = list(Formatter().parse(text))
        assert {gap for _, gap, _, _ in parts} <= {None, "symbol", "answer", "own"}
        plain = "".join(literal for literal, *_ in parts)
        assert plain.count("$") % 2 == 0
        for latex in FORMULA.findall(plain):
            assert to_mathml(latex).startswith("<math>")


@pytest.mark.parametrize("language", WITH_SLOTS)
def test_no_result_is_cut_off(language: str) -> None:
    """The longest sentences fit beside the longest sign, in a font that has all their letters."""
    said = words(language)["feedback"]
    lines = [f"{said[outcome]}: {said[f'why_{outcome}']}" for outcome in OUTCOMES]
    lines += [f"{said['wrong']}: {said[key]}" for key in ("why_first", "why_coarse")]
    lines.append(f"{said['unreadable']}: {said['why_note'].format(title=said['why_unreadable'], number=4)}")
    for row in words(language)["misconceptions"].values():
        lines.append(f"{said['wrong']}: {said['why_note'].format(title=row['title'], number=3)}")
    room = digits_in(RESULT_WIDTH - RESULT_AT * ROW_SIZE / 1000, ROW_SIZE)
    assert [line for line in lines if fitted(line, room) != line or not fits_slots(line)] == []


@pytest.mark.parametrize("language", WITH_SLOTS)
def test_no_summary_is_cut_off(language: str) -> None:
    """The sentences at the top fit the line with the largest numbers that an exam has."""
    said = words(language)["feedback"]
    about = {"all": 1000, "right": 1000, "follow": 1000, "question": 10, "task": "m", "unread": 1000}
    lines = [text.format(**about) for key, text in said.items() if key.startswith(("summary", "first", "no_first"))]
    assert [line for line in lines if fitted(line, digits_in(SENTENCE_WIDTH, TEXT_SIZE)) != line] == []
