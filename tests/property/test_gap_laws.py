"""Laws of causes in gaps: full work with one misconception and the same work with boxes left out are worth the same.

Outcomes are compared, before anything is held back from what shows no work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from examgen.exams.exam import Exam
from tests.classroom.exams import drawn_families, load, variants_of
from tests.classroom.handing_in import Result, mark
from tests.classroom.pupils import Pupil, Sheet, beliefs_of, work_out
from tests.laws import some_of

PAPERS = 1
PAID = ("correct", "follow_through")
SHARES = (0.3, 0.8)
"""Of the boxes that are left out."""

WITHOUT_ZEROS = {"convolution": 0, "perceptron": 1 / 4}
"""Exams in which not even half of the sheets are without a wrong 0: half of what goes back through the pooling and the
ReLU of a convolution is 0, and so is half of what a perceptron says."""


def sitting(name: str, seed: int) -> tuple[Exam, list[Pupil], list[Sheet]]:
    """An honest student, and one with each misconception, on some papers."""
    loaded = load(name, seed)
    pupils = [
        Pupil(f"s{number}-{place}", variant, belief=belief)
        for number, variant in enumerate(variants_of(loaded, PAPERS))
        for place, belief in enumerate(("", *beliefs_of(loaded.exam, variant)))
    ]
    return loaded.exam, pupils, work_out(loaded.exam, pupils, seed)


def with_gaps(sheets: Sequence[Sheet], share: float, seed: int) -> list[Sheet]:
    """The same sheets with boxes left out, by chance."""
    draws = np.random.default_rng(seed)
    return [
        replace(sheet, texts=tuple("" if draws.random() < share else text for text in sheet.texts)) for sheet in sheets
    ]


def is_paid(result: Result) -> NDArray[np.bool_]:
    return np.isin(result.outcomes.astype(str), PAID)


@dataclass(frozen=True, eq=False)
class Sat:
    """An exam that was sat: whole sheets and how they were marked, and then the same with each share left out."""

    name: str
    pupils: Sequence[Pupil]
    sheets: Sequence[Sequence[Sheet]]
    results: Sequence[Sequence[Result]]


@pytest.fixture(scope="module", params=some_of(drawn_families(), 9))
def sat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sat:
    """Each exam in turn. Whole sheets and those with gaps lie in one class."""
    exam, pupils, whole = sitting(request.param, 3)
    sheets = [whole, *(with_gaps(whole, share, 3) for share in SHARES)]
    everybody = [replace(pupil, id=f"{pupil.id}-{turn}") for turn in range(len(sheets)) for pupil in pupils]
    results = mark(tmp_path_factory.mktemp("sat") / "0", exam, everybody, [one for each in sheets for one in each])
    of_each = [results[first : first + len(pupils)] for first in range(0, len(results), len(pupils))]
    return Sat(request.param, pupils, sheets, of_each)


@pytest.mark.parametrize("share", SHARES)
def test_gaps_cost_what_was_left_out(sat: Sat, share: float) -> None:
    """With gaps a student has at most so many entries fewer, or more, as were left out; an honest one exactly so many.

    A 0 that is not right carries no credit forward unless written work leads to it, so sheets with one are left aside.
    """
    name, pupils, at = sat.name, sat.pupils, 1 + SHARES.index(share)
    less = sat.sheets[at]
    compared = 0
    for pupil, sheet, fewer, whole, part in zip(
        pupils, sat.sheets[0], less, sat.results[0], sat.results[at], strict=True
    ):
        values = np.array([float(text or "nan") for text in fewer.texts])
        if ((values == 0) & ~np.isin(part.outcomes.astype(str), ["correct"])).any():
            continue
        compared += 1
        left_out = sum(bool(text) and not other for text, other in zip(sheet.texts, fewer.texts, strict=True))
        lost = int(is_paid(whole).sum() - is_paid(part).sum())
        assert -left_out <= lost <= left_out, pupil.belief
        assert pupil.belief or lost == left_out
        assert pupil.belief or not part.named
    assert compared > WITHOUT_ZEROS.get(name, 1 / 2) * len(pupils)
