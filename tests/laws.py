"""How often a law is tried: on a share of its examples in a run of all tests, on all of them where somebody asks.

`pytest --hypothesis-profile=thorough tests/property` tries a law as often as it says. Which law is broken shows in few
examples nearly always, for they are the same in each run; who changes what a law is about asks for all.
"""

from typing import Any

from hypothesis import settings

SHARE, WHOLE = 30, 100
"""Examples of a law that names no number, in a run of all tests and in a thorough one."""

LEAST = 4


def tried(count: int, **more: Any) -> settings:
    """Settings of a law that is tried on so many examples in a thorough run, and else on a share of them."""
    return settings(max_examples=max(LEAST, count * settings.default.max_examples // WHOLE), **more)
