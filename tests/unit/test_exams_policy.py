"""The marking policy: shares of outcomes, rounding of totals, and grades."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.exams.policy import Direction, Grade, Policy, Rounding

HALF, QUARTER, ONE = Decimal("0.5"), Decimal("0.25"), Decimal(1)
MARKS = st.fractions(0, 200, max_denominator=60)


def rounding(step: Decimal, direction: Direction = "nearest") -> Policy:
    return Policy(rounding=Rounding(step=step, direction=direction))


def test_the_defaults_are_those_of_the_rules() -> None:
    """Full marks for what is right or follows, half for a digit too few, nothing for the rest."""
    outcomes = ("correct", "follow_through", "imprecise", "wrong", "blank", "unreadable")
    assert [Policy().share(outcome) for outcome in outcomes] == [1, 1, HALF, 0, 0, 0]
    assert Policy().share("wrong", is_explained=True) == 0
    assert (Policy().ignore_above, Policy().zeros_carry) == (Decimal(1000), False)


def test_a_misconception_earns_its_share_where_the_entry_is_wrong() -> None:
    """Only wrong entries are explained away; a right one has what is right."""
    policy = Policy(misconception=QUARTER, wrong=Decimal("0.1"))
    assert (policy.share("wrong"), policy.share("wrong", is_explained=True)) == (Decimal("0.1"), QUARTER)
    assert policy.share("correct", is_explained=True) == 1
    assert policy.share("blank", is_explained=True) == 0


def test_without_follow_through_what_follows_is_wrong() -> None:
    """It earns what a wrong answer earns."""
    policy = Policy(wrong=QUARTER, follow_through="off")
    assert policy.share("follow_through") == policy.share("wrong") == QUARTER


def test_lenient_precision_gives_imprecise_answers_what_correct_ones_get() -> None:
    """Also where that is less than all."""
    policy = Policy(correct=Decimal("0.9"), precision="lenient")
    assert policy.share("imprecise") == Decimal("0.9")


@pytest.mark.parametrize(
    ("step", "direction", "total", "expected"),
    [
        (HALF, "nearest", "7.25", "7.5"),
        (HALF, "nearest", "7.2499999", "7"),
        (HALF, "up", "7.01", "7.5"),
        (HALF, "up", "7.5", "7.5"),
        (HALF, "down", "7.99", "7.5"),
        (ONE, "nearest", "6.5", "7"),
        (ONE, "nearest", "20/3", "7"),
        (QUARTER, "nearest", "1/3", "0.25"),
        (Decimal("0.1"), "up", "0.3", "0.3"),
        (Decimal("0.1"), "down", "0.3", "0.3"),
    ],
)
def test_totals_are_rounded_to_the_step(step: Decimal, direction: Direction, total: str, expected: str) -> None:
    """A tie goes up, and what is a multiple already stays, also where doubles would miss it."""
    assert rounding(step, direction).rounded(Fraction(total), Fraction(100)) == Fraction(expected)


@pytest.mark.parametrize("direction", ["nearest", "up", "down"])
def test_rounding_never_leads_across_the_marks_of_the_exam(direction: Direction) -> None:
    """All of 9.7 marks are 9.7 at any step, 9.6 are never more than that, and bonus is never taken away."""
    policy = rounding(ONE, direction)
    most = Fraction("9.7")
    assert policy.rounded(most, most) == most
    assert policy.rounded(Fraction("9.6"), most) <= most
    assert policy.rounded(Fraction("9.8"), most) >= most


def test_without_rounding_a_total_stays_exact() -> None:
    """A third of a mark is a third."""
    assert Policy().rounded(Fraction(1, 3), Fraction(1)) == Fraction(1, 3)


@given(MARKS, MARKS, MARKS, st.sampled_from([HALF, QUARTER, ONE, Decimal("0.3")]))
def test_rounding_keeps_the_order_of_totals(one: Fraction, other: Fraction, most: Fraction, step: Decimal) -> None:
    """Who has more never ends with less; down is never above, up never below, and none is a step away."""
    low, high = sorted((one, other))
    for direction in ("nearest", "up", "down"):
        policy = rounding(step, direction)
        assert policy.rounded(low, most) <= policy.rounded(high, most)
        assert abs(policy.rounded(low, most) - low) < Fraction(step)
    assert rounding(step, "down").rounded(low, low + 500) <= low <= rounding(step, "up").rounded(low, low + 500)
    assert abs(rounding(step).rounded(low, low + 500) - low) <= Fraction(step) / 2


def test_a_grade_begins_at_its_boundary() -> None:
    """Exactly 90 % is an A, a hair less is not, and below the last boundary there is none."""
    policy = Policy(
        grades=(
            Grade(name="A", percent=Decimal(90)),
            Grade(name="B", percent=Decimal("77.5")),
            Grade(name="C", percent=Decimal(50)),
        )
    )
    percents = ["120", "90", "89.999999", "77.5", "77.4", "50", "49.9", "0"]
    assert [policy.grade(Fraction(percent)) for percent in percents] == ["A", "A", "B", "B", "C", "C", "", ""]
