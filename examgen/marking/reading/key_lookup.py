"""Finds the key that belongs to answer sheets: by the exam that they name, beside the sheets, then under ./output.

What was handed in is never looked into: a student can put a key of their own beside their sheet.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from examgen.errors import KeyFileError
from examgen.exams.bubbles.page_codes import exam_digest
from examgen.exams.folders.regular import content_of
from examgen.exams.keys.key_documents import exam_document
from examgen.exams.keys.key_folder import Key, checked_key, exam_id_of, read_key
from examgen.marking.reading.answers import AnswerTable
from examgen.marking.reading.owners.repeats import run_starts
from examgen.tables.csv_tables import printable

OUTPUT = Path("output")

_ABOVE = 3
"""So many folders above the sheets are looked into."""


def named_exams(given: Sequence[Path], paths: Sequence[Path], table: AnswerTable) -> list[str]:
    """The exams that rows name: first those that most uploads name, and of these those of most rows.

    An upload has one voice, however many rows or files it holds: nobody alone says which exam a class is marked by.

    Args:
        given: what was handed in; each file, and each file or folder at the top of a folder, is an upload.
        paths: of the files of the table.
    """
    tops = [_top(given, path) for path in paths]
    places = {top: place for place, top in enumerate(dict.fromkeys(tops))}
    exams = table.exam.distinct.to_pylist()
    voice = np.array([places[top] for top in tops], dtype=np.int64)[table.file] * len(exams) + table.exam.codes
    starts = run_starts(voice)
    voices = np.bincount(np.unique(voice[starts]) % max(len(exams), 1), minlength=len(exams))
    rows = np.bincount(table.exam.codes, minlength=len(exams))
    order = sorted(np.flatnonzero(rows).tolist(), key=lambda code: (-voices[code], -rows[code]))
    return [exams[code] for code in order]


def _top(given: Sequence[Path], path: Path) -> Path:
    """The upload that a file belongs to."""
    around = next((one for one in given if one in path.parents), None)
    return path if around is None else around / path.relative_to(around).parts[0]


def is_named(exam: str, name: str) -> bool:
    """Whether a sheet that names this means this exam: by its id, or as pages of bubbles do."""
    return name in {exam, exam_digest(exam)}


def find_key(answers: Path, exams: Sequence[str], identities: frozenset[str]) -> Key:
    """The key of the exam that the sheets name.

    Args:
        answers: the file or folder that was handed in.
        exams: exam ids from the sheets, the first that has a key counts; see `named_exams`.
        identities: students and variants of the sheets; of several keys of one exam in ./output, those that know any of
            them fit.

    Raises:
        KeyFileError: no key of these exams is to be found, or several that are not the same; the message names them.
    """
    # Scanned pages name an exam by its digest, and sheets beside them by its id.
    digests = {exam_digest(exam) for exam in exams}
    wanted = [exam for exam in exams if exam and exam not in digests]
    if key := look_for_key(answers, wanted, identities):
        return key
    there = [exam_id_of(folder) or "" for folder in _folders(answers)]
    found = f"; there are keys of {', '.join(dict.fromkeys(filter(None, there)))}" if any(there) else ""
    inside = [folder for folder in _inside(answers) if any(is_named(exam_id_of(folder) or "", one) for one in wanted)]
    unused = f"; the key in {printable(inside[0])} was handed in with the sheets and is not used" if inside else ""
    named = ", ".join(repr(printable(exam, 60)) for exam in wanted[:3]) or "no exam"
    raise KeyFileError(
        f"{printable(answers)}: the sheets name {named}, and no key of it is beside them or in ./{OUTPUT}{found}"
        f"{unused}; say where it is with --key DIR"
    )


def look_for_key(answers: Path, exams: Sequence[str], identities: frozenset[str]) -> Key | None:
    """As `find_key`, but None where there is no key of these exams.

    Raises: KeyFileError: there are several that are not the same.
    """
    folders = _folders(answers)
    for exam in exams:
        of_exam = [folder for folder in folders if is_named(exam_id_of(folder) or "", exam)]
        if of_exam:
            return _only_fitting(answers, _different(of_exam), identities)
    return None


def _folders(answers: Path) -> list[Path]:
    return list(dict.fromkeys(folder.resolve() for folder in _places(answers)))


def _only_fitting(answers: Path, folders: Sequence[Path], identities: frozenset[str]) -> Key:
    keys = [read_key(folder, is_checked=False) for folder in folders]
    # Beside a sheet there may lie what its student put there: no key of these wins by whom it knows.
    is_output = all(_is_below(folder, OUTPUT.resolve()) for folder in folders)
    fitting = [key for key in keys if is_output and _knows(key, identities)] or keys
    if len(fitting) == 1:
        return checked_key(fitting[0])
    made_with = next((key for key in fitting if _is_made_with(answers, key)), None)
    if made_with is not None and all(_marks_alike(made_with, key) for key in fitting):
        return checked_key(made_with)
    named = ", ".join(printable(_shown(key.folder)) for key in fitting)
    raise KeyFileError(
        f"{printable(answers)}: {len(fitting)} different keys of {fitting[0].exam.id!r} fit, and none is taken: "
        f"{named}; say which with --key DIR"
    )


def _is_made_with(answers: Path, key: Key) -> bool:
    """Whether sheets lie in the folder of ./output that was made with this key."""
    made = key.folder.resolve().parent
    return made.parent == OUTPUT.resolve() and answers.resolve().is_relative_to(made)


def _marks_alike(key: Key, other: Key) -> bool:
    """Whether two keys differ at most in how papers were printed: in language, size, or the worked solution."""
    # Of an exam alone, its document says nothing of how it was printed.
    return exam_document(key.exam, "") == exam_document(other.exam, "") and _variants(key) == _variants(other)


def _variants(key: Key) -> bytes:
    return _bytes(key.folder / "variants.jsonl")


def _different(folders: Sequence[Path]) -> list[Path]:
    """One folder of those that hold the same key."""
    if len(folders) == 1:
        return list(folders)
    found: dict[tuple[bytes, bytes], Path] = {}
    for folder in folders:
        found.setdefault((_bytes(folder / "exam.json"), _bytes(folder / "variants.jsonl")), folder)
    return list(found.values())


def _bytes(path: Path) -> bytes:
    try:
        return content_of(path)
    except OSError as error:
        raise KeyFileError(f"{printable(path)}: cannot be read: {error.strerror or error}") from None


def _knows(key: Key, identities: frozenset[str]) -> bool:
    return any((bool(v.student) and v.student in identities) or v.code in identities for v in key.variants)


def _shown(folder: Path) -> Path:
    """A folder as seen from here where it lies below."""
    here = Path.cwd().resolve()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _places(answers: Path) -> Iterator[Path]:
    """Folders that may hold exam.json: beside the sheets and in the folders above them, then ./output."""
    handed_in = answers.resolve()
    for folder in list(handed_in.parents)[: _ABOVE + 1]:
        yield from (place for place in _key_folders(folder) if not _is_below(place, handed_in))
    output = OUTPUT.resolve()
    if output.is_dir():
        for folder in (output, *sorted(path for path in output.iterdir() if path.is_dir())):
            yield from (place for place in _key_folders(folder) if not _is_below(place, handed_in))


def _inside(answers: Path) -> Iterator[Path]:
    """Keys at the top of what was handed in."""
    if answers.is_dir():
        yield from _key_folders(answers)


def _is_below(folder: Path, handed_in: Path) -> bool:
    return folder.resolve().is_relative_to(handed_in)


def _key_folders(folder: Path) -> Iterator[Path]:
    for candidate in (folder, folder / "key"):
        if (candidate / "exam.json").is_file():
            yield candidate
