"""Ids of students: one spelling for each, and those that a spreadsheet has made something else of.

Called by `make` for the id of a command line and by `class_list` for those of a roster.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable

from examgen.errors import ExamgenError

LONGEST = 200

_TEXT_OF_FORMULA = re.compile(r'="([^"]*)"')
_EXPONENT = re.compile(r"[+-]?\d+[.,]\d*e[+-]?\d+|[+-]?\d+e[+-]\d+", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+[.,]0*")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_FRACTION = re.compile(r"[+-]?\d*\.\d+")
_ERROR = re.compile(r"#+|#[^\s\d#]+[!?]|#N/A|#NV", re.IGNORECASE)
_MONTHS = "|".join(
    f"[{month[0].upper()}{month[0]}]{month[1:]}"  # never all in capitals, as codes of courses are
    for month in (
        *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sept?", "oct", "nov", "dec"),
        *("m[aä]r", "mrz", "mai", "okt", "dez"),
        *("janv", "f[eé]vr?", "mars", "avr", "juin", "juil", "ao[uû]t", "d[eé]c"),
        *("ene", "abr", "ago", "dic"),
    )
)
_NAMED_DATE = re.compile(rf"\d{{1,4}}[-. /]{{1,2}}(?:{_MONTHS})\.?(?:[-. /]\d{{2,4}})?|(?:{_MONTHS})\.?[-. /]\d{{1,4}}")
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATES = (
    (re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}"), (0, 1, 2)),
    (re.compile(rf"(\d{{4}})/(\d{{1,2}})/(\d{{1,2}}){_TIME}"), (0, 1, 2)),
    (re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}){_TIME}"), (2, 1, 0)),
    (re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}|\d{{2}}){_TIME}"), (2, 1, 0)),
    (re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}|\d{{2}}){_TIME}"), (2, 0, 1)),
)
"""Spellings of a date, and where in them year, month and day are."""

_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")


def checked_id(text: str) -> str:
    """A student's id in its one spelling (NFC), which seeds, keys and sheets go by.

    Raises:
        ExamgenError: it would not survive a CSV file: it has spaces around it, control characters, or too many.
    """
    student = unicodedata.normalize("NFC", text)
    if student != student.strip() or any(not char.isprintable() for char in student):
        raise ExamgenError(f"student id {student!r} has spaces around it or a control character; use plain text")
    if len(student) > LONGEST:
        raise ExamgenError(f"student id {student[:20]!r}… has {len(student)} characters; use at most {LONGEST}")
    return student


def written_id(cell: str) -> str:
    """The id in a cell: `="00123"` is how some systems make a spreadsheet keep zeros."""
    text = cell.strip("\ufeff").strip()
    return found[1].strip() if (found := _TEXT_OF_FORMULA.fullmatch(text)) else text


def damage(student: str, *, is_cell: bool) -> str:
    """What a spreadsheet has made of an id, empty where it is as somebody gave it.

    Args:
        is_cell: whether it comes from a cell of a spreadsheet, where a fraction is a number and no text.
    """
    return next((told for told, has in _DAMAGES if has(student)), "") or (
        "a fraction" if is_cell and _FRACTION.fullmatch(student) else ""
    )


def _is_date(text: str) -> bool:
    return bool(_NAMED_DATE.fullmatch(text) or _CLOCK.fullmatch(text)) or any(
        _is_day(*(int(found[place + 1]) for place in places))
        for pattern, places in _DATES
        if (found := pattern.fullmatch(text))
    )


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year or 2000, month, day)
    except ValueError:
        return False
    return True


def _fits(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


_DAMAGES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("a number in scientific notation, whose last digits are lost", _fits(_EXPONENT)),
    ("a number with decimals", _fits(_WHOLE)),
    ("a number with separators", _fits(_GROUPED)),
    ("an error or a column that was too narrow", _fits(_ERROR)),
    ("a date", _is_date),
)
