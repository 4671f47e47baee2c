"""Which decimal mark each student writes, and the numbers of all answers read with it.

Called by `class_sheets`. A mark inside a number is a decimal mark in nearly every cell: what `1,5`, `0,123` and
`-1.0000` mean is certain, whoever wrote them. Only one to three digits, a mark and three more, such as `1,234`, may be
a decimal or a number with its thousands set apart. Such a cell is read with the mark of the student's certain ones;
where there are none, with that of the exam's language; else it stays unreadable, and says so.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow.compute as pc

from examgen.core.formulas.number_grammar import NUMBER_SIGNS, RAISED, DecimalMark
from examgen.exams.fields import asks_number
from examgen.marking.reading.answers import READABLE, REASON_CODES, AnswerTable, Numbers
from examgen.marking.reading.number_columns import parse_texts
from examgen.marking.reading.owners.repeats import owners
from examgen.tables.text_columns import Flags, Places

DecimalChoice = Literal["auto", ".", ","]

MOST_BY_FAR = 3
"""So many times as many certain cells a student has of one mark as of the other, for it to be theirs."""


def _any_of(plain: str) -> str:
    """A pattern of these characters and of all that are read as one of them."""
    return f"[{re.escape(plain)}{''.join(char for char, one in NUMBER_SIGNS.items() if one in plain)}]"


_POINT = _any_of(".")
_POWER = f"{_any_of('eExX*^')}|[{''.join(RAISED)}]"


@dataclass(frozen=True, eq=False, slots=True)
class ReadNumbers:
    """The numbers of a table's answers.

    Attributes:
        numbers: of the rows.
        is_comma: (rows,) whether a row was read with a decimal comma.
    """

    numbers: Numbers
    is_comma: Flags


def read_numbers(table: AnswerTable, choice: DecimalChoice = "auto", usual: DecimalMark = ".") -> ReadNumbers:
    """Read the numbers of all rows.

    Args:
        choice: the mark of all answers, or "auto".
        usual: the mark of the exam's language.
    """
    texts, codes = table.answer.distinct, table.answer.codes
    if choice != "auto":
        parsed = parse_texts(texts, choice).take(codes)
        return ReadNumbers(parsed, np.full(len(codes), choice == "," and len(codes) > 0))
    spelled = _Spelled.of(texts)
    if not spelled.has_comma and usual == ".":
        return ReadNumbers(spelled.by_point.take(codes), np.zeros(len(codes), dtype=bool))
    return _decided(table, spelled, usual)


@dataclass(frozen=True, eq=False, slots=True)
class _Spelled:
    """How distinct texts are spelled; all (texts,).

    Attributes:
        by_point, by_comma: what each is with a decimal point, and with a decimal comma.
        points, commas: whether it is a number with a point, with a comma.
        is_open: whether the mark may also set thousands apart.
    """

    by_point: Numbers
    by_comma: Numbers
    points: Flags
    commas: Flags
    is_open: Flags

    @property
    def has_comma(self) -> bool:
        """Whether any text needs a decimal comma."""
        return bool(self.commas.any())

    @staticmethod
    def of(texts: Any) -> "_Spelled":
        by_point = parse_texts(texts, ".")
        refused = np.flatnonzero((by_point.reason != READABLE) & (by_point.reason != REASON_CODES["blank"]))
        by_comma, commas = by_point, np.zeros(len(texts), dtype=bool)
        if len(refused):
            read = parse_texts(texts.take(refused), ",")
            flags = np.zeros(len(texts), dtype=bool)
            flags[refused] = True
            by_comma = by_point.replaced(flags, read)
            commas[refused] = read.reason == READABLE
        points = (by_point.reason == READABLE) & np.asarray(pc.match_substring_regex(texts, _POINT))
        size = np.abs(by_comma.values)
        is_open = (points | commas) & (by_comma.decimals == 3) & (size >= 1) & (size < 1000)
        places = np.flatnonzero(is_open)
        if len(places):
            is_open[places] = ~np.asarray(pc.match_substring_regex(texts.take(places), _POWER))
        return _Spelled(by_point, by_comma, points, commas, is_open)


def _decided(table: AnswerTable, spelled: _Spelled, usual: DecimalMark) -> ReadNumbers:
    codes, who = table.answer.codes, owners(table)
    comma, point = _writers(table, spelled, who, usual)
    commas, is_open = spelled.commas[codes], spelled.is_open[codes]
    is_comma = np.where(commas, ~is_open | comma[who], comma[who] & ~spelled.points[codes])
    parsed = spelled.by_point.take(codes).replaced(is_comma, spelled.by_comma.take(codes[is_comma]))
    unclear = is_open & np.where(commas, ~comma[who], ~point[who])
    if unclear.any():
        parsed = parsed.with_reason(unclear, "ambiguous_mark")
    return ReadNumbers(parsed, is_comma & commas)


def _writers(table: AnswerTable, spelled: _Spelled, who: Places, usual: DecimalMark) -> tuple[Flags, Flags]:
    """(owners,) who writes a decimal comma, and who a point; of a student with both in plenty neither is known."""
    # The comma of a shape such as "4,1" is none of a number's.
    is_number = np.array([asks_number(name) for name in table.field.distinct.to_pylist()], dtype=bool)
    rows = is_number[table.field.codes]
    most = int(who.max(initial=-1)) + 1
    commas, points = (
        np.bincount(who[rows & (flags & ~spelled.is_open)[table.answer.codes]], minlength=most)
        for flags in (spelled.commas, spelled.points)
    )
    silent = commas + points == 0
    comma = (commas >= MOST_BY_FAR * points) & ~silent | silent & (usual == ",")
    point = (points >= MOST_BY_FAR * commas) & ~silent | silent & (usual == ".")
    return comma, point


def comma_writers(table: AnswerTable, is_comma: Flags) -> dict[int, tuple[str, ...]]:
    """By place of the file, the students or variants who have answers with a decimal comma in it."""
    rows = np.flatnonzero(is_comma)
    found: dict[int, set[str]] = defaultdict(set)
    who = owners(table)[rows] * (int(table.file.max(initial=0)) + 1) + table.file[rows]
    for row in rows[np.unique(who, return_index=True)[1]].tolist():
        found[int(table.file[row])].add(table.student.at(row) or table.variant.at(row))
    return {file: tuple(sorted(names)) for file, names in found.items()}
