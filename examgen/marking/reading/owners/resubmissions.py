"""Settle what was handed in more than once: empty second sheets, entries that are there again, sheets that disagree.

Called by `class_sheets` when all files of a class have been read. What is unclear is unclear for the student concerned,
and for nobody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examgen.errors import some
from examgen.marking.reading.answers import REASON_CODES, AnswerTable
from examgen.marking.reading.owners.repeats import Codes, Repeats, Standing, grouped, owners, pair_codes, run_starts
from examgen.marking.reading.problems import Notice, Problem, who
from examgen.tables.csv_tables import printable
from examgen.tables.text_columns import Flags

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
    notices: list[Notice] = []
    if len(sources) > 1:
        table, standing = _without_untouched(table, sources, problems, standing)
    if (repeats := Repeats.of(table)) is not None:
        table = _once(table, sources, repeats, notices, latest=latest, standing=standing)
    if len(sources) > 1:
        notices += _put_together(table, sources)
    return Settled(table, tuple(problems), tuple(notices))


def _once(
    table: AnswerTable,
    sources: Sequence[Source],
    repeats: Repeats,
    notices: list[Notice],
    *,
    latest: bool,
    standing: Standing | None,
) -> AnswerTable:
    """The table with each entry once."""
    found: Repeats | None = repeats
    keep = _filled(table, repeats)
    for chosen in (_highest, _newest) if latest else (_highest,):
        table, standing, found = _cut(table, standing, keep, found)
        if found is None:
            return table
        keep = chosen(table, sources, found, standing, notices)
    table, standing, found = _cut(table, standing, keep, found)
    if found is None:
        return table
    notices += _repeat_notices(table, sources, found)
    return found.settled(table)


def _cut(
    table: AnswerTable, standing: Standing | None, keep: Flags, repeats: Repeats | None
) -> tuple[AnswerTable, Standing | None, Repeats | None]:
    """These rows only, and what is still there more than once."""
    if keep.all():
        return table, standing, repeats
    table, standing = table.take(keep), standing[keep] if standing is not None else None
    return table, standing, Repeats.of(table)


def _without_untouched(
    table: AnswerTable, sources: Sequence[Source], problems: list[tuple[int, Problem]], standing: Standing | None
) -> tuple[AnswerTable, Standing | None]:
    """Leave out whom a sheet gives no answer for, and another sheet gives some."""
    who = pair_codes(owners(table), table.exam.codes)
    sheet = who * len(sources) + table.file
    starts = run_starts(sheet)
    if not len(starts):
        return table, standing
    is_written = np.logical_or.reduceat(table.parsed.reason != REASON_CODES["blank"], starts)
    written = np.unique(sheet[starts][is_written])
    answered = dict(zip((written // len(sources)).tolist(), (written % len(sources)).tolist(), strict=True))
    has_other = np.isin(who[starts], np.fromiter(answered, np.int64, len(answered)))
    is_untouched = has_other & ~np.isin(sheet[starts], written)
    if not is_untouched.any():
        return table, standing
    is_blank = np.repeat(is_untouched, np.diff(starts, append=len(sheet)))
    for row in np.flatnonzero(is_blank)[np.unique(sheet[is_blank], return_index=True)[1]].tolist():
        file = int(table.file[row])
        problems.append((file, _untouched(table, row, sources[file].path, sources[answered[int(who[row])]].path)))
    return table.take(~is_blank), standing[~is_blank] if standing is not None else None


def _filled(table: AnswerTable, repeats: Repeats) -> Flags:
    """Which rows stay where an empty cell gives way to a filled one of the same entry."""
    is_blank = table.parsed.reason[repeats.rows] == REASON_CODES["blank"]
    keep = np.ones(len(table), dtype=bool)
    keep[repeats.rows[is_blank & repeats.is_filled(is_blank)]] = False
    return keep


def _highest(
    table: AnswerTable,
    sources: Sequence[Source],
    repeats: Repeats,
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
    repeats: Repeats,
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


def _put_together(table: AnswerTable, sources: Sequence[Source]) -> Iterator[Notice]:
    """A notice for each student whose answers that count are in several files."""
    people = pair_codes(owners(table), table.exam.codes)
    rows = np.flatnonzero(table.parsed.reason != REASON_CODES["blank"])
    sheet = people[rows] * len(sources) + table.file[rows]
    starts = run_starts(sheet)
    first = rows[starts[np.unique(sheet[starts], return_index=True)[1]]]
    is_same = np.diff(people[first]) == 0
    first = first[np.append(is_same, False) | np.append(False, is_same)] if len(first) else first
    for mine in grouped(first, people[first]):
        text = f"{_whose(table, mine[0])} has answers in {len(mine)} files: {_files(table, sources, mine)}"
        yield _notice("several_files", table, sources, mine, text)


def _repeat_notices(table: AnswerTable, sources: Sequence[Source], repeats: Repeats) -> Iterator[Notice]:
    """One for each owner: about entries that contradict one another, else about those that are only there again."""
    who, rows, is_disputed = owners(table), repeats.rows, repeats.is_disputed
    is_quiet = ~np.isin(who[rows], who[rows[is_disputed]])
    for kind, mine in (("contradiction", rows[is_disputed]), ("repeated", rows[is_quiet])):
        mine = np.sort(mine)  # entries are named in the order of the file
        for found in grouped(mine, who[mine]):
            yield _repeat_notice(table, sources, kind, found)


def _repeat_notice(table: AnswerTable, sources: Sequence[Source], kind: str, rows: Codes) -> Notice:
    entries = [f"{table.question.at(row)} {table.field.at(row)}".strip() for row in rows.tolist()]
    names = list(dict.fromkeys(entries))
    where = _files(table, sources, rows, with_lines=True)
    shown = some([printable(name, 60) for name in names], _MOST_NAMED)
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
            numbers = ", ".join(f"{line:,}" for line in lines[:_MOST_NAMED].tolist())
            shown += f" ({'line' if len(lines) == 1 else 'lines'} {numbers}{', …' if len(lines) > _MOST_NAMED else ''})"
        named.append(shown)
    return some(named, _MOST_NAMED)
