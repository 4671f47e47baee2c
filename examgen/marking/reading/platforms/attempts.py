"""Which attempt of each student counts, and whose it is: ids are told by the key, where it names students."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examgen.errors import some
from examgen.marking.reading.owners.identities import folded
from examgen.marking.reading.platforms.responses import Attempt, Responses
from examgen.marking.reading.problems import Notice, who
from examgen.tables.csv_tables import printable

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class OneAttempt:
    """The attempt of a student that counts; the student as the key spells the id."""

    student: str
    attempt: Attempt


def attempts_that_count(path: Path, table: Responses, known: Sequence[str]) -> tuple[list[OneAttempt], list[Notice]]:
    """One attempt of each student: the last one that was handed in.

    Args:
        path: of the table.
        table: as it was read.
        known: students of the key; none where it is anybody's.

    Returns: the attempts in the order of the table, and what is to be told of the others.
    """
    named = _Names.of(table, known)
    by_student: dict[str, list[Attempt]] = {}
    for attempt in table.attempts:
        if attempt.responses:
            by_student.setdefault(named.student(attempt), []).append(attempt)
    found, notices, unfinished = [], [], []
    for student, tries in by_student.items():
        done = [attempt for attempt in tries if not attempt.unfinished]
        if not done:
            unfinished.append((student, tries[-1]))
            continue
        last = max(done, key=lambda attempt: (attempt.number, attempt.line))
        found.append(OneAttempt(student, last))
        if len(done) > 1:
            notices.append(_several(path, table, student, done, last))
    if unfinished:
        notices.append(_unfinished(path, table, unfinished))
    return found, notices


@dataclass(frozen=True, slots=True)
class _Names:
    """Which column holds ids, and how the key spells those that it knows."""

    place: int
    by_fold: dict[str, str]

    @staticmethod
    def of(table: Responses, known: Sequence[str]) -> "_Names":
        counts = Counter(map(folded, known))
        by_fold = {folded(student): student for student in known if counts[folded(student)] == 1}
        by_fold |= {student: student for student in known}
        columns = range(len(table.id_titles))
        cells = [[attempt.ids[place] for attempt in table.attempts] for place in columns]
        # The likeliest column that the key knows most of, else the first that nobody lacks, else the first.
        hits = [sum(_known(cell, by_fold) is not None for cell in column) for column in cells]
        if max(hits, default=0) > 0:
            return _Names(hits.index(max(hits)), by_fold)
        full = (place for place in columns if all(cells[place]))
        return _Names(next(full, 0), by_fold)

    def student(self, attempt: Attempt) -> str:
        """The student of an attempt, as the key spells the id where it is one of its."""
        cell = attempt.ids[self.place]
        return _known(cell, self.by_fold) or cell


def _known(cell: str, by_fold: dict[str, str]) -> str | None:
    """The student of the key whom a cell names: by the id, or by a mail address that begins with it."""
    for text in (cell, folded(cell), folded(cell.partition("@")[0])):
        if text in by_fold:
            return by_fold[text]
    return None


def _several(path: Path, table: Responses, student: str, done: Sequence[Attempt], last: Attempt) -> Notice:
    others = [f"row {attempt.line}" for attempt in done if attempt is not last]
    text = (
        f"{who(printable(student, 40))} handed in {len(done)} attempts in {table.platform}: the last one counts, in "
        f"row {last.line}, and not {some(others, _MOST_NAMED)}; where another one is to count, export that one only"
    )
    return Notice("latest", student, len(done) - 1, text, path)


def _unfinished(path: Path, table: Responses, found: Sequence[tuple[str, Attempt]]) -> Notice:
    named = some(
        [f"{who(printable(student, 40))} ({printable(one.unfinished, 40)})" for student, one in found], _MOST_NAMED
    )
    count = len(found)
    text = (
        f"{named}: {'the attempt is' if count == 1 else 'attempts are'} not handed in and not marked; submit "
        f"{'it' if count == 1 else 'them'} in {table.platform} and export again"
    )
    return Notice("unfinished", found[0][0] if count == 1 else "", count, text, path)
