"""Laws of marking students as they are: with boxes empty, few digits, digits cut off, and on other routes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from examgen.exams.keys.solved_papers import papers
from tests.classroom.exams import drawn_families, load, variants_of
from tests.classroom.kinds import AS_WRITTEN, GAPS, INTERMEDIATE, KINDS, STRICT, Kind, on_other_routes
from tests.classroom.sitting import OURS_AS_WRITTEN, Outcome, accepted_wrong, sit_kind, sit_kinds
from tests.laws import some_of

ONE_ENTRY = 0.99
"""Share of single slips that cost one entry."""

BY_NAME = {kind.name: kind for kind in KINDS}
HONEST = [name for name in BY_NAME if name.startswith("honest")]
ROUTES = [name for name in BY_NAME if name.startswith("slip in")]
MISTAKES = ("one slip, all boxes", "one slip, half of the steps blank", "misconception, all boxes")


Outcomes = dict[str, Outcome]


def over_all_exams(
    names: Sequence[str], folder: Path, papers_of_each: int, exams: Sequence[str] = drawn_families()
) -> Outcomes:
    """What comes of each of these kinds at all shipped exams; those who are marked by one policy sit as one class."""
    outcomes = {name: Outcome() for name in names}
    for policy in (STRICT, AS_WRITTEN):
        kinds = [BY_NAME[name] for name in names if BY_NAME[name].policy == policy]
        for exam in exams if kinds else ():
            loaded = load(exam, 11, is_screened=False)
            of_exam = sit_kinds(loaded, kinds, variants_of(loaded, papers_of_each), folder / policy.precision / exam)
            for kind, outcome in zip(kinds, of_exam, strict=True):
                outcomes[kind.name].add(outcome)
    return outcomes


@pytest.fixture(scope="module")
def of_honest(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What comes of all honest kinds."""
    return over_all_exams(HONEST, tmp_path_factory.mktemp("honest"), 1)


@pytest.fixture(scope="module")
def of_routes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What comes of slips on all routes."""
    return over_all_exams(ROUTES, tmp_path_factory.mktemp("routes"), 3)


@pytest.fixture(scope="module")
def of_mistakes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What comes of slips and of misconceptions."""
    return over_all_exams(MISTAKES, tmp_path_factory.mktemp("mistakes"), 4, some_of(drawn_families(), 8))


@pytest.mark.parametrize("name", HONEST)
def test_honest_students_lose_nothing_that_they_write(of_honest: Outcomes, name: str) -> None:
    """Whatever honest students leave out, and to however many digits they write, no written entry loses marks."""
    outcome = of_honest[name]
    assert outcome.entries > 1000
    assert not outcome.examples
    assert outcome.lost == 0


@pytest.mark.parametrize("name", ROUTES)
def test_a_slip_costs_one_entry_on_every_route(of_routes: Outcomes, name: str) -> None:
    """Whichever of two equal quantities a student goes on from, and in whichever the slip is, it costs one entry."""
    outcome = of_routes[name]
    assert outcome.slips > 50
    assert outcome.at_one >= ONE_ENTRY * outcome.slips, f"{outcome.over} entries lost beside the slips"


@pytest.mark.parametrize("name", MISTAKES)
def test_slips_and_misconceptions_cost_what_they_touch(of_mistakes: Outcomes, name: str) -> None:
    """Over all exams, single slips cost one entry, and what follows from a misconception is paid."""
    outcome = of_mistakes[name]
    assert outcome.slips > 150 or outcome.marks >= 0.85 * outcome.most
    assert outcome.at_one >= 0.98 * outcome.slips, f"{outcome.over} entries lost beside the slips"


@pytest.mark.parametrize(("goes_on_from", "slips_in"), [("dL_db", "dL_dz"), ("dL_dz", "dL_db")])
def test_a_slip_costs_one_entry_on_a_route_through_gaps(goes_on_from: str, slips_in: str, tmp_path: Path) -> None:
    """The gradients of the weights are left out: the updates show which of two equal quantities led to them."""
    kind = Kind("", on_other_routes(goes_on_from, slips_in), lambda fields, _: [one.kind == "dL_dW" for one in fields])
    loaded = load("question2", 11)
    outcome = sit_kind(loaded, kind, variants_of(loaded, 5), tmp_path)
    assert outcome.at_one == outcome.slips > 10


def test_as_written_lets_no_more_wrong_values_in_than_a_fixed_tolerance(tmp_path: Path) -> None:
    """Of random wrong values, fewer are taken as written than within the fixed 0.01 of R/exams, and next to none."""
    loaded = load("question2", 11)
    counts = accepted_wrong(loaded, variants_of(loaded, 12), tmp_path)
    assert counts["values"] > 200
    assert counts[OURS_AS_WRITTEN] < counts["R/exams num_to_tol"]
    assert counts[OURS_AS_WRITTEN] <= 0.01 * counts["values"]


@pytest.mark.parametrize("gaps", GAPS)
def test_gaps_are_where_they_are_said_to_be(gaps: str, tmp_path: Path) -> None:
    """Who is bare writes no intermediate at all, half leaves out half of them, and everybody else writes something."""
    loaded = load("question2", 11)
    variants = variants_of(loaded, 4)
    outcome = sit_kind(loaded, BY_NAME[f"honest, {gaps}"], variants, tmp_path)
    kinds = [one.kind for paper, _ in papers(loaded.exam, variants[0]) for one in paper.fields]
    steps = sum(kind in INTERMEDIATE for kind in kinds)
    share = outcome.entries / outcome.students
    expected = {"all boxes": len(kinds), "half of the steps blank": len(kinds) - steps // 2, "bare": len(kinds) - steps}
    if gaps in expected:
        assert share == expected[gaps]
    else:
        assert 0.5 * len(kinds) < share < 0.9 * len(kinds)


def test_a_copied_sheet_is_a_neighbours(tmp_path: Path) -> None:
    """Hardly an entry of a whole copied sheet is right of itself; of half a copied one, about the other half is."""
    loaded = load("sigmoid-chain", 11)
    variants = variants_of(loaded, 4)
    shares = [
        outcome.right / outcome.most
        for name in ("a neighbour's whole sheet", "a neighbour's second half", "honest, all boxes")
        for outcome in [sit_kind(loaded, BY_NAME[name], variants, tmp_path / str(len(name)))]
    ]
    assert shares[0] < 0.1
    assert 0.3 < shares[1] < 0.7
    assert np.all(np.diff(shares) > 0)
