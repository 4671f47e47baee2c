"""Whose file a file is: one student's file must not change another's marks.

Called by `reading` for the files of a folder or zip, once students are named as in the key. Where a file is one
student's, the rows of others in it are left out. Who a file belongs to is told by the path that the learning platform
gave it, else by its rows. A single file is a class's table and taken as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonpath
from pathlib import Path

import numpy as np

from examgen.exams.keys import Key
from examgen.marking.answers import AnswerTable, Flags, Places
from examgen.marking.identities import caseless, folded
from examgen.marking.problems import Notice
from examgen.marking.settling import Source, Standing
from examgen.tables.csv_tables import printable

MOST_TOKENS = 16
"""So many words of a file's or folder's name are looked at."""

CLEAR_MAJORITY = 2 / 3
"""Of a file's rows, for it to be the file of the student whom they name."""

_A_WORD = 3
"""An id in the names of so many other students' files is a word, such as "test"."""

_MOST_NAMED = 5
_TOKEN = re.compile(r"[^\W_]+")
_SUFFIXES = re.compile(r"(\.(csv|tsv|tab|txt|pdf|xlsx|ods|zip))+$", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class Owned:
    """Rows of which each stands in a file of its student.

    Attributes:
        table: without what other students' files say of a student.
        standing: (rows,) how sure it is whose a row is, for answers that disagree.
        notices: what was left out, and who was put together from several files.
    """

    table: AnswerTable
    standing: Standing
    notices: tuple[Notice, ...]


def own_rows(
    key: Key, table: AnswerTable, sources: Sequence[Source], is_respelled: Flags, *, with_tables: bool
) -> Owned:
    """Leave out the rows of others in a student's file.

    Args:
        sources: the files of the table.
        is_respelled: (rows,) whether the student's id was written in another way.
        with_tables: whether a file may hold rows of several students.
    """
    standing = _standing(key, table, is_respelled)
    files = np.unique(table.file)
    if len(files) < 2:
        return Owned(table, standing, ())
    pairs = _Pairs.of(table)
    people = _People(key)
    roots = _relative([source.path for source in sources])
    named = _believed(pairs, {file: people.named_by(roots[file]) for file in files.tolist()})
    is_own = np.array([named[file] == pairs.names[code] for file, code in pairs.place], dtype=bool)
    standing = standing + np.int8(4) * pairs.of_rows(is_own)
    if with_tables:
        return Owned(table, standing, tuple(_put_together(sources, pairs, np.ones(len(is_own), dtype=bool))))
    kept = _kept(pairs, named)
    notices = [*_left_out(sources, pairs, kept, named), *_put_together(sources, pairs, kept)]
    if kept.all():
        return Owned(table, standing, tuple(notices))
    keep = pairs.of_rows(kept, default=True)
    return Owned(table.take(keep), standing[keep], tuple(notices))


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
    """

    place: Sequence[tuple[int, int]]
    names: Sequence[str]
    counts: Places
    row: Places

    @staticmethod
    def of(table: AnswerTable) -> "_Pairs":
        students = np.int64(len(table.student.distinct))
        code = np.where(
            table.student.codes == table.student.code_of(""), -1, table.file * students + table.student.codes
        )
        starts = np.flatnonzero(np.diff(code, prepend=-2))  # rows of one student in one file mostly stand together
        found, run = np.unique(code[starts], return_inverse=True)
        row = np.repeat(run, np.diff(starts, append=len(code)))
        if len(found) and found[0] < 0:
            found, row = found[1:], row - 1
        place = list(zip((found // students).tolist(), (found % students).tolist(), strict=True))
        counts = np.bincount(row[row >= 0], minlength=len(found))
        return _Pairs(place, table.student.distinct.to_pylist(), counts.astype(np.int64), row.astype(np.int64))

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
    """Who is named by each file's path, without those whose id is just a word in the names of other people's files."""
    others: dict[str, set[str]] = {}
    for file, members in pairs.by_file().items():
        student = pairs.names[pairs.place[members[0]][1]]
        if len(members) == 1 and named[file] not in ("", student):
            others.setdefault(named[file], set()).add(student)
    return {file: "" if len(others.get(name, ())) >= _A_WORD else name for file, name in named.items()}


def _kept(pairs: _Pairs, named: Mapping[int, str]) -> Flags:
    """(pairs,) whose rows are taken: of every file those of the student whose it is."""
    by_file = pairs.by_file()
    has_own = {
        pairs.place[members[0]][1]
        for file, members in by_file.items()
        if len(members) == 1 and named[file] in ("", pairs.names[pairs.place[members[0]][1]])
    }
    kept = np.zeros(len(pairs.place), dtype=bool)
    for file, members in by_file.items():
        owner = _owner(pairs, members, named[file], has_own)
        if owner is not None:
            kept[owner] = True
    return kept


def _owner(pairs: _Pairs, members: Sequence[int], named: str, has_own: set[int]) -> int | None:
    """The pair of the student whose file it is: by its path, else by its rows; None where that is not clear."""
    if named:
        return next((pair for pair in members if pairs.names[pairs.place[pair][1]] == named), None)
    if len(members) == 1:
        return members[0]
    others = [pair for pair in members if pairs.place[pair][1] not in has_own]
    if len(others) == 1:
        return others[0]
    total = sum(int(pairs.counts[pair]) for pair in others)
    return next((pair for pair in others if pairs.counts[pair] > CLEAR_MAJORITY * total), None)


def _left_out(sources: Sequence[Source], pairs: _Pairs, kept: Flags, named: Mapping[int, str]) -> list[Notice]:
    """A notice for each file of which rows are left out."""
    notices = []
    for file, members in pairs.by_file().items():
        dropped = [pair for pair in members if not kept[pair]]
        if not dropped:
            continue
        rows = int(pairs.counts[dropped].sum())
        who = _listed([pairs.names[pairs.place[pair][1]] for pair in dropped])
        own = [pairs.names[pairs.place[pair][1]] for pair in members if kept[pair]]
        whose = own[0] if own else named[file]
        why = f"is a file of {printable(whose)!r}" if whose else f"names {len(members):,} students"
        where = printable(sources[file].path)
        text = f"{where}: {why}, and its {rows:,} rows of {who} were left out; --table takes the rows of all"
        notices.append(Notice("rows_of_others", whose, rows, text, sources[file].path))
    return notices


def _put_together(sources: Sequence[Source], pairs: _Pairs, kept: Flags) -> list[Notice]:
    """A notice for each student who has rows in several files."""
    files: dict[int, list[int]] = {}
    for (file, code), is_kept in zip(pairs.place, kept.tolist(), strict=True):
        if is_kept:
            files.setdefault(code, []).append(file)
    notices = []
    for code, mine in files.items():
        if len(mine) > 1:
            where = _listed([printable(sources[file].path) for file in mine], quoted=False)
            text = f"student {printable(pairs.names[code])!r} has answers in {len(mine)} files: {where}"
            notices.append(Notice("several_files", pairs.names[code], len(mine), text, sources[mine[0]].path))
    return notices


class _People:
    """The students of a key by what a path may call them."""

    def __init__(self, key: Key) -> None:
        self._variants = [variant for variant in key.variants if variant.student]

    def named_by(self, parts: Sequence[str]) -> str:
        """The student named by the outermost folder, or file, that names exactly one; empty where none does."""
        for part in parts:
            found = self._in_part(caseless(part))
            if len(found) == 1:
                return found.pop()
        return ""

    def _in_part(self, part: str) -> set[str]:
        spans = [match.span() for match in _TOKEN.finditer(part)][:MOST_TOKENS]
        found: list[tuple[int, int, str]] = []
        for first, (begin, _) in enumerate(spans):
            for last in range(first, len(spans)):
                end = spans[last][1]
                text = part[begin:end]
                is_whole = begin == spans[0][0] and end == spans[-1][1]
                if (student := self._ids.get(folded(text))) and (is_whole or _is_telling(text)):
                    found.append((begin, end, student))
                words = " ".join(part[start:stop] for start, stop in spans[first : last + 1])
                if last > first and (student := self._names.get(words)):
                    found.append((begin, end, student))
        found.sort(key=lambda one: one[0] - one[1])
        longest = [
            (begin, end, student)
            for place, (begin, end, student) in enumerate(found)
            if not any(start <= begin and end <= stop for start, stop, _ in found[:place])
        ]
        return {student for _, _, student in longest}

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for variant in self._variants:
            name = folded(variant.student)
            # A short number may count files as well as students.
            if not (name.isdigit() and len(variant.student) < 4):
                found[name] = "" if name in found else variant.student
        return found

    @cached_property
    def _names(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for variant in self._variants:
            words = _TOKEN.findall(caseless(variant.name))
            for order in {" ".join(words), " ".join([*words[-1:], *words[:-1]])} if len(words) > 1 else ():
                found[order] = "" if order in found else variant.student
        return found


def _is_telling(text: str) -> bool:
    """Whether a part of a longer name can hardly stand there by chance."""
    return len(text) >= 4 if text.isdigit() else len(text) >= 3


def _relative(paths: Sequence[Path]) -> list[list[str]]:
    """The folders and the name of each file below what all of them lie in, without suffixes."""
    absolute = [str(path.absolute()) for path in paths]
    root = Path(commonpath(absolute)) if len(absolute) > 1 else Path(absolute[0]).parent
    return [[_SUFFIXES.sub("", part) for part in Path(path).relative_to(root).parts] for path in absolute]


def _listed(names: Sequence[str], *, quoted: bool = True) -> str:
    shown = [repr(printable(name, 40)) if quoted else name for name in names[:_MOST_NAMED]]
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(shown) + more
