"""The grammar of the shape of a matrix that a student types, as tables that two readers share.

`typed_shapes` reads by it in Python, and answers.html in JavaScript (`templates/sheet_shapes.js`). Characters that
stand for plain ones are read as in numbers, see `typed_characters`. What does not fit is refused with a reason, never
repaired:

    shape = open sizes close | sizes          open, close: ( ) or [ ] or { }
    sizes = size {mark size} [","]            mark: "," ";" "x" "X" "*" "by", one for the whole shape
    size  = 1 to 6 digits 0 to 9, at least 1
"""

from collections.abc import Mapping
from types import MappingProxyType

MAX_CHARACTERS = 64
MAX_AXES = 6

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "blank": "Nothing was written.",
        "brackets": "The brackets around the shape do not belong together; write it as (4, 1) or 4x1.",
        "not_a_shape": "This is not a shape; write rows and columns as (4, 1) or 4x1.",
        "not_whole": "Rows and columns are whole numbers from 1 on, as in (4, 1) or 4x1.",
        "too_long": f"Write the shape with at most {MAX_CHARACTERS} characters, as (4, 1) or 4x1.",
    }
)
"""Why a shape cannot be read, for the student, by reason."""

PAIRS = ("()", "[]", "{}")
_MARKS = (r"[,;]", r"[xX*]", r"by")
SIZES = tuple(rf"[0-9]{{1,6}}(?: *{mark} *[0-9]{{1,6}})*(?: *,)?" for mark in _MARKS)
"""What stands in the brackets, by mark."""

NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
NUMBERS = tuple(rf"{NUMBER}(?: *{mark} *{NUMBER})*" for mark in _MARKS)
"""The same with numbers that are not whole."""
