"""How much of what could be tried is tried: a share in a run of all tests, everything where somebody asks.

`make test THOROUGH=1`, or `pytest --hypothesis-profile=thorough` with some files, tries a law as often as it says and
all cases of a long list. Which law is broken shows in few examples nearly always, and they are the same in each run;
who changes what a law is about asks for all.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import settings

SHARE, WHOLE = 30, 100
"""Examples of a law that names no number, in a run of all tests and in a thorough one."""

LEAST = 4

Case = TypeVar("Case")


def tried(count: int, **more: Any) -> settings:
    """Settings of a law that is tried on so many examples in a thorough run, and else on a share of them."""
    return settings(max_examples=max(LEAST, count * _share() // WHOLE), **more)


def some_of(cases: Sequence[Case], count: int, first: int = 0) -> list[Case]:
    """So many of these cases, spread evenly over them; all in a thorough run.

    Args:
        cases: such as all shipped exams, of which each is read in the same way.
        count: of those that are taken.
        first: place of the first that is, so that tests take different ones.
    """
    if _share() >= WHOLE or count >= len(cases):
        return list(cases)
    return [cases[(first + place * len(cases) // count) % len(cases)] for place in range(count)]


def _share() -> int:
    """Of `WHOLE` examples those that the profile takes."""
    profile = settings.default
    assert profile is not None
    return profile.max_examples
