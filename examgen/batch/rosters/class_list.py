"""Reads a class list: who gets a paper, under which id and name, and what to tell of how the list was understood."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examgen.batch.rosters.roster_ids import checked_id, damage, written_id
from examgen.batch.rosters.roster_rows import RosterRows, roster_rows
from examgen.batch.rosters.systems import KEPT, LANGUAGE, PAPER, Recognised, plain_title
from examgen.errors import AnswersError, ExamgenError
from examgen.exams.banks.building import Student
from examgen.exams.wording.words import shipped_languages
from examgen.tables.csv_tables import printable
from examgen.tables.table_rows import Row

MOST_NAMED = 5
OWN_WORDS = "give each student an id of their own"


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a class list.

    Attributes:
        student: whose it is.
        line: in the file.
        cells: what else it says, in the order of the roster's `titles`.
        own: those of them that mean something to a class, by a name in `KEPT`; none that are empty.
    """

    student: Student
    line: int
    cells: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    """A class list.

    Attributes:
        where: the file, for messages.
        rows: the students in the order of the list.
        titles: of the columns that are kept beside ids and names, as written.
        notices: lines that say how it was read.
    """

    where: str
    rows: tuple[Listed, ...]
    titles: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def students(self) -> tuple[Student, ...]:
        """Everybody, in order."""
        return tuple(row.student for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row: its line, the cells that may hold the id, the name, name and role spelled as titles are, and the rest."""

    line: int
    ids: tuple[str, ...]
    name: str
    plain_name: str
    role: str
    others: tuple[str, ...]


def read_roster(path: Path) -> Roster:
    """The students of a class list, CSV, xlsx or ods, of any kind in `systems`.

    Raises:
        AnswersError: the file cannot be read, or a row has no id, one that a spreadsheet has damaged, or one that came
            before.
    """
    table = roster_rows(path)
    _check_titles(table)
    people = [entry for row in table.rows if _is_somebody(entry := _entry(row, table.recognised), table.recognised)]
    students = [entry for entry in people if _is_student(entry, table.recognised)]
    if not students:
        raise AnswersError(f"{table.where}: there are no students below the header")
    column = next((place for place in range(len(students[0].ids)) if any(one.ids[place] for one in students)), 0)
    ids = _ids(table, students, column)
    check_apart(ids, path)
    titles = tuple(_one_line(table.titles[place]) for place in table.recognised.others)
    meanings = _meanings(titles)
    rows = tuple(
        Listed(
            Student(student, entry.name),
            entry.line,
            entry.others,
            {meaning: _meant(meaning, cell) for meaning, place in meanings.items() if (cell := entry.others[place])},
        )
        for student, entry in zip(ids, students, strict=True)
    )
    return Roster(table.where, rows, titles, tuple(_notices(table, column, people, students)))


def _meanings(titles: Sequence[str]) -> dict[str, int]:
    """The places of columns that mean something to a class; of several, the one with the likeliest title."""
    plain = [plain_title(title) for title in titles]
    found = {meaning: [plain.index(name) for name in names if name in plain] for meaning, names in KEPT.items()}
    return {meaning: places[0] for meaning, places in found.items() if places}


def _meant(meaning: str, cell: str) -> str:
    """A cell as options say it: "A4" and "De" are how people and spreadsheets write them; a theme's language that has
    capitals stays as it is."""
    plain = cell.lower()
    return plain if meaning == PAPER or (meaning == LANGUAGE and plain in shipped_languages()) else cell


def check_apart(ids: Sequence[str], roster: Path) -> None:
    """Ids that are hard to tell apart would be one folder on some systems, and one student to a marker.

    Raises: AnswersError if two differ in capitals or width only.
    """
    taken: dict[str, str] = {}
    for student in ids:
        other = taken.setdefault(unicodedata.normalize("NFKC", student).lower(), student)
        if other != student:
            what = "capitals" if other.lower() == student.lower() else "capitals or width"
            raise AnswersError(
                f"{printable(roster)}: ids {other!r} and {student!r} differ in {what} only; change one of them"
            )


def _check_titles(table: RosterRows) -> None:
    titles = [plain_title(title) for title in table.titles]
    for place in table.recognised.places:
        if titles.count(titles[place]) > 1:
            raise AnswersError(f'{table.where}: the header names "{printable(table.titles[place], 40)}" more than once')


def _entry(row: Row, recognised: Recognised) -> _Entry:
    cells = dict(zip(recognised.places, row.cells, strict=True))
    parts = [_one_line(cells[place]) for place in recognised.names]
    name = _turned(parts[0]) if recognised.is_turned else " ".join(filter(None, parts))
    role = "" if recognised.role is None else plain_title(cells[recognised.role])
    ids = tuple(written_id(cells[place]) for place in recognised.ids)
    return _Entry(row.line, ids, name, plain_title("".join(parts)), role, tuple(map(_one_line, row.others)))


def _one_line(name: str) -> str:
    """A name without line breaks and control characters, which a quoted cell may hold."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in name).split())


def _turned(name: str) -> str:
    """ "Lovelace, Ada" as "Ada Lovelace", and "King, Martin Luther, Jr." as "Martin Luther King, Jr."."""
    family, _, rest = name.partition(",")
    given, _, suffix = rest.partition(",")
    turned = " ".join(filter(None, (given.strip(), family.strip())))
    return f"{turned}, {suffix.strip()}" if suffix.strip() else turned


def _is_somebody(entry: _Entry, recognised: Recognised) -> bool:
    """Not a row of sums, of a test student, or with remarks only."""
    has_id = recognised.has_best_id and bool(entry.ids[0])
    is_summary = entry.plain_name in recognised.system.no_students and not has_id
    return not is_summary and bool(entry.name or any(entry.ids))


def _is_student(entry: _Entry, recognised: Recognised) -> bool:
    return recognised.role is None or entry.role in recognised.system.roles[1]


def _ids(table: RosterRows, students: Sequence[_Entry], column: int) -> list[str]:
    """Everybody's id, in its one spelling, from one of the columns."""
    found: dict[str, _Entry] = {}
    for entry in students:
        student = _id(table, entry, column)
        if (first := found.setdefault(student, entry)) is not entry:
            told = f"it is that of line {first.line}, too"
            if first.ids[column] != entry.ids[column]:
                told += ", where its accents are spelled otherwise"
            place = f"{table.where}: line {entry.line}"
            raise AnswersError(f"{place}: id {student!r} came before; {OWN_WORDS} ({told})")
    return list(found)


def _id(table: RosterRows, entry: _Entry, column: int) -> str:
    """The id of a row in its one spelling."""
    student, place = entry.ids[column], f"{table.where}: line {entry.line}"
    if not student:
        told = f'"{printable(_title(table, column), 40)}" of {printable(entry.name, 60)!r}'
        raise AnswersError(f"{place}: the id is empty ({told}); {OWN_WORDS}")
    if told := damage(student, is_cell=table.is_spreadsheet):
        raise AnswersError(
            f"{place}: id {student!r} is {told}, which a spreadsheet made of it; take the list from its source "
            "again, and format the column as text before the ids come into it"
        )
    if table.is_guessed and not student.isascii():
        raise AnswersError(
            f"{place}: id {student!r} may be another one, as the file is not UTF-8; save it as CSV UTF-8"
        )
    try:
        return checked_id(student)
    except ExamgenError as error:
        raise AnswersError(f"{place}: {error}") from None


def _notices(table: RosterRows, column: int, people: Sequence[_Entry], students: Sequence[_Entry]) -> Iterator[str]:
    recognised, titles = table.recognised, [printable(title, 40) for title in table.titles]
    names = " and ".join(f'"{titles[place]}"' for place in recognised.names)
    taken = f'id from "{printable(_title(table, column), 40)}", name from {names}'
    if column > 0:
        taken += f' ("{printable(_title(table, 0), 40)}" is empty for all)'
    if recognised.system.label:
        yield f"{table.where}: read as {recognised.system.label}: {taken}"
    elif len(recognised.ids) > 1 or [plain_title(titles[place]) for place in recognised.places] != ["id", "name"]:
        yield f"{table.where}: {taken}"
    plain = [plain_title(title) for title in table.titles]
    for place in recognised.others:
        if plain.count(plain[place]) > 1:
            yield f'{table.where}: the header names "{titles[place]}" more than once; the first such column is taken'
    if left := [entry.name for entry in people if not _is_student(entry, recognised)]:
        named = ", ".join(left[:MOST_NAMED]) + (", …" if len(left) > MOST_NAMED else "")
        yield f"{table.where}: left out are {len(left)} of another role than student: {named}"
    if table.is_guessed:
        odd = next((f', such as "{entry.name}"' for entry in students if not entry.name.isascii()), "")
        yield f"{table.where}: is not UTF-8 and was read as Windows-1252{odd}; if that is wrong, save it as CSV UTF-8"


def _title(table: RosterRows, column: int) -> str:
    return table.titles[table.recognised.ids[column]]
