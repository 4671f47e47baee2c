"""Settle what was handed in more than once: empty second sheets, repeated entries, and two sheets that disagree.

Called by `reading` when all files of a class have been read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError
from examgen.marking.answers import REASON_CODES, AnswerTable, Flags
from examgen.marking.problems import MAX_PROBLEMS, Notice, Problem
from examgen.tables.csv_tables import printable

Codes = NDArray[np.int64]

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: where it is, and when it was last changed, in seconds since 1970."""

    path: Path
    modified: float


@dataclass(frozen=True, eq=False, slots=True)
class Settled:
    """Entries of which each is there once, and what was found on the way; problems are (place of the file, problem)."""

    table: AnswerTable
    problems: tuple[tuple[int, Problem], ...]
    notices: tuple[Notice, ...]


def owners(table: AnswerTable) -> Codes:
    """(rows,) whose each row is: the student's, where none is named the variant's, else its file's."""
    student, variant = table.student, table.variant
    is_named = student.codes != student.code_of("")
    has_variant = variant.codes != variant.code_of("")
    students, variants = len(student.distinct), len(variant.distinct)
    others = np.where(has_variant, students + variant.codes, students + variants + table.file)
    return np.where(is_named, student.codes, others).astype(np.int64)


def pair_codes(first: "Codes | NDArray[np.int32]", second: "Codes | NDArray[np.int32]") -> Codes:
    """(rows,) one code for each pair of codes, small enough that a pair of such pairs fits too."""
    codes = first.astype(np.int64) * (int(second.max(initial=0)) + 1) + second
    if len(codes) and int(codes.max()) >= 2**31:
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return codes


def settle(table: AnswerTable, sources: Sequence[Source], *, latest: bool = False) -> Settled:
    """Keep each entry once.

    A sheet without any answer of a student is passed over for one with answers. An entry that is there again in the
    same file is read once, and is unreadable if its answers differ. Where a student's entries differ between files, the
    newest file counts if `latest`, the last by name of equally new ones.

    Args:
        table: rows in the order of their files.
        sources: the files.

    Raises: AnswersError if answers differ between files, unless `latest`.
    """
    problems: list[tuple[int, Problem]] = []
    notices: list[Notice] = []
    if len(sources) > 1:
        table = _without_untouched(table, sources, problems)
    repeats = _Repeats.of(table)
    if repeats is not None and (disputed := repeats.disputed(table)):
        if not latest:
            raise AnswersError(_dispute(table, sources, disputed))
        table = _newest(table, sources, disputed, notices)
        repeats = _Repeats.of(table)
    if repeats is not None:
        problems += repeats.problems(table, sources)
        table = repeats.settled(table)
    return Settled(table, tuple(problems), tuple(notices))


@dataclass(frozen=True, eq=False, slots=True)
class _Repeats:
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
    def of(table: AnswerTable) -> "_Repeats | None":
        who = pair_codes(owners(table), table.exam.codes)
        what = pair_codes(table.question.codes, table.field.codes)
        entry = who * (int(what.max(initial=0)) + 1) + what
        ordered = np.sort(entry)
        if not (ordered[1:] == ordered[:-1]).any():
            return None
        order = np.argsort(entry, kind="stable")
        is_start = np.diff(entry[order], prepend=-1) != 0
        group = np.cumsum(is_start) - 1
        is_repeated = np.bincount(group)[group] > 1
        rows = order[is_repeated]
        start = np.flatnonzero(is_start[is_repeated])
        first = rows[start][np.cumsum(is_start[is_repeated]) - 1]
        return _Repeats(rows, start, first, _differ(table, rows, first))

    def disputed(self, table: AnswerTable) -> "dict[int, int]":
        """By first row of an entry that differs between files, a row of another file; one entry of each owner."""
        clash = self.differs & (table.file[self.rows] != table.file[self.first])
        found: dict[tuple[int, int], tuple[int, int]] = {}
        who = owners(table)
        for first, row in zip(self.first[clash].tolist(), self.rows[clash].tolist(), strict=True):
            found.setdefault((int(table.exam.codes[first]), int(who[first])), (first, row))
        return dict(found.values())

    def problems(self, table: AnswerTable, sources: Sequence[Source]) -> "list[tuple[int, Problem]]":
        """What is told about each entry, so many of one file."""
        told: Counter[int] = Counter()
        found = []
        ends = np.append(self.start[1:], len(self.rows))
        for begin, end in sorted(zip(self.start.tolist(), ends.tolist(), strict=True), key=lambda s: self.rows[s[0]]):
            first = int(self.rows[begin])
            file = int(table.file[first])
            told[file] += 1
            if told[file] <= MAX_PROBLEMS:
                others = self.rows[begin + 1 : end].tolist()
                is_dispute = bool(self.differs[begin:end].any())
                found.append((file, _repeat(table, sources, first, others, is_dispute=is_dispute)))
        for file, count in told.items():
            if count > MAX_PROBLEMS:
                detail = f"{count - MAX_PROBLEMS:,} more entries of this file are there again"
                found.append((file, Problem(sources[file].path, 0, "", "", "", "more_problems", detail)))
        return found

    def settled(self, table: AnswerTable) -> AnswerTable:
        """The table with the first row of each entry only, unreadable where the answers differ."""
        unclear = self.rows[self.start][np.logical_or.reduceat(self.differs, self.start)]
        keep = np.ones(len(table), dtype=bool)
        keep[self.rows[self.rows != self.first]] = False
        parsed = table.parsed.with_reason(unclear, "duplicate") if len(unclear) else table.parsed
        return replace(table, parsed=parsed).take(keep)


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


def _without_untouched(
    table: AnswerTable, sources: Sequence[Source], problems: list[tuple[int, Problem]]
) -> AnswerTable:
    """Leave out whom a sheet gives no answer for, and another sheet gives some."""
    who = pair_codes(owners(table), table.exam.codes)
    sheet = who * len(sources) + table.file
    starts = np.flatnonzero(np.diff(sheet, prepend=-1))  # rows of one student in one sheet mostly stand together
    if not len(starts):
        return table
    is_written = np.logical_or.reduceat(table.parsed.reason != REASON_CODES["blank"], starts)
    written = np.unique(sheet[starts][is_written])
    answered = dict(zip((written // len(sources)).tolist(), (written % len(sources)).tolist(), strict=True))
    is_blank = ~np.isin(sheet, written) & np.isin(who, np.fromiter(answered, np.int64, len(answered)))
    for row in np.flatnonzero(is_blank)[np.unique(sheet[is_blank], return_index=True)[1]].tolist():
        file = int(table.file[row])
        problems.append((file, _untouched(table, row, sources[file].path, sources[answered[int(who[row])]].path)))
    return table.take(~is_blank) if is_blank.any() else table


def _newest(
    table: AnswerTable, sources: Sequence[Source], disputed: "dict[int, int]", notices: list[Notice]
) -> AnswerTable:
    """Leave out what these students handed in before their newest file."""
    who = pair_codes(owners(table), table.exam.codes)
    rows = np.flatnonzero(np.isin(who, who[list(disputed)]))
    order = rows[np.argsort(who[rows], kind="stable")]
    keep = np.ones(len(table), dtype=bool)
    for of_one in np.split(order, np.flatnonzero(np.diff(who[order])) + 1):
        files = np.unique(table.file[of_one]).tolist()
        newest = max(files, key=lambda file: (sources[file].modified, str(sources[file].path)))
        dropped = of_one[table.file[of_one] != newest]
        keep[dropped] = False
        older = _listed([sources[file].path for file in files if file != newest])
        first, shown = int(of_one[0]), printable(sources[newest].path)
        text = f"{_whose(table, first)} handed in {len(files)} files; the newest, {shown}, was marked and not {older}"
        notices.append(Notice("latest", table.student.at(first), len(dropped), text))
    return table.take(keep)


def _dispute(table: AnswerTable, sources: Sequence[Source], disputed: "dict[int, int]") -> str:
    texts = [
        f"{_whose(table, first)} handed in different answers in {printable(sources[table.file[first]].path)} "
        f"and {printable(sources[table.file[row]].path)}"
        for first, row in [*disputed.items()][:_MOST_NAMED]
    ]
    more = f"; and {len(disputed) - _MOST_NAMED:,} more students did so" if len(disputed) > _MOST_NAMED else ""
    return f"{'; '.join(texts)}{more}: take away the files that do not count, or mark the newest with --latest"


def _repeat(
    table: AnswerTable, sources: Sequence[Source], first: int, others: Sequence[int], *, is_dispute: bool
) -> Problem:
    line = int(table.line[first])
    student, question, field = (column.at(first) for column in (table.student, table.question, table.field))
    entry = "the entry" if line else printable(f"{question} {field}", 60)
    answer = "another" if is_dispute else "the same"
    places = [
        f"{printable(sources[table.file[row]].path)}{f', line {table.line[row]}' if table.line[row] else ''}"
        for row in others[:_MOST_NAMED]
    ]
    more = f"; and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
    detail = f"{entry} is there again with {answer} answer: {'; '.join(places)}{more}"
    reason = "duplicate" if is_dispute else "repeated"
    return Problem(sources[table.file[first]].path, line, student, question, field, reason, detail)


def _untouched(table: AnswerTable, row: int, path: Path, other: Path) -> Problem:
    detail = f"has no answers of {_whose(table, row)} and was passed over for {printable(other)}"
    return Problem(path, 0, table.student.at(row), "", "", "untouched", detail)


def _whose(table: AnswerTable, row: int) -> str:
    if student := table.student.at(row):
        return f"student {printable(student, 40)}"
    return f"variant {printable(table.variant.at(row), 40)}"


def _listed(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
    return ", ".join(printable(path) for path in paths[:_MOST_NAMED]) + more
