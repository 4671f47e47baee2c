"""A class of simulated students is marked as a teacher would: a slip costs one entry, and a misconception is named."""

from pathlib import Path

import pytest

from tests.classroom.exams import BESIDE_SHIPPED, drawn_families, load, title
from tests.classroom.judging import OURS, Tally, sit
from tests.classroom.misconceptions import MISCONCEPTIONS
from tests.classroom.slips import SLIPS
from tests.laws import some_of

VARIANTS = 2


@pytest.fixture(scope="module")
def believers(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """Every family, and what no family has, each sat by one class of students: on each paper somebody
    with each misconception that can show there."""
    total, folder = Tally(), tmp_path_factory.mktemp("believers")
    for name in (*drawn_families(), *BESIDE_SHIPPED):
        loaded = load(name, 21)
        if len(loaded.exam.questions) == 1:
            total.add(sit(loaded, VARIANTS, folder / title(name), honest=(), slips=0))
    return total


@pytest.mark.parametrize("label", MISCONCEPTIONS)
def test_a_misconception_is_named(believers: Tally, label: str) -> None:
    """Who believes one wrong thing has less than full marks, and is told which thing it is."""
    counts = believers.beliefs
    mistaken = counts[label, "students"] - counts[label, "hidden"]
    assert mistaken > 0
    assert counts[label, "full marks"] == 0
    assert counts[label, "named"] >= 0.97 * mistaken


DEAD_ENDS = {"relu-integers": 96, "scalar-chain": 96, "perceptron": 98, "sigmoid-neuron": 98, "adam": 98}
"""By slips of a hundred that must cost one entry, exams with layers of a single unit: a slip that switches such a layer
off makes all that follows 0, which carries no credit. In the last, a slip that saturates the unit makes moments of
0.0000, by which nobody can divide."""


NAMED_SLIPS = {"scalar-chain": 4, "circuit": 5, "recurrence": 4, "one-weight": 11, "homework": 2}
"""Exams in which a slip is often what a misconception comes to, by how many of them may be called so: copying the line
above is leaving a factor out in a chain of single units, and a derivative for both in max; and where the error stands
once, its lost sign is all that there is to see of it."""


@pytest.mark.parametrize("name", some_of(drawn_families(), 9, 1))
def test_a_slip_costs_one_entry_and_has_no_name(tmp_path: Path, name: str) -> None:
    """Of a hundred students who fill every box and slip once, in one of the usual ways, 99 lose one entry: all that
    follows keeps its marks. Hardly any slip is taken for a misconception."""
    tally = sit(load(name, 22, is_screened=False), 10, tmp_path, slips=10, beliefs=())
    assert tally.slips == 100
    assert {kind for kind, _ in tally.slip_kinds} == set(SLIPS)
    told = {kind: [tally.slip_kinds[kind, lost] for lost in range(4)] for kind in SLIPS}
    least = DEAD_ENDS.get(name, 99)
    assert tally.slips_at_one[OURS] >= least, f"entries lost, 0, 1, 2 or more, by slip: {told}"
    assert tally.honest_named <= NAMED_SLIPS.get(name, 1)
