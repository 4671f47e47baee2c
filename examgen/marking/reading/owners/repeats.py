"""Which entries of a student are there more than once, and whose each row is.

Called by `resubmissions`, which says what counts of them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examgen.marking.reading.answers import AnswerTable
from examgen.tables.text_columns import Flags

Codes = NDArray[np.int64]
Standing = NDArray[np.int8]
"""(rows,) how sure it is that a row is of the student whom it names; see `ownership`."""

SPARSE = 64
"""Codes that are spread wider than so many for each row are sorted to see whether any is there twice."""


def owners(table: AnswerTable) -> Codes:
    """(rows,) whose each row is: the student's, where none is named the variant's, else its file's."""
    student, variant = table.student, table.variant
    is_named = student.codes != student.code_of("")
    if is_named.all():
        return student.codes.astype(np.int64)
    has_variant = variant.codes != variant.code_of("")
    students, variants = len(student.distinct), len(variant.distinct)
    others = np.where(has_variant, students + variant.codes, students + variants + table.file)
    return np.where(is_named, student.codes, others).astype(np.int64)


def pair_codes(first: "Codes | NDArray[np.int32]", second: "Codes | NDArray[np.int32]") -> Codes:
    """(rows,) one code for each pair of codes, small enough that a pair of such pairs fits too."""
    most = int(second.max(initial=0))
    codes = first.astype(np.int64) * (most + 1) + second if most else first.astype(np.int64)
    if len(codes) and int(codes.max()) >= 2**31:
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return codes


def run_starts(code: "Codes | NDArray[np.int32]") -> Codes:
    """(runs,) where each run of equal codes begins: rows of one student in one file mostly stand together."""
    return np.flatnonzero(np.append(True, code[1:] != code[:-1])) if len(code) else np.empty(0, dtype=np.int64)


def grouped(rows: Codes, code: Codes) -> "list[Codes]":
    """Rows of the same code together, by code and else in their order.

    Args:
        rows: (chosen,).
        code: (chosen,) of each.
    """
    if not len(rows):
        return []
    order = np.argsort(code, kind="stable")
    return np.split(rows[order], run_starts(code[order])[1:])


@dataclass(frozen=True, eq=False, slots=True)
class Repeats:
    """The entries that are there more than once.

    Attributes:
        rows: their rows, those of one entry behind one another in the order of the table.
        start: where each entry begins in `rows`.
        first: (rows of `rows`,) the first row of the same entry.
        differs: (rows of `rows`,) whether the answer is another than that of the first row.
    """

    rows: Codes
    start: Codes
    first: Codes
    differs: Flags

    @staticmethod
    def of(table: AnswerTable) -> "Repeats | None":
        who = pair_codes(owners(table), table.exam.codes)
        what = pair_codes(table.question.codes, table.field.codes)
        entry = who * (int(what.max(initial=0)) + 1) + what
        if _are_distinct(entry):
            return None
        order = np.argsort(entry, kind="stable")
        is_start = np.diff(entry[order], prepend=-1) != 0
        group = np.cumsum(is_start) - 1
        is_repeated = np.bincount(group)[group] > 1
        rows = order[is_repeated]
        start = np.flatnonzero(is_start[is_repeated])
        first = rows[start][np.cumsum(is_start[is_repeated]) - 1]
        return Repeats(rows, start, first, _differ(table, rows, first))

    @property
    def is_disputed(self) -> Flags:
        """(rows of `rows`,) whether the entry has different answers."""
        return np.asarray(np.logical_or.reduceat(self.differs, self.start)[self._entry])

    @property
    def _entry(self) -> Codes:
        """(rows of `rows`,) which entry, in the order of `start`."""
        return np.repeat(np.arange(len(self.start)), np.diff(self.start, append=len(self.rows)))

    def is_filled(self, is_blank: Flags) -> Flags:
        """(rows of `rows`,) whether any row of the entry is not blank."""
        return np.asarray(np.logical_or.reduceat(~is_blank, self.start)[self._entry])

    def is_lower(self, standing: Standing) -> Flags:
        """(rows of `rows`,) whether a row of a disputed entry stands lower than another one of it."""
        of_rows = standing[self.rows]
        return self.is_disputed & (of_rows < np.maximum.reduceat(of_rows, self.start)[self._entry])

    def disputed(self, table: AnswerTable) -> "list[Codes]":
        """All rows of each owner who has entries with different answers."""
        who = pair_codes(owners(table), table.exam.codes)
        disputing = np.unique(who[self.rows[self.differs]])
        rows = np.flatnonzero(np.isin(who, disputing))
        return grouped(rows, who[rows])

    def settled(self, table: AnswerTable) -> AnswerTable:
        """The table with the first row of each entry only, unreadable where the answers differ."""
        unclear = self.rows[self.start][np.logical_or.reduceat(self.differs, self.start)]
        keep = np.ones(len(table), dtype=bool)
        keep[self.rows[self.rows != self.first]] = False
        parsed = table.parsed.with_reason(unclear, "duplicate") if len(unclear) else table.parsed
        return replace(table, parsed=parsed).take(keep)


def _are_distinct(codes: Codes) -> bool:
    """Whether no code is there twice; most classes have a row for nearly every entry, and are told at a glance."""
    most = int(codes.max(initial=0)) + 1
    if most > SPARSE * len(codes):
        ordered = np.sort(codes)
        return not (ordered[1:] == ordered[:-1]).any()
    is_there = np.zeros(most, dtype=bool)
    is_there[codes] = True
    return int(is_there.sum()) == len(codes)


def _differ(table: AnswerTable, rows: Codes, first: Codes) -> Flags:
    used, codes = np.unique(table.answer.codes[np.concatenate([rows, first])], return_inverse=True)
    stripped = [str(text).strip() for text in table.answer.distinct.take(used).to_pylist()]
    names = {text: code for code, text in enumerate(dict.fromkeys(stripped))}
    same = np.array([names[text] for text in stripped])[codes]
    mine, others = table.parsed.take(rows), table.parsed.take(first)
    # An unreadable text has no value; the same text is the same number unless its files have other decimal marks.
    is_other_value = ~((mine.values == others.values) | (np.isnan(mine.values) & np.isnan(others.values)))
    differs = (same[: len(rows)] != same[len(rows) :]) | is_other_value | (mine.reason != others.reason)
    return np.asarray(differs | (mine.decimals != others.decimals) | (mine.digits != others.digits))
