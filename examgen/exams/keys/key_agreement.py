"""Whether a key agrees with itself: the answers in answers.csv are those that the numbers of variants.jsonl lead to.

Marking recomputes everything from variants.jsonl; a key of which one file was changed, or comes from elsewhere, would
mark a whole class wrong. `key_folder` writes sums of the files into exam.json; where these fit, there is nothing to
compare. Else all rows are compared by columns, and only where some differ are they looked at one by one, to name the
first.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from examgen.errors import KeyFileError
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.regular import opened, opened_text
from examgen.exams.keys.key_entries import Codes, Entries, are_near, is_right_text, named, who
from examgen.exams.keys.key_sums import ANSWERS, COUNTS, REFERENCES, SUMS, VARIANTS, sum_of_file, sum_of_references
from examgen.exams.references.typed_references import typed_reference

NAMES = ("exam", "variant", "student", "question", "field", "answer")

_DELIMITERS = ",;\t"
_BLOCK = 1 << 24
_WAY_OUT = "put the files back as they were made, or take answers.csv away, which marking does not need"


def check_agreement(
    folder: Path, document: Mapping[str, Any], exam: Exam, variants: Sequence[Variant], sums: Mapping[str, str]
) -> tuple[str, ...]:
    """Look whether answers.csv belongs to the rest of a key.

    Args:
        folder: of the key; answers.csv may be missing, or have a header alone.
        document: exam.json.
        exam, variants: as read from the key.
        sums: of variants.jsonl and answers.csv as they are.

    Returns: lines on what is missing and harms nobody.

    Raises: KeyFileError: it does not; the message names the file, the line, and what is wrong there.
    """
    noted, path = document.get(SUMS), folder / ANSWERS
    _check_count(folder, document, len(variants))
    if noted == {REFERENCES: sum_of_references(document), **sums}:
        return ()
    if not sums[ANSWERS] or not _has_rows(path):
        # Those who mark need not have it; but nobody took it away unseen.
        is_missed = isinstance(noted, dict) and ANSWERS in noted
        return (f"{path}: is not there, or empty; marking does without it, and nothing can be compared",) * is_missed
    entries = Entries.of(exam, variants)
    if not _agrees(path, entries) and (found := next(_disagreements(path, entries), "")):
        raise KeyFileError(f"{path}: {found}; {_WAY_OUT}")
    return ()


def lost_papers(folder: Path, document: Mapping[str, Any], papers: int) -> tuple[str, ...]:
    """A line on papers that a key has no more, although it was once written to its end; else nothing.

    Args:
        folder: of the key.
        document: its exam.json.
        papers: how many it has.
    """
    counts, sums = document.get(COUNTS), document.get(SUMS)
    made = counts.get(VARIANTS) if isinstance(counts, dict) else None
    if not isinstance(made, int) or papers >= made:
        return ()
    # The largest file is read only where something is missing.
    if not isinstance(sums, dict) or sums.get(ANSWERS) != sum_of_file(folder / ANSWERS):
        return ()
    return (
        f"{folder / VARIANTS}: had {papers} papers, and the key was made with {made}; who is on this class list is in "
        "it again, and of others the key knows nothing",
    )


def _check_count(folder: Path, document: Mapping[str, Any], papers: int) -> None:
    """Raises KeyFileError if papers were lost, or added by hand, since the key was made."""
    counts = document.get(COUNTS, {VARIANTS: papers})
    made = counts.get(VARIANTS) if isinstance(counts, dict) else None
    if not isinstance(made, int):
        raise KeyFileError(f"{folder / 'exam.json'}: {COUNTS} does not say how many papers there are; {_WAY_OUT}")
    if made != papers:
        raise KeyFileError(
            f"{folder / VARIANTS}: has {papers} papers, and the key was made with {made}; put the file back as it was"
        )


def _has_rows(path: Path) -> bool:
    with opened(path) as file:
        return bool(file.readline() and file.readline())


def _agrees(path: Path, entries: Entries) -> bool:
    """Whether all rows are right, by columns; False also where the table is not as we write it."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    texts = pa.dictionary(pa.int32(), pa.string())
    kinds = dict.fromkeys(NAMES, texts) | {"answer": pa.string()}
    options = arrow.ConvertOptions(column_types=kinds, include_columns=list(NAMES), null_values=[])
    seen = np.zeros(len(entries.values), dtype=bool)
    rows = 0
    places = _Places.of(entries)
    try:
        with arrow.open_csv(path, arrow.ReadOptions(block_size=_BLOCK), convert_options=options) as batches:
            for batch in batches:
                found = places.of_batch(batch)
                if (found < 0).any() or not _are_right(batch.column("answer"), found, entries):
                    return False
                seen[found] = True
                rows += len(found)
    except (pa.ArrowException, OSError):
        return False
    return rows == 0 or (bool(seen.all()) and rows == len(seen))


@dataclass(frozen=True, eq=False, slots=True)
class _Places:
    """Finds the entry of each row of a batch, -1 where there is none.

    Attributes:
        papers: by student and variant.
        columns: by question and field, a column of `offsets`.
        offsets: (kinds, columns) the place of an entry on a paper; the last column is for fields that are on none.
    """

    entries: Entries
    papers: Mapping[tuple[str, str], int]
    columns: Mapping[tuple[str, str], int]
    offsets: Codes

    @staticmethod
    def of(entries: Entries) -> "_Places":
        papers = {(variant.student, variant.code): place for place, variant in enumerate(entries.variants)}
        columns: dict[tuple[str, str], int] = {}
        for name in (name for of_kind in entries.names for name in of_kind):
            columns.setdefault(name, len(columns))
        offsets = np.full((len(entries.names), len(columns) + 1), -1, dtype=np.int64)
        for kind, of_kind in enumerate(entries.names):
            offsets[kind, [columns[name] for name in of_kind]] = np.arange(len(of_kind))
        return _Places(entries, papers, columns, offsets)

    def of_batch(self, batch: Any) -> Codes:
        """(rows,) places of the entries."""
        if batch.column("exam").dictionary.to_pylist() not in ([self.entries.exam.id], []):
            return np.array([-1])
        paper = _paired(batch.column("student"), batch.column("variant"), self.papers, -1)
        column = _paired(batch.column("question"), batch.column("field"), self.columns, len(self.columns))
        inside = self.offsets[self.entries.kind[paper], column]
        return np.where((paper >= 0) & (inside >= 0), self.entries.begins[paper] + inside, -1)


def _paired(first: Any, second: Any, known: Mapping[tuple[str, str], int], unknown: int) -> Codes:
    """(rows,) what is known of the two texts of each row."""
    width = np.int64(len(second.dictionary))
    pairs = np.asarray(first.indices) * width + np.asarray(second.indices)
    distinct, places = np.unique(pairs, return_inverse=True)
    ones, others = first.dictionary.to_pylist(), second.dictionary.to_pylist()
    found = [known.get((ones[pair // width], others[pair % width]), unknown) for pair in distinct.tolist()]
    return np.array(found, dtype=np.int64)[places]


def _are_right(answers: Any, places: Codes, entries: Entries) -> bool:
    import pyarrow as pa

    right = entries.values[places]
    is_number = ~np.isnan(right)
    try:
        values = np.asarray(answers.filter(pa.array(is_number)).cast(pa.float64()))
    except pa.ArrowInvalid:
        return False
    if not are_near(values, right[is_number]).all():
        return False
    rows = np.flatnonzero(~is_number).tolist()
    others = dict.fromkeys((*entries.other(int(places[row])), answers[row].as_py()) for row in rows)
    return all(is_right_text(paper, field, answer) for paper, field, answer in others)


def _disagreements(path: Path, entries: Entries) -> Iterator[str]:
    """What is wrong with answers.csv, row by row, each with its line."""
    papers = {(variant.student, variant.code): place for place, variant in enumerate(entries.variants)}
    students = {variant.student: place for place, variant in enumerate(entries.variants)}
    insides = [{name: at for at, name in enumerate(names)} for names in entries.names]
    lines: dict[int, int] = {}
    try:
        for line, row in _rows(path):
            if row["exam"] != entries.exam.id:
                yield f"line {line}: exam {row['exam']!r} is not that of exam.json, {entries.exam.id!r}"
            student, code = row["student"], row["variant"]
            paper = papers.get((student, code))
            if paper is None:
                yield f"line {line}: {_stranger(entries, students.get(student), student, code)}"
                continue
            inside = insides[int(entries.kind[paper])].get((row["question"], row["field"]))
            if inside is None:
                yield (
                    f"line {line}: {row['question']} {row['field']!r} is not on the paper of "
                    f"{who(entries.variants[paper])} by exam.json and line {paper + 1} of variants.jsonl"
                )
                continue
            place = int(entries.begins[paper]) + inside
            if place in lines:
                yield f"line {line}: {entries.said(place)} stands in line {lines[place]} already"
            lines[place] = line
            yield from _wrong(entries, place, line, row["answer"])
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        yield str(error)
    missing = next((place for place in range(len(entries.values)) if place not in lines), None) if lines else None
    if missing is not None:
        paper, _ = entries.at(missing)
        yield f"has no row for {entries.said(missing)}, who is in line {paper + 1} of variants.jsonl"


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line and cells of each row, with the delimiter that the header has; decimal commas where it is none.

    Raises: ValueError: a column or a cell is missing.
    """
    with opened_text(path) as file:
        delimiter = max(_DELIMITERS, key=file.readline().count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        header = next(reader, [])
        for name in NAMES:
            if header.count(name) != 1:
                raise ValueError(f"line 1: the column {name} is missing or there twice")
        places = {name: header.index(name) for name in NAMES}
        for cells in filter(None, reader):
            if len(cells) != len(header):
                raise ValueError(f"line {reader.line_num}: has {len(cells)} cells, not {len(header)}")
            row = {name: cells[place] for name, place in places.items()}
            if delimiter != ",":
                row["answer"] = row["answer"].replace(",", ".")
            yield reader.line_num, row


def _stranger(entries: Entries, place: int | None, student: str, code: str) -> str:
    if place is None or not student:
        return f"{named(student, code)} is not in variants.jsonl"
    known = entries.variants[place].code
    return f"student {student!r} has variant {code!r} here, and {known!r} in line {place + 1} of variants.jsonl"


def _wrong(entries: Entries, place: int, line: int, answer: str) -> Iterator[str]:
    paper, _ = entries.at(place)
    right, said = float(entries.values[place]), f"line {line}: {entries.said(place)} is {answer!r} here,"
    if np.isnan(right):
        shape, field = entries.other(place)
        if not is_right_text(shape, field, answer):
            yield f"{said} and {typed_reference(shape, field)!r} by exam.json"
        return
    try:
        is_right = bool(are_near(np.array(float(answer)), np.array(right)))
    except ValueError:
        is_right = False
    if not is_right:
        yield (f"{said} and {right!r} by the numbers in line {paper + 1} of variants.jsonl")
