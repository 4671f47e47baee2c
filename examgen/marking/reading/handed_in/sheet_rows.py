"""The rows of one answer sheet as columns of texts, with their names cleaned, and the problems of its rows.

Made by `sheets` and `wide_form`; `class_sheets` joins the sheets of a class.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from examgen.marking.reading.answers import Names, take_names
from examgen.marking.reading.handed_in.damaged_cells import damage_note, is_needed, mended, unread_names, unread_rows
from examgen.marking.reading.handed_in.uploads import Upload
from examgen.marking.reading.platforms.responses import Responses
from examgen.marking.reading.problems import MAX_PROBLEMS, Problem, file_problem, limited
from examgen.tables.damage import Damage, as_windows
from examgen.tables.table_rows import Row, RowProblem
from examgen.tables.text_columns import Flags, Places, Texts

NO_NAME = "\x00"
"""Stands for every name with a control character."""

PLACES = (0, 1, 2, 3, 4, 6)
"""Of the sheet's columns those that are read: the symbol says nothing that the field does not."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNCLEAN = r"[\x00-\x1f\x7f-\x{9f}\x{feff}]"
"""What `cleaned_name` may change beside spaces, as Arrow spells it."""


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """Rows of answers before their numbers are read.

    Attributes:
        line: (rows,) where each begins in its file.
        names: exam, variant, student, question and field.
        answer: as written.
        is_cut: (rows,) whether the answer was too long and is cut.
        doubtful: (rows,) whether a person is to settle first what it is; None where that is so for none.
    """

    line: NDArray[np.int64]
    names: Names
    answer: Texts
    is_cut: Flags
    doubtful: Flags | None = None

    @property
    def is_doubtful(self) -> Flags:
        """(rows,) whether a person is to settle first what an answer is."""
        return np.zeros(len(self.line), dtype=bool) if self.doubtful is None else self.doubtful

    def take(self, rows: Places | Flags) -> "Rows":
        """These rows only."""
        doubtful = None if self.doubtful is None else self.doubtful[rows]
        return Rows(self.line[rows], take_names(self.names, rows), self.answer.take(rows), self.is_cut[rows], doubtful)

    @staticmethod
    def joined(parts: "Sequence[Rows]") -> "Rows":
        """The rows of all parts behind one another."""
        exam, variant, student, question, field = (
            Texts.joined([part.names[place] for part in parts]) for place in range(5)
        )
        names = (exam, variant, student, question, field)
        line, is_cut, doubtful = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("line", "is_cut", "is_doubtful")
        )
        return Rows(line, names, Texts.joined([part.answer for part in parts]), is_cut, doubtful)


@dataclass(frozen=True, eq=False, slots=True)
class Scan:
    """A file with at least one page of bubbles."""

    upload: Upload


@dataclass(frozen=True, eq=False, slots=True)
class RawSheet:
    """One file as read: its rows in the file's order, and what was wrong with it.

    Attributes:
        rows: without those that could not be read.
        problems: what was wrong with the file and its rows.
        delimiter: between cells; empty where there is none.
        is_key: whether the file has the columns of a key.
        is_wide: whether it has a row for each student; then a question may be empty.
        names_exam: whether it has a column for the exam.
        responses: that a platform exported, where it is their table; the rows then are of whole questions.
        scan: where it is one of bubble pages; its only row then names the exam, and is read anew with the key.
    """

    path: Path
    rows: Rows
    problems: tuple[Problem, ...]
    delimiter: str = ""
    is_key: bool = False
    is_wide: bool = False
    names_exam: bool = True
    responses: Responses | None = None
    scan: Scan | None = None


def unread_sheet(path: Path, *problems: Problem) -> RawSheet:
    """A file without rows."""
    return RawSheet(path, _no_rows(), problems)


@cache
def _no_rows() -> Rows:
    """No rows; the same ones for all of the files that are not read, of which there may be very many."""
    return rows_of([])


def sheet_of(
    path: Path,
    records: Iterable[Row | RowProblem],
    plain: Sequence[Rows] = (),
    notes: Sequence[Problem] = (),
    damage: Damage | None = None,
) -> RawSheet:
    """A sheet of rows read one by one, and of rows read by columns, in the order of their lines.

    Args:
        notes: what is told about the sheet first.
        damage: bytes that are no text, which are marked in the cells.
    """
    read: list[tuple[int, bool, tuple[str, ...]]] = []
    problems: list[Problem] = []
    untold = 0
    for record in records:
        if isinstance(record, RowProblem):
            problem = _row_problem(path, record)
            if len(problems) < MAX_PROBLEMS:
                problems.append(problem)
            else:
                untold += 1
            if record.columns != ("answer",) or problem.reason == "control_char":
                continue
        read.append((record.line, isinstance(record, RowProblem), record.cells))
    parts = [*plain, *([rows_of(read)] if read or not plain else [])]
    together = Rows.joined(parts)
    if len(parts) > 1:
        together = together.take(np.argsort(together.line, kind="stable"))
    return finished(path, together, problems, untold, notes=notes, damage=damage)


def finished(
    path: Path,
    rows: Rows,
    problems: list[Problem],
    untold: int = 0,
    *,
    notes: Sequence[Problem] = (),
    damage: Damage | None = None,
) -> RawSheet:
    """A sheet of these rows with their names cleaned; rows whose entry cannot be told from them are left out."""
    if damage is not None:
        notes = [*notes, damage_note(path, damage, is_needed=is_needed(rows.names, rows.answer))]
        rows, problems, untold = _without_damage(path, rows, problems, untold)
    exam, variant, student, question, field = map(_cleaned, rows.names)
    names = (exam, variant, student, question, field)
    is_bad = np.zeros(len(rows.line), dtype=bool)
    for column in names:
        if (code := column.code_of(NO_NAME)) >= 0:
            is_bad |= column.codes == code
    if is_bad.any():
        lines = rows.line[is_bad].tolist()
        told = "a control character stands in exam, variant, student, question or field"
        problems = problems + [file_problem(path, "control_char", told, line) for line in lines[:MAX_PROBLEMS]]
        untold += max(len(lines) - MAX_PROBLEMS, 0)
    rows = replace(rows, names=names)
    rows = rows.take(~is_bad) if is_bad.any() else rows
    problems = limited(path, sorted(problems, key=lambda problem: problem.line), untold)
    problems += _sheet_problems(path, rows, is_empty=not len(rows.line) and not problems)
    return RawSheet(path, rows, (*notes, *problems))


def _without_damage(path: Path, rows: Rows, problems: list[Problem], untold: int) -> tuple[Rows, list[Problem], int]:
    """The rows that can be read although bytes in them are no text, and what is told about the others."""
    flags = unread_names(rows.names)
    names, answer = mended(rows.names, rows.answer)
    told = list(islice(unread_rows(path, rows.line, names, flags), MAX_PROBLEMS))
    rows = replace(rows, names=names, answer=answer)
    is_lost = np.logical_or.reduce(flags)
    return rows.take(~is_lost), problems + told, untold + int(is_lost.sum()) - len(told)


def cleaned_name(cell: str) -> str:
    """A name without the spaces around it, or one that stands for all with control characters."""
    name = cell.strip().strip("\ufeff").strip()
    return NO_NAME if _CONTROL.search(name) else name


def _cleaned(column: Texts) -> Texts:
    """Names without the spaces and byte order marks around them."""
    texts = column.distinct
    is_plain = pc.and_(
        pc.equal(pc.utf8_trim_whitespace(texts), texts), pc.invert(pc.match_substring_regex(texts, _UNCLEAN))
    )
    if pc.all(is_plain).as_py():
        return column
    names = texts.to_pylist()
    for place in np.flatnonzero(~np.asarray(is_plain)).tolist():
        names[place] = cleaned_name(names[place])
    return column.renamed(names)


def _sheet_problems(path: Path, rows: Rows, *, is_empty: bool) -> Iterator[Problem]:
    if is_empty:
        yield file_problem(path, "no_rows", "the sheet has no rows for answers")
    _, variant, student, _, _ = rows.names
    nameless = rows.line[(student.codes == student.code_of("")) & (variant.codes == variant.code_of(""))]
    if len(nameless):
        line = int(nameless[0])
        first = f", the first in line {line}" if line else ""
        yield file_problem(
            path, "nameless", f"{len(nameless):,} rows name neither a student nor a variant{first}", line
        )


def _row_problem(path: Path, record: RowProblem) -> Problem:
    if not record.cells:
        return file_problem(path, record.reason, record.detail, record.line)
    names = [cleaned_name(as_windows(cell)) for cell in record.cells[:5]]
    if NO_NAME in names:
        told = "a control character stands in exam, variant, student, question or field"
        return file_problem(path, "control_char", told, record.line)
    _, _, student, question, field = names
    return Problem(path, record.line, student, question, field, record.reason, record.detail)


def rows_of(read: Sequence[tuple[int, bool, tuple[str, ...]]]) -> Rows:
    exam, variant, student, question, field, answer = (
        Texts.of([cells[place] for _, _, cells in read]) for place in PLACES
    )
    lines = np.array([line for line, _, _ in read], dtype=np.int64)
    names = (exam, variant, student, question, field)
    return Rows(lines, names, answer, np.array([is_cut for _, is_cut, _ in read], dtype=bool))
