"""Cells with bytes that are no UTF-8 text, as where a spreadsheet saved "ANSI": what still counts of their rows.

Called by `sheet_rows`. An id is read as Windows writes it: if that is wrong, it is no student's of the class, and told.
A number keeps those signs that mean the same in nearly all encodings; other bytes make it unreadable. What else names
an entry is plain ASCII, so that damage there makes the row nobody's.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.marking.reading.answers import Names
from examgen.marking.reading.problems import Problem, file_problem
from examgen.tables.csv_tables import printable
from examgen.tables.damage import Damage, as_number, as_windows, is_damaged, is_whole
from examgen.tables.text_columns import Flags, Texts

_NAMES = ("exam", "variant", "student", "question", "field")


def is_needed(names: Names, answer: Texts) -> bool:
    """Whether a damaged cell is one that counts."""
    return any(is_damaged(cell) for column in (*names, answer) for cell in column.distinct.to_pylist())


def mended(names: Names, answer: Texts) -> tuple[Names, Texts]:
    """Names and answers as they can be read; with U+FFFD where they cannot."""
    exam, variant, student, question, field = (_mapped(column, as_windows) for column in names)
    return (exam, variant, student, question, field), _mapped(answer, as_number)


def unread_names(names: Names) -> tuple[Flags, ...]:
    """(rows,) for each of the names, whether it makes its row nobody's; the names as they came."""
    return tuple(
        _flags(column, _is_lost_id if name == "student" else is_damaged)
        for name, column in zip(_NAMES, names, strict=True)
    )


def unread_rows(path: Path, lines: NDArray[np.int64], names: Names, flags: tuple[Flags, ...]) -> Iterator[Problem]:
    """What is told about the rows that are not read; `names` as `mended` gives them."""
    for row in np.flatnonzero(np.logical_or.reduce(flags)).tolist():
        place = next(place for place, flag in enumerate(flags) if flag[row])
        shown = printable(names[place].at(row), 40)
        told = f"the {_NAMES[place]} {shown!r} has bytes that are no UTF-8 text; the row was not read"
        yield file_problem(path, "damaged_cell", told, int(lines[row]))


def damage_note(path: Path, damage: Damage, *, is_needed: bool) -> Problem:
    """What is told once about a damaged file."""
    count = f"{damage.count:,} byte{'s are' if damage.count > 1 else ' is'} no UTF-8 text, the first in this line"
    told = (
        "names of students were read as Windows writes them, and answers with such bytes are unreadable"
        if is_needed
        else "they stand where marking needs nothing, and the rest was read"
    )
    return file_problem(path, "damaged_text", f"{count}; {told}; save the sheet as CSV (UTF-8)", damage.line)


def _is_lost_id(cell: str) -> bool:
    return not is_whole(as_windows(cell)) and is_damaged(cell)


def _flags(column: Texts, holds: Callable[[str], bool]) -> Flags:
    return np.array([holds(text) for text in column.distinct.to_pylist()], dtype=bool)[column.codes]


def _mapped(column: Texts, reader: Callable[[str], str]) -> Texts:
    found = column.distinct.to_pylist()
    read = [reader(text) for text in found]
    return column if read == found else column.renamed(read)
