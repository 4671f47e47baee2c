"""The grammar of letters by which a student chooses options, as tables that two readers share.

`typed_choices` reads by it in Python, and answers.html in JavaScript (`templates/sheet_choices.js`), where a single
option is chosen from a list. Options are lettered a, b, c, … on the paper. Letters may stand in brackets or have a
point behind them; the patterns are for small letters, with single spaces.
"""

from collections.abc import Mapping
from types import MappingProxyType

MAX_CHARACTERS = 1000
MAX_OPTIONS = 26

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ambiguous": "This is the letter of one option and the text of another; write more of the text.",
        "blank": "Nothing was written.",
        "not_an_option": "This is not one of the options; write the letter of one, such as a.",
        "not_options": "These are not letters of the options; write the letters of all right ones, such as a, c.",
        "several": "More than one option was chosen; write the letter of one.",
        "too_long_letters": f"Write the letters of the options; the answer has more than {MAX_CHARACTERS} characters.",
        "too_long": f"Write the letter of one option; the answer has more than {MAX_CHARACTERS} characters.",
    }
)
"""Why a choice cannot be read, for the student, by reason."""

LETTER = r"\(?([a-z])[.):]?"
SEVERAL = r"\(?[a-z]\)?(?: ?(?:,|;|/|\+|&|and|or) ?\(?[a-z]\)?)+|[a-z](?: [a-z])+"
BETWEEN = r" ?[,;/+&] ?(?:and |und |et |और )?| (?:and|und|y|et|और) "
"""What stands between two letters."""

ALONE = r"(?:\(?[a-z][.): ]*)+"
"""Letters with nothing between them."""
