"""The answers in a response as a platform spells it: the parts of a cloze question, and the letters of chosen options.

Platforms export texts, not fields: "part 1: 0.5; part 2: 0.25; part 3: (a) the loss rises".
"""

import re
from collections.abc import Iterator, Sequence

from examgen.exams.fields import Field
from examgen.exams.task import CHOICE
from examgen.marking.reading.platforms.responses import Response

_FIRST = re.compile(r"\s*(?P<word>[^0-9:;]{1,40}?)\s*1\s*:")
_LETTER = re.compile(r"(?:^|[;,])\s*\(([a-z])\)(?=\s|$)")
_NUMBER = re.compile(r"\s*(?P<digits>[-+−]?[0-9.,]+)(?:[eE](?P<power>[-+]?[0-9]{1,4}))?\s*")


def answers_of(response: Response, fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    """Names of fields and what was answered, as it would be typed into answers.csv.

    Args:
        response: of a question, or of one field of it.
        fields: of the question, as platforms ask them.
    """
    if response.tag.field:
        by_name = {field.name: field for field in fields}
        field = by_name.get(response.tag.field)
        # What is no field is passed over and named by those who match fields.
        yield response.tag.field, _answer(response.text, field, response.tag.power) if field else response.text
        return
    parts = [response.text] if len(fields) == 1 else parts_of(response.text, len(fields))
    for field, part in zip(fields, parts, strict=True):
        yield field.name, _answer(part, field)


def parts_of(text: str, count: int) -> list[str]:
    """What was typed into each of so many boxes; a text that is not in parts stands in the first of them.

    >>> parts_of("Teil 1: 0,5; Teil 2: ; Teil 3: -1", 3)
    ['0,5', '', '-1']
    """
    found = _FIRST.match(text)
    if found is None:
        return [text, *[""] * (count - 1)]
    parts, begin = [""] * count, found.end()
    word = re.escape(found["word"].strip())
    for place in range(count):
        # The first mark that can be the next one: what looks like one in an answer is the student's own doing.
        following = re.compile(rf";\s*{word}\s*{place + 2}\s*:").search(text, begin)
        parts[place] = text[begin : following.start() if following else len(text)].strip()
        if following is None:
            break
        begin = following.end()
    return parts


def _answer(text: str, field: Field, power: int = 0) -> str:
    if field.as_ == CHOICE:
        return ", ".join(dict.fromkeys(_LETTER.findall(text))) or text
    return _scaled(text, -power) if power else text


def _scaled(text: str, power: int) -> str:
    """A number as typed, times a power of ten, with the digits that it has."""
    found = _NUMBER.fullmatch(text)
    return f"{found['digits']}e{int(found['power'] or 0) + power}" if found else text
