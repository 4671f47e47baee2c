"""What an instructor is told when something that they gave cannot be used.

Every part may raise these; the command line prints the message as one line and ends with exit code 1.
A student's bad input never raises: it becomes an outcome.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class ExamgenError(Exception):
    """A mistake in what the user gave. The message says where, what, and what is allowed."""


class BankError(ExamgenError):
    """A bank or exam file that does not follow the format, or a family that cannot be satisfied."""


class KeyFileError(ExamgenError):
    """A key that is missing, damaged, or of another exam or version."""


class AnswersError(ExamgenError):
    """An answers file or a roster that cannot be read at all."""


class SetupError(ExamgenError):
    """Something that examgen needs is missing on this machine, such as Pango."""


def did_you_mean(found: str, allowed: Iterable[str]) -> str:
    """Return `` Did you mean "sigmoid"?`` for a near miss, else an empty string.

    >>> did_you_mean("sigmod", ["sigmoid", "tanh"])
    ' Did you mean "sigmoid"?'
    """
    near = get_close_matches(found, list(allowed), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def some(texts: Sequence[str], most: int, count: int | None = None) -> str:
    """Return the first texts of a list, and how many more there are: of `count`, where not all are given.

    >>> some(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    count = len(texts) if count is None else count
    return ", ".join(texts[:most]) + (f" and {count - most:,} more" if count > most else "")
