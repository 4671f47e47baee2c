"""Whom the path of a file names: platforms put the id or the name of who uploaded it into a folder or file name.

Called by `ownership`. How an uploaded file is called is its student's own choice; what a platform adds stands before.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from examgen.exams.folders.files import folder_name
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.owners.identities import caseless, folded

MOST_TOKENS = 16
"""So many words of a file's or folder's name are looked at."""

_SHORT = 2
"""Letters of an id that may stand for something else beside a longer one: q1, v2."""

_TOKEN = re.compile(r"[^\W_]+")
_SUFFIXES = re.compile(r"(\.(csv|tsv|tab|txt|pdf|xlsx|ods|zip|jpe?g|png|tiff?))+$", re.IGNORECASE)


def parts_below(path: Path, handed_in: Path) -> list[str]:
    """The folders and the name of a file below what was handed in, without suffixes; a file given alone has none."""
    return [_SUFFIXES.sub("", part) for part in path.relative_to(handed_in).parts] if path != handed_in else []


class People:
    """The students of a key by what a path may call them."""

    def __init__(self, key: Key) -> None:
        self._variants = [variant for variant in key.variants if variant.student]
        self._students = frozenset(variant.student for variant in self._variants)

    def named_by(self, parts: Sequence[str]) -> str:
        """The student whom the outermost folder, or else the file, names; empty where none does."""
        found = (self._handed_out(part) or self._in_part(caseless(part)) for part in parts)
        return next(filter(None, found), "")

    def _handed_out(self, part: str) -> str:
        """The student whose paper was handed out in this folder; it tells ids apart that differ in capitals only."""
        student = unquote(part)
        return student if student in self._students and not _is_count(student) and folder_name(student) == part else ""

    def _in_part(self, part: str) -> str:
        """The only student named, else the one at the beginning, where platforms put whose upload it is."""
        spans = [match.span() for match in _TOKEN.finditer(part)][:MOST_TOKENS]
        found: list[tuple[int, int, str]] = []
        for first, (begin, _) in enumerate(spans):
            for last in range(first, len(spans)):
                end = spans[last][1]
                is_whole = begin == spans[0][0] and end == spans[-1][1]
                words = " ".join(part[start:stop] for start, stop in spans[first : last + 1])
                if student := self._called(part[begin:end], words, is_whole=is_whole):
                    found.append((begin, end, student))
        longest = [one for one in found if not any(_is_inside(one, other) for other in found)]
        if len({student for _, _, student in longest}) > 1:
            longest = [one for one in longest if one[1] - one[0] > _SHORT] or longest
        people = {student for _, _, student in longest}
        return longest[0][2] if len(people) == 1 or (people and longest[0][0] == spans[0][0]) else ""

    def _called(self, text: str, words: str, *, is_whole: bool) -> str:
        """The student with this id, or else with this name."""
        student = self._ids.get(folded(text), "")
        return student if student and (is_whole or _is_telling(text)) else self._names.get(words, "")

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for variant in self._variants:
            if not _is_count(variant.student):
                name = folded(variant.student)
                found[name] = "" if name in found else variant.student
        return found

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """By names in both orders, also written as one word, as Canvas does."""
        found: dict[str, str] = {}
        for variant in self._variants:
            words = _TOKEN.findall(caseless(variant.name))
            orders = (words, [*words[-1:], *words[:-1]]) if len(words) > 1 else ()
            for name in {mark.join(order) for order in orders for mark in (" ", "")}:
                found[name] = "" if found.get(name, variant.student) != variant.student else variant.student
        return found


def _is_count(student: str) -> bool:
    """Whether an id is a short number, which may count files as well as students."""
    return student.isdigit() and len(student) < 4


def _is_inside(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[:2] != other[:2] and other[0] <= one[0] and one[1] <= other[1]


def _is_telling(text: str) -> bool:
    """Whether a part of a longer name can hardly stand there by chance."""
    is_mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return len(text) >= 4 if text.isdigit() else len(text) > _SHORT or is_mixed
