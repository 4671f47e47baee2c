"""Moodle's table of responses: Results, Responses, with the question text ticked, downloaded as CSV or Excel.

A row is an attempt; behind what tells whose it is stand, for each question of the quiz, its text and the response.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from examgen.marking.reading.platforms.responses import (
    Attempt,
    Line,
    Response,
    Responses,
    no_tags,
    padded,
    plain_title,
)
from examgen.marking.reading.platforms.tags import tag_in

RESPONSE = frozenset(
    map(
        plain_title,
        ("response", "antwort", "réponse", "respuesta", "उत्तर", "प्रतिक्रिया", "risposta", "resposta", "antwoord"),
    )
)
"""What the column of a response is called, before its number."""

QUESTION = frozenset(
    map(plain_title, ("question", "frage", "pregunta", "प्रश्न", "domanda", "pergunta", "questão", "vraag"))
)

IDS = (
    *("idnumber", "idnummer", "matrikelnummer", "numerodidentification", "numerodeid", "numerodeidentificacion"),
    *("emailaddress", "emailadresse", "adressedecourriel", "adresseemail", "direcciondecorreo", "email"),
    *("direcciondecorreoelectronico", "direccionemail", "correoelectronico", plain_title("ईमेल पता")),
    *("username", "anmeldename", "benutzername", "nomdutilisateur", "nombredeusuario"),
)
"""Titles of columns that tell whose a row is, as `plain_title` spells them, the likeliest first."""

GIVEN = ("firstname", "vorname", "prenom", "nombre")
FAMILY = ("lastname", "surname", "nachname", "nomdefamille", "apellidos", "apellido")
WHOLE = ("firstnamelastname", "vornamenachname", "prenomnomdefamille", "nombreapellidos")

_NUMBERED = re.compile(r"(?P<word>[^0-9]+)(?P<number>[0-9]{1,4}[a-z]{0,2})")
_GRADE = re.compile(r"[^/]+/[0-9]+(?:[.,][0-9]+)?")
_NOTHING = "-"

_ADVICE = (
    'on the page of the responses, tick "question text" beside "response", press "Show report", and download the '
    "table again"
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places of columns: candidates for ids, parts of the name, the state and when it was completed (-1 for neither),
    and of each response its question's text."""

    ids: tuple[int, ...]
    name: tuple[int, ...]
    state: int
    completed: int
    pairs: tuple[tuple[int, int], ...]


def is_moodle(titles: Sequence[str]) -> bool:
    """Whether a header is that of Moodle's responses: it numbers them, and tells whose they are."""
    plain = {plain_title(title) for title in titles}
    return bool(_numbered(titles, RESPONSE)) and bool(plain & {*IDS, *GIVEN, *FAMILY, *WHOLE})


def read_moodle(where: str, titles: Sequence[str], rows: Iterable[Line]) -> Responses:
    """The attempts of a table.

    Raises: AnswersError: no text of a question has one of our tags.
    """
    columns = _columns(titles)
    attempts = [_attempt(columns, line, cells) for line, cells in padded(rows, len(titles))]
    there = [(attempt, found) for attempt, found, _ in attempts if attempt is not None]
    if not columns.pairs or (there and not any(found for _, found in there)):
        raise no_tags(where, "Moodle", _ADVICE)
    untagged = len(columns.pairs) - len({place for _, _, tagged in attempts for place in tagged})
    id_titles = tuple(titles[place] for place in columns.ids) or ("name",)
    return Responses("Moodle", id_titles, tuple(attempt for attempt, _ in there), untagged)


def _columns(titles: Sequence[str]) -> _Columns:
    plain = [plain_title(title) for title in titles]

    def first(names: Sequence[str]) -> tuple[int, ...]:
        return next(((plain.index(name),) for name in names if name in plain), ())

    texts, responses = _numbered(titles, QUESTION), _numbered(titles, RESPONSE)
    pairs = tuple((texts[number], place) for number, place in responses.items() if number in texts)
    # State, start, end and time taken stand before the grade, whatever they are called.
    grade = next((place for place, title in enumerate(titles) if _GRADE.fullmatch(title)), -1)
    is_whole = grade >= 4
    return _Columns(
        tuple(plain.index(name) for name in IDS if name in plain),
        first(WHOLE) or (*first(GIVEN), *first(FAMILY)),
        grade - 4 if is_whole else -1,
        grade - 2 if is_whole else -1,
        pairs,
    )


def _numbered(titles: Sequence[str], words: Set[str]) -> Mapping[str, int]:
    """By number, the places of the columns that are called so."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        match = _NUMBERED.fullmatch(plain_title(title))
        if match and match["word"] in words:
            found.setdefault(match["number"], place)
    return found


def _attempt(columns: _Columns, line: int, cells: Sequence[str]) -> tuple[Attempt | None, bool, frozenset[int]]:
    """An attempt, or None for somebody without one; whether it has answers of ours, and which columns have."""
    found = dict(_responses(columns, cells))
    name = " ".join(filter(None, (cells[place].strip() for place in columns.name)))
    ids = tuple(cells[place].strip() for place in columns.ids) or (name,)
    state = cells[columns.state].strip() if columns.state >= 0 else ""
    if state == _NOTHING or not any(ids):
        # Who has never begun, and the row with averages.
        return None, False, frozenset()
    is_open = columns.completed >= 0 and cells[columns.completed].strip() in ("", _NOTHING)
    attempt = Attempt(line, ids, name, 0, (state or _NOTHING) if is_open else "", tuple(found.values()))
    return attempt, bool(found), frozenset(found)


def _responses(columns: _Columns, cells: Sequence[str]) -> Iterator[tuple[int, Response]]:
    for text, place in columns.pairs:
        if tag := tag_in(cells[text]):
            answer = cells[place].strip()
            yield place, Response(tag, "" if answer == _NOTHING else answer)
