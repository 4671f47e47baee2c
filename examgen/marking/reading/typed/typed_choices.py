"""Read which of the offered options a student chose: by its letter or by its text.

Called for tasks with `as = "choice"`. Options are lettered a, b, c, … on the paper. Letters may stand in brackets or
have a point behind them; in texts upper and lower case, spaces, invisible characters, kinds of dashes and the dollar
signs of LaTeX make no difference.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from examgen.core.formulas.typed_characters import INVISIBLE, SOFT_HYPHEN, plain, trimmed
from examgen.marking.reading.typed.typed_numbers import Unreadable

MAX_CHARACTERS = 1000
MAX_OPTIONS = 26

CHOICE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ambiguous": "This is the letter of one option and the text of another; write more of the text.",
        "blank": "Nothing was written.",
        "not_an_option": "This is not one of the options; write the letter of one, such as a.",
        "several": "More than one option was chosen; write the letter of one.",
        "too_long": f"Write the letter of one option; the answer has more than {MAX_CHARACTERS} characters.",
    }
)
"""Why a choice cannot be read, for the student, by reason."""

_LEFT_OUT = str.maketrans("", "", f"${INVISIBLE}{SOFT_HYPHEN}")
_LETTER = re.compile(r"\(?([a-z])[.):]?", re.ASCII)
_LETTER_AND_TEXT = re.compile(r"\(?([a-z])[.):] ?(.+)", re.ASCII)
_SEVERAL = re.compile(r"\(?[a-z]\)?(?: ?(?:,|;|/|\+|&|and|or) ?\(?[a-z]\)?)+|[a-z](?: [a-z])+", re.ASCII)


def parse_choice(text: str, options: Sequence[str]) -> int | Unreadable:
    """The 0-based option that was chosen, or the reason, a key of `CHOICE_REASONS`. Never raises for any text.

    Args:
        text: as submitted.
        options: their texts, at most `MAX_OPTIONS`, all different.

    >>> parse_choice("B)", ["the loss rises", "the loss falls"])
    1
    """
    text = trimmed(text)
    if len(text) > MAX_CHARACTERS:
        return Unreadable("too_long")
    body = _plain(text).lstrip("'")
    if not body:
        return Unreadable("blank")
    texts = [_plain(option) for option in options]
    by_text = [place for place, option in enumerate(texts) if option == body]
    by_letter = [place for place in _lettered(body, texts) if place not in by_text]
    if len(by_text) + len(by_letter) > 1:
        return Unreadable("ambiguous")
    if found := by_text + by_letter:
        return found[0]
    return Unreadable("several" if _SEVERAL.fullmatch(body) else "not_an_option")


def _lettered(body: str, texts: Sequence[str]) -> list[int]:
    """The option of this letter, or of this letter with the same option's text behind it."""
    if match := _LETTER.fullmatch(body):
        place = ord(match[1]) - ord("a")
        return [place] if place < len(texts) else []
    if match := _LETTER_AND_TEXT.fullmatch(body):
        place = ord(match[1]) - ord("a")
        return [place] if place < len(texts) and texts[place] == match[2] else []
    return []


def _plain(text: str) -> str:
    return " ".join(plain(unicodedata.normalize("NFKC", text).translate(_LEFT_OUT)).casefold().split())
