"""What was read of scans when other files of the class were marked: it stays, and its pages need not come again.

scanned.csv beside the marks has it, and a folder there the pictures of what is doubtful. Called by `class_files` and
`scanned_papers`; who hands in no scans needs no library that reads them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from pathlib import Path

import numpy as np

from examgen.errors import AnswersError
from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.bubbles.bubble_pages import bubble_paper
from examgen.exams.folders.files import typed_text
from examgen.exams.folders.regular import content_of
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.class_sheets import HandedIn, together
from examgen.marking.reading.handed_in.sheet_rows import Rows, finished, rows_of
from examgen.marking.reading.owners.repeats import Standing
from examgen.marking.reading.owners.resubmissions import Source
from examgen.marking.reading.scans.bubble_readings import DOUBTS, EntryReading, both
from examgen.marking.reading.scans.scan_tables import (
    COLUMNS,
    MORE_COLUMNS,
    NO,
    SCANNED,
    YES,
    ScannedClass,
    ScannedEntry,
    UnreadPage,
    picture_place,
)
from examgen.marking.reading.scans.settled_answers import EntryName, Settled
from examgen.tables.csv_tables import Limits, printable, read_table

_LIMITS = Limits(max_bytes=1024 * 1024 * 1024, max_rows=20_000_000)

Page = tuple[str, str, int]
"""Student and variant of a page of bubbles, and its number."""


def read_scanned(folder: Path, key: Key) -> tuple[ScannedEntry, ...]:
    """The entries of an earlier scanned.csv that are the student's own, each once, with what a person said of them.

    Args:
        folder: of the marks.

    Raises: AnswersError: the file cannot be read.
    """
    path = folder / SCANNED
    if not path.exists():
        return ()
    table = read_table(path, COLUMNS, MORE_COLUMNS, _LIMITS, extra="ignore")
    for problem in table.problems[:1]:
        raise _unusable(path, problem.line, problem.detail)
    places = _places(key, {(typed_text(cells["student"]), cells["variant"]) for _, cells in table.rows})
    found: dict[EntryName, ScannedEntry] = {}
    for line, cells in table.rows:
        try:
            entry = _entry(path, cells, places)
        except ValueError as error:
            raise _unusable(path, line, str(error)) from None
        if entry is None or cells.get("counts") == NO:
            continue
        if entry.name in found:
            entry = replace(entry, reading=both(found[entry.name].reading, entry.reading))
        found[entry.name] = entry
    return tuple(replace(one, crop=_picture(folder, one)) if one.is_doubtful else one for one in found.values())


def by_page(entries: Iterable[ScannedEntry]) -> dict[Page, list[ScannedEntry]]:
    """The entries of each page."""
    found: dict[Page, list[ScannedEntry]] = defaultdict(list)
    for entry in entries:
        found[entry.student, entry.variant, entry.number].append(entry)
    return dict(found)


def decisions(earlier: Iterable[ScannedEntry], said: Settled) -> dict[EntryName, str]:
    """What persons have said of entries, the last word of each."""
    before = {entry.name: entry.settled for entry in earlier if entry.settled is not None}
    return {**before, **said}


def with_left(
    now: Sequence[ScannedEntry], left: Sequence[ScannedEntry], unread: Iterable[UnreadPage], settled: Settled
) -> ScannedClass:
    """What was read now, and what is left of earlier markings.

    Args:
        settled: what persons have said of any of them.
    """
    kept = [replace(one, settled=settled.get(one.name)) for one in left]
    pairs = zip(left, kept, strict=True)
    again = frozenset((one.student, one.variant) for old, one in pairs if old.settled != one.settled)
    entries = sorted((*now, *kept), key=lambda one: (one.student, one.variant))
    return ScannedClass(tuple(entries), tuple(unread), settled, again)


def with_earlier(files: HandedIn, key: Key, scans: ScannedClass) -> tuple[HandedIn, ScannedClass]:
    """Put what was read earlier beside what the same students hand in now; and see whose entries count.

    Others keep their marks, and need none of it.

    Args:
        files: of the class, each with the rows of its student.
    """
    there = _there(files, key)
    students = {student for _, student, _ in there if student} | {student for student, _ in scans.resettled if student}
    variants = {variant for _, student, variant in there if not student}
    variants |= {variant for student, variant in scans.resettled if not student}
    joined = [
        one
        for one in scans.entries
        if one.is_earlier and (one.student in students if one.student else one.variant in variants)
    ]
    entries = tuple(
        one if one.is_earlier else replace(one, counts=(one.sheet, one.student, one.variant) in there)
        for one in scans.entries
    )
    return (_joined(files, key, joined) if joined else files), replace(scans, entries=entries)


def entry_rows(exam: str, entries: Sequence[ScannedEntry]) -> Rows:
    """Entries as the rows of a sheet."""
    cells = ((exam, one.variant, one.student, one.grid.question, one.grid.field, "", one.text) for one in entries)
    rows = rows_of([(0 if one.is_earlier else one.page, False, row) for one, row in zip(entries, cells, strict=True)])
    return replace(rows, doubtful=np.array([one.is_doubtful for one in entries], dtype=bool))


def _there(files: HandedIn, key: Key) -> set[tuple[Path, str, str]]:
    """File, student and variant of all rows of the exam."""
    table = files.table
    mine = table.take(table.exam.codes == table.exam.code_of(key.exam.id))
    codes = np.unique(np.stack([mine.file, mine.student.codes, mine.variant.codes], axis=1), axis=0)
    students, variants = mine.student.distinct.to_pylist(), mine.variant.distinct.to_pylist()
    return {(files.sources[file].path, students[one], variants[code]) for file, one, code in codes.tolist()}


def _joined(files: HandedIn, key: Key, entries: Sequence[ScannedEntry]) -> HandedIn:
    """The files with a further one, of what was read earlier: no more and no less surely theirs than the others."""
    path = entries[0].sheet
    sheet, source = finished(path, entry_rows(key.exam.id, entries), []), Source(path, path.stat().st_mtime)
    more = together(path, (sheet,), (source,)).table
    table = files.table.followed_by(more, len(files.sheets))
    standing = files.standing
    if standing is not None:
        standing = np.concatenate([standing, _highest(files.table, standing, more)])
    sheets, sources = (*files.sheets, sheet), (*files.sources, source)
    return replace(files, table=table, sheets=sheets, sources=sources, standing=standing)


def _highest(table: AnswerTable, standing: Standing, more: AnswerTable) -> Standing:
    """(rows of more,) how surely the other rows of the same student are theirs."""
    highest = np.zeros(len(table.student.distinct), dtype=np.int8)
    np.maximum.at(highest, table.student.codes, standing)
    by_name = dict(zip(table.student.distinct.to_pylist(), highest.tolist(), strict=True))
    names = more.student.distinct.to_pylist()
    return np.array([by_name.get(name, 0) for name in names], dtype=np.int8)[more.student.codes]


def _entry(path: Path, cells: Mapping[str, str], places: "_Places") -> ScannedEntry | None:
    """The entry of a line; None where the paper has it no more.

    Raises: ValueError: a cell is not what it should be.
    """
    doubts = tuple(cells["doubt"].split())
    if unknown := set(doubts) - set(DOUBTS):
        raise ValueError(f"doubt {printable(min(unknown), 40)!r} is none of {', '.join(DOUBTS)}")
    student, value = typed_text(cells["student"]), typed_text(cells["value"])
    reading = EntryReading(typed_text(cells.get("read", value)), _number(cells, "confidence"), doubts)
    page = int(_number(cells, "page"))
    place = places.get((student, cells["variant"]), {}).get((cells["question"], cells["field"]))
    if place is None:
        return None
    return ScannedEntry(
        Path(typed_text(cells["file"])),
        page,
        cells["variant"],
        student,
        *place,
        reading,
        settled=value if cells["settled"] == YES else None,
        sheet=path,
        is_earlier=True,
    )


def _number(cells: Mapping[str, str], name: str) -> float:
    with suppress(ValueError):
        if isfinite(number := float(cells[name])):
            return number
    raise ValueError(f"{name} is {printable(cells[name], 40)!r}; use a number")


_Places = Mapping[tuple[str, str], Mapping[tuple[str, str], tuple[int, Grid]]]
"""By student and variant, by question and field, the page of an entry and its grid."""


def _places(key: Key, pairs: Iterable[tuple[str, str]]) -> _Places:
    by_code = {one.code: one for one in key.variants}
    by_student = {one.student: one for one in key.variants if one.student}
    found = {}
    for student, variant in pairs:
        paper = by_code.get(variant) or by_student.get(student)
        pages = bubble_paper(key.exam, paper).pages if paper is not None else ()
        found[student, variant] = {
            (one.question, one.field): (page.number, one) for page in pages for one in page.grids
        }
    return found


def _picture(folder: Path, entry: ScannedEntry) -> bytes:
    """The picture of a doubtful entry that was kept; empty where there is none."""
    try:
        return content_of(folder / picture_place(entry.name))
    except OSError:
        return b""


def _unusable(path: Path, line: int, told: str) -> AnswersError:
    return AnswersError(
        f"{printable(path)}: line {line}: {told}; mark into another folder with --out DIR, or begin anew with --fresh"
    )
