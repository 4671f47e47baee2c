"""Who works honestly loses nothing on a platform that knows only the key, in whichever way numbers are carried."""

import numpy as np
import pytest

from examgen.documents.style import PaperStyle
from examgen.exchange.questions.items import items_of
from tests.classroom.exams import drawn_exams, load, variants_of
from tests.classroom.pupils import HONEST, Pupil, work_out
from tests.laws import some_of

BESIDE = 1e-9
"""By as much decimals in binary may miss the end of a tolerance."""


@pytest.mark.parametrize("name", some_of(drawn_exams(), 9, 2))
def test_honest_rounding_costs_nothing_on_a_platform(name: str) -> None:
    """Students who round what they carry on may be far from the key in the end: 16% of their entries in `adam` lie
    outside the tolerance of a single step."""
    loaded = load(name, 11)
    variants = variants_of(loaded, 6)
    pupils = [Pupil(habits, variant, habits) for variant in variants for habits in HONEST]
    found: dict[str, list[tuple[float, float]]] = {}
    for item in items_of(loaded.exam, variants, [PaperStyle("en")] * len(variants)):
        found.setdefault(item.variant, []).extend((one.value, one.tolerance) for one in item.entries.values())
    for pupil, sheet in zip(pupils, work_out(loaded.exam, pupils, 3), strict=True):
        values, tolerances = np.array(found[pupil.variant.code]).T
        off = np.abs(sheet.values - values)
        assert (off <= tolerances + BESIDE * (1 + np.abs(values))).all(), (pupil.habits, pupil.variant.code)
