"""What a class has handed in at an address, and its key, brought to this machine to be marked as any files are.

Called by `grade`. Names of objects come from students: none leads out of the folder, and what is wrong with one object
is told and keeps no other from being read.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from examgen.batch.afar.object_names import sheets_of
from examgen.errors import AnswersError, ExamgenError, KeyFileError
from examgen.exams.folders.files import missing_folders, unwritable
from examgen.exams.folders.holding import LOCK, held
from examgen.exams.folders.objects import Found, ObjectStore, is_address, shown
from examgen.exams.keys.key_sums import ANSWERS, VARIANTS
from examgen.marking.reading.problems import Problem, file_problem
from examgen.marking.results.overrides import NAME as OVERRIDES
from examgen.tables.csv_tables import printable

FETCHED, KEY = "fetched", "key"
MARKER = ".fetched-from"
"""Holds the address whose objects are in the folder: nothing else is removed from it."""

AT_ONCE = 32
_EXAM = "exam.json"


@dataclass(frozen=True, slots=True)
class Here:
    """What is to be marked, on this machine: as in `grading.grade`; and what was not fetched."""

    answers: Path
    key: Path | None
    out: Path | None
    unread: tuple[Problem, ...] = ()


def brought_here(answers: str, key: str | None, out: str | None) -> Here:
    """The same with paths of this machine; what is at an address is fetched into `fetched/` and `key/` below `out`.

    Raises: ExamgenError: a store does not answer, `out` is missing or no folder of this machine, or holds other things.
    """
    marks = None if out is None else _local(out)
    found_key = None if key is None else Path(key)
    if key is not None and is_address(key):
        found_key = _fetched_key(key, _needed(marks, key))
    if is_address(answers):
        path, unread = _fetched(answers, _needed(marks, answers) / FETCHED)
        return Here(path, found_key, marks, unread)
    return Here(Path(answers), found_key, marks)


def _local(out: str) -> Path:
    if is_address(out):
        raise ExamgenError(f"{shown(out)}: marks are written to a folder of this machine; give one with --out")
    return Path(out)


def _needed(marks: Path | None, address: str) -> Path:
    if marks is None:
        raise ExamgenError(f"{shown(address)}: is marked on this machine; say with --out in which folder")
    return marks


def _fetched_key(address: str, marks: Path) -> Path:
    """The key, in a private folder beside the marks, where `explain` finds it, too."""
    store = ObjectStore(address)
    there = store.names()
    below = "" if _EXAM in there else f"{KEY}/"
    if below and KEY in there:
        there = store.names(KEY)
    if _EXAM not in there:
        raise KeyFileError(f"{shown(address)}: there is no key; give the address of a class, or of its key/")
    folder = marks / KEY
    with _writing(folder, mode=0o700):
        for name in (_EXAM, VARIANTS, ANSWERS, OVERRIDES):
            if name in there:
                _fetch(store, f"{below}{name}", folder / name, mode=0o600)
            else:
                (folder / name).unlink(missing_ok=True)
    return folder


def _fetched(address: str, folder: Path) -> tuple[Path, tuple[Problem, ...]]:
    """A folder with all that lies at an address, or the file that is all, and what was left there."""
    store, where = ObjectStore(address), shown(address).rstrip("/")
    listed = store.found()
    if not listed:
        raise AnswersError(f"{where}: nothing lies there; give the address of what was handed in")
    with held(folder), _writing(folder):
        _check_owner(folder, where)
        if [one.name for one in listed] == [""]:
            path = folder / where.rpartition("/")[2]
            _remove_others(folder, {path})
            _fetch(store, "", path, modified=listed[0].modified)
            return path, ()
        sheets = sheets_of(folder, listed, is_folded=(folder / MARKER.upper()).exists())
        _remove_others(folder, {folder / one.name for one in sheets.kept})
        _check_room(folder, sheets.wanted)
        failed = _fetch_all(store, folder, sheets.wanted)
    return folder, (*sheets.problems, *failed)


def _fetch_all(store: ObjectStore, folder: Path, wanted: Sequence[Found]) -> list[Problem]:
    """Fetch objects side by side; what is told of those that cannot be.

    Raises: ExamgenError: none can be, or the store does not answer any more.
    """
    fetched: Callable[[Found], str] = partial(_fault_of_fetching, store, folder)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        faults = [(one, fault) for one, fault in zip(wanted, threads.map(fetched, wanted), strict=True) if fault]
    if faults:
        store.names()
        if len(faults) == len(wanted):
            raise ExamgenError(f"{faults[0][1]}; nothing else could be fetched, either")
    return [file_problem(folder / one.name, "unusable_file", fault) for one, fault in faults]


def _fault_of_fetching(store: ObjectStore, folder: Path, one: Found) -> str:
    path = folder / one.name
    try:
        # What was fetched before is not what is handed in now.
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        _fetch(store, one.name, path, modified=one.modified)
    except OSError as error:
        return f"{printable(one.name, 200)}: cannot be a file here: {error.strerror or error}"
    except ExamgenError as error:
        return printable(str(error), 300)
    return ""


def _fetch(store: ObjectStore, name: str, path: Path, *, mode: int = 0o666, modified: float | None = None) -> None:
    """An object as a file, whole or not at all; as new as the object is."""
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        store.fetch(name, beside)
        if modified is not None:
            os.utime(beside, (modified, modified))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _check_owner(folder: Path, where: str) -> None:
    """Raises ExamgenError if the folder holds other things than what was fetched from this address."""
    marker = folder / MARKER
    told = marker.read_text(encoding="utf-8") if marker.is_file() else None
    if told != where and (told is not None or any(path.name != LOCK for path in folder.iterdir())):
        holds = f"what was fetched from {printable(told, 200)}" if told else "files that were not fetched"
        raise ExamgenError(f"{folder}: holds {holds}; choose another folder with --out")
    marker.write_text(where, encoding="utf-8")


def _check_room(folder: Path, wanted: Sequence[Found]) -> None:
    needed, free = sum(one.size for one in wanted), shutil.disk_usage(folder).free
    if needed > free:
        raise ExamgenError(f"{folder}: {needed / 1e6:.1f} MB were handed in; {free / 1e6:.1f} MB are free there")


def _remove_others(folder: Path, keep: set[Path]) -> None:
    """Remove what is no longer at the address, and folders in which nothing is left."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.rmdir()
        elif path not in keep and path.name not in {MARKER, LOCK}:
            path.unlink()


@contextmanager
def _writing(folder: Path, mode: int = 0o777) -> Iterator[None]:
    """A folder, made if need be."""
    try:
        for missing in missing_folders(folder.parent):
            missing.mkdir(exist_ok=True)
        folder.mkdir(mode, exist_ok=True)
        yield
    except OSError as error:
        raise unwritable(error, folder) from None
