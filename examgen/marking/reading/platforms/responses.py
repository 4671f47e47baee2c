"""What a platform exports of a quiz: who tried it, and the text of each answer.

`moodle_responses` and `canvas_responses` make these of a table, `quiz_papers` makes answers of them once the key is
known.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examgen.errors import AnswersError
from examgen.marking.reading.platforms.tags import Tag

Line = tuple[int, Sequence[str]]
"""A row of a table: its number, the header's being 1, and its cells."""

_SIGNS = re.compile(r"\W|_")


@dataclass(frozen=True, slots=True)
class Response:
    """One answer as the platform wrote it, and what it answers."""

    tag: Tag
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one student.

    Attributes:
        line: number of its row.
        ids: what the columns of `Responses.id_titles` say.
        name: of the student.
        number: of the try, where the platform counts them; else 0.
        unfinished: in the platform's words, why it counts for nothing; empty where it was handed in.
        responses: in the order of the table.
    """

    line: int
    ids: tuple[str, ...]
    name: str
    number: int
    unfinished: str
    responses: tuple[Response, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Responses:
    """A table of attempts.

    Attributes:
        platform: its name.
        id_titles: of the columns that may hold ids, the likeliest first.
        attempts: in the order of the table.
        untagged: columns of answers to questions that are not ours.
    """

    platform: str
    id_titles: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    untagged: int = 0


def plain_title(title: str) -> str:
    """A title without capitals, accents, spaces and signs.

    >>> plain_title("Numéro d’identification")
    'numerodidentification'
    """
    letters = unicodedata.normalize("NFKD", title).casefold()
    return _SIGNS.sub("", "".join(one for one in letters if not unicodedata.combining(one)))


def padded(rows: Iterable[Line], width: int) -> Iterable[Line]:
    """Rows with as many cells as the header; blank ones are left out."""
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield line, [*cells, *[""] * (width - len(cells))]


def no_tags(where: str, platform: str, advice: str) -> AnswersError:
    """No question of a table is one of ours."""
    return AnswersError(
        f"{where}: is a table of answers from {platform}, but nothing in it tells which variant of which question each "
        f"is of; {advice}"
    )
