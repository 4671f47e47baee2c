"""Read which of the offered options a student chose: by letters or by texts.

Called for tasks with `as = "choice"`. Letters are read by `choice_grammar`; in texts upper and lower case, spaces,
invisible characters, kinds of dashes and the dollar signs of LaTeX make no difference.
"""

import re
import unicodedata
from collections.abc import Sequence

from examgen.core.formulas import choice_grammar
from examgen.core.formulas.choice_grammar import MAX_CHARACTERS, MAX_OPTIONS
from examgen.core.formulas.choice_grammar import REASONS as CHOICE_REASONS
from examgen.core.formulas.typed_characters import INVISIBLE, SOFT_HYPHEN, plain, trimmed
from examgen.marking.reading.typed.typed_numbers import Unreadable

__all__ = ["CHOICE_REASONS", "MAX_OPTIONS", "parse_choice", "parse_choices", "parse_one"]

_LEFT_OUT = str.maketrans("", "", f"${INVISIBLE}{SOFT_HYPHEN}")
_LETTER = re.compile(choice_grammar.LETTER)
_LETTER_AND_TEXT = re.compile(r"\(?([a-z])[.):] ?(.+)", re.ASCII)
_SEVERAL = re.compile(choice_grammar.SEVERAL)
_BETWEEN = re.compile(choice_grammar.BETWEEN)
_ALONE = re.compile(choice_grammar.ALONE)


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


def parse_one(text: str, options: Sequence[str]) -> frozenset[int] | Unreadable:
    """The only option of `parse_choice`, as `parse_choices` gives it."""
    found = parse_choice(text, options)
    return found if isinstance(found, Unreadable) else frozenset([found])


def parse_choices(text: str, options: Sequence[str]) -> frozenset[int] | Unreadable:
    """All 0-based options that were chosen, or the reason, a key of `CHOICE_REASONS`. Never raises for any text.

    Args:
        text: as submitted: letters or texts of options with signs between them, or letters alone, in any order.
        options: their texts, at most `MAX_OPTIONS`, all different.

    >>> sorted(parse_choices("A C", ["the loss rises", "the loss falls", "neither"]))
    [0, 2]
    """
    alone = parse_choice(text, options)
    if not isinstance(alone, Unreadable):
        return frozenset([alone])
    if alone.reason not in {"several", "not_an_option"}:
        return Unreadable("too_long_letters") if alone.reason == "too_long" else alone
    body = _plain(trimmed(text)).lstrip("'").strip("{}[] ")
    letters = _letters_alone(body, options)
    pieces = _BETWEEN.split(body)
    if not isinstance(letters, Unreadable) or len(pieces) > 2 * MAX_OPTIONS:
        return letters
    chosen = [parse_choice(piece, options) for piece in pieces]
    found = [piece for piece in chosen if not isinstance(piece, Unreadable)]
    return frozenset(found) if len(found) == len(chosen) else letters


def _letters_alone(body: str, options: Sequence[str]) -> frozenset[int] | Unreadable:
    """Letters with nothing between them, or spaces or brackets only; one that stands twice is a slip or a word."""
    match = _ALONE.fullmatch(body)
    letters = [letter for letter in match[0] if letter.isalpha()] if match else []
    places = {ord(letter) - ord("a") for letter in letters}
    if not places or len(places) < len(letters) or max(places) >= len(options):
        return Unreadable("not_options")
    return frozenset(places)


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
