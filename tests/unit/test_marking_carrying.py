"""What carries credit forward, so that nothing is earned by writing zeros or wild numbers."""

from decimal import Decimal

import numpy as np

from examgen.exams.policy import Policy
from examgen.marking.carrying import carries_forward

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
