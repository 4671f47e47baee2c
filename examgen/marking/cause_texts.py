"""What a student is told beside an entry about the cause of a mistake; English, read by `results`."""

import re

from examgen.core.misconceptions import MISCONCEPTIONS
from examgen.marking.two_causes import AND

NAMED = "It looks as if {mistakes}."
"""A wrong entry that one misconception explains, or several equally well."""

OR = ", or "

BOTH = "It looks as if {mistakes}, together."
"""A wrong entry that two misconceptions give together."""

AND_ALSO = " and "

SIGN = "It looks as if a sign was lost."
"""A wrong entry that is minus what would follow, in one place only."""

FOLLOWS_CAUSE = "It follows from a step that is not written down, in which it looks as if {mistakes}."
"""An entry with marks: the cause has cost its mark at an earlier entry already."""

_BETWEEN = re.compile(r"[|+]")


def names_of(label: str) -> tuple[str, ...]:
    """The names of misconceptions in a label of results.csv, whatever stands between them."""
    return tuple(name for name in _BETWEEN.split(label) if name)


def named_text(label: str) -> str:
    """What the misconceptions of a label got wrong, in a sentence; empty without a name."""
    if AND in label:
        return BOTH.format(mistakes=_mistakes(label, AND_ALSO))
    return NAMED.format(mistakes=_mistakes(label, OR)) if label else ""


def follows_text(label: str) -> str:
    """What is said of an entry that follows from a cause that has cost its mark already."""
    return FOLLOWS_CAUSE.format(mistakes=_mistakes(label, OR)) if label else ""


def _mistakes(label: str, between: str) -> str:
    return between.join(MISCONCEPTIONS[name].mistake for name in names_of(label))
