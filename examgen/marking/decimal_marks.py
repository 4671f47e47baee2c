"""Which students write a decimal comma, and the numbers of all answers read with each student's mark.

Called by `reading`.
"""

from collections import defaultdict

import numpy as np
import pyarrow.compute as pc

from examgen.exams.exam import asks_number
from examgen.marking.answers import READABLE, AnswerTable, Flags, Numbers, Texts
from examgen.marking.numbers import DecimalMark
from examgen.marking.parsing import parse_texts
from examgen.marking.settling import Codes, owners


def read_numbers(answer: Texts, is_comma: Flags, fixed: DecimalMark) -> Numbers:
    """Read each distinct text once, with the mark of its rows."""
    parsed = parse_texts(answer.distinct, fixed).take(answer.codes)
    if not is_comma.any():
        return parsed
    used, codes = np.unique(answer.codes[is_comma], return_inverse=True)
    return parsed.replaced(is_comma, parse_texts(answer.distinct.take(used), ",").take(codes))


def comma_rows(table: AnswerTable, is_open: Flags) -> Flags:
    """Which rows are of students who, in one of these files, write numbers with a comma and none with a point."""
    has_comma = np.asarray(pc.match_substring(table.answer.distinct, ","))
    is_comma = np.zeros(len(table), dtype=bool)
    if not has_comma.any() or not is_open[table.file].any():
        return is_comma
    has_point = np.asarray(pc.match_substring(table.answer.distinct, "."))
    by_comma = _is_number(table.answer.distinct, has_comma, ",")
    by_point = _is_number(table.answer.distinct, has_point & ~by_comma, ".")
    # The comma of a shape such as "4,1" is none of a number's.
    is_number = np.array([asks_number(name) for name in table.field.distinct.to_pylist()], dtype=bool)
    rows = np.flatnonzero(is_open[table.file] & is_number[table.field.codes])
    who: Codes = owners(table)[rows] * len(is_open) + table.file[rows]
    codes = table.answer.codes[rows]
    writers = np.setdiff1d(who[by_comma[codes]], who[by_point[codes]])
    is_comma[rows] = np.isin(who, writers)
    return is_comma


def comma_writers(table: AnswerTable, is_comma: Flags) -> dict[int, tuple[str, ...]]:
    """By place of the file, the students or variants whose answers are read with a comma."""
    rows = np.flatnonzero(is_comma)
    found: dict[int, set[str]] = defaultdict(set)
    who = owners(table)[rows] * (int(table.file.max(initial=0)) + 1) + table.file[rows]
    for row in rows[np.unique(who, return_index=True)[1]].tolist():
        found[int(table.file[row])].add(table.student.at(row) or table.variant.at(row))
    return {file: tuple(sorted(names)) for file, names in found.items()}


def _is_number(texts: object, candidates: Flags, decimal: DecimalMark) -> Flags:
    found = np.zeros(len(candidates), dtype=bool)
    places = np.flatnonzero(candidates)
    if len(places):
        found[places] = parse_texts(pc.take(texts, places), decimal).reason == READABLE
    return found
