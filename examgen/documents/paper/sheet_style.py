"""The style sheet of answers.html with the math font that it carries, so that brackets stretch on every device.

Called by `render`.
"""

import re
from base64 import b64encode
from functools import lru_cache

from examgen.resources import shipped

STYLE_SHEET, FONT = "sheet.css", "fonts/formulas/STIXTwoMath-Screen.woff2"

_FACE = '@font-face {{ font-family: "Examgen Formulas"; src: url("data:font/woff2;base64,{}") format("woff2"); }}\n'

_SPARE = re.compile(r"^[ \t]+|^(?://|/\*).*\n|\n(?=\n)", re.MULTILINE)


@lru_cache(maxsize=1)
def sheet_style() -> str:
    """The style sheet; it is the same for all pages."""
    font = b64encode((shipped("templates") / FONT).read_bytes()).decode()
    return _FACE.format(font) + without_spares((shipped("templates") / STYLE_SHEET).read_text(encoding="utf-8"))


def without_spares(code: str) -> str:
    """Code of a page without what only its authors read: indents, lines of comment, empty lines."""
    return _SPARE.sub("", code)
