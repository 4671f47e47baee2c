"""Answer sheets in wide form: a row for each student and a column for each field, as learning platforms export them.

`sheets` turns their rows into one row for each entry; `grading` resolves them once the key is known, as their header
may name columns that are no fields, fields without their question, and no exam.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError
from examgen.exams.exam import Exam
from examgen.exams.paper_shapes import paper_shape
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.handed_in.sheet_rows import NO_NAME, RawSheet, Rows, cleaned_name, finished
from examgen.marking.reading.problems import MAX_PROBLEMS, Notice, Problem, file_problem
from examgen.tables.csv_tables import Limits, printable
from examgen.tables.damage import Damage, as_windows
from examgen.tables.table_rows import Row, RowProblem
from examgen.tables.text_columns import Flags, Texts

IDENTITY = ("exam", "variant", "student")
MAX_LINE = 16_000_000
"""Characters of one line, room for a million columns."""

_LONG_FORM = frozenset({"question", "field", "answer", "symbol", "max_marks"})
"""Columns of answers.csv and of the tables that marking writes."""

_QUESTION = re.compile(r"(Q[1-9][0-9]{0,3}):(.+)", re.DOTALL)
_BLOCK = 200_000
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: where it is, for messages, its line, and its cells that are not empty."""

    where: str
    line: int
    titles: tuple[str, ...]


def is_wide(titles: Sequence[str]) -> bool:
    """Whether a header is that of the wide form: it names students or variants and other columns than the sheet's."""
    names = {title.lower() for title in titles}
    return bool(names & {"student", "variant"} and not names & _LONG_FORM and names - {*IDENTITY, "name", ""})


def read_wide(
    path: Path,
    header: Header,
    records: Iterable[Row | RowProblem],
    limits: Limits,
    notes: Sequence[Problem] = (),
    damage: Damage | None = None,
) -> RawSheet:
    """Read the rows behind a header of the wide form; their cells are those of all columns that the header names.

    Args:
        notes: what is told about the sheet first.
        damage: bytes that are no text, which are marked in the cells.

    Raises: AnswersError if the header names a column of the identity twice, or if there are too many entries.
    """
    names = [title.lower() for title in header.titles]
    if twice := [name for name in IDENTITY if names.count(name) > 1]:
        raise AnswersError(f'{header.where}: line {header.line}: the header names "{twice[0]}" more than once')
    columns = [cleaned_name(title) for title in header.titles]
    known = {*IDENTITY, "name", ""}
    fields = [place for place, name in enumerate(names) if name not in known and columns[place] != NO_NAME]
    problems = []
    if NO_NAME in columns:
        told = f"{columns.count(NO_NAME):,} columns have control characters in their names and were not read"
        problems.append(file_problem(path, "control_char", told, header.line))
    identity = [names.index(name) if name in names else -1 for name in IDENTITY]
    builder = _Builder(path, header, identity, fields, limits)
    builder.read(records)
    rows = builder.rows([columns[place] for place in fields])
    found = [*problems, *builder.problems]
    sheet = finished(path, rows, found, builder.untold, notes=notes, damage=damage)
    return replace(sheet, is_wide=True, names_exam="exam" in names)


class _Builder:
    """Collects the rows of a wide table, cells block by block."""

    def __init__(
        self, path: Path, header: Header, identity: Sequence[int], fields: Sequence[int], limits: Limits
    ) -> None:
        self.path, self.header, self.identity, self.fields, self.limits = path, header, identity, fields, limits
        self.lines: list[int] = []
        self.people: list[tuple[str, ...]] = []
        self.cut: list[tuple[int, int]] = []
        self.blocks: list[Texts] = []
        self.cells: list[str] = []
        self.problems: list[Problem] = []
        self.untold = 0

    def read(self, records: Iterable[Row | RowProblem]) -> None:
        for record in records:
            if isinstance(record, RowProblem):
                self._tell(record)
                if not record.cells or any(name.lower() in IDENTITY for name in record.columns):
                    continue
                long = frozenset(record.columns)
                self.cut += [
                    (len(self.lines), place)
                    for place, column in enumerate(self.fields)
                    if self.header.titles[column] in long and len(record.cells[column]) == self.limits.max_field
                ]
            cells = record.cells
            self.lines.append(record.line)
            self.people.append(tuple([cells[place] if place >= 0 else "" for place in self.identity]))
            self.cells += [cells[place] for place in self.fields]
            if len(self.lines) * len(self.fields) > self.limits.max_rows:
                raise AnswersError(
                    f"{self.header.where}: has more than {self.limits.max_rows:,} entries, the most allowed"
                )
            if len(self.cells) > _BLOCK:
                self._close_block()

    def rows(self, columns: Sequence[str]) -> Rows:
        """One row for each entry."""
        self._close_block()
        split = [_QUESTION.fullmatch(column) for column in columns]
        question = Texts.of([found[1] if found else "" for found in split])
        field = Texts.of([found[2].strip() if found else column for found, column in zip(split, columns, strict=True)])
        people, count = np.repeat(np.arange(len(self.lines)), len(columns)), len(self.lines)
        exam, variant, student = (Texts.of([who[place] for who in self.people]).take(people) for place in range(3))
        names = (exam, variant, student, _tiled(question, count), _tiled(field, count))
        is_cut = np.zeros((count, len(columns)), dtype=bool)
        for row, place in self.cut:
            is_cut[row, place] = True
        line = np.array(self.lines, dtype=np.int64)[people]
        return Rows(line, names, Texts.joined(self.blocks), is_cut.ravel())

    def _close_block(self) -> None:
        self.blocks.append(Texts.of(self.cells))
        self.cells = []

    def _tell(self, record: RowProblem) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            self.untold += 1
            return
        place = self.identity[2]
        student = cleaned_name(as_windows(record.cells[place])) if record.cells and place >= 0 else ""
        student = "" if student == NO_NAME else student[: self.limits.max_field]
        self.problems.append(Problem(self.path, record.line, student, "", "", record.reason, record.detail))


def _tiled(column: Texts, times: int) -> Texts:
    return Texts(np.tile(column.codes, times), column.distinct)


@dataclass(frozen=True, slots=True)
class WideSheet:
    """A file in wide form: its place among the files, where it is, and whether it has a column for the exam."""

    file: int
    path: Path
    names_exam: bool


def resolve(exam: Exam, table: AnswerTable, sheets: Sequence[WideSheet]) -> tuple[AnswerTable, list[Notice]]:
    """Give the entries of wide sheets their exam and question, and leave out columns that are no fields.

    A column without a question's id belongs to the only question of an exam.

    Returns: the table, and a notice for each sheet that has other columns.
    """
    if not sheets:
        return table, []
    files = np.array([sheet.file for sheet in sheets])
    is_wide_row = np.isin(table.file, files)
    open_files = [sheet.file for sheet in sheets if not sheet.names_exam]
    table = replace(table, exam=table.exam.put(np.isin(table.file, open_files), exam.id))
    if len(exam.questions) == 1:
        is_bare = is_wide_row & (table.question.codes == table.question.code_of(""))
        table = replace(table, question=table.question.put(is_bare, exam.questions[0].id))
    is_unknown = is_wide_row & ~_is_field(exam, table)
    if not is_unknown.any():
        return table, []
    notices = []
    for sheet in sheets:
        mine = table.file == sheet.file
        if (unknown := mine & is_unknown).any():
            notices.append(_unknown_columns(sheet, table, unknown, is_all=bool((unknown == mine).all())))
    return table.take(~is_unknown), notices


def _is_field(exam: Exam, table: AnswerTable) -> Flags:
    """(rows,) whether a paper of the exam has a field of this question and name."""
    found = np.zeros(len(table), dtype=bool)
    names = table.field.distinct.to_pylist()
    for question in exam.questions:
        fields = {
            field.name for label in question.shapes for field in paper_shape(question, label, exam.notation).fields
        }
        is_name = np.array([name in fields for name in names], dtype=bool)
        found |= (table.question.codes == table.question.code_of(question.id)) & is_name[table.field.codes]
    return found


def _unknown_columns(sheet: WideSheet, table: AnswerTable, rows: NDArray[np.bool_], *, is_all: bool) -> Notice:
    is_used = np.zeros(len(table.field.distinct), dtype=bool)
    is_used[table.field.codes[rows]] = True
    codes = np.flatnonzero(is_used)
    named = ", ".join(f"'{printable(table.field.distinct[int(code)].as_py(), 40)}'" for code in codes[:_MOST_NAMED])
    more = f" and {len(codes) - _MOST_NAMED:,} more" if len(codes) > _MOST_NAMED else ""
    where = printable(sheet.path)
    if is_all:
        text = f"{where}: no column is a field of the exam, such as {named}{more}; the file was passed over"
    else:
        text = f"{where}: {len(codes):,} columns are no fields of the exam and were passed over: {named}{more}"
    return Notice("unknown_field", "", len(codes), text)
