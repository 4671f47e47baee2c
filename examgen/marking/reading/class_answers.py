"""What a class handed in, read: its files, and each entry of a student once. Made by `class_sheets`."""

from dataclasses import dataclass
from pathlib import Path

from examgen.marking.reading.answers import AnswerRow, AnswerTable
from examgen.marking.reading.problems import Notice, Problem


@dataclass(frozen=True, eq=False, slots=True)
class AnswerSheet:
    """One file that was read, and what was wrong with it.

    Attributes:
        table: its entries in the file's order.
        decimal_comma: the students (or, where a row names none, the variants) who have answers with a decimal comma.
        is_key: whether the file has the columns of a key.
    """

    path: Path
    table: AnswerTable
    problems: tuple[Problem, ...]
    delimiter: str = ""
    decimal_comma: tuple[str, ...] = ()
    is_key: bool = False

    @property
    def rows(self) -> tuple[AnswerRow, ...]:
        """The entries one by one."""
        return tuple(self.table.row(row) for row in range(len(self.table)))


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """All that was handed in.

    Attributes:
        table: the entries of all files, each entry of a student once.
        sheets: the files in the order of their names.
        notices: which files were passed over for newer ones.
    """

    table: AnswerTable
    sheets: tuple[AnswerSheet, ...]
    notices: tuple[Notice, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the files, in their order."""
        return tuple(problem for sheet in self.sheets for problem in sheet.problems)
