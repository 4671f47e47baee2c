"""Canvas's student analysis: Quiz Statistics, Student Analysis, as CSV.

A row is an attempt. Each question has two columns: its number and text above the answer, and its points above those of
the answer, which are empty where a student was not asked.
"""

import re
from collections.abc import Iterable, Sequence

from examgen.marking.reading.platforms.responses import Attempt, Line, Response, Responses, no_tags, padded, plain_title
from examgen.marking.reading.platforms.tags import tag_in

_QUESTION = re.compile(r"[0-9]+: ")
_SIS_ID, _ATTEMPT = "sisid", "attempt"

_ADVICE = "export the exam again with examgen export canvas: each question then begins with a tag in brackets"


def is_canvas(titles: Sequence[str]) -> bool:
    """Whether a header is that of a student analysis: questions with their numbers, and points behind each."""
    places = _places(titles)
    return bool(places) and places[0] >= 2 and all(_is_points(titles, place + 1) for place in places)


def read_canvas(where: str, titles: Sequence[str], rows: Iterable[Line]) -> Responses:
    """The attempts of a table.

    Raises: AnswersError: no question has one of our tags.
    """
    places = _places(titles)
    tags = {place: tag for place in places if (tag := tag_in(titles[place]))}
    if not tags:
        raise no_tags(where, "Canvas", _ADVICE)
    plain = [plain_title(title) for title in titles[: places[0]]]
    ids = (*([plain.index(_SIS_ID)] if _SIS_ID in plain else []), 1)
    number = plain.index(_ATTEMPT) if _ATTEMPT in plain else -1
    attempts = []
    for line, cells in padded(rows, len(titles)):
        asked = [place for place in tags if cells[place].strip() or cells[place + 1].strip()]
        attempts.append(
            Attempt(
                line,
                (*(cells[place].strip() for place in ids), cells[0].strip()),
                cells[0].strip(),
                int(cells[number]) if number >= 0 and cells[number].strip().isdecimal() else 0,
                "",
                tuple(Response(tags[place], cells[place].strip()) for place in asked),
            )
        )
    id_titles = (*(titles[place] for place in ids), titles[0])
    # The text before the boxes of a task has no tag, and nothing is asked by it.
    return Responses("Canvas", id_titles, tuple(attempts))


def _places(titles: Sequence[str]) -> list[int]:
    return [place for place, title in enumerate(titles) if _QUESTION.match(title)]


def _is_points(titles: Sequence[str], place: int) -> bool:
    if place >= len(titles):
        return False
    try:
        float(titles[place].replace(",", "."))
    except ValueError:
        return False
    return True
