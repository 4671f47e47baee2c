"""Tables that marking wrote, read back: by feedback, and to explain a mark."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from examgen.errors import AnswersError
from examgen.exams.folders.regular import opened_text

Row = dict[str, str]


def read_table_back(path: Path, columns: Iterable[str]) -> tuple[list[str], Iterator[list[str]]]:
    """The header of a table and its other lines, read as they are asked for: a class has millions.

    Raises: AnswersError: it cannot be read, or lacks one of the columns.
    """
    lines = _lines(path)
    header = next(lines, [])
    missing = [name for name in columns if name not in header]
    if missing:
        raise AnswersError(f"{path}: the column {missing[0]} is missing; mark the class again")
    return header, lines


def row_of(header: list[str], line: list[str]) -> Row:
    """A line by column; columns that it lacks are empty."""
    return dict.fromkeys(header, "") | dict(zip(header, line, strict=False))


def read_rows(path: Path, columns: Iterable[str]) -> list[Row]:
    """All rows of a table; arguments and errors as in `read_table_back`."""
    header, lines = read_table_back(path, columns)
    return [row_of(header, line) for line in lines if line]


def number_in(row: Row, name: str, path: Path, whose: str) -> float:
    """A number of a row.

    Raises: AnswersError: there is another text; the message names the file and whose row it is.
    """
    try:
        return float(row[name])
    except ValueError:
        raise AnswersError(f"{path}: {name} of {whose} is {row[name]!r}; mark the class again") from None


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        with opened_text(path) as file:
            yield from csv.reader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnswersError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
