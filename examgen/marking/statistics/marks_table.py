"""The entries of a class as one table, a row for each paper and a column for each entry: what all statistics read.

Made from the columns of results.csv, as they are marked or as they are read back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from examgen.core.rules.rule import Array
from examgen.errors import AnswersError
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.tables.csv_writing import Column
from examgen.tables.text_columns import Texts

Codes = NDArray[np.int64]
Place = tuple[str, str]

NOT_ASKED = -1
"""The outcome of an entry that is not on a paper."""

READ = ("student", "question", "field", "outcome", "misconception", "comment")
NUMBERS = ("marks", "max_marks")


@dataclass(frozen=True, eq=False, slots=True)
class MarksTable:
    """A class's entries; arrays are (papers, entries).

    Attributes:
        students: the id of each paper's student; empty for a paper without a name.
        entries: question and field of each column.
        marks: what was given, NaN where an entry is not on a paper.
        most: what can be had there, NaN the same.
        outcome: codes of `OUTCOMES`, or `NOT_ASKED`.
        label: places in `labels` of the misconceptions that are named, 0 for none.
        labels: as in results.csv; the first is empty.
        comment: places in `comments`.
        comments: sentences for the student.
    """

    students: tuple[str, ...]
    entries: tuple[Place, ...]
    marks: Array
    most: Array
    outcome: NDArray[np.int8]
    label: Codes
    labels: tuple[str, ...]
    comment: Codes
    comments: tuple[str, ...]

    @property
    def is_asked(self) -> NDArray[np.bool_]:
        """Where an entry is on a paper."""
        return np.asarray(self.outcome != NOT_ASKED)

    @property
    def share(self) -> Array:
        """The share of its marks that each entry got; NaN where it is not asked, or worth nothing."""
        with np.errstate(all="ignore"):
            return np.where(self.most > 0, self.marks / self.most, np.nan)

    def came_out(self, *names: str) -> NDArray[np.bool_]:
        """Where an entry came out as one of these."""
        return np.isin(self.outcome, [OUTCOMES[name].code for name in names])


def marks_table(columns: Mapping[str, Column], entries: Sequence[Place] = ()) -> MarksTable:
    """The table of a class.

    Args:
        columns: those of results.csv that are named in `READ` and `NUMBERS`; the rows of a paper stand together, in the
            order of the paper.
        entries: question and field of the first columns, in their order; others come behind them as they are met.
    """
    texts = {name: _texts(columns, name) for name in READ}
    place, known = _places(texts["question"], texts["field"], entries)
    paper = _papers(texts["student"].codes, place)
    count = int(paper[-1]) + 1 if paper.size else 0
    shape = (count, len(known))
    marks, most = np.full(shape, np.nan), np.full(shape, np.nan)
    outcome = np.full(shape, NOT_ASKED, dtype=np.int8)
    label, comment = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    marks[paper, place], most[paper, place] = columns["marks"], columns["max_marks"]
    outcome[paper, place] = _coded(texts["outcome"], [row.name for row in BY_CODE])
    labels, label[paper, place] = _with_empty(texts["misconception"])
    comments, comment[paper, place] = _with_empty(texts["comment"])
    first = np.searchsorted(paper, np.arange(count))
    students = tuple(texts["student"].take(first).list())
    return MarksTable(students, known, marks, most, outcome, label, labels, comment, comments)


def read_columns_of(results: Path) -> dict[str, Column]:
    """The columns of a results.csv that statistics need.

    Raises: AnswersError: it cannot be read, or lacks one.
    """
    types = {name: pa.dictionary(pa.int32(), pa.string()) for name in READ} | dict.fromkeys(NUMBERS, pa.float64())
    wanted = arrow_csv.ConvertOptions(
        column_types=types, include_columns=[*READ, *NUMBERS], strings_can_be_null=False, null_values=[]
    )
    parsing = arrow_csv.ParseOptions(newlines_in_values=True)
    try:
        table = arrow_csv.read_csv(results, parse_options=parsing, convert_options=wanted).unify_dictionaries()
    except (OSError, KeyError, ValueError) as error:
        raise AnswersError(f"{results}: cannot be read: {error}; mark the class again") from None
    found: dict[str, Column] = {}
    for name in READ:
        column = table[name].combine_chunks()
        found[name] = Texts(np.asarray(column.indices), column.dictionary)
    return found | {name: np.asarray(table[name]) for name in NUMBERS}


def _texts(columns: Mapping[str, Column], name: str) -> Texts:
    column = columns[name]
    assert isinstance(column, Texts)
    return column


def _places(question: Texts, field: Texts, entries: Sequence[Place]) -> tuple[Codes, tuple[Place, ...]]:
    """The column of each row, and what the columns are."""
    of_both = question.codes.astype(np.int64) * max(1, len(field.distinct)) + field.codes
    distinct, first, code = np.unique(of_both, return_index=True, return_inverse=True)
    questions, fields = question.take(first).list(), field.take(first).list()
    columns = {place: number for number, place in enumerate(entries)}
    for number in np.argsort(first, kind="stable").tolist():
        columns.setdefault((questions[number], fields[number]), len(columns))
    by_code = np.array([columns[place] for place in zip(questions, fields, strict=True)], dtype=np.int64)
    return (by_code[code] if distinct.size else code), tuple(columns)


def _papers(student: NDArray[np.int32], place: Codes) -> Codes:
    """The number of each row's paper: another begins with another student, and where an entry comes that is not behind
    the one before, as those without a name may stand behind one another."""
    if not place.size:
        return place
    begins = (student[1:] != student[:-1]) | (place[1:] <= place[:-1])
    return np.concatenate([[0], np.cumsum(begins)])


def _coded(texts: Texts, names: Sequence[str]) -> NDArray[np.int8]:
    by_code = [names.index(text) for text in texts.distinct.to_pylist()]
    return np.array(by_code, dtype=np.int8)[texts.codes] if by_code else np.zeros(0, dtype=np.int8)


def _with_empty(texts: Texts) -> tuple[tuple[str, ...], Codes]:
    """The distinct texts with the empty one first, and the code of each row."""
    distinct = texts.distinct.to_pylist()
    known = {"": 0}
    by_code = np.array([known.setdefault(text, len(known)) for text in distinct], dtype=np.int64)
    return tuple(known), by_code[texts.codes] if distinct else np.zeros(0, dtype=np.int64)
