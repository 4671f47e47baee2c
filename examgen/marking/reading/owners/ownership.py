"""Whose file a file is: one student's file must not change another's marks.

Called by `class_sheets` for the files of a folder or zip, once students are named as in the key. Where a file is one
student's, the rows of others in it are left out. Who a file belongs to is told by the path that the learning platform
gave it, else by its rows; and who has files that are named so needs no others. A single file is a class's table and
taken as it is, unless its path within what was handed in names a student.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examgen.errors import some
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.owners.identities import Identified
from examgen.marking.reading.owners.path_names import People, parts_below
from examgen.marking.reading.owners.repeats import Standing, run_starts
from examgen.marking.reading.owners.resubmissions import Source
from examgen.marking.reading.problems import Notice
from examgen.tables.csv_tables import printable
from examgen.tables.text_columns import Flags, Places

CLEAR_MAJORITY = 2 / 3
"""Of a file's rows, for it to be the file of the student whom they name."""

_A_WORD = 3
"""An id in the names of so many other students' files is a word, such as "test"."""

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False, slots=True)
class Owned:
    """Rows of which each stands in a file of its student.

    Attributes:
        table: without what other students' files say of a student.
        standing: (rows,) how sure it is whose a row is, for answers that disagree.
        notices: what was left out.
    """

    table: AnswerTable
    standing: Standing
    notices: tuple[Notice, ...]


def own_rows(
    key: Key,
    known: Identified,
    sources: Sequence[Source],
    given: Sequence[Path],
    *,
    with_tables: bool,
    is_only_file: bool = False,
) -> Owned:
    """Leave out the rows of others in a student's file.

    Args:
        known: rows whose students are spelled as in the key.
        sources: the files of the table.
        given: the files, folders or zips that were given; only paths below them are anybody's doing but the
            instructor's.
        with_tables: whether a file may hold rows of several students.
        is_only_file: whether no other file was given; then it may, too.
    """
    table = known.table
    standing = _standing(key, table, known.is_respelled)
    if with_tables:
        return Owned(table, standing, ())
    files = np.unique(table.file).tolist()
    people = People(key)
    by_path = {file: people.named_by(parts_of(sources[file].path, given)) for file in files}
    if is_only_file and not any(by_path.values()):
        return Owned(table, standing, ())
    pairs = _Pairs.of(table, known.files_with_unknown)
    named = _believed(pairs, by_path)
    is_own = np.array([named[file] == pairs.names[code] for file, code in pairs.place], dtype=bool)
    standing = standing + np.int8(4) * pairs.of_rows(is_own)
    kept = _kept(pairs, named, is_own)
    notices = tuple(_left_out(sources, pairs, kept, named))
    if kept.all():
        return Owned(table, standing, notices)
    keep = pairs.of_rows(kept, default=True)
    return Owned(table.take(keep), standing[keep], notices)


def parts_of(path: Path, given: Sequence[Path]) -> list[str]:
    """The folders and the name of a file below that one of what was given in which it lies."""
    return parts_below(path, next((one for one in given if one in path.parents), path))


def _standing(key: Key, table: AnswerTable, is_respelled: Flags) -> Standing:
    """2 for an id as in the key, and 1 for the student's own variant."""
    code_of = {variant.student: variant.code for variant in key.variants if variant.student}
    variants = {code: place for place, code in enumerate(table.variant.distinct.to_pylist())}
    mine = [variants.get(code_of.get(name, ""), -1) for name in table.student.distinct.to_pylist()]
    is_mine = np.array(mine, dtype=np.int64)[table.student.codes] == table.variant.codes
    return np.asarray(np.int8(2) * ~is_respelled + is_mine, dtype=np.int8)


@dataclass(frozen=True, eq=False, slots=True)
class _Pairs:
    """Each file with each student whom it names.

    Attributes:
        place: (file, code of the student) of each pair, by file.
        names: of the students by code.
        counts: (pairs,) their rows.
        row: (rows,) the pair of each row, -1 where a row names no student.
        with_unknown: files that name students too whom nobody knows.
    """

    place: Sequence[tuple[int, int]]
    names: Sequence[str]
    counts: Places
    row: Places
    with_unknown: frozenset[int]

    @staticmethod
    def of(table: AnswerTable, with_unknown: frozenset[int]) -> "_Pairs":
        students = np.int64(len(table.student.distinct))
        code = np.where(
            table.student.codes == table.student.code_of(""), -1, table.file * students + table.student.codes
        )
        starts = run_starts(code)
        found, run = np.unique(code[starts], return_inverse=True)
        row = np.repeat(run, np.diff(starts, append=len(code)))
        if len(found) and found[0] < 0:
            found, row = found[1:], row - 1
        place = list(zip((found // students).tolist(), (found % students).tolist(), strict=True))
        counts = np.bincount(row[row >= 0], minlength=len(found))
        names = table.student.distinct.to_pylist()
        return _Pairs(place, names, counts.astype(np.int64), row.astype(np.int64), with_unknown)

    def student(self, pair: int) -> str:
        """Whom a pair names."""
        return self.names[self.place[pair][1]]

    def of_rows(self, of_pairs: Flags, *, default: bool = False) -> Flags:
        """(rows,) what holds of each row's pair."""
        return np.append(of_pairs, default)[self.row]

    def by_file(self) -> dict[int, list[int]]:
        """The pairs of each file."""
        found: dict[int, list[int]] = {}
        for number, (file, _) in enumerate(self.place):
            found.setdefault(file, []).append(number)
        return found


def _believed(pairs: _Pairs, named: Mapping[int, str]) -> dict[int, str]:
    """Who is named by each file's path, where that is not just a word in the names of other people's files."""
    strangers: dict[str, set[str]] = {}
    is_strange: set[int] = set()
    for file, members in pairs.by_file().items():
        found = {pairs.student(pair) for pair in members}
        if named[file] and named[file] not in found:
            is_strange.add(file)
            if len(found) == 1:
                strangers.setdefault(named[file], set()).update(found)
    words = {name for name, found in strangers.items() if len(found) >= _A_WORD}
    return {file: "" if file in is_strange and name in words else name for file, name in named.items()}


def _kept(pairs: _Pairs, named: Mapping[int, str], is_own: Flags) -> Flags:
    """(pairs,) whose rows are taken: of every file those of the student whose it is."""
    by_file = pairs.by_file()
    by_path = {pairs.student(pair) for pair in np.flatnonzero(is_own).tolist()}
    by_rows = {
        pairs.student(members[0])
        for file, members in by_file.items()
        if len(members) == 1 and not named[file] and file not in pairs.with_unknown
    }
    kept = np.zeros(len(pairs.place), dtype=bool)
    for file, members in by_file.items():
        if named[file]:
            kept[members] = is_own[members]
        elif (owner := _owner(pairs, file, members, by_path, by_rows)) is not None:
            kept[owner] = True
    return kept


def _owner(pairs: _Pairs, file: int, members: Sequence[int], by_path: set[str], by_rows: set[str]) -> int | None:
    """The pair of the student whose file it is by its rows; None where that is not clear.

    Args:
        by_path: students who have a file by its path.
        by_rows: students who have a file that names nobody else.
    """
    others = [pair for pair in members if pairs.student(pair) not in by_path]
    if len(members) == 1 and file not in pairs.with_unknown:
        return others[0] if others else None
    others = [pair for pair in others if pairs.student(pair) not in by_rows]
    if len(others) == 1:
        return others[0]
    total = sum(int(pairs.counts[pair]) for pair in others)
    return next((pair for pair in others if pairs.counts[pair] > CLEAR_MAJORITY * total), None)


def _left_out(sources: Sequence[Source], pairs: _Pairs, kept: Flags, named: Mapping[int, str]) -> list[Notice]:
    """A notice for each file of which rows are left out."""
    notices = []
    for file, members in pairs.by_file().items():
        dropped = [pair for pair in members if not kept[pair]]
        if dropped:
            own = [pairs.student(pair) for pair in members if kept[pair]]
            whose = own[0] if own else named[file]
            rows = int(pairs.counts[dropped].sum())
            kind, text = _why_left_out(pairs, dropped, whose, rows)
            path = sources[file].path
            notices.append(Notice(kind, whose or pairs.student(dropped[0]), rows, f"{printable(path)}: {text}", path))
    return notices


def _why_left_out(pairs: _Pairs, dropped: Sequence[int], whose: str, rows: int) -> tuple[str, str]:
    """The kind of the notice about a file, and what it says."""
    people = _listed([pairs.student(pair) for pair in dropped])
    if whose or len(dropped) > 1:
        why = f"is a file of {printable(whose)!r}" if whose else f"names {len(dropped):,} students"
        return (
            "rows_of_others",
            f"{why}, and its {rows:,} rows of {people} were left out; --table takes the rows of all",
        )
    text = f"student {people} has other files, which are more surely theirs, and its {rows:,} rows were left out"
    return "not_own", f"{text}; if they count, put the id into the file's name"


def _listed(names: Sequence[str]) -> str:
    return some([repr(printable(name, 40)) for name in names[:_MOST_NAMED]], _MOST_NAMED, len(names))
