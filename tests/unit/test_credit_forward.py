"""What carries credit forward, so that nothing is earned by writing zeros or wild numbers."""

from decimal import Decimal

import numpy as np

from examgen.exams.policy import Policy
from examgen.marking.judging.credit_forward import carries_forward

REFERENCE = [0.5, 0.5, 0.5, 0.0, 0.0001, 2000.0, 2000.0, 0.5, 0.5, 0.5]
SUBMITTED = [0.7, 0.0, -0.0, 0.0, 0.0, 3e6, -3e9, 2e6, np.nan, np.inf]
IS_RIGHT = [False, False, False, True, True, False, False, False, False, False]


def carried(policy: Policy) -> list[bool]:
    submitted, reference, is_right = (np.array([row]) for row in (SUBMITTED, REFERENCE, IS_RIGHT))
    found: list[bool] = carries_forward(policy, submitted, reference, is_right)[0].tolist()
    return found


def test_zeros_and_wild_values_carry_nothing() -> None:
    """A 0 carries where it is right; a value up to a thousand times the largest of the paper does; blanks never."""
    assert carried(Policy()) == [True, False, False, True, True, False, False, True, False, False]


def test_the_guard_can_be_switched() -> None:
    """Zeros may carry, and the bound may be narrower; both leave the other as it is."""
    assert carried(Policy(zeros_carry=True)) == [True, True, True, True, True, False, False, True, False, False]
    assert carried(Policy(ignore_above=Decimal("1.2"))) == [True] + [False] * 2 + [True] * 2 + [False] * 5


def test_wild_is_measured_by_the_largest_right_value_of_the_paper_and_at_least_by_one() -> None:
    """Beside -2000, two million carries on, and on a paper of small numbers a thousand does; the next does not."""
    reference = np.array([[0.5, -2000.0, 0.5], [0.5, 0.1, 0.2]])
    submitted = np.array([[1.9e6, -2.1e6, -1.9e6], [999.0, 1001.0, -1001.0]])
    found = carries_forward(Policy(), submitted, reference, np.zeros((2, 3), dtype=bool))
    assert found.tolist() == [[True, False, True], [True, False, False]]
