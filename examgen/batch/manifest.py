"""manifest.csv of a class: whose paper lies where, the checksums of its files, and what the class list says beside.

While a class is being made, the records of finished papers are in a journal; a run that goes on begins with both.
"""

import csv
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examgen.batch import class_work
from examgen.batch.claiming import KEY, MANIFEST, PROGRESS
from examgen.batch.class_work import ClassWork
from examgen.batch.paper_orders import FILES, PaperRecord, handout_of
from examgen.exams.exam import Variant
from examgen.exams.folders.files import csv_bytes, safe_text, typed_text, unwritable
from examgen.exams.folders.regular import content_of, opened_text

MADE, SET_ASIDE, NOT_LISTED = "made", "set-aside", "not-listed"
"""What a row says of a paper: it is there; it could not be made; its student is not on this class list."""

_SUMS = {name: f"{name}_sha256" for name in FILES}
_HEAD = ("student", "name", "variant", "folder", "status")
COLUMNS = (*_HEAD, *_SUMS.values(), "recipe", *class_work.COLUMNS)


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A student's row.

    Attributes:
        variant: the paper.
        record: of its files; None where it could not be made.
        status: one of those above.
        more: what the class list says beside, by column.
    """

    variant: Variant
    record: PaperRecord | None
    status: str = MADE
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What an earlier run says of a paper: its files, and what its class list said beside."""

    record: PaperRecord
    more: Mapping[str, str]


def manifest_csv(rows: Sequence[ManifestRow], work: ClassWork) -> bytes:
    """The table, a row for each student, with the work of each paper."""
    more = list(dict.fromkeys(_own_title(title) for row in rows for title in row.more))
    cells = (_cells(row, own, more) for row, own in zip(rows, work.rows, strict=True))
    return csv_bytes((*COLUMNS, *map(safe_text, more)), cells)


def journal_lines(code: str, record: PaperRecord) -> bytes:
    """What a journal says of a paper; nothing where it is made again: what was missing may be there the next time."""
    line = json.dumps({"variant": code, "recipe": record.recipe, "sums": dict(record.sums)})
    return b"" if record.notices else f"\n{line}\n".encode()


def told_in(folder: Path) -> dict[str, Told]:
    """What manifest and journal say, by variant code; nothing of a table that somebody has changed beyond reading."""
    return {**_in_manifest(folder / MANIFEST), **_in_journal(folder / KEY / PROGRESS)}


class Journal:
    """The records of papers of a run, each on the disk as soon as it is there."""

    def __init__(self, folder: Path) -> None:
        """Raises ExamgenError if it cannot be written."""
        self.path = folder / KEY / PROGRESS
        try:
            # Without waiting, where a pipe is in its place.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            self.file = os.fdopen(os.open(self.path, flags, 0o666), "ab", buffering=0)
        except OSError as error:
            raise unwritable(error, self.path) from None

    def add(self, code: str, record: PaperRecord) -> None:
        """Note a paper, by its variant code.

        Raises: ExamgenError: the disk is full.
        """
        # In one piece, and behind what a run that was cut off has left of a line.
        try:
            self.file.write(journal_lines(code, record))
        except OSError as error:
            raise unwritable(error, self.path) from None

    def close(self) -> None:
        """At the end of a run."""
        self.file.close()

    def remove(self) -> None:
        """A run that came to its end has a manifest instead."""
        self.path.unlink(missing_ok=True)


def _own_title(title: str) -> str:
    """A column of a class list that is called like one of ours gets another name."""
    return f"roster_{title}" if title in COLUMNS else title


def _cells(row: ManifestRow, work: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
    one, record = row.variant, row.record or PaperRecord("", {})
    said = {_own_title(title): cell for title, cell in row.more.items()}
    return (
        *(safe_text(one.student), safe_text(one.name), one.code, handout_of(one.student), row.status),
        *(record.sums.get(name, "") for name in FILES),
        *("" if record.notices else record.recipe, *work),
        *(safe_text(said.get(title, "")) for title in more),
    )


def _in_manifest(path: Path) -> dict[str, Told]:
    found: dict[str, Told] = {}
    with suppress(OSError, ValueError, csv.Error), opened_text(path) as file:
        for row in csv.DictReader(file, restkey="", restval=""):
            # A column that somebody has taken away or renamed takes what it told along: such papers are made again.
            if row.get("recipe") and (code := row.get("variant")):
                found[code] = _told(row)
    return found


def _told(row: Mapping[str, str]) -> Told:
    sums = {name: found for name, column in _SUMS.items() if (found := row.get(column))}
    more = {typed_text(title): typed_text(cell) for title, cell in row.items() if title and title not in COLUMNS}
    return Told(PaperRecord(row["recipe"], sums), more)


def _in_journal(path: Path) -> dict[str, Told]:
    found: dict[str, Told] = {}
    with suppress(OSError):
        for line in content_of(path).splitlines():
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                document: Any = json.loads(line)
                record = PaperRecord(str(document["recipe"]), {**document["sums"]})
                found[str(document["variant"])] = Told(record, {})
    return found
