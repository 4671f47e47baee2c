"""Finds the key that belongs to answer sheets: by the exam that they name, beside the sheets, then under ./output."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from examgen.errors import KeyFileError
from examgen.exams.keys import Key, exam_id_of, read_key

OUTPUT = Path("output")


def find_key(answers: Path, exams: Sequence[str], identities: frozenset[str]) -> Key:
    """The key of the exam that the sheets name.

    Args:
        answers: the file or folder that was handed in.
        exams: exam ids from the sheets, the most frequent first.
        identities: students and variants of the sheets; of several keys of one exam, the one that knows most of them.

    Raises:
        KeyFileError: no key of these exams is to be found; the message says where it was looked for.
    """
    wanted = [exam for exam in exams if exam]
    folders = list(dict.fromkeys(_places(answers)))
    for exam in wanted:
        keys = [read_key(folder) for folder in folders if exam_id_of(folder) == exam]
        if keys:
            return max(keys, key=lambda key: _known(key, identities))
    there = [exam_id_of(folder) or "" for folder in folders]
    found = f"; there are keys of {', '.join(dict.fromkeys(filter(None, there)))}" if any(there) else ""
    named = ", ".join(map(repr, wanted[:3])) or "no exam"
    raise KeyFileError(
        f"{answers}: the sheets name {named}, and no key of it is beside them or in ./{OUTPUT}{found}; "
        f"say where it is with --key DIR"
    )


def _known(key: Key, identities: frozenset[str]) -> int:
    return sum((v.student in identities and bool(v.student)) or v.code in identities for v in key.variants)


def _places(answers: Path) -> Iterator[Path]:
    """Folders that may hold exam.json: beside the sheets and up to three folders above them, then ./output."""
    start = answers if answers.is_dir() else answers.parent
    for folder in [start.absolute(), *list(start.absolute().parents)[:3]]:
        yield from _key_folders(folder)
    if OUTPUT.is_dir():
        yield from _key_folders(OUTPUT.absolute())
        for folder in sorted(path for path in OUTPUT.absolute().iterdir() if path.is_dir()):
            yield from _key_folders(folder)


def _key_folders(folder: Path) -> Iterator[Path]:
    for candidate in (folder, folder / "key"):
        if (candidate / "exam.json").is_file():
            yield candidate
