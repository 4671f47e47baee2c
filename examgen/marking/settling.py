"""Settle what was handed in more than once: empty second sheets, entries that are there again, sheets that disagree.

Called by `reading` when all files of a class have been read. What is unclear is unclear for the student concerned, and
for nobody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.marking.answers import REASON_CODES, AnswerTable, Flags
from examgen.marking.problems import Notice, Problem, who
from examgen.tables.csv_tables import printable

Codes = NDArray[np.int64]
Standing = NDArray[np.int8]
"""(rows,) how sure it is that a row is of the student whom it names; see `ownership`."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: where it is, when it was last changed in seconds since 1970, and its form.

    Attributes:
        is_wide: whether a line holds all that a student handed in at a time.
    """

    path: Path
    modified: float
    is_wide: bool = False


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


def settle(
    table: AnswerTable, sources: Sequence[Source], *, latest: bool = False, standing: Standing | None = None
) -> Settled:
    """Keep each entry once.

    A sheet without any answer of a student is passed over for one with answers, and so is an empty cell for a filled
    one. Of answers that differ, those of the files that stand highest count; among these the newest file if `latest`
    (the last by name of equally new ones), and in it the last row. Else the entry is unreadable.

    Args:
        table: rows in the order of their files.
        sources: the files.
        latest: whether newer answers replace older ones.
        standing: of the rows; all equal where it is None.
    """
    problems: list[tuple[int, Problem]] = []
    if len(sources) > 1:
        table, standing = _without_untouched(table, sources, problems, standing)
    repeats = _Repeats.of(table)
    if repeats is None:
        return Settled(table, tuple(problems), ())
    notices: list[Notice] = []
    keep = _filled(table, repeats)
    for chosen in (_highest, _newest) if latest else (_highest,):
        table, standing, repeats = _cut(table, standing, keep, repeats)
        if repeats is None:
            return Settled(table, tuple(problems), tuple(notices))
        keep = chosen(table, sources, repeats, standing, notices)
    table, standing, repeats = _cut(table, standing, keep, repeats)
    if repeats is not None:
        notices += repeats.notices(table, sources)
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
        order = rows[np.argsort(who[rows], kind="stable")]
        return np.split(order, np.flatnonzero(np.diff(who[order])) + 1) if len(order) else []

    def notices(self, table: AnswerTable, sources: Sequence[Source]) -> "Iterator[Notice]":
        """One for each owner: about entries that contradict one another, else about those that are only there again."""
        who, is_disputed = owners(table), self.is_disputed
        is_quiet = ~np.isin(who[self.rows], who[self.rows[is_disputed]])
        for kind, mine in (("contradiction", self.rows[is_disputed]), ("repeated", self.rows[is_quiet])):
            mine = np.sort(mine)  # entries are named in the order of the file
            order = mine[np.argsort(who[mine], kind="stable")]
            for rows in np.split(order, np.flatnonzero(np.diff(who[order])) + 1) if len(order) else ():
                yield _repeat_notice(table, sources, kind, rows)

    def settled(self, table: AnswerTable) -> AnswerTable:
        """The table with the first row of each entry only, unreadable where the answers differ."""
        unclear = self.rows[self.start][np.logical_or.reduceat(self.differs, self.start)]
        keep = np.ones(len(table), dtype=bool)
        keep[self.rows[self.rows != self.first]] = False
        parsed = table.parsed.with_reason(unclear, "duplicate") if len(unclear) else table.parsed
        return replace(table, parsed=parsed).take(keep)


def _cut(
    table: AnswerTable, standing: Standing | None, keep: Flags, repeats: _Repeats
) -> tuple[AnswerTable, Standing | None, _Repeats | None]:
    """These rows only, and what is still there more than once."""
    if keep.all():
        return table, standing, repeats
    table, standing = table.take(keep), standing[keep] if standing is not None else None
    return table, standing, _Repeats.of(table)


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
    table: AnswerTable, sources: Sequence[Source], problems: list[tuple[int, Problem]], standing: Standing | None
) -> tuple[AnswerTable, Standing | None]:
    """Leave out whom a sheet gives no answer for, and another sheet gives some."""
    who = pair_codes(owners(table), table.exam.codes)
    sheet = who * len(sources) + table.file
    starts = np.flatnonzero(np.diff(sheet, prepend=-1))  # rows of one student in one sheet mostly stand together
    if not len(starts):
        return table, standing
    is_written = np.logical_or.reduceat(table.parsed.reason != REASON_CODES["blank"], starts)
    written = np.unique(sheet[starts][is_written])
    answered = dict(zip((written // len(sources)).tolist(), (written % len(sources)).tolist(), strict=True))
    is_blank = ~np.isin(sheet, written) & np.isin(who, np.fromiter(answered, np.int64, len(answered)))
    for row in np.flatnonzero(is_blank)[np.unique(sheet[is_blank], return_index=True)[1]].tolist():
        file = int(table.file[row])
        problems.append((file, _untouched(table, row, sources[file].path, sources[answered[int(who[row])]].path)))
    if not is_blank.any():
        return table, standing
    return table.take(~is_blank), standing[~is_blank] if standing is not None else None


def _filled(table: AnswerTable, repeats: _Repeats) -> Flags:
    """Which rows stay where an empty cell gives way to a filled one of the same entry."""
    is_blank = table.parsed.reason[repeats.rows] == REASON_CODES["blank"]
    keep = np.ones(len(table), dtype=bool)
    keep[repeats.rows[is_blank & repeats.is_filled(is_blank)]] = False
    return keep


def _highest(
    table: AnswerTable,
    sources: Sequence[Source],
    repeats: _Repeats,
    standing: Standing | None,
    notices: list[Notice],
) -> Flags:
    """Which rows stay where files that surely are a student's own are there beside others that disagree."""
    keep = np.ones(len(table), dtype=bool)
    if standing is None:
        return keep
    is_lower = np.zeros(len(table), dtype=bool)
    is_lower[repeats.rows[repeats.is_lower(standing)]] = True
    for rows in repeats.disputed(table):
        # What disagrees is not believed in other entries either.
        part = table.file[rows] * np.int64(128) + standing[rows]
        is_dropped = np.isin(part, part[is_lower[rows]])
        dropped, kept = rows[is_dropped], rows[~is_dropped]
        if len(dropped):
            keep[dropped] = False
            own, others = _files(table, sources, kept), _files(table, sources, dropped)
            text = f"{_whose(table, rows[0])}: what is in {own} counts, and not what is in {others}, less surely theirs"
            notices.append(_notice("not_own", table, sources, dropped, text))
    return keep


def _newest(
    table: AnswerTable,
    sources: Sequence[Source],
    repeats: _Repeats,
    _standing: Standing | None,
    notices: list[Notice],
) -> Flags:
    """Which rows stay where of these students' answers the newest file counts, and in it the last row."""
    keep = np.ones(len(table), dtype=bool)
    for rows in repeats.disputed(table):
        files = np.unique(table.file[rows]).tolist()
        newest = max(files, key=lambda file: (sources[file].modified, str(sources[file].path)))
        inside = rows[table.file[rows] == newest]
        kept = _last_rows(table, inside, is_wide=sources[newest].is_wide)
        keep[rows], keep[kept] = False, True
        dropped = rows[~keep[rows]]
        notices.append(_notice("latest", table, sources, dropped, _latest_text(table, sources, rows, kept, dropped)))
    return keep


def _last_rows(table: AnswerTable, rows: Codes, *, is_wide: bool) -> Codes:
    """Of one student's rows in a file the last line, or the last of each entry where an entry is a line."""
    if is_wide:
        return np.asarray(rows[table.line[rows] == table.line[rows].max()])
    what = pair_codes(table.question.codes[rows], table.field.codes[rows])
    order = np.argsort(table.line[rows], kind="stable")[::-1]
    return np.asarray(rows[np.sort(order[np.unique(what[order], return_index=True)[1]])])


def _latest_text(table: AnswerTable, sources: Sequence[Source], rows: Codes, kept: Codes, dropped: Codes) -> str:
    whose, files = _whose(table, int(rows[0])), np.unique(table.file[rows])
    if len(files) > 1:
        shown, older = (
            _files(table, sources, kept),
            _files(table, sources, rows[table.file[rows] != table.file[kept[0]]]),
        )
        return f"{whose} handed in {len(files)} files; the newest, {shown}, was marked and not {older}"
    lines = ", ".join(f"{line:,}" for line in np.unique(table.line[dropped])[:_MOST_NAMED].tolist())
    return (
        f"{whose} is in {_files(table, sources, rows)} more than once; the last answers were marked, not line {lines}"
    )


def _repeat_notice(table: AnswerTable, sources: Sequence[Source], kind: str, rows: Codes) -> Notice:
    entries = [f"{table.question.at(row)} {table.field.at(row)}".strip() for row in rows.tolist()]
    names = list(dict.fromkeys(entries))
    where = _files(table, sources, rows, with_lines=True)
    shown = _some([printable(name, 60) for name in names])
    counted = f"{len(names):,} {'entry' if len(names) == 1 else 'entries'}"
    if kind == "repeated":
        text = f"{_whose(table, int(rows[0]))} handed in {counted} again with the same answers in {where}: {shown}"
    else:
        text = (
            f"{_whose(table, int(rows[0]))} handed in different answers for {counted} in {where}: {shown}; they count "
            f"as unreadable. Take away what does not count, or mark the newest with --latest"
        )
    return _notice(kind, table, sources, rows, text)


def _notice(kind: str, table: AnswerTable, sources: Sequence[Source], rows: Codes, text: str) -> Notice:
    return Notice(kind, table.student.at(int(rows[0])), len(rows), text, sources[table.file[rows[0]]].path)


def _untouched(table: AnswerTable, row: int, path: Path, other: Path) -> Problem:
    detail = f"has no answers of {_whose(table, row)} and was passed over for {printable(other)}"
    return Problem(path, 0, table.student.at(row), "", "", "untouched", detail)


def _whose(table: AnswerTable, row: int) -> str:
    student, variant = table.student.at(row), table.variant.at(row)
    return who(student) if student or not variant else f"variant {printable(variant, 40)}"


def _files(table: AnswerTable, sources: Sequence[Source], rows: Codes, *, with_lines: bool = False) -> str:
    """The files of some rows, with their first lines if asked."""
    named = []
    for file in np.unique(table.file[rows]).tolist():
        lines = np.unique(table.line[rows[table.file[rows] == file]])
        shown = printable(sources[file].path)
        if with_lines and lines[0]:
            some = ", ".join(f"{line:,}" for line in lines[:_MOST_NAMED].tolist())
            shown += f" ({'line' if len(lines) == 1 else 'lines'} {some}{', …' if len(lines) > _MOST_NAMED else ''})"
        named.append(shown)
    return _some(named)


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _MOST_NAMED:,} more" if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more
