"""integrity.csv: what a person should look at before believing that sheets were worked out alone. Never a mark.

Called by `grading` when the class is marked. Evidence is of those who are marked together: of earlier marking into the
same folder the rows stay that name nobody who is marked now.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

import numpy as np

from examgen.core.rules.rule import Array
from examgen.errors import AnswersError, ExamgenError
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.marking.integrity.missing_work import Bare, WithoutWork, bare_sheets, without_work
from examgen.marking.integrity.same_answers import SamePair, same_answers
from examgen.marking.integrity.sheet_answers import SheetAnswers, joined, number_answers
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.neighbours import Neighbours
from examgen.marking.judging.written_digits import Submitted
from examgen.marking.reading.entry_places import PaperAnswers
from examgen.marking.reading.problems import who
from examgen.tables.csv_tables import printable, read_table

INTEGRITY = "integrity.csv"
COLUMNS = ("student", "evidence", "other", "entries", "fields", "probability", "detail")
SAME, OTHER, BARE = "same_wrong_answers", "another_variant", "right_without_work"
"""Kinds of evidence, in the order of the table."""

MOST_FIELDS = 100
"""So many fields are named in a row."""

_ORDER = {kind: place for place, kind in enumerate((SAME, OTHER, BARE))}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row.

    Attributes:
        student: whom it is about.
        kind: a kind of evidence.
        other: the student with the same answers, or whose paper they are right on; the variant where it has no student.
        entries: how many answers it is about.
        fields: which, as question:field.
        chance: the probability that chance gives as much for a given student, or pair of students.
        detail: a sentence.
    """

    student: str
    kind: str
    other: str
    entries: int
    fields: tuple[str, ...]
    chance: float
    detail: str

    def cells(self) -> list[str]:
        """The cells of its row."""
        more = len(self.fields) - MOST_FIELDS
        fields = "; ".join([*self.fields[:MOST_FIELDS], *([f"and {more:,} more"] if more > 0 else [])])
        cells = (self.student, self.kind, self.other, str(self.entries), fields, f"{self.chance:.2g}", self.detail)
        return [safe_text(cell) for cell in cells]


@dataclass(frozen=True, slots=True)
class OnAnotherPaper:
    """Wrong answers to a question that are right on another paper.

    Attributes:
        member: the student's place in the class.
        question: its id.
        fields: names of the fields.
        whose: whose paper it is, as it is told.
        owner: that student, or the variant where it has none.
        chance: a bound on the probability that a given student's answers are those of a given paper.
    """

    member: int
    question: str
    fields: tuple[str, ...]
    whose: str
    owner: str
    chance: float


@dataclass(frozen=True, slots=True)
class Collected:
    """What is kept for evidence while a class is marked."""

    sheets: list[SheetAnswers] = field(default_factory=list)
    without_work: list[WithoutWork] = field(default_factory=list)
    on_other_papers: list[OnAnotherPaper] = field(default_factory=list)

    def add_numbers(self, part: PaperAnswers, submitted: Submitted, marked: Marked, diagnosis: Diagnosis) -> None:
        """Keep what evidence needs of answers as they were judged before other papers were looked at."""
        self.sheets.append(number_answers(part, submitted, marked, diagnosis))
        self.without_work.append(without_work(part, submitted, marked))

    def add_neighbours(self, part: PaperAnswers, neighbours: Neighbours) -> None:
        """Keep what is right on other papers."""
        fields = [one.name for one in part.paper.fields]
        for student, whose in neighbours.whose.items():
            names = tuple(compress(fields, neighbours.equal[student].tolist()))
            chance, member = 10.0 ** -neighbours.rarity[student], int(part.members[student])
            found = OnAnotherPaper(member, part.paper.question.id, names, whose.told, whose.student, chance)
            self.on_other_papers.append(found)


def integrity_rows(
    found: Collected, reference: Array, students: Sequence[str], earlier: Iterable[Sequence[str]] = ()
) -> list[Sequence[str]]:
    """The rows of integrity.csv as cells: by kind, the least likely first.

    Args:
        found: while the class was marked.
        reference: (entries,) the right answers of the class; NaN where no number is asked.
        students: in the order in which they were marked.
        earlier: rows of earlier marking that stay.
    """
    return sorted([*(one.cells() for one in _evidence(found, reference, students)), *earlier], key=_place)


def integrity_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """integrity.csv."""
    return csv_bytes(COLUMNS, rows)


def kept_rows(folder: Path, students: Collection[str]) -> list[list[str]]:
    """The rows of earlier marking that name these students only, who are not marked now, as cells.

    Raises: ExamgenError if there is a table that cannot be read.
    """
    path = folder / INTEGRITY
    if not students or not path.exists():
        return []
    try:
        table = read_table(path, COLUMNS)
    except AnswersError as error:
        raise _unreadable(str(error)) from None
    if table.problems:
        raise _unreadable(f"{printable(path)}: line {table.problems[0].line}: {table.problems[0].detail}")
    rows = [[cells[name] for name in COLUMNS] for _, cells in table.rows]
    return [row for row in rows if row[0] in students and (row[1] != SAME or row[2] in students)]


def _evidence(found: Collected, reference: Array, students: Sequence[str]) -> list[Evidence]:
    with np.errstate(all="ignore"):
        sheets = joined(found.sheets)
        pairs = same_answers(sheets, reference, len(students))
        bare = list(bare_sheets(found.without_work, len(students)))
    parts, steps = [sheet.part for sheet in sheets], [part.part for part in found.without_work]
    return [
        # One student who handed in two papers has copied from nobody.
        *(_of_pair(pair, parts, students) for pair in pairs if students[pair.first] != students[pair.second]),
        *(_of_paper(one, students) for one in found.on_other_papers),
        *(_of_bare(one, steps, students) for one in bare),
    ]


def _unreadable(what: str) -> ExamgenError:
    return ExamgenError(
        f"{what}; nothing can be added to it: mark into another folder with --out DIR, or begin anew with --fresh"
    )


def _place(row: Sequence[str]) -> tuple[int, float, str, str, str]:
    student, kind, other, _, fields, chance, _ = row
    try:
        likely = float(chance)
    except ValueError:
        likely = 1.0
    return _ORDER.get(kind, len(_ORDER)), likely, student, other, fields


def _named(entries: Iterable[tuple[int, int]], parts: Sequence[PaperAnswers]) -> tuple[str, ...]:
    papers = [part.paper for part in parts]
    return tuple(f"{papers[part].question.id}:{papers[part].fields[place].name}" for part, place in entries)


def _of_pair(pair: SamePair, parts: Sequence[PaperAnswers], students: Sequence[str]) -> Evidence:
    fields = _named(pair.entries, parts)
    detail = (
        f"{len(fields):,} wrong answers are the same as those of {_who(students[pair.second])}; {pair.separate:,} of "
        f"them have nothing in common that could make them wrong together"
    )
    detail += f"; {pair.alike:,} students have all their wrong answers in common" if pair.alike else ""
    other = students[pair.second]
    return Evidence(students[pair.first], SAME, other, len(fields), fields, pair.chance, detail)


def _of_paper(one: OnAnotherPaper, students: Sequence[str]) -> Evidence:
    fields = tuple(f"{one.question}:{name}" for name in one.fields)
    detail = f"{len(fields):,} wrong answers are right on the paper of {printable(one.whose, 80)}"
    return Evidence(students[one.member], OTHER, one.owner, len(fields), fields, one.chance, detail)


def _of_bare(one: Bare, parts: Sequence[PaperAnswers], students: Sequence[str]) -> Evidence:
    fields = _named(one.entries, parts)
    detail = (
        f"{len(fields):,} right answers are computed from answers that are left out, or wrong so that something else "
        f"follows; so many are not usual in this class"
    )
    return Evidence(students[one.student], BARE, "", len(fields), fields, one.chance, detail)


def _who(student: str) -> str:
    return who(printable(student, 60))
