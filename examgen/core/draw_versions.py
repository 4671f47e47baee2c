"""Versions of the draws: which rows of the tables may turn a draw away, so that a seed's papers stay what they were.

A draw is kept only where no screen turns it away, and screens read tables that grow. So each row says since which
version of the draws it screens. An exam has its papers drawn by the version that its bank names (`draws = 2`), and by
the first where it names none, whatever is added later: a new row screens nothing but for exams that ask for it.

To let new rows screen: count `CURRENT_DRAWS` up, and put the new number into their `since`. A row without one explains
wrong answers as any other, and never screens. What has once screened keeps its number: so does every version of a
misconception, of which a new one in an old row says `since` itself.
"""

FIRST_DRAWS = 1
"""The version where nothing is said, in banks as in keys."""

CURRENT_DRAWS = 1
"""The newest that a bank may ask for."""


def screens_in(since: int | None, draws: int) -> bool:
    """Whether a row that screens since a version does so in these draws; None is never."""
    return since is not None and since <= draws
